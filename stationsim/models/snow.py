"""Snow on the modules: it covers them in a snowfall and slides off in sun and warmth."""

from __future__ import annotations

import warnings
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stationsim.spec import Fraction, Number, Positive, Spec, Whole

Array = NDArray[np.float64]

HOUR_MINUTES, HOURS_PER_DAY = 60, 24
LEAST_HOURS = 3
"""Hours that pvlib needs to tell the step of a series."""


class SnowSpec(Spec):
    """Snow that covers whole rows of modules and slides off them, after Marion et al. (2013)."""

    strings_along_slope: Annotated[Whole, Field(ge=1, le=100)] = 1
    """Cell strings in parallel one above the other from the lower to the upper edge of a row; a string that
    snow touches gives nothing. 1 is one module upright, 3 one lying flat, twice that two rows of modules."""
    covering_cm_per_h: Positive = 1.0
    """Fresh snow of an hour above which a row is covered [cm/h]; 1 is Marion's."""
    slide_coefficient: Fraction = 0.197
    """Share of the slope that slides off in an hour, times the sine of the tilt; 0.197 is Marion's, 1.97
    tenths."""
    slide_w_m2_per_k: Annotated[Number, Field(lt=0)] = -80.0
    """Snow slides where the air, in degC, is warmer than the light on the modules over this [W/m2/K]; -80 is
    Marion's."""
    cleared_after_days: Positive | None = 7.0
    """Days after which staff, wind and sun have cleared what did not slide; assumed; null for never [d]."""


def snow_loss(
    spec: SnowSpec, *, snowfall: Array, poa_global: Array, temp_air: Array, tilt_deg: float, step_minutes: int
) -> NDArray[np.float64]:
    """Compute the share of DC power that snow takes in each step.

    Parameters
    ----------
    spec
        When snow covers, when it slides, and how the cells are wired.
    snowfall
        Fresh snow that falls in each step, shape (n_steps,) [cm].
    poa_global
        Light on the modules as if they were free of snow, mean of each step, shape (n_steps,) [W/m2].
    temp_air
        Air temperature, mean of each step, shape (n_steps,) [degC].
    tilt_deg
        Angle between modules and the horizontal [deg]; on flat modules snow slides only as far as the sine of
        the tilt allows, that is never at 0.
    step_minutes
        Length of a step, a whole part of an hour [min].

    Returns
    -------
    numpy.ndarray
        Share 0 to 1 of each step, constant within an hour, shape (n_steps,).

    Raises
    ------
    ValueError
        Shapes differ, the step does not divide the hour, or snow is negative or not a number.

    Notes
    -----
    An hour with more fresh snow than ``covering_cm_per_h`` covers the whole row. In every other hour in
    which the air is warmer than poa / ``slide_w_m2_per_k`` a share ``slide_coefficient`` sin(tilt) of the row
    slides free. Of n strings along the slope those that snow touches are lost, ceil(n cover) / n. All of it
    is computed for whole hours, from sums of snow and means of the rest, so that the length of a step does
    not matter. Snow does not melt on the glass; what has not slid off after ``cleared_after_days`` is taken
    away.

    References
    ----------
    Marion, Schaefer, Caine and Sanchez (2013), Measured and modeled photovoltaic system energy losses from
    snow for Colorado and Wisconsin locations, Solar Energy 97, 112-121.
    Ryberg and Freeman (2017), Integration, validation, and application of a PV snow coverage model in SAM,
    NREL/TP-6A20-68705; both as in ``pvlib.snow``.
    """
    if not snowfall.shape == poa_global.shape == temp_air.shape or snowfall.ndim != 1:
        raise ValueError(
            f"snowfall, poa_global and temp_air must have one value a step, got {snowfall.shape}, "
            f"{poa_global.shape} and {temp_air.shape}"
        )
    if step_minutes < 1 or HOUR_MINUTES % step_minutes:
        raise ValueError(f"step_minutes must divide the hour, got {step_minutes}")
    if not (snowfall >= 0).all():
        raise ValueError("snowfall must be at least 0 cm in every step")
    if not snowfall.any():
        return np.zeros_like(snowfall)
    per_hour = HOUR_MINUTES // step_minutes
    loss = hourly_loss(
        spec,
        snowfall=_hours(snowfall, per_hour) * per_hour,
        poa_global=_hours(poa_global, per_hour),
        temp_air=_hours(temp_air, per_hour),
        tilt_deg=tilt_deg,
    )
    return np.repeat(loss, per_hour)[: snowfall.size]


def hourly_loss(
    spec: SnowSpec, *, snowfall: Array, poa_global: Array, temp_air: Array, tilt_deg: float
) -> Array:
    """Compute the share of DC power that snow takes in each hour; see `snow_loss`."""
    import pandas as pd
    from pvlib.snow import coverage_nrel, dc_loss_nrel

    n_hours = snowfall.size
    hours = pd.date_range("2001-01-01", periods=max(n_hours, LEAST_HOURS), freq="h")
    snow, light, warmth = (
        pd.Series(np.pad(values, (0, hours.size - n_hours), mode="edge"), index=hours)
        for values in (snowfall, poa_global, temp_air)
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*infer_freq")  # pvlib asks pandas in its old way
        cover = coverage_nrel(
            snow,
            light,
            warmth,
            tilt_deg,
            threshold_snowfall=spec.covering_cm_per_h,
            can_slide_coefficient=spec.slide_w_m2_per_k,
            slide_amount_coefficient=spec.slide_coefficient,
        )
    covered = cover.to_numpy(dtype=float)[:n_hours]
    if spec.cleared_after_days is not None:
        fresh = snowfall > spec.covering_cm_per_h
        covered = np.where(_hours_since(fresh) > HOURS_PER_DAY * spec.cleared_after_days, 0.0, covered)
    lost: Array = np.asarray(dc_loss_nrel(covered, spec.strings_along_slope))
    return lost


def _hours_since(fresh: NDArray[np.bool_]) -> Array:
    """Return for each hour how many have passed since the last that is marked; before the first, many."""
    place = np.arange(fresh.size)
    last = np.maximum.accumulate(np.where(fresh, place, -(10**9)))
    return (place - last).astype(np.float64)


def _hours(values: Array, per_hour: int) -> Array:
    """Return the mean of each hour; a last hour that is cut short is filled with its last value."""
    if per_hour == 1:
        return values
    whole = -values.size % per_hour
    hours: Array = np.pad(values, (0, whole), mode="edge").reshape(-1, per_hour).mean(axis=1)
    return hours
