"""What acts on the zones of the building: sun, people, lamps, appliances, fresh air and set points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import Clock
from stationsim.kernel.building import RoomDrives
from stationsim.loads import Loads
from stationsim.models.hvac import set_points_degc
from stationsim.models.pv import canopy_shade_share
from stationsim.models.zone import (
    Light,
    Plane,
    PlaneLight,
    flow_w_k,
    internal_gain_w,
    planes_of,
    solar_gain_w,
)

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.models.hvac import CoolingSpec, HeatingSpec
    from stationsim.scenario import Scenario
    from stationsim.scenario.building import BuildingSpec, RoomSpec

Array = NDArray[np.float64]

FACES = ("north", "east", "south", "west")
"""Faces of a building by quarter of the compass, clockwise from north."""

FACES_MINUTES = 10
"""Walls and windows see the sun on steps of this length [min]: rooms take hours to follow it."""

FANS_MINUTES = 10
"""Fans follow the people in a zone on steps of this length [min]: sensors of the air lag behind."""

FIRST_WEEKEND_DAY, DAYS_PER_WEEK = 5, 7
"""Number of Saturday, Monday being 0, and of all days."""

GROUND_ALBEDO = 0.2
"""Reflectance of the ground before the building; ISO 52010-1:2017, annex B, default."""


def room_drives(
    scenario: Scenario, clock: Clock, weather: pd.DataFrame, loads: Loads, occupancy: Array
) -> dict[str, RoomDrives]:
    """Return what acts on each zone of the building over the clock.

    Parameters
    ----------
    scenario
        What is built.
    clock
        Steps.
    weather
        Weather and sun on the clock's steps.
    loads
        Scheduled loads, with the heat they give to zones.
    occupancy
        People present, mean over each step.
    """
    building = scenario.building
    light, repeats = _light(building.zones, weather, clock.step_minutes)
    light = _under_canopies(light, scenario)
    lamps, appliances = (
        _heat_kw(building, heat) for heat in (loads.lighting_heat_kw, loads.appliance_heat_kw)
    )
    is_weekend = (clock.first_day.weekday() + clock.civil_day) % DAYS_PER_WEEK >= FIRST_WEEKEND_DAY
    nothing = np.zeros(clock.n_steps)
    thin = air_density_share(scenario.site.elevation_m)
    found: dict[str, RoomDrives] = {}
    shares = zip(building.zones, building.people_shares, building.floor_shares, strict=True)
    for zone, people_share, floor_share in shares:
        persons = occupancy * people_share
        seen_by_fans = _coarse(persons, FANS_MINUTES // clock.step_minutes)
        found[zone.name] = RoomDrives(
            internal_w=internal_gain_w(
                zone,
                persons=persons,
                appliance_kw=appliances.get(zone.name, nothing) + loads.kw["other_kw"] * floor_share,
                lighting_kw=lamps.get(zone.name, nothing),
            ),
            solar_w=np.repeat(solar_gain_w(zone, light), repeats),
            ventilation_w_k=thin * flow_w_k(zone, seen_by_fans),
            free_w_k=thin * flow_w_k(zone, seen_by_fans, free_cooling=True),
            cooling_degc=_set_points(zone.cooling, clock, is_weekend, ramps=-1, none=np.inf),
            heating_degc=_set_points(zone.heating, clock, is_weekend, ramps=1, none=-np.inf),
        )
    return found


def air_density_share(elevation_m: float) -> float:
    """Return the density of air at a height [m] over that at sea level, which the air of zones is given for.

    References
    ----------
    Standard atmosphere, as in ``pvlib.atmosphere.alt2pres``; density goes with pressure.
    """
    from pvlib.atmosphere import alt2pres

    return float(alt2pres(elevation_m) / alt2pres(0.0))


def _heat_kw(building: BuildingSpec, heat_kw: Mapping[str, Array]) -> dict[str, Array]:
    """Return heat by zone; all of it where there is one zone, whatever loads call it [kW]."""
    if len(building.zones) > 1 or not heat_kw:
        return dict(heat_kw)
    return {building.zones[0].name: np.sum(list(heat_kw.values()), axis=0)}


def _set_points(
    spec: CoolingSpec | HeatingSpec | None,
    clock: Clock,
    is_weekend: NDArray[np.bool_],
    *,
    ramps: int,
    none: float,
) -> Array:
    """Return the set points of a zone's cooling or heating [degC]."""
    if spec is None:
        return np.full(clock.n_steps, none)
    return set_points_degc(
        spec.weekday_degc,
        spec.weekend_degc,
        civil_hour=clock.civil_hour,
        is_weekend=is_weekend,
        step_h=clock.dt_h,
        ramps=ramps if spec.ramped else 0,
    )


