"""The kernel compiled by numba, from the very functions that plain Python plays."""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.extending import register_jitable

from stationsim.control import rule
from stationsim.kernel import minutes, power, treatment
from stationsim.kernel.backend import LOOPS, Kernel
from stationsim.models.battery import curves, unit
from stationsim.models.pv import inverter
from stationsim.models.water import plant

PARTS = (rule, minutes, treatment, power, curves, unit, inverter, plant)
"""Modules that hold the kernel's loops and the functions they call."""


@cache
def compiled_kernel() -> Kernel:
    """Return the compiled kernel; its machine code is kept for later runs of the same sources.

    Results equal those of plain Python to 1e-9: the order of operations is the same, but exponentials may
    differ in their last bit.
    """
    for function in _functions():
        register_jitable(function)
    folder = cache_folder()
    with _cached_in(folder):
        loops = [numba.njit(cache=folder is not None)(loop) for loop in LOOPS]
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
    seen.update(f"{numba.__version__} {sys.version}".encode())
    return seen.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Return the folder for machine code of these sources; None where nothing can be written."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        folder = (Path(home) if home else Path.home() / ".cache") / "stationsim" / sources_key()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


@contextmanager
def _cached_in(folder: Path | None) -> Iterator[None]:
    """Have numba keep what is compiled meanwhile in a folder, and elsewhere afterwards as before."""
    before = numba.config.CACHE_DIR
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before
