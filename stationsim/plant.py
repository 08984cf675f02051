"""The devices of a site as the numbers their equations take, and what flows from one step into the next."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.kernel.building import (
    AIR,
    RoomInputs,
    RoomParameters,
    initial_state,
    room_inputs,
    room_parameters,
)
from stationsim.kernel.power import STATE_WIDTH, Terminals
from stationsim.models.battery import (
    BatteryParameters,
    BatterySpec,
    battery_aux_most_kw,
    battery_parameters,
    initial_temp_degc,
    window_kwh,
)
from stationsim.models.charging import ChargingSpec, PostGroup
from stationsim.models.grid import busbar_limits_kw
from stationsim.models.hvac import LEAST_GAP_K
from stationsim.models.pv import SolarSpec
from stationsim.models.water import WaterParameters, initial_water_state
from stationsim.plaza import Plaza, Rules
from stationsim.plaza.outages import draw_outages
from stationsim.scenario import Scenario
from stationsim.solar import shared_inverter
from stationsim.traffic.evs import EvArrivals, fleet_classes, fleet_curves, fleet_voltages
from stationsim.world import World

Array = NDArray[np.float64]

SECONDS_PER_MINUTE = 60

NO_BATTERY = battery_parameters(
    BatterySpec(capacity_kwh=1.0, power_kw=1.0, standby_kw=0.0, thermal=None)
)._replace(capacity_kwh=0.0, power_kw=0.0, stored_kw=0.0, drawn_kw=0.0)
"""A battery that holds nothing, for stations without one."""

AT_BUSBAR = Terminals(is_dc=0, inverter_kw=0.0, inverter_efficiency=1.0)
"""Where a battery stands that is coupled to the station's busbar."""


@dataclass(frozen=True)
class Plant:
    """The devices of a site as the numbers their equations take."""

    units: tuple[BatteryParameters, ...]
    """The battery units; one that holds nothing where there is none."""
    terminals: tuple[Terminals, ...]
    """Where each unit stands."""
    dc_kw: tuple[Array, ...]
    """DC power of the surfaces of each unit over the clock; empty for a unit at the busbar [kW]."""
    windows_kwh: tuple[tuple[Array, Array], ...]
    """Least and most energy in use of each unit over the clock [kWh]."""
    building: tuple[RoomParameters, ...]
    """The zones of the building."""
    drives: tuple[RoomInputs, ...]
    """What drives each zone over the clock, as arrays."""
    lowest_cooling_degc: tuple[float, ...]
    """Cooling set point of each zone that no plan goes below [degC]; minus infinite where any may."""
    least_gap_k: tuple[float, ...]
    """How far cooling of each zone stays above heating, whoever asks for less [K]."""
    floor_shares: tuple[float, ...]
    """Share of each zone in the floor area."""
    water: WaterParameters
    wanted_m3: Array
    """Water asked for that may be treated water, over the clock [m3]."""
    plaza: Plaza
    max_import_kw: float
    """Most the busbar may draw from the grid [kW]."""
    max_export_kw: float
    """Most the busbar may give to the grid [kW]."""


class State(NamedTuple):
    """Everything that flows from one step into the next, the plaza apart; the kernel moves it on in place."""

    building: Sequence[list[float]]
    """What each zone remembers; see ``kernel.building``."""
    water: list[float]
    """Wastewater that waits [m3], treated water in store [m3] and hours the plant has run [h]."""
    store: list[float]
    """What each battery unit remembers, ``kernel.power.STATE_WIDTH`` numbers a unit."""

    def copied(self) -> State:
        """Return the state as it is now, to be kept."""
        return State(tuple([*room] for room in self.building), [*self.water], [*self.store])


def plant_of(scenario: Scenario, world: World) -> Plant:
    """Return the devices of a scenario."""
    zones, specs = scenario.building.zones, [spec for _, spec in scenario.battery_units]
    max_import_kw, max_export_kw = busbar_limits_kw(scenario.grid.parameters)
    months = world.clock.civil.month.to_numpy()
    nothing = np.zeros(world.clock.n_steps)
    return Plant(
        units=tuple(battery_parameters(spec, health=spec.share_at_start) for spec in specs) or (NO_BATTERY,),
        terminals=tuple(_terminals_of(spec, scenario.solar) for spec in specs) or (AT_BUSBAR,),
        dc_kw=tuple(_dc_kw(spec, world) for spec in specs) or (nothing[:0],),
        windows_kwh=tuple(window_kwh(spec, months, health=spec.share_at_start) for spec in specs)
        or ((nothing, nothing),),
        building=tuple(room_parameters(zone, cooling=zone.cooling, heating=zone.heating) for zone in zones),
        drives=_drives(scenario, world),
        lowest_cooling_degc=tuple(
            -math.inf
            if zone.cooling is None or zone.cooling.lowest_set_point_degc is None
            else zone.cooling.lowest_set_point_degc
            for zone in zones
        ),
        least_gap_k=tuple(
            LEAST_GAP_K if zone.cooling is None else zone.cooling.least_gap_k for zone in zones
        ),
        floor_shares=scenario.building.floor_shares,
        water=scenario.water.parameters(),
        wanted_m3=world.water_demand.wanted_m3,
        plaza=_plaza_of(scenario, world),
        max_import_kw=max_import_kw,
        max_export_kw=max_export_kw,
    )


def _terminals_of(spec: BatterySpec, solar: SolarSpec | None) -> Terminals:
    """Return where a battery stands: at the busbar, or behind the inverters of its surfaces, taken as one."""
    surfaces = [surface for surface in solar.surfaces if surface.name in spec.surfaces] if solar else []
    rated_kw, efficiency = shared_inverter(surfaces)
    if not rated_kw:
        return AT_BUSBAR
    return Terminals(is_dc=1, inverter_kw=rated_kw, inverter_efficiency=efficiency)


def _dc_kw(spec: BatterySpec, world: World) -> Array:
    """Return the DC power of a battery's surfaces [kW]; empty where it has none."""
    if not spec.surfaces:
        return np.empty(0)
    power: Array = np.sum([world.surfaces_dc[name] for name in spec.surfaces], axis=0)
    return power


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
    specs = [spec for _, spec in scenario.battery_units]
    energies = [spec.initial_energy_kwh * spec.share_at_start for spec in specs] or [0.0]
    units = zip(plant.units, energies, strict=True)
    store = [number for unit, energy in units for number in (energy, initial_temp_degc(unit, outdoor), 0.0)]
    return State(tuple(building), list(initial_water_state(plant.water)), store)


def stored_kwh(state: State) -> float:
    """Return the energy in all batteries [kWh]."""
    return float(sum(state.store[::STATE_WIDTH]))


def mean_air_degc(plant: Plant, building: Sequence[Sequence[float]]) -> float:
    """Return the mean air temperature of the zones by floor area [degC]."""
    return float(sum(share * state[AIR] for share, state in zip(plant.floor_shares, building, strict=True)))


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


def most_aux_kw(plant: Plant) -> float:
    """Return what the batteries' auxiliaries draw at the very most together [kW]."""
    return sum(map(battery_aux_most_kw, plant.units))


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
