"""Who came to charge, how long they waited, and how far the queue reached."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.cars import OUTCOMES, Array, Cars, Mask, classes_apart, sides_of
from stationsim.kpis.energy import percent
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.presence import Spans, found_there, most_at_once, spans_above, time_covered
from stationsim.results import joined

if TYPE_CHECKING:
    from stationsim.results import Results

LONG_WAIT_MINUTES = 10.0
"""Wait above which a driver is counted as kept waiting [min]."""


def queue_kpis(results: Results, cars: Cars, days: int) -> Kpis:
    """Return what became of the vehicles that came to charge, how long they waited and where.

    Notes
    -----
    Waits are those of the cars that got a post, but for ``wait_mean_all`` and ``wait_p95_all``, which are of
    all that did not balk: who lost patience or still waits at the run's end counts with the time so far, so
    that a queue that drives cars away does not look shorter for it. The length of the queue is counted from
    the times of the sessions, not at the ends of steps.
    """
    waits = results.sessions["wait_minutes"].to_numpy(dtype=float)
    return joined(
        _count_kpis(cars, days),
        _wait_kpis(waits[cars.plugged]),
        _all_kpis(waits[cars.outcome != "balked"]),
        _part_kpis(results, cars, waits),
        _length_kpis(cars),
        _spill_kpis(results, cars),
        _booking_kpis(results, cars),
    )


def _count_kpis(cars: Cars, days: int) -> Kpis:
    arrived = cars.arrival_s.size
    found = {"ev_arrived": Kpi(float(arrived), "vehicles", "Vehicles that came to charge.")}
    for name, meaning in OUTCOMES.items():
        number = float(np.count_nonzero(cars.outcome == name))
        found[f"ev_{name}"] = Kpi(number, "vehicles", f"Vehicles that {_past(name, meaning)}.")
    found["ev_arrived_per_day"] = Kpi(
        arrived / days, "vehicles/d", "Vehicles that came to charge on the average day."
    )
    return found


def _past(name: str, meaning: str) -> str:
    return f"were {meaning}" if name in ("charging", "waiting") else meaning


def _wait_kpis(waits: Array) -> Kpis:
    long_share = percent(float(np.count_nonzero(waits > LONG_WAIT_MINUTES)), float(waits.size))
    return {
        "wait_mean": Kpi(_mean(waits), "min", "Mean wait for a post of the cars that got one."),
        "wait_p50": Kpi(
            _percentile(waits, 50), "min", "Half of the cars that got a post waited at most this long."
        ),
        "wait_p95": Kpi(
            _percentile(waits, 95), "min", "95 of 100 cars that got a post waited at most this long."
        ),
        "wait_p99": Kpi(
            _percentile(waits, 99), "min", "99 of 100 cars that got a post waited at most this long."
        ),
        "wait_max": Kpi(_percentile(waits, 100), "min", "Longest wait of a car that got a post."),
        "wait_long_share": Kpi(
            long_share, "%", f"Cars that waited more than {LONG_WAIT_MINUTES:g} min for their post."
        ),
    }


def _all_kpis(waits: Array) -> Kpis:
    """Return the waits of all that came and did not balk."""
    who = "of all that came and did not balk; who gave up or still waits counts with the time until then."
    return {
        "wait_mean_all": Kpi(_mean(waits), "min", f"Mean time in the queue {who}"),
        "wait_p95_all": Kpi(
            _percentile(waits, 95), "min", f"Time in the queue that 95 in 100 do not exceed {who}"
        ),
    }


def _part_kpis(results: Results, cars: Cars, waits: Array) -> Kpis:
    """Return the waits of each direction and of each class of vehicles, where there are several."""
    sides = [(side, f"the side {side}", cars.side == side) for side in sides_of(results)]
    classes = [(name, f"class {name}", cars.vehicle_class == name) for name in classes_apart(results)]
    found: Kpis = {}
    for name, what, chosen in sides + classes:
        here = waits[cars.plugged & chosen]
        info = f"of the vehicles of {what} that got one."
        part = {
            f"wait_mean_{name}": Kpi(_mean(here), "min", f"Mean wait for a post {info}"),
            f"wait_p95_{name}": Kpi(
                _percentile(here, 95), "min", f"Wait for a post that 95 in 100 do not exceed {info}"
            ),
        }
        found = joined(found, part)
    return found


def _length_kpis(cars: Cars) -> Kpis:
    queued_s = float((cars.queue_end_s - cars.arrival_s).sum())
    return {
        "queue_max": Kpi(
            float(most_at_once(in_queue(cars))),
            "vehicles",
            "Longest queue at any moment, all sides together.",
        ),
        "queue_mean": Kpi(
            queued_s / cars.run_s, "vehicles", "Mean length of the queue over the run, all sides together."
        ),
    }


def _spill_kpis(results: Results, cars: Cars) -> Kpis:
    """Return how often the queue spills onto the ramp, where the ramp's places are given."""
    places = (results.scenario.get("charging") or {}).get("ramp_places")
    if places is None:
        return {}
    over = [spans_above(in_queue(cars, here), int(places)) for here in _by_side(cars)]
    begin, end = (np.concatenate([np.empty(0), *(spans[edge] for spans in over)]) for edge in (0, 1))
    shut_out = np.count_nonzero(_spills(cars, int(places)))
    return {
        "queue_spill_time_share": Kpi(
            percent(time_covered((begin, end)), cars.run_s),
            "%",
            f"Share of time with more than {places} vehicles waiting on a side: beyond the ramp's places.",
        ),
        "queue_spill_share": Kpi(
            percent(float(shut_out), float(cars.arrival_s.size)),
            "%",
            f"Share of vehicles that came to charge, got no post at once and found {places} or more waiting "
            "on their side, whether they joined or drove on.",
        ),
    }


def _booking_kpis(results: Results, cars: Cars) -> Kpis:
    """Return how the drivers who booked fared, where any can."""
    if not (results.scenario.get("charging") or {}).get("reservations"):
        return {}
    booked = results.session_column("booked").to_numpy(dtype=bool)
    at_once = booked & cars.plugged & ~cars.waited
    share = percent(float(np.count_nonzero(at_once)), float(np.count_nonzero(booked)))
    return {
        "ev_booked": Kpi(float(np.count_nonzero(booked)), "vehicles", "Vehicles that came with a booking."),
        "booked_at_once_share": Kpi(share, "%", "Vehicles with a booking that got a post as they came."),
    }


def in_queue(cars: Cars, here: Mask | None = None) -> Spans:
    """Return when each vehicle joined and left the queue [s], of all or of those chosen."""
    chosen = slice(None) if here is None else here
    return cars.arrival_s[chosen], cars.queue_end_s[chosen]


def _by_side(cars: Cars) -> list[Mask]:
    return [np.asarray(cars.side == side) for side in dict.fromkeys(cars.side.tolist())]


def _spills(cars: Cars, places: int) -> Mask:
    """Return which vehicles found the places of their side taken and no post free for them."""
    found = np.zeros(cars.arrival_s.size, dtype=np.int64)
    for here in _by_side(cars):
        found[here] = found_there(cars.arrival_s[here], in_queue(cars, here))
    spills: Mask = (found >= places) & (cars.waited | (cars.outcome == "balked"))
    return spills


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else math.nan


def _percentile(values: Array, percentage: float) -> float:
    return float(np.percentile(values, percentage)) if values.size else math.nan
