"""Results of a played scenario, from the rows that the loop wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim import provenance
from stationsim.errors import Problem, ScenarioError
from stationsim.record.columns import columns_of
from stationsim.record.residuals import residuals_of
from stationsim.record.rows import Record
from stationsim.record.sessions import holds_of, outages_of, sessions_of
from stationsim.results import USES, Results, joined
from stationsim.scenario import Scenario, resolved_dict
from stationsim.solar import facts, impossible_yields

if TYPE_CHECKING:
    from stationsim.plant import Plant
    from stationsim.world import World


LEAST_UNSERVED_KWH = 0.1
"""Energy not served over a run from which on it is told [kWh]; less is rounding."""


def results_of(scenario: Scenario, world: World, plant: Plant, record: Record) -> Results:
    """Return the Results of a played scenario.

    Raises
    ------
    ScenarioError
        ``loads.other`` carries more of the station's use than the scenario allows.
    """
    import pandas as pd

    sessions = sessions_of(plant.plaza, world)
    columns = joined(
        columns_of(scenario, world, plant, record),
        outages_of(plant.plaza, world),
        holds_of(plant.plaza, world),
    )
    columns = joined(columns, residuals_of(scenario, world, plant, record, columns, sessions))
    results = Results(
        steps=pd.DataFrame(columns, index=world.clock.index.rename("time"), copy=False),
        sessions=sessions,
        scenario=resolved_dict(scenario),
        provenance=_provenance(scenario, world, record),
    )
    _check_other_share(scenario, results)
    return _with_hash(results)


def _provenance(scenario: Scenario, world: World, record: Record) -> dict[str, Any]:
    findings = [
        {"rule": found.rule, "action": found.action, "count": found.count, "message": found.message}
        for found in world.findings
    ]
    return {
        "versions": provenance.versions(),
        "kernel": record.kernel,
        "seed": scenario.simulation.seed,
        "replication": scenario.simulation.replication,
        "weather": dict(world.source),
        **({"solar": facts(world.solar)} if world.surfaces else {}),
        **({"traffic": dict(world.traffic_source)} if world.traffic_source else {}),
        "findings": findings,
        "warnings": [
            *(row["message"] for row in findings if row["action"] == "warned"),
            *world.warnings,
            *impossible_yields(scenario, world.solar, world.clock.dt_h),
            *_spilt(record, world),
            *_unserved(record, world),
        ],
    }


def _spilt(record: Record, world: World) -> list[str]:
    """Return the warning that wastewater spilt, where it did."""
    overflow_m3 = record.columns["overflow_m3"]
    spilt_m3 = float(overflow_m3.sum())
    if not spilt_m3 > 0:
        return []
    days = len(np.unique(world.clock.civil_day[overflow_m3 > 0]))
    return [
        f"{spilt_m3:,.3g} m3 of wastewater spilt untreated on {days} of {world.clock.n_days} days: "
        "water.treatment or water.equalisation_tank is too small for them, or power was short"
    ]


def _unserved(record: Record, world: World) -> list[str]:
    """Return the warning that power was short, where it was."""
    short_kwh = record.columns["unserved_kw"] * world.clock.dt_h
    total_kwh = float(short_kwh.sum())
    if not total_kwh > LEAST_UNSERVED_KWH:
        return []
    days = len(np.unique(world.clock.civil_day[short_kwh > 0]))
    daily_kwh = total_kwh / world.clock.n_days
    return [
        f"{total_kwh:,.4g} kWh were asked for and not served, {daily_kwh:,.4g} kWh a day, on {days} of "
        f"{world.clock.n_days} days: grid.import_limit_kw, solar and battery together are too small"
    ]


def _check_other_share(scenario: Scenario, results: Results) -> None:
    """Refuse a run whose unexplained remainder carries more than the scenario allows."""
    use = sum(results.energy_kwh(name) for name in USES)
    share = results.energy_kwh("other_kw") / use if use > 0 else 0.0
    allowed = scenario.loads.other_share_maximum
    if share > allowed:
        problem = Problem(
            f"must take at most {allowed:.0%} of all use (loads.other_share_maximum)",
            path="loads.other",
            value=f"{share:.1%}",
            hint="describe what the remainder stands for, or raise the limit on purpose",
            code="E219",
        )
        raise ScenarioError([problem])


def _with_hash(results: Results) -> Results:
    hashed = {**results.provenance, "result_hash": results.result_hash()}
    return Results(results.steps, results.sessions, results.scenario, hashed)
