"""Synthetic weather: years that differ and that together have the monthly climate of a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from stationsim import seeds
from stationsim.weather import air, sky
from stationsim.weather.climates import Climate
from stationsim.weather.sky import HOURS, MONTHS

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.clock import Clock

Array = NDArray[np.float64]

REFERENCE_YEAR = 2025
"""Year whose days stand for any year's when a climate is fitted."""

REFERENCE_DRAWS = 1
"""Seed of the draws with which a climate is fitted; the fit hardly depends on it."""

DRAWS_A_YEAR = 1 << 40
"""How far apart the years of one stream lie, so that a year is the same in every period that holds it."""

MONTH_DAYS = 30.4
"""Length of the months from which a table's lag-1 was taken [d]."""

SUMMER_WARMTH_OF_SUN = 0.45
WINTER_WARMTH_OF_SUN = -0.15
"""Correlation of a day's clearness with its temperature in July and in January; typical years of Jinan (0.56,
-0.10), Tucson (0.34, -0.25), Fairbanks (0.55, -0.31) and Honolulu (0.31, 0.04)."""

COLDEST_DAY = 15.0
"""Day of the year, from 0, around which the sun of a northern winter warms least."""

LEAST_MEAN_CLEARNESS = 0.02
"""Least mean clearness of a month, that of the darkest overcast days; it counts where a table has no light in
a month, as in a polar night, and is below every clearness measured elsewhere."""

BEAM_ROUNDS = 10
BEAM_FACTORS = (0.2, 3.0)
"""Rounds in which the beam is scaled to a table's, and the range of the scale."""


@dataclass(frozen=True)
class _Fit:
    """What a climate's table fixes; twelve values at the middles of the months."""

    latitude_deg: float
    grid: Array
    cumulative: Array
    clearest: Array
    mean_clearness: Array
    beam_factor: Array
    sky_lag1: float
    temp: Array
    temp_range: Array
    temp_sd: Array
    temp_lag1: float
    humidity: Array
    wind: Array


@dataclass(frozen=True)
class _Draws:
    """The random part of some days; arrays of days, or of days by hours."""

    sky: Array
    hours: Array
    temp: Array
    wind: Array


