"""The tanks and the flows of water through some days: wastewater in, treated, used again, fresh, spilt."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.period import first_day, last_day
from stationsim.plots import style
from stationsim.plots.course import at_days, civil_day_of, held, quarter_hours, time_axis

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

TANKS = {
    "equalisation_tank": ("Equalisation tank: wastewater that waits", "high_share", "high alarm"),
    "reuse_tank": ("Reuse tank: treated water", "low_share", "treatment starts below"),
}
"""Columns and sections of the tanks: heading, and the filling at which something happens."""

FLOWS = {
    "wastewater_m3": ("wastewater in", "#8C6239", "solid"),
    "treated_m3": ("treated", "#1F5FA8", "solid"),
    "reused_water_m3": ("used again", "#1B7F5C", "dashed"),
    "fresh_water_m3": ("fresh from the main", "#D9822B", "dashdot"),
    "overflow_m3": ("spilt", "#D7191C", "dotted"),
}
"""Columns of flows: label, colour and line, so that they stay apart in grey."""

DAYS_AROUND = 3
"""Days before and after the one with most wastewater that are drawn with it: a week."""

TANK = "#3F86D2"
HEADROOM = 1.08


def data_of_water(results: Results, day: str | dt.date | None = None) -> pd.DataFrame:
    """Return what :func:`plot_water` draws: mean contents of the tanks [m3] and flows [m3/h].

    Parameters
    ----------
    results
        What happened.
    day
        Civil day, YYYY-MM-DD; where it is left out the week round the day that spilt most or else brought
        most wastewater.
    """
    columns = {name: results.step_column(f"{name}_m3") for name in TANKS}
    flows = {name: results.step_column(name) / results.dt_h for name in FLOWS}
    columns |= {name.removesuffix("_m3") + "_m3_h": flow for name, flow in flows.items()}
    return quarter_hours(results, columns, _days(results, day))


def plot_water(results: Results, day: str | dt.date | None = None, *, theme: str = "light") -> Figure:
    """Draw both tanks and the flows between them.

    Parameters
    ----------
    results
        What happened.
    day
        Civil day, YYYY-MM-DD; where it is left out the week round the day with most wastewater.
    theme
        ``light``, ``dark`` or ``print``.
    """
    data, (first, last) = data_of_water(results, day), _days(results, day)
    span = f"{first}" if first == last else f"{first} to {last}, round the day with most wastewater"
    name = style.shortened(str(results.scenario["name"]), style.NAME_LETTERS)
    figure = style.new_figure(
        theme, title="Water through the tanks", subtitle=f"{name}, {span}", height_in=8.6
    )
    upper, middle, lower = figure.subplots(3, 1, sharex=True, height_ratios=[1, 1, 1.3])
    for axes, tank in zip((upper, middle), TANKS, strict=True):
        _draw_tank(axes, results, data, tank, theme=theme)
    _draw_flows(figure, lower, data, theme=theme)
    time_axis(lower, data)
    return figure


def _days(results: Results, day: str | dt.date | None) -> tuple[dt.date, dt.date]:
    """Return the first and the last day to draw."""
    if day is not None:
        date = civil_day_of(results, day)
        return date, date
    by_day = {
        name: np.bincount(results.civil_day, weights=results.step_column(name))
        for name in ("overflow_m3", "wastewater_m3")
    }
    spilt = by_day["overflow_m3"].max() > 0
    most = int(np.argmax(by_day["overflow_m3" if spilt else "wastewater_m3"]))
    centre = first_day(results) + dt.timedelta(days=most)
    around = dt.timedelta(days=DAYS_AROUND)
    start = max(min(centre - around, last_day(results) - 2 * around), first_day(results))
    return start, min(start + 2 * around, last_day(results))


def _draw_tank(axes: Axes, results: Results, data: pd.DataFrame, tank: str, *, theme: str) -> None:
    heading, key, what = TANKS[tank]
    data = held(data)
    look, times = style.theme_of(theme), at_days(data)
    axes.fill_between(times, 0, data[tank], color=TANK, alpha=0.85, linewidth=0)
    style.dress(axes, theme, y="Content [m3]")
    axes.set_title(heading, loc="left", fontsize=10, color=look.text)
    spec = (results.scenario.get("water") or {}).get(tank) or {}
    volume, share = spec.get("volume_m3"), spec.get(key)
    if volume is None or share is None:
        return
    for level, dashes in ((volume, (6, 3)), (share * volume, (2, 2))):
        axes.axhline(level, color=look.text, linewidth=1.2, linestyle=(0, dashes))
    told = f"dashed: full at {volume:g} m3; dotted: {what} {share * volume:g} m3"
    axes.set_title(told, loc="right", fontsize=9, color=look.text)
    axes.set_ylim(0, max(HEADROOM * volume, 1.0))


def _draw_flows(figure: Figure, axes: Axes, data: pd.DataFrame, *, theme: str) -> None:
    data = held(data)
    times = at_days(data)
    handles, labels = [], []
    for name, (label, colour, line) in FLOWS.items():
        values = data[name.removesuffix("_m3") + "_m3_h"]
        if (values > 0).any():
            handles += axes.plot(
                times, values, drawstyle="steps-post", color=colour, linestyle=line, linewidth=1.5
            )
            labels.append(label)
    style.dress(axes, theme, y="Flow [m3/h]")
    axes.set_title("Flows", loc="left", fontsize=10, color=style.theme_of(theme).text)
    axes.set_ylim(bottom=0)
    if handles:
        style.legend(figure, handles, labels, theme=theme, loc="right lower", title="Flows")
