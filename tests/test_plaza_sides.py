"""Two carriageways whose posts only their own cars reach are two stations."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from stationsim.models.charging import PostGroup
from stationsim.plaza import Plaza
from stationsim.plaza.outages import Outage
from tests.plaza_cars import DAY_S, Car, on_cabinet, play, plaza_of, posts

SIDES = ("east", "west")
RULES: dict[str, Any] = {"max_queue": 3, "booking_s": 600.0, "reversing_s": 60.0}
FAILURES = [
    (Outage(20_000.0, 0, 0, "post", False), Outage(30_000.0, 0, 0, "post", True)),
    (Outage(40_000.0, 1, 0, "module", False), Outage(50_000.0, 1, 0, "module", True)),
]


def traffic() -> list[Car]:
    """Return a crowded day of cars that wait, give up, book, come first, stop and stay."""
    rng = np.random.default_rng(11)
    return [
        Car(
            time_s=int(time_s),
            kind=int(rng.integers(3)),
            soc=rng.uniform(0.0, 0.6),
            target=rng.uniform(0.6, 1.0),
            patience_s=rng.exponential(900.0),
            side=int(rng.integers(2)),
            stop_s=rng.choice([math.inf, 600.0]),
            hold_s=rng.choice([0.0, 1500.0]),
            linger_s=rng.choice([0.0, 0.0, 700.0]),
            is_first=bool(rng.random() < 0.2),
            is_booked=bool(rng.random() < 0.2),
        )
        for time_s in np.sort(rng.integers(0, DAY_S, 400))
    ]


def groups(side: str | None) -> tuple[PostGroup, PostGroup]:
    """Return the posts of one side: plain ones, and others on a cabinet."""
    name, more = side or "own", {"side": side, "changeover_seconds": 45.0}
    return posts(2, 80.0, name=f"plain_{name}", **more), on_cabinet(3, 7, name=f"shared_{name}", **more)


def shifted(place: int) -> list[Outage]:
    """Return failures at the groups of a side."""
    return [event._replace(group=event.group + 2 * place) for pair in FAILURES for event in pair]


def alone(cars: list[Car], place: int) -> Plaza:
    """Return the station of one side, with its cars only."""
    own = [dataclasses.replace(car, side=0) for car in cars if car.side == place]
    outages = sorted(event for pair in FAILURES for event in pair)
    return plaza_of(own, *groups(None), outages=outages, **RULES)


def test_each_side_is_a_station_of_its_own() -> None:
    cars = traffic()
    outages = sorted([*shifted(0), *shifted(1)])
    both = plaza_of(cars, *groups("east"), *groups("west"), outages=outages, sides=SIDES, **RULES)
    together = play(both, 2 * DAY_S)
    for place in (0, 1):
        single = play(alone(cars, place), 2 * DAY_S)
        mine = together["side"] == place
        assert mine.sum() == len(single["start_s"]) > 150
        for name in single.keys() - {"side", "group_index"}:
            np.testing.assert_allclose(together[name][mine], single[name], rtol=1e-9, atol=1e-6, err_msg=name)
        group = together["group_index"][mine]
        assert np.where(group < 0, -1, group - 2 * place).tolist() == single["group_index"].tolist()
        assert {"served", "balked", "reneged"} <= set(_outcomes(single))


def test_a_side_without_cars_changes_nothing() -> None:
    cars = [dataclasses.replace(car, side=0) for car in traffic()]
    both = plaza_of(cars, *groups("east"), *groups("west"), sides=SIDES, **RULES)
    single = plaza_of(cars, *groups(None), **RULES)
    assert play(both)["end_s"] == pytest.approx(play(single)["end_s"], nan_ok=True)


def _outcomes(table: dict[str, Any]) -> list[str]:
    from stationsim.plaza.table import OUTCOMES

    return [OUTCOMES[code] for code in table["outcome"]]
