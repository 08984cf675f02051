import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stationsim.clock import Clock
from stationsim.weather.climates import climate_names, load_climate
from stationsim.weather.sky import clearness_distributions, components, days_of_sun, hourly_clearness
from stationsim.weather.subhourly import to_clock
from stationsim.weather.sun import sun_at_clock
from stationsim.weather.synthetic import between_year_spread, monthly_means, synthesize

ZONES = {8.0: "Asia/Shanghai", -7.0: "America/Phoenix", -9.0: "Etc/GMT+9", -10.0: "Pacific/Honolulu"}
COLUMNS = ["ghi", "dni", "dhi", "temp_air", "wind_speed", "relative_humidity", "clearness_rank"]
CLOSURE_W_M2 = 2.0
"""Root mean square by which hours may miss closure: the beam of an hour is then led over to its neighbours,
which moves the hour's mean sun a little."""


def at(climate):
    return {"latitude_deg": climate.lat, "longitude_deg": climate.lon, "elevation_m": climate.elevation_m}


def drawn(name, first, last, *, seed=7, replication=0, timezone=None):
    climate = load_climate(name)
    zone = timezone or ZONES[climate.utc_offset_h]
    clock = Clock(dt.date.fromisoformat(first), dt.date.fromisoformat(last), 60, zone)
    return synthesize(climate, clock=clock, seed=seed, replication=replication, **at(climate))


@pytest.fixture(scope="module")
def jinan():
    return drawn("Jinan", "2025-01-01", "2025-12-31")


def test_a_year_has_its_columns_hours_and_nothing_missing(jinan):
    assert list(jinan.columns) == COLUMNS
    assert len(jinan) == 8760
    assert np.isfinite(jinan.to_numpy()).all()
    assert jinan.index[0].isoformat() == "2025-01-01T00:00:00+08:00"


def test_same_seed_same_weather_and_other_draws_differ(jinan):
    pd.testing.assert_frame_equal(jinan, drawn("Jinan", "2025-01-01", "2025-12-31"))
    for other in ({"seed": 8}, {"replication": 1}):
        assert (
            np.corrcoef(drawn("Jinan", "2025-01-01", "2025-12-31", **other)["ghi"], jinan["ghi"])[0, 1] < 0.95
        )


def test_july_alone_is_july_of_the_year(jinan):
    july = drawn("Jinan", "2025-07-01", "2025-07-31")
    pd.testing.assert_frame_equal(july, jinan.loc["2025-07"], check_freq=False)


def test_a_year_alone_is_that_year_of_several(jinan):
    both = drawn("Jinan", "2024-01-01", "2025-12-31")
    assert len(both) == 8784 + 8760
    pd.testing.assert_frame_equal(both.loc["2025"], jinan, check_freq=False)
    before, after = (both.loc[str(year)].groupby(lambda t: t.month)["ghi"].mean() for year in (2024, 2025))
    assert (before - after).abs().max() > 1


def test_the_step_of_the_clock_does_not_matter(jinan):
    climate = load_climate("Jinan")
    clock = Clock(dt.date(2025, 7, 1), dt.date(2025, 7, 3), 5, "Asia/Shanghai")
    native = synthesize(climate, clock=clock, seed=7, **at(climate))
    pd.testing.assert_frame_equal(native, jinan.loc["2025-07-01":"2025-07-03"], check_freq=False)


def test_changing_clocks_leave_whole_hours():
    climate = load_climate("Jinan")
    clock = Clock(dt.date(2025, 7, 1), dt.date(2025, 11, 2), 60, "Europe/Berlin")
    native = synthesize(climate, clock=clock, seed=7, latitude_deg=52.5, longitude_deg=13.4, elevation_m=40)
    assert native.index.equals(clock.index)


@pytest.mark.parametrize("name", climate_names())
def test_every_place_stays_within_physics(name):
    year = drawn(name, "2024-01-01", "2024-12-31")
    assert len(year) == 8784
    assert np.isfinite(year.to_numpy()).all()
    assert (year[["ghi", "dni", "dhi", "wind_speed"]].to_numpy() >= 0).all()
    assert (year["dhi"] <= year["ghi"] + 1e-9).all()
    assert year["ghi"].max() < 1250
    assert year["dni"].max() < 1150
    assert year["relative_humidity"].between(1, 100 + 1e-9).all()
    assert year["wind_speed"].max() < 40


@pytest.mark.parametrize("name", ["Jinan", "Lhasa", "Fairbanks", "Haikou"])
def test_components_close_with_the_sun_of_the_clock(name):
    climate = load_climate(name)
    clock = Clock(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 60, ZONES[climate.utc_offset_h])
    native = synthesize(climate, clock=clock, seed=3, **at(climate))
    weather = to_clock(native, clock, sun_at_clock(clock, **at(climate)), **at(climate))
    up = np.cos(np.radians(weather["apparent_zenith"])).clip(lower=0)
    gap = weather["ghi"] - weather["dhi"] - weather["dni"] * up
    assert np.sqrt((gap**2).mean()) < CLOSURE_W_M2
    assert gap.abs().max() < 10 * CLOSURE_W_M2
    assert abs(gap.sum()) < 0.002 * weather["ghi"].sum()
    assert (weather.loc[weather["apparent_zenith"] > 92, ["ghi", "dni", "dhi"]] == 0).all().all()


