"""What the identities of a battery leave unexplained, over all steps at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stationsim.models.battery.curves import LossCurve
from stationsim.models.battery.unit import BatteryParameters

Array = NDArray[np.float64]

SMALL = 1e-4
"""Argument below which the series of a function is exact to rounding, its own difference is not."""


def losses_kw(params: BatteryParameters, charge_kw: Array, discharge_kw: Array) -> tuple[Array, Array]:
    """Return what converter and cells lose in each step by the power at the terminals [kW].

    Parameters
    ----------
    params
        The unit.
    charge_kw, discharge_kw
        Power at the unit's terminals in each step [kW].
    """
    charge_loss, discharge_loss = (
        _loss_kw(params.converter, charge_kw),
        _loss_kw(params.converter, discharge_kw),
    )
    cells = _loss_kw(params.cells, charge_kw - charge_loss) + _loss_kw(
        params.cells, discharge_kw + discharge_loss
    )
    return charge_loss + discharge_loss, cells


def _loss_kw(curve: LossCurve, power_kw: Array) -> Array:
    loss: Array = np.where(
        power_kw < curve.least_kw,
        curve.low_share * power_kw,
        curve.standing_kw + curve.linear * power_kw + curve.quadratic_per_kw * power_kw**2,
    )
    return loss


def battery_energy_residual_kwh(
    params: BatteryParameters,
    start_kwh: Array,
    end_kwh: Array,
    charge_kw: Array,
    discharge_kw: Array,
    dt_h: float,
) -> Array:
    """Return stored energy less what charge, discharge and losses explain, in each step [kWh].

    Parameters
    ----------
    params
        The unit.
    start_kwh, end_kwh
        Energy in the cells at the start and end of each step [kWh].
    charge_kw, discharge_kw
        Power at the unit's terminals [kW].
    dt_h
        Step length [h].
    """
    converter_kw, cells_kw = losses_kw(params, charge_kw, discharge_kw)
    explained: Array = (charge_kw - discharge_kw - converter_kw - cells_kw) * dt_h
    return end_kwh - start_kwh - explained


def battery_heat_residual_kwh(
    params: BatteryParameters,
    start_degc: Array,
    end_degc: Array,
    charge_kw: Array,
    discharge_kw: Array,
    climate_heat_kw: Array,
    temp_out_degc: Array,
    dt_h: float,
) -> Array:
    """Return heat stored in the cells less what losses, auxiliaries and walls explain, in each step [kWh].

    Parameters
    ----------
    params
        The unit.
    start_degc, end_degc
        Cell temperature at the start and end of each step [degC].
    charge_kw, discharge_kw
        Power at the unit's terminals [kW].
    climate_heat_kw
        Heat of the auxiliaries to the cells [kW].
    temp_out_degc
        Outdoor temperature [degC].
    dt_h
        Step length [h].

    Notes
    -----
    The heat through the walls follows from the mean of the exact temperature over the step,
    T0 + g dt (x - 1 + exp(-x)) / x^2 with x = UA dt / C and the slope g at the start. It is taken from the
    start alone: the end is what the identity tests.
    """
    capacity = params.heat_capacity_kwh_k
    if capacity <= 0.0:
        return np.asarray(end_degc - start_degc) * 0.0
    heat = losses_kw(params, charge_kw, discharge_kw)[1] + climate_heat_kw
    around = temp_out_degc if np.isnan(params.room_degc) else params.room_degc
    wall, x = params.conductance_kw_k, params.conductance_kw_k * dt_h / capacity
    mean_share = (x + np.expm1(-x)) / x**2 if x > SMALL else 0.5 - x / 6.0
    slope_k_h = (heat + wall * (around - start_degc)) / capacity
    mean_degc = start_degc + slope_k_h * dt_h * mean_share
    explained: Array = (heat + wall * (around - mean_degc)) * dt_h
    return capacity * (end_degc - start_degc) - explained
