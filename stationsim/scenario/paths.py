"""Paths of input files named inside a scenario: local, inside its folder or an allowed one, and regular."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stationsim.errors import Problem, ScenarioError
from stationsim.scenario.reasons import shown
from stationsim.scenario.source import forbidden_character

MAX_INPUT_BYTES = 200_000_000
"""Largest input file [B]; a year of minutes with six columns has some 30,000,000."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|(?:data|file|http|https|ftp|s3|gs|mailto):", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_FILE_KEY = re.compile(r"(?:.*_)?files?")


@dataclass(frozen=True)
class InputFile:
    """An input file that a scenario names."""

    path: str
    """Dotted path of the key."""
    written: str
    """As written in the scenario."""
    resolved: Path
    """Where it lies."""


class RefusedPathError(ScenarioError):
    """A path in a scenario leads where no input may come from; never says what lies there."""

    def __init__(self, code: str, rule: str, hint: str = "") -> None:
        super().__init__([Problem(rule, hint=hint, code=code)])


def names_file(key: str) -> bool:
    """Tell whether a key of a scenario names an input file: ``file``, ``climate_file``, ``files``."""
    return _FILE_KEY.fullmatch(key) is not None


def resolve_input(
    written: str, *, base: Path | None, allow_paths: Sequence[str | os.PathLike[str]] = (), key: str = ""
) -> Path:
    """Return where an input file lies, or refuse it.

    Parameters
    ----------
    written
        Path as written in the scenario; a relative one starts at ``base``.
    base
        The scenario's folder; None refuses every file.
    allow_paths
        Folders outside it that the user allowed.
    key
        Dotted path of the key that names the file, for the message.

    Raises
    ------
    ScenarioError
        The path is no plain local path, leads outside (symbolic links followed), or to no regular file of at
        most 200 MB. The message never shows what lies there.
    """
    try:
        return locate(written, base=base, allow_paths=allow_paths, max_bytes=MAX_INPUT_BYTES)
    except RefusedPathError as refused:
        problem = replace(refused.problems[0], path=key, value=shown(written))
        raise ScenarioError([problem]) from None


def locate(
    written: str, *, base: Path | None, allow_paths: Sequence[str | os.PathLike[str]], max_bytes: int
) -> Path:
    """Return where a file lies that a scenario names, or raise `RefusedPathError`."""
    if base is None:
        raise RefusedPathError(
            "E310", "must name no files: this scenario has no folder", "use a synthetic climate"
        )
    _require_plain(written)
    resolved = _resolved(Path(base) / written)
    allowed = [_resolved(Path(root)) for root in (base, *allow_paths)]
    if not any(resolved.is_relative_to(root) for root in allowed):
        hint = "copy the file beside the scenario, or allow its folder with --allow-path"
        raise RefusedPathError("E304", "must lie inside the scenario's folder", hint)
    _require_regular(resolved, max_bytes)
    return resolved


def _require_plain(written: str) -> None:
    if not written.strip() or forbidden_character(written) or not written.isprintable():
        raise RefusedPathError("E306", "must be the path of a file, without control characters")
    if _URL.match(written):
        raise RefusedPathError("E305", "must be a local path, not a URL", "download the file first")
    if written.startswith("~"):
        raise RefusedPathError("E306", "must not start with ~", "write a path relative to the scenario")
    if _DRIVE.match(written) or "\\" in written:
        raise RefusedPathError(
            "E306", "must have no drive letter and no backslash", "write / between folders"
        )
    if any(_DEVICE.fullmatch(part.split(".")[0].strip()) for part in written.split("/")):
        raise RefusedPathError("E306", "must not be the name of a device")


def _resolved(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError, RuntimeError):
        raise RefusedPathError("E306", "must be a path that can be followed") from None


def _require_regular(path: Path, max_bytes: int) -> None:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise RefusedPathError(
            "E301", "no such file", "a relative path starts at the scenario's folder"
        ) from None
    except (OSError, ValueError):
        raise RefusedPathError("E307", "must be a file that can be read") from None
    if not stat.S_ISREG(status.st_mode):
        raise RefusedPathError("E307", "must be a regular file, not a folder, device or pipe")
    if status.st_size > max_bytes:
        raise RefusedPathError("E308", f"must be no larger than {max_bytes // 1_000_000} MB")
