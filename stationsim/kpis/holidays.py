"""Charging on holidays against charging on ordinary days."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.period import civil_dates, first_day, n_days

if TYPE_CHECKING:
    from stationsim.results import Results

PLUGGED_IN = ("served", "charging")
"""Outcomes of the vehicles that got a post."""


def holiday_kpis(results: Results) -> Kpis:
    """Return sessions and energy of a post on ordinary days and on holidays; empty without both kinds.

    Ordinary are weekdays and weekend days. A session counts on the civil day it starts, with all the energy
    it takes into the car.

    References
    ----------
    People's Daily after the National Energy Administration, 10 October 2025: on 1 to 8 October 48,400 posts
    of Chinese expressways had 5.169 million sessions and 123 GWh, 13.3 sessions and 318 kWh a post and day,
    2.59 times an ordinary day's energy.
    """
    days, is_holiday = days_and_holidays(results)
    groups = (results.scenario.get("charging") or {}).get("groups", [])
    posts = sum(int(group["posts"]) for group in groups)
    if not posts or is_holiday.all() or not is_holiday.any():
        return {}
    started, energy = _by_day(results, days)
    found, kwh = {}, {}
    for kind, chosen in (("ordinary", ~is_holiday), ("holiday", is_holiday)):
        what = "an ordinary day" if kind == "ordinary" else "a holiday"
        kwh[kind] = float(energy[chosen].mean()) / posts
        found[f"sessions_per_post_day_{kind}"] = Kpi(
            float(started[chosen].mean()) / posts, "1/d", f"Sessions that start at a post on {what}."
        )
        found[f"kwh_per_post_day_{kind}"] = Kpi(
            kwh[kind], "kWh/d", f"Energy into cars of the sessions that start at a post on {what}."
        )
    ratio = kwh["holiday"] / kwh["ordinary"] if kwh["ordinary"] > 0 else math.nan
    info = "Energy into cars on a holiday, as a multiple of an ordinary day's."
    return found | {"holiday_charging_ratio": Kpi(ratio, "1", info)}


def days_and_holidays(results: Results) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Return the civil days of a run and which of them are holidays."""
    days = np.datetime64(first_day(results), "D") + np.arange(n_days(results))
    return days, np.isin(days, np.array(sorted(_holidays(results)), dtype="datetime64[D]"))


def _holidays(results: Results) -> set[dt.date]:
    """Return the holidays of a run: those it lists and those a calendar filled in."""
    found = set()
    for holiday in (results.scenario.get("traffic") or {}).get("holidays") or ():
        first = dt.date.fromisoformat(str(holiday["first_day"]))
        last = dt.date.fromisoformat(str(holiday["last_day"]))
        found |= {first + dt.timedelta(days=number) for number in range((last - first).days + 1)}
    filled = (results.provenance.get("traffic") or {}).get("holidays_filled") or ()
    return found | {dt.date.fromisoformat(day) for day, _ in filled}


def _by_day(
    results: Results, days: NDArray[np.datetime64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sessions that start on each day and the energy they take into the cars [kWh]."""
    sessions = results.sessions
    plugged = sessions[np.isin(sessions["outcome"].to_numpy(), PLUGGED_IN)]
    if plugged.empty:
        return np.zeros(days.size), np.zeros(days.size)
    place = (civil_dates(plugged["start"], results.timezone) - days[0]).astype(np.int64)
    energy = np.nan_to_num(plugged["energy_kwh"].to_numpy(dtype=float))
    started: NDArray[np.float64] = np.bincount(place, minlength=days.size).astype(np.float64)
    taken: NDArray[np.float64] = np.bincount(place, weights=energy, minlength=days.size).astype(np.float64)
    return started, taken
