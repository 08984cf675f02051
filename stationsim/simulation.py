"""The one loop: rule, building, water, plaza, battery and grid, always in step.

Power is shared in the order of ``control.rule``. Each step's flows go to the record as plain numbers; what
can be derived from them is derived afterwards, over the whole clock at once.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.control.forecast import Forecast, like_the_last_day
from stationsim.control.planner import PerStep, Plan, Planner, SiteState, check_plan, planner_of
from stationsim.control.rule import hvac_cap_kw, plaza_cap_kw, water_cap_kw
from stationsim.kernel.backend import Kernel, kernel_for
from stationsim.kernel.building import RoomInputs
from stationsim.kernel.power import DESK_WIDTH, PowerInputs
from stationsim.kernel.treatment import TREATMENT
from stationsim.kernel.treatment import WIDTH as WATER_WIDTH
from stationsim.models.water import urgent_kw
from stationsim.plant import (
    Plant,
    State,
    initial_state_of,
    mean_air_degc,
    most_aux_kw,
    most_of_a_vehicle_kw,
    most_of_all_posts_kw,
    most_shed_kw,
    plant_of,
    stored_kwh,
)
from stationsim.plaza import Plaza
from stationsim.plaza.steps import play_plaza
from stationsim.record import Record, results_of
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.world import World, build_world

Progress = Callable[[int, int], None]
"""Called with the civil days that are done and all of them."""

SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24

AHEAD_S = 900
"""How far ahead vehicles are counted to see whether power is ample [s]; a longer look finds more of them."""

HELD_BACK_KW = 1e-9
"""Kept out of what is shared, so that rounding never leaves a use unserved [kW]; a microwatt."""


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
    results = results_of(scenario, world, plant, record)
    results.check()
    return results


def _play(plant: Plant, state: State, world: World, planner: Planner, progress: Progress | None) -> Record:
    """Play the whole clock, one civil day after another, asking the planner at the start of each."""
    clock = world.clock
    kernel = kernel_for(clock.n_steps * clock.step_minutes)
    record = Record(state, clock.n_steps, kernel=kernel.name)
    state = State(
        tuple(kernel.own(room) for room in state.building), kernel.own(state.water), kernel.own(state.store)
    )
    days = np.searchsorted(clock.civil_day, np.arange(clock.n_days + 1)).tolist()
    room_kw = _room_kw(plant, world).tolist()
    for number, (begin, end) in enumerate(itertools.pairwise(days)):
        plan = planner.plan(begin * clock.step_s, _seen(plant, state), _forecast(world, begin, end))
        check_plan(plan, clock.first_day + dt.timedelta(days=number), end - begin)
        day = _day_of(plant, world, plan, record, kernel, begin, end)
        for start, stop, ample in _stretches(plant.plaza, room_kw[begin:end], clock.step_s):
            _play_stretch(plant, kernel, state, day, start, stop, ample=ample)
        if progress is not None:
            progress(number + 1, clock.n_days)
    return record


class Day(NamedTuple):
    """What the loop reads and fills on a civil day, by step of the day, in the kernel's kind of sequence."""

    plan: Plan
    """Set-points of the day."""
    step_minutes: int
    """Step length [min]."""
    rooms: tuple[RoomInputs, ...]
    """What drives each zone of the building."""
    power: PowerInputs
    """What sun and air bring to batteries and busbar."""
    firm_kw: Sequence[float]
    """Loads that cannot be shed [kW]."""
    wastewater_m3: Sequence[float]
    """Wastewater that comes [m3]."""
    wanted_m3: Sequence[float]
    """Water asked for that may be treated water [m3]."""
    used_kw: Any
    """Firm loads, heating and cooling; noted by the kernel [kW]."""
    sun_kw: Any
    """Generation beyond them; noted by the kernel [kW]."""
    loads_kw: Any
    """All loads but the batteries' auxiliaries; noted by the kernel [kW]."""
    desk: Any
    """Where the settling of power calculates."""
    zones: tuple[Any, ...]
    """Rows of each zone, to be filled."""
    water: Any
    """Rows of the water, to be filled."""
    plaza: NDArray[np.float64]
    """Rows of the plaza, to be filled."""
    plaza_kwh: NDArray[np.float64]
    """Net energy of the plaza, to be filled [kWh]."""
    drawn_kwh: Any
    """The same, as the kernel reads it [kWh]."""
    settled: Any
    """Rows of the settled power, to be filled."""
    units: tuple[Any, ...]
    """Rows of each battery unit, to be filled."""


