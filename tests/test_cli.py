"""Commands: what they print where, what they leave, and the code they end with."""

import json
import os
import re

import pytest

from stationsim import __version__, execute, terminal
from stationsim.cli import commands
from stationsim.errors import BalanceError, ModelError
from tests.commands import SMALL, call, left_in

RUN = ("run", SMALL, "--no-figures")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A complete run, which tests may read only."""
    folder = tmp_path_factory.mktemp("made") / "run"
    execute.run_into_folder(execute.prepare(SMALL), folder=folder, figures=False)
    return folder


@pytest.fixture
def simulations(monkeypatch):
    """Count simulations."""
    counted, simulate = [], execute._simulate

    def count(*args):
        counted.append(args)
        return simulate(*args)

    monkeypatch.setattr(execute, "_simulate", count)
    return counted


def test_a_second_run_shows_the_first_at_once(capsys, here, simulations):
    first, second = call(capsys, *RUN), call(capsys, *RUN)
    assert first.code == second.code == 0
    assert len(simulations) == 1
    (name,) = left_in(here / "out")
    assert re.fullmatch(r"small-station-[0-9a-f]{8}", name)
    assert first.out.splitlines()[:-1] == second.out.splitlines()[:-1]
    assert first.out.endswith(f"written: out/{name}\n")
    assert second.out.endswith(f"found complete: out/{name}\n")
    assert first.err == second.err == ""


def test_figures_are_drawn_into_a_run_that_has_none_and_plot_spoils_nothing(capsys, simulations):
    call(capsys, *RUN, "--out", "run")
    assert call(capsys, "run", SMALL, "--out", "run").code == 0
    assert "figures/day.png" in execute.runs.whole_manifest(execute.Path("run"))["outputs"]
    plotted = call(capsys, "plot", "run", "--day", "2025-01-15", "--theme", "dark")
    assert plotted.code == 0
    assert "run/figures/day_2025-01-15.svg" in plotted.out.split()
    assert call(capsys, "verify", "run").code == 0
    assert "found complete" in call(capsys, "run", SMALL, "--out", "run").out
    assert len(simulations) == 1


def test_force_runs_again(capsys, simulations):
    call(capsys, *RUN, "--out", "run")
    assert "written: run" in call(capsys, *RUN, "--out", "run", "--force").out
    assert len(simulations) == 2


@pytest.mark.parametrize("words", [("--seed", "2"), ("--days", "1"), ("--set", "battery.power_kw=100")])
def test_other_inputs_go_elsewhere(capsys, here, words, simulations):
    call(capsys, *RUN)
    assert call(capsys, *RUN, *words).code == 0
    assert len(left_in(here / "out")) == len(simulations) == 2


def test_a_comment_makes_no_other_run(capsys, here):
    text = SMALL.read_text()
    (here / "a.yaml").write_text(text)
    (here / "b.yaml").write_text("# the same station\n" + text.replace("seed: 1", "seed: 0x1"))
    call(capsys, "run", "a.yaml", "--no-figures")
    assert "found complete" in call(capsys, "run", "b.yaml", "--no-figures").out


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (("--out", "file"), "is a file"),
        (("--out", "missing/run"), "no such folder"),
        (("--out", "mine"), "notes.txt"),
        (("--out", "mine", "--force"), "notes.txt"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_before_simulating(capsys, here, simulations, words, say):
    (here / "file").write_text("mine")
    (here / "mine").mkdir()
    (here / "mine" / "notes.txt").write_text("mine")
    answer = call(capsys, *RUN, *words)
    assert (answer.code, answer.out, simulations) == (6, "", [])
    assert say in answer.err
    assert left_in(here) == ["file", "mine"]
    assert (here / "mine" / "notes.txt").read_text() == "mine"


def test_days_and_seed_are_taken(capsys):
    answer = json.loads(call(capsys, *RUN, "--days", "1", "--seed", "7", "--json").out)
    assert answer["kpis"]["days"]["value"] == 1
    manifest = execute.runs.whole_manifest(execute.Path(answer["run"]))
    assert manifest["random"]["seed"] == 7
    assert manifest["overrides"] == ["simulation.seed=7", "period.end=2025-01-14"]


def test_more_days_than_the_period_has_warn(capsys):
    answer = call(capsys, *RUN, "--days", "400", "--dry-run")
    assert "the period has 2 days" in answer.err


def test_dry_run_names_every_value_and_its_origin(capsys, here):
    answer = call(capsys, *RUN, "--dry-run", "--set", "battery.power_kw=77", "--days", "1")
    lines = answer.out.splitlines()
    assert "battery.power_kw: 77.0    # command line" in lines
    assert f"battery.capacity_kwh: 300.0    # {SMALL}:10" in lines
    assert any(line.startswith("battery.soc_maximum: ") and line.endswith("# default") for line in lines)
    assert 'period.end: "2025-01-14"    # command line' in lines
    assert left_in(here) == []


def test_dry_run_as_json(capsys):
    answer = json.loads(call(capsys, *RUN, "--dry-run", "--json").out)
    assert answer["schema"] == terminal.JSON_SCHEMA
    assert answer["folder"].startswith("out/small-station-")
    assert {"path": "name", "value": "Small station", "from": f"{SMALL}:3"} in answer["values"]


def test_json_is_one_object_and_the_same_when_found(capsys):
    first, second = (json.loads(call(capsys, *RUN, "--json").out) for _ in range(2))
    assert first["schema"] == "stationsim-cli/1"
    assert {**first, "reused": True} == second
    assert first["kpis"]["use_total"]["unit"] == "kWh"


def test_quiet_prints_nothing(capsys):
    assert call(capsys, *RUN, "--quiet") == (0, "", "")


KEYS = {"code", "path", "file", "line", "column", "message", "value", "hint"}


@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        (("run", "missing.yaml"), 3, {"code": "E101", "file": "missing.yaml", "message": "no such file"}),
        (("run", SMALL, "--set", "battery.power_kw=-1"), 3, {"code": "E210", "file": "command line"}),
        (("run", SMALL, "--set", "battery.powr_kw=1"), 3, {"path": "battery.powr_kw"}),
        (("run", SMALL, "--seed", "-1"), 3, {"path": "simulation.seed"}),
        (("run", SMALL, "--seed", 2**200), 3, {"path": "simulation.seed"}),
        (("run", SMALL, "--days", "0"), 2, {"code": "E002"}),
        (("run", SMALL, "--seed", "x"), 2, {"code": "E002"}),
        (("run",), 2, {"code": "E002"}),
        (("run", SMALL, "--out", "none/run"), 6, {"code": "E006"}),
    ],
)
def test_errors_are_json_on_stderr(capsys, here, words, code, first):
    answer = call(capsys, *words, "--json")
    errors = json.loads(answer.err)
    assert (answer.code, answer.out, errors["schema"]) == (code, "", "stationsim-cli/1")
    assert set(errors["errors"][0]) == KEYS
    assert first.items() <= errors["errors"][0].items()
    assert left_in(here) == []


def test_errors_as_text_name_the_line(capsys, here):
    (here / "bad.yaml").write_text(SMALL.read_text().replace("power_kw: 150", "power_kw: -150"))
    answer = call(capsys, "run", "bad.yaml")
    assert answer.code == 3
    assert answer.err.startswith("bad.yaml:10:")
    assert "battery.power_kw" in answer.err


def test_json_with_a_letter_nobody_knows(capsys):
    answer = call(capsys, *RUN, "--set", "name=济南东 😀", "--json", "--dry-run")
    assert "济南东 😀" in [row["value"] for row in json.loads(answer.out)["values"]]


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (BalanceError("energy does not close"), 4, "error: energy does not close"),
        (ModelError("loads.other"), 4, "error: loads.other"),
        (OSError(28, "No space left on device", "/x"), 6, "error: /x: No space left on device"),
        (MemoryError(), 6, "not enough memory"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (terminal.Signalled(15), 143, "interrupted"),
        (ZeroDivisionError("division by zero"), 1, "internal error: ZeroDivisionError: division by zero"),
    ],
)
def test_every_failure_has_its_code_and_leaves_no_run(capsys, here, monkeypatch, error, code, word):
    def fail(*_):
        raise error

    monkeypatch.setattr(execute, "_simulate", fail)
    answer = call(capsys, *RUN)
    assert (answer.code, answer.out) == (code, "")
    assert word in answer.err
    assert "Traceback" not in answer.err
    assert left_in(here / "out") == []
    assert (here / terminal.LOG).is_file() == (code == 1)


def test_a_bug_is_logged_and_says_so(capsys, here, monkeypatch):
    def fail(*_):
        raise KeyError("soc")

    monkeypatch.setattr(execute, "_simulate", fail)
    for _ in range(2):
        answer = call(capsys, *RUN, "--json")
    (row,) = json.loads(answer.err)["errors"]
    assert row["code"] == "E001"
    assert terminal.LOG in row["message"]
    log = (here / terminal.LOG).read_text()
    assert log.count("Traceback") == 2
    assert f"stationsim {__version__}" in log


def test_no_words_show_the_help(capsys):
    answer = call(capsys)
    assert answer.code == 0
    assert answer.out.startswith("Usage: stationsim")
    assert "\n  stationsim plot out/RUN " in answer.out


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_has_help_with_an_example(capsys, name):
    inner = getattr(commands.commands[name], "commands", {})
    for words in [(name, inside) for inside in inner] or [(name,)]:
        answer = call(capsys, *words, "--help")
        assert answer.code == 0
        assert f"Example: stationsim {' '.join(words)}" in answer.out


def test_version(capsys):
    assert call(capsys, "--version") == (0, f"stationsim, version {__version__}\n", "")


def test_an_unknown_command_is_usage(capsys):
    assert call(capsys, "simulate").code == 2


def test_plot_refuses_days_that_are_none_of_the_run(capsys, made, here):
    for day in ("2025-01-13", "2025-01-16", "15 January", "2025-02-30"):
        answer = call(capsys, "plot", made, "--day", day, "--out", "figures")
        assert (answer.code, answer.out) == (3, "")
        assert f"--day: must be a day" in answer.err  # noqa: F541
        assert day in answer.err
    assert call(capsys, "plot", made, "--theme", "pink").code == 2
    assert left_in(here) == []


def test_plot_writes_elsewhere_on_request(capsys, made, here):
    before = left_in(made)
    assert call(capsys, "plot", made, "--day", "2025-01-15", "--theme", "print", "--out", "figures").code == 0
    assert "day_2025-01-15.png" in left_in(here / "figures")
    assert left_in(made) == before
    (here / "file").write_text("mine")
    assert call(capsys, "plot", made, "--out", "file").code == 6


def test_plot_needs_a_complete_run(capsys, here):
    (here / "empty").mkdir()
    for folder in ("empty", "none", SMALL):
        assert call(capsys, "plot", folder).code == 6


def test_compare_takes_runs_and_scenarios(capsys, made, here):
    (here / "no_battery.yaml").write_text(re.sub("(?m)^battery:.*$", "battery: null", SMALL.read_text()))
    answer = call(capsys, "compare", made, "no_battery.yaml", "--out", "side_by_side")
    assert answer.code == 0
    assert "Small station (2)" in answer.out
    assert {"comparison.csv", "figure.png"} <= set(left_in(here / "side_by_side"))
    data = json.loads(call(capsys, "compare", made, made, "--json").out)
    assert data["schema"] == "stationsim-cli/1"
    assert data["differences"]["Small station (2)"]["use_total"]["absolute"] == 0


@pytest.mark.parametrize(
    ("words", "code", "say"),
    [
        (("made",), 2, "at least two"),
        ((), 2, "DESIGNS"),
        (("made", "broken"), 6, "manifest.json is missing"),
        (("made", "missing.yaml"), 3, "no such file"),
        (("made", "made", "--set", "battery.power_kw=1"), 3, "is a run"),
    ],
)
def test_compare_refuses(capsys, made, here, words, code, say):
    (here / "broken").mkdir()
    answer = call(capsys, "compare", *(made if word == "made" else word for word in words))
    assert (answer.code, answer.out) == (code, "")
    assert say in answer.err


def test_init_writes_a_scenario_that_runs_and_is_never_overwritten(capsys, here):
    assert call(capsys, "init").code == 0
    assert call(capsys, "validate", "station.yaml").code == 0
    assert call(capsys, "run", "station.yaml", "--days", "1", "--no-figures").code == 0
    (here / "station.yaml").write_text("mine")
    answer = call(capsys, "init", "station.yaml")
    assert answer.code == 6
    assert "--force" in answer.err
    assert (here / "station.yaml").read_text() == "mine"
    assert call(capsys, "init", "station.yaml", "--force").code == 0
    assert "schema_version" in (here / "station.yaml").read_text()
    assert call(capsys, "init", "no/station.yaml").code == 6
    assert left_in(here) == ["out", "station.yaml"]


def test_no_command_replaces_a_pipe(capsys, made, here):
    (here / "out").mkdir()
    pipes = [here / name for name in ("pipe.yaml", "out/comparison.csv", "out/energy.csv", "out/day.svg")]
    for pipe in pipes:
        os.mkfifo(pipe)
    readers = [os.open(pipe, os.O_RDONLY | os.O_NONBLOCK) for pipe in pipes]  # no writer waits for one
    for words in (
        ("init", "pipe.yaml", "--force"),
        ("compare", made, made, "--out", "out"),
        ("plot", made, "--out", "out"),
    ):
        answer = call(capsys, *words)
        assert answer.code == 6
        assert "is no file that could be replaced" in answer.err
    assert all(pipe.is_fifo() for pipe in pipes)
    for reader in readers:
        os.close(reader)


def test_validate(capsys, here):
    assert call(capsys, "validate", SMALL) == (0, f"{SMALL}: valid\n", "")
    data = json.loads(call(capsys, "validate", SMALL, "--json").out)
    assert (data["valid"], data["name"], data["warnings"]) == (True, "Small station", [])
    weather = "weather={source: file, file: w.epw}"
    answer = call(capsys, "validate", SMALL, "--set", "weather.source=file")
    assert answer.code == 3
    (here / "s.yaml").write_text(re.sub("(?m)^weather:.*$", weather.replace("=", ": "), SMALL.read_text()))
    assert "no such file" in call(capsys, "validate", "s.yaml").err
    (here / "w.epw").write_text("not weather\n")
    answer = call(capsys, "validate", "s.yaml")
    assert answer.code == 3
    assert "w.epw" in answer.err


def test_schema(capsys):
    assert json.loads(call(capsys, "schema").out)["type"] == "object"
    assert "`capacity_kwh`" in call(capsys, "schema", "--markdown").out


def test_explain(capsys):
    assert "number" in call(capsys, "explain", "E203").out
    for code in terminal.CODES:
        assert call(capsys, "explain", code.lower()).out.strip() == terminal.CODES[code]
    assert call(capsys, "explain", "E999").code == 3


@pytest.mark.parametrize(
    "words",
    [
        ("weather", "check", "bad.csv"),
        ("sessions", "fit", "bad.csv", "--out", "fit.yaml"),
        ("validate", "counted.yaml"),
        ("run", "counted.yaml"),
    ],
)
def test_explain_knows_the_codes_that_refused_files_offer(capsys, here, words):
    (here / "bad.csv").write_text("nothing,of,use\n1,2,3\n")
    counted = SMALL.read_text().replace(
        "vehicles_per_day: 2000", "road: {counts_file: bad.csv, turn_in_rate: 1}"
    )
    (here / "counted.yaml").write_text(counted)
    answer = call(capsys, *words)
    assert answer.code == 3
    offered = re.findall("stationsim explain (.*)", answer.err)
    assert offered
    for code in offered:
        assert call(capsys, "explain", code).code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(capsys, shell):
    answer = call(capsys, "completion", shell)
    assert answer.code == 0
    assert terminal.COMPLETION in answer.out


def test_completion_answers_a_shell(capsys, monkeypatch):
    for name, value in (
        (terminal.COMPLETION, "bash_complete"),
        ("COMP_WORDS", "stationsim ver"),
        ("COMP_CWORD", "1"),
    ):
        monkeypatch.setenv(name, value)
    answer = call(capsys)
    assert (answer.code, answer.out) == (0, "plain,verify\n")


def test_completion_of_another_shell_is_usage(capsys):
    assert call(capsys, "completion", "tcsh").code == 2


def test_weather_check_says_what_is_wrong(capsys, here):
    (here / "w.csv").write_text("nothing,of,use\n1,2,3\n")
    assert call(capsys, "weather", "check", "w.csv").code == 3
    assert call(capsys, "weather", "check", "none.epw").code == 3
    assert json.loads(call(capsys, "weather", "check", "none.epw", "--json").err)["errors"]
