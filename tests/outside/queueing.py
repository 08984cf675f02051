"""The plaza against queueing theory: posts as servers, flat charge curves as service times.

Acceptance: independent replications with 5 % warm-up, extended until the standard error is at most 1 % of the
published value; the mean lies within 4.5 standard errors. The seed is fixed before looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza import Plaza, Rules
from stationsim.traffic.evs import EvArrivals
from tests.outside.case import Case

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


@dataclass(frozen=True)
class Queue:
    """A queue with Poisson arrivals, first come first served."""

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


def _mmc(rate: float, mu: float, c: int, chance: float, wait: float, length: float, empty: float) -> Queue:
    expected = {"P(wait)": chance, "Wq": wait, "Lq": length, "P0": empty}
    return Queue(f"M/M/c ({rate:g}, {mu:g}, {c})", rate, 1 / mu, c, expected)


def _mmck(rate: float, mu: float, c: int, places: int, figures: Sequence[float]) -> Queue:
    expected = dict(zip(("blocking", "lambda_eff", "utilisation", "L", "Wq"), figures, strict=True))
    return Queue(
        f"M/M/c/K ({rate:g}, {mu:g}, {c}, {places})", rate, 1 / mu, c, expected, max_queue=places - c
    )


def _loss(posts: int, load: float, blocking: float) -> Queue:
    return Queue(f"M/M/c/c ({posts}, {load:g})", load, 1.0, posts, {"blocking": blocking}, max_queue=0)


def _mg1(rate: float, service: float, cv: float, wait: float, number: float) -> Queue:
    return Queue(f"M/G/1 ({rate:g}, {service:g}, {cv:g})", rate, service, 1, {"Wq": wait, "L": number}, cv=cv)


def _mdc(rate: float, c: int, length: float, wait: float, chance: float) -> Queue:
    expected = {"Lq": length, "Wq": wait, "P(wait)": chance}
    return Queue(f"M/D/c ({rate:g}, 1, {c})", rate, 1.0, c, expected, cv=0.0)


def _erlang_a(rate: float, mu: float, theta: float, c: int, figures: Sequence[float]) -> Queue:
    expected = dict(zip(("P(wait)", "Lq", "abandoned", "utilisation"), figures, strict=True))
    name = f"Erlang A ({rate:g}, {mu:g}, {theta:g}, {c})"
    return Queue(name, rate, 1 / mu, c, expected, patience_units=1 / theta)


LEAST_CHANCE = 0.003
"""Chance of a state below which a simulation cannot see it to 1 % in reasonable time; left out."""

MMC = (
    _mmc(1, 2, 1, 0.5, 0.5, 0.5, 0.5),
    _mmc(0.8, 1, 1, 0.8, 4, 3.2, 0.2),
    _mmc(3, 2, 2, 0.64285714, 0.64285714, 1.9285714, 0.14285714),
    _mmc(6, 2, 4, 0.50943396, 0.25471698, 1.5283019, 0.037735849),
    _mmc(10, 2, 6, 0.58751645, 0.29375823, 2.9375823, 0.0045121263),
    _mmc(14, 2, 8, 0.63531602, 0.31765801, 4.4472121, 0.00055543855),
    _mmc(20, 2.5, 10, 0.40918015, 0.08183603, 1.6367206, 0.00027657169),
    _mmc(50, 3, 20, 0.33812477, 0.033812477, 1.6906238, 5.0127421e-8),
)
MMCK = (
    _mmck(1, 1, 1, 5, (0.16666667, 0.83333333, 0.83333333, 2.5, 2)),
    _mmck(3, 2, 2, 4, (0.12404288, 2.6278714, 0.65696784, 1.7274119, 0.15734266)),
    _mmck(10, 2, 4, 8, (0.25123988, 7.4876012, 0.93595015, 5.8019577, 0.27487536)),
    _mmck(12, 2, 6, 10, (0.12862247, 10.45653, 0.87137753, 6.5144899, 0.12300683)),
)
LOSS = (
    _loss(4, 2, 0.0952380952),
    _loss(6, 5, 0.1918472589),
    _loss(10, 5, 0.0183845703),
    _loss(20, 12, 0.0097956394),
    _loss(50, 40, 0.0186906711),
)
MG1 = (
    _mg1(0.8, 1, 0, 2, 2.4),
    _mg1(0.8, 1, 0.5, 2.5, 2.8),
    _mg1(0.8, 1, 2, 10, 8.8),
    _mg1(1.2, 0.5, 1.5, 1.21875, 2.0625),
)
MDC = (
    _mdc(0.8, 1, 1.6, 2, 0.8),
    _mdc(1.8, 2, 3.8644618, 2.1469232, 0.84710764),
    _mdc(5, 6, 1.5270055, 0.3054011, 0.56622243),
    _mdc(8, 10, 0.87862232, 0.10982779, 0.38471739),
)
ERLANG_A = (
    _erlang_a(10, 2, 1, 6, (0.43164515, 0.75576978, 0.075576978, 0.77035252)),
    _erlang_a(14, 2, 2, 6, (0.69929172, 1.5933084, 0.22761549, 0.90111527)),
)
WAITS = (
    Queue(
        "M/M/c tail (10, 2, 6)",
        10,
        0.5,
        6,
        {
            "P(W > 5 min)": 0.497322,
            "P(W > 10 min)": 0.420974,
            "P(W > 15 min)": 0.356347,
            "P(W > 30 min)": 0.216135,
        },
        tails_units={
            "P(W > 5 min)": 1 / 12,
            "P(W > 10 min)": 1 / 6,
            "P(W > 15 min)": 1 / 4,
            "P(W > 30 min)": 1 / 2,
        },
    ),
    Queue(
        "Call centre, 100 calls of 3 min in 30 min, 14 agents",
        100 / 30,
        3.0,
        14,
        {
            "P(wait)": 0.1741319336,
            "P(W > 20 s)": 1 - 0.8883500192,
            "utilisation": 0.7142857,
            "Wq": 7.835937 / 60,
        },
        tails_units={"P(W > 20 s)": 1 / 3},
    ),
    Queue("Bank (0.2, 0.1, 3)", 0.2, 10.0, 3, {"Wq": 4.4444}),
    Queue("Bank (0.2, 0.1, 4)", 0.2, 10.0, 4, {"Wq": 0.8696}),
    Queue("M/M/c (5, 8, 1)", 5, 1 / 8, 1, {"Wq": 0.20833}),
)
SHARED_POWER = Queue(
    "Shared power (10, 12, R 3)",
    10,
    1 / 12,
    60,
    {
        "p0": 0.432133,
        "p1": 0.360111,
        "p2": 0.150046,
        "p3": 0.0416795,
        "p4": 0.0115776,
        "p5": 0.00321601,
        "time in system": 0.0855530,
    },
    full_rate_users=3,
)
"""Posts enough for all, power at full rate for three: the cap of the plaza as processor sharing."""

SOURCES = {
    "M/M/c tail": "Erlang C, tail of the wait",
    "Call": "pyworkforce docs and R package ErlangC",
    "Bank": "Ciw tutorial, theory",
    "Shared": "Xue and Lui, after the docs of Ciw",
    "M/M/c (": "Erlang C, closed form",
    "M/M/c/K": "birth-death chain, closed form",
    "M/M/c/c": "Erlang B, closed form",
    "M/G/1 (": "Pollaczek-Khinchine",
    "M/D/c (": "embedded chain of M/D/c (Crommelin)",
    "Erlang A": "Erlang A (Palm), closed form",
}


QUICK = (MMC[0], MMCK[1])
ROWS = MMC + MMCK + LOSS + MG1 + MDC + ERLANG_A + WAITS


def draw(queue: Queue, rng: np.random.Generator) -> EvArrivals:
    """Draw the cars of one replication; the energy a car wants is its service time at full power."""
    gaps = rng.exponential(1 / queue.arrivals_per_unit, CARS)
    if queue.cv:
        shape = queue.cv**-2
        service = rng.gamma(shape, queue.service_units / shape, CARS)
    else:
        service = np.full(CARS, queue.service_units)
    patience = np.full(CARS, np.inf)
    if np.isfinite(queue.patience_units):
        patience = rng.exponential(queue.patience_units, CARS) * UNIT_S
    return EvArrivals(
        time_s=np.floor(np.cumsum(gaps) * UNIT_S).astype(np.int64),
        type_index=np.zeros(CARS, dtype=np.int64),
        soc_arrival=np.zeros(CARS),
        soc_target=service / LONGEST_UNITS,
        patience_s=patience,
    )


def replicate(queue: Queue, replication: int) -> dict[str, float]:
    """Play one replication and return its figures; every car is played to its end."""
    seed = np.random.SeedSequence(SEED, spawn_key=(replication,))
    cars = draw(queue, np.random.default_rng(seed))
    curve = ChargeCurve(POWER_KW * LONGEST_UNITS * UNIT_S / 3600, (0.0, 1.0), (POWER_KW, POWER_KW))
    posts = PostGroup(name="post", posts=queue.posts, power_kw=POWER_KW, efficiency=1.0)
    plaza = Plaza((posts,), (curve,), cars, Rules(max_queue=queue.max_queue))
    end_s = float(cars.time_s[-1])
    plaza.advance(end_s + 100 * LONGEST_UNITS * UNIT_S, queue.full_rate_users * POWER_KW)
    return _figures(plaza.sessions(), queue, start_s=WARM_UP * end_s, end_s=end_s)


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
    tails = {key: float(np.mean(queue_s[seen] > units * UNIT_S)) for key, units in queue.tails_units.items()}
    return tails | {
        "P(wait)": float(np.mean(queue_s[seen & entered] > 0)),
        "Wq": float(np.mean(queue_s[seen & entered])) / UNIT_S,
        "Lq": waiting_s / duration,
        "P0": states[0],
        **{f"p{number}": states[number] for number in range(6)},
        "time in system": float(np.mean((leave - arrival)[seen])) / UNIT_S,
        "blocking": float(np.mean(~entered[seen])),
        "lambda_eff": float(np.sum(seen & entered)) / duration * UNIT_S,
        "utilisation": busy_s / duration / queue.posts,
        "L": (waiting_s + busy_s) / duration,
        "abandoned": float(np.mean(table["outcome"][seen] == 2)),
    }


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


def check(queue: Queue) -> list[Case]:
    """Replicate until every figure is known to 1 %, then hold the means against the published values."""
    wanted = {key: value for key, value in queue.expected.items() if value >= LEAST_CHANCE}
    runs: list[list[float]] = []
    while True:
        figures = replicate(queue, len(runs))
        runs.append([figures[key] for key in wanted])
        error = np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else np.inf
        sure = np.all(error <= LARGEST_ERROR * np.array(list(wanted.values())))
        if len(runs) >= LEAST_REPLICATIONS and (sure or len(runs) >= MOST_REPLICATIONS):
            break
    source = next(text for start, text in SOURCES.items() if queue.name.startswith(start))
    means = np.mean(runs, axis=0)
    return [
        Case(
            f"{queue.name} {key}",
            source,
            f"{value:.7g}",
            f"{mean:.5g}",
            f"±{BAND:g} standard errors of {se:.2g}",
            bool(sure and abs(mean - value) <= BAND * se),
            f"{len(runs)} replications of {CARS} cars",
        )
        for (key, value), mean, se in zip(wanted.items(), means, np.atleast_1d(error), strict=True)
    ]


def quick() -> list[Case]:
    """Check one queue without end and one with few places."""
    return [case for queue in QUICK for case in check(queue)]


def long() -> list[Case]:
    """Check every row."""
    return [case for queue in (*ROWS, SHARED_POWER) for case in check(queue)]
