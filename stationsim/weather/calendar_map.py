"""Lay a weather series onto the clock: typical years on its calendar, dated series on their own dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, refused, repaired, warned

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.clock import Clock

MINUTE_NS = 60_000_000_000
DAY_MINUTES = 24 * 60
LEAP_DAY = 31 + 28
"""Days of the year before 29 February."""

SHORTEST_TO_REPEAT_DAYS = 365
"""Days a dated series must have to be repeated yearly."""


def grid_remainder_min(
    frame: pd.DataFrame, clock: Clock, *, interval_minutes: int, solar_shift_min: float
) -> float:
    """Return how much later than the file's rows the clock's intervals begin, the nearest row taken [min].

    Parameters
    ----------
    frame
        Left-labelled native frame with a fixed offset.
    clock
        The clock.
    interval_minutes
        Step of the frame [min].
    solar_shift_min
        Difference of solar time, site minus file [min], by which a typical year of elsewhere is laid on.
    """
    behind = (
        _minutes(clock.index_of(interval_minutes)[:1])[0] - _minutes(frame.index[:1])[0]
    ) + solar_shift_min
    remainder = behind % interval_minutes
    return float(remainder if remainder <= interval_minutes / 2 else remainder - interval_minutes)


def lay_typical(
    frame: pd.DataFrame,
    clock: Clock,
    *,
    interval_minutes: int,
    solar_shift_min: float = 0.0,
    remainder_min: float = 0.0,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Lay a typical year onto the clock's days.

    Parameters
    ----------
    frame
        One whole nominal year, left-labelled, with the file's fixed offset.
    clock
        The clock; each of its intervals takes the row of the same month, day and time of day in the file's
        standard time.
    interval_minutes
        Step of the frame [min].
    solar_shift_min
        Difference of solar time, site minus file [min].
    remainder_min
        What :func:`grid_remainder_min` gives, to which the values have been moved [min].

    Notes
    -----
    A 29 February that the file lacks is, at each time of day, the mean of 28 February and 1 March; one that
    the clock's year lacks is left out.
    """
    import pandas as pd

    target = clock.index_of(interval_minutes)
    there = target + pd.Timedelta(minutes=solar_shift_min - remainder_min)
    there = there.tz_convert(frame.index.tz).tz_localize(None).round("min")
    has_leap_day = len(frame) == 366 * DAY_MINUTES // interval_minutes
    a_day = DAY_MINUTES // interval_minutes
    day = _day_of_year(there, has_leap_day)
    row = day * a_day + (there.hour * 60 + there.minute).to_numpy() // interval_minutes
    values = frame.to_numpy(dtype=float)
    laid = values[np.minimum(row, len(values) - 1)]
    leap = ((there.month == 2) & (there.day == 29)) if not has_leap_day else np.zeros(len(there), dtype=bool)
    findings = []
    if leap.any():
        after = row[leap]
        laid[leap] = (values[after - a_day] + values[after]) / 2
        message = "29 February is the mean of 28 February and 1 March, hour by hour"
        findings.append(repaired("leap day", message, count=int(leap.sum())))
    elif has_leap_day and not bool(((target.month == 2) & (target.day == 29)).any()):
        findings.append(
            repaired("leap day", "29 February of the file has no place in the simulated days", count=a_day)
        )
    return pd.DataFrame(laid, index=target, columns=frame.columns), findings


def _day_of_year(times: pd.DatetimeIndex, has_leap_day: bool) -> NDArray[np.int64]:
    """Return the day, from 0, in a table of 366 or 365 days; 29 February of the latter is 1 March."""
    day = times.day_of_year.to_numpy().astype(np.int64) - 1
    late = day >= LEAP_DAY
    leap_year = np.asarray(times.is_leap_year, dtype=bool)
    if has_leap_day:
        earlier: NDArray[np.int64] = day + (late & ~leap_year)
        return earlier
    later: NDArray[np.int64] = day - (leap_year & (day > LEAP_DAY))
    return later


