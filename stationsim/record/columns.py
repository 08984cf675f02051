"""The columns of the steps of a played scenario: flows, states, people, weather and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.models.grid import transformer_loss_kw
from stationsim.models.water import USES as WATER_USES
from stationsim.record.rows import Columns, Record
from stationsim.results import joined
from stationsim.traffic.visitors import to_step

if TYPE_CHECKING:
    from stationsim.plant import Plant
    from stationsim.scenario import Scenario
    from stationsim.world import World

Array = NDArray[np.float64]

WEATHER = ("ghi", "dni", "dhi", "temp_air", "rainfall", "snowfall")
"""Columns of the weather that are kept; rain and snow only where the weather knows them."""

OF_ZONES = ("cooling_kw", "heating_kw", "cooling_heat_kw", "heating_heat_kw", "free_cooling_kw")
"""Powers of which the building's is the sum of the zones'."""


def columns_of(scenario: Scenario, world: World, plant: Plant, record: Record) -> Columns:
    """Return the columns of the steps, those of the plaza's posts and the residuals apart."""
    raw = record.columns | _building(scenario, record.zones)
    return joined(
        _electricity(scenario, world, plant, raw, record.units),
        _batteries(scenario, plant, record.units),
        _states(world, raw),
        _zones(scenario, record.zones),
        world.load_details,
        _outside(scenario, world),
    )


def _electricity(
    scenario: Scenario, world: World, plant: Plant, raw: Columns, units: list[Columns]
) -> Columns:
    """Return the flows at the busbar, at the meter and per surface [kW].

    What a battery on the DC side of inverters takes from its surfaces passes no busbar. It counts as
    generation and as charge, so that both mean the same however a battery is coupled.
    """
    behind = _taken_behind_inverters_kw(plant, units)
    net = raw["import_kw"] - raw["export_kw"]
    loss = transformer_loss_kw(scenario.grid.parameters, net)  # type: ignore[arg-type]
    at_meter = net + loss
    flows: Columns = {
        "pv_kw": np.maximum(world.pv_kw - raw["pv_to_battery_kw"], 0.0) + behind,
        "discharge_kw": raw["discharge_kw"],
        "v2g_kw": raw["v2g_kwh"] / world.clock.dt_h,
        **{name: raw[name] for name in ("import_kw", "unserved_kw")},
        "charging_kw": raw["charging_kwh"] / world.clock.dt_h,
        **{name: raw[name] for name in ("cooling_kw", "heating_kw", "water_kw", "battery_aux_kw")},
        **world.loads,
        "charge_kw": raw["charge_kw"] + behind,
        **{name: raw[name] for name in ("export_kw", "curtailed_kw")},
        "meter_import_kw": np.maximum(at_meter, 0.0),
        "meter_export_kw": np.maximum(-at_meter, 0.0),
        "transformer_loss_kw": np.asarray(loss),
        "pv_clipped_kw": world.pv_clipped_kw,
        "pv_to_battery_kw": raw["pv_to_battery_kw"],
    }
    return joined(flows, {f"pv_{name}_kw": power for name, power in world.surfaces.items()})


def _batteries(scenario: Scenario, plant: Plant, units: list[Columns]) -> Columns:
    """Return what all battery units hold and lose together; of each unit too where there are several.

    What units on the DC side of inverters take is ``charge_dc_kw``, at their terminals; the busbar misses
    ``pv_to_battery_kw`` for it.
    """
    names = [name for name, _ in scenario.battery_units]
    if not names:
        nothing = np.zeros(len(units[0]["energy_kwh"]))
        sums = ("battery_kwh", "soc", "charge_dc_kw", "battery_converter_loss_kw", "battery_cell_loss_kw")
        return {**dict.fromkeys(sums, nothing), "battery_temp_degc": units[0]["temp_degc"]}
    sizes = np.array([params.capacity_kwh for params in plant.units])
    stored = np.sum([unit["energy_kwh"] for unit in units], axis=0)
    columns = {
        "battery_kwh": stored,
        "soc": stored / sizes.sum(),
        "charge_dc_kw": _taken_behind_inverters_kw(plant, units),
        "battery_temp_degc": np.average([unit["temp_degc"] for unit in units], axis=0, weights=sizes),
        "battery_converter_loss_kw": np.sum([unit["converter_loss_kw"] for unit in units], axis=0),
        "battery_cell_loss_kw": np.sum([unit["cell_loss_kw"] for unit in units], axis=0),
    }
    if len(names) > 1:
        for name, size, unit in zip(names, sizes, units, strict=True):
            each = {
                f"battery_kwh_{name}": unit["energy_kwh"],
                f"soc_{name}": unit["energy_kwh"] / size,
                f"battery_temp_{name}_degc": unit["temp_degc"],
                f"charge_{name}_kw": unit["charge_kw"],
                f"discharge_{name}_kw": unit["discharge_kw"],
            }
            columns = joined(columns, each)
    return columns


