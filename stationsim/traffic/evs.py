"""The electric cars that come to charge: every attribute drawn by the number of the car, before any queue.

Each attribute has its own random stream and takes one uniform number a car, so that two designs, and two
mixes of cars, meet the same traffic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationsim.models.charging import (
    DEFAULT_VOLTAGE_CLASS,
    ArrivalFromTrip,
    ChargingSpec,
    VehicleShare,
)
from stationsim.models.vehicles import (
    ChargeCurve,
    default_curve,
    load_vehicle_library,
    load_vehicle_types,
)
from stationsim.traffic.draws import Uniforms, draw_soc, log_normal
from stationsim.traffic.drivers import draw_drivers

MILD_DEGC = 20.0
"""Air outdoors where nobody told [degC]."""

USUAL: Mapping[str, float | int | bool] = {
    "temp_degc": MILD_DEGC,
    "side": 0,
    "stop_s": math.inf,
    "hold_s": 0.0,
    "linger_s": 0.0,
    "is_first": False,
    "is_booked": False,
    "by_price": False,
    "gives_back": False,
}
"""What attributes are where nobody told."""


def _left_out() -> NDArray[Any]:
    """Return what stands for an attribute that is left out."""
    return np.empty(0)


@dataclass(frozen=True)
class EvArrivals:
    """Electric cars in the order of their arrival, one array per attribute.

    Parameters
    ----------
    time_s
        Arrival from the clock's start [s]; whole seconds, sorted.
    type_index
        Place of the car's type in the scenario's list of vehicles.
    soc_arrival, soc_target
        State of charge at arrival and the one to leave with [-]; the second is never below the first.
    patience_s
        Longest wait in the queue [s]; infinite where the driver never gives up.
    temp_degc
        Air outdoors at arrival [degC]; `MILD_DEGC` for all where it is left out.
    side
        Place of the carriageway it comes on in ``traffic.directions``; 0 for all where it is left out.
    stop_s
        Longest time given to charging, from plugging in [s]; infinite where it is left out.
    hold_s
        Least time at the post, from plugging in, charging or not [s]; 0 where it is left out.
    linger_s
        Time at the post after charging [s]; 0 where it is left out.
    is_first
        Whether it is served before those that are not; False where it is left out.
    is_booked
        Whether its driver booked a post; False where it is left out.
    by_price
        Whether its driver takes the cheapest free post; False where it is left out.
    gives_back
        Whether it may give energy back while it stays after charging; False where it is left out.
    """

    time_s: NDArray[np.int64]
    type_index: NDArray[np.int64]
    soc_arrival: NDArray[np.float64]
    soc_target: NDArray[np.float64]
    patience_s: NDArray[np.float64]
    temp_degc: NDArray[np.float64] = field(default_factory=_left_out)
    side: NDArray[np.int64] = field(default_factory=_left_out)
    stop_s: NDArray[np.float64] = field(default_factory=_left_out)
    hold_s: NDArray[np.float64] = field(default_factory=_left_out)
    linger_s: NDArray[np.float64] = field(default_factory=_left_out)
    is_first: NDArray[np.bool_] = field(default_factory=_left_out)
    is_booked: NDArray[np.bool_] = field(default_factory=_left_out)
    by_price: NDArray[np.bool_] = field(default_factory=_left_out)
    gives_back: NDArray[np.bool_] = field(default_factory=_left_out)

    def __post_init__(self) -> None:
        for name, value in USUAL.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(len(self.time_s), value))
        lengths = {len(values) for values in vars(self).values()}
        if len(lengths) != 1:
            raise ValueError(f"arrays must be of one length, got {sorted(lengths)}")
        _check_times(self.time_s)
        if not bool(np.all((self.soc_arrival >= 0) & (self.soc_target <= 1))):
            raise ValueError("states of charge must be between 0 and 1")
        if not bool(np.all(self.soc_target >= self.soc_arrival)):
            raise ValueError("soc_target must be at least soc_arrival")
        if not bool(np.all(self.patience_s >= 0)):
            raise ValueError("patience_s must be >= 0")
        if not bool(np.all((self.side >= 0) & (self.stop_s > 0) & (self.hold_s >= 0) & (self.linger_s >= 0))):
            raise ValueError("side, hold_s and linger_s must be >= 0, stop_s > 0")
        if not bool(np.all(np.isfinite(self.temp_degc))):
            raise ValueError("temp_degc must be finite")

    def __len__(self) -> int:
        """Return the number of cars."""
        return len(self.time_s)


@dataclass(frozen=True)
class ClassOfEvs:
    """Which class each electric vehicle belongs to."""

    names: tuple[str, ...]
    """Names of the classes."""
    number: NDArray[np.int64]
    """Place of each vehicle's class in the names."""


