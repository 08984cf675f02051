"""Rain and snow: of a file where it has them, else drawn from monthly means onto the dull days.

The water of a day is told apart into rain and snow by the air's temperature, hour by hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from stationsim import seeds
from stationsim.errors import Problem, ScenarioError
from stationsim.weather.raw import WATER

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.weather.rain_climates import RainClimate

Array = NDArray[np.float64]

HOURS = 24
YEAR_DAYS = 366

DRAWS_A_YEAR = 1 << 40
"""How far apart the years of one stream lie, so that a year is the same in every period that holds it."""

DULL_WET_CORRELATION = 0.8
"""Correlation, in the normal copula, of a day's dullness with its being wet; assumed: rain needs clouds, yet
afternoon storms come after bright mornings and many an overcast day stays dry."""

AMOUNT_SHAPE = 0.75
"""Shape of the gamma distribution of a wet day's water; assumed, between the exponential distribution (1) and
the heavier ones fitted where every trace counts as a wet day (about 0.5)."""

WET_HOURS = 6
"""Hours in which the water of a wet day falls, one after the other [h]; assumed, a usual length of rain."""

ALL_SNOW_DEGC, ALL_RAIN_DEGC = 0.0, 2.0
"""Air temperature at and below which all precipitation is snow, and at and above which all is rain [degC]. In
between it is mixed, in equal parts at 1 degC, the mean of the northern hemisphere (Jennings et al. 2018)."""

FRESH_SNOW_KG_M3 = 100.0
"""Density of fresh snow [kg/m3]; 72 to 103 in the means of six sites (Judson and Doesken 2000), 70 to 150 in
the glossary of the American Meteorological Society."""

WATER_KG_M3 = 1000.0
MM_IN_CM = 10.0

RANK_WINDOW_DAYS = 31
"""Days among which the clearness of a file's day is ranked: its own and fifteen on either side."""

JITTER_W_M2 = 300.0
"""Spread of the chance by which rain falls in brighter hours of its day than in its dullest [W/m2]."""


def with_precipitation(
    native: pd.DataFrame, climate: RainClimate | None, *, seed: int, replication: int = 0
) -> pd.DataFrame:
    """Return native weather with ``rainfall`` [mm] and ``snowfall`` [cm] in each interval, where known.

    Parameters
    ----------
    native
        Left-labelled weather with ``dni`` [W/m2] and ``temp_air`` [degC], regular, of steps that divide the
        hour; ``precipitation`` [mm] and ``snow_depth`` [cm] where a file has them. Where water is to be
        drawn, ``clearness_rank``: the share of days of the season that are duller, 0 to 1.
    climate
        Monthly precipitation that is drawn where there is none in ``native``; None to leave it unknown.
    seed, replication
        What is drawn; the same give the same rain.

    Returns
    -------
    pandas.DataFrame
        ``native`` with ``rainfall`` and ``snowfall`` where they are known. Snow of a file is the growth of
        its depth on the ground; else it is the water that falls in the cold.
    """
    frame = native.copy(deep=False)
    if "precipitation" not in frame and climate is not None:
        frame["precipitation"] = drawn_water_mm(frame, climate, seed=seed, replication=replication)
    if "precipitation" in frame:
        water = frame["precipitation"].to_numpy(dtype=float)
        snow = snow_share(frame["temp_air"].to_numpy(dtype=float))
        frame["rainfall"] = water * (1.0 - snow)
        frame["snowfall"] = water * snow * (WATER_KG_M3 / FRESH_SNOW_KG_M3) / MM_IN_CM
    if "snow_depth" in frame:
        depth = frame["snow_depth"].to_numpy(dtype=float)
        frame["snowfall"] = np.maximum(np.diff(depth, prepend=depth[0]), 0.0)
    return frame.drop(columns=[name for name in (*WATER, "clearness_rank") if name in frame])


def snow_share(temp_air: Array) -> Array:
    """Compute the share of precipitation that is snow, from the air's temperature [degC].

    References
    ----------
    Jennings, Winchell, Livneh and Molotch (2018), Spatial variation of the rain-snow temperature threshold
    across the northern hemisphere, Nature Communications 9, 1148.
    """
    share: Array = np.clip((ALL_RAIN_DEGC - temp_air) / (ALL_RAIN_DEGC - ALL_SNOW_DEGC), 0.0, 1.0)
    return share


