"""Numbers of a day that can be added up in the head: see tests/fake_results.py for what happens in it."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from stationsim.kpis import from_json, kpis, to_json
from stationsim.kpis.period import core_hours, mean_day, metered_means_kw, whole_years
from stationsim.kpis.solar import STAGES
from stationsim.models.tariff import TariffSpec, bill
from stationsim.results import RESIDUALS, SINKS, SOURCES, USES
from tests.fake_results import fake_results


@pytest.fixture(scope="module")
def day():
    return kpis(fake_results())


@pytest.fixture(scope="module")
def year():
    return kpis(fake_results(start="2025-01-01", days=365, step_minutes=60, sky="changing"))


def value(found, name):
    return pytest.approx(found[name].value, rel=1e-12, abs=1e-9)


def with_steps(results, **columns):
    return dataclasses.replace(results, steps=results.steps.assign(**columns))


def test_the_fake_day_balances():
    fake_results().check()


@pytest.mark.parametrize(
    ("name", "expected", "unit"),
    [
        ("days", 1, "d"),
        ("pv_generated", 2000, "kWh"),
        ("battery_discharge", 400, "kWh"),
        ("battery_charge", 400 / 0.9, "kWh"),
        ("use_charging", 240, "kWh"),
        ("use_cooling", 200, "kWh"),
        ("use_other_per_day", 960, "kWh/d"),
        ("use_total", 2060, "kWh"),
        ("unserved_energy", 0, "kWh"),
        ("peak_use", 200, "kW"),
        ("peak_pv", 200, "kW"),
        ("peak_charging", 60, "kW"),
        ("peak_import_15min", 72, "kW"),
        ("load_factor", 100 * (2060 / 24) / 200, "%"),
        ("charging_power_mean", 10, "kW"),
        ("charging_power_mean_active", 60, "kW"),
        ("loss_battery", 400 / 0.9 - 400, "kWh"),
        ("loss_transformer", 48, "kWh"),
        ("loss_charger", 4 * 3, "kWh"),
        ("battery_throughput", 400 / 0.9 + 400, "kWh"),
        ("battery_cycles", (1 / 0.9 + 1) / 2, "1"),
        ("soc_min", 0, "%"),
        ("soc_max", 100, "%"),
        ("yield_canopy", 1500 / 300, "kWh/kWp"),
        ("yield_all", 2000 / 400, "kWh/kWp"),
        ("poa_canopy", 2 * 1500 / 300, "kWh/m2"),
        ("performance_ratio_canopy", 50, "%"),
        ("performance_ratio_all", 50, "%"),
        ("pv_loss_soiling", 10, "%"),
        ("pv_loss_snow", 0, "%"),
        ("pv_loss_inverter", 100 * (1 - 1 / 1.8), "%"),
        ("pv_clipped", 0, "kWh"),
    ],
)
def test_energy_of_a_day(day, name, expected, unit):
    assert value(day, name) == expected
    assert day[name].unit == unit


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ev_arrived", 6),
        ("ev_served", 4),
        ("ev_balked", 1),
        ("ev_reneged", 1),
        ("ev_charging", 0),
        ("ev_waiting", 0),
        ("wait_mean", 10 / 4),
        ("wait_p50", 0),
        ("wait_max", 10),
        ("wait_long_share", 0),
        ("queue_max", 1),
        ("energy_per_session", 57),
        ("session_minutes", 60),
        ("charging_lost", 2 * 57),
        ("post_utilisation", 100 * 4 / 48),
        ("short_charged_share", 0),
        ("ac_unit_hours", 8),
        ("hours_too_cold", 6),
        ("hours_too_warm", 1),
        ("vehicles_per_day", 240),
        ("people_per_day", 720),
        ("fresh_water", 60),
        ("reused_water_per_day", 40),
        ("water_reused_share", 40),
    ],
)
def test_service_of_a_day(day, name, expected):
    assert value(day, name) == expected


def test_shares_of_each_side_add_up_to_100(day):
    share = {name.removesuffix("_share"): kpi.value for name, kpi in day.items() if name.endswith("_share")}
    supply = ["pv_generated", "battery_discharge", "v2g_energy", "grid_import", "unserved_energy"]
    leaves = [f"use_{use.removesuffix('_kw')}" for use in USES] + [
        "battery_charge",
        "grid_export",
        "pv_curtailed",
    ]
    assert sum(share[name] for name in supply) == pytest.approx(100)
    assert sum(share[name] for name in leaves) == pytest.approx(100)
    assert len(supply) == len(SOURCES)
    assert len(leaves) == len(SINKS)


def test_solar_energy_is_used_on_site_at_once_or_through_the_battery(day):
    exported = day["grid_export"].value
    assert value(day, "pv_used_on_site") == 2000 - exported
    assert value(day, "self_consumption") == 100 * (2000 - exported) / 2000
    assert value(day, "self_sufficiency") == 100 * (2060 - day["grid_import"].value) / 2060
    # what solar energy covers: what the grid did not, plus what the battery lost
    assert value(day, "pv_used_on_site") == 2060 - day["grid_import"].value + day["loss_battery"].value


def test_curtailed_energy_is_not_used_on_site_and_reduces_nothing():
    results = fake_results(battery=False)
    curtailed = results.steps["export_kw"]
    found = kpis(with_steps(results, curtailed_kw=curtailed, export_kw=0.0 * curtailed))
    used = 2000 - found["pv_curtailed"].value
    assert value(found, "pv_used_on_site") == used
    assert value(found, "carbon_published_reduced_solar") == used * 0.5 / 1000


def test_published_account_of_a_day(day):
    assert value(day, "carbon_published_emitted") == 2060 * 0.5 / 1000
    assert value(day, "carbon_published_reduced_solar") == 2000 * 0.5 / 1000
    assert value(day, "carbon_forestry") == 36.5 / 365
    assert value(day, "carbon_published_reduced") == 1.0 + 0.1
    assert value(day, "carbon_published_net") == 1.03 - 1.1
    assert value(day, "carbon_published_net_without_forestry") == 1.03 - 1.0
    assert value(day, "coal_saved") == 2000 * 0.33 / 1000


def test_metered_account_of_a_day(day):
    metered = fake_results().energy_kwh("meter_import_kw")
    assert value(day, "carbon_metered_emitted") == metered * 0.5 / 1000
    assert value(day, "carbon_metered_baseline") == (2060 + 48) * 0.5 / 1000
    assert value(day, "carbon_metered_avoided") == (2108 - metered) * 0.5 / 1000


def test_bill_of_a_day(day):
    results = fake_results()
    energy = 0.8 * results.energy_kwh("meter_import_kw")
    fed_in = 0.4 * results.energy_kwh("meter_export_kw")
    assert value(day, "bill_energy") == energy
    assert value(day, "bill_feed_in") == fed_in
    assert value(day, "bill_fixed") == 300 / 30
    assert value(day, "bill_total") == energy + 10 - fed_in
    assert day["bill_total"].unit == "CNY"


def test_the_bill_is_the_one_of_the_tariff():
    results = fake_results(start="2025-01-20", days=30, step_minutes=60, sky="changing")
    tariff = {
        **results.scenario["grid"]["tariff"],
        "capacity_charge_per_kva_month": 20.0,
        "capacity_kva": 630.0,
    }
    grid = {**results.scenario["grid"], "tariff": tariff}
    found = kpis(dataclasses.replace(results, scenario={**results.scenario, "grid": grid}))
    paid = bill(
        TariffSpec.model_validate(tariff),
        import_kwh=results.steps["meter_import_kw"].to_numpy(),
        export_kwh=results.steps["meter_export_kw"].to_numpy(),
        price_per_kwh=results.steps["price_per_kwh"].to_numpy(),
        months=12 / 31 + 18 / 28,
    )
    assert value(found, "bill_capacity") == 20 * 630 * (12 / 31 + 18 / 28)
    assert value(found, "bill_energy") == paid.energy
    assert value(found, "bill_total") == paid.total


def test_numbers_do_not_depend_on_how_the_steps_lie_in_memory():
    results = fake_results(days=3, sky="changing")
    rows = np.ascontiguousarray(results.steps.to_numpy())
    in_rows = pd.DataFrame(rows, index=results.steps.index, columns=results.steps.columns, copy=False)
    assert to_json(kpis(dataclasses.replace(results, steps=in_rows))) == to_json(kpis(results))


def test_hours_of_highest_generation_are_the_shortest_that_hold_half():
    sun = np.zeros(24)
    sun[10:15] = [10, 30, 40, 30, 10]
    assert core_hours(sun, 0.5) == (11, 13)
    assert core_hours(sun, 0.83) == (11, 14)
    assert core_hours(sun, 1.0) == (10, 15)


def test_hours_of_highest_generation_are_civil_hours():
    # Central Europe in summer: clocks are an hour ahead of the index, which keeps standard time
    summer = kpis(fake_results(start="2025-07-01", timezone="Europe/Berlin"))
    assert (summer["pv_core_hours_start"].value, summer["pv_core_hours_end"].value) == (8, 13)
    assert summer["pv_best_hour"].value == 8


def test_mean_day_averages_each_hour():
    hours = np.array([0, 0, 1, 23])
    day = mean_day(np.array([2.0, 4.0, 7.0, 9.0]), hours)
    assert (day[0], day[1], day[23], day[12]) == (3, 7, 9, 0)


@pytest.mark.parametrize(("minutes", "values", "expected"), [
    (5, [3, 6, 9, 0, 0, 3], [6, 1]),
    (15, [4, 8], [4, 8]),
    (60, [10], [10, 10, 10, 10]),
    (10, [6, 12, 0], [8, 4]),
])  # fmt: skip
def test_quarter_hours_keep_the_energy_of_the_steps(minutes, values, expected):
    assert metered_means_kw(np.array(values, dtype=float), minutes) == pytest.approx(expected)


def test_a_whole_year_has_annual_numbers_and_others_have_none(year, day):
    assert value(year, "pv_generated_per_year") == year["pv_generated"].value
    assert year["yield_all_per_year"].unit == "kWh/kWp/a"
    assert value(year, "carbon_forestry") == 36.5
    assert value(year, "carbon_forestry_per_year") == 36.5
    assert value(year, "bill_fixed") == 12 * 300
    assert not [name for name in day if name.endswith("_per_year")]


def test_leap_years_are_whole_years_too():
    leap = fake_results(start="2024-01-01", days=366, step_minutes=60)
    assert whole_years(leap) == 1
    assert value(kpis(leap), "carbon_forestry") == 36.5
    assert whole_years(fake_results(start="2024-01-01", days=365, step_minutes=60)) is None


def test_two_years_are_halved():
    found = kpis(fake_results(start="2025-03-01", days=730, step_minutes=60, cars=False))
    assert found["pv_generated"].value == pytest.approx(730 * 2000)
    assert found["pv_generated_per_year"].value == pytest.approx(365 * 2000)


def test_without_battery_sun_or_cars_numbers_do_not_apply_but_stay():
    bare = kpis(fake_results(solar=False, battery=False, cars=False))
    full = kpis(fake_results())
    each = ("pv", "yield", "poa", "performance_ratio")
    per_surface = {f"{what}_{name}" for what in each for name in ("canopy", "roof")}
    per_surface |= {"yield_all", "performance_ratio_all"} | {f"pv_loss_{stage}" for stage in STAGES}
    per_group = (
        "post_utilisation",
        "post_charging",
        "sessions_per_post_day",
        "kwh_per_post_day",
        "kw_per_post",
    )
    assert set(full) - set(bare) == per_surface | {f"{name}_fast" for name in per_group}
    for name in (
        "battery_cycles",
        "soc_min",
        "self_consumption",
        "pv_core_hours_start",
        "wait_p95",
        "post_utilisation",
    ):
        assert math.isnan(bare[name].value), name
    assert value(bare, "self_sufficiency") == 0
    assert value(bare, "ev_arrived") == 0


def test_a_car_still_charging_counts_until_the_end_of_the_run():
    results = fake_results()
    sessions = results.sessions.copy()
    last = sessions.index[-1]
    sessions.loc[last, "outcome"] = "charging"
    sessions.loc[last, "end"] = None
    found = kpis(dataclasses.replace(results, sessions=sessions))
    assert value(found, "ev_charging") == 1
    assert value(found, "post_utilisation") == 100 * (3 + 6) / 48  # plugged in at 18:00


def test_residuals_are_numbers_too(day):
    for name in RESIDUALS:
        assert day[name].value == pytest.approx(0, abs=1e-9)


def test_json_has_no_nan_and_comes_back():
    found = kpis(fake_results(battery=False))
    text = json.dumps(to_json(found), allow_nan=False)
    back = from_json(json.loads(text))
    assert list(back) == list(found)
    assert back["pv_generated"] == found["pv_generated"]
    assert math.isnan(back["battery_cycles"].value)
    assert set(json.loads(text)["pv_generated"]) == {"value", "unit", "info"}


def test_intervals_are_written_when_known(day):
    kpi = dataclasses.replace(day["pv_generated"], low=1.0, high=2.0)
    assert to_json({"pv_generated": kpi})["pv_generated"]["high"] == 2.0


def test_every_number_says_what_it_is(year):
    for name, kpi in year.items():
        assert name == name.lower().replace(" ", "_")
        assert kpi.unit, name
        assert kpi.info.endswith("."), name


def test_a_claim_is_held_against_the_mean_year():
    made = fake_results(start="2025-01-01", days=365, step_minutes=60)
    claimed = {**made.scenario, "solar": {**made.scenario["solar"], "claimed_kwh_per_year": 1_460_000.0}}
    found = kpis(dataclasses.replace(made, scenario=claimed))
    assert value(found, "pv_simulated_over_claimed") == 50
    assert value(found, "pv_claimed") == 1_460_000
    assert "pv_claimed" not in kpis(made)


def test_runs_that_do_not_tell_their_losses_have_yields_alone():
    made = fake_results()
    old = dataclasses.replace(made, provenance={**made.provenance, "solar": None})
    found = kpis(old)
    assert value(found, "yield_all") == 5
    assert not [name for name in found if name.startswith(("performance_ratio", "pv_loss", "poa_"))]
