"""The building as a scenario describes it, and what follows from that for the equations of its zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from stationsim.models.zone.network import (
    MASS_SURFACE_W_M2K,
    SURFACE_AIR_W_M2K,
    SURFACE_PER_FLOOR,
    ZoneParameters,
    gain_shares,
    mass_outdoor_w_k,
    ventilation_w_k,
)
from stationsim.spec import Fraction, NonNegative, Number, Positive, Spec

GLASS_INCIDENCE = 0.9
"""Mean over normal solar transmittance of clear glass, Fw; ISO 13790:2008, 11.4."""

OUTER_FILM_M2K_W = 0.04
"""Thermal resistance of the outer surface, Rse [m2K/W]; ISO 6946."""

SKY_COOLING_K = 11.0
"""Mean outdoor air temperature above that of the sky [K]; ISO 13790:2008, 11.4.6, intermediate climates."""

SKY_EXCHANGE_W_M2K = 4.5
"""Radiative exchange of an outer surface, 5 W/m2K times emissivity 0.9; ISO 13790:2008, 11.4.6."""

SKY_VIEW_WALL, SKY_VIEW_ROOF = 0.5, 1.0
"""Share of the sky that an unshaded wall and roof see; ISO 13790:2008, 11.4.6."""

MASS_CLASSES = {
    "very_light": (80.0, 2.5),
    "light": (110.0, 2.5),
    "medium": (165.0, 2.5),
    "heavy": (260.0, 3.0),
    "very_heavy": (370.0, 3.5),
}
"""Cm/Af [kJ/m2K] and Am/Af of the classes of thermal mass; ISO 13790:2008, table 12."""

FACADES = ("north", "east", "south", "west")
"""The vertical faces of the building."""


class OpaqueSpec(Spec):
    """One kind of opaque outer surface."""

    u_value_w_m2k: NonNegative
    """Thermal transmittance [W/m2K]."""
    area_m2: NonNegative
    """Opaque area, without windows [m2]."""


class FloorSpec(OpaqueSpec):
    """The floor against the ground."""

    outdoor_factor: Fraction = 0.5
    """Share of the indoor to outdoor difference the floor meets; default 0.5, on ground; 1 over open air."""


class WindowSpec(Spec):
    """Windows and glazed doors on the four faces."""

    u_value_w_m2k: NonNegative
    """Thermal transmittance with the frame [W/m2K]."""
    g_value: Fraction
    """Solar energy transmittance of the glass at normal incidence."""
    frame_share: Fraction = 0.2
    """Share of the window that is frame; default 0.2, the lower figure of ISO 13790:2008, 11.4."""
    shading_factor: Fraction = 1.0
    """Share of the sun that passes overhangs, canopies and blinds; default 1, nothing in the way."""
    area_north_m2: NonNegative = 0.0
    """Window area facing north [m2]; default none."""
    area_east_m2: NonNegative = 0.0
    """Window area facing east [m2]; default none."""
    area_south_m2: NonNegative = 0.0
    """Window area facing south [m2]; default none."""
    area_west_m2: NonNegative = 0.0
    """Window area facing west [m2]; default none."""


class ZoneSpec(Spec):
    """The conditioned space of all buildings of the station, taken as one zone."""

    floor_area_m2: Positive
    """Conditioned floor area [m2]."""
    height_m: Positive
    """Mean clear height [m]."""
    walls: OpaqueSpec
    """Outer walls, their area spread evenly over the four faces."""
    roof: OpaqueSpec
    """Roof."""
    floor: FloorSpec
    """Floor against the ground."""
    windows: WindowSpec
    """Windows and glazed doors."""
    solar_absorptance: Fraction = 0.6
    """Share of the sun that walls and roof absorb; default 0.6, a medium colour."""
    mass_class: Literal["very_light", "light", "medium", "heavy", "very_heavy"] = "medium"
    """Thermal mass by ISO 13790:2008, table 12; default medium, concrete slabs behind light partitions."""
    mass_heat_capacity_kj_m2k: Positive | None = None
    """Heat capacity of the building per floor area, Cm/Af [kJ/m2K]; without it, that of the class."""
    mass_area_factor: Positive | None = None
    """Effective area of the mass per floor area, Am/Af; without it, that of the class."""
    air_heat_capacity_kj_m2k: NonNegative = 10.0
    """Heat capacity of air and furnishings per floor area [kJ/m2K], or 0; default 10, that of ISO 52016-1."""
    air_change_per_h: NonNegative
    """Air changes by ventilation [1/h]."""
    heat_recovery_efficiency: Fraction = 0.0
    """Share of the ventilation heat recovered while outdoor air is not welcome for cooling; default none."""
    infiltration_per_h: NonNegative = 0.0
    """Air changes through doors and gaps [1/h]; default none."""
    free_cooling_per_h: NonNegative | None = None
    """Ventilation while cooler outdoor air is welcome [1/h]; without it, `air_change_per_h`."""
    free_cooling_above_degc: Number = 23.0
    """Indoor temperature from which cooler outdoor air is welcome [degC]; default 23, amid the set-points."""
    person_sensible_w: NonNegative = 75.0
    """Sensible heat of one person [W]; default 75, standing or walking slowly (ASHRAE Fundamentals)."""
    appliance_heat_share: Fraction = 1.0
    """Share of the electricity of appliances that becomes heat in the zone; default all."""
    lighting_heat_share: Fraction = 1.0
    """Share of the electricity of indoor lighting that becomes heat in the zone; default all."""

    @model_validator(mode="after")
    def _check_zone(self) -> ZoneSpec:
        if 0 < self.air_heat_capacity_kj_m2k < 1:
            raise ValueError(
                f"air_heat_capacity_kj_m2k must be 0 or >= 1, got {self.air_heat_capacity_kj_m2k:g}"
            )
        if self.free_cooling_per_h is not None and self.free_cooling_per_h < self.air_change_per_h:
            raise ValueError(
                f"free_cooling_per_h must be >= air_change_per_h, got {self.free_cooling_per_h:g}"
            )
        mass = _mass(self)
        if mass[1] >= SURFACE_PER_FLOOR:
            raise ValueError(f"mass_area_factor must be < {SURFACE_PER_FLOOR}, got {mass[1]:g}")
        if opaque_w_k(self) >= MASS_SURFACE_W_M2K * mass[1] * self.floor_area_m2:
            raise ValueError(
                "walls, roof and floor must lose less heat than the mass passes on; check area and U-value"
            )
        if gain_shares(zone_parameters(self))[1] < 0:
            raise ValueError(
                "windows must lose less heat than inner surfaces take up; check their area and U-value"
            )
        return self


def _mass(spec: ZoneSpec) -> tuple[float, float]:
    """Return Cm/Af [kJ/m2K] and Am/Af of the zone."""
    capacity, area = MASS_CLASSES[spec.mass_class]
    return spec.mass_heat_capacity_kj_m2k or capacity, spec.mass_area_factor or area


def opaque_w_k(spec: ZoneSpec) -> float:
    """Return the heat that walls, roof and floor pass per degree, Hop [W/K]."""
    floor = spec.floor.u_value_w_m2k * spec.floor.area_m2 * spec.floor.outdoor_factor
    return sum(part.u_value_w_m2k * part.area_m2 for part in (spec.walls, spec.roof)) + floor


def window_area_m2(spec: ZoneSpec) -> dict[str, float]:
    """Return the window area of each face [m2]."""
    windows = spec.windows
    areas = (windows.area_north_m2, windows.area_east_m2, windows.area_south_m2, windows.area_west_m2)
    return dict(zip(FACADES, areas, strict=True))


def zone_parameters(spec: ZoneSpec, *, free_cooling: bool = False) -> ZoneParameters:
    """Return the conductances and capacities of the zone.

    Parameters
    ----------
    spec
        The zone.
    free_cooling
        Whether outdoor air cools the zone: heat recovery passed by, ventilation at its free-cooling rate.
    """
    capacity_kj_m2k, area_factor = _mass(spec)
    mass_area_m2 = area_factor * spec.floor_area_m2
    surface_area_m2 = SURFACE_PER_FLOOR * spec.floor_area_m2
    mass_surface_w_k = MASS_SURFACE_W_M2K * mass_area_m2
    free_per_h = spec.air_change_per_h if spec.free_cooling_per_h is None else spec.free_cooling_per_h
    return ZoneParameters(
        ventilation_w_k=ventilation_w_k(
            volume_m3=spec.floor_area_m2 * spec.height_m,
            air_change_per_h=free_per_h if free_cooling else spec.air_change_per_h,
            infiltration_per_h=spec.infiltration_per_h,
            heat_recovery_efficiency=0.0 if free_cooling else spec.heat_recovery_efficiency,
        ),
        window_w_k=spec.windows.u_value_w_m2k * sum(window_area_m2(spec).values()),
        mass_outdoor_w_k=mass_outdoor_w_k(opaque_w_k=opaque_w_k(spec), mass_surface_w_k=mass_surface_w_k),
        mass_surface_w_k=mass_surface_w_k,
        surface_air_w_k=SURFACE_AIR_W_M2K * surface_area_m2,
        mass_j_k=capacity_kj_m2k * 1000 * spec.floor_area_m2,
        air_j_k=spec.air_heat_capacity_kj_m2k * 1000 * spec.floor_area_m2,
        mass_area_m2=mass_area_m2,
        surface_area_m2=surface_area_m2,
    )


def solar_gain_w(spec: ZoneSpec, poa_global: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Return the heat the sun brings to the zone, less what walls and roof radiate to the sky [W].

    Parameters
    ----------
    spec
        The zone.
    poa_global
        Irradiance on the faces ``north``, ``east``, ``south``, ``west`` and on the ``roof`` [W/m2].

    Notes
    -----
    Windows let in `g_value` of the sun, less a tenth for the mean angle of incidence, less frame and shading.
    Of what an opaque surface absorbs, the share of its outer film in the whole resistance comes in. By night
    the sum is a little negative. Windows radiate to the sky as well.

    References
    ----------
    ISO 13790:2008, 11.3 and 11.4.
    """
    windows = spec.windows
    through = windows.g_value * GLASS_INCIDENCE * (1 - windows.frame_share) * windows.shading_factor
    film_walls = OUTER_FILM_M2K_W * spec.walls.u_value_w_m2k * spec.walls.area_m2
    film_roof = OUTER_FILM_M2K_W * spec.roof.u_value_w_m2k * spec.roof.area_m2
    areas = window_area_m2(spec)
    gain = np.asarray(poa_global["roof"], dtype=float) * (film_roof * spec.solar_absorptance)
    for face in FACADES:
        area_m2 = areas[face] * through + film_walls * spec.solar_absorptance / len(FACADES)
        gain = gain + np.asarray(poa_global[face], dtype=float) * area_m2
    film_windows = OUTER_FILM_M2K_W * windows.u_value_w_m2k * sum(areas.values())
    sky = SKY_VIEW_WALL * (film_walls + film_windows) + SKY_VIEW_ROOF * film_roof
    return np.asarray(gain - SKY_EXCHANGE_W_M2K * SKY_COOLING_K * sky)


def internal_gain_w(
    spec: ZoneSpec, *, persons: ArrayLike, appliance_kw: ArrayLike, lighting_kw: ArrayLike
) -> NDArray[np.float64]:
    """Return the heat of people, appliances and lights in the zone [W].

    Parameters
    ----------
    spec
        The zone.
    persons
        People in the zone.
    appliance_kw, lighting_kw
        Electricity of appliances and of the indoor lights [kW].
    """
    people_w = np.asarray(persons, dtype=float) * spec.person_sensible_w
    appliances_w = np.asarray(appliance_kw, dtype=float) * (1000 * spec.appliance_heat_share)
    return np.asarray(
        people_w + appliances_w + np.asarray(lighting_kw, dtype=float) * (1000 * spec.lighting_heat_share)
    )
