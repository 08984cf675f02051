"""The civil days, months and hours of a run, and means over quarter hours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.results import Results

Array = NDArray[np.float64]

METERING_MINUTES = 15
"""Interval over which a utility meters power [min]."""

HOURS_PER_DAY = 24


def first_day(results: Results) -> dt.date:
    """Return the first civil day of a run."""
    return dt.date.fromisoformat(str(results.scenario["period"]["start"]))


def last_day(results: Results) -> dt.date:
    """Return the last civil day of a run."""
    return dt.date.fromisoformat(str(results.scenario["period"]["end"]))


def n_days(results: Results) -> int:
    """Return the number of civil days of a run."""
    return (last_day(results) - first_day(results)).days + 1


def whole_years(results: Results) -> int | None:
    """Return how many years a run spans when it spans whole ones, otherwise None."""
    return whole_years_between(first_day(results), last_day(results))


def whole_years_between(start: dt.date, last: dt.date) -> int | None:
    """Return the years from a first to a last day, included, when they are whole ones, otherwise None."""
    after = last + dt.timedelta(days=1)
    years = after.year - start.year
    anniversary = (start.month, start.day) == (after.month, after.day)
    return years if years > 0 and anniversary else None


def wall_minutes(results: Results) -> NDArray[np.int64]:
    """Return the civil time of each step's left edge [min since 1970-01-01 00:00 on the site's clocks]."""
    wall = results.steps.index.tz_convert(results.timezone).tz_localize(None)
    minutes: NDArray[np.int64] = wall.to_numpy().astype("datetime64[m]").astype(np.int64)
    return minutes


def civil_hours(results: Results) -> NDArray[np.int64]:
    """Return the civil hour of each step, 0 to 23."""
    hours: NDArray[np.int64] = wall_minutes(results) // 60 % HOURS_PER_DAY
    return hours


def civil_dates(times: pd.Series[Any], timezone: str) -> NDArray[np.datetime64]:
    """Return the civil date of each time-zone aware time; NaT where there is none."""
    naive = times.dt.tz_convert(timezone).dt.tz_localize(None)
    dates: NDArray[np.datetime64] = naive.to_numpy().astype("datetime64[D]")
    return dates


def metered_means_kw(power_kw: Array, step_minutes: int) -> Array:
    """Return the mean power of each quarter hour [kW].

    Steps that divide the quarter hour are averaged; longer and odd steps are taken as constant over
    themselves, so that the energy of every quarter hour is the one the steps hold.
    """
    if METERING_MINUTES % step_minutes == 0:
        means: Array = power_kw.reshape(-1, METERING_MINUTES // step_minutes).mean(axis=1)
        return means
    energy = np.concatenate(([0.0], np.cumsum(power_kw) * step_minutes))
    edges = np.arange(0, power_kw.size * step_minutes + 1, METERING_MINUTES)
    at_edges = np.interp(edges, np.arange(energy.size) * step_minutes, energy)
    odd: Array = np.diff(at_edges) / METERING_MINUTES
    return odd


def mean_day(values: Array, hours: NDArray[np.int64]) -> Array:
    """Return the mean of the values in each of the 24 civil hours; 0 for an hour that never comes."""
    total = np.bincount(hours, weights=values, minlength=HOURS_PER_DAY)
    count = np.bincount(hours, minlength=HOURS_PER_DAY)
    mean: Array = total / np.maximum(count, 1)
    return mean


def core_hours(day: Array, share: float) -> tuple[int, int]:
    """Return the shortest run of whole hours that holds a share of a mean day, as [start, end).

    Of equally short runs the one that holds most is taken.
    """
    cumulated = np.concatenate(([0.0], np.cumsum(day)))
    for length in range(1, day.size + 1):
        held = cumulated[length:] - cumulated[:-length]
        best = int(np.argmax(held))
        if held[best] >= share * cumulated[-1]:
            return best, best + length
    return 0, int(day.size)
