"""The sky of a place as a distribution of daily clearness, and a day's clearness as 24 hours of light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.weather.sun import sun_at_middle

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

HOURS = 24
MONTHS = 12
SUN_STEP_MINUTES = 10
"""Step of the sun inside an hour [min]; it moves 2.5 deg."""

CLEAN_AIR_AOD700 = 0.05
"""Aerosol optical depth at 700 nm of very clean air: it bounds what a clear hour can give."""

CLEAN_AIR_WATER_CM = 0.5
"""Precipitable water of very dry air [cm]."""

CLEAREST_DAY = 0.95
"""Clearest day of a month against a day in very clean air; typical years of Jinan and Tucson fit best."""

ROOM_ABOVE_MEAN = 1.08
"""Least clearest day of a month against its mean day, where clean air understates a clear sky."""

LEAST_SKY_SHARE = 0.08
"""Least share of diffuse light in a clear hour, high and dry places."""

FAINT_BEAM_W_M2 = 1e-6
"""Beam below which an hour has no direction of its own [W/m2]."""

GRID = 160
"""Values of clearness on which a distribution is tabulated."""

BISECTIONS = 24
"""Halvings with which its two parameters are found."""

POWERS = (-0.9, 150.0)
TILTS = (-200.0, 1500.0)
"""Range in which they are sought: from two-sided to narrow distributions."""

MOST_SPREAD = 0.6
"""Largest standard deviation against that of a sky either black or at its clearest."""

LEAST_CLEARNESS = 0.01
"""Clearness of the darkest hour of a day before scaling; no hour of daylight is black."""


@dataclass(frozen=True)
class Days:
    """What the sun alone decides for some days; arrays of days by hours."""

    outside: Array
    """Horizontal irradiance outside the atmosphere, mean of the hour [W/m2]."""
    cosine: Array
    """Mean cosine of the zenith over the lit part of the hour, weighted like a clear beam; 1 at night."""
    clear_ghi: Array
    """Global irradiance in very clean air, mean of the hour [W/m2]."""
    clear_dni: Array
    """Beam in very clean air, mean of the hour [W/m2]."""


def days_of_sun(
    midnight: pd.Timestamp, n_days: int, *, latitude_deg: float, longitude_deg: float, elevation_m: float
) -> Days:
    """Compute the light outside the atmosphere and under very clean air for whole days.

    Parameters
    ----------
    midnight
        Start of the first day, in standard time.
    n_days
        Number of days.
    latitude_deg, longitude_deg
        Position of the site [deg].
    elevation_m
        Height of the site above the sea [m].

    References
    ----------
    Ineichen (2008), A broadband simplified version of the Solis clear sky model, Solar Energy 82, 758-762.
    """
    import pandas as pd
    from pvlib import atmosphere, clearsky

    steps = HOURS * 60 // SUN_STEP_MINUTES
    index = pd.date_range(midnight, periods=n_days * steps, freq=f"{SUN_STEP_MINUTES}min")
    sun = sun_at_middle(
        index, SUN_STEP_MINUTES,
        latitude_deg=latitude_deg, longitude_deg=longitude_deg, elevation_m=elevation_m,
    )  # fmt: skip
    height_deg, beam_outside = 90.0 - sun["apparent_zenith"].to_numpy(), sun["dni_extra"].to_numpy()
    up = np.sin(np.radians(height_deg))
    day = up > 0
    clear_ghi, clear_dni = np.zeros_like(up), np.zeros_like(up)
    clear = clearsky.simplified_solis(
        height_deg[day],
        aod700=CLEAN_AIR_AOD700,
        precipitable_water=CLEAN_AIR_WATER_CM,
        pressure=atmosphere.alt2pres(elevation_m),
        dni_extra=beam_outside[day],
    )
    clear_ghi[day], clear_dni[day] = clear["ghi"], clear["dni"]

    def hourly(values: Array) -> Array:
        means: Array = values.reshape(n_days, HOURS, -1).mean(axis=2)
        return means

    beam = hourly(clear_dni)
    cosine = np.divide(hourly(clear_dni * up), beam, out=np.ones_like(beam), where=beam > FAINT_BEAM_W_M2)
    return Days(hourly(np.where(day, beam_outside * up, 0.0)), cosine, hourly(clear_ghi), beam)


def clearness_distributions(mean: Array, sd: Array) -> tuple[Array, Array]:
    """Return distributions of clearness, as a share of the clearest day, with these means and spreads.

    The density on 0 to 1 is proportional to (1 - x)^b exp(t x): that of Hollands and Huget, whose b is 1 and
    whose t follows from the mean, with b set free to give the standard deviation too.

    Parameters
    ----------
    mean, sd
        Mean and standard deviation of each distribution, between 0 and 1.

    Returns
    -------
    grid
        Values of x.
    cumulative
        Probability of less than each, shape (distributions, grid).

    References
    ----------
    Hollands and Huget (1983), A probability density function for the clearness index, with applications,
    Solar Energy 30(3), 195-209.
    """
    grid: Array = (np.arange(GRID) + 0.5) / GRID

    def tilted(power: Array) -> Array:
        def mean_of(tilt: Array) -> Array:
            return _density(grid, power, tilt) @ grid

        return _density(grid, power, _bisected(mean_of, mean, *TILTS))

    def narrowness(power: Array) -> Array:
        return -(tilted(power) @ grid**2)

    widest = MOST_SPREAD * np.sqrt(mean * (1 - mean))
    weights = tilted(_bisected(narrowness, -(mean**2 + np.minimum(sd, widest) ** 2), *POWERS))
    cumulative: Array = np.cumsum(weights, axis=1) - weights / 2
    return grid, cumulative


def _density(grid: Array, power: Array, tilt: Array) -> Array:
    exponent = np.outer(power, np.log1p(-grid)) + np.outer(tilt, grid)
    weights: Array = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _bisected(rising: Callable[[Array], Array], wanted: Array, low: float, high: float) -> Array:
    """Return where each rising function has the value wanted."""
    lows, highs = np.full_like(wanted, low), np.full_like(wanted, high)
    for _ in range(BISECTIONS):
        middle = (lows + highs) / 2
        below = rising(middle) < wanted
        lows, highs = np.where(below, middle, lows), np.where(below, highs, middle)
    return (lows + highs) / 2


def hourly_clearness(days: Days, clearness: Array, noise: Array) -> Array:
    """Split each day's clearness into hours; its light is kept exactly where the clear sky allows.

    Parameters
    ----------
    days
        The sun of the days.
    clearness
        Daily clearness index of each day.
    noise
        Independent standard normal draws, days by hours.

    Returns
    -------
    numpy.ndarray
        Global horizontal irradiance [W/m2], days by hours.

    Notes
    -----
    The model TAG: the mean hour of a day of clearness K depends on the height of the sun; around it the hours
    are a Gaussian AR(1) whose spread peaks at K = 0.35 and grows at low sun. Hours are then scaled to the
    day's sum below the clear-sky hour.

    References
    ----------
    Aguiar and Collares-Pereira (1992), TAG: a time-dependent, autoregressive, Gaussian model for generating
    synthetic hourly radiation, Solar Energy 49(3), 167-174.
    """
    k = clearness[:, None]
    height = np.maximum(days.cosine, 0.02)
    level = -0.19 + 1.12 * k + 0.24 * np.exp(-8 * k)
    rise = 0.32 - 1.6 * (k - 0.5) ** 2
    damping = 0.19 + 2.27 * k**2 - 2.51 * k**3
    spread = 0.14 * np.exp(-20 * (k - 0.35) ** 2) * np.exp((3 * (k - 0.45) ** 2 + 16 * k**5) * (1 - height))
    hours = level + rise * np.exp(-damping / height) + spread * _autoregressive(clearness, noise)
    target = clearness * days.outside.sum(axis=1)
    limit = days.clear_ghi * _headroom(target, days)[:, None]
    return scaled_below(np.maximum(hours, LEAST_CLEARNESS) * days.outside, target, limit)


def _autoregressive(clearness: Array, noise: Array) -> Array:
    """Return a standard normal AR(1) through the hours of each day; its lag-1 is TAG's."""
    lag1 = 0.38 + 0.06 * np.cos(7.4 * clearness - 2.5)
    fresh = np.sqrt(1 - lag1**2)
    values = noise.copy()
    for hour in range(1, noise.shape[1]):
        values[:, hour] = lag1 * values[:, hour - 1] + fresh * noise[:, hour]
    return values


