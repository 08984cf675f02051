"""Generation of all surfaces over the clock, from weather and sun; computed where there is light."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.period import whole_years_between
from stationsim.models import pv
from stationsim.models.snow import snow_loss
from stationsim.models.soiling import soiling_loss
from stationsim.scenario.plausible_solar import impossible_yield, near_climate

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.clock import Clock
    from stationsim.scenario import Scenario
    from stationsim.scenario.solar import SolarSection

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


def generation(scenario: Scenario, weather: pd.DataFrame, clock: Clock) -> Generation:
    """Return what the surfaces of a scenario do under its weather.

    Parameters
    ----------
    scenario
        What is built.
    weather
        Weather and sun on the clock's steps.
    clock
        The steps.

    Raises
    ------
    ScenarioError
        Dirt or snow is to follow the weather, and the weather knows no rain or snow.
    """
    solar, dt_h = scenario.solar, clock.dt_h
    if solar is None:
        return Generation()
    lit = np.flatnonzero((weather[["ghi", "dni", "dhi"]].to_numpy(dtype=float) > 0).any(axis=1))
    outputs = _behind_one_inverter(scenario, solar, _outputs(scenario, solar, weather, clock, lit))
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


def shared_inverter(surfaces: Sequence[pv.SurfaceSpec]) -> tuple[float, float]:
    """Return rated AC power [kW] and efficiency of the inverters of surfaces, taken as one."""
    rated_kw = sum(surface.ac_kw for surface in surfaces)
    if not rated_kw:
        return 0.0, 1.0
    return rated_kw, sum(surface.inverter_efficiency * surface.ac_kw for surface in surfaces) / rated_kw


def _behind_one_inverter(
    scenario: Scenario, solar: pv.SolarSpec, outputs: dict[str, pv.PvOutput]
) -> dict[str, pv.PvOutput]:
    """Return the outputs of surfaces, those that share a battery on the DC side behind one inverter.

    What the inverter gives and clips is told to its surfaces by their DC power.
    """
    for _, battery in scenario.battery_units:
        if len(battery.surfaces) < 2:
            continue
        surfaces = [surface for surface in solar.surfaces if surface.name in battery.surfaces]
        ac_kw, efficiency = shared_inverter(surfaces)
        dc = np.sum([outputs[surface.name].dc_kw for surface in surfaces], axis=0)
        made = pv.ac_power_kw(dc, ac_kw=ac_kw, efficiency=efficiency)
        clipped = pv.clipped_power_kw(dc, ac_kw=ac_kw, efficiency=efficiency)
        for surface in surfaces:
            own = outputs[surface.name]
            share = np.divide(own.dc_kw, dc, out=np.zeros_like(dc), where=dc > 0)
            last = {
                "inverter": float(((made + clipped) * share).sum()),
                "clipping": float((made * share).sum()),
            }
            outputs[surface.name] = replace(
                own, ac_kw=made * share, clipped_kw=clipped * share, chain={**own.chain, **last}
            )
    return outputs


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


def check_fallen(scenario: Scenario, native_columns: Collection[str]) -> None:
    """Refuse surfaces that need rain or snow which neither weather nor climate tells, before a run.

    Parameters
    ----------
    scenario
        What is built.
    native_columns
        Columns of the weather file; empty for synthetic weather.

    Raises
    ------
    ScenarioError
        Dirt or snow is to follow the weather, and the weather knows no rain or snow.
    """
    import pandas as pd

    from stationsim.weather.precipitation import require
    from stationsim.weather.rain_climates import rain_climate_at

    solar, site = scenario.solar, scenario.site
    climate, _ = rain_climate_at(
        scenario.weather, latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg
    )
    if solar is None or climate is not None or "precipitation" in native_columns:
        return
    if solar.soiling is not None:
        require(pd.DataFrame(), "rainfall", by="solar.soiling")
    if solar.snow is not None and "snow_depth" not in native_columns:
        require(pd.DataFrame(), "snowfall", by="solar.snow")


def _outputs(
    scenario: Scenario, solar: SolarSection, weather: pd.DataFrame, clock: Clock, lit: Rows
) -> dict[str, pv.PvOutput]:
    """Return the output of each surface in the lit steps; surfaces of one plane share their irradiance."""
    from stationsim.weather.irradiance import PlaneOfArray, plane_of_array

    light = weather.iloc[lit]
    years = lit.astype(np.float64) * (clock.dt_h / HOURS_PER_YEAR)
    seen = {name: light[name].to_numpy(dtype=float) for name in ("dni", "dhi", "apparent_zenith", "azimuth")}
    air = {name: light[name].to_numpy(dtype=float) for name in ("temp_air", "wind_speed")}
    sky, aged = pv.Sky(**seen), pv.ageing_loss(solar.ageing, years)
    dirt = _dirt(solar, weather, clock)
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
        poa = planes[plane]
        shares = pv.Shares(
            soiling=None if dirt is None else dirt[lit],
            snow=_snow(solar, weather, clock, lit, poa_global=poa.poa_global, tilt_deg=surface.tilt_deg),
            ageing=aged,
            spectrum=_spectrum(scenario, surface, light),
        )
        outputs[surface.name] = pv.surface_power_kw(
            surface,
            solar.losses,
            poa=poa,
            **air,
            sky=sky,
            horizon=solar.horizon,
            shares=shares,
        )
    return outputs


def _dirt(solar: SolarSection, weather: pd.DataFrame, clock: Clock) -> Array | None:
    """Return the loss by dirt in each step of the clock; None where it is a constant."""
    from stationsim.weather.precipitation import require

    if solar.soiling is None:
        return None
    rainfall = require(weather, "rainfall", by="solar.soiling")
    return soiling_loss(
        solar.soiling, rainfall=rainfall, civil_day=clock.civil_day, first_day=clock.first_day
    )


def _snow(
    solar: SolarSection, weather: pd.DataFrame, clock: Clock, lit: Rows, *, poa_global: Array, tilt_deg: float
) -> Array | None:
    """Return the loss by snow in the lit steps; None where it is a constant."""
    from stationsim.weather.precipitation import require

    if solar.snow is None:
        return None
    loss = snow_loss(
        solar.snow,
        snowfall=require(weather, "snowfall", by="solar.snow"),
        poa_global=_spread(poa_global, lit, clock.n_steps),
        temp_air=weather["temp_air"].to_numpy(dtype=float),
        tilt_deg=tilt_deg,
        step_minutes=clock.step_minutes,
    )
    return loss[lit]


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
