"""Scenarios from files: ``extends``, positions over several files, what is kept of a load."""

import hashlib

import pytest

from stationsim.scenario.load import load_scenario, parse_scenario
from tests.bad_input.case import problems_with
from tests.bad_input.model import Station

BASE = "schema_version: 1\nname: base\nbattery:\n  capacity_kwh: 100\n  efficiency: 0.9\nsite: {posts: 3}\n"


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_load_keeps_text_path_and_hash(write):
    path = write("s.yaml", BASE)
    loaded = load_scenario(path, model=Station)
    assert loaded.scenario.battery.capacity_kwh == 100
    assert (loaded.text, loaded.path) == (BASE, path)
    assert loaded.files == {str(path): hashlib.sha256(BASE.encode()).hexdigest()}


def test_only_what_differs_is_written(write):
    base = write("base.yaml", BASE)
    path = write("s.yaml", "extends: base.yaml\nname: child\nbattery: {capacity_kwh: 200}\n")
    loaded = load_scenario(path, model=Station)
    assert loaded.scenario.name == "child"
    assert (loaded.scenario.battery.capacity_kwh, loaded.scenario.battery.efficiency) == (200, 0.9)
    assert list(loaded.files) == [str(path), str(base)]
    where = {name: place for name, _, place in loaded.origins()}
    assert where["battery.capacity_kwh"] == f"{path}:3"
    assert where["battery.efficiency"] == f"{base}:5"
    assert where["battery.soc_low"] == "default"


def test_lists_are_replaced_whole(write):
    write("base.yaml", BASE + "solar:\n  surfaces:\n    - {name: a, dc_kwp: 1}\n    - {name: b, dc_kwp: 2}\n")
    path = write("s.yaml", "extends: base.yaml\nsolar: {surfaces: [{name: c, dc_kwp: 3}]}\n")
    loaded = load_scenario(path, model=Station)
    assert [surface.name for surface in loaded.scenario.solar.surfaces] == ["c"]
    assert "solar.surfaces[1].name" not in {name for name, _, _ in loaded.origins()}


def test_null_takes_a_section_away(write):
    write("base.yaml", BASE)
    path = write("s.yaml", "extends: base.yaml\nbattery: null\nsite: null\n")
    scenario = load_scenario(path, model=Station).scenario
    assert scenario.battery is None
    assert scenario.site.posts == 4


def test_null_for_what_was_never_written_is_not_passed_over(write):
    write("base.yaml", BASE)
    path = write("s.yaml", "extends: base.yaml\nbatery: null\n")
    assert problems_with(lambda: load_scenario(path, model=Station))[0].code == "E201"


def test_problems_carry_the_file_they_come_from(write):
    base = write("base.yaml", BASE.replace("0.9", "90"))
    path = write("s.yaml", "extends: base.yaml\nsite: {posts: -2}\n")
    problems = problems_with(lambda: load_scenario(path, model=Station))
    assert [(p.file, p.line, p.path) for p in problems] == [
        (str(path), 2, "site.posts"),
        (str(base), 5, "battery.efficiency"),
    ]
    assert problems[1].source == "  efficiency: 90"


def test_crossed_limits_of_two_files_name_both(write):
    write("base.yaml", BASE + "seed: 3\n")
    path = write("s.yaml", "extends: base.yaml\nbattery:\n  soc_low: 0.95\n")
    (problem,) = problems_with(lambda: load_scenario(path, model=Station))
    assert (problem.file, problem.line) == (str(path), 2)
    assert "soc_low is on line 3" in problem.hint


def test_a_chain_of_five_is_the_longest(write):
    write("0.yaml", BASE)
    for number in range(1, 7):
        write(f"{number}.yaml", f"extends: {number - 1}.yaml\nname: number {number}\n")
    folder = write("x", "").parent
    assert load_scenario(folder / "5.yaml", model=Station).scenario.battery.capacity_kwh == 100
    (problem,) = problems_with(lambda: load_scenario(folder / "6.yaml", model=Station))
    assert problem.code == "E303"
    assert "6.yaml -> " in problem.rule
    assert problem.rule.endswith("0.yaml")