def _taken_behind_inverters_kw(plant: Plant, units: list[Columns]) -> Array:
    """Return what batteries on the DC side of inverters take there [kW]."""
    taken = [unit["charge_kw"] * place.is_dc for unit, place in zip(units, plant.terminals, strict=True)]
    total: Array = np.sum(taken, axis=0)
    return total


def _building(scenario: Scenario, zones: list[Columns]) -> Columns:
    """Return the building's columns: sums of the zones' powers, means of temperatures by floor area."""
    shares = scenario.building.floor_shares

    def mean(name: str) -> Array:
        total: Array = np.sum([share * zone[name] for share, zone in zip(shares, zones, strict=True)], axis=0)
        return total

    return {
        **{name: np.sum([zone[name] for zone in zones], axis=0) for name in OF_ZONES},
        "ac_units_on": np.sum([zone["units_on"] for zone in zones], axis=0),
        "ac_starts": np.sum([zone["unit_starts"] for zone in zones], axis=0),
        "temp_zone_degc": mean("temp_air_degc"),
        "temp_mass_degc": mean("temp_mass_end_degc"),
    }


def _zones(scenario: Scenario, zones: list[Columns]) -> Columns:
    """Return temperature and electricity of each zone."""
    columns: Columns = {}
    for zone, raw in zip(scenario.building.zones, zones, strict=True):
        each = {
            f"temp_{zone.name}_degc": raw["temp_air_degc"],
            f"cooling_{zone.name}_kw": raw["cooling_kw"],
            f"heating_{zone.name}_kw": raw["heating_kw"],
        }
        columns = joined(columns, each)
    return columns


def _states(world: World, raw: Columns) -> Columns:
    """Return what building, tanks and queue remember at each step's end, and the water used."""
    demand = world.water_demand
    kept = (
        *("temp_zone_degc", "temp_mass_degc", "ac_units_on", "ac_starts"),
        *("cooling_heat_kw", "heating_heat_kw", "free_cooling_kw"),
        *("equalisation_tank_m3", "reuse_tank_m3", "treated_m3", "reused_water_m3"),
        *("effluent_m3", "overflow_m3", "queue_length", "posts_busy", "posts_blocked", "posts_held"),
        *("ev_throttled_kwh", "plaza_cap_kw"),
    )
    return {
        **{name: raw[name] for name in kept},
        "charger_standby_kw": raw["charger_standby_kwh"] / world.clock.dt_h,
        "fresh_water_m3": demand.potable_m3 + raw["made_up_m3"],
        "wastewater_m3": demand.wastewater_m3,
        **{f"water_{use}": getattr(demand, use) for use in WATER_USES},
    }


def _outside(scenario: Scenario, world: World) -> Columns:
    """Return people, weather and prices."""
    minutes, visitors = world.clock.step_minutes, world.visitors
    return {
        "vehicles": to_step(visitors.vehicles, minutes, total=True),
        **_by_class(world),
        "people": to_step(visitors.people, minutes, total=True),
        "occupancy_people": to_step(visitors.occupancy, minutes),
        **{name: world.weather[name].to_numpy(dtype=float) for name in WEATHER if name in world.weather},
        "price_per_kwh": world.price_per_kwh,
        "feed_in_per_kwh": np.full(world.clock.n_steps, scenario.grid.tariff.feed_in_per_kwh),
    }


def _by_class(world: World) -> Columns:
    """Return vehicles that enter in each step by class; nothing where all are alike."""
    rows = world.visitors.by_class
    if rows is None:
        return {}
    return {
        f"vehicles_{name}": to_step(row, world.clock.step_minutes, total=True)
        for name, row in zip(world.vehicle_classes, rows, strict=True)
    }
