"""What the station's guests meet: rooms and water."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.energy import Energies
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.water import water_kpis

if TYPE_CHECKING:
    from stationsim.results import Results

COMFORT_LOW_DEGC, COMFORT_HIGH_DEGC = 18.0, 28.0
"""Comfort range of occupied rooms, winter's low and summer's high end [degC]; GB 50736-2012, table 3.0.2."""


def room_kpis(results: Results, days: int) -> Kpis:
    """Return how the AC units ran and how the rooms felt."""
    steps, dt_h = results.steps, results.dt_h
    unit_h = float(steps["ac_units_on"].to_numpy().sum()) * dt_h
    zone = steps["temp_zone_degc"].to_numpy()
    return {
        "ac_unit_hours": Kpi(unit_h, "h", "Running hours of all AC units together."),
        "ac_unit_hours_per_day": Kpi(
            unit_h / days, "h/d", "Running hours of all AC units on the average day."
        ),
        "zone_temp_min": Kpi(float(zone.min()), "degC", "Lowest mean zone temperature of a step."),
        "zone_temp_max": Kpi(float(zone.max()), "degC", "Highest mean zone temperature of a step."),
        "hours_too_cold": Kpi(
            float(np.count_nonzero(zone < COMFORT_LOW_DEGC)) * dt_h,
            "h",
            f"Time with the zone below {COMFORT_LOW_DEGC:g} degC.",
        ),
        "hours_too_warm": Kpi(
            float(np.count_nonzero(zone > COMFORT_HIGH_DEGC)) * dt_h,
            "h",
            f"Time with the zone above {COMFORT_HIGH_DEGC:g} degC.",
        ),
    }


def visitor_kpis(results: Results, energy: Energies, days: int) -> Kpis:
    """Return vehicles, people and the water they use."""
    vehicles = float(results.steps["vehicles"].to_numpy().sum())
    people = float(results.steps["people"].to_numpy().sum())
    found = {
        "vehicles_per_day": Kpi(
            vehicles / days, "vehicles/d", "Vehicles entering on the average day, to charge or not."
        ),
        "people_per_day": Kpi(people / days, "people/d", "People entering on the average day."),
        "use_per_person": Kpi(
            energy["use_kw"] / people if people > 0 else math.nan,
            "kWh",
            "Energy of all uses for each person entering.",
        ),
    }
    return found | water_kpis(results, people, days)
