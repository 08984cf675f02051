"""What the models refuse, told at its place, in plain words, with a hint, all at once."""

import pytest

from stationsim.scenario.codes import CODES, explanation
from stationsim.scenario.load import parse_scenario
from stationsim.scenario.reasons import number_hint, shown
from stationsim.scenario.suggest import nearest
from tests.bad_input.case import Bad, check, problems_with
from tests.bad_input.model import Station

HEAD = "schema_version: 1\nname: x\n"

CORPUS = [
    Bad("21 misspelt section", "solr:\n  a: 1\n", "E201", 3, 1, "solr", "did you mean solar?"),
    Bad("21 wrong case", "Battery: {capacity_kwh: 1}\n", "E201", 3, 1, "Battery", "did you mean battery?"),
    Bad("21 American", "site: {color: red}\n", "E201", 3, 8, "site.color", "did you mean colour?"),
    Bad("21 hyphen", "battery: {capacity-kwh: 3}\n", "E201", 3, 11, says="did you mean capacity_kwh?"),
    Bad("21 without unit", "battery: {capacity: 3}\n", "E201", 3, 11, says="did you mean capacity_kwh?"),
    Bad("21 nothing near", "site: {zzz: 1}\n", "E201", 3, 8, "site.zzz", "known here: opened, colour, posts"),
    Bad(
        "22 wrong depth",
        "battery:\n  capacity_kwh: 1\n  soiling: 0.1\n",
        "E201",
        5,
        3,
        says="under solar.losses",
    ),
    Bad(
        "22 of another kind", "weather:\n  source: synthetic\n  file: x\n", "E201", 5, 3, says="source: file"
    ),
    Bad(
        "23 missing",
        "battery:\n  soc_low: 0.2\n",
        "E202",
        3,
        1,
        "battery.capacity_kwh",
        "Usable energy [kWh].",
    ),
    Bad(
        "23 missing in a list",
        "solar:\n  surfaces:\n    - name: a\n",
        "E202",
        5,
        7,
        "solar.surfaces[0].dc_kwp",
    ),
    Bad("23 missing kind", "weather: {climate: x}\n", "E216", 3, 1, "weather.source", "synthetic or file"),
    Bad("wrong kind", "weather: {source: fil}\n", "E216", 3, 19, "weather.source", "did you mean file?"),
    Bad("24 unit", "battery: {capacity_kwh: 120 kW}\n", "E203", 3, 25, says="write the number alone"),
    Bad("24 percent", "battery: {capacity_kwh: 20%}\n", "E203", 3, 25, says="write 0.2 for a fraction, or"),
    Bad("24 comma", "battery:\n  capacity_kwh: 1,5\n", "E203", 4, 17, says="decimal point: 1.5"),
    Bad("24 thousands", "battery:\n  capacity_kwh: 1,500\n", "E203", 4, 17, says="write 1500"),
    Bad("24 quotes", 'battery: {capacity_kwh: "800"}\n', "E203", 3, 25, says="remove the quotes: 800"),
    Bad("19 underscore", "battery: {capacity_kwh: 1_000}\n", "E203", 3, 25, says="write 1000 without"),
    Bad("14 full-width digits", "battery: {capacity_kwh: １２}\n", "E203", 3, 25, says="plain digits"),
    Bad("24 truth word", "battery: {capacity_kwh: yes}\n", "E203", 3, 25, says="truth word"),
    Bad("24 null", "battery: {capacity_kwh: }\n", "E203", 3, says="got null"),
    Bad("24 list", "battery: {capacity_kwh: [1, 2]}\n", "E203", 3, 25, says="got a list of 2"),
    Bad("25 nan", "battery: {capacity_kwh: .nan}\n", "E211", 3, 25, says="finite"),
    Bad("25 overflow", "battery: {capacity_kwh: 1e400}\n", "E211", 3, 25, says="finite"),
    Bad("26 zero", "battery: {capacity_kwh: 0}\n", "E210", 3, 25, says="must be > 0 (got 0)"),
    Bad("26 negative", "site: {posts: -1}\n", "E210", 3, 15, says="must be >= 0 (got -1)"),
    Bad("26 negative zero", "battery: {capacity_kwh: -0.0}\n", "E210", 3, 25, says="must be > 0"),
    Bad("27 percentage", "battery: {capacity_kwh: 1, efficiency: 95}\n", "E210", says="write 0.95"),
    Bad("27 zero", "battery: {capacity_kwh: 1, efficiency: 0}\n", "E210", says="must be > 0"),
    Bad(
        "27 above one", "battery: {capacity_kwh: 1, efficiency: 1.2}\n", "E210", says="must be <= 1 (got 1.2)"
    ),
    Bad(
        "28 crossed",
        "battery:\n  capacity_kwh: 1\n  soc_low: 0.9\n  soc_high: 0.2\n",
        "E215",
        3,
        1,
        "battery",
        "swap them; soc_low is on line 5, soc_high is on line 6",
    ),
    Bad(
        "28 across sections",
        "site:\n  posts: 0\nbattery: {capacity_kwh: 1}\n",
        "E215",
        4,
        3,
        "site.posts",
        "battery.capacity_kwh is on line 5",
    ),
    Bad("30 half a post", "site: {posts: 2.5}\n", "E204", 3, 15, says="whole number (got 2.5)"),
    Bad("30 true as a number", "site: {posts: true}\n", "E203", 3, 15, says="not numbers"),
    Bad("31 empty list", "solar: {surfaces: []}\n", "E212", 3, 19, "solar.surfaces", "at least 1 item"),
    Bad("17 yes", "battery: {capacity_kwh: 1, grid_charging: yes}\n", "E205", says="write true or false"),
    Bad(
        "17 quoted true",
        "battery: {capacity_kwh: 1, grid_charging: 'true'}\n",
        "E205",
        says="remove the quotes",
    ),
    Bad("17 one", "battery: {capacity_kwh: 1, grid_charging: 1}\n", "E205", says="write true or false"),
    Bad("number as text", "site: {colour: 5}\n", "E206", 3, 16, says='put it in quotes: "5"'),
    Bad("section as number", "battery: 5\n", "E207", 3, 10, "battery"),
    Bad("section as list", "battery:\n  - capacity_kwh: 1\n", "E207", 3, 1, "battery"),
    Bad("list as section", "solar: {surfaces: {name: a}}\n", "E208", 3, 19, says="start each item with"),
    Bad(
        "item of a list",
        "solar:\n  surfaces:\n    - {name: a, dc_kwp: 1}\n    - {name: b, dc_kwp: 1, tilt_deg: 91}\n",
        "E210",
        6,
        38,
        "solar.surfaces[1].tilt_deg",
        "must be <= 90 (got 91)",
    ),
    Bad("form of a name", "solar: {surfaces: [{name: A b, dc_kwp: 1}]}\n", "E213", says="lower case letters"),
    Bad(
        "name too long",
        "site: {}\nweather: {source: synthetic, climate: " + "x" * 81 + "}\n",
        "E212",
        4,
        says="most 80",
    ),
    Bad("union", "tariff: abc\n", "E217", 3, 9, "tariff", "must be a mapping of keys to values or a number"),
    Bad("branch of a union", "tariff: -1\n", "E210", 3, 9, "tariff", "must be >= 0"),
    Bad(
        "inside a union",
        "tariff: {windows: [], price: 1}\n",
        "E201",
        3,
        23,
        says="did you mean price_per_kwh?",
    ),
    Bad(
        "time of day",
        "tariff: {windows: [{start: 25:00, end: 07:00}]}\n",
        "E214",
        path="tariff.windows[0].start",
    ),
    Bad("18 two colons", "tariff: {windows: [{start: 1:30:00, end: 07:00}]}\n", "E214", says="HH:MM"),
    Bad(
        "pair too short",
        "peak_hours:\n  - [07:00, 08:00]\n  - [07:00]\n",
        "E212",
        5,
        5,
        "peak_hours[1]",
        "at least 2",
    ),
    Bad(
        "pair too long",
        "peak_hours: [[1:00, 2:00, 3:00]]\n",
        "E212",
        path="peak_hours[0]",
        says="at most 2 items",
    ),
    Bad("20 date", "site: {opened: 2026-02-30}\n", "E214", 3, 16, says="a date that exists"),
    Bad("44 seed below 0", "seed: -1\n", "E210", 3, 7, says="must be >= 0"),
    Bad("44 float", "seed: 1.5\n", "E204", 3, 7),
    Bad("44 text", "seed: abc\n", "E203", 3, 7),
    Bad("44 2^200", f"seed: {2**200}\n", "E210", 3, 7, says="must be <= 9223372036854775807"),
]


