"""What the charging plaza of a scenario may say but rarely means, with a warning each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from stationsim.errors import Problem
from stationsim.models.charging import (
    DEFAULT_VOLTAGE_CLASS,
    SOC_BINS,
    ChargingSpec,
    FailureSpec,
    PostGroup,
    SocSpread,
)

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

SESSION_KWH = 23.8
"""Mean energy of a public charging session in China [kWh]; the default target of charge follows it."""

HOURS_PER_DAY = 24.0
MINUTES_PER_HOUR = 60.0

LEAST_DC_KW = 20.0
"""Power that even the smallest DC posts give [kW]."""

LEAST_AVAILABILITY = 0.5
"""Share of time that a post works below which the times of its failures are likely swapped [-]."""

NEARLY_FULL = 0.95
"""State of charge up to which the usual charging time is told [-]; beyond it cars take hardly anything."""


def charging_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for everything about the charging plaza that is outside its usual range.

    Parameters
    ----------
    scenario
        A valid scenario.
    """
    charging = scenario.charging
    if charging is None:
        return
    yield from _shared_power(scenario, charging)
    yield from _crowded_posts(scenario, charging)
    yield from _blocked_posts(charging)
    yield from _held_posts(charging)
    yield from _failing_posts(charging)
    yield from _weak_posts(charging)
    for key, reason in _without_effect(charging):
        yield Problem(f"has no effect: {reason}", path=f"charging.{key}", code="W212")


def charging_prices(scenario: Scenario) -> dict[str, float]:
    """Return the prices that drivers pay for energy, by the paths of their keys [currency/kWh]."""
    charging = scenario.charging
    if charging is None:
        return {}
    prices = {
        f"charging.groups[{number}].price_per_kwh": group.price_per_kwh
        for number, group in enumerate(charging.groups)
    }
    prices["charging.price_per_kwh"] = charging.price_per_kwh
    return {path: price for path, price in prices.items() if price is not None}


def _shared_power(scenario: Scenario, charging: ChargingSpec) -> Iterator[Problem]:
    if scenario.battery_units:
        return
    posts_kw = sum(group.most_kw / group.efficiency for group in charging.groups)
    limit_kw = scenario.grid.import_limit_kw
    if posts_kw > limit_kw:
        yield Problem(
            f"all posts together draw {posts_kw:.0f} kW, the grid gives {limit_kw:.0f} kW, without a battery",
            path="charging.groups",
            hint="power will be shared between the posts",
            code="W202",
        )


def _crowded_posts(scenario: Scenario, charging: ChargingSpec) -> Iterator[Problem]:
    traffic = scenario.traffic
    cars = (traffic.entering_per_day or 0.0) * traffic.charging_per_vehicle(scenario.period.start.year)
    sides = [("", cars), *((found.name, cars * found.share) for found in traffic.directions)]
    for side, wanting in sides:
        groups = [group for group in charging.groups if not side or group.side in (None, side)]
        served = sum(group.most_kw for group in groups) * HOURS_PER_DAY / _session_kwh(charging)
        if wanting > served:
            where = f" on side {side}" if side else ""
            yield Problem(
                f"{wanting:.0f} cars a day want to charge{where}, the posts serve {served:.0f} at full power "
                "all day",
                path="charging.groups",
                hint="most cars will drive on; check traffic.vehicles_per_day, ev_share and charging_share",
                code="W204",
            )
            return


def _blocked_posts(charging: ChargingSpec) -> Iterator[Problem]:
    linger = charging.linger
    if linger is None or charging.replay is not None:
        return
    stay = linger.mean_minutes
    if linger.idle_fee is not None:
        fee = linger.idle_fee
        stay += fee.moved_share * (min(stay, fee.grace_minutes) - stay)
    blocked, charged = linger.share * stay, _charging_minutes(charging)
    if blocked > charged:
        yield Problem(
            f"cars that stay block posts for {blocked:.3g} min a session in the mean, "
            f"charging takes about {charged:.3g} min",
            path="charging.linger",
            hint="check share and mean_minutes; an idle_fee moves cars",
            code="W210",
        )


def _held_posts(charging: ChargingSpec) -> Iterator[Problem]:
    booking, patience = charging.reservations, charging.patience_minutes
    if booking is not None and patience is not None and booking.share and booking.hold_minutes > patience:
        yield Problem(
            f"posts are held {booking.hold_minutes:g} min for a booking, drivers who see them empty wait "
            f"{patience:g} min in the mean",
            path="charging.reservations.hold_minutes",
            code="W211",
        )