@pytest.mark.parametrize("target", ["s.yaml", "./s.yaml", "b.yaml"])
def test_circles_are_refused_with_the_chain(write, target):
    write("b.yaml", "extends: s.yaml\n")
    path = write("s.yaml", f"name: x\nextends: {target}\n")
    (problem,) = problems_with(lambda: load_scenario(path, model=Station))
    assert problem.code == "E302"
    assert "s.yaml -> " in problem.rule


def test_a_missing_file_is_refused_at_its_line(write):
    path = write("s.yaml", "name: x\nextends: none.yaml\n")
    (problem,) = problems_with(lambda: load_scenario(path, model=Station))
    assert (problem.code, problem.line, problem.column) == ("E301", 2, 10)
    assert "none.yaml" in problem.rule


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("[a.yaml, b.yaml]", "E309"),
        ("null", "E309"),
        ("5", "E309"),
        ("https://example.org/s.yaml", "E305"),
        ("~/s.yaml", "E306"),
        ("../s.yaml", "E304"),
        ("/etc/passwd", "E304"),
        ("/dev/zero", "E304"),
        ("sub", "E307"),
    ],
)
def test_only_files_in_the_folder_are_extended(write, written, code):
    write("sub/x.yaml", BASE)
    path = write("s.yaml", f"extends: {written}\n")
    problems = problems_with(lambda: load_scenario(path, model=Station))
    assert [p.code for p in problems] == [code]
    assert "root:" not in str(problems)


def test_allowed_folders_may_be_extended(write, tmp_path):
    write("common/base.yaml", BASE)
    path = write("designs/s.yaml", "extends: ../common/base.yaml\n")
    assert problems_with(lambda: load_scenario(path, model=Station))[0].code == "E304"
    assert load_scenario(path, model=Station, allow_paths=[tmp_path / "common"]).scenario.name == "base"


def test_extended_files_pass_the_same_guards(write):
    base = write("base.yaml", "a: &x 1\n")
    path = write("s.yaml", "extends: base.yaml\n")
    (problem,) = problems_with(lambda: load_scenario(path, model=Station))
    assert (problem.code, problem.file, problem.line) == ("E108", str(base), 1)


def test_input_files_of_an_extended_file_start_at_its_own_folder(write):
    write("sub/w.csv", "x")
    write("sub/base.yaml", BASE + "weather: {source: file, file: w.csv}\n")
    path = write("s.yaml", "extends: sub/base.yaml\n")
    loaded = load_scenario(path, model=Station)
    assert loaded.scenario.weather.file == "sub/w.csv"
    assert [file.resolved for file in loaded.inputs] == [path.parent / "sub" / "w.csv"]


def test_json_scenarios_load_alike(write):
    text = '{\n\t"schema_version": 1,\n\t"name": "base",\n\t"site": {"posts": 300}\n}'
    (problem,) = problems_with(lambda: load_scenario(write("s.json", text), model=Station))
    assert (problem.line, problem.column, problem.code) == (4, 20, "E210")


def test_text_without_a_folder_extends_and_reads_nothing(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    text = "extends: base.yaml\n"
    assert problems_with(lambda: parse_scenario(text, model=Station))[0].code == "E310"
    assert parse_scenario(text, model=Station, base=tmp_path).scenario.name == "base"
    named = "schema_version: 1\nname: x\nweather: {source: file, file: base.yaml}\n"
    assert problems_with(lambda: parse_scenario(named, model=Station))[0].code == "E310"
    assert parse_scenario(named, model=Station, base=tmp_path).inputs[0].written == "base.yaml"
    assert parse_scenario(named, model=Station, check_files=False).inputs == ()


def test_warnings_are_placed_by_their_dotted_path():
    from stationsim.errors import Problem

    loaded = parse_scenario(BASE, model=Station, name="s.yaml")
    found = loaded.placed(Problem("is unusual", path="battery.soc_low", code="W201"))
    assert (found.file, found.line, found.path) == ("s.yaml", 3, "battery.soc_low")
