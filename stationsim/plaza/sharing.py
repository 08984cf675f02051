"""Divide a power limit fairly among charging cars."""

from __future__ import annotations

import math
from collections.abc import Sequence


def share_power(needs_kw: Sequence[float], *, cap_kw: float, minimum_kw: float = 0.0) -> list[float]:
    """Return the power each car may draw, none above its need and all together at most the cap [kW].

    Parameters
    ----------
    needs_kw
        Power each car would draw by itself [kW].
    cap_kw
        Power for all of them [kW].
    minimum_kw
        Power to be kept for each car, or its need where that is less [kW].

    Notes
    -----
    Water-filling: one level for all, a car with less need keeps its need, and what it leaves raises the level
    of the others (max-min fairness). Where the cap holds the minima, that level lies above them by itself;
    where it does not, all minima shrink by one factor.
    """
    minima_kw = [min(need, minimum_kw) for need in needs_kw]
    total_kw = sum(minima_kw)
    if total_kw > cap_kw:
        return [minimum * (cap_kw / total_kw) for minimum in minima_kw]
    level_kw = water_level(needs_kw, cap_kw)
    return [min(need, level_kw) for need in needs_kw]


def water_level(needs_kw: Sequence[float], cap_kw: float) -> float:
    """Return the level at which needs cut to it sum to the cap [kW]; infinite where they do not reach it."""
    left_kw, others = cap_kw, len(needs_kw)
    for need in sorted(needs_kw):
        if need * others >= left_kw:
            return left_kw / others
        left_kw -= need
        others -= 1
    return math.inf
