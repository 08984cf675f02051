"""Photovoltaic surfaces: shade, optics, cell temperature, PVWatts array and inverter, all through pvlib."""

from stationsim.models.pv.ageing import ageing_loss
from stationsim.models.pv.chain import (
    CHAIN,
    PvOutput,
    Shares,
    cell_temperature_degc,
    combined_loss,
    dc_power_kw,
    effective_irradiance,
    surface_power_kw,
)
from stationsim.models.pv.horizon import horizon_deg, sky_view
from stationsim.models.pv.inverter import (
    ac_power_kw,
    clipped_power_kw,
    inverter_ac_kw,
    inverter_dc_kw,
    inverter_night_kw,
    night_draw_kw,
)
from stationsim.models.pv.light import Irradiance, Sky
from stationsim.models.pv.optics import direct_modifier, spectral_factor
from stationsim.models.pv.plausible import most_kwh_per_kwp
from stationsim.models.pv.rear import rear_irradiance
from stationsim.models.pv.rows import direct_kept, shaded_fraction, sky_and_foreground
from stationsim.models.pv.shade import canopy_shade_share
from stationsim.models.pv.spec import (
    AgeingSpec,
    BifacialSpec,
    Mounting,
    PvLossesSpec,
    ShadesSpec,
    SolarSpec,
    SurfaceSpec,
)

__all__ = [
    "CHAIN",
    "AgeingSpec",
    "BifacialSpec",
    "Irradiance",
    "Mounting",
    "PvLossesSpec",
    "PvOutput",
    "ShadesSpec",
    "Shares",
    "Sky",
    "SolarSpec",
    "SurfaceSpec",
    "ac_power_kw",
    "ageing_loss",
    "canopy_shade_share",
    "cell_temperature_degc",
    "clipped_power_kw",
    "combined_loss",
    "dc_power_kw",
    "direct_kept",
    "direct_modifier",
    "effective_irradiance",
    "horizon_deg",
    "inverter_ac_kw",
    "inverter_dc_kw",
    "inverter_night_kw",
    "most_kwh_per_kwp",
    "night_draw_kw",
    "rear_irradiance",
    "shaded_fraction",
    "sky_and_foreground",
    "sky_view",
    "spectral_factor",
    "surface_power_kw",
]
