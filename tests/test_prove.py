"""The published cases: the quick ones hold, and the command tells what became of each."""

from __future__ import annotations

import io
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

from stationsim import prove as package
from stationsim import prove_command
from stationsim.errors import MachineError
from stationsim.prove import charging, files, queueing, reference, steps, sun, visitors
from stationsim.prove.case import Case, Verdict, between, skipped, stopped, within
from stationsim.prove.page import HEAD, lettered, numbered, page
from stationsim.prove.run import Proof, once, prove
from stationsim.prove.screen import ProofTable
from stationsim.provenance import PACKAGE
from tests.commands import call, finish, left_in, start
from tests.shared_data import ROOT

SECTIONS = sorted(package.sections())


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def missing(monkeypatch):
    """Let one of the two cases of the sun miss, and another section stop."""
    miss = within("Moon", "an almanac", expected=10.0, got=10.5, relative=0.01, unit="deg", note="by eye")
    monkeypatch.setattr(sun, "quick", lambda: [miss, within("Sun", "ditto", expected=1, got=1, absolute=0)])

    def stop() -> list[Case]:
        raise ValueError(f"{PACKAGE}/data/x.csv is torn\nand more")

    monkeypatch.setattr(visitors, "quick", stop)


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of every row of every table of a page."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


# --- the cases themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SECTIONS)
def test_every_quick_case_holds(name):
    (proof,) = prove([name], quick=True)
    found = [case.verdict for case in proof.cases]
    if found and set(found) == {Verdict.SKIPPED}:
        pytest.skip("; ".join(sorted({case.note for case in proof.cases})))
    failed = [
        f"{c.case}: expected {c.expected}, got {c.got}; {c.note}" for c in proof.cases if c.passed is False
    ]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_has_a_title_and_lists_of_cases(name):
    module = package.section(name)
    assert len(package.title(module)) > 20
    assert callable(module.quick)
    assert callable(module.long)
    assert hasattr(module, "parts") == hasattr(module, "part")
    assert not hasattr(module, "gather") or hasattr(module, "parts")


def test_long_cases_of_queues_leave_out_the_quick_ones():
    assert len(queueing.parts()) + len(queueing.QUICK) == len(queueing.ROWS)
    assert not set(map(id, queueing.parts())) & set(map(id, queueing.QUICK))


# --- one case ---------------------------------------------------------------------------------------


def test_a_case_within_its_tolerance_holds_up_to_the_edge():
    assert within("a", "s", expected=100.0, got=103.0, relative=0.03, unit="kWh") == Case(
        "a", "s", "100 kWh", "103 kWh", "±3 %", True
    )
    assert within("a", "s", expected=-5.0, got=-4.5, absolute=0.5).tolerance == "±0.5"
    assert between("a", "s", low=1, high=2, got=2).passed is True
    with pytest.raises(ValueError, match="one of relative and absolute"):
        within("a", "s", expected=1, got=1)


def test_a_case_that_misses_says_by_how_much_before_its_note():
    missed = within("a", "s", expected=200.0, got=190.0, relative=0.03, unit="kWh", note="one year")
    assert (missed.passed, missed.note) == (False, "off by -10 kWh (-5 %); one year")
    assert between("a", "s", low=1, high=2, got=2.5, unit="K").note == "off by +0.5 K (+25 %)"
    assert between("a", "s", low=1, high=2, got=0.5).note == "off by -0.5 (-50 %)"
    assert within("a", "s", expected=0.0, got=1.0, absolute=0.5).note == "off by +1"


def test_what_is_no_number_does_not_hold():
    assert within("a", "s", expected=1.0, got=math.nan, relative=0.5).passed is False
    assert between("a", "s", low=0, high=1, got=math.nan).passed is False