@pytest.mark.parametrize("bad", CORPUS, ids=str)
def test_wrong_values_are_told_with_place_rule_and_hint(bad):
    check(bad, problems_with(lambda: parse_scenario(HEAD + bad.text, model=Station)))


@pytest.mark.parametrize("bad", CORPUS, ids=str)
def test_plain_data_is_told_the_same_without_places(bad):
    from stationsim.scenario.source import source_of_text
    from stationsim.scenario.text import parse_source

    data = parse_source(source_of_text(HEAD + bad.text)).data
    problems = problems_with(lambda: parse_scenario(data, model=Station))
    assert bad.code in {problem.code for problem in problems}
    assert {problem.line for problem in problems} == {0}


def test_the_small_scenario_is_fine():
    loaded = parse_scenario(HEAD, model=Station)
    assert loaded.scenario == Station(schema_version=1, name="x")
    assert loaded.warnings == ()


def test_all_problems_come_at_once_in_the_order_of_the_lines():
    text = "nam: x\nsite: {posts: true, colour: 5}\nbattery:\n  capacity: 1\nseed: -1\n"
    problems = problems_with(lambda: parse_scenario(text, model=Station, name="s.yaml"))
    assert [(p.line, p.code) for p in problems] == [
        (1, "E201"),
        (1, "E202"),
        (2, "E203"),
        (2, "E206"),
        (4, "E201"),
        (5, "E210"),
    ]
    assert str(problems[2]) == (
        "s.yaml:2:15: site.posts: must be a whole number (got true)\n"
        "    site: {posts: true, colour: 5}\n"
        "    hint: true and false are not numbers"
    )


