"""Years on disk: a folder with a run folder for each year, their table, a figure and a manifest.

The manifest is written last; a folder without it is incomplete and says so. Years that are finished stay
there whole when a command is interrupted, and the same command goes on from them. Where a folder is replaced,
or where no run folders are kept, everything is made beside it and put in place at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stationsim import execute, provenance, runs
from stationsim.errors import MachineError
from stationsim.execute import Prepared, Progress
from stationsim.folders import beside_of, clear_leftovers, discard, locked, swap, temporary_of, write_text
from stationsim.manifest import as_json, broken_files, sealed, sha256_of, whole_manifest
from stationsim.results import MANIFEST
from stationsim.years import (
    COLUMNS,
    Changes,
    Played,
    Year,
    check_ages,
    override_words,
    part_of,
    play_years,
    played_of,
    rows_of,
    table_of,
    warnings_of,
)

FORMAT = "stationsim-years/1"
"""Name and version of the folder's layout."""

TABLE, RECORD, STEM = "years.csv", "years.json", "years"

_YEAR = re.compile(r"year_\d{2,3}")
"""Names of the folders of years."""

_FIGURES = tuple(f"{runs.FIGURES}/{STEM}.{kind}" for kind in ("png", "svg", "csv"))


@dataclass(frozen=True)
class Wanted:
    """Years that somebody asked for."""

    first: Prepared
    """The scenario of the first year, which the others follow from."""
    path: Path
    """Where it was read from."""
    years: int
    """How many."""
    figures: bool = True
    """Whether each year's figures and that of all years are drawn."""
    tables_only: bool = False
    """Whether the years leave no run folders."""

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides the results."""
        content = json.dumps([FORMAT, self.first.fingerprint, self.years, self.tables_only])
        return hashlib.sha256(content.encode()).hexdigest()

    def folder(self) -> Path:
        """Return where the years go when no folder is named."""
        name = f"{runs.slug(self.first.scenario.name)}-{self.years}-years-{self.fingerprint[:8]}"
        return runs.ROOT / name

    def warnings(self) -> list[str]:
        """Return what there is to tell before anything is simulated."""
        from stationsim.kpis.period import whole_years_between

        scenario = self.first.scenario
        period = scenario.period
        told = list(self.first.warnings)
        if whole_years_between(period.start, period.end) is None:
            told.append(
                f"the period has {period.n_days} days; each of the years ages the station by these alone"
            )
        for name, unit in scenario.battery_units:
            if unit.ageing is None or unit.ageing.model == "none":
                told.append(f"{name} stays as new; name how it ages with its ageing.model")
        return told

    def prepared(self, changes: Changes) -> Prepared:
        """Return the scenario of a year, checked."""
        if not changes:
            return self.first
        words = [*self.first.overrides, *override_words(changes)]
        return execute.prepare(self.path, overrides=words, allow_paths=self.first.allow_paths)


@dataclass(frozen=True)
class DoneYears:
    """Years that lie complete in their folder."""

    folder: Path
    name: str
    rows: tuple[Mapping[str, Any], ...]
    """One a year, as in the table."""
    units: Mapping[str, str]
    """Units of the columns."""
    warnings: tuple[str, ...]
    """What happened while they were run."""
    reused: bool

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "years": str(self.folder),
            "reused": self.reused,
            "warnings": list(self.warnings),
            "rows": [dict(row) for row in self.rows],
            "units": dict(self.units),
        }


def want(
    path: Path,
    *,
    years: int,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[Path] = (),
    seed: int | None = None,
    days: int | None = None,
    figures: bool = True,
    tables_only: bool = False,
) -> Wanted:
    """Load and check a scenario whose years are asked for.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    first = execute.prepare(path, overrides=overrides, allow_paths=allow_paths, seed=seed, days=days)
    check_ages(first.scenario, years)
    return Wanted(first, path, years, figures, tables_only)


