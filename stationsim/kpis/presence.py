"""How many are there: exact counts from the times at which each came and went, without steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Spans = tuple[Array, Array]
"""Beginnings and ends, one of each a span."""


def most_at_once(spans: Spans) -> int:
    """Return the highest number that were there together; who goes makes room for who comes then."""
    _, counts = _counts(spans)
    return int(counts.max(initial=0))


def spans_above(spans: Spans, level: int) -> Spans:
    """Return the spans in which more than so many were there."""
    times, counts = _counts(spans)
    above = counts > level
    before = np.concatenate(([False], above[:-1]))
    return times[above & ~before], times[before & ~above]


def time_covered(spans: Spans) -> float:
    """Return how long some span lasts, in the unit of the times; spans may overlap."""
    times, counts = _counts(spans)
    return float(np.diff(times)[counts[:-1] > 0].sum())


def mean_present(spans: Spans, edges: Array) -> Array:
    """Return the mean number present between each two edges.

    Notes
    -----
    The time spent there until t is the sum of t - beginning over those that have come, less the sum of
    t - end over those that have gone; its differences over the lengths are the means.
    """
    until = _elapsed(spans[0], edges) - _elapsed(spans[1], edges)
    mean: Array = np.diff(until) / np.diff(edges)
    return np.maximum(mean, 0.0)


def found_there(arrival: Array, spans: Spans) -> Counts:
    """Return how many each one found when it came.

    Parameters
    ----------
    arrival
        When each came, never falling; of those that come together the first in the list is there first.
    spans
        When each began and ended to be there; with the end at the beginning it never was.
    """
    begin, end = spans
    stays = end > begin
    before: Counts = np.cumsum(stays) - stays
    gone = np.searchsorted(np.sort(end[stays]), arrival, side="right")
    found: Counts = (before - gone).astype(np.int64)
    return found


def _counts(spans: Spans) -> tuple[Array, Counts]:
    """Return the times of all comings and goings and the number present after each."""
    begin, end = spans
    stays = end > begin
    times = np.concatenate((end[stays], begin[stays]))
    change = np.repeat([-1, 1], np.count_nonzero(stays))
    order = np.lexsort((change, times))
    return times[order], np.cumsum(change[order])


def _elapsed(since: Array, at: Array) -> Array:
    """Return the sum of at - since over all that lie before each moment."""
    ordered = np.sort(since)
    number = np.searchsorted(ordered, at, side="right")
    total = np.concatenate(([0.0], np.cumsum(ordered)))
    elapsed: Array = number * at - total[number]
    return elapsed
