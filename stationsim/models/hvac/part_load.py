"""What a compressor loses while it cycles below its least power."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CYCLING_IDLE_SHARE = 0.1
"""Share of the electricity at least power that a cycling unit draws towards no load: 1 - Cc, Cc = 0.9.

EN 14825:2018: default degradation coefficient of water-based units, COP = COP_full CR / (Cc CR + 1 - Cc).
"""


def part_load_kw(
    heat_kw: ArrayLike, *, least_kw: float, idle_share: float = CYCLING_IDLE_SHARE
) -> NDArray[np.float64]:
    """Return the heat that a unit is charged for: what it moves, and what cycling costs on top [kW].

    Divided by the coefficient of performance it is the unit's electricity.

    Parameters
    ----------
    heat_kw
        Heat it moves, zero or more [kW].
    least_kw
        Heat down to which it modulates [kW].
    idle_share
        Share of `least_kw` that cycling costs towards no load.

    Notes
    -----
    Between nothing and `least_kw` the standard's COP gives electricity that is linear in the heat, with a
    part that does not vanish: that of a compressor that starts now and then. A unit that is off draws none.

    References
    ----------
    EN 14825:2018, equation for fixed-capacity units at part load.
    """
    heat = np.asarray(heat_kw, dtype=float)
    cycling = (heat > 0) & (heat < least_kw)
    return np.where(cycling, heat + idle_share * (least_kw - heat), heat)
