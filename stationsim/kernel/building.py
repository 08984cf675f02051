"""The zones as the loop sees them: what they are, what drives them and where their heat went.

`stationsim.kernel.minutes` plays them. Zones exchange no heat with one another, as in the calculation for
several zones without coupling of ISO 13790:2008, 6.3.3.2: doors between rooms held at like temperatures carry
little. All they share is the electricity of a shortage.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationsim.models.hvac import (
    CYCLING_IDLE_SHARE,
    CoolingSpec,
    HeatingSpec,
    capacity_factor,
    electric_factor,
    heating_cop,
    pump_capacity_kw,
)
from stationsim.models.zone import (
    ZoneParameters,
    ZoneSpec,
    ZoneState,
    transmission_w,
    zone_drives_w,
    zone_parameters,
)

Array = NDArray[np.float64]

JOULE_PER_KWH = 3.6e6
"""Joules in a kilowatt-hour."""

MINUTE_S = 60.0
"""Length of a substep [s]."""

LONG_AGO = -1_000_000
"""Minute of the last switching of a unit that never switched: longer ago than any rest time."""

FREE_COOLING_MARGIN_K = 1.0
"""Free cooling stays this far above the heating set point, so that the two never meet [K]."""

AIR, MASS, ON, FIRST, MINUTE, SWITCHED = 0, 1, 2, 3, 4, 5
"""Places in the state of a zone.

Air and mass [degC], units that run, the one of them that has run longest (the others follow it in a ring),
minutes since the start, and from `SWITCHED` on the minute in which each unit last switched.
"""


class RoomParameters(NamedTuple):
    """What a minute of a zone needs, as numbers."""

    air_store_w_k: float
    """Twice the heat capacity of the air over a minute [W/K]."""
    mass_store_w_k: float
    """Twice the heat capacity of the mass over a minute [W/K]."""
    air_total_w_k: float
    """Air to everything but the exchange of air [W/K]."""
    mass_total_w_k: float
    """Mass to everything, its store included [W/K]."""
    coupling_w_k: float
    """Air to mass through the surface [W/K]."""
    air_carry: float
    """1 where the air has a capacity, so that its mean lies halfway; 0 where it has none."""
    free_above_degc: float
    """Indoor temperature from which cooler outdoor air is welcome [degC]."""
    modulates: bool
    """Whether cooling modulates; else its units switch."""
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
    start_loss: float
    """Share of a minute's cold that a start costs."""
    least_share: float
    """Share of capacity down to which cooling modulates."""
    standby_kw: float
    """Electricity of a unit that is off [kW]."""
    all_standby_kw: float
    """Electricity of all units when none runs [kW]."""
    pump_least_share: float
    """Share of capacity down to which the heat pump modulates."""
    idle_share: float
    """Share of the electricity at least power that cycling costs towards no load."""
    backup_kw: float
    """Largest resistance heating [kW]."""


class RoomInputs(NamedTuple):
    """What drives a zone, one value a step: lists in plain Python, arrays when compiled."""

    temp_out: Any
    """Outdoor temperature [degC]."""
    air_w: Any
    """What drives the air, ventilation apart [W]."""
    mass_w: Any
    """What drives the mass [W]."""
    ventilation_w_k: Any
    """Air to outdoors by usual ventilation and infiltration [W/K]."""
    free_w_k: Any
    """The same while outdoor air cools for free [W/K]."""
    cooling_degc: Any
    """Cooling set point; infinite without cooling [degC]."""
    heating_degc: Any
    """Heating set point; minus infinite without heating [degC]."""
    unit_capacity: Any
    """Capacity of a cooling unit over its rated one."""
    unit_input: Any
    """Electricity of a running cooling unit over its rated one."""
    pump_kw: Any
    """Most heat of the heat pump [kW]."""
    pump_cop: Any
    """Coefficient of performance of the heat pump at full load."""


class RoomDrives(NamedTuple):
    """What acts on a zone from outside the loop, one value a step."""

    internal_w: Array
    """Heat of people, lights and appliances [W]."""
    solar_w: Array
    """Heat of the sun, less what radiates to the sky [W]."""
    ventilation_w_k: Array
    """Air to outdoors by usual ventilation and infiltration [W/K]."""
    free_w_k: Array
    """The same while outdoor air cools for free [W/K]."""
    cooling_degc: Array
    """Cooling set point of the scenario; infinite without cooling [degC]."""
    heating_degc: Array
    """Heating set point of the scenario; minus infinite without heating [degC]."""


class BuildingOutput(NamedTuple):
    """Means of a zone over a step; a number each, or an array over steps."""

    cooling_kw: Any
    """Electricity of the cooling units, standby included [kW]."""
    heating_kw: Any
    """Electricity of heating [kW]."""
    units_on: Any
    """Cooling units that run; of those that modulate, as if each ran at full power."""
    temp_air_degc: Any
    """Air [degC]."""
    temp_mass_degc: Any
    """Mass [degC]."""
    cooling_heat_kw: Any
    """Sensible heat the units take from the zone [kW]."""
    heating_heat_kw: Any
    """Heat that heat pump and resistance bring [kW]."""
    free_cooling_kw: Any
    """Heat that outdoor air carries off beyond usual ventilation [kW]."""
    temp_air_end_degc: Any
    """Air at the end [degC]."""
    temp_mass_end_degc: Any
    """Mass at the end [degC]."""
    unit_starts: Any
    """How often a unit came in the step."""


