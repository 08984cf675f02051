"""Loads that are rarely meant, and zones that the building does not have."""

from __future__ import annotations

from typing import Any

import pytest

from stationsim.errors import ScenarioError
from stationsim.scenario import Scenario
from stationsim.scenario.building import BuildingSpec
from stationsim.scenario.codes import CODES
from stationsim.scenario.heat import check_zones, zones_of_loads
from stationsim.scenario.plausible_loads import load_warnings
from tests.random_scenarios import HOT_WATER, LIGHTING, SHOPS, ZONE, content, every_load, loads, station

MEAL = {"name": "hot_meal"}
MANY_EAT = {"name": "hot_meal", "per_visitor_by_hour": [0.5] * 24, "hot_water_litres": 5}


def warned(**changed: Any) -> list[tuple[str, str]]:
    """Return path and code of what is warned of."""
    return [(problem.path, problem.code) for problem in load_warnings(station(loads=loads(**changed)))]


def test_usual_loads_are_not_warned_of() -> None:
    assert [*load_warnings(station(loads=every_load()))] == []


@pytest.mark.parametrize("density", [0.2, 90.0])
def test_lamps_of_another_unit(density: float) -> None:
    zone = LIGHTING["zones"][0] | {"power_density_w_per_m2": density}
    path = "loads.lighting.zones[0].power_density_w_per_m2"
    assert warned(lighting={"zones": [zone]}) == [(path, "W241")]


def test_no_lamps_at_all_may_be_meant() -> None:
    zone = LIGHTING["zones"][0] | {"power_density_w_per_m2": 0}
    assert warned(lighting={"zones": [zone]}) == []


def test_more_floor_lit_than_built() -> None:
    assert warned(lighting={"zones": LIGHTING["zones"] * 2}) == [("loads.lighting.zones", "W242")]


@pytest.mark.parametrize(
    "kitchen",
    [
        {"standby_kw": 60},
        {"standby_kw": 0, "meals": [MEAL | {"cooking_kwh": 0.01}]},
        {"standby_kw": 0, "meals": [MEAL | {"cooking_kwh": 90}]},
    ],
)
def test_kitchens_too_large_or_too_small_for_their_meals(kitchen: dict[str, Any]) -> None:
    assert warned(catering=kitchen) == [("loads.catering", "W243")]


def test_a_kitchen_without_meals_is_not_judged() -> None:
    assert warned(catering={"standby_kw": 60, "meals": []}) == []


def test_cabinets_that_nobody_may_sell() -> None:
    old = SHOPS["cabinets"][0] | {"efficiency_index": 140}
    path = "loads.shops.cabinets[1].efficiency_index"
    assert warned(shops={"cabinets": [SHOPS["cabinets"][1], old]}) == [(path, "W244")]


def test_more_warm_water_than_drinking_water() -> None:
    path = "loads.hot_water.tap_litres_per_visitor"
    assert warned(hot_water=HOT_WATER | {"tap_litres_per_visitor": 3}) == [(path, "W245")]
    busy = {"standby_kw": 2, "meals": [MANY_EAT | {"hot_water_litres": 30}]}
    assert warned(hot_water=HOT_WATER, catering=busy) == [(path, "W245")]


def test_dish_water_that_nothing_heats() -> None:
    kitchen = {"standby_kw": 2, "meals": [MEAL | {"hot_water_litres": 3}]}
    path = "loads.catering.meals[0].hot_water_litres"
    assert warned(catering=kitchen) == [(path, "W212")]
    assert warned(catering={"standby_kw": 2, "meals": [MEAL | {"hot_water_litres": 0}]}) == []


def test_every_code_is_explained() -> None:
    assert {"W241", "W242", "W243", "W244", "W245"} <= set(CODES)


# --- zones ------------------------------------------------------------------------------------------


def test_loads_name_the_zones_they_warm() -> None:
    assert zones_of_loads(station(loads=every_load()).loads) == {
        "loads.lighting.zones[0].name": "hall",
        "loads.catering.zone": "hall",
        "loads.washrooms.zone": "hall",
        "loads.shops.zone": "hall",
        "loads.emergency.zone": "hall",
    }


def building(*names: str) -> BuildingSpec:
    return BuildingSpec.model_validate({"zones": [{**ZONE, "name": name} for name in names]})


def test_a_zone_that_the_building_has_not_is_told_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"loads\.catering is in 'hal'; .* write loads\.catering\.zone: hall"
    ):
        check_zones(
            station(loads=loads(catering={"zone": "hal", "standby_kw": 1})).loads, building("hall", "shop")
        )


def test_where_no_zone_is_near_all_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"name is in 'hall', loads\.catering is in 'hall'; building\.zones are aa, bb"
    ):
        check_zones(station(loads=loads()).loads, building("aa", "bb"))


def test_in_a_building_of_one_zone_all_loads_are_there() -> None:
    check_zones(station(loads=every_load()).loads, building("anywhere"))


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "path", "words"),
    [
        ({"lighting": {"zones": [{"name": "hall"}]}}, "loads.lighting.zones[0].floor_area_m2", "missing"),
        (
            {"lighting": {"zones": [{"name": "hall", "floor_area_m2": 10, "kind": "restaurnt"}]}},
            "loads.lighting.zones[0].kind",
            "did you mean restaurant?",
        ),
        (
            {"lighting": {"outdoor": [{"name": "parking"}]}},
            "loads.lighting.outdoor[0]",
            "must have either area_m2 or power_kw",
        ),
        (
            {"lighting": {"outdoor": [{"name": "parking", "power_kw": 2, "dim_form": "23:00"}]}},
            "loads.lighting.outdoor[0].dim_form",
            "did you mean dim_from?",
        ),
        ({"catering": {"standby_kw": 2, "kwh_per_meal": 1}}, "loads.catering.kwh_per_meal", "unknown key"),
        (
            {"catering": {"standby_kw": 2, "meals": [MEAL | {"per_visitor_by_hour": [0.1] * 23}]}},
            "loads.catering.meals[0].per_visitor_by_hour",
            "24",
        ),
        (
            {"shops": {"cabinets": [{"kind": "vertical_chilled", "volume_litres": 9}]}},
            "loads.shops.cabinets[0]",
            "must have display_m2 and no volume_litres",
        ),
        (
            {"shops": {"open_from": "08:00", "open_to": "08:00"}},
            "loads.shops",
            "open_to must differ from open_from",
        ),
        ({"hot_water": {"tank_litres": 500}}, "loads.hot_water.heat_pump_kw", "missing"),
        (
            {"hot_water": HOT_WATER | {"tank_temp_degc": 45}},
            "loads.hot_water",
            "tank_temp_degc must be at least",
        ),
        ({"emergency": {"cameras": -3}}, "loads.emergency.cameras", "0"),
        ({"washrooms": {"dryer_share": 50}}, "loads.washrooms.dryer_share", "1"),
    ],
)
def test_wrong_loads_are_refused_with_their_place(changed: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(content(loads=loads(**changed)))
    found = [problem for problem in caught.value.problems if problem.path == path]
    assert found, [str(problem) for problem in caught.value.problems]
    assert words in str(found[0]), str(found[0])


def test_all_wrong_loads_are_told_at_once() -> None:
    changed = {"emergency": {"cameras": -3}, "washrooms": {"fixtures": 2.5}, "hot_water": {"tank_litres": 0}}
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(content(loads=loads(**changed)))
    assert {problem.path for problem in caught.value.problems} == {
        "loads.emergency.cameras",
        "loads.washrooms.fixtures",
        "loads.hot_water.tank_litres",
        "loads.hot_water.heat_pump_kw",
    }
