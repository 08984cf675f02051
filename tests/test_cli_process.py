"""Commands in processes of their own: signals, pipes, poor terminals, and what is imported when."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from stationsim import execute
from tests.commands import SMALL, Answer, call, finish, left_in, start

RUN = ("run", SMALL, "--no-figures", "--out", "run")

PAUSE = """
import time, stationsim.{module} as module
inner = module.{name}
def pause(*args, **kwargs):
    result = inner(*args, **kwargs)
    print("paused", file=sys.stderr, flush=True)
    time.sleep(60)
    return result
module.{name} = pause
"""
"""Code that lets a command halt behind one of its steps."""

SIMULATED, HALF_WRITTEN = (
    PAUSE.format(module="execute", name="_simulate"),
    PAUSE.format(module="runs", name="_write_files"),
)

SLOW_TO_CLEAR = """
import stationsim.runs as runs
inner_discard = runs.discard
def slow(folder):
    print("clearing", file=sys.stderr, flush=True)
    time.sleep(60)
runs.discard = slow
"""


def paused(folder, patch, *words):
    process = start(*RUN, *words, cwd=folder, patch=patch)
    assert process.stderr.readline() == "paused\n"
    return process


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    done = execute.run_into_folder(execute.prepare(SMALL), folder=folder / "run", figures=False)
    return folder, done.manifest["result_hash"]


@pytest.mark.parametrize(
    ("number", "code", "patch"),
    [
        (signal.SIGINT, 130, SIMULATED),
        (signal.SIGINT, 130, HALF_WRITTEN),
        (signal.SIGTERM, 143, HALF_WRITTEN),
    ],
)
def test_a_signal_leaves_nothing_but_its_code(tmp_path, number, code, patch):
    process = paused(tmp_path, patch)
    assert ".run.lock" in left_in(tmp_path)
    process.send_signal(number)
    answer = finish(process)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith("interrupted")
    assert left_in(tmp_path) == []


def test_an_interrupt_under_force_keeps_the_old_run(tmp_path, made):
    shutil.copytree(made[0] / "run", tmp_path / "run")
    process = paused(tmp_path, HALF_WRITTEN, "--force")
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130
    assert left_in(tmp_path) == ["run"]
    assert execute.runs.open_run(tmp_path / "run")[1]["result_hash"] == made[1]


def test_a_second_interrupt_ends_at_once(tmp_path, capsys, monkeypatch):
    process = paused(tmp_path, HALF_WRITTEN + SLOW_TO_CLEAR)
    process.send_signal(signal.SIGINT)
    assert process.stderr.readline() == "clearing\n"
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130
    monkeypatch.chdir(tmp_path)
    assert call(capsys, *RUN).code == 0
    assert left_in(tmp_path) == ["run"]


def test_a_killed_run_is_no_run_and_the_next_one_clears_it_away(tmp_path, capsys, monkeypatch):
    process = paused(tmp_path, HALF_WRITTEN)
    second = call_in(tmp_path, capsys, monkeypatch, *RUN)
    assert second.code == 6
    assert f"process {process.pid} on {socket.gethostname()}" in second.err
    process.kill()
    assert finish(process).code == -signal.SIGKILL
    lock, temporary = left_in(tmp_path)
    assert (lock, temporary[:9]) == (".run.lock", ".tmp-run-")
    assert call_in(tmp_path, capsys, monkeypatch, "plot", "run").code == 6
    assert call_in(tmp_path, capsys, monkeypatch, "plot", temporary).code == 6
    answer = call_in(tmp_path, capsys, monkeypatch, *RUN)
    assert answer.code == 0
    assert f"took over the lock of process {process.pid}" in answer.err
    assert f"cleared {temporary}" in answer.err
    assert left_in(tmp_path) == ["run"]


def call_in(folder, capsys, monkeypatch, *words) -> Answer:
    monkeypatch.chdir(folder)
    return call(capsys, *words)


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits on the size of files")
def test_a_disk_that_fills_up_leaves_nothing(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, 15_000))"
    answer = finish(start(*RUN, cwd=tmp_path, patch=limit))
    assert (answer.code, answer.out) == (6, "")
    assert "File too large" in answer.err
    assert left_in(tmp_path) == []


def test_the_same_seed_gives_the_same_result_anywhere(tmp_path, made, capsys, monkeypatch):
    """Another process, working folder, order of keys and hash seed; then another seed."""
    sections = SMALL.read_text().split("\n")[1:]
    blocks, block = [], []
    for line in sections:
        if line and not line.startswith(" ") and block:
            blocks.append(block)
            block = []
        block.append(line)
    turned = "\n".join("\n".join(part) for part in reversed([*blocks, block]))
    (tmp_path / "turned.yaml").write_text(turned)
    words = ("run", "turned.yaml", "--no-figures", "--json")
    answer = finish(start(*words, cwd=tmp_path, env={"PYTHONHASHSEED": "12345", "TZ": "America/Lima"}))
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["result_hash"] == made[1]
    other = json.loads(call_in(tmp_path, capsys, monkeypatch, *words, "--seed", "2").out)
    assert other["result_hash"] != made[1]
    arrivals = [
        list(execute.Results.load(folder).sessions["arrival"])
        for folder in (made[0] / "run", tmp_path / other["run"])
    ]
    assert arrivals[0] != arrivals[1]


@pytest.mark.parametrize("words", [("schema",), ("run", SMALL, "--no-figures"), ("--help",)])
def test_a_reader_that_leaves_is_no_error(tmp_path, words):
    process = start(*words, cwd=tmp_path)
    process.stdout.close()
    process.stdout = None
    answer = finish(process)
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_device_for_stdout_is_said(tmp_path):
    code = "import sys; from stationsim.cli import run_command_line; sys.exit(run_command_line(['schema']))"
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (6, "error: No space left on device\n")


POOR = {
    "LANG": "C",
    "LC_ALL": "C",
    "PYTHONIOENCODING": "ascii",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "COLUMNS": "40",
    "TERM": "dumb",
    "NO_COLOR": "1",
}


def named(path, name):
    path.write_text(SMALL.read_text().replace("Small station", name), encoding="utf-8")


def test_a_poor_terminal_gets_plain_text(tmp_path):
    named(tmp_path / "station.yaml", "济南东")
    words = ("run", "station.yaml", "--days", "1", "--out", "run")
    answer = finish(start(*words, cwd=tmp_path, env=POOR, patch="import os; os.environ.pop('HOME', None)"))
    assert answer.code == 0, answer.err
    assert answer.out.isascii()
    assert "\x1b" not in answer.out + answer.err
    assert max(map(len, answer.out.splitlines())) <= 40
    assert answer.out.endswith("written: run\n")
    assert (tmp_path / "run" / "figures" / "day.png").is_file()


def test_json_stays_json_without_unicode(tmp_path):
    named(tmp_path / "station.yaml", "é😀")
    answer = finish(start("run", "station.yaml", "--dry-run", "--json", cwd=tmp_path, env=POOR))
    assert "é😀" in [row["value"] for row in json.loads(answer.out)["values"]]


def test_help_needs_no_heavy_module():
    code = (
        "import sys; from stationsim.cli import run_command_line; run_command_line(['--help']); "
        "print(sorted({'pandas', 'numpy', 'pvlib', 'pydantic', 'rich', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
