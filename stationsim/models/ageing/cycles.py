"""Cycles of a battery by rainflow counting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]


class Cycles(NamedTuple):
    """Counted cycles, in the order in which they close; one entry each."""

    depth: Array
    """Range between the two ends, in the unit of the series."""
    mean: Array
    """Mean of the two ends."""
    weight: Array
    """1 for a full cycle, 0.5 for a half one."""
    start: Places
    """Place of the first end in the series."""
    end: Places
    """Place of the second end."""

    @property
    def full(self) -> Array:
        """Full equivalents of a series of states of charge: depth times weight."""
        return self.depth * self.weight


def turning_points(series: Array) -> Places:
    """Return the places where a series turns, its first and its last one; the first of equal values."""
    places = np.concatenate(([0], 1 + np.flatnonzero(np.diff(series))))
    values = series[places]
    if len(places) < 3:
        return places
    way = np.diff(values) > 0
    turns = 1 + np.flatnonzero(way[1:] != way[:-1])
    return places[np.concatenate(([0], turns, [len(places) - 1]))]


def count_cycles(series: Array) -> Cycles:
    """Count the cycles of a series by the rainflow method.

    Parameters
    ----------
    series
        Values in time order, such as states of charge, of shape (n,).

    Returns
    -------
    Cycles
        Empty where the series never changes.

    Notes
    -----
    What is left open at the end counts as half cycles, so a monotonous rise is half a cycle. Only turning
    points go through the counting, which does not change it.

    References
    ----------
    ASTM E1049-85 (2017), section 5.4.4; package ``rainflow``.
    """
    import rainflow

    places = turning_points(np.asarray(series, dtype=float))
    values = series[places].tolist()
    if len(values) == 2:
        values.append(values[-1])  # the package sees no reversal in two points
    rows = np.array(list(rainflow.extract_cycles(values)), dtype=float).reshape(-1, 5)
    depth, mean, weight = (np.ascontiguousarray(rows[:, column]) for column in range(3))
    ends = np.minimum(rows[:, 3:].astype(np.int64), len(places) - 1)
    return Cycles(depth, mean, weight, places[ends[:, 0]], places[ends[:, 1]])
