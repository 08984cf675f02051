"""What loads of the building take for a visitor and a square metre, meals, hot water, emergency loads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.energy import Energies, use_kw
from stationsim.kpis.flows import LABELS
from stationsim.kpis.kpi import Kpi, Kpis

if TYPE_CHECKING:
    from stationsim.results import Results

LOADS = ("lighting_kw", "catering_kw", "washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw", "other_kw")
"""Loads of the building that follow visitors, the sun or the clock."""

IN_THE_BUILDING = (*LOADS, "cooling_kw", "heating_kw", "water_kw")
"""What a building's meter would count: all uses but vehicles; outdoor lamps and water plant included."""

WH_PER_KWH = 1000.0


def load_kpis(results: Results, energy: Energies, days: int, years: int | None) -> Kpis:
    """Return intensities of the building's loads, meals, hot water and unserved emergency loads."""
    people = float(results.step_column("people").sum())
    area_m2 = _floor_area_m2(results)
    found: Kpis = {}
    for column in LOADS:
        stem, label = column.removesuffix("_kw"), LABELS[column]
        per_visitor = WH_PER_KWH * _over(energy[column], people)
        found[f"{stem}_per_visitor"] = Kpi(per_visitor, "Wh", f"{label}: energy for each person entering.")
        found[f"{stem}_per_m2"] = Kpi(
            _over(energy[column], area_m2), "kWh/m2", f"{label}: energy over the run for floor area."
        )
    building = sum(energy[column] for column in IN_THE_BUILDING)
    info = "Energy of all uses but vehicles for floor area, outdoor lamps and water plant included"
    found["building_per_m2"] = Kpi(_over(building, area_m2), "kWh/m2", f"{info}.")
    if years is not None:
        yearly = found["building_per_m2"].value / years
        found["building_per_m2_per_year"] = Kpi(yearly, "kWh/m2/a", f"{info}, for one year.")
    return found | _meals(results, energy, days) | _hot_water(results, energy, days) | _emergency(results)


def _over(part: float, whole: float) -> float:
    """Return a ratio; NaN where there is nothing to divide by."""
    return part / whole if whole > 0 else math.nan


def _floor_area_m2(results: Results) -> float:
    """Return the floor area of the building's zones; NaN where the scenario tells none."""
    building = results.scenario.get("building") or {}
    zones = building.get("zones") or [building.get("zone") or {}]
    rows = list(zones.values()) if isinstance(zones, dict) else list(zones)
    areas = [row.get("floor_area_m2") for row in rows]
    return float(sum(areas)) if areas and None not in areas else math.nan


def _meals(results: Results, energy: Energies, days: int) -> Kpis:
    meals = float(results.step_column("meals").sum())
    return {
        "meals_per_day": Kpi(meals / days, "1/d", "Meals of all kinds on the average day."),
        "catering_per_meal": Kpi(
            _over(energy["catering_kw"], meals),
            "kWh",
            "Energy of the kitchen for each meal of any kind, hoods and cold rooms included, hot water not.",
        ),
    }


def _hot_water(results: Results, energy: Energies, days: int) -> Kpis:
    """Return litres, heat and efficiency of the hot water; NaN where there is none."""
    there = bool((results.scenario.get("loads") or {}).get("hot_water"))
    names = ("litres", "draw_kwh", "loss_kwh", "heat_pump_kwh", "backup_kwh", "short_kwh")
    total = {
        name: float(results.step_column(f"hot_water_{name}").sum()) if there else math.nan for name in names
    }
    made = total["heat_pump_kwh"] + total["backup_kwh"]
    return {
        "hot_water_litres_per_day": Kpi(
            total["litres"] / days, "L/d", "Warm water at taps and dishes on the average day, mixed."
        ),
        "hot_water_heat": Kpi(total["draw_kwh"], "kWh", "Heat of the warm water above that of the main."),
        "hot_water_losses": Kpi(total["loss_kwh"], "kWh", "Heat that tank and circulation lost."),
        "hot_water_efficiency": Kpi(
            _over(made, energy["hot_water_kw"]), "1", "Heat made over electricity: heat pump and resistance."
        ),
        "hot_water_backup_share": Kpi(
            100 * _over(total["backup_kwh"], made), "%", "Share of the heat that resistance made."
        ),
        "hot_water_short": Kpi(
            total["short_kwh"], "kWh", "Heat that was missing, where water was colder than asked for."
        ),
    }


def _emergency(results: Results) -> Kpis:
    """Return what even emergency loads missed: what is unserved beyond all other uses."""
    emergency = results.step_column("emergency_kw")
    missed = np.maximum(results.step_column("unserved_kw") - (use_kw(results) - emergency), 0.0)
    missed = np.minimum(missed, emergency)
    return {
        "emergency_unserved": Kpi(
            float(missed.sum()) * results.dt_h,
            "kWh",
            "Unserved emergency loads: the last to go dark, so only what is unserved beyond all other uses.",
        )
    }