def _headroom(target: Array, days: Days) -> Array:
    """Return by how much a day must exceed the clean sky to carry its light; normally 1."""
    clear = days.clear_ghi.sum(axis=1)
    needed = np.divide(target, clear, out=np.ones_like(clear), where=clear > 0)
    return np.asarray(np.maximum(1.0, needed))


def scaled_below(hours: Array, target: Array, limit: Array) -> Array:
    """Scale the hours of each day to its sum, below a limit.

    Parameters
    ----------
    hours
        Shape of each day, days by hours.
    target
        Sum of each day.
    limit
        Largest value of each hour; what it cuts off goes to the room of the other hours.
    """
    whole = hours.sum(axis=1)
    scale = np.divide(target, whole, out=np.zeros_like(whole), where=whole > 0)
    capped = np.minimum(hours * scale[:, None], limit)
    room = limit - capped
    whole_room = room.sum(axis=1)
    missing = target - capped.sum(axis=1)
    share = np.divide(missing, whole_room, out=np.zeros_like(whole_room), where=whole_room > 0)
    filled: Array = capped + room * np.clip(share, 0.0, 1.0)[:, None]
    return filled


def components(days: Days, ghi: Array, beam_factor: Array) -> tuple[Array, Array]:
    """Split global irradiance into beam and diffuse so that they close exactly.

    Parameters
    ----------
    days
        The sun of the days.
    ghi
        Global horizontal irradiance [W/m2], days by hours.
    beam_factor
        Beam of each day against that of Erbs' correlation.

    Returns
    -------
    dni, dhi
        Beam and diffuse horizontal irradiance [W/m2]: ``ghi = dni * cosine + dhi``.

    Notes
    -----
    The beam stays below that of very clean air; what it loses is diffuse.

    References
    ----------
    Erbs, Klein and Duffie (1982), Estimation of the diffuse radiation fraction for hourly, daily and
    monthly-average global radiation, Solar Energy 28(4), 293-302.
    """
    clearness = np.divide(ghi, days.outside, out=np.zeros_like(ghi), where=days.outside > 0)
    beam_share = np.clip(
        (1 - _erbs_diffuse_share(clearness)) * beam_factor[:, None], 0.0, 1 - LEAST_SKY_SHARE
    )
    dni: Array = np.minimum(ghi * beam_share / days.cosine, days.clear_dni)
    return dni, ghi - dni * days.cosine


