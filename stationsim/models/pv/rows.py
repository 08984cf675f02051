"""Rows of modules that stand in each other's light, on flat and on sloping ground.

All angles that matter lie in the plane across the rows. There, a row of width 1 stands ``1 / gcr`` from the
next along the ground, whose normal leans by the slope in the direction the modules face. Rows are long
and many: the first row, which nothing shades, and the ends of rows are left out.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from stationsim.models.pv.light import Array, Light, Sky, cos_incidence

QUADRATURE_POINTS = 32
"""Points up the slant of a row at which its view of the sky is taken (Gauss and Legendre)."""

BLOCK_ROUNDING = 1e-9
"""Part of a block below which no shadow lies on it."""

GRAZING_COSINE = 1e-9
"""Cosine of incidence below which light glances off a plane."""


def shaded_fraction(cos_module: Array | float, cos_ground: Array | float, gcr: float) -> Array:
    """Return the share of each row's slant that lies in the shadow of its neighbour, 0 to 1.

    Parameters
    ----------
    cos_module
        Cosine of the sun's incidence on the modules; below 0 it is the rear that is lit.
    cos_ground
        Cosine of the sun's incidence on the ground below the rows.
    gcr
        Width of a row over the distance between rows, along the ground.

    Notes
    -----
    Seen from the sun, a row is ``|cos_module|`` wide and its neighbour shifted by ``cos_ground / gcr``; what
    is left of the width is their overlap. With the sun below the plane of the ground the rows are dark.

    References
    ----------
    Anderson and Jensen, "Shaded fraction and backtracking in single-axis trackers on rolling terrain", J.
    Renewable Sustainable Energy 16 (2024) 023504, equation 12, for rows alike and without offset.
    """
    wide = np.maximum(np.abs(cos_module), GRAZING_COSINE)
    overlap = 1.0 - np.maximum(cos_ground, 0.0) / (gcr * wide)
    return np.clip(overlap, 0.0, 1.0)


def direct_kept(fraction: Array | float, blocks: int) -> Array:
    """Return what shaded rows make of direct light, as a share of what they make without shadow.

    Parameters
    ----------
    fraction
        Share of the slant in the shadow.
    blocks
        Groups of cells with a bypass diode up the slant; 0 loses by area alone.

    References
    ----------
    Martinez-Moreno, Munoz and Lorenzo, "Experimental model to estimate shading losses on PV arrays", Solar
    Energy Materials and Solar Cells 94 (2010) 2298-2303, equation 6.
    """
    lit = 1.0 - np.asarray(fraction, dtype=float)
    if blocks == 0:
        return lit
    dark_blocks = np.ceil(np.maximum(np.asarray(fraction) * blocks - BLOCK_ROUNDING, 0.0))
    kept: Array = lit * (1.0 - dark_blocks / (blocks + 1))
    return kept


@cache
def sky_and_foreground(tilt_deg: float, slope_deg: float, gcr: float) -> tuple[float, float]:
    """Return the mean view factors of a row: of the sky, and of the ground beyond the foot of the slope.

    Parameters
    ----------
    tilt_deg
        Modules against the horizontal [deg].
    slope_deg
        Ground below them against the horizontal [deg].
    gcr
        Width of a row over the distance between rows, along the ground.

    Notes
    -----
    From a point of the slant the sky begins where the row in front ends, or at the horizontal where that is
    higher. On flat ground the mean is that of the view factors of pvlib's infinite sheds.

    References
    ----------
    Passias and Kallback, "Shading effects in rows of solar cell panels", Solar Cells 11 (1984) 281-291.
    """
    node, weight = np.polynomial.legendre.leggauss(QUADRATURE_POINTS)
    below_top = 1.0 - (node + 1.0) / 2.0
    rise = np.radians(tilt_deg - slope_deg)
    seen = np.arctan2(below_top * np.sin(rise), 1.0 / gcr - below_top * np.cos(rise)) - np.radians(slope_deg)
    tilt = np.radians(tilt_deg)
    sky = (1.0 + np.cos(tilt + np.maximum(seen, 0.0))) / 2.0
    foreground = (np.cos(tilt + np.minimum(seen, 0.0)) - np.cos(tilt)) / 2.0
    return float(weight @ sky / 2.0), float(weight @ foreground / 2.0)


def ground_between_rows(
    sky: Sky,
    cos_module: Array,
    cos_ground: Array,
    *,
    rise_deg: float,
    gcr: float,
    height_over_pitch: float,
) -> Array:
    """Return the mean irradiance on the ground between rows, in their shadows and out of them [W/m2].

    Parameters
    ----------
    sky
        Sun and sky.
    cos_module, cos_ground
        Cosine of the sun's incidence on the modules and on the ground.
    rise_deg
        Modules against the ground [deg].
    gcr
        Width of a row over the distance between rows.
    height_over_pitch
        Height of the rows' centre over the distance between rows.

    References
    ----------
    Mikofski, Darawali, Hamer, Neubert and Newmiller, "Bifacial performance modeling in large arrays", 46th
    IEEE PVSC (2019) 1282-1287, equation 4 for shadows; pvlib's view factors for the sky.
    """
    covered = gcr * np.abs(cos_module) / np.maximum(cos_ground, GRAZING_COSINE)
    direct = sky.dni * np.maximum(cos_ground, 0.0) * (1.0 - np.minimum(covered, 1.0))
    ground: Array = direct + sky.dhi * _ground_view_of_sky(rise_deg, gcr, height_over_pitch)
    return ground


@cache
def _ground_view_of_sky(rise_deg: float, gcr: float, height_over_pitch: float) -> float:
    from pvlib.bifacial import utils

    farthest = float(np.ceil(height_over_pitch / np.tan(np.radians(5.0))))
    view = utils.vf_ground_sky_2d_integ(rise_deg, gcr, height_over_pitch, 1.0, max_rows=max(farthest, 1.0))
    return float(view)


@cache
def row_view_of_ground(rise_deg: float, gcr: float) -> float:
    """Return the mean view factor of a row to the ground between it and the next; rears have 180 - rise."""
    from pvlib.bifacial import utils

    return float(utils.vf_row_ground_2d_integ(rise_deg, gcr))


@cache
def row_view_of_sky(rise_deg: float, gcr: float) -> float:
    """Return the mean view factor of a row on flat ground to the sky; rears have 180 - rise."""
    from pvlib.bifacial import utils

    return float(utils.vf_row_sky_2d_integ(rise_deg, gcr))


def among_rows(
    light: Light,
    sky: Sky,
    *,
    tilt_deg: float,
    azimuth_deg: float,
    slope_deg: float,
    gcr: float,
    blocks: int,
    albedo: float,
) -> Light:
    """Return the light that counts for rows in each other's shade.

    Parameters
    ----------
    light
        Light on one surface that stands free, behind its horizon.
    sky
        Sun and sky above the horizon.
    tilt_deg, azimuth_deg
        Modules [deg].
    slope_deg
        Ground below them [deg].
    gcr
        Width of a row over the distance between rows, along the ground.
    blocks
        See :func:`direct_kept`.
    albedo
        Reflectance of the ground.

    Notes
    -----
    Direct and circumsolar light are weighed by their electrical effect, so that ``direct`` is what the
    modules can use, less than what falls on them. The lower edge of the rows is taken to touch the ground.
    """
    rise_deg = tilt_deg - slope_deg
    cos_module = cos_incidence(sky, tilt_deg=tilt_deg, azimuth_deg=azimuth_deg)
    cos_ground = cos_incidence(sky, tilt_deg=slope_deg, azimuth_deg=azimuth_deg)
    kept = direct_kept(shaded_fraction(cos_module, cos_ground, gcr), blocks)
    view, foreground = sky_and_foreground(tilt_deg, slope_deg, gcr)
    open_sky = (1.0 + np.cos(np.radians(tilt_deg))) / 2.0
    between = ground_between_rows(
        sky, cos_module, cos_ground,
        rise_deg=rise_deg, gcr=gcr, height_over_pitch=gcr * np.sin(np.radians(rise_deg)) / 2.0,
    )  # fmt: skip
    up = np.maximum(np.cos(np.radians(sky.apparent_zenith)), 0.0)
    beyond = sky.dni * up + sky.dhi
    return Light(
        light.direct * kept,
        light.circumsolar * kept,
        light.sky * (view / open_sky),
        albedo * (between * row_view_of_ground(rise_deg, gcr) + beyond * foreground),
    )
