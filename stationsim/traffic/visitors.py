"""The one stream of visitors: vehicles, the people in them and the electric vehicles that want to charge.

Everything is drawn on a grid of minutes, whatever the step of the run, and each civil day from a stream of
its own: another step meets the same vehicles, and a run of July alone meets the July of the whole year.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import Clock
from stationsim.seeds import Purpose, stream
from stationsim.traffic.calendar import DayTypes, day_types
from stationsim.traffic.spec import TrafficSpec

if TYPE_CHECKING:
    from stationsim.traffic.resolve import ClassMix

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

    by_class: NDArray[np.int64] | None = None
    """Vehicles that enter in each minute, one row a class of the mix; None where all are alike."""

    ev_class: NDArray[np.int64] | None = None
    """Place of the class of each charging electric vehicle in the mix; None where all are alike."""


class _Drawn(NamedTuple):
    """Vehicles minute by minute and those that charge, from the start of the draw."""

    vehicles: NDArray[np.int64]
    ev_time_s: NDArray[np.int64]
    by_class: NDArray[np.int64] | None
    ev_class: NDArray[np.int64] | None


def draw_visitors(
    spec: TrafficSpec, clock: Clock, *, seed: int, replication: int = 0, mix: ClassMix | None = None
) -> Visitors:
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
    mix
        Classes of the vehicles; None where all are alike.

    Notes
    -----
    Vehicles are a Poisson process whose rate is constant within a civil hour. Every vehicle has a number of
    its own, uniform between 0 and 1, and wants to charge when that lies below ``ev_share * charging_share``
    times the day's factor: charging arrivals are a thinning of the same vehicles, and a larger share keeps
    the cars of a smaller one and adds some. With a mix each vehicle has a second number that tells its
    class, whose own shares then decide in the place of ``ev_share`` and ``charging_share``. Each enters at a
    uniform whole second of its minute.

    People present are the expectation, given the entries, of a queue with unlimited room and independent
    stays. The draw begins early enough for the station to open with those who came before. A day in which
    clocks change has 23 or 25 hours, each with its usual rate.
    """
    kernel = presence_kernel_minutes(spec.stay_minutes)
    lead_days = -(-kernel.size // SHORTEST_DAY_MINUTES)
    first_day = clock.first_day - dt.timedelta(days=lead_days)
    cells = Clock(first_day, clock.last_day, CELL_MINUTES, clock.timezone)
    drawn = _draw_days(spec, cells, mix, seed=seed, replication=replication)
    n_minutes = clock.at_step(1).n_steps
    lead = drawn.vehicles.size - n_minutes
    ev_time_s = drawn.ev_time_s - lead * SECONDS_PER_MINUTE
    inside = ev_time_s >= 0
    people, occupancy = _people(spec, drawn, kernel, mix)
    return Visitors(
        vehicles=drawn.vehicles[lead:],
        people=people[lead:],
        occupancy=occupancy[lead : lead + n_minutes],
        ev_time_s=ev_time_s[inside],
        by_class=None if drawn.by_class is None else drawn.by_class[:, lead:],
        ev_class=None if drawn.ev_class is None else drawn.ev_class[inside],
    )


def _people(
    spec: TrafficSpec, drawn: _Drawn, kernel: NDArray[np.float64], mix: ClassMix | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return people who enter in each minute and people present, from the start of the draw."""
    if mix is None or drawn.by_class is None:
        per_vehicle = spec.people_per_vehicle
        present: NDArray[np.float64] = np.convolve(drawn.vehicles, kernel)
        return drawn.vehicles.astype(float) * per_vehicle, present * per_vehicle
    people = mix.people_per_vehicle @ drawn.by_class
    present = sum(
        np.convolve(row, kernel) * number
        for row, number in zip(drawn.by_class, mix.people_per_vehicle, strict=True)
    )
    return people, present


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
    spec: TrafficSpec, cells: Clock, mix: ClassMix | None, *, seed: int, replication: int
) -> _Drawn:
    """Draw vehicles of each minute and charging vehicles, day by day from the start of cells."""
    types = day_types(spec, cells.first_day, cells.n_days)
    rates = np.repeat(_vehicles_per_minute(spec, cells, types), CELL_MINUTES)
    edges = np.searchsorted(cells.civil_day, np.arange(cells.n_days + 1)) * CELL_MINUTES
    vehicles = np.empty(rates.size, dtype=np.int64)
    by_class = None if mix is None else np.zeros((len(mix.names), rates.size), dtype=np.int64)
    times, classes = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for number in range(cells.n_days):
        day = cells.first_day + dt.timedelta(days=number)
        start, end = edges[number], edges[number + 1]
        drawn = _day_stream(seed, "vehicles", replication, day).poisson(rates[start:end])
        vehicles[start:end] = drawn
        probability: Any = spec.ev_share * spec.charging_share * types.charging_factor[number]
        of_class = np.zeros(0, dtype=np.int64)
        if mix is not None and by_class is not None:
            of_class = _classes_of(
                mix, int(drawn.sum()), _day_stream(seed, "vehicle_class", replication, day)
            )
            by_class[:, start:end] = _by_minute(of_class, drawn, len(mix.names))
            probability = mix.charging_probability(day.year, types.charging_factor[number])[of_class]
        rng = _day_stream(seed, "ev_choice", replication, day)
        seconds, chosen = _charging_times_s(drawn, probability, rng)
        times.append(start * SECONDS_PER_MINUTE + seconds)
        classes.append(of_class[chosen] if mix is not None else of_class)
    ev_class = None if mix is None else np.concatenate(classes)
    return _Drawn(vehicles, np.concatenate(times), by_class, ev_class)


def _classes_of(mix: ClassMix, numbers: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the place of the class of each of a day's vehicles."""
    edges = np.cumsum(mix.shares)
    places = np.searchsorted(edges / edges[-1], rng.random(numbers), side="right")
    return np.minimum(places, len(mix.names) - 1).astype(np.int64)


def _by_minute(of_class: NDArray[np.int64], vehicles: NDArray[np.int64], n_classes: int) -> NDArray[np.int64]:
    """Return the vehicles of each class in each minute of a day."""
    minute = np.repeat(np.arange(vehicles.size), vehicles)
    cells = np.bincount(of_class * vehicles.size + minute, minlength=n_classes * vehicles.size)
    return cells.reshape(n_classes, vehicles.size)


def _vehicles_per_minute(spec: TrafficSpec, cells: Clock, types: DayTypes) -> NDArray[np.float64]:
    """Return the rate of entry in each cell [1/min]."""
    shapes = np.array([spec.hourly_shape_weekday, spec.hourly_shape_weekend, spec.hourly_shape_holiday])
    day, hour = cells.civil_day, cells.civil_hour.astype(np.int64)
    per_day = float(spec.vehicles_per_day or 0) * types.vehicles_factor[day]
    rates: NDArray[np.float64] = per_day * shapes[types.kind[day], hour] / MINUTES_PER_HOUR
    return rates


def _charging_times_s(
    vehicles: NDArray[np.int64], probability: float | NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose the charging ones among a day's vehicles.

    Return their seconds from the day's start, ascending, and their numbers in the same order.
    """
    numbers = int(vehicles.sum())
    chosen = np.flatnonzero(rng.random(numbers) < probability)
    second = rng.integers(SECONDS_PER_MINUTE, size=numbers, dtype=np.uint8)[chosen]
    minute = np.searchsorted(np.cumsum(vehicles), chosen, side="right")
    seconds = minute * SECONDS_PER_MINUTE + second
    order = np.argsort(seconds, kind="stable")
    return seconds[order], chosen[order]


def _day_stream(seed: int, purpose: Purpose, replication: int, day: dt.date) -> np.random.Generator:
    """Return the stream of one purpose on one civil day: a child of the run's stream, keyed by the date."""
    root: Any = stream(seed, purpose, replication).bit_generator.seed_seq
    key = (*root.spawn_key, day.toordinal())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(root.entropy, spawn_key=key)))