def test_twelve_years_are_near_the_table():
    climate = load_climate("Jinan")
    years = drawn("Jinan", "2021-01-01", "2032-12-31")
    means = monthly_means(years).groupby(level="month").mean()
    ratio = means["ghi"].to_numpy() / climate.ghi_kwh_m2_day
    assert ratio.mean() == pytest.approx(1, abs=0.03)
    assert ratio == pytest.approx(1, abs=0.1)
    assert means["temp_air"].to_numpy() == pytest.approx(climate.temp_mean_degc, abs=1.6)
    assert means["relative_humidity"].to_numpy() == pytest.approx(climate.rh_percent, abs=4)
    assert means["wind_speed"].to_numpy() == pytest.approx(climate.wind_m_s, rel=0.08)
    daily = years["temp_air"].groupby(years.index.floor("D")).agg(["min", "max"])
    month = daily.groupby(daily.index.month).mean()
    assert month["max"].to_numpy() == pytest.approx(climate.temp_daily_max_degc, abs=2)
    assert month["min"].to_numpy() == pytest.approx(climate.temp_daily_min_degc, abs=2)


def test_beam_and_diffuse_have_the_tables_ratio():
    climate = load_climate("Tucson")
    means = monthly_means(drawn("Tucson", "2021-01-01", "2028-12-31"))
    ratio = means["dni"].sum() / means["dhi"].sum()
    assert ratio == pytest.approx(climate.dni_kwh_m2_day.sum() / climate.dhi_kwh_m2_day.sum(), rel=0.05)


def test_years_differ_by_a_realistic_amount():
    spread = between_year_spread(drawn("Jinan", "2001-01-01", "2020-12-31"))
    assert list(spread.index) == list(range(1, 13))
    assert 0.05 < spread["ghi_relative"].mean() < 0.13
    assert 0.5 < spread["temp_air_k"].mean() < 2


def test_sunny_summer_days_are_warm_and_swing_more():
    years = drawn("Jinan", "2021-01-01", "2026-12-31")
    summer = years[years.index.month.isin([6, 7, 8])]
    day = summer.groupby(summer.index.floor("D")).agg(
        ghi=("ghi", "mean"), temp=("temp_air", "mean"), low=("temp_air", "min"), high=("temp_air", "max")
    )
    assert 0.2 < day["ghi"].corr(day["temp"]) < 0.7
    assert day["ghi"].corr(day["high"] - day["low"]) > 0.3


def test_the_southern_summer_sun_warms_too():
    north = load_climate("Jinan")
    turned = {
        name: np.roll(getattr(north, name), 6)
        for name in north.__dataclass_fields__
        if isinstance(getattr(north, name), np.ndarray)
    }
    south = replace(north, lat=-north.lat, **turned)
    clock = Clock(dt.date(2021, 1, 1), dt.date(2024, 12, 31), 60, "Asia/Shanghai")
    years = synthesize(south, clock=clock, seed=7, **at(south))
    summer = years[years.index.month.isin([12, 1, 2])].resample("D").mean().dropna()
    assert summer["ghi"].corr(summer["temp_air"]) > 0.2
    assert summer["temp_air"].mean() > 20


@pytest.mark.parametrize(("mean", "sd"), [(0.6, 0.25), (0.93, 0.05), (0.2, 0.2), (0.85, 0.2), (0.5, 0.05)])
def test_distributions_of_clearness_have_the_moments_asked_for(mean, sd):
    grid, cumulative = clearness_distributions(np.array([mean]), np.array([sd]))
    values = np.interp((np.arange(4000) + 0.5) / 4000, cumulative[0], grid)
    assert values.mean() == pytest.approx(mean, abs=0.004)
    assert values.std() == pytest.approx(sd, abs=0.006)


def test_a_grazing_sun_makes_no_trouble():
    midnight = pd.Timestamp("2025-01-01", tz="UTC")
    for latitude_deg in (64.0, 66.5, 67.4, 75.0, -78.0, 90.0):
        days = days_of_sun(midnight, 365, latitude_deg=latitude_deg, longitude_deg=10.0, elevation_m=0)
        ghi = hourly_clearness(days, np.full(365, 0.5), np.zeros((365, 24)))
        dni, dhi = components(days, ghi, np.ones(365))
        assert np.isfinite(ghi + dni + dhi).all()
        assert dni * days.cosine + dhi == pytest.approx(ghi)


@pytest.mark.parametrize("lit_months", [0, 10])
def test_months_without_any_light_make_no_trouble(lit_months):
    dark = np.where(np.arange(12) < lit_months, 1.0, 0.0)
    columns = ("ghi_kwh_m2_day", "dni_kwh_m2_day", "dhi_kwh_m2_day", "kt_mean")
    jinan = load_climate("Jinan")
    climate = replace(jinan, **{name: getattr(jinan, name) * dark for name in columns})
    clock = Clock(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 60, "Asia/Shanghai")
    weather = synthesize(climate, clock=clock, seed=1, **at(climate))
    assert np.isfinite(weather.to_numpy()).all()
    assert weather.loc["2025-12-10":"2025-12-20", "ghi"].mean() < 6
    assert (weather.loc["2025-06", "ghi"].mean() > 100) == (lit_months > 0)


def test_a_days_light_is_its_clearness_times_the_light_outside():
    days = days_of_sun(
        pd.Timestamp("2025-06-01", tz="Etc/GMT-8"), 5, latitude_deg=36.8, longitude_deg=117.4, elevation_m=60
    )
    clearness = np.array([0.02, 0.2, 0.4, 0.6, 0.75])
    ghi = hourly_clearness(days, clearness, np.random.default_rng(1).standard_normal((5, 24)))
    assert ghi.sum(axis=1) / days.outside.sum(axis=1) == pytest.approx(clearness)
    dni, dhi = components(days, ghi, np.ones(5))
    assert dni * days.cosine + dhi == pytest.approx(ghi)
    assert (dni <= days.clear_dni).all()
    shares = dhi.sum(axis=1) / ghi.sum(axis=1)
    assert (np.diff(shares) < 0).all()
    assert shares[0] > 0.97
