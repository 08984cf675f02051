"""What a scenario may say of a battery's ageing but rarely means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stationsim.errors import Problem
from stationsim.models.ageing import blast, naumann

if TYPE_CHECKING:
    from stationsim.models.ageing import AgeingSpec
    from stationsim.scenario.schema import BatterySection, Scenario

ROUNDING = 1e-9

MOST_FULL_CYCLES_PER_DAY = 12.0
"""Most full cycles of a day that a battery of one hour can do, half of them being charged."""


def ageing_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for everything about ageing that is outside its usual range."""
    battery = scenario.battery
    if battery is None or battery.ageing is None:
        return
    for rule in (_outside_the_model, _worn_out, _past_of_its_own, _without_effect):
        yield from rule(battery, battery.ageing)


def _outside_the_model(battery: BatterySection, ageing: AgeingSpec) -> Iterator[Problem]:
    """Yield what the design alone puts outside the tests of the cells."""
    rate = battery.power_kw / battery.capacity_kwh
    window = battery.soc_maximum - battery.soc_minimum
    most = {"blast_lfp": blast.VALID_CHARGE_RATE, "naumann_lfp": naumann.VALID_RATE}.get(ageing.model)
    if most is not None and rate > most + ROUNDING:
        yield Problem(
            f"cells were tested up to {most:g}C, the battery's power is {rate:.3g}C",
            path="battery.ageing.model",
            hint="days of faster charging are counted after the run; a data sheet's table may fit better",
            code="W230",
        )
    if ageing.model == "blast_lfp" and window < blast.VALID_DEPTH - ROUNDING:
        yield Problem(
            f"cells were tested at depths of {blast.VALID_DEPTH:g} to 1, the window is {window:.3g} deep",
            path="battery.ageing.model",
            hint="shallower cycles are taken as if their wear went on in a straight line of depth",
            code="W230",
        )


def _worn_out(_: BatterySection, ageing: AgeingSpec) -> Iterator[Problem]:
    left = ageing.initial.health.share
    if ageing.model != "none" and left <= ageing.end_of_life_share:
        yield Problem(
            f"{left:.3g} of the capacity is left at the start, its life ends at {ageing.end_of_life_share:g}",
            path="battery.ageing.initial",
            hint="leave initial out for a new battery",
            code="W231",
        )


def _past_of_its_own(battery: BatterySection, ageing: AgeingSpec) -> Iterator[Problem]:
    """Yield a past that no battery has: wear without use, use without time."""
    initial = ageing.initial
    if initial.calendar_loss + initial.cycle_loss > 0 and initial.age_days == 0:
        yield Problem(
            "capacity is lost and the age is 0 days",
            path="battery.ageing.initial",
            hint="give age_days too; warranty and SAM's calendar law go by it",
            code="W232",
        )
        return
    per_day = initial.discharged_kwh / battery.capacity_kwh / max(initial.age_days, 1.0)
    if per_day > MOST_FULL_CYCLES_PER_DAY:
        yield Problem(
            f"discharged_kwh is {per_day:.3g} full cycles for each day of its age",
            path="battery.ageing.initial.discharged_kwh",
            hint="is it in another unit than kWh, or age_days in another than days?",
            code="W232",
        )


def _without_effect(_: BatterySection, ageing: AgeingSpec) -> Iterator[Problem]:
    if ageing.model != "none":
        return
    if ageing.replace:
        yield _idle("battery.ageing.replace")
    if ageing.replacement_cost_per_kwh is not None:
        yield _idle("battery.ageing.replacement_cost_per_kwh")


def _idle(path: str) -> Problem:
    rule = f"{path.rpartition('.')[2]} has no effect, since the battery does not age"
    return Problem(rule, path=path, hint="name a model, such as blast_lfp", code="W212")