def _erbs_diffuse_share(clearness: Array) -> Array:
    """Return the share of diffuse light by Erbs' correlation."""
    k = clearness
    middle = 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4
    share: Array = np.where(k <= 0.22, 1 - 0.09 * k, np.where(k <= 0.8, middle, 0.165))
    return share


def month_weights(day_of_year: Array) -> Array:
    """Return the weights, days by months, of straight lines between the middles of the months.

    Parameters
    ----------
    day_of_year
        Days since the start of the year, at noon of 1 January 0.5.
    """
    place: Any = day_of_year / 365.25 * MONTHS - 0.5
    before = np.floor(place).astype(np.int64)
    after_weight = place - before
    weights = np.zeros((day_of_year.size, MONTHS))
    rows = np.arange(day_of_year.size)
    weights[rows, before % MONTHS] += 1 - after_weight
    weights[rows, (before + 1) % MONTHS] += after_weight
    return weights


def month_nodes(monthly: Array, weights: Array, month: NDArray[np.int64], light: Array) -> Array:
    """Return values at the middles of months whose straight lines have the monthly means.

    Parameters
    ----------
    monthly
        Twelve means.
    weights
        Of :func:`month_weights` for every day of a year.
    month
        Month of each of those days, from 0.
    light
        Weight of each day in its month's mean.
    """
    mixing = np.zeros((MONTHS, MONTHS))
    np.add.at(mixing, month, weights * light[:, None])
    whole = np.bincount(month, light, MONTHS)
    return np.asarray(np.linalg.solve(mixing / whole[:, None], monthly), dtype=np.float64)