def test_verdicts():
    told = Case("a", "s", "1", "2", "", None)
    assert told.verdict is Verdict.TOLD
    assert skipped("a", "s", "no file").verdict is Verdict.SKIPPED
    assert stopped("a", "an error").verdict is Verdict.FAILS
    assert told.to_dict() | {"case": "b"} == {
        "case": "b", "source": "s", "expected": "1", "got": "2", "tolerance": "",
        "pass": None, "verdict": "information", "note": "",
    }  # fmt: skip


# --- playing ----------------------------------------------------------------------------------------


def test_processes_give_the_same_rows_in_the_same_order():
    names = ["charging", "sun"]
    alone, both = (list(prove(names, jobs=jobs)) for jobs in (1, 2))
    assert [proof.name for proof in both] == names
    assert [proof.cases for proof in both] == [proof.cases for proof in alone]
    assert all(proof.cpu_s > 0 for proof in both)


def test_of_a_case_that_both_hold_the_long_one_stays():
    quick, other = Case("a", "", "", "1", "", True), Case("b", "", "", "1", "", True)
    assert once([quick, other], [Case("a", "", "", "2", "", True)]) == [other]


class Pieces:
    """A section of three pieces, of which some may stop."""

    def __init__(self, *, stops: int = 0, gathers: bool = True):
        self.stops, self.__doc__, self.__name__ = stops, "Three pieces.", "pieces"
        if gathers:
            self.gather = lambda values: [Case(f"sum {sum(values)}", "", "6", "6", "", True)]

    def quick(self):
        return [Case("quick", "", "1", "1", "", True)]

    def parts(self):
        return [1, 2, 3]

    def part(self, item):
        if item == self.stops:
            raise RuntimeError("torn")
        return item if hasattr(self, "gather") else [Case(f"piece {item}", "", "1", "1", "", True)]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (Pieces(), ["quick", "sum 6"]),
        (Pieces(stops=2), ["quick", "pieces, long cases 1"]),
        (Pieces(gathers=False), ["quick", "piece 1", "piece 2", "piece 3"]),
        (Pieces(gathers=False, stops=2), ["quick", "piece 1", "pieces, long cases 2", "piece 3"]),
    ],
)
def test_pieces_make_a_section_and_one_that_stops_fails(monkeypatch, pieces, found):
    monkeypatch.setattr("stationsim.prove.run.section", lambda _: pieces)
    counted = []
    (proof,) = prove(["pieces"], progress=lambda *count: counted.append(count))
    assert [case.case for case in proof.cases] == found
    assert counted == [(number, 4) for number in (1, 2, 3, 4)]
    failed = [case for case in proof.cases if case.passed is False]
    assert [case.note for case in failed] == ["stopped by RuntimeError: torn"] * bool(pieces.stops)
    assert all("Traceback" in error for error in proof.errors)
    assert len(proof.errors) == len(failed)


def test_a_section_that_lacks_a_scenario_is_skipped(monkeypatch):
    monkeypatch.setattr(sun, "quick", lambda: [Case(files.needed_scenario().name, "", "", "1", "", True)])
    (found,) = prove(["sun"], quick=True)
    assert found.cases[0].case == "jinan_east.yaml"
    (found,) = prove(["sun"], quick=True, folders=files.Folders())
    assert found.cases == (skipped("sun, quick cases", "", files.absent("jinan_east.yaml")),)
    assert found.errors == ()


# --- files ------------------------------------------------------------------------------------------


def test_without_data_every_case_that_needs_them_is_skipped_by_name(capsys, here):
    (here / "none").mkdir()
    answer = call(capsys, "prove", "weather_files", "pv", "sessions", "--data", "none", "--json")
    rows = json.loads(answer.out)["rows"]
    assert answer.code == 0
    away = [row for row in rows if row["verdict"] == "skipped"]
    assert len({row["case"] for row in away}) == len(away) >= 10
    assert all("--data" in row["note"] for row in away)
    assert "DESL sessions, first half against second" in [row["case"] for row in away]
    assert {row["case"] for row in rows if row["pass"]} >= {"PVWatts parts, DC 900 W/m2, 30 degC"}
    assert files.folders().data != here / "none"


