"""What is known before the first step: weather, sun, generation, visitors, loads and prices.

Everything here is vectorised over the whole clock and depends on nothing that happens in the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import Clock
from stationsim.models import base_load, catering, lighting, pv, service_vehicles, tariff, water
from stationsim.models.zone import internal_gain_w, solar_gain_w
from stationsim.scenario import Scenario, resolve_input
from stationsim.traffic.resolve import Resolved, resolve_traffic
from stationsim.traffic.visitors import Visitors, draw_visitors, to_step
from stationsim.weather.spec import FileWeather, SyntheticWeather

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.traffic.evs import EvArrivals
    from stationsim.weather.irradiance import PlaneOfArray

Array = NDArray[np.float64]

FACE_AZIMUTHS_DEG = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
"""Directions of the building's faces, clockwise from north [deg]."""

FACES_MINUTES = 10
"""Walls and windows see the sun on steps of this length [min]: rooms take hours to follow it."""

GROUND_ALBEDO = 0.2
"""Reflectance of the ground before the building; ISO 52010-1:2017, annex B, default."""


@dataclass(frozen=True)
class World:
    """Series over the clock that the loop only reads."""

    clock: Clock
    weather: pd.DataFrame
    """Weather and sun on the clock's steps."""
    temp_air: Array
    """Outdoor temperature [degC]."""
    surfaces: Mapping[str, Array]
    """Power of each solar surface after its inverters [kW]."""
    pv_kw: Array
    """Power of all surfaces [kW]."""
    visitors: Visitors
    """Visitors, minute by minute."""
    evs: EvArrivals | None
    """Electric vehicles that come to charge; None without a plaza."""
    loads: Mapping[str, Array]
    """Scheduled loads by column name [kW]."""
    firm_kw: Array
    """All scheduled loads [kW]."""
    gain_solar_w: Array
    """Heat of the sun in the building [W]."""
    gain_internal_w: Array
    """Heat of people, lights and kitchens in the building [W]."""
    water_demand: water.WaterDemand
    """Water asked for and wastewater made in each step [m3]."""
    price_per_kwh: Array
    """Price of imported energy, mean over each step."""
    vehicle_types: tuple[str, ...] = ()
    """Names of the types of electric vehicles, by their index in ``evs``."""
    warnings: tuple[str, ...] = ()
    """What the user should know before trusting the run."""
    findings: tuple[Any, ...] = ()
    """What was found in the files of weather and sessions."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """Where the weather came from."""
    traffic_source: Mapping[str, Any] = field(default_factory=dict)
    """What was taken from road counts and calendar; empty where neither is used."""
    vehicle_classes: tuple[str, ...] = ()
    """Names of the classes of entering vehicles, by their row in ``visitors.by_class``."""


def clock_of(scenario: Scenario) -> Clock:
    """Return the clock of a scenario."""
    return Clock(
        scenario.period.start,
        scenario.period.end,
        scenario.simulation.step_minutes,
        scenario.site.timezone,
    )


def input_files(scenario: Scenario, *, base: Path, allow_paths: Sequence[Path] = ()) -> dict[str, Path]:
    """Return the files a scenario names, by the name it uses, checked to be where they may be.

    Raises
    ------
    ScenarioError
        A file is missing or lies where a scenario may not reach.
    """
    named = {"weather": _weather_file(scenario), "traffic.road.counts_file": _counts_file(scenario)}
    weather_key = "weather.file" if isinstance(scenario.weather, FileWeather) else "weather.climate_file"
    return {
        name: resolve_input(
            name, base=base, allow_paths=allow_paths, key=weather_key if key == "weather" else key
        )
        for key, name in named.items()
        if name is not None
    }


def _weather_file(scenario: Scenario) -> str | None:
    """Return the weather or climate file as the scenario names it."""
    weather = scenario.weather
    return weather.file if isinstance(weather, FileWeather) else weather.climate_file


def _counts_file(scenario: Scenario) -> str | None:
    """Return the file of counted vehicles as the scenario names it."""
    return scenario.traffic.road.counts_file if scenario.traffic.road else None


def traffic_of(scenario: Scenario, *, base: Path, allow_paths: Sequence[Path] = ()) -> Resolved:
    """Return the traffic of a scenario, its count file read and its calendar filled.

    Raises
    ------
    ScenarioError
        The count file cannot be trusted.
    MachineError
        A calendar is named and its package is missing.
    """
    named = _counts_file(scenario)
    files = input_files(scenario, base=base, allow_paths=allow_paths) if named else {}
    return resolve_traffic(
        scenario.traffic,
        scenario.period.start,
        scenario.period.end,
        timezone=scenario.site.timezone,
        counts_path=files.get(named or ""),
    )


def build_world(scenario: Scenario, *, base: Path, allow_paths: Sequence[Path] = ()) -> World:
    """Compute everything that is known before the loop.

    Parameters
    ----------
    scenario
        What is built and how the world behaves.
    base
        Folder that relative paths in the scenario start from.
    allow_paths
        Further folders that input files may lie in.

    Raises
    ------
    WeatherError
        The weather file cannot be trusted.
    """
    clock = clock_of(scenario)
    weather, findings, source = _weather(scenario, clock, base, allow_paths)
    traffic = traffic_of(scenario, base=base, allow_paths=allow_paths)
    visitors = draw_visitors(
        traffic.spec,
        clock,
        seed=scenario.simulation.seed,
        replication=scenario.simulation.replication,
        mix=traffic.mix,
    )
    occupancy = to_step(visitors.occupancy, clock.step_minutes)
    surfaces = _surfaces(scenario, weather)
    loads = _loads(scenario, clock, weather, occupancy)
    evs, replayed = _evs(scenario, visitors, traffic, base=base, allow_paths=allow_paths)
    civil = clock.civil
    temp_air = weather["temp_air"].to_numpy(dtype=float)
    return World(
        clock=clock,
        weather=weather,
        temp_air=temp_air,
        surfaces=surfaces,
        pv_kw=sum(surfaces.values(), start=np.zeros(clock.n_steps)),
        visitors=visitors,
        evs=_in_the_air(evs, temp_air, clock.step_s),
        loads=loads,
        firm_kw=sum(loads.values(), start=np.zeros(clock.n_steps)),
        gain_solar_w=_solar_gain_w(scenario, weather, clock.step_minutes),
        gain_internal_w=_internal_gain_w(scenario, weather, loads, occupancy),
        water_demand=_water_demand(scenario, clock, weather, visitors),
        price_per_kwh=tariff.step_price_per_kwh(
            scenario.grid.tariff,
            month=civil.month.to_numpy(),
            civil_hour=clock.civil_hour,
            step_minutes=clock.step_minutes,
        ),
        vehicle_types=tuple(share.type for share in scenario.charging.vehicles) if scenario.charging else (),
        warnings=traffic.warnings,
        findings=(*findings, *traffic.findings, *replayed),
        source=source,
        traffic_source=traffic.source,
        vehicle_classes=traffic.mix.names if traffic.mix else (),
    )


def _place(scenario: Scenario) -> dict[str, float]:
    site = scenario.site
    return {
        "latitude_deg": site.latitude_deg,
        "longitude_deg": site.longitude_deg,
        "elevation_m": site.elevation_m,
    }


def _weather(
    scenario: Scenario, clock: Clock, base: Path, allow_paths: Sequence[Path]
) -> tuple[pd.DataFrame, tuple[Any, ...], dict[str, Any]]:
    """Return weather on the clock, what the gate found in it and where it came from."""
    from stationsim.weather.subhourly import to_clock
    from stationsim.weather.sun import sun_at_clock

    place = _place(scenario)
    if isinstance(scenario.weather, SyntheticWeather):
        native, findings, source = _synthetic(scenario, scenario.weather, clock, base, allow_paths)
    else:
        from stationsim.weather.files import read_weather

        path = input_files(scenario, base=base, allow_paths=allow_paths)[scenario.weather.file]
        read = read_weather(scenario.weather, path=path, clock=clock, **place)
        native, findings, source = read.frame, read.findings, dict(read.source)
    sun = sun_at_clock(clock, **place)
    return to_clock(native, clock, sun, **place), findings, source


def _synthetic(
    scenario: Scenario, spec: SyntheticWeather, clock: Clock, base: Path, allow_paths: Sequence[Path]
) -> tuple[pd.DataFrame, tuple[Any, ...], dict[str, Any]]:
    from stationsim.weather.climates import load_climate, read_climate_table
    from stationsim.weather.synthetic import synthesize

    files = input_files(scenario, base=base, allow_paths=allow_paths)
    named = spec.climate_file
    climate = read_climate_table(files[named]) if named else load_climate(spec.climate or "")
    simulation = scenario.simulation
    native = synthesize(
        climate, clock=clock, seed=simulation.seed, replication=simulation.replication, **_place(scenario)
    )
    return native, (), {"kind": "synthetic", "climate": spec.climate or spec.climate_file}


def _surfaces(scenario: Scenario, weather: pd.DataFrame) -> dict[str, Array]:
    """Return the power of each surface after its inverters [kW]; computed where there is light."""
    from stationsim.weather.irradiance import plane_of_array

    if scenario.solar is None:
        return {}
    solar, dark = scenario.solar, np.zeros(len(weather))
    lit = (weather[["ghi", "dni", "dhi"]].to_numpy(dtype=float) > 0).any(axis=1)
    light = weather.loc[lit]
    temp_air, wind_speed = (light[name].to_numpy(dtype=float) for name in ("temp_air", "wind_speed"))
    power: dict[str, Array] = {}
    planes: dict[tuple[float, float, float], PlaneOfArray] = {}
    for surface in solar.surfaces:
        tilt_deg, azimuth_deg, albedo = plane = (surface.tilt_deg, surface.azimuth_deg, surface.albedo)
        if plane not in planes:
            planes[plane] = plane_of_array(
                light, tilt_deg=tilt_deg, azimuth_deg=azimuth_deg, albedo=albedo, model=solar.transposition
            )
        output = pv.surface_power_kw(
            surface, solar.losses, poa=planes[plane], temp_air=temp_air, wind_speed=wind_speed
        )
        power[surface.name] = dark.copy()
        power[surface.name][lit] = output.ac_kw
    return power


def _loads(scenario: Scenario, clock: Clock, weather: pd.DataFrame, occupancy: Array) -> dict[str, Array]:
    """Return the scheduled loads [kW]."""
    loads = scenario.loads
    elevation_deg = 90.0 - weather["zenith"].to_numpy(dtype=float)
    vehicles = loads.service_vehicles
    return {
        "lighting_kw": lighting.lighting_kw(loads.lighting, elevation_deg=elevation_deg, occupancy=occupancy),
        "catering_kw": catering.catering_kw(
            loads.catering,
            civil_hour=clock.civil_hour,
            occupancy=occupancy,
            stay_minutes=scenario.traffic.stay_minutes,
        ),
        "service_vehicles_kw": np.zeros(clock.n_steps)
        if vehicles is None
        else service_vehicles.service_vehicles_kw(vehicles, civil_hour=clock.civil_hour, dt_h=clock.dt_h),
        "other_kw": base_load.base_load_kw(loads.other, occupancy),
    }


def _water_demand(
    scenario: Scenario, clock: Clock, weather: pd.DataFrame, visitors: Visitors
) -> water.WaterDemand:
    """Return the water asked for; watering yields to rain where the weather has it."""
    meals_per_hour = catering.meals_per_hour(
        scenario.loads.catering,
        civil_hour=clock.civil_hour,
        occupancy=to_step(visitors.occupancy, clock.step_minutes),
        stay_minutes=scenario.traffic.stay_minutes,
    )
    return water.water_demand(
        scenario.water,
        people=to_step(visitors.people, clock.step_minutes, total=True),
        meals=meals_per_hour * clock.dt_h,
        month=clock.civil.month.to_numpy(),
        dt_h=clock.dt_h,
        rainfall_mm=weather["rainfall"].to_numpy(dtype=float) if "rainfall" in weather else None,
    )


def _solar_gain_w(scenario: Scenario, weather: pd.DataFrame, step_minutes: int) -> Array:
    """Return the heat of the sun in the building, on a grid of at most ``FACES_MINUTES`` [W]."""
    from stationsim.weather.irradiance import plane_of_array

    light, repeats = _thinned(weather, step_minutes)
    faces: dict[str, Array] = {
        face: plane_of_array(
            light, tilt_deg=90.0, azimuth_deg=azimuth, albedo=GROUND_ALBEDO, model="perez"
        ).poa_global
        for face, azimuth in FACE_AZIMUTHS_DEG.items()
    }
    faces["roof"] = light["ghi"].to_numpy(dtype=float)
    return np.repeat(solar_gain_w(scenario.building.zone, faces), repeats)


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


def _internal_gain_w(
    scenario: Scenario, weather: pd.DataFrame, loads: Mapping[str, Array], occupancy: Array
) -> Array:
    """Return the heat of people, indoor lights and appliances in the building [W]."""
    elevation_deg = 90.0 - weather["zenith"].to_numpy(dtype=float)
    indoor = lighting.indoor_lighting_kw(
        scenario.loads.lighting, elevation_deg=elevation_deg, occupancy=occupancy
    )
    appliances = loads["catering_kw"] + loads["other_kw"]
    return internal_gain_w(
        scenario.building.zone, persons=occupancy, appliance_kw=appliances, lighting_kw=indoor
    )


def _evs(
    scenario: Scenario,
    visitors: Visitors,
    traffic: Resolved,
    *,
    base: Path,
    allow_paths: Sequence[Path],
) -> tuple[EvArrivals | None, Sequence[Any]]:
    """Return the electric vehicles that come to charge, and what was found in a file of them."""
    if scenario.charging is None:
        return None, ()
    if scenario.charging.replay is not None:
        from stationsim.replay import replay_evs

        return replay_evs(
            scenario, clock_of(scenario), base=base, allow_paths=allow_paths, traffic=traffic.spec
        )
    from stationsim.traffic.evs import ClassOfEvs, draw_evs
    from stationsim.traffic.sides import draw_sides

    seed, replication = scenario.simulation.seed, scenario.simulation.replication
    times_s = visitors.ev_time_s
    of_class = None
    if traffic.mix is not None and visitors.ev_class is not None:
        of_class = ClassOfEvs(traffic.mix.names, visitors.ev_class)
    drawn = draw_evs(
        scenario.charging,
        times_s,
        seed=seed,
        replication=replication,
        of_class=of_class,
        side=draw_sides(traffic.spec, clock_of(scenario), times_s, seed=seed, replication=replication),
    )
    return drawn, ()


def _in_the_air(evs: EvArrivals | None, temp_air: Array, step_s: int) -> EvArrivals | None:
    """Return the electric vehicles with the air outdoors at their arrival."""
    return None if evs is None else replace(evs, temp_degc=temp_air[evs.time_s // step_s])
