"""The sun over a file's place: irradiance outside the air, and solar values moved in time by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.weather.raw import SOLAR, Place
from stationsim.weather.sun import extraterrestrial_w_m2, solar_position

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

INNER_MINUTES = 15
"""Length of the pieces over which the sun of an interval is averaged [min]; the sun moves 3.75 deg in one."""

FAINT_W_M2 = 20.0
"""Irradiance outside the air on the horizontal below which a share of it means nothing [W/m2]; the sun is
then at 1 deg."""

MOST_SHARE = 1.2
"""Largest share of the outside irradiance that is taken for real when a share is moved in time."""

CLEAR_TOLERANCE = 1.1
"""How far a derived beam may exceed the clear one; pvlib's ``clearsky_tolerance`` in ``irradiance.dni``."""

AIR_TRANSMISSION, AIRMASS_EXPONENT, ELEVATION_GAIN_PER_KM = 0.7, 0.678, 0.14
"""Share of the beam that passes one air mass, exponent of it, gain per height [1/km]; Laue (1970)."""


def zenith_deg(index: pd.DatetimeIndex, place: Place, *, later_min: float) -> Array:
    """Compute the sun's true zenith at instants ``later_min`` [min] after the labels [deg]."""
    import pandas as pd

    sun = solar_position(
        index + pd.Timedelta(minutes=later_min),
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        elevation_m=place.elevation_m,
    )
    zenith: Array = sun["zenith"].to_numpy(dtype=float)
    return zenith


def outside_irradiance(
    index: pd.DatetimeIndex, place: Place, *, interval_minutes: int, late_min: float = 0.0
) -> Array:
    """Compute the mean irradiance outside the air on the horizontal over each interval [W/m2].

    Parameters
    ----------
    index
        Left labels.
    place
        Where.
    interval_minutes
        Length of the intervals [min].
    late_min
        How much later than its label each interval starts [min].
    """
    pieces = max(1, interval_minutes // INNER_MINUTES)
    total = np.zeros(len(index))
    for piece in range(pieces):
        middle = late_min + (piece + 0.5) * interval_minutes / pieces
        total += np.maximum(np.cos(np.radians(zenith_deg(index, place, later_min=middle))), 0.0)
    mean: Array = total / pieces * extraterrestrial_w_m2(index)
    return mean


def move_solar(
    frame: pd.DataFrame, place: Place, *, interval_minutes: int, late_min: float, periodic: bool
) -> pd.DataFrame:
    """Return a frame whose solar values, centred ``late_min`` after mid-interval, are centred there.

    Parameters
    ----------
    frame
        Left-labelled frame with some of ``ghi``, ``dni``, ``dhi`` [W/m2].
    place
        Where the values belong.
    interval_minutes
        Length of the intervals [min].
    late_min
        How much later than the middle of their interval the values are centred [min].
    periodic
        Whether the end of the frame meets its start, as in a typical year.

    Notes
    -----
    GHI and DHI are taken as shares of the irradiance outside the air, the shares interpolated in time and
    applied to the sun of the new intervals, so that no light falls at night; DNI is interpolated between lit
    intervals. Each column then keeps its sum.
    """
    if late_min == 0:
        return frame
    old = outside_irradiance(frame.index, place, interval_minutes=interval_minutes, late_min=late_min)
    new = outside_irradiance(frame.index, place, interval_minutes=interval_minutes)
    minutes = np.arange(len(frame)) * float(interval_minutes)
    period = len(frame) * float(interval_minutes) if periodic else None
    lit = old > FAINT_W_M2
    if not lit.any():
        return frame
    moved = frame.copy()
    for name in (column for column in SOLAR if column in frame):
        values = frame[name].to_numpy(dtype=float)
        base, scale = (1.0, new > 0) if name == "dni" else (old[lit], new)
        shares = values[lit] / base
        shares = shares if name == "dni" else np.minimum(shares, MOST_SHARE)
        column = np.interp(minutes, minutes[lit] + late_min, shares, period=period) * scale
        total = column.sum()
        moved[name] = column * (values.sum() / total) if total > 0 else column
    return moved


def move_air(
    frame: pd.DataFrame, names: list[str], *, interval_minutes: int, late_min: float, periodic: bool
) -> pd.DataFrame:
    """Return a frame whose columns of the air, centred ``late_min`` after mid-interval, are centred there."""
    if late_min == 0:
        return frame
    minutes = np.arange(len(frame)) * float(interval_minutes)
    period = len(frame) * float(interval_minutes) if periodic else None
    moved = frame.copy()
    for name in names:
        values = frame[name].to_numpy(dtype=float)
        moved[name] = np.interp(minutes, minutes + late_min, values, period=period)
    return moved


def components_from_ghi(frame: pd.DataFrame, place: Place, *, interval_minutes: int) -> pd.DataFrame:
    """Return a frame whose DNI and DHI are derived from its GHI with the sun at mid-interval.

    Notes
    -----
    At low sun a small error of time turns into a beam stronger than any clear sky lets through; what lies
    above :func:`clear_beam` by more than a tenth is counted as diffuse, so that GHI still closes.

    References
    ----------
    Erbs, Klein and Duffie (1982), Estimation of the diffuse radiation fraction for hourly, daily and
    monthly-average global radiation, Solar Energy 28(4), 293-302.
    """
    from pvlib.irradiance import erbs

    zenith = zenith_deg(frame.index, place, later_min=interval_minutes / 2)
    ghi = frame["ghi"].to_numpy(dtype=float)
    found = erbs(ghi, zenith, frame.index.day_of_year.to_numpy())
    clear = clear_beam(zenith, extraterrestrial_w_m2(frame.index), elevation_m=place.elevation_m)
    derived = frame.copy()
    dni = np.minimum(np.nan_to_num(np.asarray(found["dni"], dtype=float)), CLEAR_TOLERANCE * clear)
    derived["dni"] = dni
    derived["dhi"] = np.maximum(ghi - dni * np.maximum(np.cos(np.radians(zenith)), 0.0), 0.0)
    return derived


def clear_beam(zenith: Array, dni_extra: Array, *, elevation_m: float) -> Array:
    """Compute the beam under a clear sky [W/m2].

    Parameters
    ----------
    zenith
        True zenith of the sun [deg].
    dni_extra
        Beam outside the air [W/m2].
    elevation_m
        Height above the sea [m].

    References
    ----------
    Laue (1970), The measurement of solar spectral irradiance at different terrestrial elevations, Solar
    Energy 13(1), 43-57, as given by Meinel and Meinel (1976), Applied Solar Energy.
    """
    from pvlib.atmosphere import get_relative_airmass

    airmass = np.nan_to_num(np.asarray(get_relative_airmass(np.minimum(zenith, 90.0)), dtype=float), nan=40.0)
    higher = ELEVATION_GAIN_PER_KM * max(elevation_m, 0.0) / 1000
    through = (1 - higher) * AIR_TRANSMISSION ** (airmass**AIRMASS_EXPONENT) + higher
    clear: Array = np.where(zenith < 90, dni_extra * through, 0.0)
    return clear
