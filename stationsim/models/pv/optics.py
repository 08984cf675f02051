"""What glass and cells make of light: loss by angle, and response to its colour."""

from __future__ import annotations

from functools import cache

import numpy as np

from stationsim.models.pv.light import Array, Light
from stationsim.models.pv.spec import AngleModel, CellType

GLASS_INDEX = 1.526
"""Refractive index of the module's glass; De Soto et al. 2006."""
COATING_INDEX = 1.3
"""Refractive index of the anti-reflective coating; PVWatts (NREL ssc, lib_pv_incidence_modifier)."""
ASHRAE_B = 0.05
"""Coefficient of ASHRAE's incidence angle modifier; Souka and Safwat 1966, PVsyst's default for glass."""
MARTIN_RUIZ_A = 0.16
"""Angular loss coefficient of Martin and Ruiz 2001, for a clean module of crystalline silicon."""

AIRMASS_RANGE = (0.58, 10.0)
"""Absolute air mass for which the spectral model was fitted; beyond it the ends hold."""
WATER_RANGE_CM = (0.1, 8.0)
"""Precipitable water for which the spectral model is used [cm]; beyond it the ends hold."""

_OPTIONS: dict[str, dict[str, float]] = {
    "physical": {"n": GLASS_INDEX, "n_ar": COATING_INDEX},
    "ashrae": {"b": ASHRAE_B},
    "martin_ruiz": {"a_r": MARTIN_RUIZ_A},
}


def direct_modifier(model: AngleModel, aoi: Array) -> Array:
    """Return the share of direct light that enters the modules, beside that at normal incidence.

    Parameters
    ----------
    model
        Which modifier.
    aoi
        Angle of incidence [deg]; nothing enters from 90 on.

    References
    ----------
    De Soto, Klein and Beckman, Solar Energy 80 (2006) 78-88 (physical: Fresnel, Snell and Bouguer); ASHRAE
    standard 93-77; Martin and Ruiz, Solar Energy Materials and Solar Cells 70 (2001) 25-38.
    """
    from pvlib import iam

    if model == "none":
        return np.where(aoi < 90.0, 1.0, 0.0)
    function = {"physical": iam.physical, "ashrae": iam.ashrae, "martin_ruiz": iam.martin_ruiz}[model]
    modifier: Array = np.asarray(function(np.minimum(aoi, 90.0), **_OPTIONS[model]), dtype=float)
    return modifier


@cache
def diffuse_modifiers(model: AngleModel, tilt_deg: float) -> tuple[float, float]:
    """Return the incidence angle modifiers of sky and ground light on a plane.

    References
    ----------
    Marion, "Numerical method for angle-of-incidence correction factors for diffuse radiation incident
    photovoltaic modules", Solar Energy 147 (2017) 344-348.
    """
    from pvlib import iam

    if model == "none":
        return 1.0, 1.0
    modifiers = iam.marion_diffuse(model, tilt_deg, **_OPTIONS[model])
    return float(modifiers["sky"]), float(modifiers["ground"])


def entered_irradiance(light: Light, aoi: Array, tilt_deg: float, model: AngleModel = "physical") -> Array:
    """Return the irradiance that enters the modules [W/m2].

    Parameters
    ----------
    light
        Light on the surface by parts.
    aoi
        Angle of incidence of direct light [deg].
    tilt_deg
        Angle between the surface and the horizontal [deg].
    model
        Incidence angle modifier; circumsolar light is treated as the rest of the sky.
    """
    sky, ground = diffuse_modifiers(model, tilt_deg)
    direct: Array = light.direct * direct_modifier(model, aoi)
    return direct + (light.circumsolar + light.sky) * sky + light.ground * ground


def spectral_factor(cells: CellType, *, airmass_absolute: Array, precipitable_water_cm: Array) -> Array:
    """Return the response of cells to the colour of light, beside that to the standard spectrum.

    Parameters
    ----------
    cells
        Material of the cells.
    airmass_absolute
        Air mass at the pressure of the site; NaN, below the horizon, counts as the largest.
    precipitable_water_cm
        Water in the air above the site [cm].

    References
    ----------
    Lee and Panchula, "Spectral correction for photovoltaic module performance based on air mass and
    precipitable water", 43rd IEEE PVSC (2016) 1351-1356.
    """
    from pvlib import spectrum

    airmass = np.clip(np.nan_to_num(airmass_absolute, nan=AIRMASS_RANGE[1]), *AIRMASS_RANGE)
    water = np.clip(precipitable_water_cm, *WATER_RANGE_CM)
    factor: Array = np.asarray(spectrum.spectral_factor_firstsolar(water, airmass, cells), dtype=float)
    return factor
