"""The one loop: rule, building, water, plaza, battery and grid, always in step.

Power is shared in the order of ``control.rule``. Each step's flows go to the record as plain numbers; what
can be derived from them is derived afterwards, over the whole clock at once.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.control.forecast import Forecast, like_the_last_day
from stationsim.control.planner import Plan, Planner, SiteState, check_plan, planner_of
from stationsim.control.rule import hvac_cap_kw, plaza_cap_kw, settle, water_cap_kw
from stationsim.kernel.minutes import ROW as BUILDING_ROW
from stationsim.kernel.minutes import play_building
from stationsim.kernel.treatment import TREATMENT, play_water
from stationsim.kernel.treatment import WIDTH as WATER_WIDTH
from stationsim.models.battery import battery_limits_kw, battery_step, battery_upkeep_kw
from stationsim.models.water import WaterParameters, WaterState, urgent_kw
from stationsim.plant import (
    Plant,
    State,
    initial_state_of,
    most_of_a_vehicle_kw,
    most_of_all_posts_kw,
    most_shed_kw,
    plant_of,
)
from stationsim.plaza import Plaza
from stationsim.record import POWER, Record, results_of
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.world import World, build_world

Progress = Callable[[int, int], None]
"""Called with the civil days that are done and all of them."""

SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24

DOUBLE_BYTES = 8
"""Size of a number in a row [B]."""

AHEAD_S = 900
"""How far ahead vehicles are counted to see whether power is ample [s]; a longer look finds more of them."""

HELD_BACK_KW = 1e-9
"""Kept out of what is shared, so that rounding never leaves a use unserved [kW]; a microwatt."""

COOLING, HEATING = BUILDING_ROW.index("cooling_kw"), BUILDING_ROW.index("heating_kw")
"""Places of electric powers in the rows of building and water."""

POWER_ROW = struct.Struct(f"{len(POWER)}d")
"""A row as bytes: packed while its numbers are fresh it costs a fraction of keeping them as objects."""


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
    ScenarioError
        The remainder ``loads.other`` carries more of the use than the scenario allows.
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


def _play(plant: Plant, state: State, world: World, planner: Planner, progress: Progress | None) -> Record:
    """Play the whole clock, one civil day after another, asking the planner at the start of each."""
    clock = world.clock
    record = Record(state, clock.n_steps)
    days = np.searchsorted(clock.civil_day, np.arange(clock.n_days + 1)).tolist()
    room_kw = _room_kw(plant, world).tolist()
    for day, (begin, end) in enumerate(itertools.pairwise(days)):
        seen = _seen(state, plant.plaza)
        plan = planner.plan(begin * clock.step_s, seen, _forecast(world, begin, end))
        check_plan(plan, clock.first_day + dt.timedelta(days=day))
        inputs = _inputs(world, begin, end)
        for start, stop, ample in _stretches(plant.plaza, room_kw[begin:end], clock.step_s):
            part = inputs if stop - start == end - begin else inputs.between(start, stop)
            state = _play_stretch(plant, state, part, plan, record, clock.step_minutes, ample=ample)
        record.close_day()
        if progress is not None:
            progress(day + 1, clock.n_days)
    return record


class Inputs(NamedTuple):
    """What the loop reads of the world over some steps: lists, whose numbers Python reads fastest."""

    temp_air: list[float]
    """Outdoor temperature [degC]."""
    internal_w: list[float]
    """Heat of people, lights and kitchens in the building [W]."""
    solar_w: list[float]
    """Heat of the sun in the building [W]."""
    firm_kw: list[float]
    """Loads that cannot be shed [kW]."""
    pv_kw: list[float]
    """Generation that could be had [kW]."""
    wastewater_m3: list[float]
    """Wastewater that comes [m3]."""
    wanted_m3: list[float]
    """Water asked for that may be treated water [m3]."""

    def between(self, start: int, stop: int) -> Inputs:
        """Return a part of the steps."""
        return Inputs._make(values[start:stop] for values in self)


def _inputs(world: World, begin: int, end: int) -> Inputs:
    steps, demand = slice(begin, end), world.water_demand
    return Inputs(
        temp_air=world.temp_air[steps].tolist(),
        internal_w=world.gain_internal_w[steps].tolist(),
        solar_w=world.gain_solar_w[steps].tolist(),
        firm_kw=world.firm_kw[steps].tolist(),
        pv_kw=world.pv_kw[steps].tolist(),
        wastewater_m3=demand.wastewater_m3[steps].tolist(),
        wanted_m3=(
            demand.toilets_m3[steps] + demand.washing_m3[steps] + demand.irrigation_m3[steps]
        ).tolist(),
    )


def _room_kw(plant: Plant, world: World) -> NDArray[np.float64]:
    """Return what vehicles could draw in each step, whatever plan and battery do [kW]."""
    room: NDArray[np.float64] = world.pv_kw - world.firm_kw + plant.max_import_kw - most_shed_kw(plant)
    return room


def _stretches(plaza: Plaza, room_kw: Sequence[float], step_s: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the stretches of some steps, and whether power is ample in them, as the plaza moves on.

    Steps in which there is room for all posts are played together, as no limit can bind. Where there is not,
    the vehicles that are here or come within `AHEAD_S` decide; if they could need more than there is, a step
    is played alone, with its own limits.
    """
    rated_kw, each_kw = most_of_all_posts_kw(plaza), most_of_a_vehicle_kw(plaza)
    ahead = max(AHEAD_S // step_s, 1)
    times_s, number = plaza.arrivals.time_s, len(room_kw)
    start = 0
    while start < number:
        stop = start
        while stop < number and room_kw[stop] > rated_kw:
            stop += 1
        ample = stop > start
        if not ample:
            stop = min(start + ahead, number)
            coming = int(times_s.searchsorted(plaza.now_s + (stop - start) * step_s)) - plaza.arrived
            vehicles = plaza.posts_busy + plaza.waiting + coming
            ample = min(room_kw[start:stop]) > vehicles * each_kw + plaza.board.standby_rated_kw
        if not ample:
            stop = start + 1
        yield start, stop, ample
        start = stop


def _seen(state: State, plaza: Plaza) -> SiteState:
    """Return what a planner may know of the site."""
    return SiteState(
        battery_kwh=state.battery_kwh,
        temp_zone_degc=state.building.temp_air_degc,
        equalisation_tank_m3=state.water.equalisation_m3,
        reuse_tank_m3=state.water.reuse_m3,
        posts_busy=plaza.posts_busy,
        queue_length=plaza.waiting,
    )


def _forecast(world: World, begin: int, end: int) -> Forecast:
    """Return what a planner may expect of the steps to come: a day like the last, and published prices."""
    lived = {"pv_kw": world.pv_kw, "firm_kw": world.firm_kw, "temp_air": world.temp_air}
    day = HOURS_PER_DAY * SECONDS_PER_HOUR // world.clock.step_s
    expected = {name: like_the_last_day(values, begin, end, day) for name, values in lived.items()}
    return {**expected, "price_per_kwh": world.price_per_kwh[begin:end]}


def _play_stretch(
    plant: Plant, state: State, inputs: Inputs, plan: Plan, record: Record, step_minutes: int, *, ample: bool
) -> State:
    """Play some steps under one plan and one set of limits; return the site after them.

    What the shed loads may draw is passed down in their order: heating and cooling, water, vehicles. Where
    power is ample nothing limits them.
    """
    plaza, dt_h = plant.plaza, step_minutes / MINUTES_PER_HOUR
    spare_kw = math.inf if ample else _spare_kw(plant, state, inputs, dt_h)
    building, heat_rows = play_building(
        state.building,
        plant.building,
        n_minutes=step_minutes,
        temp_out=inputs.temp_air,
        internal_w=inputs.internal_w,
        solar_w=inputs.solar_w,
        cooling_degc=_either(plan.cooling_set_point_degc, plant.building.cooling_degc),
        heating_degc=_either(plan.heating_set_point_degc, plant.building.heating_degc),
        electric_cap_kw=hvac_cap_kw(spare_kw, plaza.board.minimum_demand_kw),
    )
    cooling_kw = _column(heat_rows, COOLING, len(BUILDING_ROW))
    heating_kw = _column(heat_rows, HEATING, len(BUILDING_ROW))
    spare_kw -= cooling_kw[0] + heating_kw[0]
    charging_kw = min(plaza.board.demand_bound_kw, plan.ev_cap_kw)
    hvac_kw = [cooling + heating for cooling, heating in zip(cooling_kw, heating_kw, strict=True)]
    tanks, water_rows = _play_water(
        plant.water,
        state.water,
        inputs,
        hvac_kw,
        dt_h,
        spare_kw=spare_kw,
        charging_kw=charging_kw,
        planned_kw=plan.treatment_cap_kw,
    )
    water_kw = _column(water_rows, TREATMENT, WATER_WIDTH)
    spare_kw -= water_kw[0]
    loads = zip(inputs.firm_kw, hvac_kw, water_kw, strict=True)
    battery_kwh, flow_rows = _play_power(
        plant,
        state.battery_kwh,
        loads_kw=[firm + hvac + water for firm, hvac, water in loads],
        pv_kw=inputs.pv_kw,
        planned_kw=_either(plan.battery_kw, math.nan),
        cap_kw=plaza_cap_kw(spare_kw, plan.ev_cap_kw),
        step_s=step_minutes * SECONDS_PER_MINUTE,
    )
    record.add(heat_rows, water_rows, flow_rows)
    return State(battery_kwh, building, tanks)


def _column(rows: bytearray, place: int, width: int) -> list[float]:
    """Return one field of packed rows."""
    column: list[float] = np.frombuffer(rows)[place::width].tolist()
    return column


def _either(planned: float | None, usual: float) -> float:
    """Return a plan's set-point, or the usual one where the plan leaves it open."""
    return usual if planned is None else planned


def _spare_kw(plant: Plant, state: State, inputs: Inputs, dt_h: float) -> float:
    """Return the supply that the first step could have, less the loads nobody can shed [kW]."""
    _, max_discharge_kw = battery_limits_kw(plant.battery, state.battery_kwh, dt_h)
    supply_kw = inputs.pv_kw[0] + plant.max_import_kw + max_discharge_kw
    return supply_kw - inputs.firm_kw[0] - HELD_BACK_KW


def _play_water(
    params: WaterParameters,
    state: WaterState,
    inputs: Inputs,
    hvac_kw: list[float],
    dt_h: float,
    *,
    spare_kw: float,
    charging_kw: float,
    planned_kw: float,
) -> tuple[WaterState, bytearray]:
    """Play the water of a stretch within what vehicles leave over; return the tanks and the rows of flows."""
    steps = len(inputs.wastewater_m3)
    urgent = urgent_kw(params, state.equalisation_m3, inputs.wastewater_m3[0], dt_h)
    sun_kw: list[float] = []
    if params.follows_sun:
        powers = zip(inputs.pv_kw, inputs.firm_kw, hvac_kw, strict=True)
        sun_kw = [pv - firm - hvac for pv, firm, hvac in powers]
    tanks, rows = list(state), array("d", bytes(steps * WATER_WIDTH * DOUBLE_BYTES))
    play_water(
        params,
        tanks,
        inputs.wastewater_m3,
        inputs.wanted_m3,
        sun_kw,
        water_cap_kw(spare_kw, urgent, charging_kw),
        planned_kw,
        dt_h,
        0,
        steps,
        rows,
    )
    return WaterState._make(tanks), bytearray(rows.tobytes())


def _play_power(
    plant: Plant,
    battery_kwh: float,
    *,
    loads_kw: list[float],
    pv_kw: list[float],
    planned_kw: float,
    cap_kw: float,
    step_s: int,
) -> tuple[float, bytearray]:
    """Play plaza, battery and grid of a stretch; return the energy in the battery and the rows of flows.

    An empty plaza is not asked again before the next vehicle comes.
    """
    battery, plaza, board = plant.battery, plant.plaza, plant.plaza.board
    max_import_kw, max_export_kw = plant.max_import_kw, plant.max_export_kw
    dt_h = step_s / SECONDS_PER_HOUR
    now_s, quiet_until_s = plaza.now_s, -math.inf
    quiet_kwh, quiet = 0.0, _of_plaza(plaza, 0.0, cap_kw)
    rows = bytearray()
    pack = POWER_ROW.pack
    for load_kw, sun_kw in zip(loads_kw, pv_kw, strict=True):
        now_s += step_s
        if now_s > quiet_until_s:
            if board.edge_s < now_s - step_s:
                plaza.advance(now_s - step_s, cap_kw)
            plaza_kwh = plaza.advance(now_s, cap_kw)
            served = _of_plaza(plaza, plaza_kwh, cap_kw)
            if not board.active:
                quiet_until_s = plaza.next_event_s
                quiet_kwh = min(board.standby_kw, max(cap_kw, 0.0)) * step_s / SECONDS_PER_HOUR
                quiet = (quiet_kwh, *served[1:5], 0.0, quiet_kwh, served[7], 0.0)
        else:
            plaza_kwh, served = quiet_kwh, quiet
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
        rows += pack(*flows, battery_kwh, *served)
    if plaza.now_s < now_s:
        plaza.advance(now_s, cap_kw)
    return battery_kwh, rows


def _of_plaza(plaza: Plaza, net_kwh: float, cap_kw: float) -> tuple[float, ...]:
    """Return what the record keeps of the plaza's last interval, in the order of ``record.PLAZA``."""
    board = plaza.board
    return (
        net_kwh + board.given_kwh,
        cap_kw,
        plaza.waiting,
        plaza.posts_busy,
        plaza.posts_blocked,
        board.shortfall_kwh,
        board.standby_kwh,
        plaza.posts_held,
        board.given_kwh,
    )
