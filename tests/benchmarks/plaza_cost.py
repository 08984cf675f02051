"""Measure what a session costs at the plaza alone: CPU microseconds, medians and ratios.

python -m tests.benchmarks.plaza_cost [repeats] [days]
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stationsim.models.charging import CabinetSpec, ChargingSpec, PostGroup
from stationsim.plaza import Plaza
from stationsim.traffic.evs import EvArrivals, draw_evs, fleet_curves

SEED = 20260101
DAY_S = 86_400
DAY_SHAPE = 6.0
"""Both parameters of the beta distribution of arrivals over the day: a peak at noon of 2.7 times the mean."""
POSTS_OF_CABINET = 6
CABINET = CabinetSpec(posts=POSTS_OF_CABINET, modules=15, module_kw=40.0)
"""600 kW, a third of what its six posts could take."""
POST_KW = 400.0
CAP_KW_PER_POST = 50.0
"""Limit that binds whenever most posts are busy [kW]."""
LONG_PATIENCE_MINUTES = 960.0
"""Keeps hundreds in the queue where demand is above what the posts can serve [min]."""
STEPS_S = (300, 60)


@dataclass(frozen=True)
class Station:
    """A plaza of cabinets and how many come to it."""

    name: str
    cars_a_day: int
    posts: int
    patience_minutes: float


STATIONS = (
    Station("150 a day", 150, POSTS_OF_CABINET, 30.0),
    Station("1,500 a day, long queue", 1500, 2 * POSTS_OF_CABINET, LONG_PATIENCE_MINUTES),
)
DESIGNS = ("own power", "shared cabinets", "site cap")


class Run(NamedTuple):
    """What one run cost and what it was like."""

    cpu_s: float
    served: int
    queue: float
    """Mean number waiting."""
    short: float
    """Share of steps in which a car charged below what it would take under the site's cap."""


def charging_of(station: Station, design: str) -> ChargingSpec:
    """Return the charging section of a station in one design; cars are the reference mix."""
    cabinet = CABINET if design == "shared cabinets" else None
    group = PostGroup(name="post", posts=station.posts, power_kw=POST_KW, cabinet=cabinet)
    return ChargingSpec(groups=(group,), patience_minutes=station.patience_minutes)


def cars_of(station: Station, spec: ChargingSpec, days: int) -> EvArrivals:
    """Draw the cars of some days."""
    rng = np.random.default_rng(SEED)
    shape = (days, station.cars_a_day)
    in_day_s = np.floor(rng.beta(DAY_SHAPE, DAY_SHAPE, shape) * DAY_S).astype(np.int64)
    times_s = np.sort((in_day_s + DAY_S * np.arange(days)[:, None]).ravel())
    return draw_evs(spec, times_s, seed=SEED)


def play(
    station: Station, design: str, spec: ChargingSpec, cars: EvArrivals, *, step_s: int, days: int
) -> Run:
    """Play a plaza through and time it."""
    cap_kw = CAP_KW_PER_POST * station.posts if design == "site cap" else math.inf
    curves = fleet_curves(spec)
    steps = days * DAY_S // step_s
    waiting = short = 0
    began_s = time.process_time()
    plaza = Plaza(spec.groups, curves, cars)
    for step in range(1, steps + 1):
        plaza.advance(step * step_s, cap_kw)
        waiting += plaza.waiting
        short += plaza.board.throttled
    cpu_s = time.process_time() - began_s
    return Run(cpu_s, plaza.served, waiting / steps, short / steps)


def main() -> None:
    """Print the cost of a session at each station, in each design, at each step."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 365
    print(f"median of {repeats} runs of {days} days, CPU time of the plaza alone; ratio to the first row")
    print(
        f"{'station':<24}{'design':<17}{'step':>6}{'served':>9}{'queue':>7}{'capped':>8}"
        f"{'CPU s':>9}{'µs/session':>12}{'ratio':>7}"
    )
    baseline = 0.0
    for station in STATIONS:
        cars = cars_of(station, charging_of(station, DESIGNS[0]), days)
        for design in DESIGNS:
            spec = charging_of(station, design)
            for step_s in STEPS_S:
                runs = [play(station, design, spec, cars, step_s=step_s, days=days) for _ in range(repeats)]
                cpu_s = statistics.median(run.cpu_s for run in runs)
                cost = cpu_s / max(runs[0].served, 1) * 1e6
                baseline = baseline or cost
                print(
                    f"{station.name:<24}{design:<17}{step_s // 60:>4} m{runs[0].served:>9,}"
                    f"{runs[0].queue:>7.0f}{runs[0].short:>8.0%}{cpu_s:>9.2f}{cost:>12.1f}"
                    f"{cost / baseline:>7.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
