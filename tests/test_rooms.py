"""What acts on the zones: shares of people and kitchens, sun from where walls face, set points of the day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stationsim.scenario import Scenario
from stationsim.scenario.plausibility import plausibility
from stationsim.traffic.visitors import to_step
from stationsim.world import World, build_world
from tests.random_scenarios import COOLING, HEATING, ZONE, content, station

HALL = ZONE | {"people_share": 0.75}
RESTAURANT = ZONE | {"name": "restaurant", "floor_area_m2": 1200, "people_share": 0.25}


def made(zones: list[Any], **sections: Any) -> tuple[Scenario, World]:
    scenario = station(building={"zones": zones}, **sections)
    return scenario, build_world(scenario, base=Path())


def test_heat_goes_where_people_lights_and_kitchens_are() -> None:
    """Lamps and the kitchen are in the hall by their names; the remainder is everywhere."""
    _, world = made([HALL, RESTAURANT])
    present = to_step(world.visitors.occupancy, 15)
    indoor_kw = world.loads["lighting_kw"] - world.load_details["lighting_outdoor_kw"]
    other_kw = world.loads["other_kw"]
    hall = 75 * 0.75 * present + 1000 * (indoor_kw + world.loads["catering_kw"]) + 250 * other_kw
    restaurant = 75 * 0.25 * present + 750 * other_kw
    assert world.zones["hall"].internal_w == pytest.approx(hall)
    assert world.zones["restaurant"].internal_w == pytest.approx(restaurant)


def test_zones_of_like_rooms_split_a_station_without_loss() -> None:
    _, whole = made([ZONE | {"floor_area_m2": 1600}])
    _, parts = made([HALL, RESTAURANT])
    total = sum(parts.zones[name].internal_w for name in ("hall", "restaurant"))
    assert total == pytest.approx(whole.zones["hall"].internal_w)


def test_thin_air_carries_less_heat() -> None:
    """At 3,650 m the standard atmosphere has 64.5 kPa of 101.3."""
    site = content()["site"]
    low, high = (
        made([HALL, RESTAURANT], site=site | {"elevation_m": metres})[1].zones["hall"].ventilation_w_k
        for metres in (0.0, 3650.0)
    )
    assert high == pytest.approx(low * 64.5 / 101.325, rel=2e-3)


def test_fans_follow_people_on_their_own_grid() -> None:
    """At 1 and 5 min the flow is that of the same ten minutes."""
    usual = content()["simulation"]
    fans = ZONE | {"fresh_air_m3_h_person": 30}
    fine, coarse = (
        made([fans], simulation=usual | {"step_minutes": minutes})[1].zones["hall"].ventilation_w_k
        for minutes in (1, 5)
    )
    assert fine.reshape(-1, 10).std() > 0
    assert np.ptp(fine.reshape(-1, 10), axis=1).max() == 0
    assert fine[::5] == pytest.approx(coarse)
    assert coarse.min() > 1200 / 3600 * 0.5 * 1600


@pytest.mark.parametrize(("face", "first"), [("east", True), ("west", False)])
def test_the_sun_comes_from_where_windows_face(face: str, first: bool) -> None:
    windows = {"u_value_w_m2k": 0, "g_value": 1, f"area_{face}_m2": 100}
    plain = {"u_value_w_m2k": 0, "area_m2": 0}
    dark = ZONE | {"walls": {"u_value_w_m2k": 0}, "roof": plain, "windows": windows}
    _, world = made([dark])
    morning = world.clock.civil_hour < 12
    gain = world.zones["hall"].solar_w
    assert (gain[morning].sum() > gain[~morning].sum()) == first
    anywhere = {"azimuth_deg": 90 if first else 270, "area_m2": 100}
    named = dark | {"windows": {"u_value_w_m2k": 0, "g_value": 1, "faces": [anywhere]}}
    assert made([named])[1].zones["hall"].solar_w == pytest.approx(gain)


def test_set_points_know_weekends() -> None:
    """1 June 2025 is a Sunday."""
    heating = HEATING | {"weekend_set_point_by_hour_degc": [12] * 24}
    _, world = made([ZONE | {"heating": heating, "cooling": None}])
    drives = world.zones["hall"]
    assert drives.heating_degc.reshape(2, 96).tolist() == [[12.0] * 96, [20.0] * 96]
    assert np.isinf(drives.cooling_degc).all()


def codes(**sections: Any) -> list[str]:
    return [warning.code for warning in plausibility(station(**sections))]


def test_sizes_out_of_proportion_are_warned_of() -> None:
    assert codes(building={"zones": [ZONE | {"cooling": COOLING, "heating": HEATING}]}) == []
    assert codes(building={"zones": [ZONE | {"cooling": COOLING | {"unit_capacity_kw": 1500}}]}) == ["W238"]
    assert codes(building={"zones": [ZONE | {"heating": {"capacity_kw": 1}}]}) == ["W238"]


def test_pre_cooling_that_cannot_act_is_warned_of() -> None:
    rule = {"pre_cooling": {"lower_by_k": 2, "while_surplus": True}}
    assert codes(building={"zones": [ZONE]}, control=rule) == ["W212"]
    held = COOLING | {"lowest_set_point_degc": 26}
    assert codes(building={"zones": [ZONE | {"cooling": held}]}, control=rule) == ["W212"]
    assert codes(building={"zones": [ZONE | {"cooling": COOLING}]}, control=rule) == []
