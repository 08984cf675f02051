"""What posts do with their hours, and what a session brings: energy, minutes and power."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.cars import cars_of
from stationsim.kpis.energy import percent
from stationsim.kpis.posts import Use, use_by_group, use_of_all
from stationsim.plots import style
from stationsim.plots.queue import NOBODY

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

Array = NDArray[np.float64]

STATES = {
    "charging": ("charging", style.COLOURS["charging_kw"], None),
    "setting_up": ("car before power flows", "#7CC4EE", None),
    "blocked": ("blocked, car has charged", "#E58A4E", "///"),
    "held": ("held for a booking", "#F3E37C", None),
    "down": ("failed, no car", "#D7191C", "xxx"),
    "free": ("free", "", None),
}
"""What a post can be at: label, colour and pattern; a free one has the faint colour of the theme."""

ALL_POSTS = "all posts"

WRITTEN_PERCENT = 4.0
"""Shares from here on are written into their bar [%]."""

PANELS_PER_ROW = 3
SESSION_PANELS = {
    "energy_kwh": ("Energy into the car [kWh]", "kWh"),
    "post_minutes": ("Time at the post [min]", "min"),
    "charging_minutes": ("Time that power flows [min]", "min"),
    "power_kw": ("Mean power while charging [kW]", "kW"),
}
"""Quantities of a session: label of the axis and unit."""

FEWEST_BINS, MOST_BINS = 8, 40
"""Bars of a histogram; between them twice the cube root of the sessions (Rice's rule)."""

DRAWN_PERCENTILE = 99.5
"""The axis ends here, so that a few extremes do not press all others together [%]."""


def data_of_post_use(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_post_use` draws: what each group's posts do, in per cent of their hours.

    Returns
    -------
    DataFrame
        One row a group, and one of all posts where there are several: number of ``posts`` and what they do,
        which adds up to 100 %.

    Notes
    -----
    A car that has charged may stay at a post that fails. Such hours count as ``blocked``, not as ``down``, so
    that every hour counts once: ``down`` are hours in which the post had failed and was without a car.
    """
    import pandas as pd

    uses = use_by_group(results, cars_of(results))
    rows = {name: _shares(use) for name, use in uses.items()}
    if len(uses) > 1:
        rows[ALL_POSTS] = _shares(use_of_all(uses.values()))
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["posts", *STATES])
    return frame.rename_axis("group")


def plot_post_use(results: Results, *, theme: str = "light") -> Figure:
    """Draw what the posts of each group do with their hours."""
    data = data_of_post_use(results)
    figure = style.new_figure(
        theme,
        title="What the posts do",
        subtitle=f"{style.period_line(results)}; share of all hours of the posts",
        height_in=2.4 + 0.55 * max(len(data), 1),
    )
    axes = figure.subplots()
    style.dress(axes, theme, x="Share of post hours [%]", y="Group [number of posts]", grid="x")
    if data.empty:
        style.notice(axes, "The station has no charging plaza", theme)
        return figure
    _draw_use(figure, axes, data, theme=theme)
    labels = [style.readable(f"{name} [{int(posts)}]") for name, posts in data["posts"].items()]
    axes.set_yticks(range(len(data)), labels, **style.font())
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    return figure


def data_of_charging_sessions(results: Results) -> pd.DataFrame:
    """Return one row a served session: energy into the car [kWh], minutes, and mean power [kW]."""
    import pandas as pd

    cars = cars_of(results)
    minutes, energy = cars.charging_minutes[cars.served], cars.energy_kwh[cars.served]
    power = np.divide(60 * energy, minutes, out=np.full(minutes.size, math.nan), where=minutes > 0)
    return pd.DataFrame(
        {
            "energy_kwh": energy,
            "post_minutes": cars.post_minutes[cars.served],
            "charging_minutes": minutes,
            "power_kw": power,
        }
    )


def plot_charging_sessions(results: Results, *, theme: str = "light") -> Figure:
    """Draw how energy, minutes and power of the served sessions spread, with mean and median."""
    data = data_of_charging_sessions(results)
    names = _panels(data)
    rows = -(-len(names) // PANELS_PER_ROW)
    what = f"{len(data):,} served sessions, axes end at P{DRAWN_PERCENTILE:g}"
    figure = style.new_figure(
        theme,
        title="Charging sessions",
        subtitle=f"{style.period_line(results)}; {what}",
        width_in=13,
        height_in=1.6 + 2.9 * rows,
    )
    panels = figure.subplots(rows, len(names) // rows).flat
    marks: list[Any] = []
    for name, axes in zip(names, panels, strict=True):
        label, unit = SESSION_PANELS[name]
        style.dress(axes, theme, x=label, y="Served sessions [%]")
        values = data[name].dropna().to_numpy()
        if values.size:
            marks = _draw_histogram(axes, values, unit=unit, theme=theme)
        else:
            style.notice(axes, "No session was served" if len(results.sessions) else NOBODY, theme)
    if marks:
        style.legend(figure, marks, ["mean", "P50: half have less"], theme=theme, loc="lower center")
    return figure


def _panels(data: pd.DataFrame) -> list[str]:
    """Return the quantities to draw: minutes at the post and of charging once where they are the same."""
    same = np.allclose(data["post_minutes"], data["charging_minutes"])
    return [name for name in SESSION_PANELS if not (same and name == "charging_minutes")]


def _shares(use: Use) -> dict[str, float]:
    """Return what posts do, in per cent of their hours."""
    hours = {
        "charging": use.charging_h,
        "setting_up": use.setting_up_h,
        "blocked": use.blocked_h,
        "held": use.held_h,
        "down": use.out_h,
        "free": use.free_h,
    }
    return {"posts": use.posts} | {state: percent(hours[state], use.hours) for state in STATES}


def _draw_use(figure: Figure, axes: Axes, data: pd.DataFrame, *, theme: str) -> None:
    look = style.theme_of(theme)
    base, drawn = np.zeros(len(data)), {}
    for state, (label, own, hatch) in STATES.items():
        colour = own or look.faint
        values = data[state].to_numpy()
        if not (values > 0).any():
            continue
        drawn[label] = axes.barh(
            range(len(data)), values, 0.7, base, color=colour, hatch=hatch, edgecolor=look.edge, linewidth=0.6
        )
        for row, (start, value) in enumerate(zip(base, values, strict=True)):
            if value >= WRITTEN_PERCENT:
                _write_share(axes, row, start + value / 2, value, colour=colour)
        base = base + values
    style.legend(figure, list(drawn.values()), list(drawn), theme=theme, loc="right upper", title="Posts are")


def _write_share(axes: Axes, row: int, centre: float, value: float, *, colour: str) -> None:
    """Write a share into its bar, dark on light and light on dark colours."""
    from matplotlib.colors import to_rgb

    dark = float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114))) < 0.5  # luma, ITU-R BT.601
    axes.text(
        centre, row, f"{value:.0f}", ha="center", va="center", fontsize=9, color="white" if dark else "black",
        bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _draw_histogram(axes: Axes, values: Array, *, unit: str, theme: str) -> list[Any]:
    """Draw one quantity of the sessions and return its marks, mean and median."""
    look = style.theme_of(theme)
    upper = float(np.percentile(values, DRAWN_PERCENTILE)) * 1.02 or 1.0
    bins = min(max(round(2 * values.size ** (1 / 3)), FEWEST_BINS), MOST_BINS)
    counts, edges = np.histogram(values, bins=bins, range=(0.0, upper))
    axes.stairs(100 * counts / values.size, edges, fill=True, color=style.COLOURS["charging_kw"])
    mean, middle, most = float(values.mean()), float(np.median(values)), float(values.max())
    marks = [
        axes.axvline(mean, color=look.text, linewidth=1.6),
        axes.axvline(middle, color=look.text, linewidth=1.6, linestyle=(0, (4, 3))),
    ]
    text = f"mean {mean:.1f}, P50 {middle:.1f}, highest {most:,.1f} {unit}"
    axes.set_title(text, loc="left", fontsize=10, color=look.text)
    axes.set_xlim(0, upper)
    return marks