def test_the_environment_names_the_data_folder(monkeypatch, here, capsys):
    (here / "weather").mkdir()
    monkeypatch.setenv(files.DATA_VARIABLE, str(here))
    assert files.data_file("weather/x.epw") == here / "weather/x.epw"
    assert "skipped" in call(capsys, "prove", "weather_files", "--quick").out
    monkeypatch.setenv(files.DATA_VARIABLE, str(here / "gone"))
    assert call(capsys, "prove", "weather_files", "--quick").code == 2


def test_outside_a_checkout_what_needs_no_files_holds(here):
    """An installed package lies in a folder of its own, without scenarios and data beside it."""
    shutil.copytree(PACKAGE, here / "lib" / "stationsim", ignore=shutil.ignore_patterns("__pycache__"))

    code = "import sys; sys.path.insert(0, 'lib'); from stationsim.__main__ import main; main()"
    words = ("charging", "reference", "steps", "weather_files", "--quick", "--json")
    command = [sys.executable, "-c", code, "prove", *words]
    environment = {name: value for name, value in os.environ.items() if name != files.DATA_VARIABLE}
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    verdicts = {name: {row["verdict"] for row in rows if row["section"] == name} for name in words[:4]}
    assert verdicts.pop("charging") == {"holds"}
    assert set(map(frozenset, verdicts.values())) == {frozenset({"skipped"})}
    notes = {row["note"] for row in rows if row["section"] in ("reference", "steps")}
    assert notes == {"scenarios/jinan_east.yaml is not here; --scenarios names its folder"}


def test_the_scenarios_of_a_checkout_are_found_and_others_can_be_named(monkeypatch, here):
    assert files.find_folders().scenarios == ROOT / "scenarios"
    monkeypatch.setattr(files, "PACKAGE", here / "stationsim")
    monkeypatch.delenv(files.DATA_VARIABLE, raising=False)
    assert files.find_folders() == files.Folders(None, None)
    with files.using(files.find_folders(scenarios=ROOT / "scenarios")):
        assert files.scenario_file().is_file()
        assert not files.data_file("weather/x.epw").is_file()
        assert set(reference.budget()) == set(reference.PER_DAY)
    with files.using(files.Folders()):
        assert reference.parts() == steps.parts() == []
        assert {case.verdict for case in (*reference.long(), *steps.long())} == {Verdict.SKIPPED}


def test_no_folder_of_a_machine_stands_in_a_reason(here):
    with files.using(files.Folders(here / "data", None)):
        text = files.without_folders(f"no {here}/data/weather/x.epw, no {PACKAGE}/data/y.csv")
    assert text == "no DATA/weather/x.epw, no PACKAGE/data/y.csv"


# --- the command ------------------------------------------------------------------------------------


def test_a_case_that_fails_stays_with_its_reason_and_decides_the_code(capsys, missing):
    answer = call(capsys, "prove", "sun", "visitors", "charging", "--quick")
    assert answer.code == 4
    rows = rows_of(answer.out)
    assert ["Moon", "[1]", "10 deg", "10.5 deg", "±1 %", "**no**", "off by +0.5 deg (+5 %); by eye"] in rows
    assert ["sun", "Moon", "10 deg", "10.5 deg", "±1 %", "off by +0.5 deg (+5 %); by eye"] in rows
    assert ["Sun", "[2]", "1", "1", "±0", "yes", ""] in rows
    torn = "stopped by ValueError: PACKAGE/data/x.csv is torn"
    assert ["visitors, quick cases", "", "", "", "", "**no**", torn] in rows
    assert f"{len(charging.quick()) + 1} cases hold, 2 fail" in answer.out
    assert "failed: sun: Moon: expected 10 deg, got 10.5 deg; off by +0.5 deg (+5 %); by eye" in answer.err
    assert "Traceback" in answer.err
    assert "sun: 1 hold, 1 fail; " in answer.err


