"""When posts and power modules fail and are mended, drawn before the run."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import FailureSpec, PostGroup
from stationsim.seeds import stream

SECONDS_PER_HOUR = 3600

BLOCK = 32
"""Failures drawn at once; a size of its own, so that a longer period repeats a shorter one to the bit."""

OutageKind = Literal["post", "module"]


class Outage(NamedTuple):
    """A failure or the end of one."""

    time_s: float
    """When, from the clock's start [s]."""
    group: int
    """Number of the group of posts."""
    place: int
    """Number of the post in its group, or of the cabinet in its group."""
    kind: OutageKind
    """What failed: a post, or one module of a cabinet."""
    is_up: bool
    """Whether it works again; it failed where not."""


class Outages(NamedTuple):
    """All failures of a period."""

    events: tuple[Outage, ...]
    """Failures and their ends in the order of time; one without an end lasts beyond the period."""

    def posts_down(self, step_s: float, n_steps: int, group: int | None = None) -> NDArray[np.float64]:
        """Return the mean number of failed posts in each step [-], of all groups or of one."""
        return self._down("post", step_s, n_steps, group)

    def modules_down(self, step_s: float, n_steps: int) -> NDArray[np.float64]:
        """Return the mean number of failed modules in each step [-]; steps in seconds."""
        return self._down("module", step_s, n_steps)

    def post_spans(self) -> Iterator[tuple[int, int, float, float]]:
        """Yield group, post, begin and end of each failure of a post [s]; infinite where it has no end."""
        since: dict[tuple[int, int], float] = {}
        for event in self.events:
            if event.kind == "post" and not event.is_up:
                since[event.group, event.place] = event.time_s
            elif event.kind == "post":
                yield event.group, event.place, since.pop((event.group, event.place)), event.time_s
        for (group, place), begin_s in since.items():
            yield group, place, begin_s, math.inf

    def _down(
        self, kind: OutageKind, step_s: float, n_steps: int, group: int | None = None
    ) -> NDArray[np.float64]:
        """Return the mean number down in each step.

        Notes
        -----
        It is the whole number down at the step's begin, and for each change in the step the part of the step
        that is left then.
        """
        changes = [
            (event.time_s, event.is_up)
            for event in self.events
            if event.kind == kind and group in (None, event.group)
        ]
        time_s = np.array([time for time, _ in changes], dtype=float)
        change = np.array([-1 if is_up else 1 for _, is_up in changes], dtype=float)
        inside = time_s < n_steps * step_s
        step = np.minimum((time_s[inside] // step_s).astype(np.int64), n_steps - 1)
        left = step + 1 - time_s[inside] / step_s
        net = np.bincount(step, weights=change[inside], minlength=n_steps)
        partial = np.bincount(step, weights=change[inside] * left, minlength=n_steps)
        down: NDArray[np.float64] = np.maximum(np.cumsum(net) - net + partial, 0.0)
        return down


NO_OUTAGES = Outages(())
"""Nothing ever fails."""


def draw_outages(
    groups: Sequence[PostGroup], duration_s: float, *, seed: int, replication: int = 0
) -> Outages:
    """Draw when posts and modules fail and when they are mended.

    Parameters
    ----------
    groups
        Groups of posts.
    duration_s
        Period, from the clock's start [s].
    seed, replication
        Seed of the run and number of the replication.

    Notes
    -----
    Running and repair times are exponential and take turns. A thing is down at the start as often as it is in
    the long run, so that a week is no better served than a year. Each post and each module draws from a
    stream of its own, by its place: posts added to a group, or another group changed, leave all other
    failures as they were.
    """
    events: list[Outage] = []
    for number, group in enumerate(groups):
        if group.failures is not None:
            for post in range(group.posts):
                rng = stream(seed, "post_failures", replication, number, post)
                events += _outages(group.failures, duration_s, group=number, place=post, kind="post", rng=rng)
        cabinet = group.cabinet
        if cabinet is not None and cabinet.failures is not None:
            for place in range(group.cabinets):
                for module in range(cabinet.modules):
                    rng = stream(seed, "module_failures", replication, number, place, module)
                    events += _outages(
                        cabinet.failures, duration_s, group=number, place=place, kind="module", rng=rng
                    )
    return Outages(tuple(sorted(events)))


def stays_at_failed_posts_s(
    outages: Outages, sessions: Mapping[str, NDArray[Any]], now_s: float
) -> NDArray[np.float64]:
    """Return how long each car stayed after charging while its post had failed [s].

    Parameters
    ----------
    outages
        Failures of posts.
    sessions
        Columns of the sessions table, see `stationsim.plaza.table`.
    now_s
        Until when the cars were seen [s]; those still there stay until then.
    """
    begin_s, end_s = sessions["charge_end_s"], np.fmin(sessions["end_s"], now_s)
    at: dict[tuple[int, int], list[int]] = defaultdict(list)
    for car in np.flatnonzero(end_s > begin_s).tolist():
        at[int(sessions["group_index"][car]), int(sessions["post"][car])].append(car)
    found = np.zeros(begin_s.size)
    for group, post, fails_s, mended_s in outages.post_spans():
        cars = at.get((group, post), [])
        within_s = np.minimum(end_s[cars], mended_s) - np.maximum(begin_s[cars], fails_s)
        found[cars] += np.maximum(within_s, 0.0)
    return found


def _outages(
    failures: FailureSpec,
    duration_s: float,
    *,
    group: int,
    place: int,
    kind: OutageKind,
    rng: np.random.Generator,
) -> Iterator[Outage]:
    """Yield the failures of one thing and their ends within a period."""
    means_s = np.array([failures.hours_between, failures.repair_hours]) * SECONDS_PER_HOUR
    is_down = bool(rng.random() >= failures.availability)
    if is_down:
        means_s = means_s[::-1]
        yield Outage(0.0, group, place, kind, is_up=False)
    now_s = 0.0
    while now_s < duration_s:
        times_s = now_s + np.cumsum(rng.standard_exponential((BLOCK, 2)) * means_s)
        for turn, time_s in enumerate(times_s[times_s < duration_s].tolist()):
            yield Outage(time_s, group, place, kind, is_up=(turn % 2 == 1) is not is_down)
        now_s = float(times_s[-1])
