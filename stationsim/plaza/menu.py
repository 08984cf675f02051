"""Which posts a car may choose, and the curve it follows there when its battery is warm or cold."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import ColdPacks, PostGroup
from stationsim.models.vehicles import ChargeCurve, derated, share_at

Menu = tuple[tuple[int, ChargeCurve], ...]
"""Groups of posts, best first, each with the curve a type of car follows there."""

TEMP_BIN_K = 5.0
"""Batteries are told apart in bins of this width [K], so that a year needs a few curves only."""

SOC_BINS = 10
"""Cold batteries count as having come with the middle of this many parts of the state of charge."""

WARM = None
"""Bin of batteries that charge at full power."""


class Menus:
    """The menu of each type of car, and curves of cold batteries, made when they are first asked for.

    Parameters
    ----------
    groups
        Groups of posts.
    curves
        Charge curve of each type of car.
    voltages
        Pack voltage of each type by class [V]; None where no post has a limit of current.
    cold
        How cold batteries charge; None where all are warm.

    Notes
    -----
    A car takes the free post with the highest of min(post's limit, car's peak), among equals the one of the
    smallest rating; a cold battery changes nothing about that.
    """

    def __init__(
        self,
        groups: Sequence[PostGroup],
        curves: Sequence[ChargeCurve],
        *,
        voltages: Sequence[float] | None,
        cold: ColdPacks | None,
    ) -> None:
        self._curves = tuple(curves)
        self._cold = cold
        self._cold_curves: dict[tuple[int, int, int, int], ChargeCurve] = {}
        volts = voltages if voltages is not None else [math.inf] * len(self._curves)
        self._limits_kw = [[group.limit_kw(volt) for group in groups] for volt in volts]
        self.of_type = [
            _menu(groups, curve, limits_kw)
            for curve, limits_kw in zip(self._curves, self._limits_kw, strict=True)
        ]

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


def _menu(groups: Sequence[PostGroup], curve: ChargeCurve, limits_kw: Sequence[float]) -> Menu:
    """Return the groups of posts in a car's order of choice, with its curve at each."""
    order = sorted(
        range(len(groups)),
        key=lambda place: (-min(limits_kw[place], curve.peak_kw), groups[place].power_kw, place),
    )
    return tuple((place, curve.capped(limits_kw[place])) for place in order)


def cabins_kw(points: Sequence[tuple[float, float]], temp_degc: NDArray[np.float64]) -> list[float]:
    """Return the power for the cabin of each car by the air outdoors at its arrival [kW]."""
    temps_degc, powers_kw = zip(*points, strict=True)
    found: list[float] = np.interp(temp_degc, temps_degc, powers_kw).tolist()
    return found
