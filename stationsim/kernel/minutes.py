"""The minutes of the building: the hot loop that plays many steps at once.

Staging of units, minimum run and rest times and the heat pump's control act on whole minutes. Weather and
gains are constant over a step; set-points and the limit on electricity over a stretch of steps.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from stationsim.kernel.building import (
    FREE_COOLING_MARGIN_K,
    UNLIMITED_KW,
    BuildingOutput,
    BuildingParameters,
    BuildingState,
)
from stationsim.models.hvac import heating_cop, stage_thresholds_degc, unit_power_kw

ROW = (*BuildingOutput._fields, "temp_air_end_degc", "temp_mass_end_degc")
"""What a step of the building writes, in this order: its means, then the temperatures at its end."""

PACKED_ROW = struct.Struct(f"{len(ROW)}d")
"""A row as bytes: packed while its numbers are fresh it costs a fraction of keeping them as objects."""


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
    params: BuildingParameters,
    on: int,
    first: int,
    minute: int,
    switched: list[int],
    *,
    unit_extra_kw: float,
    cap_kw: float,
) -> tuple[int, int, list[int], int]:
    """Stop units beyond a limit; return units on, the first of them, times and how many may run."""
    spare_kw = cap_kw - params.all_standby_kw
    allowed = params.units
    if spare_kw < params.units * unit_extra_kw:
        allowed = max(0, int(spare_kw / unit_extra_kw))
    while on > allowed:
        switched = switched.copy()
        switched[first] = minute
        on, first = on - 1, (first + 1) % params.units
    return on, first, switched, allowed


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
    """Play one step of the building; see `play_building`."""
    state, rows = play_building(
        state,
        params,
        n_minutes=n_minutes,
        temp_out=(temp_out,),
        internal_w=(internal_w,),
        solar_w=(solar_w,),
        cooling_degc=cooling_degc,
        heating_degc=heating_degc,
        electric_cap_kw=electric_cap_kw,
    )
    return state, BuildingOutput(*PACKED_ROW.unpack(rows)[: len(BuildingOutput._fields)])


def play_building(
    state: BuildingState,
    params: BuildingParameters,
    *,
    n_minutes: int,
    temp_out: Sequence[float],
    internal_w: Sequence[float],
    solar_w: Sequence[float],
    cooling_degc: float,
    heating_degc: float,
    electric_cap_kw: float,
) -> tuple[BuildingState, bytearray]:
    """Play a stretch of steps of the building, minute by minute.

    Parameters
    ----------
    state
        The building before the stretch.
    params
        The building, from `building_parameters`.
    n_minutes
        Length of a step [min].
    temp_out
        Outdoor temperature of each step [degC].
    internal_w, solar_w
        Heat gains of the zone in each step [W].
    cooling_degc, heating_degc
        Set-points [degC].
    electric_cap_kw
        Most electricity that heating and cooling may draw [kW]; infinite as a rule. Units beyond it stop at
        once, whatever their least run time, and standby yields last.

    Returns
    -------
    BuildingState
        The building after the stretch.
    bytearray
        The rows of the steps end to end, each a `PACKED_ROW` of the fields of `ROW`.

    Notes
    -----
    Each minute at most one unit switches: one comes when the air is above its stage, the one that has run
    longest leaves when the air is below. The heat pump brings the air to its set-point by the end of the
    minute as far as its power allows. Outdoor air cools for free while the zone is warm and it is cooler.
    The loop is hot: the step of the zone is written out in it, and what is not needed is not computed.
    """
    weight, free_extra_kw_k = params.air_weight, params.free_extra_kw_k
    electric_cap_kw = max(0.0, electric_cap_kw)
    standby_kw = min(params.all_standby_kw, electric_cap_kw)
    free_above = max(params.free_above_degc, heating_degc + FREE_COOLING_MARGIN_K)
    usual, free_minute, heating_most_kw = params.usual, params.free, params.heating_kw
    limited = electric_cap_kw < UNLIMITED_KW
    air, mass, on, first, minute, switched = state
    leave, come = _stages(params, on, cooling_degc)
    rows = bytearray()
    pack = PACKED_ROW.pack
    for out, internal, solar in zip(temp_out, internal_w, solar_w, strict=True):
        allowed, unit_heat_kw, unit_extra_kw, cop = params.units, 0.0, 0.0, 0.0
        if limited:
            unit_heat_kw, unit_extra_kw = _unit_kw(params, out)
            on, first, switched, allowed = _limited(
                params, on, first, minute, switched, unit_extra_kw=unit_extra_kw, cap_kw=electric_cap_kw
            )
            leave, come = _stages(params, on, cooling_degc)
        start_air, start_mass, end = air, mass, minute + n_minutes
        air_sum = mass_sum = free_sum = heat_sum = 0.0
        on_sum = 0
        while minute < end:
            free = out < air and air > free_above
            aa, am, a_out, a_int, a_sol, a_kw, ma, mm, m_out, m_int, m_sol, m_kw = (
                free_minute if free else usual
            )
            air_drive = a_out * out + a_int * internal + a_sol * solar
            mass_drive = m_out * out + m_int * internal + m_sol * solar
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
                        unit_heat_kw, unit_extra_kw = _unit_kw(params, out)
                    on_sum += on
                    kw = -on * unit_heat_kw
                    after += a_kw * kw
                if after < heating_degc:
                    cop = cop or _heating_cop(params, out)
                    limit_kw = (electric_cap_kw - standby_kw - on * unit_extra_kw) * cop
                    heat_kw = max(0.0, min((heating_degc - after) / a_kw, heating_most_kw, limit_kw))
                    heat_sum += heat_kw
                    kw += heat_kw
                    after += a_kw * heat_kw
                mass = ma * air + mm * mass + mass_drive + m_kw * kw
                if free:
                    free_sum += after + weight * (air - after) - out
                air = after
                air_sum += air
                mass_sum += mass
                minute += 1
                if minute == end or (out < air and air > free_above) != free:
                    break
        mean_on = on_sum / n_minutes
        rows += pack(
            standby_kw + mean_on * unit_extra_kw,
            heat_sum / (n_minutes * cop) if cop else 0.0,
            mean_on,
            (air_sum + weight * (start_air - air)) / n_minutes,
            (mass_sum + (start_mass - mass) / 2) / n_minutes,
            mean_on * unit_heat_kw,
            heat_sum / n_minutes,
            free_extra_kw_k * free_sum / n_minutes,
            air,
            mass,
        )
    return BuildingState(air, mass, on, first, minute, switched), rows