def years_into_folder(
    wanted: Wanted, *, folder: Path | None = None, force: bool = False, progress: Progress | None = None
) -> DoneYears:
    """Simulate years into a folder, or show the complete ones of the same inputs that lie there already.

    Raises
    ------
    MachineError
        The folder cannot be used; checked before anything is simulated.
    """
    shown = folder or wanted.folder()
    target = Path(os.path.abspath(shown))
    if not force and _is_complete(target, wanted):
        return _found(shown)
    runs.check_place(target)
    with locked(target) as told:
        if not force and _is_complete(target, wanted):
            return _found(shown)
        _check_target(target, wanted, force=force)
        started, begun_s = dt.datetime.now(dt.UTC), time.monotonic()
        with _place_of_work(target, apart=wanted.tables_only or force) as work:
            years = _play(wanted, work, progress)
            told += [*warnings_of(years)]
            outputs = _write(wanted, work, years, told)
            host = provenance.host_facts(started, wall_s=time.monotonic() - begun_s)
            _seal(wanted, work, years, outputs, host)
    told += clear_leftovers(target.parent)
    found = _found(shown)
    return DoneYears(shown, found.name, found.rows, found.units, tuple(told), reused=False)


def _found(folder: Path) -> DoneYears:
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    told = tuple(record["warnings"])
    return DoneYears(folder, record["name"], tuple(record["rows"]), record["units"], told, reused=True)


def _is_complete(folder: Path, wanted: Wanted) -> bool:
    """Tell whether a folder holds the complete years of exactly these inputs, figures included if wanted."""
    try:
        manifest = whole_manifest(folder, FORMAT)
    except (MachineError, OSError):
        return False
    drawn = any(name.startswith(runs.FIGURES) for name in manifest["outputs"])
    return bool(
        manifest["fingerprint"] == wanted.fingerprint
        and drawn >= wanted.figures
        and not broken_files(folder, manifest, manifest["outputs"])
    )


