"""From what a battery lives through to its health afterwards and the years it has left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from stationsim.models.ageing.blast import blast_laws, blast_outside
from stationsim.models.ageing.duty import Days, Duty, days_of
from stationsim.models.ageing.laws import NO_LOSS, Law
from stationsim.models.ageing.naumann import naumann_laws, naumann_outside
from stationsim.models.ageing.sam import table_laws
from stationsim.models.ageing.spec import AgeingSpec, Health

DAYS_PER_YEAR = 365.25

LONGEST_LIFE_YEARS = 1000.0
"""Beyond this a battery counts as one that does not wear out [a]."""

IN_USE_CYCLES = 0.01
"""Full equivalent cycles from which on a day counts as one of use."""


class Ageing(NamedTuple):
    """What a duty did to a battery."""

    start: Health
    """Before it."""
    end: Health
    """After it."""
    years_left: float
    """Years after it until the end of life if the same duty goes on; infinite where it never comes."""
    days_outside: int
    """Days on which a stress lay outside what the model was fitted to."""
    outside: Mapping[str, int]
    """Days by the kind of stress."""


def age(spec: AgeingSpec, start: Health, duty: Duty, *, discharged_kwh: float = 0.0) -> Ageing:
    """Return what a duty does to a battery.

    Parameters
    ----------
    spec
        How it ages.
    start
        Its health before.
    duty
        What it lives through.
    discharged_kwh
        Energy it gives to the busbar meanwhile [kWh].
    """
    calendar, cycle = laws_of(spec, duty)
    first = _as_new(calendar, start)
    end = Health(
        calendar.after(first.calendar_loss),
        cycle.after(first.cycle_loss),
        start.discharged_kwh + discharged_kwh,
        start.age_days + duty.days,
    )
    days = days_of(duty)
    outside = _outside(spec, days)
    anyone = np.logical_or.reduce([np.zeros(len(days.depth), dtype=bool), *outside.values()])
    return Ageing(
        start,
        end,
        _duties_left(calendar, cycle, end, spec.end_of_life_share) * duty.days / DAYS_PER_YEAR,
        int(anyone.sum()),
        {kind: int(found.sum()) for kind, found in outside.items() if found.any()},
    )


def laws_of(spec: AgeingSpec, duty: Duty) -> tuple[Law, Law]:
    """Return how calendar and cycle loss grow under a duty."""
    if spec.model == "blast_lfp":
        return blast_laws(duty)
    if spec.model == "naumann_lfp":
        return naumann_laws(duty)
    if spec.table is not None:
        return table_laws(spec.table, duty)
    return NO_LOSS, NO_LOSS


def _as_new(calendar: Law, start: Health) -> Health:
    """Return the health of a new cell with what it has above its rating."""
    gain = getattr(calendar, "gain", 0.0)
    return start._replace(calendar_loss=-gain) if gain and start.age_days == 0.0 else start


def _outside(spec: AgeingSpec, days: Days) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    if spec.model == "blast_lfp":
        return blast_outside(days, days.full_cycles > IN_USE_CYCLES)
    return naumann_outside(days) if spec.model == "naumann_lfp" else {}


def _duties_left(calendar: Law, cycle: Law, health: Health, share: float) -> float:
    """Return how many duties more lead to the end of life, by bisection."""

    def left(times: float) -> float:
        return 1.0 - calendar.after(health.calendar_loss, times) - cycle.after(health.cycle_loss, times)

    if health.share <= share:
        return 0.0
    most = 1.0
    while left(most) > share:
        most *= 2.0
        if most > LONGEST_LIFE_YEARS * DAYS_PER_YEAR:
            return math.inf
    least = 0.0
    while most - least > 1e-9 * most:
        middle = 0.5 * (least + most)
        least, most = (middle, most) if left(middle) > share else (least, middle)
    return most
