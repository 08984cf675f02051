"""Which posts a car may choose, and the curve it follows there when its battery is warm or cold."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import ColdPacks, PostGroup
from stationsim.models.vehicles import ChargeCurve, derated, share_at
from stationsim.traffic.evs import EvArrivals

Menu = tuple[int, ...]
"""Groups of posts that will do for a car, best first."""

LONG_CLASSES = ("bus", "truck")
"""Classes of vehicles that take time to reverse out of a bay."""

TEMP_BIN_K = 5.0
"""Batteries are told apart in bins of this width [K], so that a year needs a few curves only."""

SOC_BINS = 10
"""Cold batteries count as having come with the middle of this many parts of the state of charge."""

WARM = None
"""Bin of batteries that charge at full power."""


class Menus:
    """What each car may choose, and the curve it follows at each group, cold batteries included.

    Parameters
    ----------
    groups
        Groups of posts.
    curves
        Charge curve of each type of car.
    voltages
        Pack voltage of each type by class [V]; None where no post has a limit of current.
    classes
        Class of vehicles of each type; None where all are cars.
    cold
        How cold batteries charge; None where all are warm.
    reversing_s
        What buses and trucks take more at bays that are no drive-through [s].

    Notes
    -----
    A car takes the free post with the highest of min(post's limit, car's peak), among equals the one of the
    smallest rating; a cold battery changes nothing about that. Drivers who choose by price take the cheapest
    before that. Only posts of the car's side with bays for its class will do.
    """

    def __init__(
        self,
        groups: Sequence[PostGroup],
        curves: Sequence[ChargeCurve],
        *,
        voltages: Sequence[float] | None,
        classes: Sequence[str] | None = None,
        cold: ColdPacks | None = None,
        reversing_s: float = 0.0,
    ) -> None:
        self._groups = tuple(groups)
        self._curves = tuple(curves)
        self._classes = tuple(classes) if classes is not None else ("car",) * len(self._curves)
        self._cold = cold
        self._cold_curves: dict[tuple[int, int, int, int], ChargeCurve] = {}
        volts = voltages if voltages is not None else [math.inf] * len(self._curves)
        self._limits_kw = [[group.limit_kw(volt) for group in groups] for volt in volts]
        self.curve_at = [
            [curve.capped(limit_kw) for limit_kw in limits_kw]
            for curve, limits_kw in zip(self._curves, self._limits_kw, strict=True)
        ]
        self.handling_s = [
            [_handling_s(group, name, reversing_s) for group in groups] for name in self._classes
        ]

    def of_cars(self, arrivals: EvArrivals, sides: Sequence[str]) -> list[Menu]:
        """Return the groups that will do for each car, best first.

        Raises
        ------
        ValueError
            A car finds no post that will do.
        """
        keys = np.stack([arrivals.type_index, arrivals.side, arrivals.by_price.astype(np.int64)])
        kinds, of_kind = np.unique(keys, axis=1, return_inverse=True)
        menus = [self._menu(*kind, sides=sides) for kind in kinds.T.tolist()]
        return [menus[kind] for kind in of_kind.ravel().tolist()]

    def _menu(self, kind: int, side: int, by_price: int, *, sides: Sequence[str]) -> Menu:
        name = sides[side] if sides else None
        peak_kw, limits_kw = self._curves[kind].peak_kw, self._limits_kw[kind]
        fit = [
            place
            for place, group in enumerate(self._groups)
            if self._classes[kind] in group.classes and group.side in (None, name)
        ]
        if self._groups and not fit:
            where = f" on side {name}" if name else ""
            raise ValueError(f"groups must have bays for class {self._classes[kind]}{where}, got none")

        def rank(place: int) -> tuple[float, float, float, int]:
            group = self._groups[place]
            price = group.price_per_kwh or 0.0 if by_price else 0.0
            return price, -min(limits_kw[place], peak_kw), group.power_kw, place

        return tuple(sorted(fit, key=rank))

    def bins(self, temp_degc: NDArray[np.float64]) -> list[int | None]:
        """Return the bin of the battery of each car by the air outdoors at its arrival [degC]."""
        if self._cold is None:
            return [WARM] * len(temp_degc)
        places = np.floor((temp_degc + self._cold.drive_rise_k) / TEMP_BIN_K).astype(np.int64)
        known = {int(place): self._bin(int(place)) for place in np.unique(places)}
        return [known[place] for place in places.tolist()]

    def _bin(self, place: int) -> int | None:
        points = self._cold.power_share if self._cold else ()
        return WARM if share_at(points, _middle_degc(place)) >= 1 else place

    def cold_curve(self, kind: int, group: int, place: int, soc: float) -> ChargeCurve:
        """Return the curve of a type of car at a group of posts, with a battery of a bin."""
        tenth = min(int(soc * SOC_BINS), SOC_BINS - 1)
        key = (kind, group, place, tenth)
        curve = self._cold_curves.get(key)
        if curve is None:
            curve = self._cold_curves[key] = self._derated(kind, place, tenth).capped(
                self._limits_kw[kind][group]
            )
        return curve

    def _derated(self, kind: int, place: int, tenth: int) -> ChargeCurve:
        if self._cold is None:
            raise ValueError("cold must be given for batteries that are not warm, got None")
        return derated(
            self._curves[kind],
            temp_degc=_middle_degc(place),
            from_soc=(tenth + 0.5) / SOC_BINS,
            rise_k=self._cold.charge_rise_k,
            power_share=self._cold.power_share,
        )


def _middle_degc(place: int) -> float:
    """Return the temperature in the middle of a bin [degC]."""
    return (place + 0.5) * TEMP_BIN_K


def _handling_s(group: PostGroup, vehicle_class: str, reversing_s: float) -> float:
    """Return the time from getting a post until power flows [s]."""
    reverses = vehicle_class in LONG_CLASSES and not group.drive_through
    return group.changeover_seconds + (reversing_s if reverses else 0.0)


def cabins_kw(points: Sequence[tuple[float, float]], temp_degc: NDArray[np.float64]) -> list[float]:
    """Return the power for the cabin of each car by the air outdoors at its arrival [kW]."""
    temps_degc, powers_kw = zip(*points, strict=True)
    found: list[float] = np.interp(temp_degc, temps_degc, powers_kw).tolist()
    return found
