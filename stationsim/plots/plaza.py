"""The plaza over the day: how many wait and charge at each time, on most days and on holidays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.cars import Cars, cars_of, groups_of, sides_of
from stationsim.kpis.holidays import days_and_holidays
from stationsim.kpis.period import METERING_MINUTES
from stationsim.kpis.presence import Spans, mean_present, most_at_once
from stationsim.kpis.queue import in_queue
from stationsim.plots import style
from stationsim.plots.grid import by_day_and_time
from stationsim.plots.queue import NOBODY

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

Array = NDArray[np.float64]

BAND = (0.05, 0.95)
"""Shares of the days that lie below the band and below its top [-]."""

FEWEST_IN_BAND = 4
"""Fewest holidays that have a band: of fewer it would only join the lowest and the highest."""

DAY_COLOUR, BAND_COLOUR, HOLIDAY_COLOUR = "#3F86D2", "#3F86D2", "#D9822B"
"""Median and band of the days, and the holidays; told apart in grey by dashes."""

QUEUE, POSTS = "queue", "posts"
"""First part of the names of the columns of vehicles that wait and of those at posts."""


def data_of_plaza_day(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_plaza_day` draws, by civil time of day (HH:MM).

    Returns
    -------
    DataFrame
        Mean number of vehicles that wait, ``queue`` or one ``queue_<side>`` a direction, and ``posts`` with
        a vehicle, over quarter hours or longer steps: ``_median``, ``_p5`` and ``_p95`` over the days of the
        run that are no holidays, ``_holidays`` the median of the holidays where there are both kinds, and of
        four holidays or more ``_holiday_p5`` and ``_holiday_p95``.
    """
    import pandas as pd

    _, is_holiday = days_and_holidays(results)
    both = bool(is_holiday.any() and not is_holiday.all())
    ordinary = ~is_holiday if both else np.ones(is_holiday.size, dtype=bool)
    columns: dict[str, pd.Series] = {}
    for name, present in _present(results, cars_of(results)).items():
        table = by_day_and_time(results, present)
        low, middle, high = (table[ordinary].quantile(share) for share in (BAND[0], 0.5, BAND[1]))
        columns |= {f"{name}_median": middle, f"{name}_p5": low, f"{name}_p95": high}
        if both:
            columns[f"{name}_holidays"] = table[is_holiday].quantile(0.5)
        if both and np.count_nonzero(is_holiday) >= FEWEST_IN_BAND:
            low, high = (table[is_holiday].quantile(share) for share in BAND)
            columns |= {f"{name}_holiday_p5": low, f"{name}_holiday_p95": high}
    return pd.DataFrame(columns).rename_axis("time")


def plot_plaza_day(results: Results, *, theme: str = "light") -> Figure:
    """Draw how many vehicles wait, on each side where there are sides, and charge at each time of day."""
    data = data_of_plaza_day(results)
    names = [name.removesuffix("_median") for name in data.columns if name.endswith("_median")]
    figure = style.new_figure(
        theme,
        title="The plaza over the day",
        subtitle=f"{style.period_line(results)}; {_minutes(results)} min means",
        height_in=1.4 + 2.5 * len(names),
    )
    panels = figure.subplots(len(names), 1, sharex=True)
    headings = _headings(results)
    for name, axes in zip(names, panels, strict=True):
        axes.set_title(headings[name], loc="left", fontsize=10, color=style.theme_of(theme).text)
        _draw_panel(axes, data, name, results=results, theme=theme)
    if len(results.sessions):
        _legend(figure, panels[::-1], theme=theme)
        top = max(axes.get_ylim()[1] for axes in panels[:-1])
        for axes in panels[:-1]:
            axes.set_ylim(0, top)
        panels[-1].set_xlim(0, 24)
        panels[-1].set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
        panels[-1].set_xlabel("Time of day [h:min]")
    return figure


def _present(results: Results, cars: Cars) -> dict[str, Array]:
    """Return the mean number in each queue and at posts in each step."""
    edges = np.linspace(0.0, cars.run_s, len(results.steps) + 1)
    at_posts = (cars.start_s[cars.plugged], cars.end_s[cars.plugged])
    spans = _queues(results, cars) | {POSTS: at_posts}
    return {name: mean_present(present, edges) for name, present in spans.items()}


def _queues(results: Results, cars: Cars) -> dict[str, Spans]:
    """Return who waited when, in the one queue or on each side."""
    sides = sides_of(results)
    if not sides:
        return {QUEUE: in_queue(cars)}
    return {f"{QUEUE}_{side}": in_queue(cars, cars.side == side) for side in sides}


