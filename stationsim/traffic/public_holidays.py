"""Public holidays of a country for the days a scenario does not list, from the package ``holidays``."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from stationsim.errors import MachineError, Problem, ScenarioError
from stationsim.traffic.spec import WEEKEND, HolidaySpec, TrafficSpec

NAME_SHOWN = 80
"""Longest name of a holiday that is kept."""

CHINA = "CN"
MARGIN_DAYS = 31
"""How far around the period holidays are looked up [d]: the draw begins before it."""


class Filled(NamedTuple):
    """What a calendar adds to the listed days."""

    holidays: tuple[HolidaySpec, ...]
    """Holidays on days that were not listed, one a day, by date."""
    makeup_workdays: tuple[dt.date, ...]
    """Weekend days that are worked and were not listed."""


def filled_holidays(spec: TrafficSpec, first_day: dt.date, last_day: dt.date) -> Filled:
    """Return the public holidays that a country's calendar adds around a period.

    Saturdays and Sundays next to a public holiday belong to it, unless they are worked: the long weekend has
    its traffic, and with ``CN`` this gives the blocks of the State Council's notices. Years for which China
    has not announced its days yet are left to weekdays and weekend days. Listed days are never changed.

    Parameters
    ----------
    spec
        Traffic whose ``calendar`` names the country.
    first_day, last_day
        First and last civil day of the period.

    Raises
    ------
    MachineError
        The extra ``calendar`` is not installed.
    ScenarioError
        The country or its part is not known.
    """
    if spec.calendar is None:
        return Filled((), ())
    first, last = first_day - dt.timedelta(MARGIN_DAYS), last_day + dt.timedelta(MARGIN_DAYS)
    country = _country(spec.calendar, range(first.year, last.year + 1))
    worked = set(getattr(country, "weekend_workdays", ()))
    days = {day: str(name)[:NAME_SHOWN] for day, name in country.items() if _is_announced(spec, country, day)}
    _add_weekends(days, worked)
    listed = {day for holiday in spec.holidays for day in holiday.days()} | set(spec.makeup_workdays)
    new = sorted(day for day in days if first <= day <= last and day not in listed)
    factor, charging = spec.holiday_vehicles_factor or 1.0, spec.holiday_charging_factor
    added = tuple(
        HolidaySpec(
            name=days[day],
            first_day=day,
            last_day=day,
            vehicles_factor=factor,
            charging_factor=1.0 if charging is None else charging,
        )
        for day in new
    )
    return Filled(added, tuple(sorted(day for day in worked if first <= day <= last and day not in listed)))


def _country(calendar: str, years: range) -> Any:
    """Return the package's holidays of a country in some years."""
    try:
        import holidays
    except ImportError:
        raise MachineError(
            "traffic.calendar needs the package holidays, which is not installed: "
            "pip install 'stationsim[calendar]'"
        ) from None
    code, _, part = calendar.partition("-")
    try:
        return holidays.country_holidays(code, subdiv=part or None, years=list(years))
    except NotImplementedError:
        problem = Problem(
            "must be a country, or a part of one, that the package holidays knows",
            path="traffic.calendar",
            value=calendar,
            hint="write an ISO 3166 code such as IT, DE or DE-BY",
        )
        raise ScenarioError([problem]) from None


def _is_announced(spec: TrafficSpec, country: Any, day: dt.date) -> bool:
    """Tell whether the holidays of a day's year are published; only China announces them by the year."""
    if spec.calendar != CHINA:
        return True
    last: int = max(getattr(country, "special_public_holidays", {day.year: ()}))
    return day.year <= last


def _add_weekends(days: dict[dt.date, str], worked: set[dt.date]) -> None:
    """Add the weekend days that touch a holiday, those beyond them too."""
    for way in (dt.timedelta(1), dt.timedelta(-1)):
        for day, name in list(days.items()):
            beside = day + way
            while beside.weekday() in WEEKEND and beside not in days and beside not in worked:
                days[beside] = name
                beside += way
