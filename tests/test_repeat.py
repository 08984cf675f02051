"""Checking a run and running it again: every change is noticed, and named."""

import json
import re
import shutil

import pytest

from stationsim import execute, manifest, provenance, repeat
from stationsim.errors import BalanceError, MachineError, ModelError, ScenarioError
from stationsim.manifest import as_json, sealed, sha256_of
from stationsim.results import read_manifest
from stationsim.runs import write_parquet
from tests.commands import SMALL, call
from tests.made_weather import write_csv


def made_in(folder):
    """Run two June days with a weather file; return the run's folder."""
    write_csv(folder / "weather.csv", start="2026-06-01", days=4)
    text = re.sub("(?m)^weather:.*$", "weather: {source: file, file: weather.csv}", SMALL.read_text())
    text = text.replace("2025-01-14", "2026-06-02").replace("2025-01-15", "2026-06-03")
    (folder / "station.yaml").write_text(text)
    prepared = execute.prepare(folder / "station.yaml")
    return execute.run_into_folder(prepared, folder=folder / "run", figures=False).folder


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return made_in(tmp_path_factory.mktemp("original"))


@pytest.fixture
def run(original, tmp_path):
    """A copy of a run with the files it was made from; its manifest still names the original's folder."""
    shutil.copytree(original.parent, tmp_path, dirs_exist_ok=True)
    content = manifest.whole_manifest(original)
    content["scenario"]["path"] = str(tmp_path / "station.yaml")
    reseal(tmp_path / "run", content)
    return tmp_path / "run"


def reseal(folder, content):
    """Write a manifest as someone would who wants a change to go unnoticed."""
    content["outputs"] = {name: sha256_of(folder / name) for name in content["outputs"]}
    (folder / "manifest.json").write_text(as_json(sealed(content)))


def test_a_whole_run_verifies(run):
    assert re.fullmatch(r"7 files and \d+ KPIs are whole, result [0-9a-f]{12}", repeat.verify(run))


@pytest.mark.parametrize("name", [*manifest.DATA_FILES, "manifest.json"])
def test_a_changed_or_missing_file_is_named_with_exit_code_6(run, capsys, name):
    data = bytearray((run / name).read_bytes())
    data[len(data) // 3] ^= 4
    (run / name).write_bytes(data)
    answer = call(capsys, "verify", run)
    assert (answer.code, answer.out) == (6, "")
    assert name in answer.err
    (run / name).unlink()
    answer = call(capsys, "verify", run)
    assert answer.code == 6
    assert name in answer.err


def test_a_changed_kpi_is_named_though_all_hashes_fit(run):
    kpis = json.loads((run / "kpis.json").read_text())
    kpis["use_total"]["value"] *= 1.0001
    (run / "kpis.json").write_text(as_json(kpis))
    reseal(run, manifest.whole_manifest(run))
    with pytest.raises(MachineError, match=r"kpis\.json.*use_total$"):
        repeat.verify(run)


@pytest.mark.parametrize("change", [dict.popitem, lambda kpis: kpis.update(more={"value": 1.0})])
def test_a_missing_or_additional_kpi_is_noticed(run, change):
    kpis = json.loads((run / "kpis.json").read_text())
    change(kpis)
    (run / "kpis.json").write_text(as_json(kpis))
    reseal(run, manifest.whole_manifest(run))
    with pytest.raises(MachineError, match=r"kpis\.json"):
        repeat.verify(run)


def test_changed_tables_are_noticed_though_all_hashes_fit(run):
    steps = execute.Results.load(run).steps
    write_parquet(steps.assign(temp_air=steps["temp_air"] + 1), run / "steps.parquet")
    reseal(run, manifest.whole_manifest(run))
    with pytest.raises(MachineError, match="result hash"):
        repeat.verify(run)
    write_parquet(steps.assign(balance_residual_kwh=1.0), run / "steps.parquet")
    reseal(run, manifest.whole_manifest(run))
    with pytest.raises(BalanceError):
        repeat.verify(run)


def test_a_run_repeats_from_its_folder_whatever_the_working_folder(run, capsys, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    answer = call(capsys, "rerun", "../run")
    assert answer.code == 0, answer.err
    assert answer.out.strip().endswith(manifest.whole_manifest(run)["result_hash"])
    assert call(capsys, "rerun", "../run", "--quiet") == (0, "", "")


def test_the_scenario_file_may_change_or_go(run):
    (run.parent / "station.yaml").unlink()
    assert repeat.rerun(run) == manifest.whole_manifest(run)["result_hash"]


def test_a_weather_file_that_changed_is_refused(run, capsys):
    with (run.parent / "weather.csv").open("a") as stream:
        stream.write("# a remark\n")
    answer = call(capsys, "rerun", run)
    assert (answer.code, answer.out) == (3, "")
    assert "weather.csv" in answer.err
    assert "changed" in answer.err


def test_a_weather_file_that_is_gone_is_refused(run):
    (run.parent / "weather.csv").unlink()
    with pytest.raises(ScenarioError, match=r"weather\.file: no such file"):
        repeat.rerun(run)


def test_another_result_is_explained_by_versions(run, monkeypatch):
    content = manifest.whole_manifest(run)
    content["result_hash"] = "0" * 64
    reseal(run, content)
    with pytest.raises(ModelError, match="the machine computes differently"):
        repeat.rerun(run)
    content["provenance"]["versions"]["numpy"] = "1.0"
    reseal(run, content)
    with pytest.raises(ModelError, match=r"changed since: numpy 1\.0 -> \d"):
        repeat.rerun(run)
    monkeypatch.setattr(provenance, "code_hash", lambda: "1" * 64)
    with pytest.raises(ModelError, match=r"code .* -> 111111111111"):
        repeat.rerun(run)


def test_a_broken_run_is_not_repeated(run):
    (run / "resolved.json").write_text("{}")
    with pytest.raises(MachineError, match=r"resolved\.json"):
        repeat.rerun(run)


def test_a_manifest_made_to_exhaust_the_reader_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(MachineError, match="not a readable manifest"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(MachineError, match="holds no mapping"):
        read_manifest(tmp_path)
