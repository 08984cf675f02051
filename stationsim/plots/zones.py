"""Temperatures of the building's zones with their comfort bands and set points, and of the air outdoors."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.rooms import open_steps
from stationsim.models.hvac import CoolingSpec, HeatingSpec, set_points_degc
from stationsim.plots import style
from stationsim.plots.course import (
    HIGH,
    LOW,
    MEAN,
    at_days,
    civil_day_of,
    daily_ranges,
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

MOST_ZONES = 8
"""Panels at most; of a building with more zones the largest are drawn."""

PANELS_PER_ROW = 2

AIR, BAND, OUTDOOR = "#2F74C0", "#DCEBD9", "#7A7A7A"
"""Air of a zone, its comfort band, and the air outdoors."""
WARM, COLD = style.COLOURS["heating_kw"], "#2B9CD8"
"""Set points of heating and of cooling, told apart in grey by their dashes."""

FIRST_WEEKEND_DAY = 5
"""Saturday, counted from Monday as 0."""

LEAST_SHOWN_DEGC, MOST_SHOWN_DEGC = 10.0, 30.0
"""What the axes span at least [degC]."""

ROOM_K = 2.0
"""Room above and below what is drawn of zones [K]."""


def data_of_zones(results: Results, day: str | dt.date | None = None) -> pd.DataFrame:
    """Return what :func:`plot_zones` draws [degC].

    Parameters
    ----------
    results
        What happened.
    day
        Civil day, YYYY-MM-DD; the whole run where it is left out.

    Returns
    -------
    DataFrame
        ``outdoor``, and for each zone: by civil day of a long run ``_low``, ``_mean`` and ``_high`` while it
        was open, otherwise the air of each quarter hour; ``_heating`` and ``_cooling``, the set points of its
        plan, in a long run the highest and the lowest of the open hours; NaN where it has none.
    """
    import pandas as pd

    if day is None and is_long(results):
        frames = {"outdoor": daily_ranges(results, results.step_column("temp_air"))[MEAN]}
        for zone in _drawn(results):
            frames |= _open_days(results, zone)
        return pd.DataFrame(frames)
    columns = {"outdoor": results.step_column("temp_air")}
    for zone in _drawn(results):
        name = str(zone["name"])
        columns[name] = results.step_column(f"temp_{name}_degc")
        columns |= _set_points(results, zone)
    date = None if day is None else civil_day_of(results, day)
    return quarter_hours(results, columns, None if date is None else (date, date))


def plot_zones(results: Results, day: str | dt.date | None = None, *, theme: str = "light") -> Figure:
    """Draw the air of each zone with its comfort band, its set points and the air outdoors.

    Parameters
    ----------
    results
        What happened.
    day
        Civil day, YYYY-MM-DD; the whole run where it is left out.
    theme
        ``light``, ``dark`` or ``print``.
    """
    data, zones = data_of_zones(results, day), _drawn(results)
    by_days = data.index.tz is None
    across = 1 if len(zones) == 1 else PANELS_PER_ROW
    down = math.ceil(len(zones) / across)
    when = style.period_line(results) if day is None else f"{results.scenario['name']}, {day}"
    everything = len(results.scenario["building"]["zones"])
    which = "" if everything == len(zones) else f"; the largest {len(zones)} of {everything} zones"
    figure = style.new_figure(
        theme,
        title="How warm the rooms are",
        subtitle=f"{when}; {'hours in which a zone is open' if by_days else 'quarter-hour means'}{which}",
        width_in=13,
        height_in=2.0 + 2.9 * down,
    )
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).flat
    handles: dict[str, Any] = {}
    for zone, axes in zip(zones, panels, strict=False):  # the last row may have room to spare
        handles |= _draw_zone(axes, data, zone, by_days=by_days, theme=theme)
    for axes in list(panels)[len(zones) :]:
        axes.set_visible(False)
    for axes in figure.axes[: len(zones) - across]:
        axes.set_xlabel("")
    _limit(figure.axes[0], data, by_days=by_days)
    style.legend(figure, list(handles.values()), list(handles), theme=theme, loc="right upper")
    return figure


def _drawn(results: Results) -> Sequence[Mapping[str, Any]]:
    """Return the zones that there is room for, the largest of many, in their order."""
    zones = list(results.scenario["building"]["zones"])
    largest = sorted(zones, key=lambda zone: -float(zone["floor_area_m2"]))[:MOST_ZONES]
    return [zone for zone in zones if zone in largest]


def _open_days(results: Results, zone: Mapping[str, Any]) -> dict[str, pd.Series]:
    """Return temperature and set points of a zone while it was open, by civil day."""
    name, is_open = str(zone["name"]), open_steps(zone, _civil_hour(results))
    felt = daily_ranges(results, results.step_column(f"temp_{name}_degc"), is_open)
    plan = _set_points(results, zone)
    heating, cooling = (
        daily_ranges(results, plan[f"{name}_{what}"], is_open) for what in ("heating", "cooling")
    )
    return {
        **{f"{name}_{part}": felt[part] for part in (LOW, MEAN, HIGH)},
        f"{name}_heating": heating[HIGH],
        f"{name}_cooling": cooling[LOW],
    }


def _civil_hour(results: Results) -> Array:
    civil = results.steps.index.tz_convert(results.timezone)
    hours: Array = (civil.hour + civil.minute / 60).to_numpy(dtype=float)
    return hours


def _set_points(results: Results, zone: Mapping[str, Any]) -> dict[str, Array]:
    """Return the set points of a zone's plan in each step; NaN where it is not heated or cooled."""
    civil = results.steps.index.tz_convert(results.timezone)
    found = {}
    for what, model, ramps in (("heating", HeatingSpec, 1), ("cooling", CoolingSpec, -1)):
        key = f"{zone['name']}_{what}"
        if not zone.get(what):
            found[key] = np.full(len(results.steps), np.nan)
            continue
        spec = model.model_validate(zone[what])
        found[key] = set_points_degc(
            spec.weekday_degc,
            spec.weekend_degc,
            civil_hour=_civil_hour(results),
            is_weekend=civil.day_of_week.to_numpy() >= FIRST_WEEKEND_DAY,
            step_h=results.dt_h,
            ramps=ramps if spec.ramped else 0,
        )
    return found


