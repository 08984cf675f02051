"""Water and greens outside their usual range, with a warning each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stationsim.errors import Problem

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

USUAL_TREATMENT_KWH_PER_M3 = (0.2, 2.0)
"""Electricity of small treatment plants [kWh/m3]; 0.3 to 0.8 are usual, membranes take up to 2."""

LEAST_TANK_H = 1.0
"""Wastewater of a mean hour that an equalisation tank holds at the least [h]; 6 to 12 are built."""

MOST_UPTAKE_T_PER_HA = 20.0
"""CO2 of a hectare of greens that is doubtful [t/a]; crowns of city trees take up 10.6 (IPCC 2006)."""

HOURS_PER_DAY = 24.0
LITRES_PER_M3 = 1000.0


def water_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for every part of water and greens that is unusual."""
    yield from _treatment_energy(scenario)
    yield from _treatment_size(scenario)
    yield from _greens(scenario)


def _treatment_energy(scenario: Scenario) -> Iterator[Problem]:
    plant = scenario.water.treatment
    kwh = plant.kwh_per_m3 + plant.standing_kwh_per_m3
    low, high = USUAL_TREATMENT_KWH_PER_M3
    if plant.capacity_m3_h > 0 and not low <= kwh <= high:
        yield Problem(
            f"treatment takes {kwh:.3g} kWh/m3 at full flow, usual are {low:g} to {high:g}",
            path="water.treatment.kwh_per_m3",
            code="W231",
        )


def _visitors_m3_per_day(scenario: Scenario) -> float:
    """Return the wastewater of visitors on an ordinary day, kitchens left out [m3/d]."""
    traffic, uses = scenario.traffic, scenario.water.uses
    litres = uses.fittings_factor * (
        uses.toilets_l_per_visitor * uses.toilets_to_sewer + uses.taps_l_per_visitor * uses.taps_to_sewer
    )
    entering = traffic.entering_per_day or 0.0
    return entering * traffic.mean_people_per_vehicle * litres / LITRES_PER_M3


def _treatment_size(scenario: Scenario) -> Iterator[Problem]:
    water = scenario.water
    capacity_m3_h = water.treatment.capacity_m3_h
    daily_m3 = _visitors_m3_per_day(scenario)
    if capacity_m3_h * HOURS_PER_DAY < daily_m3:
        yield Problem(
            f"visitors make {daily_m3:.0f} m3 of wastewater a day, the plant treats "
            f"{capacity_m3_h * HOURS_PER_DAY:.0f}",
            path="water.treatment.capacity_m3_h",
            hint="the rest spills untreated",
            code="W232",
        )
    volume_m3 = water.equalisation_tank.volume_m3
    if capacity_m3_h > 0 and volume_m3 < daily_m3 / HOURS_PER_DAY * LEAST_TANK_H:
        yield Problem(
            f"the tank of {volume_m3:g} m3 holds less than the wastewater of a mean hour, "
            f"{daily_m3 / HOURS_PER_DAY:.1f} m3",
            path="water.equalisation_tank.volume_m3",
            hint="6 to 12 hours are usual; busy hours will spill",
            code="W233",
        )


def _greens(scenario: Scenario) -> Iterator[Problem]:
    carbon = scenario.carbon
    if carbon.forest_area_ha > 0 and carbon.forest_rate_t_per_ha_year > MOST_UPTAKE_T_PER_HA:
        yield Problem(
            f"{carbon.forest_rate_t_per_ha_year:g} t of CO2 a hectare and year are doubtful, city trees with "
            "full crowns take up some 10",
            path="carbon.forest_rate_t_per_ha_year",
            code="W234",
        )
