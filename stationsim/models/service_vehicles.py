"""The station's own electric vehicles: sweepers, shuttles and patrol cars on their chargers."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.spec import ClockHour, Count, NonNegative, Spec

HOURS_PER_DAY = 24.0


class ServiceVehiclesSpec(Spec):
    """Electric vehicles of the station, charged evenly in a daily window."""

    count: Annotated[Count, Field(le=10_000)]
    """Number of vehicles."""

    kwh_per_day: Annotated[NonNegative, Field(le=1e4)]
    """Electricity of one vehicle, taken from the plug [kWh/day]."""

    charging_from: ClockHour = 22.0
    """Civil time at which charging begins, HH:MM; the default is assumed, after the day's work."""

    charging_to: ClockHour = 6.0
    """Civil time at which charging ends, HH:MM; earlier than the beginning, it is the next morning's."""

    @model_validator(mode="after")
    def _window_is_open(self) -> ServiceVehiclesSpec:
        if self.charging_from - self.charging_to in (0, HOURS_PER_DAY):
            raise ValueError("charging_to must differ from charging_from; 00:00 to 24:00 is the whole day")
        return self

    @property
    def window_h(self) -> float:
        """Length of the charging window [h]."""
        length_h = self.charging_to - self.charging_from
        return length_h if length_h > 0 else length_h + HOURS_PER_DAY

    @property
    def charging_kw(self) -> float:
        """Power of all vehicles together within the window [kW]."""
        return self.count * self.kwh_per_day / self.window_h


def service_vehicles_kw(
    spec: ServiceVehiclesSpec, *, civil_hour: ArrayLike, dt_h: float
) -> NDArray[np.float64]:
    """Return the power of the service vehicles, mean over each step [kW].

    Parameters
    ----------
    spec
        Vehicles and their charging window.
    civil_hour
        Civil hour at the start of each step [h].
    dt_h
        Step length [h].

    Notes
    -----
    A step that the window cuts takes its share, so the energy of a day does not depend on the step. On a day
    in which clocks change, a window over that hour is an hour shorter or longer at the same power.
    """
    start = np.asarray(civil_hour, dtype=float)
    if spec.charging_from < spec.charging_to:
        inside_h = _overlap_h(start, dt_h, spec.charging_from, spec.charging_to)
    else:
        evening_h = _overlap_h(start, dt_h, spec.charging_from, HOURS_PER_DAY)
        inside_h = evening_h + _overlap_h(start, dt_h, 0.0, spec.charging_to)
    return spec.charging_kw * inside_h / dt_h


def _overlap_h(start_h: NDArray[np.float64], dt_h: float, from_h: float, to_h: float) -> NDArray[np.float64]:
    """Return how much of each step lies in a window of the same day [h]."""
    overlap: NDArray[np.float64] = np.minimum(start_h + dt_h, to_h) - np.maximum(start_h, from_h)
    return np.maximum(overlap, 0)
