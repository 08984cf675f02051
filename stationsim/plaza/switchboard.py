"""Power at the plaza: who charges under which limit, what that draws, and what cars that stay give back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from stationsim.models.charging import PostGroup, VehicleToGridSpec
from stationsim.plaza.cabinet import Cabinet
from stationsim.plaza.session import BOUND_UNITS_PER_KW, SECONDS_PER_HOUR, Session
from stationsim.plaza.sharing import share_power


class Switchboard:
    """The sessions that charge, the limit they share, and the books of energy of the present interval.

    Parameters
    ----------
    groups
        Groups of posts.
    minimum_kw
        Power kept for each charging car at the AC busbar while throttled [kW].
    expect
        Called with each session whose leg has a new end.
    v2g
        How cars that stay give back; None where none does.
    """

    def __init__(
        self,
        groups: Sequence[PostGroup],
        *,
        minimum_kw: float,
        expect: Callable[[Session], None],
        v2g: VehicleToGridSpec | None = None,
    ) -> None:
        self.minimum_kw = minimum_kw
        self.active: dict[int, Session] = {}
        self.throttled = False
        self.edge_s = 0.0
        self.shortfall_kwh = self.standby_kwh = self.given_kwh = 0.0
        self._no_energy = [0.0] * len(groups)
        self.group_energy_kwh = self._no_energy
        self._expect = expect
        self._v2g = v2g
        self._stays: dict[int, Session] = {}
        self._is_giving = False
        self._divided_s = self._divided_kwh = self._room_kw = 0.0
        self._bound_units = 0
        self._cap_kw = math.inf
        self._until_s = 0.0
        self._standby_from_s: float = 0.0
        self._standby_units = [round(group.standby_kw * BOUND_UNITS_PER_KW) for group in groups]
        self._idle_units = sum(
            group.posts * units for group, units in zip(groups, self._standby_units, strict=True)
        )
        self.standby_rated_kw = self._idle_units / BOUND_UNITS_PER_KW

    @property
    def standby_kw(self) -> float:
        """Standby of the posts at which nobody charges [kW]."""
        return self._idle_units / BOUND_UNITS_PER_KW

    @property
    def demand_bound_kw(self) -> float:
        """Highest power the cars now charging can still draw together, at the AC busbar [kW]."""
        alone_kw, shared_kw = self.standby_kw, dict[Cabinet, list[float]]()
        for session in self.active.values():
            if session.cabinet is None:
                alone_kw += session.bound_kw()
            else:
                rest = shared_kw.setdefault(session.cabinet, [0.0, 0.0])
                rest[0] += session.bound_kw() - session.extra_kw
                rest[1] += session.extra_kw
                most_kw = session.cabinet.power_kw / session.efficiency
                rest[0] = min(rest[0], most_kw)
        return alone_kw + sum(charge_kw + extra_kw for charge_kw, extra_kw in shared_kw.values())

    @property
    def minimum_demand_kw(self) -> float:
        """Power that keeps each charging car at its minimum, at the AC busbar [kW]; with standby."""
        cars_kw = sum(min(session.bound_kw(), self.minimum_kw) for session in self.active.values())
        return self.standby_kw + cars_kw

    def open(self, until_s: float, cap_kw: float) -> None:
        """Begin an interval under a limit, with its books empty."""
        self._cap_kw, self._until_s = cap_kw, until_s
        self.shortfall_kwh = self.standby_kwh = self.given_kwh = self._divided_kwh = 0.0
        self.group_energy_kwh = self._no_energy.copy()
        if self.active and self.is_tight():
            self.share(self.edge_s)

    def close(self) -> float:
        """End the interval and return the net energy drawn at the AC busbar in it [kWh]."""
        until_s = self._until_s
        self._settle_all(until_s)
        self.edge_s = until_s
        self._book_standby(until_s)
        return sum(self.group_energy_kwh) + self.standby_kwh - self.given_kwh

    def start(self, session: Session, now_s: float) -> None:
        """Let a session take the place of a post's standby, and charge.

        A session's bound is never below the standby that comes back after it: an end needs no new limits.
        """
        standby_units = self._standby_units[session.group]
        session.bound_units = max(session.bound_units, standby_units)
        self._bound_units += session.bound_units
        self._book_standby(now_s)
        self._idle_units -= standby_units
        self.active[session.car] = session
        session.charge_freely(now_s)
        if session.cabinet is None:
            self._expect(session)
        else:
            session.cabinet.sessions.append(session)
            self.deal(session.cabinet, now_s, fresh=session)

    def stop(self, session: Session, now_s: float) -> None:
        """End a session's charging; its cabinet is not dealt out anew yet."""
        self._settle(session, now_s)
        session.version += 1
        del self.active[session.car]
        self._bound_units -= session.bound_units
        self._book_standby(now_s)
        self._idle_units += self._standby_units[session.group]
        if session.cabinet is not None:
            session.cabinet.sessions.remove(session)

    def deal(self, cabinet: Cabinet, now_s: float, *, fresh: Session | None = None) -> None:
        """Deal out the modules of a cabinet; sessions with another share follow another leg from now on."""
        for session, curve, turn_soc in cabinet.deal(now_s):
            if curve is not session.curve:
                self._settle(session, now_s)
                session.curve = curve
                session.turn_soc = turn_soc
                self._bind(session)
                session.charge_freely(now_s)
                self._expect(session)
            elif session.turn_at(turn_soc) or session is fresh:
                self._expect(session)

    def _bind(self, session: Session) -> None:
        """Bring what a session can draw up to the curve it may follow."""
        power_kw = session.curve.peak_from(session.soc) / session.efficiency if session.curve else 0.0
        units = math.ceil((power_kw + session.extra_kw) * BOUND_UNITS_PER_KW)
        units = max(units, self._standby_units[session.group])
        self._bound_units += units - session.bound_units
        session.bound_units = units

    def turn(self, session: Session, now_s: float) -> None:
        """Deal out a session's cabinet anew, since the session comes to need another number of modules."""
        if session.cabinet is not None:
            self.deal(session.cabinet, now_s)

    def stay(self, session: Session) -> None:
        """Let a car that has charged stand by to give back."""
        self._stays[session.car] = session

    def leave(self, session: Session, now_s: float) -> None:
        """Let a car that stood by to give back go."""
        if session.car in self._stays:
            self._settle_all(now_s)
            del self._stays[session.car]

    def present(self) -> list[Session]:
        """Return the sessions that charge or give back."""
        return [*self.active.values(), *self._stays.values()]

    def is_tight(self) -> bool:
        """Tell whether limits must be set: cars could exceed the cap, or still carry limits of before."""
        return (
            self.throttled
            or self._is_giving
            or self._bound_units + self._idle_units > self._cap_kw * BOUND_UNITS_PER_KW
        )

    def share(self, now_s: float) -> None:
        """Divide the cap among the cars, from now to the end of the interval."""
        sessions = list(self.active.values())
        if now_s > self.edge_s:
            self._settle_all(now_s)
        needs_kw = [session.need_kw(now_s, self._until_s) for session in sessions]
        cap_kw = self._room_kw = max(self._cap_kw - self.standby_kw, 0.0)
        cap_kw += self._give(sum(needs_kw) - cap_kw, now_s)
        limits_kw = share_power(needs_kw, cap_kw=cap_kw, minimum_kw=self.minimum_kw)
        self.throttled = False
        for session, need_kw, limit_kw in zip(sessions, needs_kw, limits_kw, strict=True):
            if limit_kw < need_kw:
                self.throttled = True
                session.throttle(limit_kw, now_s=now_s, until_s=self._until_s)
                if session.event_s < self._until_s:
                    self._expect(session)
            elif session.throttled:
                session.charge_freely(now_s)
                self._expect(session)

    def _settle(self, session: Session, now_s: float) -> None:
        """Book what a session drew since it was last settled."""
        if session.throttled:
            self.shortfall_kwh += session.settle_missed(now_s)
        self.group_energy_kwh[session.group] += session.settle(now_s)

    def _settle_all(self, now_s: float) -> None:
        """Book what all sessions drew and gave back since they were last settled."""
        energy_kwh = self.group_energy_kwh
        for session in self.active.values():
            if session.throttled:
                self.shortfall_kwh += session.settle_missed(now_s)
            energy_kwh[session.group] += session.settle(now_s)
        if self._is_giving:
            self._settle_stays(now_s)

    def _book_standby(self, now_s: float) -> None:
        """Book what posts at which nobody charges drew since it was last booked."""
        if self._idle_units:
            power_kw = self._idle_units / BOUND_UNITS_PER_KW
            if power_kw > self._cap_kw:
                power_kw = self._cap_kw
            self.standby_kwh += power_kw * (now_s - self._standby_from_s) / SECONDS_PER_HOUR
        self._standby_from_s = now_s

    def _give(self, wanted_kw: float, now_s: float) -> float:
        """Have cars that stay give back what is wanted, each by what it can; return the sum [kW].

        A car can give what lasts to the end of the interval.
        """
        hours = (self._until_s - now_s) / SECONDS_PER_HOUR
        can_kw = {car: self._can_give_kw(session, hours) for car, session in self._stays.items()}
        total_kw = sum(can_kw.values())
        given_kw = min(max(wanted_kw, 0.0), total_kw)
        self._is_giving = given_kw > 0
        self._divided_s, self._divided_kwh = now_s, sum(self.group_energy_kwh)
        for car, power_kw in can_kw.items():
            self._stays[car].giving_kw = power_kw * given_kw / total_kw if total_kw else 0.0
        return given_kw

    def _can_give_kw(self, session: Session, hours: float) -> float:
        v2g = self._v2g
        if v2g is None or hours <= 0:
            return 0.0
        spare_soc = min(v2g.most_soc, max(session.soc - v2g.soc_floor, 0.0))
        left_kwh = spare_soc * session.own_curve.usable_kwh * v2g.efficiency - session.given_kwh
        return max(min(v2g.power_kw, left_kwh / hours), 0.0)

    def _settle_stays(self, now_s: float) -> None:
        """Book what cars gave back since power was last divided, but no more than others drew over the cap.

        Cars that charge need their limit at times only: what they left of it nobody gave.
        """
        drawn_kwh, hours = sum(self.group_energy_kwh), (now_s - self._divided_s) / SECONDS_PER_HOUR
        over_kwh = drawn_kwh - self._divided_kwh - self._room_kw * hours
        most_kwh = sum(session.giving_kw for session in self._stays.values()) * hours
        share = min(max(over_kwh, 0.0) / most_kwh, 1.0) if most_kwh > 0 else 0.0
        for session in self._stays.values():
            energy_kwh = session.giving_kw * hours * share
            session.given_kwh += energy_kwh
            self.given_kwh += energy_kwh
        self._divided_s, self._divided_kwh = now_s, drawn_kwh
