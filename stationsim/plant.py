"""The devices of a site as the numbers their equations take, and what flows from one step into the next."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stationsim.kernel.building import (
    BuildingParameters,
    BuildingState,
    building_parameters,
    initial_state,
)
from stationsim.models.battery import BatteryParameters
from stationsim.models.charging import ChargingSpec, PostGroup
from stationsim.models.grid import busbar_limits_kw
from stationsim.models.hvac import COOLING_RANGE_DEGC, heating_cop, unit_power_kw
from stationsim.models.water import WaterParameters, WaterState, initial_water_state
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
    water: WaterState


def plant_of(scenario: Scenario, world: World) -> Plant:
    """Return the devices of a scenario."""
    building = scenario.building
    max_import_kw, max_export_kw = busbar_limits_kw(scenario.grid.parameters)
    return Plant(
        battery=scenario.battery.parameters if scenario.battery else NO_BATTERY,
        building=building_parameters(building.zone, cooling=building.cooling, heating=building.heating),
        water=scenario.water.parameters(),
        plaza=_plaza_of(scenario, world),
        max_import_kw=max_import_kw,
        max_export_kw=max_export_kw,
    )


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
    """Return the site before its first step; the building is as warm as outdoors, within its set points."""
    outdoor = float(world.temp_air[0])
    building = plant.building
    indoor = min(max(outdoor, building.heating_degc), building.cooling_degc)
    return State(
        battery_kwh=scenario.battery.initial_energy_kwh if scenario.battery else 0.0,
        building=initial_state(building, temp_air_degc=indoor, temp_mass_degc=indoor),
        water=initial_water_state(plant.water),
    )


def most_shed_kw(plant: Plant) -> float:
    """Return what the loads that can be shed, vehicles apart, draw at the very most together [kW].

    Every cooling unit on its hottest day, all heat on the coldest and the treatment plant at its rating: a
    bound that holds whatever set-points a plan asks for.
    """
    building = plant.building
    worst_cop = heating_cop(
        -math.inf, supply_temp_degc=building.supply_temp_degc, backup_below_degc=building.backup_below_degc
    )
    _, hottest_kw = unit_power_kw(
        COOLING_RANGE_DEGC[1], sensible_kw=building.unit_sensible_kw, electric_kw=building.unit_electric_kw
    )
    cooling_kw = building.units * (hottest_kw + building.standby_kw)
    return cooling_kw + building.heating_kw / worst_cop + plant.water.most_kw


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