def _day_of(
    plant: Plant, world: World, plan: Plan, record: Record, kernel: Kernel, begin: int, end: int
) -> Day:
    """Gather what a civil day reads and the rows it fills."""
    rows, read, nothing = record.rows(begin, end), kernel.read, [0.0] * (end - begin)
    plaza_kwh = np.empty(end - begin)
    return Day(
        plan=plan,
        step_minutes=world.clock.step_minutes,
        rooms=planned_rooms(plant, plan, kernel, begin, end),
        power=PowerInputs(
            temp_out=read(world.temp_air[begin:end]),
            pv_kw=read(world.pv_kw[begin:end]),
            dc_kw=tuple(read(power[begin:end]) for power in plant.dc_kw),
            floor_kwh=tuple(read(floor[begin:end]) for floor, _ in plant.windows_kwh),
            ceiling_kwh=tuple(read(ceiling[begin:end]) for _, ceiling in plant.windows_kwh),
        ),
        firm_kw=read(world.firm_kw[begin:end]),
        wastewater_m3=read(world.water_demand.wastewater_m3[begin:end]),
        wanted_m3=read(plant.wanted_m3[begin:end]),
        used_kw=kernel.own(nothing),
        sun_kw=kernel.own(nothing),
        loads_kw=kernel.own(nothing),
        desk=kernel.own([0.0] * (DESK_WIDTH * len(plant.units))),
        zones=tuple(map(kernel.write, rows.zones)),
        water=kernel.write(rows.water),
        plaza=rows.plaza,
        plaza_kwh=plaza_kwh,
        drawn_kwh=kernel.write(plaza_kwh),
        settled=kernel.write(rows.power),
        units=tuple(map(kernel.write, rows.units)),
    )


def planned_rooms(plant: Plant, plan: Plan, kernel: Kernel, begin: int, end: int) -> tuple[RoomInputs, ...]:
    """Return what drives the zones over a day, with the set points that a plan asks for.

    Below every plan: cooling stays at or above its lowest set point and its gap above heating.
    """
    shared: dict[int, Any] = {}

    def part(values: NDArray[np.float64]) -> Any:
        """Return the day's part of a series; of one that zones share, the same for all of them."""
        if id(values) not in shared:
            shared[id(values)] = kernel.read(values[begin:end])
        return shared[id(values)]

    rooms = tuple(RoomInputs._make(map(part, drives)) for drives in plant.drives)
    if not plan.moves_set_points:
        return rooms
    found = []
    limits = zip(plant.lowest_cooling_degc, plant.least_gap_k, strict=True)
    for room, drives, (lowest_degc, gap_k) in zip(rooms, plant.drives, limits, strict=True):
        heating = _planned(drives.heating_degc[begin:end], plan.heating_set_point_degc, plan.heating_offset_k)
        cooling = _planned(drives.cooling_degc[begin:end], plan.cooling_set_point_degc, plan.cooling_offset_k)
        cooling = np.maximum(np.maximum(cooling, lowest_degc), heating + gap_k)
        found.append(room._replace(cooling_degc=kernel.read(cooling), heating_degc=kernel.read(heating)))
    return tuple(found)


def _planned(
    usual_degc: NDArray[np.float64], set_point_degc: PerStep | None, offset_k: PerStep
) -> NDArray[np.float64]:
    """Return set points as a plan asks for them; what is infinite, for want of a device, stays so [degC]."""
    asked = usual_degc
    if set_point_degc is not None:
        asked = np.where(np.isfinite(usual_degc), np.asarray(set_point_degc, dtype=float), usual_degc)
    return np.asarray(asked + np.asarray(offset_k, dtype=float))


