"""From light to AC power: shade, dirt, glass, cell temperature, losses and inverter, step by step."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from stationsim.models.pv.horizon import Points, behind_horizon, sky_above
from stationsim.models.pv.inverter import ac_power_kw, clipped_power_kw, inverter_night_kw
from stationsim.models.pv.light import Array, Irradiance, Light, Sky, parts_of
from stationsim.models.pv.optics import entered_irradiance
from stationsim.models.pv.rear import rear_gain
from stationsim.models.pv.rows import among_rows
from stationsim.models.pv.spec import USUAL_SOILING_PERCENT, Mounting, PvLossesSpec, SurfaceSpec

STC_TEMP_CELL_DEGC = 25.0
"""Cell temperature at which a module's power is rated [degC]; standard test conditions, IEC TS 61836."""
STC_IRRADIANCE_W_M2 = 1000.0
"""Irradiance at which it is rated [W/m2]; same."""

NOCT_DEGC: dict[Mounting, float] = {"open_rack": 45.0, "close_roof": 49.0}
"""Nominal operating cell temperature [degC] of PVWatts' open rack and roof mount (NREL ssc)."""

ON_THE_GLASS = ("soiling_percent", "shading_percent", "snow_percent")
"""Losses of light before it reaches the cells; the others act on the power of the modules."""

CHAIN = (
    *("plane", "horizon", "rows", "shading", "soiling", "snow", "glass", "spectrum", "rear"),
    *("temperature", "modules", "ageing", "inverter", "clipping"),
)
"""Stages of a surface in the order in which light and power pass them."""


@dataclass(frozen=True)
class Shares:
    """What is lost or changed step by step, each one value a step or one for all.

    Parameters
    ----------
    soiling
        Loss by dirt on the glass, 0 to 1; None takes the constant of the losses.
    snow
        Loss by snow on the glass, 0 to 1; None takes the constant of the losses.
    ageing
        Loss of rated power by age, 0 to 1.
    spectrum
        Response to the colour of light, 1 for that of the standard spectrum.
    """

    soiling: Array | float | None = None
    snow: Array | float | None = None
    ageing: Array | float = 0.0
    spectrum: Array | float = 1.0


@dataclass(frozen=True)
class PvOutput:
    """What a surface does, one value a step.

    Parameters
    ----------
    ac_kw
        Power after the inverters [kW].
    dc_kw
        Power of the modules after losses, before the inverters [kW].
    clipped_kw
        AC power lost because the inverters are at their limit [kW].
    night_kw
        What the inverters draw from the busbar in the dark [kW].
    temp_cell_degc
        Cell temperature [degC].
    chain
        Power that is left behind each stage of :data:`CHAIN`, summed over the steps [kW]: for ``plane``, what
        the rated efficiency would make of all light on the front.
    """

    ac_kw: Array
    dc_kw: Array
    clipped_kw: Array
    night_kw: Array
    temp_cell_degc: Array
    chain: Mapping[str, float]


def combined_loss(losses: PvLossesSpec, *, without: Collection[str] = ()) -> float:
    """Return all losses as one fraction, 0 to 1, those named ``without`` left out.

    References
    ----------
    Dobos, "PVWatts Version 5 Manual", NREL/TP-6A20-62641 (2014): each loss acts on what is left.
    """
    percents = {name: percent for name, percent in losses if name not in without}
    if percents.get("soiling_percent", 0.0) is None:
        percents["soiling_percent"] = USUAL_SOILING_PERCENT
    return 1.0 - math.prod(1.0 - float(percent) / 100.0 for percent in percents.values())


def effective_irradiance(poa: Irradiance, tilt_deg: float) -> Array:
    """Return the irradiance that enters modules with coated glass which nothing shades [W/m2].

    Parameters
    ----------
    poa
        Irradiance on the surface.
    tilt_deg
        Angle between the surface and the horizontal [deg].
    """
    return entered_irradiance(parts_of(poa), poa.aoi, tilt_deg)


def cell_temperature_degc(
    *,
    poa_global: Array | float,
    temp_air: Array | float,
    wind_speed: Array | float,
    mounting: Mounting,
    module_efficiency: float,
) -> Array:
    """Return the temperature of the cells [degC].

    Parameters
    ----------
    poa_global
        Irradiance on the surface [W/m2].
    temp_air
        Air temperature [degC].
    wind_speed
        Wind speed at a height of 10 m [m/s].
    mounting
        Mounting of the modules.
    module_efficiency
        Share of the light that becomes electricity, 0 to 1.

    Notes
    -----
    The NOCT model of SAM. On PVWatts' own hourly results it comes nearer than Sandia's model: annual energy
    within 0.5 % instead of 1.2 %, and cells within 1.5 K (root mean square) with either.

    References
    ----------
    Gilman, Dobos, DiOrio, Freeman, Janzou and Ryberg, "SAM Photovoltaic Model Technical Reference Update",
    NREL/TP-6A20-67399 (2018); Duffie and Beckman, "Solar Engineering of Thermal Processes".
    """
    from pvlib import temperature

    cells: Array = temperature.noct_sam(
        poa_global, temp_air, wind_speed, NOCT_DEGC[mounting], module_efficiency
    )
    return cells


def dc_power_kw(
    *, effective: Array | float, temp_cell: Array | float, dc_kwp: float, coefficient_per_k: float
) -> Array:
    """Return the power of the modules before losses [kW]; never negative.

    Parameters
    ----------
    effective
        Irradiance that enters the modules [W/m2].
    temp_cell
        Cell temperature [degC].
    dc_kwp
        Rated power [kWp].
    coefficient_per_k
        Power temperature coefficient [1/K].

    References
    ----------
    Dobos, "PVWatts Version 5 Manual", NREL/TP-6A20-62641 (2014), doi:10.2172/1158421.
    """
    from pvlib import pvsystem

    power: Array = pvsystem.pvwatts_dc(effective, temp_cell, dc_kwp, coefficient_per_k, STC_TEMP_CELL_DEGC)
    return np.maximum(power, 0.0)


