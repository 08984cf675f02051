"""The electric cars that come to charge: every attribute drawn by the number of the car, before any queue.

Each attribute has its own random stream and takes one uniform number a car, so that two designs, and two
mixes of cars, meet the same traffic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationsim.models.charging import SOC_BINS, ChargingSpec, SocSpread, VehicleShare
from stationsim.models.vehicles import ChargeCurve, default_curve, load_vehicle_library
from stationsim.seeds import stream

SECONDS_PER_MINUTE = 60
SOC_GRID = 2000
"""Steps of the table of a beta distribution over states of charge; between them it is a straight line."""


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
    """

    time_s: NDArray[np.int64]
    type_index: NDArray[np.int64]
    soc_arrival: NDArray[np.float64]
    soc_target: NDArray[np.float64]
    patience_s: NDArray[np.float64]

    def __post_init__(self) -> None:
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

    def __len__(self) -> int:
        """Return the number of cars."""
        return len(self.time_s)


def draw_evs(spec: ChargingSpec, time_s: ArrayLike, *, seed: int, replication: int = 0) -> EvArrivals:
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

    Notes
    -----
    The state of charge at arrival follows its spread below ``1 - least_gain``, the target its spread above
    arrival plus ``least_gain``; a car whose target spread holds nothing above takes just the least gain.
    """
    times = np.asarray(time_s, dtype=np.int64)
    number = len(times)
    uniform = {
        purpose: stream(seed, purpose, replication).random(number)
        for purpose in ("ev_type", "ev_soc", "ev_target", "ev_patience")
    }
    arrival = _draw_soc(spec.arrival_soc, uniform["ev_soc"], 0.0, 1 - spec.least_gain)
    return EvArrivals(
        time_s=times,
        type_index=_draw_types(spec.vehicles, uniform["ev_type"]),
        soc_arrival=arrival,
        soc_target=_draw_soc(spec.target_soc, uniform["ev_target"], arrival + spec.least_gain, 1.0),
        patience_s=_draw_patience(spec.patience_minutes, uniform["ev_patience"]),
    )


def fleet_curves(spec: ChargingSpec) -> tuple[ChargeCurve, ...]:
    """Return the charge curve of each type of car of a scenario, in its order."""
    return tuple(_curve_of(vehicle) for vehicle in spec.vehicles)


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


def _draw_types(vehicles: tuple[VehicleShare, ...], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    edges = np.cumsum([vehicle.share for vehicle in vehicles])
    places = np.searchsorted(edges / edges[-1], uniform, side="right")
    return np.minimum(places, len(vehicles) - 1).astype(np.int64)


def _draw_patience(mean_minutes: float | None, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return exponential patience [s], infinite where the mean is null."""
    if mean_minutes is None:
        return np.full(len(uniform), np.inf)
    return -np.log1p(-uniform) * mean_minutes * SECONDS_PER_MINUTE


def _draw_soc(
    spread: SocSpread,
    uniform: NDArray[np.float64],
    low: float | NDArray[np.float64],
    high: float,
) -> NDArray[np.float64]:
    """Return states of charge of a spread cut to ``low`` .. ``high``, by inverting its distribution."""
    soc, below = _distribution(spread)
    start, end = np.interp(low, soc, below), np.interp(high, soc, below)
    drawn = np.interp(start + uniform * (end - start), below, soc)
    return np.clip(drawn, low, high)


def _distribution(spread: SocSpread) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return states of charge and the share of cars below each; straight lines between."""
    if spread.histogram is not None:
        return np.linspace(0, 1, SOC_BINS + 1), np.concatenate([[0.0], np.cumsum(spread.histogram)])
    mean, sd = float(spread.mean or 0), float(spread.sd or 0)
    if sd == 0:
        return np.array([mean, mean]), np.array([0.0, 1.0])
    from scipy.special import betainc

    weight = mean * (1 - mean) / sd**2 - 1
    soc = np.linspace(0, 1, SOC_GRID + 1)
    below: NDArray[np.float64] = betainc(mean * weight, (1 - mean) * weight, soc)
    return soc, below
