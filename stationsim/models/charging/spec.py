"""The charging plaza as a whole: its posts, its rules, its drivers and their cars."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from stationsim.models.charging.checks import VehicleClassName, check_spread
from stationsim.models.charging.drivers import (
    LegalBreakSpec,
    LingerSpec,
    PrioritySpec,
    RampPlaces,
    ReservationSpec,
    StopSpec,
    VehicleToGridSpec,
)
from stationsim.models.charging.fleet import (
    LARGEST_PACK_KWH,
    REFERENCE_MIX,
    Cabins,
    ColdPacks,
    VehicleShare,
    check_cabin,
    check_vehicles,
)
from stationsim.models.charging.posts import LONGEST_CHANGEOVER_S, PostGroup, check_groups
from stationsim.models.charging.soc import (
    ASSUMED_LEAST_GAIN,
    ASSUMED_TARGET_SOC_SD,
    CALIBRATED_TARGET_SOC_MEAN,
    DESL_ARRIVAL_SOC,
    ArrivalFromTrip,
    SocSpread,
    lowest_soc,
)
from stationsim.spec import Count, Date, Fraction, NonNegative, Number, Positive, Spec, Text

ASSUMED_PATIENCE_MINUTES = 30.0
"""Mean patience in the queue [min]; assumed, about the length of one session."""


class EnergySpread(Spec):
    """How the energy that drivers come for spreads, log-normal."""

    mean_kwh: Annotated[Positive, Field(le=LARGEST_PACK_KWH)]
    """Mean energy into the car [kWh]."""
    sd_kwh: NonNegative = 0.0
    """Standard deviation [kWh]; 0 gives every driver the mean."""

    @model_validator(mode="after")
    def _check_spread(self) -> Self:
        check_spread("sd_kwh", self.sd_kwh, "mean_kwh", self.mean_kwh)
        return self


class ReplaySpec(Spec):
    """Measured sessions that come to charge in the place of drawn vehicles; measured stays block posts."""

    file: Annotated[Text, Field(min_length=1, max_length=1000)]
    """File of sessions: ACN-Data or OCPI 2.2.1 JSON, the DESL columns, Dundee's or plain CSV."""
    first_day: Date | None = None
    """Day of the file to play on the first day of the period; left out, dates are played as they are."""
    timezone: Text | None = None
    """Time zone of the file's place, IANA name or +HH:MM; left out, the one it names, else the site's."""


