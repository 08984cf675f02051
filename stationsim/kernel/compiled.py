"""The kernel compiled by numba, from the very functions that plain Python plays."""

from __future__ import annotations

import hashlib
import inspect
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.extending import register_jitable

from stationsim.control import rule
from stationsim.kernel import kept, minutes, power, treatment
from stationsim.kernel.backend import LOOPS, Kernel
from stationsim.models.battery import curves, unit
from stationsim.models.pv import inverter
from stationsim.models.water import plant

PARTS = (rule, minutes, treatment, power, curves, unit, inverter, plant)
"""Modules that hold the kernel's loops and the functions they call."""

KEPT_S = 30 * 24 * 3600
"""Time after which machine code of other sources that nobody used is cleared away [s]."""

_KEY = re.compile(r"[0-9a-f]{16}")


@cache
def compiled_kernel() -> Kernel:
    """Return the compiled kernel; its machine code is kept for later runs of the same sources.

    Results equal those of plain Python to 1e-9: the order of operations is the same, but exponentials may
    differ in their last bit.
    """
    for function in _functions():
        register_jitable(function)
    folder = cache_folder()
    loops = [numba.njit(loop) for loop in LOOPS]
    if folder is not None:
        _keep_in(folder, loops)
    return Kernel("compiled", _as_is, _as_is, np.array, *loops)


def _functions() -> list[Callable[..., Any]]:
    """Return the functions that the parts define; those the loops do not call cost nothing."""
    return [
        member
        for part in PARTS
        for _, member in inspect.getmembers(part, inspect.isfunction)
        if member.__module__ == part.__name__
    ]


def _as_is(array: Any) -> Any:
    return array


def sources_key() -> str:
    """Return a key of everything that the machine code is made of: sources, numba and Python."""
    seen = hashlib.sha256()
    for module in PARTS:
        seen.update(inspect.getsource(module).encode())
    seen.update(inspect.getsource(kept).encode())
    seen.update(f"{numba.__version__} {sys.version}".encode())
    return seen.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Return the folder for machine code of these sources; None where nothing can be written."""
    try:
        folder = _cache_home() / "stationsim" / sources_key()
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)  # the time of its last use
        _clear_old(folder)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


def _cache_home() -> Path:
    """Return the user's cache folder; as the XDG specification asks, a relative one is ignored."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        home = Path(os.environ.get(name, ""))
        if home.is_absolute():
            return home
    return Path.home() / ".cache"


def _clear_old(folder: Path) -> None:
    """Clear away the machine code of other sources that nobody used for long."""
    newest_s = time.time() - KEPT_S
    for other in folder.parent.iterdir():
        if other != folder and _KEY.fullmatch(other.name) and other.stat().st_mtime < newest_s:
            shutil.rmtree(other, ignore_errors=True)


def _keep_in(folder: Path, loops: Iterable[Any]) -> None:
    """Have the machine code of loops kept in a folder; where numba cannot, it is made for each run."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        for loop in loops:
            loop._cache = kept.KeptCode(loop.py_func)
    except (OSError, RuntimeError, AttributeError):
        return
    finally:
        numba.config.CACHE_DIR = before
