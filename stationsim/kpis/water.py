"""Water of a run: by use, fresh and reused, its treatment and the energy of that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.energy import percent
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.results import USES, WATER_COLUMNS

if TYPE_CHECKING:
    from stationsim.results import Results

VOLUMES = {
    "fresh_water": ("fresh_water_m3", "Fresh water drawn from the main."),
    "reused_water": (
        "reused_water_m3",
        "Treated water used again: what a station without reuse would draw from the main beside.",
    ),
    "wastewater": ("wastewater_m3", "Wastewater that came to the equalisation tank."),
    "treated_water": ("treated_m3", "Wastewater treated."),
    "effluent": ("effluent_m3", "Treated water that leaves the station."),
    "water_overflow": ("overflow_m3", "Wastewater that the tanks could not hold."),
}

LITRES_PER_M3 = 1000.0

WAITING_USES = ("water_kw", "charging_kw")
"""Uses that are no part of what solar power serves before treatment: treatment itself, and vehicles."""


def water_kpis(results: Results, people: float, days: int) -> Kpis:
    """Return where water comes from, what it is used for, and what its treatment takes."""
    found: Kpis = {}
    volume = {name: float(results.step_column(column).sum()) for name, (column, _) in VOLUMES.items()}
    for name, (_, info) in VOLUMES.items():
        found[name] = Kpi(volume[name], "m3", info)
        found[f"{name}_per_day"] = Kpi(
            volume[name] / days, "m3/d", f"{info.rstrip('.')}, on the average day."
        )
    used = volume["fresh_water"] + volume["reused_water"]
    found["water_reused_share"] = Kpi(
        percent(volume["reused_water"], used),
        "%",
        "Share of water used that was used before: water saved against a station without reuse.",
    )
    found |= _by_use(results, people, days)
    return found | _treatment(results, volume["treated_water"])


def _by_use(results: Results, people: float, days: int) -> Kpis:
    """Return the water of each use on the average day, and what visitors and kitchens use together."""
    sums = {column: float(results.step_column(column).sum()) for column in WATER_COLUMNS}
    names = {column: column.removeprefix("water_").removesuffix("_m3") for column in sums}
    found = {
        f"water_{names[column]}_per_day": Kpi(
            total / days, "m3/d", f"Water for {names[column]} on the average day, fresh or treated."
        )
        for column, total in sums.items()
    }
    by_visitors = sum(
        total for column, total in sums.items() if names[column] not in ("irrigation", "washing")
    )
    found["water_per_person"] = Kpi(
        LITRES_PER_M3 * by_visitors / people if people > 0 else math.nan,
        "L",
        "Water of toilets, taps, drinking and kitchens for each person entering.",
    )
    return found


def _treatment(results: Results, treated_m3: float) -> Kpis:
    """Return what the treatment takes, for a cubic metre and from the sun."""
    steps, dt_h = results.steps, results.dt_h
    power_kw = steps["water_kw"].to_numpy()
    energy_kwh = float(power_kw.sum()) * dt_h
    firm_kw = sum(results.step_column(column) for column in USES if column not in WAITING_USES)
    surplus_kw = np.maximum(steps["pv_kw"].to_numpy() - firm_kw, 0.0)
    on_sun_kwh = float(np.minimum(power_kw, surplus_kw).sum()) * dt_h
    return {
        "treatment_energy_per_m3": Kpi(
            energy_kwh / treated_m3 if treated_m3 > 0 else math.nan,
            "kWh/m3",
            "Electricity of treatment for each cubic metre treated.",
        ),
        "treatment_sun_share": Kpi(
            percent(on_sun_kwh, energy_kwh),
            "%",
            "Share of treatment's energy that solar power covers which all other uses but cars leave over.",
        ),
        "treatment_hours": Kpi(
            float(np.count_nonzero(power_kw)) * dt_h, "h", "Time in which the treatment plant runs."
        ),
    }
