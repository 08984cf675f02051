"""Ageing of large LFP-graphite cells, 250 Ah prismatic, as BLAST-Lite of NREL has it.

Calendar loss grows with time to the power of 0.526, cycle loss with full equivalent cycles to the power of
0.828; stresses are those of a day.

References
----------
P. Gasper et al., *Predicting battery lifetime of large-format LFP-graphite cells*, Journal of Energy Storage
73 (2023) 109042; BLAST-Lite 1.1.1, model ``Lfp_Gr_250AhPrismatic`` (NREL). Graphite potential: M. Safari and
C. Delacourt, Journal of the Electrochemical Society 158 (2011) A1123.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stationsim.models.ageing.duty import Days, Duty, daily_mean, days_of, storage_of
from stationsim.models.ageing.laws import PowerLaw

Array = NDArray[np.float64]
Values = TypeVar("Values", float, Array)

CALENDAR_EXPONENT = 0.526
"""Power of time in days."""

CALENDAR_FACTOR = 8.37e4
"""Loss of the first day at infinite temperature and no potential."""

CALENDAR_TEMPERATURE_K, CALENDAR_POTENTIAL_K_PER_V = -5210.0, -3560.0
"""How temperature [K] and potential of the graphite [K/V] act on calendar loss."""

CYCLE_EXPONENT = 0.828
"""Power of full equivalent cycles."""

CYCLE_BASE, CYCLE_DEPTH, CYCLE_RATE_H = 4.38e-8, 1.55e-8, 1.68e-7
"""Cycle loss without stress, for depth 1, and for a current of 1/h [h]."""

CYCLE_COLD_K, CYCLE_HOT_K = 2190.0, -1.55e5
"""How cold and heat act on cycle loss [K]."""

XA_EMPTY, XA_FULL = 0.0085, 0.78
"""Lithium in the graphite of an empty and of a full cell."""

VALID_DEGC = (10.0, 45.0)
"""Temperatures that the cells were tested at [degC]."""

VALID_DEPTH = 0.8
"""Least depth of the cycles that were tested."""

VALID_CHARGE_RATE, VALID_DISCHARGE_RATE = 0.65, 1.0
"""Highest currents that were tested [1/h]."""


def graphite_potential_v(soc: Values) -> Values:
    """Return the potential of the graphite against lithium [V].

    Parameters
    ----------
    soc
        State of charge, 0 to 1.
    """
    xa = XA_EMPTY + soc * (XA_FULL - XA_EMPTY)
    return (  # type: ignore[no-any-return]
        0.6379
        + 0.5416 * np.exp(-305.5309 * xa)
        + 0.044 * np.tanh(-(xa - 0.1958) / 0.1088)
        - 0.1978 * np.tanh((xa - 1.0571) / 0.0854)
        - 0.6875 * np.tanh((xa + 0.0117) / 0.0529)
        - 0.0175 * np.tanh((xa - 0.5692) / 0.0875)
    )


def calendar_rate(soc: Values, temp_k: Values) -> Values:
    """Return the calendar loss of a new cell's first day, as a share of capacity.

    Parameters
    ----------
    soc
        State of charge, 0 to 1.
    temp_k
        Cell temperature [K].
    """
    worked = CALENDAR_TEMPERATURE_K + CALENDAR_POTENTIAL_K_PER_V * graphite_potential_v(soc)
    return CALENDAR_FACTOR * np.exp(worked / temp_k)  # type: ignore[no-any-return]


def cycle_warmth(temp_k: Values) -> Values:
    """Return how temperature [K] multiplies cycle loss: cold plates lithium, heat does nearly nothing."""
    return np.exp(CYCLE_COLD_K / temp_k) + np.exp(CYCLE_HOT_K / temp_k)  # type: ignore[no-any-return]


def cycle_rate(depth: Values, mean_rate: Values, warmth: Values) -> Values:
    """Return the loss of a new cell's first full equivalent cycle, as a share of capacity.

    Parameters
    ----------
    depth
        Depth of discharge, 0 to 1.
    mean_rate
        Mean of the current's size over the whole day, rest included [1/h].
    warmth
        What :func:`cycle_warmth` gives.
    """
    return (CYCLE_BASE + CYCLE_DEPTH * depth + CYCLE_RATE_H * mean_rate) * warmth


def blast_laws(duty: Duty) -> tuple[PowerLaw, PowerLaw]:
    """Return how calendar and cycle loss grow under a duty.

    Notes
    -----
    Rates are averaged over each civil day, as the package does with its steps of a day; within the day
    temperature and state of charge act at once, so a hot hour counts by its rate. The package moves on by
    the curve's slope, which is first order; here each day continues the curve exactly.
    """
    days, storage = days_of(duty), storage_of(duty)
    stored = daily_mean(calendar_rate(storage.soc, storage.temp_k), storage.day_starts)
    warmth = daily_mean(cycle_warmth(storage.temp_k), storage.day_starts)
    cycled = cycle_rate(days.depth, days.mean_rate, warmth)
    aged = stored ** (1 / CALENDAR_EXPONENT) * days.length_days
    worn = cycled ** (1 / CYCLE_EXPONENT) * days.full_cycles
    return PowerLaw(float(aged.sum()), CALENDAR_EXPONENT), PowerLaw(float(worn.sum()), CYCLE_EXPONENT)


def blast_outside(days: Days, in_use: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Return the days on which a stress lies outside what was tested, by the kind of stress."""
    return {
        "colder than 10 degC": days.coldest_degc < VALID_DEGC[0],
        "hotter than 45 degC": days.hottest_degc > VALID_DEGC[1],
        "cycled less deep than 0.8": in_use & (days.depth < VALID_DEPTH - 1e-6),
        "charged faster than 0.65C": days.charge_rate > VALID_CHARGE_RATE,
        "discharged faster than 1C": days.discharge_rate > VALID_DISCHARGE_RATE,
    }
