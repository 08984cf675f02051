"""A car at a post: how far its charge has come, in closed form between events."""

from __future__ import annotations

import math

from stationsim.models.vehicles import ChargeCurve

SECONDS_PER_HOUR = 3600
IDLE_KW = 1e-6
"""Power limit at or below which a session stands still [kW]; a milliwatt charges nobody."""
BOUND_UNITS_PER_KW = 1_000_000
"""Bounds on power are kept as whole milliwatts: sums of integers given back in any order leave no drift."""


class Session:
    """One car at one post.

    Between two events a session follows a leg: either a curve from a known time on it, or, under a limit that
    the car could take throughout, constant power.

    Parameters
    ----------
    car, group, post
        Number of the car, of its group of posts, and of the post within it.
    curve
        Power the car takes at this post when nothing else limits it.
    efficiency
        Energy into the car per energy from the AC busbar [-].
    soc, target
        State of charge on arrival and the one to leave with [-].
    extra_kw
        Power at the AC busbar beside charging, as long as the car is there [kW].
    now_s
        When it plugs in [s].
    """

    __slots__ = (
        "bound_units",
        "car",
        "curve",
        "efficiency",
        "end_s",
        "extra_kw",
        "extra_kwh",
        "extra_now_kw",
        "free_from_h",
        "group",
        "kwh_per_soc",
        "leg",
        "leg_from",
        "leg_from_s",
        "leg_rate",
        "post",
        "settled_s",
        "soc",
        "target",
        "throttled",
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
        now_s: float = 0.0,
    ) -> None:
        self.car = car
        self.group = group
        self.post = post
        self.curve = curve
        self.efficiency = efficiency
        self.soc = soc
        self.target = target
        self.kwh_per_soc = curve.usable_kwh / efficiency
        self.extra_kw = self.extra_now_kw = extra_kw
        self.extra_kwh = 0.0
        self.settled_s = now_s
        self.bound_units = math.ceil((curve.peak_from(soc) / efficiency + extra_kw) * BOUND_UNITS_PER_KW)
        self.version = 0
        self.throttled = False

    def charge_freely(self, now_s: float) -> None:
        """Follow the car's own curve from now on."""
        self.leg: ChargeCurve | None = self.curve
        self._follow(self.curve, now_s)
        self.throttled = False
        self.extra_now_kw = self.extra_kw

    def throttle(self, limit_kw: float, *, now_s: float, until_s: float) -> None:
        """Stay below a power at the AC busbar [kW] from now on; valid until ``until_s``, after `need_kw`.

        A limit the car could take all that time is a leg of constant power; one that its curve undercuts on
        the way is a curve of its own. What is drawn beside charging comes first.
        """
        self.throttled = True
        self.extra_now_kw = min(self.extra_kw, limit_kw)
        limit_kw = (limit_kw - self.extra_now_kw) * self.efficiency
        if limit_kw <= IDLE_KW:
            self._hold(0.0, now_s)
            return
        rate = limit_kw / self.curve.usable_kwh / SECONDS_PER_HOUR
        reach = min(self.target, self.soc + rate * (until_s - now_s))
        if self.curve.range_between(self.soc, reach)[0] >= limit_kw:
            self._hold(rate, now_s)
        else:
            self._follow(self.curve.capped(limit_kw), now_s)

    def _follow(self, curve: ChargeCurve, now_s: float) -> None:
        self.version += 1
        self.leg = curve
        self.leg_from_s = now_s
        self.leg_from = curve.time_at(self.soc)
        left_h = curve.time_at(self.target) - self.leg_from
        self.end_s = now_s + max(0.0, left_h) * SECONDS_PER_HOUR

    def _hold(self, rate: float, now_s: float) -> None:
        """Gain ``rate`` of state of charge a second."""
        self.version += 1
        self.leg = None
        self.leg_from_s = now_s
        self.leg_from = self.soc
        self.leg_rate = rate
        left = self.target - self.soc
        self.end_s = now_s + left / rate if rate else (now_s if left <= 0 else math.inf)

    def soc_at(self, now_s: float) -> float:
        """Return the state of charge at a time of the present leg [-]."""
        if now_s >= self.end_s:
            return self.target
        elapsed_s = now_s - self.leg_from_s
        if self.leg is None:
            soc = self.leg_from + self.leg_rate * elapsed_s
        else:
            soc = self.leg.soc_at(self.leg_from + elapsed_s / SECONDS_PER_HOUR)
        return min(max(soc, self.soc), self.target)

    def settle(self, now_s: float) -> float:
        """Bring the state of charge up to now and return the energy taken at the AC busbar [kWh]."""
        soc = self.soc_at(now_s)
        energy_kwh = (soc - self.soc) * self.kwh_per_soc
        self.soc = soc
        if self.extra_kw:
            energy_kwh += self._settle_extra(min(now_s, self.end_s))
        return energy_kwh

    def _settle_extra(self, until_s: float) -> float:
        """Book what was drawn beside charging up to a time and return it [kWh]."""
        energy_kwh = self.extra_now_kw * (until_s - self.settled_s) / SECONDS_PER_HOUR
        self.settled_s = until_s
        self.extra_kwh += energy_kwh
        return energy_kwh

    def missed_kwh(self, now_s: float) -> float:
        """Return what the car would have charged more, had this throttled leg been free [kWh].

        At the AC busbar; the reference is the car's own curve from where the leg began.
        """
        elapsed_h = (now_s - self.leg_from_s) / SECONDS_PER_HOUR
        free_soc = min(self.target, self.curve.soc_at(self.free_from_h + elapsed_h))
        return max(0.0, free_soc - self.soc_at(now_s)) * self.kwh_per_soc

    def need_kw(self, duration_s: float) -> float:
        """Return the highest power at the AC busbar that the car would draw in a time from now [kW]."""
        self.free_from_h = self.curve.time_at(self.soc)
        later = min(self.target, self.curve.soc_at(self.free_from_h + duration_s / SECONDS_PER_HOUR))
        charge_kw = self.curve.range_between(self.soc, max(later, self.soc))[1]
        return charge_kw / self.efficiency + self.extra_kw

    def bound_kw(self) -> float:
        """Return the highest power still to come at the AC busbar [kW]."""
        return self.curve.peak_from(self.soc) / self.efficiency + self.extra_kw
