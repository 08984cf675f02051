"""Where the sun is: exactly at given instants, and fast at the middle of every step of a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.clock import Clock

Array = NDArray[np.float64]

SOLAR_CONSTANT_W_M2 = 1361.0
"""Mean extraterrestrial irradiance [W/m2]. Source: Kopp and Lean (2011), doi:10.1029/2010GL045777."""

REFRACTION_TEMP_DEGC = 12.0
"""Yearly mean air temperature of the refraction formula [degC]. Source: default of pvlib's SPA."""

DELTA_T_S = 67.0
"""Terrestrial minus universal time [s]. Source: Reda and Andreas (2008), NREL/TP-560-34302, table A5.1."""

SUNSET_REFRACTION_DEG = 0.5667
"""Refraction at sunrise and sunset [deg]. Source: Reda and Andreas (2008), section 3.11."""

KNOTS_AN_HOUR = 1
"""Positions computed in full per hour; the steps between come from polynomials through them."""

REACH = 4
"""Knots on either side of a step that its polynomial, of degree 7, uses."""


def solar_position(
    times: pd.DatetimeIndex, *, latitude_deg: float, longitude_deg: float, elevation_m: float = 0.0
) -> pd.DataFrame:
    """Compute the position of the sun at exactly the given instants.

    Parameters
    ----------
    times
        Instants, time-zone aware.
    latitude_deg, longitude_deg
        Position of the site, north and east positive [deg].
    elevation_m
        Height of the site above the sea [m].

    Returns
    -------
    pandas.DataFrame
        ``apparent_zenith`` (with refraction), ``zenith`` and ``azimuth`` (from north over east) [deg].

    References
    ----------
    Reda and Andreas (2008), Solar Position Algorithm for Solar Radiation Applications, NREL/TP-560-34302.
    """
    import pandas as pd

    if times.tz is None:
        raise ValueError("times must be time-zone aware, got naive times")
    seconds = times.as_unit("ns").asi8 / 1e9
    spa = _spa(seconds, latitude_deg=latitude_deg, longitude_deg=longitude_deg, elevation_m=elevation_m)
    return pd.DataFrame({"apparent_zenith": spa[0], "zenith": spa[1], "azimuth": spa[4]}, index=times)


def sun_at_clock(
    clock: Clock, *, latitude_deg: float, longitude_deg: float, elevation_m: float = 0.0
) -> pd.DataFrame:
    """Compute the position of the sun at the middle of every step of the clock.

    Parameters
    ----------
    clock
        The steps.
    latitude_deg, longitude_deg
        Position of the site, north and east positive [deg].
    elevation_m
        Height of the site above the sea [m].

    Returns
    -------
    pandas.DataFrame
        On ``clock.index``: ``apparent_zenith``, ``zenith``, ``azimuth`` [deg], and ``dni_extra``, the beam
        outside the atmosphere [W/m2].

    Notes
    -----
    The full algorithm runs every hour. Its unit vector (east, north, up) is a smooth rotation, so a
    polynomial of degree 7 through eight hours meets the algorithm at any minute to 2e-6 deg, in a small part
    of the time.
    Refraction is then added to the interpolated height by the algorithm's own formula.
    """
    return sun_at_middle(
        clock.index,
        clock.step_minutes,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        elevation_m=elevation_m,
    )


def sun_at_middle(
    index: pd.DatetimeIndex,
    step_minutes: int,
    *,
    latitude_deg: float,
    longitude_deg: float,
    elevation_m: float,
) -> pd.DataFrame:
    """Compute :func:`sun_at_clock` for any regular, left-labelled index whose step divides the hour."""
    import pandas as pd

    vectors = _interpolated(
        float(index[0].timestamp()), len(index), 60 * step_minutes,
        latitude_deg=latitude_deg, longitude_deg=longitude_deg, elevation_m=elevation_m,
    )  # fmt: skip
    east, north, up = vectors
    height_deg = np.degrees(np.arctan2(up, np.hypot(east, north)))
    columns = {
        "apparent_zenith": 90.0 - height_deg - _refraction_deg(height_deg, elevation_m),
        "zenith": 90.0 - height_deg,
        "azimuth": np.degrees(np.arctan2(east, north)) % 360.0,
        "dni_extra": extraterrestrial_w_m2(index),
    }
    return pd.DataFrame(columns, index=index, copy=False)


