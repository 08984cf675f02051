"""Fill holes in a weather series: short ones through the sun, long ones only if the user allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, refused, repaired, warned
from stationsim.weather.centring import FAINT_W_M2, MOST_SHARE, outside_irradiance
from stationsim.weather.raw import NATIVE_COLUMNS, SOLAR, WATER, Place
from stationsim.weather.regular import DAY_MINUTES, RegularWeather

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

SHORT_GAP_MINUTES = 180
"""Longest hole that is filled without asking [min]."""

LISTED_GAPS = 50
"""Most holes that are listed one by one."""

ASSUMED = {"wind_speed": (2.0, "m/s"), "relative_humidity": (60.0, "%")}
"""What stands in for a column that a file does not have: a light breeze (Beaufort 2, 1.6 to 3.3 m/s) and the
yearly mean humidity of temperate climates."""


def fill(
    regular: RegularWeather, place: Place, *, late_min: float, allow: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the frame without holes, and what was filled or refused.

    Parameters
    ----------
    regular
        Rows on a regular grid, NaN where missing; GHI and temperature must be there in part at least.
    place
        Where, for the sun.
    late_min
        How much later than mid-interval the solar values are centred [min].
    allow
        Whether holes longer than three hours are filled from the neighbouring days.
    """
    frame, findings = _assume(regular.frame.copy())
    findings += _dry(frame)
    names = [name for name in NATIVE_COLUMNS if name in frame]
    missing = frame[names].isna().to_numpy()
    if not missing.any():
        return frame, findings
    short, found = _judge(missing, names, regular, allow)
    findings += found
    if any(finding.action == "refused" for finding in findings):
        return frame, findings
    sun = outside_irradiance(frame.index, place, interval_minutes=regular.interval_minutes, late_min=late_min)
    for column, name in enumerate(names):
        holes = missing[:, column]
        if holes.any():
            values = frame[name].to_numpy(dtype=float, copy=True)
            brief = _through_sun(values, sun, name) if name in SOLAR else _through_time(values)
            days = _across_days(values, DAY_MINUTES // regular.interval_minutes)
            frame[name] = np.where(holes, np.where(short[:, column], brief, days), values)
    return frame, findings


def _assume(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Give wind and humidity a stated value where a file has none at all."""
    findings = []
    for name, (value, unit) in ASSUMED.items():
        if name not in frame or bool(frame[name].isna().all()):
            frame[name] = value
            findings.append(warned("absent", f"the file has no {name}; {value:g} {unit} is assumed"))
    return frame, findings


def _dry(frame: pd.DataFrame) -> list[Finding]:
    """Let rows without precipitation count as dry, and snow lie where its depth is missing, in place."""
    findings = []
    for name in (column for column in WATER if column in frame):
        missing = int(frame[name].isna().sum())
        if missing:
            filled = frame[name] if name == "precipitation" else frame[name].ffill()
            frame[name] = filled.fillna(0.0)
            what = "they count as dry" if name == "precipitation" else "the last depth before stays"
            message = f"{name.replace('_', ' ')} is missing; {what}"
            findings.append(repaired("gap", message, count=missing))
    return findings


def _judge(
    missing: NDArray[np.bool_], names: list[str], regular: RegularWeather, allow: bool
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Tell short holes from long ones; return where the short ones are, and the findings."""
    longest = SHORT_GAP_MINUTES // regular.interval_minutes
    short = np.zeros_like(missing)
    brief: dict[str, int] = {}
    long: dict[tuple[int, int], list[str]] = {}
    for column, name in enumerate(names):
        for start, stop in _runs(missing[:, column]):
            if stop - start <= longest:
                short[start:stop, column] = True
                brief[name] = brief.get(name, 0) + stop - start
            else:
                long.setdefault((start, stop), []).append(name)
    findings = [
        repaired("gap", f"short gaps of {name} were filled", count=count) for name, count in brief.items()
    ]
    for (start, stop), gone in sorted(long.items())[:LISTED_GAPS]:
        findings.append(_long_gap(regular, start, stop, gone, allow))
    return short, findings


def _long_gap(regular: RegularWeather, start: int, stop: int, gone: list[str], allow: bool) -> Finding:
    index: Any = regular.frame.index
    hours = (stop - start) * regular.interval_minutes / 60
    present = set(regular.frame.columns) & set(NATIVE_COLUMNS)
    what = "all columns" if set(gone) == present else ", ".join(gone)
    form = "%m-%d %H:%M" if regular.typical else "%Y-%m-%d %H:%M"
    message = f"{hours:g} h of {what} are missing from {index[start]:{form}} to {index[stop - 1]:{form}}"
    line = int(regular.lines[start] or regular.lines[max(start - 1, 0)])
    if allow:
        return warned("gap", message + "; filled from the neighbouring days", count=stop - start, line=line)
    return refused(
        "gap", message, count=stop - start, line=line, hint="gaps: allow fills it from neighbouring days"
    )


def _runs(missing: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and past-the-last row of each run of missing rows."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _through_sun(values: Array, sun: Array, name: str) -> Array:
    """Fill by the share of the sun outside the air; DNI between lit rows; nothing at night."""
    rows = np.arange(values.size)
    good = np.isfinite(values) & (sun > FAINT_W_M2)
    if not good.any():
        return np.where(np.isfinite(values), values, 0.0)
    if name == "dni":
        return np.where(sun > FAINT_W_M2, np.interp(rows, rows[good], values[good]), 0.0)
    shares = np.minimum(values[good] / sun[good], MOST_SHARE)
    filled: Array = np.interp(rows, rows[good], shares) * sun
    return filled


def _through_time(values: Array) -> Array:
    rows = np.arange(values.size)
    good = np.isfinite(values)
    return np.interp(rows, rows[good], values[good])


def _across_days(values: Array, rows_a_day: int) -> Array:
    """Fill each time of day between the nearest days that have it."""
    import pandas as pd

    days = -(-values.size // rows_a_day)
    padded = np.full(days * rows_a_day, np.nan)
    padded[: values.size] = values
    table = pd.DataFrame(padded.reshape(days, rows_a_day)).interpolate(limit_direction="both")
    flat = table.to_numpy(dtype=float).reshape(-1)[: values.size]
    return _through_time(flat)
