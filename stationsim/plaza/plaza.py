"""Cars, their queue and posts on a SimPy clock, in step with whoever supplies the power.

Two events make a session, arrival and end of charging; others come only where they matter: the end of
patience while a car queues, the end of a stay, a turn of a contended cabinet, a booking, a failure. Callbacks
carry the version of the leg they end, so that a changed leg leaves its old event to lapse instead of
interrupting it.
Nothing grows with the queue: cars that gave up stay in it until they come to its head.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from stationsim.models.charging import PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza.bays import Bays
from stationsim.plaza.cabinet import cabinets_of
from stationsim.plaza.cars import Cars
from stationsim.plaza.lines import Lines
from stationsim.plaza.menu import Menus
from stationsim.plaza.outages import NO_OUTAGES, Outage, Outages
from stationsim.plaza.rules import Rules
from stationsim.plaza.session import Session
from stationsim.plaza.switchboard import Switchboard
from stationsim.plaza.table import (
    AT_STOP,
    AT_TARGET,
    BALKED,
    BY_FAULT,
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


USUAL_RULES = Rules()
"""No queue turned away, nobody first, nothing short."""


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
    rules
        Who waits, who is served, and what holds while power is short.
    voltages
        Pack voltage of each type of car by class [V]; left out where no post has a limit of current.
    classes
        Class of vehicles of each type; left out where all are cars.
    outages
        Failures of posts and modules.

    Notes
    -----
    Cars choose among free posts by `stationsim.plaza.menu` and wait by `stationsim.plaza.lines`. Posts at
    which nobody charges draw their standby; where the limit is below it, it is cut to the limit.

    A car whose post fails leaves with what it has. A failure never cuts a stay after charging short.
    """

    def __init__(
        self,
        groups: Sequence[PostGroup],
        curves: Sequence[ChargeCurve],
        arrivals: EvArrivals,
        rules: Rules = USUAL_RULES,
        *,
        voltages: Sequence[float] | None = None,
        classes: Sequence[str] | None = None,
        outages: Outages = NO_OUTAGES,
    ) -> None:
        from simpy import Environment

        if len(arrivals) and not 0 <= arrivals.type_index.min() <= arrivals.type_index.max() < len(curves):
            raise ValueError(
                f"type_index must be below the number of curves, got {arrivals.type_index.max()}"
            )
        self.groups = tuple(groups)
        self.curves = tuple(curves)
        self.arrivals = arrivals
        self.rules = rules
        self._max_queue = math.inf if rules.max_queue is None else rules.max_queue
        self.arrived = self.served = self.balked = self.reneged = 0
        self.waiting = self.posts_busy = 0
        menus = Menus(
            self.groups,
            self.curves,
            voltages=voltages,
            classes=classes,
            cold=rules.cold,
            reversing_s=rules.reversing_s,
        )
        self._cars = Cars(arrivals, self.groups, menus, sides=rules.sides, cabin_kw=rules.cabin_kw)
        self._waiting_at = [0] * (max(self._cars.side, default=0) + 1)
        self._ledger = Ledger(arrivals)
        self._lines = Lines(self._cars.menu, arrivals, self._ledger.outcome, len(self.groups))
        self.bays = Bays(self.groups)
        self._env = Environment()
        self.board = Switchboard(
            self.groups, minimum_kw=rules.minimum_kw, expect=self._expect_leg, v2g=rules.v2g
        )
        self._cabinets = cabinets_of(self.groups)
        self.outages = outages
        booked = arrivals.is_booked.nonzero()[0] if rules.booking_s > 0 else ()
        self._bookings: list[int] = [int(car) for car in booked]
        self._expect_outage(0)
        self._expect_booking(0)
        self._expect_arrival(0)

    @property
    def now_s(self) -> float:
        """End of the last interval [s]."""
        return self.board.edge_s

    @property
    def next_event_s(self) -> float:
        """When something may happen next [s]; infinite where nothing will."""
        return float(self._env.peek())

    @property
    def charging(self) -> int:
        """Number of cars charging."""
        return len(self.board.active)

    @property
    def posts_blocked(self) -> int:
        """Number of posts whose car has charged and stays."""
        return self.posts_busy - len(self.board.active)

    @property
    def posts_held(self) -> int:
        """Number of posts kept free for cars that booked them."""
        return self.bays.held

    def advance(self, t_end_s: float, cap_kw: float = math.inf) -> float:
        """Play on to a time under a power limit and return the net energy drawn since the last call [kWh].

        Parameters
        ----------
        t_end_s
            End of the interval, from the clock's start [s]; its events belong to the next one.
        cap_kw
            Limit at the AC busbar, held throughout the interval [kW]; below zero counts as zero.

        Notes
        -----
        Energy is at the AC busbar, charger losses included, less what cars gave back. Of `board`,
        ``group_energy_kwh`` splits that of the cars, ``standby_kwh`` is that of posts at which nobody
        charges, ``given_kwh`` what came back. ``shortfall_kwh`` is what cars would have drawn more without
        the limit, each from where it stood when the limit was set: put off again, it is counted again.
        """
        board, env = self.board, self._env
        if not t_end_s >= board.edge_s:
            raise ValueError(f"t_end_s must not be before {board.edge_s}, got {t_end_s}")
        if math.isnan(cap_kw):
            raise ValueError(f"cap_kw must be a number, got {cap_kw}")
        board.open(t_end_s, cap_kw if cap_kw > 0 else 0.0)
        while env.peek() < t_end_s:
            env.step()
        return board.close()

    def sessions(self) -> dict[str, NDArray[Any]]:
        """Return one array per column of the sessions table; see `stationsim.plaza.table`."""
        for session in self.board.present():
            self._book(session)
        return session_columns(
            self._ledger,
            self.arrivals,
            arrived=self.arrived,
            now_s=self.now_s,
            groups=self.groups,
            curves=self.curves,
            giving_efficiency=self.rules.v2g.efficiency if self.rules.v2g else 1.0,
        )

    def sessions_frame(self) -> pd.DataFrame:
        """Return the sessions table as a frame."""
        return frame_of(self.sessions())

    def _expect(self, time_s: float, callback: Callable[[Event], None], value: Any) -> None:
        """Have ``callback`` called at a time."""
        delay_s = time_s - self._env.now
        self._env.timeout(delay_s if delay_s > 0 else 0, value).callbacks.append(callback)

    def _expect_leg(self, session: Session) -> None:
        """Expect the end of a session's present leg."""
        time_s = session.event_s
        if time_s < math.inf:
            self._expect(time_s, self._on_leg_end, (session, session.version))

    def _expect_arrival(self, car: int) -> None:
        if car < len(self._cars):
            self._expect(self._cars.time_s[car], self._on_arrival, car)

    def _expect_booking(self, number: int) -> None:
        if number < len(self._bookings):
            time_s = self._cars.time_s[self._bookings[number]] - self.rules.booking_s
            self._expect(time_s, self._on_booking, number)

    def _expect_outage(self, number: int) -> None:
        if number < len(self.outages.events):
            self._expect(self.outages.events[number].time_s, self._on_outage, number)

    def _on_arrival(self, event: Event) -> None:
        car: Any = event.value
        now_s = self._cars.time_s[car]
        self.arrived += 1
        self._expect_arrival(car + 1)
        hold = self.bays.claim(car, now_s) if self._bookings else None
        if hold is not None:
            self._ledger.held_s[car] = hold.end_s - hold.begin_s
            self._plug_in(car, hold.group, hold.post, now_s)
            return
        group = self.bays.best(self._cars.menu[car])
        if group is not None:
            self._plug_in(car, group, self.bays.take(group), now_s)
        elif self._is_announced(car):
            self._wait(car)
        elif self._waiting_at[self._cars.side[car]] >= self._max_queue:
            self._leave(car, now_s, BALKED)
            self.balked += 1
        else:
            self._lines.join(car)
            self._wait(car)

    def _is_announced(self, car: int) -> bool:
        """Tell whether a car was booked and stands in line since before it came."""
        return bool(self._bookings) and self._cars.is_booked[car]

    def _on_booking(self, event: Event) -> None:
        """Hold a post for a car that is to come, or put it into the line for one."""
        number: Any = event.value
        self._expect_booking(number + 1)
        self._seek(self._bookings[number], self._lines.join)

    def _seek(self, car: int, stand: Callable[[int], None]) -> None:
        """Hold a post for a car that is to come, or have it stand in line for one."""
        group = self.bays.best(self._cars.menu[car])
        if group is None:
            stand(car)
        else:
            self.bays.hold(car, group, self.bays.take(group), self._env.now)

    def _wait(self, car: int) -> None:
        self.waiting += 1
        self._waiting_at[self._cars.side[car]] += 1
        patience_s = self._cars.patience_s[car]
        if patience_s < math.inf:
            self._expect(self._cars.time_s[car] + patience_s, self._on_lost_patience, car)

    def _on_lost_patience(self, event: Event) -> None:
        car: Any = event.value
        if self._ledger.outcome[car] == WAITING:
            self._leave(car, self._cars.time_s[car] + self._cars.patience_s[car], RENEGED)
            self.reneged += 1
            self._stop_waiting(car)

    def _stop_waiting(self, car: int) -> None:
        self.waiting -= 1
        self._waiting_at[self._cars.side[car]] -= 1

    def _plug_in(self, car: int, group: int, post: int, now_s: float) -> None:
        """Start a session."""
        session = self._cars.session(car, group, post, now_s)
        if self._cabinets[group]:
            session.cabinet = self._cabinets[group][post]
        ledger = self._ledger
        ledger.start_s[car], ledger.group[car], ledger.post[car] = now_s, group, post
        ledger.outcome[car] = CHARGING
        self.bays.fill(session)
        self.posts_busy += 1
        self.board.start(session, now_s)
        if self.board.is_tight():
            self.board.share(now_s)

    def _on_leg_end(self, event: Event) -> None:
        value: Any = event.value
        session, version = value
        if version != session.version:
            return
        if session.turn_s < session.end_s:
            now_s = session.turn_s
            self.board.turn(session, now_s)
            if self.board.is_tight():
                self.board.share(now_s)
        else:
            why = AT_TARGET if session.target_s <= session.deadline_s else AT_STOP
            self._end_charging(session, session.end_s, why)

    def _end_charging(self, session: Session, now_s: float, why: int) -> None:
        """End a session's charging; the car leaves, or stays and blocks its post."""
        car, board = session.car, self.board
        board.stop(session, now_s)
        self._book(session)
        self._ledger.charge_end_s[car], self._ledger.ended_by[car] = now_s, why
        leave_s = max(now_s + self._cars.linger_s[car], session.start_s + self._cars.hold_s[car])
        if leave_s > now_s and why != BY_FAULT:
            self._expect(leave_s, self._on_stay_end, session)
            if self._cars.gives_back[car]:
                board.stay(session)
            follower = False
        else:
            follower = self._let_go(session, now_s)
        if session.cabinet is not None and not follower:
            board.deal(session.cabinet, now_s)
        if board.is_tight():
            board.share(now_s)

    def _on_stay_end(self, event: Event) -> None:
        session: Any = event.value
        now_s = self._env.now
        self.board.leave(session, now_s)
        self._let_go(session, now_s)
        if self.board.is_tight():
            self.board.share(now_s)

    def _book(self, session: Session) -> None:
        """Write down what a session has got so far."""
        ledger, car = self._ledger, session.car
        ledger.charged_soc[car] = session.soc
        ledger.extra_kwh[car] = session.extra_kwh
        ledger.given_kwh[car] = session.given_kwh

    def _let_go(self, session: Session, now_s: float) -> bool:
        """Let a car leave its post; tell whether another charges there at once."""
        if session.given_kwh:
            self._book(session)
        self._leave(session.car, now_s, SERVED)
        self.served += 1
        self.posts_busy -= 1
        return self.bays.clear(session) and self._offer(session.group, session.post, now_s)

    def _offer(self, group: int, post: int, now_s: float) -> bool:
        """Give a post that has become free to the next car in line; tell whether one charges there."""
        car = self._lines.take(group)
        if car is None:
            self.bays.free(group, post)
            return False
        if car >= self.arrived:
            self.bays.hold(car, group, post, now_s)
            return False
        self._stop_waiting(car)
        self._plug_in(car, group, post, now_s)
        return True

    def _leave(self, car: int, time_s: float, outcome: int) -> None:
        self._ledger.end_s[car] = time_s
        self._ledger.outcome[car] = outcome

    def _on_outage(self, event: Event) -> None:
        number: Any = event.value
        self._expect_outage(number + 1)
        outage = self.outages.events[number]
        if outage.kind == "module":
            self._change_modules(outage)
        elif not outage.is_up:
            self._fail(outage)
        elif self.bays.mend(outage.group, outage.place):
            self._offer(outage.group, outage.place, outage.time_s)

    def _change_modules(self, outage: Outage) -> None:
        group = self.groups[outage.group]
        if group.cabinet is None:
            return
        cabinet = self._cabinets[outage.group][outage.place * group.cabinet.posts]
        cabinet.working += 1 if outage.is_up else -1
        self.board.deal(cabinet, outage.time_s)
        if self.board.is_tight():
            self.board.share(outage.time_s)

    def _fail(self, outage: Outage) -> None:
        """Let whoever charges at a failed post leave, and a car it was held for seek another."""
        found = self.bays.fail(outage.group, outage.place, outage.time_s)
        if isinstance(found, int):
            self._seek(found, self._lines.put_back)
        elif found is not None and found.car in self.board.active:
            self._end_charging(found, outage.time_s, BY_FAULT)
