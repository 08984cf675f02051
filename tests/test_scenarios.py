"""The files in ``scenarios/`` and the template: complete, commented designs that run and balance."""

import re
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from stationsim import Results, Scenario, compute_kpis, daily_balance, simulate
from stationsim.prove import reference
from stationsim.scenario import load_scenario, plausibility, resolved_dict
from stationsim.scenario.inherit import EXTENDS
from tests.shared_data import ROOT

FILES = sorted((ROOT / "scenarios").glob("*.yaml"))
REFERENCE = ROOT / "scenarios" / "jinan_east.yaml"
TEMPLATE = Path(str(resources.files("stationsim").joinpath("data/template.yaml")))
by_name = pytest.mark.parametrize("path", [*FILES, TEMPLATE], ids=lambda path: path.stem)

WINTER = ("2025-01-29", "2025-01-31")
SUMMER = ("2025-07-30", "2025-08-01")
SPANS = {"winter": WINTER, "summer": SUMMER}

MARKS = re.compile(r"\b(published|predicted|assumed|inferred|calibrated)\b")
CHOICES = ("schema_version", "simulation.", "loads.other_share_maximum")
"""Numbers of the reference that are settings, not figures of the station."""

OF_A_SEASON = {"heating_cop", "cooling_eer"}
"""Numbers that do not apply to a week without heating or cooling."""

WITHOUT_BATTERY = {
    "battery_throughput",
    "battery_cycles",
    "soc_min",
    "soc_max",
    "battery_hours_empty",
    "battery_hours_full",
    "battery_hours_at_power",
    "battery_hours_derated",
    "battery_round_trip",
    "battery_aux_share",
    "battery_aux_per_mwh",
    "battery_temp_mean",
    "battery_temp_max",
    "loss_battery_converter",
    "loss_battery_cells",
}
"""Numbers that a station without a battery does not have."""


def run(path: Path, span: tuple[str, str]) -> Results:
    overrides = [f"period.start={span[0]}", f"period.end={span[1]}", "simulation.step_minutes=15"]
    return simulate(Scenario.from_yaml(path, overrides=overrides), base=path.parent)


@by_name
def test_every_file_is_valid_and_nothing_in_it_is_unusual(path):
    loaded = load_scenario(path, model=Scenario)
    assert [str(problem) for problem in plausibility(loaded.scenario, loaded)] == []


@by_name
def test_every_file_says_first_why_it_exists(path):
    first, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
    assert len(first) > 80
    assert all(line.startswith("#") for line in first.splitlines())
    assert Scenario.from_yaml(path).description


@pytest.mark.parametrize("season", SPANS)
@by_name
def test_every_file_runs_closes_and_gives_numbers(path, season):
    results = run(path, SPANS[season])
    results.check()
    daily = daily_balance(results)
    supply = daily[["pv_kwh", "discharge_kwh", "v2g_kwh", "import_kwh", "unserved_kwh"]].sum(axis=1)
    leaving = daily[["use_kwh", "charge_kwh", "export_kwh", "curtailed_kwh"]].sum(axis=1)
    np.testing.assert_allclose(supply, leaving, atol=1e-6)
    missing = {name for name, kpi in compute_kpis(results).items() if not kpi.applies} - OF_A_SEASON
    assert missing == (set() if results.scenario["battery"] else WITHOUT_BATTERY)


@by_name
def test_seasons_show_where_they_must(path):
    winter, summer = (compute_kpis(run(path, span)) for span in (WINTER, SUMMER))
    assert winter["use_heating_per_day"].value > 40 > summer["use_heating_per_day"].value
    assert summer["use_cooling_per_day"].value > 100 > winter["use_cooling_per_day"].value
    assert winter["use_lighting_per_day"].value > summer["use_lighting_per_day"].value


def test_variants_hold_only_what_differs():
    base = resolved_dict(Scenario.from_yaml(REFERENCE))
    differing = {}
    for path in FILES:
        if EXTENDS not in path.read_text(encoding="utf-8"):
            continue
        other = resolved_dict(Scenario.from_yaml(path))
        differing[path.stem] = {key for key in base if base[key] != other[key]} - {"name", "description"}
    assert differing == {
        "jinan_east_2x_chargers": {"traffic", "charging"},
        "jinan_east_charging_hub": {"traffic", "charging", "grid"},
        "jinan_east_no_battery": {"battery"},
        "jinan_east_road_counts": {"traffic"},
        "jinan_east_national_day": {"period", "simulation"},
    }


