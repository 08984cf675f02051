"""The two carbon accounts of a run or of each of its days, every tonne from a column of energy.

The *published* account is the one stations print: all electricity used is emitted, all solar energy
generated is reduced, forestry beside it. The *metered* account is what an auditor reads: scope 2 is the
import at the meter, and avoided is what the same station would emit if all of its use came from the grid,
less that. The accounts are never mixed, so solar energy used on site is counted once in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.energy import Energies, per_year, use_kw
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.period import first_day, n_days
from stationsim.models.carbon import CarbonSpec, metered_account, published_account
from stationsim.models.grid import GridSpec

if TYPE_CHECKING:
    from stationsim.results import Results

Array = NDArray[np.float64]

KG_PER_TONNE = 1000.0

PUBLISHED = {
    "published_emitted": "Published account: all electricity used x grid factor.",
    "published_reduced_solar": "Published account: solar energy generated and not curtailed x grid factor.",
    "forestry": "Taken up by the station's green area, pro rata by days.",
}
METERED = {
    "metered_emitted": "Metered account: scope 2, location-based, import at the meter x grid factor.",
    "metered_baseline": "Metered account: the same use, all of it from the grid through the transformer.",
    "metered_avoided": "Metered account: baseline - emitted; export earns nothing here.",
    "metered_exported": "Export at the meter x grid factor: outside the scopes and in no total.",
}


def baseline_kw(results: Results) -> Array:
    """Return what the meter would draw in each step if all use came from the grid [kW]; with transformer."""
    connection = {key: value for key, value in results.scenario["grid"].items() if key != "tariff"}
    grid = GridSpec.model_validate(connection).parameters
    used = use_kw(results)
    drawn: Array = used + grid.no_load_kw + grid.loss_per_kw2 * used * used
    return drawn


def accounts_t(results: Results, energy_kwh: Mapping[str, Any], years: Any) -> dict[str, Any]:
    """Return every line of both accounts [t], and the coal saved [tce].

    Parameters
    ----------
    results
        Run whose scenario holds the factors.
    energy_kwh
        Energies [kWh] under the names of the daily balance: ``use_kwh``, ``generated_kwh``,
        ``meter_import_kwh``, ``meter_export_kwh`` and ``baseline_kwh``; totals or one value for each day.
    years
        Part of a year over which trees grow [a]; like the energies.
    """
    spec = CarbonSpec.model_validate(results.scenario["carbon"])
    published = published_account(
        spec, use_kwh=energy_kwh["use_kwh"], pv_kwh=energy_kwh["generated_kwh"], years=years
    )
    metered = metered_account(
        spec,
        import_kwh=energy_kwh["meter_import_kwh"],
        baseline_import_kwh=energy_kwh["baseline_kwh"],
        export_kwh=energy_kwh["meter_export_kwh"],
    )
    return {
        "published_emitted": published.emitted.tonnes,
        "published_reduced_solar": published.avoided.tonnes,
        "forestry": published.forest.tonnes,
        "metered_emitted": metered.scope_2.tonnes,
        "metered_baseline": metered.baseline.tonnes,
        "metered_avoided": metered.avoided_t,
        "metered_exported": metered.exported.tonnes,
        "coal_saved": published.coal_saved_tce,
    }


def years_of_days(results: Results) -> Array:
    """Return each civil day's part of its calendar year [a], so that a calendar year adds up to one."""
    day = np.datetime64(first_day(results), "D") + np.arange(n_days(results))
    year = day.astype("datetime64[Y]")
    length = (year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")
    parts: Array = 1.0 / length.astype(np.int64)
    return parts


def daily_accounts_kg(results: Results, daily: Mapping[str, Array]) -> dict[str, Array]:
    """Return the accounts of each civil day [kg, coal in kgce] from the daily balance."""
    tonnes = accounts_t(results, daily, years_of_days(results))
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
    }
    tonnes = accounts_t(results, of_account, float(years_of_days(results).sum()))
    found = {
        f"carbon_{name}": Kpi(float(tonnes[name]), "t", info) for name, info in (PUBLISHED | METERED).items()
    }
    found |= _sums(tonnes)
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
