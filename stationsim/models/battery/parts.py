"""The parts of a battery as a scenario describes them: converter, cells, container, warranty."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from stationsim.models.battery.curves import LossCurve
from stationsim.spec import Fraction, Number, Positive, Spec

LossShare = Annotated[Number, Field(ge=0, le=0.2)]
"""Share of the rated power that is lost; a fifth is more than any converter in use loses."""

Temperature = Annotated[Number, Field(ge=-60, le=100)]

UNHELD_DEGC = 25.0
"""Temperature of cells without a thermal model [degC]; the one at which data sheets are measured."""


class ConverterSpec(Spec):
    """Losses of a converter by its load, as shares of rated power; alike in both directions.

    The default is near a storage converter of 220 kW that the California Energy Commission lists: 94 % at a
    tenth of its power, 96 % at a third to a half, 95 % at full power, its transformer included.
    """

    standing_share: LossShare = 0.003
    """Loss of the running converter at no load, over rated power [-]."""
    linear_share: LossShare = 0.026
    """Loss in proportion to load, at rated power [-]: voltage over switches, and what switching costs."""
    quadratic_share: LossShare = 0.0185
    """Loss in proportion to the square of load, at rated power [-]: resistance of coils and conductors."""
    least_share: Annotated[Number, Field(gt=0, le=0.5)] = 0.05
    """Share of rated power below which only part of the modules run, so that loss is in proportion [-]."""

    @model_validator(mode="after")
    def _passes_something(self) -> Self:
        if self.standing_share > 0.5 * self.least_share:
            raise ValueError(
                f"must have standing_share at most half of least_share, got {self.standing_share:g} and "
                f"{self.least_share:g}; at its least power the converter would lose half of it"
            )
        return self

    def curve(self, power_kw: float) -> LossCurve:
        """Return the loss of a converter of a rated power [kW]."""
        least = self.least_share
        return LossCurve(
            standing_kw=self.standing_share * power_kw,
            linear=self.linear_share,
            quadratic_per_kw=self.quadratic_share / power_kw,
            least_kw=least * power_kw,
            low_share=self.standing_share / least + self.linear_share + self.quadratic_share * least,
        )


DC_CONVERTER = ConverterSpec(standing_share=0.0015, linear_share=0.003, quadratic_share=0.0055)
"""A DC/DC converter without an inverter's stage: 99 % at rated and at half power, as SAM assumes."""


class CellSpec(Spec):
    """Losses of the cells one way, as shares of the converter's rated power.

    The defaults give 0.96 there and back at half and 0.94 at full power; 0.94 to 0.98 is usual of cells.
    """

    linear_share: LossShare = 0.014
    """Loss in proportion to power [-]: the gap between the voltages of charge and discharge at no current."""
    ohmic_share: LossShare = 0.016
    """Loss by resistance at rated power [-]; it is in proportion to the square of power."""

    def curve(self, power_kw: float) -> LossCurve:
        """Return the loss of cells behind a converter of a rated power [kW]."""
        return LossCurve(0.0, self.linear_share, self.ohmic_share / power_kw, 0.0, self.linear_share)


class ThermalSpec(Spec):
    """The container: cells that store heat, walls, and a climate unit that keeps a band of temperature.

    Cells and container have one temperature. Capacities are assumed from liquid-cooled containers.
    """

    cell_wh_per_kg: Annotated[Number, Field(ge=20, le=1000)] = 160.0
    """Energy of the cells for each kilogram [Wh/kg]; 160 to 175 is usual of large LFP cells."""
    heat_capacity_j_per_kg_k: Annotated[Number, Field(ge=100, le=5000)] = 1000.0
    """Specific heat of the cells [J/(kg K)]; lithium-ion cells have 900 to 1,100."""
    conductance_w_per_k: Annotated[Number, Field(ge=0, le=1e6)] | None = None
    """Heat flow through the walls for each kelvin [W/K]; left out, 50 W/K for each MWh, which is assumed."""
    standby_heat_share: Fraction = 0.5
    """Share of the steady draw that ends as heat at the cells [-]; assumed, the rest warms electronics."""
    room_degc: Annotated[Number, Field(ge=-50, le=60)] | None = None
    """Temperature of the room the battery stands in [degC]; left out where it stands outdoors."""
    cool_above_degc: Temperature = 28.0
    """Cell temperature above which it is cooled [degC]; assumed, 25 to 30 is usual."""
    heat_below_degc: Temperature = 15.0
    """Cell temperature below which it is heated [degC]; assumed, where charging has its whole power."""
    cooling_kw: Annotated[Number, Field(ge=0, le=1e6)] | None = None
    """Most heat that cooling takes away [kW]; left out, 15 kW for each MWh, which is assumed."""
    heating_kw: Annotated[Number, Field(ge=0, le=1e6)] | None = None
    """Most heat that heating brings [kW]; left out, 5 kW for each MWh, which is assumed."""
    cooling_cop: Annotated[Number, Field(ge=0.5, le=20)] = 3.0
    """Heat taken away for each kWh of electricity, pumps and fans included [-]; assumed."""
    heating_cop: Annotated[Number, Field(ge=0.5, le=20)] = 1.0
    """Heat brought for each kWh of electricity [-]; 1 is an electric heater, which is usual."""

    @model_validator(mode="after")
    def _band_is_open(self) -> Self:
        if self.heat_below_degc > self.cool_above_degc:
            raise ValueError(
                f"must have heat_below_degc at most cool_above_degc, got {self.heat_below_degc:g} and "
                f"{self.cool_above_degc:g}; both would run at once"
            )
        return self

    def heat_capacity_kwh_k(self, capacity_kwh: float) -> float:
        """Return the heat that warms the cells of a capacity [kWh] by a kelvin [kWh/K]."""
        mass_kg = capacity_kwh * 1000.0 / self.cell_wh_per_kg
        return mass_kg * self.heat_capacity_j_per_kg_k / 3.6e6


CONDUCTANCE_KW_K_PER_MWH = 0.05
"""Default heat flow through the walls [kW/(K MWh)], assumed between an insulated container, 80 m2 at
1.2 W/(m2 K) around 4 MWh, and outdoor cabinets, 11 m2 at 1.5 W/(m2 K) around 0.22 MWh."""

COOLING_KW_PER_MWH = 15.0
HEATING_KW_PER_MWH = 5.0
"""Default capacities of cooling and heating [kW/MWh]; assumed, to carry the losses of steady 0.5C."""


class WarrantySpec(Spec):
    """What the maker warrants: energy given back or full cycles, and years, whichever ends first."""

    throughput_mwh: Positive | None = None
    """Energy discharged over the warranty [MWh]; give this or `full_cycles`."""
    full_cycles: Positive | None = None
    """Full cycles over the warranty [-]: energy discharged over the rated energy."""
    years: Annotated[Number, Field(gt=0, le=50)]
    """Years that the warranty lasts [a]."""

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.throughput_mwh is None) == (self.full_cycles is None):
            got = "neither" if self.throughput_mwh is None else "both"
            raise ValueError(f"must have one of throughput_mwh and full_cycles, got {got}")
        return self
