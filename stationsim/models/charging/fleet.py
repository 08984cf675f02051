"""Types of cars that come to charge, and how they charge when their battery is cold."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stationsim.models.charging.checks import VehicleClassName, check_distinct, check_sum
from stationsim.models.charging.posts import LARGEST_POST_KW
from stationsim.spec import Fraction, Name, NonNegative, Number, Positive, Spec

VEHICLE_TABLE = Path(__file__).parents[2] / "data" / "vehicles.csv"
"""The vehicle library; its first column names the types."""

LARGEST_PACK_KWH = 2000.0
"""Refuse packs above this [kWh]; the largest of road trucks hold about 1,000 kWh."""

ChargingPower = Annotated[NonNegative, Field(le=LARGEST_POST_KW)]

LARGEST_CABIN_KW = 20.0
"""Refuse more for a cabin [kW]; a coach of 12 m heats with some 20 kW."""

PowerShare = Annotated[Number, Field(gt=0, le=1)]
AirTemperature = Annotated[Number, Field(ge=-60, le=60)]
CabinPower = Annotated[NonNegative, Field(le=LARGEST_CABIN_KW)]
Cabins = tuple[tuple[AirTemperature, CabinPower], ...]

ASSUMED_DRIVE_RISE_K = 10.0
"""What the drive keeps a pack above the air outdoors [K]; assumed: a few kW of loss in a closed underbody."""

ASSUMED_CHARGE_RISE_K = 29.0
"""Rise of pack temperature over a whole charge [K]; assumed: 5 % as heat in 160 Wh/kg of 1 kJ/(kg K)."""

CALIBRATED_POWER_SHARE = ((-20.0, 0.1), (0.0, 0.35), (25.0, 1.0))
"""Points of pack temperature [degC] and share of the warm pack's power [-], straight between.

Calibrated: a Zeekr 001 that takes 11:28 min from 10 to 80 % at 26 degC takes just under 30 min with a pack of
-10 degC (selfdrivings.com); the ends are assumed.
"""

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
def library_classes() -> Mapping[str, str]:
    """Return the class of vehicles of each type of the vehicle library, in its order."""
    lines = VEHICLE_TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {row["name"]: row["class"] for row in rows}


def library_names() -> tuple[str, ...]:
    """Return the names of the types of the vehicle library, in its order."""
    return tuple(library_classes())


def _check_curve(curve: tuple[tuple[float, float], ...]) -> None:
    soc, power_kw = [point[0] for point in curve], [point[1] for point in curve]
    if len(curve) < 2 or soc[0] != 0 or soc[-1] != 1:
        raise ValueError("curve must start at state of charge 0 and end at 1")
    if any(high <= low for low, high in pairwise(soc)):
        raise ValueError(f"curve must have rising states of charge, got {soc}")
    if min(power_kw[:-1]) <= 0:
        raise ValueError("curve must have power above 0 below state of charge 1")


class VehicleShare(Spec):
    """One type of car and its share of all that come to charge."""

    type: Name
    """Name of a type of the library, or any name where `usable_kwh` describes a type of your own."""
    share: Fraction
    """Share of all arriving electric vehicles of its class [-]; the shares of a class sum to 1."""
    vehicle_class: VehicleClassName = "car"
    """Class of vehicles it belongs to: car, bus or truck; the last two need ``traffic.road.classes``."""
    consumption_kwh_per_km: Positive | None = None
    """Consumption on the expressway [kWh/km], for ``arrival_from_trip``; left out, the library's."""
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
        known = library_classes()[self.type]
        if known != self.vehicle_class:
            raise ValueError(
                f"vehicle_class of {self.type} must be {known}, got {self.vehicle_class}; "
                f"add vehicle_class: {known}"
            )


def _check_temperatures(what: str, points: tuple[tuple[float, float], ...]) -> None:
    """Refuse points that do not rise in temperature."""
    temps = [temp for temp, _ in points]
    if not temps:
        raise ValueError(f"{what} must have one point or more, got none")
    if any(high <= low for low, high in pairwise(temps)):
        raise ValueError(f"{what} must have rising temperatures, got {temps}")


def check_cabin(points: Cabins) -> Cabins:
    """Refuse points that do not rise in temperature."""
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


def check_vehicles(vehicles: tuple[VehicleShare, ...]) -> tuple[VehicleShare, ...]:
    """Refuse a plaza without types, types of one name, and shares that do not sum to one."""
    if not vehicles:
        raise ValueError("must have one type of vehicle or more, got none")
    check_distinct("types of vehicles", [vehicle.type for vehicle in vehicles])
    for name in dict.fromkeys(vehicle.vehicle_class for vehicle in vehicles):
        shares = [vehicle.share for vehicle in vehicles if vehicle.vehicle_class == name]
        check_sum("shares of vehicles" if name == "car" else f"shares of vehicles of class {name}", shares)
    return vehicles
