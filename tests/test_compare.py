"""Runs side by side: differences to check in the head, and warnings when runs cannot be compared."""

import dataclasses
import json
import math

import pytest

from stationsim.compare import compare
from stationsim.comparison_table import compare_table
from stationsim.kpis import Kpi
from stationsim.terminal import console
from tests.fake_results import fake_results


@pytest.fixture(scope="module")
def with_and_without():
    return compare([fake_results(), fake_results(battery=False, name="No battery")])


def made_by(results, **versions):
    return dataclasses.replace(results, provenance={**results.provenance, "versions": versions})


def test_names_are_those_of_the_scenarios(with_and_without):
    assert with_and_without.names == ("Example station", "No battery")


def test_names_met_twice_get_a_number():
    day = fake_results()
    assert compare([day, day, day]).names == ("Example station", "Example station (2)", "Example station (3)")
    assert compare([day, day], names=["a", "a"]).names == ("a", "a (2)")


def test_differences_are_against_the_first(with_and_without):
    # the battery gave 400 kWh that the grid has to give now
    found = with_and_without.difference(1, "grid_import")
    assert found.absolute == pytest.approx(400)
    assert found.relative == pytest.approx(100 * 400 / 630)
    assert with_and_without.difference(1, "use_total").absolute == pytest.approx(0)
    assert with_and_without.difference(0, "grid_import").absolute == 0


def test_what_one_run_lacks_has_no_difference(with_and_without):
    assert math.isnan(with_and_without.difference(1, "battery_cycles").absolute)
    assert math.isnan(with_and_without.difference(1, "no such number").absolute)
    assert math.isnan(with_and_without.difference(1, "unserved_energy").relative)


def test_the_table_holds_value_difference_and_per_cent(with_and_without):
    table = with_and_without.table()
    row = table.loc["grid_import"]
    assert row["unit"] == "kWh"
    assert row["Example station"] == pytest.approx(630)
    assert row["No battery"] == pytest.approx(1030)
    assert row["No battery - Example station"] == pytest.approx(400)
    assert row["No battery [%]"] == pytest.approx(100 * 400 / 630)
    assert list(table.index) == list(with_and_without.rows)


def test_per_cent_below_zero_differ_in_points_too(with_and_without, capsys):
    share, shares = "self_sufficiency", (-2.89, 0.0)
    below = dataclasses.replace(
        with_and_without, kpis=tuple({share: Kpi(value, "%", "Own supply.")} for value in shares)
    )
    console().print(compare_table(below))
    assert "0 (+2.9 points)" in " ".join(capsys.readouterr().out.split())


def test_a_name_never_becomes_a_formula():
    table = compare([fake_results(name="=1+1"), fake_results(name="@b")]).table()
    assert list(table.columns) == ["unit", "'=1+1", "'@b", "'@b - '=1+1", "'@b [%]"]


def test_equal_runs_warn_of_nothing(with_and_without):
    assert with_and_without.warnings == ()


def test_mixed_versions_warn_and_are_listed():
    day = fake_results()
    found = compare([made_by(day, numpy="2.1", pvlib="0.13"), made_by(day, numpy="2.2", pvlib="0.13")])
    (warning,) = found.warnings
    assert "different versions of numpy: 2.1 (Example station), 2.2 (Example station (2))" in warning
    assert found.versions == {"numpy": ("2.1", "2.2"), "pvlib": ("0.13", "0.13")}


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"seed": 2}, "seeds differ: 1 (Example station), 2"),
        ({"days": 2}, "periods differ: 2025-06-02 to 2025-06-02"),
        ({"step_minutes": 60}, "steps differ: 5 min (Example station), 60 min"),
    ],
)
def test_what_differs_beside_the_design_warns(other, word):
    (warning,) = compare([fake_results(), fake_results(**other)]).warnings
    assert warning.startswith(word)


def test_bills_in_two_currencies_are_not_subtracted():
    day = fake_results()
    grid = day.scenario["grid"]
    euro = {**day.scenario, "grid": {**grid, "tariff": {**grid["tariff"], "currency": "EUR"}}}
    found = compare([day, dataclasses.replace(day, scenario=euro)])
    assert "currencies differ" in found.warnings[0]
    assert math.isnan(found.difference(1, "bill_total").absolute)


def test_json_is_plain(with_and_without):
    data = json.loads(json.dumps(with_and_without.to_json(), allow_nan=False))
    assert data["base"] == "Example station"
    assert data["differences"]["No battery"]["grid_import"]["absolute"] == pytest.approx(400)
    assert data["differences"]["No battery"]["battery_cycles"] == {"absolute": None, "percent": None}
    assert [run["name"] for run in data["runs"]] == ["Example station", "No battery"]


def test_one_run_cannot_be_compared():
    with pytest.raises(ValueError, match="at least two, got 1"):
        compare([fake_results()])
    with pytest.raises(ValueError, match="one for each run, got 1 for 2"):
        compare([fake_results(), fake_results()], names=["a"])


def test_vehicles_of_a_road_are_those_that_turn_in():
    traffics = ({"vehicles_per_day": 7800}, {"road": {"aadt": 54000, "turn_in_rate": 0.15}})
    day = fake_results()
    runs = [dataclasses.replace(day, scenario={**day.scenario, "traffic": traffic}) for traffic in traffics]
    (warning,) = compare(runs).warnings
    assert "vehicles a day differ: 7800" in warning
    assert ", 8100 (" in warning
