"""Cars and posts with round numbers, for tests of the plaza."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stationsim.models.charging import CabinetSpec, PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza import Plaza, Rules
from stationsim.plaza.outages import NO_OUTAGES, Outage, Outages
from stationsim.traffic.evs import EvArrivals

DAY_S = 86_400
FLAT = ChargeCurve(60.0, (0.0, 1.0), (120.0, 120.0))
"""Half an hour from empty to full."""
FALLING = ChargeCurve(60.0, (0.0, 0.5, 1.0), (120.0, 120.0, 20.0))
"""Falls from 120 kW at a half to 20 kW when full."""
RISING = ChargeCurve(60.0, (0.0, 0.5, 1.0), (40.0, 120.0, 120.0))
CURVES = (FLAT, FALLING, RISING)


@dataclass(frozen=True, kw_only=True)
class Car:
    """One arriving car; the flat one takes 30 minutes for a whole pack."""

    time_s: int = 0
    kind: int = 0
    soc: float = 0.0
    target: float = 1.0
    patience_s: float = math.inf
    side: int = 0
    stop_s: float = math.inf
    hold_s: float = 0.0
    linger_s: float = 0.0
    is_first: bool = False
    is_booked: bool = False
    by_price: bool = False
    gives_back: bool = False


def arrivals(cars: Sequence[Car]) -> EvArrivals:
    """Return cars as arrays."""
    names = {"kind": "type_index", "soc": "soc_arrival", "target": "soc_target"}
    kinds = {"time_s": np.int64, "kind": np.int64, "side": np.int64}
    columns = {
        names.get(name, name): np.array([getattr(car, name) for car in cars], dtype=kinds.get(name))
        for name in Car.__dataclass_fields__
    }
    return EvArrivals(**columns)


def posts(number: int = 1, power_kw: float = 120.0, **terms: Any) -> PostGroup:
    """Return posts without losses."""
    return PostGroup(**{"name": "post", "posts": number, "power_kw": power_kw, "efficiency": 1.0} | terms)


def on_cabinet(number: int, modules: int, allocation: str = "equal", **terms: Any) -> PostGroup:
    """Return posts on one cabinet of 20 kW modules."""
    cabinet = CabinetSpec(posts=number, modules=modules, module_kw=20.0, allocation=allocation)  # type: ignore[arg-type]
    return posts(number, cabinet=cabinet, **terms)


def plaza_of(
    cars: Sequence[Car],
    *groups: PostGroup,
    outages: Sequence[Outage] = (),
    classes: Sequence[str] | None = None,
    **rules: Any,
) -> Plaza:
    """Return a plaza with these cars to come."""
    found = Outages(tuple(outages)) if outages else NO_OUTAGES
    return Plaza(groups or (posts(),), CURVES, arrivals(cars), Rules(**rules), classes=classes, outages=found)


def play(plaza: Plaza, until_s: float = DAY_S) -> dict[str, Any]:
    """Play without a limit and return the table."""
    plaza.advance(until_s)
    return plaza.sessions()
