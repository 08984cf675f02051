import subprocess
import sys
from dataclasses import FrozenInstanceError
from importlib import resources

import numpy as np
import pytest

from stationsim.errors import ScenarioError, WeatherError
from stationsim.weather.climates import COLUMNS, climate_names, load_climate, read_climate_table


@pytest.fixture
def table(tmp_path):
    """Write Jinan's rows as a user's own table, after letting the test change its lines."""
    text = (resources.files("stationsim") / "data" / "climates.csv").read_text(encoding="utf-8")
    heading = next(line for line in text.splitlines() if not line.startswith("#"))
    rows = [line for line in text.splitlines() if line.startswith("Jinan")]

    def write(change=lambda lines: lines):
        path = tmp_path / "mine.csv"
        path.write_text("\n".join(change(["# my own", heading, *rows])) + "\n", encoding="utf-8")
        return path

    return write


def cell(lines, row, column, value):
    """Replace one cell; row 0 is January."""
    cells = lines[row + 2].split(",")
    cells[COLUMNS.index(column)] = value
    return [*lines[: row + 2], ",".join(cells), *lines[row + 3 :]]


def test_thirty_five_places_come_along_with_their_source():
    assert len(climate_names()) == 35
    assert {"Jinan", "Lhasa", "Fairbanks"} <= set(climate_names())
    text = (resources.files("stationsim") / "data" / "climates.csv").read_text(encoding="utf-8")
    assert text.startswith("#")
    assert "Tsinghua" in text.partition("\nplace,")[0]


@pytest.mark.parametrize("name", climate_names())
def test_every_place_is_plausible(name):
    climate = load_climate(name)
    assert climate.temp_daily_min_degc.shape == (12,)
    assert (climate.temp_daily_min_degc < climate.temp_mean_degc).all()
    assert (climate.temp_mean_degc < climate.temp_daily_max_degc).all()
    assert (climate.dhi_kwh_m2_day < climate.ghi_kwh_m2_day).all()


def test_names_ignore_case():
    assert load_climate("JINAN") is load_climate("jinan")
    assert load_climate("jinan").ghi_kwh_m2_day.mean() == pytest.approx(3.556, abs=0.001)


def test_an_unknown_place_offers_the_nearest():
    with pytest.raises(ScenarioError, match="did you mean 'Jinan'") as caught:
        load_climate("jinnan")
    assert "got 'jinnan'" in str(caught.value)


def test_a_climate_cannot_be_changed():
    climate = load_climate("Jinan")
    with pytest.raises(FrozenInstanceError):
        climate.lat = 0
    with pytest.raises(ValueError, match="read-only"):
        climate.ghi_kwh_m2_day[0] = 9


def test_a_users_table_is_read_like_ours(table):
    mine, ours = read_climate_table(table()), load_climate("Jinan")
    assert mine.place == "Jinan"
    assert np.array_equal(mine.temp_mean_degc, ours.temp_mean_degc)


def test_rows_and_columns_may_come_in_any_order(table):
    def turned(lines):
        return [lines[0], *(",".join(reversed(line.split(","))) for line in (lines[1], *reversed(lines[2:])))]

    mine = read_climate_table(table(turned))
    assert np.array_equal(mine.ghi_kwh_m2_day, load_climate("Jinan").ghi_kwh_m2_day)


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (3, "wind_m_s", "calm", r"mine\.csv:6: wind_m_s: must be a number from 0 to 30 \(got calm\)"),
        (0, "rh_percent", "nan", r"mine\.csv:3: rh_percent: must be a number"),
        (0, "dhi_kwh_m2_day", "5", r"mine\.csv:3: dhi_kwh_m2_day: must be <= ghi_kwh_m2_day, 1\.99"),
        (11, "month", "13", r"mine\.csv:14: month: must be 1 to 12 \(got 13\)"),
        (11, "month", "11", r"month: must come once; it is on line 13 too"),
        (5, "lat", "37", r"mine\.csv:8: lat: must be the same in every row, 36\.60 as on line 3"),
    ],
)
def test_a_wrong_cell_is_said_with_its_line(table, row, column, value, message):
    with pytest.raises(WeatherError, match=message):
        read_climate_table(table(lambda lines: cell(lines, row, column, value)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines[:-1], r"must have a row for each month; missing: 12"),
        (lambda lines: [*lines[:-1], lines[-1] + ",7"], r"mine\.csv:14: must have 19 cells \(got 20\)"),
        (lambda lines: [lines[0], lines[1].replace("wind_m_s", "wind_ms"), *lines[2:]], r"mean wind_m_s\?"),
        (lambda lines: lines[:1], "must have a heading"),
    ],
)
def test_a_wrong_table_is_said(table, change, message):
    with pytest.raises(WeatherError, match=message):
        read_climate_table(table(change))


def test_a_cell_cannot_write_to_the_terminal(table):
    with pytest.raises(WeatherError) as caught:
        read_climate_table(table(lambda lines: cell(lines, 3, "rh_percent", "\x1b[2J")))
    assert "got \\x1b[2J" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_all_problems_come_at_once(table):
    with pytest.raises(WeatherError) as caught:
        read_climate_table(table(lambda lines: cell(cell(lines, 1, "wind_m_s", "x"), 7, "rh_percent", "120")))
    assert [problem.line for problem in caught.value.problems] == [4, 10]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeatherError, match=r"none\.csv.*No such file"):
        read_climate_table(tmp_path / "none.csv")


def test_importing_needs_no_heavy_module():
    code = "import sys, stationsim.weather.climates; print({'pandas', 'pvlib', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
