"""The one loop: rule, building, water, plaza, battery and grid, always in step.

Power is shared in the order of ``control.rule``. Each step's flows go to the record as plain numbers; what
can be derived from them is derived afterwards, over the whole clock at once.
"""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.control.planner import Plan, Planner, SiteState, planner_of
from stationsim.control.rule import hvac_cap_kw, plaza_cap_kw, settle, water_cap_kw
from stationsim.kernel.building import (
    BuildingParameters,
    BuildingState,
    building_parameters,
    initial_state,
)
from stationsim.kernel.minutes import ROW as BUILDING_ROW
from stationsim.kernel.minutes import play_building
from stationsim.models.battery import BatteryParameters, battery_limits_kw, battery_step, battery_upkeep_kw
from stationsim.models.grid import busbar_limits_kw
from stationsim.models.hvac import COOLING_RANGE_DEGC, unit_power_kw
from stationsim.models.water import (
    Tanks,
    WaterFlows,
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

Array = NDArray[np.float64]
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

SECONDS_PER_HOUR = 3600

NEVER_TOGETHER_K = 4.0
"""Distance of set-points from which on units that have to run on never meet the heat pump [K]."""

COOLING, HEATING = BUILDING_ROW.index("cooling_kw"), BUILDING_ROW.index("heating_kw")
TREATMENT = WaterFlows._fields.index("treatment_kw")
"""Places of electric powers in the rows of building and water."""


@dataclass(frozen=True)
class Plant:
    """The devices of a site as the numbers their equations take."""

    battery: BatteryParameters
    building: BuildingParameters
    water: WaterParameters
    plaza: Plaza
    max_import_kw: float
    """Most the busbar may draw from the grid [kW]."""
    max_export_kw: float
    """Most the busbar may give to the grid [kW]."""


class State(NamedTuple):
    """Everything that flows from one step into the next, the plaza apart."""

    battery_kwh: float
    building: BuildingState
    water: Tanks


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
    max_import_kw, max_export_kw = busbar_limits_kw(scenario.grid.parameters)
    return Plant(
        battery=scenario.battery.parameters if scenario.battery else NO_BATTERY,
        building=building_parameters(building.zone, cooling=building.cooling, heating=building.heating),
        water=scenario.water.parameters(),
        plaza=_plaza_of(scenario, world.evs),
        max_import_kw=max_import_kw,
        max_export_kw=max_export_kw,
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
    """Return the site before its first step; the building is as warm as outdoors, within its set points."""
    outdoor = float(world.temp_air[0])
    building = plant.building
    indoor = min(max(outdoor, building.heating_degc), building.cooling_degc)
    return State(
        battery_kwh=scenario.battery.initial_energy_kwh if scenario.battery else 0.0,
        building=initial_state(building, temp_air_degc=indoor, temp_mass_degc=indoor),
        water=initial_water_state(plant.water),
    )


def _play(plant: Plant, state: State, world: World, planner: Planner, progress: Progress | None) -> Record:
    """Play the whole clock, one civil day after another, asking the planner at the start of each.

    Steps in which everything together could never draw more than there is are played as one stretch, since
    no limit can bind; any other step is a stretch of its own, with its own limits.
    """
    clock = world.clock
    record = Record(state)
    days = np.searchsorted(clock.civil_day, np.arange(clock.n_days + 1)).tolist()
    ample = world.pv_kw - world.firm_kw + plant.max_import_kw > _most_shed_kw(plant)
    for day, (begin, end) in enumerate(itertools.pairwise(days)):
        plan = planner.plan(begin * clock.step_s, _seen(state, plant.plaza), _forecast(world, begin, end))
        for start, stop in _stretches(ample, begin, end):
            state = _play_stretch(plant, state, world, plan, record, start, stop, ample=bool(ample[start]))
        if progress is not None:
            progress(day + 1, clock.n_days)
    return record


def _stretches(ample: NDArray[np.bool_], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of some steps: runs of ample ones together, others one by one."""
    start = begin
    for step in range(begin + 1, end + 1):
        if step == end or not (ample[step] and ample[step - 1]):
            yield start, step
            start = step


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


def _forecast(world: World, begin: int, end: int) -> Mapping[str, Array]:
    """Return what a planner may see of the steps to come."""
    series = {
        "pv_kw": world.pv_kw,
        "firm_kw": world.firm_kw,
        "price_per_kwh": world.price_per_kwh,
        "temp_air": world.temp_air,
    }
    return {name: values[begin:end] for name, values in series.items()}


def _most_shed_kw(plant: Plant) -> float:
    """Return more than the loads that can be shed ever draw together [kW].

    Every cooling unit on its hottest day or heat at a coefficient of performance of 1, the treatment plant
    and all posts at their rating.
    """
    building = plant.building
    _, hottest_kw = unit_power_kw(
        COOLING_RANGE_DEGC[1], sensible_kw=building.unit_sensible_kw, electric_kw=building.unit_electric_kw
    )
    cooling_kw = building.units * (hottest_kw + building.standby_kw)
    apart = building.cooling_degc - building.heating_degc > NEVER_TOGETHER_K
    hvac_kw = max(cooling_kw, building.heating_kw) if apart else cooling_kw + building.heating_kw
    return hvac_kw + plant.water.most_kw + plant.plaza.rated_kw


def _play_stretch(
    plant: Plant, state: State, world: World, plan: Plan, record: Record, begin: int, end: int, *, ample: bool
) -> State:
    """Play steps ``begin`` to ``end`` under one plan and one set of limits; return the site after them.

    What the shed loads may draw is passed down in their order: heating and cooling, water, vehicles. Where
    power is ample nothing limits them.
    """
    clock, plaza = world.clock, plant.plaza
    spare_kw = math.inf if ample else _spare_kw(plant, state, world, begin)
    building, heat_rows = play_building(
        state.building,
        plant.building,
        n_minutes=clock.step_minutes,
        temp_out=world.temp_air[begin:end].tolist(),
        internal_w=world.gain_internal_w[begin:end].tolist(),
        solar_w=world.gain_solar_w[begin:end].tolist(),
        cooling_degc=_either(plan.cooling_set_point_degc, plant.building.cooling_degc),
        heating_degc=_either(plan.heating_set_point_degc, plant.building.heating_degc),
        electric_cap_kw=hvac_cap_kw(spare_kw, plaza.minimum_demand_kw),
    )
    hvac_kw = _sums(heat_rows, len(BUILDING_ROW), COOLING, HEATING)
    spare_kw -= hvac_kw[0]
    charging_kw = min(plaza.demand_bound_kw, plan.ev_cap_kw)
    water, water_rows = _play_water(plant.water, state.water, world, begin, end, spare_kw, charging_kw)
    water_kw = _sums(water_rows, len(WaterFlows._fields), TREATMENT)
    spare_kw -= water_kw[0]
    loads_kw = (world.firm_kw[begin:end] + hvac_kw + water_kw).tolist()
    battery_kwh, flow_rows = _play_power(
        plant,
        state.battery_kwh,
        loads_kw=loads_kw,
        pv_kw=world.pv_kw[begin:end].tolist(),
        planned_kw=_either(plan.battery_kw, math.nan),
        plaza_cap_kw=plaza_cap_kw(spare_kw, plan.ev_cap_kw),
        start_s=begin * clock.step_s,
        step_s=clock.step_s,
    )
    record.add(heat_rows, water_rows, flow_rows)
    return State(battery_kwh, building, water)


def _either(planned: float | None, usual: float) -> float:
    """Return a plan's set-point, or the usual one where the plan leaves it open."""
    return usual if planned is None else planned


def _spare_kw(plant: Plant, state: State, world: World, step: int) -> float:
    """Return the supply a step could have, less the loads nobody can shed [kW]."""
    _, max_discharge_kw = battery_limits_kw(plant.battery, state.battery_kwh, world.clock.dt_h)
    return float(world.pv_kw[step] - world.firm_kw[step]) + plant.max_import_kw + max_discharge_kw


def _sums(rows: array[float], width: int, *places: int) -> Array:
    """Return the sum of some fields of each row."""
    table = np.frombuffer(rows).reshape(-1, width)
    total: Array = table[:, list(places)].sum(axis=1)
    return total


def _play_water(
    params: WaterParameters,
    state: Tanks,
    world: World,
    begin: int,
    end: int,
    spare_kw: float,
    charging_kw: float,
) -> tuple[Tanks, array[float]]:
    """Play the water of a stretch within what vehicles leave over; return the tanks and the rows of flows."""
    demand, dt_h = world.water_demand, world.clock.dt_h
    series = (demand.wastewater_m3, demand.flushing_m3, demand.irrigation_m3, demand.washing_m3)
    urgent_kw, _ = water_limits_kw(params, state, float(demand.wastewater_m3[begin]), dt_h)
    cap_kw = water_cap_kw(spare_kw, urgent_kw, charging_kw)
    rows = array("d")
    write = rows.extend
    for amounts in zip(*(values[begin:end].tolist() for values in series), strict=True):
        wastewater, flushing, irrigation, washing = amounts
        state = water_step(params, state, wastewater, flushing, irrigation, washing, dt_h, cap_kw)
        write(state)
    return state, rows


def _play_power(
    plant: Plant,
    battery_kwh: float,
    *,
    loads_kw: list[float],
    pv_kw: list[float],
    planned_kw: float,
    plaza_cap_kw: float,
    start_s: int,
    step_s: int,
) -> tuple[float, array[float]]:
    """Play plaza, battery and grid of a stretch; return the energy in the battery and the rows of flows."""
    battery, plaza = plant.battery, plant.plaza
    max_import_kw, max_export_kw = plant.max_import_kw, plant.max_export_kw
    dt_h = step_s / SECONDS_PER_HOUR
    now_s = start_s
    rows = array("d")
    write = rows.extend
    for load_kw, sun_kw in zip(loads_kw, pv_kw, strict=True):
        now_s += step_s
        plaza_kwh = plaza.advance(now_s, plaza_cap_kw)
        max_charge_kw, max_discharge_kw = battery_limits_kw(battery, battery_kwh, dt_h)
        flows = settle(
            sun_kw,
            load_kw + plaza_kwh / dt_h,
            max_charge_kw,
            max_discharge_kw,
            max_import_kw,
            max_export_kw,
            planned_kw,
            battery_upkeep_kw(battery, battery_kwh, dt_h),
        )
        battery_kwh = battery_step(battery, battery_kwh, flows.charge_kw, flows.discharge_kw, dt_h)
        queue = (plaza.waiting, plaza.charging, plaza.shortfall_kwh)
        write((*flows, battery_kwh, plaza_kwh, plaza_cap_kw, *queue))
    return battery_kwh, rows