def test_json_has_a_schema_and_a_row_for_each_case(capsys, missing):
    answer = call(capsys, "prove", "sun", "--quick", "--json")
    content = json.loads(answer.out)
    assert answer.code == 4
    assert content["schema"] == "stationsim-cli/1"
    assert (content["complete"], content["quick"], content["passed"]) == (True, True, False)
    assert content["versions"]["numpy"]
    assert [row["section"] for row in content["sections"]] == ["sun"]
    moon, whole = content["rows"]
    assert moon == {
        "section": "sun", "case": "Moon", "source": "an almanac", "expected": "10 deg", "got": "10.5 deg",
        "tolerance": "±1 %", "pass": False, "verdict": "fails", "note": "off by +0.5 deg (+5 %); by eye",
    }  # fmt: skip
    assert whole["pass"] is True


def test_sections_are_listed_and_a_near_name_is_offered(capsys):
    listed = call(capsys, "prove", "--list")
    assert [line.split()[0] for line in listed.out.splitlines()] == SECTIONS
    rows = json.loads(call(capsys, "prove", "--list", "--json").out)["sections"]
    assert [row["section"] for row in rows] == SECTIONS
    answer = call(capsys, "prove", "bulding")
    assert (answer.code, answer.out) == (2, "")
    assert "no section 'bulding'; did you mean building?" in answer.err
    assert "there are ageing, building, charging, " in call(capsys, "prove", "zzz").err


def test_sections_are_shown_once_and_in_one_order(capsys):
    answer = json.loads(call(capsys, "prove", "sun", "charging", "sun", "--quick", "--json", "--quiet").out)
    assert [row["section"] for row in answer["sections"]] == ["charging", "sun"]


def test_quiet_leaves_nothing_but_failures(capsys, missing):
    assert call(capsys, "prove", "charging", "--quick", "--quiet") == (0, "", "")
    answer = call(capsys, "prove", "sun", "--quick", "--quiet")
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith("failed: sun: Moon")


def test_the_page_is_written_whole_and_only_over_its_like(capsys, here):
    answer = call(capsys, "prove", "sun", "--quick", "--output", "page.md")
    assert answer.code == 0
    assert answer.out.endswith("written: page.md\n")
    first = (here / "page.md").read_text(encoding="utf-8")
    assert call(capsys, "prove", "sun", "--quick", "--output", "page.md").code == 0
    assert (here / "page.md").read_text(encoding="utf-8") == first
    (here / "mine.md").write_text("mine")
    for path in ("mine.md", ".", "gone/page.md"):
        refused = call(capsys, "prove", "sun", "--quick", "--output", path)
        assert (refused.code, refused.out) == (6, "")
        assert "name another" in refused.err
    assert (here / "mine.md").read_text() == "mine"
    assert left_in(here) == ["mine.md", "page.md"]


def test_the_page_replaces_no_pipe(capsys, here):
    os.mkfifo(here / "pipe")
    (here / "link").symlink_to("pipe")
    for path in ("pipe", "link"):
        refused = call(capsys, "prove", "sun", "--quick", "--output", path)
        assert (refused.code, refused.out) == (6, "")
        assert f"{path}: is no file that could be replaced" in refused.err
        assert "sun:" not in refused.err
    assert (here / "pipe").is_fifo()
    assert (here / "link").is_symlink()


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_played(capsys, here, monkeypatch):
    def fail(*_args, **_words):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.touch", fail)
    refused = call(capsys, "prove", "sun", "--quick", "--output", "page.md")
    assert (refused.code, refused.out) == (6, "")
    assert "page.md: cannot be written (Read-only file system)" in refused.err
    assert "sun:" not in refused.err


@pytest.mark.parametrize("words", [(), ("--quiet",), ("--json",)])
def test_a_page_that_cannot_be_written_is_printed(capsys, here, monkeypatch, words):
    def fail(*_args, **_words):
        raise MachineError("page.md: cannot be written (No space left on device)")

    monkeypatch.setattr(prove_command, "write_new", fail)
    answer = call(capsys, "prove", "sun", "--quick", "--output", "page.md", *words)
    assert answer.code == 6
    assert "No space left on device" in answer.err
    assert "Sun, azimuth, Golden CO" in answer.out
    assert left_in(here) == []


