"""From files to files: what the commands do, for the command line and for anyone who scripts stationsim."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stationsim import provenance, runs
from stationsim.errors import MachineError, ModelError, ScenarioError
from stationsim.results import Results, read_manifest
from stationsim.scenario import Loaded, Scenario, load_scenario, plausibility, scenario_hash

if TYPE_CHECKING:
    from stationsim.compare import Comparison

Progress = Callable[[int, int], None]
"""Called with the civil days that are done and all of them."""


@dataclass(frozen=True)
class Prepared:
    """A scenario that passed every check, with what names its run."""

    loaded: Loaded[Scenario]
    scenario: Scenario
    base: Path
    """Folder that relative paths in the scenario start from."""
    allow_paths: tuple[Path, ...]
    files: Mapping[str, str]
    """Input files with their sha256."""
    overrides: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides the results."""
        return runs.fingerprint(scenario_hash(self.scenario), self.files, provenance.versions())

    def origins(self) -> list[tuple[str, Any, str]]:
        """Return each value of the resolved scenario with its path and where it came from."""
        return list(self.loaded.origins())


@dataclass(frozen=True)
class Done:
    """A run that lies complete in its folder."""

    folder: Path
    results: Results
    kpis: Mapping[str, Any]
    manifest: Mapping[str, Any]
    warnings: tuple[str, ...]
    reused: bool

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "run": str(self.folder),
            "reused": self.reused,
            "result_hash": self.manifest["result_hash"],
            "warnings": list(self.warnings),
            "kpis": {name: kpi.to_dict() for name, kpi in self.kpis.items()},
        }


def prepare(
    path: Path,
    *,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[Path] = (),
    seed: int | None = None,
    days: int | None = None,
) -> Prepared:
    """Load a scenario with its overrides and check it and every file it names.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    words = list(overrides)
    if seed is not None:
        words.append(f"simulation.seed={seed}")
    loaded = load_scenario(path, model=Scenario, overrides=words, allow_paths=allow_paths)
    scenario: Scenario = loaded.scenario
    if days is not None:
        last = scenario.period.start + dt.timedelta(days=min(days, scenario.period.n_days) - 1)
        loaded = load_scenario(
            path, model=Scenario, overrides=[*words, f"period.end={last}"], allow_paths=allow_paths
        )
        scenario = loaded.scenario
    files = {**loaded.files, **{used.written: runs.sha256_of(used.resolved) for used in loaded.inputs}}
    warnings = tuple(str(problem) for problem in plausibility(scenario, loaded))
    return Prepared(
        loaded, scenario, path.parent, tuple(allow_paths), files, tuple(loaded.overrides), warnings
    )


def run_into_folder(
    prepared: Prepared,
    *,
    folder: Path | None = None,
    force: bool = False,
    figures: bool = True,
    progress: Progress | None = None,
) -> Done:
    """Simulate into a run folder, or show the complete run of the same inputs that lies there already.

    Raises
    ------
    MachineError
        The folder cannot be used; checked before anything is simulated.
    BalanceError, ModelError
        The model failed; nothing is left behind.
    """
    fingerprint = prepared.fingerprint
    target = folder or runs.default_folder(prepared.scenario.name, fingerprint)
    if not force and runs.complete_run(target, fingerprint):
        if figures and not (target / "figures").is_dir():
            draw(target)
        return _found(target)
    n_steps = prepared.scenario.period.n_days * 24 * 60 // prepared.scenario.simulation.step_minutes
    runs.check_target(target, force=force, n_steps=n_steps)
    with runs.locked(target) as lock_warnings:
        started = dt.datetime.now(dt.UTC)
        results = _simulate(prepared, progress)
        kpis = _kpis(results)
        manifest = runs.write_run(
            results,
            target,
            inputs=_inputs(prepared, fingerprint),
            kpis={name: kpi.to_dict() for name, kpi in kpis.items()},
            tables=_tables(results),
            host=lambda: provenance.host_facts(started),
            draw=functools.partial(_draw, results) if figures else None,
        )
    warnings = (*lock_warnings, *results.provenance["warnings"])
    return Done(target, results, kpis, manifest, warnings, reused=False)


def _found(target: Path) -> Done:
    results = Results.load(target)
    warnings = tuple(results.provenance["warnings"])
    return Done(target, results, _kpis(results), read_manifest(target), warnings, reused=True)


def _simulate(prepared: Prepared, progress: Progress | None) -> Results:
    from stationsim.simulation import simulate

    return simulate(
        prepared.scenario, base=prepared.base, allow_paths=prepared.allow_paths, progress=progress
    )


def _inputs(prepared: Prepared, fingerprint: str) -> runs.RunInputs:
    return runs.RunInputs(
        scenario_text=prepared.loaded.text,
        scenario_path=str(prepared.loaded.path),
        files=prepared.files,
        overrides=prepared.overrides,
        defaults=tuple(path for path, _, where in prepared.origins() if where == "default"),
        fingerprint=fingerprint,
    )


def _kpis(results: Results) -> dict[str, Any]:
    from stationsim.kpis import kpis

    return kpis(results)


def _tables(results: Results) -> dict[str, Any]:
    from stationsim.tables import daily_balance, monthly_balance

    return {"daily_balance": daily_balance(results), "monthly": monthly_balance(results)}


def _draw(results: Results, folder: Path, *, day: str | None = None, theme: str = "light") -> list[Path]:
    from stationsim.plots import write_figures

    return write_figures(results, folder, day=day, theme=theme)


def draw(
    run_folder: Path, *, out: Path | None = None, day: str | None = None, theme: str = "light"
) -> list[Path]:
    """Draw the figures of a run and write each as PNG, SVG and CSV; return the files."""
    results = Results.load(run_folder)
    files = _draw(results, out or run_folder / runs.FIGURES, day=day, theme=theme)
    if out is None:
        runs.adopt(run_folder, files)
    return files


def compare_designs(
    designs: Sequence[Path],
    *,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Comparison:
    """Compare runs and scenario files; scenarios are simulated in memory first."""
    from stationsim.compare import compare

    found: list[Results] = []
    for design in designs:
        if design.is_dir():
            found.append(Results.load(design))
            continue
        prepared = prepare(design, overrides=overrides, allow_paths=allow_paths)
        found.append(_simulate(prepared, progress))
    return compare(found, names=[str(results.scenario["name"]) for results in found])


def write_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the table and the figure of a comparison and return the files."""
    from stationsim.plots import data_of_comparison, plot_comparison, save_figure

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for stem, table in (("comparison", comparison.table()), ("figure", data_of_comparison(comparison))):
        files.append(folder / f"{stem}.csv")
        files[-1].write_text(table.to_csv(lineterminator="\n"), encoding="utf-8")
    return [*files, *save_figure(plot_comparison(comparison), folder / "figure")]


