"""The devices of a site as the numbers their equations take, and what flows from one step into the next."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.control.planner import PerStep, Plan
from stationsim.kernel.building import (
    AIR,
    RoomInputs,
    RoomParameters,
    initial_state,
    room_inputs,
    room_parameters,
)
from stationsim.models.battery import BatteryParameters
from stationsim.models.charging import ChargingSpec, PostGroup
from stationsim.models.grid import busbar_limits_kw
from stationsim.models.hvac import LEAST_GAP_K
from stationsim.models.water import Tanks, WaterParameters, initial_water_state
from stationsim.plaza import Plaza, Rules
from stationsim.plaza.outages import draw_outages
from stationsim.scenario import Scenario
from stationsim.traffic.evs import EvArrivals, fleet_classes, fleet_curves, fleet_voltages
from stationsim.world import World

SECONDS_PER_MINUTE = 60

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


@dataclass(frozen=True)
class Plant:
    """The devices of a site as the numbers their equations take."""

    battery: BatteryParameters
    building: tuple[RoomParameters, ...]
    """The zones of the building."""
    drives: tuple[RoomInputs, ...]
    """What drives each zone over the clock, as arrays."""
    lowest_cooling_degc: tuple[float, ...]
    """Cooling set point of each zone that no plan goes below [degC]; minus infinite where any may."""
    floor_shares: tuple[float, ...]
    """Share of each zone in the floor area."""
    water: WaterParameters
    plaza: Plaza
    max_import_kw: float
    """Most the busbar may draw from the grid [kW]."""
    max_export_kw: float
    """Most the busbar may give to the grid [kW]."""


class State(NamedTuple):
    """Everything that flows from one step into the next, the plaza apart."""

    battery_kwh: float
    building: list[list[float]]
    """What each zone remembers; the loop changes it in place."""
    water: Tanks


def plant_of(scenario: Scenario, world: World) -> Plant:
    """Return the devices of a scenario."""
    zones = scenario.building.zones
    max_import_kw, max_export_kw = busbar_limits_kw(scenario.grid.parameters)
    return Plant(
        battery=scenario.battery.parameters if scenario.battery else NO_BATTERY,
        building=tuple(room_parameters(zone, cooling=zone.cooling, heating=zone.heating) for zone in zones),
        drives=_drives(scenario, world),
        lowest_cooling_degc=tuple(
            -math.inf
            if zone.cooling is None or zone.cooling.lowest_set_point_degc is None
            else zone.cooling.lowest_set_point_degc
            for zone in zones
        ),
        floor_shares=scenario.building.floor_shares,
        water=scenario.water.parameters(),
        plaza=_plaza_of(scenario, world),
        max_import_kw=max_import_kw,
        max_export_kw=max_export_kw,
    )


def _drives(scenario: Scenario, world: World) -> tuple[RoomInputs, ...]:
    """Return what drives each zone; the series of the weather are the same arrays in all of them."""
    drives = [
        room_inputs(zone, world.zones[zone.name], temp_out=world.temp_air, heating=zone.heating)
        for zone in scenario.building.zones
    ]
    first = drives[0]
    common = {
        "temp_out": first.temp_out,
        "unit_capacity": first.unit_capacity,
        "unit_input": first.unit_input,
    }
    return tuple(one._replace(**common) for one in drives)


def _plaza_of(scenario: Scenario, world: World) -> Plaza:
    charging, evs = scenario.charging, world.evs
    if charging is None or evs is None:
        nobody = np.empty(0)
        return Plaza((), (), EvArrivals(nobody.astype(int), nobody.astype(int), nobody, nobody, nobody))
    return Plaza(
        _priced(charging),
        fleet_curves(charging),
        evs,
        _rules_of(charging, sides=[direction.name for direction in scenario.traffic.directions]),
        voltages=fleet_voltages(charging),
        classes=fleet_classes(charging),
        outages=draw_outages(
            charging.groups,
            world.clock.n_steps * world.clock.step_s,
            seed=scenario.simulation.seed,
            replication=scenario.simulation.replication,
        ),
    )


def _priced(charging: ChargingSpec) -> tuple[PostGroup, ...]:
    """Return the groups of posts, those without a price of their own at the plaza's."""
    common = {"price_per_kwh": charging.price_per_kwh}
    return tuple(
        group.model_copy(update=common) if group.price_per_kwh is None else group for group in charging.groups
    )


def _rules_of(charging: ChargingSpec, *, sides: Sequence[str]) -> Rules:
    booking = charging.reservations
    return Rules(
        max_queue=charging.max_queue,
        minimum_kw=charging.minimum_kw,
        cold=charging.cold_packs,
        cabin_kw=charging.cabin_kw or (),
        sides=sides,
        reversing_s=charging.reversing_seconds,
        booking_s=booking.hold_minutes * SECONDS_PER_MINUTE if booking else 0.0,
        v2g=charging.v2g,
    )