def room_parameters(
    zone: ZoneSpec, *, cooling: CoolingSpec | None, heating: HeatingSpec | None
) -> RoomParameters:
    """Return what a minute of a zone needs; without cooling or heating there is none."""
    params = zone_parameters(zone)
    his, hms = params.surface_air_w_k, params.mass_surface_w_k
    meeting = his + hms + params.window_w_k
    mass_store_w_k = 2 * params.mass_j_k / MINUTE_S
    capacity_kw = cooling.unit_capacity_kw if cooling else 0.0
    units = cooling.units if cooling else 0
    return RoomParameters(
        air_store_w_k=2 * params.air_j_k / MINUTE_S,
        mass_store_w_k=mass_store_w_k,
        air_total_w_k=his - his * his / meeting,
        mass_total_w_k=mass_store_w_k + params.mass_outdoor_w_k + hms - hms * hms / meeting,
        coupling_w_k=his * hms / meeting,
        air_carry=1.0 if params.air_j_k > 0 else 0.0,
        free_above_degc=zone.free_cooling_above_degc,
        modulates=bool(cooling and cooling.control == "ideal" and units),
        units=units,
        unit_sensible_kw=capacity_kw * cooling.sensible_share if cooling else 0.0,
        unit_electric_kw=capacity_kw / cooling.cop if cooling else 0.0,
        stage_k=cooling.dead_band_k / max(units, 1) if cooling else 0.0,
        minimum_on_minutes=cooling.minimum_on_minutes if cooling else 0,
        minimum_off_minutes=cooling.minimum_off_minutes if cooling else 0,
        start_loss=cooling.start_loss_seconds / MINUTE_S if cooling else 0.0,
        least_share=cooling.least_share if cooling else 0.0,
        standby_kw=cooling.standby_kw if cooling else 0.0,
        all_standby_kw=units * cooling.standby_kw if cooling else 0.0,
        pump_least_share=heating.least_share if heating else 0.0,
        idle_share=CYCLING_IDLE_SHARE,
        backup_kw=heating.backup_kw if heating else 0.0,
    )


def room_inputs(
    zone: ZoneSpec, drives: RoomDrives, *, temp_out: ArrayLike, heating: HeatingSpec | None
) -> RoomInputs:
    """Return what drives a zone in the form the loop reads, as arrays.

    Parameters
    ----------
    zone
        The zone.
    drives
        What acts on it.
    temp_out
        Outdoor temperature of each step [degC].
    heating
        Its heating.
    """
    out = np.asarray(temp_out, dtype=float)
    air_w, mass_w = zone_drives_w(
        zone_parameters(zone), temp_out=out, internal_w=drives.internal_w, solar_w=drives.solar_w
    )
    pump_kw, pump_cop = np.zeros_like(out), np.ones_like(out)
    if heating is not None:
        pump_kw = pump_capacity_kw(heating, out)
        pump_cop = heating_cop(out, supply_temp_degc=heating.supply_temp_degc, frost_loss=heating.frost_loss)
    return RoomInputs(
        temp_out=out,
        air_w=air_w,
        mass_w=mass_w,
        ventilation_w_k=drives.ventilation_w_k,
        free_w_k=drives.free_w_k,
        cooling_degc=drives.cooling_degc,
        heating_degc=drives.heating_degc,
        unit_capacity=capacity_factor(out),
        unit_input=electric_factor(out),
        pump_kw=pump_kw,
        pump_cop=pump_cop,
    )


def initial_state(room: RoomParameters, *, temp_air_degc: float, temp_mass_degc: float) -> list[float]:
    """Return a zone before its first minute, all units off and rested; a flat list that the loop changes."""
    return [temp_air_degc, temp_mass_degc, 0, 0, 0, *([LONG_AGO] * room.units)]


class ZoneBalance(NamedTuple):
    """Where the heat of a zone went over a step; a number, or an array over steps."""

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
    zone: ZoneParameters,
    output: BuildingOutput,
    *,
    start: ZoneState,
    temp_out: ArrayLike,
    internal_w: ArrayLike,
    solar_w: ArrayLike,
    ventilation_w_k: ArrayLike,
    dt_h: float,
) -> ZoneBalance:
    """Account for the heat of a zone over a step, or over many at once.

    Parameters
    ----------
    zone
        Conductances and capacities; its ventilation is not used.
    output
        Means of the step; each may be an array over steps, as may all that follow but `dt_h`.
    start
        Temperatures before the step [degC].
    temp_out
        Outdoor temperature [degC].
    internal_w, solar_w
        Heat gains of the zone [W].
    ventilation_w_k
        Air to outdoors by usual ventilation and infiltration [W/K].
    dt_h
        Length of the step [h].

    Notes
    -----
    stored = gains + heating - cooling - transmission - ventilation holds exactly, since each minute of
    Crank-Nicolson balances the mean flows, whatever ventilation was in it.
    """
    out, internal, solar = (np.asarray(values, dtype=float) for values in (temp_out, internal_w, solar_w))
    air, mass = np.asarray(output.temp_air_degc), np.asarray(output.temp_mass_degc)
    transmission_kw = 1e-3 * transmission_w(
        zone, temp_air=air, temp_mass=mass, temp_out=out, internal_w=internal, solar_w=solar
    )
    ventilation_kw = 1e-3 * np.asarray(ventilation_w_k) * (air - out) + output.free_cooling_kw
    air_j = zone.air_j_k * (np.asarray(output.temp_air_end_degc) - start.temp_air_degc)
    mass_j = zone.mass_j_k * (np.asarray(output.temp_mass_end_degc) - start.temp_mass_degc)
    stored_kwh = (air_j + mass_j) / JOULE_PER_KWH
    gains_kw = 1e-3 * (internal + solar)
    net_kw = gains_kw + output.heating_heat_kw - output.cooling_heat_kw - transmission_kw - ventilation_kw
    return ZoneBalance(gains_kw, transmission_kw, ventilation_kw, stored_kwh, net_kw * dt_h - stored_kwh)
