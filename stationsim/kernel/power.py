"""The power of a stretch of steps: batteries, inverters and grid settle what all others leave.

Written so that it could be compiled unchanged: flat sequences that are read, flat buffers that are written.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any, NamedTuple

from stationsim.control.rule import settle
from stationsim.kernel.minutes import WIDTH as ZONE_WIDTH
from stationsim.kernel.treatment import TREATMENT
from stationsim.kernel.treatment import WIDTH as WATER_WIDTH
from stationsim.models.battery import (
    BatteryParameters,
    battery_aux_kw,
    battery_limits_kw,
    battery_step,
)
from stationsim.models.pv import inverter_ac_kw, inverter_dc_kw

POWER_ROW = (
    *("charge_kw", "discharge_kw", "import_kw", "export_kw", "curtailed_kw", "unserved_kw"),
    *("pv_to_battery_kw", "battery_aux_kw"),
)
"""What a step writes: flows at the AC busbar, what inverters gave up for batteries on their DC side, and the
auxiliaries of all batteries [kW]."""

UNIT_ROW = (
    *("energy_kwh", "temp_degc", "charge_kw", "discharge_kw", "aux_kw", "climate_heat_kw"),
    *("converter_loss_kw", "cell_loss_kw", "busbar_charge_kw", "busbar_discharge_kw"),
)
"""What a step writes of each battery unit; its charge and discharge are at its terminals, and the last two
are what they are worth at the AC busbar."""

POWER_WIDTH, UNIT_WIDTH = len(POWER_ROW), len(UNIT_ROW)

STATE_WIDTH = 3
"""What is remembered of a unit: energy [kWh], temperature [degC] and the loss in its cells [kW]."""

DESK_WIDTH = 8
"""What the settling of a step notes of a unit: auxiliaries, climate heat, most charge and discharge at the
busbar, AC power of the inverters before it, DC power they can use, what of the DC power above that it takes,
and the most it takes at its terminals [kW]."""

OFF_SHARE = 1e-9
"""Share of their rating below which inverters are off; rounding must not wake them to their no-load loss."""


class Terminals(NamedTuple):
    """Where a unit stands: at the AC busbar, or on the DC side of the inverters of solar surfaces."""

    is_dc: int
    """1 on the DC side of inverters, 0 at the busbar."""
    inverter_kw: float
    """Rated AC power of those inverters [kW]."""
    inverter_efficiency: float
    """Nominal efficiency of those inverters."""


class PowerInputs(NamedTuple):
    """What the steps of a day bring."""

    temp_out: Sequence[float]
    """Outdoor temperature [degC]."""
    pv_kw: Sequence[float]
    """AC power of all surfaces, if no battery took any of it on the DC side [kW]."""
    dc_kw: Sequence[Sequence[float]]
    """DC power of the surfaces of each unit; empty for a unit at the busbar [kW]."""
    floor_kwh: Sequence[Sequence[float]]
    """Least energy in use of each unit [kWh]."""
    ceiling_kwh: Sequence[Sequence[float]]
    """Most energy in use of each unit [kWh]."""


def terminal_limits_kw(
    unit: BatteryParameters,
    terminals: Terminals,
    floor_kwh: float,
    ceiling_kwh: float,
    energy_kwh: float,
    temp_degc: float,
    dc_kw: float,
    dt_h: float,
    desk: MutableSequence[float],
    place: int,
) -> None:
    """Note what a unit could do, as seen from the AC busbar.

    Parameters
    ----------
    unit, terminals
        The unit and where it stands.
    floor_kwh, ceiling_kwh, energy_kwh, temp_degc
        Its window, energy [kWh] and temperature [degC].
    dc_kw
        DC power of its surfaces [kW].
    dt_h
        Step length [h].
    desk
        Receives the notes, from ``place`` on.

    Notes
    -----
    A unit on the DC side charges from its surfaces alone. DC power beyond what the inverters can use costs
    the busbar nothing; what more it takes costs what the inverters would have made of it. It can discharge
    into what room its inverters have.
    """
    charge_kw, discharge_kw = battery_limits_kw(unit, floor_kwh, ceiling_kwh, energy_kwh, temp_degc, dt_h)
    desk[place + 4] = desk[place + 5] = desk[place + 6] = 0.0
    desk[place + 7] = charge_kw
    if terminals.is_dc:
        rated_kw, efficiency = terminals.inverter_kw, terminals.inverter_efficiency
        full_kw = inverter_dc_kw(rated_kw, rated_kw, efficiency)
        usable_kw = min(dc_kw, full_kw)
        free_kw = min(dc_kw - usable_kw, charge_kw)
        before_kw = inverter_ac_kw(usable_kw, rated_kw, efficiency)
        kept_kw = max(usable_kw - (charge_kw - free_kw), 0.0)
        charge_kw = before_kw - inverter_ac_kw(kept_kw, rated_kw, efficiency)
        most_kw = inverter_ac_kw(min(usable_kw + discharge_kw, full_kw), rated_kw, efficiency)
        discharge_kw = max(most_kw - before_kw, 0.0)
        desk[place + 4], desk[place + 5], desk[place + 6] = before_kw, usable_kw, free_kw
    desk[place + 2], desk[place + 3] = charge_kw, discharge_kw


def at_terminals_kw(
    terminals: Terminals, charge_kw: float, discharge_kw: float, desk: Sequence[float], place: int
) -> tuple[float, float]:
    """Return charge and discharge at a unit's terminals from what they are worth at the AC busbar [kW]."""
    if not terminals.is_dc:
        return charge_kw, discharge_kw
    rated_kw, efficiency = terminals.inverter_kw, terminals.inverter_efficiency
    before_kw, usable_kw, free_kw = desk[place + 4], desk[place + 5], desk[place + 6]
    if discharge_kw > 0.0:
        needed_kw = inverter_dc_kw(before_kw + discharge_kw, rated_kw, efficiency)
        return 0.0, max(needed_kw - usable_kw, 0.0)
    if charge_kw > 0.0:
        through_kw, left_kw = before_kw - charge_kw, 0.0
        if through_kw > OFF_SHARE * rated_kw:
            left_kw = inverter_dc_kw(through_kw, rated_kw, efficiency)
        return min(max(usable_kw - left_kw, 0.0) + free_kw, desk[place + 7]), 0.0
    return free_kw, 0.0


