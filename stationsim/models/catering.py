"""Catering: meals cooked and dishes washed for those who are there, hoods and cold rooms."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.hours import OpeningHours, open_share
from stationsim.spec import Fraction, Identifier, NonNegative, Positive, Spec

MINUTES_PER_HOUR = 60.0
HOURS_PER_YEAR = 8760.0

HOT_MEALS_PER_VISITOR = (
    *(0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.08, 0.08, 0.08, 0.02, 0.02, 0.25),
    *(0.25, 0.25, 0.02, 0.02, 0.02, 0.20, 0.20, 0.20, 0.02, 0.02, 0.02, 0.02),
)
"""Hot meals a visitor eats, by civil hour: breakfast 6 to 9, lunch 11 to 14, dinner 17 to 20; assumed."""


class MealSpec(Spec):
    """One kind of meal."""

    name: Identifier
    """Kind of meal, such as hot_meal or snack."""

    per_visitor_by_hour: Annotated[tuple[Fraction, ...], Field(min_length=24, max_length=24)] = (
        HOT_MEALS_PER_VISITOR
    )
    """Meals of this kind that a visitor eats, by civil hour 0 to 23; the default, one in ten, is assumed."""

    cooking_kwh: Annotated[NonNegative, Field(le=100)] = 0.3
    """Electricity to cook it [kWh]; assumed, so that all of the kitchen takes 0.3 to 1.0 a meal."""

    dish_washing_kwh: Annotated[NonNegative, Field(le=10)] = 0.07
    """Electricity to machine-wash its dishes [kWh]; 0.35 a rack, ENERGY STAR 3.0, of five meals, assumed."""

    hot_water_litres: Annotated[NonNegative, Field(le=500)] = 3.4
    """Hot water for its dishes [L]; 0.9 US gal, the low end of Buildings Energy Data Book, table 8.3.3."""


class CateringSpec(OpeningHours):
    """An all-electric kitchen with its hoods, counters and cold rooms."""

    meals: Annotated[tuple[MealSpec, ...], Field(max_length=20)] = (MealSpec(name="hot_meal"),)
    """Kinds of meals; the default is one kind of hot meal."""

    hoods_kw: Annotated[NonNegative, Field(le=1e4)] = 0.0
    """Fans of the kitchen's hoods and their make-up air at full flow [kW]."""

    hoods_least_share: Fraction = 0.5
    """Share of that power while open with nothing cooking; half the flow, ASHRAE 90.1-2019, 6.5.7.2."""

    full_hood_meals_per_hour: Annotated[Positive, Field(le=1e5)] = 100.0
    """Meals an hour from which on the hoods run at full flow [1/h]; assumed."""

    chilled_m3: Annotated[NonNegative, Field(le=1e5)] = 0.0
    """Volume of the chilled store rooms [m3]."""

    frozen_m3: Annotated[NonNegative, Field(le=1e5)] = 0.0
    """Volume of the frozen store rooms [m3]."""

    chilled_kwh_per_m3_year: Annotated[NonNegative, Field(le=1e4)] = 56.1
    """Electricity of chilled rooms [kWh/m3 a]; mean of Evans et al. 2014, Energy and Buildings 74, 141."""

    frozen_kwh_per_m3_year: Annotated[NonNegative, Field(le=1e4)] = 73.5
    """Electricity of frozen rooms [kWh/m3 a]; the mean of Evans et al. 2014."""

    standby_kw: Annotated[NonNegative, Field(le=1e4)]
    """Ovens, counters and machines kept warm and kitchen refrigerators, while open [kW]."""

    zone: Identifier = "restaurant"
    """Zone of the building that the kitchen warms."""

    @model_validator(mode="after")
    def _meals_differ(self) -> CateringSpec:
        twice = [name for name, count in Counter(meal.name for meal in self.meals).items() if count > 1]
        if twice:
            raise ValueError(f"meals must each have a name of its own, got {', '.join(twice)} more than once")
        return self

    @property
    def cold_rooms_kw(self) -> float:
        """Mean power of the store rooms, all day and night [kW]."""
        chilled_kwh = self.chilled_m3 * self.chilled_kwh_per_m3_year
        return (chilled_kwh + self.frozen_m3 * self.frozen_kwh_per_m3_year) / HOURS_PER_YEAR


