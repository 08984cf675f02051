"""What each identity of a played scenario leaves unexplained; every term comes from its own device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kernel.building import AIR, MASS, BuildingOutput, zone_balance
from stationsim.kernel.power import STATE_WIDTH
from stationsim.models.battery import battery_energy_residual_kwh, battery_heat_residual_kwh
from stationsim.models.zone import ZoneState, zone_parameters
from stationsim.record.rows import Columns, Record
from stationsim.results import SINKS, SOURCES

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.plant import Plant
    from stationsim.scenario import Scenario
    from stationsim.world import World

Array = NDArray[np.float64]

KWH_PER_MWH = 1000.0


def residuals_of(
    scenario: Scenario,
    world: World,
    plant: Plant,
    record: Record,
    columns: Mapping[str, Array],
    sessions: pd.DataFrame,
) -> Columns:
    """Return the residual of every identity in each step.

    Parameters
    ----------
    scenario, world, plant, record
        What was played, and what the loop wrote.
    columns
        Flows of the steps.
    sessions
        Table of the sessions.
    """
    dt_h, raw = world.clock.dt_h, record.columns
    supply = sum(columns[name] for name in SOURCES)
    taken = sum(columns[name] for name in SINKS)
    at_meter = columns["meter_import_kw"] - columns["meter_export_kw"]
    through = columns["import_kw"] - columns["export_kw"] + columns["transformer_loss_kw"]
    return {
        "balance_residual_kwh": np.asarray(supply - taken) * dt_h,
        "transformer_residual_kwh": (at_meter - through) * dt_h,
        **_battery_residuals(world, plant, record),
        "zone_residual_kwh": _zone_residual_kwh(scenario, world, record),
        "water_residual_m3": _water_residual_m3(world, record, raw),
        "charging_residual_kwh": _charging_residual_kwh(raw, sessions),
    }


def _before(start: float, ends: Array) -> Array:
    """Return the value at the start of each step from those at the ends."""
    return np.concatenate([[start], ends[:-1]])


def _battery_residuals(world: World, plant: Plant, record: Record) -> Columns:
    """Return energy and heat stored in the batteries less what their flows explain, over all units [kWh]."""
    dt_h, n_steps = world.clock.dt_h, world.clock.n_steps
    energy_kwh, heat_kwh = np.zeros(n_steps), np.zeros(n_steps)
    for number, (params, unit) in enumerate(zip(plant.units, record.units, strict=True)):
        start_kwh, start_degc, _ = record.start.store[number * STATE_WIDTH : (number + 1) * STATE_WIDTH]
        energy, temp, power = unit["energy_kwh"], unit["temp_degc"], (unit["charge_kw"], unit["discharge_kw"])
        energy_kwh += np.abs(
            battery_energy_residual_kwh(params, _before(start_kwh, energy), energy, *power, dt_h)
        )
        heat_kwh += np.abs(
            battery_heat_residual_kwh(
                params, _before(start_degc, temp), temp, *power, unit["climate_heat_kw"], world.temp_air, dt_h
            )
        )
    return {"battery_residual_kwh": energy_kwh, "battery_heat_residual_kwh": heat_kwh}


def _zone_residual_kwh(scenario: Scenario, world: World, record: Record) -> Array:
    """Return heat stored in the zones less what their flows explain, the sizes added up [kWh]."""
    total = np.zeros(world.clock.n_steps)
    for zone, state, raw in zip(scenario.building.zones, record.start.building, record.zones, strict=True):
        drives, output = world.zones[zone.name], BuildingOutput(**raw)
        balance = zone_balance(
            zone_parameters(zone),
            output,
            start=ZoneState(
                _before(state[AIR], output.temp_air_end_degc),  # type: ignore[arg-type]
                _before(state[MASS], output.temp_mass_end_degc),  # type: ignore[arg-type]
            ),
            temp_out=world.temp_air,
            internal_w=drives.internal_w,
            solar_w=drives.solar_w,
            ventilation_w_k=drives.ventilation_w_k,
            dt_h=world.clock.dt_h,
        )
        total += np.abs(balance.residual_kwh)
    return total


def _water_residual_m3(world: World, record: Record, raw: Columns) -> Array:
    """Return what the flows of both tanks leave unexplained, the sizes of their residuals added up [m3]."""
    tanks = record.start.water
    waste, reuse = raw["equalisation_tank_m3"], raw["reuse_tank_m3"]
    rise = waste - _before(tanks[0], waste)
    waste_residual = world.water_demand.wastewater_m3 - raw["treated_m3"] - raw["overflow_m3"] - rise
    rise = reuse - _before(tanks[1], reuse)
    reuse_residual = raw["treated_m3"] - raw["reused_water_m3"] - raw["effluent_m3"] - rise
    wanted_residual = world.water_demand.wanted_m3 - raw["reused_water_m3"] - raw["made_up_m3"]
    residual: Array = np.abs(waste_residual) + np.abs(reuse_residual) + np.abs(wanted_residual)
    return residual


def _charging_residual_kwh(raw: Columns, sessions: pd.DataFrame) -> Array:
    """Return plaza energy less the sessions', with their losses, and standby, relative to 1 MWh [kWh].

    Sessions span steps, so this identity is one of the whole run; it stands in the last step. The sum of a
    year has rounding of its own, which is why it is held in proportion: per MWh beyond the first.
    """
    residual = np.zeros_like(raw["charging_kwh"])
    plaza = raw["charging_kwh"].sum()
    explained = sessions["energy_ac_kwh"].sum() + raw["charger_standby_kwh"].sum()
    residual[-1] = (plaza - explained) / max(plaza / KWH_PER_MWH, 1.0)
    return residual
