"""The equations of one battery unit: what it could do, what its auxiliaries draw, what a step does to it.

Energies are at the cells, powers at the unit's terminals: the AC busbar, or the DC side of the shared
inverter where it is coupled there. Plain numbers only, so that a compiler could take the functions unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from stationsim.models.battery.curves import (
    LossCurve,
    filled_kwh,
    inward_inverse_kw,
    inward_kw,
    loss_kw,
    outward_inverse_kw,
    outward_kw,
    share_at,
)


class BatteryParameters(NamedTuple):
    """Numbers of the equations of one unit."""

    capacity_kwh: float
    """Energy of the cells, empty to full [kWh]."""
    power_kw: float
    """Highest power at the terminals: the converter's rating, or less by a fire rule [kW]."""
    stored_kw: float
    """Power into the cells' chemistry at ``power_kw`` of charge [kW]."""
    drawn_kw: float
    """Power out of the cells' chemistry at ``power_kw`` of discharge [kW]."""
    cells_charge_kw: float
    """Power into the cells that a share of 1 stands for [kW]: that of the converter's rating."""
    cells_discharge_kw: float
    """Power out of the cells that a share of 1 stands for [kW]."""
    converter: LossCurve
    """Loss of the converter by power at the terminals."""
    cells: LossCurve
    """Loss of the cells by power at their terminals."""
    charge_soc: Sequence[float]
    """States of charge of the shares of charging power [-]."""
    charge_share: Sequence[float]
    """Share of charging power at each [-]."""
    charge_from_kwh: float
    """Energy from which charging has its whole power [kWh]."""
    charge_until_kwh: float
    """Energy up to which charging has its whole power [kWh]."""
    discharge_depth: Sequence[float]
    """Depths of discharge, 1 - state of charge, of the shares of discharging power [-]."""
    discharge_share: Sequence[float]
    """Share of discharging power at each [-]."""
    discharge_from_kwh: float
    """Energy from which discharging has its whole power [kWh]."""
    discharge_until_kwh: float
    """Energy up to which discharging has its whole power [kWh]."""
    charge_temp_degc: Sequence[float]
    """Cell temperatures of the shares of charging power [degC]."""
    charge_temp_share: Sequence[float]
    """Share of charging power at each [-]."""
    discharge_temp_degc: Sequence[float]
    """Cell temperatures of the shares of discharging power [degC]."""
    discharge_temp_share: Sequence[float]
    """Share of discharging power at each [-]."""
    standby_kw: float
    """Steady draw of controls, sensors and fans on the busbar [kW]."""
    standby_heat_kw: float
    """What of it ends as heat at the cells [kW]."""
    heat_capacity_kwh_k: float
    """Heat that warms the unit by a kelvin [kWh/K]; 0 holds its temperature."""
    conductance_kw_k: float
    """Heat flow to its surroundings for each kelvin [kW/K]."""
    room_degc: float
    """Temperature of the room it stands in [degC]; NaN where it stands outdoors."""
    cool_above_degc: float
    """Cell temperature that cooling keeps [degC]."""
    heat_below_degc: float
    """Cell temperature that heating keeps [degC]."""
    cooling_kw: float
    """Most heat that cooling takes away [kW]."""
    heating_kw: float
    """Most heat that heating brings [kW]."""
    cooling_cop: float
    """Heat taken away per electricity [-]."""
    heating_cop: float
    """Heat brought per electricity [-]."""


class BatteryFlows(NamedTuple):
    """What a step did to a unit."""

    energy_kwh: float
    """Energy in the cells afterwards [kWh]."""
    temp_degc: float
    """Cell temperature afterwards [degC]."""
    charge_dc_kw: float
    """Power into the cells at their terminals [kW]."""
    discharge_dc_kw: float
    """Power out of the cells at their terminals [kW]."""
    converter_loss_kw: float
    """Lost in the converter [kW]."""
    cell_loss_kw: float
    """Lost in the cells as heat [kW]."""


def charge_dc_kw(params: BatteryParameters, charge_kw: float) -> float:
    """Return what reaches the cells' terminals of a charge at the unit's terminals [kW]."""
    return inward_kw(params.converter, charge_kw)


def charge_ac_kw(params: BatteryParameters, dc_kw: float) -> float:
    """Return the charge at the unit's terminals of which a power reaches the cells' terminals [kW]."""
    return inward_inverse_kw(params.converter, dc_kw)


def discharge_dc_kw(params: BatteryParameters, discharge_kw: float) -> float:
    """Return what the cells' terminals must give for a discharge at the unit's terminals [kW]."""
    return outward_kw(params.converter, discharge_kw)


def discharge_ac_kw(params: BatteryParameters, dc_kw: float) -> float:
    """Return the discharge at the unit's terminals that a power of the cells' terminals gives [kW]."""
    return outward_inverse_kw(params.converter, dc_kw)