def first_step_kw(
    units: Sequence[BatteryParameters],
    terminals: Sequence[Terminals],
    store: Sequence[float],
    inputs: PowerInputs,
    step: int,
    dt_h: float,
    desk: MutableSequence[float],
) -> tuple[float, float]:
    """Return what all units could discharge in a step, at the busbar, and their auxiliaries [kW]."""
    discharge_kw = aux_kw = 0.0
    for number in range(len(units)):
        look(units, terminals, store, inputs, number, step, dt_h, desk)
        aux_kw += desk[number * DESK_WIDTH]
        discharge_kw += desk[number * DESK_WIDTH + 3]
    return discharge_kw, aux_kw


def look(
    units: Sequence[BatteryParameters],
    terminals: Sequence[Terminals],
    store: Sequence[float],
    inputs: PowerInputs,
    number: int,
    step: int,
    dt_h: float,
    desk: MutableSequence[float],
) -> None:
    """Note what a unit's auxiliaries draw in a step, and what it could do."""
    place, kept = number * DESK_WIDTH, number * STATE_WIDTH
    energy_kwh, temp_degc, loss_kw = store[kept], store[kept + 1], store[kept + 2]
    aux_kw, heat_kw = battery_aux_kw(units[number], temp_degc, inputs.temp_out[step], loss_kw, dt_h)
    desk[place], desk[place + 1] = aux_kw, heat_kw
    terminal_limits_kw(
        units[number],
        terminals[number],
        inputs.floor_kwh[number][step],
        inputs.ceiling_kwh[number][step],
        energy_kwh,
        temp_degc,
        inputs.dc_kw[number][step] if terminals[number].is_dc else 0.0,
        dt_h,
        desk,
        place,
    )


