"""The energy balance of a day by steps, of a run by days and of a run by months."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.flows import LABELS
from stationsim.kpis.period import METERING_MINUTES, first_day, last_day
from stationsim.plots import style
from stationsim.results import USES
from stationsim.tables import daily_balance, energy_column, monthly_balance

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

Array = NDArray[np.float64]

TICK_HOURS = 3
SMALL = 0.02
"""Uses below this share of all use are drawn as one where there are several: none could be seen [-]."""
KWH_PER_MWH = 1000.0
FLOWS = (*style.SUPPLY_STACK, *style.USE_STACK)


def data_of_day(results: Results, day: str | dt.date | None = None) -> pd.DataFrame:
    """Return what :func:`plot_day` draws: mean power of each flow [kW] and the SOC of one civil day.

    Steps finer than the quarter hour become means over quarter hours: an eye makes out no more of a day.
    """
    import pandas as pd

    date = _date(results, day)
    here = results.civil_day == (date - first_day(results)).days
    columns = {name: results.step_column(name) for name in (*FLOWS, "soc")}
    frame = pd.DataFrame(columns, index=results.steps.index, copy=False)[here]
    minutes = int(results.scenario["simulation"]["step_minutes"])
    if minutes < METERING_MINUTES and METERING_MINUTES % minutes == 0:
        rule = f"{METERING_MINUTES}min"
        how = dict.fromkeys(FLOWS, "mean") | {"soc": "last"}
        frame = frame.resample(rule, origin="start").agg(how)
    drawn: pd.DataFrame = frame.tz_convert(results.timezone)
    return drawn


def plot_day(
    results: Results,
    day: str | dt.date | None = None,
    *,
    theme: str = "light",
    title: str = "Energy through one day",
) -> Figure:
    """Draw one civil day: supply above zero, use below, the battery's state of charge on the right.

    Parameters
    ----------
    results
        What happened.
    day
        Civil day, YYYY-MM-DD; the first day where it is left out.
    theme
        ``light``, ``dark`` or ``print``.
    title
        Heading of the figure.
    """
    date, data = _date(results, day), data_of_day(results, day)
    subtitle = f"{results.scenario['name']}, {date:%A} {date.isoformat()}, {results.timezone}"
    figure = style.new_figure(theme, title=title, subtitle=subtitle)
    axes = figure.subplots()
    edges = _elapsed_hours(data)
    _draw_stacks(figure, axes, edges, data, theme=theme)
    style.dress(axes, theme, x="Time of day [h:min]", y="Use below zero, supply above [kW]")
    ticks = np.arange(0, edges[-1] + 0.01, TICK_HOURS)
    axes.set_xticks(ticks, [_clock_label(data, hour) for hour in ticks])
    axes.set_xlim(0, edges[-1])
    if results.scenario.get("battery") or results.scenario.get("batteries"):
        _draw_soc(axes, edges, data["soc"].to_numpy(), theme=theme)
    return figure


def data_of_days(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_days` draws: the energy of each flow and civil day [kWh]."""
    daily: pd.DataFrame = daily_balance(results)[[energy_column(name) for name in FLOWS]]
    return daily


def plot_days(results: Results, *, theme: str = "light") -> Figure:
    """Draw the energy of every civil day of the run: supply above zero, use below."""
    import matplotlib.dates as mdates

    data = data_of_days(results) / KWH_PER_MWH
    figure = style.new_figure(theme, title="Energy of every day", subtitle=style.period_line(results))
    axes = figure.subplots()
    first = mdates.date2num(data.index[0])
    _draw_stacks(figure, axes, first + np.arange(len(data) + 1.0), _as_power_names(data), theme=theme)
    style.dress(axes, theme, x="Date", y="Use below zero, supply above [MWh per day]")
    style.date_axis(axes, data.index)
    return figure


