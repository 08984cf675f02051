"""YAML text: what is read, what is refused, where and how fast (catalogue rows 1 to 20)."""

import math
import os
import subprocess
import sys

import pytest

from stationsim.errors import ScenarioError
from stationsim.scenario.scalars import resolve_plain
from stationsim.scenario.source import MAX_BYTES, read_source, source_of_text
from stationsim.scenario.text import MAX_DEPTH, MAX_VALUES, parse_source
from tests.bad_input.case import Bad, check, problems_with

LAUGHS = "a: &a [x, x, x]\n" + "".join(
    f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdef", "bcdefg", strict=True)
)

CORPUS = [
    Bad("1 empty", "", "E112", says="stationsim init"),
    Bad("1 comments only", "# nothing\n# here\n", "E112", says="stationsim init"),
    Bad("1 only a start mark", "---\n", "E112", says="stationsim init"),
    Bad("2 list", "- a: 1\n", "E113", 1, 1, says="got a list"),
    Bad("2 number", "# c\n42\n", "E113", 2, 1, says="got a number"),
    Bad("2 text", "hello\n", "E113", 1, 1, says="got text"),
    Bad("3 two documents", "a: 1\n---\nb: 2\n", "E109", 2, 1),
    Bad("3 after an end mark", "a: 1\n...\nb: 2\n", "E109", 3, 1),
    Bad("4 tab", "a:\n\tb: 1\n", "E105", 2, 1, says="use spaces"),
    Bad("4 tab after spaces", "a:\n  b: 1\n  \tc: 1\n", "E105", 3, 3, says="use spaces"),
    Bad("5 duplicate", "a: 1\nb: 2\na: 3\n", "E114", 3, 1, says="first on line 1"),
    Bad("5 duplicate in quotes", "s:\n  a: 1\n  'a': 2\n", "E114", 3, 3, says="first on line 2"),
    Bad("5 duplicate in JSON", '{"a": 1,\n "a": 2}', "E114", 2, 2, says="first on line 1"),
    Bad("6 billion laughs", LAUGHS, "E108", 1, 4, says="anchors"),
    Bad("6 alias without anchor", "a: *b\n", "E108", 1, 4, says="aliases"),
    Bad("7 merge key", "base: {a: 1}\nb:\n  <<: {a: 1}\n", "E108", 3, 3, says="extends:"),
    Bad("8 alias of itself", "a: &a [*a]\n", "E108", 1, 4),
    Bad("9 100,000 brackets", "a: " + "[" * 100_000 + "]" * 100_000, "E107", 1),
    Bad("9 200,000 open brackets", "[" * 200_000, "E107", 1),
    Bad("9 brackets on lines of their own", "a:\n" + " [\n" * 50_000, "E107"),
    Bad("9 braces with keys", "{a: " * 50_000, "E107", 1),
    Bad("9 block nesting", "\n".join(" " * depth + "k:" for depth in range(200)), "E107", 41, 41),
    Bad("9 dashes", "- " * 100_000, "E107", 1),
    Bad("10 too many values", "a: [" + "1, " * 100_000 + "1]", "E116", 1),
    Bad("10 too many keys", "".join(f"key_{number}: 1\n" for number in range(60_000)), "E116"),
    Bad("11 python tag", "a: !!python/object/apply:os.system ['true']\n", "E108", 1, 4, says="tags"),
    Bad("11 endless tag", "a: 1\nb: [1, !" + "x" * 1_900_000 + "]", "E108", 2, 8, says="tags"),
    Bad("11 own tag", "a:\n  - !x 1\n", "E108", 2, 5, says="tags"),
    Bad("11 standard tag", "a: !!str 1\n", "E108", 1, 4),
    Bad("11 directive", "%YAML 1.1\n---\na: on\n", "E108", 1, 1, says="directives"),
    Bad("11 tag directive", "%TAG ! x\n---\na: on\n", "E108", 1, 1, says="directives"),
    Bad("11 many directives", "%a\n" * 600_000, "E108", 1, 1, says="directives"),
    Bad("12 control character", "a: 1\nb: x\x07\n", "E104", 2, 5, says="U+0007"),
    Bad("12 NUL", "a: x\x00\n", "E104", 1, 5, says="U+0000"),
    Bad("12 surrogate", "a: \ud800\n", "E104", 1, 4, says="U+D800"),
    Bad("12 escaped surrogate", 'a: "\\ud800"\n', "E104", 1, 4, says="U+D800"),
    Bad("12 escaped NUL", 'a: "\\0"\n', "E104", 1, 4, says="U+0000"),
    Bad("12 direction override", "a: x\u202ey\n", "E104", 1, 5),
    Bad("12 no character at all", 'a: "\\U00110000"\n', "E115", 1),
    Bad("14 full-width colon", "a: 1\nb：2\n", "E106", 2, 2, says="did you mean ':'"),
    Bad("14 full-width colon first", "a：1\nb: 2\n", "E106", 1, says="did you mean ':'"),
    Bad("14 full-width colon below", "a:\n  b：2\n", "E106", 2, says="did you mean ':'"),
    Bad("14 typographic quotes", "name: “x”\n", "E106", 1, 7, says="did you mean '\"'"),
    Bad("15 complex key", "? [1, 2]\n: x\n", "E110", 1),
    Bad("15 mapping as key", "{a: 1}: x\n", "E110", 1, 1),
    Bad("15 number as key", "1: x\n", "E110", 1, 1, says="quotes"),
    Bad("15 truth value as key", "a: 1\ntrue: x\n", "E110", 2, 1),
    Bad("15 empty key", ": x\n", "E110", 1),
    Bad("16 5,000 digits", "a: " + "7" * 5_000, "E111", 1, 4, says="5000"),
    Bad("16 5,000 hexadecimal digits", "a: 0x" + "f" * 5_000, "E111", 1, 4),
    Bad("open quotes", "a: 1\nb: 'x\nc: 2\n", "E115", 2, 4, says="close the quotes"),
    Bad("open brackets", "a: [1,\n", "E115", says="close the brackets"),
    Bad("two colons", "a: b: c\n", "E115", 1, 5, says="indentation"),
    Bad("at sign", "a: @x\n", "E115", 1, 4, says="quotes"),
]


