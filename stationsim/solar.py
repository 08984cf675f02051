"""Generation of all surfaces over the clock, from weather and sun; computed where there is light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.period import whole_years_between
from stationsim.models import pv
from stationsim.scenario.plausible_solar import impossible_yield, near_climate

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.scenario import Scenario

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

HOURS_PER_YEAR = 8766.0
"""Hours of the mean year [h]."""


@dataclass(frozen=True)
class Generation:
    """What the surfaces of a station do, one value a step."""

    ac_kw: Mapping[str, Array] = field(default_factory=dict)
    """Power of each surface after its inverters [kW]."""
    dc_kw: Mapping[str, Array] = field(default_factory=dict)
    """Power of the modules of each surface after losses, before its inverters [kW]."""
    clipped_kw: Mapping[str, Array] = field(default_factory=dict)
    """AC power of each surface lost because its inverters are at their limit [kW]."""
    night_kw: Mapping[str, Array] = field(default_factory=dict)
    """What the inverters of each surface draw from the busbar in the dark [kW]."""
    chain_kwh: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Energy of each surface that is left behind each stage of ``pv.CHAIN`` [kWh]."""
    ghi_kwh_m2: float = 0.0
    """Light on the horizontal over the run [kWh/m2]."""


def generation(scenario: Scenario, weather: pd.DataFrame, *, dt_h: float) -> Generation:
    """Return what the surfaces of a scenario do under its weather.

    Parameters
    ----------
    scenario
        What is built.
    weather
        Weather and sun on the clock's steps.
    dt_h
        Step length [h].
    """
    solar = scenario.solar
    if solar is None:
        return Generation()
    lit = np.flatnonzero((weather[["ghi", "dni", "dhi"]].to_numpy(dtype=float) > 0).any(axis=1))
    light = weather.iloc[lit]
    outputs = _outputs(scenario, solar, light, years=lit * dt_h / HOURS_PER_YEAR)
    n_steps = len(weather)
    return Generation(
        ac_kw={name: _spread(out.ac_kw, lit, n_steps) for name, out in outputs.items()},
        dc_kw={name: _spread(out.dc_kw, lit, n_steps) for name, out in outputs.items()},
        clipped_kw={name: _spread(out.clipped_kw, lit, n_steps) for name, out in outputs.items()},
        night_kw={
            surface.name: _spread(
                outputs[surface.name].night_kw, lit, n_steps, dark=pv.night_draw_kw(surface)
            )
            for surface in solar.surfaces
        },
        chain_kwh={
            name: {stage: kw * dt_h for stage, kw in out.chain.items()} for name, out in outputs.items()
        },
        ghi_kwh_m2=float(weather["ghi"].sum()) * dt_h / 1000.0,
    )


def facts(sun: Generation) -> dict[str, Any]:
    """Return what results keep of the surfaces beside their power: light, and energy stage by stage."""
    chain = {name: dict(stages) for name, stages in sun.chain_kwh.items()}
    return {"ghi_kwh_m2": sun.ghi_kwh_m2, "chain_kwh": chain}


def impossible_yields(scenario: Scenario, sun: Generation, dt_h: float) -> list[str]:
    """Say where the generation of whole years, simulated or claimed, cannot be under the light there is."""
    years = whole_years_between(scenario.period.start, scenario.period.end)
    if scenario.solar is None or years is None:
        return []
    simulated = sum(float(power.sum()) for power in sun.ac_kw.values()) * dt_h / years
    here, near = (sun.ghi_kwh_m2 / years, "the weather of this run"), near_climate(scenario)
    lights = [here] if near is None else [here, near]
    cases = [(simulated, "the simulated generation", *light) for light in lights]
    if scenario.solar.claimed_kwh_per_year is not None:
        cases.append((scenario.solar.claimed_kwh_per_year, "the claimed generation", *here))
    said = (
        impossible_yield(scenario, kwh, ghi_kwh_m2=ghi, where=where, what=what)
        for kwh, what, ghi, where in cases
    )
    return [warning for warning in said if warning]


def _outputs(
    scenario: Scenario, solar: pv.SolarSpec, light: pd.DataFrame, *, years: Array
) -> dict[str, pv.PvOutput]:
    """Return the output of each surface in the lit steps; surfaces of one plane share their irradiance."""
    from stationsim.weather.irradiance import PlaneOfArray, plane_of_array

    seen = {name: light[name].to_numpy(dtype=float) for name in ("dni", "dhi", "apparent_zenith", "azimuth")}
    air = {name: light[name].to_numpy(dtype=float) for name in ("temp_air", "wind_speed")}
    sky, aged = pv.Sky(**seen), pv.ageing_loss(solar.ageing, years)
    planes: dict[tuple[float, float, float], PlaneOfArray] = {}
    outputs = {}
    for surface in solar.surfaces:
        plane = (surface.tilt_deg, surface.azimuth_deg, surface.albedo)
        if plane not in planes:
            planes[plane] = plane_of_array(
                light,
                tilt_deg=surface.tilt_deg,
                azimuth_deg=surface.azimuth_deg,
                albedo=surface.albedo,
                model=solar.transposition,
            )
        outputs[surface.name] = pv.surface_power_kw(
            surface,
            solar.losses,
            poa=planes[plane],
            **air,
            sky=sky,
            horizon=solar.horizon,
            shares=pv.Shares(ageing=aged, spectrum=_spectrum(scenario, surface, light)),
        )
    return outputs


def _spectrum(scenario: Scenario, surface: pv.SurfaceSpec, light: pd.DataFrame) -> Array | float:
    """Return the response of a surface's cells to the colour of light; 1 where it is not modelled."""
    from pvlib import atmosphere

    if surface.spectral_model == "none":
        return 1.0
    pressure_pa = atmosphere.alt2pres(scenario.site.elevation_m)
    airmass = atmosphere.get_relative_airmass(light["apparent_zenith"].to_numpy(dtype=float))
    water_cm = atmosphere.gueymard94_pw(
        light["temp_air"].to_numpy(dtype=float), light["relative_humidity"].to_numpy(dtype=float)
    )
    return pv.spectral_factor(
        surface.cells,
        airmass_absolute=atmosphere.get_absolute_airmass(airmass, pressure_pa),
        precipitable_water_cm=water_cm,
    )


def _spread(values: Array, rows: Rows, n_steps: int, dark: float = 0.0) -> Array:
    """Put the values of the lit steps into a whole column."""
    column = np.full(n_steps, dark)
    column[rows] = values
    return column
