"""The equations of the thermal zone: air with its furnishings, and mass behind an inner surface.

The zone is the five-resistance, one-capacity model of ISO 13790 Annex C with a second, small capacity in the
air node, so that a minute has a temperature of its own. Without that capacity it is the standard's model.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

NumberOrArray = TypeVar("NumberOrArray", float, NDArray[np.float64])

SURFACE_AIR_W_M2K = 3.45
"""Heat transfer from surface to air, his [W/m2K]; ISO 13790:2008, 7.2.2.2."""

MASS_SURFACE_W_M2K = 9.1
"""Heat transfer from mass to surface, hms [W/m2K]; ISO 13790:2008, 12.2.2."""

SURFACE_PER_FLOOR = 4.5
"""Area of all inner surfaces per floor area, At/Af; ISO 13790:2008, 7.2.2.2."""

AIR_HEAT_J_M3K = 1200.0
"""Heat capacity of air by volume [J/m3K]; ISO 13790:2008, 9.3.1."""

INTERNAL_TO_AIR = 0.5
"""Share of internal gains that meets the air at once; ISO 13790:2008, equation C.1."""


class ZoneParameters(NamedTuple):
    """What the equations of the zone need; symbols are those of ISO 13790:2008 Annex C."""

    ventilation_w_k: float
    """Air to outdoors by ventilation and infiltration, Hve [W/K]."""
    window_w_k: float
    """Surface to outdoors through windows and doors, Hw [W/K]."""
    mass_outdoor_w_k: float
    """Mass to outdoors, Hem [W/K]."""
    mass_surface_w_k: float
    """Mass to surface, Hms [W/K]."""
    surface_air_w_k: float
    """Surface to air, His [W/K]."""
    mass_j_k: float
    """Heat capacity of the mass, Cm [J/K]."""
    air_j_k: float
    """Heat capacity of air and furnishings [J/K]; 0 in the standard."""
    mass_area_m2: float
    """Effective area of the mass, Am [m2]."""
    surface_area_m2: float
    """Area of all inner surfaces, At [m2]."""


class ZoneState(NamedTuple):
    """Temperatures of the zone."""

    temp_air_degc: float
    """Air with furnishings [degC]."""
    temp_mass_degc: float
    """Mass [degC]."""


class ZoneResponse(NamedTuple):
    """Temperature of one node after a step, as a sum of these factors times what drives it."""

    air: float
    """Per degree of the air before [K/K]."""
    mass: float
    """Per degree of the mass before [K/K]."""
    outdoor: float
    """Per degree outdoors, by transmission [K/K]."""
    supply: float
    """Per degree of the supply air, by ventilation [K/K]."""
    internal: float
    """Per watt of internal gains [K/W]."""
    solar: float
    """Per watt of solar gains [K/W]."""
    hvac: float
    """Per watt of heating to the air [K/W]."""


class ZoneCoefficients(NamedTuple):
    """Crank-Nicolson step of the zone over a fixed time, solved beforehand."""

    air: ZoneResponse
    """Air after the step; its mean over the step where the air has no capacity."""
    mass: ZoneResponse
    """Mass after the step."""
    air_carry: float
    """1 where the air has a capacity, so that its mean lies halfway; 0 where it has none."""


def ventilation_w_k(
    *,
    volume_m3: float,
    air_change_per_h: float,
    infiltration_per_h: float = 0.0,
    heat_recovery_efficiency: float = 0.0,
) -> float:
    """Return the heat the exchange of air carries, Hve [W/K].

    References
    ----------
    ISO 13790:2008, 9.3: the recovered share is taken off the flow.
    """
    flow_m3_h = volume_m3 * (air_change_per_h * (1 - heat_recovery_efficiency) + infiltration_per_h)
    return AIR_HEAT_J_M3K * flow_m3_h / 3600


def mass_outdoor_w_k(*, opaque_w_k: float, mass_surface_w_k: float) -> float:
    """Return the conductance from mass to outdoors, Hem [W/K].

    References
    ----------
    ISO 13790:2008, equation 63: Hop is Hem and Hms in series.
    """
    if not 0 <= opaque_w_k < mass_surface_w_k:
        raise ValueError(f"opaque_w_k must be from 0 to below {mass_surface_w_k:g}, got {opaque_w_k:g}")
    return opaque_w_k * mass_surface_w_k / (mass_surface_w_k - opaque_w_k)


def steady_w_k(zone: ZoneParameters) -> float:
    """Return the heat the zone loses per degree in a steady state [W/K]."""
    opaque = 1 / (1 / zone.mass_outdoor_w_k + 1 / zone.mass_surface_w_k) if zone.mass_outdoor_w_k else 0.0
    outward = zone.window_w_k + opaque
    through_surface = 1 / (1 / zone.surface_air_w_k + 1 / outward) if outward else 0.0
    return zone.ventilation_w_k + through_surface


def gain_shares(zone: ZoneParameters) -> tuple[float, float]:
    """Return the shares of radiant gains that reach the mass and the surface.

    What is missing to one leaves through the windows at once.

    References
    ----------
    ISO 13790:2008, equations C.2 and C.3.
    """
    mass = zone.mass_area_m2 / zone.surface_area_m2
    surface = 1 - mass - zone.window_w_k / (MASS_SURFACE_W_M2K * zone.surface_area_m2)
    return mass, surface


def zone_coefficients(zone: ZoneParameters, *, dt_s: float) -> ZoneCoefficients:
    """Solve one Crank-Nicolson step of the zone for everything that drives it.

    Parameters
    ----------
    zone
        Conductances and capacities.
    dt_s
        Length of the step [s].

    Notes
    -----
    The unknowns are the mean temperatures of air and mass over the step; the surface, which stores nothing,
    is eliminated. A node after the step is its mean and the same way again. With no capacity in the air and
    steps of an hour this is ISO 13790:2008 Annex C, equations C.4 to C.11.
    """
    his, hms, hw = zone.surface_air_w_k, zone.mass_surface_w_k, zone.window_w_k
    meeting = his + hms + hw
    air_from_surface, mass_from_surface = his / meeting, hms / meeting
    air_store, mass_store = 2 * zone.air_j_k / dt_s, 2 * zone.mass_j_k / dt_s
    a11 = air_store + zone.ventilation_w_k + his - his * air_from_surface
    a12 = -his * mass_from_surface
    a22 = mass_store + zone.mass_outdoor_w_k + hms - hms * mass_from_surface
    determinant = a11 * a22 - a12 * a12
    to_mass, to_surface = gain_shares(zone)
    radiant_air, radiant_mass = air_from_surface * to_surface, to_mass + mass_from_surface * to_surface
    drives = (  # what reaches the equations of air and mass, in the order of ZoneResponse
        (air_store, 0.0),
        (0.0, mass_store),
        (air_from_surface * hw, zone.mass_outdoor_w_k + mass_from_surface * hw),
        (zone.ventilation_w_k, 0.0),
        (INTERNAL_TO_AIR + (1 - INTERNAL_TO_AIR) * radiant_air, (1 - INTERNAL_TO_AIR) * radiant_mass),
        (radiant_air, radiant_mass),
        (1.0, 0.0),
    )
    carry = 1.0 if zone.air_j_k > 0 else 0.0
    air = [(1 + carry) * (a22 * to_air - a12 * to_mass) / determinant for to_air, to_mass in drives]
    mass = [2 * (a11 * to_mass - a12 * to_air) / determinant for to_air, to_mass in drives]
    air[0] -= carry
    mass[1] -= 1
    return ZoneCoefficients(ZoneResponse(*air), ZoneResponse(*mass), carry)


def zone_drives_w(
    zone: ZoneParameters, *, temp_out: ArrayLike, internal_w: ArrayLike, solar_w: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what drives the equations of air and mass, ventilation apart [W].

    Parameters
    ----------
    zone
        Conductances and capacities.
    temp_out
        Outdoor temperature [degC].
    internal_w, solar_w
        Heat gains [W].

    Notes
    -----
    The right-hand sides of the two equations that `zone_coefficients` solves, each of which may be an array
    over steps: what does not depend on ventilation or on the state is so gathered before the loop.
    """
    out, internal, solar = (np.asarray(values, dtype=float) for values in (temp_out, internal_w, solar_w))
    meeting = zone.surface_air_w_k + zone.mass_surface_w_k + zone.window_w_k
    air_from_surface, mass_from_surface = zone.surface_air_w_k / meeting, zone.mass_surface_w_k / meeting
    to_mass, to_surface = gain_shares(zone)
    radiant_w = (1 - INTERNAL_TO_AIR) * internal + solar
    surface_w = zone.window_w_k * out + to_surface * radiant_w
    air_w = air_from_surface * surface_w + INTERNAL_TO_AIR * internal
    mass_w = mass_from_surface * surface_w + zone.mass_outdoor_w_k * out + to_mass * radiant_w
    return np.asarray(air_w), np.asarray(mass_w)