def initial_state_of(scenario: Scenario, plant: Plant, world: World) -> State:
    """Return the site before its first step; each zone is as warm as outdoors, within its set points."""
    outdoor = float(world.temp_air[0])
    building = []
    for room, drives in zip(plant.building, plant.drives, strict=True):
        indoor = float(min(max(outdoor, drives.heating_degc[0]), drives.cooling_degc[0]))
        building.append(initial_state(room, temp_air_degc=indoor, temp_mass_degc=indoor))
    return State(
        battery_kwh=scenario.battery.initial_energy_kwh if scenario.battery else 0.0,
        building=building,
        water=initial_water_state(plant.water),
    )


def mean_air_degc(plant: Plant, building: Sequence[Sequence[float]]) -> float:
    """Return the mean air temperature of the zones by floor area [degC]."""
    return sum(share * state[AIR] for share, state in zip(plant.floor_shares, building, strict=True))


def most_hvac_kw(room: RoomParameters, drives: RoomInputs) -> float:
    """Return what heating and cooling of a zone draw at the very most, whatever their set points [kW]."""
    running_kw = room.units * room.unit_electric_kw * float(drives.unit_input.max())
    pump_kw = float((drives.pump_kw / drives.pump_cop).max())
    return running_kw + room.all_standby_kw + pump_kw + room.backup_kw


def most_shed_kw(plant: Plant) -> float:
    """Return what the loads that can be shed, vehicles apart, draw at the very most together [kW].

    Every cooling unit on its hottest day, all heat on its hardest and the treatment plant at its rating: a
    bound that holds whatever set-points a plan asks for.
    """
    rooms = zip(plant.building, plant.drives, strict=True)
    return sum(most_hvac_kw(room, drives) for room, drives in rooms) + plant.water.most_kw


def planned_rooms(plant: Plant, plan: Plan, begin: int, end: int) -> tuple[RoomInputs, ...]:
    """Return what drives the zones over a day as lists, with the set points that a plan asks for.

    Below every plan: cooling stays at or above its lowest set point and `LEAST_GAP_K` above heating.
    """
    shared: dict[int, list[float]] = {}

    def listed(values: NDArray[np.float64]) -> list[float]:
        """Turn an array into a list; series that zones share once for all of them."""
        if id(values) not in shared:
            shared[id(values)] = values[begin:end].tolist()
        return shared[id(values)]

    rooms = tuple(RoomInputs._make(map(listed, drives)) for drives in plant.drives)
    if plan._replace(battery_kw=None, ev_cap_kw=math.inf) == Plan():
        return rooms
    found = []
    for room, drives, lowest_degc in zip(rooms, plant.drives, plant.lowest_cooling_degc, strict=True):
        heating = _planned(drives.heating_degc[begin:end], plan.heating_set_point_degc, plan.heating_offset_k)
        cooling = _planned(drives.cooling_degc[begin:end], plan.cooling_set_point_degc, plan.cooling_offset_k)
        cooling = np.maximum(np.maximum(cooling, lowest_degc), heating + LEAST_GAP_K)
        found.append(room._replace(cooling_degc=cooling.tolist(), heating_degc=heating.tolist()))
    return tuple(found)


def _planned(
    usual_degc: NDArray[np.float64], set_point_degc: PerStep | None, offset_k: PerStep
) -> NDArray[np.float64]:
    """Return set points as a plan asks for them; what is infinite, for want of a device, stays so [degC]."""
    asked = usual_degc
    if set_point_degc is not None:
        asked = np.where(np.isfinite(usual_degc), np.asarray(set_point_degc, dtype=float), usual_degc)
    return np.asarray(asked + np.asarray(offset_k, dtype=float))


def most_of_all_posts_kw(plaza: Plaza) -> float:
    """Return the highest power of all posts together, at the AC busbar [kW]."""
    return sum(
        max(
            group.most_kw / group.efficiency
            + group.posts * (plaza.rules.cabin_most_kw / group.efficiency + group.active_kw),
            group.posts * group.standby_kw,
        )
        for group in plaza.groups
    )


def most_of_a_vehicle_kw(plaza: Plaza) -> float:
    """Return the highest power that any vehicle can draw at any post, at the AC busbar [kW]."""
    pairs = itertools.product(plaza.curves, plaza.groups)
    return max(
        (
            (min(curve.peak_kw, group.power_kw) + plaza.rules.cabin_most_kw) / group.efficiency
            + group.active_kw
            for curve, group in pairs
        ),
        default=0.0,
    )
