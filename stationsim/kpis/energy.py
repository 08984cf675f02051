"""Energy of every flow, peaks, losses and the surfaces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.battery import battery_loss_kwh
from stationsim.kpis.flows import AT_THE_BUSBAR, FLOWS, LABELS, STEMS
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.period import core_hours, mean_day, metered_means_kw
from stationsim.results import SOURCES, USES

if TYPE_CHECKING:
    from stationsim.results import Results

Energies = Mapping[str, float]
"""Energy of each power column over the run [kWh]."""

CORE_SHARE = 0.5
"""Share of a day's generation that the hours of highest generation hold."""

METER_COLUMNS = ("meter_import_kw", "meter_export_kw", "transformer_loss_kw")


def energies(results: Results) -> dict[str, float]:
    """Return the energy of every flow and of the meter over the run [kWh]; ``use_kw`` is the sum of uses."""
    found = {column: results.energy_kwh(column) for column in (*FLOWS, *METER_COLUMNS)}
    found["use_kw"] = sum(found[column] for column in USES)
    return found


def use_kw(results: Results) -> NDArray[np.float64]:
    """Return the power of all uses together in each step [kW]."""
    total = np.zeros(len(results.steps))
    for column in USES:
        total += results.step_column(column)
    return total


def percent(part: float, whole: float) -> float:
    """Return a part in per cent of the whole; NaN where there is no whole."""
    return 100.0 * part / whole if whole > 0 else math.nan


def flow_kpis(energy: Energies, days: int) -> Kpis:
    """Return total, daily mean and share of every flow; shares of either side add up to 100 %."""
    supplied = sum(energy[column] for column in SOURCES)
    found: Kpis = {}
    for column in FLOWS:
        stem, label = STEMS[column], LABELS[column]
        side = "all supply" if column in SOURCES else "all that leaves the busbar"
        where = ", at the busbar behind the transformer" if column in AT_THE_BUSBAR else ""
        found[stem] = Kpi(energy[column], "kWh", f"{label}{where}: energy over the run.")
        average = f"{label}{where}: energy of the average day."
        found[f"{stem}_per_day"] = Kpi(energy[column] / days, "kWh/d", average)
        found[f"{stem}_share"] = Kpi(percent(energy[column], supplied), "%", f"{label}: share of {side}.")
    for way, verb in (("import", "from"), ("export", "to")):
        info = f"Energy {verb} the grid at the meter, before the transformer: what bill and carbon count."
        found[f"meter_{way}"] = Kpi(energy[f"meter_{way}_kw"], "kWh", info)
    used = energy["use_kw"]
    found["use_total"] = Kpi(used, "kWh", "Energy of all uses over the run, storage and export left out.")
    found["use_total_per_day"] = Kpi(used / days, "kWh/d", "Energy of all uses on the average day.")
    return found


def sharing_kpis(energy: Energies) -> Kpis:
    """Return how much of the sun is used on site and how much of the use the site covers itself.

    Notes
    -----
    Solar energy used on site is generation - export - curtailment: what reaches a use at once or through
    the battery, the battery's losses included; each kWh is counted once. Self-consumption is its share of
    generation. Self-sufficiency is 1 - (import + unserved) / use, import behind the transformer. Both are
    held inside 0..100 %, which matters only where a battery trades with the grid.
    """
    solar = energy["pv_kw"]
    on_site = max(solar - energy["export_kw"] - energy["curtailed_kw"], 0.0)
    bought = energy["import_kw"] + energy["unserved_kw"]
    own = max(energy["use_kw"] - bought, 0.0)
    return {
        "pv_delivered": Kpi(solar - energy["curtailed_kw"], "kWh", "Generation - curtailment."),
        "pv_used_on_site": Kpi(
            on_site,
            "kWh",
            "Generation - export - curtailment: used at once or by way of the battery and its losses.",
        ),
        "self_consumption": Kpi(
            percent(on_site, solar),
            "%",
            "Share of generation used on site, at once or by way of the battery and its losses.",
        ),
        "self_sufficiency": Kpi(
            percent(own, energy["use_kw"]),
            "%",
            "1 - (import + unserved) / use: share of use the site covers itself.",
        ),
    }


def peak_kpis(results: Results, used_kw: NDArray[np.float64]) -> Kpis:
    """Return the peaks of import, use and generation and how even the use is."""
    minutes = int(results.scenario["simulation"]["step_minutes"])
    imported = metered_means_kw(results.steps["meter_import_kw"].to_numpy(), minutes)
    exported = metered_means_kw(results.steps["meter_export_kw"].to_numpy(), minutes)
    peak_use = float(used_kw.max())
    found = {
        "peak_import_15min": Kpi(
            float(imported.max()), "kW", "Highest quarter-hour mean of import at the meter."
        ),
        "peak_export_15min": Kpi(
            float(exported.max()), "kW", "Highest quarter-hour mean of export at the meter."
        ),
        "peak_use": Kpi(peak_use, "kW", "Highest mean power of all uses in one step."),
        "load_factor": Kpi(percent(float(used_kw.mean()), peak_use), "%", "Mean use over the highest use."),
    }
    for column in ("pv_kw", "charging_kw", "cooling_kw", "heating_kw"):
        label = LABELS[column]
        highest = float(results.steps[column].to_numpy().max())
        stem = "peak_pv" if column == "pv_kw" else f"peak_{column.removesuffix('_kw')}"
        found[stem] = Kpi(highest, "kW", f"{label}: highest mean power in one step.")
    return found


def sun_hours_kpis(results: Results, hours: NDArray[np.int64]) -> Kpis:
    """Return the civil hours of highest generation on the mean day."""
    day = mean_day(results.steps["pv_kw"].to_numpy(), hours)
    start, end, best = math.nan, math.nan, math.nan
    if day.max() > 0:
        start, end = core_hours(day, CORE_SHARE)
        best = float(np.argmax(day))
    half = f"the shortest run of civil hours with {CORE_SHARE:.0%} of the mean day's generation"
    return {
        "pv_best_hour": Kpi(
            best, "hour of day", "Civil hour of the mean day that generates most, by its start."
        ),
        "pv_core_hours_start": Kpi(start, "hour of day", f"Hours of highest generation: start of {half}."),
        "pv_core_hours_end": Kpi(end, "hour of day", f"Hours of highest generation: end of {half}."),
    }


def loss_kpis(results: Results, energy: Energies) -> Kpis:
    """Return the energy lost in the battery, the transformer and the chargers."""
    delivered = float(np.nansum(results.sessions["energy_kwh"].to_numpy(dtype=float)))
    return {
        "loss_battery": Kpi(battery_loss_kwh(results), "kWh", "Lost in the battery's converter and cells."),
        "loss_transformer": Kpi(energy["transformer_loss_kw"], "kWh", "Lost in the transformer."),
        "loss_charger": Kpi(
            energy["charging_kw"] - delivered, "kWh", "Taken by the chargers and not delivered into a car."
        ),
    }


def per_year(kpis: Kpis, names: list[str], years: int | None) -> Kpis:
    """Return the named totals for one year; empty unless the run spans whole years."""
    if years is None:
        return {}
    return {
        f"{name}_per_year": Kpi(
            kpis[name].value / years, f"{kpis[name].unit}/a", f"{kpis[name].info.rstrip('.')}, for one year."
        )
        for name in names
    }