def play_power(
    units: Sequence[BatteryParameters],
    terminals: Sequence[Terminals],
    store: MutableSequence[float],
    inputs: PowerInputs,
    loads_kw: Sequence[float],
    begin: int,
    end: int,
    max_import_kw: float,
    max_export_kw: float,
    planned_kw: float,
    dt_h: float,
    desk: MutableSequence[float],
    out: Any,
    outs: Any,
) -> None:
    """Settle the power of each step of a stretch.

    Parameters
    ----------
    units, terminals
        The battery units and where each stands.
    store
        `STATE_WIDTH` numbers a unit, moved on with the steps.
    inputs
        What the day brings.
    loads_kw
        All loads but the batteries' auxiliaries, by step of the day [kW].
    begin, end
        First step of the stretch in its day, and the one after its last.
    max_import_kw, max_export_kw
        What the grid connection allows at the busbar [kW].
    planned_kw
        Planned power of all batteries, charging positive [kW]; NaN where the plan leaves it open.
    dt_h
        Step length [h].
    desk
        `DESK_WIDTH` numbers a unit to calculate with.
    out
        Receives `POWER_WIDTH` numbers for each step of the day.
    outs
        For each unit, receives `UNIT_WIDTH` numbers for each step of the day.

    Notes
    -----
    Units share charge and discharge in proportion to what each could do.
    """
    n_units = len(units)
    for step in range(begin, end):
        aux_kw = most_charge_kw = most_discharge_kw = 0.0
        for number in range(n_units):
            look(units, terminals, store, inputs, number, step, dt_h, desk)
            place = number * DESK_WIDTH
            aux_kw += desk[place]
            most_charge_kw += desk[place + 2]
            most_discharge_kw += desk[place + 3]
        flows = settle(
            inputs.pv_kw[step],
            loads_kw[step] + aux_kw,
            most_charge_kw,
            most_discharge_kw,
            max_import_kw,
            max_export_kw,
            planned_kw,
        )
        charge_share = flows.charge_kw / most_charge_kw if most_charge_kw > 0.0 else 0.0
        discharge_share = flows.discharge_kw / most_discharge_kw if most_discharge_kw > 0.0 else 0.0
        given_up_kw = busbar_charge_kw = 0.0
        for number in range(n_units):
            place, kept, row = number * DESK_WIDTH, number * STATE_WIDTH, step * UNIT_WIDTH
            charge_kw, discharge_kw = charge_share * desk[place + 2], discharge_share * desk[place + 3]
            if terminals[number].is_dc:
                given_up_kw += charge_kw
            else:
                busbar_charge_kw += charge_kw
            taken_kw, given_kw = at_terminals_kw(terminals[number], charge_kw, discharge_kw, desk, place)
            after = battery_step(
                units[number],
                store[kept],
                store[kept + 1],
                taken_kw,
                given_kw,
                desk[place + 1],
                inputs.temp_out[step],
                dt_h,
            )
            store[kept], store[kept + 1], store[kept + 2] = (
                after.energy_kwh,
                after.temp_degc,
                after.cell_loss_kw,
            )
            unit_out = outs[number]
            unit_out[row] = after.energy_kwh
            unit_out[row + 1] = after.temp_degc
            unit_out[row + 2] = taken_kw
            unit_out[row + 3] = given_kw
            unit_out[row + 4] = desk[place]
            unit_out[row + 5] = desk[place + 1]
            unit_out[row + 6] = after.converter_loss_kw
            unit_out[row + 7] = after.cell_loss_kw
            unit_out[row + 8] = charge_kw
            unit_out[row + 9] = discharge_kw
        row = step * POWER_WIDTH
        out[row] = busbar_charge_kw
        out[row + 1] = flows.discharge_kw
        out[row + 2] = flows.import_kw
        out[row + 3] = flows.export_kw
        out[row + 4] = flows.curtailed_kw
        out[row + 5] = flows.unserved_kw
        out[row + 6] = given_up_kw
        out[row + 7] = aux_kw


def add_rooms(
    firm_kw: Sequence[float],
    zones: Sequence[Any],
    pv_kw: Sequence[float],
    begin: int,
    end: int,
    used_kw: Any,
    sun_kw: Any,
) -> None:
    """Note firm loads with heating and cooling, and what the sun gives beyond, by step of the day.

    Parameters
    ----------
    firm_kw, pv_kw
        Loads that cannot be shed, and generation [kW].
    zones
        Rows of each zone, as ``kernel.minutes`` writes them.
    begin, end
        First step and the one after the last.
    used_kw, sun_kw
        Receive the sum and the rest; the rest may be negative [kW].
    """
    for step in range(begin, end):
        hvac_kw = 0.0
        place = step * ZONE_WIDTH
        for zone in range(len(zones)):
            hvac_kw += zones[zone][place] + zones[zone][place + 1]
        used_kw[step] = firm_kw[step] + hvac_kw
        sun_kw[step] = pv_kw[step] - used_kw[step]


def add_plaza(
    used_kw: Sequence[float],
    water: Any,
    plaza_kwh: Sequence[float],
    begin: int,
    end: int,
    dt_h: float,
    loads_kw: Any,
) -> None:
    """Note all loads but the batteries' auxiliaries, by step of the day.

    Parameters
    ----------
    used_kw
        Firm loads, heating and cooling [kW].
    water
        Rows of the water, as ``kernel.treatment`` writes them.
    plaza_kwh
        Net energy of the plaza [kWh].
    begin, end
        First step and the one after the last.
    dt_h
        Step length [h].
    loads_kw
        Receives the sum [kW].
    """
    for step in range(begin, end):
        loads_kw[step] = used_kw[step] + water[step * WATER_WIDTH + TREATMENT] + plaza_kwh[step] / dt_h