def rerun(run_folder: Path, *, allow_paths: Sequence[Path] = (), progress: Progress | None = None) -> str:
    """Simulate a run again from its own folder and return the result hash both share.

    Raises
    ------
    ScenarioError
        An input file is gone or no longer the one that was used.
    ModelError
        The result differs.
    """
    manifest = read_manifest(run_folder)
    resolved = json.loads((run_folder / "resolved.json").read_text(encoding="utf-8"))
    scenario = Scenario.from_dict(resolved)
    base = Path(manifest["scenario"]["path"]).parent
    from stationsim.simulation import simulate
    from stationsim.world import input_files

    for name, file in input_files(scenario, base=base, allow_paths=tuple(allow_paths)).items():
        if manifest["inputs"].get(str(name)) != runs.sha256_of(file):
            raise ScenarioError(f"{file}: is not the file this run was made from")
    again = simulate(scenario, base=base, allow_paths=tuple(allow_paths), progress=progress)
    if again.provenance["result_hash"] != manifest["result_hash"]:
        changed = _changed_versions(manifest["provenance"]["versions"])
        raise ModelError(f"{run_folder}: the result differs from the one in the folder{changed}")
    return str(manifest["result_hash"])


def _changed_versions(then: Mapping[str, str]) -> str:
    now = provenance.versions()
    changed = [f"{name} {then.get(name)} -> {now[name]}" for name in now if then.get(name) != now[name]]
    return f"; versions changed: {', '.join(changed)}" if changed else ""


def verify(run_folder: Path) -> str:
    """Check the files of a run against their hashes and its KPIs against its tables.

    Raises
    ------
    MachineError
        A file is broken or missing, or the KPIs do not follow from the tables.
    """
    manifest = read_manifest(run_folder)
    broken = runs.broken_files(run_folder, manifest)
    if broken:
        raise MachineError(f"{run_folder}: {', '.join(broken)}: missing or changed since the run was written")
    results = Results.load(run_folder)
    results.check()
    if results.result_hash() != manifest["result_hash"]:
        raise MachineError(f"{run_folder}: the tables do not give the result hash of the manifest")
    stored = json.loads((run_folder / "kpis.json").read_text(encoding="utf-8"))
    fresh = json.loads(json.dumps({name: kpi.to_dict() for name, kpi in _kpis(results).items()}))
    different = sorted(name for name in stored.keys() | fresh.keys() if stored.get(name) != fresh.get(name))
    if different:
        raise MachineError(f"{run_folder}: KPIs that do not follow from the tables: {', '.join(different)}")
    whole = f"{len(manifest['outputs'])} files and {len(stored)} KPIs are whole"
    return f"{whole}, result {manifest['result_hash'][:8]}"


def write_template(path: Path, *, force: bool = False) -> None:
    """Write the commented scenario to start from."""
    if path.exists() and not force:
        raise MachineError(f"{path}: exists; name another file or use --force")
    text = resources.files("stationsim").joinpath("data/template.yaml").read_text(encoding="utf-8")
    temporary = path.parent / f".tmp-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        raise MachineError(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        temporary.unlink(missing_ok=True)
