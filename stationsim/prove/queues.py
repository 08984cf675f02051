"""Queues played at the plaza, replication by replication, until their figures are known.

Posts are servers, and a flat charge curve makes the energy that a car wants its service time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import CabinetSpec, PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza import Plaza, Rules
from stationsim.prove.case import Case
from stationsim.traffic.evs import EvArrivals

SEED = 20260101
"""Fixed before the first run."""
UNIT_S = 36_000
"""One unit of time of a case [s]; long, so that whole-second arrivals stay far below every spacing."""
POWER_KW = 100.0
LONGEST_UNITS = 500.0
"""Service that a full pack stands for, in units of time; longer ones do not occur in these cases."""
CARS = 20_000
"""Cars of one replication."""
WARM_UP = 0.05
LEAST_REPLICATIONS = 10
LARGEST_ERROR = 0.01
"""Standard error asked for, relative to the published value."""
BAND = 4.5
"""Standard errors allowed between mean and published value."""
MOST_REPLICATIONS = 1_000
"""Where a case gives up; it then fails."""


RARE_EMPTY = "P0 by the time to drain"
"""Figure in the place of the time share without a car where that is rarely seen."""


@dataclass(frozen=True)
class Queue:
    """A queue with Poisson arrivals, first come first served save for those who come first."""

    name: str
    arrivals_per_unit: float
    service_units: float
    posts: int
    expected: Mapping[str, float]
    max_queue: int | None = None
    patience_units: float = float("inf")
    cv: float = 1.0
    """Coefficient of variation of the service time: gamma, exponential at 1, constant at 0."""
    tails_units: Mapping[str, float] = field(default_factory=dict)
    """Waits of which the chance to be exceeded is asked, by the name of the figure."""
    full_rate_users: float = float("inf")
    """Cars that the power suffices for at full rate; more share it."""
    modules: int = 0
    """Modules of one cabinet that holds this power and shares it; 0 where the limit is the plaza's."""
    is_log_normal: bool = False
    """Whether the service time is log-normal in the place of gamma."""
    first_share: float = 0.0
    """Share of cars that are served before the others."""
    uncertainty: Mapping[str, float] = field(default_factory=dict)
    """How far published figures are themselves uncertain, as published."""

    @property
    def group(self) -> PostGroup:
        """Return the posts, on a cabinet where it has modules."""
        cabinet = None
        if self.modules:
            module_kw = self.full_rate_users * POWER_KW / self.modules
            cabinet = CabinetSpec(posts=self.posts, modules=self.modules, module_kw=module_kw)
        return PostGroup(name="post", posts=self.posts, power_kw=POWER_KW, efficiency=1.0, cabinet=cabinet)

    @property
    def cap_kw(self) -> float:
        """Return the limit of the plaza [kW]."""
        return float("inf") if self.modules else self.full_rate_users * POWER_KW


def draw(queue: Queue, rng: np.random.Generator) -> EvArrivals:
    """Draw the cars of one replication; the energy a car wants is its service time at full power."""
    gaps = rng.exponential(1 / queue.arrivals_per_unit, CARS)
    service = _service_units(queue, rng)
    patience = np.full(CARS, np.inf)
    if np.isfinite(queue.patience_units):
        patience = rng.exponential(queue.patience_units, CARS) * UNIT_S
    return EvArrivals(
        time_s=np.floor(np.cumsum(gaps) * UNIT_S).astype(np.int64),
        type_index=np.zeros(CARS, dtype=np.int64),
        soc_arrival=np.zeros(CARS),
        soc_target=service / LONGEST_UNITS,
        patience_s=patience,
        is_first=rng.random(CARS) < queue.first_share,
    )


