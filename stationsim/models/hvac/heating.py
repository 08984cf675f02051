"""An air-source heat pump that modulates, with resistance behind it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from stationsim.models.hvac.set_points import hourly_degc
from stationsim.spec import Flag, Fraction, NonNegative, Number, Spec

HEAT_PUMP_CURVE = (6.81, -0.121, 0.000630)
"""COP of an air-source heat pump by supply minus outdoor temperature [K]; Staffell et al. 2012."""

HEAT_PUMP_RANGE_K = (15.0, 60.0)
"""Temperature differences the heat pump's curve was fitted over, held beyond [K]; Staffell et al. 2012."""

HEATING_CAPACITY_CURVE = (0.758746, 0.027626, 0.000148716, 0.0000034992)
"""Capacity over rated capacity: 1, t, t2, t3 of the outdoor temperature t [degC], rated at 8.33 degC.

EnergyPlus, example file DXCoilSystemAuto.idf, HPACHeatCapFT: the heating side of the units of `cooling`.
"""

HEATING_RANGE_DEGC = (-20.0, 20.0)
"""Outdoor temperatures the capacity curve was fitted over; beyond them it is held [degC]."""

FROST_CAPACITY_LOSS, FROST_POWER_LOSS = 0.10, 0.015
"""What frost and defrosting take off capacity and electricity at 1.7 degC outdoors.

10 CFR 430, subpart B, appendix M, 3.6: where the frost test H2 is left out, capacity at 35 degF is 0.90 and
power 0.985 of the line between the tests at 17 and 47 degF.
"""

FROST_DEGC = (-8.33, 1.67, 7.22)
"""Outdoor temperatures at which frost begins to matter, matters most and no longer matters [degC].

The same appendix, 4.2.1: frost counts between 17 and 45 degF, in proportion to the distance from 17. There
the line goes on to 45 degF; here it is held from 35 degF on, as the loss was measured no further.
"""

LEAST_SHARE = 0.25
"""Share of its capacity down to which the heat pump modulates; a usual turn-down."""

HeatingSetPoint = Annotated[Number, Field(ge=0, le=40)]
HourlyHeating = Annotated[tuple[HeatingSetPoint, ...], Field(min_length=24, max_length=24)]


class HeatingSpec(Spec):
    """An air-source heat pump that modulates to hold the zone, and resistance that helps it."""

    capacity_kw: Annotated[NonNegative, Field(le=1e5)]
    """Rated heating power of the heat pump, at 8.3 degC outdoors [kW]; it falls with the cold."""
    set_point_degc: HeatingSetPoint = 20.0
    """Air temperature to hold, 0 to 40 [degC]; default 20, common for public space in winter."""
    set_point_by_hour_degc: HourlyHeating | None = None
    """Air temperature to hold in each civil hour, 0 to 23 [degC]; without it, `set_point_degc` all day."""
    weekend_set_point_by_hour_degc: HourlyHeating | None = None
    """The same on Saturdays and Sundays [degC]; without it, as on weekdays."""
    ramped: Flag = False
    """Whether a set point that rises does so in a straight line over its hour; default at once."""
    supply_temp_degc: Annotated[Number, Field(ge=20, le=90)] = 45.0
    """Temperature of the heating water or air, 20 to 90 [degC]; default 45, floor heating and fan coils."""
    constant_capacity: Flag = False
    """Whether capacity does not fall with the cold, as that of an oversized pump; default it falls."""
    frost_loss: Flag = True
    """Whether frost near 0 degC costs capacity and electricity; default it does."""
    least_share: Fraction = LEAST_SHARE
    """Share of capacity below which the heat pump cycles and loses by EN 14825; default 0.25."""
    stops_below_degc: Number | None = None
    """Outdoor temperature below which the heat pump stops [degC]; without it, never."""
    backup_kw: Annotated[NonNegative, Field(le=1e5)] = 0.0
    """Resistance that adds what the heat pump lacks [kW]; default none."""

    @property
    def weekday_degc(self) -> tuple[float, ...]:
        """Set points of the hours of a weekday [degC]."""
        return hourly_degc(self.set_point_degc, self.set_point_by_hour_degc)

    @property
    def weekend_degc(self) -> tuple[float, ...]:
        """Set points of the hours of a weekend day [degC]."""
        return self.weekend_set_point_by_hour_degc or self.weekday_degc


def _frost(temp_out: ArrayLike) -> NDArray[np.float64]:
    """Return how much frost matters: 0 outside its band, 1 where it matters most, and in a line beyond."""
    begins, worst, ends = FROST_DEGC
    t = np.asarray(temp_out, dtype=float)
    return np.asarray(np.where((t > begins) & (t < ends), (t - begins) / (worst - begins), 0.0).clip(max=1.0))


def heating_capacity_factor(temp_out: ArrayLike, *, frost_loss: bool = True) -> NDArray[np.float64]:
    """Return the heating capacity over the rated capacity.

    Parameters
    ----------
    temp_out
        Outdoor temperature [degC].
    frost_loss
        Whether frost costs capacity.

    Notes
    -----
    Frost is worst near 1.7 degC and is held there up to 7.2 degC, where coils stay clear; below, dry air
    brings less of it.
    """
    t = np.clip(np.asarray(temp_out, dtype=float), *HEATING_RANGE_DEGC)
    c0, c1, c2, c3 = HEATING_CAPACITY_CURVE
    clear = c0 + t * (c1 + t * (c2 + t * c3))
    return np.asarray(clear * (1 - FROST_CAPACITY_LOSS * _frost(temp_out)) if frost_loss else clear)


def pump_capacity_kw(spec: HeatingSpec, temp_out: ArrayLike) -> NDArray[np.float64]:
    """Return the most heat that the heat pump brings at an outdoor temperature [kW]."""
    out = np.asarray(temp_out, dtype=float)
    factor = np.ones_like(out)
    if not spec.constant_capacity:
        factor = heating_capacity_factor(out, frost_loss=spec.frost_loss)
    if spec.stops_below_degc is not None:
        factor = np.where(out < spec.stops_below_degc, 0.0, factor)
    return np.asarray(spec.capacity_kw * factor)


def heating_cop(
    temp_out: ArrayLike, *, supply_temp_degc: float, frost_loss: bool = True
) -> NDArray[np.float64]:
    """Return the coefficient of performance of the heat pump at full load.

    Parameters
    ----------
    temp_out
        Outdoor temperature [degC].
    supply_temp_degc
        Temperature of the heating water or air [degC].
    frost_loss
        Whether frost costs capacity and electricity.

    Notes
    -----
    The published curve is smooth and knows no frost of its own; where the makers' figures behind it hold
    some, the loss near 0 degC is counted in part twice, on the safe side.

    References
    ----------
    Staffell I. et al. 2012, A review of domestic heat pumps, Energy & Environmental Science 5, 9291-9306.
    """
    lift = np.clip(supply_temp_degc - np.asarray(temp_out, dtype=float), *HEAT_PUMP_RANGE_K)
    constant, linear, square = HEAT_PUMP_CURVE
    clear = constant + lift * (linear + lift * square)
    if not frost_loss:
        return np.asarray(clear)
    frost = _frost(temp_out)
    return np.asarray(clear * (1 - FROST_CAPACITY_LOSS * frost) / (1 - FROST_POWER_LOSS * frost))