def zone_step(
    state: ZoneState,
    coefficients: ZoneCoefficients,
    *,
    temp_out: float,
    temp_supply: float,
    internal_w: float,
    solar_w: float,
    hvac_w: float,
) -> ZoneState:
    """Return the temperatures of the zone after one step.

    Parameters
    ----------
    state
        Temperatures before the step [degC].
    coefficients
        The step, solved by `zone_coefficients`.
    temp_out, temp_supply
        Temperature outdoors and of the supply air [degC].
    internal_w, solar_w
        Heat gains [W].
    hvac_w
        Heating of the air, cooling negative [W].
    """
    drives = (*state, temp_out, temp_supply, internal_w, solar_w, hvac_w)
    return ZoneState(
        sum(factor * drive for factor, drive in zip(coefficients.air, drives, strict=True)),
        sum(factor * drive for factor, drive in zip(coefficients.mass, drives, strict=True)),
    )


def hvac_need_w(
    coefficients: ZoneCoefficients,
    *,
    free_air_degc: float,
    heating_degc: float,
    cooling_degc: float,
    heating_limit_w: float,
    cooling_limit_w: float,
) -> float:
    """Return the heating, or as a negative number the cooling, that brings the air to its set-points [W].

    Parameters
    ----------
    coefficients
        The step, solved by `zone_coefficients`.
    free_air_degc
        Air temperature after the step without heating and cooling [degC].
    heating_degc, cooling_degc
        Set-points [degC].
    heating_limit_w, cooling_limit_w
        Largest heating and cooling [W].

    References
    ----------
    ISO 13790:2008, C.4: the need is linear in the air temperature, so that one more solution, there with
    10 W/m2, gives it; here the slope is known beforehand.
    """
    if free_air_degc < heating_degc:
        return min((heating_degc - free_air_degc) / coefficients.air.hvac, heating_limit_w)
    if free_air_degc > cooling_degc:
        return max((cooling_degc - free_air_degc) / coefficients.air.hvac, -cooling_limit_w)
    return 0.0


