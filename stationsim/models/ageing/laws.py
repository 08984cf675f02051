"""How losses grow under a duty that repeats, in the form whose only memory is the loss itself.

For a loss that follows ``k t^p`` under constant stress, the state form continues the curve of the present
stress from the present loss: ``L' = k ((L / k)^(1/p) + dt)^p``. With ``u = L^(1/p)`` this is
``u' = u + k^(1/p) dt``: what stresses add to ``u`` is a sum, in whatever order they come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PowerLaw:
    """A loss that grows as a power of time or cycles."""

    dose: float
    """What one duty adds to the loss to the power of ``1 / exponent``; the sum of ``k^(1/p) dt``."""
    exponent: float
    """Power of time or cycles, 0 to 1."""
    gain: float = 0.0
    """Capacity that a new cell has above its rating, as a share of it."""

    def after(self, loss: float, times: float = 1.0) -> float:
        """Return the loss after so many duties from a loss, as shares of the rating."""
        added = times * self.dose
        if added == 0.0:
            return loss
        grown = max(loss + self.gain, 0.0) ** (1.0 / self.exponent) + added
        left: float = grown**self.exponent - self.gain
        return left


@dataclass(frozen=True)
class Curve:
    """A loss that grows along straight pieces; beyond their end the last one goes on."""

    losses: Array
    """Losses at the knots, rising from 0."""
    duties: Array
    """Duties that lead there, rising from 0."""
    gain: float = 0.0
    """As for `PowerLaw`."""

    def after(self, loss: float, times: float = 1.0) -> float:
        """Return the loss after so many duties from a loss, as shares of the rating."""
        if times == 0.0:
            return loss
        start = along(max(loss, 0.0), self.losses, self.duties)
        return along(start + times, self.duties, self.losses)


Law = PowerLaw | Curve

NO_LOSS = PowerLaw(dose=0.0, exponent=1.0)
"""A loss that stays as it is."""


def along(x: float, xs: Array, ys: Array) -> float:
    """Return the height of a line of straight pieces, the last of which goes on beyond its end."""
    if x <= xs[-1]:
        return float(np.interp(x, xs, ys))
    slope = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    return float(ys[-1] + slope * (x - xs[-1]))
