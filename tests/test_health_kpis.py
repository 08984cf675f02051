"""How a run's battery ages, told as numbers: a day of tests/fake_results.py is a full cycle of 400 kWh."""

import dataclasses
import math

import numpy as np
import pytest

from stationsim.kpis import kpis
from stationsim.kpis.health import CONTAINER_DEGC, battery_health, health_kpis
from stationsim.models.ageing import AgeingSpec, age, duty_of
from tests.fake_results import fake_results

BLAST = {"model": "blast_lfp"}


def aged(ageing, results=None, **battery):
    """A run whose battery ages."""
    results = results or fake_results(days=3, step_minutes=60)
    changed = {**results.scenario["battery"], "ageing": ageing, **battery}
    return dataclasses.replace(results, scenario={**results.scenario, "battery": changed})


def two_units(results, ageing):
    """A run of two batteries, of which the second one rests."""
    steps = results.steps.assign(
        soc_east=results.steps["soc"], soc_west=0.5, battery_kwh_east=results.steps["battery_kwh"],
        battery_kwh_west=600.0, battery_temp_east_degc=25.0, battery_temp_west_degc=35.0,
        discharge_east_kw=results.steps["discharge_kw"], discharge_west_kw=0.0,
    )  # fmt: skip
    only = results.scenario["battery"]
    units = [
        {**only, "name": "east", "ageing": ageing},
        {**only, "name": "west", "capacity_kwh": 1200.0, "soc_initial": 0.5, "ageing": ageing},
    ]
    return dataclasses.replace(
        results, steps=steps, scenario={**results.scenario, "battery": None, "batteries": units}
    )


@pytest.mark.parametrize("ageing", [None, {"model": "none"}])
def test_without_a_model_there_are_no_numbers(ageing):
    assert health_kpis(aged(ageing)) == {}
    assert health_kpis(fake_results(battery=False)) == {}


def test_the_numbers_are_those_of_the_model():
    results = aged({**BLAST, "replacement_cost_per_kwh": 800.0})
    duty = duty_of(
        soc=results.steps["soc"].to_numpy(), soc_start=0.0, dt_h=1.0, temp_degc=np.full(72, 25.0),
        civil_day=np.repeat([0, 1, 2], 24),
    )  # fmt: skip
    expected = age(AgeingSpec(**BLAST), AgeingSpec(**BLAST).initial.health, duty, discharged_kwh=1200.0)
    found = kpis(results)
    assert battery_health(results)["battery"].ageing == expected
    assert found["battery_health_start"].value == 100.0
    assert found["battery_health_end"].value == pytest.approx(100 * expected.end.share)
    assert found["battery_calendar_loss"].value == pytest.approx(100 * expected.end.calendar_loss)
    assert found["battery_cycle_loss"].value == pytest.approx(100 * expected.end.cycle_loss)
    assert found["battery_years_to_end_of_life"].value == pytest.approx(expected.years_left)
    assert found["battery_days_outside_ageing_model"].value == 0


def test_wear_costs_its_share_of_a_life():
    """Half of the loss that ends a life costs half of a new battery: 0.5 x 400 kWh x 800."""
    ageing = {
        "model": "table", "table": {"calendar": [[6, 0.8]]}, "replacement_cost_per_kwh": 800.0,
    }  # fmt: skip
    found = health_kpis(aged(ageing))
    assert found["battery_health_end"].value == pytest.approx(90.0)
    assert found["battery_wear_cost"].value == pytest.approx(160_000.0)
    assert found["battery_wear_cost"].unit == "CNY"
    assert found["battery_wear_cost_per_kwh"].value == pytest.approx(160_000.0 / 1200.0)
    assert found["battery_years_to_end_of_life"].value == pytest.approx(3 / 365.25)


def test_no_price_no_cost():
    assert not [name for name in health_kpis(aged(BLAST)) if "cost" in name]


def test_a_run_goes_on_from_the_health_it_began_with():
    first = battery_health(aged(BLAST))["battery"].ageing.end
    second = battery_health(aged({**BLAST, "initial": first._asdict()}))["battery"].ageing
    assert second.start == first
    assert second.end.age_days == 6
    assert second.end.discharged_kwh == 2400.0
    assert first.cycle_loss < second.end.cycle_loss < 2 * first.cycle_loss


@pytest.mark.parametrize(
    ("warranty", "percent"),
    [
        ({"throughput_mwh": 12.0, "years": 10}, 10.0),
        ({"full_cycles": 30.0, "years": 10}, 10.0),
        ({"full_cycles": 30000.0, "years": 3 / 365.25 * 4}, 25.0),
    ],
)
def test_a_warranty_is_used_up_by_energy_or_by_years(warranty, percent):
    found = health_kpis(aged(BLAST, warranty={"throughput_mwh": None, "full_cycles": None, **warranty}))
    assert found["battery_warranty_spent"].value == pytest.approx(percent)


def test_temperatures_are_the_batterys_or_outdoor_air_inside_a_container():
    results = fake_results(days=3, step_minutes=60)

    def calendar(**columns):
        bare = results.steps.drop(columns="battery_temp_degc")
        changed = dataclasses.replace(results, steps=bare.assign(**columns))
        return battery_health(aged(BLAST, changed))["battery"].ageing.end.calendar_loss

    usual = calendar(temp_air=20.0)
    assert usual == calendar(battery_temp_degc=20.0)
    assert calendar(temp_air=45.0) == calendar(battery_temp_degc=CONTAINER_DEGC[1]) > usual
    assert calendar(temp_air=-20.0) == calendar(battery_temp_degc=CONTAINER_DEGC[0]) < usual


def test_units_age_apart_and_add_up_by_their_size():
    results = two_units(fake_results(days=3, step_minutes=60), {**BLAST, "replacement_cost_per_kwh": 800.0})
    units, found = battery_health(results), health_kpis(results)
    assert units["west"].ageing.end.cycle_loss == 0.0
    assert units["west"].discharged_kwh == 0.0
    assert units["east"].discharged_kwh == pytest.approx(1200.0)
    east, west = (found[f"battery_health_end_{name}"].value for name in ("east", "west"))
    assert found["battery_health_end"].value == pytest.approx((400 * east + 1200 * west) / 1600)
    assert found["battery_wear_cost"].value == pytest.approx(
        found["battery_wear_cost_east"].value + found["battery_wear_cost_west"].value
    )
    assert math.isnan(found["battery_wear_cost_per_kwh_west"].value)


def test_stored_energy_is_that_of_the_present_capacity():
    """Half of 500 kWh that have shrunk to 400 is half of 400: the same comes back of what went in."""
    ageing = {**BLAST, "initial": {"calendar_loss": 0.1, "cycle_loss": 0.1}}
    new, old, whole = (
        kpis(aged(spec, fake_results(), capacity_kwh=size, soc_initial=0.5))
        for spec, size in ((BLAST, 400.0), (ageing, 500.0), (BLAST, 500.0))
    )
    assert old["battery_round_trip"].value == pytest.approx(new["battery_round_trip"].value)
    assert old["battery_round_trip"].value > whole["battery_round_trip"].value + 1
    assert old["battery_hours_full"].value == new["battery_hours_full"].value > 0
    assert old["battery_health_start"].value == pytest.approx(80.0)
