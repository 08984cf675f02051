"""How the battery goes through a run: how full it is, how warm, and what goes in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.battery import battery_rows
from stationsim.kpis.health import battery_health
from stationsim.plots import style
from stationsim.plots.course import (
    HIGH,
    LOW,
    MEAN,
    at_days,
    daily_ranges,
    held,
    is_long,
    quarter_hours,
    time_axis,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

Array = NDArray[np.float64]

CELLS, OUTDOOR = "#B5441B", "#7A7A7A"
SOC, CHARGE, DISCHARGE = "#1B7F5C", style.COLOURS["charge_kw"], style.COLOURS["discharge_kw"]
HUNDRED = 100.0


def data_of_battery(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_battery` draws.

    Returns
    -------
    DataFrame
        By civil day of a long run ``soc_low``, ``soc_mean`` and ``soc_high`` [%], the same of ``cells`` and
        the mean ``outdoor`` [degC], and energy ``charged_mwh`` and ``discharged_mwh``; otherwise ``soc``,
        ``cells``, ``outdoor``, and power ``charged_mw`` and ``discharged_mw`` of each quarter hour.
    """
    import pandas as pd

    states = {
        "soc": HUNDRED * results.step_column("soc"),
        "cells": results.step_column("battery_temp_degc"),
        "outdoor": results.step_column("temp_air"),
    }
    power_mw = {
        "charged": results.step_column("charge_kw") / 1000.0,
        "discharged": results.step_column("discharge_kw") / 1000.0,
    }
    if not is_long(results):
        return quarter_hours(results, states | {f"{name}_mw": power for name, power in power_mw.items()})
    frames: dict[str, pd.Series] = {}
    for name in ("soc", "cells"):
        ranges = daily_ranges(results, states[name])
        frames |= {f"{name}_{part}": ranges[part] for part in (LOW, MEAN, HIGH)}
    frames["outdoor"] = daily_ranges(results, states["outdoor"])[MEAN]
    for name, power in power_mw.items():
        energy = np.bincount(results.civil_day, weights=power) * results.dt_h
        frames[f"{name}_mwh"] = pd.Series(energy, index=frames["outdoor"].index)
    return pd.DataFrame(frames)


def plot_battery(results: Results, *, theme: str = "light") -> Figure:
    """Draw state of charge, temperature of the cells, and what goes into and out of the battery."""
    figure = style.new_figure(
        theme,
        title="How the battery is used",
        subtitle=f"{style.period_line(results)}{_health(results)}",
        height_in=8.6,
    )
    if not battery_rows(results):
        axes = figure.subplots()
        style.dress(axes, theme, grid="")
        style.notice(axes, "The station has no battery", theme)
        return figure
    data = data_of_battery(results)
    upper, middle, lower = figure.subplots(3, 1, sharex=True)
    _draw_state(upper, data, "soc", colour=SOC, y="State of charge [%]", theme=theme)
    upper.set_ylim(-2, 102)
    _draw_state(middle, data, "cells", colour=CELLS, y="Temperature [degC]", theme=theme)
    middle.plot(at_days(data), data["outdoor"], color=OUTDOOR, linewidth=1.2, label="air outdoors")
    _draw_energy(lower, data, theme=theme)
    time_axis(lower, data)
    for axes, title, loc in (
        (upper, "State of charge", "right upper"),
        (middle, "Temperature", "right center"),
        (lower, "At the busbar", "right lower"),
    ):
        style.legend(figure, *axes.get_legend_handles_labels(), theme=theme, loc=loc, title=title)
    return figure


def _health(results: Results) -> str:
    """Return how much of the rating is left, where the run knows."""
    units = list(battery_health(results).values())
    if not units:
        return ""
    rated = sum(unit.rated_kwh for unit in units)
    start, end = (
        HUNDRED * sum(getattr(unit.ageing, when).share * unit.rated_kwh for unit in units) / rated
        for when in ("start", "end")
    )
    return f"; health {start:.1f} to {end:.1f} % of the rating"


def _draw_state(axes: Axes, data: pd.DataFrame, name: str, *, colour: str, y: str, theme: str) -> None:
    """Draw a state: its range and mean of each day, or as it went."""
    times = at_days(data)
    if name in data:
        axes.plot(times, data[name], color=colour, linewidth=1.8, label="battery")
    else:
        low, high = data[f"{name}_{LOW}"], data[f"{name}_{HIGH}"]
        axes.fill_between(
            times, low, high, color=colour, alpha=0.35, linewidth=0, label="lowest to highest of a day"
        )
        axes.plot(times, data[f"{name}_{MEAN}"], color=colour, linewidth=1.4, label="mean of a day")
    style.dress(axes, theme, y=y)


def _draw_energy(axes: Axes, data: pd.DataFrame, *, theme: str) -> None:
    """Draw what goes in below zero, like every use, and what comes out above."""
    unit = "mwh" if "charged_mwh" in data else "mw"
    data = held(data)
    times = at_days(data)
    for name, sign, colour, label in (
        ("discharged", 1, DISCHARGE, "discharge, above"),
        ("charged", -1, CHARGE, "charge, below"),
    ):
        values = sign * data[f"{name}_{unit}"]
        axes.fill_between(times, 0, values, step="post", color=colour, linewidth=0, label=label)
    axes.axhline(0, color=style.theme_of(theme).text, linewidth=1)
    style.dress(axes, theme, y="Energy [MWh per day]" if unit == "mwh" else "Power [MW]")
    style.thousands(axes.yaxis)
