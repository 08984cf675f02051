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
    for number, (_, unit) in enumerate(scenario.battery_units):
        path = "battery" if scenario.battery is not None else f"batteries[{number}]"
        if unit.ageing is None:
            continue
        for rule in (_outside_the_model, _worn_out, _past_of_its_own, _without_effect):
            yield from rule(unit, unit.ageing, f"{path}.ageing")


def _outside_the_model(battery: BatterySection, ageing: AgeingSpec, path: str) -> Iterator[Problem]:
    """Yield what the design alone puts outside the tests of the cells."""
    rate = battery.power_kw / battery.capacity_kwh
    window = battery.soc_maximum - battery.soc_minimum
    most = {"blast_lfp": blast.VALID_CHARGE_RATE, "naumann_lfp": naumann.VALID_RATE}.get(ageing.model)
    if most is not None and rate > most + ROUNDING:
        yield Problem(
            f"cells were tested up to {most:g}C, the battery's power is {rate:.3g}C",
            path=f"{path}.model",
            hint="days of faster charging are counted after the run; a data sheet's table may fit better",
            code="W240",
        )
    if ageing.model == "blast_lfp" and window < blast.VALID_DEPTH - ROUNDING:
        yield Problem(
            f"cells were tested at depths of {blast.VALID_DEPTH:g} to 1, the window is {window:.3g} deep",
            path=f"{path}.model",
            hint="shallower cycles are taken as if their wear went on in a straight line of depth",
            code="W240",
        )


def _worn_out(_: BatterySection, ageing: AgeingSpec, path: str) -> Iterator[Problem]:
    left = ageing.initial.health.share
    if ageing.model != "none" and left <= ageing.end_of_life_share:
        yield Problem(
            f"{left:.3g} of the capacity is left at the start, its life ends at {ageing.end_of_life_share:g}",
            path=f"{path}.initial",
            hint="leave initial out for a new battery",
            code="W246",
        )


def _past_of_its_own(battery: BatterySection, ageing: AgeingSpec, path: str) -> Iterator[Problem]:
    """Yield a past that no battery has: wear without use, use without time."""
    initial = ageing.initial
    if initial.calendar_loss + initial.cycle_loss > 0 and initial.age_days == 0:
        yield Problem(
            "capacity is lost and the age is 0 days",
            path=f"{path}.initial",
            hint="give age_days too; warranty and SAM's calendar law go by it",
            code="W247",
        )
        return
    per_day = initial.discharged_kwh / battery.capacity_kwh / max(initial.age_days, 1.0)
    if per_day > MOST_FULL_CYCLES_PER_DAY:
        yield Problem(
            f"discharged_kwh is {per_day:.3g} full cycles for each day of its age",
            path=f"{path}.initial.discharged_kwh",
            hint="is it in another unit than kWh, or age_days in another than days?",
            code="W247",
        )


def _without_effect(_: BatterySection, ageing: AgeingSpec, path: str) -> Iterator[Problem]:
    if ageing.model != "none":
        return
    if ageing.replace:
        yield _idle(f"{path}.replace")
    if ageing.replacement_cost_per_kwh is not None:
        yield _idle(f"{path}.replacement_cost_per_kwh")


def _idle(path: str) -> Problem:
    rule = f"{path.rpartition('.')[2]} has no effect, since the battery does not age"
    return Problem(rule, path=path, hint="name a model, such as blast_lfp", code="W212")
