"""Air-conditioning units: those that switch on and off one after another, and those that modulate."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.models.hvac.set_points import LEAST_GAP_K, hourly_degc
from stationsim.spec import Count, Efficiency, Flag, Fraction, NonNegative, Number, Positive, Spec

RATED_WET_BULB_DEGC = 19.44
"""Wet-bulb temperature of the air a unit cools, at its rating [degC]; AHRI 210/240, 67 degF."""

RATED_OUTDOOR_DEGC = 35.0
"""Outdoor temperature at the rating of a cooling unit [degC]; AHRI 210/240 and ISO 5151, T1."""

COOLING_RANGE_DEGC = (18.0, 46.1)
"""Outdoor temperatures the cooling curves were fitted over; beyond them they are held [degC]."""

CAPACITY_CURVE = (0.766956, 0.0107756, -0.0000414703, 0.00134961, -0.000261144, 0.000457488)
"""Capacity over rated capacity by wet bulb w and outdoor t: 1, w, w2, t, t2, wt [degC]."""

ENERGY_INPUT_CURVE = (0.297145, 0.0430933, -0.000748766, 0.00597727, 0.000482112, -0.000956448)
"""Electricity per heat moved over its rated value, of the same terms [degC].

Both curves: EnergyPlus 7.1, example file DXCoilSystemAuto.idf, HPACCoolCapFT and HPACCOOLEIRFT; in Modelica
Buildings they are the air-cooled Curve_II.
"""

LEAST_SHARE = 0.25
"""Share of its capacity down to which a unit that modulates does so without cycling; a usual turn-down."""

CoolingSetPoint = Annotated[Number, Field(ge=10, le=50)]
HourlyCooling = Annotated[tuple[CoolingSetPoint, ...], Field(min_length=24, max_length=24)]


class CoolingSpec(Spec):
    """Equal air-conditioning units of a zone."""

    control: Literal["staged", "ideal"] = "staged"
    """``staged`` units come and go one by one; ``ideal`` ones hold the set point as far as they can."""
    units: Annotated[Count, Field(le=1000)]
    """Number of units."""
    unit_capacity_kw: Annotated[Positive, Field(le=1e5)]
    """Rated cooling capacity of one unit, sensible and latent, at 35 degC outdoors [kW]."""
    cop: Annotated[Positive, Field(le=50)] = 3.0
    """Rated coefficient of performance at 35 degC outdoors; default 3.0, common packaged units."""
    sensible_share: Efficiency = 0.75
    """Share of the capacity that lowers the temperature, not moisture; default 0.75, packaged units."""
    set_point_degc: CoolingSetPoint = 26.0
    """Air temperature to hold, 10 to 50 [degC]; default 26, the legal minimum in public halls of China."""
    set_point_by_hour_degc: HourlyCooling | None = None
    """Air temperature to hold in each civil hour, 0 to 23 [degC]; without it, `set_point_degc` all day."""
    weekend_set_point_by_hour_degc: HourlyCooling | None = None
    """The same on Saturdays and Sundays [degC]; without it, as on weekdays."""
    ramped: Flag = False
    """Whether a set point that falls does so in a straight line over its hour; default at once."""
    lowest_set_point_degc: CoolingSetPoint | None = None
    """No plan or pre-cooling goes below it [degC]; 26 keeps the rule of China's public halls."""
    dead_band_k: Annotated[Positive, Field(le=20)] = 1.0
    """Width of the band round the set point over which staged units come and go [K]; default 1."""
    minimum_on_minutes: Annotated[Count, Field(le=1440)] = 5
    """A staged unit runs at least this long [min]; default 5, to spare the compressor."""
    minimum_off_minutes: Annotated[Count, Field(le=1440)] = 5
    """A staged unit rests at least this long [min]; default 5, to let pressures even out."""
    start_loss_seconds: Annotated[NonNegative, Field(le=60)] = 30.0
    """Full cold that a staged start costs while pressures build up, 0 to 60 [s]; default 30, assumed."""
    least_share: Fraction = LEAST_SHARE
    """Share of capacity below which ideal units cycle and lose by EN 14825; default 0.25."""
    standby_kw: Annotated[NonNegative, Field(le=1e4)] = 0.0
    """Electric power of a unit that is off [kW]; default none."""

    @model_validator(mode="after")
    def _check_standby(self) -> CoolingSpec:
        least_kw = self.unit_capacity_kw / self.cop / 2
        if self.standby_kw >= least_kw:
            raise ValueError(
                f"standby_kw must be far below the power of a running unit, got {self.standby_kw:g}"
            )
        return self

    @model_validator(mode="after")
    def _lowest_is_below(self) -> CoolingSpec:
        lowest, held = self.lowest_set_point_degc, min(*self.weekday_degc, *self.weekend_degc)
        if lowest is not None and lowest > held:
            raise ValueError(
                f"lowest_set_point_degc must be at most every set point, {held:g}, got {lowest:g}; "
                "lower it or raise the set points"
            )
        return self

    @property
    def weekday_degc(self) -> tuple[float, ...]:
        """Set points of the hours of a weekday [degC]."""
        return hourly_degc(self.set_point_degc, self.set_point_by_hour_degc)

    @property
    def weekend_degc(self) -> tuple[float, ...]:
        """Set points of the hours of a weekend day [degC]."""
        return self.weekend_set_point_by_hour_degc or self.weekday_degc

    @property
    def below_k(self) -> float:
        """How far below the set point the last staged unit leaves: half the band; ideal ones hold it [K]."""
        return self.dead_band_k / 2 if self.control == "staged" and self.units else 0.0

    @property
    def least_gap_k(self) -> float:
        """How far a set point stays above that of heating, whoever asks for less [K]."""
        return max(LEAST_GAP_K, self.below_k + LEAST_GAP_K / 2)


