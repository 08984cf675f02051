"""The bays of the plaza: which posts are free, taken, held for a booking or out of service."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import NamedTuple

from stationsim.models.charging import PostGroup
from stationsim.plaza.menu import Menu
from stationsim.plaza.session import Session


class Hold(NamedTuple):
    """A post kept free for a car that is to come."""

    group: int
    """Number of the group of posts."""
    post: int
    """Number of the post in its group."""
    begin_s: float
    """Since when, from the clock's start [s]."""
    end_s: float = math.inf
    """Until when [s]; infinite while it lasts."""


class Bays:
    """Posts by group and number. A post is free where no car is at it, none is to come and it works.

    Parameters
    ----------
    groups
        Groups of posts.
    """

    __slots__ = ("_at", "_down", "_free", "_held", "_past_holds")

    def __init__(self, groups: Sequence[PostGroup]) -> None:
        self._free = [list(range(group.posts)) for group in groups]
        self._at: list[list[Session | None]] = [[None] * group.posts for group in groups]
        self._down: list[set[int]] = [set() for _ in groups]
        self._held: dict[int, Hold] = {}
        self._past_holds: list[Hold] = []

    @property
    def held(self) -> int:
        """Number of posts kept free for cars to come."""
        return len(self._held)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """Return all times that a post was kept free, those that last without an end."""
        return (*self._past_holds, *self._held.values())

    def best(self, menu: Menu) -> int | None:
        """Return the best group with a free post that will do; None where there is none."""
        free = self._free
        for group in menu:
            if free[group]:
                return group
        return None

    def take(self, group: int) -> int:
        """Take the first free post of a group."""
        return heapq.heappop(self._free[group])

    def fill(self, session: Session) -> None:
        """Put a car at the post of its session."""
        self._at[session.group][session.post] = session

    def clear(self, session: Session) -> bool:
        """Take a car from its post; tell whether the post works."""
        self._at[session.group][session.post] = None
        return session.post not in self._down[session.group]

    def free(self, group: int, post: int) -> None:
        """Put a post among the free ones."""
        heapq.heappush(self._free[group], post)

    def hold(self, car: int, group: int, post: int, now_s: float) -> None:
        """Keep a post free for a car that is to come."""
        self._held[car] = Hold(group, post, now_s)

    def claim(self, car: int, now_s: float) -> Hold | None:
        """End the hold for a car that has come and return it; None where there is none."""
        hold = self._held.pop(car, None)
        if hold is None:
            return None
        ended = hold._replace(end_s=max(now_s, hold.begin_s))
        self._past_holds.append(ended)
        return ended

    def fail(self, group: int, post: int, now_s: float) -> Session | int | None:
        """Take a post out of service; return the session at it, or the car it was held for."""
        self._down[group].add(post)
        session = self._at[group][post]
        if session is not None:
            return session
        for car, hold in self._held.items():
            if (hold.group, hold.post) == (group, post):
                self.claim(car, now_s)
                return car
        self._free[group].remove(post)
        heapq.heapify(self._free[group])
        return None

    def mend(self, group: int, post: int) -> bool:
        """Put a post back into service; tell whether it is without a car."""
        self._down[group].discard(post)
        return self._at[group][post] is None
