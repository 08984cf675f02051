"""Battery storage: a store with a window, two efficiencies and a standby draw."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from stationsim.spec import Efficiency, Fraction, NonNegative, Positive, Spec

LARGEST_KWH = 1e8
"""Refuse batteries above this [kWh]; the largest of 2025 hold some 1e7."""

PHYSICAL_HOURS = (0.05, 200.0)
"""Energy over power that a battery can have [h]; beyond it a unit is wrong: 20C, and a week of hours."""


class BatterySpec(Spec):
    """A battery with its converter; energies are at the cells, powers at the station's busbar."""

    capacity_kwh: Annotated[Positive, Field(le=LARGEST_KWH)]
    """Rated energy of the cells, empty to full [kWh]."""
    power_kw: Positive
    """Rated power of the converter, for charging and for discharging [kW]."""
    soc_minimum: Fraction = 0.1
    """Lowest state of charge in use, 0 to 1; 0.1 to 0.9 is the depth of 0.8 that LFP cells are aged at."""
    soc_maximum: Fraction = 0.9
    """Highest state of charge in use, 0 to 1; 0.9 for the same reason."""
    soc_initial: Fraction = 0.5
    """State of charge at the start, inside the window, 0 to 1; 0.5 favours neither direction."""
    charge_efficiency: Efficiency = 0.94
    """Energy into the cells over energy from the busbar; twice 0.94 is 0.88, usual with converter."""
    discharge_efficiency: Efficiency = 0.94
    """Energy to the busbar over energy out of the cells; as for charging."""
    standby_kw: NonNegative = 0.0
    """Steady draw of controls and cooling on the store [kW]; 0 leaves it out, 1 to 3 kW per MWh is usual."""

    @model_validator(mode="after")
    def _window_is_open(self) -> BatterySpec:
        if self.soc_minimum >= self.soc_maximum:
            raise ValueError(
                f"must have soc_minimum below soc_maximum, got {self.soc_minimum:g} and {self.soc_maximum:g}"
            )
        if not self.soc_minimum <= self.soc_initial <= self.soc_maximum:
            raise ValueError(
                f"must have soc_initial from soc_minimum to soc_maximum, "
                f"got {self.soc_initial:g} outside {self.soc_minimum:g} to {self.soc_maximum:g}"
            )
        hours = self.capacity_kwh / self.power_kw
        if not PHYSICAL_HOURS[0] <= hours <= PHYSICAL_HOURS[1]:
            raise ValueError(
                f"must have capacity_kwh over power_kw from {PHYSICAL_HOURS[0]:g} to "
                f"{PHYSICAL_HOURS[1]:g} h, got {hours:g}; energy is in kWh, power in kW"
            )
        return self

    @property
    def parameters(self) -> BatteryParameters:
        """The numbers that the equations use."""
        return BatteryParameters(
            capacity_kwh=self.capacity_kwh,
            power_kw=self.power_kw,
            floor_kwh=self.soc_minimum * self.capacity_kwh,
            ceiling_kwh=self.soc_maximum * self.capacity_kwh,
            charge_efficiency=self.charge_efficiency,
            discharge_efficiency=self.discharge_efficiency,
            standby_kw=self.standby_kw,
        )

    @property
    def initial_energy_kwh(self) -> float:
        """Energy in the cells at the start [kWh]."""
        return self.soc_initial * self.capacity_kwh


class BatteryParameters(NamedTuple):
    """Numbers of the battery's equations."""

    capacity_kwh: float
    """Rated energy [kWh]."""
    power_kw: float
    """Rated power [kW]."""
    floor_kwh: float
    """Least energy in use [kWh]."""
    ceiling_kwh: float
    """Most energy in use [kWh]."""
    charge_efficiency: float
    """Into the cells over from the busbar."""
    discharge_efficiency: float
    """To the busbar over out of the cells."""
    standby_kw: float
    """Steady draw on the store [kW]."""