def test_twice_the_chargers_is_twice():
    base, twice = (
        Scenario.from_yaml(path) for path in (REFERENCE, REFERENCE.with_stem("jinan_east_2x_chargers"))
    )
    posts = [{group.name: group.posts for group in design.charging.groups} for design in (base, twice)]
    assert posts[1] == {name: 2 * count for name, count in posts[0].items()}
    assert twice.traffic.charging_share == pytest.approx(2 * base.traffic.charging_share)
    assert twice.charging.max_queue == 2 * base.charging.max_queue


def test_national_day_has_the_published_guests():
    days = run(REFERENCE.with_stem("jinan_east_national_day"), ("2025-10-01", "2025-10-07"))
    kpis = compute_kpis(days)
    assert kpis["vehicles_per_day"].value == pytest.approx(13_000, rel=0.01)
    assert kpis["people_per_day"].value == pytest.approx(44_000, rel=0.01)


# --- comments ---------------------------------------------------------------------------------------


def comment(lines: list[str], line: int) -> str:
    """Return the comment on a line, counted from 1, and those right above it."""
    found = lines[line - 1].partition("#")[2]
    above = line - 2
    while above >= 0 and lines[above].lstrip().startswith("#"):
        found = f"{lines[above]} {found}"
        above -= 1
    return found


def is_row(lines: list[str], line: int) -> bool:
    """Tell whether a line is one row of a table, which is described by the key of its table."""
    return lines[line - 1].lstrip().startswith("- {")


def keys_with_comments(path: Path) -> dict[str, tuple[object, str]]:
    """Return value and comment of every key that a file writes itself; that of its table for a row."""
    document = load_scenario(path, model=Scenario).document
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {}
    for place, mark in document.marks.items():
        if not place or mark.file != str(path) or isinstance(place[-1], int):
            continue
        value = document.data
        for step in place:
            value = value[step]
        text, up = comment(lines, mark.line), place
        while not text and is_row(lines, mark.line) and up:
            up = up[:-1]
            text = comment(lines, document.marks[up].line)
        found[".".join(map(str, place))] = (value, text)
    return found


def is_section(value: object) -> bool:
    """Tell whether a value is a mapping or a list of them, whose own keys carry the comments."""
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )


@pytest.mark.parametrize("path", [REFERENCE, TEMPLATE], ids=lambda path: path.stem)
def test_every_key_carries_a_comment(path):
    keys = keys_with_comments(path)
    assert len(keys) > 80
    assert [name for name, (value, text) in keys.items() if not text and not is_section(value)] == []


def test_every_figure_of_the_reference_says_where_it_is_from():
    unmarked = []
    for name, (value, text) in keys_with_comments(REFERENCE).items():
        numbers = value if isinstance(value, list) else [value]
        is_figure = any(
            isinstance(number, (int, float)) and not isinstance(number, bool) for number in numbers
        )
        if is_figure and not name.startswith(CHOICES) and not MARKS.search(text):
            unmarked.append(f"{name}: {value}")
    assert unmarked == []


def test_the_load_budget_adds_up():
    budget = dict(reference.budget())
    assert set(budget) == set(reference.PER_DAY)
    total = budget.pop("sum")
    assert total == pytest.approx(sum(budget.values()), abs=3)  # rounded rows
    head = REFERENCE.read_text(encoding="utf-8").split("schema_version", 1)[0]
    shares = {
        use: float(share) for use, _, share in re.findall(r"^#   (\S.*?) {2,}([\d,.]+) +(\d+) %", head, re.M)
    }
    for use, kwh in budget.items():
        assert 100 * kwh / total == pytest.approx(shares[use], abs=0.6), use


# --- the template -----------------------------------------------------------------------------------


def test_the_template_runs_two_days_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "station.yaml"
    path.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    results = run(path, ("2025-01-01", "2025-01-02"))
    results.check()
    assert results.n_days == 2
    assert not results.sessions.empty
    assert [file.name for file in tmp_path.iterdir()] == ["station.yaml"]


def test_the_template_is_a_calendar_year_and_names_no_file():
    scenario = Scenario.from_yaml(TEMPLATE)
    assert scenario.period.n_days == 365
    assert scenario.weather.source == "synthetic"
    assert load_scenario(TEMPLATE, model=Scenario).inputs == ()


def test_the_template_shows_every_section():
    document = load_scenario(TEMPLATE, model=Scenario).document
    assert set(Scenario.model_fields) - set(document.data) == {
        "batteries",  # instead of battery
        "control",  # one strategy, so nothing to choose
    }