def _room_kw(plant: Plant, world: World) -> NDArray[np.float64]:
    """Return what vehicles could draw in each step, whatever plan and battery do [kW]."""
    never_kw = most_shed_kw(plant) + most_aux_kw(plant)
    room: NDArray[np.float64] = world.pv_kw - world.firm_kw + plant.max_import_kw - never_kw
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


def _seen(plant: Plant, state: State) -> SiteState:
    """Return what a planner may know of the site."""
    plaza, water = plant.plaza, state.water
    return SiteState(
        battery_kwh=stored_kwh(state),
        temp_zone_degc=mean_air_degc(plant, state.building),
        equalisation_tank_m3=float(water[0]),
        reuse_tank_m3=float(water[1]),
        posts_busy=plaza.posts_busy,
        queue_length=plaza.waiting,
    )


def _forecast(world: World, begin: int, end: int) -> Forecast:
    """Return what a planner may expect of the steps to come: a day like the last, and published prices."""
    lived = {"pv_kw": world.pv_kw, "firm_kw": world.firm_kw, "temp_air": world.temp_air}
    day = HOURS_PER_DAY * SECONDS_PER_HOUR // world.clock.step_s
    expected = {name: like_the_last_day(values, begin, end, day) for name, values in lived.items()}
    known = {"price_per_kwh": world.price_per_kwh, "civil_hour": world.clock.civil_hour}
    return expected | {name: values[begin:end] for name, values in known.items()}


def _play_stretch(
    plant: Plant, kernel: Kernel, state: State, day: Day, start: int, stop: int, *, ample: bool
) -> None:
    """Play some steps of a day under one set of limits; the site moves on.

    What the shed loads may draw is passed down in their order: heating and cooling, water, vehicles. Where
    power is ample nothing limits them.
    """
    plaza, plan, dt_h = plant.plaza, day.plan, day.step_minutes / MINUTES_PER_HOUR
    spare_kw = math.inf if ample else _spare_kw(plant, kernel, state, day, start, dt_h)
    hvac_kw = hvac_cap_kw(spare_kw, plaza.board.minimum_demand_kw)
    kernel.play_building(
        *(state.building, plant.building, day.rooms, start, stop, day.step_minutes, hvac_kw),
        *(day.zones, start),
    )
    kernel.add_rooms(day.firm_kw, day.zones, day.power.pv_kw, start, stop, day.used_kw, day.sun_kw)
    spare_kw -= day.used_kw[start] - day.firm_kw[start]
    least_kw = urgent_kw(plant.water, state.water[0], day.wastewater_m3[start], dt_h)
    charging_kw = min(plaza.board.demand_bound_kw, plan.ev_cap_kw)
    kernel.play_water(
        *(plant.water, state.water, day.wastewater_m3, day.wanted_m3, day.sun_kw),
        *(water_cap_kw(spare_kw, least_kw, charging_kw), plan.treatment_cap_kw, dt_h, start, stop, day.water),
    )
    spare_kw -= day.water[start * WATER_WIDTH + TREATMENT]
    cap_kw = plaza_cap_kw(spare_kw, plan.ev_cap_kw)
    step_s = day.step_minutes * SECONDS_PER_MINUTE
    play_plaza(plaza, start, stop, cap_kw, step_s, day.plaza, day.plaza_kwh)
    kernel.add_plaza(day.used_kw, day.water, day.drawn_kwh, start, stop, dt_h, day.loads_kw)
    kernel.play_power(
        *(plant.units, plant.terminals, state.store, day.power, day.loads_kw, start, stop),
        *(plant.max_import_kw, plant.max_export_kw),
        *(math.nan if plan.battery_kw is None else plan.battery_kw, dt_h, day.desk, day.settled, day.units),
    )


def _spare_kw(plant: Plant, kernel: Kernel, state: State, day: Day, step: int, dt_h: float) -> float:
    """Return the supply that a step could have, less the loads nobody can shed [kW]."""
    discharge_kw, aux_kw = kernel.first_step_kw(
        plant.units, plant.terminals, state.store, day.power, step, dt_h, day.desk
    )
    supply_kw = day.power.pv_kw[step] + plant.max_import_kw + discharge_kw
    return float(supply_kw - day.firm_kw[step] - aux_kw - HELD_BACK_KW)
