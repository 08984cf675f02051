"""Who ran what on which machine: versions for the hashed part of a manifest, machine facts beside it."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from stationsim import __version__

LIBRARIES = ("numpy", "pandas", "scipy", "pvlib", "simpy")
"""Libraries whose version can change a result."""


def versions() -> dict[str, str]:
    """Return the versions that can change a result."""
    found = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"stationsim": __version__, **found, "tzdata": _tz_version()}


def _tz_version() -> str:
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return "system"


def source_state() -> dict[str, Any]:
    """Return the git commit of a checkout and whether it is changed; empty for an installed package."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return {}
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", "stationsim")
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


def host_facts(started: dt.datetime) -> dict[str, Any]:
    """Return time and machine facts, none of which decides a result.

    Parameters
    ----------
    started
        When the run began, with its time zone.
    """
    now = dt.datetime.now(dt.UTC)
    return {
        "started": started.isoformat(timespec="seconds"),
        "ended": now.isoformat(timespec="seconds"),
        "wall_s": round((now - started).total_seconds(), 3),
        "peak_memory_mb": _peak_memory_mb(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cpu_count": os.cpu_count(),
        "source": source_state(),
    }


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:  # not on every system
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)