@pytest.mark.parametrize("bad", CORPUS, ids=str)
def test_wrong_text_is_refused_with_its_place(bad):
    check(bad, problems_with(lambda: parse_source(source_of_text(bad.text))))


@pytest.mark.parametrize("bad", CORPUS, ids=str)
def test_wrong_files_are_refused_like_wrong_text(bad, tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(bad.text.encode("utf-8", "surrogatepass"))
    codes = {problem.code for problem in problems_with(lambda: parse_source(read_source(path)))}
    assert codes <= {bad.code, "E103"}


def test_all_duplicates_are_told_at_once():
    text = "a: 1\na: 2\nb: {c: 1, c: 2}\na: {d: 1, d: 2}\n"
    lines = [p.line for p in problems_with(lambda: parse_source(source_of_text(text)))]
    assert lines == [2, 3, 4, 4]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+5", 5),
        ("5.", 5.0),
        ("1_000", "1_000"),
        ("22:30", "22:30"),
        ("1:30:00", "1:30:00"),
        ("2026-02-30", "2026-02-30"),
        ("on", "on"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("1e400", math.inf),
        ("-.inf", -math.inf),
        ("１２", "１２"),
        ("0b11", "0b11"),
        ("+", "+"),
        (".", "."),
    ],
)
def test_plain_scalars_follow_yaml_1_2(written, value):
    got = resolve_plain(written)
    assert got == value
    assert type(got) is type(value)
    data = parse_source(source_of_text(f"a: {written}\n")).data
    assert data == {"a": value}


def test_not_a_number_is_a_float():
    assert math.isnan(resolve_plain(".nan"))


def test_quoted_scalars_are_text():
    assert parse_source(source_of_text("a: '1'\nb: \"true\"\n")).data == {"a": "1", "b": "true"}


def test_marks_hold_the_places_of_keys_and_values():
    document = parse_source(source_of_text("a:\n  b: [1,\n    {c: 2}]\n", "s.yaml"))
    assert document.data == {"a": {"b": [1, {"c": 2}]}}
    assert document.marks["a",][1:] == (1, 1, 2, 3)
    assert document.marks["a", "b"][1:] == (2, 3, 2, 6)
    assert document.marks["a", "b", 1, "c"] == ("s.yaml", 3, 6, 3, 9)
    assert document.mark(("a", "b", 1, "missing")).line == 3


