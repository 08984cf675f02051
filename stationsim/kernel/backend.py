"""How the kernel runs: as plain Python, or compiled where the extra ``speed`` is installed and pays.

Both play the same functions. Plain Python reads lists and writes through memory views, which are its fastest
sequences; compiled code reads and writes arrays.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.errors import MachineError
from stationsim.kernel.minutes import play_building
from stationsim.kernel.power import add_plaza, add_rooms, first_step_kw, play_power
from stationsim.kernel.treatment import play_water

Array = NDArray[np.float64]

CHOICE = "STATIONSIM_KERNEL"
"""Environment variable that names the backend: ``auto``, ``python`` or ``compiled``."""

PAYS_FROM_MINUTES = 60 * 24 * 60
"""Length of a run from which compiled code is worth loading [min]; below, Python has done it by then."""


class Kernel(NamedTuple):
    """The functions that play a stretch of steps, and what they read and write."""

    name: str
    """``python`` or ``compiled``."""
    read: Callable[[Array], Any]
    """Turns an array into what the functions read."""
    write: Callable[[Array], Any]
    """Turns an array into what the functions write."""
    own: Callable[[list[float]], Any]
    """Turns a list into what the functions read and write again."""
    play_building: Callable[..., None]
    """See `stationsim.kernel.minutes`."""
    play_water: Callable[..., None]
    """See `stationsim.kernel.treatment`."""
    add_rooms: Callable[..., None]
    """See `stationsim.kernel.power`, as for those that follow."""
    add_plaza: Callable[..., None]
    first_step_kw: Callable[..., tuple[float, float]]
    play_power: Callable[..., None]


def _view(rows: Any) -> memoryview:
    """Return an array as what Python writes fastest."""
    return memoryview(rows)


LOOPS = (play_building, play_water, add_rooms, add_plaza, first_step_kw, play_power)
"""The loops of the kernel, in the order of `Kernel`."""

PLAIN = Kernel("python", np.ndarray.tolist, _view, list, *LOOPS)
"""The kernel as it is written."""


def kernel_for(n_minutes: int) -> Kernel:
    """Return the kernel for a run of some length [min].

    A numba that is there and cannot be loaded is warned of, and plain Python plays unless the compiled kernel
    is asked for.

    Raises
    ------
    MachineError
        The environment asks for the compiled kernel and numba is missing, or names no backend.
    """
    choice = os.environ.get(CHOICE) or "auto"
    if choice not in ("auto", "python", "compiled"):
        raise MachineError(f"{CHOICE} must be auto, python or compiled, got {choice!r}")
    if choice == "python" or (choice == "auto" and n_minutes < PAYS_FROM_MINUTES):
        return PLAIN
    try:
        from stationsim.kernel.compiled import compiled_kernel

        return compiled_kernel()
    except ModuleNotFoundError as error:
        if choice == "auto":
            return PLAIN
        raise MachineError(
            f"{CHOICE} asks for the compiled kernel, which needs numba: pip install 'stationsim[speed]'"
        ) from error
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        if choice == "compiled":
            raise MachineError(
                f"{CHOICE} asks for the compiled kernel, which does not load: {error}"
            ) from error
        warnings.warn(f"plain Python plays, as numba does not load: {error}", RuntimeWarning, stacklevel=2)
        return PLAIN