def data_of_months(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_months` draws: the energy of each flow and month [kWh]."""
    monthly: pd.DataFrame = monthly_balance(results)[["days", *(energy_column(name) for name in FLOWS)]]
    return monthly


def plot_months(results: Results, *, theme: str = "light") -> Figure:
    """Draw the energy of every month as stacked bars: supply above zero, use below."""
    table = data_of_months(results)
    data = _as_power_names(table.drop(columns="days") / KWH_PER_MWH)
    figure = style.new_figure(theme, title="Energy of every month", subtitle=style.period_line(results))
    axes = figure.subplots()
    draw_bars(figure, axes, data, theme=theme)
    style.dress(axes, theme, x="Month", y="Use below zero, supply above [MWh per month]")
    labels = [_month_label(month, int(days)) for month, days in table["days"].items()]
    axes.set_xticks(range(len(data)), labels, rotation=0 if len(data) <= 12 else 90)
    axes.set_xlim(-0.6, max(len(data), 3) - 0.4)
    return figure


def _month_label(month: str, days: int) -> str:
    """Return a month's name, with the days it holds where it is not whole."""
    whole = calendar.monthrange(*map(int, month.split("-")))[1]
    return month if days == whole else f"{month}\n({days} of {whole} days)"


def typical_day(results: Results, daily: pd.DataFrame | None = None) -> dt.date:
    """Return the day whose generation and use lie nearest to the run's means."""
    daily = daily_balance(results) if daily is None else daily
    distance = np.zeros(len(daily))
    for name in ("pv_kwh", "use_kwh"):
        values = daily[name].to_numpy()
        distance += ((values - values.mean()) / max(values.mean(), 1e-9)) ** 2
    return first_day(results) + dt.timedelta(days=int(np.argmin(distance)))


def busiest_day(results: Results, daily: pd.DataFrame | None = None) -> dt.date:
    """Return the day that uses most energy."""
    daily = daily_balance(results) if daily is None else daily
    return first_day(results) + dt.timedelta(days=int(np.argmax(daily["use_kwh"].to_numpy())))


def draw_bars(
    figure: Figure, axes: Axes, data: pd.DataFrame, *, theme: str, lower_legend: str = "right lower"
) -> None:
    """Draw one stacked bar for each row: supply above zero, use below."""
    position, look = np.arange(len(data)), style.theme_of(theme)
    for stack, sign, title, loc in _sides(lower_legend):
        base, drawn = np.zeros(len(data)), {}
        for layer in _layers(stack, data):
            values = sign * layer.height
            drawn[layer.label] = axes.bar(
                position, values, 0.8, base, color=layer.colour, hatch=layer.hatch, edgecolor=look.edge,
                linewidth=0.4,
            )  # fmt: skip
            base = base + values
        _side_legend(figure, drawn, upward=sign > 0, theme=theme, title=title, loc=loc)
    axes.axhline(0, color=look.text, linewidth=1)
    style.thousands(axes.yaxis)


def _draw_stacks(figure: Figure, axes: Axes, edges: Array, data: pd.DataFrame, *, theme: str) -> None:
    """Draw both stacks as steps between the edges, with their legends outside."""
    look = style.theme_of(theme)
    for stack, sign, title, loc in _sides():
        base, drawn = np.zeros(len(data)), {}
        for layer in _layers(stack, data):
            top = base + sign * layer.height
            drawn[layer.label] = axes.fill_between(
                edges, _held(base), _held(top), step="post", color=layer.colour, linewidth=0,
                hatch=layer.hatch, edgecolor=look.edge,
            )  # fmt: skip
            base = top
        _side_legend(figure, drawn, upward=sign > 0, theme=theme, title=title, loc=loc)
    axes.axhline(0, color=look.text, linewidth=1)
    style.thousands(axes.yaxis)


class Layer(NamedTuple):
    """One layer of a stack."""

    label: str
    """What it is called."""
    height: Array
    """Its height in each row."""
    colour: str
    """Its colour."""
    hatch: str | None
    """Its pattern."""


def _layers(stack: tuple[str, ...], data: pd.DataFrame) -> list[Layer]:
    """Return the flows of a stack that are not zero throughout, small uses as one layer behind the others."""
    present = [name for name in stack if (data[name].to_numpy() > 0).any()]
    uses = {name: float(data[name].sum()) for name in present if name in USES}
    small = [name for name, used in uses.items() if used < SMALL * sum(uses.values())]
    if len(small) < 2:
        return [_layer(name, data) for name in present]
    together = np.asarray(data[small].to_numpy().sum(axis=1), dtype=float)
    layers = [_layer(name, data) for name in present if name not in small]
    behind = len(uses) - len(small)
    return [
        *layers[:behind],
        Layer(f"{len(small)} smaller uses", together, style.SMALL_USES, None),
        *layers[behind:],
    ]


def _layer(name: str, data: pd.DataFrame) -> Layer:
    values = data[name].to_numpy(dtype=float)
    return Layer(LABELS[name], values, style.COLOURS[name], style.HATCHES.get(name))


def _sides(lower_legend: str = "right lower") -> tuple[tuple[tuple[str, ...], int, str, str], ...]:
    return (
        (style.SUPPLY_STACK, 1, "Supply, above zero", "right upper"),
        (style.USE_STACK, -1, "Use, below zero", lower_legend),
    )


def _side_legend(
    figure: Figure, drawn: dict[str, Any], *, upward: bool, theme: str, title: str, loc: str
) -> None:
    """List the flows of one side in the order in which they are seen from top to bottom."""
    labels = list(drawn)[::-1] if upward else list(drawn)
    if labels:
        handles = [drawn[label] for label in labels]
        style.legend(figure, handles, labels, theme=theme, loc=loc, title=title)


def _held(values: Array) -> Array:
    """Repeat the last value, so that the last step is drawn to its end."""
    held: Array = np.append(values, values[-1])
    return held


def _draw_soc(axes: Axes, edges: Array, soc: Array, *, theme: str) -> None:
    from matplotlib.patheffects import withStroke

    look, right = style.theme_of(theme), axes.twinx()
    halo = [withStroke(linewidth=4, foreground=look.background)]
    right.plot(edges[1:], 100 * soc, color=look.text, linewidth=1.8, path_effects=halo)
    style.dress(right, theme, y="Line: state of charge of the battery [%]", grid="")
    for side in ("left", "bottom"):
        right.spines[side].set_visible(False)
    right.spines["right"].set_visible(True)
    right.set_ylim(-2, 102)
    right.yaxis.set_label_position("right")
    right.tick_params(colors=look.text)


def _date(results: Results, day: str | dt.date | None) -> dt.date:
    first, last = first_day(results), last_day(results)
    date = first if day is None else dt.date.fromisoformat(str(day))
    if not first <= date <= last:
        raise ValueError(f"day must be from {first} to {last}, got {date}")
    return date


def _elapsed_hours(data: pd.DataFrame) -> Array:
    """Return the edges of a day's steps in hours since its midnight."""
    elapsed = (data.index - data.index[0]).total_seconds().to_numpy() / 3600
    step = elapsed[1] - elapsed[0]
    edges: Array = np.append(elapsed, elapsed[-1] + step)
    return edges


def _clock_label(data: pd.DataFrame, hour: float) -> str:
    """Return what the clocks of the site show so many hours after midnight."""
    import pandas as pd

    shown: str = (data.index[0] + pd.Timedelta(hours=hour)).strftime("%H:%M")
    return shown if hour < TICK_HOURS or shown != "00:00" else "24:00"


def _as_power_names(energy: pd.DataFrame) -> pd.DataFrame:
    """Name the columns of energies like the flows, so that both are drawn alike."""
    renamed: pd.DataFrame = energy.rename(columns={energy_column(name): name for name in FLOWS})
    return renamed
