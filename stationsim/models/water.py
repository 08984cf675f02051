"""Water: what visitors use, the treatment of their wastewater and its second use.

Wastewater gathers in an equalisation tank, is treated as power allows and fills a reuse tank, from which
toilets are flushed, squares washed and greens watered. The two tanks make treatment a load that can wait.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from stationsim.spec import Fraction, NonNegative, Positive, Spec

LITRES_PER_M3 = 1000.0
HOURS_PER_DAY = 24.0

INITIAL_REUSE_SHARE = 0.5
"""Filling of the reuse tank at the start of a run; the equalisation tank starts empty."""

IRRIGATION_M3_PER_HA_DAY = (0.0, 0.0, 6.0, 10.0, 14.0, 14.0, 6.0, 6.0, 8.0, 6.0, 3.0, 0.0)
"""Watering of greens, January to December [m3/ha/day]; assumed for a dry spring and a wet July."""


class WaterSpec(Spec):
    """Water of visitors and greens, treatment plant and tanks."""

    litres_per_visitor: NonNegative = 8.7
    """Water a visitor uses [L]; the default is the mean of Minnesota's rest areas (CTS 15-11A)."""

    flushing_share: Fraction = 0.925
    """Share of it that flushes toilets and may be treated water; the default lies in 0.90 to 0.95."""

    wastewater_share: Fraction = 0.95
    """Share of it that becomes wastewater; the default is assumed."""

    treatment_capacity_m3_h: NonNegative
    """What the treatment plant takes at most [m3/h]."""

    treatment_kwh_per_m3: Positive = 0.55
    """Electricity of treatment and pumping [kWh/m3]; the default is the middle of 0.3 to 0.8."""

    equalisation_tank_m3: NonNegative
    """Volume of the tank before treatment [m3]."""

    reuse_tank_m3: NonNegative
    """Volume of the tank of treated water [m3]."""

    green_area_ha: NonNegative = 0.0
    """Watered green area [ha]."""

    irrigation_m3_per_ha_day: Annotated[tuple[NonNegative, ...], Field(min_length=12, max_length=12)] = (
        IRRIGATION_M3_PER_HA_DAY
    )
    """Watering in each month, January to December [m3/ha/day]; the default, at most 1.4 mm a day, assumed."""

    washing_m3_per_day: NonNegative = 0.0
    """Water to wash squares and vehicles [m3/day]."""

    def parameters(self) -> WaterParameters:
        """Return the numbers that :func:`water_step` needs."""
        return WaterParameters(
            treatment_capacity_m3_h=self.treatment_capacity_m3_h,
            treatment_kwh_per_m3=self.treatment_kwh_per_m3,
            equalisation_tank_m3=self.equalisation_tank_m3,
            reuse_tank_m3=self.reuse_tank_m3,
        )


class WaterParameters(NamedTuple):
    """Numbers of the plant, for the step."""

    treatment_capacity_m3_h: float
    """What the plant takes at most [m3/h]."""

    treatment_kwh_per_m3: float
    """Electricity of treatment [kWh/m3]."""

    equalisation_tank_m3: float
    """Volume of the tank before treatment [m3]."""

    reuse_tank_m3: float
    """Volume of the tank of treated water [m3]."""

    @property
    def most_kw(self) -> float:
        """Power of the plant at its capacity [kW]."""
        return self.treatment_capacity_m3_h * self.treatment_kwh_per_m3


class WaterState(NamedTuple):
    """What the two tanks hold."""

    equalisation_m3: float
    """Wastewater waiting for treatment [m3]."""

    reuse_m3: float
    """Treated water ready for use [m3]."""


class WaterFlows(NamedTuple):
    """What happened in a step, with the tanks at its end."""

    equalisation_m3: float
    """Wastewater waiting for treatment at the end [m3]."""

    reuse_m3: float
    """Treated water ready for use at the end [m3]."""

    treated_m3: float
    """Wastewater treated [m3]."""

    treatment_kw: float
    """Power of the treatment, mean over the step [kW]."""

    reuse_used_m3: float
    """Treated water used for flushing, washing and watering [m3]."""

    fresh_m3: float
    """Mains water that made up for missing treated water [m3]; drinking water and taps come on top."""

    effluent_m3: float
    """Treated water let out because the reuse tank was full [m3]."""

    overflow_m3: float
    """Untreated wastewater spilt because the equalisation tank was full [m3]."""

    residual_m3: float
    """What came in less what went out and what the tanks gained; zero up to rounding [m3]."""


class WaterDemand(NamedTuple):
    """Water asked for in each step."""

    potable_m3: NDArray[np.float64]
    """Water of drinking quality: taps and kitchen, always from the mains [m3]."""

    flushing_m3: NDArray[np.float64]
    """Water for toilets [m3]."""

    wastewater_m3: NDArray[np.float64]
    """Wastewater to the equalisation tank [m3]."""

    irrigation_m3: NDArray[np.float64]
    """Water for greens [m3]."""

    washing_m3: NDArray[np.float64]
    """Water for squares and vehicles [m3]."""


