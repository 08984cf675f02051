"""Days that can be added up by hand, and what a change of design must do."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from stationsim import simulation
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from stationsim.solar import Generation
from stationsim.world import World, build_world
from tests.batteries import LOSSLESS, NO_CONVERTER_LOSS
from tests.random_scenarios import BATTERY, canopy, content, grid, only_constant, station

HOURLY = {"step_minutes": 60, "seed": 7}
ONE_DAY = {"start": "2025-06-01", "end": "2025-06-01"}
PERFECT = {
    "capacity_kwh": 100,
    "power_kw": 30,
    "soc_minimum": 0.0,
    "soc_maximum": 1.0,
    "soc_initial": 0.0,
    **LOSSLESS,
}


def under_a_box_of_sun(monkeypatch: pytest.MonkeyPatch, kw: float, **sections: Any) -> Results:
    """Play a day of a constant load of 10 kW with ``kw`` of sun from 08:00 to 16:00."""

    def boxed(*args: Any, **more: Any) -> World:
        world = build_world(*args, **more)
        hours = world.clock.civil_hour
        pv_kw = np.where((hours >= 8) & (hours < 16), kw, 0.0)
        return dataclasses.replace(world, pv_kw=pv_kw, solar=Generation({"canopy": pv_kw}))

    monkeypatch.setattr(simulation, "build_world", boxed)
    plain = {"period": ONE_DAY, "simulation": HOURLY, "grid": grid(200, 200), "battery": None}
    return simulate(Scenario.from_dict(only_constant(10, **(plain | sections))))


def energies(results: Results) -> dict[str, float]:
    names = ("import", "export", "charge", "discharge", "curtailed", "unserved")
    return {
        name: round(results.energy_kwh(f"{name}_kw"), 9) for name in names if results.energy_kwh(f"{name}_kw")
    }


def test_no_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    """8 h of 50 kW make 400 kWh; 80 are used at once, 320 sold; the other 16 h buy 160."""
    assert energies(under_a_box_of_sun(monkeypatch, 50)) == {"import": 160, "export": 320}


def test_a_perfect_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 kWh are stored at 30 kW, from 08:00 to 11:20, and feed the load from 16:00 to 24:00: 80 kWh.

    Before 08:00 the empty battery cannot help: 80 kWh are bought. Of 320 kWh of surplus 220 are sold.
    """
    results = under_a_box_of_sun(monkeypatch, 50, battery=PERFECT)
    assert energies(results) == {"import": 80, "export": 220, "charge": 100, "discharge": 80}
    assert results.steps["battery_kwh"].iloc[-1] == pytest.approx(20)
    assert results.steps["charge_kw"].iloc[8:12].tolist() == pytest.approx([30, 30, 30, 10])


def test_a_battery_with_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth lost each way in the converter: 100 kWh take 125 from the busbar, for 80 they give 96."""
    lossy = PERFECT | {"converter": NO_CONVERTER_LOSS | {"linear_share": 0.2}}
    results = under_a_box_of_sun(monkeypatch, 50, battery=lossy)
    assert energies(results) == {"import": 80, "export": 195, "charge": 125, "discharge": 80}
    assert results.steps["battery_kwh"].iloc[-1] == pytest.approx(4)
    assert results.energy_kwh("battery_converter_loss_kw") == pytest.approx(25 + 16)


def test_export_and_import_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 40 kW of surplus 15 may be sold; of 10 kW at night 4 may be bought: 8 h x 25 and 16 h x 6."""
    results = under_a_box_of_sun(monkeypatch, 50, grid=grid(4, 15))
    assert energies(results) == {"import": 64, "export": 120, "curtailed": 200, "unserved": 96}


def test_a_transformer_takes_its_loss_at_the_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """No load loses 1 kW; at 100 kW, its rating, 4 kW more: 10 kW lose 0.04, the 40 sold 0.64."""
    trafo = {"transformer_kva": 100, "transformer_no_load_kw": 1, "transformer_load_loss_kw": 4}
    results = under_a_box_of_sun(monkeypatch, 50, grid=grid(200, 200, power_factor=1.0, **trafo))
    assert results.energy_kwh("meter_import_kw") == pytest.approx(16 * (10 + 1 + 0.04))
    assert results.energy_kwh("meter_export_kw") == pytest.approx(8 * (40 - 1 - 0.64))
    assert results.energy_kwh("transformer_loss_kw") == pytest.approx(16 * 1.04 + 8 * 1.64)


SUMMER = {"start": "2025-07-01", "end": "2025-07-03"}


def played(**sections: Any) -> Results:
    return simulate(station(period=SUMMER, **sections))


def own_use(results: Results) -> float:
    return results.energy_kwh("pv_kw") - results.energy_kwh("export_kw") - results.energy_kwh("curtailed_kw")


def test_more_sun_never_raises_import() -> None:
    runs = [played(solar=canopy(dc_kwp)) for dc_kwp in (75, 150, 300)]
    bought = [results.energy_kwh("meter_import_kw") for results in runs]
    assert bought == sorted(bought, reverse=True)
    generated = [results.energy_kwh("pv_kw") for results in runs]
    assert generated[1:] == pytest.approx([2 * generated[0], 4 * generated[0]])
    assert all((runs[1].steps["import_kw"] >= runs[2].steps["import_kw"] - 1e-9).tolist())


@pytest.mark.parametrize("solar", [None, canopy(0)])
def test_no_sun_no_generation(solar: dict[str, Any] | None) -> None:
    results = played(solar=solar)
    assert not results.steps["pv_kw"].any()
    assert not results.steps[["export_kw", "curtailed_kw"]].any().any()


def test_without_a_battery_nothing_goes_through_it_and_no_less_is_bought() -> None:
    without, with_one = played(battery=None), played(battery=BATTERY | {"soc_initial": 0.1})
    assert not without.steps[["charge_kw", "discharge_kw", "battery_kwh", "soc"]].any().any()
    assert without.energy_kwh("meter_import_kw") > with_one.energy_kwh("meter_import_kw")
    assert without.sessions.equals(with_one.sessions)


def test_a_larger_battery_never_uses_less_of_the_sun() -> None:
    sizes = (10, 100, 1000)
    runs = [
        played(
            solar=canopy(400),
            battery=BATTERY | {"capacity_kwh": kwh, "power_kw": kwh / 2, "soc_initial": 0.1},
        )
        for kwh in sizes
    ]
    used = [own_use(results) for results in runs]
    assert used == sorted(used)
    assert used[0] < used[-1]


def test_the_same_scenario_has_the_same_hash_and_another_seed_another() -> None:
    usual = content()["simulation"]
    one, again, other = (played(simulation=usual | {"seed": seed}) for seed in (1, 1, 2))
    assert one.provenance["result_hash"] == again.provenance["result_hash"] == again.result_hash()
    assert one.provenance["result_hash"] != other.provenance["result_hash"]
    assert not one.sessions["arrival"].equals(other.sessions["arrival"])


def test_two_designs_meet_the_same_cars() -> None:
    twice = {"groups": [{"name": "fast", "posts": 6, "power_kw": 120}]}
    ours, theirs = played(), played(charging=twice, battery=None)
    drawn = ["arrival", "type", "soc_arrival", "soc_target", "wanted_kwh"]
    assert ours.sessions[drawn].equals(theirs.sessions[drawn])
    assert ours.sessions["wait_minutes"].sum() >= theirs.sessions["wait_minutes"].sum()