def synthesize(
    climate: Climate,
    *,
    clock: Clock,
    latitude_deg: float,
    longitude_deg: float,
    elevation_m: float,
    seed: int,
    replication: int = 0,
) -> pd.DataFrame:
    """Draw the weather of the clock's period, hour by hour.

    Parameters
    ----------
    climate
        Monthly statistics of the place.
    clock
        The period; its step does not matter.
    latitude_deg, longitude_deg
        Position of the site [deg].
    elevation_m
        Height of the site above the sea [m].
    seed, replication
        What is drawn; the same give the same weather.

    Returns
    -------
    pandas.DataFrame
        Hourly means ``ghi``, ``dni``, ``dhi`` [W/m2], ``temp_air`` [degC], ``wind_speed`` [m/s] and
        ``relative_humidity`` [%], and ``clearness_rank``, the share of days of the season that are duller.

    Notes
    -----
    Every calendar year has its own part of the random streams, so that July alone is July of the whole year.

    *Sky.* The daily clearness index is an AR(1) in a Gaussian copula. Its marginal has the month's mean and
    the season's standard deviation and ends at the clearest day. A month is too short to know its lag-1: the
    mean of the twelve is used. TAG splits a day into hours; Erbs' correlation, its beam scaled by month,
    splits an hour into components that close exactly. Tables often do not close: the global sum is met, and
    of beam and diffuse the ratio.

    *Temperature.* The season runs through the monthly means; around it the day's mean is an AR(1), coupled to
    the sky (summer sun warms, winter sun cools), its lag-1 corrected for the length of a month. The day
    follows a regular course with the table's range, larger under clear skies; see
    :mod:`stationsim.weather.air`.

    *Humidity* keeps the day's vapour while the temperature moves, and sinks under clear skies. *Wind* is
    Rayleigh-distributed with an hourly AR(1) and an afternoon maximum.

    References
    ----------
    Marriott and Pope (1954), Biometrika 41, 390-402, for the bias of a lag-1 from a short series.
    """
    import pandas as pd
    from scipy.special import ndtr

    fit = _fit(climate)
    hours = clock.index_of(60)
    midnight = hours[0].normalize() - pd.Timedelta(days=1)
    n_days = (hours[-1].normalize() - midnight).days + 2
    dates = pd.date_range(midnight, periods=n_days, freq="D")
    draws = _drawn([date.date() for date in dates], fit, seed, replication)
    weights = sky.month_weights(dates.day_of_year.to_numpy() - 0.5)
    days = sky.days_of_sun(
        midnight, n_days, latitude_deg=latitude_deg, longitude_deg=longitude_deg, elevation_m=elevation_m
    )
    clearness = _clearness(fit, weights, draws.sky)
    ghi = sky.hourly_clearness(days, clearness, draws.hours)
    dni, dhi = sky.components(days, ghi, weights @ fit.beam_factor)
    sunny = clearness / (weights @ fit.mean_clearness) - 1
    solar_h = np.arange(HOURS) + 0.5 + longitude_deg / 15 - dates[0].utcoffset().total_seconds() / 3600
    temp_mean = weights @ fit.temp + weights @ fit.temp_sd * draws.temp
    temp = air.temperature_degc(temp_mean, weights @ fit.temp_range, sunny=sunny, solar_h=solar_h)
    columns = {
        "ghi": ghi,
        "dni": dni,
        "dhi": dhi,
        "temp_air": temp,
        "wind_speed": air.wind_m_s(weights @ fit.wind, draws.wind, solar_h=solar_h),
        "relative_humidity": air.humidity_percent(weights @ fit.humidity, temp, sunny=sunny),
        "clearness_rank": np.repeat(ndtr(draws.sky), HOURS),
    }
    index = pd.date_range(midnight, periods=n_days * HOURS, freq="h", unit="ns")
    frame = pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)
    return frame.loc[hours[0] : hours[-1]]


def monthly_means(weather: pd.DataFrame) -> pd.DataFrame:
    """Return each month's mean daily light [kWh/m2] and its mean of the other columns.

    Parameters
    ----------
    weather
        A weather frame of any regular step.

    Returns
    -------
    pandas.DataFrame
        One row a month, by year and month.
    """
    means = weather.groupby([weather.index.year.rename("year"), weather.index.month.rename("month")]).mean()
    light = ["ghi", "dni", "dhi"]
    means[light] *= HOURS / 1000
    return means


def between_year_spread(weather: pd.DataFrame) -> pd.DataFrame:
    """Return how much the same month differs from year to year.

    Parameters
    ----------
    weather
        A weather frame of several whole years.

    Returns
    -------
    pandas.DataFrame
        By month: ``ghi_relative``, standard deviation of the mean daily light over its mean, and
        ``temp_air_k``, standard deviation of the mean temperature [K].
    """
    import pandas as pd

    by_month = monthly_means(weather).groupby(level="month")
    ghi = by_month["ghi"]
    return pd.DataFrame({"ghi_relative": ghi.std() / ghi.mean(), "temp_air_k": by_month["temp_air"].std()})