def extraterrestrial_w_m2(index: pd.DatetimeIndex) -> Array:
    """Compute the beam irradiance outside the atmosphere [W/m2], constant over each local day.

    References
    ----------
    Spencer (1971), Fourier series representation of the position of the sun, Search 2(5), 172.
    """
    from pvlib.irradiance import get_extra_radiation

    day_of_year = index.day_of_year.to_numpy()
    by_day = get_extra_radiation(np.arange(367.0), solar_constant=SOLAR_CONSTANT_W_M2, method="spencer")
    table: Array = np.asarray(by_day, dtype=float)
    beam: Array = table[day_of_year]
    return beam


def _interpolated(start_s: float, n_steps: int, step_s: int, **site: float) -> Array:
    """Return the sun's unit vectors (east, north, up) at the middle of ``n_steps`` steps, shape (3, n_steps).

    Every hour holds the same pattern of steps, so one matrix of Lagrange weights takes the knots around an
    hour to the steps inside it.
    """
    n_hours = -(-n_steps * step_s // 3600)
    knot_s = 3600.0 / KNOTS_AN_HOUR
    knots: Array = np.arange(1.0 - REACH, n_hours * KNOTS_AN_HOUR + REACH)
    middles: Any = (np.arange(3600 // step_s) + 0.5) * step_s / knot_s
    vectors = _unit_vectors(start_s + knots * knot_s, **site)
    width = KNOTS_AN_HOUR + 2 * REACH - 1
    windows: Any = np.lib.stride_tricks.sliding_window_view(vectors, width, axis=1)[:, ::KNOTS_AN_HOUR]
    steps = windows @ _lagrange_weights(middles)
    flat: Array = steps.reshape(3, -1)[:, :n_steps]
    return flat


def _unit_vectors(seconds: Array, **site: float) -> Array:
    """Return the true direction of the sun (east, north, up) at UTC seconds, shape (3, n)."""
    spa = _spa(seconds, **site)
    zenith, azimuth = np.radians(spa[1]), np.radians(spa[4])
    sine = np.sin(zenith)
    return np.stack([sine * np.sin(azimuth), sine * np.cos(azimuth), np.cos(zenith)])


def _lagrange_weights(position: Array) -> Array:
    """Return the weights, shape (knots around an hour, steps), at positions counted in knots."""
    weights = np.zeros((KNOTS_AN_HOUR + 2 * REACH - 1, position.size))
    before = np.floor(position).astype(np.int64)
    offsets = np.arange(1 - REACH, REACH + 1)
    for offset in offsets:
        others = offsets[offsets != offset]
        terms = (position - before)[:, None] - others
        weights[before + offset + REACH - 1, np.arange(position.size)] = np.prod(
            terms / (offset - others), axis=1
        )
    return weights


def _spa(seconds: Array, *, latitude_deg: float, longitude_deg: float, elevation_m: float) -> Array:
    """Run the full algorithm at UTC seconds since 1970."""
    from pvlib import atmosphere, spa

    pressure_hpa = atmosphere.alt2pres(elevation_m) / 100
    found: Any = spa.solar_position_numpy(
        np.asarray(seconds, dtype=float), latitude_deg, longitude_deg, elevation_m, pressure_hpa,
        REFRACTION_TEMP_DEGC, DELTA_T_S, SUNSET_REFRACTION_DEG, 1,
    )  # fmt: skip
    position: Array = np.asarray(found)
    return position


def _refraction_deg(height_deg: Array, elevation_m: float) -> Array:
    """Return how much the air lifts the sun [deg]; nothing once it has set."""
    from pvlib import atmosphere, spa

    lifted: Array = np.zeros_like(height_deg)
    up = height_deg >= -1.0
    pressure_hpa = atmosphere.alt2pres(elevation_m) / 100
    lifted[up] = spa.atmospheric_refraction_correction(
        pressure_hpa, REFRACTION_TEMP_DEGC, height_deg[up], SUNSET_REFRACTION_DEG
    )
    return lifted