def draw_evs(
    spec: ChargingSpec,
    time_s: ArrayLike,
    *,
    seed: int,
    replication: int = 0,
    of_class: ClassOfEvs | None = None,
    side: NDArray[np.int64] | None = None,
) -> EvArrivals:
    """Draw the attributes of the electric cars that arrive at given times.

    Parameters
    ----------
    spec
        The charging plaza with its mix of cars.
    time_s
        Arrivals from the clock's start [s]; whole seconds, sorted.
    seed
        Seed of the run.
    replication
        Number of the replication, from 0.
    of_class
        Class of each vehicle; None where all are cars.
    side
        Place of each vehicle's carriageway in ``traffic.directions``; None where there are none.

    Notes
    -----
    With ``arrival_from_trip`` those that do not wish to charge are left out; attributes are drawn before, so
    that each vehicle keeps its own whatever the wish.

    Otherwise the state of charge at arrival follows its spread below ``1 - least_gain``. The target follows
    its spread above arrival plus ``least_gain``; a car whose target spread holds nothing above takes just the
    least gain. With ``energy_wanted`` it is what that energy adds to the pack, at most to full.
    """
    times = np.asarray(time_s, dtype=np.int64)
    sides = np.zeros(len(times), dtype=np.int64) if side is None else side
    uniforms = Uniforms(seed, replication, len(times))
    types = _draw_types(spec.vehicles, uniforms.of("ev_type"), of_class)
    if spec.arrival_from_trip is None:
        arrival = draw_soc(spec.arrival_soc, uniforms.of("ev_soc"), 0.0, 1 - spec.least_gain)
    else:
        soc = _soc_from_trip(spec, spec.arrival_from_trip, types, uniforms)
        wish = uniforms.of("ev_wish") < wish_to_charge(spec.arrival_from_trip, soc)
        wish &= soc <= 1 - spec.least_gain
        times, types, arrival, uniforms = times[wish], types[wish], soc[wish], uniforms.among(wish)
        sides = sides[wish]
    return EvArrivals(
        time_s=times,
        type_index=types,
        soc_arrival=arrival,
        soc_target=_targets(spec, types, arrival, uniforms.of("ev_target")),
        side=sides,
        **draw_drivers(spec, types, uniforms),
    )


def wish_to_charge(trip: ArrivalFromTrip, soc: ArrayLike) -> NDArray[np.float64]:
    """Return the share of the drivers that may charge who wish to, by state of charge at arrival [-].

    ``1 / (1 + exp((soc - wish_soc) / wish_spread))``; with no spread all below ``wish_soc`` and none above.

    Parameters
    ----------
    trip
        Where the wish falls and how sharply.
    soc
        State of charge at arrival [-].
    """
    above = np.asarray(soc, dtype=float) - trip.wish_soc
    if trip.wish_spread == 0:
        return (above <= 0).astype(float)
    wish: NDArray[np.float64] = (1 - np.tanh(above / trip.wish_spread / 2)) / 2
    return wish


def _soc_from_trip(
    spec: ChargingSpec, trip: ArrivalFromTrip, types: NDArray[np.int64], uniforms: Uniforms
) -> NDArray[np.float64]:
    """Return states of charge at arrival: that after the last charge less what the distance took."""
    start = draw_soc(trip.soc_after_charge, uniforms.of("ev_soc"), 0.0, 1.0)
    distance = log_normal(uniforms.of("ev_distance"), mean=trip.distance_mean_km, sd=trip.distance_sd_km)
    usable_kwh = np.array([curve.usable_kwh for curve in fleet_curves(spec)])
    per_km = np.array([_consumption_kwh_per_km(vehicle, trip) for vehicle in spec.vehicles])
    used = distance * (per_km / usable_kwh)[types]
    soc: NDArray[np.float64] = np.clip(start - used, trip.soc_reserve, 1.0)
    return soc