def surface_power_kw(
    surface: SurfaceSpec,
    losses: PvLossesSpec,
    *,
    poa: Irradiance,
    temp_air: Array,
    wind_speed: Array,
    sky: Sky | None = None,
    horizon: Points = (),
    shares: Shares | None = None,
) -> PvOutput:
    """Return what a surface produces.

    Parameters
    ----------
    surface
        The surface.
    losses
        Losses between modules and inverters.
    poa
        Irradiance on the front, as nothing shaded it.
    temp_air
        Air temperature [degC].
    wind_speed
        Wind speed at a height of 10 m [m/s].
    sky
        Sun and sky, where the surface has a horizon, rows that shade each other, or a rear side.
    horizon
        Horizon of the site; the surface's own goes before it.
    shares
        What changes step by step: dirt, snow, age, colour of light.

    Raises
    ------
    ValueError
        The surface needs ``sky`` and there is none.

    Notes
    -----
    Every step is independent of the others, and everything is proportional to ``dc_kwp``. Cells follow the
    weather at once: their time constant of some minutes is left out. Dirt and snow do not change their
    temperature, and light from behind does not either.
    """
    shares = shares or Shares()
    seen = surface.horizon if surface.horizon is not None else horizon
    if sky is None and (seen or surface.is_self_shading or surface.bifacial):
        raise ValueError(f"sky must be given for {surface.name}, which has horizon, rows or a rear side")
    stages: dict[str, Array] = {}
    light = _shaded_light(surface, parts_of(poa), sky, seen, stages)
    cells = cell_temperature_degc(
        poa_global=light.total,
        temp_air=temp_air,
        wind_speed=wind_speed,
        mounting=surface.thermal_mounting,
        module_efficiency=surface.module_efficiency,
    )
    effective = _effective(surface, losses, light, poa.aoi, shares, stages)
    if surface.bifacial and sky is not None:
        effective = effective + rear_gain(surface, sky_above(seen, sky))
    stages["rear"] = effective
    raw = dc_power_kw(
        effective=effective,
        temp_cell=cells,
        dc_kwp=1.0,
        coefficient_per_k=surface.power_temperature_coefficient_per_k,
    )
    modules = raw * (1.0 - combined_loss(losses, without=ON_THE_GLASS))
    dc = modules * (1.0 - shares.ageing)
    chain = {name: float(values.sum()) / STC_IRRADIANCE_W_M2 for name, values in stages.items()}
    chain |= {name: float(values.sum()) for name, values in
              (("temperature", raw), ("modules", modules), ("ageing", dc))}  # fmt: skip
    return _after_inverters(surface, dc, cells, chain)


def _shaded_light(
    surface: SurfaceSpec, light: Light, sky: Sky | None, seen: Points, stages: dict[str, Array]
) -> Light:
    """Return what horizon and neighbouring rows leave of the light on the front."""
    stages["plane"] = stages["horizon"] = stages["rows"] = light.total
    if sky is None:
        return light
    plane = {"tilt_deg": surface.tilt_deg, "azimuth_deg": surface.azimuth_deg}
    if seen:
        light = behind_horizon(light, seen, sky, **plane)
        stages["horizon"] = stages["rows"] = light.total
    if surface.is_self_shading:
        light = among_rows(
            light,
            sky_above(seen, sky),
            **plane,
            slope_deg=surface.slope_deg,
            gcr=surface.ground_cover_ratio,
            blocks=surface.shading_blocks,
            albedo=surface.albedo,
        )
        stages["rows"] = light.total
    return light


def _effective(
    surface: SurfaceSpec,
    losses: PvLossesSpec,
    light: Light,
    aoi: Array,
    shares: Shares,
    stages: dict[str, Array],
) -> Array:
    """Return the light of the front that the cells can use: behind shade, dirt, snow and glass [W/m2]."""
    usual = USUAL_SOILING_PERCENT if losses.soiling_percent is None else losses.soiling_percent
    shaded = 1.0 - losses.shading_percent / 100.0
    soiled = shaded * (1.0 - (usual / 100.0 if shares.soiling is None else shares.soiling))
    snowed = soiled * (1.0 - (losses.snow_percent / 100.0 if shares.snow is None else shares.snow))
    arriving = light.total
    stages |= {"shading": arriving * shaded, "soiling": arriving * soiled, "snow": arriving * snowed}
    stages["glass"] = entered_irradiance(light, aoi, surface.tilt_deg, surface.iam) * snowed
    stages["spectrum"] = stages["glass"] * shares.spectrum
    return stages["spectrum"]


def _after_inverters(surface: SurfaceSpec, dc: Array, cells: Array, chain: dict[str, float]) -> PvOutput:
    """Return the output of a surface from the DC power of each kWp [kW/kWp]."""
    kwp = surface.dc_kwp
    rating = {"ac_kw": 1.0 / surface.dc_ac_ratio, "efficiency": surface.inverter_efficiency}
    ac = ac_power_kw(dc, **rating)
    clipped = clipped_power_kw(dc, **rating)
    chain["clipping"] = float(ac.sum())
    chain["inverter"] = chain["clipping"] + float(clipped.sum())
    return PvOutput(
        ac_kw=ac * kwp,
        dc_kw=dc * kwp,
        clipped_kw=clipped * kwp,
        night_kw=inverter_night_kw(dc, **rating, w_per_kw=surface.inverter_night_w_per_kw) * kwp,
        temp_cell_degc=cells,
        chain={name: chain[name] * kwp for name in CHAIN},
    )
