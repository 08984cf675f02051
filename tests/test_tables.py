"""Daily and monthly balances: sums that can be checked, and days as the clocks on the wall have them."""

import numpy as np
import pytest

from stationsim.kpis import kpis
from stationsim.models.carbon import CarbonSpec, metered_account, published_account
from stationsim.results import SINKS, SOURCES
from stationsim.tables import daily_balance, energy_column, monthly_balance
from tests.fake_results import fake_results


def test_one_day_can_be_added_up_in_the_head():
    (row,) = daily_balance(fake_results()).to_dict("records")
    assert row["pv_kwh"] == pytest.approx(2000)
    assert row["use_kwh"] == pytest.approx(2060)
    assert row["charging_kwh"] == pytest.approx(240)
    assert row["transformer_loss_kwh"] == pytest.approx(48)
    assert row["baseline_kwh"] == pytest.approx(2060 + 48)
    assert row["peak_import_15min_kw"] == pytest.approx(72)
    assert row["peak_use_kw"] == 200
    assert (row["ev_arrived"], row["ev_served"], row["ev_balked"], row["ev_reneged"]) == (6, 4, 1, 1)
    assert row["people"] == pytest.approx(720)
    assert row["fresh_water_m3"] == pytest.approx(60)
    assert row["fixed_cost"] == pytest.approx(10)
    assert (row["rainfall_mm"], row["snowfall_cm"]) == (pytest.approx(2.4), 0)


@pytest.mark.parametrize("step_minutes", [5, 10, 60])
def test_days_add_up_to_the_steps(step_minutes):
    results = fake_results(days=31, start="2025-01-15", step_minutes=step_minutes, sky="changing")
    daily = daily_balance(results)
    for name in (*SOURCES, *SINKS, "meter_import_kw", "meter_export_kw"):
        assert daily[energy_column(name)].sum() == pytest.approx(results.energy_kwh(name), rel=1e-9), name


def test_supply_equals_use_every_day_and_month():
    results = fake_results(days=60, step_minutes=60, sky="changing")
    daily = daily_balance(results)
    for table in (daily, monthly_balance(results, daily)):
        supply = sum(table[energy_column(name)] for name in SOURCES)
        leaves = sum(table[energy_column(name)] for name in SINKS)
        assert np.allclose(supply, leaves, rtol=1e-9)


def test_every_tonne_is_a_factor_times_a_column_of_the_table():
    daily = daily_balance(fake_results(days=10, step_minutes=60, sky="changing"))
    factor = 0.5
    assert np.allclose(daily["published_emitted_kg"], factor * daily["use_kwh"])
    assert np.allclose(daily["published_reduced_solar_kg"], factor * daily["generated_kwh"])
    assert np.allclose(daily["metered_emitted_kg"], factor * daily["meter_import_kwh"])
    assert np.allclose(daily["metered_baseline_kg"], factor * daily["baseline_kwh"])
    assert np.allclose(
        daily["metered_avoided_kg"], factor * (daily["baseline_kwh"] - daily["meter_import_kwh"])
    )
    assert np.allclose(daily["forestry_kg"], 36_500 / 365)
    assert np.allclose(daily["coal_saved_kgce"], 0.33 * daily["generated_kwh"])


def test_money_of_the_days_is_the_bill():
    from stationsim.kpis import kpis

    results = fake_results(days=45, step_minutes=60, sky="changing")
    daily, found = daily_balance(results), kpis(results)
    total = daily["energy_cost"].sum() + daily["fixed_cost"].sum() - daily["feed_in_revenue"].sum()
    assert total == pytest.approx(found["bill_total"].value)
    assert daily["published_emitted_kg"].sum() / 1000 == pytest.approx(
        found["carbon_published_emitted"].value
    )
    assert daily["forestry_kg"].sum() / 1000 == pytest.approx(found["carbon_forestry"].value)


def test_months_name_themselves_and_say_how_many_days_they_hold():
    monthly = monthly_balance(fake_results(start="2025-01-30", days=30, step_minutes=60))
    assert list(monthly.index) == ["2025-01", "2025-02"]
    assert list(monthly["days"]) == [2, 28]
    assert list(monthly["pv_kwh"]) == pytest.approx([2 * 2000, 28 * 2000])
    assert list(monthly["peak_use_kw"]) == [200, 200]


def test_days_are_civil_days_even_when_the_clocks_change():
    results = fake_results(
        start="2025-03-29", days=3, step_minutes=60, timezone="Europe/Berlin", battery=False
    )
    daily = daily_balance(results)
    assert [str(day.date()) for day in daily.index] == ["2025-03-29", "2025-03-30", "2025-03-31"]
    assert list(daily["other_kwh"]) == pytest.approx([24 * 40, 23 * 40, 24 * 40])
    assert list(daily["pv_kwh"]) == pytest.approx([2000, 2000, 2000])
    assert list(daily["ev_arrived"]) == [6, 6, 6]


def test_the_state_of_charge_is_the_one_at_the_end_of_the_day():
    results = fake_results(days=2)
    half = results.steps["soc"].to_numpy()
    daily = daily_balance(results)
    assert list(daily["soc_end"]) == [half[287], half[575]]


def test_a_station_without_cars_has_zeros():
    daily = daily_balance(fake_results(cars=False, solar=False, battery=False))
    assert daily["ev_arrived"].iloc[0] == 0
    assert daily["charging_kwh"].iloc[0] == 0
    assert daily.notna().all().all()


def test_every_tonne_follows_from_a_column_of_the_daily_balance():
    results = fake_results()
    daily = daily_balance(results)
    spec = CarbonSpec.model_validate(results.scenario["carbon"])
    published = published_account(
        spec, use_kwh=daily["use_kwh"].sum(), pv_kwh=daily["generated_kwh"].sum(), uptake_t=36.5 / 365
    )
    metered = metered_account(
        spec,
        import_kwh=daily["meter_import_kwh"].sum(),
        baseline_import_kwh=daily["baseline_kwh"].sum(),
        export_kwh=daily["meter_export_kwh"].sum(),
    )
    numbers = kpis(results)
    for line, name in zip(
        (published.emitted, published.avoided, metered.scope_2, metered.baseline, metered.exported),
        (
            "published_emitted",
            "published_reduced_solar",
            "metered_emitted",
            "metered_baseline",
            "metered_exported",
        ),
        strict=True,
    ):
        tonnes = daily[line.column].sum() * line.factor_t_per_mwh / 1000
        assert tonnes == pytest.approx(numbers[f"carbon_{name}"].value), name
