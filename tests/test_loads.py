"""The loads of a station together: each in its column, their heat in its zone, the tank on its own grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stationsim.kpis import kpis
from stationsim.loads import HOT_WATER as HOT_WATER_COLUMNS
from stationsim.loads import Air, Surroundings, hot_water_columns, regrid, scheduled_loads, usual_air
from stationsim.prove.steps import FIXED_STEP
from stationsim.results import LATER_STEPS, RESIDUALS, USES, Results
from stationsim.scenario import Scenario
from stationsim.scenario.schema import LoadsSpec
from stationsim.simulation import simulate
from stationsim.traffic.visitors import Visitors, to_step
from stationsim.world import clock_of
from tests.promises import check_promises
from tests.random_scenarios import (
    EMERGENCY,
    HOT_WATER,
    SHOPS,
    content,
    every_load,
    grid,
    loads,
    only_constant,
    station,
)

STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)


def surroundings(clock: Any, *, people: float = 100.0, temp_air: float = 15.0) -> Surroundings:
    """Return a station with the same crowd and air all day, at night."""
    minutes = clock.at_step(1).n_steps
    visitors = Visitors(
        vehicles=np.zeros(minutes, dtype=np.int64),
        people=np.zeros(minutes),
        occupancy=np.full(minutes, people),
        ev_time_s=np.zeros(0, dtype=np.int64),
    )
    return Surroundings(
        elevation_deg=np.full(clock.n_steps, -30.0),
        temp_air=np.full(clock.n_steps, temp_air),
        occupancy=to_step(visitors.occupancy, clock.step_minutes),
        visitors=visitors,
        stay_minutes=20.0,
        air=Air(15.0, 25.0),
    )


def made(**sections: Any) -> Any:
    scenario = station(**sections)
    clock = clock_of(scenario)
    return scheduled_loads(scenario.loads, clock, surroundings(clock))


# --- columns ----------------------------------------------------------------------------------------


def test_each_load_has_a_column_of_its_own() -> None:
    found = made(loads=every_load())
    assert set(found.kw) <= set(USES)
    assert min(power.min() for power in found.kw.values()) >= 0
    for name in ("lighting_kw", "catering_kw", "washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw"):
        assert found.kw[name].sum() > 0, name
    assert found.kw["emergency_kw"] == pytest.approx(0.06 + 20 * 0.004 + 0.2)


def test_what_is_left_out_takes_nothing() -> None:
    found = made(loads=loads())
    for name in ("washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw", "service_vehicles_kw"):
        assert not found.kw[name].any(), name
    assert not any(found.details[name].any() for name in HOT_WATER_COLUMNS[1:])


def test_heat_goes_to_the_zones_that_loads_name() -> None:
    apart = {"restaurant": "catering", "washrooms": "washrooms", "shop": "shops"}
    parts = every_load()
    for zone, load in apart.items():
        parts[load] = parts[load] | {"zone": zone}
    found = made(loads=parts)
    assert set(found.lighting_heat_kw) == {"hall"}
    assert set(found.appliance_heat_kw) == {"restaurant", "hall", "washrooms", "shop"}
    np.testing.assert_allclose(found.appliance_heat_kw["hall"], found.kw["emergency_kw"])
    np.testing.assert_allclose(found.appliance_heat_kw["restaurant"], found.kw["catering_kw"])
    # a remote cabinet cools the shop, so it gets less than the electricity
    assert (found.appliance_heat_kw["shop"] < found.kw["shops_kw"]).all()


def test_outdoor_lamps_warm_nothing() -> None:
    found = made(loads=loads())
    indoor = found.kw["lighting_kw"] - found.details["lighting_outdoor_kw"]
    np.testing.assert_allclose(found.lighting_heat_kw["hall"], indoor)


def test_only_meals_with_dishes_take_the_kitchens_water() -> None:
    meal, snack = ({"name": name, "per_visitor_by_hour": [0.1] * 24} for name in ("hot_meal", "snack"))
    found = made(loads=loads(catering={"standby_kw": 0, "meals": [meal, snack | {"hot_water_litres": 0}]}))
    np.testing.assert_allclose(found.dishes, found.details["meals"] / 2)


def test_meals_and_visitors_make_the_hot_water() -> None:
    """100 people of 20 min are 300 visitors an hour and 0.2 L at a tap; a tenth eats, 3.4 L each."""
    meals = {"name": "hot_meal", "per_visitor_by_hour": [0.1] * 24}
    found = made(loads=loads(hot_water=HOT_WATER, catering={"standby_kw": 0, "meals": [meals]}))
    litres = found.details["hot_water_litres"].sum() / 48
    assert litres == pytest.approx(300 * 0.2 + 300 * 0.1 * 3.4)
    assert found.details["meals"].sum() == pytest.approx(48 * 30)


# --- the grid of the tank ---------------------------------------------------------------------------


def test_regridding_keeps_every_integral() -> None:
    rng = np.random.default_rng(3)
    ten = rng.uniform(0, 5, 6 * 24)
    for minutes in STEPS:
        there = regrid(ten, 10, minutes)
        assert there.size == 1440 // minutes
        assert there.sum() * minutes == pytest.approx(ten.sum() * 10)
        hours = there.reshape(24, -1).mean(axis=1)
        np.testing.assert_allclose(hours, ten.reshape(24, -1).mean(axis=1))


@pytest.mark.parametrize("minutes", STEPS)
def test_hot_water_is_the_same_at_every_step(minutes: int) -> None:
    usual = content()["simulation"]
    spec = LoadsSpec.model_validate(loads(hot_water=HOT_WATER | {"heat_pump_kw": 2, "backup_kw": 1}))

    def columns(step: int) -> dict[str, Any]:
        clock = clock_of(station(simulation=usual | {"step_minutes": step}))
        return hot_water_columns(spec, clock, surroundings(clock))

    ours, theirs = columns(minutes), columns(10)
    hours = minutes / 60
    assert ours["hot_water_kw"].sum() * hours == pytest.approx(theirs["hot_water_kw"].sum() / 6, rel=1e-9)
    for name in HOT_WATER_COLUMNS[1:7]:
        assert ours[name].sum() == pytest.approx(theirs[name].sum(), rel=1e-9), name
    assert ours["hot_water_tank_kwh"][-1] == pytest.approx(theirs["hot_water_tank_kwh"][-1])
    assert np.abs(ours["hot_water_residual_kwh"]).max() < 1e-9
    assert ours["hot_water_short_kwh"].sum() > 0  # the plant is too small on purpose


@pytest.mark.parametrize(
    "name",
    ["hot_water_heat_pump_kwh", "hot_water_backup_kwh", "hot_water_draw_kwh", "hot_water_loss_kwh"],
)
def test_the_residual_is_of_terms_of_their_own(name: str) -> None:
    """The columns alone close the heat of the tank, and a term that is altered shows."""
    steps = simulate(station(loads=every_load())).steps.copy()

    def worst_kwh() -> float:
        came = sum(steps[f"hot_water_{part}_kwh"] for part in ("heat_pump", "backup", "short"))
        went = steps["hot_water_draw_kwh"] + steps["hot_water_loss_kwh"]
        return float((steps["hot_water_tank_kwh"].diff() - came + went).abs().max())

    assert worst_kwh() < 1e-9
    steps.loc[steps.index[40], name] += 1e-3
    assert worst_kwh() == pytest.approx(1e-3, rel=1e-6)


def test_cold_water_by_month_is_taken_as_given() -> None:
    monthly = {"cold_water_degc": [10.0] * 5 + [20.0] + [10.0] * 6}
    june = made(loads=loads(hot_water=HOT_WATER | monthly)).details["hot_water_draw_kwh"].sum()
    colder = {"cold_water_degc": [10.0] * 12}
    assert june < made(loads=loads(hot_water=HOT_WATER | colder)).details["hot_water_draw_kwh"].sum()


def test_cold_water_follows_the_months_of_the_weather() -> None:
    monthly = {"air_monthly_degc": list(range(12))}
    spec = LoadsSpec.model_validate(loads(hot_water=HOT_WATER))
    assert usual_air(spec, monthly, mean_degc=3, latitude_deg=-30) == (Air(5.5, 11.0, south=True), ())


def test_weather_without_a_whole_year_is_warned_of_where_it_matters() -> None:
    def warned(**hot_water: Any) -> int:
        spec = LoadsSpec.model_validate(loads(hot_water=hot_water or None))
        air, warnings = usual_air(spec, {}, mean_degc=21, latitude_deg=50)
        assert air == Air(21.0, 0.0)
        return len(warnings)

    assert warned(**HOT_WATER) == 1
    assert warned(**HOT_WATER, cold_water_degc=[10] * 12) == 0
    assert warned() == 0


# --- in a run ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results() -> Results:
    scenario = station(loads=every_load())
    found = simulate(scenario)
    check_promises(scenario, found)
    return found


def test_every_load_is_told_for_a_visitor_and_a_square_metre(results: Results) -> None:
    numbers, people = kpis(results), results.steps["people"].sum()
    for load in ("lighting", "catering", "washrooms", "shops", "hot_water", "emergency", "other"):
        energy = numbers[f"use_{load}"].value
        assert numbers[f"{load}_per_visitor"].value == pytest.approx(1000 * energy / people)
        assert numbers[f"{load}_per_m2"].value == pytest.approx(energy / 400)
    elsewhere = ("charging", "service_vehicles", "battery_aux", "inverter_night")
    assert numbers["building_per_m2"].value == pytest.approx(
        (numbers["use_total"].value - sum(numbers[f"use_{load}"].value for load in elsewhere)) / 400
    )


def test_the_numbers_of_the_hot_water_are_those_of_its_columns(results: Results) -> None:
    numbers, steps = kpis(results), results.steps
    heat = steps["hot_water_heat_pump_kwh"].sum() + steps["hot_water_backup_kwh"].sum()
    electricity = results.energy_kwh("hot_water_kw")
    assert numbers["hot_water_efficiency"].value == pytest.approx(heat / electricity)
    assert numbers["hot_water_litres_per_day"].value == pytest.approx(steps["hot_water_litres"].sum() / 2)
    assert 1.5 < numbers["hot_water_efficiency"].value < 4
    assert numbers["hot_water_short"].value == 0


def test_without_hot_water_its_numbers_do_not_apply() -> None:
    numbers = kpis(simulate(station(loads=loads())))
    assert not any(
        kpi.applies
        for name, kpi in numbers.items()
        if name.startswith("hot_water_") and "per_" not in name and "residual" not in name
    )
    assert numbers["use_hot_water"].value == 0


def test_an_older_run_has_none_of_the_later_loads(results: Results) -> None:
    steps = results.steps.drop(columns=[name for name in LATER_STEPS if name in results.steps])
    old = Results(steps, results.sessions, results.scenario, results.provenance)
    assert old.energy_kwh("shops_kw") == 0
    assert old.residuals()["hot_water_residual_kwh"] == 0
    assert "hot_water_residual_kwh" in RESIDUALS
    numbers = kpis(old)
    later = ("washrooms", "shops", "hot_water", "emergency")
    expected = kpis(results)["use_total"].value - sum(kpis(results)[f"use_{load}"].value for load in later)
    assert numbers["use_total"].value == pytest.approx(expected)


@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_no_load_depends_on_the_step(minutes: int) -> None:
    usual = content()["simulation"]
    period = {"start": "2025-01-10", "end": "2025-01-13"}

    def energies(step: int) -> dict[str, float]:
        found = simulate(
            station(period=period, loads=every_load(), simulation=usual | {"step_minutes": step})
        )
        return {name: found.energy_kwh(name) for name in USES if name in found.steps}

    ours, theirs = energies(1), energies(minutes)
    for name in ("lighting_kw", "catering_kw", "washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw"):
        assert theirs[name] == pytest.approx(ours[name], rel=FIXED_STEP), name


# --- what is served last ----------------------------------------------------------------------------


def test_emergency_loads_are_the_last_to_go_dark() -> None:
    """10 kW of other use and 0.34 kW of emergency loads on 2 kW: all of the shortage falls on the other."""
    emergency_kw = 0.34
    plain = only_constant(10, solar=None, battery=None, grid=grid(2, 0))
    plain["loads"]["emergency"] = EMERGENCY
    found = simulate(Scenario.from_dict(plain))
    numbers = kpis(found)
    assert found.energy_kwh("unserved_kw") == pytest.approx(48 * (10 + emergency_kw - 2))
    assert numbers["emergency_unserved"].value == pytest.approx(0, abs=1e-9)


def test_without_any_supply_even_emergency_loads_go_dark() -> None:
    plain = only_constant(10, solar=None, battery=None, grid=grid(0, 0))
    plain["loads"]["emergency"] = EMERGENCY
    assert kpis(simulate(Scenario.from_dict(plain)))["emergency_unserved"].value == pytest.approx(48 * 0.34)


def test_a_little_supply_goes_to_the_emergency_loads_first() -> None:
    plain = only_constant(10, solar=None, battery=None, grid=grid(0.1, 0))
    plain["loads"]["emergency"] = EMERGENCY
    assert kpis(simulate(Scenario.from_dict(plain)))["emergency_unserved"].value == pytest.approx(48 * 0.24)


def test_remote_cabinets_take_more_in_summer_than_in_winter() -> None:
    wall = {"cabinets": [SHOPS["cabinets"][0]]}

    def shops_kwh(start: str, end: str) -> float:
        period = {"start": start, "end": end}
        return simulate(station(period=period, loads=loads(shops=wall))).energy_kwh("shops_kw")

    assert shops_kwh("2025-07-15", "2025-07-16") > 1.15 * shops_kwh("2025-01-15", "2025-01-16")
