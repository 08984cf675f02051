"""Which kind of day it is: weekday, weekend or holiday, and the traffic that goes with it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.traffic.spec import WEEKEND, TrafficSpec

DAY_KINDS = ("weekday", "weekend", "holiday")
"""Names of the kinds of day, in the order of their numbers."""

WEEKDAY_KIND, WEEKEND_KIND, HOLIDAY_KIND = range(len(DAY_KINDS))


class DayTypes(NamedTuple):
    """What each civil day of a period is; one entry a day."""

    kind: NDArray[np.int8]
    """Number of its kind, a place in ``DAY_KINDS``."""

    vehicles_factor: NDArray[np.float64]
    """Vehicles as a multiple of an ordinary weekday's."""

    charging_factor: NDArray[np.float64]
    """Share of electric vehicles that charge, as a multiple of the ordinary share."""

    name: tuple[str, ...]
    """Name of the holiday; empty on other days."""


def day_types(spec: TrafficSpec, first_day: dt.date, n_days: int) -> DayTypes:
    """Return kind, traffic factors and holiday name of each civil day.

    A holiday takes precedence over a weekend; a make-up workday is an ordinary weekday.

    Parameters
    ----------
    spec
        Traffic with its holidays and make-up workdays.
    first_day
        First civil day.
    n_days
        Number of days.
    """
    days = [first_day + dt.timedelta(days=number) for number in range(n_days)]
    holidays = {day: holiday for holiday in spec.holidays for day in holiday.days()}
    worked = frozenset(spec.makeup_workdays)
    kind = np.zeros(n_days, dtype=np.int8)
    vehicles_factor, charging_factor = np.ones(n_days), np.ones(n_days)
    for number, day in enumerate(days):
        if day in holidays:
            kind[number] = HOLIDAY_KIND
            vehicles_factor[number] = holidays[day].vehicles_factor
            charging_factor[number] = holidays[day].charging_factor
        elif day.weekday() in WEEKEND and day not in worked:
            kind[number] = WEEKEND_KIND
            vehicles_factor[number] = spec.weekend_factor
            charging_factor[number] = spec.weekend_charging_factor
    names = tuple(holidays[day].name if day in holidays else "" for day in days)
    return DayTypes(kind, vehicles_factor, charging_factor, names)


def beyond_holidays_warning(spec: TrafficSpec, first_day: dt.date, last_day: dt.date) -> str | None:
    """Return a warning where the period reaches years without a listed holiday, or None.

    Such a year falls back on weekdays and weekend days. A scenario that lists no holiday at all has none to
    run out of and is not warned about.

    Parameters
    ----------
    spec
        Traffic with its holidays.
    first_day, last_day
        First and last civil day of the period.
    """
    listed = {day.year for holiday in spec.holidays for day in (holiday.first_day, holiday.last_day)}
    missing = [str(year) for year in range(first_day.year, last_day.year + 1) if year not in listed]
    if not listed or not missing:
        return None
    known = ", ".join(str(year) for year in sorted(listed))
    return (
        f"no holiday is listed in {', '.join(missing)}, only in {known}; "
        "its days count as weekdays and weekend days"
    )
