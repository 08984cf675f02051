"""The two carbon accounts of a run or of each of its days, every tonne from a column of energy.

The *published* account is the one stations print: all electricity used is emitted, all solar energy
generated is reduced, forestry beside it. The *metered* account is what an auditor reads: scope 2 is the
import at the meter, and avoided is what the same station would emit if all of its use came from the grid,
less that; scope 1 is methane and nitrous oxide of its wastewater, scope 3 its fresh water. What trees take up
stands apart. The accounts are never mixed, so solar energy used on site is counted once in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.energy import Energies, per_year, use_kw
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.period import first_day, n_days
from stationsim.models.carbon import (
    CarbonSpec,
    TreatmentGases,
    WastewaterGasSpec,
    metered_account,
    published_account,
    treatment_gases,
)
from stationsim.models.grid import GridSpec

if TYPE_CHECKING:
    from stationsim.results import Results

Array = NDArray[np.float64]

KG_PER_TONNE = 1000.0

PUBLISHED = {
    "published_emitted": "Published account: all electricity used x grid factor.",
    "published_reduced_solar": "Published account: solar energy generated and not curtailed x grid factor.",
    "forestry": "Taken up by the station's trees and greens, pro rata by days; biogenic, in no scope.",
}
METERED = {
    "metered_emitted": "Metered account: scope 2, location-based, import at the meter x grid factor.",
    "metered_baseline": "Metered account: the same use, all of it from the grid through the transformer.",
    "metered_avoided": "Metered account: baseline - emitted; export earns nothing here.",
    "metered_exported": "Export at the meter x grid factor: outside the scopes and in no total.",
    "metered_methane": "Metered account: scope 1, methane of wastewater treatment, as CO2.",
    "metered_nitrous_oxide": "Metered account: scope 1, nitrous oxide of wastewater treatment, as CO2.",
    "metered_fresh_water": "Metered account: scope 3, fresh water from the main.",
}


def baseline_kw(results: Results) -> Array:
    """Return what the meter would draw in each step if all use came from the grid [kW]; with transformer."""
    connection = {key: value for key, value in results.scenario["grid"].items() if key != "tariff"}
    grid = GridSpec.model_validate(connection).parameters
    used = use_kw(results)
    drawn: Array = used + grid.no_load_kw + grid.loss_per_kw2 * used * used
    return drawn


def gases_per_m3(results: Results, spec: WastewaterGasSpec) -> TreatmentGases:
    """Return what treating a cubic metre of the run's wastewater emits [kg CO2e/m3].

    All wastewater of a run is held to be equally strong: what its visitors leave, over its volume.
    """
    wastewater_m3 = float(results.step_column("wastewater_m3").sum())
    if not wastewater_m3 > 0:
        return TreatmentGases(0.0, 0.0)
    gases = treatment_gases(
        spec,
        people=float(results.steps["people"].sum()),
        present_h=float(results.steps["occupancy_people"].sum()) * results.dt_h,
        treated_share=1.0,
    )
    return TreatmentGases._make(kilograms / wastewater_m3 for kilograms in gases)


def accounts_t(results: Results, energy_kwh: Mapping[str, Any], uptake_t: Any) -> dict[str, Any]:
    """Return every line of both accounts [t], and the coal saved [tce].

    Parameters
    ----------
    results
        Run whose scenario holds the factors.
    energy_kwh
        Energies [kWh] under the names of the daily balance: ``use_kwh``, ``generated_kwh``,
        ``meter_import_kwh``, ``meter_export_kwh`` and ``baseline_kwh``, and water [m3] as ``treated_m3`` and
        ``fresh_water_m3``; totals or one value for each day.
    uptake_t
        CO2 that trees and greens take up [t]; like the energies.
    """
    spec = spec_of(results)
    published = published_account(
        spec, use_kwh=energy_kwh["use_kwh"], pv_kwh=energy_kwh["generated_kwh"], uptake_t=uptake_t
    )
    per_m3 = gases_per_m3(results, spec.wastewater)
    metered = metered_account(
        spec,
        import_kwh=energy_kwh["meter_import_kwh"],
        baseline_import_kwh=energy_kwh["baseline_kwh"],
        export_kwh=energy_kwh["meter_export_kwh"],
        gases=TreatmentGases._make(kilograms * energy_kwh["treated_m3"] for kilograms in per_m3),
        fresh_water_m3=energy_kwh["fresh_water_m3"],
        uptake_t=uptake_t,
    )
    return {
        "published_emitted": published.emitted.tonnes,
        "published_reduced_solar": published.avoided.tonnes,
        "forestry": published.forest.tonnes,
        "metered_emitted": metered.scope_2.tonnes,
        "metered_baseline": metered.baseline.tonnes,
        "metered_avoided": metered.avoided_t,
        "metered_exported": metered.exported.tonnes,
        "metered_methane": metered.methane.tonnes,
        "metered_nitrous_oxide": metered.nitrous_oxide.tonnes,
        "metered_fresh_water": metered.fresh_water.tonnes,
        "coal_saved": published.coal_saved_tce,
    }


def spec_of(results: Results) -> CarbonSpec:
    """Return the factors of a run."""
    return CarbonSpec.model_validate(results.scenario["carbon"])


def uptake_of_days_t(results: Results) -> Array:
    """Return what trees and greens take up on each civil day [t]: its part of its calendar year's."""
    day = np.datetime64(first_day(results), "D") + np.arange(n_days(results))
    year = day.astype("datetime64[Y]")
    length = (year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")
    uptake: Array = spec_of(results).uptake_t_per_year(year.astype(np.int64) + 1970) / length.astype(np.int64)
    return uptake


def daily_accounts_kg(results: Results, daily: Mapping[str, Array]) -> dict[str, Array]:
    """Return the accounts of each civil day [kg, coal in kgce] from the daily balance."""
    tonnes = accounts_t(results, daily, uptake_of_days_t(results))
    return {
        f"{name}_{'kgce' if name == 'coal_saved' else 'kg'}": KG_PER_TONNE * value
        for name, value in tonnes.items()
    }


def carbon_kpis(results: Results, energy: Energies, years: int | None) -> Kpis:
    """Return both carbon accounts of the run [t], and for one year where it spans whole ones.

    Notes
    -----
    Forestry is pro rata by days. The published net is given with and without it, because those who publish do
    not say which they mean; below zero more is reduced than emitted.
    """
    of_account = {
        "use_kwh": energy["use_kw"],
        "generated_kwh": energy["pv_kw"] - energy["curtailed_kw"],
        "meter_import_kwh": energy["meter_import_kw"],
        "meter_export_kwh": energy["meter_export_kw"],
        "baseline_kwh": float(baseline_kw(results).sum()) * results.dt_h,
        **{name: float(results.steps[name].sum()) for name in ("treated_m3", "fresh_water_m3")},
    }
    tonnes = accounts_t(results, of_account, float(uptake_of_days_t(results).sum()))
    found = {
        f"carbon_{name}": Kpi(float(tonnes[name]), "t", info) for name, info in (PUBLISHED | METERED).items()
    }
    found |= _sums(tonnes)
    gases = tonnes["metered_methane"] + tonnes["metered_nitrous_oxide"]
    found["carbon_metered_scope_1"] = Kpi(gases, "t", "Metered account: scope 1, wastewater treatment.")
    found["baseline_import"] = Kpi(
        of_account["baseline_kwh"], "kWh", "What the meter would draw if all use came from the grid."
    )
    return found | per_year(found, list(found), years)


def _sums(tonnes: Mapping[str, float]) -> Kpis:
    emitted, solar, trees = tonnes["published_emitted"], tonnes["published_reduced_solar"], tonnes["forestry"]
    net = "Published account: emitted - reduced, {}; below 0 more is reduced than emitted."
    return {
        "carbon_published_reduced": Kpi(solar + trees, "t", "Published account: solar energy and forestry."),
        "carbon_published_net": Kpi(emitted - solar - trees, "t", net.format("forestry counted")),
        "carbon_published_net_without_forestry": Kpi(emitted - solar, "t", net.format("forestry left out")),
        "coal_saved": Kpi(
            float(tonnes["coal_saved"]), "tce", "Standard coal that the solar energy generated stands for."
        ),
    }
