"""Run folders: whole or not there, whatever fails while they are written, and every change noticed."""

import contextlib
import functools
import io
import itertools
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from stationsim import runs
from stationsim.errors import MachineError
from stationsim.manifest import DATA_FILES, RunInputs, as_json, sealed, sha256_of, whole_manifest
from stationsim.results import MANIFEST, Results
from tests.commands import left_in
from tests.fake_results import fake_results

FINGERPRINT = "f" * 64


def inputs(**changes):
    given = {
        "scenario_text": "name: Example\n",
        "scenario_path": "/somewhere/example.yaml",
        "scenario_sha256": "a" * 64,
        "resolved_sha256": "b" * 64,
        "scenario_files": {"example.yaml": "a" * 64},
        "files": {"weather.epw": "c" * 64},
        "overrides": ("battery.power_kw=100",),
        "defaults": ("battery.soc_maximum",),
        "fingerprint": FINGERPRINT,
        "warnings": ("take care",),
    }
    return RunInputs(**(given | changes))


@functools.cache
def example():
    results = fake_results()
    provenance = {"warnings": [], "findings": [], "result_hash": results.result_hash(), **results.provenance}
    return Results(results.steps, results.sessions, results.scenario, provenance)


def draw(folder):
    folder.mkdir()
    (folder / "day.png").write_bytes(b"picture")


def write(folder, **changes):
    given = {
        "inputs": inputs(),
        "kpis": {"use": {"value": 1.5, "unit": "kWh", "info": ""}},
        "tables": {"daily_balance": pd.DataFrame({"a": [1.0]}), "monthly": pd.DataFrame({"b": [2.0]})},
        "facts": lambda: {"host": {"python": "3"}},
        "draw": draw,
    }
    return runs.write_run(example(), folder, **(given | changes))


@pytest.fixture
def run(tmp_path):
    write(tmp_path / "run")
    return tmp_path / "run"


def test_a_run_folder_holds_every_file_and_nothing_lies_beside_it(run):
    assert left_in(run) == sorted([*DATA_FILES, MANIFEST, "figures"])
    assert left_in(run.parent) == ["run"]
    assert runs.complete_run(run, FINGERPRINT)
    assert not runs.complete_run(run, "0" * 64)


def test_hashes_taken_while_writing_are_those_of_the_files(run):
    outputs = whole_manifest(run)["outputs"]
    assert outputs == {name: sha256_of(run / name) for name in [*DATA_FILES, "figures/day.png"]}


def test_frames_come_back_as_they_were(run):
    written, read = fake_results(), runs.open_run(run)[0]
    pd.testing.assert_frame_equal(read.steps, written.steps, check_freq=False)
    pd.testing.assert_frame_equal(read.sessions, written.sessions)
    assert read.result_hash() == written.result_hash()


def test_frames_with_gaps_and_other_types_come_back(tmp_path):
    frame = pd.DataFrame({"x": [1.0, float("nan")], "n": [1, 2], "s": ["a", "b"]})
    runs.write_parquet(frame, tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), frame)


class Failing:
    """The n-th touch of the disk raises; counts them, and notes the one that puts the run in place."""

    def __init__(self, patch, error, at):
        self.error, self.at, self.count, self.placing = error, at, 0, 0
        patch.setattr(os, "fsync", lambda _: None)
        for module, name in (
            (os, "mkdir"), (os, "fsync"), (os, "rename"), (os, "replace"), (os, "open"), (io, "open"),
        ):  # fmt: skip
            patch.setattr(module, name, self.counted(getattr(module, name)))
        often = runs._Hashing.write
        counted, calls = self.counted(often), itertools.count()
        patch.setattr(runs._Hashing, "write", lambda *a: (often if next(calls) % 20 else counted)(*a))

    def counted(self, function):
        def touch(*args, **kwargs):
            self.count += 1
            if function.__name__ == "rename" and Path(args[1]).name == "run":
                self.placing = self.placing or self.count
            if self.count == self.at:
                raise self.error
            return function(*args, **kwargs)

        return touch


def write_and_fail(folder, error, at):
    with pytest.MonkeyPatch.context() as patch:
        failing = Failing(patch, error, at)
        with contextlib.suppress(MachineError, KeyboardInterrupt):
            write(folder)
    return failing


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("old", [False, True])
def test_a_failure_at_any_write_leaves_nothing_or_the_old_run(tmp_path, error, old):
    target, prior = tmp_path / "run", inputs(fingerprint="old")
    if old:
        write(target, inputs=prior)
    placing = write_and_fail(target, error, at=0).placing
    assert placing > 30  # until then every file is opened, written and flushed, each folder made and flushed
    for at in range(1, placing + 3):
        if runs.complete_run(target, FINGERPRINT):
            shutil.rmtree(target)
            if old:
                write(target, inputs=prior)
        assert write_and_fail(target, error, at).count >= at
        whole = [mark for mark in (FINGERPRINT, "old") if runs.complete_run(target, mark)]
        expected = [FINGERPRINT] if at > placing else ["old"] if old else []
        assert whole == expected, at
        assert left_in(tmp_path) == (["run"] if whole else []), at


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_is_said(tmp_path, error):
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, error, at=5)
        with pytest.raises((MachineError, KeyboardInterrupt)) as raised:
            write(tmp_path / "run")
    assert raised.type is KeyboardInterrupt or "No space left on device" in str(raised.value)


def test_an_error_while_drawing_leaves_nothing(tmp_path):
    def fail(folder):
        draw(folder)
        raise ValueError("no such colour")

    with pytest.raises(ValueError, match="colour"):
        write(tmp_path / "run", draw=fail)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("name", [*DATA_FILES, MANIFEST])