class ChargingSpec(Spec):
    """The charging plaza, its rules, and the cars that come to it."""

    groups: Annotated[tuple[PostGroup, ...], AfterValidator(check_groups)]
    """Groups of posts; a car takes the free post that serves it fastest, see also ``by_price_share``."""
    minimum_kw: NonNegative = 0.0
    """Power kept for each charging car at the AC busbar while the plaza is throttled [kW]; 0 keeps none."""
    max_queue: Count | None = None
    """A car that finds this many waiting on its side drives on; null for a queue without end."""
    ramp_places: RampPlaces | None = None
    """Cars of a side that can wait before the queue spills onto the ramp; null where nobody counts that."""
    patience_minutes: Positive | None = ASSUMED_PATIENCE_MINUTES
    """Mean time a driver waits before giving up, exponential [min]; null for never; default assumed."""
    patience_sd_minutes: NonNegative | None = None
    """Standard deviation of that time [min] makes it log-normal; 0 gives all the mean; null: exponential."""
    vehicles: Annotated[tuple[VehicleShare, ...], AfterValidator(check_vehicles)] = tuple(
        VehicleShare(type=name, share=share) for name, share in REFERENCE_MIX
    )
    """Types of cars and their shares; the default mix is assumed."""
    arrival_soc: SocSpread = SocSpread(histogram=DESL_ARRIVAL_SOC)
    """State of charge at arrival; the default was measured at a Swiss motorway station (DESL)."""
    arrival_from_trip: ArrivalFromTrip | None = None
    """State of charge at arrival from the distance driven, in the place of ``arrival_soc``; null for not."""
    target_soc: SocSpread = SocSpread(mean=CALIBRATED_TARGET_SOC_MEAN, sd=ASSUMED_TARGET_SOC_SD)
    """State of charge to leave with; the default is calibrated to 23.8 kWh a session, China's mean."""
    energy_wanted: EnergySpread | None = None
    """Energy that drivers come for, in the place of ``target_soc`` and at most to full; null for not."""
    replay: ReplaySpec | None = None
    """Measured sessions, each at its post as long as measured, instead of drawn vehicles; null to draw."""
    least_gain: Annotated[Number, Field(gt=0, lt=1)] = ASSUMED_LEAST_GAIN
    """Least gain of state of charge a driver stops for [-]; both spreads are cut for it; assumed."""
    cold_packs: ColdPacks | None = None
    """Slower charging of cold batteries, after the weather; null for cars that are always warm."""
    cabin_kw: Annotated[Cabins, AfterValidator(check_cabin)] | None = None
    """Points of outdoor temperature [degC] and power for the cabin of a car at a post [kW]; null for none."""
    by_price_share: Fraction = 0.0
    """Share of drivers who take the cheapest free post, the fastest of those, in the place of the fastest."""
    reversing_seconds: Annotated[NonNegative, Field(le=LONGEST_CHANGEOVER_S)] = 0.0
    """What buses and trucks take more at bays that are not ``drive_through`` [s]; 0 leaves it out."""
    stop: StopSpec | None = None
    """Longest time drivers give to charging; null where all wait for their target."""
    linger: LingerSpec | None = None
    """Cars that stay and block their post after charging; null where all leave at once."""
    legal_break: LegalBreakSpec | None = None
    """Legal breaks that drivers take at the post; null for none."""
    priority: PrioritySpec | None = None
    """Who is served before others that wait; null for first come, first served."""
    reservations: ReservationSpec | None = None
    """Drivers who book a post; null for none."""
    v2g: VehicleToGridSpec | None = None
    """Cars that stay and give back while power is short; null for none."""
    price_per_kwh: NonNegative | None = None
    """Price that drivers pay for energy into the car, in the currency of the tariff; null: not counted."""

    @model_validator(mode="after")
    def _check_room_for_all(self) -> Self:
        fits = {name for group in self.groups for name in group.classes}
        types: dict[VehicleClassName, None] = dict.fromkeys(
            vehicle.vehicle_class for vehicle in self.vehicles if vehicle.share > 0
        )
        shut_out = [name for name in types if name not in fits]
        if shut_out:
            raise ValueError(
                f"groups must have bays for class {shut_out[0]}, got none; name it in the classes of a group"
            )
        return self

    @model_validator(mode="after")
    def _check_patience(self) -> Self:
        if self.patience_sd_minutes is None:
            return self
        if self.patience_minutes is None:
            raise ValueError("must have patience_minutes beside patience_sd_minutes, got null")
        check_spread(
            "patience_sd_minutes", self.patience_sd_minutes, "patience_minutes", self.patience_minutes
        )
        return self

    @model_validator(mode="after")
    def _check_prices(self) -> Self:
        unpriced = [group.name for group in self.groups if group.price_per_kwh is None]
        is_mixed = 0 < len(unpriced) < len(self.groups)
        if self.by_price_share > 0 and self.price_per_kwh is None and is_mixed:
            raise ValueError(
                f"must have a price_per_kwh beside by_price_share: group {unpriced[0]} has none of its own"
            )
        return self

    @model_validator(mode="after")
    def _check_one_origin_of_cars(self) -> Self:
        if self.replay is not None and self.arrival_from_trip is not None:
            raise ValueError("must have at most one of replay and arrival_from_trip")
        if self.replay is not None and self.energy_wanted is not None:
            raise ValueError("must have at most one of replay and energy_wanted")
        if self.v2g is not None and self.linger is None and self.legal_break is None:
            raise ValueError("must have linger or legal_break beside v2g: only cars that stay give back")
        return self

    @model_validator(mode="after")
    def _check_room_to_charge(self) -> Self:
        lowest = lowest_soc(self.arrival_soc)
        if lowest >= 1 - self.least_gain:
            raise ValueError(
                f"arrival_soc must leave room for least_gain {self.least_gain:g}, lowest is {lowest:g}"
            )
        return self
