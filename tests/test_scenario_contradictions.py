"""Values that are possible alone and contradict others: each is refused, and told where and how to mend."""

from __future__ import annotations

from typing import Any

import pytest

from stationsim.errors import ScenarioError
from stationsim.scenario.plausibility import plausibility
from tests.random_scenarios import (
    COOLING,
    HOT_WATER,
    LIGHTING,
    WASHROOMS,
    ZONE,
    building,
    canopy,
    loads,
    station,
)

MEALS = {"zone": "hall", "standby_kw": 2, "meals": [{"name": "snack"}, {"name": "snack"}]}
SIGNS = [{"name": "sign", "power_kw": 1}, {"name": "sign", "power_kw": 2}]
REAR = {"height_m": 3, "width_m": 10, "pitch_m": 17}


def hot_water(**changes: Any) -> dict[str, Any]:
    return {"loads": loads(hot_water=HOT_WATER | changes)}


def rear(tilt_deg: float = 10, **changes: Any) -> dict[str, Any]:
    return {"solar": canopy(100, bifacial=REAR | changes, tilt_deg=tilt_deg)}


def shades(*shares: float) -> dict[str, Any]:
    surface = canopy(50)["surfaces"][0]
    return {
        "solar": {
            "surfaces": [
                surface | {"name": f"part{number}", "shades": {"roof": share}}
                for number, share in enumerate(shares)
            ]
        }
    }


def planted(year: int) -> dict[str, Any]:
    stand = {"species": "pine", "trees": 10, "planted_year": year}
    return {"carbon": {"grid_factor_t_per_mwh": 0.5, "stands": [stand]}}


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        ({"loads": loads(catering=MEALS)}, "meals must each have a name of its own, got snack"),
        (
            {"loads": loads(lighting=LIGHTING | {"outdoor": SIGNS})},
            "outdoor must each have a name of its own, got sign",
        ),
        (
            hot_water(cold_water_degc=[50] * 12),
            "cold_water_degc must be below tap_temp_degc 40 in every month, got 50",
        ),
        (hot_water(cold_water_degc=[10] * 11 + [40]), "cold_water_degc must be below tap_temp_degc"),
        (hot_water(heat_pump_kw=0, backup_kw=0), "heat_pump_kw or backup_kw above 0"),
        (
            {"building": building(None, {"capacity_kw": 0})},
            "heating must have capacity_kw or backup_kw above 0",
        ),
        (
            {"solar": canopy(100) | {"soiling": {"initial_percent": 20, "largest_percent": 10}}},
            "initial_percent must be at most largest_percent 10, got 20",
        ),
        ({"solar": canopy(100) | {"horizon": [[0, 5], [180, 3], [360, 9]]}}, "one height in the north"),
        (
            {"solar": canopy(100, horizon=[[0, 5], [360, 9]])},
            "one height in the north, 0 and 360 deg, got 5 and 9",
        ),
        (rear(pitch_m=9), "bifacial.pitch_m must be at least the 9.848 m"),
        (rear(tilt_deg=60, height_m=4), "bifacial.height_m must be at least 4.33 m"),
        (shades(0.6, 0.5), "shades.roof of all surfaces together at most 1, got 1.1"),
        (
            {"building": building(COOLING | {"lowest_set_point_degc": 27})},
            "lowest_set_point_degc must be at most every set point, 26, got 27",
        ),
        (
            {
                "building": building(
                    COOLING | {"lowest_set_point_degc": 26, "set_point_by_hour_degc": [26] * 23 + [24]}
                )
            },
            "at most every set point, 24, got 26",
        ),
        (planted(2026), "carbon.stands[0].planted_year must not be after period.end 2025-06-02, got 2026"),
    ],
)
def test_contradictions_are_refused(sections: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        station(**sections)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "sections",
    [
        hot_water(cold_water_degc=[39] * 12),
        hot_water(heat_pump_kw=0),
        {"building": building(None, {"capacity_kw": 0, "backup_kw": 5})},
        {"solar": canopy(100) | {"soiling": {"initial_percent": 10, "largest_percent": 10}}},
        {"solar": canopy(100) | {"horizon": [[0, 5], [180, 3], [360, 5]]}},
        rear(pitch_m=9.85),
        rear(tilt_deg=60, height_m=4.34),
        shades(0.6, 0.4),
        {"building": building(COOLING | {"lowest_set_point_degc": 26})},
        planted(2025),
    ],
)
def test_what_just_goes_is_taken(sections: dict[str, Any]) -> None:
    assert station(**sections)


def test_zones_that_the_only_zone_is_not_have_no_effect() -> None:
    lamps = LIGHTING | {"zones": [LIGHTING["zones"][0] | {"name": "hal"}]}
    scenario = station(
        loads=loads(lighting=lamps, washrooms=WASHROOMS | {"zone": "toilets"}, catering={"standby_kw": 2})
    )
    found = [(warning.path, warning.code) for warning in plausibility(scenario)]
    assert found == [("loads.lighting.zones[0].name", "W212"), ("loads.washrooms.zone", "W212")]
    rooms = LIGHTING | {"zones": [*LIGHTING["zones"], {"name": "toilets", "floor_area_m2": 20}]}
    assert plausibility(station(loads=loads(lighting=rooms))) == []
    two = [ZONE, ZONE | {"name": "toilets"}]
    with pytest.raises(ScenarioError, match="lighting"):
        station(building={"zones": two}, loads=loads(lighting=lamps))