class CateringPower(NamedTuple):
    """Power of the kitchen over the steps, by group of appliances, and what it made."""

    cooking_kw: NDArray[np.float64]
    """Cooking, and what is kept warm [kW]."""

    dish_washing_kw: NDArray[np.float64]
    """Dish-washing machines, without the heat of their water [kW]."""

    hoods_kw: NDArray[np.float64]
    """Fans of hoods and make-up air [kW]."""

    cold_rooms_kw: NDArray[np.float64]
    """Store rooms [kW]."""

    meals_per_h: NDArray[np.float64]
    """Meals of all kinds [1/h]."""

    dishes_per_h: NDArray[np.float64]
    """Meals whose dishes are washed [1/h]."""

    @property
    def total_kw(self) -> NDArray[np.float64]:
        """All of the kitchen [kW]."""
        return self.cooking_kw + self.dish_washing_kw + self.hoods_kw + self.cold_rooms_kw


def meals_per_h(
    spec: CateringSpec, *, civil_hour: ArrayLike, occupancy: ArrayLike, stay_minutes: float, dt_h: float
) -> NDArray[np.float64]:
    """Return the rate at which meals are cooked, one row a kind [1/h].

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
    dt_h
        Step length [h].

    Notes
    -----
    A visitor's meal is spread evenly over the stay, so that the kitchen follows people present and not the
    moment of their entry: visitors per hour = people present / mean stay (Little's law).
    """
    hour = np.asarray(civil_hour)
    visitors_per_h = np.asarray(occupancy, dtype=float) * MINUTES_PER_HOUR / stay_minutes
    served = visitors_per_h * open_share(spec, civil_hour=hour, dt_h=dt_h)
    whole = hour.astype(np.int64)
    rows = [np.array(meal.per_visitor_by_hour)[whole] * served for meal in spec.meals]
    return np.array(rows).reshape(len(spec.meals), *np.shape(served))


def dish_water_l_per_h(spec: CateringSpec, rates_per_h: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the hot water of dish washing [L/h] from the meals of each kind [1/h]."""
    litres = np.array([meal.hot_water_litres for meal in spec.meals])
    water: NDArray[np.float64] = litres @ rates_per_h
    return water


def catering(
    spec: CateringSpec, *, civil_hour: ArrayLike, occupancy: ArrayLike, stay_minutes: float, dt_h: float
) -> CateringPower:
    """Return the power of the kitchen by group of appliances.

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
    dt_h
        Step length [h].
    """
    rates = meals_per_h(
        spec, civil_hour=civil_hour, occupancy=occupancy, stay_minutes=stay_minutes, dt_h=dt_h
    )
    opened = open_share(spec, civil_hour=civil_hour, dt_h=dt_h)
    cooking = np.array([meal.cooking_kwh for meal in spec.meals])
    washing = np.array([meal.dish_washing_kwh for meal in spec.meals])
    meals = rates.sum(axis=0)
    following = np.minimum(meals / spec.full_hood_meals_per_hour, 1)
    least = spec.hoods_least_share
    return CateringPower(
        cooking_kw=cooking @ rates + spec.standby_kw * opened,
        dish_washing_kw=washing @ rates,
        hoods_kw=spec.hoods_kw * opened * (least + (1 - least) * following),
        cold_rooms_kw=np.full(opened.shape, spec.cold_rooms_kw),
        meals_per_h=meals,
        dishes_per_h=np.array([float(meal.hot_water_litres > 0) for meal in spec.meals]) @ rates,
    )
