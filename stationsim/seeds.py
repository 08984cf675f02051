"""One seed a run, one independent stream a purpose."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

Purpose = Literal[
    "sky",
    "temperature",
    "vehicles",
    "ev_choice",
    "ev_type",
    "ev_soc",
    "ev_target",
    "ev_patience",
    "stay",
    "vehicle_class",
    "ev_distance",
    "ev_wish",
    "ev_side",
    "ev_stop",
    "ev_linger",
    "ev_linger_time",
    "ev_idle_fee",
    "ev_break",
    "ev_priority",
    "ev_booking",
    "ev_by_price",
    "ev_v2g",
    "post_failures",
    "module_failures",
    "rain_days",
    "rain_amounts",
    "rain_hours",
]
"""What a stream is for. Append only: the place in this list is part of every stream's key."""

_PURPOSES: tuple[str, ...] = get_args(Purpose)


def stream(seed: int, purpose: Purpose, replication: int = 0, *parts: int) -> np.random.Generator:
    """Return the random stream of one purpose.

    Streams of different purposes and replications are independent, and none depends on how much another
    one drew: two designs that share a seed meet the same weather and the same cars.

    Parameters
    ----------
    seed
        Seed of the run, 0 to 2**63 - 1.
    purpose
        What is drawn.
    replication
        Number of the replication, from 0.
    *parts
        Numbers of a thing, such as its group and its place, for a stream of its own.
    """
    key = (replication, _PURPOSES.index(purpose), *parts)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
