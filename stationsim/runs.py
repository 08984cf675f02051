"""A run folder: made whole or not at all, found again and verified.

Everything is written to a temporary folder beside the final one, flushed to disk and renamed into place;
``manifest.json`` is written last and names the sha256 of every other file, and its own. A folder without it
is incomplete and says so.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from stationsim.errors import MachineError
from stationsim.folders import discard, flush, swap, temporary_of, write_text
from stationsim.manifest import (
    DATA_FILES,
    RunInputs,
    as_json,
    broken_files,
    manifest_of,
    refuse_broken,
    sealed,
    sha256_of,
    whole_manifest,
)
from stationsim.results import MANIFEST, Results

FIGURES = "figures"
"""Folder of the figures inside a run folder."""

ROOT = Path("out")
"""Folder of the runs for which no folder is named."""

FIGURE_KINDS = (".png", ".svg", ".csv")

SLUG_LETTERS = 40
"""Letters of a name that a folder takes over."""

HASH_LETTERS = 8
"""Letters of the fingerprint in a folder's name: two of a million runs share them with 1 in 10,000."""

BYTES_PER_STEP = 500
"""Space that one step takes in a run folder, generously: 60 columns of 8 bytes, before compression [B]."""

BYTES_FOR_FIGURES = 20_000_000
"""Space for figures and tables, generously [B]."""

SPARE_SPACE = 1.2
"""Free space to ask for, in proportion to what is needed."""


def slug(name: str) -> str:
    """Return a folder name that every file system takes, from a display name."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:SLUG_LETTERS].strip("-")
    return text or "station"


def fingerprint(
    scenario_hash: str, files: Mapping[str, str], versions: Mapping[str, str], code: str = ""
) -> str:
    """Return the hash of everything that decides the results: values, input files, versions and code."""
    content = json.dumps([scenario_hash, sorted(files.items()), dict(sorted(versions.items())), code])
    return hashlib.sha256(content.encode()).hexdigest()


def default_folder(name: str, run_fingerprint: str, root: Path = ROOT) -> Path:
    """Return where a run goes when the user names no folder."""
    return root / f"{slug(name)}-{run_fingerprint[:HASH_LETTERS]}"


def complete_run(folder: Path, run_fingerprint: str) -> bool:
    """Tell whether a folder holds the complete run of exactly these inputs, figures aside."""
    try:
        manifest = whole_manifest(folder)
    except (MachineError, OSError):
        return False
    return bool(manifest["fingerprint"] == run_fingerprint and not broken_files(folder, manifest, DATA_FILES))


def has_figures(folder: Path) -> bool:
    """Tell whether the figures of a complete run are there as they were drawn."""
    outputs = whole_manifest(folder)["outputs"]
    drawn = [name for name in outputs if name.startswith(f"{FIGURES}/")]
    return bool(drawn) and not broken_files(folder, {"outputs": outputs}, drawn)


def open_run(folder: Path) -> tuple[Results, dict[str, Any]]:
    """Load a complete run and its manifest.

    Raises
    ------
    MachineError
        The folder holds no complete run, or some of its data is not what was written.
    """
    manifest = whole_manifest(folder)
    refuse_broken(folder, broken_files(folder, manifest, DATA_FILES))
    return Results.load(folder), manifest


def check_place(folder: Path) -> None:
    """Refuse a folder for a run whose parent is missing; the default one is made."""
    parent = folder.parent
    if parent == ROOT.absolute():
        try:
            parent.mkdir(exist_ok=True)
        except OSError as error:
            raise MachineError(
                f"{parent}: cannot be made ({error.strerror}); name a folder with --out"
            ) from None
    if not parent.is_dir():
        raise MachineError(f"{parent}: no such folder; make it first or name another with --out")


def check_target(folder: Path, *, force: bool, n_steps: int) -> None:
    """Refuse, before anything is simulated, a folder that could not be written or that holds other things.

    Raises
    ------
    MachineError
        The folder exists and ``force`` is not set, it holds what stationsim did not write, its parent cannot
        be written, or the disk is short.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise MachineError(f"{folder}: is a file or a link, a run needs a folder; name another with --out")
    if folder.is_dir():
        _check_content(folder, force)
    probe = temporary_of(folder)
    try:
        probe.mkdir()
        probe.rmdir()
        free = shutil.disk_usage(folder.parent).free
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); name another folder with --out"
        raise MachineError(f"{folder.parent}: {reason}") from None
    needed = SPARE_SPACE * (n_steps * BYTES_PER_STEP + BYTES_FOR_FIGURES)
    if free < needed:
        raise MachineError(
            f"{folder.parent}: {free / 1e6:.0f} MB free, the run may need {needed / 1e6:.0f} MB"
        )


def _check_content(folder: Path, force: bool) -> None:
    """Refuse a folder whose content must stay."""
    here = Path.cwd()
    if folder == here or folder in here.parents:
        raise MachineError(f"{folder}: is the folder you are in, which a run would replace; name another")
    if not any(folder.iterdir()):
        return
    foreign = foreign_files(folder)
    if foreign:
        raise MachineError(
            f"{folder}: holds {foreign[0]}, which is not stationsim's; empty it or name another with --out"
        )
    if not force:
        state = "a run of other inputs" if (folder / MANIFEST).is_file() else "an incomplete run"
        raise MachineError(f"{folder}: holds {state}; use --force to replace it or name another with --out")


