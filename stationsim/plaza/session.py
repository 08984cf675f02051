"""A car at a post: how far its charge has come, in closed form between events."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stationsim.models.vehicles import ChargeCurve

if TYPE_CHECKING:
    from stationsim.plaza.cabinet import Cabinet

SECONDS_PER_HOUR = 3600
IDLE_KW = 1e-6
"""Power limit at or below which a session stands still [kW]; a milliwatt charges nobody."""
BOUND_UNITS_PER_KW = 1_000_000
"""Bounds on power are kept as whole milliwatts: sums of integers given back in any order leave no drift."""


class Session:
    """One car at one post.

    Between two events a session follows a leg: either a curve from a known time on it, or, under a limit that
    the car could take throughout, constant power. A leg ends when the car has what it came for, when its stop
    is over, or at its turn: the state of charge at which its cabinet deals out modules anew.

    Parameters
    ----------
    car, group, post
        Number of the car, of its group of posts, and of the post within it.
    curve
        Power the car takes at this post when neither cabinet nor site limits it.
    efficiency
        Energy into the car per energy from the AC busbar [-].
    soc, target
        State of charge on arrival and the one to leave with [-].
    extra_kw
        Power at the AC busbar beside charging, from when the car is plugged in until it has charged [kW].
    start_s, ready_s
        When it gets the post and when power can flow [s].
    stop_s
        Longest time that power flows [s].
    """

    __slots__ = (
        "bound_units",
        "cabinet",
        "car",
        "curve",
        "deadline_s",
        "efficiency",
        "end_s",
        "extra_kw",
        "extra_kwh",
        "extra_now_kw",
        "free_from_h",
        "given_kwh",
        "giving_kw",
        "group",
        "kwh_per_soc",
        "leg",
        "leg_from",
        "leg_from_s",
        "leg_rate",
        "missed_kwh",
        "own_curve",
        "post",
        "ready_s",
        "settled_s",
        "soc",
        "start_s",
        "target",
        "target_s",
        "throttled",
        "turn_s",
        "turn_soc",
        "version",
    )

    def __init__(
        self,
        *,
        car: int,
        group: int,
        post: int,
        curve: ChargeCurve,
        efficiency: float,
        soc: float,
        target: float,
        extra_kw: float = 0.0,
        start_s: float = 0.0,
        ready_s: float = 0.0,
        stop_s: float = math.inf,
    ) -> None:
        self.car = car
        self.group = group
        self.post = post
        self.own_curve = curve
        self.curve: ChargeCurve | None = curve
        self.efficiency = efficiency
        self.soc = soc
        self.target = target
        self.kwh_per_soc = curve.usable_kwh / efficiency
        self.extra_kw = self.extra_now_kw = extra_kw
        self.extra_kwh = self.given_kwh = self.giving_kw = self.missed_kwh = 0.0
        self.start_s = start_s
        self.ready_s = self.settled_s = ready_s
        self.deadline_s = ready_s + stop_s
        self.bound_units = math.ceil((curve.peak_from(soc) / efficiency + extra_kw) * BOUND_UNITS_PER_KW)
        self.version = 0
        self.throttled = False
        self.cabinet: Cabinet | None = None
        self.turn_soc = self.turn_s = math.inf

    @property
    def event_s(self) -> float:
        """When the present leg ends by itself [s]."""
        return self.turn_s if self.turn_s < self.end_s else self.end_s

    def charge_freely(self, now_s: float) -> None:
        """Follow the car's curve, as far as its cabinet allows, from now on."""
        if self.curve is None:
            self._hold(0.0, now_s)
        else:
            self._follow(self.curve, now_s)
        self.throttled = False
        self.extra_now_kw = self.extra_kw

    def throttle(self, limit_kw: float, *, now_s: float, until_s: float) -> None:
        """Stay below a power at the AC busbar [kW] from now on; valid until ``until_s``, after `need_kw`.

        A limit the car could take all that time is a leg of constant power; one that its curve undercuts on
        the way is a curve of its own. What is drawn beside charging comes first.
        """
        self.throttled = True
        self.missed_kwh = 0.0
        self.extra_now_kw = min(self.extra_kw, limit_kw)
        limit_kw = (limit_kw - self.extra_now_kw) * self.efficiency
        if limit_kw <= IDLE_KW or self.curve is None:
            self._hold(0.0, now_s)
            return
        rate = limit_kw / self.curve.usable_kwh / SECONDS_PER_HOUR
        reach = min(self.target, self.soc + rate * max(until_s - max(now_s, self.ready_s), 0.0))
        if self.curve.range_between(self.soc, reach)[0] >= limit_kw:
            self._hold(rate, now_s)
        else:
            self._follow(self.curve.capped(limit_kw), now_s)

    def _follow(self, curve: ChargeCurve, now_s: float) -> None:
        self.version += 1
        self.leg: ChargeCurve | None = curve
        from_s = self.leg_from_s = now_s if now_s > self.ready_s else self.ready_s
        from_h = self.leg_from = curve.time_at(self.soc)
        left_h = curve.time_at(self.target) - from_h
        self.target_s = from_s + left_h * SECONDS_PER_HOUR if left_h > 0 else from_s
        self.end_s = self.target_s if self.target_s < self.deadline_s else self.deadline_s
        self.turn_s = self._reaches_s(self.turn_soc) if self.turn_soc < self.target else math.inf

    def _hold(self, rate: float, now_s: float) -> None:
        """Gain ``rate`` of state of charge a second."""
        self.version += 1
        self.leg = None
        from_s = self.leg_from_s = now_s if now_s > self.ready_s else self.ready_s
        self.leg_from = self.soc
        self.leg_rate = rate
        left = self.target - self.soc
        self.target_s = from_s + left / rate if rate else (from_s if left <= 0 else math.inf)
        self.end_s = self.target_s if self.target_s < self.deadline_s else self.deadline_s
        self.turn_s = self._reaches_s(self.turn_soc) if self.turn_soc < self.target else math.inf

    def turn_at(self, soc: float) -> bool:
        """Set the state of charge of the next turn, infinite for none; tell whether anything changed."""
        if soc == self.turn_soc or (soc >= self.target and self.turn_soc == math.inf):
            return False
        self.turn_soc = soc if soc < self.target else math.inf
        self.turn_s = self._reaches_s(soc) if soc < self.target else math.inf
        self.version += 1
        return True

    def _reaches_s(self, soc: float) -> float:
        """Return when the present leg reaches a state of charge [s]."""
        if self.leg is None:
            return self.leg_from_s + (soc - self.leg_from) / self.leg_rate if self.leg_rate else math.inf
        return self.leg_from_s + (self.leg.time_at(soc) - self.leg_from) * SECONDS_PER_HOUR

    def soc_at(self, now_s: float) -> float:
        """Return the state of charge at a time of the present leg [-]."""
        if now_s >= self.target_s:
            return self.target
        if now_s >= self.turn_s:
            return self.turn_soc
        elapsed_s = now_s - self.leg_from_s
        if self.leg is None:
            soc = self.leg_from + self.leg_rate * elapsed_s
        else:
            soc = self.leg.soc_at(self.leg_from + elapsed_s / SECONDS_PER_HOUR)
        if soc < self.soc:
            return self.soc
        return soc if soc < self.target else self.target

    def settle(self, now_s: float) -> float:
        """Bring the state of charge up to now and return the energy taken at the AC busbar [kWh]."""
        soc = self.soc_at(now_s)
        energy_kwh = (soc - self.soc) * self.kwh_per_soc
        self.soc = soc
        if self.extra_kw:
            until_s = now_s if now_s < self.end_s else self.end_s
            if until_s > self.settled_s:
                extra_kwh = self.extra_now_kw * (until_s - self.settled_s) / SECONDS_PER_HOUR
                self.settled_s = until_s
                self.extra_kwh += extra_kwh
                energy_kwh += extra_kwh
        return energy_kwh

    def settle_missed(self, now_s: float) -> float:
        """Return what the car would have charged more since last asked, were this throttled leg free [kWh].

        At the AC busbar; the reference is the car's own curve, as far as its cabinet allows, from where the
        leg began.
        """
        if self.curve is None:
            return 0.0
        elapsed_h = max(now_s - self.leg_from_s, 0.0) / SECONDS_PER_HOUR
        free_soc = min(self.target, self.curve.soc_at(self.free_from_h + elapsed_h))
        before_kwh = self.missed_kwh
        self.missed_kwh = max(0.0, free_soc - self.soc_at(now_s)) * self.kwh_per_soc
        return self.missed_kwh - before_kwh

    def need_kw(self, now_s: float, until_s: float) -> float:
        """Return the highest power at the AC busbar that the car would draw from now to a time [kW]."""
        from_s = now_s if now_s > self.ready_s else self.ready_s
        if self.ready_s >= until_s:
            return 0.0
        if self.curve is None:
            return self.extra_kw
        duration_s = max(until_s - from_s, 0.0)
        self.free_from_h = self.curve.time_at(self.soc)
        later = min(self.target, self.curve.soc_at(self.free_from_h + duration_s / SECONDS_PER_HOUR))
        charge_kw = self.curve.range_between(self.soc, max(later, self.soc))[1]
        return charge_kw / self.efficiency + self.extra_kw

    def bound_kw(self) -> float:
        """Return the highest power still to come at the AC busbar, its cabinet left out [kW]."""
        return self.own_curve.peak_from(self.soc) / self.efficiency + self.extra_kw