def _service_units(queue: Queue, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw service times in units of time."""
    if not queue.cv:
        return np.full(CARS, queue.service_units)
    if queue.is_log_normal:
        variance = np.log1p(queue.cv**2)
        return rng.lognormal(np.log(queue.service_units) - variance / 2, np.sqrt(variance), CARS)
    shape = queue.cv**-2
    return rng.gamma(shape, queue.service_units / shape, CARS)


def replicate(queue: Queue, replication: int) -> dict[str, float]:
    """Play one replication and return its figures; every car is played to its end."""
    seed = np.random.SeedSequence(SEED, spawn_key=(replication,))
    cars = draw(queue, np.random.default_rng(seed))
    curve = ChargeCurve(POWER_KW * LONGEST_UNITS * UNIT_S / 3600, (0.0, 1.0), (POWER_KW, POWER_KW))
    plaza = Plaza((queue.group,), (curve,), cars, Rules(max_queue=queue.max_queue))
    end_s = float(cars.time_s[-1])
    plaza.advance(end_s + 100 * LONGEST_UNITS * UNIT_S, queue.cap_kw)
    table = plaza.sessions() | {"is_first": cars.is_first}
    return _figures(table, queue, start_s=WARM_UP * end_s, end_s=end_s)


def _figures(
    table: Mapping[str, NDArray[np.float64]], queue: Queue, *, start_s: float, end_s: float
) -> dict[str, float]:
    """Return the figures of one replication from its sessions table, over a window of time."""
    arrival, leave = table["arrival_s"], table["end_s"]
    served, entered = table["outcome"] == 0, table["outcome"] != 1
    seen = arrival >= start_s
    duration = end_s - start_s
    queue_s = np.where(served, table["start_s"], leave) - arrival
    busy_s = _overlap(table["start_s"][served], leave[served], start_s, end_s)
    waiting_s = _overlap(arrival[entered], (arrival + queue_s)[entered], start_s, end_s)
    states = _states(arrival[entered], leave[entered], start_s, end_s)
    waits = queue_s[seen & entered] / UNIT_S
    tails = {key: float(np.mean(queue_s[seen] > units * UNIT_S)) for key, units in queue.tails_units.items()}
    if queue.first_share:
        is_first = table["is_first"][seen & entered]
        tails |= {"Wq1": float(np.mean(waits[is_first])), "Wq2": float(np.mean(waits[~is_first]))}
    return tails | {
        "P(wait)": float(np.mean(waits > 0)),
        "Wq": float(np.mean(waits)),
        "W95": float(np.quantile(waits, 0.95)),
        "Lq": waiting_s / duration,
        "P0": states[0],
        RARE_EMPTY: _empty_share(arrival, leave, seen, queue) / duration,
        **{f"p{number}": states[number] for number in range(6)},
        "time in system": float(np.mean((leave - arrival)[seen])) / UNIT_S,
        "blocking": float(np.mean(~entered[seen])),
        "lambda_eff": float(np.sum(seen & entered)) / duration * UNIT_S,
        "utilisation": busy_s / duration / queue.posts,
        "L": (waiting_s + busy_s) / duration,
        "abandoned": float(np.mean(table["outcome"][seen] == 2)),
    }


def _empty_share(
    arrival_s: NDArray[np.float64], leave_s: NDArray[np.float64], seen: NDArray[np.bool_], queue: Queue
) -> float:
    """Return the expected time without a car after the cars of a window, each without looking further [s].

    Notes
    -----
    When a car comes, all ends to come are settled but for later cars. None comes before the last of these
    with the chance ``exp(-rate * time)``, and then the plaza is empty for ``1 / rate`` on the mean. For
    queues without limits to length and patience.
    """
    rate = queue.arrivals_per_unit / UNIT_S
    drain_s = np.maximum.accumulate(leave_s) - arrival_s
    return float(np.sum(np.exp(-rate * drain_s[seen]))) / rate


def _overlap(
    first_s: NDArray[np.float64], last_s: NDArray[np.float64], start_s: float, end_s: float
) -> float:
    """Return the summed time of spans within a window [s]."""
    return float(np.sum(np.clip(last_s, start_s, end_s) - np.clip(first_s, start_s, end_s)))


def _states(
    first_s: NDArray[np.float64], last_s: NDArray[np.float64], start_s: float, end_s: float
) -> NDArray[np.float64]:
    """Return the share of a window during which 0, 1, 2, ... cars are there."""
    change_s = np.clip(np.concatenate([[start_s], first_s, last_s]), start_s, end_s)
    change = np.concatenate([[0], np.ones(len(first_s), dtype=int), -np.ones(len(last_s), dtype=int)])
    order = np.argsort(change_s, kind="stable")
    present = np.cumsum(change[order])
    spans_s = np.diff(np.append(change_s[order], end_s))
    return np.bincount(np.maximum(present, 0), weights=spans_s, minlength=6) / (end_s - start_s)


def check(queue: Queue, source: str) -> list[Case]:
    """Replicate until every figure is known to 1 %, then hold the means against the published values."""
    runs: list[list[float]] = []
    while True:
        figures = replicate(queue, len(runs))
        runs.append([figures[key] for key in queue.expected])
        error = np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else np.inf
        sure = bool(np.all(error <= LARGEST_ERROR * np.array(list(queue.expected.values()))))
        if len(runs) >= LEAST_REPLICATIONS and (sure or len(runs) >= MOST_REPLICATIONS):
            break
    note = f"{len(runs)} replications of {CARS} cars"
    return [
        _case(queue, key, mean=mean, error=se, sure=sure, source=source, note=note)
        for key, mean, se in zip(queue.expected, np.mean(runs, axis=0), np.atleast_1d(error), strict=True)
    ]


def _case(queue: Queue, key: str, *, mean: float, error: float, sure: bool, source: str, note: str) -> Case:
    """Hold a mean against the published value; one that never became sure fails."""
    value, published = queue.expected[key], queue.uncertainty.get(key, 0.0)
    tolerance = f"±{BAND:g} standard errors of {error:.2g}"
    return Case(
        f"{queue.name} {key}",
        source,
        f"{value:.7g}",
        f"{mean:.5g}",
        f"{tolerance} and ±{published:g} as published" if published else tolerance,
        sure and bool(abs(mean - value) <= BAND * error + published),
        note,
    )
