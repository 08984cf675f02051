"""The resolved scenario as plain data, its hash, and where every value came from."""

import json
from pathlib import Path

import pytest

from stationsim.scenario.load import load_scenario, parse_scenario
from stationsim.scenario.provenance import resolved_dict, scenario_hash
from stationsim.scenario.schema import Scenario
from tests.bad_input.model import Station

ROOT = Path(__file__).parent.parent
SCENARIOS = [
    *sorted((ROOT / "scenarios").glob("*.yaml")),
    Path(__file__).parent / "bad_input" / "station.yaml",
]
FULL = """
schema_version: 1
name: x
site: {opened: 2020-02-29}
solar: {surfaces: [{name: a, dc_kwp: 1}]}
tariff: {windows: [{start: 07:20, end: 24:00}, {start: 0:00, end: 07:01}]}
peak_hours: [[08:00, 9:30]]
battery: {capacity_kwh: 5}
"""


def test_resolved_data_loads_to_the_same_scenario():
    scenario = parse_scenario(FULL, model=Station).scenario
    data = resolved_dict(scenario)
    again = parse_scenario(json.loads(json.dumps(data)), model=Station).scenario
    assert again == scenario
    assert scenario_hash(again) == scenario_hash(scenario)


def test_dates_and_times_of_day_are_text():
    data = resolved_dict(parse_scenario(FULL, model=Station).scenario)
    assert data["site"] == {"opened": "2020-02-29", "colour": "grey", "posts": 4}
    assert data["tariff"]["windows"][0] == {"start": "07:20", "end": "24:00"}
    assert data["peak_hours"] == [["08:00", "09:30"]]
    assert data["weather"] == {"source": "synthetic", "climate": "jinan"}


def test_every_minute_of_the_day_survives():
    clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60 + 1)]
    data = {"schema_version": 1, "name": "x", "peak_hours": [[clock, "24:00"] for clock in clocks]}
    pairs = resolved_dict(parse_scenario(data, model=Station).scenario)["peak_hours"]
    assert [start for start, _ in pairs] == clocks


def test_times_that_are_no_whole_minute_stay_hours():
    text = "schema_version: 1\nname: x\npeak_hours: [[7.123456, 24:00]]\n"
    assert resolved_dict(parse_scenario(text, model=Station).scenario)["peak_hours"][0][0] == 7.123456


def test_the_hash_is_of_values_not_of_writing():
    lines = FULL.strip().splitlines()
    turned = "\n".join(reversed(lines)).replace("capacity_kwh: 5", "capacity_kwh: 5.00")
    one = parse_scenario(FULL, model=Station).scenario
    assert scenario_hash(parse_scenario(turned, model=Station).scenario) == scenario_hash(one)
    default = parse_scenario(FULL + "seed: 1\n", model=Station).scenario
    assert scenario_hash(default) == scenario_hash(one)
    other = parse_scenario(FULL + "seed: 2\n", model=Station).scenario
    assert scenario_hash(other) != scenario_hash(one)


def test_origins_cover_every_value_once():
    loaded = parse_scenario(FULL, model=Station, name="s.yaml")
    rows = list(loaded.origins())
    names = [name for name, _, _ in rows]
    assert len(names) == len(set(names))
    where = {name: (value, place) for name, value, place in rows}
    assert where["site.opened"] == ("2020-02-29", "s.yaml:4")
    assert where["tariff.windows[1].start"] == ("00:00", "s.yaml:6")
    assert where["peak_hours"] == ([["08:00", "09:30"]], "s.yaml:7")
    assert where["seed"] == (1, "default")
    assert where["weather.climate"] == ("jinan", "default")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_real_scenarios_resolve_to_themselves(path):
    scenario = load_scenario(path, model=Scenario, allow_paths=[ROOT]).scenario
    again = parse_scenario(resolved_dict(scenario), model=Scenario, base=path.parent).scenario
    assert again == scenario
    assert scenario_hash(again) == scenario_hash(scenario)
    assert resolved_dict(again) == resolved_dict(scenario)