def require(weather: pd.DataFrame, name: str, *, by: str) -> Array:
    """Return a column of fallen water, ``rainfall`` or ``snowfall``, if the weather knows it.

    Parameters
    ----------
    weather
        Weather on the clock.
    name
        ``rainfall`` [mm] or ``snowfall`` [cm].
    by
        Dotted path of the key that needs it, such as ``solar.soiling``.

    Raises
    ------
    ScenarioError
        Neither the weather file nor the climate nor ``weather.precipitation`` tells it.
    """
    if name in weather:
        column: Array = weather[name].to_numpy(dtype=float)
        return column
    hint = (
        "write weather.precipitation with climate: jinan, or with mm_by_month and wet_days_by_month of the "
        "place, twelve numbers each"
    )
    rule = f"must be given, since {by} needs {name} and neither the weather file nor its climate tells it"
    raise ScenarioError([Problem(rule, path="weather.precipitation", hint=hint, code="E218")])


def drawn_water_mm(native: pd.DataFrame, climate: RainClimate, *, seed: int, replication: int = 0) -> Array:
    """Draw the water that falls in each interval [mm].

    Notes
    -----
    A day is wet where a standard normal value, correlated with the normal value of the day's clearness rank,
    lies below the quantile of the month's share of wet days: so wet days are dull, follow each other as dull
    days do, and have the month's mean number over the years. The water of a wet day is gamma-distributed with
    the month's mean; a single month may be dry or drowned. It falls within ``WET_HOURS`` hours one after the
    other, where the beam is weakest but for chance, in exponentially distributed parts. Every calendar year
    has its own part of the streams, so that a month alone is that month of the whole year.

    References
    ----------
    Richardson (1981), Stochastic simulation of daily precipitation, temperature and solar radiation, Water
    Resources Research 17(1), 182-190, for chains of wet days tied to the sun.
    Wilks and Wilby (1999), The weather generation game, Progress in Physical Geography 23(3), 329-357, for
    gamma amounts.
    """
    import pandas as pd
    from scipy.special import gammaincinv, ndtri

    day, hour = _days_and_hours(native.index)
    dates = pd.date_range(native.index[0].normalize(), periods=int(day[-1]) + 1, freq="D")
    draws = _drawn(dates, seed, replication)
    month = dates.month.to_numpy() - 1
    rank = _of_days(native["clearness_rank"].to_numpy(dtype=float), day)
    dull = DULL_WET_CORRELATION * ndtri(np.clip(rank, 1e-6, 1 - 1e-6))
    wetness = dull + np.sqrt(1 - DULL_WET_CORRELATION**2) * draws["rain_days"]
    wet = wetness < ndtri(climate.wet_share[month])
    amount = gammaincinv(AMOUNT_SHAPE, draws["rain_amounts"]) / AMOUNT_SHAPE * climate.wet_day_mm[month]
    parts = _parts_of_hours(_by_hour(native["dni"].to_numpy(dtype=float), day, hour), draws["rain_hours"])
    hourly = np.where(wet, amount, 0.0)[:, None] * parts
    intervals_per_hour = round(np.timedelta64(1, "h") / (native.index[1] - native.index[0]))
    water: Array = hourly[day, hour] / intervals_per_hour
    return water


