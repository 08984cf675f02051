"""The one stream of visitors: vehicles, the people in them and the electric vehicles that want to charge.

Everything is drawn on a grid of minutes, whatever the step of the run, and each civil day from a stream of
its own: another step meets the same vehicles, and a run of July alone meets the July of the whole year.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import Clock
from stationsim.seeds import Purpose, stream
from stationsim.traffic.calendar import DayTypes, day_types
from stationsim.traffic.spec import TrafficSpec

MINUTES_PER_HOUR = 60
SECONDS_PER_MINUTE = 60
SHORTEST_DAY_MINUTES = 23 * MINUTES_PER_HOUR
"""A civil day on which clocks go forward an hour [min]."""

CELL_MINUTES = 30
"""Grid on which civil hours are looked up [min]; zones shift their clocks by multiples of it."""

STAY_TAIL = 20.0
"""Where the stay's distribution is cut, in units of half the mean stay; 2e-8 of the presence lies beyond."""

KERNEL_UNIT = 2.0**-32
"""Grain of the presence kernel [min]: with whole vehicles its sums are exact, so in any order the same."""


class Visitors(NamedTuple):
    """Who comes, minute by minute from the clock's start."""

    vehicles: NDArray[np.int64]
    """Vehicles that enter in each minute."""

    people: NDArray[np.float64]
    """People who enter in each minute."""

    occupancy: NDArray[np.float64]
    """People present, mean over each minute."""

    ev_time_s: NDArray[np.int64]
    """When charging electric vehicles enter, ascending whole seconds from the clock's start [s]."""


