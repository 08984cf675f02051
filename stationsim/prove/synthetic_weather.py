"""Synthetic weather against the tables it is drawn from and against a real typical year of Jinan."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.prove.case import Case, between, skipped, within
from stationsim.prove.files import absent, data_file

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.weather.climates import Climate

Array = NDArray[np.float64]

TABLE = "stationsim/data/climates.csv"
JINAN_FILE = "weather/CHN_Shandong.Jinan.548230_CSWD.epw"
JINAN_SOURCE = "Chinese Standard Weather Data, Jinan 548230 (typical year)"

GHI_TOLERANCE = 3.0
"""How far the mean of a hundred years may lie from a month's row [%]."""

SURE = 3.0
"""Standard errors of that mean beyond which a difference is no chance. In a damp climate, whose months differ
by a fifth from year to year, a hundred years are known less well than to 3 %; Jinan's must be met to 3 %."""

TEMP_TOLERANCE_K = 1.0
KS_LIMIT = 0.08
LAG_TOLERANCE = 0.1

CLIMATES = ("Jinan", "Beijing", "Urumqi", "Lhasa", "Guangzhou", "Chengdu", "Fairbanks", "Tucson")
ZONES = {8.0: "Asia/Shanghai", -7.0: "America/Phoenix", -9.0: "Etc/GMT+9"}


def quick() -> list[Case]:
    """Return twenty years of Jinan against the table and against the real year's days."""
    climate, weather = _years("Jinan", 20)
    from stationsim.weather.synthetic import monthly_means

    means = monthly_means(weather).groupby(level="month").mean()
    return [
        within(
            "Synthetic Jinan, 20 years: yearly GHI", TABLE, unit="kWh/m2", relative=0.03,
            expected=climate.ghi_kwh_m2_day.mean() * 365, got=means["ghi"].mean() * 365,
        ),
        within(
            "Synthetic Jinan, 20 years: mean temperature", TABLE, unit="degC", absolute=0.5,
            expected=climate.temp_mean_degc.mean(), got=means["temp_air"].mean(),
        ),
        *_days_of_jinan(weather, "20 years"),
    ]  # fmt: skip


def long() -> list[Case]:
    """Return a hundred years of several climates against their tables, and Jinan's against the real days."""
    return [case for name in parts() for case in part(name)]


def parts() -> list[str]:
    """Return the climates."""
    return list(CLIMATES)


def part(name: str) -> list[Case]:
    """Hold a hundred years of a climate against its table."""
    climate, weather = _years(name, 100)
    cases = _months(name, climate, weather)
    if name == "Jinan":
        cases += [*_days_of_jinan(weather, "100 years"), *_spread_of_jinan(weather)]
    return cases


def _years(name: str, years: int) -> tuple[Climate, pd.DataFrame]:
    """Draw whole years at the table's own place."""
    from stationsim.clock import Clock
    from stationsim.weather.climates import load_climate
    from stationsim.weather.synthetic import synthesize

    climate = load_climate(name)
    clock = Clock(dt.date(2001, 1, 1), dt.date(2000 + years, 12, 31), 60, ZONES[climate.utc_offset_h])
    weather = synthesize(
        climate, clock=clock, seed=7,
        latitude_deg=climate.lat, longitude_deg=climate.lon, elevation_m=climate.elevation_m,
    )  # fmt: skip
    return climate, weather


def _months(name: str, climate: Climate, weather: pd.DataFrame) -> list[Case]:
    from stationsim.weather.synthetic import between_year_spread, monthly_means

    years = len(weather.index.year.unique())
    means = monthly_means(weather).groupby(level="month").mean()
    off = 100 * (means["ghi"].to_numpy() / climate.ghi_kwh_m2_day - 1)
    chance = SURE * 100 * between_year_spread(weather)["ghi_relative"].to_numpy() / np.sqrt(years)
    if name == "Jinan":
        chance = np.zeros_like(chance)
    worst = int(np.argmax(np.abs(off) / np.maximum(GHI_TOLERANCE, chance)))
    temp_off = means["temp_air"].to_numpy() - climate.temp_mean_degc
    return [
        within(
            f"Synthetic {name}, {years} years: GHI of the month furthest off", TABLE, unit="%",
            expected=0.0, got=off[worst], absolute=max(GHI_TOLERANCE, round(float(chance[worst]), 2)),
            note=f"month {worst + 1}; year {off.mean():+.2f} %",
        ),
        within(
            f"Synthetic {name}, {years} years: temperature of the month furthest off", TABLE, unit="K",
            expected=0.0, got=temp_off[np.argmax(np.abs(temp_off))], absolute=TEMP_TOLERANCE_K,
        ),
    ]  # fmt: skip


def _days_of_jinan(weather: pd.DataFrame, span: str) -> list[Case]:
    """Return the daily clearness of synthetic and real years: distribution and persistence."""
    names = (f"Synthetic Jinan, {span}: daily clearness, Kolmogorov-Smirnov distance",
             f"Synthetic Jinan, {span}: daily clearness, lag-1 autocorrelation")  # fmt: skip
    path = data_file(JINAN_FILE)
    if not path.is_file():
        return [skipped(name, JINAN_SOURCE, absent(JINAN_FILE)) for name in names]
    from scipy.stats import ks_2samp

    ghi = np.loadtxt(path, delimiter=",", skiprows=8, usecols=13)
    real = _clearness(ghi.reshape(1, 365, 24))[0]
    whole = weather[~((weather.index.month == 2) & (weather.index.day == 29))]["ghi"].to_numpy()
    drawn = _clearness(whole.reshape(-1, 365, 24))
    lag = float(np.mean([_lag1(year) for year in drawn]))
    distance = float(ks_2samp(drawn.ravel(), real).statistic)
    return [
        between(names[0], JINAN_SOURCE, low=0.0, high=KS_LIMIT, got=distance),
        within(names[1], JINAN_SOURCE, expected=_lag1(real), got=lag, absolute=LAG_TOLERANCE),
    ]


def _clearness(ghi: Array) -> Array:
    """Return the daily clearness index of years of 365 days by 24 hours in Jinan."""
    from stationsim.clock import Clock
    from stationsim.weather.sun import sun_at_clock

    clock = Clock(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 10, "Asia/Shanghai")
    sun = sun_at_clock(clock, latitude_deg=36.60, longitude_deg=117.05, elevation_m=170.0)
    up = np.cos(np.radians(sun["apparent_zenith"].to_numpy())).clip(min=0)
    outside = (up * sun["dni_extra"].to_numpy()).reshape(365, -1).mean(axis=1)
    return np.asarray(ghi.mean(axis=2) / outside)


def _lag1(values: Array) -> float:
    return float(np.corrcoef(values[:-1], values[1:])[0, 1])


def _spread_of_jinan(weather: pd.DataFrame) -> list[Case]:
    from stationsim.weather.synthetic import between_year_spread

    spread = between_year_spread(weather)["ghi_relative"]
    return [
        between(
            "Synthetic Jinan, 100 years: between-year spread of a month's GHI, mean of twelve",
            "5 to 10 % is usual for measured months", low=5.0, high=10.0, got=100 * spread.mean(), unit="%",
            note=f"{100 * spread.min():.1f} to {100 * spread.max():.1f} % by month",
        )
    ]  # fmt: skip
