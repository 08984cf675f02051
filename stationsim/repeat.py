"""Check a run that lies in its folder, and run it again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stationsim import provenance, runs
from stationsim.errors import MachineError, ModelError, Problem, ScenarioError
from stationsim.execute import Progress
from stationsim.manifest import check_outputs, sha256_of, whole_manifest
from stationsim.results import Results
from stationsim.scenario import Scenario, parse_scenario

KPI_TOLERANCE = 1e-9
"""Largest relative difference between a KPI and its recomputation: that of sums in another order."""


def verify(run_folder: Path) -> str:
    """Check the files of a run against their hashes and its KPIs against its tables; return what is whole.

    Raises
    ------
    MachineError
        A file is broken or missing, or the KPIs do not follow from the tables.
    BalanceError
        An identity does not close.
    """
    manifest = whole_manifest(run_folder)
    check_outputs(run_folder, manifest)
    results = Results.load(run_folder)
    results.check()
    if results.result_hash() != manifest["result_hash"]:
        raise MachineError(f"{run_folder}: the tables do not give the result hash of manifest.json")
    n_kpis = _check_kpis(run_folder, results)
    whole = f"{len(manifest['outputs'])} files and {n_kpis} KPIs are whole"
    return f"{whole}, result {manifest['result_hash'][:12]}"


def _check_kpis(run_folder: Path, results: Results) -> int:
    from stationsim.kpis import kpis

    stored = json.loads((run_folder / "kpis.json").read_text(encoding="utf-8"))
    fresh = {name: kpi.to_dict() for name, kpi in kpis(results).items()}
    different = sorted(
        name for name in stored.keys() | fresh.keys() if not _same(stored.get(name), fresh.get(name))
    )
    if different:
        names = ", ".join(different)
        raise MachineError(f"{run_folder}: kpis.json: does not follow from the tables: {names}")
    return len(stored)


def _same(stored: Any, fresh: Any) -> bool:
    if not isinstance(stored, dict) or not isinstance(fresh, dict) or stored.keys() != fresh.keys():
        return False
    return all(_equal(stored[key], fresh[key]) for key in stored)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=KPI_TOLERANCE, abs_tol=KPI_TOLERANCE)
    return bool(one == other)


def rerun(run_folder: Path, *, allow_paths: Sequence[Path] = (), progress: Progress | None = None) -> str:
    """Simulate a run again from its own folder and return the result hash both share.

    Raises
    ------
    ScenarioError
        An input file is gone or no longer the one that was used.
    MachineError
        The folder holds no complete run.
    ModelError
        The result differs; says what changed since.
    """
    from stationsim.simulation import simulate

    manifest = runs.open_run(run_folder)[1]
    base = Path(manifest["scenario"]["path"]).parent
    scenario = _scenario_of(run_folder, manifest, base=base, allow_paths=allow_paths)
    again = simulate(scenario, base=base, allow_paths=tuple(allow_paths), progress=progress)
    if again.provenance["result_hash"] != manifest["result_hash"]:
        raise ModelError(f"{run_folder}: the result differs from the one in the folder{changes(manifest)}")
    return str(manifest["result_hash"])


def _scenario_of(
    run_folder: Path, manifest: Mapping[str, Any], *, base: Path, allow_paths: Sequence[Path]
) -> Scenario:
    """Return the scenario of a run whose input files are those it was made from."""
    resolved = json.loads((run_folder / "resolved.json").read_text(encoding="utf-8"))
    name = str(run_folder / "resolved.json")
    loaded = parse_scenario(resolved, model=Scenario, base=base, allow_paths=allow_paths, name=name)
    problems = [
        Problem(
            "must be the file this run was made from, but its content changed",
            path=used.path,
            file=name,
            value=str(used.resolved),
            hint="bring back the file, or run the scenario anew",
            code="E307",
        )
        for used in loaded.inputs
        if manifest["inputs"].get(used.written) != sha256_of(used.resolved)
    ]
    if problems:
        raise ScenarioError(problems)
    return loaded.scenario


def changes(manifest: Mapping[str, Any]) -> str:
    """Return what makes the results of a run, other than its inputs, and is no longer as it was."""
    then, now = manifest["provenance"]["versions"], provenance.versions()
    changed = [f"{name} {then.get(name)} -> {now[name]}" for name in now if then.get(name) != now[name]]
    if manifest["code"]["sha256"] != provenance.code_hash():
        changed.append(
            f"stationsim's code {manifest['code']['sha256'][:12]} -> {provenance.code_hash()[:12]}"
        )
    if changed:
        return f"; changed since: {', '.join(changed)}"
    return "; versions and code are the same, so the machine computes differently"
