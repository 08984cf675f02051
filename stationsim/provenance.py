"""Who ran what on which machine: versions for the hashed part of a manifest, machine facts beside it."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import zoneinfo
from pathlib import Path
from typing import Any, get_args

from stationsim import __version__

LIBRARIES = ("numpy", "pandas", "scipy", "pvlib", "simpy")
"""Libraries whose version can change a result."""

PACKAGE = Path(__file__).resolve().parent
"""Folder of the package, with code and data."""


def versions() -> dict[str, str]:
    """Return the versions that can change a result."""
    found = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"stationsim": __version__, **found, "tzdata": time_zone_version()}


def time_zone_version() -> str:
    """Return the version of the time zone database in use: the system's where it has one, as in zoneinfo."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "UTC").is_file() or (folder / "Etc" / "UTC").is_file():
            return _system_zone_version(folder)
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _system_zone_version(folder: Path) -> str:
    for name in ("tzdata.zi", "+VERSION"):
        try:
            with (folder / name).open(encoding="utf-8") as stream:
                first = stream.readline().strip()
        except OSError:
            continue
        return f"system {first.removeprefix('# version ')}"
    return "system"


@functools.cache
def code_hash() -> str:
    """Return the sha256 over the package's code and data, which tells a changed checkout from a release."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and (path.suffix == ".py" or path.parent.name == "data"):
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def code_facts() -> dict[str, Any]:
    """Return the hash of the code and, in a checkout, its commit and whether it is changed."""
    return {"sha256": code_hash(), **source_state()}


def source_state() -> dict[str, Any]:
    """Return the git commit of a checkout and whether it is changed; empty for an installed package."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return {}
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", PACKAGE.name)
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"commit": commit, "dirty": bool(changed)}


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603  fixed words, no shell
        ["git", "-C", str(root), *words],  # noqa: S607  the user's own git
        capture_output=True,
        text=True,
        timeout=5,
        check=True,
    )
    return done.stdout.strip()


def stream_layout(seed: int, replication: int) -> dict[str, Any]:
    """Return how every random stream of a run is made from its seed."""
    from stationsim.seeds import Purpose

    return {
        "seed": seed,
        "replication": replication,
        "generator": "PCG64",
        "spawn_key": "replication, place in streams",
        "streams": list(get_args(Purpose)),
    }


def host_facts(started: dt.datetime, *, wall_s: float) -> dict[str, Any]:
    """Return time and machine facts, none of which decides a result.

    Parameters
    ----------
    started
        When the run began, with its time zone.
    wall_s
        How long it took, by a clock that nobody sets [s].
    """
    return {
        "started": started.isoformat(timespec="seconds"),
        "ended": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "wall_s": round(wall_s, 3),
        "peak_memory_mb": _peak_memory_mb(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor(),
        "cpu_count": os.cpu_count(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:  # not on every system
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)
