"""What is told of batteries: sums by hand on a made day, and what each of several did."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from stationsim.kpis import kpis
from stationsim.kpis.battery import round_trip
from stationsim.results import Results
from tests.fake_results import fake_results


def with_battery(results: Results, columns: dict[str, Any] | None = None, **keys: Any) -> Results:
    battery = {**results.scenario["battery"], **keys}
    steps = results.steps.assign(**(columns or {}))
    return dataclasses.replace(results, steps=steps, scenario={**results.scenario, "battery": battery})


def value(results: Results, name: str) -> float:
    return kpis(results)[name].value


def test_a_round_trip_allows_for_what_is_still_stored() -> None:
    """100 in at 0.9 store 90: 81 come out again, or 36 and 50 stay."""
    assert round_trip(100.0, 81.0, 0.0) == pytest.approx(0.81)
    assert round_trip(100.0, 36.0, 50.0) == pytest.approx(0.81)
    assert round_trip(50.0, 81.0, -45.0) == pytest.approx(0.81)
    assert math.isnan(round_trip(0.0, 5.0, -6.0))
    assert math.isnan(round_trip(5.0, 0.0, 4.0))


def test_the_made_day_loses_a_tenth_on_the_way_in() -> None:
    """444.4 kWh in, 400 out: 0.9 there and back; 844.4 kWh of throughput."""
    found = kpis(fake_results())
    assert found["battery_round_trip"].value == pytest.approx(90)
    assert found["loss_battery_converter"].value == pytest.approx(400 / 0.9 - 400)
    assert found["loss_battery_cells"].value == 0
    assert found["loss_battery"].value == pytest.approx(400 / 0.9 - 400)
    assert found["battery_temp_mean"].value == found["battery_temp_max"].value == 25
    assert found["battery_hours_derated"].value == 0


def test_auxiliaries_by_throughput_and_by_capacity() -> None:
    """0.8 kW all day are 19.2 kWh: 2.3 % of 844.4 kWh, and 2 kW for each MWh of 400 kWh."""
    results = with_battery(fake_results(), {"battery_aux_kw": 0.8})
    assert value(results, "battery_aux_share") == pytest.approx(19.2 / (400 / 0.9 + 400) * 100)
    assert value(results, "battery_aux_per_mwh") == pytest.approx(2)


def test_hours_at_limits() -> None:
    results = fake_results()
    power = np.maximum(results.steps["charge_kw"], results.steps["discharge_kw"])
    most = power.max()
    at_most = float((power >= most - 1e-9).sum() * results.dt_h)
    assert value(with_battery(results, power_kw=float(most)), "battery_hours_at_power") == at_most > 0
    assert value(with_battery(results, power_cap_kw=float(most)), "battery_hours_at_power") == at_most
    assert value(with_battery(results, power_kw=2.0 * most), "battery_hours_at_power") == 0


def test_seasons_have_limits_of_their_own() -> None:
    """In June the made battery fills to 400 kWh; where only half is allowed it is full for longer."""
    results = fake_results()
    june = [{"months": [6], "soc_minimum": 0.0, "soc_maximum": 0.5}]
    usual, summer = (
        value(run, "battery_hours_full") for run in (results, with_battery(results, seasons=june))
    )
    stored = results.steps["battery_kwh"]
    assert summer == pytest.approx(float((stored >= 200 - 1e-3).sum()) * results.dt_h)
    assert summer > usual


def test_hours_in_which_warmth_limits_power() -> None:
    """Cells at 10 degC for 6 h take less than the rating; at 20 degC they take it."""
    results = fake_results()
    hours = np.arange(len(results.steps)) * results.dt_h
    cold = with_battery(results, {"battery_temp_degc": np.where(hours < 6, 10.0, 20.0)})
    assert value(cold, "battery_hours_derated") == pytest.approx(6)
    assert value(cold, "battery_temp_max") == 20


def test_a_warranty_is_used_up_at_the_pace_of_the_run() -> None:
    """400 kWh a day of 1,460 MWh: 3,650 days, 10 of 20 years."""
    told = with_battery(fake_results(), warranty={"throughput_mwh": 1460.0, "years": 20.0})
    found = kpis(told)
    assert found["battery_warranty_used"].value == pytest.approx(0.4 / 1460 * 100)
    assert found["battery_warranty_years"].value == pytest.approx(10)
    assert found["battery_warranty_margin"].value == pytest.approx(0.5)
    in_cycles = with_battery(fake_results(), warranty={"full_cycles": 3650.0, "years": 20.0})
    assert value(in_cycles, "battery_warranty_years") == pytest.approx(10)
    assert "battery_warranty_years" not in kpis(fake_results())


def test_each_of_several_is_told_apart() -> None:
    """Two halves of the made battery: each cycles as the whole does."""
    results = fake_results()
    one = results.scenario["battery"]
    half = {**one, "capacity_kwh": one["capacity_kwh"] / 2, "power_kw": one["power_kw"] / 2}
    columns = {
        name: column
        for unit, temp in (("north", 20.0), ("south", 30.0))
        for name, column in {
            f"battery_kwh_{unit}": results.steps["battery_kwh"] / 2,
            f"charge_{unit}_kw": results.steps["charge_kw"] / 2,
            f"discharge_{unit}_kw": results.steps["discharge_kw"] / 2,
            f"battery_temp_{unit}_degc": temp,
        }.items()
    }
    both = dataclasses.replace(
        results,
        steps=results.steps.assign(**columns),
        scenario={
            **{key: section for key, section in results.scenario.items() if key != "battery"},
            "batteries": [half | {"name": "north"}, half | {"name": "south"}],
        },
    )
    whole, found = kpis(results), kpis(both)
    for name in ("battery_cycles", "battery_round_trip", "battery_hours_full", "battery_hours_empty"):
        assert found[name].value == pytest.approx(whole[name].value)
    assert found["battery_cycles_north"].value == pytest.approx(whole["battery_cycles"].value)
    assert found["battery_round_trip_south"].value == pytest.approx(90)
    assert found["battery_throughput_north"].value == pytest.approx(whole["battery_throughput"].value / 2)
    assert (found["battery_temp_max_north"].value, found["battery_temp_max_south"].value) == (20, 30)


def test_without_a_battery_nothing_applies() -> None:
    found = kpis(fake_results(battery=False))
    names = [name for name in found if name.startswith(("battery_", "soc_")) and "residual" not in name]
    told = {name for name in names if found[name].applies}
    assert told <= {name for name in names if name.startswith(("battery_charge", "battery_discharge"))}
