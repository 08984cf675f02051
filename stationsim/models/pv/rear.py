"""Light on the rear of bifacial modules: rows or canopies over ground that shadows cross."""

from __future__ import annotations

import numpy as np

from stationsim.models.pv.light import Array, Sky, cos_incidence
from stationsim.models.pv.optics import diffuse_modifiers
from stationsim.models.pv.rows import (
    ground_between_rows,
    row_view_of_ground,
    row_view_of_sky,
    shaded_fraction,
)
from stationsim.models.pv.spec import SurfaceSpec


def rear_irradiance(surface: SurfaceSpec, sky: Sky) -> Array:
    """Return the irradiance on the rear of the modules [W/m2], before structure and mismatch.

    Parameters
    ----------
    surface
        A surface with a ``bifacial`` section.
    sky
        Sun and sky above the horizon.

    Raises
    ------
    ValueError
        The surface has no rear side that works.

    Notes
    -----
    Direct light from behind, the sky seen below the row behind, and the ground between the rows, lit where no
    shadow lies. The diffuse sky is even. Canopies stand on level ground, rows on their slope. Equal to
    pvlib's infinite sheds on level ground.

    References
    ----------
    Mikofski et al., 46th IEEE PVSC (2019) 1282-1287; Marion et al., "A practical irradiance model for
    bifacial PV modules", 44th IEEE PVSC (2017).
    """
    rear = surface.bifacial
    if rear is None:
        raise ValueError(f"surface must have a bifacial section, got none for {surface.name}")
    below_deg = 0.0 if surface.kind == "canopy" else surface.slope_deg
    rise_deg = surface.tilt_deg - below_deg
    pitch_m = rear.pitch_m or rear.width_m / surface.ground_cover_ratio
    gcr = rear.width_m / pitch_m
    cos_module = cos_incidence(sky, tilt_deg=surface.tilt_deg, azimuth_deg=surface.azimuth_deg)
    cos_ground = cos_incidence(sky, tilt_deg=below_deg, azimuth_deg=surface.azimuth_deg)
    lit = 1.0 - shaded_fraction(cos_module, cos_ground, gcr)
    ground = ground_between_rows(
        sky, cos_module, cos_ground, rise_deg=rise_deg, gcr=gcr, height_over_pitch=rear.height_m / pitch_m
    )
    albedo = surface.albedo if rear.albedo is None else rear.albedo
    irradiance: Array = (
        sky.dni * np.maximum(-cos_module, 0.0) * lit
        + sky.dhi * row_view_of_sky(180.0 - rise_deg, gcr)
        + albedo * ground * row_view_of_ground(180.0 - rise_deg, gcr)
    )
    return irradiance


def rear_gain(surface: SurfaceSpec, sky: Sky) -> Array:
    """Return the irradiance on the front that would make as much as the rear does [W/m2]; 0 without one.

    The light of the rear loses at the glass as diffuse light from the ground does.
    """
    rear = surface.bifacial
    if rear is None:
        return np.zeros_like(sky.dni)
    through_glass = diffuse_modifiers(surface.iam, 180.0 - surface.tilt_deg)[1]
    kept = (1.0 - rear.structure_shading_percent / 100.0) * (1.0 - rear.mismatch_percent / 100.0)
    return rear_irradiance(surface, sky) * (rear.bifaciality * kept * through_glass)
