"""From files to files: what the commands do, for the command line and for anyone who scripts stationsim."""

from __future__ import annotations

import datetime as dt
import functools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stationsim import provenance, runs
from stationsim.errors import MachineError, Problem, ScenarioError, WeatherError
from stationsim.folders import clear_leftovers, discard, locked, temporary_of, write_new
from stationsim.manifest import RunInputs, not_told, sha256_of
from stationsim.results import Results
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
    """Input files with their sha256, by the name the scenario uses."""
    overrides: tuple[str, ...]
    warnings: tuple[str, ...]

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of everything that decides the results."""
        versions, code = provenance.versions(), provenance.code_hash()
        return runs.fingerprint(scenario_hash(self.scenario), self.files, versions, code)

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return self.scenario.period.n_days * 24 * 60 // self.scenario.simulation.step_minutes

    def folder(self) -> Path:
        """Return where the run goes when no folder is named."""
        return runs.default_folder(self.scenario.name, self.fingerprint)

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
    """What happened while it was run; what it was made from was warned of before."""
    reused: bool

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        known = {row["message"]: None for row in self.manifest["warnings"]}
        return {
            "run": str(self.folder),
            "reused": self.reused,
            "result_hash": self.manifest["result_hash"],
            "warnings": list(known | dict.fromkeys(self.warnings)),
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
    words = [*overrides, *(() if seed is None else (f"simulation.seed={seed}",))]
    loaded = load_scenario(path, model=Scenario, overrides=words, allow_paths=allow_paths)
    warnings = []
    if days is not None:
        period = loaded.scenario.period
        if days > period.n_days:
            warnings.append(f"--days {days}: the period has {period.n_days} days, all of which are simulated")
        words.append(f"period.end={period.start + dt.timedelta(days=min(days, period.n_days) - 1)}")
        loaded = load_scenario(path, model=Scenario, overrides=words, allow_paths=allow_paths)
    scenario = loaded.scenario
    files = {used.written: sha256_of(used.resolved) for used in loaded.inputs}
    warnings += [str(problem) for problem in (*loaded.warnings, *plausibility(scenario, loaded))]
    return Prepared(loaded, scenario, path.parent, tuple(allow_paths), files, tuple(words), tuple(warnings))


def check_files_of(prepared: Prepared) -> list[str]:
    """Put the input files of a scenario through their gates and return what these warn of.

    Raises
    ------
    ScenarioError
        A file cannot be trusted; with every problem found.
    """
    from stationsim.world import traffic_of

    traffic = traffic_of(prepared.scenario, base=prepared.base, allow_paths=prepared.allow_paths)
    counts = [found.message for found in traffic.findings if found.action != "informed"]
    return [*_check_weather_of(prepared), *counts]


def _check_weather_of(prepared: Prepared) -> list[str]:
    from stationsim.solar import check_fallen
    from stationsim.weather.spec import FileWeather
    from stationsim.world import clock_of, input_files

    scenario, weather = prepared.scenario, prepared.scenario.weather
    paths = input_files(scenario, base=prepared.base, allow_paths=prepared.allow_paths)
    if not isinstance(weather, FileWeather):
        if weather.climate_file is not None:
            from stationsim.weather.climates import read_climate_table

            read_climate_table(paths[weather.climate_file])
        check_fallen(scenario, ())
        return []
    from stationsim.weather.files import read_weather

    site = {name: getattr(scenario.site, name) for name in ("latitude_deg", "longitude_deg", "elevation_m")}
    read = read_weather(weather, path=paths[weather.file], clock=clock_of(scenario), **site)
    check_fallen(scenario, read.frame.columns)
    return [f"{weather.file}: {str(found).removeprefix('warned: ')}" for found in read.findings]


def check_replay_of(prepared: Prepared) -> list[str]:
    """Read the sessions that a scenario replays and return what was found in them.

    Raises
    ------
    ScenarioError
        The file cannot be read, or holds no session on the days that are simulated.
    """
    charging = prepared.scenario.charging
    if charging is None or charging.replay is None:
        return []
    from stationsim.replay import replay_evs
    from stationsim.world import clock_of

    clock = clock_of(prepared.scenario)
    _, found = replay_evs(prepared.scenario, clock, base=prepared.base, allow_paths=prepared.allow_paths)
    return [f"{charging.replay.file}: {finding.with_count('session')}" for finding in found]


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
    shown = folder or prepared.folder()
    target = Path(os.path.abspath(shown))
    if not force and runs.complete_run(target, prepared.fingerprint):
        return _found(prepared, shown, figures)
    runs.check_place(target)
    with locked(target) as told:
        ready = not force and runs.complete_run(target, prepared.fingerprint)
        if not ready:
            runs.check_target(target, force=force, n_steps=prepared.n_steps)
            done = _run(prepared, target, figures=figures, progress=progress)
    if ready:
        return _found(prepared, shown, figures, told)
    told += clear_leftovers(target.parent)
    results, kpis, manifest = done
    return Done(shown, results, kpis, manifest, (*told, *not_told(results, prepared.warnings)), reused=False)


def _run(
    prepared: Prepared, target: Path, *, figures: bool, progress: Progress | None
) -> tuple[Results, Mapping[str, Any], Mapping[str, Any]]:
    """Simulate and write a run whose folder is locked and checked."""
    started, begun_s = dt.datetime.now(dt.UTC), time.monotonic()
    results = _simulate(prepared, progress)
    kpis = _kpis(results)

    def facts() -> dict[str, Any]:
        simulation = prepared.scenario.simulation
        return {
            "random": provenance.stream_layout(simulation.seed, simulation.replication),
            "code": provenance.code_facts(),
            "host": provenance.host_facts(started, wall_s=time.monotonic() - begun_s),
        }

    manifest = runs.write_run(
        results,
        target,
        inputs=_inputs(prepared),
        kpis={name: kpi.to_dict() for name, kpi in kpis.items()},
        tables=_tables(results),
        facts=facts,
        draw=functools.partial(_draw, results) if figures else None,
    )
    return results, kpis, manifest


def _found(prepared: Prepared, folder: Path, figures: bool, told: Sequence[str] = ()) -> Done:
    """Show a complete run, with its figures drawn where they are wanted and missing."""
    results, manifest = runs.open_run(folder)
    warnings = [*told, *not_told(results, prepared.warnings)]
    if figures and not runs.has_figures(folder):
        try:
            draw(folder)
        except MachineError as error:
            warnings.append(f"figures are not drawn: {error}")
    return Done(folder, results, _kpis(results), manifest, tuple(warnings), reused=True)


def simulate_prepared(prepared: Prepared, progress: Progress | None = None) -> Results:
    """Simulate a scenario and leave no folder."""
    return _simulate(prepared, progress)


def _simulate(prepared: Prepared, progress: Progress | None) -> Results:
    from stationsim.simulation import simulate

    try:
        return simulate(
            prepared.scenario, base=prepared.base, allow_paths=prepared.allow_paths, progress=progress
        )
    except WeatherError:
        raise
    except ScenarioError as error:
        raise ScenarioError(map(prepared.loaded.placed, error.problems)) from None


def _inputs(prepared: Prepared) -> RunInputs:
    loaded = prepared.loaded
    return RunInputs(
        scenario_text=loaded.text,
        scenario_path=os.path.abspath(loaded.path or ""),
        scenario_sha256=next(iter(loaded.files.values()), ""),
        resolved_sha256=scenario_hash(prepared.scenario),
        scenario_files=loaded.files,
        files=prepared.files,
        overrides=prepared.overrides,
        defaults=tuple(path for path, _, where in prepared.origins() if where == "default"),
        fingerprint=prepared.fingerprint,
        warnings=prepared.warnings,
    )


def _kpis(results: Results) -> dict[str, Any]:
    from stationsim.kpis import kpis

    return kpis(results)


def _tables(results: Results) -> dict[str, Any]:
    from stationsim.tables import daily_balance, monthly_balance

    daily = daily_balance(results)
    return {"daily_balance": daily, "monthly": monthly_balance(results, daily)}


def _draw(results: Results, folder: Path, *, day: str | None = None, theme: str = "light") -> list[Path]:
    from stationsim.plots import write_figures

    return write_figures(results, folder, day=day, theme=theme)


def draw(
    run_folder: Path, *, out: Path | None = None, day: str | None = None, theme: str = "light"
) -> list[Path]:
    """Draw the figures of a run and write each as PNG, SVG and CSV; return the files.

    Raises
    ------
    ScenarioError
        There is no such day in the run.
    MachineError
        The folder holds no complete run, or the figures cannot be written.
    """
    results, _ = runs.open_run(run_folder)
    day = _day_of(results, day)
    if out is not None:
        check_output(out)
        return _draw(results, out, day=day, theme=theme)
    target = Path(os.path.abspath(run_folder))
    with locked(target):
        temporary = temporary_of(target)
        try:
            _draw(results, temporary, day=day, theme=theme)
            return [run_folder / path.relative_to(target) for path in runs.adopt(target, temporary)]
        except OSError as error:
            raise MachineError(f"{run_folder}: cannot be written ({error.strerror})") from None
        finally:
            discard(temporary)


def _day_of(results: Results, day: str | None) -> str | None:
    """Return a civil day as YYYY-MM-DD, refused where the run has none such."""
    if day is None:
        return None
    first, last = results.scenario["period"]["start"], results.scenario["period"]["end"]
    wrong = functools.partial(Problem, path="--day", file="command line", value=day, code="E214")
    try:
        wanted = dt.date.fromisoformat(day).isoformat()
    except ValueError:
        raise ScenarioError([wrong("must be a day written YYYY-MM-DD")]) from None
    if not first <= wanted <= last:
        raise ScenarioError([wrong(f"must be a day of the run, {first} to {last}")])
    return wanted


def check_output(folder: Path) -> None:
    """Make a folder for figures and tables, or say why it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError(f"{folder}: cannot be made a folder ({error.strerror}); name another") from None


