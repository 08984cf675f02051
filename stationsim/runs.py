"""A run folder: made whole or not at all, found again, verified and run again.

Everything is written to a temporary folder beside the final one, flushed to disk and renamed into place;
``manifest.json`` is written last and names the sha256 of every other file. A folder without it is
incomplete and says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stationsim.errors import MachineError
from stationsim.results import MANIFEST, Results, read_manifest

FIGURES = "figures"
"""Folder of the figures inside a run folder."""

FORMAT = "stationsim-run/1"
"""Name and version of the folder's layout."""

BYTES_PER_STEP = 500
"""Space that one step takes in a run folder, generously: 60 columns of 8 bytes, before compression [B]."""


@dataclass(frozen=True)
class RunInputs:
    """What a run was made from, beside its results."""

    scenario_text: str
    """Scenario file as the user wrote it."""
    scenario_path: str
    """Where it was read from."""
    files: Mapping[str, str]
    """Every input file with its sha256."""
    overrides: tuple[str, ...]
    """Overrides of the command line."""
    defaults: tuple[str, ...]
    """Dotted paths of the keys that were left to their defaults."""
    fingerprint: str
    """Hash of everything that decides the results."""


def slug(name: str) -> str:
    """Return a folder name that every file system takes, from a display name."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return text or "station"


def fingerprint(scenario_hash: str, files: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """Return the hash of everything that decides the results: scenario, input files and versions."""
    content = json.dumps([scenario_hash, sorted(files.values()), dict(sorted(versions.items()))])
    return hashlib.sha256(content.encode()).hexdigest()


def default_folder(name: str, run_fingerprint: str, root: Path = Path("out")) -> Path:
    """Return where a run goes when the user names no folder."""
    return root / f"{slug(name)}-{run_fingerprint[:8]}"


def complete_run(folder: Path, run_fingerprint: str) -> bool:
    """Tell whether a folder holds the complete run of exactly these inputs."""
    try:
        manifest = read_manifest(folder)
    except MachineError:
        return False
    return bool(manifest.get("fingerprint") == run_fingerprint and not broken_files(folder, manifest))


def broken_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return the files of a run that are missing or whose bytes are not the ones that were written."""
    wrong = []
    for name, expected in manifest["outputs"].items():
        path = folder / name
        if not path.is_file() or sha256_of(path) != expected:
            wrong.append(name)
    return wrong


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_target(folder: Path, *, force: bool, n_steps: int) -> None:
    """Refuse, before anything is simulated, a folder that could not be written.

    Raises
    ------
    MachineError
        The folder exists and ``force`` is not set, its parent cannot be written, or the disk is short.
    """
    if folder.is_file() or folder.is_symlink():
        raise MachineError(f"{folder}: is a file, a run needs a folder; name another with --out")
    if folder.is_dir() and any(folder.iterdir()):
        if not force:
            state = (
                "a run of other inputs"
                if (folder / MANIFEST).is_file()
                else "an incomplete run or other files"
            )
            raise MachineError(
                f"{folder}: exists and holds {state}; use --force to replace it or name another with --out"
            )
        if not _is_run(folder):
            raise MachineError(
                f"{folder}: holds files that stationsim did not write; empty it or name another with --out"
            )
    parent = folder.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        probe = parent / f".tmp-{os.getpid()}-{secrets.token_hex(4)}"
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        raise MachineError(
            f"{parent}: cannot be written ({error.strerror}); name another folder with --out"
        ) from None
    needed = int(n_steps * BYTES_PER_STEP * 1.2) + 20_000_000
    free = shutil.disk_usage(parent).free
    if free < needed:
        raise MachineError(f"{parent}: {free / 1e6:.0f} MB free, the run may need {needed / 1e6:.0f} MB")


def _is_run(folder: Path) -> bool:
    known = {
        MANIFEST,
        "scenario.yaml",
        "resolved.json",
        "kpis.json",
        "steps.parquet",
        "sessions.parquet",
        "figures",
    }
    names = {entry.name for entry in folder.iterdir()}
    return bool(names & known) and not {name for name in names - known if not name.endswith(".csv")}


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[list[str]]:
    """Hold the lock of a run folder; yields warnings, such as a stale lock that was taken over."""
    lock = folder.parent / f".{folder.name}.lock"
    warnings: list[str] = []
    _take_lock(lock, warnings)
    try:
        yield warnings
    finally:
        lock.unlink(missing_ok=True)


