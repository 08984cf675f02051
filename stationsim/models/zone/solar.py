"""The sun in a zone: through glass by its angle, through walls and roof by their outer film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stationsim.models.zone.envelope import (
    ROOF,
    Incidence,
    OverhangSpec,
    Plane,
    walls_of,
    windows_of,
)
from stationsim.models.zone.spec import ZoneSpec

Array = NDArray[np.float64]

GLASS_INCIDENCE = 0.9
"""Mean over normal solar transmittance of clear glass, Fw; ISO 13790:2008, 11.4."""

BESTEST_GLASS = (1.0, -0.189, 0.644, -0.596)
"""Transmittance over that at normal incidence: 1, x, x2, x3 of the angle of incidence x [rad].

Double clear glass of ASHRAE 140; Modelica Buildings c4117ce, ISO13790/BaseClasses/GlazedElements.
"""

UNCOATED = 4.0
"""Category q of clear, uncoated glass; Karlsson and Roos 2000. Coated glass lies between 1 and 4."""

OUTER_FILM_M2K_W = 0.04
"""Thermal resistance of the outer surface, Rse [m2K/W]; ISO 6946."""

SKY_COOLING_K = 11.0
"""Mean outdoor air temperature above that of the sky [K]; ISO 13790:2008, 11.4.6, intermediate climates."""

SKY_EXCHANGE_W_M2K = 4.5
"""Radiative exchange of an outer surface, 5 W/m2K times emissivity 0.9; ISO 13790:2008, 11.4.6."""

ANGLES = 900
"""Parts of the quarter circle that the mean over the hemisphere is summed over."""


@dataclass(frozen=True)
class PlaneLight:
    """Light that falls on a plane, one value a step."""

    direct: Array
    """Straight from the sun [W/m2]."""
    diffuse_sky: Array
    """From the sky [W/m2]."""
    diffuse_ground: Array
    """Reflected by the ground [W/m2]."""
    aoi: Array
    """Angle between the sun and the plane's normal [deg]."""

    @property
    def poa_global(self) -> Array:
        """All light on the plane [W/m2]."""
        return self.direct + self.diffuse_sky + self.diffuse_ground


@dataclass(frozen=True)
class Light:
    """Light on all planes of a building, with the sun that casts shadows."""

    planes: Mapping[Plane, PlaneLight]
    """Light on each plane."""
    zenith: Array
    """Angle of the sun from the zenith [deg]."""
    azimuth: Array
    """Direction of the sun, clockwise from north [deg]."""
    _glass: dict[tuple[object, ...], Array] = field(default_factory=dict)
    """What came through glass once is not computed again for the next zone."""

    def through_glass(
        self, plane: Plane, incidence: Incidence, panes: int, overhang: OverhangSpec | None
    ) -> Array:
        """Return the light that enters through glass of a plane, as if it all came at right angles [W/m2]."""
        key = (plane, incidence, panes, overhang)
        if key not in self._glass:
            light = self.planes[plane]
            direct, sky = light.direct, light.diffuse_sky
            if overhang is not None:
                direct = direct * (
                    1 - shaded_share(overhang, plane, zenith=self.zenith, azimuth=self.azimuth)
                )
                sky = sky * (1 - hidden_sky_share(overhang))
            beam, diffuse = glass_factors(light.aoi, incidence=incidence, panes=panes)
            self._glass[key] = direct * beam + (sky + light.diffuse_ground) * diffuse
        return self._glass[key]


def under_canopy(light: PlaneLight, share: float) -> PlaneLight:
    """Return the light on a plane of which a canopy hides a share of the sun and the sky.

    Parameters
    ----------
    light
        Light on the open plane.
    share
        Share that is hidden, 0 to 1.
    """
    left = 1 - share
    return replace(light, direct=light.direct * left, diffuse_sky=light.diffuse_sky * left)


def karlsson_roos(aoi_deg: Array, *, panes: int, category: float = UNCOATED) -> Array:
    """Return the solar transmittance of a window over that at normal incidence.

    Parameters
    ----------
    aoi_deg
        Angle of incidence, 0 to 90 [deg].
    panes
        Number of panes, p.
    category
        Kind of glass, q: 1 strongly coated to 4 clear.

    References
    ----------
    Karlsson J. and Roos A. 2000, Modelling the angular behaviour of the total solar energy transmittance of
    windows, Solar Energy 69, 321-329.
    """
    z = np.clip(aoi_deg, 0.0, 90.0) / 90
    a, b = 8.0, 0.25 / category
    alpha = 5.2 + 0.7 * category
    gamma = 5.26 + 0.06 * panes + (0.73 + 0.04 * panes) * category
    lost = a * z**alpha + b * z**2 + (1 - a - b) * z**gamma
    return np.asarray(np.clip(1 - lost, 0.0, None))


