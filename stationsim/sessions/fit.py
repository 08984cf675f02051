"""Fit what a scenario says about charging to measured sessions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import ASSUMED_LEAST_GAIN, SOC_BINS
from stationsim.sessions.linger import Linger, measured_linger, most_linger
from stationsim.sessions.spread import Array, Spread, spread_of

if TYPE_CHECKING:
    import pandas as pd

HOURS, WEEKDAYS, SATURDAY = 24, 7, 5
SHARE_DIGITS = 4
"""Decimals of shares in a fragment."""

FEWEST_SESSIONS = 200
"""Sessions that a kind of day needs for an hourly shape of its own; with fewer an hour holds a handful."""

FEWEST_STATES = 50
"""Sessions with a state of charge that a spread needs."""


@dataclass(frozen=True)
class Fit:
    """What measured sessions say about arrivals, states of charge, energy and stay."""

    source: str
    """File and form."""
    first_day: dt.date
    last_day: dt.date
    """Civil days of the first and the last arrival."""
    sessions: int
    days: int
    """Days between the two, both included."""
    sessions_per_day: float
    hourly_shape: tuple[float, ...]
    """Share of sessions that begin in each civil hour, all days."""
    hourly_shape_weekday: tuple[float, ...] | None
    hourly_shape_weekend: tuple[float, ...] | None
    """The same by kind of day; None where there are too few sessions."""
    weekday_factors: tuple[float, ...]
    """Sessions on a Monday ... Sunday, as multiples of the mean day's; NaN where the file has none such."""
    weekend_factor: float
    """Sessions on a weekend day, as a multiple of a weekday's; NaN where the file has only one kind."""
    soc_arrival: tuple[float, ...] | None
    soc_departure: tuple[float, ...] | None
    """Share of sessions in ten bins of state of charge; None where the file has too few."""
    target_soc: tuple[float, float] | None
    """Mean and standard deviation of the beta distribution that, cut at what cars arrive with, gives the
    departures of the file."""
    energy_kwh: Spread
    stay_minutes: Spread
    linger: Linger | None
    """Cars that stayed after charging; None where the file does not tell, or of too few sessions."""
    linger_most: Linger | None
    """The same at most, by energy and highest power; None where no power is known or `linger` is."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; what is unknown is null."""
        data = asdict(self) | {"first_day": str(self.first_day), "last_day": str(self.last_day)}
        plain: dict[str, Any] = _without_nan(data)
        return plain


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def fit_sessions(frame: pd.DataFrame, *, source: str = "", least_gain: float = ASSUMED_LEAST_GAIN) -> Fit:
    """Fit arrivals, states of charge, energy and stay to sessions.

    Parameters
    ----------
    frame
        Sessions, at least one.
    source
        Where they come from, in words.
    least_gain
        Least gain of state of charge for which a driver stops, of the scenario to come [-].
    """
    if frame.empty:
        raise ValueError("frame must hold at least one session, got none")
    arrival = frame["arrival"]
    hour, weekday = (getattr(arrival.dt, name).to_numpy(dtype=np.int64) for name in ("hour", "day_of_week"))
    first, last = arrival.min().date(), arrival.max().date()
    weekend = weekday >= SATURDAY
    factors, weekend_factor = _factors(weekday, first, last)
    days = (last - first).days + 1
    linger = measured_linger(frame)
    known = frame[["soc_arrival", "soc_departure"]].dropna().to_numpy(dtype=float)
    enough = len(known) >= FEWEST_STATES
    return Fit(
        source=source,
        first_day=first,
        last_day=last,
        sessions=len(frame),
        days=days,
        sessions_per_day=len(frame) / days,
        hourly_shape=shares(np.bincount(hour, minlength=HOURS)),
        hourly_shape_weekday=_shape(hour[~weekend]),
        hourly_shape_weekend=_shape(hour[weekend]),
        weekday_factors=factors,
        weekend_factor=weekend_factor,
        soc_arrival=_histogram(known[:, 0]) if enough else None,
        soc_departure=_histogram(known[:, 1]) if enough else None,
        target_soc=fit_target(known[:, 0], known[:, 1], least_gain=least_gain) if enough else None,
        energy_kwh=spread_of(frame["energy_kwh"].to_numpy(dtype=float)),
        stay_minutes=spread_of(frame["stay_minutes"].to_numpy(dtype=float)),
        linger=linger,
        linger_most=most_linger(frame) if linger is None else None,
    )


