"""What a surface receives, and the sky it stands under: plain arrays, one value a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Irradiance(Protocol):
    """What a surface receives, one value a step; ``weather.irradiance.PlaneOfArray`` is one."""

    @property
    def direct(self) -> Array:
        """Direct irradiance on the surface [W/m2]."""

    @property
    def diffuse_sky(self) -> Array:
        """Diffuse irradiance from the sky, circumsolar light included [W/m2]."""

    @property
    def diffuse_ground(self) -> Array:
        """Irradiance reflected by the ground [W/m2]."""

    @property
    def circumsolar(self) -> Array:
        """Part of ``diffuse_sky`` that comes from around the sun [W/m2]."""

    @property
    def aoi(self) -> Array:
        """Angle of incidence of direct light [deg]."""

    @property
    def poa_global(self) -> Array:
        """All irradiance on the surface [W/m2]."""


@dataclass(frozen=True)
class Sky:
    """Sun and sky over the site, one value a step; horizon, rows and rear sides need them.

    Parameters
    ----------
    dni, dhi
        Direct normal and diffuse horizontal irradiance [W/m2].
    apparent_zenith, azimuth
        Where the sun is seen, azimuth clockwise from north [deg].
    """

    dni: Array
    dhi: Array
    apparent_zenith: Array
    azimuth: Array


@dataclass(frozen=True)
class Light:
    """Light on a surface in parts that shade and glass treat differently [W/m2]."""

    direct: Array
    circumsolar: Array
    sky: Array
    """Diffuse light of the rest of the sky."""
    ground: Array

    @property
    def total(self) -> Array:
        """All light [W/m2]."""
        return self.direct + self.circumsolar + self.sky + self.ground


def parts_of(poa: Irradiance) -> Light:
    """Return the light of a surface in its parts."""
    return Light(poa.direct, poa.circumsolar, poa.diffuse_sky - poa.circumsolar, poa.diffuse_ground)


def cos_incidence(sky: Sky, *, tilt_deg: float, azimuth_deg: float) -> Array:
    """Return the cosine of the angle between the sun and the normal of a plane; negative from behind."""
    from pvlib import irradiance

    cosine: Array = np.clip(
        irradiance.aoi_projection(tilt_deg, azimuth_deg, sky.apparent_zenith, sky.azimuth), -1.0, 1.0
    )
    return cosine