def compare_designs(
    designs: Sequence[Path],
    *,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Comparison:
    """Compare runs and scenario files; scenarios are simulated in memory, once all designs are checked.

    Raises
    ------
    ScenarioError
        A scenario is wrong, or overrides are given for a run.
    MachineError
        A folder holds no complete run.
    """
    from stationsim.compare import compare

    for design in designs:
        if design.is_dir() and overrides:
            rule = f"changes scenario files, and {design} is a run"
            raise ScenarioError([Problem(rule, path="--set", file="command line", code="E132")])
    checked = [
        runs.open_run(design)[0]
        if design.is_dir()
        else prepare(design, overrides=overrides, allow_paths=allow_paths)
        for design in designs
    ]
    found = [one if isinstance(one, Results) else _simulate(one, progress) for one in checked]
    return compare(found, names=[str(results.scenario["name"]) for results in found])


def write_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the table and the figure of a comparison and return the files."""
    from stationsim.plots import data_of_comparison, plot_comparison, save_figure

    check_output(folder)
    files = []
    for stem, table in (("comparison", comparison.table()), ("figure", data_of_comparison(comparison))):
        files.append(folder / f"{stem}.csv")
        write_new(files[-1], table.to_csv(lineterminator="\n"), force=True)
    return [*files, *save_figure(plot_comparison(comparison), folder / "figure")]


def write_template(path: Path, *, force: bool = False) -> None:
    """Write the commented scenario to start from; a file that exists is replaced by ``force`` alone."""
    text = resources.files("stationsim").joinpath("data/template.yaml").read_text(encoding="utf-8")
    write_new(path, text, force=force)
