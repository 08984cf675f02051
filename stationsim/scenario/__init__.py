"""Scenarios: what a file may say, how it is read, and every problem it may have."""

from stationsim.scenario.load import Loaded, load_scenario, parse_scenario
from stationsim.scenario.paths import resolve_input
from stationsim.scenario.provenance import resolved_dict, scenario_hash
from stationsim.scenario.schema import Scenario

__all__ = [
    "Loaded",
    "Scenario",
    "load_scenario",
    "parse_scenario",
    "resolve_input",
    "resolved_dict",
    "scenario_hash",
]