def _check_target(folder: Path, wanted: Wanted, *, force: bool) -> None:
    """Refuse a folder that holds other things, or years that must not be replaced unasked."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise MachineError(f"{folder}: is a file or a link, years need a folder; name another with --out")
    if not folder.is_dir():
        return
    here = Path.cwd()
    if folder == here or folder in here.parents:
        raise MachineError(f"{folder}: is the folder you are in, which years would replace; name another")
    foreign = _foreign(folder)
    if foreign:
        raise MachineError(
            f"{folder}: holds {foreign[0]}, which is not of years; empty it or name another with --out"
        )
    is_begun = (folder / MANIFEST).exists() or (folder / TABLE).exists()
    if not force and (is_begun or _beyond(folder, wanted)):
        raise MachineError(
            f"{folder}: holds years of other inputs; use --force to replace them or name another with --out"
        )


def _foreign(folder: Path) -> list[str]:
    """Return what lies in a folder and is not of years."""
    own, found = _own_files(folder), []
    figures = folder / runs.FIGURES
    is_drawn = _is_folder(figures)
    for path in sorted([*folder.iterdir(), *(figures.iterdir() if is_drawn else ())]):
        name = path.relative_to(folder).as_posix()
        if _is_folder(path) and path.parent == folder and _YEAR.fullmatch(path.name):
            found += [f"{name}/{inner}" for inner in runs.foreign_files(path)]
        elif (path != figures or not is_drawn) and not _is_own(path, name, own):
            found.append(name)
    return found


def _is_own(path: Path, name: str, own: set[str]) -> bool:
    """Tell whether years wrote a file or folder, or left it under a name that passes."""
    beside = beside_of(path.name)
    if beside is None:
        return not _is_folder(path) and name in own
    owner = name.removesuffix(path.name) + beside
    return owner in own or bool(_YEAR.fullmatch(owner))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _own_files(folder: Path) -> set[str]:
    """Return the files of all years: as the manifest names them or, without one, as they may be."""
    with contextlib.suppress(MachineError, OSError):
        return {*whole_manifest(folder, FORMAT)["outputs"], MANIFEST}
    is_begun = (folder / RECORD).is_file() or any(_YEAR.fullmatch(path.name) for path in folder.iterdir())
    return {TABLE, RECORD, MANIFEST, *_FIGURES} if is_begun else set()


def _beyond(folder: Path, wanted: Wanted) -> set[str]:
    """Return the folders of years that are not wanted."""
    kept = {_year_name(number) for number in range(1, wanted.years + 1)} if not wanted.tables_only else set()
    return {path.name for path in folder.iterdir() if path.name.startswith("year_")} - kept


def _year_name(number: int) -> str:
    return f"year_{number:02}"


@contextlib.contextmanager
def _place_of_work(target: Path, *, apart: bool) -> Iterator[Path]:
    """Give the folder to work in: the final one, whose finished years stay, or one that takes its place."""
    work = temporary_of(target) if apart else target
    try:
        work.mkdir(exist_ok=not apart)
        yield work
        if apart:
            swap(work, target)
    except OSError as error:
        raise MachineError(f"{target}: the years could not be written ({error.strerror or error})") from None
    finally:
        if apart:
            discard(work)
        elif not any(work.iterdir()):
            work.rmdir()


def _play(wanted: Wanted, work: Path, progress: Progress | None) -> list[Year]:
    """Play the years one after another, each into its own run folder unless tables alone are wanted."""

    def play(number: int, changes: Changes) -> Played:
        prepared = wanted.prepared(changes)
        shown = part_of(progress, number, wanted.years)
        if wanted.tables_only:
            return played_of(execute.simulate_prepared(prepared, shown))
        done = execute.run_into_folder(
            prepared, folder=work / _year_name(number), figures=wanted.figures, progress=shown
        )
        return played_of(done.results, dict(done.kpis))

    return list(play_years(wanted.first.scenario, wanted.years, play))


def _write(wanted: Wanted, work: Path, years: Sequence[Year], told: Sequence[str]) -> dict[str, str]:
    """Write table, record and figure of all years, each whole; return the sha256 of each."""
    rows = rows_of(years)
    table = table_of(rows)
    design, units = wanted.first.scenario, _units(years, rows)
    record = {
        "schema": FORMAT,
        "name": design.name,
        "units": units,
        "rows": rows,
        "changes": [dict(year.changes) for year in years],
        "warnings": list(told),
    }
    texts = {
        TABLE: table.to_csv(lineterminator="\n", float_format="%.6f"),
        RECORD: as_json(record),
    }
    for name, text in texts.items():
        _put(work / name, text)
    outputs = {name: sha256_of(work / name) for name in texts}
    if wanted.figures:
        outputs |= _draw(design.name, table, units["bill_total"], work / runs.FIGURES)
    if not wanted.tables_only:
        names = [f"{_year_name(year.number)}/{MANIFEST}" for year in years]
        outputs |= {name: sha256_of(work / name) for name in names}
    return outputs


def _seal(
    wanted: Wanted, work: Path, years: Sequence[Year], outputs: Mapping[str, str], host: Mapping[str, Any]
) -> None:
    """Write the manifest, which makes the folder complete."""
    manifest = {
        "schema": FORMAT,
        "fingerprint": wanted.fingerprint,
        "result_hashes": [year.played.result_hash for year in years],
        "outputs": dict(outputs),
        "code": provenance.code_facts(),
        "host": dict(host),
    }
    _put(work / MANIFEST, as_json(sealed(manifest)))


def _put(path: Path, text: str) -> None:
    """Write a file under its final name, whole or not at all."""
    beside = temporary_of(path)
    try:
        write_text(beside, text)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _draw(name: str, table: Any, currency: str, folder: Path) -> dict[str, str]:
    from stationsim.plots import data_of_years, plot_years, save_figure

    folder.mkdir(exist_ok=True)
    files = save_figure(plot_years(table, name, currency=currency), folder / STEM)
    text = data_of_years(table).to_csv(lineterminator="\n", float_format="%.6f")
    _put(folder / f"{STEM}.csv", text)
    files.append(folder / f"{STEM}.csv")
    return {f"{folder.name}/{path.name}": sha256_of(path) for path in files}


def _units(years: Sequence[Year], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the unit of each column that holds a number of a run."""
    found = {name: kpi.unit for year in years for name, kpi in year.played.kpis.items()}
    return {column: found[COLUMNS[column]] for column in rows[0] if column in COLUMNS}