def clearness_ranks(frame: pd.DataFrame, *, latitude_deg: float, periodic: bool) -> Array:
    """Return for each row the share of the days around its own that are duller, 0 to 1.

    Parameters
    ----------
    frame
        Left-labelled regular weather with ``ghi`` [W/m2].
    latitude_deg
        Latitude, for the sun outside the air [deg].
    periodic
        Whether the end meets the start, as in a typical year.
    """
    day, _ = _days_and_hours(frame.index)
    light = _of_days(frame["ghi"].to_numpy(dtype=float), day)
    outside = _outside_w_m2(frame.index[0].day_of_year + np.arange(light.size), latitude_deg)
    clearness = np.divide(light, outside, out=np.zeros_like(light), where=outside > 1.0)
    half = min(RANK_WINDOW_DAYS // 2, (light.size - 1) // 2)
    around = np.pad(clearness, half, mode="wrap" if periodic else "reflect")
    window = np.lib.stride_tricks.sliding_window_view(around, 2 * half + 1)
    below = (window < clearness[:, None]).sum(axis=1) + (window == clearness[:, None]).sum(axis=1) / 2
    ranks: Array = below / (2 * half + 1)
    return ranks[day]


def amounts_of_steps(amounts: Array, native_minutes: int, step_minutes: int) -> Array:
    """Return amounts of native intervals as amounts of steps; every sum is kept."""
    common = int(np.gcd(native_minutes, step_minutes))
    pieces = np.repeat(amounts, native_minutes // common) * (common / native_minutes)
    steps: Array = pieces.reshape(-1, step_minutes // common).sum(axis=1)
    return steps


def _days_and_hours(index: pd.DatetimeIndex) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of the day, from 0, and the hour of each label, in the index's own offset."""
    local = index.tz_localize(None)
    hours = local.to_numpy().astype("datetime64[h]").astype(np.int64)
    day = hours // HOURS
    return day - day[0], hours % HOURS


def _of_days(values: Array, day: NDArray[np.int64]) -> Array:
    mean: Array = np.bincount(day, values) / np.bincount(day)
    return mean


def _by_hour(values: Array, day: NDArray[np.int64], hour: NDArray[np.int64]) -> Array:
    """Return the mean of each hour, days by hours; 0 in hours that the values do not hold."""
    slot = day * HOURS + hour
    size = (int(day[-1]) + 1) * HOURS
    count = np.maximum(np.bincount(slot, minlength=size), 1)
    means: Array = (np.bincount(slot, values, minlength=size) / count).reshape(-1, HOURS)
    return means


def _parts_of_hours(beam: Array, chance: Array) -> Array:
    """Return the share of its day's water that falls in each hour, days by hours.

    ``chance`` holds a uniform and an exponential number for each hour of each day.
    """
    lit = beam > 0
    mean = beam.sum(axis=1) / np.maximum(lit.sum(axis=1), 1)
    bright = np.where(lit, beam, mean[:, None]) + JITTER_W_M2 * chance[:, 0]
    window = np.lib.stride_tricks.sliding_window_view(bright, WET_HOURS, axis=1).sum(axis=2)
    since = np.arange(HOURS)[None, :] - window.argmin(axis=1)[:, None]
    weight = np.where((since >= 0) & (since < WET_HOURS), chance[:, 1], 0.0)
    parts: Array = weight / weight.sum(axis=1, keepdims=True)
    return parts


def _drawn(dates: pd.DatetimeIndex, seed: int, replication: int) -> dict[str, Array]:
    """Draw what consecutive days need, each calendar year from its own part of the streams."""
    year, day = dates.year.to_numpy(), dates.day_of_year.to_numpy() - 1
    years = {number: _year(int(number), seed, replication) for number in np.unique(year)}
    return {
        name: np.concatenate([drawn[name][day[year == number]] for number, drawn in years.items()])
        for name in ("rain_days", "rain_amounts", "rain_hours")
    }


def _year(year: int, seed: int, replication: int) -> dict[str, Array]:
    days, amounts, hours = (
        _stream_of_year(purpose, year, seed, replication)
        for purpose in ("rain_days", "rain_amounts", "rain_hours")
    )
    uniform, exponential = hours.random((YEAR_DAYS, HOURS)), hours.standard_exponential((YEAR_DAYS, HOURS))
    return {
        "rain_days": days.standard_normal(YEAR_DAYS),
        "rain_amounts": amounts.random(YEAR_DAYS),
        "rain_hours": np.stack([uniform, exponential], axis=1),
    }


def _stream_of_year(purpose: seeds.Purpose, year: int, seed: int, replication: int) -> np.random.Generator:
    rng = seeds.stream(seed, purpose, replication)
    cast(np.random.PCG64, rng.bit_generator).advance(year * DRAWS_A_YEAR)
    return rng


def _outside_w_m2(day_of_year: NDArray[np.int64], latitude_deg: float) -> Array:
    """Return the day's mean irradiance outside the air on the horizontal [W/m2].

    References
    ----------
    Allen, Pereira, Raes and Smith (1998), FAO Irrigation and Drainage Paper 56, equations 21 to 25.
    """
    angle = 2 * np.pi * day_of_year / 365
    declination = 0.409 * np.sin(angle - 1.39)
    latitude = np.radians(latitude_deg)
    sunset = np.arccos(np.clip(-np.tan(latitude) * np.tan(declination), -1.0, 1.0))
    level = np.sin(latitude) * np.sin(declination) * sunset + np.cos(latitude) * np.cos(declination) * np.sin(
        sunset
    )
    mean: Array = 1361.0 * (1 + 0.033 * np.cos(angle)) / np.pi * level
    return mean
