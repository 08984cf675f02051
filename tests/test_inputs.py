"""Input files of every kind: opened safely, named when they are something else, told about in one way."""

import ast
import gzip
import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import stationsim
from stationsim.errors import ScenarioError, WeatherError
from stationsim.inputs.files import form_of, read_bytes, refuse_foreign, utf8_text
from stationsim.inputs.findings import Finding, printable, refused, shown, warned
from stationsim.inputs.kinds import COUNTS, REFUSAL_CODES, SESSIONS, WEATHER
from stationsim.scenario.codes import explanation

KINDS = (WEATHER, SESSIONS, COUNTS)


def refusal(function, *arguments, **options):
    with pytest.raises(ScenarioError) as caught:
        function(*arguments, **options)
    (problem,) = caught.value.problems
    return problem


# --- bytes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_comes_as_its_bytes(tmp_path, kind):
    (tmp_path / "a.csv").write_bytes(b"time\r\n1\n")
    assert read_bytes(tmp_path / "a.csv", kind) == b"time\r\n1\n"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_regular_file_is_refused(tmp_path, kind):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").write_bytes(b"  \n ")
    for path, said in [
        (tmp_path, "must be a regular file, is a folder"),
        (tmp_path / "pipe", "is a pipe"),
        (Path("/dev/zero"), "is a device"),
        (tmp_path / "none", "cannot be read: No such file"),
        (tmp_path / "empty", "must not be empty"),
        (tmp_path / "a\0b", "not hold a NUL"),
        (Path("https://example.org/a.csv"), "must be a local path, not a URL"),
    ]:
        problem = refusal(read_bytes, path, kind)
        assert said in problem.rule
        assert problem.code == REFUSAL_CODES["path"]


def test_a_file_is_called_as_the_user_named_it_in_letters_no_terminal_acts_on(tmp_path):
    assert refusal(read_bytes, tmp_path / "none", COUNTS, file="my/counts.csv").file == "my/counts.csv"
    assert refusal(read_bytes, tmp_path / "a\x1b[31m", COUNTS).file == str(tmp_path / "a?[31m")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_too_large_is_not_read(tmp_path, kind):
    with (tmp_path / "big.csv").open("wb") as stream:
        stream.truncate(10_000_000_000)
    problem = refusal(read_bytes, tmp_path / "big.csv", kind)
    limit_mb = kind.largest_bytes // 1_000_000
    assert problem.rule == f"must be at most {limit_mb} MB, has 10,000,000,000 B"
    assert problem.code == REFUSAL_CODES["size"]


def test_a_file_that_is_just_small_enough_is_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a.csv", replace(COUNTS, largest_bytes=5)) == b"12345"
    assert "at most" in refusal(read_bytes, tmp_path / "a.csv", replace(COUNTS, largest_bytes=4)).rule


# --- content -----------------------------------------------------------------------------------------


def archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(name, "<x/>")
    return stream.getvalue()


