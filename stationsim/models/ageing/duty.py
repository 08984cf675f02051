"""What a battery lives through, and its stresses day by day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]

SECONDS_PER_HOUR = 3600.0
HOURS_PER_DAY = 24.0

ZERO_DEGC_K = 273.15
"""0 degC in kelvin [K]."""

RATE_MINUTES = 15
"""Rates of storage are averaged over means of state of charge and temperature of at most this [min]: cells
take an hour to follow the air, and a quarter hour of 0.65C moves the state of charge by a sixth."""

RESTING_RATE = 1e-4
"""Current below which a battery rests [1/h]: its standby, not its duty."""


class Duty(NamedTuple):
    """Series of one battery over a run."""

    soc: Array
    """State of charge at the edges of the steps, 0 to 1, of shape (n + 1,)."""
    temp_degc: Array
    """Cell temperature in the mean of each step [degC], of shape (n,)."""
    dt_h: float
    """Step length [h]."""
    day_starts: Places
    """Place of the first step of each civil day, from 0."""

    @property
    def days(self) -> float:
        """Length [d]."""
        return len(self.temp_degc) * self.dt_h / HOURS_PER_DAY


class Days(NamedTuple):
    """Stresses of each day."""

    length_days: Array
    """Length of the day [d]; not 1 where clocks change."""
    depth: Array
    """Highest less lowest state of charge, 0 to 1."""
    full_cycles: Array
    """Full equivalent cycles: half of what the state of charge moved up and down."""
    mean_rate: Array
    """Mean of the current's size over the whole day, rest included [1/h]."""
    charge_rate: Array
    """Highest charging current [1/h]."""
    discharge_rate: Array
    """Highest discharging current [1/h]."""
    coldest_degc: Array
    """Lowest temperature [degC]."""
    hottest_degc: Array
    """Highest temperature [degC]."""


def duty_of(*, soc: Array, soc_start: float, temp_degc: Array, dt_h: float, civil_day: Places) -> Duty:
    """Return the duty of a run.

    Parameters
    ----------
    soc
        State of charge at each step's end, 0 to 1, of shape (n,).
    soc_start
        State of charge before the first step.
    temp_degc
        Cell temperature of each step [degC], of shape (n,).
    dt_h
        Step length [h].
    civil_day
        Number of the civil day of each step, rising, of shape (n,).
    """
    starts = np.concatenate(([0], 1 + np.flatnonzero(np.diff(civil_day))))
    return Duty(np.concatenate(([soc_start], soc)), np.asarray(temp_degc, dtype=float), dt_h, starts)


def days_of(duty: Duty) -> Days:
    """Return the stresses of each day of a duty."""
    starts, change = duty.day_starts, np.diff(duty.soc)
    before, ends = duty.soc[starts], duty.soc[1:]
    highest = np.maximum(np.maximum.reduceat(ends, starts), before)
    lowest = np.minimum(np.minimum.reduceat(ends, starts), before)
    hours = np.diff(np.append(starts, len(change))) * duty.dt_h
    moved = np.add.reduceat(np.abs(change), starts)
    return Days(
        length_days=hours / HOURS_PER_DAY,
        depth=highest - lowest,
        full_cycles=moved / 2,
        mean_rate=moved / hours,
        charge_rate=np.maximum(np.maximum.reduceat(change, starts), 0.0) / duty.dt_h,
        discharge_rate=np.maximum(np.maximum.reduceat(-change, starts), 0.0) / duty.dt_h,
        coldest_degc=np.minimum.reduceat(duty.temp_degc, starts),
        hottest_degc=np.maximum.reduceat(duty.temp_degc, starts),
    )


class Storage(NamedTuple):
    """State of charge and temperature over pieces of equal length."""

    soc: Array
    """Mean state of charge, 0 to 1."""
    temp_k: Array
    """Mean temperature [K]."""
    piece_h: float
    """Length of a piece [h]."""
    day_starts: Places
    """Place of the first piece of each day."""


def storage_of(duty: Duty) -> Storage:
    """Return how a battery is stored, in pieces of at most ``RATE_MINUTES`` that no midnight cuts."""
    soc = 0.5 * (duty.soc[1:] + duty.soc[:-1])
    steps = max(int(RATE_MINUTES / 60 / duty.dt_h + 1e-9), 1)
    if len(soc) % steps or (duty.day_starts % steps).any():
        steps = 1
    soc, temp = (values.reshape(-1, steps).mean(axis=1) for values in (soc, duty.temp_degc))
    return Storage(soc, temp + ZERO_DEGC_K, steps * duty.dt_h, duty.day_starts // steps)


def daily_mean(values: Array, day_starts: Places) -> Array:
    """Return the mean of each day of a series that starts with a day."""
    counts = np.diff(np.append(day_starts, len(values)))
    means: Array = np.add.reduceat(values, day_starts) / counts
    return means
