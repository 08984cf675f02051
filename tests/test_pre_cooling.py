"""Cooling ahead: when the rule lowers set points, what it may not do, and that cold is carried over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stationsim.control.planner import Plan, SelfConsumption, SiteState, planner_of, pre_cooling_k
from stationsim.control.spec import ControlSpec, PreCoolingSpec
from stationsim.simulation import simulate
from tests.random_scenarios import COOLING, HEATING, ZONE, building, station
from tests.test_simulation import Script

HOURS = np.arange(24.0)
STATE = SiteState(0, 0, 0, 0, 0, 0)


def lowered(pv_kw: Any = 0.0, **rule: Any) -> list[int]:
    """Return the hours in which a rule lowers set points."""
    spec = PreCoolingSpec.model_validate({"lower_by_k": 2.0} | rule)
    forecast = {"civil_hour": HOURS, "pv_kw": pv_kw + 0 * HOURS, "firm_kw": 0 * HOURS + 50}
    offsets = pre_cooling_k(spec, forecast)
    assert set(offsets) <= {-2.0, 0.0}
    return np.flatnonzero(offsets).tolist()


def test_between_two_hours() -> None:
    assert lowered(start="11:00", end="14:00") == [11, 12, 13]
    assert lowered(start="22:00", end="02:00") == [0, 1, 22, 23]


def test_while_the_sun_leaves_over() -> None:
    sun = np.where((HOURS >= 9) & (HOURS < 15), 80.0, 20.0)
    assert lowered(sun, while_surplus=True) == [9, 10, 11, 12, 13, 14]
    assert lowered(sun, while_surplus=True, start="12:00", end="20:00") == [12, 13, 14]
    assert lowered(50.0, while_surplus=True) == []


def test_the_planner_holds_the_rule_of_the_scenario() -> None:
    assert planner_of(ControlSpec()).plan(0, STATE, {}) == Plan()
    rule = PreCoolingSpec(lower_by_k=1.0, start=0.0, end=12.0)
    forecast = {"civil_hour": HOURS[:2], "pv_kw": HOURS[:2], "firm_kw": HOURS[:2]}
    assert SelfConsumption(rule).plan(0, STATE, forecast) == Plan(cooling_offset_k=(-1.0, -1.0))


def summer(**more: Any) -> Any:
    """Play three days of July at 15 min, with ideal cooling at 26 degC."""
    ideal = COOLING | {"control": "ideal", **more.pop("cooling", {})}
    return simulate(
        station(
            period={"start": "2025-07-01", "end": "2025-07-03"},
            building=building(ideal, HEATING),
            solar={"surfaces": [{"name": "canopy", "kind": "canopy", "dc_kwp": 900, "tilt_deg": 10}]},
            **more,
        )
    ).steps


def test_cold_is_carried_into_the_hours_after() -> None:
    """Lowered by 2 K from 11:00 to 14:00 the building takes more then, and less in the hours after."""
    usual = summer()
    ahead = summer(control={"pre_cooling": {"lower_by_k": 2, "start": "11:00", "end": "14:00"}})
    hour = usual.index.hour
    early, late = (hour >= 11) & (hour < 14), (hour >= 14) & (hour < 18)
    assert ahead["cooling_kw"][early].sum() > usual["cooling_kw"][early].sum()
    assert ahead["cooling_kw"][late].sum() < usual["cooling_kw"][late].sum()
    assert ahead["temp_zone_degc"][early].min() < 24.5
    assert usual["temp_zone_degc"].min() > 20


def test_surplus_is_that_of_the_day_before() -> None:
    steps = summer(control={"pre_cooling": {"lower_by_k": 2, "while_surplus": True}})
    cool = steps.index[steps["temp_zone_degc"] < 25]
    assert len(cool) > 20
    assert cool[0].date() > steps.index[0].date()  # on the first day nothing is known of the sun


def test_no_rule_goes_below_the_lowest_set_point() -> None:
    steps = summer(
        cooling={"lowest_set_point_degc": 25.0},
        control={"pre_cooling": {"lower_by_k": 5, "start": "00:00", "end": "24:00"}},
    )
    settled = steps["temp_zone_degc"].iloc[96:]
    assert settled.min() == pytest.approx(25, abs=0.3)


def test_no_plan_lets_heating_and_cooling_meet() -> None:
    scenario = station(
        period={"start": "2025-07-01", "end": "2025-07-02"},
        building=building(COOLING | {"control": "ideal"}, HEATING),
    )
    steps = simulate(
        scenario, planner=Script([Plan(cooling_set_point_degc=12.0, heating_set_point_degc=24.0)])
    ).steps
    assert steps["temp_zone_degc"].iloc[96:].mean() == pytest.approx(25, abs=0.5)
    assert not steps["heating_kw"].iloc[96:].any()


def test_a_plan_may_say_every_step() -> None:
    by_step = tuple(23.0 if 40 <= n < 60 else 26.0 for n in range(96))
    scenario = station(
        period={"start": "2025-07-01", "end": "2025-07-02"},
        building={"zones": [ZONE | {"cooling": COOLING | {"control": "ideal"}}, ZONE | {"name": "shop"}]},
    )
    steps = simulate(scenario, planner=Script([Plan(cooling_set_point_degc=by_step)])).steps
    assert steps["temp_hall_degc"].iloc[96 + 41 : 96 + 59].max() < 23.6
    assert steps["temp_hall_degc"].iloc[96 + 80 :].max() < 26.1
    assert not steps["cooling_shop_kw"].any()


def test_no_plan_brings_the_band_of_staged_units_down_to_the_heating() -> None:
    """Units with a band of 6 K stay on down to 3 K below their set point; heating holds 20 degC."""
    wide = building(COOLING | {"dead_band_k": 6}, HEATING)
    steps = simulate(station(building=wide), planner=Script([Plan(cooling_set_point_degc=10.0)])).steps
    assert steps["cooling_kw"].max() > 0
    assert steps["temp_zone_degc"].min() < 23
    assert not ((steps["cooling_heat_kw"] > 0) & (steps["heating_heat_kw"] > 0)).any()