@lru_cache(maxsize=64)
def _fit(climate: Climate) -> _Fit:
    """Fit the distributions to a climate's table, on a reference year at the table's own place."""
    import pandas as pd

    zone = dt.timezone(dt.timedelta(hours=climate.utc_offset_h))
    dates = pd.date_range(f"{REFERENCE_YEAR}-01-01", periods=365, freq="D", tz=zone)
    month = dates.month.to_numpy(dtype=np.int64) - 1
    weights = sky.month_weights(dates.day_of_year.to_numpy() - 0.5)
    days = sky.days_of_sun(
        dates[0], 365,
        latitude_deg=climate.lat, longitude_deg=climate.lon, elevation_m=climate.elevation_m,
    )  # fmt: skip
    outside = days.outside.sum(axis=1) + 1e-6
    outside_monthly = _by_month(outside, month)
    clear = _by_month(days.clear_ghi.sum(axis=1), month) / outside_monthly
    mean = sky.month_nodes(climate.ghi_kwh_m2_day * 1000 / outside_monthly, weights, month, outside)
    mean = np.maximum(mean, LEAST_MEAN_CLEARNESS)
    clearest = np.maximum(sky.CLEAREST_DAY * clear, sky.ROOM_ABOVE_MEAN * mean)
    sd = np.sqrt(_seasonal(climate.kt_daily_sd**2))
    grid, cumulative = sky.clearness_distributions(mean / clearest, sd / clearest)

    def nodes(monthly: Array) -> Array:
        return sky.month_nodes(monthly, weights, month, np.ones(month.size))

    fit = _Fit(
        latitude_deg=climate.lat,
        grid=grid,
        cumulative=cumulative,
        clearest=clearest,
        mean_clearness=mean,
        beam_factor=np.ones(MONTHS),
        sky_lag1=float(np.clip(climate.kt_lag1.mean(), 0.0, 0.95)),
        temp=nodes(climate.temp_mean_degc),
        temp_range=np.maximum(nodes(climate.temp_daily_max_degc - climate.temp_daily_min_degc), 1.0),
        temp_sd=np.sqrt(_seasonal(climate.temp_daily_sd_degc**2)),
        temp_lag1=_unbiased_lag1(climate.temp_lag1),
        humidity=np.clip(nodes(climate.rh_percent), air.LEAST_DAILY_HUMIDITY, air.MOST_DAILY_HUMIDITY),
        wind=np.maximum(nodes(climate.wind_m_s), 0.1),
    )
    return _with_beam(fit, climate, days, weights, month)


def _with_beam(fit: _Fit, climate: Climate, days: sky.Days, weights: Array, month: NDArray[np.int64]) -> _Fit:
    """Find the beam factors that give the table's ratio of beam to diffuse over evenly spread days."""
    from dataclasses import replace

    from scipy.special import ndtri

    rng = np.random.Generator(np.random.PCG64(REFERENCE_DRAWS))
    even = np.concatenate([rng.permutation(n) + 0.5 for n in np.bincount(month)]) / np.bincount(month)[month]
    clearness = _clearness(fit, weights, ndtri(even))
    ghi = sky.hourly_clearness(days, clearness, rng.standard_normal((month.size, HOURS)))
    wanted = _over(climate.dni_kwh_m2_day, climate.dhi_kwh_m2_day)
    factor = np.ones(MONTHS)
    for _ in range(BEAM_ROUNDS):
        dni, dhi = sky.components(days, ghi, weights @ factor)
        beam, diffuse, whole = (_by_month(light.sum(axis=1), month) for light in (dni, dhi, ghi))
        change = _over(wanted * diffuse, beam, dark=1.0) ** _over(diffuse, whole)
        factor = np.clip(factor * change, *BEAM_FACTORS)
    return replace(fit, beam_factor=factor)


def _over(part: Array, whole: Array, *, dark: float = 0.0) -> Array:
    """Return a ratio of amounts of light, ``dark`` where there is none, as in a polar night."""
    ratio: Array = np.divide(part, whole, out=np.full(whole.shape, dark), where=whole > 0)
    return ratio


def _by_month(values: Array, month: NDArray[np.int64]) -> Array:
    means: Array = np.bincount(month, values, MONTHS) / np.bincount(month, minlength=MONTHS)
    return means


def _seasonal(monthly: Array) -> Array:
    """Smooth a monthly statistic of thirty days over its neighbours."""
    smooth: Array = monthly / 2 + (np.roll(monthly, 1) + np.roll(monthly, -1)) / 4
    return smooth


