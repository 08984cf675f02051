"""Batteries of a whole station: several of them, and one on the DC side of solar inverters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stationsim.kpis import kpis
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from tests.promises import check_promises
from tests.random_scenarios import BATTERY, canopy, grid, only_constant

BEHIND = {**BATTERY, "coupling": "dc", "surfaces": ["canopy"]}


def played(**sections: Any) -> Results:
    asked = {
        "solar": canopy(150),
        "grid": grid(800, 200),
        "period": {"start": "2025-06-01", "end": "2025-06-04"},
    }
    scenario = Scenario.model_validate(only_constant(40.0, **(asked | sections)))
    results = simulate(scenario)
    check_promises(scenario, results)
    return results


def test_what_inverters_give_up_is_missing_at_the_busbar() -> None:
    steps = played(battery=BEHIND).steps
    assert steps["pv_to_battery_kw"].max() > 10
    assert steps["charge_kw"].to_numpy() == pytest.approx(steps["charge_dc_kw"].to_numpy())
    at_busbar = steps["pv_canopy_kw"] - steps["pv_to_battery_kw"]
    assert (at_busbar + steps["charge_dc_kw"]).to_numpy() == pytest.approx(
        steps["pv_kw"].to_numpy(), abs=1e-9
    )
    charging = steps["charge_dc_kw"] > 1
    given_up = steps.loc[charging, "pv_to_battery_kw"] / steps.loc[charging, "charge_dc_kw"]
    assert given_up.between(0.9, 0.99).all()


def test_clipped_power_charges_what_is_behind_the_inverters() -> None:
    """150 kWp on inverters of 50 kW: most of the noon sun is clipped, and fills the battery."""
    tight = canopy(150, dc_ac_ratio=3.0)
    behind, before = played(battery=BEHIND, solar=tight), played(battery=BATTERY, solar=tight)
    assert behind.energy_kwh("charge_dc_kw") > 2 * before.energy_kwh("charge_kw")
    assert behind.energy_kwh("import_kw") < before.energy_kwh("import_kw") - 50


def test_generation_counts_what_goes_into_batteries_on_the_dc_side() -> None:
    results = played(battery=BEHIND)
    numbers = {name: kpi.value for name, kpi in kpis(results).items()}
    given_up, taken = (results.energy_kwh(name) for name in ("pv_to_battery_kw", "charge_dc_kw"))
    assert taken > given_up > 0
    assert numbers["pv_generated"] == pytest.approx(results.energy_kwh("pv_canopy_kw") - given_up + taken)
    assert numbers["pv_delivered"] == pytest.approx(numbers["pv_generated"])
    assert numbers["battery_throughput"] == pytest.approx(taken + results.energy_kwh("discharge_kw"))
    assert 85 < numbers["battery_round_trip"] < 95


def test_two_batteries_share_and_are_told_apart() -> None:
    units = [{**BATTERY, "name": "old"}, {**BATTERY, "name": "new", "capacity_kwh": 400, "power_kw": 50}]
    steps = played(battery=None, batteries=units).steps
    for column, parts in (
        ("battery_kwh", ("battery_kwh_old", "battery_kwh_new")),
        ("charge_kw", ("charge_old_kw", "charge_new_kw")),
        ("discharge_kw", ("discharge_old_kw", "discharge_new_kw")),
    ):
        assert steps[column].to_numpy() == pytest.approx(sum(steps[part] for part in parts).to_numpy())
    both = (steps["charge_old_kw"] > 1) & (steps["charge_new_kw"] > 1) & (steps["soc_old"] < 0.8)
    assert both.any()
    assert (steps["charge_old_kw"] / steps["charge_new_kw"])[both].median() == pytest.approx(2.0, rel=0.05)


def test_two_surfaces_share_one_inverter() -> None:
    """East and west clip at other hours: one inverter for both clips less than one for each."""
    faces = [
        {
            "name": name,
            "kind": "canopy",
            "dc_kwp": 60,
            "dc_ac_ratio": 1.6,
            "tilt_deg": 40,
            "azimuth_deg": side,
        }
        for name, side in (("east", 90), ("west", 270))
    ]
    solar = {"surfaces": faces}
    apart = played(solar=solar, battery=BATTERY)
    together = played(solar=solar, battery={**BATTERY, "coupling": "dc", "surfaces": ["east", "west"]})
    assert together.steps["pv_clipped_kw"].sum() < 0.7 * apart.steps["pv_clipped_kw"].sum()
    chain = together.provenance["solar"]["chain_kwh"]
    for name in ("east", "west"):
        assert chain[name]["clipping"] == pytest.approx(together.energy_kwh(f"pv_{name}_kw"))
    potential = together.steps["pv_east_kw"] + together.steps["pv_west_kw"]
    assert potential.to_numpy() == pytest.approx(
        (
            together.steps["pv_kw"] - together.steps["charge_dc_kw"] + together.steps["pv_to_battery_kw"]
        ).to_numpy(),
        abs=1e-9,
    )
    assert np.all(potential <= 75 + 1e-9)