def test_a_flipped_bit_is_noticed_with_the_name_of_the_file(run, name):
    data = bytearray((run / name).read_bytes())
    for place in {0, len(data) // 2, len(data) - 1}:
        data[place] ^= 1
        (run / name).write_bytes(data)
        assert not runs.complete_run(run, FINGERPRINT)
        with pytest.raises(MachineError, match=name):
            runs.open_run(run)
        data[place] ^= 1


@pytest.mark.parametrize("name", [*DATA_FILES, MANIFEST])
def test_a_missing_file_is_noticed(run, name):
    (run / name).unlink()
    assert not runs.complete_run(run, FINGERPRINT)
    with pytest.raises(MachineError, match=name):
        runs.open_run(run)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": "other/1"}', "\x00", "null"])
def test_something_else_for_a_manifest_is_refused(run, text):
    (run / MANIFEST).write_text(text)
    with pytest.raises(MachineError, match=MANIFEST):
        runs.open_run(run)


def test_a_broken_figure_spoils_no_run(run):
    (run / "figures" / "day.png").write_bytes(b"other")
    assert runs.complete_run(run, FINGERPRINT)
    assert not runs.has_figures(run)


def test_the_manifest_says_what_the_run_was_made_from(run):
    manifest = whole_manifest(run)
    assert manifest["scenario"]["sha256"] == "a" * 64
    assert manifest["scenario"]["resolved_sha256"] == "b" * 64
    assert manifest["inputs"] == {"weather.epw": "c" * 64}
    assert manifest["overrides"] == ["battery.power_kw=100"]
    assert manifest["defaults_used"] == ["battery.soc_maximum"]
    assert manifest["warnings"] == [{"message": "take care", "count": 1}]
    assert manifest["host"] == {"python": "3"}


def test_figures_drawn_later_are_entered(run, tmp_path):
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    (drawn / "day.png").write_bytes(b"dark")
    assert runs.adopt(run, drawn) == [run / "figures" / "day.png"]
    assert runs.complete_run(run, FINGERPRINT)
    assert runs.has_figures(run)


def test_targets_that_cannot_be_used_are_refused(tmp_path, run):
    check = {"force": False, "n_steps": 10}
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(run)
    with pytest.raises(MachineError, match="file or a link"):
        runs.check_target(tmp_path / "file", **check)
    with pytest.raises(MachineError, match="file or a link"):
        runs.check_target(tmp_path / "link", **check)
    with pytest.raises(MachineError, match=r"a run of other inputs.*--force"):
        runs.check_target(run, **check)
    with pytest.raises(MachineError, match="no such folder"):
        runs.check_place(tmp_path / "missing" / "run")
    runs.check_target(run, **(check | {"force": True}))
    runs.check_target(tmp_path / "new", **check)


def test_a_disk_that_is_short_is_refused(tmp_path):
    with pytest.raises(MachineError, match="MB free"):
        runs.check_target(tmp_path / "run", force=False, n_steps=10**15)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that nobody may write")
def test_a_parent_that_cannot_be_written_is_refused():
    with pytest.raises(MachineError, match="cannot be written"):
        runs.check_target(Path("/proc/run"), force=False, n_steps=1)


@pytest.mark.parametrize("name", ["notes.txt", "figures/mine.png", "extra.csv", "sub/file"])
@pytest.mark.parametrize("force", [False, True])
def test_files_that_are_not_ours_are_never_replaced(run, name, force):
    (run / name).parent.mkdir(exist_ok=True)
    (run / name).write_text("mine")
    with pytest.raises(MachineError, match=name):
        runs.check_target(run, force=force, n_steps=1)


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "holiday.png").write_text("mine")
    with pytest.raises(MachineError, match=r"holiday\.png"):
        runs.check_target(tmp_path, force=True, n_steps=1)


def test_an_incomplete_run_is_replaced_by_force_alone(run):
    (run / MANIFEST).unlink()
    with pytest.raises(MachineError, match=r"incomplete run.*--force"):
        runs.check_target(run, force=False, n_steps=1)
    runs.check_target(run, force=True, n_steps=1)


def test_the_folder_one_is_in_is_not_replaced(run, monkeypatch):
    monkeypatch.chdir(run)
    with pytest.raises(MachineError, match="the folder you are in"):
        runs.check_target(run, force=True, n_steps=1)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Jinan East", "jinan-east"), ("../..", "station"), ("济南东", "station"), ("CON", "con"),
        ("a/b", "a-b"), ("<script>", "script"), ("😀", "station"), ("x" * 80, "x" * 40), ("dot.", "dot"),
    ],
)  # fmt: skip
def test_any_name_makes_a_folder_name(name, folder):
    assert runs.default_folder(name, FINGERPRINT) == Path("out") / f"{folder}-ffffffff"


def test_everything_that_decides_results_is_in_the_fingerprint():
    base = ("s", {"a": "1"}, {"numpy": "2"}, "code")
    others = [("t", *base[1:]), ("s", {"a": "2"}, *base[2:]), ("s", {"b": "1"}, *base[2:])]
    others += [(*base[:2], {"numpy": "3"}, "code"), (*base[:3], "changed")]
    assert len({runs.fingerprint(*words) for words in [base, *others]}) == 6
    assert runs.fingerprint("s", {"a": "1", "b": "2"}, {}) == runs.fingerprint("s", {"b": "2", "a": "1"}, {})


def test_a_sealed_manifest_reads_as_written():
    manifest = sealed({"x": 1.1, "name": "济南"})
    assert sealed(json.loads(as_json(manifest))) == manifest
