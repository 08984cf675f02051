"""Heating and cooling: units that switch or modulate, a heat pump with resistance behind it, set points."""

from stationsim.models.hvac.cooling import (
    COOLING_RANGE_DEGC,
    CoolingSpec,
    capacity_factor,
    cooling_cop,
    electric_factor,
    stage_thresholds_degc,
)
from stationsim.models.hvac.heating import (
    HeatingSpec,
    heating_capacity_factor,
    heating_cop,
    pump_capacity_kw,
)
from stationsim.models.hvac.part_load import CYCLING_IDLE_SHARE, part_load_kw
from stationsim.models.hvac.set_points import LEAST_GAP_K, hourly_degc, set_points_degc

__all__ = [
    "COOLING_RANGE_DEGC",
    "CYCLING_IDLE_SHARE",
    "LEAST_GAP_K",
    "CoolingSpec",
    "HeatingSpec",
    "capacity_factor",
    "cooling_cop",
    "electric_factor",
    "heating_capacity_factor",
    "heating_cop",
    "hourly_degc",
    "part_load_kw",
    "pump_capacity_kw",
    "set_points_degc",
    "stage_thresholds_degc",
]
