"""Catering: hot meals cooked for those who are there, and what hums in the kitchen all day."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from stationsim.spec import Fraction, NonNegative, Spec

MINUTES_PER_HOUR = 60.0

MEALS_PER_VISITOR = (
    *(0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.08, 0.08, 0.08, 0.02, 0.02, 0.25),
    *(0.25, 0.25, 0.02, 0.02, 0.02, 0.20, 0.20, 0.20, 0.02, 0.02, 0.02, 0.02),
)
"""Hot meals a visitor eats, by civil hour: breakfast 6 to 9, lunch 11 to 14, dinner 17 to 20; assumed."""


class CateringSpec(Spec):
    """An all-electric kitchen and its cold rooms."""

    meals_per_visitor_by_hour: Annotated[tuple[Fraction, ...], Field(min_length=24, max_length=24)] = (
        MEALS_PER_VISITOR
    )
    """Hot meals a visitor eats, by civil hour 0 to 23; the default, one in ten over a day, is assumed."""

    kwh_per_meal: NonNegative = 0.4
    """Electricity for a hot meal [kWh]; the default is assumed, all-electric kitchens taking 0.3 to 1.0."""

    standby_kw: NonNegative
    """Constant power of cold rooms, hoods and counters [kW]."""


def meals_per_hour(
    spec: CateringSpec, *, civil_hour: ArrayLike, occupancy: ArrayLike, stay_minutes: float
) -> NDArray[np.float64]:
    """Return the rate at which hot meals are cooked [1/h].

    Parameters
    ----------
    spec
        Kitchen.
    civil_hour
        Civil hour at the start of each step [h].
    occupancy
        People present, mean over each step.
    stay_minutes
        Mean stay of a visitor [min].

    Notes
    -----
    A visitor's meal is spread evenly over the stay, so that the kitchen follows people present and not the
    moment of their entry: visitors per hour = people present / mean stay (Little's law).
    """
    share = np.array(spec.meals_per_visitor_by_hour)[np.asarray(civil_hour).astype(np.int64)]
    visitors_per_hour = np.asarray(occupancy, dtype=float) * MINUTES_PER_HOUR / stay_minutes
    meals: NDArray[np.float64] = visitors_per_hour * share
    return meals


def catering_kw(
    spec: CateringSpec, *, civil_hour: ArrayLike, occupancy: ArrayLike, stay_minutes: float
) -> NDArray[np.float64]:
    """Return the power of the kitchen [kW].

    Parameters
    ----------
    spec
        Kitchen.
    civil_hour
        Civil hour at the start of each step [h].
    occupancy
        People present, mean over each step.
    stay_minutes
        Mean stay of a visitor [min].
    """
    meals = meals_per_hour(spec, civil_hour=civil_hour, occupancy=occupancy, stay_minutes=stay_minutes)
    return spec.standby_kw + spec.kwh_per_meal * meals
