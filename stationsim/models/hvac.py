"""Air-conditioning units that switch, and a heat pump that modulates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from stationsim.spec import Count, Efficiency, NonNegative, Number, Positive, Spec

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

HEAT_PUMP_CURVE = (6.81, -0.121, 0.000630)
"""COP of an air-source heat pump by supply minus outdoor temperature [K]; Staffell et al. 2012."""

HEAT_PUMP_RANGE_K = (15.0, 60.0)
"""Temperature differences the heat pump's curve was fitted over, held beyond [K]; Staffell et al. 2012."""


class CoolingSpec(Spec):
    """Equal air-conditioning units that hold the zone by switching on and off one after another."""

    units: Count
    """Number of units."""
    unit_capacity_kw: Positive
    """Rated cooling capacity of one unit, sensible and latent, at 35 degC outdoors [kW]."""
    cop: Positive = 3.0
    """Rated coefficient of performance at 35 degC outdoors; default 3.0, common packaged units."""
    sensible_share: Efficiency = 0.75
    """Share of the capacity that lowers the temperature, not moisture; default 0.75, packaged units."""
    set_point_degc: Annotated[Number, Field(ge=10, le=50)] = 26.0
    """Air temperature to hold, 10 to 50 [degC]; default 26, the legal minimum in public halls of China."""
    dead_band_k: Positive = 1.0
    """Width of the band round the set-point over which the units come and go [K]; default 1."""
    minimum_on_minutes: Count = 5
    """A unit runs at least this long [min]; default 5, to spare the compressor."""
    minimum_off_minutes: Count = 5
    """A unit rests at least this long [min]; default 5, to let pressures even out."""
    standby_kw: NonNegative = 0.0
    """Electric power of a unit that is off [kW]; default none."""

    @model_validator(mode="after")
    def _check_standby(self) -> CoolingSpec:
        least_kw = self.unit_capacity_kw / self.cop / 2
        if self.standby_kw >= least_kw:
            raise ValueError(
                f"standby_kw must be far below the power of a running unit, got {self.standby_kw:g}"
            )
        return self


class HeatingSpec(Spec):
    """An air-source heat pump that modulates to hold the zone."""

    capacity_kw: NonNegative
    """Largest heating power [kW]."""
    set_point_degc: Annotated[Number, Field(ge=0, le=40)] = 20.0
    """Air temperature to hold, 0 to 40 [degC]; default 20, common for public space in winter."""
    supply_temp_degc: Annotated[Number, Field(ge=20, le=90)] = 45.0
    """Temperature of the heating water or air, 20 to 90 [degC]; default 45, floor heating and fan coils."""
    backup_below_degc: Number | None = None
    """Outdoor temperature below which resistance heats instead [degC]; without it, never."""


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


def unit_power_kw(temp_out: float, *, sensible_kw: float, electric_kw: float) -> tuple[float, float]:
    """Return the heat a running unit takes from the zone and the electricity it draws [kW].

    Parameters
    ----------
    temp_out
        Outdoor temperature [degC].
    sensible_kw, electric_kw
        The same at the rating [kW].

    Notes
    -----
    A warm condenser costs capacity and electricity. The state of the indoor air is held at its rating, and
    so is the split of sensible and latent heat.
    """
    low, high = COOLING_RANGE_DEGC
    t = low if temp_out < low else high if temp_out > high else temp_out
    c0, c1, c2 = CAPACITY_BY_OUTDOOR
    e0, e1, e2 = ENERGY_INPUT_BY_OUTDOOR
    capacity = c0 + t * (c1 + t * c2)
    return sensible_kw * capacity, electric_kw * capacity * (e0 + t * (e1 + t * e2))


def cooling_cop(spec: CoolingSpec, temp_out: float) -> float:
    """Return the coefficient of performance of a running unit at an outdoor temperature [degC]."""
    heat_kw, electric_kw = unit_power_kw(temp_out, sensible_kw=spec.cop, electric_kw=1.0)
    return heat_kw / electric_kw


def heating_cop(temp_out: float, *, supply_temp_degc: float, backup_below_degc: float) -> float:
    """Return the coefficient of performance of heating.

    Parameters
    ----------
    temp_out
        Outdoor temperature [degC].
    supply_temp_degc
        Temperature of the heating water or air [degC].
    backup_below_degc
        Outdoor temperature below which resistance heats, with 1 [degC].

    References
    ----------
    Staffell I. et al. 2012, A review of domestic heat pumps, Energy & Environmental Science 5, 9291-9306.
    """
    if temp_out < backup_below_degc:
        return 1.0
    low, high = HEAT_PUMP_RANGE_K
    lift = supply_temp_degc - temp_out
    lift = low if lift < low else high if lift > high else lift
    constant, linear, square = HEAT_PUMP_CURVE
    return constant + lift * (linear + lift * square)


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
