"""Rain and snow of the weather: drawn from monthly means, read from files, told apart by the cold."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim import Scenario, simulate
from stationsim.clock import Clock
from stationsim.errors import ScenarioError, WeatherError
from stationsim.weather.climates import load_climate
from stationsim.weather.file_water import with_water
from stationsim.weather.files import read_weather
from stationsim.weather.precipitation import (
    amounts_of_steps,
    clearness_ranks,
    require,
    snow_share,
    with_precipitation,
)
from stationsim.weather.rain_climates import MONTH_DAYS, RainClimate, rain_climate, shipped_climates
from stationsim.weather.spec import FileWeather, PrecipitationSpec, SyntheticWeather
from stationsim.weather.synthetic import synthesize
from tests import made_weather
from tests.commands import SMALL
from tests.made_weather import PLACE, column, field, write_csv, write_epw

ZONE = "Asia/Shanghai"
SITE = {"latitude_deg": 36.6, "longitude_deg": 117.05, "elevation_m": 170.0}
SURE = 4.0
"""Standard errors of a mean beyond which none of 24 months lies by chance."""


@cache
def years(first: int, last: int, seed: int = 7) -> pd.DataFrame:
    """Return synthetic hours of Jinan without rain."""
    clock = Clock(dt.date(first, 1, 1), dt.date(last, 12, 31), 60, ZONE)
    return synthesize(load_climate("jinan"), clock=clock, seed=seed, **SITE)


def water(frame: pd.DataFrame) -> pd.Series:
    """Return rain and the water of snow [mm]; a centimetre of fresh snow is a millimetre of water."""
    return frame["rainfall"] + frame["snowfall"]


def daily(values: pd.Series) -> pd.Series:
    return values.groupby(values.index.floor("D")).sum()


def monthly(values: pd.Series) -> np.ndarray:
    """Return sums, years by months."""
    sums = values.groupby([values.index.year, values.index.month]).sum()
    return sums.to_numpy(dtype=float).reshape(-1, 12)


def read(path: Path, clock: Clock, **spec: object):
    weather = FileWeather.model_validate({"source": "file", "file": path.name, **spec})
    return read_weather(weather, path=path, clock=clock, **SITE)


# --- phase


def test_snow_below_zero_rain_above_two_and_both_between() -> None:
    assert snow_share(np.array([-9.0, 0.0, 0.5, 1.0, 2.0, 20.0])).tolist() == [1, 1, 0.75, 0.5, 0, 0]


def test_a_millimetre_of_water_is_a_centimetre_of_snow() -> None:
    index = pd.date_range("2025-01-01", periods=3, freq="h", tz=ZONE)
    native = pd.DataFrame({"temp_air": [-5.0, 1.0, 9.0], "precipitation": 4.0}, index=index)
    frame = with_precipitation(native, None, seed=1)
    assert frame["snowfall"].tolist() == [4, 2, 0]
    assert frame["rainfall"].tolist() == [0, 2, 4]
    assert "precipitation" not in frame


def test_measured_depth_of_snow_is_snow_as_far_as_it_grows() -> None:
    index = pd.date_range("2025-01-01", periods=5, freq="h", tz=ZONE)
    native = pd.DataFrame({"temp_air": -5.0, "snow_depth": [3.0, 3, 8, 6, 7]}, index=index)
    frame = with_precipitation(native, None, seed=1)
    assert frame["snowfall"].tolist() == [0, 0, 5, 0, 1]
    assert "rainfall" not in frame


# --- climates


def test_shipped_climates_are_whole_and_belong_to_places_of_the_climates() -> None:
    found = shipped_climates()
    assert set(found) == {"Beijing", "Jinan", "Shanghai"}
    for place, climate in found.items():
        assert load_climate(place).place == place
        assert climate.water_mm.shape == climate.wet_days.shape == (12,)
        assert (climate.wet_days <= MONTH_DAYS).all()
        assert (climate.wet_day_mm > 0.9).all()


def test_jinan_keeps_what_is_published_of_it() -> None:
    mm = shipped_climates()["Jinan"].water_mm
    assert mm.sum() == pytest.approx(671.1, abs=0.3)
    assert (mm[0], mm[6]) == (5.7, 201.3)
    assert mm[2:5].sum() == pytest.approx(90, abs=0.2)
    assert mm[5:9].sum() / mm.sum() == pytest.approx(0.741, abs=5e-4)


def test_a_scenario_names_its_rain_or_has_that_of_its_climate() -> None:
    own = PrecipitationSpec(mm_by_month=(9.0,) * 12, wet_days_by_month=(3.0,) * 12)
    jinan = SyntheticWeather(source="synthetic", climate="JINAN")
    assert rain_climate(jinan).place == "Jinan"
    assert rain_climate(jinan.model_copy(update={"precipitation": own})).water_mm.sum() == 108
    shanghai = PrecipitationSpec(climate="shanghai")
    assert rain_climate(jinan.model_copy(update={"precipitation": shanghai})).place == "Shanghai"
    assert rain_climate(SyntheticWeather(source="synthetic", climate="Lhasa")) is None
    assert rain_climate(FileWeather(source="file", file="x.epw")) is None
    assert rain_climate(FileWeather(source="file", file="x.epw", precipitation=shanghai)).place == "Shanghai"


# --- draw


def test_over_the_years_months_have_their_water_and_their_wet_days() -> None:
    climate = shipped_climates()["Jinan"]
    frame = with_precipitation(years(2001, 2040), climate, seed=7)
    fallen = daily(water(frame))
    for drawn, wanted in ((fallen, climate.water_mm), (fallen > 0, climate.wet_days)):
        months = monthly(drawn)
        error = months.std(axis=0, ddof=1) / np.sqrt(len(months))
        assert (np.abs(months.mean(axis=0) - wanted) < SURE * error).all()
    july = monthly(fallen)[:, 6]
    assert july.std() / july.mean() > 0.2


def test_it_rains_on_dull_days() -> None:
    frame = with_precipitation(years(2001, 2040), shipped_climates()["Jinan"], seed=7)
    light, wet = daily(frame["ghi"]), daily(water(frame)) > 0
    assert light[wet].mean() < 0.7 * light[~wet].mean()
    july = wet.index.month == 7
    assert np.corrcoef(light[july], wet[july])[0, 1] < -0.4


def test_a_wet_day_rains_in_six_hours_one_after_the_other() -> None:
    frame = with_precipitation(years(2001, 2001), shipped_climates()["Jinan"], seed=7)
    hours = water(frame).to_numpy().reshape(-1, 24)
    for day in hours[hours.sum(axis=1) > 0]:
        rows = np.flatnonzero(day)
        assert rows[-1] - rows[0] == rows.size - 1 == 5


def test_july_alone_has_the_rain_of_the_year() -> None:
    climate, whole = shipped_climates()["Jinan"], years(2003, 2003)
    july = whole.loc["2003-07"]
    alone = with_precipitation(july, climate, seed=7)
    assert alone["rainfall"].equals(with_precipitation(whole, climate, seed=7).loc["2003-07", "rainfall"])


def test_seed_and_replication_change_the_rain_and_nothing_else_does() -> None:
    climate, whole = shipped_climates()["Jinan"], years(2003, 2003)
    rain = with_precipitation(whole, climate, seed=7)["rainfall"]
    assert rain.equals(with_precipitation(whole, climate, seed=7)["rainfall"])
    assert not rain.equals(with_precipitation(whole, climate, seed=8)["rainfall"])
    assert not rain.equals(with_precipitation(whole, climate, seed=7, replication=1)["rainfall"])


def test_a_month_without_rain_and_a_month_that_rains_every_day() -> None:
    mm, days = np.full(12, 62.0), np.full(12, 31.0)
    mm[1] = days[1] = 0.0
    frame = with_precipitation(years(2001, 2001), RainClimate("x", mm, days), seed=1)
    wet = daily(water(frame)) > 0
    assert not wet[wet.index.month == 2].any()
    assert wet[wet.index.month != 2].all()


def test_half_hours_share_the_rain_of_their_hour() -> None:
    whole = years(2003, 2003).loc["2003-07"]
    half = whole.loc[whole.index.repeat(2)].set_axis(
        pd.date_range(whole.index[0], periods=2 * len(whole), freq="30min")
    )
    climate = shipped_climates()["Jinan"]
    coarse, fine = (with_precipitation(frame, climate, seed=7)["rainfall"] for frame in (whole, half))
    assert fine.resample("h").sum().to_numpy() == pytest.approx(coarse.to_numpy())


# --- steps


@pytest.mark.parametrize(("native", "step"), [(60, 5), (5, 60), (30, 20), (60, 60), (15, 60), (20, 30)])
def test_amounts_keep_their_sums(native: int, step: int) -> None:
    amounts = np.random.default_rng(1).random(12 * 60 // native)
    steps = amounts_of_steps(amounts, native, step)
    assert steps.size == 12 * 60 // step
    assert steps.sum() == pytest.approx(amounts.sum())
    assert steps.reshape(12, -1).sum(axis=1) == pytest.approx(amounts.reshape(12, -1).sum(axis=1))


@given(st.lists(st.floats(0, 400), min_size=1, max_size=50))
def test_no_drop_is_lost_or_made(amounts: list[float]) -> None:
    values = np.array(amounts)
    assert amounts_of_steps(values, 60, 1).sum() == pytest.approx(values.sum())


# --- files


def clock(first: str, last: str, step: int = 60) -> Clock:
    return Clock(dt.date.fromisoformat(first), dt.date.fromisoformat(last), step, ZONE)


def test_an_epw_without_values_of_rain_has_none(tmp_path: Path) -> None:
    found = read(write_epw(tmp_path / "a.epw"), clock("2026-07-01", "2026-07-02"))
    assert not {"precipitation", "snow_depth", "clearness_rank"} & set(found.frame.columns)


def test_rain_of_an_epw_is_used_where_nearly_all_hours_have_it(tmp_path: Path) -> None:
    rain = column(34, lambda _: 0.5)
    hourly = column(35, lambda _: 1)
    path = write_epw(tmp_path / "a.epw", edit=lambda lines: hourly(rain(lines)))
    found = read(path, clock("2026-07-01", "2026-07-02"))
    assert (found.frame["precipitation"] == 0.5).all()


@pytest.mark.parametrize(("number", "missing"), [(34, 999), (34, -1)])
def test_few_missing_hours_are_dry_and_many_undo_the_column(
    tmp_path: Path, number: int, missing: float
) -> None:
    def path(share: float) -> Path:
        def edit(lines: list[str]) -> list[str]:
            lines = column(35, lambda _: 1)(column(number, lambda _: 0.5)(lines))
            for line in range(9, 9 + int(8760 * share)):
                lines = [
                    *lines[: line - 1],
                    *field(1, number, str(missing))([lines[line - 1]]),
                    *lines[line:],
                ]
            return lines

        return write_epw(tmp_path / "a.epw", edit=edit)

    found = read(path(0.02), clock("2026-01-01", "2026-01-31"))
    assert (found.frame["precipitation"].iloc[:175] == 0).all()
    assert found.frame["precipitation"].iloc[175:].eq(0.5).all()
    assert any("precipitation is missing" in str(finding) for finding in found.findings)
    assert "precipitation" not in read(path(0.2), clock("2026-01-01", "2026-01-31")).frame


def test_rain_of_several_hours_together_is_not_taken_for_an_hours(tmp_path: Path) -> None:
    path = write_epw(
        tmp_path / "a.epw", edit=lambda lines: column(35, lambda _: 6)(column(34, lambda _: 3)(lines))
    )
    assert "precipitation" not in read(path, clock("2026-07-01", "2026-07-02")).frame


def test_water_of_typical_years_is_used_by_column(tmp_path: Path) -> None:
    """Rain that was never observed and snow that never lay are columns of nothing but zeros."""
    rows = 100
    data = pd.DataFrame({"precipitation": 0.0, "hours": 1.0, "snow_depth": 0.0}, index=range(rows))
    bare = pd.DataFrame({"ghi": 0.0}, index=range(rows))
    assert list(with_water(bare, data, 60)) == ["ghi"]
    data.loc[7, "snow_depth"] = 4.0
    data.loc[8, "snow_depth"] = 999.0
    found = with_water(bare, data, 60)
    assert list(found) == ["ghi", "snow_depth"]
    assert found["snow_depth"].iloc[7] == 4
    assert np.isnan(found["snow_depth"].iloc[8])
    data.loc[3, ["precipitation", "hours"]] = 2.0, 1.0
    data.loc[5, ["precipitation", "hours"]] = 12.0, 6.0
    found = with_water(bare, data.drop(columns="snow_depth"), 60)
    assert found["precipitation"].iloc[3] == 2
    assert np.isnan(found["precipitation"].iloc[5])
    text = pd.DataFrame({"precipitation": "?", "hours": "?"}, index=range(rows))
    assert list(with_water(bare, text, 60)) == ["ghi"]


def test_a_csv_may_have_precipitation_and_depth_of_snow(tmp_path: Path) -> None:
    found = read(csv(tmp_path, "1.25,3"), clock("2026-06-01", "2026-06-04"))
    assert (found.frame["precipitation"] == 1.25).all()
    assert (found.frame["snow_depth"] == 3).all()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("-0.1,0", "precipitation must be from 0 to 450 mm"),
        ("1000,0", "precipitation must be from 0 to 450 mm"),
        ("0,-1", "snow depth must be from 0 to 1200 cm"),
        ("wet,0", "precipitation_mm must be a number or empty"),
    ],
)
def test_impossible_water_is_refused_with_its_line(tmp_path: Path, cells: str, words: str) -> None:
    with pytest.raises(WeatherError) as caught:
        read(csv(tmp_path, "0,0", odd=cells), clock("2026-06-01", "2026-06-04"))
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert problem.line == 10


def csv(folder: Path, cells: str, odd: str | None = None) -> Path:
    """Write a CSV of four days with two more columns; line 10 may have other cells."""

    def edit(lines: list[str]) -> list[str]:
        head = lines.index(made_weather.CSV_HEAD)
        rows = [f"{line},{cells}" for line in lines[head + 1 :]]
        if odd is not None:
            rows[9 - head - 1] = rows[9 - head - 1].removesuffix(cells) + odd
        return [*lines[:head], f"{lines[head]},precipitation_mm,snow_depth_cm", *rows]

    return write_csv(folder / "w.csv", edit=edit)


def test_rain_is_drawn_onto_the_dull_days_of_a_file_that_has_none(tmp_path: Path) -> None:
    dull = column(14, lambda ghi: ghi)
    path = write_epw(tmp_path / "a.epw", edit=dull)
    spec = {"climate": "jinan"}
    found = read(path, clock("2026-01-01", "2026-12-31"), precipitation=spec)
    frame = with_precipitation(found.frame, shipped_climates()["Jinan"], seed=1)
    assert 200 < water(frame).sum() < 1400
    assert found.frame["clearness_rank"].between(0, 1).all()


def test_a_file_with_rain_of_its_own_keeps_it_and_says_so(tmp_path: Path) -> None:
    found = read(
        csv(tmp_path, "1.25,0"), clock("2026-06-01", "2026-06-04"), precipitation={"climate": "jinan"}
    )
    frame = with_precipitation(found.frame, shipped_climates()["Jinan"], seed=1)
    assert (frame["rainfall"] == 1.25).all()
    assert any("weather.precipitation is not used" in str(finding) for finding in found.findings)


def test_ranks_order_the_days_by_their_clearness() -> None:
    index = pd.date_range("2025-03-01", periods=31 * 24, freq="h", tz="+08:00")
    level = np.repeat(np.random.default_rng(3).permutation(31) + 1.0, 24)
    frame = pd.DataFrame({"ghi": 10 * level}, index=index)
    ranks = clearness_ranks(frame, latitude_deg=PLACE.latitude_deg, periodic=False)
    dull, clear = ranks[level == 1], ranks[level == 31]
    assert dull.max() < 0.05
    assert clear.min() > 0.95
    assert np.corrcoef(ranks, level)[0, 1] > 0.95


def test_ranks_of_a_short_series_and_of_a_polar_night_are_shares() -> None:
    for days, latitude in ((1, 36.6), (2, 36.6), (40, 80.0)):
        index = pd.date_range("2025-01-01", periods=days * 24, freq="h", tz="UTC")
        ranks = clearness_ranks(
            pd.DataFrame({"ghi": np.zeros(len(index))}, index=index), latitude_deg=latitude, periodic=False
        )
        assert ((ranks >= 0) & (ranks <= 1)).all()


# --- a run


def test_a_run_tells_rain_and_snow_the_same_at_every_step() -> None:
    found = []
    for step in (5, 60):
        scenario = Scenario.from_yaml(SMALL, overrides=[f"simulation.step_minutes={step}"])
        steps = simulate(scenario, base=SMALL.parent).steps
        found.append((steps["rainfall"].sum(), steps["snowfall"].sum()))
    assert found[0] == pytest.approx(found[1], abs=1e-9)


def test_without_a_table_there_is_no_rain_and_who_needs_it_is_told_what_to_write() -> None:
    scenario = Scenario.from_yaml(SMALL, overrides=["weather={source: synthetic, climate: Lhasa}"])
    steps = simulate(scenario, base=SMALL.parent).steps
    assert "rainfall" not in steps
    with pytest.raises(ScenarioError) as caught:
        require(steps, "rainfall", by="solar.soiling")
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("weather.precipitation", "E218")
    assert "since solar.soiling needs rainfall" in str(problem)
    assert "mm_by_month" in problem.hint
