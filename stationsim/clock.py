"""The steps of a run: regular, left-labelled, time-zone aware with a fixed offset."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

STEPS_OF_AN_HOUR = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
"""Step lengths that divide the hour into whole minutes [min]."""


@dataclass(frozen=True)
class Clock:
    """Steps from the civil midnight that starts ``first_day`` to the one that ends ``last_day``.

    The index keeps one fixed offset, the zone's standard time at the start, so that it stays regular over
    daylight saving; civil dates and hours of each step follow the zone's own rules.

    Parameters
    ----------
    first_day, last_day
        First and last civil day, both included.
    step_minutes
        Step length [min]; divides the hour.
    timezone
        IANA name of the site's time zone.
    """

    first_day: dt.date
    last_day: dt.date
    step_minutes: int
    timezone: str

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"last_day must not be before first_day, got {self.last_day} < {self.first_day}")
        if self.step_minutes not in STEPS_OF_AN_HOUR:
            raise ValueError(f"step_minutes must divide the hour, got {self.step_minutes}")

    @property
    def dt_h(self) -> float:
        """Step length [h]."""
        return self.step_minutes / 60

    @property
    def step_s(self) -> int:
        """Step length [s]."""
        return self.step_minutes * 60

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return int((self._end - self._start).total_seconds()) // self.step_s

    @property
    def n_days(self) -> int:
        """Number of civil days."""
        return (self.last_day - self.first_day).days + 1

    @cached_property
    def offset(self) -> dt.timezone:
        """Fixed offset of the index: the zone's standard time at the start."""
        midnight = dt.datetime.combine(self.first_day, dt.time(), ZoneInfo(self.timezone))
        none = dt.timedelta()
        return dt.timezone((midnight.utcoffset() or none) - (midnight.dst() or none))

    @cached_property
    def _start(self) -> dt.datetime:
        midnight = dt.datetime.combine(self.first_day, dt.time(), ZoneInfo(self.timezone))
        return midnight.astimezone(self.offset)

    @cached_property
    def _end(self) -> dt.datetime:
        day_after = self.last_day + dt.timedelta(days=1)
        return dt.datetime.combine(day_after, dt.time(), ZoneInfo(self.timezone)).astimezone(self.offset)

    @cached_property
    def index(self) -> pd.DatetimeIndex:
        """Left label of each step, with the fixed offset."""
        return self.index_of(self.step_minutes)

    def index_of(self, step_minutes: int) -> pd.DatetimeIndex:
        """Return the left-labelled index of the same period at another step length."""
        import pandas as pd

        return pd.date_range(self._start, self._end, freq=f"{step_minutes}min", inclusive="left", unit="ns")

    def at_step(self, step_minutes: int) -> Clock:
        """Return the clock of the same period with another step."""
        return Clock(self.first_day, self.last_day, step_minutes, self.timezone)

    @cached_property
    def civil(self) -> pd.DatetimeIndex:
        """Left label of each step as civil (wall-clock) time of the site."""
        return self.index.tz_convert(self.timezone)

    @cached_property
    def civil_day(self) -> NDArray[np.int64]:
        """Number of the civil day of each step, from 0."""
        naive = self.civil.tz_localize(None).normalize()
        days: NDArray[Any] = naive.to_numpy().astype("datetime64[D]").astype(np.int64)
        return days - np.datetime64(self.first_day, "D").astype(np.int64)

    @cached_property
    def civil_hour(self) -> NDArray[np.float64]:
        """Civil hour of the day at the left edge of each step [h]."""
        civil = self.civil
        hours: NDArray[np.float64] = (civil.hour + civil.minute / 60).to_numpy(dtype=float)
        return hours
