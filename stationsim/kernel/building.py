"""The building: one zone, its cooling units and its heat pump, minute by minute inside any step.

Staging of units, minimum run and rest times and the heat pump's control act on whole minutes. Weather, gains,
set-points and the limit on electricity are constant over a step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from stationsim.models.hvac import (
    CoolingSpec,
    HeatingSpec,
    heating_cop,
    stage_thresholds_degc,
    unit_power_kw,
)
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


def _unit_kw(params: BuildingParameters, temp_out: float) -> tuple[float, float]:
    """Return the heat a running unit takes from the zone and its electricity beyond standby [kW]."""
    heat_kw, electric_kw = unit_power_kw(
        temp_out, sensible_kw=params.unit_sensible_kw, electric_kw=params.unit_electric_kw
    )
    return heat_kw, electric_kw - params.standby_kw


def _heating_cop(params: BuildingParameters, temp_out: float) -> float:
    """Return the coefficient of performance of the building's heating."""
    return heating_cop(
        temp_out, supply_temp_degc=params.supply_temp_degc, backup_below_degc=params.backup_below_degc
    )


def _stages(params: BuildingParameters, on: int, cooling_degc: float) -> tuple[float, float]:
    """Return the air temperatures below which a unit leaves and above which another comes [degC]."""
    return stage_thresholds_degc(on, units=params.units, set_point_degc=cooling_degc, stage_k=params.stage_k)


def _switch(
    params: BuildingParameters, *, comes: bool, on: int, first: int, minute: int, switched: list[int]
) -> tuple[int, int, list[int]]:
    """Let one unit come or go, unless it has to rest or run on; return units on, the first of them, times."""
    unit = (first + on) % params.units if comes else first
    least_minutes = params.minimum_off_minutes if comes else params.minimum_on_minutes
    if minute - switched[unit] < least_minutes:
        return on, first, switched
    switched = switched.copy()
    switched[unit] = minute
    return (on + 1, first, switched) if comes else (on - 1, (first + 1) % params.units, switched)


def _limited(
    state: BuildingState, params: BuildingParameters, *, unit_extra_kw: float, cap_kw: float
) -> tuple[BuildingState, int]:
    """Stop the units a limit on electricity does not allow; return the state and how many may run."""
    air, mass, on, first, minute, switched = state
    spare_kw = cap_kw - params.all_standby_kw
    allowed = params.units
    if spare_kw < params.units * unit_extra_kw:
        allowed = max(0, int(spare_kw / unit_extra_kw))
    while on > allowed:
        switched = switched.copy()
        switched[first] = minute
        on, first = on - 1, (first + 1) % params.units
    return BuildingState(air, mass, on, first, minute, switched), allowed


def step_building(
    state: BuildingState,
    params: BuildingParameters,
    *,
    n_minutes: int,
    temp_out: float,
    internal_w: float,
    solar_w: float,
    cooling_degc: float,
    heating_degc: float,
    electric_cap_kw: float,
) -> tuple[BuildingState, BuildingOutput]:
    """Play one step of the building, minute by minute.

    Parameters
    ----------
    state
        The building before the step.
    params
        The building, from `building_parameters`.
    n_minutes
        Length of the step [min].
    temp_out
        Outdoor temperature [degC].
    internal_w, solar_w
        Heat gains of the zone [W].
    cooling_degc, heating_degc
        Set-points [degC].
    electric_cap_kw
        Most electricity that heating and cooling may draw [kW]; infinite as a rule. Units beyond it stop at
        once, whatever their least run time, and standby yields last.

    Notes
    -----
    Each minute at most one unit switches: one comes when the air is above its stage, the one that has run
    longest leaves when the air is below. The heat pump brings the air to its set-point by the end of the
    minute as far as its power allows. Outdoor air cools for free while the zone is warm and it is cooler.
    The loop is hot: the step of the zone is written out in it, and powers are computed once they are needed.
    """
    allowed, standby_kw, weight = params.units, params.all_standby_kw, params.air_weight
    unit_heat_kw = unit_extra_kw = cop = 0.0
    if electric_cap_kw < UNLIMITED_KW:
        unit_heat_kw, unit_extra_kw = _unit_kw(params, temp_out)
        electric_cap_kw = max(0.0, electric_cap_kw)
        standby_kw = min(standby_kw, electric_cap_kw)
        state, allowed = _limited(state, params, unit_extra_kw=unit_extra_kw, cap_kw=electric_cap_kw)
    air, mass, on, first, minute, switched = state
    leave, come = _stages(params, on, cooling_degc)
    free_above = max(params.free_above_degc, heating_degc + FREE_COOLING_MARGIN_K)
    before_air, before_mass, end = air, mass, minute + n_minutes
    air_sum = mass_sum = free_sum = heat_sum = 0.0
    on_sum = 0
    while minute < end:
        free = temp_out < air and air > free_above
        aa, am, at, ai, asun, akw, ma, mm, mt, mi, msun, mkw = params.free if free else params.usual
        air_drive = at * temp_out + ai * internal_w + asun * solar_w
        mass_drive = mt * temp_out + mi * internal_w + msun * solar_w
        while True:
            if (air > come and on < allowed) or (air < leave and on > 0):
                on, first, switched = _switch(
                    params, comes=air > come, on=on, first=first, minute=minute, switched=switched
                )
                leave, come = _stages(params, on, cooling_degc)
            after = aa * air + am * mass + air_drive
            kw = 0.0
            if on:
                if not unit_heat_kw:
                    unit_heat_kw, unit_extra_kw = _unit_kw(params, temp_out)
                on_sum += on
                kw = -on * unit_heat_kw
                after += akw * kw
            if after < heating_degc:
                cop = cop or _heating_cop(params, temp_out)
                limit_kw = (electric_cap_kw - standby_kw - on * unit_extra_kw) * cop
                heat_kw = max(0.0, min((heating_degc - after) / akw, params.heating_kw, limit_kw))
                heat_sum += heat_kw
                kw += heat_kw
                after += akw * heat_kw
            mass = ma * air + mm * mass + mass_drive + mkw * kw
            if free:
                free_sum += after + weight * (air - after) - temp_out
            air = after
            air_sum += air
            mass_sum += mass
            minute += 1
            if minute == end or (temp_out < air and air > free_above) != free:
                break
    mean_on = on_sum / n_minutes
    return BuildingState(air, mass, on, first, minute, switched), BuildingOutput(
        standby_kw + mean_on * unit_extra_kw,
        heat_sum / (n_minutes * cop) if cop else 0.0,
        mean_on,
        (air_sum + weight * (before_air - air)) / n_minutes,
        (mass_sum + (before_mass - mass) / 2) / n_minutes,
        mean_on * unit_heat_kw,
        heat_sum / n_minutes,
        params.free_extra_kw_k * free_sum / n_minutes,
    )


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