def draw_visitors(spec: TrafficSpec, clock: Clock, *, seed: int, replication: int = 0) -> Visitors:
    """Draw the visitors of a period.

    Parameters
    ----------
    spec
        Traffic of the station.
    clock
        Period and time zone; its step does not matter.
    seed
        Seed of the run.
    replication
        Number of the replication, from 0.

    Notes
    -----
    Vehicles are a Poisson process whose rate is constant within a civil hour. Every vehicle has a number of
    its own, uniform between 0 and 1, and wants to charge when that lies below ``ev_share * charging_share``
    times the day's factor: charging arrivals are a thinning of the same vehicles, and a larger share keeps
    the cars of a smaller one and adds some. Each enters at a uniform whole second of its minute.

    People present are the expectation, given the entries, of a queue with unlimited room and independent
    stays. The draw begins early enough for the station to open with those who came before. A day in which
    clocks change has 23 or 25 hours, each with its usual rate.
    """
    kernel = presence_kernel_minutes(spec.stay_minutes)
    lead_days = -(-kernel.size // SHORTEST_DAY_MINUTES)
    first_day = clock.first_day - dt.timedelta(days=lead_days)
    cells = Clock(first_day, clock.last_day, CELL_MINUTES, clock.timezone)
    vehicles, ev_time_s = _draw_days(spec, cells, seed=seed, replication=replication)
    n_minutes = clock.at_step(1).n_steps
    lead = vehicles.size - n_minutes
    present: NDArray[np.float64] = np.convolve(vehicles, kernel)[lead : lead + n_minutes]
    vehicles, ev_time_s = vehicles[lead:], ev_time_s - lead * SECONDS_PER_MINUTE
    return Visitors(
        vehicles=vehicles,
        people=vehicles.astype(float) * spec.people_per_vehicle,
        occupancy=present * spec.people_per_vehicle,
        ev_time_s=ev_time_s[ev_time_s >= 0],
    )


def presence_kernel_minutes(stay_minutes: float) -> NDArray[np.float64]:
    """Return how present a visitor is in the minute of entry and each minute after it [min].

    Entry ``j`` is the mean presence in the j-th minute after that of entry, for an entry at a uniform moment
    of its minute; together they make the mean stay.

    Parameters
    ----------
    stay_minutes
        Mean stay [min].

    Notes
    -----
    Stays have an Erlang distribution of two stages, mean ``stay_minutes`` and variation 0.71, assumed: few
    leave at once and few stay for hours. With b = 2 / mean the share still present after t is
    S(t) = (1 + b t) exp(-b t). Its second integral F(t) = 2 t / b - 3 / b^2 + (t / b + 3 / b^2) exp(-b t)
    gives the entries F(1) and F(j + 1) - 2 F(j) + F(j - 1).

    References
    ----------
    S. G. Eick, W. A. Massey, W. Whitt (1993), "The physics of the Mt/G/infinity queue", Operations Research
    41(4), 731-742, theorem 1: mean number present with time-varying Poisson arrivals.
    """
    rate = 2 / stay_minutes
    length = int(np.ceil(STAY_TAIL / rate)) + 1
    t = np.arange(length + 1, dtype=float)
    second_integral = 2 * t / rate - 3 / rate**2 + (t / rate + 3 / rate**2) * np.exp(-rate * t)
    kernel = np.concatenate([second_integral[1:2], np.diff(second_integral, n=2)])
    rounded: NDArray[np.float64] = np.round(kernel / KERNEL_UNIT) * KERNEL_UNIT
    return rounded


def to_step(minute_values: NDArray[Any], step_minutes: int, *, total: bool = False) -> NDArray[np.float64]:
    """Return the mean, or the total, of minute values over each step.

    Parameters
    ----------
    minute_values
        One value a minute.
    step_minutes
        Step length [min]; divides the number of values.
    total
        Whether to add up, as for people who enter, rather than to average, as for people present.
    """
    if minute_values.size % step_minutes:
        raise ValueError(f"step_minutes must divide {minute_values.size} minutes, got {step_minutes}")
    steps = minute_values.reshape(-1, step_minutes)
    values: NDArray[np.float64] = steps.sum(axis=1, dtype=float) if total else steps.mean(axis=1)
    return values


def _draw_days(
    spec: TrafficSpec, cells: Clock, *, seed: int, replication: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw vehicles of each minute and times of charging vehicles [s], day by day from the start of cells."""
    types = day_types(spec, cells.first_day, cells.n_days)
    rates = np.repeat(_vehicles_per_minute(spec, cells, types), CELL_MINUTES)
    edges = np.searchsorted(cells.civil_day, np.arange(cells.n_days + 1)) * CELL_MINUTES
    charging = spec.ev_share * spec.charging_share * types.charging_factor
    vehicles = np.empty(rates.size, dtype=np.int64)
    times = [np.empty(0, dtype=np.int64)]
    for number in range(cells.n_days):
        day = cells.first_day + dt.timedelta(days=number)
        start, end = edges[number], edges[number + 1]
        vehicles[start:end] = _day_stream(seed, "vehicles", replication, day).poisson(rates[start:end])
        rng = _day_stream(seed, "ev_choice", replication, day)
        times.append(
            start * SECONDS_PER_MINUTE + _charging_times_s(vehicles[start:end], charging[number], rng)
        )
    return vehicles, np.concatenate(times)


def _vehicles_per_minute(spec: TrafficSpec, cells: Clock, types: DayTypes) -> NDArray[np.float64]:
    """Return the rate of entry in each cell [1/min]."""
    shapes = np.array([spec.hourly_shape_weekday, spec.hourly_shape_weekend, spec.hourly_shape_holiday])
    day, hour = cells.civil_day, cells.civil_hour.astype(np.int64)
    per_day = spec.vehicles_per_day * types.vehicles_factor[day]
    rates: NDArray[np.float64] = per_day * shapes[types.kind[day], hour] / MINUTES_PER_HOUR
    return rates


def _charging_times_s(
    vehicles: NDArray[np.int64], probability: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose the charging ones among a day's vehicles; return their seconds from its start, ascending."""
    numbers = int(vehicles.sum())
    chosen = np.flatnonzero(rng.random(numbers) < probability)
    second = rng.integers(SECONDS_PER_MINUTE, size=numbers, dtype=np.uint8)[chosen]
    minute = np.searchsorted(np.cumsum(vehicles), chosen, side="right")
    return np.sort(minute * SECONDS_PER_MINUTE + second)


def _day_stream(seed: int, purpose: Purpose, replication: int, day: dt.date) -> np.random.Generator:
    """Return the stream of one purpose on one civil day: a child of the run's stream, keyed by the date."""
    root: Any = stream(seed, purpose, replication).bit_generator.seed_seq
    key = (*root.spawn_key, day.toordinal())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(root.entropy, spawn_key=key)))
