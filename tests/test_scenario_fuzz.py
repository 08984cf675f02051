"""Whatever is fed to the loader, it answers with a scenario or a `ScenarioError`, and soon."""

import contextlib
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stationsim.errors import ScenarioError
from stationsim.scenario.load import load_scenario, parse_scenario
from stationsim.scenario.provenance import resolved_dict, scenario_hash
from stationsim.scenario.schema import Scenario
from tests.bad_input.model import Station

STATION = (Path(__file__).parent / "bad_input" / "station.yaml").read_text(encoding="utf-8")
SMALL = """\
schema_version: 1
name: x
site: {opened: 2020-02-29, posts: 3}
weather:
  source: synthetic
solar:
  surfaces:
    - {name: a, dc_kwp: 1}
    - name: b
      dc_kwp: 2.5
tariff: {windows: [{start: 07:20, end: 24:00}]}
peak_hours: [[08:00, 9:30]]
battery:
  capacity_kwh: 5
  grid_charging: true
"""
PIECES = st.sampled_from(
    [
        *"{}[]:,-?&*!|>%@`#'\"\\\n \t0123456789eE+-._~<=",
        ": ", "- ", "? ", "<<: ", "---\n", "...\n", "%YAML 1.2\n", "!!str ", "&a ", "*a", "\u3000", "：", "“",
        "null", "true", "yes", ".nan", "1e999", "0x", "0o8", "2026-02-30", "\\ud800", "\\x00", "\\U00110000",
        "name", "solar", "battery", "capacity_kwh", "extends", "\r\n", "\x85", "\u2028", "\x00",
        "\ud800", "\ufeff", "é", "𝟙", "²",
    ]
)  # fmt: skip
"""What YAML and this loader give a meaning to."""

bounded = settings(
    deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)


def answers(content, model=Station, **options):
    with contextlib.suppress(ScenarioError):
        loaded = parse_scenario(content, model=model, **options)
        again = parse_scenario(resolved_dict(loaded.scenario), model=model, base=Path())
        assert scenario_hash(again.scenario) == scenario_hash(loaded.scenario)
        assert list(loaded.origins())


@bounded
@given(st.text())
def test_any_text(text):
    answers(text)


@bounded
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path, data):
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    with contextlib.suppress(ScenarioError):
        load_scenario(path, model=Station)


@bounded
@given(st.lists(PIECES, max_size=40).map("".join))
def test_anything_like_yaml(text):
    answers(text)
    answers("schema_version: 1\nname: x\n" + text)


def mutated(original):
    """Return texts that differ from a valid one in a few places."""
    place = st.integers(0, len(original))
    edit = st.tuples(place, st.integers(0, 12), st.lists(PIECES, max_size=3).map("".join))

    def apply(edits):
        text = original
        for start, length, piece in edits:
            text = text[:start] + piece + text[start + length :]
        return text

    return st.lists(edit, min_size=1, max_size=4).map(apply)


@bounded
@given(mutated(SMALL))
def test_a_small_scenario_with_slips(text):
    answers(text, base=Path(__file__).parent)


@settings(bounded, max_examples=40)
@given(mutated(STATION))
def test_a_station_with_slips(text):
    answers(text, Scenario, base=Path(__file__).parent)


@bounded
@given(st.text(max_size=30), st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=10).map("".join)))
def test_any_override(path, value):
    answers(SMALL, overrides=[f"{path}={value}"])
    answers(SMALL, overrides=[f"solar.surfaces[{path}].dc_kwp={value}", f"battery={value}"])


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner),
)
KEYS = st.sampled_from(
    ["site", "battery", "solar", "weather", "tariff", "peak_hours", "seed", "name", "extends"]
)


@bounded
@given(st.dictionaries(KEYS, trees))
def test_any_plain_data(data):
    answers({"schema_version": 1, "name": "x", **data})


def test_the_originals_are_valid():
    assert parse_scenario(SMALL, model=Station).scenario
    assert parse_scenario(STATION, model=Scenario).scenario
