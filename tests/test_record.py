"""What the loop writes down comes back as columns, and as Results that a reader can check."""

from __future__ import annotations

import numpy as np
import pytest

from stationsim.control.rule import Settlement
from stationsim.errors import BalanceError, ScenarioError
from stationsim.kernel.building import initial_state, room_parameters
from stationsim.kernel.minutes import WIDTH
from stationsim.models.water import WaterFlows
from stationsim.plant import State
from stationsim.record import PARTS, POWER, WATER, Record
from stationsim.results import RESIDUALS, Results
from stationsim.simulation import simulate
from tests.random_scenarios import grid, loads, station


def row(width: int, first: float) -> bytearray:
    return bytearray(np.arange(first, first + width).tobytes())


def empty(n_steps: int) -> Record:
    """Return a record of two zones, 20 and 22 degC warm."""
    zone = station().building.zones[0]
    room = room_parameters(zone, cooling=None, heating=None)
    rooms = [initial_state(room, temp_air_degc=degc, temp_mass_degc=21.0) for degc in (20.0, 22.0)]
    return Record(State(0.0, rooms, None), n_steps, zones=2)  # type: ignore[arg-type]


def test_zones_write_their_rows_themselves() -> None:
    record = empty(3)
    for zone, rows in enumerate(record.heat_rows):
        for place in range(3 * WIDTH):
            rows[place] = 1000.0 * zone + place
    assert record.hvac_kw(1) == [2002.0]  # 0 + 1 + 1000 + 1001
    assert record.hvac_kw(2) == [2002.0 + 4 * WIDTH, 2002.0 + 8 * WIDTH]
    outputs = record.zone_outputs()
    assert outputs[0].cooling_kw.tolist() == [0, WIDTH, 2 * WIDTH]
    assert outputs[1].unit_starts.tolist() == [1000 + n * WIDTH + WIDTH - 1 for n in range(3)]


def test_the_start_is_kept_though_the_loop_moves_on() -> None:
    record = empty(3)
    record.start.building[0][0] = 99.0
    assert [temps.temp_air_degc for temps in record.start_temps] == [20.0, 22.0]


def test_rows_come_back_as_columns() -> None:
    record = empty(3)
    record.add(*(row(len(names), 0.0) for names in PARTS))
    record.add(*(row(len(names), 100.0) for names in PARTS))
    record.close_day()
    record.add(*(row(len(names), 200.0) for names in PARTS))
    record.close_day()
    columns = record.columns()
    assert list(columns) == [*WATER, *POWER]
    for names in PARTS:
        for place, name in enumerate(names):
            assert columns[name].tolist() == [place, 100 + place, 200 + place], name


def test_columns_stand_in_the_order_of_what_writes_them() -> None:
    assert len(WATER) == len(WaterFlows._fields)
    assert WATER[0] == "equalisation_tank_m3"
    assert WaterFlows._fields[0] == "equalisation_m3"
    assert POWER[: len(Settlement._fields)] == Settlement._fields


@pytest.fixture(scope="module")
def results() -> Results:
    return simulate(station(grid=grid(800, 200, transformer_kva=400)))


def test_states_stand_at_the_end_of_their_step(results: Results) -> None:
    steps = results.steps
    moved = steps["charge_kw"] * 0.94 - steps["discharge_kw"] / 0.94 - 0.4
    before = np.concatenate([[100.0], steps["battery_kwh"].to_numpy()[:-1]])
    assert steps["battery_kwh"].to_numpy() == pytest.approx(before + moved.to_numpy() / 4)
    assert steps["soc"].to_numpy() == pytest.approx(steps["battery_kwh"].to_numpy() / 200)


def test_the_meter_sees_the_busbar_and_the_transformer(results: Results) -> None:
    steps = results.steps
    net = steps["meter_import_kw"] - steps["meter_export_kw"]
    assert net.to_numpy() == pytest.approx(
        (steps["import_kw"] - steps["export_kw"] + steps["transformer_loss_kw"]).to_numpy()
    )
    assert steps["transformer_loss_kw"].min() > 0


def test_sessions_have_civil_times_and_kinds(results: Results) -> None:
    sessions = results.sessions
    served = sessions[sessions["outcome"] == "served"]
    assert (served["end"] > served["start"]).all()
    assert ((served["start"] - served["arrival"]).dt.total_seconds() / 60).to_numpy() == pytest.approx(
        served["wait_minutes"].to_numpy()
    )
    assert set(sessions["group"]) <= {"fast", ""}
    assert "tesla_model_3" in set(sessions["type"])
    assert served["energy_ac_kwh"].to_numpy() == pytest.approx(served["energy_kwh"].to_numpy() / 0.95)
    assert results.energy_kwh("charging_kw") == pytest.approx(sessions["energy_ac_kwh"].sum())


@pytest.mark.parametrize("name", RESIDUALS)
def test_a_residual_beyond_tolerance_ends_the_run(results: Results, name: str) -> None:
    broken = results.steps.copy()
    broken.loc[broken.index[5], name] = -1e-5
    with pytest.raises(BalanceError, match=f"{name} is 1e-05"):
        Results(broken, results.sessions, results.scenario, results.provenance).check()


@pytest.mark.parametrize("column", ["pv_kw", "charging_kw", "import_kw", "charge_kw", "curtailed_kw"])
def test_a_wrong_flow_shows_in_the_balance(results: Results, column: str) -> None:
    """Every term of the balance comes from its own device: none follows when another is altered."""
    from tests.promises import check_residuals

    steps = results.steps.copy()
    steps.loc[steps.index[50], column] += 1e-3
    with pytest.raises(AssertionError):
        check_residuals(Results(steps, results.sessions, results.scenario, results.provenance))


def test_a_remainder_that_carries_the_station_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"loads\.other: must take at most"):
        simulate(station(loads=loads(200, other_share_maximum=0.25)))


def test_provenance_says_what_made_the_run(results: Results) -> None:
    provenance = results.provenance
    assert provenance["seed"] == 7
    assert provenance["weather"]["kind"] == "synthetic"
    assert {"stationsim", "numpy", "pandas", "pvlib", "simpy"} <= set(provenance["versions"])
    assert results.scenario["battery"]["power_kw"] == 100