def _minutes(results: Results) -> int:
    """Return over how many minutes what is drawn is the mean."""
    return max(int(results.scenario["simulation"]["step_minutes"]), METERING_MINUTES)


def _days_in_words(results: Results) -> tuple[str, str]:
    """Return what the line and band of most days and the line of the holidays stand for."""
    days, is_holiday = days_and_holidays(results)
    holidays = int(np.count_nonzero(is_holiday))
    if holidays in (0, days.size):
        return _number(days.size, "day"), ""
    return _number(days.size - holidays, "other day"), _number(holidays, "holiday")


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _draw_panel(axes: Axes, data: pd.DataFrame, name: str, *, results: Results, theme: str) -> None:
    """Draw one quantity over the day, with what there is room for."""
    look = style.theme_of(theme)
    style.dress(axes, theme, y="Vehicles [-]", grid="both")
    if not len(results.sessions):
        style.notice(axes, NOBODY, theme)
        return
    edges = np.linspace(0, 24, len(data) + 1)
    days, holidays = _days_in_words(results)
    _draw_band(axes, data, name, colour=BAND_COLOUR, label=f"P5 to P95 of {days}")
    median = _held(data[f"{name}_median"])
    label = f"median of {days}" if results.n_days > 1 else "the day"
    axes.plot(edges, median, drawstyle="steps-post", color=DAY_COLOUR, linewidth=2, label=label)
    if f"{name}_holidays" in data:
        _draw_band(
            axes,
            data,
            f"{name}_holiday",
            colour=HOLIDAY_COLOUR,
            label=f"P5 to P95 of {holidays}",
            hatch="///",
        )
        axes.plot(
            edges, _held(data[f"{name}_holidays"]), drawstyle="steps-post", color=HOLIDAY_COLOUR,
            linewidth=1.8, linestyle=(0, (5, 2)), label=f"median of {holidays}",
        )  # fmt: skip
    _draw_room(axes, results, name, colour=look.text)
    axes.set_ylim(0, max(1.0, 1.12 * axes.dataLim.y1))
    axes.locator_params(axis="y", integer=True)


def _draw_band(
    axes: Axes, data: pd.DataFrame, name: str, *, colour: str, label: str, hatch: str | None = None
) -> None:
    """Fill between P5 and P95 where there are such columns and they differ; hatched to be told in grey."""
    if f"{name}_p5" not in data:
        return
    low, high = (_held(data[f"{name}_{part}"]) for part in ("p5", "p95"))
    if (high > low).any():
        edges = np.linspace(0, 24, low.size)
        look: dict[str, Any] = {"color": colour, "alpha": 0.3, "linewidth": 0, "hatch": hatch}
        axes.fill_between(edges, low, high, step="post", label=label, **look)


def _headings(results: Results) -> dict[str, str]:
    """Return what each panel shows; of a queue also its longest moment, which means hide."""
    found = {POSTS: "Vehicles at posts"}
    for name, spans in _queues(results, cars_of(results)).items():
        side, longest = name.removeprefix(QUEUE).removeprefix("_"), most_at_once(spans)
        moment = f": longest queue {longest}" if longest else ": nobody had to wait"
        found[name] = f"Vehicles waiting{', ' * bool(side)}{side}{moment if len(results.sessions) else ''}"
    return found


def _draw_room(axes: Axes, results: Results, name: str, *, colour: str) -> None:
    """Draw how many posts there are, or how many can wait before the queue spills onto the ramp."""
    places = (results.scenario.get("charging") or {}).get("ramp_places")
    posts = sum(int(group["posts"]) for group in groups_of(results))
    room, what = (posts, "posts") if name == POSTS else (places, "places before the ramp")
    if room is None:
        return
    axes.plot([0, 24], [room, room], color=colour, linewidth=1.3, linestyle=(0, (6, 3)))
    axes.set_title(f"line across: {room} {what}", loc="right", fontsize=9, color=colour)


def _legend(figure: Figure, panels: Iterable[Axes], *, theme: str) -> None:
    """Explain what any panel shows: a queue that never forms has no band, the posts have one."""
    handles = [axes.get_legend_handles_labels() for axes in panels]
    drawn = {label: handle for found in handles for handle, label in zip(*found, strict=True)}
    style.legend(
        figure, list(drawn.values()), list(drawn), theme=theme, loc="right upper", title="Number of vehicles"
    )


def _held(values: Any) -> Array:
    """Repeat the last value, so that the last step is drawn to its end."""
    held: Array = np.append(values.to_numpy(), values.to_numpy()[-1])
    return held