def _curve_at_rated_wet_bulb(curve: tuple[float, ...]) -> tuple[float, float, float]:
    """Reduce a biquadratic to a quadratic of the outdoor temperature that is 1 at the rating."""
    c0, c1, c2, c3, c4, c5 = curve
    wet = RATED_WET_BULB_DEGC
    constant, linear, square = c0 + c1 * wet + c2 * wet**2, c3 + c5 * wet, c4
    rated = constant + linear * RATED_OUTDOOR_DEGC + square * RATED_OUTDOOR_DEGC**2
    return constant / rated, linear / rated, square / rated


CAPACITY_BY_OUTDOOR = _curve_at_rated_wet_bulb(CAPACITY_CURVE)
"""Capacity over rated capacity: 1, t, t2 of the outdoor temperature t [degC]."""

ENERGY_INPUT_BY_OUTDOOR = _curve_at_rated_wet_bulb(ENERGY_INPUT_CURVE)
"""Electricity per heat moved over its rated value: 1, t, t2 of the outdoor temperature t [degC]."""


def capacity_factor(temp_out: ArrayLike) -> NDArray[np.float64]:
    """Return the capacity of a running unit over its rated capacity.

    Parameters
    ----------
    temp_out
        Outdoor temperature [degC].

    Notes
    -----
    A warm condenser costs capacity and electricity. The state of the indoor air is held at its rating, and
    so is the split of sensible and latent heat.
    """
    t = np.clip(np.asarray(temp_out, dtype=float), *COOLING_RANGE_DEGC)
    constant, linear, square = CAPACITY_BY_OUTDOOR
    return np.asarray(constant + t * (linear + t * square))


def electric_factor(temp_out: ArrayLike) -> NDArray[np.float64]:
    """Return the electricity of a running unit over its rated electricity.

    Parameters
    ----------
    temp_out
        Outdoor temperature [degC].
    """
    t = np.clip(np.asarray(temp_out, dtype=float), *COOLING_RANGE_DEGC)
    constant, linear, square = ENERGY_INPUT_BY_OUTDOOR
    return np.asarray(capacity_factor(t) * (constant + t * (linear + t * square)))


def cooling_cop(spec: CoolingSpec, temp_out: ArrayLike) -> NDArray[np.float64]:
    """Return the coefficient of performance of a running unit at an outdoor temperature [degC]."""
    return np.asarray(spec.cop * capacity_factor(temp_out) / electric_factor(temp_out))


def stage_thresholds_degc(
    running: int, *, units: int, set_point_degc: float, stage_k: float
) -> tuple[float, float]:
    """Return the air temperatures below which a unit leaves and above which another comes [degC].

    Parameters
    ----------
    running
        Units that run.
    units
        Number of units.
    set_point_degc
        Middle of the band [degC].
    stage_k
        Width of the band over the number of units [K].

    Notes
    -----
    The band holds one stage for each unit, as if their thermostats were set one after another: unit k comes
    at the upper edge of stage k and leaves at its lower edge. One unit alone is a plain thermostat.
    """
    middle = set_point_degc + (running - units / 2) * stage_k
    return middle - stage_k, middle + stage_k
