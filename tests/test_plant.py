"""The devices of a site as numbers, and the most that those which can wait ever draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from stationsim.control.planner import Plan
from stationsim.kernel.building import AIR, MASS
from stationsim.models.hvac import electric_factor, heating_cop, pump_capacity_kw
from stationsim.plant import (
    NO_BATTERY,
    initial_state_of,
    most_of_a_vehicle_kw,
    most_of_all_posts_kw,
    most_shed_kw,
    plant_of,
)
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from stationsim.world import build_world
from tests.random_scenarios import building, scenarios, station
from tests.test_simulation import RANDOM, Script, plans
from tests.tolerances import ROUNDING_KW

SHED = ["cooling_kw", "heating_kw", "water_kw"]


@RANDOM
@given(scenario=scenarios(), plan=plans)
def test_no_plan_makes_the_shed_loads_draw_more_than_their_bound(scenario: Scenario, plan: Plan) -> None:
    plant = plant_of(scenario, build_world(scenario, base=Path()))
    steps = simulate(scenario, planner=Script([plan])).steps
    assert steps[SHED].sum(axis=1).max() <= most_shed_kw(plant)
    posts = sum(group.posts for group in plant.plaza.groups)
    rated_kw = min(most_of_all_posts_kw(plant.plaza), posts * most_of_a_vehicle_kw(plant.plaza))
    assert steps["charging_kw"].max() <= rated_kw + ROUNDING_KW


def test_the_bound_is_the_sum_of_ratings() -> None:
    """4 units of 5 kW, 60 kW of heat, 5 m3/h at 0.45 kWh/m3; a vehicle draws 120 kW / 0.95."""
    scenario = station()
    world = build_world(scenario, base=Path())
    plant = plant_of(scenario, world)
    cooling_kw = 4 * 5 * electric_factor(world.temp_air).max()
    heating = scenario.building.zones[0].heating
    assert heating is not None
    heating_kw = (
        pump_capacity_kw(heating, world.temp_air) / heating_cop(world.temp_air, supply_temp_degc=45.0)
    ).max()
    assert most_shed_kw(plant) == pytest.approx(cooling_kw + heating_kw + 2.25)
    assert most_of_a_vehicle_kw(plant.plaza) == 120 / 0.95


def test_who_looks_at_the_price_knows_that_of_the_plaza() -> None:
    """A group without a price has the plaza's, 1.2; it is not free."""
    groups = [
        {"name": "plain", "posts": 3, "power_kw": 120},
        {"name": "cheap", "posts": 3, "power_kw": 120, "price_per_kwh": 1.0},
    ]
    scenario = station(charging={"groups": groups, "price_per_kwh": 1.2, "by_price_share": 1.0})
    sessions = simulate(scenario).sessions
    first = sessions.sort_values("start").iloc[0]
    assert first["group"] == "cheap"


def test_a_station_of_little_has_devices_of_nothing() -> None:
    scenario = station(battery=None, charging=None, building=building())
    world = build_world(scenario, base=Path())
    plant = plant_of(scenario, world)
    state = initial_state_of(scenario, plant, world)
    assert plant.units == (NO_BATTERY,)
    assert most_of_all_posts_kw(plant.plaza) == 0
    assert plant.building[0].units == 0
    assert state.store[0] == 0
    assert state.building[0][AIR] == world.temp_air[0]


@pytest.mark.parametrize(("day", "indoor"), [("2025-01-10", 20.0), ("2025-07-20", None)])
def test_the_building_starts_as_warm_as_outdoors_within_its_set_points(
    day: str, indoor: float | None
) -> None:
    scenario = station(period={"start": day, "end": day})
    world = build_world(scenario, base=Path())
    state = initial_state_of(scenario, plant_of(scenario, world), world)
    expected = min(max(world.temp_air[0], 20.0), 26.0) if indoor is None else indoor
    assert state.building[0][AIR] == state.building[0][MASS] == expected
