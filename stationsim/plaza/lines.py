"""Cars that wait: one line for each set of groups that will do and each rank.

A long queue costs no more than a short one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence

from stationsim.plaza.menu import Menu
from stationsim.plaza.table import WAITING
from stationsim.traffic.evs import EvArrivals

BOOKED, FIRST, OTHER = range(3)
"""Ranks, best first."""


class Lines:
    """The queue of the plaza.

    Parameters
    ----------
    menus
        Groups that will do for each car.
    arrivals
        The cars.
    outcomes
        What became of each car so far; the lines read it to pass over those that gave up.
    n_groups
        Number of groups of posts.

    Notes
    -----
    A freed post goes to the best rank that waits for its group, within it to the earliest arrival. Nobody is
    sent away from a post (no preemption). Cars that gave up stay in their line until they come to its head.
    """

    __slots__ = ("_line_of", "_outcomes", "_serving")

    def __init__(
        self, menus: Sequence[Menu], arrivals: EvArrivals, outcomes: Sequence[int], n_groups: int
    ) -> None:
        lines: dict[tuple[frozenset[int], int], deque[int]] = {}
        sets = {menu: frozenset(menu) for menu in set(menus)}
        self._line_of: list[deque[int]] = []
        for menu, booked, first in zip(
            menus, arrivals.is_booked.tolist(), arrivals.is_first.tolist(), strict=True
        ):
            key = (sets[menu], BOOKED if booked else FIRST if first else OTHER)
            line = lines.get(key)
            if line is None:
                line = lines[key] = deque()
            self._line_of.append(line)
        ranked = sorted(lines.items(), key=lambda item: item[0][1])
        self._serving = [
            [(rank, line) for (groups, rank), line in ranked if group in groups] for group in range(n_groups)
        ]
        self._outcomes = outcomes

    def join(self, car: int) -> None:
        """Put a car at the end of its line."""
        self._line_of[car].append(car)

    def put_back(self, car: int) -> None:
        """Put a car into its line where it stood, before all that are behind it by their number."""
        line = self._line_of[car]
        line.insert(bisect_left(line, car), car)

    def take(self, group: int) -> int | None:
        """Take the car that a post of a group goes to; None where nobody waits for it."""
        best: deque[int] | None = None
        best_rank, outcomes = OTHER, self._outcomes
        for rank, line in self._serving[group]:
            if best is not None and rank > best_rank:
                break
            while line and outcomes[line[0]] != WAITING:
                line.popleft()
            if line and (best is None or line[0] < best[0]):
                best, best_rank = line, rank
        return best.popleft() if best is not None else None
