"""The building section: zones, their shares and hours, and what is refused, each at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stationsim.errors import ScenarioError
from stationsim.scenario import Scenario
from stationsim.scenario.load import load_scenario
from tests.random_scenarios import COOLING, HEATING, ZONE, station

TEXT = (Path(__file__).parent / "bad_input" / "station.yaml").read_text(encoding="utf-8")
START, END = TEXT.index("building:\n"), TEXT.index("loads:\n")
FIRST_LINE = TEXT[:START].count("\n") + 1
"""Line of ``building:`` in the file."""

BODY = """\
      floor_area_m2: 400
      height_m: 4
      walls: {u_value_w_m2k: 0.5, area_m2: 300}
      roof: {u_value_w_m2k: 0.45, area_m2: 400}
      floor: {u_value_w_m2k: 0.5, area_m2: 400}
      windows: {u_value_w_m2k: 2.4, g_value: 0.4}
      air_change_per_h: 0.5
"""
LINES = BODY.count("\n") + 1


def with_zones(folder: Path, *zones: str) -> Path:
    """Write the small station with zones that begin as told."""
    path = folder / "station.yaml"
    listed = "".join(f"    - {zone}\n{BODY}" for zone in zones)
    path.write_text(f"{TEXT[:START]}building:\n  zones:\n{listed}{TEXT[END:]}", encoding="utf-8")
    return path


def problems(path: Path) -> Any:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, model=Scenario)
    return caught.value.problems


def test_zones_without_shares_share_by_floor_area() -> None:
    zones = [ZONE, ZONE | {"name": "shop", "floor_area_m2": 1200}]
    building = station(building={"zones": zones}).building
    assert building.floor_area_m2 == 1600
    assert building.floor_shares == building.people_shares == (0.25, 0.75)


def test_shares_that_are_given_hold() -> None:
    zones = [ZONE | {"people_share": 0.9}, ZONE | {"name": "shop", "people_share": 0.1}]
    building = station(building={"zones": zones}).building
    assert building.people_shares == (0.9, 0.1)


@pytest.mark.parametrize(
    ("zones", "line", "says"),
    [
        (["name: hall", "name: hall"], 0, "a name of its own, got hall more than once"),
        (["name: zone"], 2, "must not be one of zone"),
        (["name: per_day"], 2, "must not end in per_day"),
        (["name: a\n      people_share: 0.7", "name: b\n      people_share: 0.2"], 0, "add up to 1, got 0.9"),
        (["name: a\n      people_share: 1", "name: b"], 0, "all have people_share, or none; missing in b"),
        (
            ["name: a\n      open_from: '08:00'\n      open_to: '08:00'"],
            2,
            "open_from and open_to must differ",
        ),
        (
            ["name: a\n      comfort_low_degc: 28\n      comfort_high_degc: 18"],
            2,
            "comfort_low_degc must be below comfort_high_degc, got 28 and 18",
        ),
        (
            [
                "name: a\n      heating: {capacity_kw: 9, set_point_degc: 26}\n"
                "      cooling: {units: 1, unit_capacity_kw: 9}"
            ],
            2,
            "heating.set_point_degc below cooling.set_point_degc at every hour, got 26 and 26 at 00:00",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_place(
    tmp_path: Path, zones: list[str], line: int, says: str
) -> None:
    """Places are that of the section (0), or that of the zone or a key in it."""
    (problem,) = problems(with_zones(tmp_path, *zones))
    told = f"{problem.rule}; {problem.hint}"
    assert says in told
    last = FIRST_LINE + 1 + len(zones) * (LINES + 3)
    assert FIRST_LINE + line <= problem.line <= last


def refused(says: str, **zone: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        station(building={"zones": [ZONE | zone]})
    assert says in str(caught.value)


def test_set_points_of_one_hour_are_enough_to_be_refused() -> None:
    night = [26] * 23 + [19]
    refused("got 20 and 19 at 23:00", heating=HEATING, cooling=COOLING | {"set_point_by_hour_degc": night})
    refused(
        "got 20 and 19 at 23:00 on weekends",
        heating=HEATING,
        cooling=COOLING | {"weekend_set_point_by_hour_degc": night},
    )


def test_heating_stays_below_the_band_of_staged_cooling() -> None:
    """The last staged unit leaves half the band below the set point; ideal units hold it."""
    wide = COOLING | {"set_point_degc": 22, "dead_band_k": 10}
    refused("half of cooling.dead_band_k 10 below cooling.set_point_degc", heating=HEATING, cooling=wide)
    refused("got 20 and 22 at 00:00", heating=HEATING, cooling=wide | {"dead_band_k": 4})
    night = COOLING | {"dead_band_k": 3, "set_point_by_hour_degc": [26] * 23 + [21]}
    refused("got 20 and 21 at 23:00", heating=HEATING, cooling=night)
    for cooling in (wide | {"control": "ideal"}, wide | {"dead_band_k": 3.9}):
        assert station(building={"zones": [ZONE | {"heating": HEATING, "cooling": cooling}]})


def test_a_building_has_a_zone() -> None:
    with pytest.raises(ScenarioError, match="at least 1 item"):
        station(building={"zones": []})


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"lower_by_k": 2}, "start and end, or while_surplus"),
        ({"lower_by_k": 2, "start": "11:00"}, "given together"),
        ({"lower_by_k": 2, "start": "11:00", "end": "11:00"}, "differ from start"),
        ({"lower_by_k": 0, "while_surplus": True}, "must be > 0"),
        ({"lower_by_k": 20, "while_surplus": True}, "must be <= 10"),
    ],
)
def test_pre_cooling_says_how_far_and_when(rule: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        station(control={"pre_cooling": rule})
    assert says in str(caught.value)
