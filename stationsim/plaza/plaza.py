"""Cars, one queue and posts on a SimPy clock, in step with whoever supplies the power.

Two events make a session, arrival and end; a third, the end of patience, only while a car queues. Callbacks
carry the version of the leg they end, so that a changed leg leaves its old event to lapse instead of
interrupting it. Nothing grows with the queue: cars that gave up stay in it until they come to its head.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from stationsim.models.charging import ColdPacks, PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza.menu import Menus, cabins_kw
from stationsim.plaza.session import BOUND_UNITS_PER_KW, SECONDS_PER_HOUR, Session
from stationsim.plaza.sharing import share_power
from stationsim.plaza.table import (
    BALKED,
    CHARGING,
    RENEGED,
    SERVED,
    WAITING,
    Ledger,
    frame_of,
    session_columns,
)
from stationsim.traffic.evs import EvArrivals

if TYPE_CHECKING:
    import pandas as pd
    from simpy.events import Event


class Plaza:
    """The charging plaza.

    Parameters
    ----------
    groups
        Groups of posts.
    curves
        Charge curve of each type of car, in the order of ``arrivals.type_index``.
    arrivals
        The cars.
    max_queue
        A car that finds this many waiting drives on; None for a queue without end.
    minimum_kw
        Power kept for each charging car at the AC busbar while throttled [kW].
    voltages
        Pack voltage of each type of car by class [V]; left out where no post has a limit of current.
    cold
        How cold batteries charge; None where all are warm.
    cabin_kw
        Points of outdoor temperature [degC] and power for the cabin of a car at a post [kW].

    Notes
    -----
    Cars choose among free posts by `stationsim.plaza.menu`. There is one queue, first come first served, for
    all groups. Posts without a car draw their standby; where the limit is below it, it is cut to the limit.
    """

    def __init__(
        self,
        groups: Sequence[PostGroup],
        curves: Sequence[ChargeCurve],
        arrivals: EvArrivals,
        *,
        max_queue: int | None = None,
        minimum_kw: float = 0.0,
        voltages: Sequence[float] | None = None,
        cold: ColdPacks | None = None,
        cabin_kw: Sequence[tuple[float, float]] | None = None,
    ) -> None:
        from simpy import Environment

        if len(arrivals) and not 0 <= arrivals.type_index.min() <= arrivals.type_index.max() < len(curves):
            raise ValueError(
                f"type_index must be below the number of curves, got {arrivals.type_index.max()}"
            )
        self.groups = tuple(groups)
        self.curves = tuple(curves)
        self.arrivals = arrivals
        self.max_queue = math.inf if max_queue is None else max_queue
        self.minimum_kw = minimum_kw
        self.arrived = self.served = self.balked = self.reneged = self.waiting = 0
        self.shortfall_kwh = 0.0
        self._no_energy = [0.0] * len(self.groups)
        self.group_energy_kwh = self._no_energy
        self._menus = Menus(self.groups, self.curves, voltages=voltages, cold=cold)
        self._choices = self._menus.of_type
        self._pack_bin = self._menus.bins(arrivals.temp_degc)
        self._cabin_kw = cabins_kw(cabin_kw, arrivals.temp_degc) if cabin_kw else None
        self.cabin_most_kw = max(power for _, power in cabin_kw) if cabin_kw else 0.0
        self.standby_kwh = 0.0
        self._standby_from_s: float = 0.0
        self._standby_units = [round(group.standby_kw * BOUND_UNITS_PER_KW) for group in self.groups]
        self._idle_units = sum(
            group.posts * units for group, units in zip(self.groups, self._standby_units, strict=True)
        )
        self.standby_rated_kw = self._idle_units / BOUND_UNITS_PER_KW
        self._free = [list(range(group.posts)) for group in self.groups]
        self._time_s: list[int] = arrivals.time_s.tolist()
        self._type: list[int] = arrivals.type_index.tolist()
        self._soc: list[float] = arrivals.soc_arrival.tolist()
        self._target: list[float] = arrivals.soc_target.tolist()
        self._patience_s: list[float] = arrivals.patience_s.tolist()
        self._ledger = Ledger(arrivals)
        self._queue: deque[int] = deque()
        self._active: dict[int, Session] = {}
        self._bound_units = 0
        self._throttled = False
        self._cap_kw = math.inf
        self._edge_s: float = 0.0
        self._until_s: float = 0.0
        self._env = Environment()
        self._expect_arrival(0)

    @property
    def now_s(self) -> float:
        """End of the last interval [s]."""
        return self._edge_s

    @property
    def charging(self) -> int:
        """Number of cars charging."""
        return len(self._active)

    @property
    def posts_busy(self) -> int:
        """Number of posts with a car."""
        return len(self._active)

    @property
    def queue_length(self) -> int:
        """Number of cars waiting."""
        return self.waiting

    @property
    def throttled(self) -> bool:
        """Whether a car charges below what it would take by itself."""
        return self._throttled

    @property
    def demand_bound_kw(self) -> float:
        """Highest power the cars now charging can still draw together, at the AC busbar [kW].

        Cars that plug in later come on top; `rated_kw` bounds them all.
        """
        return self.standby_kw + sum(session.bound_kw() for session in self._active.values())

    @property
    def minimum_demand_kw(self) -> float:
        """Power that keeps each charging car at its minimum, at the AC busbar [kW]; with standby."""
        cars_kw = sum(min(session.bound_kw(), self.minimum_kw) for session in self._active.values())
        return self.standby_kw + cars_kw

    @property
    def standby_kw(self) -> float:
        """Standby of the posts without a car [kW]."""
        return self._idle_units / BOUND_UNITS_PER_KW

    @property
    def rated_kw(self) -> float:
        """Power of all posts at the AC busbar [kW]."""
        return sum(
            group.posts
            * max(
                (group.power_kw + self.cabin_most_kw) / group.efficiency + group.active_kw, group.standby_kw
            )
            for group in self.groups
        )

    def advance(self, t_end_s: float, cap_kw: float = math.inf) -> float:
        """Play on to a time under a power limit and return the energy drawn since the last call [kWh].

        Parameters
        ----------
        t_end_s
            End of the interval, from the clock's start [s]; its events belong to the next one.
        cap_kw
            Limit at the AC busbar, held throughout the interval [kW]; below zero counts as zero.

        Notes
        -----
        Energy is at the AC busbar, charger losses included; `group_energy_kwh` splits that of the cars,
        `standby_kwh` is that of posts without one. `shortfall_kwh` is
        what the cars would have drawn more without the limit, each from where it stood when its present limit
        was set: what is put off is counted again in the next interval if it is put off again.
        """
        if not t_end_s >= self._edge_s:
            raise ValueError(f"t_end_s must not be before {self._edge_s}, got {t_end_s}")
        if math.isnan(cap_kw):
            raise ValueError(f"cap_kw must be a number, got {cap_kw}")
        self._cap_kw, self._until_s = max(cap_kw, 0.0), t_end_s
        self.shortfall_kwh = self.standby_kwh = 0.0
        if not self._active and self._env.peek() >= t_end_s:
            self.group_energy_kwh = self._no_energy
            self._edge_s = t_end_s
            self._book_standby(t_end_s)
            return self.standby_kwh
        self.group_energy_kwh = self._no_energy.copy()
        if self._is_tight():
            self._share(self._edge_s)
        env = self._env
        while env.peek() < t_end_s:
            env.step()
        for session in self._active.values():
            self._settle(session, t_end_s)
        self._edge_s = t_end_s
        self._book_standby(t_end_s)
        return sum(self.group_energy_kwh) + self.standby_kwh

    def sessions(self) -> dict[str, NDArray[Any]]:
        """Return one array per column of the sessions table; see `stationsim.plaza.table`."""
        for session in self._active.values():
            self._ledger.soc_departure[session.car] = session.soc
            self._ledger.extra_kwh[session.car] = session.extra_kwh
        return session_columns(
            self._ledger,
            self.arrivals,
            arrived=self.arrived,
            now_s=self._edge_s,
            groups=self.groups,
            curves=self.curves,
        )

    def sessions_frame(self) -> pd.DataFrame:
        """Return the sessions table as a frame."""
        return frame_of(self.sessions())

    def _expect(self, time_s: float, callback: Callable[[Event], None], value: Any) -> None:
        """Have ``callback`` called at a time."""
        event = self._env.timeout(max(0, time_s - self._env.now), value)
        event.callbacks.append(callback)

    def _expect_arrival(self, car: int) -> None:
        if car < len(self._time_s):
            self._expect(self._time_s[car], self._on_arrival, car)

    def _on_arrival(self, event: Event) -> None:
        car: Any = event.value
        self.arrived += 1
        self._expect_arrival(car + 1)
        if any(self._free):
            self._plug_in(car, self._time_s[car])
            if self._is_tight():
                self._share(self._time_s[car])
        elif self.waiting >= self.max_queue:
            self._leave(car, self._time_s[car], BALKED)
            self.balked += 1
        else:
            self._join_queue(car)

    def _join_queue(self, car: int) -> None:
        self.waiting += 1
        self._queue.append(car)
        if self._patience_s[car] < math.inf:
            self._expect(self._time_s[car] + self._patience_s[car], self._on_lost_patience, car)

    def _on_lost_patience(self, event: Event) -> None:
        car: Any = event.value
        if self._ledger.outcome[car] == WAITING:
            self._leave(car, self._time_s[car] + self._patience_s[car], RENEGED)
            self.reneged += 1
            self.waiting -= 1

    def _on_session_end(self, event: Event) -> None:
        value: Any = event.value
        session, version = value
        if version != session.version:
            return
        now_s = session.end_s
        self._settle(session, now_s)
        self._unplug(session)
        car = self._next_in_queue()
        if car is not None:
            self._plug_in(car, now_s)
        if self._throttled or (car is not None and self._is_tight()):
            self._share(now_s)

    def _next_in_queue(self) -> int | None:
        """Take the first car from the queue that is still there."""
        while self._queue:
            car = self._queue.popleft()
            if self._ledger.outcome[car] == WAITING:
                self.waiting -= 1
                return car
        return None

    def _plug_in(self, car: int, now_s: float) -> None:
        """Start a session at the best free post."""
        group, curve = next(choice for choice in self._choices[self._type[car]] if self._free[choice[0]])
        cold = self._pack_bin[car]
        if cold is not None:
            curve = self._menus.cold_curve(self._type[car], group, cold, self._soc[car])
        session = Session(
            car=car,
            group=group,
            post=heapq.heappop(self._free[group]),
            curve=curve,
            efficiency=self.groups[group].efficiency,
            soc=self._soc[car],
            target=max(self._soc[car], min(self._target[car], curve.full_soc)),
            extra_kw=self._extra_kw(car, self.groups[group]),
            now_s=now_s,
        )
        self._occupy(session, now_s)
        ledger = self._ledger
        ledger.start_s[car], ledger.group[car], ledger.post[car] = now_s, group, session.post
        ledger.outcome[car] = CHARGING
        self._active[car] = session
        session.charge_freely(now_s)
        self._expect(session.end_s, self._on_session_end, (session, session.version))

    def _extra_kw(self, car: int, group: PostGroup) -> float:
        """Return what a car's cabin and its post's constant draw take at the AC busbar [kW]."""
        if self._cabin_kw is None:
            return group.active_kw
        return group.active_kw + self._cabin_kw[car] / group.efficiency

    def _occupy(self, session: Session, now_s: float) -> None:
        """Let a session take the place of a post's standby in what the plaza can draw.

        A session's bound is never below the standby that comes back after it: an end needs no new limits.
        """
        standby_units = self._standby_units[session.group]
        session.bound_units = max(session.bound_units, standby_units)
        self._bound_units += session.bound_units
        self._book_standby(now_s)
        self._idle_units -= standby_units

    def _book_standby(self, now_s: float) -> None:
        """Book what posts without a car drew since it was last booked."""
        if self._idle_units:
            power_kw = min(self._idle_units / BOUND_UNITS_PER_KW, self._cap_kw)
            self.standby_kwh += power_kw * (now_s - self._standby_from_s) / SECONDS_PER_HOUR
        self._standby_from_s = now_s

    def _unplug(self, session: Session) -> None:
        del self._active[session.car]
        self._bound_units -= session.bound_units
        self._book_standby(session.end_s)
        self._idle_units += self._standby_units[session.group]
        self._ledger.extra_kwh[session.car] = session.extra_kwh
        heapq.heappush(self._free[session.group], session.post)
        self._ledger.soc_departure[session.car] = session.soc
        self._leave(session.car, session.end_s, SERVED)
        self.served += 1

    def _leave(self, car: int, time_s: float, outcome: int) -> None:
        self._ledger.end_s[car] = time_s
        self._ledger.outcome[car] = outcome

    def _settle(self, session: Session, now_s: float) -> None:
        """Book what a session drew since it was last settled."""
        if session.throttled:
            self.shortfall_kwh += session.missed_kwh(now_s)
        self.group_energy_kwh[session.group] += session.settle(now_s)

    def _is_tight(self) -> bool:
        """Tell whether limits must be set: cars could exceed the cap, or still carry limits of before."""
        return self._throttled or self._bound_units + self._idle_units > self._cap_kw * BOUND_UNITS_PER_KW

    def _share(self, now_s: float) -> None:
        """Divide the cap among the cars, from now to the end of the interval."""
        sessions = list(self._active.values())
        if now_s > self._edge_s:
            for session in sessions:
                self._settle(session, now_s)
        needs_kw = [session.need_kw(self._until_s - now_s) for session in sessions]
        cap_kw = max(self._cap_kw - self.standby_kw, 0.0)
        limits_kw = share_power(needs_kw, cap_kw=cap_kw, minimum_kw=self.minimum_kw)
        self._throttled = False
        for session, need_kw, limit_kw in zip(sessions, needs_kw, limits_kw, strict=True):
            if limit_kw < need_kw:
                self._throttled = True
                self._throttle(session, limit_kw, now_s)
            elif session.throttled:
                session.charge_freely(now_s)
                self._expect(session.end_s, self._on_session_end, (session, session.version))

    def _throttle(self, session: Session, limit_kw: float, now_s: float) -> None:
        """Limit a session; its end is an event only if it comes before limits are set anew."""
        session.throttle(limit_kw, now_s=now_s, until_s=self._until_s)
        if session.end_s < self._until_s:
            self._expect(session.end_s, self._on_session_end, (session, session.version))