def test_little_above_one_is_not_taken_for_a_percentage():
    for written, hint in ((1.2, ""), (2, "write 0.02"), (95, "write 0.95")):
        text = f"{HEAD}battery: {{capacity_kwh: 1, efficiency: {written}}}\n"
        (problem,) = problems_with(lambda text=text: parse_scenario(text, model=Station))
        assert problem.hint == hint


def test_a_key_that_was_misspelt_is_not_also_missing():
    problems = problems_with(lambda: parse_scenario(HEAD + "battery: {capacty_kwh: 1}\n", model=Station))
    assert [p.code for p in problems] == ["E201"]


def test_only_twenty_problems_are_listed():
    text = HEAD + "".join(f"unknown_{number}: 1\n" for number in range(34))
    with pytest.raises(Exception, match="and 14 more") as caught:
        parse_scenario(text, model=Station)
    assert len(caught.value.problems) == 34


def test_another_format_version_is_told_alone():
    for version, words in ((2, "newer stationsim"), (0, "oldest")):
        text = f"schema_version: {version}\nname: x\nfrom_the_future: 1\n"
        (problem,) = problems_with(lambda text=text: parse_scenario(text, model=Station))
        assert (problem.code, problem.line, problem.column) == ("E220", 1, 17)
        assert words in problem.hint


def test_a_renamed_key_is_a_warning_with_its_new_name():
    (warning,) = parse_scenario(HEAD + "old_price: 1\n", model=Station).warnings
    assert (warning.code, warning.line, warning.path) == ("W248", 3, "old_price")
    assert "tariff" in warning.hint


def test_plain_data_that_no_file_could_hold_is_refused():
    deep: dict = {}
    for _ in range(50):
        deep = {"a": deep}
    cases = [
        ({1: 2}, "E110"),
        ({"a": {None: 2}}, "E110"),
        ({"\x1b[2J": 2}, "E110"),
        ({"name": "x\0"}, "E104"),
        (deep, "E107"),
        ({"a": list(range(30_000))}, "E116"),
        ([1], "E113"),
        ({"extends": "x.yaml"}, "E309"),
    ]
    for data, code in cases:
        assert problems_with(lambda data=data: parse_scenario(data, model=Station))[0].code == code


def test_data_that_holds_itself_is_refused():
    data: dict = {"name": "x"}
    data["site"] = data
    assert problems_with(lambda: parse_scenario(data, model=Station))[0].code == "E107"


def test_long_values_are_shortened():
    assert len(shown("x" * 10_000)) <= 60
    assert len(shown(10**90)) <= 60
    assert shown({"a": 1}) == "a mapping"
    assert "\x1b" not in shown("\x1b[0m")


@pytest.mark.parametrize(
    ("written", "key", "words"),
    [
        ("3.2 MWh", "capacity_kwh", "(kwh)"),
        ("100kW", "power_kw", "number alone"),
        ("12 ％", "x", "0.12"),
        ("12，5", "x", ""),
        ("abc", "x", ""),
        ("1e3", "x", "remove the quotes"),
    ],
)
def test_hints_for_numbers(written, key, words):
    assert words in number_hint(written, key)


def test_the_nearest_word_is_found_or_none():
    assert nearest("colour", ["color", "cooler"]) == "color"
    assert nearest("CAPACITY_KWH", ["capacity_kwh"]) == "capacity_kwh"
    assert nearest("power", ["power_kw", "powder"]) == "power_kw"
    assert nearest("qqq", ["power_kw"]) is None
    assert nearest("", ["a"]) is None


def test_every_code_has_a_sentence():
    assert all(sentence.endswith(".") for sentence in CODES.values())
    assert explanation(" e203 ") == CODES["E203"]
    assert "E203" in str(problems_with(lambda: explanation("E999"))[0])


def test_every_code_in_the_sources_is_in_the_table():
    import re
    from pathlib import Path

    import stationsim.scenario.codes as codes

    folder = Path(codes.__file__).parent.parent
    used = {
        code
        for file in folder.rglob("*.py")
        if file.name != "codes.py"
        for code in re.findall(r'"([EW][1234]\d\d)"', file.read_text(encoding="utf-8"))
    }
    assert used <= set(CODES)
    assert set(CODES) - used <= {"E100"}


def test_a_percentage_is_mended_by_the_kind_of_its_key():
    from stationsim.scenario.reasons import number_hint

    assert number_hint("20%", "ev_share") == "write 0.2"
    assert number_hint("95 %", "charge_efficiency") == "write 0.95"
    assert number_hint("2%", "soiling_percent") == "write 2"