def stored_kw(params: BatteryParameters, charge_kw: float) -> float:
    """Return what the cells store of a charge at the unit's terminals [kW]."""
    return inward_kw(params.cells, inward_kw(params.converter, charge_kw))


def drawn_kw(params: BatteryParameters, discharge_kw: float) -> float:
    """Return what the store loses for a discharge at the unit's terminals [kW]."""
    return outward_kw(params.cells, outward_kw(params.converter, discharge_kw))


def battery_limits_kw(
    params: BatteryParameters,
    floor_kwh: float,
    ceiling_kwh: float,
    energy_kwh: float,
    temp_degc: float,
    dt_h: float,
) -> tuple[float, float]:
    """Return the most charge and the most discharge that hold through a step, in its mean [kW].

    Parameters
    ----------
    params
        The unit.
    floor_kwh, ceiling_kwh
        Window of the step [kWh]: no discharge below the first, no charge above the second.
    energy_kwh
        Energy in the cells at the step's start [kWh].
    temp_degc
        Cell temperature at the step's start [degC].
    dt_h
        Step length [h].

    Notes
    -----
    A step at a limit that the window sets ends at the window's edge: what the cells may store or give is
    turned into power at the terminals by the inverse of both losses. Where the share by state of charge
    falls, the limit is the mean of the highest power along the way. Shares by state of charge and by
    temperature are of the power at the cells and are multiplied.
    """
    charge_kw = discharge_kw = 0.0
    room_kw = (ceiling_kwh - energy_kwh) / dt_h
    if room_kw > 0.0:
        most_kw = _most_stored_kw(params, energy_kwh, temp_degc, room_kw, dt_h)
        charge_kw = params.power_kw
        if most_kw < params.stored_kw:
            charge_kw = inward_inverse_kw(params.converter, inward_inverse_kw(params.cells, most_kw))
    left_kw = (energy_kwh - floor_kwh) / dt_h
    if left_kw > 0.0:
        most_kw = _most_drawn_kw(params, energy_kwh, temp_degc, left_kw, dt_h)
        discharge_kw = params.power_kw
        if most_kw < params.drawn_kw:
            discharge_kw = outward_inverse_kw(params.converter, outward_inverse_kw(params.cells, most_kw))
    return charge_kw, discharge_kw


def _most_stored_kw(
    params: BatteryParameters, energy_kwh: float, temp_degc: float, room_kw: float, dt_h: float
) -> float:
    """Return the most mean power that the cells store in a step with room for a power [kW]."""
    rate_kw = params.cells_charge_kw * share_at(params.charge_temp_degc, params.charge_temp_share, temp_degc)
    most_kw = room_kw if room_kw < rate_kw else rate_kw
    if energy_kwh < params.charge_from_kwh or energy_kwh + most_kw * dt_h > params.charge_until_kwh:
        points, shares = params.charge_soc, params.charge_share
        filled_kw = filled_kwh(points, shares, params.capacity_kwh, energy_kwh, rate_kw, dt_h) / dt_h
        most_kw = filled_kw if filled_kw < most_kw else most_kw
    return most_kw


def _most_drawn_kw(
    params: BatteryParameters, energy_kwh: float, temp_degc: float, left_kw: float, dt_h: float
) -> float:
    """Return the most mean power that the cells give in a step with a power left in them [kW]."""
    rate_kw = params.cells_discharge_kw * share_at(
        params.discharge_temp_degc, params.discharge_temp_share, temp_degc
    )
    most_kw = left_kw if left_kw < rate_kw else rate_kw
    if energy_kwh > params.discharge_until_kwh or energy_kwh - most_kw * dt_h < params.discharge_from_kwh:
        points, shares = params.discharge_depth, params.discharge_share
        depth_kwh = params.capacity_kwh - energy_kwh
        given_kw = filled_kwh(points, shares, params.capacity_kwh, depth_kwh, rate_kw, dt_h) / dt_h
        most_kw = given_kw if given_kw < most_kw else most_kw
    return most_kw


