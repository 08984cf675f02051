"""Power modules of a shared cabinet: who gets how many, and where along its curve a car needs another number.

A cabinet gives each car a whole number of modules. What a car needs is its power over the power of a module,
rounded up: a staircase of its state of charge, known before it charges.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from stationsim.models.charging import Allocation
from stationsim.models.vehicles import ChargeCurve

MODULE_TOLERANCE = 1e-9
"""Part by which power may miss a whole number of modules and count as it [-]; rounding is smaller."""

SOC_TOLERANCE = 1e-9
"""State of charge below a step that counts as on it [-]; microseconds of charging, well above rounding."""


def allocate(wants: Sequence[int], modules: int, allocation: Allocation) -> list[int]:
    """Return the number of whole modules that each car gets, none above what it wants.

    Parameters
    ----------
    wants
        Modules that each car wants, in the order in which the cars plugged in.
    modules
        Modules of the cabinet that work.
    allocation
        ``equal`` levels what cars get (max-min fairness), single modules left over go to the earliest that
        still want. ``first_come`` serves in order. ``proportional`` shares by what cars want, with the
        largest remainders rounded up, ties to the earliest.

    Notes
    -----
    All modules are used as long as somebody wants them.
    """
    total = sum(wants)
    if total <= modules:
        return list(wants)
    if allocation == "equal":
        return _equal(wants, modules)
    if allocation == "first_come":
        return _first_come(wants, modules)
    return _proportional(wants, modules, total)


def _equal(wants: Sequence[int], modules: int) -> list[int]:
    """Share modules fewer than wanted by one level for all."""
    left, others = modules, len(wants)
    level = 0
    for want in sorted(wants):
        level = left // others
        if want > level:
            break
        left -= want
        others -= 1
    spare = left - level * others
    given = []
    for want in wants:
        if want <= level:
            given.append(want)
        elif spare:
            given.append(level + 1)
            spare -= 1
        else:
            given.append(level)
    return given


def _first_come(wants: Sequence[int], modules: int) -> list[int]:
    given = []
    for want in wants:
        given.append(min(want, modules))
        modules -= given[-1]
    return given


def _proportional(wants: Sequence[int], modules: int, total: int) -> list[int]:
    """Share modules fewer than ``total`` by largest remainders, which never exceed a want."""
    given = [modules * want // total for want in wants]
    spare = modules - sum(given)
    if spare:
        order = sorted(range(len(wants)), key=lambda car: -(modules * wants[car] % total))
        for car in order[:spare]:
            given[car] += 1
    return given


class ModuleSteps(NamedTuple):
    """Number of modules that a car needs against its state of charge."""

    soc: tuple[float, ...]
    """States of charge at which the number changes [-], increasing."""
    modules: tuple[int, ...]
    """The number before the first of them, and after each."""

    def at(self, soc: float) -> int:
        """Return the number needed just above a state of charge; at a step, the one after it."""
        return self.modules[bisect_right(self.soc, soc + SOC_TOLERANCE)]

    def next_change(self, soc: float, held: int, *, only_rises: bool = False) -> float:
        """Return the state of charge at which a car that holds a number of modules next needs another [-].

        Parameters
        ----------
        soc
            State of charge from which to look on [-].
        held
            Modules that the car holds.
        only_rises
            Look for a need above ``held`` only.

        Notes
        -----
        A car that needs more than it holds is concerned only where it comes to need less. Infinite where
        nothing changes any more.
        """
        first = bisect_right(self.soc, soc + SOC_TOLERANCE)
        is_short = self.modules[first] > held
        for step in range(first, len(self.soc)):
            needed = self.modules[step + 1]
            if (needed > held and not is_short) or (needed < held and not only_rises):
                return self.soc[step]
        return math.inf


def module_steps(curve: ChargeCurve, module_kw: float) -> ModuleSteps:
    """Return the number of modules that a curve needs against the state of charge.

    Parameters
    ----------
    curve
        Power that the car takes.
    module_kw
        Power of a module into the battery [kW].

    Notes
    -----
    Power is straight between the points of the curve, so that the steps within a segment are exact.
    """
    if not module_kw > 0:
        raise ValueError(f"module_kw must be > 0, got {module_kw}")
    pieces = list(_pieces(curve, module_kw))
    ends = [*(start for start, _ in pieces[1:]), 1.0]
    real = [piece for piece, end in zip(pieces, ends, strict=True) if end > piece[0]]
    steps = [after for before, after in pairwise(real) if after[1] != before[1]]
    return ModuleSteps(tuple(soc for soc, _ in steps), (real[0][1], *(needed for _, needed in steps)))


def _pieces(curve: ChargeCurve, module_kw: float) -> Iterator[tuple[float, int]]:
    """Yield where each piece of one need begins and that need; neighbours may be alike."""
    for (start, low_kw), (end, high_kw) in pairwise(zip(curve.soc, curve.power_kw, strict=True)):
        first, last = _in_modules(low_kw, module_kw), _in_modules(high_kw, module_kw)
        if last > first:
            needed, levels, turn = math.floor(first) + 1, range(math.floor(first) + 1, math.ceil(last)), 1
        else:
            needed, levels, turn = math.ceil(first), range(math.ceil(first) - 1, math.floor(last), -1), -1
        yield start, needed
        for level in levels:
            needed += turn
            yield start + (end - start) * ((level - first) / (last - first)), needed


def _in_modules(power_kw: float, module_kw: float) -> float:
    """Return power as a number of modules, a whole one where it is as good as whole."""
    number = power_kw / module_kw
    whole = round(number)
    return whole if abs(number - whole) <= MODULE_TOLERANCE * whole else number
