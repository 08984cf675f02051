"""The building as the loop sees it: what it is, what it remembers, what a step gives, where its heat went.

`stationsim.kernel.minutes` plays it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from stationsim.models.hvac import CoolingSpec, HeatingSpec
from stationsim.models.zone import (
    ZoneCoefficients,
    ZoneParameters,
    ZoneSpec,
    ZoneState,
    transmission_w,
    zone_coefficients,
    zone_parameters,
)

UNLIMITED_KW = float("inf")
"""The limit on electricity when there is none [kW]."""

JOULE_PER_KWH = 3.6e6
"""Joules in a kilowatt-hour."""

MINUTE_S = 60.0
"""Length of a substep [s]."""

LONG_AGO = -1_000_000
"""Minute of the last switching of a unit that never switched: longer ago than any rest time."""

FREE_COOLING_MARGIN_K = 1.0
"""Free cooling stays this far above the heating set-point, so that the two never meet [K]."""


Minute = tuple[float, ...]
"""A minute of the zone, solved beforehand: the air after it, then the mass, each as six factors.

They multiply the air and the mass before it [K/K], the outdoor temperature [K/K], internal and solar gains
[K/W], and the heating of the air [K/kW].
"""


class BuildingParameters(NamedTuple):
    """What a step of the building needs, as numbers."""

    usual: Minute
    """A minute of usual ventilation."""
    free: Minute
    """A minute of free cooling by outdoor air."""
    air_weight: float
    """Weight of the air before a minute in its mean: one half, or 0 without a heat capacity."""
    free_above_degc: float
    """Indoor temperature from which cooler outdoor air is welcome [degC]."""
    free_extra_kw_k: float
    """Heat that free cooling carries beyond usual ventilation [kW/K]."""
    units: int
    """Number of cooling units."""
    unit_sensible_kw: float
    """Rated heat a unit takes from the zone [kW]."""
    unit_electric_kw: float
    """Rated electricity of a unit [kW]."""
    stage_k: float
    """Share of one unit in the band over which they come and go [K]."""
    minimum_on_minutes: int
    """Least run time of a unit [min]."""
    minimum_off_minutes: int
    """Least rest time of a unit [min]."""
    standby_kw: float
    """Electricity of a unit that is off [kW]."""
    all_standby_kw: float
    """Electricity of all units when none runs [kW]."""
    heating_kw: float
    """Largest heating power [kW]."""
    supply_temp_degc: float
    """Temperature of the heating water or air [degC]."""
    backup_below_degc: float
    """Outdoor temperature below which resistance heats [degC]."""
    cooling_degc: float
    """The scenario's cooling set-point [degC]; infinite without cooling."""
    heating_degc: float
    """The scenario's heating set-point [degC]; minus infinite without heating."""
    zone: ZoneParameters
    """Conductances and capacities of the zone under usual ventilation."""


class BuildingState(NamedTuple):
    """What the building remembers."""

    temp_air_degc: float
    """Air with furnishings [degC]."""
    temp_mass_degc: float
    """Mass of the building [degC]."""
    units_on: int
    """Cooling units that run."""
    first_on: int
    """The unit that has run longest; the others follow it in a ring."""
    minute: int
    """Minutes since the start."""
    switched: list[int]
    """Minute in which each unit last switched; a new list whenever one does."""


class BuildingOutput(NamedTuple):
    """Means over a step."""

    cooling_kw: float
    """Electricity of the cooling units, standby included [kW]."""
    heating_kw: float
    """Electricity of heating [kW]."""
    units_on: float
    """Cooling units that run."""
    temp_air_degc: float
    """Air [degC]."""
    temp_mass_degc: float
    """Mass [degC]."""
    cooling_heat_kw: float
    """Sensible heat the units take from the zone [kW]."""
    heating_heat_kw: float
    """Heat the heat pump brings [kW]."""
    free_cooling_kw: float
    """Heat that outdoor air carries off beyond usual ventilation [kW]."""


def _minute(coefficients: ZoneCoefficients) -> Minute:
    """Gather a zone step whose supply air is outdoor air."""
    air, mass = coefficients.air, coefficients.mass
    return (
        *(air.air, air.mass, air.outdoor + air.supply, air.internal, air.solar, air.hvac * 1000),
        *(mass.air, mass.mass, mass.outdoor + mass.supply, mass.internal, mass.solar, mass.hvac * 1000),
    )