def water_demand(spec: WaterSpec, *, people: ArrayLike, month: ArrayLike, dt_h: float) -> WaterDemand:
    """Return the water asked for in each step.

    Parameters
    ----------
    spec
        Water of the station.
    people
        People who enter in each step.
    month
        Civil month of each step, 1 to 12.
    dt_h
        Step length [h].

    Notes
    -----
    Watering and washing are spread evenly over the day; neither comes back as wastewater.
    """
    used_m3 = np.asarray(people, dtype=float) * spec.litres_per_visitor / LITRES_PER_M3
    watering = np.array(spec.irrigation_m3_per_ha_day)[np.asarray(month) - 1]
    irrigation_m3 = np.broadcast_to(watering * spec.green_area_ha * dt_h / HOURS_PER_DAY, used_m3.shape)
    return WaterDemand(
        potable_m3=used_m3 * (1 - spec.flushing_share),
        flushing_m3=used_m3 * spec.flushing_share,
        wastewater_m3=used_m3 * spec.wastewater_share,
        irrigation_m3=irrigation_m3,
        washing_m3=np.full(used_m3.shape, spec.washing_m3_per_day * dt_h / HOURS_PER_DAY),
    )


Tanks = WaterState | WaterFlows
"""What a step starts from: the state, or the flows of the step before, which hold it."""


def initial_water_state(params: WaterParameters) -> WaterState:
    """Return the tanks at the start of a run: equalisation empty, reuse half full."""
    return WaterState(0.0, INITIAL_REUSE_SHARE * params.reuse_tank_m3)


def water_limits_kw(
    params: WaterParameters, state: Tanks, wastewater_in_m3: float, dt_h: float
) -> tuple[float, float]:
    """Return the least power that keeps the tank from spilling and the most the plant can use [kW].

    Between the two, treatment can wait.

    Parameters
    ----------
    params
        Numbers of the plant.
    state
        Tanks at the start of the step.
    wastewater_in_m3
        Wastewater that comes in the step [m3].
    dt_h
        Step length [h].
    """
    most_m3 = state.equalisation_m3 + wastewater_in_m3
    capacity_m3 = params.treatment_capacity_m3_h * dt_h
    least_m3 = most_m3 - params.equalisation_tank_m3
    if most_m3 > capacity_m3:
        most_m3 = capacity_m3
    if least_m3 > most_m3:
        least_m3 = most_m3
    if least_m3 < 0.0:
        least_m3 = 0.0
    kw_per_m3 = params.treatment_kwh_per_m3 / dt_h
    return least_m3 * kw_per_m3, most_m3 * kw_per_m3


def water_step(
    params: WaterParameters,
    state: Tanks,
    wastewater_in_m3: float,
    flushing_m3: float,
    irrigation_m3: float,
    washing_m3: float,
    dt_h: float,
    power_cap_kw: float,
) -> WaterFlows:
    """Move the water of one step.

    Parameters
    ----------
    params
        Numbers of the plant.
    state
        Tanks at the start of the step.
    wastewater_in_m3
        Wastewater that comes in the step [m3].
    flushing_m3, irrigation_m3, washing_m3
        Water asked for that need not be of drinking quality [m3].
    dt_h
        Step length [h].
    power_cap_kw
        Power the treatment may use at most [kW].

    Notes
    -----
    The plant treats all it can within its capacity and the cap; what is above the tank at the end of the step
    spills. A cap between the two :func:`water_limits_kw` makes treatment wait without a spill. Treated water
    is used in the step it is made in; what the reuse tank cannot hold leaves as effluent.
    """
    waiting = state.equalisation_m3 + wastewater_in_m3
    treated = params.treatment_capacity_m3_h * dt_h
    powered = power_cap_kw * dt_h / params.treatment_kwh_per_m3
    if powered < treated:
        treated = powered if powered > 0.0 else 0.0
    if waiting < treated:
        treated = waiting
    equalisation = waiting - treated
    overflow = 0.0
    if equalisation > params.equalisation_tank_m3:
        overflow = equalisation - params.equalisation_tank_m3
        equalisation = params.equalisation_tank_m3
    wanted = flushing_m3 + irrigation_m3 + washing_m3
    ready = state.reuse_m3 + treated
    used = wanted if wanted < ready else ready
    fresh = wanted - used
    reuse = ready - used
    effluent = 0.0
    if reuse > params.reuse_tank_m3:
        effluent = reuse - params.reuse_tank_m3
        reuse = params.reuse_tank_m3
    stored = equalisation - state.equalisation_m3 + reuse - state.reuse_m3
    residual = wastewater_in_m3 + fresh - wanted - effluent - overflow - stored
    power_kw = treated * params.treatment_kwh_per_m3 / dt_h
    return WaterFlows(equalisation, reuse, treated, power_kw, used, fresh, effluent, overflow, residual)
