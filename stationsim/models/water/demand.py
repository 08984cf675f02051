"""Water asked for by visitors, kitchens, floors and greens, and the wastewater they make."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationsim.models.water.spec import GreensSpec, WaterSpec

Array = NDArray[np.float64]

LITRES_PER_M3 = 1000.0
HOURS_PER_DAY = 24.0
M3_PER_HA_MM = 10.0
"""A millimetre on a hectare [m3]."""


USES = ("toilets_m3", "taps_m3", "drinking_m3", "kitchen_m3", "washing_m3", "irrigation_m3")
"""Fields of `WaterDemand` that are uses."""


class WaterDemand(NamedTuple):
    """Water asked for in each step, by use."""

    toilets_m3: Array
    """Water that flushes toilets; may be treated water [m3]."""
    taps_m3: Array
    """Water of wash basins [m3]."""
    drinking_m3: Array
    """Water people drink or take along [m3]."""
    kitchen_m3: Array
    """Water of kitchens [m3]."""
    washing_m3: Array
    """Water for floors and squares; may be treated water [m3]."""
    irrigation_m3: Array
    """Water for greens; may be treated water [m3]."""
    wastewater_m3: Array
    """Wastewater to the equalisation tank [m3]."""

    @property
    def potable_m3(self) -> Array:
        """Water of drinking quality, always from the mains [m3]."""
        return self.taps_m3 + self.drinking_m3 + self.kitchen_m3

    @property
    def wanted_m3(self) -> Array:
        """Water that may be treated water [m3]."""
        return self.toilets_m3 + self.washing_m3 + self.irrigation_m3


def water_demand(
    spec: WaterSpec,
    *,
    people: ArrayLike,
    meals: ArrayLike,
    month: ArrayLike,
    dt_h: float,
    rainfall_mm: ArrayLike | None = None,
) -> WaterDemand:
    """Return the water asked for in each step.

    Parameters
    ----------
    spec
        Water of the station.
    people
        People who enter in each step.
    meals
        Meals of each step whose dishes are washed.
    month
        Civil month of each step, 1 to 12.
    dt_h
        Step length [h]; the first step begins on a whole hour.
    rainfall_mm
        Rain in each step [mm]; none where it is left out.

    Notes
    -----
    Washing and watering are spread evenly over the day. Of washing a share comes back as wastewater, of
    watering nothing.
    """
    uses, visitors = spec.uses, np.asarray(people, dtype=float)
    kilolitres = visitors / LITRES_PER_M3
    toilets = kilolitres * (uses.toilets_l_per_visitor * uses.fittings_factor)
    taps = kilolitres * (uses.taps_l_per_visitor * uses.fittings_factor)
    drinking = kilolitres * uses.drinking_l_per_visitor
    kitchen = np.asarray(meals, dtype=float) * (uses.kitchen_l_per_meal / LITRES_PER_M3)
    washing = np.full(visitors.shape, spec.washing_m3_per_day * dt_h / HOURS_PER_DAY)
    wastewater = (
        toilets * uses.toilets_to_sewer
        + taps * uses.taps_to_sewer
        + drinking * uses.drinking_to_sewer
        + kitchen * uses.kitchen_to_sewer
        + washing * spec.washing_to_sewer
    )
    watering = np.zeros(visitors.shape)
    if spec.greens is not None:
        watering = irrigation_m3(spec.greens, month=month, dt_h=dt_h, rainfall_mm=rainfall_mm)
    return WaterDemand(toilets, taps, drinking, kitchen, washing, watering, wastewater)


def irrigation_m3(
    greens: GreensSpec, *, month: ArrayLike, dt_h: float, rainfall_mm: ArrayLike | None = None
) -> Array:
    """Return the watering of greens in each step [m3]: their need less what rain left in the soil.

    Parameters
    ----------
    greens
        Area and need of the greens.
    month
        Civil month of each step, 1 to 12.
    dt_h
        Step length [h]; divides the hour, and the first step begins on a whole one.
    rainfall_mm
        Rain in each step [mm]; none where it is left out.

    Notes
    -----
    The soil is a bucket of `soil_store_mm` that the effective share of rain fills and greens empty first;
    rain beyond it runs off. The bucket is filled and emptied hour by hour, whatever the step, so that the
    demand does not depend on it; within an hour watering is even. It is empty at the start of a run.

    References
    ----------
    Brouwer and Heibloem (1986), Irrigation water needs, FAO: effective rain is 0.8 P - 25 mm a month for wet
    months and 0.6 P - 10 mm for dry ones; here losses beyond the share come from the full bucket.
    """
    need_mm = np.array(greens.need_m3_per_ha_day)[np.asarray(month) - 1] * (
        dt_h / HOURS_PER_DAY / M3_PER_HA_MM
    )
    if rainfall_mm is not None and np.any(rainfall_mm):
        need_mm = _less_rain_mm(greens, need_mm, np.asarray(rainfall_mm, dtype=float), round(1 / dt_h))
    watering: Array = need_mm * (M3_PER_HA_MM * greens.area_ha)
    return watering


def _less_rain_mm(greens: GreensSpec, need_mm: Array, rainfall_mm: Array, steps_per_hour: int) -> Array:
    """Return what the soil's store leaves of the need in each step [mm]."""
    hourly_need = need_mm.reshape(-1, steps_per_hour).sum(axis=1)
    hourly_rain = rainfall_mm.reshape(-1, steps_per_hour).sum(axis=1) * greens.effective_rain_share
    missing: list[float] = []
    stored_mm = 0.0
    for need, rain in zip(hourly_need.tolist(), hourly_rain.tolist(), strict=True):
        there = stored_mm + rain
        missing.append(need - there if need > there else 0.0)
        stored_mm = min(there - need, greens.soil_store_mm) if there > need else 0.0
    return np.repeat(np.array(missing) / steps_per_hour, steps_per_hour)
