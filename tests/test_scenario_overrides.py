"""``--set path=value``: parsed, placed and refused like what a file says (catalogue row 47)."""

import pytest

from stationsim.scenario.load import parse_scenario
from tests.bad_input.case import problems_with
from tests.bad_input.model import Station

TEXT = (
    "schema_version: 1\nname: x\nsolar:\n  surfaces:\n"
    "    - {name: canopy, dc_kwp: 1}\n    - {name: roof, dc_kwp: 2}\nbattery:\n  capacity_kwh: 100\n"
)


def load(*overrides):
    return parse_scenario(TEXT, model=Station, overrides=overrides, name="s.yaml")


@pytest.mark.parametrize(
    ("override", "got"),
    [
        ("battery.capacity_kwh=900", lambda s: s.battery.capacity_kwh == 900),
        ("battery.capacity_kwh = 1e3", lambda s: s.battery.capacity_kwh == 1000),
        ("battery=null", lambda s: s.battery is None),
        ("site.posts=7", lambda s: s.site.posts == 7),
        ("site={posts: 7}", lambda s: s.site.posts == 7),
        ('site={"posts": 7}', lambda s: s.site.posts == 7),
        ("solar.surfaces[1].dc_kwp=5", lambda s: s.solar.surfaces[1].dc_kwp == 5),
        ("solar.surfaces[canopy].dc_kwp=5", lambda s: s.solar.surfaces[0].dc_kwp == 5),
        ("solar.surfaces=[{name: z, dc_kwp: 1}]", lambda s: s.solar.surfaces[0].name == "z"),
        ("solar.surfaces[0]={name: z, dc_kwp: 1}", lambda s: s.solar.surfaces[0].name == "z"),
        ("name=Two words, and more", lambda s: s.name == "Two words, and more"),
        ('name="a: b"', lambda s: s.name == "a: b"),
        ("name=a=b", lambda s: s.name == "a=b"),
        ("tariff={windows: [{start: 07:00, end: 22:30}]}", lambda s: s.tariff.windows[0].end == 22.5),
        ("solar.losses.soiling=0.05", lambda s: s.solar.losses.soiling == 0.05),
    ],
)
def test_values_are_set(override, got):
    assert got(load(override).scenario)


def test_later_overrides_win_and_meet_earlier_ones():
    loaded = load("solar.surfaces=[{name: z, dc_kwp: 1}]", "solar.surfaces[z].dc_kwp=4", "seed=1", "seed=2")
    assert loaded.scenario.solar.surfaces[0].dc_kwp == 4
    assert loaded.scenario.seed == 2


def test_origins_name_the_command_line():
    where = {name: place for name, _, place in load("battery.capacity_kwh=9", "site={posts: 1}").origins()}
    assert where["battery.capacity_kwh"] == where["site.posts"] == "command line"
    assert where["solar.surfaces[0].dc_kwp"] == "s.yaml:5"
    assert where["site.colour"] == "default"


@pytest.mark.parametrize(
    ("override", "code", "path", "words"),
    [
        ("battery.capacity_kwh=", "E133", "battery.capacity_kwh", "must have a value"),
        ("battery.capacity_kwh=  ", "E133", "battery.capacity_kwh", "must have a value"),
        ("battery.capacity_kwh", "E131", "", "path=value"),
        ("=5", "E131", "", "path=value"),
        ("na\x1bme=5", "E131", "", "path=value"),
        ("battery..capacity_kwh=5", "E131", "battery..capacity_kwh", "cannot be read"),
        ("battery.capacity_kwh.=5", "E131", "", "cannot be read"),
        ("[0]=5", "E131", "", "cannot be read"),
        ("solar.surfaces[=5", "E131", "", "cannot be read"),
        ("batery.capacity_kwh=5", "E201", "batery", "did you mean battery?"),
        ("battery.capacty_kwh=5", "E201", "battery.capacty_kwh", "did you mean capacity_kwh?"),
        ("battery.soiling=0.1", "E201", "battery.soiling", "known under solar.losses"),
        ("battery.capacity_kwh=-5", "E210", "battery.capacity_kwh", "must be > 0 (got -5)"),
        ("battery.capacity_kwh=5 kWh", "E203", "battery.capacity_kwh", "number alone"),
        ("battery.capacity_kwh=[1,", "E133", "battery.capacity_kwh", "brackets"),
        ('battery={"capacity_kwh": }5', "E133", "battery", "YAML or JSON"),
        ("battery=a: b", "E133", "battery", "in brackets"),
        ("battery=&a 5", "E133", "battery", "anchors"),
        ("battery=!x 5", "E133", "battery", "tags"),
        ("name=\x07", "E133", "name", "control"),
        ("solar.surfaces[2].dc_kwp=5", "E132", "solar.surfaces", "has 2 items"),
        ("solar.surfaces[cannopy].dc_kwp=5", "E132", "solar.surfaces", "did you mean [canopy]?"),
        ("solar.surfaces[zzz].dc_kwp=5", "E132", "solar.surfaces", "canopy, roof"),
        ("solar.surfaces.dc_kwp=5", "E132", "solar.surfaces", "written [0] or [name]"),
        ("battery[0].capacity_kwh=5", "E132", "battery", "is no list"),
        ("name.first=5", "E132", "name", "not keys"),
        ("extends=base.yaml", "E201", "extends", "unknown key"),
    ],
)
def test_wrong_overrides_are_told_at_the_command_line(override, code, path, words):
    problems = problems_with(lambda: load(override))
    problem = next(p for p in problems if p.code == code)
    assert words in str(problem)
    assert (problem.file, problem.line, problem.column) == ("command line", 0, 0)
    assert problem.path == path or not path
    assert problem.source.startswith("--set ")


def test_all_wrong_overrides_are_told_at_once():
    assert len(problems_with(lambda: load("a", "b.=1", "solar.surfaces[9]=1"))) == 3


def test_a_file_and_the_command_line_can_contradict_each_other():
    (problem,) = problems_with(lambda: load("battery.soc_low=0.95"))
    assert (problem.file, problem.line) == ("s.yaml", 7)
    assert "soc_low is on the command line" in problem.hint


def test_hostile_overrides_are_refused_quickly():
    for text in (
        "name=" + "[" * 100_000,
        "a." * 50_000 + "b=1",
        "seed=" + "9" * 5_000,
        "name=" + "x" * 10**6,
    ):
        assert problems_with(lambda text=text: load(text))
