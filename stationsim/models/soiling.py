"""Dirt on the modules: it settles on dry days, and rain or a wash takes it off."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from stationsim.spec import Number, Percent, Positive, Spec, Text, Whole

Array = NDArray[np.float64]
Days = NDArray[np.int64]

LEAP_YEAR = 2000
"""A year with a 29 February, in which dates of every year are read."""


def _month_day(value: str) -> str:
    match = re.fullmatch(r"([0-9]{2})-([0-9]{2})", value)
    try:
        if match is not None:
            dt.date(LEAP_YEAR, int(match[1]), int(match[2]))
            return value
    except ValueError:
        pass
    raise ValueError("must be a day of the year that exists, written MM-DD such as 05-15")


MonthDay = Annotated[Text, AfterValidator(_month_day)]
"""A day of every year, MM-DD."""


class SoilingSpec(Spec):
    """Dirt that settles day by day until rain or a wash takes it off, after Kimber et al. (2006)."""

    rate_percent_per_day: Annotated[Number, Field(ge=0, le=5)] = 0.2
    """Loss that a dry day adds [%/d]; 0.2 is Kimber's mean of dry regions and his value beside highways, in
    the middle of the 0.1 to 0.3 of a dry spring in North China."""
    cleaning_rain_mm: Positive = 6.0
    """Rain of a day above which the modules are clean [mm]; 6 is pvlib's default for Kimber's model."""
    grace_days: Annotated[Whole, Field(ge=1, le=60)] = 14
    """Days from such a rain on, its own included, in which the ground is too damp for dust [d]; 14 is pvlib's
    default for Kimber's model."""
    largest_percent: Annotated[Percent, Field(gt=0)] = 30.0
    """Loss at which dirt stops to grow [%]; 30 is pvlib's default for Kimber's model."""
    wash_dates: tuple[MonthDay, ...] = ()
    """Days of every year on which the modules are washed, MM-DD such as 05-15; dust settles again at once."""
    initial_percent: Percent = 0.0
    """Loss on the first day, at most `largest_percent` [%]."""

    @model_validator(mode="after")
    def _starts_below_the_largest(self) -> SoilingSpec:
        if self.initial_percent > self.largest_percent:
            raise ValueError(
                f"initial_percent must be at most largest_percent {self.largest_percent:g}, "
                f"got {self.initial_percent:g}"
            )
        return self


def soiling_loss(
    spec: SoilingSpec, *, rainfall: Array, civil_day: Days, first_day: dt.date
) -> NDArray[np.float64]:
    """Compute the share of light that dirt takes in each step.

    Parameters
    ----------
    spec
        How fast dirt settles and what takes it off.
    rainfall
        Rain that falls in each step, shape (n_steps,) [mm].
    civil_day
        Number of the civil day of each step, from 0, without a gap, shape (n_steps,).
    first_day
        Date of day 0.

    Returns
    -------
    numpy.ndarray
        Share 0 to 1 of each step, constant within a day, shape (n_steps,).

    Raises
    ------
    ValueError
        Shapes differ, or rain is negative or not a number.

    Notes
    -----
    A dry day adds ``rate_percent_per_day``. A day with more rain than ``cleaning_rain_mm`` leaves clean
    glass, which stays clean for ``grace_days`` in all; a wash leaves it clean for that day alone. Only sums
    of days enter, so that the length of a step does not matter.

    References
    ----------
    Kimber, Mitchell, Nogradi and Wenger (2006), The effect of soiling on large grid-connected photovoltaic
    systems in California and the southwest region of the United States, 4th World Conference on Photovoltaic
    Energy Conversion; as in ``pvlib.soiling.kimber``.
    """
    if rainfall.shape != civil_day.shape or rainfall.ndim != 1:
        raise ValueError(f"rainfall must have one value a step, got {rainfall.shape} for {civil_day.shape}")
    if not (rainfall >= 0).all():
        raise ValueError("rainfall must be at least 0 mm in every step")
    rain_of_day = np.bincount(civil_day, weights=rainfall).astype(np.float64)
    return daily_loss(spec, rain_of_day, first_day=first_day)[civil_day]


def daily_loss(spec: SoilingSpec, rain_of_day: Array, *, first_day: dt.date) -> Array:
    """Compute the share of light that dirt takes on each day, from the rain of each day [mm]."""
    import pandas as pd
    from pvlib.soiling import kimber

    rain = np.atleast_1d(np.asarray(rain_of_day, dtype=float))
    days = pd.date_range(first_day, periods=max(rain.size, 2), freq="D")
    washed = days[np.isin(days.strftime("%m-%d"), spec.wash_dates)]
    loss = kimber(
        pd.Series(np.resize(rain, days.size), index=days),
        cleaning_threshold=spec.cleaning_rain_mm,
        soiling_loss_rate=spec.rate_percent_per_day / 100,
        grace_period=spec.grace_days,
        max_soiling=spec.largest_percent / 100,
        manual_wash_dates=washed,
        initial_soiling=spec.initial_percent / 100,
    )
    shares: Array = loss.to_numpy(dtype=float)[: rain.size]
    return shares