def building_parameters(
    zone: ZoneSpec, *, cooling: CoolingSpec | None, heating: HeatingSpec | None
) -> BuildingParameters:
    """Return what a step of the building needs; without cooling or heating there is none."""
    usual, free = zone_parameters(zone), zone_parameters(zone, free_cooling=True)
    coefficients = zone_coefficients(usual, dt_s=MINUTE_S)
    never = float("inf")
    capacity_kw = cooling.unit_capacity_kw if cooling else 0.0
    return BuildingParameters(
        usual=_minute(coefficients),
        free=_minute(zone_coefficients(free, dt_s=MINUTE_S)),
        air_weight=coefficients.air_carry / (1 + coefficients.air_carry),
        free_above_degc=zone.free_cooling_above_degc,
        free_extra_kw_k=(free.ventilation_w_k - usual.ventilation_w_k) / 1000,
        units=cooling.units if cooling else 0,
        unit_sensible_kw=capacity_kw * cooling.sensible_share if cooling else 0.0,
        unit_electric_kw=capacity_kw / cooling.cop if cooling else 0.0,
        stage_k=cooling.dead_band_k / max(cooling.units, 1) if cooling else 0.0,
        minimum_on_minutes=cooling.minimum_on_minutes if cooling else 0,
        minimum_off_minutes=cooling.minimum_off_minutes if cooling else 0,
        standby_kw=cooling.standby_kw if cooling else 0.0,
        all_standby_kw=cooling.units * cooling.standby_kw if cooling else 0.0,
        heating_kw=heating.capacity_kw if heating else 0.0,
        supply_temp_degc=heating.supply_temp_degc if heating else 0.0,
        backup_below_degc=-never
        if heating is None or heating.backup_below_degc is None
        else heating.backup_below_degc,
        cooling_degc=cooling.set_point_degc if cooling else never,
        heating_degc=heating.set_point_degc if heating else -never,
        zone=usual,
    )


def initial_state(
    params: BuildingParameters, *, temp_air_degc: float, temp_mass_degc: float
) -> BuildingState:
    """Return the building before its first minute, all units off and rested."""
    return BuildingState(temp_air_degc, temp_mass_degc, 0, 0, 0, [LONG_AGO] * params.units)


class ZoneBalance(NamedTuple):
    """Where the heat of the zone went over a step; a number, or an array over steps."""

    gains_kw: Any
    """Internal and solar gains [kW]."""
    transmission_kw: Any
    """Heat out through windows, walls, roof and floor [kW]."""
    ventilation_kw: Any
    """Heat out with the air, free cooling included [kW]."""
    stored_kwh: Any
    """Heat that air and mass took up [kWh]."""
    residual_kwh: Any
    """What the others leave unexplained; rounding [kWh]."""


def zone_balance(
    params: BuildingParameters,
    output: BuildingOutput,
    *,
    start: ZoneState,
    end: ZoneState,
    temp_out: ArrayLike,
    internal_w: ArrayLike,
    solar_w: ArrayLike,
    dt_h: float,
) -> ZoneBalance:
    """Account for the heat of the zone over a step, or over many at once.

    Parameters
    ----------
    params
        The building.
    output
        Means of the step; each may be an array over steps, as may all that follow but `dt_h`.
    start, end
        Temperatures before and after the step [degC].
    temp_out
        Outdoor temperature [degC].
    internal_w, solar_w
        Heat gains of the zone [W].
    dt_h
        Length of the step [h].

    Notes
    -----
    stored = gains + heating - cooling - transmission - ventilation holds exactly, since each minute of
    Crank-Nicolson balances the mean flows.
    """
    zone = params.zone
    out, internal, solar = (np.asarray(values, dtype=float) for values in (temp_out, internal_w, solar_w))
    air, mass = np.asarray(output.temp_air_degc), np.asarray(output.temp_mass_degc)
    transmission_kw = 1e-3 * transmission_w(
        zone, temp_air=air, temp_mass=mass, temp_out=out, internal_w=internal, solar_w=solar
    )
    ventilation_kw = 1e-3 * zone.ventilation_w_k * (air - out) + output.free_cooling_kw
    air_j = zone.air_j_k * (np.asarray(end.temp_air_degc) - start.temp_air_degc)
    mass_j = zone.mass_j_k * (np.asarray(end.temp_mass_degc) - start.temp_mass_degc)
    stored_kwh = (air_j + mass_j) / JOULE_PER_KWH
    gains_kw = 1e-3 * (internal + solar)
    net_kw = gains_kw + output.heating_heat_kw - output.cooling_heat_kw - transmission_kw - ventilation_kw
    return ZoneBalance(gains_kw, transmission_kw, ventilation_kw, stored_kwh, net_kw * dt_h - stored_kwh)
