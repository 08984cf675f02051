"""Ageing of small LFP-graphite cells, 3 Ah cylindrical, after Naumann: square roots of time and of cycles.

References
----------
M. Naumann et al., *Analysis and modeling of calendar aging of a commercial LiFePO4/graphite cell*, Journal of
Energy Storage 17 (2018) 153-169, and *... of cycle aging ...*, Journal of Power Sources 451 (2020) 227666;
numbers as in the public code of SimSES (TU Munich).
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stationsim.models.ageing.cycles import Cycles, count_cycles
from stationsim.models.ageing.duty import RESTING_RATE, SECONDS_PER_HOUR, Days, Duty, storage_of
from stationsim.models.ageing.laws import PowerLaw

Array = NDArray[np.float64]
Values = TypeVar("Values", float, Array)

EXPONENT = 0.5
"""Power of time and of full equivalent cycles."""

CALENDAR_FACTOR = 1.2571e-5
"""Calendar loss at 25 degC for a stress of 1 [1/s^0.5]."""

ACTIVATION_J_PER_MOL, GAS_J_PER_MOL_K = 17126.0, 8.3145
"""Activation energy [J/mol] and gas constant [J/(mol K)]."""

REFERENCE_K = 298.15
"""Temperature of the factor [K]."""

CALENDAR_CUBIC, CALENDAR_BASE = 2.8575, 0.60225
"""How the state of charge acts on calendar loss, about 0.5."""

CYCLE_RATE_PERCENT_H, CYCLE_BASE_PERCENT = 0.0630, 0.0971
"""How current acts on cycle loss [% h] and what is lost without it [%]."""

DEPTH_CUBIC, DEPTH_BASE, DEPTH_MIDDLE = 4.0253, 1.0923, 0.6
"""How depth acts on cycle loss."""

PERCENT = 0.01

VALID_DEGC = (0.0, 60.0)
"""Temperatures that the cells were stored at [degC]."""

VALID_RATE = 1.0
"""Highest current that was tested [1/h]."""


def calendar_rate(soc: Values, temp_k: Values) -> Values:
    """Return the calendar loss of the square root of a second, as a share of capacity [1/s^0.5].

    Parameters
    ----------
    soc
        State of charge, 0 to 1.
    temp_k
        Cell temperature [K].
    """
    warmth = np.exp(-ACTIVATION_J_PER_MOL / GAS_J_PER_MOL_K * (1 / temp_k - 1 / REFERENCE_K))
    charge: Values = CALENDAR_CUBIC * (soc - 0.5) ** 3 + CALENDAR_BASE
    return CALENDAR_FACTOR * warmth * charge  # type: ignore[no-any-return]


def cycle_rate(depth: Values, rate: Values) -> Values:
    """Return the loss of the square root of a full equivalent cycle, as a share of capacity.

    Parameters
    ----------
    depth
        Depth of the cycle, 0 to 1.
    rate
        Mean current of the cycle while it flows [1/h].
    """
    current = CYCLE_RATE_PERCENT_H * rate + CYCLE_BASE_PERCENT
    return PERCENT * current * (DEPTH_CUBIC * (depth - DEPTH_MIDDLE) ** 3 + DEPTH_BASE)


def cycle_currents(duty: Duty, cycles: Cycles) -> Array:
    """Return the mean current of each cycle while current flows [1/h]."""
    moved = np.abs(np.diff(duty.soc))
    flowing = moved > RESTING_RATE * duty.dt_h
    way = np.concatenate(([0.0], np.cumsum(np.where(flowing, moved, 0.0))))
    hours = np.concatenate(([0.0], np.cumsum(flowing) * duty.dt_h))
    taken_h = hours[cycles.end] - hours[cycles.start]
    travelled = way[cycles.end] - way[cycles.start]
    rates: Array = travelled / np.maximum(taken_h, duty.dt_h)
    return rates


def naumann_laws(duty: Duty) -> tuple[PowerLaw, PowerLaw]:
    """Return how calendar and cycle loss grow under a duty.

    Notes
    -----
    With an exponent of one half the state form adds up squares: of the calendar's rate over time, and of
    each counted cycle's rate times its full equivalents.
    """
    storage, cycles = storage_of(duty), count_cycles(duty.soc)
    stored = calendar_rate(storage.soc, storage.temp_k) ** 2 * storage.piece_h * SECONDS_PER_HOUR
    cycled = cycle_rate(cycles.depth, cycle_currents(duty, cycles)) ** 2 * cycles.full
    return PowerLaw(float(stored.sum()), EXPONENT), PowerLaw(float(cycled.sum()), EXPONENT)


def naumann_outside(days: Days) -> dict[str, NDArray[np.bool_]]:
    """Return the days on which a stress lies outside what was tested, by the kind of stress."""
    return {
        "colder than 0 degC": days.coldest_degc < VALID_DEGC[0],
        "hotter than 60 degC": days.hottest_degc > VALID_DEGC[1],
        "charged faster than 1C": days.charge_rate > VALID_RATE,
        "discharged faster than 1C": days.discharge_rate > VALID_RATE,
    }
