"""Set points by hour of the day, on weekdays and weekends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_GAP_K = 1.0
"""A cooling set point stays at least this far above the heating set point [K], whoever asks for less."""


def hourly_degc(constant_degc: float, by_hour_degc: Sequence[float] | None) -> tuple[float, ...]:
    """Return the set point of each hour of a day, 0 to 23 [degC]."""
    return (constant_degc,) * 24 if by_hour_degc is None else tuple(by_hour_degc)


def set_points_degc(
    weekday_degc: Sequence[float],
    weekend_degc: Sequence[float],
    *,
    civil_hour: ArrayLike,
    is_weekend: ArrayLike,
    step_h: float,
    ramps: int = 0,
) -> NDArray[np.float64]:
    """Return the mean set point of every step [degC].

    Parameters
    ----------
    weekday_degc, weekend_degc
        Set points of the hours 0 to 23 [degC].
    civil_hour
        Civil hour at the start of each step [h].
    is_weekend
        Whether each step lies on a weekend.
    step_h
        Length of a step [h]; it divides the hour.
    ramps
        1: a rise is spread in a straight line over its hour; -1: a fall is; 0: both are sudden.

    Notes
    -----
    The hour before midnight is taken from the same kind of day. A line's mean over a step is its value in
    the middle, so that steps of any length agree.
    """
    hours = np.asarray(civil_hour, dtype=float)
    whole = np.floor(hours + 1e-9).astype(np.int64) % 24
    tables = np.array([weekday_degc, weekend_degc], dtype=float)
    kind = np.asarray(is_weekend, dtype=bool).astype(np.int64)
    now, before = tables[kind, whole], tables[kind, whole - 1]
    if not ramps:
        return np.asarray(now)
    spread = (now - before) * ramps > 0
    passed = hours - np.floor(hours + 1e-9) + step_h / 2
    return np.asarray(np.where(spread, before + (now - before) * np.clip(passed, 0.0, 1.0), now))
