"""The one loop: rule, building, water, plaza, battery and grid, step by step, always in step.

Power is shared in the order of ``control.rule``. Each step's flows go to the record as plain numbers; what can
be derived from them is derived afterwards, over the whole clock at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stationsim.control.planner import Plan, Planner, SiteState, planner_of
from stationsim.control.rule import hvac_cap_kw, plaza_cap_kw, settle, water_cap_kw
from stationsim.kernel.building import (
    BuildingParameters,
    BuildingState,
    building_parameters,
    initial_state,
    step_building,
)
from stationsim.models.battery import BatteryParameters, battery_limits_kw, battery_step, battery_upkeep_kw
from stationsim.models.grid import GridParameters, busbar_limits_kw
from stationsim.models.hvac import COOLING_RANGE_DEGC, unit_power_kw
from stationsim.models.water import (
    Tanks,
    WaterParameters,
    initial_water_state,
    water_limits_kw,
    water_step,
)
from stationsim.plaza import Plaza
from stationsim.record import Record, results_of
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.traffic.evs import EvArrivals, fleet_curves
from stationsim.world import World, build_world

Progress = Callable[[int, int], None]
"""Called with the civil days that are done and all of them."""

NO_BATTERY = BatteryParameters(
    capacity_kwh=0.0,
    power_kw=0.0,
    floor_kwh=0.0,
    ceiling_kwh=0.0,
    charge_efficiency=1.0,
    discharge_efficiency=1.0,
    standby_kw=0.0,
)
"""A battery that holds nothing, for stations without one."""

FORECAST_COLUMNS = ("pv_kw", "firm_kw", "price_per_kwh", "temp_air")
"""What a planner may see of the day to come."""


@dataclass(frozen=True)
class Plant:
    """The devices of a site as the numbers their equations take."""

    battery: BatteryParameters
    building: BuildingParameters
    water: WaterParameters
    grid: GridParameters
    plaza: Plaza


class State(NamedTuple):
    """Everything that flows from one step into the next, the plaza apart."""

    battery_kwh: float
    building: BuildingState
    water: Tanks


class Inputs(NamedTuple):
    """What the loop reads of the world for one stretch of steps, as lists."""

    pv_kw: list[float]
    firm_kw: list[float]
    temp_air: list[float]
    gain_internal_w: list[float]
    gain_solar_w: list[float]
    wastewater_m3: list[float]
    flushing_m3: list[float]
    irrigation_m3: list[float]
    washing_m3: list[float]


def simulate(
    scenario: Scenario,
    *,
    base: str | Path = ".",
    allow_paths: Sequence[Path] = (),
    planner: Planner | None = None,
    progress: Progress | None = None,
) -> Results:
    """Play a scenario and return what happened.

    Parameters
    ----------
    scenario
        What is built and how the world behaves.
    base
        Folder that relative paths in the scenario start from.
    allow_paths
        Further folders that input files may lie in.
    planner
        Decides set-points once a civil day; the scenario's where it is left out.
    progress
        Called after each civil day.

    Raises
    ------
    WeatherError
        The weather file cannot be trusted.
    BalanceError
        An identity does not close.
    ModelError
        The scenario's loads are not credible.
    """
    world = build_world(scenario, base=Path(base), allow_paths=allow_paths)
    plant = plant_of(scenario, world)
    record = _play(
        plant,
        initial_state_of(scenario, plant, world),
        world,
        planner or planner_of(scenario.control),
        progress,
    )
    results = results_of(scenario, world, record, plaza=plant.plaza, building=plant.building)
    results.check()
    return results


def plant_of(scenario: Scenario, world: World) -> Plant:
    """Return the devices of a scenario."""
    building = scenario.building
    return Plant(
        battery=scenario.battery.parameters if scenario.battery else NO_BATTERY,
        building=building_parameters(building.zone, cooling=building.cooling, heating=building.heating),
        water=scenario.water.parameters(),
        grid=scenario.grid.parameters,
        plaza=_plaza_of(scenario, world.evs),
    )


def _plaza_of(scenario: Scenario, evs: EvArrivals | None) -> Plaza:
    charging = scenario.charging
    if charging is None or evs is None:
        nobody = np.empty(0)
        return Plaza((), (), EvArrivals(nobody.astype(int), nobody.astype(int), nobody, nobody, nobody))
    return Plaza(
        charging.groups,
        fleet_curves(charging),
        evs,
        max_queue=charging.max_queue,
        minimum_kw=charging.minimum_kw,
    )


def initial_state_of(scenario: Scenario, plant: Plant, world: World) -> State:
    """Return the site before its first step: the building at its first outdoor temperature within set points."""
    outdoor = float(world.weather["temp_air"].iloc[0])
    building = plant.building
    indoor = min(max(outdoor, building.heating_degc), building.cooling_degc)
    return State(
        battery_kwh=scenario.battery.initial_energy_kwh if scenario.battery else 0.0,
        building=initial_state(building, temp_air_degc=indoor, temp_mass_degc=indoor),
        water=initial_water_state(plant.water),
    )


def _play(plant: Plant, state: State, world: World, planner: Planner, progress: Progress | None) -> Record:
    """Play the whole clock, one civil day after another, asking the planner at the start of each."""
    clock = world.clock
    record = Record(state, clock.n_steps)
    edges = np.searchsorted(clock.civil_day, np.arange(clock.n_days + 1)).tolist()
    for day in range(clock.n_days):
        begin, end = edges[day], edges[day + 1]
        plan = planner.plan(begin * clock.step_s, _seen(state, plant.plaza), _forecast(world, begin, end))
        state = _play_stretch(plant, state, world, plan, record, begin, end)
        if progress is not None:
            progress(day + 1, clock.n_days)
    return record


def _seen(state: State, plaza: Plaza) -> SiteState:
    """Return what a planner may know of the site."""
    return SiteState(
        battery_kwh=state.battery_kwh,
        temp_zone_degc=state.building.temp_air_degc,
        equalisation_tank_m3=state.water.equalisation_m3,
        reuse_tank_m3=state.water.reuse_m3,
        posts_busy=plaza.posts_busy,
        queue_length=plaza.queue_length,
    )


def _forecast(world: World, begin: int, end: int) -> Mapping[str, np.ndarray]:
    """Return what a planner may see of the steps to come."""
    series = {
        "pv_kw": world.pv_kw,
        "firm_kw": world.firm_kw,
        "price_per_kwh": world.price_per_kwh,
        "temp_air": world.weather["temp_air"].to_numpy(dtype=float),
    }
    return {name: series[name][begin:end] for name in FORECAST_COLUMNS}


def _inputs(world: World, begin: int, end: int) -> Inputs:
    """Return a stretch of the world as lists, which a plain loop reads fastest."""
    demand = world.water_demand
    series = (
        world.pv_kw,
        world.firm_kw,
        world.weather["temp_air"].to_numpy(dtype=float),
        world.gain_internal_w,
        world.gain_solar_w,
        demand.wastewater_m3,
        demand.flushing_m3,
        demand.irrigation_m3,
        demand.washing_m3,
    )
    return Inputs(*(values[begin:end].tolist() for values in series))


def _most_building_kw(building: BuildingParameters) -> float:
    """Return more than heating and cooling ever draw [kW]: every unit on its hottest day, heat at a COP of 1."""
    _, hottest_kw = unit_power_kw(
        COOLING_RANGE_DEGC[1], sensible_kw=building.unit_sensible_kw, electric_kw=building.unit_electric_kw
    )
    return building.units * (hottest_kw + building.standby_kw) + building.heating_kw


def _play_stretch(
    plant: Plant, state: State, world: World, plan: Plan, record: Record, begin: int, end: int
) -> State:
    """Play steps ``begin`` to ``end`` under one plan and return the site after them."""
    clock = world.clock
    dt_h, step_s, n_minutes = clock.dt_h, clock.step_s, clock.step_minutes
    battery, water, building, plaza = plant.battery, plant.water, plant.building, plant.plaza
    battery_kwh, building_state, water_state = state
    max_import_kw, max_export_kw = busbar_limits_kw(plant.grid)
    planned_kw = math.nan if plan.battery_kw is None else plan.battery_kw
    cooling_degc = (
        building.cooling_degc if plan.cooling_set_point_degc is None else plan.cooling_set_point_degc
    )
    heating_degc = (
        building.heating_degc if plan.heating_set_point_degc is None else plan.heating_set_point_degc
    )
    most_kw = _most_building_kw(building) + water.most_kw + plaza.rated_kw
    now_s = begin * step_s
    for pv_kw, firm_kw, temp_out, internal_w, solar_w, wastewater, flushing, irrigation, washing in zip(
        *_inputs(world, begin, end), strict=True
    ):
        now_s += step_s
        max_charge_kw, max_discharge_kw = battery_limits_kw(battery, battery_kwh, dt_h)
        spare_kw = pv_kw + max_import_kw + max_discharge_kw - firm_kw
        roomy = spare_kw > most_kw
        building_state, hvac = step_building(
            building_state,
            building,
            n_minutes=n_minutes,
            temp_out=temp_out,
            internal_w=internal_w,
            solar_w=solar_w,
            cooling_degc=cooling_degc,
            heating_degc=heating_degc,
            electric_cap_kw=math.inf if roomy else hvac_cap_kw(spare_kw, plaza.minimum_demand_kw),
        )
        hvac_kw = hvac.cooling_kw + hvac.heating_kw
        water_kw, plaza_kw = math.inf, plan.ev_cap_kw
        if not roomy:
            urgent_kw, _ = water_limits_kw(water, water_state, wastewater, dt_h)
            wished_kw = min(plaza.demand_bound_kw, plan.ev_cap_kw)
            water_kw = water_cap_kw(spare_kw - hvac_kw, urgent_kw, wished_kw)
        water_state = water_step(
            water, water_state, wastewater, flushing, irrigation, washing, dt_h, water_kw
        )
        if not roomy:
            plaza_kw = plaza_cap_kw(spare_kw - hvac_kw - water_state.treatment_kw, plan.ev_cap_kw)
        plaza_kwh = plaza.advance(now_s, plaza_kw)
        load_kw = firm_kw + hvac_kw + water_state.treatment_kw + plaza_kwh / dt_h
        flows = settle(
            pv_kw,
            load_kw,
            max_charge_kw,
            max_discharge_kw,
            max_import_kw,
            max_export_kw,
            planned_kw,
            battery_upkeep_kw(battery, battery_kwh, dt_h),
        )
        battery_kwh = battery_step(battery, battery_kwh, flows.charge_kw, flows.discharge_kw, dt_h)
        record.add(battery_kwh, flows, building_state, hvac, water_state, plaza, plaza_kwh, plaza_kw)
    return State(battery_kwh, building_state, water_state)