def test_byte_order_mark_line_ends_and_missing_newline_are_fine(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: x\rd: 2")
    document = parse_source(read_source(path))
    assert document.data == {"a": 1, "b": {"c": "x"}, "d": 2}
    assert document.marks["b", "c"].line == 3


def test_json_is_read_with_tabs_and_surrogate_pairs(tmp_path):
    path = tmp_path / "s.json"
    path.write_text('{\n\t"a":\t1.5,\n\t"b": [true, null, "\\ud83d\\ude00", "x\\/y"]\n}', encoding="utf-8")
    document = parse_source(read_source(path))
    assert document.data == {"a": 1.5, "b": [True, None, "\U0001f600", "x/y"]}
    assert document.marks["b",][1:] == (3, 2, 3, 7)


def test_the_version_that_is_read_may_be_named():
    assert parse_source(source_of_text("%YAML 1.2\n---\na: on\n")).data == {"a": "on"}


def test_chinese_text_may_hold_full_width_signs():
    data = parse_source(source_of_text("a: >-\n  济南东：服务区\nb: PV：x\nc: '“x”'\n")).data
    assert data == {"a": "济南东：服务区", "b": "PV：x", "c": "“x”"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_refused(tmp_path, encoding):
    path = tmp_path / "s.yaml"
    path.write_bytes("name: x\n".encode(encoding))
    (problem,) = problems_with(lambda: read_source(path))
    assert problem.code == "E103"
    assert "save as UTF-8" in problem.hint


@pytest.mark.parametrize(("encoding", "text"), [("gbk", "济南"), ("latin-1", "é")])
def test_other_encodings_are_refused_with_the_byte(tmp_path, encoding, text):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"a: 1\nb: " + text.encode(encoding) + b"\n")
    (problem,) = problems_with(lambda: read_source(path))
    assert (problem.code, problem.line, problem.column) == ("E103", 2, 4)
    assert "byte 8" in problem.rule
    assert "save as UTF-8" in problem.hint


def test_large_files_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "s.yaml"
    with path.open("wb") as stream:
        stream.truncate(10**9)
    (problem,) = problems_with(lambda: read_source(path))
    assert problem.code == "E102"


def test_text_of_more_than_2_mb_is_refused():
    assert problems_with(lambda: source_of_text("a" * (MAX_BYTES + 1)))[0].code == "E102"
    assert problems_with(lambda: source_of_text("济" * (MAX_BYTES // 2)))[0].code == "E102"


def test_the_largest_comment_is_read_in_time():
    text = "a: 1\n" + "# comment\n" * ((MAX_BYTES - 10) // 10)
    assert parse_source(source_of_text(text)).data == {"a": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_devices_and_folders_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/zero", "/dev/null"):
        assert problems_with(lambda path=path: read_source(path))[0].code == "E101"


def test_missing_files_and_impossible_names_are_refused(tmp_path):
    for path in (tmp_path / "none.yaml", "x\0y", tmp_path / ("n" * 5_000)):
        assert problems_with(lambda path=path: read_source(path))[0].code == "E101"


def test_messages_show_no_control_characters_of_a_file_name():
    (problem,) = problems_with(lambda: read_source("no\x1b[31m.yaml"))
    assert "\x1b" not in str(problem)


def test_nesting_up_to_the_limit_is_read():
    text = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert parse_source(source_of_text(text)).data["a"]
    with pytest.raises(ScenarioError):
        parse_source(source_of_text(text.replace("[]", "[[]]")))


def test_values_up_to_the_limit_are_read():
    items = MAX_VALUES - 3
    assert len(parse_source(source_of_text("a: [" + "1," * items + "]")).data["a"]) == items


def test_importing_the_loader_imports_nothing_heavy():
    heavy = {"pandas", "scipy", "pvlib", "simpy", "matplotlib", "pyarrow", "ruamel.yaml"}
    program = (
        "import sys, stationsim.scenario.text, stationsim.scenario.overrides, stationsim.scenario.paths;"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