def battery_limits_kw(params: BatteryParameters, energy_kwh: float, dt_h: float) -> tuple[float, float]:
    """Return the most charge and the most discharge that hold through a step [kW].

    Parameters
    ----------
    params
        The battery.
    energy_kwh
        Energy in the cells at the step's start [kWh].
    dt_h
        Step length [h].

    Notes
    -----
    Exact with standby: a step at the first limit ends at the ceiling or below, a step at the second at the
    floor or above, because the energy that standby takes is kept back.
    """
    standby_kwh = params.standby_kw * dt_h
    power_kw = params.power_kw
    charge_kw = (params.ceiling_kwh - energy_kwh + standby_kwh) / (params.charge_efficiency * dt_h)
    discharge_kw = (energy_kwh - params.floor_kwh - standby_kwh) * params.discharge_efficiency / dt_h
    charge_kw = power_kw if charge_kw > power_kw else charge_kw
    discharge_kw = power_kw if discharge_kw > power_kw else discharge_kw
    return (charge_kw if charge_kw > 0.0 else 0.0), (discharge_kw if discharge_kw > 0.0 else 0.0)


def battery_upkeep_kw(params: BatteryParameters, energy_kwh: float, dt_h: float) -> float:
    """Return the charge that feeds the standby of a step where the store above the floor cannot [kW].

    Parameters
    ----------
    params
        The battery.
    energy_kwh
        Energy in the cells at the step's start [kWh].
    dt_h
        Step length [h].
    """
    missing_kwh = params.floor_kwh + params.standby_kw * dt_h - energy_kwh
    return missing_kwh / (params.charge_efficiency * dt_h) if missing_kwh > 0.0 else 0.0


def battery_standby_kw(
    params: BatteryParameters, energy_kwh: float, charge_kw: float, discharge_kw: float, dt_h: float
) -> float:
    """Return the standby draw of a step [kW]: the full one, or what is left above the floor."""
    change_kw = charge_kw * params.charge_efficiency - discharge_kw / params.discharge_efficiency
    left_kw = (energy_kwh - params.floor_kwh) / dt_h + change_kw
    standby_kw = params.standby_kw if left_kw > params.standby_kw else left_kw
    return standby_kw if standby_kw > 0.0 else 0.0


def battery_step(
    params: BatteryParameters, energy_kwh: float, charge_kw: float, discharge_kw: float, dt_h: float
) -> float:
    """Return the energy in the cells after a step [kWh].

    Parameters
    ----------
    params
        The battery.
    energy_kwh
        Energy in the cells at the step's start [kWh].
    charge_kw, discharge_kw
        Power taken from and given to the busbar, within ``battery_limits_kw`` [kW].
    dt_h
        Step length [h].

    Notes
    -----
    Change of energy = charge x efficiency - discharge / efficiency - standby, all times ``dt_h``.
    """
    standby_kw = 0.0
    if params.standby_kw > 0.0:
        standby_kw = battery_standby_kw(params, energy_kwh, charge_kw, discharge_kw, dt_h)
    change_kw = charge_kw * params.charge_efficiency - discharge_kw / params.discharge_efficiency
    return energy_kwh + (change_kw - standby_kw) * dt_h


class BatteryStep(NamedTuple):
    """What a battery did in a step."""

    charge_kw: float
    """Power taken from the busbar [kW]."""
    discharge_kw: float
    """Power given to the busbar [kW]."""
    standby_kw: float
    """Standby draw on the store [kW]."""
    energy_kwh: float
    """Energy in the cells afterwards [kWh]."""


class Battery:
    """A battery that remembers its energy; charging is positive, discharging negative.

    Parameters
    ----------
    spec
        The battery.
    """

    def __init__(self, spec: BatterySpec) -> None:
        self.parameters = spec.parameters
        self.energy_kwh = spec.initial_energy_kwh

    @property
    def soc(self) -> float:
        """State of charge, 0 to 1."""
        return self.energy_kwh / self.parameters.capacity_kwh

    def limits_kw(self, dt_h: float) -> tuple[float, float]:
        """Return the least (discharging, negative) and the most power of a step [kW]."""
        max_charge_kw, max_discharge_kw = battery_limits_kw(self.parameters, self.energy_kwh, dt_h)
        return 0.0 - max_discharge_kw, max_charge_kw

    def step(self, power_kw: float, dt_h: float) -> BatteryStep:
        """Do what the limits allow of ``power_kw`` [kW] for ``dt_h`` [h] and return what happened."""
        least_kw, most_kw = self.limits_kw(dt_h)
        power_kw = min(max(power_kw, least_kw), most_kw)
        charge_kw, discharge_kw = max(0.0, power_kw), max(0.0, 0.0 - power_kw)
        flows = (self.parameters, self.energy_kwh, charge_kw, discharge_kw, dt_h)
        standby_kw = battery_standby_kw(*flows)
        self.energy_kwh = battery_step(*flows)
        return BatteryStep(charge_kw, discharge_kw, standby_kw, self.energy_kwh)