FOREIGN = {
    "an HTML page": b"\n <!DOCTYPE html><html><body>404</body></html>",
    "a gzip archive": gzip.compress(b"LOCATION"),
    "a PDF document": b"%PDF-1.7 ...",
    "an old Excel workbook": b"\xd0\xcf\x11\xe0" + bytes(100),
    "XML": b"<?xml version='1.0'?><a/>",
    "a UTF-16 text": "time,ghi_w_m2".encode("utf-16"),
    "a binary file": b"weather\0\0\0",
}
NO_SESSIONS_ASIDE = {
    "a zip": archive("a.epw"),
    "an Excel workbook (.xlsx)": archive("[Content_Types].xml", "xl/workbook.xml"),
    "JSON": b'\xef\xbb\xbf {"outputs": "<html>"}',
}
"""What may hold sessions, but neither weather nor counts."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", FOREIGN)
def test_what_can_be_no_input_is_named(what, kind):
    problem = refusal(refuse_foreign, FOREIGN[what], kind, file="a.csv")
    assert problem.rule.startswith(f"looks like {what}")
    assert problem.rule.endswith(f", not {kind.name}")
    assert problem.code == REFUSAL_CODES["kind"]


@pytest.mark.parametrize("what", NO_SESSIONS_ASIDE)
def test_workbooks_and_json_may_hold_sessions_only(what):
    content = NO_SESSIONS_ASIDE[what]
    refuse_foreign(content, SESSIONS, file="a")
    for kind in (WEATHER, COUNTS):
        assert refusal(refuse_foreign, content, kind, file="a").rule.startswith(f"looks like {what}")


def test_text_is_no_stranger_to_any_kind():
    for kind in KINDS:
        refuse_foreign("time,count\n2025-01-01,1\n# 济南\n".encode(), kind, file="a.csv")


def test_the_form_is_told_by_the_first_bytes():
    forms = {b"PK\x03\x04..": "zip", b"\xef\xbb\xbf [1]": "json", b"{}": "json", b"time,count": "text"}
    assert {content: form_of(content) for content in forms} == forms


def test_text_is_utf_8_or_refused_with_its_line():
    assert utf8_text("\ufeff济南".encode(), COUNTS, file="a") == "济南"
    problem = refusal(utf8_text, b"a\nb\n\xff", COUNTS, file="a.csv")
    assert (problem.rule, problem.line, problem.code) == ("must be UTF-8 text", 3, REFUSAL_CODES["encoding"])


# --- findings ----------------------------------------------------------------------------------------


def test_text_of_a_file_is_shortened_and_harmless():
    assert printable("济南 \x1b[31m\ud800") == "济南 \\x1b[31m\\ud800"
    assert shown("x" * 24) == "x" * 24
    assert shown("x" * 25) == "x" * 24 + "..."
    assert shown({"a": 1}) == "{'a': 1}"


def test_a_finding_in_words():
    found = warned("wind", "is strong", count=3, line=7, hint="km/h?")
    assert str(found) == "warned: line 7: is strong (km/h?)"
    assert found.with_count("session") == "warned: is strong [3 sessions, first in line 7] (km/h?)"
    one = Finding("open", "dropped", 1, "is open", path="[0]")
    assert one.with_count("session") == "dropped: is open [1 session, first in [0]]"
    assert Finding("timezone", "warned", 0, "is UTC").with_count("session") == "warned: is UTC"


def test_what_is_refused_is_raised_all_at_once_and_nothing_else():
    harmless = warned("wind", "is strong")
    WEATHER.stop_if_refused([harmless], file="w.csv")
    findings = [
        refused("range", "must be less", count=2, line=3, hint="less", value="\x1b"),
        harmless,
        refused("number", "must be a number", path="energy"),
    ]
    with pytest.raises(WeatherError) as caught:
        WEATHER.stop_if_refused(findings, file="w.csv")
    first, second = caught.value.problems
    assert str(first) == "w.csv:3: must be less (2 rows) (got \\x1b)\n    hint: less"
    assert (first.code, second.code) == (REFUSAL_CODES["range"], REFUSAL_CODES["number"])
    assert second.path == "energy"


def test_each_kind_counts_in_its_own_words():
    with pytest.raises(ScenarioError, match=r"twice \(2 sessions\)"):
        SESSIONS.stop_if_refused([refused("double", "twice", count=2)], file="s.csv")


# --- codes -------------------------------------------------------------------------------------------

REFUSING = {"refused", "stop", "_rows_refused"}
"""Names of functions whose first argument is a rule by which a file is refused."""


def rules_that_refuse():
    """Return the rules that the sources of the gates name where they refuse, with their place."""
    folder = Path(stationsim.__file__).parent
    files = [file for part in ("weather", "sessions", "traffic") for file in (folder / part).rglob("*.py")]
    for file in [*files, folder / "measured.py", folder / "replay.py"]:
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            words = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if words and (name in REFUSING or "refused" in words[1:]):
                yield words[0], f"{file.name}:{call.lineno}"


def test_explain_knows_the_code_of_every_rule_by_which_a_gate_refuses():
    rules = dict(rules_that_refuse())
    assert len(rules) > 20
    assert {rule: place for rule, place in rules.items() if rule not in REFUSAL_CODES} == {}
    for code in REFUSAL_CODES.values():
        assert explanation(code).endswith(".")


def test_no_two_rules_share_a_code():
    assert len(set(REFUSAL_CODES.values())) == len(REFUSAL_CODES)