def battery_aux_kw(
    params: BatteryParameters, temp_degc: float, temp_out_degc: float, loss_kw: float, dt_h: float
) -> tuple[float, float]:
    """Return what the auxiliaries draw through a step, and the heat they bring to the cells [kW].

    Parameters
    ----------
    params
        The unit.
    temp_degc
        Cell temperature at the step's start [degC].
    temp_out_degc
        Outdoor temperature of the step [degC].
    loss_kw
        Loss in the cells that the controls expect: that of the step before [kW].
    dt_h
        Step length [h].

    Returns
    -------
    tuple
        Electricity from the AC busbar [kW], and heat to the cells, negative where it is taken away [kW].

    Notes
    -----
    Left alone the unit would end the step at some temperature. If that lies above ``cool_above_degc`` (below
    ``heat_below_degc``), cooling (heating) runs at the constant power that ends the step there, as far as its
    capacity goes. So the load is known when the step begins, does not swing at long steps, and its mean does
    not depend on the step.
    """
    standby_kw, inside_kw = params.standby_kw, params.standby_heat_kw
    if params.heat_capacity_kwh_k <= 0.0:
        return standby_kw, 0.0
    rise_k_kw = _rise_k_kw(params, dt_h)
    around_degc = params.room_degc if params.room_degc == params.room_degc else temp_out_degc
    heat_kw = loss_kw + inside_kw + params.conductance_kw_k * (around_degc - temp_degc)
    end_degc = temp_degc + heat_kw * rise_k_kw
    if end_degc > params.cool_above_degc:
        cooling_kw = min((end_degc - params.cool_above_degc) / rise_k_kw, params.cooling_kw)
        return standby_kw + cooling_kw / params.cooling_cop, inside_kw - cooling_kw
    if end_degc < params.heat_below_degc:
        heating_kw = min((params.heat_below_degc - end_degc) / rise_k_kw, params.heating_kw)
        return standby_kw + heating_kw / params.heating_cop, inside_kw + heating_kw
    return standby_kw, inside_kw


def _rise_k_kw(params: BatteryParameters, dt_h: float) -> float:
    """Return the rise of temperature over a step for each constant kilowatt of heat at its start [K/kW].

    Notes
    -----
    C dT/dt = q + UA (T_around - T) gives T(dt) - T0 = (q + UA (T_around - T0)) (1 - exp(-UA dt / C)) / UA.
    """
    ratio = params.conductance_kw_k * dt_h / params.heat_capacity_kwh_k
    if ratio < 1e-9:
        return dt_h / params.heat_capacity_kwh_k
    return -math.expm1(-ratio) / params.conductance_kw_k


def battery_temp_degc(
    params: BatteryParameters, temp_degc: float, heat_kw: float, temp_out_degc: float, dt_h: float
) -> float:
    """Return the cell temperature after a step of constant heat and surroundings [degC]."""
    if params.heat_capacity_kwh_k <= 0.0:
        return temp_degc
    around_degc = params.room_degc if params.room_degc == params.room_degc else temp_out_degc
    net_kw = heat_kw + params.conductance_kw_k * (around_degc - temp_degc)
    return temp_degc + net_kw * _rise_k_kw(params, dt_h)


def battery_step(
    params: BatteryParameters,
    energy_kwh: float,
    temp_degc: float,
    charge_kw: float,
    discharge_kw: float,
    climate_heat_kw: float,
    temp_out_degc: float,
    dt_h: float,
) -> BatteryFlows:
    """Return the unit after a step, and what was lost on the way.

    Parameters
    ----------
    params
        The unit.
    energy_kwh, temp_degc
        Energy in the cells [kWh] and their temperature [degC] at the step's start.
    charge_kw, discharge_kw
        Power taken from and given to the terminals, within ``battery_limits_kw`` [kW].
    climate_heat_kw
        Heat of the auxiliaries to the cells, from ``battery_aux_kw`` [kW].
    temp_out_degc
        Outdoor temperature of the step [degC].
    dt_h
        Step length [h].

    Notes
    -----
    Change of energy = (charge - discharge - loss of the converter - loss of the cells) x dt.
    """
    converter_loss_kw = cell_loss_kw = into_kw = out_of_kw = 0.0
    if charge_kw > 0.0:
        converter_loss_kw = loss_kw(params.converter, charge_kw)
        into_kw = charge_kw - converter_loss_kw
        cell_loss_kw = loss_kw(params.cells, into_kw)
    if discharge_kw > 0.0:
        lost_kw = loss_kw(params.converter, discharge_kw)
        converter_loss_kw += lost_kw
        out_of_kw = discharge_kw + lost_kw
        cell_loss_kw += loss_kw(params.cells, out_of_kw)
    return BatteryFlows(
        energy_kwh + (into_kw - out_of_kw - cell_loss_kw) * dt_h,
        battery_temp_degc(params, temp_degc, cell_loss_kw + climate_heat_kw, temp_out_degc, dt_h),
        into_kw,
        out_of_kw,
        converter_loss_kw,
        cell_loss_kw,
    )


def initial_temp_degc(params: BatteryParameters, temp_out_degc: float) -> float:
    """Return the cell temperature before the first step [degC]: that around it, within what is kept."""
    around_degc = params.room_degc if params.room_degc == params.room_degc else temp_out_degc
    return min(max(around_degc, params.heat_below_degc), params.cool_above_degc)


def battery_aux_most_kw(params: BatteryParameters) -> float:
    """Return the most that the auxiliaries ever draw [kW]."""
    climate_kw = max(params.cooling_kw / params.cooling_cop, params.heating_kw / params.heating_cop)
    return params.standby_kw + climate_kw
