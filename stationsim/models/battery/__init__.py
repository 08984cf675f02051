"""The battery as operated: its description, its equations, its identities."""

from stationsim.models.battery.curves import LossCurve
from stationsim.models.battery.device import Battery, BatteryStep
from stationsim.models.battery.parameters import battery_parameters, window_kwh
from stationsim.models.battery.parts import CellSpec, ConverterSpec, ThermalSpec, WarrantySpec
from stationsim.models.battery.residuals import (
    battery_energy_residual_kwh,
    battery_heat_residual_kwh,
    losses_kw,
)
from stationsim.models.battery.spec import BatterySpec, NamedBatterySpec, SeasonSpec
from stationsim.models.battery.unit import (
    BatteryFlows,
    BatteryParameters,
    battery_aux_kw,
    battery_aux_most_kw,
    battery_limits_kw,
    battery_step,
    charge_ac_kw,
    charge_dc_kw,
    discharge_ac_kw,
    discharge_dc_kw,
    drawn_kw,
    initial_temp_degc,
    stored_kw,
)

__all__ = [
    "Battery",
    "BatteryFlows",
    "BatteryParameters",
    "BatterySpec",
    "BatteryStep",
    "CellSpec",
    "ConverterSpec",
    "LossCurve",
    "NamedBatterySpec",
    "SeasonSpec",
    "ThermalSpec",
    "WarrantySpec",
    "battery_aux_kw",
    "battery_aux_most_kw",
    "battery_energy_residual_kwh",
    "battery_heat_residual_kwh",
    "battery_limits_kw",
    "battery_parameters",
    "battery_step",
    "charge_ac_kw",
    "charge_dc_kw",
    "discharge_ac_kw",
    "discharge_dc_kw",
    "drawn_kw",
    "initial_temp_degc",
    "losses_kw",
    "stored_kw",
    "window_kwh",
]