def _take_lock(lock: Path, warnings: list[str]) -> None:
    owner = {"pid": os.getpid(), "host": socket.gethostname()}
    for _ in range(2):
        try:
            handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            holder = _read_lock(lock)
            if _alive(holder):
                who = f"process {holder.get('pid')} on {holder.get('host')}"
                raise MachineError(f"{lock.parent}: {who} is writing this run; wait for it") from None
            warnings.append(f"took over the lock of process {holder.get('pid')}, which is gone")
            lock.unlink(missing_ok=True)
            continue
        except OSError as error:
            raise MachineError(f"{lock.parent}: cannot be written ({error.strerror})") from None
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(owner, stream)
        return
    raise MachineError(f"{lock}: another process keeps taking this lock")


def _read_lock(lock: Path) -> dict[str, Any]:
    try:
        holder = json.loads(lock.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _alive(holder: Mapping[str, Any]) -> bool:
    pid = holder.get("pid")
    if holder.get("host") != socket.gethostname():
        return bool(holder)
    try:
        os.kill(int(pid or 0) or -1, 0)
    except (ProcessLookupError, TypeError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def write_run(
    results: Results,
    folder: Path,
    *,
    inputs: RunInputs,
    kpis: Mapping[str, Any],
    tables: Mapping[str, Any],
    host: Callable[[], Mapping[str, Any]],
    draw: Callable[[Path], object] | None = None,
) -> dict[str, Any]:
    """Write a complete run folder under its final name, or nothing.

    Parameters
    ----------
    results
        What happened.
    folder
        Final name; an old run there is replaced only once the new one is complete.
    inputs
        What the run was made from.
    kpis
        Named numbers, ready for JSON.
    tables
        File stem to DataFrame, written as CSV.
    host
        Gives time and machine facts for the manifest, outside everything that is hashed.
    draw
        Writes the figures into a folder; none are drawn where it is left out.

    Returns
    -------
    dict
        The manifest.
    """
    temporary = folder.parent / f".tmp-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        temporary.mkdir(parents=True)
        _write_files(results, temporary, inputs=inputs, kpis=kpis, tables=tables)
        if draw is not None:
            draw(temporary / FIGURES)
        manifest = _manifest(results, temporary, inputs=inputs, host=host())
        _write_text(temporary / MANIFEST, _json(manifest))
        _flush_folder(temporary)
        _swap(temporary, folder)
    except OSError as error:
        raise MachineError(f"{folder}: the run could not be written ({error.strerror or error})") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return manifest


def _swap(temporary: Path, folder: Path) -> None:
    """Put a finished folder under its final name, keeping the old one until then."""
    aside = folder.parent / f".tmp-{os.getpid()}-{secrets.token_hex(4)}"
    if folder.exists():
        folder.rename(aside)
    try:
        temporary.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
    _flush_folder(folder.parent)


def _write_files(
    results: Results,
    folder: Path,
    *,
    inputs: RunInputs,
    kpis: Mapping[str, Any],
    tables: Mapping[str, Any],
) -> None:
    _write_text(folder / "scenario.yaml", inputs.scenario_text)
    _write_text(folder / "resolved.json", _json(results.scenario))
    _write_text(folder / "kpis.json", _json(kpis))
    for stem, table in tables.items():
        _write_text(folder / f"{stem}.csv", table.to_csv(lineterminator="\n", float_format="%.6f"))
    for stem, frame in (("steps", results.steps), ("sessions", results.sessions)):
        write_parquet(frame, folder / f"{stem}.parquet")


def write_parquet(frame: Any, path: Path) -> None:
    """Write a frame as Parquet: plain encoding and light compression, which is what costs least to write."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, nthreads=1)
    pq.write_table(table, path, compression="lz4", use_dictionary=False, write_statistics=False)
    _flush(path)


def adopt(folder: Path, files: Sequence[Path]) -> None:
    """Enter files that were written into a complete run folder later, such as figures, in its manifest."""
    manifest = read_manifest(folder)
    manifest["outputs"] |= {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    beside = folder / f".tmp-{os.getpid()}-{MANIFEST}"
    _write_text(beside, _json(manifest))
    beside.replace(folder / MANIFEST)


def _manifest(
    results: Results, folder: Path, *, inputs: RunInputs, host: Mapping[str, Any]
) -> dict[str, Any]:
    outputs = {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {
        "schema": FORMAT,
        "fingerprint": inputs.fingerprint,
        "result_hash": results.provenance["result_hash"],
        "scenario": {
            "name": results.scenario["name"],
            "path": inputs.scenario_path,
            "sha256": hashlib.sha256(inputs.scenario_text.encode()).hexdigest(),
        },
        "inputs": dict(inputs.files),
        "overrides": list(inputs.overrides),
        "defaults_used": list(inputs.defaults),
        "provenance": dict(results.provenance),
        "outputs": outputs,
        "host": dict(host),
    }


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
    _flush(path)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, and those of its figures."""
    if os.name == "posix":
        for place in (folder / FIGURES, folder):
            if place.is_dir():
                _flush(place)