class IdealStep(NamedTuple):
    """One step of a zone whose heating and cooling follow the need."""

    need_w: float
    """Heating, cooling negative [W]."""
    state: ZoneState
    """Temperatures after the step [degC]."""
    mean: ZoneState
    """Mean temperatures over the step [degC]."""


def ideal_step(
    state: ZoneState,
    coefficients: ZoneCoefficients,
    *,
    temp_out: float,
    temp_supply: float,
    internal_w: float,
    solar_w: float,
    heating_degc: float,
    cooling_degc: float,
    heating_limit_w: float = float("inf"),
    cooling_limit_w: float = float("inf"),
) -> IdealStep:
    """Step the zone with the heating or cooling its set-points need.

    With coefficients for an hour and no capacity in the air this is the hourly method of ISO 13790:2008.
    Parameters are those of `zone_step` and `hvac_need_w`.
    """
    gains = {"temp_out": temp_out, "temp_supply": temp_supply, "internal_w": internal_w, "solar_w": solar_w}
    need_w = hvac_need_w(
        coefficients,
        free_air_degc=zone_step(state, coefficients, hvac_w=0.0, **gains).temp_air_degc,
        heating_degc=heating_degc,
        cooling_degc=cooling_degc,
        heating_limit_w=heating_limit_w,
        cooling_limit_w=cooling_limit_w,
    )
    after = zone_step(state, coefficients, hvac_w=need_w, **gains)
    return IdealStep(need_w, after, mean_temperatures(state, after, coefficients))


def mean_temperatures(before: ZoneState, after: ZoneState, coefficients: ZoneCoefficients) -> ZoneState:
    """Return the mean temperatures over a step [degC]."""
    carry = coefficients.air_carry
    return ZoneState(
        (after.temp_air_degc + carry * before.temp_air_degc) / (1 + carry),
        (after.temp_mass_degc + before.temp_mass_degc) / 2,
    )


def surface_temp_degc(
    zone: ZoneParameters,
    *,
    temp_air: NumberOrArray,
    temp_mass: NumberOrArray,
    temp_out: NumberOrArray,
    internal_w: NumberOrArray,
    solar_w: NumberOrArray,
) -> NumberOrArray:
    """Return the mean temperature of the inner surfaces from the means of a step [degC].

    References
    ----------
    ISO 13790:2008, equation C.10.
    """
    radiant_w = (1 - INTERNAL_TO_AIR) * internal_w + solar_w
    inward = zone.surface_air_w_k * temp_air + zone.mass_surface_w_k * temp_mass + zone.window_w_k * temp_out
    meeting = zone.surface_air_w_k + zone.mass_surface_w_k + zone.window_w_k
    return (inward + gain_shares(zone)[1] * radiant_w) / meeting


def transmission_w(
    zone: ZoneParameters,
    *,
    temp_air: NumberOrArray,
    temp_mass: NumberOrArray,
    temp_out: NumberOrArray,
    internal_w: NumberOrArray,
    solar_w: NumberOrArray,
) -> NumberOrArray:
    """Return the heat that leaves through windows, walls, roof and floor, from the means of a step [W].

    It includes the radiant gains that the standard lets out through the windows at once.
    """
    surface = surface_temp_degc(
        zone,
        temp_air=temp_air,
        temp_mass=temp_mass,
        temp_out=temp_out,
        internal_w=internal_w,
        solar_w=solar_w,
    )
    radiant_w = (1 - INTERNAL_TO_AIR) * internal_w + solar_w
    outward = zone.window_w_k * (surface - temp_out) + zone.mass_outdoor_w_k * (temp_mass - temp_out)
    return outward + (1 - sum(gain_shares(zone))) * radiant_w