def lay_dated(
    frame: pd.DataFrame, clock: Clock, *, interval_minutes: int, repeat_yearly: bool
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Lay a dated series onto the clock; it must cover the period or be repeated yearly.

    Parameters
    ----------
    frame
        Left-labelled rows of real dates, on the grid of the clock.
    clock
        The clock.
    interval_minutes
        Step of the frame [min].
    repeat_yearly
        Whether a series of a year or more repeats outside its own dates.
    """
    import pandas as pd

    target = clock.index_of(interval_minutes)
    step = interval_minutes * MINUTE_NS
    place = np.round((target.asi8 - frame.index.as_unit("ns").asi8[0]) / step).astype(np.int64)
    outside = (place < 0) | (place >= len(frame))
    values = frame.to_numpy(dtype=float)
    laid = values[np.clip(place, 0, len(frame) - 1)]
    findings: list[Finding] = []
    if outside.any():
        if not repeat_yearly:
            return None, [_too_short(frame, target, int(outside.sum()), interval_minutes)]
        year, found = _a_year(frame.tz_convert(target.tz), interval_minutes)
        if year is None:
            return None, found
        typical, found = lay_typical(year, clock, interval_minutes=interval_minutes)
        laid[outside] = typical.to_numpy(dtype=float)[outside]
        findings = [
            *found,
            warned("repeat", "the series is repeated outside its own dates", count=int(outside.sum())),
        ]
    spare = len(frame) - int(np.count_nonzero(~outside))
    if spare > 0 and not outside.any():
        findings.append(repaired("cut", "rows outside the simulated period were left out", count=spare))
    return pd.DataFrame(laid, index=target, columns=frame.columns), findings


def _too_short(frame: pd.DataFrame, target: pd.DatetimeIndex, count: int, interval_minutes: int) -> Finding:
    import pandas as pd

    step = pd.Timedelta(minutes=interval_minutes)
    spans: Any = [f"{index[0]:%Y-%m-%d %H:%M} to {index[-1] + step:%Y-%m-%d %H:%M}" for index in (
        frame.index.tz_convert(target.tz), target)]  # fmt: skip
    message = f"must cover the simulated period {spans[1]}, covers {spans[0]}"
    return refused("period", message, count=count, hint="repeat: yearly repeats a series of a year or more")


def _a_year(frame: pd.DataFrame, interval_minutes: int) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Return one nominal year, 1 January first, made of the first 365 or 366 days of a dated series."""
    import pandas as pd

    a_day = DAY_MINUTES // interval_minutes
    if len(frame) < SHORTEST_TO_REPEAT_DAYS * a_day:
        message = (
            f"must have {SHORTEST_TO_REPEAT_DAYS} days to be repeated yearly, has {len(frame) / a_day:.1f}"
        )
        return None, [refused("repeat", message)]
    local = frame.index.tz_localize(None)
    day = _day_of_year(local, has_leap_day=True)
    slot = day * a_day + (local.hour * 60 + local.minute).to_numpy() // interval_minutes
    slots, first = np.unique(slot, return_index=True)
    values = np.full((366 * a_day, frame.shape[1]), np.nan)
    values[slots] = frame.to_numpy(dtype=float)[first]
    leap = slice(LEAP_DAY * a_day, (LEAP_DAY + 1) * a_day)
    if np.isnan(values[leap]).any():
        values[leap] = (values[leap.start - a_day : leap.start] + values[leap.stop : leap.stop + a_day]) / 2
    if np.isnan(values).any():
        message = "must have every day of a year to be repeated yearly; with a 29 February that is 366 days"
        return None, [refused("repeat", message)]
    index = pd.date_range("2000-01-01", periods=len(values), freq=f"{interval_minutes}min", tz=frame.index.tz)
    return pd.DataFrame(values, index=index, columns=frame.columns), []


def _minutes(index: pd.DatetimeIndex) -> NDArray[np.int64]:
    minutes: NDArray[np.int64] = index.as_unit("ns").asi8 // MINUTE_NS
    return minutes
