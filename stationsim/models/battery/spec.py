"""The battery as a scenario describes it, with defaults of a lithium iron phosphate store in containers."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from stationsim.models.battery.curves import CURVE_POINTS
from stationsim.models.battery.parts import (
    DC_CONVERTER,
    CellSpec,
    ConverterSpec,
    ThermalSpec,
    WarrantySpec,
)
from stationsim.spec import Fraction, Identifier, NonNegative, Number, Positive, Spec, Whole

LARGEST_KWH = 1e8
"""Refuse batteries above this [kWh]; the largest of 2025 hold some 1e7."""

PHYSICAL_HOURS = (0.05, 200.0)
"""Energy over power that a battery can have [h]; beyond it a unit is wrong: 20C, and a week of hours."""

STANDBY_KW_PER_MWH = 1.0
"""Draw of controls, sensors and fans [kW/MWh]; assumed at the lower end of the 1 to 3 that are known with
cooling, which is a load of its own here."""

CellTemperature = Annotated[Number, Field(ge=-60, le=100)]
Month = Annotated[Whole, Field(ge=1, le=12)]
SocShares = Annotated[tuple[tuple[Fraction, Fraction], ...], Field(min_length=2, max_length=CURVE_POINTS)]
TempShares = Annotated[
    tuple[tuple[CellTemperature, Fraction], ...], Field(min_length=1, max_length=CURVE_POINTS)
]


class SeasonSpec(Spec):
    """Months in which the battery keeps another window of its state of charge."""

    months: Annotated[tuple[Month, ...], Field(min_length=1)]
    """Months of the year, 1 to 12."""
    soc_minimum: Fraction
    """Lowest state of charge in use in these months, 0 to 1."""
    soc_maximum: Fraction
    """Highest state of charge in use in these months, 0 to 1."""

    @model_validator(mode="after")
    def _window_is_open(self) -> SeasonSpec:
        _check_window(self.soc_minimum, self.soc_maximum)
        return self


class BatterySpec(Spec):
    """A battery with its converter and container; energies are at the cells, powers at its terminals."""

    capacity_kwh: Annotated[Positive, Field(le=LARGEST_KWH)]
    """Rated energy of the cells, empty to full [kWh]."""
    power_kw: Annotated[Positive, Field(le=1e6)]
    """Rated power of the converter, for charging and for discharging [kW]."""
    power_cap_kw: Annotated[Positive, Field(le=1e6)] | None = None
    """Most power that a rule of fire protection allows [kW]; left out where none does."""
    soc_minimum: Fraction = 0.1
    """Lowest state of charge in use, 0 to 1; 0.1 to 0.9 is the depth of 0.8 that LFP cells are aged at."""
    soc_maximum: Fraction = 0.9
    """Highest state of charge in use, 0 to 1; 0.9 for the same reason."""
    soc_initial: Fraction = 0.5
    """State of charge at the start, inside the window, 0 to 1; 0.5 favours neither direction."""
    seasons: tuple[SeasonSpec, ...] = ()
    """Months with a window of their own; the others have `soc_minimum` and `soc_maximum`."""
    converter: ConverterSpec | None = None
    """Losses of the converter; left out, a usual AC converter, or a DC/DC one where `coupling` is dc."""
    cells: CellSpec = CellSpec()
    """Losses of the cells."""
    power_share_by_soc_charge: SocShares = ((0.0, 1.0), (0.9, 1.0), (1.0, 0.2))
    """Points of state of charge and share of the charging power [-]; the default's taper is assumed."""
    power_share_by_soc_discharge: SocShares = ((0.0, 0.2), (0.1, 1.0), (1.0, 1.0))
    """Points of state of charge and share of the discharging power [-]; the default's taper is assumed."""
    power_share_by_temperature_charge: TempShares = ((0.0, 0.0), (15.0, 1.0), (45.0, 1.0), (60.0, 0.0))
    """Points of cell temperature [degC] and share of the charging power [-]; LFP takes none below 0 degC."""
    power_share_by_temperature_discharge: TempShares = ((-30.0, 0.0), (0.0, 1.0), (45.0, 1.0), (60.0, 0.0))
    """Points of cell temperature [degC] and share of the discharging power [-]; ends as in data sheets."""
    thermal: ThermalSpec | None = ThermalSpec()
    """Container with its cooling and heating; null holds the cells at 25 degC without any."""
    standby_kw: Annotated[NonNegative, Field(le=1e5)] | None = None
    """Steady draw of controls and fans on the busbar [kW]; left out, 1 kW for each MWh of capacity."""
    warranty: WarrantySpec | None = None
    """What the maker warrants; left out where it is not known."""
    coupling: Literal["ac", "dc"] = "ac"
    """Where it is connected: ac to the station's busbar, dc behind the inverter of the `surfaces`."""
    surfaces: tuple[Identifier, ...] = ()
    """Solar surfaces whose inverter it shares, by their names; only where `coupling` is dc."""

    @model_validator(mode="after")
    def _windows_are_open(self) -> BatterySpec:
        _check_window(self.soc_minimum, self.soc_maximum)
        if not self.soc_minimum <= self.soc_initial <= self.soc_maximum:
            raise ValueError(
                f"must have soc_initial from soc_minimum to soc_maximum, "
                f"got {self.soc_initial:g} outside {self.soc_minimum:g} to {self.soc_maximum:g}"
            )
        counts = Counter(month for season in self.seasons for month in season.months)
        twice = sorted(month for month, count in counts.items() if count > 1)
        if twice:
            raise ValueError(f"seasons must have no month twice, got month {twice[0]} twice")
        return self

    @model_validator(mode="after")
    def _hours_are_physical(self) -> BatterySpec:
        hours = self.capacity_kwh / self.power_kw
        if not PHYSICAL_HOURS[0] <= hours <= PHYSICAL_HOURS[1]:
            raise ValueError(
                f"must have capacity_kwh over power_kw from {PHYSICAL_HOURS[0]:g} to "
                f"{PHYSICAL_HOURS[1]:g} h, got {hours:g}; energy is in kWh, power in kW"
            )
        return self

    @model_validator(mode="after")
    def _curves_rise(self) -> BatterySpec:
        for name in ("power_share_by_soc_charge", "power_share_by_soc_discharge"):
            _check_points(name, self._points(name), what="states of charge")
            if (self._points(name)[0], self._points(name)[-1]) != (0, 1):
                raise ValueError(f"{name} must start at state of charge 0 and end at 1")
        for name in ("power_share_by_temperature_charge", "power_share_by_temperature_discharge"):
            _check_points(name, self._points(name), what="temperatures")
        return self

    def _points(self, name: str) -> list[float]:
        return [point for point, _ in getattr(self, name)]

    @model_validator(mode="after")
    def _coupling_has_surfaces(self) -> BatterySpec:
        if self.coupling == "dc" and not self.surfaces:
            raise ValueError("coupling: dc must have surfaces, the names of those whose inverter it shares")
        if self.coupling == "ac" and self.surfaces:
            raise ValueError("surfaces must be left out where coupling is ac; write coupling: dc")
        if len(set(self.surfaces)) < len(self.surfaces):
            raise ValueError(f"surfaces must be named once each, got {', '.join(self.surfaces)}")
        return self

    @property
    def loss_of_converter(self) -> ConverterSpec:
        """Losses of the converter, with the default of its coupling."""
        return self.converter or (ConverterSpec() if self.coupling == "ac" else DC_CONVERTER)

    @property
    def draw_kw(self) -> float:
        """Steady draw of controls and fans, with its default [kW]."""
        return self.standby_kw if self.standby_kw is not None else default_standby_kw(self.capacity_kwh)

    @property
    def warranted_kwh(self) -> float:
        """Energy that may be discharged over the warranty [kWh]; infinite without one."""
        if self.warranty is None:
            return math.inf
        if self.warranty.throughput_mwh is not None:
            return self.warranty.throughput_mwh * 1000.0
        return (self.warranty.full_cycles or 0.0) * self.capacity_kwh

    def soc_window(self, month: int) -> tuple[float, float]:
        """Return the lowest and highest state of charge in use in a month, 1 to 12."""
        for season in self.seasons:
            if month in season.months:
                return season.soc_minimum, season.soc_maximum
        return self.soc_minimum, self.soc_maximum

    @property
    def initial_energy_kwh(self) -> float:
        """Energy in the cells at the start [kWh]."""
        return self.soc_initial * self.capacity_kwh


class NamedBatterySpec(BatterySpec):
    """One of several batteries."""

    name: Identifier
    """Name of the unit, part of the names of its columns."""


def default_standby_kw(capacity_kwh: float) -> float:
    """Return the usual draw of controls and fans of a battery [kW]."""
    return capacity_kwh / 1000.0 * STANDBY_KW_PER_MWH


def _check_window(soc_minimum: float, soc_maximum: float) -> None:
    if soc_minimum >= soc_maximum:
        raise ValueError(f"must have soc_minimum below soc_maximum, got {soc_minimum:g} and {soc_maximum:g}")


def _check_points(name: str, points: list[float], *, what: str) -> None:
    if any(high <= low for low, high in itertools.pairwise(points)):
        raise ValueError(f"{name} must have rising {what}, got {points}")
