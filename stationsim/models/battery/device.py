"""A battery that remembers, for tests and for those who drive one by hand."""

from __future__ import annotations

from typing import NamedTuple

from stationsim.models.battery.parameters import battery_parameters
from stationsim.models.battery.spec import BatterySpec
from stationsim.models.battery.unit import (
    battery_aux_kw,
    battery_limits_kw,
    battery_step,
    initial_temp_degc,
)


class BatteryStep(NamedTuple):
    """What a battery did in a step."""

    charge_kw: float
    """Power taken from the terminals [kW]."""
    discharge_kw: float
    """Power given to the terminals [kW]."""
    aux_kw: float
    """Draw of the auxiliaries on the busbar [kW]."""
    climate_heat_kw: float
    """Heat of the auxiliaries to the cells, negative where it is taken away [kW]."""
    converter_loss_kw: float
    """Lost in the converter [kW]."""
    cell_loss_kw: float
    """Lost in the cells [kW]."""
    energy_kwh: float
    """Energy in the cells afterwards [kWh]."""
    temp_degc: float
    """Cell temperature afterwards [degC]."""


class Battery:
    """A battery that remembers its energy and warmth; charging is positive, discharging negative.

    Parameters
    ----------
    spec
        The battery; its window is that of the months without a season of their own.
    temp_out_degc
        Outdoor temperature at the start [degC].
    """

    def __init__(self, spec: BatterySpec, temp_out_degc: float = 20.0) -> None:
        self.parameters = battery_parameters(spec)
        self.window_kwh = (spec.soc_minimum * spec.capacity_kwh, spec.soc_maximum * spec.capacity_kwh)
        self.energy_kwh = spec.initial_energy_kwh
        self.temp_degc = initial_temp_degc(self.parameters, temp_out_degc)
        self.cell_loss_kw = 0.0

    @property
    def soc(self) -> float:
        """State of charge, 0 to 1."""
        return self.energy_kwh / self.parameters.capacity_kwh

    def limits_kw(self, dt_h: float) -> tuple[float, float]:
        """Return the least (discharging, negative) and the most power of a step [kW]."""
        most_charge_kw, most_discharge_kw = battery_limits_kw(
            self.parameters, *self.window_kwh, self.energy_kwh, self.temp_degc, dt_h
        )
        return 0.0 - most_discharge_kw, most_charge_kw

    def step(self, power_kw: float, dt_h: float, temp_out_degc: float = 20.0) -> BatteryStep:
        """Do what the limits allow of ``power_kw`` [kW] for ``dt_h`` [h] and return what happened."""
        least_kw, most_kw = self.limits_kw(dt_h)
        power_kw = min(max(power_kw, least_kw), most_kw)
        charge_kw, discharge_kw = max(0.0, power_kw), max(0.0, 0.0 - power_kw)
        params = self.parameters
        aux_kw, heat_kw = battery_aux_kw(params, self.temp_degc, temp_out_degc, self.cell_loss_kw, dt_h)
        flows = battery_step(
            params, self.energy_kwh, self.temp_degc, charge_kw, discharge_kw, heat_kw, temp_out_degc, dt_h
        )
        self.energy_kwh, self.temp_degc, self.cell_loss_kw = (
            flows.energy_kwh,
            flows.temp_degc,
            flows.cell_loss_kw,
        )
        return BatteryStep(
            *(charge_kw, discharge_kw, aux_kw, heat_kw, flows.converter_loss_kw, flows.cell_loss_kw),
            *(flows.energy_kwh, flows.temp_degc),
        )