def foreign_files(folder: Path) -> list[str]:
    """Return what lies in a folder and is not of a run; all where it holds none."""
    entries = sorted(folder.rglob("*"))
    names = [
        path.relative_to(folder).as_posix() for path in entries if path.is_symlink() or not path.is_dir()
    ]
    return _foreign(folder, names) if entries else []


def _foreign(folder: Path, names: list[str]) -> list[str]:
    """Return files that are not those of a run, or all where the folder is none."""
    if not {MANIFEST, "resolved.json", "steps.parquet"} & set(names):
        return names or [FIGURES]
    try:
        own = {*whole_manifest(folder)["outputs"], *DATA_FILES, MANIFEST}
    except (MachineError, OSError):
        figures = [n for n in names if n.startswith(f"{FIGURES}/") and n.endswith(FIGURE_KINDS)]
        own = {*DATA_FILES, MANIFEST, *figures}
    return [name for name in names if name not in own]


def write_run(
    results: Results,
    folder: Path,
    *,
    inputs: RunInputs,
    kpis: Mapping[str, Any],
    tables: Mapping[str, Any],
    facts: Callable[[], Mapping[str, Any]],
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
    facts
        Gives code, time and machine facts for the manifest; asked last, outside everything that is hashed.
    draw
        Writes the figures into a folder; none are drawn where it is left out.

    Returns
    -------
    dict
        The manifest.
    """
    temporary = temporary_of(folder)
    try:
        temporary.mkdir()
        outputs = _write_files(results, temporary, inputs=inputs, kpis=kpis, tables=tables)
        if draw is not None:
            draw(temporary / FIGURES)
            outputs |= _flushed_figures(temporary)
        manifest = sealed({**manifest_of(results, inputs), "outputs": outputs, **facts()})
        write_text(temporary / MANIFEST, as_json(manifest))
        swap(temporary, folder)
    except OSError as error:
        raise MachineError(f"{folder}: the run could not be written ({error.strerror or error})") from None
    finally:
        discard(temporary)
    return manifest


def _write_files(
    results: Results,
    folder: Path,
    *,
    inputs: RunInputs,
    kpis: Mapping[str, Any],
    tables: Mapping[str, Any],
) -> dict[str, str]:
    """Write everything but figures and manifest; return the sha256 of each file."""
    texts = {
        "scenario.yaml": inputs.scenario_text,
        "resolved.json": as_json(results.scenario),
        "kpis.json": as_json(kpis),
        **{
            f"{stem}.csv": table.to_csv(lineterminator="\n", float_format="%.6f")
            for stem, table in tables.items()
        },
    }
    for name, text in texts.items():
        write_text(folder / name, text)
    frames = {"steps.parquet": results.steps, "sessions.parquet": results.sessions}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    return hashes | {name: write_parquet(frame, folder / name) for name, frame in frames.items()}


def write_parquet(frame: Any, path: Path) -> str:
    """Write a frame as Parquet and return its sha256, taken while writing.

    Plain encoding and light compression cost least. Columns of numbers are handed over as they are: the usual
    way looks for NaN in each of them first, which takes longer than writing them.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.Schema.from_pandas(frame)
    columns = [
        _column(frame[field.name] if field.name in frame.columns else frame.index, field.type)
        for field in schema
    ]
    with path.open("wb") as stream:
        sink = _Hashing(stream)
        pq.write_table(
            pa.Table.from_arrays(columns, schema=schema),
            pa.PythonFile(sink, mode="w"),
            compression="lz4",
            use_dictionary=False,
            write_statistics=False,
        )
    flush(path)
    return sink.digest.hexdigest()


def _column(values: Any, kind: Any) -> Any:
    import pyarrow as pa

    return (
        pa.array(values.to_numpy()) if pa.types.is_floating(kind) else pa.Array.from_pandas(values, type=kind)
    )


class _Hashing:
    """A stream that takes the sha256 of what goes through it."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def write(self, data: Any) -> int:
        """Pass bytes on."""
        self.digest.update(data)
        return self.stream.write(data)

    def tell(self) -> int:
        """Return the position [B]."""
        return self.stream.tell()

    def flush(self) -> None:
        """Pass on what is buffered."""
        self.stream.flush()

    def close(self) -> None:
        """Leave the closing to the stream's owner."""


def adopt(folder: Path, drawn: Path) -> list[Path]:
    """Move figures that were drawn elsewhere into a run and enter them in its manifest; return the files."""
    manifest = whole_manifest(folder)
    target = folder / FIGURES
    target.mkdir(exist_ok=True)
    fresh = {path.name: sha256_of(path) for path in sorted(drawn.iterdir())}
    for name in fresh:
        flush(drawn / name)
        (drawn / name).replace(target / name)
    manifest["outputs"] |= {f"{FIGURES}/{name}": digest for name, digest in fresh.items()}
    beside = drawn / MANIFEST
    write_text(beside, as_json(sealed(manifest)))
    beside.replace(folder / MANIFEST)
    flush(target)
    flush(folder)
    return [target / name for name in fresh]


def _flushed_figures(folder: Path) -> dict[str, str]:
    figures = sorted(path for path in (folder / FIGURES).rglob("*") if path.is_file())
    for path in figures:
        flush(path)
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in figures}
