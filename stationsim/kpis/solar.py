"""Yield, performance ratio and losses of the solar surfaces, and what is claimed of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.models.pv import CHAIN
from stationsim.results import joined

if TYPE_CHECKING:
    from stationsim.results import Results

Chain = Mapping[str, float]
"""Energy that is left behind each stage [kWh]."""

STAGES = {
    "horizon": "what the horizon hides",
    "rows": "rows in each other's shade, direct light by its electrical effect",
    "shading": "near shading",
    "soiling": "dirt on the glass",
    "snow": "snow on the glass",
    "glass": "reflection at the glass, by the angle of the light",
    "spectrum": "the colour of light",
    "rear": "light on the rear, a gain",
    "temperature": "cells that are warmer or colder than 25 degC",
    "modules": "modules and cables: mismatch, wiring, connections, first light, nameplate, age, outages",
    "ageing": "the years",
    "inverter": "inverters below their limit",
    "clipping": "the limit of the inverters",
}
"""What each stage takes."""


def solar_chains(results: Results) -> dict[str, Chain]:
    """Return the energy of each surface behind each stage [kWh]; empty for runs that do not tell."""
    told: Mapping[str, Mapping[str, Chain]] = results.provenance.get("solar") or {}
    return dict(told.get("chain_kwh") or {})


def chain_of_all(chains: Mapping[str, Chain]) -> dict[str, float]:
    """Return the energy of all surfaces together behind each stage [kWh]."""
    return {stage: math.fsum(chain[stage] for chain in chains.values()) for stage in CHAIN}


def loss_percent(chain: Chain, stage: str) -> float:
    """Return what a stage takes, in per cent of what reaches it; a gain is below zero."""
    before = chain[CHAIN[CHAIN.index(stage) - 1]]
    return 100.0 * (1.0 - chain[stage] / before) if before > 0 else math.nan


def solar_kpis(results: Results, generated_kwh: float) -> Kpis:
    """Return yields, performance ratios, clipped energy and losses of the surfaces.

    Notes
    -----
    The performance ratio of IEC 61724-1:2021 is the yield over the hours of 1 kW/m2 on the front, as a sensor
    beside the modules sees it that neither dirt nor other rows shade; bifacial surfaces gain in it.
    """
    sizes = surface_sizes(results)
    yields = {name: (results.energy_kwh(f"pv_{name}_kw"), size) for name, size in sizes.items()}
    found: Kpis = {}
    for name, (kwh, size) in yields.items():
        surface = {
            f"pv_{name}": Kpi(kwh, "kWh", f"Generation of the surface {name} over the run."),
            f"yield_{name}": Kpi(kwh / size, "kWh/kWp", f"Generation of {name} for each kWp."),
        }
        found = joined(found, surface)
    if sizes:
        info = "Generation of all surfaces for each kWp."
        found = joined(found, {"yield_all": Kpi(generated_kwh / sum(sizes.values()), "kWh/kWp", info)})
    clipped = results.energy_kwh("pv_clipped_kw")
    info = "Solar energy that inverters at their limit could not pass on."
    found = joined(found, {"pv_clipped": Kpi(clipped, "kWh", info)})
    chains = {name: chain for name, chain in solar_chains(results).items() if name in sizes}
    losses = _losses(chain_of_all(chains)) if chains else {}
    return joined(found, _ratios(found, chains, sizes), losses)


def surface_sizes(results: Results) -> dict[str, float]:
    """Return the rated DC power of each surface that has one [kWp]."""
    solar = results.scenario.get("solar") or {}
    sizes = {str(row["name"]): float(row["dc_kwp"]) for row in solar.get("surfaces", [])}
    return {name: size for name, size in sizes.items() if size > 0}


def claim_kpis(results: Results, generated_kwh: float, years: int | None) -> Kpis:
    """Return the generation of a mean year against the one that is claimed; empty without a claim."""
    claimed = (results.scenario.get("solar") or {}).get("claimed_kwh_per_year")
    if claimed is None:
        return {}
    share = math.nan if years is None else 100.0 * generated_kwh / years / float(claimed)
    info = "Simulated generation of a year over the generation that is claimed (solar.claimed_kwh_per_year)."
    return {
        "pv_claimed": Kpi(float(claimed), "kWh/a", "Generation of a year that is claimed."),
        "pv_simulated_over_claimed": Kpi(share, "%", info),
    }


def _ratios(yields: Kpis, chains: Mapping[str, Chain], sizes: Mapping[str, float]) -> Kpis:
    """Return light on the plane and performance ratio of each surface and of all."""
    found: Kpis = {}
    for name, chain in chains.items():
        sun_hours = chain["plane"] / sizes[name]
        ratio = 100.0 * yields[f"yield_{name}"].value / sun_hours if sun_hours > 0 else math.nan
        info = f"Yield of {name} over the hours of 1 kW/m2 on its plane (IEC 61724-1)."
        surface = {
            f"poa_{name}": Kpi(sun_hours, "kWh/m2", f"Light on the plane of {name}, unshaded."),
            f"performance_ratio_{name}": Kpi(ratio, "%", info),
        }
        found = joined(found, surface)
    plane = math.fsum(chain["plane"] for chain in chains.values())
    made = math.fsum(yields[f"pv_{name}"].value for name in chains)
    if chains:
        info = (
            "Generation over what the rated efficiency would make of all light on the planes (IEC 61724-1)."
        )
        ratio = 100.0 * made / plane if plane > 0 else math.nan
        found = joined(found, {"performance_ratio_all": Kpi(ratio, "%", info)})
    return found


def _losses(chain: Chain) -> Kpis:
    """Return what each stage takes of all surfaces' energy."""
    return {
        f"pv_loss_{stage}": Kpi(
            loss_percent(chain, stage), "%", f"Solar energy lost to {what}, of what reaches that stage."
        )
        for stage, what in STAGES.items()
    }
