"""Scenarios: what a file may say, how it is read, and every problem it may have."""

from stationsim.scenario.codes import explanation
from stationsim.scenario.load import Loaded, load_scenario, parse_scenario
from stationsim.scenario.paths import resolve_input
from stationsim.scenario.plausibility import plausibility
from stationsim.scenario.provenance import resolved_dict, scenario_hash
from stationsim.scenario.schema import Scenario
from stationsim.scenario.schema_export import json_schema, markdown_reference

__all__ = [
    "Loaded",
    "Scenario",
    "explanation",
    "json_schema",
    "load_scenario",
    "markdown_reference",
    "parse_scenario",
    "plausibility",
    "resolve_input",
    "resolved_dict",
    "scenario_hash",
]
