"""The manifest of a run folder: what was run, from what, by what, and the sha256 of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stationsim.errors import MachineError
from stationsim.results import MANIFEST, Results, read_manifest

FORMAT = "stationsim-run/1"
"""Name and version of the folder's layout."""

SEAL = "manifest_sha256"
"""Key of the manifest that holds the sha256 of all the rest of it."""

DATA_FILES = (
    *("scenario.yaml", "resolved.json", "kpis.json", "daily_balance.csv", "monthly.csv"),
    *("steps.parquet", "sessions.parquet"),
)
"""Files of every run folder beside its manifest and its figures."""


@dataclass(frozen=True)
class RunInputs:
    """What a run was made from, beside its results."""

    scenario_text: str
    """Scenario file as the user wrote it."""
    scenario_path: str
    """Where it was read from, as an absolute path."""
    scenario_sha256: str
    """sha256 of its bytes."""
    resolved_sha256: str
    """sha256 of the resolved scenario's values."""
    scenario_files: Mapping[str, str]
    """Scenario files with their sha256, those that are extended included."""
    files: Mapping[str, str]
    """Input files with their sha256, by the name the scenario uses."""
    overrides: tuple[str, ...]
    """Overrides of the command line."""
    defaults: tuple[str, ...]
    """Dotted paths of the keys that were left to their defaults."""
    fingerprint: str
    """Hash of everything that decides the results."""
    warnings: tuple[str, ...] = ()
    """What the scenario was warned of before the run."""


def not_told(results: Results, before: Sequence[str]) -> list[str]:
    """Return what a run warns of beyond what was told before it, placed in the scenario or not."""
    told = "\n".join(before)
    return [warning for warning in results.provenance["warnings"] if warning not in told]


def manifest_of(results: Results, inputs: RunInputs) -> dict[str, Any]:
    """Return what a manifest says of inputs and results; outputs and facts of the machine come to it."""
    warnings = [*inputs.warnings, *not_told(results, inputs.warnings)]
    counts = {row["message"]: row["count"] for row in results.provenance.get("findings", ())}
    return {
        "schema": FORMAT,
        "fingerprint": inputs.fingerprint,
        "result_hash": results.provenance["result_hash"],
        "scenario": {
            "name": results.scenario["name"],
            "path": inputs.scenario_path,
            "sha256": inputs.scenario_sha256,
            "resolved_sha256": inputs.resolved_sha256,
            "files": dict(inputs.scenario_files),
        },
        "inputs": dict(inputs.files),
        "overrides": list(inputs.overrides),
        "defaults_used": list(inputs.defaults),
        "warnings": [{"message": text, "count": counts.get(text, 1)} for text in warnings],
        "provenance": dict(results.provenance),
    }


def whole_manifest(folder: Path, form: str = FORMAT) -> dict[str, Any]:
    """Return the manifest of a folder of some form, refused where it is not what was written."""
    manifest = read_manifest(folder)
    path = folder / MANIFEST
    written = manifest.get("schema") if isinstance(manifest, dict) else None
    if written != form:
        raise MachineError(f"{path}: must be a manifest of {form}, got {written!r}")
    rest = {key: value for key, value in manifest.items() if key != SEAL}
    text = path.read_bytes().decode(errors="replace")
    if manifest.get(SEAL) != _seal(rest) or text != as_json(manifest):
        raise MachineError(f"{path}: changed since the run was written; run the scenario again with --force")
    return manifest


def check_outputs(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise :class:`MachineError` with the files that are missing or changed, figures included."""
    missing = sorted(set(DATA_FILES) - set(manifest["outputs"]))
    refuse_broken(folder, missing + broken_files(folder, manifest, manifest["outputs"]))


def refuse_broken(folder: Path, names: list[str]) -> None:
    """Raise :class:`MachineError` where files are named."""
    if names:
        raise MachineError(f"{folder}: {', '.join(names)}: missing or changed since the run was written")


def broken_files(folder: Path, manifest: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Return those files of a run that are missing or whose bytes are not the ones that were written."""
    outputs = manifest["outputs"]
    return [
        name
        for name in names
        if not (folder / name).is_file() or sha256_of(folder / name) != outputs.get(name)
    ]


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with the hash of its content."""
    rest = {key: value for key, value in manifest.items() if key != SEAL}
    return {**rest, SEAL: _seal(rest)}


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(as_json(content).encode()).hexdigest()


def as_json(content: Mapping[str, Any]) -> str:
    """Return JSON as it is written into run folders."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