def _coarse(values: Array, repeats: int) -> Array:
    """Return means over coarser steps, on the finer ones; as they are where they do not fit."""
    if repeats <= 1 or len(values) % repeats:
        return values
    return np.repeat(values.reshape(-1, repeats).mean(axis=1), repeats)


def _light(zones: Sequence[RoomSpec], weather: pd.DataFrame, step_minutes: int) -> tuple[Light, int]:
    """Return the light on all planes of the zones on a coarse grid, and the steps in each interval."""
    from stationsim.weather.irradiance import plane_of_array

    sky, repeats = _thinned(weather, step_minutes)
    ghi, dhi, zenith, azimuth = (
        sky[name].to_numpy(dtype=float) for name in ("ghi", "dhi", "apparent_zenith", "azimuth")
    )
    planes: dict[Plane, PlaneLight] = {}
    for plane in sorted(set().union(*(planes_of(zone) for zone in zones))):
        if plane.tilt_deg == 0:
            planes[plane] = PlaneLight(np.maximum(ghi - dhi, 0.0), dhi, np.zeros_like(dhi), zenith)
            continue
        found = plane_of_array(
            sky, tilt_deg=plane.tilt_deg, azimuth_deg=plane.azimuth_deg, albedo=GROUND_ALBEDO, model="perez"
        )
        planes[plane] = PlaneLight(found.direct, found.diffuse_sky, found.diffuse_ground, found.aoi)
    return Light(planes, zenith, azimuth), repeats


def _under_canopies(light: Light, scenario: Scenario) -> Light:
    """Return the light on a building's planes less what solar surfaces above them keep off."""
    shaders = scenario.solar.surfaces if scenario.solar else ()
    if all(surface.shades is None for surface in shaders):
        return light
    planes: dict[Plane, PlaneLight] = {}
    for plane, found in light.planes.items():
        face = "roof" if plane.tilt_deg == 0 else FACES[round(plane.azimuth_deg / 90.0) % len(FACES)]
        kept = 1.0 - canopy_shade_share(shaders, face)
        planes[plane] = PlaneLight(
            found.direct * kept, found.diffuse_sky * kept, found.diffuse_ground * kept, found.aoi
        )
    return replace(light, planes=planes)


def _thinned(weather: pd.DataFrame, step_minutes: int) -> tuple[pd.DataFrame, int]:
    """Return light and sun on coarser steps, mean light and the sun in the middle, and the steps in each."""
    import pandas as pd

    repeats = max(FACES_MINUTES // step_minutes, 1)
    if repeats == 1 or len(weather) % repeats:
        return weather, 1
    thinned = {
        name: weather[name].to_numpy(dtype=float).reshape(-1, repeats).mean(axis=1)
        for name in ("ghi", "dni", "dhi", "dni_extra")
    }
    middle = slice(repeats // 2, None, repeats)
    sun = {name: weather[name].to_numpy(dtype=float)[middle] for name in ("apparent_zenith", "azimuth")}
    return pd.DataFrame(thinned | sun), repeats