PAUSE = """
import time, stationsim.prove.{section} as section
def pause():
    print("paused", file=sys.stderr, flush=True)
    time.sleep(60)
section.quick = pause
"""


def test_an_interrupt_prints_what_was_done(here):
    words = ("prove", "sun", "visitors", "--quick", "--output", "page.md")
    process = start(*words, cwd=here, patch=PAUSE.format(section="visitors"))
    assert "paused\n" in iter(process.stderr.readline, "")
    process.send_signal(signal.SIGINT)
    answer = finish(process)
    assert answer.code == 130
    assert "Interrupted: visitors not played." in answer.out
    assert "| Sun, azimuth, Golden CO" in answer.out
    assert left_in(here) == []


def test_an_interrupt_ends_the_processes_too(here):
    """Whatever still played would hold the pipes open that are read to their end."""
    process = start("prove", "charging", "queueing", "--jobs", "2", cwd=here)
    assert any(line.startswith("charging: ") for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    answer = finish(process)
    assert answer.code == 130
    assert "Interrupted: queueing not played." in answer.out


# --- how it looks -----------------------------------------------------------------------------------

LONG = "one-year runs P10 3.4, P90 3.9; seed 1 has 3.6, which is inside the band of nine years in ten"
PROOF = Proof(
    "pv",
    "Sun | and more.",
    (
        within("A long name of a case that wraps", "a source", expected=1e6, got=1e6, absolute=1, unit="kWh"),
        within("B", "another source", expected=1, got=1, absolute=1, note=LONG),
        within("C", "a source", expected=1, got=9, absolute=1, note=LONG),
        skipped("D", "a source", files.absent("weather/a_place_with_a_long_name.epw")),
        Case("E|F", "", "<none>", "3", "", None, LONG),
    ),
)  # fmt: skip


def test_the_page_is_well_formed():
    text = page([PROOF], quick=True)
    assert text.startswith(HEAD)
    assert "2 cases hold, 1 fail, 1 were skipped, 1 are for information. Versions: stationsim " in text
    assert "Only the quick cases" in text
    rows = rows_of(text)
    assert {len(row) for row in rows} == {7, 6}
    assert ["pv", "Sun \\| and more.", "5", "2", "1", "1", "1"] in rows
    assert ["B", "[2]", "1", "1", "±1", "yes", "(a)"] in rows
    assert ["C", "[1]", "1", "9", "±1", "**no**", f"off by +8 (+800 %); {LONG}"] in rows
    assert ["E\\|F", "", "&lt;none>", "3", "", "for information", "(a)"] in rows
    assert text.endswith(
        f"- [1] a source\n- [2] another source\n- (a) {LONG}\n"
        "- (b) weather/a_place_with_a_long_name.epw is not here; --data names the folder that holds it\n"
    )
    assert re.search(r"\n\n- \[1\]", text)


def test_keys_of_sources_and_notes():
    assert numbered(["x", "", "y", "x"]) == {"x": "1", "y": "2"}
    keys = list(lettered(map(str, range(54))).values())
    assert keys[:2] + keys[25:28] + keys[51:] == ["a", "b", "z", "aa", "ab", "az", "ba", "bb"]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_screen_shows_every_case_within_its_width(width):
    from rich.console import Console

    console = Console(width=width, record=True, file=io.StringIO())
    console.print(ProofTable(PROOF))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    assert "pv: Sun | and more." in text
    assert re.search(r"C +1 +9 +±1 +NO +1, b", text)
    assert "1 a source 2 another source a one-year runs" in text
    assert "off by +8 (+800 %)" in text


def test_a_screen_of_plain_letters():
    from rich.console import Console

    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Console(width=90, file=stream).print(ProofTable(PROOF))
    stream.seek(0)
    assert "?1 kWh" in stream.read()
