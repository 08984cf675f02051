"""How the rooms felt: hours and degree hours outside the band while open, by zone and by floor area."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stationsim.kpis.rooms import comfort, open_steps, room_kpis
from stationsim.results import Results
from tests.fake_results import HALL, fake_results

ALWAYS = np.ones(4, dtype=bool)


def test_degree_hours_by_hand() -> None:
    """Half hours at 16, 20, 29 and 31 degC in a band of 18 to 28."""
    felt = comfort(np.array([16.0, 20.0, 29.0, 31.0]), ALWAYS, low=18, high=28, dt_h=0.5)
    assert felt == (0.5, 1.0, 1.0, 2.0, 16.0, 31.0)


def test_what_happens_while_closed_does_not_count() -> None:
    temps, is_open = np.array([10.0, 20.0, 40.0]), np.array([False, True, False])
    assert comfort(temps, is_open, low=18, high=28, dt_h=1.0) == (0, 0, 0, 0, 20, 20)


def test_a_zone_that_never_opened_felt_nothing() -> None:
    felt = comfort(np.array([10.0]), np.array([False]), low=18, high=28, dt_h=1.0)
    assert felt[:4] == (0, 0, 0, 0)
    assert math.isnan(felt.lowest)


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [(0.0, 24.0, range(24)), (6.0, 22.0, range(6, 22)), ("22:00", "06:00", [*range(6), 22, 23])],
)
def test_opening_hours_may_pass_midnight(first: float | str, last: float | str, hours: list[int]) -> None:
    found = open_steps({"open_from": first, "open_to": last}, np.arange(24.0))
    assert np.flatnonzero(found).tolist() == list(hours)


def test_the_example_station_by_hand() -> None:
    """17 degC from 00:00 to 06:00, 29 from 12:00 to 13:00, 24 else; 50 kW of cooling for 4 h, 2 starts."""
    kpis = room_kpis(fake_results(), 1)
    expected = {
        "hours_too_cold": 6,
        "hours_too_warm": 1,
        "degree_hours_cold": 6,
        "degree_hours_warm": 1,
        "hours_too_cold_hall": 6,
        "degree_hours_warm_hall": 1,
        "zone_temp_min": 17,
        "temp_max_hall": 29,
        "ac_unit_hours": 8,
        "ac_starts_per_day": 2,
        "hvac_peak": 50,
        "cooling_eer": 3,
        "cooling_hall": 200,
        "heating_hall": 0,
    }
    assert {name: kpis[name].value for name in expected} == pytest.approx(expected)
    assert math.isnan(kpis["heating_cop"].value)


def test_the_building_is_the_mean_of_its_zones_by_floor_area() -> None:
    base = fake_results()
    steps = base.steps.assign(temp_shop_degc=24.0, cooling_shop_kw=0.0, heating_shop_kw=0.0)
    zones = [HALL, HALL | {"name": "shop", "floor_area_m2": 3 * HALL["floor_area_m2"]}]
    both = Results(steps, base.sessions, {**base.scenario, "building": {"zones": zones}}, base.provenance)
    kpis = room_kpis(both, 1)
    assert kpis["hours_too_cold"].value == pytest.approx(6 / 4)
    assert kpis["hours_too_cold_shop"].value == 0
    assert kpis["zone_temp_min"].value == 17
