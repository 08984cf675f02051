"""Losses by power and limits by state: the curves of a battery, with their exact inverses.

A loss rises with power as standing + linear x power + quadratic x power^2, the form that Schmidt and Sauer
[1]_ and Notton et al. [2]_ found for converters; an ohmic resistance is its last term. Below a least power
only part of a battery's modules run, or they run part of the time, so that the loss falls in proportion to
power and is zero at zero.

References
----------
.. [1] H. Schmidt, D. U. Sauer, "Wechselrichter-Wirkungsgrade", Sonnenenergie 4 (1996), 43-47.
.. [2] G. Notton, V. Lazarov, L. Stoyanov, "Optimal sizing of a grid-connected PV system for various PV module
   technologies and inclinations, inverter efficiency characteristics and locations", Renewable Energy 35
   (2010), 541-554, doi:10.1016/j.renene.2009.07.013.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

CURVE_POINTS = 8
"""Points of a curve of shares: shorter ones repeat their last, so that all batteries have one shape."""


class LossCurve(NamedTuple):
    """Loss of a converter or of cells by the power at their outer side."""

    standing_kw: float
    """Loss of a running converter at no power [kW]."""
    linear: float
    """Loss in proportion to power [-]."""
    quadratic_per_kw: float
    """Loss in proportion to the square of power [1/kW]."""
    least_kw: float
    """Power below which the loss is in proportion to power [kW]."""
    low_share: float
    """That proportion [-]."""


def loss_kw(curve: LossCurve, power_kw: float) -> float:
    """Return what is lost at a power at the outer side [kW]."""
    if power_kw < curve.least_kw:
        return curve.low_share * power_kw
    return curve.standing_kw + (curve.linear + curve.quadratic_per_kw * power_kw) * power_kw


def inward_kw(curve: LossCurve, power_kw: float) -> float:
    """Return what arrives at the inner side of a power from the outer side [kW]."""
    return power_kw - loss_kw(curve, power_kw)


def outward_kw(curve: LossCurve, power_kw: float) -> float:
    """Return what the inner side must give for a power at the outer side [kW]."""
    return power_kw + loss_kw(curve, power_kw)


def inward_inverse_kw(curve: LossCurve, inner_kw: float) -> float:
    """Return the power at the outer side of which a power arrives at the inner side [kW].

    Notes
    -----
    The smaller root of q p^2 - (1 - l) p + (s + inner) = 0, in the form that holds where q is zero.
    """
    if inner_kw < curve.least_kw * (1.0 - curve.low_share):
        return inner_kw / (1.0 - curve.low_share)
    kept, needed_kw = 1.0 - curve.linear, inner_kw + curve.standing_kw
    root = math.sqrt(max(kept * kept - 4.0 * curve.quadratic_per_kw * needed_kw, 0.0))
    return 2.0 * needed_kw / (kept + root)


def outward_inverse_kw(curve: LossCurve, inner_kw: float) -> float:
    """Return the power at the outer side that a power of the inner side gives [kW]."""
    if inner_kw < curve.least_kw * (1.0 + curve.low_share):
        return inner_kw / (1.0 + curve.low_share)
    taken, given_kw = 1.0 + curve.linear, inner_kw - curve.standing_kw
    root = math.sqrt(taken * taken + 4.0 * curve.quadratic_per_kw * given_kw)
    return 2.0 * given_kw / (taken + root)


def share_at(points: Sequence[float], shares: Sequence[float], value: float) -> float:
    """Return a piecewise linear share at a value; beyond the ends it stays [-].

    Parameters
    ----------
    points, shares
        Values that do not fall, and the share at each [-].
    value
        Where the share is wanted, in the unit of the points.
    """
    if value <= points[0]:
        return shares[0]
    for k in range(1, len(points)):
        if value < points[k]:
            along = (value - points[k - 1]) / (points[k] - points[k - 1])
            return shares[k - 1] + along * (shares[k] - shares[k - 1])
    return shares[len(shares) - 1]


def filled_kwh(
    points: Sequence[float],
    shares: Sequence[float],
    capacity_kwh: float,
    level_kwh: float,
    most_kw: float,
    dt_h: float,
) -> float:
    """Return the most energy that a store takes in a step while its power falls along a curve [kWh].

    Parameters
    ----------
    points, shares
        Levels, 0 to 1, and the share of the most power at each [-].
    capacity_kwh
        Energy at level 1 [kWh].
    level_kwh
        Energy at the step's start [kWh].
    most_kw
        Power where the share is 1 [kW].
    dt_h
        Step length [h].

    Notes
    -----
    dE/dt = most x share(E) has on every piece of the curve the solution
    E = E0 + share(E0) (exp(most b t) - 1) / b with the slope b of the share [1/kWh]; the pieces are walked
    one after another. Twelve short steps reach what one long step reaches.
    """
    now_kwh, left_h = level_kwh, dt_h
    for k in range(1, len(points)):
        edge_kwh = points[k] * capacity_kwh
        if now_kwh >= edge_kwh:
            continue
        width_kwh = edge_kwh - points[k - 1] * capacity_kwh
        slope = (shares[k] - shares[k - 1]) / width_kwh
        share = shares[k] - slope * (edge_kwh - now_kwh)
        rate_kw = most_kw * share
        if rate_kw <= 0.0:
            break
        if abs(slope) * width_kwh < 1e-12:
            needed_h = (edge_kwh - now_kwh) / rate_kw
            reached_kwh = now_kwh + rate_kw * left_h
        else:
            growth = most_kw * slope
            needed_h = math.log(shares[k] / share) / growth if shares[k] > 0.0 else math.inf
            reached_kwh = now_kwh + rate_kw * math.expm1(growth * left_h) / growth
        if left_h <= needed_h:
            return min(reached_kwh, edge_kwh) - level_kwh
        now_kwh, left_h = edge_kwh, left_h - needed_h
    return now_kwh - level_kwh
