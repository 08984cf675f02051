"""The station's guests, and the water they use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stationsim.kpis.energy import Energies, percent
from stationsim.kpis.kpi import Kpi, Kpis

if TYPE_CHECKING:
    from stationsim.results import Results

WATER = {
    "fresh_water": ("fresh_water_m3", "Fresh water drawn from the main."),
    "reused_water": ("reused_water_m3", "Treated water used again."),
    "treated_water": ("treated_m3", "Wastewater treated."),
    "effluent": ("effluent_m3", "Treated water that leaves the station."),
    "water_overflow": ("overflow_m3", "Wastewater that the tanks could not hold."),
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
    volume = {name: float(results.steps[column].to_numpy().sum()) for name, (column, _) in WATER.items()}
    for name, (_, info) in WATER.items():
        found[name] = Kpi(volume[name], "m3", info)
        found[f"{name}_per_day"] = Kpi(
            volume[name] / days, "m3/d", f"{info.rstrip('.')}, on the average day."
        )
    used = volume["fresh_water"] + volume["reused_water"]
    found["water_reused_share"] = Kpi(
        percent(volume["reused_water"], used), "%", "Share of water used that was used before."
    )
    return found
