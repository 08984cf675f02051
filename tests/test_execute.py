"""From scenario to run folder, for scripts: what is written, and by whom at a time."""

import json
import threading

import pandas as pd
import pytest

from stationsim import execute, provenance, runs
from stationsim.errors import MachineError
from stationsim.folders import locked
from stationsim.manifest import whole_manifest
from stationsim.tables import daily_balance, monthly_balance
from tests.commands import SMALL, left_in


@pytest.fixture(scope="module")
def prepared():
    return execute.prepare(SMALL, overrides=["battery.power_kw=100"])


@pytest.fixture
def done(prepared, tmp_path):
    return execute.run_into_folder(prepared, folder=tmp_path / "run", figures=False)


def test_the_manifest_holds_what_a_doubter_asks_for(done, prepared):
    manifest = whole_manifest(done.folder)
    assert manifest["schema"] == "stationsim-run/1"
    assert manifest["fingerprint"] == prepared.fingerprint
    assert manifest["scenario"]["path"] == str(SMALL)
    assert manifest["scenario"]["sha256"] == runs.sha256_of(SMALL)
    assert manifest["scenario"]["files"] == {str(SMALL): runs.sha256_of(SMALL)}
    assert manifest["overrides"] == ["battery.power_kw=100"]
    assert "battery.soc_maximum" in manifest["defaults_used"]
    assert "battery.power_kw" not in manifest["defaults_used"]
    assert {"stationsim", "numpy", "pandas", "scipy", "pvlib", "simpy", "tzdata"} == set(
        manifest["provenance"]["versions"]
    )
    assert {"sky", "vehicles", "ev_soc"} <= set(manifest["random"]["streams"])
    assert manifest["code"]["sha256"] == provenance.code_hash()
    host = manifest["host"]
    assert {"started", "ended", "wall_s", "peak_memory_mb", "python", "system", "processor"} <= set(host)
    assert 0 < host["wall_s"] < 600
    assert set(manifest["outputs"]) == set(runs.DATA_FILES)


def test_no_secret_of_the_environment_is_written(prepared, tmp_path, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "do-not-tell")
    folder = execute.run_into_folder(prepared, folder=tmp_path / "run", figures=False).folder
    assert not any(b"do-not-tell" in (folder / name).read_bytes() for name in left_in(folder))


def test_the_scenario_is_kept_as_written(done):
    assert (done.folder / "scenario.yaml").read_text() == SMALL.read_text()
    assert json.loads((done.folder / "resolved.json").read_text())["battery"]["power_kw"] == 100


def test_tables_and_kpis_are_those_of_the_results(done):
    daily = daily_balance(done.results)
    read = pd.read_csv(done.folder / "daily_balance.csv", index_col="date", parse_dates=True)
    pd.testing.assert_frame_equal(
        read, daily, atol=1e-6, check_freq=False, check_dtype=False, check_index_type=False
    )
    months = pd.read_csv(done.folder / "monthly.csv", index_col="month")
    assert list(months["use_kwh"]) == pytest.approx(list(monthly_balance(done.results)["use_kwh"]), abs=1e-6)
    stored = json.loads((done.folder / "kpis.json").read_text())
    assert stored == {name: kpi.to_dict() for name, kpi in done.kpis.items()}


def test_the_daily_table_is_made_once(done, monkeypatch):
    import stationsim.tables as tables

    calls, inner = [], tables.daily_balance
    monkeypatch.setattr(tables, "daily_balance", lambda results: calls.append(1) or inner(results))
    execute._tables(done.results)
    assert len(calls) == 1


def test_a_found_run_is_the_run(done, prepared):
    found = execute.run_into_folder(prepared, folder=done.folder, figures=False)
    assert found.reused
    assert not done.reused
    assert found.manifest == done.manifest
    assert {**found.to_json(), "reused": False} == done.to_json()


def test_two_writers_at_once_make_one_run(prepared, tmp_path):
    with locked(tmp_path / "run"), pytest.raises(MachineError, match="is writing this run"):
        execute.run_into_folder(prepared, folder=tmp_path / "run", figures=False)
    assert left_in(tmp_path) == []


def test_a_run_that_another_finished_meanwhile_is_shown(prepared, tmp_path, monkeypatch):
    """Between looking for a complete run and taking the lock, somebody else made it."""
    check = runs.check_place

    def make_it(folder):
        monkeypatch.setattr(runs, "check_place", check)
        execute.run_into_folder(prepared, folder=folder, figures=False)

    monkeypatch.setattr(runs, "check_place", make_it)
    assert execute.run_into_folder(prepared, folder=tmp_path / "run", figures=False).reused


def test_a_run_can_be_made_beside_the_main_thread(prepared, tmp_path):
    made = []
    thread = threading.Thread(
        target=lambda: made.append(execute.run_into_folder(prepared, folder=tmp_path / "run", figures=False))
    )
    thread.start()
    thread.join()
    assert made[0].folder == tmp_path / "run"


def test_a_broken_run_is_refused_and_replaced_by_force(done, prepared):
    (done.folder / "kpis.json").write_text("{}")
    with pytest.raises(MachineError, match="--force"):
        execute.run_into_folder(prepared, folder=done.folder, figures=False)
    again = execute.run_into_folder(prepared, folder=done.folder, figures=False, force=True)
    assert again.manifest["result_hash"] == done.manifest["result_hash"]


def test_figures_that_cannot_be_drawn_do_not_hide_a_complete_run(done, prepared, monkeypatch):
    def fail(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(execute, "_draw", fail)
    found = execute.run_into_folder(prepared, folder=done.folder)
    assert found.reused
    assert "Read-only file system" in found.warnings[-1]
    assert left_in(done.folder.parent) == ["run"]


def test_progress_tells_days(prepared, tmp_path):
    told = []
    execute.run_into_folder(
        prepared, folder=tmp_path / "run", figures=False, progress=lambda *days: told.append(days)
    )
    assert told == [(1, 2), (2, 2)]


def test_what_scenario_and_run_both_warn_of_is_kept_once(tmp_path):
    past = "traffic.holidays=[{name: Eve, first_day: 2020-12-24, last_day: 2020-12-24, vehicles_factor: 1}]"
    prepared = execute.prepare(SMALL, overrides=[past])
    done = execute.run_into_folder(prepared, folder=tmp_path / "r", figures=False)
    said = [row["message"] for row in done.manifest["warnings"]]
    for messages in (said, done.to_json()["warnings"]):
        assert sum("no holiday is listed" in message for message in messages) == 1


def test_warnings_of_the_scenario_are_kept_with_the_run(tmp_path):
    prepared = execute.prepare(SMALL, overrides=["battery.power_kw=5000"])
    assert prepared.warnings
    done = execute.run_into_folder(prepared, folder=tmp_path / "run", figures=False)
    assert [row["message"] for row in done.manifest["warnings"]][: len(prepared.warnings)] == list(
        prepared.warnings
    )
    assert set(prepared.warnings) <= set(done.to_json()["warnings"])


def test_a_template_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("os.link", fail)  # a file system without hard links
    execute.write_template(tmp_path / "a.yaml")
    with pytest.raises(MachineError, match="exists"):
        execute.write_template(tmp_path / "a.yaml")
    assert left_in(tmp_path) == ["a.yaml"]