@lru_cache(maxsize=8)
def hemispherical(panes: int) -> float:
    """Return the mean of `karlsson_roos` over a hemisphere of even light."""
    angle = (np.arange(ANGLES) + 0.5) / ANGLES * 90
    weight = np.sin(2 * np.radians(angle))
    return float((karlsson_roos(angle, panes=panes) * weight).sum() / weight.sum())


def glass_factors(aoi_deg: Array, *, incidence: Incidence, panes: int) -> tuple[Array, float]:
    """Return the factors of glass on light straight from the sun and on diffuse light.

    Parameters
    ----------
    aoi_deg
        Angle of incidence of the sun [deg].
    incidence
        ``karlsson_roos``: by angle and panes, diffuse by the mean over the hemisphere; ``iso13790``: 0.9 on
        all; ``bestest``: the fit of ASHRAE 140's double glass, diffuse not reduced.
    panes
        Number of panes.
    """
    if incidence == "iso13790":
        return np.full_like(aoi_deg, GLASS_INCIDENCE), GLASS_INCIDENCE
    if incidence == "bestest":
        c0, c1, c2, c3 = BESTEST_GLASS
        x = np.radians(np.clip(aoi_deg, 0.0, 90.0))
        return np.clip(c0 + x * (c1 + x * (c2 + x * c3)), 0.0, None), 1.0
    return karlsson_roos(aoi_deg, panes=panes), hemispherical(panes)


def shaded_share(overhang: OverhangSpec, plane: Plane, *, zenith: Array, azimuth: Array) -> Array:
    """Return the share of a window that an overhang keeps from the sun.

    Parameters
    ----------
    overhang
        A long overhang; its ends do not matter.
    plane
        The window, taken as upright.
    zenith, azimuth
        The sun [deg].

    Notes
    -----
    The shadow reaches down by the depth times the tangent of the profile angle, tan(height) / cos(turn).
    """
    turn = np.cos(np.radians(azimuth - plane.azimuth_deg))
    height = np.radians(np.clip(90 - zenith, 0.0, 89.9))
    faced = turn > 1e-6
    profile = np.tan(height) / np.where(faced, turn, 1.0)
    shadow_m = overhang.depth_m * profile - overhang.gap_m
    return np.where(faced, np.clip(shadow_m / overhang.window_height_m, 0.0, 1.0), 0.0)


def hidden_sky_share(overhang: OverhangSpec) -> float:
    """Return the share of the sky a window would see that an overhang hides.

    References
    ----------
    Hottel's crossed strings between two long strips; an upright window sees half of the hemisphere as sky.
    """
    depth, gap, low = overhang.depth_m, overhang.gap_m, overhang.gap_m + overhang.window_height_m
    crossed = np.hypot(depth, gap) + low
    uncrossed = gap + np.hypot(depth, low)
    return float((crossed - uncrossed) / (2 * overhang.window_height_m) / 0.5)


def planes_of(spec: ZoneSpec) -> set[Plane]:
    """Return the planes whose light a zone needs."""
    walls, windows = walls_of(spec.walls), windows_of(spec.windows)
    return {ROOF, *(wall.plane for wall in walls), *(window.plane for window in windows)}


def sky_view(plane: Plane) -> float:
    """Return the share of the sky that an unshaded plane sees: 1 for a roof, one half for a wall."""
    return float((1 + np.cos(np.radians(plane.tilt_deg))) / 2)


def solar_gain_w(spec: ZoneSpec, light: Light) -> Array:
    """Return the heat the sun brings to the zone, less what its outside radiates to the sky [W].

    Parameters
    ----------
    spec
        The zone.
    light
        Light on the planes of `planes_of`.

    Notes
    -----
    Windows let in `g_value` of the sun by its angle of incidence, less frame, shading and overhang. Of what
    an opaque surface absorbs, the share of its outer film in the whole resistance comes in. By night the
    sum is a little negative. Windows radiate to the sky as well.

    References
    ----------
    ISO 13790:2008, 11.3 and 11.4.
    """
    gain = np.zeros(len(light.zenith))
    sky_w_k = 0.0
    for window in windows_of(spec.windows):
        entering = light.through_glass(
            window.plane, spec.windows.incidence, spec.windows.panes, window.overhang
        )
        gain += window.area_m2 * window.through * entering
        sky_w_k += sky_view(window.plane) * window.u_value_w_m2k * window.area_m2
    roof_w_k = spec.roof.u_value_w_m2k * spec.roof.area_m2
    opaque = [(ROOF, roof_w_k)] + [(w.plane, w.u_value_w_m2k * w.area_m2) for w in walls_of(spec.walls)]
    for plane, loss_w_k in opaque:
        gain += OUTER_FILM_M2K_W * spec.solar_absorptance * loss_w_k * light.planes[plane].poa_global
        sky_w_k += sky_view(plane) * loss_w_k
    return gain - SKY_EXCHANGE_W_M2K * SKY_COOLING_K * OUTER_FILM_M2K_W * sky_w_k