def _failing_posts(charging: ChargingSpec) -> Iterator[Problem]:
    for number, group in enumerate(charging.groups):
        for place, failures in _failures(group):
            if failures.availability < LEAST_AVAILABILITY:
                yield Problem(
                    f"works {failures.availability:.0%} of the time",
                    path=f"charging.groups[{number}].{place}",
                    hint="are hours_between and repair_hours swapped?",
                    code="W213",
                )


def _weak_posts(charging: ChargingSpec) -> Iterator[Problem]:
    """Yield groups that cannot give what they promise."""
    for number, group in enumerate(charging.groups):
        path, cabinet = f"charging.groups[{number}]", group.cabinet
        weakest_kw = group.limit_kw(DEFAULT_VOLTAGE_CLASS)
        if weakest_kw < LEAST_DC_KW <= group.power_kw:
            yield Problem(
                f"leaves a car of {DEFAULT_VOLTAGE_CLASS:g} V {weakest_kw:.3g} kW of {group.power_kw:g} kW",
                path=f"{path}.max_current_a",
                hint="is the current that of the grid side?",
                code="W214",
            )
        if cabinet is not None and cabinet.modules < cabinet.posts:
            yield Problem(
                f"{cabinet.modules} modules for {cabinet.posts} posts: with all in use some stand still",
                path=f"{path}.cabinet.modules",
                code="W214",
            )
    weakest = min(charging.groups, key=lambda group: group.power_kw)
    if charging.minimum_kw > weakest.power_kw:
        yield Problem(
            f"is above the {weakest.power_kw:g} kW of group {weakest.name}",
            path="charging.minimum_kw",
            code="W214",
        )


def _failures(group: PostGroup) -> Iterator[tuple[str, FailureSpec]]:
    """Yield the failures of a group's posts and modules, each with its key."""
    if group.failures is not None:
        yield "failures", group.failures
    if group.cabinet is not None and group.cabinet.failures is not None:
        yield "cabinet.failures", group.cabinet.failures


def _without_effect(charging: ChargingSpec) -> Iterator[tuple[str, str]]:
    """Yield keys that nothing else in the scenario makes use of, each with the reason."""
    present: set[str] = {vehicle.vehicle_class for vehicle in charging.vehicles if vehicle.share > 0}
    for key in ("stop", "linger", "legal_break"):
        if charging.replay is not None and getattr(charging, key) is not None:
            yield key, "replayed cars charge and stay as measured"
    pause, first = charging.legal_break, charging.priority
    if pause is not None and charging.replay is None and not present & set(pause.classes):
        yield "legal_break", _nobody(pause.classes, present)
    if first is not None and not first.share and not present & set(first.classes):
        yield "priority", _nobody(first.classes, present)
    for number, group in enumerate(charging.groups):
        if not present & set(group.classes):
            yield f"groups[{number}].classes", _nobody(group.classes, present)
    if charging.reversing_seconds and not present & {"bus", "truck"}:
        yield "reversing_seconds", "no bus or truck comes"
    common = charging.price_per_kwh
    prices = {common if group.price_per_kwh is None else group.price_per_kwh for group in charging.groups}
    if charging.by_price_share and len(prices) == 1:
        yield "by_price_share", "all posts have one price"


def _nobody(classes: Sequence[str], present: set[str]) -> str:
    """Say that no vehicle of some classes comes."""
    if not classes:
        return "it names no classes"
    return f"no {' or '.join(classes)} comes, only {', '.join(sorted(present))}"


def _session_kwh(charging: ChargingSpec) -> float:
    return SESSION_KWH if charging.energy_wanted is None else charging.energy_wanted.mean_kwh


def _charging_minutes(charging: ChargingSpec) -> float:
    """Return the time of a usual session at the mean post, mean over the types of cars [min]."""
    from stationsim.traffic.evs import fleet_curves

    post_kw = sum(group.most_kw for group in charging.groups) / sum(group.posts for group in charging.groups)
    start = min(_mean_soc(charging.arrival_soc), NEARLY_FULL - charging.least_gain)
    shares = [vehicle.share for vehicle in charging.vehicles]
    hours = [
        curve.capped(post_kw).time_between(
            start, min(start + _session_kwh(charging) / curve.usable_kwh, NEARLY_FULL)
        )
        for curve in fleet_curves(charging)
    ]
    mean_h = sum(share * time for share, time in zip(shares, hours, strict=True)) / sum(shares)
    return mean_h * MINUTES_PER_HOUR


def _mean_soc(spread: SocSpread) -> float:
    """Return the mean of a spread of states of charge [-]."""
    if spread.histogram is None:
        return float(spread.mean or 0)
    return sum((place + 0.5) / SOC_BINS * share for place, share in enumerate(spread.histogram))
