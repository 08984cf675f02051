"""A zone as a scenario describes it, and what follows from that for its equations."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.models.zone.envelope import FloorSpec, OpaqueSpec, WallSpec, WindowSpec, walls_of, windows_of
from stationsim.models.zone.network import (
    AIR_HEAT_J_M3K,
    MASS_SURFACE_W_M2K,
    SURFACE_AIR_W_M2K,
    SURFACE_PER_FLOOR,
    ZoneParameters,
    gain_shares,
    mass_outdoor_w_k,
)
from stationsim.spec import Fraction, NonNegative, Number, Positive, Spec

SECONDS_PER_HOUR = 3600.0

MASS_CLASSES = {
    "very_light": (80.0, 2.5),
    "light": (110.0, 2.5),
    "medium": (165.0, 2.5),
    "heavy": (260.0, 3.0),
    "very_heavy": (370.0, 3.5),
}
"""Cm/Af [kJ/m2K] and Am/Af of the classes of thermal mass; ISO 13790:2008, table 12."""


class ZoneSpec(Spec):
    """A zone: rooms that share one air and one mass."""

    floor_area_m2: Annotated[Positive, Field(le=1e6)]
    """Conditioned floor area [m2]."""
    height_m: Annotated[Positive, Field(le=100)]
    """Mean clear height [m]."""
    walls: WallSpec
    """Outer walls, by where they face."""
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
    mass_heat_capacity_kj_m2k: Annotated[Positive, Field(le=1e4)] | None = None
    """Heat capacity of the building per floor area, Cm/Af [kJ/m2K]; without it, that of the class."""
    mass_area_factor: Annotated[Positive, Field(le=100)] | None = None
    """Effective area of the mass per floor area, Am/Af; without it, that of the class."""
    air_heat_capacity_kj_m2k: Annotated[NonNegative, Field(le=1000)] = 10.0
    """Heat capacity of air and furnishings per floor area [kJ/m2K], or 0; default 10, that of ISO 52016-1."""
    inner_surface_m2: Annotated[Positive, Field(le=1e7)] | None = None
    """Area of all inner surfaces, At [m2]; without it, 4.5 of the floor area, ISO 13790:2008."""
    surface_air_w_m2k: Annotated[Positive, Field(le=100)] = SURFACE_AIR_W_M2K
    """Heat transfer from surfaces to air, his [W/m2K]; default 3.45, ISO 13790:2008."""
    air_change_per_h: Annotated[NonNegative, Field(le=1000)]
    """Air changes by ventilation whoever is there [1/h]."""
    fresh_air_m3_h_person: Annotated[NonNegative, Field(le=1000)] = 0.0
    """Ventilation for each person present, on top of `air_change_per_h` [m3/h]; default none."""
    air_change_maximum_per_h: Annotated[NonNegative, Field(le=1000)] | None = None
    """Most that the fans move, people included [1/h]; without it, no limit."""
    heat_recovery_efficiency: Fraction = 0.0
    """Share of the ventilation heat recovered while outdoor air is not welcome for cooling; default none."""
    infiltration_per_h: Annotated[NonNegative, Field(le=100)] = 0.0
    """Air changes through doors and gaps [1/h]; default none."""
    free_cooling_per_h: Annotated[NonNegative, Field(le=1000)] | None = None
    """Least ventilation while cooler outdoor air is welcome [1/h]; without it, as always."""
    free_cooling_above_degc: Number = 23.0
    """Indoor temperature from which cooler outdoor air is welcome [degC]; default 23, amid the set-points."""
    person_sensible_w: Annotated[NonNegative, Field(le=2000)] = 75.0
    """Sensible heat of one person [W]; default 75, walking slowly (ASHRAE Fundamentals; latent 55 W more)."""
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
        most_per_h = self.air_change_maximum_per_h
        if most_per_h is not None and most_per_h < self.air_change_per_h:
            raise ValueError(f"air_change_maximum_per_h must be >= air_change_per_h, got {most_per_h:g}")
        mass, inner = _mass(self), inner_surface_m2(self) / self.floor_area_m2
        if mass[1] >= inner:
            raise ValueError(f"mass_area_factor must be < {inner:g}, got {mass[1]:g}")
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


def inner_surface_m2(spec: ZoneSpec) -> float:
    """Return the area of all inner surfaces, At [m2]."""
    return spec.inner_surface_m2 or SURFACE_PER_FLOOR * spec.floor_area_m2


def opaque_w_k(spec: ZoneSpec) -> float:
    """Return the heat that walls, roof and floor pass per degree, Hop [W/K]."""
    floor = spec.floor.u_value_w_m2k * spec.floor.area_m2 * spec.floor.outdoor_factor
    roof = spec.roof.u_value_w_m2k * spec.roof.area_m2
    return sum(wall.u_value_w_m2k * wall.area_m2 for wall in walls_of(spec.walls)) + roof + floor


def window_w_k(spec: ZoneSpec) -> float:
    """Return the heat that windows pass per degree, Hw [W/K]."""
    return sum(window.u_value_w_m2k * window.area_m2 for window in windows_of(spec.windows))


def flow_w_k(spec: ZoneSpec, persons: ArrayLike, *, free_cooling: bool = False) -> NDArray[np.float64]:
    """Return the heat that the exchange of air carries, Hve [W/K].

    Parameters
    ----------
    spec
        The zone.
    persons
        People in the zone.
    free_cooling
        Whether outdoor air cools the zone: heat recovery passed by, ventilation at least that of free
        cooling.

    Notes
    -----
    Ventilation is a constant part and one for each person, as far as the fans go; infiltration comes on top
    and is not recovered.

    References
    ----------
    ISO 13790:2008, 9.3: the recovered share is taken off the flow.
    """
    volume_m3 = spec.floor_area_m2 * spec.height_m
    flow_m3_h = spec.air_change_per_h * volume_m3 + spec.fresh_air_m3_h_person * np.asarray(
        persons, dtype=float
    )
    if spec.air_change_maximum_per_h is not None:
        flow_m3_h = np.minimum(flow_m3_h, spec.air_change_maximum_per_h * volume_m3)
    if free_cooling and spec.free_cooling_per_h is not None:
        flow_m3_h = np.maximum(flow_m3_h, spec.free_cooling_per_h * volume_m3)
    kept = 0.0 if free_cooling else spec.heat_recovery_efficiency
    exchanged_m3_h = flow_m3_h * (1 - kept) + spec.infiltration_per_h * volume_m3
    return np.asarray(AIR_HEAT_J_M3K / SECONDS_PER_HOUR * exchanged_m3_h)


def zone_parameters(spec: ZoneSpec, *, free_cooling: bool = False) -> ZoneParameters:
    """Return the conductances and capacities of the zone, with nobody in it.

    Parameters
    ----------
    spec
        The zone.
    free_cooling
        Whether outdoor air cools the zone, see `flow_w_k`.
    """
    capacity_kj_m2k, area_factor = _mass(spec)
    mass_area_m2 = area_factor * spec.floor_area_m2
    surface_area_m2 = inner_surface_m2(spec)
    mass_surface_w_k = MASS_SURFACE_W_M2K * mass_area_m2
    return ZoneParameters(
        ventilation_w_k=float(flow_w_k(spec, 0.0, free_cooling=free_cooling)),
        window_w_k=window_w_k(spec),
        mass_outdoor_w_k=mass_outdoor_w_k(opaque_w_k=opaque_w_k(spec), mass_surface_w_k=mass_surface_w_k),
        mass_surface_w_k=mass_surface_w_k,
        surface_air_w_k=spec.surface_air_w_m2k * surface_area_m2,
        mass_j_k=capacity_kj_m2k * 1000 * spec.floor_area_m2,
        air_j_k=spec.air_heat_capacity_kj_m2k * 1000 * spec.floor_area_m2,
        mass_area_m2=mass_area_m2,
        surface_area_m2=surface_area_m2,
    )


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
