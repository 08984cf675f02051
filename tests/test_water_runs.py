"""Water in whole runs: uses add up, treatment follows the sun, plans hold it back, spills are told."""

import numpy as np
import pytest

from stationsim import compute_kpis, simulate
from stationsim.control.planner import Plan
from stationsim.results import WATER_COLUMNS
from tests.promises import check_promises
from tests.random_scenarios import station, water
from tests.test_simulation import Script

PERIOD = {"start": "2025-06-01", "end": "2025-06-10"}


def run(planner=None, capacity_m3_h=5.0, **sections):
    scenario = station(
        period=PERIOD,
        battery=None,
        charging=None,
        traffic={"vehicles_per_day": 1500, "charging_share": 0},
        **sections,
    )
    results = simulate(scenario, planner=planner)
    check_promises(scenario, results)
    return results


def treated_by(follow):
    return run(water=water(treatment={"follow": follow}, greens={"area_ha": 0.3}, washing_m3_per_day=2))


@pytest.fixture(scope="module")
def by_level():
    return treated_by("level")


@pytest.fixture(scope="module")
def by_sun():
    return treated_by("sun")


def test_the_uses_are_the_water_from_the_main_and_from_the_tank(by_level):
    steps = by_level.steps
    used = sum(steps[column] for column in WATER_COLUMNS)
    np.testing.assert_allclose(used, steps["fresh_water_m3"] + steps["reused_water_m3"], atol=1e-9)
    again = steps[["water_toilets_m3", "water_washing_m3", "water_irrigation_m3"]].sum(axis=1)
    assert (steps["reused_water_m3"] <= again + 1e-9).all()


def test_following_the_sun_draws_no_more_from_the_grid(by_level, by_sun):
    imports = [results.energy_kwh("meter_import_kw") for results in (by_level, by_sun)]
    assert imports[1] < imports[0]
    share = [compute_kpis(results)["treatment_sun_share"].value for results in (by_level, by_sun)]
    assert share[1] > share[0]
    assert by_level.steps["fresh_water_m3"].sum() == pytest.approx(
        by_sun.steps["fresh_water_m3"].sum(), rel=0.05
    )


def test_the_numbers_of_a_run(by_level):
    found, steps = compute_kpis(by_level), by_level.steps
    used = sum(float(steps[column].sum()) for column in WATER_COLUMNS)
    assert found["water_reused_share"].value == pytest.approx(100 * steps["reused_water_m3"].sum() / used)
    assert found["wastewater_per_day"].value == pytest.approx(steps["wastewater_m3"].sum() / 10)
    energy = by_level.energy_kwh("water_kw")
    assert found["treatment_energy_per_m3"].value == pytest.approx(energy / steps["treated_m3"].sum())
    assert 0.45 <= found["treatment_energy_per_m3"].value <= 0.75
    per_person = 8.7 + 13 * steps["water_kitchen_m3"].sum() * 1000 / 13 / steps["people"].sum()
    assert found["water_per_person"].value == pytest.approx(per_person)


def test_gases_are_a_factor_times_what_is_treated(by_level):
    found, steps = compute_kpis(by_level), by_level.steps
    load = steps["people"].sum() * 0.12 * 11e-3 * steps["treated_m3"].sum() / steps["wastewater_m3"].sum()
    expected_t = load * 0.016 * 44 / 28 * 273 / 1000
    assert found["carbon_metered_nitrous_oxide"].value == pytest.approx(expected_t)
    assert found["carbon_metered_scope_1"].value > expected_t


def test_a_plan_can_hold_treatment_back():
    held = run(planner=Script([Plan(treatment_cap_kw=0.0)]), water=water())
    free = run(water=water())
    assert held.steps["equalisation_tank_m3"].mean() > free.steps["equalisation_tank_m3"].mean() + 5
    assert not held.steps["overflow_m3"].any()


def test_a_spill_is_told():
    results = run(water=water(0.5))
    assert results.steps["overflow_m3"].sum() > 0
    (told,) = [text for text in results.provenance["warnings"] if "spilt" in text]
    assert "water.treatment" in told
    assert not [text for text in run(water=water()).provenance["warnings"] if "spilt" in text]
