"""What a planner may expect: nothing that has not been measured or published when it plans."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Forecast = Mapping[str, Array]
"""Named series over the coming horizon, one value a step."""


def like_the_last_day(values: Array, begin: int, end: int, steps_per_day: int) -> Array:
    """Return the forecast of steps ``begin`` to ``end``: what the last 24 hours before them brought, again.

    Parameters
    ----------
    values
        A measured series from the start of the run on.
    begin, end
        First step of the horizon and the one after its last.
    steps_per_day
        Steps in 24 hours.

    Notes
    -----
    Persistence, the forecast that any better one is judged against. At the start of a run there is no day
    before; the reading of that moment is held.
    """
    past = values[max(begin - steps_per_day, 0) : begin] if begin else values[:1]
    expected: Array = np.resize(past, end - begin)
    return expected
