"""Shortage is shared in a fixed order; each rung of it is seen here, on one station with less and less grid.

The station: three posts of 120 kW, four AC units, a treatment plant of 40 kW, 45 to 100 kW that nobody can
shed, no sun, and a battery that a plan wants charged with 20 kW throughout.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from stationsim.control.planner import Plan
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from tests.promises import check_promises
from tests.random_scenarios import POSTS, canopy, grid, loads, only_constant, station, water
from tests.test_simulation import Script
from tests.tolerances import ROUNDING_KW, ROUNDING_KWH

CHARGE_KW = 20.0
MINIMUM_KW = 10.0
AMPLE_KW = 1000


@cache
def played(import_limit_kw: float) -> Results:
    """Play the station on a grid."""
    scenario = station(
        period={"start": "2025-07-20", "end": "2025-07-21"},
        solar=None,
        battery={"capacity_kwh": 400, "power_kw": 50, "soc_initial": 0.1},
        traffic={"vehicles_per_day": 2000, "ev_share": 0.2, "charging_share": 0.15},
        charging={"groups": POSTS, "minimum_kw": MINIMUM_KW, "patience_minutes": None},
        water=water(
            20,  # at full flow or not at all, as soon as there is wastewater
            treatment={
                "turndown": 1,
                "kwh_per_m3": 2,
                "standing_kwh_per_m3": 0,
                "minimum_run_minutes": 0,
            },
            equalisation_tank={"volume_m3": 50, "minimum_share": 0, "start_share": 0},
        ),
        loads=loads(40),
        grid=grid(import_limit_kw, 0),
        simulation={"step_minutes": 5, "seed": 1},
    )
    results = simulate(scenario, planner=Script([Plan(battery_kw=CHARGE_KW)]))
    check_promises(scenario, results)
    return results


def throttled_throughout(steps: pd.DataFrame) -> pd.Series:
    """Tell the steps in which vehicles were at their limit all the time, none having come on the way."""
    found = (steps["ev_throttled_kwh"] > 0) & (steps["charging_kw"] >= steps["plaza_cap_kw"] - ROUNDING_KW)
    assert found.sum() > 10
    return found


def test_with_ample_power_nobody_waits() -> None:
    steps = played(AMPLE_KW).steps
    assert not steps[["ev_throttled_kwh", "unserved_kw", "equalisation_tank_m3"]].any().any()
    full = steps["battery_kwh"] >= 0.9 * 400 - ROUNDING_KWH
    assert (full | (abs(steps["charge_kw"] - CHARGE_KW) < ROUNDING_KW)).all()


def test_first_the_grid_stops_charging_the_battery() -> None:
    steps = played(250).steps
    held = steps[(steps["charge_kw"] < CHARGE_KW - ROUNDING_KW) & (steps["battery_kwh"] < 0.9 * 400 - 1)]
    assert len(held) > 10
    assert held["import_kw"].min() >= 250 - ROUNDING_KW
    others_as_usual = (held["ev_throttled_kwh"] == 0) & (held["water_kw"] > 0)
    assert others_as_usual.any()
    assert not steps.loc[throttled_throughout(steps), "charge_kw"].any()


def test_then_wastewater_waits_and_is_treated_later() -> None:
    steps, ample = played(250).steps, played(AMPLE_KW).steps
    waiting = steps["equalisation_tank_m3"] > 0
    assert (waiting & (steps["ev_throttled_kwh"] == 0) & (steps["charge_kw"] == 0)).any()
    assert not steps.loc[throttled_throughout(steps), "water_kw"].any()
    assert steps["treated_m3"].sum() == pytest.approx(ample["treated_m3"].sum())
    assert not steps["overflow_m3"].any()
    assert steps["cooling_kw"].equals(ample["cooling_kw"])


def test_then_vehicles_are_throttled_and_late_but_not_unserved() -> None:
    tight, ample = played(250), played(AMPLE_KW)
    assert tight.steps["ev_throttled_kwh"].any()
    assert not tight.steps["unserved_kw"].any()
    assert tight.sessions["energy_kwh"].sum() == pytest.approx(ample.sessions["energy_kwh"].sum())
    late = tight.sessions["end"] - ample.sessions["end"]
    assert late.min().total_seconds() >= -1e-3
    assert late.max().total_seconds() > 60


def test_cooling_goes_on_while_vehicles_are_above_their_minimum() -> None:
    steps, ample = played(150).steps, played(AMPLE_KW).steps
    assert (steps["ev_throttled_kwh"] > 0).sum() > 100
    assert steps["cooling_kw"].equals(ample["cooling_kw"])
    assert not steps["unserved_kw"].any()


def test_then_cooling_units_go_off_with_vehicles_at_their_minimum() -> None:
    steps, ample = played(100).steps, played(AMPLE_KW).steps
    assert steps["cooling_kw"].sum() < 0.8 * ample["cooling_kw"].sum()
    assert steps["temp_zone_degc"].max() > ample["temp_zone_degc"].max() + 1
    warm = steps["temp_zone_degc"] > ample["temp_zone_degc"].max() + 1
    posts = steps["posts_busy"] + 1  # one may plug in within the step
    least_unit_kw = 15 / 3  # what is too little for one more unit goes to the vehicles
    allowed_kw = posts * MINIMUM_KW + least_unit_kw * 1.2
    off = warm & (steps["ac_units_on"] < 4)
    assert off.any()
    assert (steps["charging_kw"] <= allowed_kw)[off].all()
    assert not steps["unserved_kw"].any()


def test_last_the_rest_is_unserved() -> None:
    steps = played(60).steps
    dark = steps["unserved_kw"] > 0
    assert dark.any()
    assert not dark.all()
    firm_kw = steps[["lighting_kw", "catering_kw", "battery_aux_kw", "other_kw"]].sum(axis=1)
    missing_kw = (firm_kw - 60 - steps["discharge_kw"])[dark]
    assert (abs(missing_kw - steps["unserved_kw"][dark]) < ROUNDING_KW).all()


@pytest.mark.parametrize("battery", [None, {"capacity_kwh": 400, "power_kw": 100, "standby_kw": 1}])
def test_a_station_without_a_grid_lives_on_sun_and_battery(battery: dict[str, float] | None) -> None:
    scenario = station(solar=canopy(600), battery=battery, grid=grid(0, 0, transformer_kva=400))
    results = simulate(scenario)
    check_promises(scenario, results)
    exchanged = ["import_kw", "export_kw", "meter_import_kw", "meter_export_kw", "transformer_loss_kw"]
    assert not results.steps[exchanged].any().any()
    assert results.energy_kwh("curtailed_kw") > 0
    night = results.steps["pv_kw"] == 0
    assert (results.steps["unserved_kw"][night] > 0).any()
    assert battery or (results.steps["unserved_kw"][night] > 0).all()


def test_a_station_with_nothing_at_all_is_dark() -> None:
    results = simulate(Scenario.from_dict(only_constant(10, solar=None, battery=None, grid=grid(0, 0))))
    assert results.energy_kwh("unserved_kw") == pytest.approx(2 * 240)
    assert results.energy_kwh("other_kw") == pytest.approx(2 * 240)


def test_energy_not_served_is_told() -> None:
    """A station of 10 kW without a grid, sun or battery lacks 240 kWh a day."""
    none = grid(0, 0)
    results = simulate(Scenario.from_dict(only_constant(10, solar=None, battery=None, grid=none)))
    (told,) = [text for text in results.provenance["warnings"] if "not served" in text]
    assert told.startswith("480 kWh were asked for and not served, 240 kWh a day, on 2 of 2 days")
    ample = simulate(Scenario.from_dict(only_constant(10, solar=None, battery=None)))
    assert not [text for text in ample.provenance["warnings"] if "not served" in text]
