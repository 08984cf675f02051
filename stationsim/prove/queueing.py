"""The plaza against queueing theory: posts as servers, flat charge curves as service times.

Acceptance: independent replications with 5 % warm-up, extended until the standard error is at most 1 % of the
published value; the mean lies within 4.5 standard errors. The seed is fixed before looking.

A plaza of many posts is hardly ever empty: down to 2e-4 that chance is told from the time that the plaza
would take to drain. Below 1e-5 no run of minutes sees it, and it is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from stationsim.prove.case import Case
from stationsim.prove.queues import RARE_EMPTY, Queue, check

LEAST_SEEN = 0.003
"""Chance without a car down to which the share of time tells it [-]."""
LEAST_TOLD = 0.0002
"""Chance without a car down to which the time to drain tells it to 1 % in minutes [-]; rarer are left out."""


def _mmc(rate: float, mu: float, c: int, chance: float, wait: float, length: float, empty: float) -> Queue:
    expected = {"P(wait)": chance, "Wq": wait, "Lq": length}
    if empty >= LEAST_TOLD:
        expected["P0" if empty >= LEAST_SEEN else RARE_EMPTY] = empty
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
PRIORITY = Queue(
    "Priority (2 and 8, 2, 6)", 10, 0.5, 6, {"Wq1": 0.058751645, "Wq2": 0.35250987}, first_share=0.2
)
"""Two classes; nobody is sent away from a post."""
LOG_NORMAL = (
    Queue(
        "Log-normal service (10, 0.5, 0.5, 6)",
        10,
        0.5,
        6,
        {"P(wait)": 0.574, "Wq": 0.1856, "W95": 0.754},
        cv=0.5,
        is_log_normal=True,
        uncertainty={"P(wait)": 0.004, "Wq": 0.0041, "W95": 0.017},
    ),
    Queue(
        "Log-normal service, 10 places (10, 0.5, 0.5, 6)",
        10,
        0.5,
        6,
        {"Wq": 0.0734, "blocking": 0.0436},
        cv=0.5,
        is_log_normal=True,
        max_queue=4,
        uncertainty={"Wq": 0.0007, "blocking": 0.0008},
    ),
)


def _shared(name: str, *, cv: float = 1.0, modules: int = 0) -> Queue:
    """Return posts enough for all, power at full rate for three: processor sharing above three."""
    states = (0.432133, 0.360111, 0.150046, 0.0416795, 0.0115776, 0.00321601)
    expected = {f"p{number}": chance for number, chance in enumerate(states)}
    expected["time in system"] = 0.0855530
    return Queue(f"{name} (10, 12, R 3)", 10, 1 / 12, 60, expected, full_rate_users=3, cv=cv, modules=modules)


CABINET_MODULES = 180
"""Sixty modules a car at full rate, so that whole modules hardly show."""
SHARED = (
    _shared("Shared power"),
    _shared("Shared power, constant service", cv=0.0),
    _shared("Shared cabinet", modules=CABINET_MODULES),
    _shared("Shared cabinet, constant service", cv=0.0, modules=CABINET_MODULES),
)
"""Where all share alike, the number of cars does not depend on how service spreads, only on its mean; with
any other order of service it would."""

SOURCES = {
    "M/M/c tail": "Erlang C, tail of the wait",
    "Call": "pyworkforce docs and R package ErlangC",
    "Bank": "Ciw tutorial, theory",
    "Shared power (": "Xue and Lui, after the docs of Ciw",
    "Shared": "Xue and Lui; insensitive to the spread of service (Kelly 1979, section 3.3)",
    "Priority": "Cobham 1954, closed form",
    "Log-normal": "long runs of Ciw 3.2.7",
    "M/M/c (": "Erlang C, closed form",
    "M/M/c/K": "birth-death chain, closed form",
    "M/M/c/c": "Erlang B, closed form",
    "M/G/1 (": "Pollaczek-Khinchine",
    "M/D/c (": "embedded chain of M/D/c (Crommelin)",
    "Erlang A": "Erlang A (Palm), closed form",
}


QUICK = (MMC[0], MMCK[1])
ROWS = (*MMC, *MMCK, *LOSS, *MG1, *MDC, *ERLANG_A, *WAITS, *LOG_NORMAL, PRIORITY, *SHARED)


def part(queue: Queue) -> list[Case]:
    """Hold one row against its source; each has its own seeds, so that the order does not matter."""
    return check(queue, next(text for start, text in SOURCES.items() if queue.name.startswith(start)))


def quick() -> list[Case]:
    """Check one queue without end and one with few places."""
    return [case for queue in QUICK for case in part(queue)]


def long() -> list[Case]:
    """Check every other row."""
    return [case for queue in parts() for case in part(queue)]


def parts() -> list[Queue]:
    """Return the rows that are not quick."""
    return [queue for queue in ROWS if queue not in QUICK]