def _draw_zone(
    axes: Axes, data: pd.DataFrame, zone: Mapping[str, Any], *, by_days: bool, theme: str
) -> dict[str, Any]:
    """Draw one zone and return what a legend names."""
    name, look, times = str(zone["name"]), style.theme_of(theme), at_days(data)
    style.dress(axes, theme, y="Air [degC]")
    axes.set_title(style.readable(name), loc="left", fontsize=10, color=look.text, **style.font())
    low, high = float(zone["comfort_low_degc"]), float(zone["comfort_high_degc"])
    band = axes.axhspan(low, high, color=BAND, alpha=0.25 if theme == "dark" else 1)
    handles: dict[str, Any] = {"comfort band": band}
    outdoors = "outdoors, mean of a day" if by_days else "outdoors"
    (handles[outdoors],) = axes.plot(times, data["outdoor"], color=OUTDOOR, linewidth=0.9)
    if by_days:
        ends = (data[f"{name}_{end}"] for end in (LOW, HIGH))
        range_of = axes.fill_between(times, *ends, color=AIR, alpha=0.55, linewidth=0)
        (mean,) = axes.plot(times, data[f"{name}_{MEAN}"], color=AIR, linewidth=1.3)
        handles |= {"zone, lowest to highest of a day": range_of, "zone, mean of a day": mean}
    else:
        (handles["zone"],) = axes.plot(times, data[name], color=AIR, linewidth=1.8)
    for what, colour, dashes in (("heating", WARM, (5, 2)), ("cooling", COLD, (1.5, 1.5))):
        if data[f"{name}_{what}"].notna().any():
            (handles[f"set point of {what}"],) = axes.plot(
                times, data[f"{name}_{what}"], color=colour, linewidth=1.5, linestyle=(0, dashes)
            )
    time_axis(axes, data)
    return handles


def _limit(axes: Axes, data: pd.DataFrame, *, by_days: bool) -> None:
    """Let the zones fill the axes; over many days the air outdoors may leave them at the bottom."""
    inside = data.drop(columns="outdoor")
    low, high = float(np.nanmin(inside.to_numpy())), float(np.nanmax(inside.to_numpy()))
    low = low if by_days else min(low, float(data["outdoor"].min()))
    axes.set_ylim(
        min(low, LEAST_SHOWN_DEGC) - ROOM_K, max(high, float(data["outdoor"].max()), MOST_SHOWN_DEGC) + ROOM_K
    )