def shares(counts: NDArray[np.int64]) -> tuple[float, ...]:
    """Return counts as shares of a few decimals that, as written, sum to exactly 1.

    Notes
    -----
    The largest remainders are rounded up (Hamilton's method), so that no share is off by a digit or more.
    """
    parts = 10**SHARE_DIGITS
    exact = counts * parts / counts.sum()
    whole = np.floor(exact).astype(np.int64)
    missing = parts - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return tuple(float(part) / parts for part in whole)


def _shape(hour: NDArray[np.int64]) -> tuple[float, ...] | None:
    return shares(np.bincount(hour, minlength=HOURS)) if len(hour) >= FEWEST_SESSIONS else None


def _histogram(soc: Array) -> tuple[float, ...]:
    bins = np.minimum((soc * SOC_BINS).astype(np.int64), SOC_BINS - 1)
    return shares(np.bincount(bins, minlength=SOC_BINS))


def _factors(weekday: NDArray[np.int64], first: dt.date, last: dt.date) -> tuple[tuple[float, ...], float]:
    """Return the factor of each weekday, and of a weekend day over a weekday."""
    days = (np.arange((last - first).days + 1) + first.weekday()) % WEEKDAYS
    held = np.bincount(days, minlength=WEEKDAYS).astype(float)
    sessions = np.bincount(weekday, minlength=WEEKDAYS).astype(float)
    a_day = sessions / np.where(held > 0, held, np.nan)
    kinds = [
        sessions[part].sum() / (held[part].sum() or np.nan)
        for part in (slice(SATURDAY), slice(SATURDAY, None))
    ]
    ratio = kinds[1] / kinds[0] if kinds[0] > 0 else math.nan
    return tuple((a_day * held.sum() / sessions.sum()).tolist()), float(ratio)


def fit_target(soc_arrival: Array, soc_departure: Array, *, least_gain: float) -> tuple[float, float] | None:
    """Return mean and standard deviation of the targets that give measured departures.

    Parameters
    ----------
    soc_arrival, soc_departure
        States of charge of sessions [-].
    least_gain
        Least gain for which a driver stops [-].

    Returns
    -------
    tuple of float or None
        None where no beta distribution comes near.

    Notes
    -----
    A simulated driver's target is drawn from a beta distribution cut to what lies above the state of charge
    at arrival plus the least gain. Mean and variance of the departures so drawn have a closed form in
    incomplete beta functions; the two parameters are those for which they are the file's.
    """
    from scipy.optimize import least_squares

    room = soc_arrival + least_gain < 1
    lowest = soc_arrival[room] + least_gain
    wanted = np.array([soc_departure[room].mean(), soc_departure[room].std()])

    def miss(point: Array) -> Array:
        mean, weight = 1 / (1 + math.exp(-point[0])), math.exp(point[1])
        missed: Array = _departures(lowest, mean, weight) - wanted
        return missed

    spread = max(float(wanted[0] * (1 - wanted[0]) / max(wanted[1], 1e-3) ** 2 - 1), 0.1)
    start = [math.log(wanted[0] / (1 - wanted[0])) if wanted[0] < 1 else 4.0, math.log(spread)]
    found = least_squares(miss, start, bounds=([-8.0, -3.0], [8.0, 8.0]))
    if not np.abs(found.fun).max() <= TARGET_TOLERANCE:
        return None
    mean, weight = 1 / (1 + math.exp(-found.x[0])), math.exp(found.x[1])
    return float(mean), math.sqrt(mean * (1 - mean) / (weight + 1))


TARGET_TOLERANCE = 0.01
"""How far mean and spread of the departures may stay from the file's [-]: one per cent of charge."""


def _departures(lowest: Array, mean: float, weight: float) -> Array:
    """Return mean and standard deviation of a beta distribution cut at each of many lower ends [-]."""
    from scipy.special import betainc

    a, b = mean * weight, (1 - mean) * weight
    above = [betainc(b, a + power, 1 - lowest) for power in range(3)]
    moments = (1.0, mean, mean * (a + 1) / (weight + 1))
    tiny = above[0] < np.finfo(float).tiny
    safe = np.where(tiny, 1.0, above[0])
    first = np.where(tiny, lowest, moments[1] * above[1] / safe)
    second = np.where(tiny, lowest**2, moments[2] * above[2] / safe)
    average = first.mean()
    found: Array = np.array([average, math.sqrt(max(float(second.mean() - average**2), 0.0))])
    return found
