"""Opening hours: the daily hours in which something runs, and how much of a step lies in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from stationsim.spec import ClockHour, Spec

HOURS_PER_DAY = 24.0


class OpeningHours(Spec):
    """Something that is open in a daily window."""

    open_from: ClockHour = 0.0
    """Civil time of opening, HH:MM; the default is midnight."""

    open_to: ClockHour = 24.0
    """Civil time of closing, HH:MM; before the opening, it is the next morning's. By default never closed."""

    @model_validator(mode="after")
    def _is_open_some_time(self) -> OpeningHours:
        if self.open_from == self.open_to or self.open_from - self.open_to == HOURS_PER_DAY:
            raise ValueError("open_to must differ from open_from; 00:00 to 24:00 is the whole day")
        return self


def window_share(from_h: float, to_h: float, *, civil_hour: ArrayLike, dt_h: float) -> NDArray[np.float64]:
    """Return the share of each step that lies in a daily window, 0 to 1.

    Parameters
    ----------
    from_h, to_h
        Civil hours at which the window begins and ends, 0 to 24 [h]; one that ends before it begins goes
        over midnight, and one that ends where it begins is empty.
    civil_hour
        Civil hour at the start of each step [h].
    dt_h
        Step length [h], within the same day.

    Notes
    -----
    A step that the window cuts counts for its part, so the hours of a day do not depend on the step.
    """
    start = np.asarray(civil_hour, dtype=float)
    if to_h - from_h >= HOURS_PER_DAY:
        return np.ones(start.shape)
    if from_h <= to_h:
        return _overlap_h(start, dt_h, from_h, to_h) / dt_h
    evening_h = _overlap_h(start, dt_h, from_h, HOURS_PER_DAY)
    return (evening_h + _overlap_h(start, dt_h, 0.0, to_h)) / dt_h


def open_share(hours: OpeningHours, *, civil_hour: ArrayLike, dt_h: float) -> NDArray[np.float64]:
    """Return the share of each step in which something is open, 0 to 1.

    Parameters
    ----------
    hours
        When it is open.
    civil_hour
        Civil hour at the start of each step [h].
    dt_h
        Step length [h].
    """
    return window_share(hours.open_from, hours.open_to, civil_hour=civil_hour, dt_h=dt_h)


def _overlap_h(start_h: NDArray[np.float64], dt_h: float, from_h: float, to_h: float) -> NDArray[np.float64]:
    """Return how much of each step lies in a window of the same day [h]."""
    overlap: NDArray[np.float64] = np.minimum(start_h + dt_h, to_h) - np.maximum(start_h, from_h)
    return np.maximum(overlap, 0)
