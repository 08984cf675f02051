"""The air of days under a given sky: temperature, wind and humidity, hour by hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stationsim.weather.sky import HOURS, scaled_below
from stationsim.weather.subhourly import parabola_means

Array = NDArray[np.float64]

RANGE_OF_SUN = 0.45
"""Relative rise of the daily temperature range per relative rise of clearness; typical years of Jinan, Tucson
and Honolulu: 0.3 to 0.6."""

DRYNESS_OF_SUN = 0.5
"""Relative fall of a humidity of 50 % per relative rise of clearness, less where it is damper; typical year
of Jinan: 0.6 in winter, 0.3 in summer."""

LEAST_DAILY_HUMIDITY = 5.0
MOST_DAILY_HUMIDITY = 98.0
"""Limits of the mean humidity of a day [%]."""

RANGE_LIMITS = (0.2, 2.0)
"""Limits of that rise, as a factor of the range."""

REGULAR_RANGE = 0.97
"""Share of the mean daily temperature range that the regular course makes; the weather adds the rest."""

WIND_LAG1 = 0.85
"""Lag-1 autocorrelation of hourly wind; typical years of Jinan 0.91, Tucson 0.69, Honolulu 0.83."""

WIND_DAY_SWING = 0.25
"""Relative swing of the mean wind over the day; same years: 0.1 to 0.3."""

MAGNUS_SLOPE = 17.62
MAGNUS_DEGC = 243.12
"""Coefficients of the Magnus formula over water [-, degC]. Source: WMO-No. 8 (2018), annex 4.B."""

WINDIEST_SOLAR_H = 14.5
"""Solar time of the strongest mean wind [h]; Tucson 15.6, Honolulu 13.6."""


def temperature_degc(day_mean: Array, day_range: Array, *, sunny: Array, solar_h: Array) -> Array:
    """Return the temperature [degC] of days by hours.

    Parameters
    ----------
    day_mean
        Mean of each day [degC].
    day_range
        Mean range of the day at this season [K].
    sunny
        Clearness of each day over its mean at this season, less 1.
    solar_h
        Solar time in the middle of each hour [h].

    Notes
    -----
    The days' means are joined by parabolas that keep them. On these lies a regular course of the day, whose
    range grows under clear skies and passes from noon to noon.

    References
    ----------
    Erbs, Klein and Beckman (1983), Estimation of degree-days and ambient temperature bin data from
    monthly-average temperatures, ASHRAE Journal 25(6), 60-65.
    """
    ranges = REGULAR_RANGE * day_range * np.clip(1 + RANGE_OF_SUN * sunny, *RANGE_LIMITS)
    day = (np.arange(day_mean.size * HOURS) + 0.5) / HOURS
    range_now = np.interp(day, np.arange(day_mean.size) + 0.5, ranges).reshape(-1, HOURS)
    temp: Array = parabola_means(day_mean, HOURS) + range_now * _course_of_day(solar_h)
    return temp


def _course_of_day(solar_h: Array) -> Array:
    """Return the mean course of the temperature over the day: mean 0, range 1."""
    angle = 2 * np.pi * (solar_h - 1) / HOURS
    harmonics = ((0.4632, 3.805), (0.0984, 0.360), (0.0168, 0.822), (0.0138, 3.513))
    course = np.sum([size * np.cos(n * angle - lag) for n, (size, lag) in enumerate(harmonics, 1)], axis=0)
    return np.asarray((course - course.mean()) / np.ptp(course))


def wind_m_s(mean: Array, normal: Array, *, solar_h: Array) -> Array:
    """Return the wind [m/s] of days by hours: Rayleigh-distributed, with a maximum in the afternoon.

    Parameters
    ----------
    mean
        Mean wind of each day's season [m/s].
    normal
        Standard normal values, days by hours.
    solar_h
        Solar time in the middle of each hour [h].

    References
    ----------
    IEC 61400-12-1:2017 for Rayleigh's distribution as the ordinary one of wind.
    """
    from scipy.special import log_ndtr

    rayleigh = np.sqrt(-log_ndtr(-normal)) * 2 / np.sqrt(np.pi)
    swing = 1 + WIND_DAY_SWING * np.cos(2 * np.pi * (solar_h - WINDIEST_SOLAR_H) / HOURS)
    wind: Array = mean[:, None] * swing * rayleigh
    return wind


def humidity_percent(mean: Array, temp: Array, *, sunny: Array) -> Array:
    """Return the relative humidity [%] of days by hours: one vapour a day, drier under clear skies.

    Parameters
    ----------
    mean
        Mean relative humidity of each day's season [%].
    temp
        Temperature, days by hours [degC].
    sunny
        Clearness of each day over its mean at this season, less 1.

    Notes
    -----
    With one vapour pressure, relative humidity is inverse to saturation. Hours that would exceed 100 % are
    saturated and the others of the day the damper, so that the day keeps its mean.
    """
    drier = np.exp(-MAGNUS_SLOPE * temp / (MAGNUS_DEGC + temp))
    day = mean * (1 - DRYNESS_OF_SUN * sunny * (100 - mean) / 50)
    whole = HOURS * np.clip(day, LEAST_DAILY_HUMIDITY, MOST_DAILY_HUMIDITY)
    return scaled_below(drier, whole, np.full_like(temp, 100.0))