def _consumption_kwh_per_km(vehicle: VehicleShare, trip: ArrivalFromTrip) -> float:
    """Return what a type drives on: its own figure, the library's, or that of the trip [kWh/km]."""
    if vehicle.consumption_kwh_per_km is not None:
        return vehicle.consumption_kwh_per_km
    if vehicle.usable_kwh is None:
        return load_vehicle_types()[vehicle.type].consumption_kwh_per_km
    return trip.consumption_kwh_per_km


def _targets(
    spec: ChargingSpec,
    types: NDArray[np.int64],
    arrival: NDArray[np.float64],
    uniform: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return states of charge to leave with, by their spread or by the energy that is wanted."""
    least = arrival + spec.least_gain
    if spec.energy_wanted is None:
        return draw_soc(spec.target_soc, uniform, least, 1.0)
    energy_kwh = log_normal(uniform, mean=spec.energy_wanted.mean_kwh, sd=spec.energy_wanted.sd_kwh)
    usable_kwh = np.array([curve.usable_kwh for curve in fleet_curves(spec)])[types]
    target: NDArray[np.float64] = np.clip(arrival + energy_kwh / usable_kwh, np.minimum(least, 1.0), 1.0)
    return target


def fleet_curves(spec: ChargingSpec) -> tuple[ChargeCurve, ...]:
    """Return the charge curve of each type of car of a scenario, in its order."""
    return tuple(_curve_of(vehicle) for vehicle in spec.vehicles)


def fleet_voltages(spec: ChargingSpec) -> tuple[float, ...]:
    """Return the pack voltage by class of each type of car of a scenario, in its order [V]."""
    return tuple(
        load_vehicle_types()[vehicle.type].voltage_class
        if vehicle.usable_kwh is None
        else float(vehicle.voltage_class or DEFAULT_VOLTAGE_CLASS)
        for vehicle in spec.vehicles
    )


def fleet_classes(spec: ChargingSpec) -> tuple[str, ...]:
    """Return the class of each type of vehicle of a scenario, in its order: car, bus or truck."""
    return tuple(vehicle.vehicle_class for vehicle in spec.vehicles)


def _curve_of(vehicle: VehicleShare) -> ChargeCurve:
    if vehicle.usable_kwh is None:
        return load_vehicle_library()[vehicle.type]
    if vehicle.curve is None:
        return default_curve(vehicle.usable_kwh, float(vehicle.peak_kw or 0))
    return ChargeCurve(vehicle.usable_kwh, [soc for soc, _ in vehicle.curve], [kw for _, kw in vehicle.curve])


def _check_times(time_s: NDArray[np.int64]) -> None:
    if not np.issubdtype(time_s.dtype, np.integer):
        raise TypeError(f"time_s must be whole seconds, got {time_s.dtype}")
    if len(time_s) and (time_s[0] < 0 or bool(np.any(np.diff(time_s) < 0))):
        raise ValueError("time_s must be sorted and >= 0")


def _draw_types(
    vehicles: tuple[VehicleShare, ...], uniform: NDArray[np.float64], of_class: ClassOfEvs | None = None
) -> NDArray[np.int64]:
    if of_class is None:
        return _types_among(range(len(vehicles)), vehicles, uniform)
    found = np.zeros(len(uniform), dtype=np.int64)
    for number in np.unique(of_class.number):
        name = of_class.names[number]
        among = [place for place, vehicle in enumerate(vehicles) if vehicle.vehicle_class == name]
        chosen = of_class.number == number
        found[chosen] = _types_among(among, vehicles, uniform[chosen])
    return found


def _types_among(
    among: Sequence[int], vehicles: tuple[VehicleShare, ...], uniform: NDArray[np.float64]
) -> NDArray[np.int64]:
    edges = np.cumsum([vehicles[place].share for place in among])
    places = np.searchsorted(edges / edges[-1], uniform, side="right")
    return np.asarray(among, dtype=np.int64)[np.minimum(places, len(among) - 1)]
