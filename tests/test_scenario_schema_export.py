"""The scenario format for editors and readers."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from stationsim.scenario.fields import inner_models, keys_of
from stationsim.scenario.schema import Scenario
from stationsim.scenario.schema_export import json_schema, markdown_reference
from stationsim.scenario.source import read_source
from stationsim.scenario.text import parse_source
from tests.bad_input.model import Station

HERE = Path(__file__).parent
SCENARIOS = [*sorted((HERE.parent / "scenarios").glob("*.yaml")), HERE / "bad_input" / "station.yaml"]


def all_models(model, found=None):
    found = found if found is not None else {}
    if model not in found:
        found[model] = None
        for field in model.model_fields.values():
            for member in inner_models(field.annotation):
                all_models(member, found)
    return list(found)


@pytest.fixture(scope="module")
def validator():
    schema = json_schema(Scenario)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_real_scenarios_fit_the_schema(validator, path):
    assert [error.message for error in validator.iter_errors(parse_source(read_source(path)).data)] == []


def test_the_schema_refuses_what_the_loader_refuses(validator):
    data = parse_source(read_source(HERE / "bad_input" / "station.yaml")).data
    wrong = [
        {**data, "batery": {}},
        {**data, "simulation": {"step_minutes": "5"}},
        {**data, "simulation": {"seed": -1}},
        {**data, "battery": {"capacity_kwh": 0, "power_kw": 1}},
        {**data, "battery": {"capacity_kwh": 1, "power_kw": 1, "soc_initial": 95}},
        {key: value for key, value in data.items() if key != "site"},
    ]
    assert all(not validator.is_valid(case) for case in wrong)


def test_a_file_that_extends_another_needs_only_what_differs(validator):
    assert validator.is_valid({"extends": "base.yaml", "battery": {"power_kw": 5}, "solar": None})
    assert not validator.is_valid({"extends": "base.yaml", "battery": {"power_kw": -5}})
    assert not validator.is_valid({"extends": "base.yaml", "batery": {}})
    assert not validator.is_valid({"extends": 5})


def test_times_of_day_are_text_in_the_schema():
    window = json_schema(Station)["$defs"]["Window"]["properties"]["start"]
    assert window["type"] == "string"


@pytest.mark.parametrize("model", all_models(Scenario), ids=lambda model: model.__name__)
def test_every_field_is_described_by_a_sentence(model):
    unsaid = [
        name
        for name, field in model.model_fields.items()
        if not (field.description or "").rstrip().endswith(".")
    ]
    assert unsaid == []
    assert model.__doc__


def test_the_reference_has_a_row_for_every_key():
    text = markdown_reference(Scenario)
    for model in all_models(Scenario):
        for key in keys_of(model):
            assert f"| `{key}` |" in text
    assert "\n\n\n" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}


def test_the_reference_names_types_limits_and_defaults():
    text = markdown_reference(Station)
    assert "| `tilt_deg` | number | ≥ 0, ≤ 90 | `0.0` | Tilt [deg]. |" in text
    assert "| `peak_hours` | list of [HH:MM, HH:MM] |  | empty |" in text
    assert "| `capacity_kwh` | number | > 0 | required | Usable energy [kWh]. |" in text
    assert "## `weather (source: file)`" in text
    assert "## `solar.surfaces[ ]`" in text
