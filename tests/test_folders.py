"""Locks and swaps: one writer at a time, the old folder or the new one, and nothing else left."""

import json
import os
import socket
import subprocess
import sys

import pytest

from stationsim import folders
from stationsim.errors import MachineError
from stationsim.folders import clear_leftovers, lock_of, locked, replaceable, swap, temporary_of, write_new
from tests.commands import left_in


@pytest.fixture
def gone_pid():
    """A process id that was used and is free again."""
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def lock_by(folder, pid, host=None):
    lock_of(folder).write_text(json.dumps({"pid": pid, "host": host or socket.gethostname()}))


def folder_with(path, text):
    path.mkdir()
    (path / "file").write_text(text)
    return path


def test_a_lock_names_its_owner_and_goes_with_it(tmp_path):
    with locked(tmp_path / "run") as warnings:
        assert json.loads(lock_of(tmp_path / "run").read_text()) == {
            "pid": os.getpid(),
            "host": socket.gethostname(),
        }
        assert warnings == []
    assert left_in(tmp_path) == []


def test_a_second_writer_is_refused_with_pid_and_host(tmp_path):
    lock_by(tmp_path / "run", os.getppid())
    with (
        pytest.raises(MachineError, match=f"process {os.getppid()} on {socket.gethostname()}"),
        locked(tmp_path / "run"),
    ):
        pass
    assert left_in(tmp_path) == [".run.lock"]  # the owner's


def test_the_same_process_cannot_hold_a_lock_twice(tmp_path):
    refused = pytest.raises(MachineError, match=f"process {os.getpid()}")
    with locked(tmp_path / "run"), refused, locked(tmp_path / "run"):
        pass


def test_two_folders_are_locked_apart(tmp_path):
    with locked(tmp_path / "a"), locked(tmp_path / "b"):
        assert left_in(tmp_path) == [".a.lock", ".b.lock"]


def test_the_lock_of_another_machine_is_believed(tmp_path, gone_pid):
    lock_by(tmp_path / "run", gone_pid, host="elsewhere")
    with pytest.raises(MachineError, match=r"on elsewhere.*delete"), locked(tmp_path / "run"):
        pass


def test_a_stale_lock_is_taken_over_with_a_warning(tmp_path, gone_pid):
    lock_by(tmp_path / "run", gone_pid)
    with locked(tmp_path / "run") as warnings:
        assert f"process {gone_pid}" in warnings[0]
    assert left_in(tmp_path) == []


def test_a_pid_that_came_round_again_to_this_process_is_stale(tmp_path):
    lock_by(tmp_path / "run", os.getpid())
    with locked(tmp_path / "run") as warnings:
        assert len(warnings) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": -1}'])
def test_a_lock_without_a_name_is_taken_over(tmp_path, monkeypatch, text):
    monkeypatch.setattr(folders, "LOCK_READ_S", 0.0)
    lock_of(tmp_path / "run").write_text(text)
    with locked(tmp_path / "run") as warnings:
        assert "took over" in warnings[0]


def test_a_lock_that_others_take_over_first_is_theirs(tmp_path, gone_pid, monkeypatch):
    """Between reading a stale lock and removing it somebody else took it: it must not be removed."""
    lock_by(tmp_path / "run", gone_pid)
    alive = folders._alive

    def taken_meanwhile(holder, lock):
        answer = alive(holder, lock)
        lock_by(tmp_path / "run", os.getppid())
        return answer

    monkeypatch.setattr(folders, "_alive", taken_meanwhile)
    with pytest.raises(MachineError, match=f"process {os.getppid()}"), locked(tmp_path / "run"):
        pass
    assert json.loads(lock_of(tmp_path / "run").read_text())["pid"] == os.getppid()


def test_leftovers_of_a_killed_process_are_cleared(tmp_path):
    folder_with(temporary_of(tmp_path / "run"), "half")
    folder_with(temporary_of(tmp_path / "run", "old"), "old")
    folder_with(tmp_path / "run", "whole")
    with locked(tmp_path / "run") as warnings:
        assert len(warnings) == 2
    assert left_in(tmp_path) == ["run"]
    assert (tmp_path / "run" / "file").read_text() == "whole"


def test_the_run_put_aside_by_a_killed_process_comes_back(tmp_path):
    folder_with(temporary_of(tmp_path / "run", "old"), "old")
    folder_with(temporary_of(tmp_path / "run"), "half")
    with locked(tmp_path / "run") as warnings:
        assert "brought back" in warnings[0]
    assert left_in(tmp_path) == ["run"]
    assert (tmp_path / "run" / "file").read_text() == "old"


def test_leftovers_of_other_names_stay_with_their_owners(tmp_path):
    other = folder_with(temporary_of(tmp_path / "run-12"), "theirs")
    folder_with(tmp_path / ".tmp-mine", "not ours")
    with locked(tmp_path / "run"):
        pass
    assert left_in(tmp_path) == sorted([other.name, ".tmp-mine"])


def test_a_file_that_is_being_written_is_no_leftover(tmp_path):
    half = temporary_of(tmp_path / "figure.png")
    half.write_text("half")
    assert clear_leftovers(tmp_path) == []
    assert left_in(tmp_path) == [half.name]


def test_all_leftovers_are_cleared_but_those_of_live_writers(tmp_path, gone_pid):
    folder_with(temporary_of(tmp_path / "dead"), "half")
    lock_by(tmp_path / "dead", gone_pid)
    live = folder_with(temporary_of(tmp_path / "live"), "half")
    lock_by(tmp_path / "live", os.getppid())
    assert len(clear_leftovers(tmp_path)) == 2
    assert left_in(tmp_path) == sorted([live.name, ".live.lock"])


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("failing", [1, 2])
def test_a_swap_that_fails_keeps_the_old_folder(tmp_path, monkeypatch, error, failing):
    new, target = folder_with(tmp_path / "new", "new"), folder_with(tmp_path / "run", "old")
    rename, calls = os.rename, []

    def fail(*paths):
        calls.append(paths)
        if len(calls) == failing:
            raise error
        rename(*paths)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(type(error)):
        swap(new, target)
    assert left_in(tmp_path) == ["new", "run"]
    assert (target / "file").read_text() == "old"


def test_a_swap_replaces_the_old_folder(tmp_path):
    swap(folder_with(tmp_path / "new", "new"), folder_with(tmp_path / "run", "old"))
    assert left_in(tmp_path) == ["run"]
    assert (tmp_path / "run" / "file").read_text() == "new"


def test_a_parent_that_cannot_be_read_is_left_alone(tmp_path):
    assert clear_leftovers(tmp_path / "none") == []


@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_file_is_never_replaced(tmp_path, linked):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "ring").symlink_to("ring")
    before = left_in(tmp_path)
    for name in ("pipe", "folder", "ring"):
        path = tmp_path / name
        if linked:
            path = tmp_path / f"to_{name}"
            path.symlink_to(name)
            before = sorted([*before, path.name])
        with pytest.raises(MachineError, match=f"{path}: is no file that could be replaced; name another"):
            write_new(path, "text", force=True)
    assert (tmp_path / "pipe").is_fifo()
    assert left_in(tmp_path) == before


def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "file").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("far/file")
    with pytest.raises(MachineError, match="exists"):
        write_new(link, "new")
    write_new(link, "new", force=True)
    assert link.is_symlink()
    assert (tmp_path / "far" / "file").read_text() == "new"
    assert replaceable(tmp_path / "none") == tmp_path / "none"
    assert (left_in(tmp_path), left_in(tmp_path / "far")) == (["far", "link"], ["file"])
