"""What the charging plaza is made of and which cars come to it: the scenario's ``charging`` section.

Cars are drawn in `stationsim.traffic.evs`, their curves live in `stationsim.models.vehicles`, and they meet
the posts in `stationsim.plaza`.
"""

from __future__ import annotations

import difflib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stationsim.spec import (
    Count,
    Date,
    Efficiency,
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

VEHICLE_TABLE = Path(__file__).parent.parent / "data" / "vehicles.csv"
"""The vehicle library; its first column names the types."""

SHARE_TOLERANCE = 1e-9
"""How far shares that must sum to one may miss it [-]."""

CHARGER_EFFICIENCY = 0.95
"""Energy into the battery per energy from the AC busbar [-]; assumed, for want of a published measurement."""

LARGEST_POST_KW = 1500.0
"""Refuse posts above this [kW]; the strongest cars and posts announced by 2025 reach 1,000 to 1,360 kW."""

LARGEST_PACK_KWH = 2000.0
"""Refuse packs above this [kWh]; the largest of road trucks hold about 1,000 kWh."""

ChargingPower = Annotated[NonNegative, Field(le=LARGEST_POST_KW)]

LARGEST_CABIN_KW = 20.0
"""Refuse more for a cabin [kW]; a coach of 12 m heats with some 20 kW."""

PowerShare = Annotated[Number, Field(gt=0, le=1)]
AirTemperature = Annotated[Number, Field(ge=-60, le=60)]
CabinPower = Annotated[NonNegative, Field(le=LARGEST_CABIN_KW)]
Cabins = tuple[tuple[AirTemperature, CabinPower], ...]

LARGEST_GROUP = 10_000
"""Most posts of one group [-]; a guard against a slip of the keyboard."""

SOC_BINS = 10
"""Bins of a histogram of states of charge."""

DESL_ARRIVAL_SOC = (0.0756, 0.1826, 0.2173, 0.1768, 0.1480, 0.0980, 0.0458, 0.0346, 0.0165, 0.0048)
"""Share of cars by state of charge at arrival, in ten bins of 0.1.

1,878 sessions at a motorway station of 172.5 kW in Switzerland, 2022-04 to 2023-07.
Source: DESL-EPFL/Level-3-EV-charging-dataset at 680bc3b (MIT).
"""

CALIBRATED_TARGET_SOC_MEAN = 0.597
"""Mean state of charge at which drivers mean to leave [-], before it is cut at what they arrive with.

Calibrated: with `REFERENCE_MIX` and `DESL_ARRIVAL_SOC` a session takes 23.8 kWh, the mean of Chinese
expressway charging on 1-8 October 2025 (123 GWh in 5.169 million sessions, People's Daily after the National
Energy Administration).
"""

ASSUMED_TARGET_SOC_SD = 0.18
"""Spread of that state of charge [-]: that of the departures of the sessions of `DESL_ARRIVAL_SOC`."""

ASSUMED_LEAST_GAIN = 0.05
"""Least state of charge a driver stops for [-]; assumed."""

ASSUMED_PATIENCE_MINUTES = 30.0
"""Mean patience in the queue [min]; assumed, about the length of one session."""

ASSUMED_DEPARTURE_SOC_MEAN = 0.85
ASSUMED_DEPARTURE_SOC_SD = 0.12
"""State of charge after the last charge [-]; assumed: full at home, about 0.8 at a station."""

ASSUMED_CONSUMPTION_KWH_PER_KM = 0.18
"""Consumption on the road [kWh/km]; upper end of the 0.15 to 0.18 of electric cars, for expressway speeds."""

ASSUMED_SOC_RESERVE = 0.03
"""Least state of charge at arrival [-]; assumed."""

ASSUMED_WISH_SOC = 0.4
ASSUMED_WISH_SPREAD = 0.08
"""Half of the drivers wish to charge at the first; the second is the scale of the logistic [-]; assumed.

The arrivals of `DESL_ARRIVAL_SOC` lie to nine tenths below 0.6, where this wish is 0.08.
"""

ASSUMED_DRIVE_RISE_K = 10.0
"""What the drive keeps a pack above the air outdoors [K]; assumed: a few kW of loss in a closed underbody."""

ASSUMED_CHARGE_RISE_K = 29.0
"""Rise of pack temperature over a whole charge [K]; assumed: 5 % as heat in 160 Wh/kg of 1 kJ/(kg K)."""

CALIBRATED_POWER_SHARE = ((-20.0, 0.1), (0.0, 0.35), (25.0, 1.0))
"""Points of pack temperature [degC] and share of the warm pack's power [-], straight between.

Calibrated: a Zeekr 001 that takes 11:28 min from 10 to 80 % at 26 degC takes just under 30 min with a pack of
-10 degC (selfdrivings.com); the ends are assumed.
"""

LARGEST_CURRENT_A, LARGEST_STANDBY_KW = 3000.0, 10.0
"""Refuse more of a post: truck plugs are rated 3,000 A (CharIN MCS); more is a slip of the unit, as in W."""

DEFAULT_VOLTAGE_CLASS = 400.0  # pack voltage of a type of one's own where none is told [V]; most cars

REFERENCE_MIX = (
    ("tesla_model_y_long_range", 0.14),
    ("tesla_model_3", 0.08),
    ("byd_yuan_plus", 0.12),
    ("byd_seal", 0.10),
    ("byd_han", 0.08),
    ("byd_han_l", 0.02),
    ("byd_dolphin", 0.08),
    ("aion_y", 0.12),
    ("vw_id4", 0.06),
    ("nio_et5", 0.06),
    ("xpeng_g9", 0.05),
    ("xpeng_g9_2026", 0.02),
    ("zeekr_001", 0.05),
    ("zeekr_001_2026", 0.02),
)
"""Types of cars at the reference station and their shares [-]; assumed, no count by type is published."""


@cache
def library_names() -> tuple[str, ...]:
    """Return the names of the types of the vehicle library, in its order."""
    lines = VEHICLE_TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    return tuple(row.partition(",")[0] for row in rows[1:])


def _check_curve(curve: tuple[tuple[float, float], ...]) -> None:
    soc, power_kw = [point[0] for point in curve], [point[1] for point in curve]
    if len(curve) < 2 or soc[0] != 0 or soc[-1] != 1:
        raise ValueError("curve must start at state of charge 0 and end at 1")
    if any(high <= low for low, high in pairwise(soc)):
        raise ValueError(f"curve must have rising states of charge, got {soc}")
    if min(power_kw[:-1]) <= 0:
        raise ValueError("curve must have power above 0 below state of charge 1")


def _check_sum(what: str, shares: list[float] | tuple[float, ...]) -> None:
    total = sum(shares)
    if abs(total - 1) > SHARE_TOLERANCE:
        raise ValueError(f"{what} must sum to 1, got {total:.10g}")


def _check_distinct(what: str, names: list[str]) -> None:
    """Refuse names that are equal, also where only their case differs."""
    folded = [name.casefold() for name in names]
    twice = sorted({name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1})
    if twice:
        raise ValueError(f"{what} must differ by more than case, got {', '.join(twice)} twice")


class PostGroup(Spec):
    """Posts of one kind; each serves one car at a time."""

    name: Identifier
    """Short name of the group; becomes part of column names."""
    posts: Annotated[Whole, Field(ge=1, le=LARGEST_GROUP)]
    """Number of posts."""
    power_kw: Annotated[Positive, Field(le=LARGEST_POST_KW)]
    """Highest power of a post into the car's battery [kW]."""
    efficiency: Efficiency = CHARGER_EFFICIENCY
    """Energy into the battery per energy from the AC busbar [-]; the default is assumed."""
    active_kw: Annotated[NonNegative, Field(le=LARGEST_STANDBY_KW)] = 0.0
    """Constant draw of a post with a car, beside the loss by `efficiency` [kW]; 0 for none."""
    standby_kw: Annotated[NonNegative, Field(le=LARGEST_STANDBY_KW)] = 0.0
    """Draw of a post without a car, part of charging [kW]; 0 leaves it out."""
    max_current_a: Annotated[Positive, Field(le=LARGEST_CURRENT_A)] | None = None
    """Highest current of a post [A]; limits cars by their pack's 400 or 800 V; null for none."""

    def limit_kw(self, voltage_class: float) -> float:
        """Return the highest power into the battery of a car by its pack's voltage class [kW].

        The class stands for the voltage: packs of 400 V run at some 350 to 420 V while they charge fast,
        those of 800 V at 600 to 870 V, the highest known at 945 V.
        """
        if self.max_current_a is None:
            return self.power_kw
        return min(self.power_kw, voltage_class * self.max_current_a / 1000)


class SocSpread(Spec):
    """How states of charge spread over cars: a histogram, or a mean and a standard deviation."""

    histogram: tuple[Fraction, ...] | None = None
    """Share of cars in ten equal bins from 0 to 1 [-]; even within a bin; sums to 1."""
    mean: Annotated[Number, Field(gt=0, lt=1)] | None = None
    """Mean of a beta distribution [-], instead of a histogram."""
    sd: Annotated[NonNegative, Field(le=0.5)] | None = None
    """Standard deviation of the beta distribution, at most 0.5 [-]; 0 gives every car the mean."""

    @model_validator(mode="after")
    def _check_one_form(self) -> Self:
        if (self.histogram is None) == (self.mean is None) or (self.mean is None) != (self.sd is None):
            raise ValueError("must have either histogram, or mean and sd")
        if self.histogram is not None:
            if len(self.histogram) != SOC_BINS:
                raise ValueError(f"histogram must have {SOC_BINS} bins, got {len(self.histogram)}")
            _check_sum("histogram", self.histogram)
        elif self.mean is not None and self.sd is not None and self.sd**2 >= self.mean * (1 - self.mean):
            largest = (self.mean * (1 - self.mean)) ** 0.5
            raise ValueError(f"sd must be below {largest:.4g} for a mean of {self.mean:g}, got {self.sd:g}")
        return self


class ArrivalFromTrip(Spec):
    """State of charge at arrival, and the wish to charge, from the distance since the last charge."""

    distance_mean_km: Positive
    """Mean distance driven since the last charge, log-normal [km]."""
    distance_sd_km: NonNegative
    """Standard deviation of that distance [km]; 0 gives every car the mean."""
    soc_after_charge: SocSpread = SocSpread(mean=ASSUMED_DEPARTURE_SOC_MEAN, sd=ASSUMED_DEPARTURE_SOC_SD)
    """State of charge at which the trip began or the last station was left; the default is assumed."""
    consumption_kwh_per_km: Positive = ASSUMED_CONSUMPTION_KWH_PER_KM
    """Consumption of types without one of their own [kWh/km]; default: upper end of 0.15 to 0.18."""
    soc_reserve: Annotated[Number, Field(ge=0, lt=1)] = ASSUMED_SOC_RESERVE
    """No car arrives with less: it would have charged on the way [-]; the default is assumed."""
    wish_soc: Annotated[Number, Field(gt=0, lt=1)] = ASSUMED_WISH_SOC
    """State of charge at which half of those that may charge wish to [-]; the default is assumed."""
    wish_spread: NonNegative = ASSUMED_WISH_SPREAD
    """Scale of the logistic fall of the wish around it [-]; 0 is a threshold; the default is assumed."""


VehicleClassName = Literal["car", "bus", "truck"]


class VehicleShare(Spec):
    """One type of car and its share of all that come to charge."""

    type: Name
    """Name of a type of the library, or any name where `usable_kwh` describes a type of your own."""
    share: Fraction
    """Share of all arriving electric vehicles of its class [-]; the shares of a class sum to 1."""
    vehicle_class: VehicleClassName = "car"
    """Class of vehicles it belongs to: car, bus or truck; the last two need ``traffic.road.classes``."""
    consumption_kwh_per_km: Positive | None = None
    """Consumption on the expressway [kWh/km], for ``arrival_from_trip``; its default where left out."""
    usable_kwh: Annotated[Positive, Field(le=LARGEST_PACK_KWH)] | None = None
    """Usable energy of the pack of your own type [kWh]; leave out for a type of the library."""
    curve: tuple[tuple[Fraction, ChargingPower], ...] | None = None
    """Points of state of charge [-] and power into the battery [kW] of your own type, from 0 to 1."""
    peak_kw: Annotated[Positive, Field(le=LARGEST_POST_KW)] | None = None
    """Highest power of your own type [kW]; gives it the default curve, instead of `curve`."""
    voltage_class: Literal[400, 800] | None = None
    """Pack voltage of your own type by class [V]: 400, which is the default, or 800."""

    @model_validator(mode="after")
    def _check_definition(self) -> Self:
        if self.usable_kwh is None:
            self._check_library()
        elif (self.curve is None) == (self.peak_kw is None):
            raise ValueError("a type of your own must have usable_kwh and one of curve and peak_kw")
        elif self.curve is not None:
            _check_curve(self.curve)
        return self

    def _check_library(self) -> None:
        if any(value is not None for value in (self.curve, self.peak_kw, self.voltage_class)):
            raise ValueError("must have usable_kwh beside curve, peak_kw or voltage_class")
        if self.type not in library_names():
            near = difflib.get_close_matches(self.type.lower(), library_names(), n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(library_names())}"
            raise ValueError(f"type must be in the vehicle library, got '{self.type}'; {hint}")


def _check_temperatures(what: str, points: tuple[tuple[float, float], ...]) -> None:
    """Refuse points that do not rise in temperature."""
    temps = [temp for temp, _ in points]
    if not temps:
        raise ValueError(f"{what} must have one point or more, got none")
    if any(high <= low for low, high in pairwise(temps)):
        raise ValueError(f"{what} must have rising temperatures, got {temps}")


def _check_cabin(points: Cabins) -> Cabins:
    _check_temperatures("cabin_kw", points)
    return points


class ColdPacks(Spec):
    """How cars that come with a cold battery charge: slower at first, and faster as it warms."""

    drive_rise_k: Annotated[NonNegative, Field(le=60)] = ASSUMED_DRIVE_RISE_K
    """How far the drive keeps the battery above the air outdoors [K]; assumed."""
    charge_rise_k: Annotated[NonNegative, Field(le=100)] = ASSUMED_CHARGE_RISE_K
    """Rise of the battery's temperature over a charge from empty to full [K]; assumed."""
    power_share: tuple[tuple[AirTemperature, PowerShare], ...] = CALIBRATED_POWER_SHARE
    """Points of battery temperature [degC] and share of full power [-]; calibrated to a car at -10 degC."""

    @model_validator(mode="after")
    def _check_power_share(self) -> Self:
        _check_temperatures("power_share", self.power_share)
        shares = [share for _, share in self.power_share]
        if any(high < low for low, high in pairwise(shares)):
            raise ValueError(f"power_share must not fall with temperature, got {shares}")
        return self


def _check_groups(groups: tuple[PostGroup, ...]) -> tuple[PostGroup, ...]:
    if not groups:
        raise ValueError("must have one group of posts or more, got none")
    _check_distinct("names of groups", [group.name for group in groups])
    return groups


def _check_vehicles(vehicles: tuple[VehicleShare, ...]) -> tuple[VehicleShare, ...]:
    if not vehicles:
        raise ValueError("must have one type of vehicle or more, got none")
    _check_distinct("types of vehicles", [vehicle.type for vehicle in vehicles])
    for name in dict.fromkeys(vehicle.vehicle_class for vehicle in vehicles):
        shares = [vehicle.share for vehicle in vehicles if vehicle.vehicle_class == name]
        _check_sum("shares of vehicles" if name == "car" else f"shares of vehicles of class {name}", shares)
    return vehicles


class ReplaySpec(Spec):
    """Measured sessions that come to charge in the place of drawn vehicles."""

    file: Annotated[Text, Field(min_length=1, max_length=1000)]
    """File of sessions: ACN-Data or OCPI 2.2.1 JSON, the DESL columns, Dundee's or plain CSV."""
    first_day: Date | None = None
    """Day of the file to play on the first day of the period; left out, dates are played as they are."""
    timezone: Text | None = None
    """Time zone of the file's place, IANA name or +HH:MM; left out, the one it names, else the site's."""


class ChargingSpec(Spec):
    """The charging plaza, its rules, and the cars that come to it."""

    groups: Annotated[tuple[PostGroup, ...], AfterValidator(_check_groups)]
    """Groups of posts; a car takes the free post that serves it fastest."""
    minimum_kw: NonNegative = 0.0
    """Power kept for each charging car at the AC busbar while the plaza is throttled [kW]; 0 keeps none."""
    max_queue: Count | None = None
    """A car that finds this many waiting drives on; null for a queue without end."""
    patience_minutes: Positive | None = ASSUMED_PATIENCE_MINUTES
    """Mean time a driver waits before giving up, exponential [min]; null for never; default assumed."""
    vehicles: Annotated[tuple[VehicleShare, ...], AfterValidator(_check_vehicles)] = tuple(
        VehicleShare(type=name, share=share) for name, share in REFERENCE_MIX
    )
    """Types of cars and their shares; the default mix is assumed."""
    arrival_soc: SocSpread = SocSpread(histogram=DESL_ARRIVAL_SOC)
    """State of charge at arrival; the default was measured at a Swiss motorway station (DESL)."""
    arrival_from_trip: ArrivalFromTrip | None = None
    """State of charge at arrival from the distance driven, in the place of ``arrival_soc``; null for not."""
    target_soc: SocSpread = SocSpread(mean=CALIBRATED_TARGET_SOC_MEAN, sd=ASSUMED_TARGET_SOC_SD)
    """State of charge to leave with; the default is calibrated to 23.8 kWh a session, China's mean."""
    replay: ReplaySpec | None = None
    """Measured sessions instead of drawn vehicles; left out to draw them from the traffic."""
    least_gain: Annotated[Number, Field(gt=0, lt=1)] = ASSUMED_LEAST_GAIN
    """Least gain of state of charge a driver stops for [-]; both spreads are cut for it; assumed."""

    cold_packs: ColdPacks | None = None
    """Slower charging of cold batteries, after the weather; null for cars that are always warm."""
    cabin_kw: Annotated[Cabins, AfterValidator(_check_cabin)] | None = None
    """Points of outdoor temperature [degC] and power for the cabin of a car at a post [kW]; null for none."""

    @model_validator(mode="after")
    def _check_one_origin_of_cars(self) -> Self:
        if self.replay is not None and self.arrival_from_trip is not None:
            raise ValueError("must have at most one of replay and arrival_from_trip")
        return self

    @model_validator(mode="after")
    def _check_room_to_charge(self) -> Self:
        lowest = _lowest_soc(self.arrival_soc)
        if lowest >= 1 - self.least_gain:
            raise ValueError(
                f"arrival_soc must leave room for least_gain {self.least_gain:g}, lowest is {lowest:g}"
            )
        return self


def _lowest_soc(spread: SocSpread) -> float:
    """Return the lowest state of charge that a spread can give [-]."""
    if spread.histogram is not None:
        return next(place for place, share in enumerate(spread.histogram) if share > 0) / SOC_BINS
    return float(spread.mean or 0) if spread.sd == 0 else 0.0
