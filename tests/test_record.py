"""What the loop writes down comes back as columns, and as Results that a reader can check."""

from __future__ import annotations

import numpy as np
import pytest

from stationsim.control.rule import Settlement
from stationsim.errors import BalanceError, ScenarioError
from stationsim.kernel import minutes, power, treatment
from stationsim.plant import State
from stationsim.plaza.steps import PLAZA_ROW
from stationsim.record import Record
from stationsim.results import RESIDUALS, Results
from stationsim.simulation import simulate
from tests.random_scenarios import grid, loads, station


def test_rows_come_back_as_columns() -> None:
    record = Record(State([[0.0]] * 2, [0.0] * 3, [0.0] * power.STATE_WIDTH), 3)
    for begin, end in ((0, 2), (2, 3)):
        rows = record.rows(begin, end)
        for part in (*rows.zones, rows.water, rows.plaza, rows.power, *rows.units):
            width = len(part) // (end - begin)
            part[:] = [100 * step + place for step in range(begin, end) for place in range(width)]
    tables = [record.columns, *record.zones, *record.units]
    names = [(*treatment.ROW, *PLAZA_ROW, *power.POWER_ROW), minutes.ROW, minutes.ROW, power.UNIT_ROW]
    assert [tuple(table) for table in tables] == names
    for parts, table in ((names[1], tables[1]), (names[3], tables[3])):
        for place, name in enumerate(parts):
            assert table[name].tolist() == [place, 100 + place, 200 + place], name


def test_the_record_keeps_the_start_while_the_state_moves_on() -> None:
    state = State([[20.0]], [1.0, 2.0, 0.0], [5.0, 20.0, 0.0])
    record = Record(state, 1)
    state.building[0][0], state.water[0], state.store[0] = 7.0, 7.0, 7.0
    assert record.start == State(([20.0],), [1.0, 2.0, 0.0], [5.0, 20.0, 0.0])


def test_columns_stand_in_the_order_of_what_writes_them() -> None:
    assert power.POWER_ROW[: len(Settlement._fields)] == Settlement._fields


@pytest.fixture(scope="module")
def results() -> Results:
    return simulate(station(grid=grid(800, 200, transformer_kva=400)))


def test_states_stand_at_the_end_of_their_step(results: Results) -> None:
    steps = results.steps
    lost = steps["battery_converter_loss_kw"] + steps["battery_cell_loss_kw"]
    moved = steps["charge_kw"] - steps["discharge_kw"] - lost
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
