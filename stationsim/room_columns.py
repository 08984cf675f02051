"""The columns of the building and its zones, and the balance of their heat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kernel.building import BuildingOutput, zone_balance
from stationsim.models.zone import ZoneState, zone_parameters
from stationsim.scenario import Scenario

if TYPE_CHECKING:
    from stationsim.world import World

Array = NDArray[np.float64]
Columns = dict[str, Array]

OF_ZONES = ("cooling_kw", "heating_kw", "cooling_heat_kw", "heating_heat_kw", "free_cooling_kw")
"""Powers of which the building's is the sum of the zones'."""


def building_columns(scenario: Scenario, outputs: Sequence[BuildingOutput]) -> Columns:
    """Return the building's columns: sums of powers and units, means of temperatures by floor area."""
    shares = scenario.building.floor_shares
    by_floor = list(zip(shares, outputs, strict=True))
    return {
        **{name: np.sum([getattr(output, name) for output in outputs], axis=0) for name in OF_ZONES},
        "ac_units_on": np.sum([output.units_on for output in outputs], axis=0),
        "ac_starts": np.sum([output.unit_starts for output in outputs], axis=0),
        "temp_zone_degc": np.sum([share * output.temp_air_degc for share, output in by_floor], axis=0),
        "temp_mass_degc": np.sum([share * output.temp_mass_end_degc for share, output in by_floor], axis=0),
    }


def zone_columns(scenario: Scenario, outputs: Sequence[BuildingOutput]) -> Columns:
    """Return temperature and electricity of each zone."""
    columns: Columns = {}
    for zone, output in zip(scenario.building.zones, outputs, strict=True):
        columns[f"temp_{zone.name}_degc"] = output.temp_air_degc
        columns[f"cooling_{zone.name}_kw"] = output.cooling_kw
        columns[f"heating_{zone.name}_kw"] = output.heating_kw
    return columns


def zone_residual_kwh(
    scenario: Scenario,
    world: World,
    start_temps: Sequence[ZoneState],
    outputs: Sequence[BuildingOutput],
) -> Array:
    """Return heat stored in the zones less what flows explain, without sign and summed over them [kWh]."""
    total = np.zeros(world.clock.n_steps)
    for zone, first, output in zip(scenario.building.zones, start_temps, outputs, strict=True):
        drives = world.zones[zone.name]
        balance = zone_balance(
            zone_parameters(zone),
            output,
            start=ZoneState(
                value_before(first.temp_air_degc, output.temp_air_end_degc),  # type: ignore[arg-type]
                value_before(first.temp_mass_degc, output.temp_mass_end_degc),  # type: ignore[arg-type]
            ),
            temp_out=world.temp_air,
            internal_w=drives.internal_w,
            solar_w=drives.solar_w,
            ventilation_w_k=drives.ventilation_w_k,
            dt_h=world.clock.dt_h,
        )
        total += np.abs(balance.residual_kwh)
    return total


def value_before(start: float, ends: Array) -> Array:
    """Return the value at the start of each step from those at the ends."""
    return np.concatenate([[start], ends[:-1]])
