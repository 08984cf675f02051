"""Which carriageway each vehicle comes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationsim.clock import Clock
from stationsim.seeds import stream
from stationsim.traffic.calendar import day_types
from stationsim.traffic.spec import TrafficSpec
from stationsim.traffic.visitors import CELL_MINUTES, SECONDS_PER_MINUTE


def draw_sides(
    spec: TrafficSpec, clock: Clock, time_s: ArrayLike, *, seed: int, replication: int = 0
) -> NDArray[np.int64]:
    """Return the place of each vehicle's carriageway in ``spec.directions``; 0 for all where there is none.

    Parameters
    ----------
    spec
        Traffic of the station.
    clock
        Period and time zone; its step does not matter.
    time_s
        When the vehicles arrive, from the clock's start [s].
    seed
        Seed of the run.
    replication
        Number of the replication, from 0.
    """
    times = np.asarray(time_s, dtype=np.int64)
    if not spec.directions:
        return np.zeros(len(times), dtype=np.int64)
    cells = clock.at_step(CELL_MINUTES)
    at = times // (CELL_MINUTES * SECONDS_PER_MINUTE)
    kind = day_types(spec, clock.first_day, clock.n_days).kind[cells.civil_day[at]]
    edges = np.cumsum(direction_shares(spec), axis=-1)[kind, cells.civil_hour[at].astype(np.int64)]
    uniform = stream(seed, "ev_side", replication).random(len(times))
    found: NDArray[np.int64] = (uniform[:, None] >= edges[:, :-1]).sum(axis=1)
    return found


def direction_shares(spec: TrafficSpec) -> NDArray[np.float64]:
    """Return the share of each carriageway by kind of day, civil hour and direction [-].

    ``share_s shape_s[h] / sum(share shape[h])``, with the day's own shape where a carriageway has none, and
    the shares alone in hours for which all shapes have nothing.

    Parameters
    ----------
    spec
        Traffic with directions.
    """
    days = np.array([spec.hourly_shape_weekday, spec.hourly_shape_weekend, spec.hourly_shape_holiday])
    share = np.array([direction.share for direction in spec.directions])
    shapes = [
        days if direction.hourly_shape is None else np.broadcast_to(direction.hourly_shape, days.shape)
        for direction in spec.directions
    ]
    weight = share * np.stack(shapes, axis=-1)
    total = weight.sum(axis=-1, keepdims=True)
    found: NDArray[np.float64] = np.divide(
        weight, total, out=np.broadcast_to(share, weight.shape).copy(), where=total > 0
    )
    return found
