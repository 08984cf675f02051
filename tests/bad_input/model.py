"""A small scenario model: sections, lists, unions, limits, files, times of day."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from stationsim.spec import (
    ClockHour,
    Count,
    Date,
    Efficiency,
    Flag,
    Fraction,
    Identifier,
    Name,
    NonNegative,
    Number,
    Positive,
    Spec,
    Text,
    Whole,
)


class Losses(Spec):
    """Losses of an array."""

    soiling: Fraction = 0.02
    """Share lost to dirt; 0.02 is usual."""


class Surface(Spec):
    """One surface."""

    name: Identifier
    """Name of the surface."""
    dc_kwp: Positive
    """Rated power [kWp]."""
    tilt_deg: Annotated[Number, Field(ge=0, le=90)] = 0.0
    """Tilt [deg]."""


class Solar(Spec):
    """Solar array."""

    surfaces: Annotated[tuple[Surface, ...], Field(min_length=1)]
    """Surfaces."""
    losses: Losses = Losses()
    """Losses."""


class Battery(Spec):
    """Battery."""

    capacity_kwh: Positive
    """Usable energy [kWh]."""
    efficiency: Efficiency = 0.95
    """One-way efficiency."""
    soc_low: Fraction = 0.1
    """Least state of charge."""
    soc_high: Fraction = 0.9
    """Greatest state of charge."""
    grid_charging: Flag = False
    """Whether the grid may charge it."""

    @model_validator(mode="after")
    def _in_order(self) -> Battery:
        if self.soc_low >= self.soc_high:
            raise ValueError(f"soc_low must be < soc_high, got {self.soc_low} and {self.soc_high}; swap them")
        return self


class Synthetic(Spec):
    """Drawn weather."""

    source: Literal["synthetic"]
    """Drawn."""
    climate: Name = "jinan"
    """Climate."""


class FromFile(Spec):
    """Weather of a file."""

    source: Literal["file"]
    """Read."""
    file: Text
    """Weather file."""
    shift_min: Number = 0.0
    """Shift [min]."""


class Window(Spec):
    """A time of day."""

    start: ClockHour
    """From."""
    end: ClockHour
    """To."""


class Tariff(Spec):
    """Prices by time of day."""

    windows: tuple[Window, ...]
    """Windows."""
    price_per_kwh: Number = 0.6
    """Price."""


class Site(Spec):
    """Site."""

    opened: Date | None = None
    """Opening day."""
    colour: Text = "grey"
    """Colour of the roof."""
    posts: Annotated[Count, Field(le=100)] = 4
    """Posts."""


class Station(Spec):
    """A station."""

    known_version: ClassVar[int] = 1

    schema_version: Whole
    """Version of the format."""
    name: Name
    """Name of the design."""
    site: Site = Site()
    """Site."""
    weather: Annotated[Synthetic | FromFile, Field(discriminator="source")] = Synthetic(source="synthetic")
    """Weather."""
    solar: Solar | None = None
    """Solar array."""
    battery: Battery | None = None
    """Battery."""
    tariff: Tariff | NonNegative = 0.6
    """Flat price or prices by time of day."""
    peak_hours: tuple[tuple[ClockHour, ClockHour], ...] = ()
    """Spans of peak hours."""
    seed: Annotated[Whole, Field(ge=0, le=2**63 - 1)] = 1
    """Seed."""
    old_price: Annotated[Number, Field(deprecated="write tariff instead")] = 0.0
    """Former name of the price."""

    @model_validator(mode="after")
    def _room(self) -> Station:
        if self.battery and self.site.posts == 0:
            raise ValueError("site.posts must be > 0 where there is a battery.capacity_kwh, got 0")
        return self
