"""Loads outside their usual range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from stationsim.errors import Problem

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

USUAL_LAMPS_W_PER_M2 = (1.0, 30.0)
"""Installed power of lamps indoors [W/m2]; from the best LED to the incandescent shops of 1990."""

USUAL_KWH_PER_MEAL = (0.15, 2.0)
"""Electricity of all of the kitchen for each meal [kWh]; 0.3 to 1.0 are usual, snacks take less."""

MOST_LIT_SHARE = 1.5
"""Lit floor over the building's from which one of them is likely a slip."""

MOST_INDEX = 100.0
"""Energy efficiency index that no cabinet sold since March 2021 exceeds [%]; Regulation (EU) 2019/2024."""

HOURS_PER_DAY = 24.0


def load_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for every load outside its usual range."""
    yield from _lamps(scenario)
    yield from _kitchen(scenario)
    yield from _cabinets(scenario)
    yield from _warm_water(scenario)
    yield from _unused_dish_water(scenario)


def _lamps(scenario: Scenario) -> Iterator[Problem]:
    low, high = USUAL_LAMPS_W_PER_M2
    zones = scenario.loads.lighting.zones
    for number, zone in enumerate(zones):
        density = zone.power_density_w_per_m2
        if density and not low <= density <= high:
            yield Problem(
                f"{density:g} is unusual, {low:g} to {high:g} W/m2 are usual",
                path=f"loads.lighting.zones[{number}].power_density_w_per_m2",
                hint="is it the power of all lamps, or per square foot?",
                code="W241",
            )
    lit_m2, floor_m2 = sum(zone.floor_area_m2 for zone in zones), scenario.building.floor_area_m2
    if lit_m2 > MOST_LIT_SHARE * floor_m2:
        yield Problem(
            f"{lit_m2:g} m2 are lit in a building of {floor_m2:g} m2",
            path="loads.lighting.zones",
            hint="check floor_area_m2 of the lamps and of the building",
            code="W242",
        )


def _per_visitor(scenario: Scenario, by_hour: tuple[float, ...]) -> float:
    """Return what a share of visitors by civil hour is for the visitors of a usual weekday."""
    return float(np.dot(by_hour, scenario.traffic.hourly_shape_weekday))


def _kitchen(scenario: Scenario) -> Iterator[Problem]:
    kitchen, traffic = scenario.loads.catering, scenario.traffic
    visitors = (traffic.entering_per_day or 0.0) * traffic.mean_people_per_vehicle
    meals = {meal: _per_visitor(scenario, meal.per_visitor_by_hour) for meal in kitchen.meals}
    count = sum(meals.values()) * visitors
    if count < 1:
        return
    cooked_kwh = visitors * sum(
        share * (meal.cooking_kwh + meal.dish_washing_kwh) for meal, share in meals.items()
    )
    standing_kw = kitchen.standby_kw + kitchen.hoods_kw + kitchen.cold_rooms_kw
    each_kwh = (cooked_kwh + HOURS_PER_DAY * standing_kw) / count
    low, high = USUAL_KWH_PER_MEAL
    if not low <= each_kwh <= high:
        yield Problem(
            f"a meal takes {each_kwh:.3g} kWh with all of the kitchen, usual are {low:g} to {high:g}",
            path="loads.catering",
            hint="a kitchen is sized for its meals; check standby_kw, hoods_kw and the meals of a visitor",
            code="W243",
        )


def _cabinets(scenario: Scenario) -> Iterator[Problem]:
    shops = scenario.loads.shops
    for number, cabinets in enumerate(shops.cabinets if shops else ()):
        if cabinets.efficiency_index > MOST_INDEX:
            yield Problem(
                f"{cabinets.efficiency_index:g} is more than cabinets sold since 2021 have, {MOST_INDEX:g}",
                path=f"loads.shops.cabinets[{number}].efficiency_index",
                hint="right for old cabinets only",
                code="W244",
            )


def _warm_water(scenario: Scenario) -> Iterator[Problem]:
    plant, water = scenario.loads.hot_water, scenario.water
    if plant is None:
        return
    dishes = sum(
        _per_visitor(scenario, meal.per_visitor_by_hour) * meal.hot_water_litres
        for meal in scenario.loads.catering.meals
    )
    meals = sum(_per_visitor(scenario, meal.per_visitor_by_hour) for meal in scenario.loads.catering.meals)
    uses = water.uses
    warm = plant.tap_litres_per_visitor + dishes
    potable = uses.taps_l_per_visitor + uses.drinking_l_per_visitor + uses.kitchen_l_per_meal * meals
    if warm > potable:
        yield Problem(
            f"visitors use {warm:.2g} L of warm water each, of {potable:.2g} L of drinking water in all",
            path="loads.hot_water.tap_litres_per_visitor",
            hint="warm water is part of what taps, drinking and kitchen take in water.uses",
            code="W245",
        )


def _unused_dish_water(scenario: Scenario) -> Iterator[Problem]:
    if scenario.loads.hot_water is not None:
        return
    for number, meal in enumerate(scenario.loads.catering.meals):
        if "hot_water_litres" in meal.model_fields_set and meal.hot_water_litres > 0:
            yield Problem(
                "has no effect without loads.hot_water, which heats it",
                path=f"loads.catering.meals[{number}].hot_water_litres",
                code="W212",
            )
