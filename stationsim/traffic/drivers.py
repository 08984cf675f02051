"""What drivers do, drawn by the number of the car: how long they wait, charge and stay, who comes first.

None of it depends on the queue: a stay that a driver has in mind does not change with the wait before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import ChargingSpec, LingerSpec
from stationsim.traffic.draws import Uniforms, log_normal

SECONDS_PER_MINUTE = 60
LEAST_STOP_S = 1.0
"""Shortest time given to charging [s]; events outside the plaza lie on whole seconds."""


def draw_drivers(
    spec: ChargingSpec, type_index: NDArray[np.int64], uniforms: Uniforms
) -> dict[str, NDArray[Any]]:
    """Return what the drivers do, by the names of `EvArrivals`; what nobody does is left out.

    Parameters
    ----------
    spec
        The charging plaza with its drivers.
    type_index
        Place of each car's type in ``spec.vehicles``; breaks and priority go by its class.
    uniforms
        Numbers of the cars.
    """
    drawn: dict[str, NDArray[Any]] = {"patience_s": draw_patience(spec, uniforms)}
    if spec.stop is not None:
        minutes = log_normal(uniforms.of("ev_stop"), mean=spec.stop.mean_minutes, sd=spec.stop.sd_minutes)
        drawn["stop_s"] = np.maximum(minutes * SECONDS_PER_MINUTE, LEAST_STOP_S)
    if spec.linger is not None:
        drawn["linger_s"] = _draw_linger(spec.linger, uniforms)
    if spec.legal_break is not None:
        bound = _of_classes(spec, spec.legal_break.classes, type_index)
        is_due = bound & (uniforms.of("ev_break") < spec.legal_break.share)
        drawn["hold_s"] = np.where(is_due, spec.legal_break.minutes * SECONDS_PER_MINUTE, 0.0)
    if spec.priority is not None:
        first = _of_classes(spec, spec.priority.classes, type_index)
        drawn["is_first"] = first | (uniforms.of("ev_priority") < spec.priority.share)
    if spec.reservations is not None:
        drawn["is_booked"] = uniforms.of("ev_booking") < spec.reservations.share
    if spec.by_price_share:
        drawn["by_price"] = uniforms.of("ev_by_price") < spec.by_price_share
    if spec.v2g is not None:
        drawn["gives_back"] = uniforms.of("ev_v2g") < spec.v2g.share
    return drawn


def draw_patience(spec: ChargingSpec, uniforms: Uniforms) -> NDArray[np.float64]:
    """Return how long drivers wait before they give up [s]; infinite where they never do.

    Parameters
    ----------
    spec
        The charging plaza with its drivers.
    uniforms
        Numbers of the cars.
    """
    mean, sd = spec.patience_minutes, spec.patience_sd_minutes
    if mean is None:
        return np.full(len(uniforms), np.inf)
    uniform = uniforms.of("ev_patience")
    if sd is not None:
        return log_normal(uniform, mean=mean, sd=sd) * SECONDS_PER_MINUTE
    return -np.log1p(-uniform) * mean * SECONDS_PER_MINUTE


def _draw_linger(linger: LingerSpec, uniforms: Uniforms) -> NDArray[np.float64]:
    """Return how long cars stay after charging [s], the fee's effect in it."""
    stays = uniforms.of("ev_linger") < linger.share
    minutes = log_normal(uniforms.of("ev_linger_time"), mean=linger.mean_minutes, sd=linger.sd_minutes)
    fee = linger.idle_fee
    if fee is not None:
        is_moved = uniforms.of("ev_idle_fee") < fee.moved_share
        minutes = np.where(is_moved, np.minimum(minutes, fee.grace_minutes), minutes)
    return np.where(stays, minutes * SECONDS_PER_MINUTE, 0.0)


def _of_classes(
    spec: ChargingSpec, classes: Sequence[str], type_index: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which cars are of some classes."""
    of_type = np.array([vehicle.vehicle_class in classes for vehicle in spec.vehicles])
    found: NDArray[np.bool_] = of_type[type_index]
    return found
