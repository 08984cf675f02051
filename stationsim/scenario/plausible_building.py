"""What a building may be but rarely is, with a warning each: sizes of units, pre-cooling without effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stationsim.errors import Problem
from stationsim.scenario.heat import named_zones_of_loads

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

USUAL_COOLING_W_M2 = (30.0, 600.0)
"""Rated cooling per floor area [W/m2]; 100 to 300 is built, kitchens reach more, the rest is margin."""

USUAL_HEATING_W_M2 = (15.0, 500.0)
"""Rated heating, resistance included, per floor area [W/m2]; 50 to 200 is built, the rest is margin."""


def building_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for everything in the building that is outside its usual range."""
    yield from _sizes(scenario)
    yield from _idle_pre_cooling(scenario)
    yield from _idle_zones(scenario)


def _sizes(scenario: Scenario) -> Iterator[Problem]:
    for number, zone in enumerate(scenario.building.zones):
        sizes = {}
        if zone.cooling is not None and zone.cooling.units:
            kw = zone.cooling.units * zone.cooling.unit_capacity_kw
            sizes["cooling"] = (kw, USUAL_COOLING_W_M2)
        if zone.heating is not None and zone.heating.capacity_kw + zone.heating.backup_kw > 0:
            sizes["heating"] = (zone.heating.capacity_kw + zone.heating.backup_kw, USUAL_HEATING_W_M2)
        for what, (kw, (low, high)) in sizes.items():
            w_m2 = 1000 * kw / zone.floor_area_m2
            if not low <= w_m2 <= high:
                yield Problem(
                    f"{what} of zone {zone.name} is {w_m2:.3g} W/m2, usual are {low:g} to {high:g} W/m2",
                    path=f"building.zones[{number}].{what}",
                    hint="is the power that of one unit, in kW, and the area in m2?",
                    code="W238",
                )


def _idle_pre_cooling(scenario: Scenario) -> Iterator[Problem]:
    """Warn of pre-cooling that no zone may follow."""
    if scenario.control.pre_cooling is None:
        return
    cooled = [zone.cooling for zone in scenario.building.zones if zone.cooling is not None]
    if not cooled:
        why = "no zone has cooling"
    elif all(
        spec.lowest_set_point_degc is not None
        and spec.lowest_set_point_degc >= max(*spec.weekday_degc, *spec.weekend_degc)
        for spec in cooled
    ):
        why = "no zone has a set point above its lowest_set_point_degc"
    else:
        return
    yield Problem(f"the key has no effect: {why}", path="control.pre_cooling", code="W212")


def _idle_zones(scenario: Scenario) -> Iterator[Problem]:
    """Warn of loads in zones that a building of one zone does not have; all are in the one.

    Lamps may be told apart by rooms that the zone holds, as long as some bear its own name.
    """
    zones = scenario.building.zones
    if len(zones) > 1:
        return
    only = zones[0].name
    rooms = any(lamps.name == only for lamps in scenario.loads.lighting.zones)
    for path, name in named_zones_of_loads(scenario.loads).items():
        if name == only or (rooms and path.startswith("loads.lighting.")):
            continue
        yield Problem(
            f"the building has no zone {name}, and all heat goes to its one, {only}",
            path=path,
            hint=f"write {only}, or describe {name} in building.zones",
            code="W212",
        )
