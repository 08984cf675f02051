"""What hills and buildings around a surface hide of sun and sky."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from stationsim.models.pv.light import Array, Light, Sky

Points = tuple[tuple[float, float], ...]
"""Points of a horizon, each (direction, height) [deg]."""

DIRECTIONS = 360
"""Directions over which a view of the sky is summed."""

HEIGHTS = 180
"""Heights over which a view of the sky is summed, from the horizontal to the zenith."""


def horizon_deg(points: Points, azimuth: Array | float) -> Array:
    """Return the height of the horizon [deg] in directions [deg], straight from point to point."""
    if not points:
        return np.zeros_like(np.asarray(azimuth, dtype=float))
    directions, heights = zip(*points, strict=True)
    return np.asarray(np.interp(azimuth, directions, heights, period=360.0), dtype=float)


def is_sun_hidden(points: Points, *, apparent_zenith: Array, azimuth: Array) -> NDArray[np.bool_]:
    """Return in which steps the middle of the sun stands below the horizon's line."""
    hidden: NDArray[np.bool_] = 90.0 - apparent_zenith < horizon_deg(points, azimuth)
    return hidden


@cache
def sky_view(points: Points, tilt_deg: float, azimuth_deg: float) -> float:
    """Return what a surface receives of an even sky above the horizon, as a share of all of it.

    Parameters
    ----------
    points
        Horizon.
    tilt_deg, azimuth_deg
        Surface [deg].

    Notes
    -----
    The integral of the cosine of incidence over the sky that is seen, by the midpoint rule over half degrees
    of height and whole degrees of direction. The hidden part of the sky counts as dark.
    """
    if not points:
        return 1.0
    direction = (np.arange(DIRECTIONS) + 0.5) * 360.0 / DIRECTIONS
    height = ((np.arange(HEIGHTS) + 0.5) * 90.0 / HEIGHTS)[:, None]
    tilt, turn, up = np.radians(tilt_deg), np.radians(direction - azimuth_deg), np.radians(height)
    cosine = np.cos(tilt) * np.sin(up) + np.sin(tilt) * np.cos(up) * np.cos(turn)
    light = np.maximum(cosine, 0.0) * np.cos(up)
    seen = height > horizon_deg(points, direction)
    return float((light * seen).sum() / light.sum())


def sky_above(points: Points, sky: Sky) -> Sky:
    """Return the sun and sky that ground on the site receives: no sun behind the horizon, less sky."""
    if not points:
        return sky
    hidden = is_sun_hidden(points, apparent_zenith=sky.apparent_zenith, azimuth=sky.azimuth)
    return Sky(
        np.where(hidden, 0.0, sky.dni),
        sky.dhi * sky_view(points, 0.0, 0.0),
        sky.apparent_zenith,
        sky.azimuth,
    )


def behind_horizon(light: Light, points: Points, sky: Sky, *, tilt_deg: float, azimuth_deg: float) -> Light:
    """Return the light of a surface that has a horizon.

    Parameters
    ----------
    light
        Light under an open sky.
    points
        Horizon; nothing changes where it is empty.
    sky
        Sun and open sky.
    tilt_deg, azimuth_deg
        Surface [deg].

    Notes
    -----
    A sun below the line gives neither direct nor circumsolar light. The rest of the sky is taken as even.
    Ground receives, and reflects, less in the same way.
    """
    if not points:
        return light
    seen = sky_above(points, sky)
    up = np.maximum(np.cos(np.radians(sky.apparent_zenith)), 0.0)
    open_ground = sky.dni * up + sky.dhi
    ground = np.divide(
        seen.dni * up + seen.dhi, open_ground, out=np.ones_like(open_ground), where=open_ground > 0
    )
    hidden = is_sun_hidden(points, apparent_zenith=sky.apparent_zenith, azimuth=sky.azimuth)
    return Light(
        np.where(hidden, 0.0, light.direct),
        np.where(hidden, 0.0, light.circumsolar),
        light.sky * sky_view(points, tilt_deg, azimuth_deg),
        light.ground * ground,
    )
