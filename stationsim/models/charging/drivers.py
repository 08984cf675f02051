"""What drivers do at the plaza: how long they wait, charge and stay, who comes first, who gives back."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from stationsim.models.charging.checks import VehicleClassName, check_distinct, check_spread
from stationsim.models.charging.posts import LARGEST_POST_KW
from stationsim.spec import Count, Efficiency, Fraction, NonNegative, Number, Positive, Spec

LONGEST_STAY_MINUTES = 1440.0
"""Refuse longer mean stays [min]; a day, and more is a slip of the unit."""

LONGEST_HOLD_MINUTES = 120.0
"""Refuse posts held longer for a booking [min]."""

EU_BREAK_MINUTES = 45.0
"""Break of truck and coach drivers after 4.5 h at the wheel [min]; Regulation (EC) No 561/2006, article 7."""

GIVEN_SOC_FLOOR = 0.5
"""State of charge below which no car gives back [-]; assumed: drivers on a journey need their range."""

GIVING_EFFICIENCY = 0.95
"""Energy at the AC busbar per energy out of the battery [-]; assumed equal to charging."""

StayMinutes = Annotated[Positive, Field(le=LONGEST_STAY_MINUTES)]


class StopSpec(Spec):
    """The longest time that drivers give to charging, log-normal; then they leave with what they have."""

    mean_minutes: StayMinutes
    """Mean time, from plugging in [min]."""
    sd_minutes: NonNegative = 0.0
    """Standard deviation of that time [min]; 0 gives every driver the mean."""

    @model_validator(mode="after")
    def _check_spread(self) -> Self:
        check_spread("sd_minutes", self.sd_minutes, "mean_minutes", self.mean_minutes)
        return self


class IdleFeeSpec(Spec):
    """What drivers pay whose car stays at a post after it has charged."""

    per_minute: Positive
    """Fee for a minute, in the currency of the tariff."""
    grace_minutes: NonNegative = 0.0
    """Time after charging that is free [min]."""
    moved_share: Fraction = 0.0
    """Share of those who would stay longer and, for the fee, leave when the free time ends [-]."""


class LingerSpec(Spec):
    """Cars that stay at their post after charging and block it, log-normal."""

    share: Fraction
    """Share of drivers whose car stays [-]; the others leave at once."""
    mean_minutes: StayMinutes
    """Mean time that such a car stays [min]."""
    sd_minutes: NonNegative = 0.0
    """Standard deviation of that time [min]; 0 gives every such car the mean."""
    idle_fee: IdleFeeSpec | None = None
    """Fee for staying; null for none."""

    @model_validator(mode="after")
    def _check_spread(self) -> Self:
        check_spread("sd_minutes", self.sd_minutes, "mean_minutes", self.mean_minutes)
        return self


def _check_classes(classes: tuple[VehicleClassName, ...]) -> tuple[VehicleClassName, ...]:
    check_distinct("classes", list(classes))
    return classes


Classes = Annotated[tuple[VehicleClassName, ...], AfterValidator(_check_classes)]


class LegalBreakSpec(Spec):
    """Drivers who take their legal break at the post: the vehicle stays at least that long."""

    share: Fraction
    """Share of the drivers of these classes whose break is due [-]."""
    minutes: StayMinutes = EU_BREAK_MINUTES
    """Length of the break, from plugging in [min]; default: European Union, Regulation (EC) No 561/2006."""
    classes: Classes = ("bus", "truck")
    """Classes of vehicles whose drivers are bound to breaks."""


class PrioritySpec(Spec):
    """Vehicles that are served before others who wait; nobody is sent away from a post for them."""

    share: Fraction = 0.0
    """Share of the drivers of all other classes who come first [-], such as members or taxis."""
    classes: Classes = ()
    """Classes of vehicles that all come first."""

    @model_validator(mode="after")
    def _check_anybody(self) -> Self:
        if not self.share and not self.classes:
            raise ValueError("must have a share above 0 or classes, got neither")
        return self


class ReservationSpec(Spec):
    """Drivers who book a post for their arrival."""

    share: Fraction
    """Share of drivers who book [-]."""
    hold_minutes: Annotated[NonNegative, Field(le=LONGEST_HOLD_MINUTES)]
    """From this long before the arrival the next suitable post is kept free [min]; they also come first."""


class VehicleToGridSpec(Spec):
    """Cars that stay after charging and give back while the plaza's power is short."""

    share: Fraction
    """Share of drivers who allow it [-]."""
    power_kw: Annotated[Positive, Field(le=LARGEST_POST_KW)]
    """Highest power a car gives, at the AC busbar [kW]."""
    soc_floor: Annotated[Number, Field(ge=0, lt=1)] = GIVEN_SOC_FLOOR
    """No car gives below this state of charge [-]; the default is assumed."""
    most_soc: Annotated[Number, Field(gt=0, le=1)] = 0.1
    """Most that a car gives, in state of charge [-]; the default is assumed: drivers came to charge."""
    efficiency: Efficiency = GIVING_EFFICIENCY
    """Energy at the AC busbar per energy out of the battery [-]; the default is assumed."""


RampPlaces = Annotated[Count, Field(le=10_000)]
