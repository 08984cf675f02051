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
from stationsim.inputs.findings import Finding
from stationsim.kernel.building import RoomDrives
from stationsim.loads import Surroundings, scheduled_loads, usual_air
from stationsim.models import tariff, water
from stationsim.rooms import room_drives
from stationsim.scenario import Scenario, resolve_input
from stationsim.solar import Generation, generation
from stationsim.traffic.resolve import Resolved, resolve_traffic
from stationsim.traffic.visitors import Visitors, draw_visitors, to_step
from stationsim.weather.spec import FileWeather, SyntheticWeather

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.traffic.evs import EvArrivals

Array = NDArray[np.float64]

MIDDLE = "zenith_middle"
"""Column of the weather: the sun in the very middle of each step [deg].


``zenith`` is where the light of the step comes from.
"""


@dataclass(frozen=True)
class World:
    """Series over the clock that the loop only reads."""

    clock: Clock
    weather: pd.DataFrame
    """Weather and sun on the clock's steps; ``rainfall`` [mm] and ``snowfall`` [cm] only where known."""
    temp_air: Array
    """Outdoor temperature [degC]."""
    solar: Generation
    """What each solar surface makes, before and after its inverters."""
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
    zones: Mapping[str, RoomDrives]
    """What acts on each zone: heat of sun, people, lights and kitchens, air, and its set points."""
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
    load_details: Mapping[str, Array] = field(default_factory=dict)
    """Further columns of the loads: parts of uses, meals, hot water and its tank."""
    vehicle_classes: tuple[str, ...] = ()
    """Names of the classes of entering vehicles, by their row in ``visitors.by_class``."""

    @property
    def surfaces(self) -> Mapping[str, Array]:
        """Power of each solar surface after its inverters [kW]."""
        return self.solar.ac_kw

    @property
    def surfaces_dc(self) -> Mapping[str, Array]:
        """Power of the modules of each surface after losses, before its inverters [kW]."""
        return self.solar.dc_kw

    @property
    def pv_clipped_kw(self) -> Array:
        """AC power that inverters at their limit keep off the busbar [kW]."""
        return sum(self.solar.clipped_kw.values(), start=np.zeros(self.clock.n_steps))


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
    sun = generation(scenario, weather, clock)
    temp_air = weather["temp_air"].to_numpy(dtype=float)
    air, warnings = usual_air(
        scenario.loads, source, mean_degc=float(temp_air.mean()), latitude_deg=scenario.site.latitude_deg
    )
    loads = scheduled_loads(
        scenario.loads,
        clock,
        Surroundings(
            elevation_deg=90.0 - weather[MIDDLE].to_numpy(dtype=float),
            temp_air=temp_air,
            occupancy=occupancy,
            visitors=visitors,
            stay_minutes=scenario.traffic.stay_minutes,
            air=air,
        ),
    )
    firm = {**loads.kw, "inverter_night_kw": sum(sun.night_kw.values(), start=np.zeros(clock.n_steps))}
    evs, replayed = _evs(scenario, visitors, traffic, base=base, allow_paths=allow_paths)
    civil = clock.civil
    return World(
        clock=clock,
        weather=weather,
        temp_air=temp_air,
        solar=sun,
        pv_kw=sum(sun.ac_kw.values(), start=np.zeros(clock.n_steps)),
        visitors=visitors,
        evs=_in_the_air(evs, temp_air, clock.step_s),
        loads=firm,
        load_details=loads.details,
        firm_kw=sum(firm.values(), start=np.zeros(clock.n_steps)),
        zones=room_drives(scenario, clock, weather, loads, occupancy),
        water_demand=_water_demand(scenario, clock, weather, visitors, loads.dishes),
        price_per_kwh=tariff.step_price_per_kwh(
            scenario.grid.tariff,
            month=civil.month.to_numpy(),
            civil_hour=clock.civil_hour,
            step_minutes=clock.step_minutes,
        ),
        vehicle_types=tuple(share.type for share in scenario.charging.vehicles) if scenario.charging else (),
        warnings=(*traffic.warnings, *warnings),
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
    from stationsim.weather.precipitation import with_precipitation
    from stationsim.weather.rain_climates import rain_climate_at
    from stationsim.weather.subhourly import to_clock
    from stationsim.weather.sun import sun_at_clock

    place = _place(scenario)
    where = {name: place[name] for name in ("latitude_deg", "longitude_deg")}
    rain, is_near = rain_climate_at(scenario.weather, **where)
    if isinstance(scenario.weather, SyntheticWeather):
        native, findings, source = _synthetic(scenario, scenario.weather, clock, base, allow_paths)
    else:
        from stationsim.weather.files import read_weather

        path = input_files(scenario, base=base, allow_paths=allow_paths)[scenario.weather.file]
        read = read_weather(scenario.weather, path=path, clock=clock, ranked=is_near, **place)
        native, findings, source = read.frame, read.findings, dict(read.source)
    simulation = scenario.simulation
    if is_near and rain is not None and "precipitation" not in native:
        told = f"the file has no precipitation; it is drawn from that of {rain.place} nearby"
        findings = (*findings, Finding("precipitation", "informed", 1, told))
    native = with_precipitation(native, rain, seed=simulation.seed, replication=simulation.replication)
    sun = sun_at_clock(clock, **place)
    weather = to_clock(native, clock, sun, **place)
    weather[MIDDLE] = sun["zenith"].to_numpy()
    return weather, findings, source


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
    return (
        native,
        (),
        {
            "kind": "synthetic",
            "climate": spec.climate or spec.climate_file,
            "air_monthly_degc": climate.temp_mean_degc.tolist(),
        },
    )


def _water_demand(
    scenario: Scenario, clock: Clock, weather: pd.DataFrame, visitors: Visitors, meals: Array
) -> water.WaterDemand:
    """Return the water asked for; watering yields to rain where the weather has it."""
    return water.water_demand(
        scenario.water,
        people=to_step(visitors.people, clock.step_minutes, total=True),
        meals=meals,
        month=clock.civil.month.to_numpy(),
        dt_h=clock.dt_h,
        rainfall_mm=weather["rainfall"].to_numpy(dtype=float) if "rainfall" in weather else None,
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