def _unbiased_lag1(monthly: Array) -> float:
    """Return the year's lag-1, free of the bias -(1 + 3 r) / n of the short months it comes from.

    Only the temperature's: with it, months of light would differ more between years than measured ones do.
    """
    pooled = float(monthly.mean())
    return float(np.clip(pooled + (1 + 3 * pooled) / MONTH_DAYS, 0.0, 0.95))


def _clearness(fit: _Fit, weights: Array, normal: Array) -> Array:
    """Turn standard normal values into the daily clearness of days with these month weights."""
    from scipy.special import ndtr

    chance = ndtr(normal)
    by_month = [
        np.interp(chance, cumulative, fit.grid) * clearest
        for cumulative, clearest in zip(fit.cumulative, fit.clearest, strict=True)
    ]
    clearness: Array = np.einsum("md,dm->d", np.stack(by_month), weights)
    return clearness


def _drawn(dates: list[dt.date], fit: _Fit, seed: int, replication: int) -> _Draws:
    """Draw the days asked for, each from its own calendar year's part of the streams."""
    years = {year: _year(year, fit, seed, replication) for year in sorted({date.year for date in dates})}
    rows = [(years[date.year], date.timetuple().tm_yday - 1) for date in dates]
    return _Draws(
        sky=np.array([year.sky[day] for year, day in rows]),
        hours=np.array([year.hours[day] for year, day in rows]),
        temp=np.array([year.temp[day] for year, day in rows]),
        wind=np.array([year.wind[day] for year, day in rows]),
    )


def _year(year: int, fit: _Fit, seed: int, replication: int) -> _Draws:
    """Draw one calendar year of 366 days."""
    sky_rng, temp_rng = _streams(year, seed, replication)
    sky_news = sky_rng.standard_normal(366)
    temp_news = temp_rng.standard_normal(366)
    warmth = _warmth_of_sun(np.arange(366.0), fit)
    temp_news = warmth * sky_news + np.sqrt(1 - warmth**2) * temp_news
    wind = _ar1(temp_rng.standard_normal(366 * HOURS), air.WIND_LAG1)
    return _Draws(
        sky=_ar1(sky_news, fit.sky_lag1),
        hours=sky_rng.standard_normal((366, HOURS)),
        temp=_ar1(temp_news, fit.temp_lag1),
        wind=wind.reshape(366, HOURS),
    )


def _streams(year: int, seed: int, replication: int) -> Iterator[np.random.Generator]:
    """Yield the streams of the sky and of the temperature, at the place of the year."""
    for purpose in ("sky", "temperature"):
        rng = seeds.stream(seed, purpose, replication)
        cast(np.random.PCG64, rng.bit_generator).advance(year * DRAWS_A_YEAR)
        yield rng


def _ar1(news: Array, lag1: float) -> Array:
    """Return the stationary standard normal AR(1) that these draws drive."""
    fresh = float(np.sqrt(1 - lag1**2))
    scaled = [float(news[0]), *(fresh * news[1:]).tolist()]
    values: Array = np.array(list(accumulate(scaled, lambda before, new: lag1 * before + new)))
    return values


def _warmth_of_sun(day: Array, fit: _Fit) -> Array:
    """Return the correlation of the draws that gives clearness and temperature the season's correlation."""
    middle = (SUMMER_WARMTH_OF_SUN + WINTER_WARMTH_OF_SUN) / 2
    swing = (SUMMER_WARMTH_OF_SUN - WINTER_WARMTH_OF_SUN) / 2 * np.sign(fit.latitude_deg)
    wanted = middle - swing * np.cos(2 * np.pi * (day - COLDEST_DAY) / 365.25)
    memory = np.sqrt((1 - fit.sky_lag1**2) * (1 - fit.temp_lag1**2)) / (1 - fit.sky_lag1 * fit.temp_lag1)
    correlation: Array = np.clip(wanted / memory, -0.95, 0.95)
    return correlation
