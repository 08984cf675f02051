"""Ageing from a data sheet: tables of cycle and calendar life, or SAM's calendar law for lithium-ion cells.

References
----------
N. Blair et al., System Advisor Model, NREL, library ``ssc``, ``lib_battery_lifetime``; K. Smith et al.,
*Life prediction model for grid-connected Li-ion battery energy storage system*, American Control Conference
(2017) 4062-4068, for the calendar law.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from stationsim.models.ageing.cycles import count_cycles
from stationsim.models.ageing.duty import Duty, storage_of
from stationsim.models.ageing.laws import NO_LOSS, Curve, Law, PowerLaw, along
from stationsim.spec import NonNegative, Number, Spec

Array = NDArray[np.float64]
Values = TypeVar("Values", float, Array)

REFERENCE_K = 296.0
"""Temperature at which the law's exponentials are 1 for an empty cell, and nearly so for a full one [K]."""

LARGEST_RATE_PER_SQRT_DAY = 0.1
"""Largest loss of a first day [1/d^0.5]; nearly forty times SAM's."""

LARGEST_STRESS_K = 2e4
"""Largest action of temperature and charge [K]; nearly three times SAM's."""

DEPTH_CLASSES = 200
"""Classes of depth into which cycles are sorted; each keeps the mean depth of its cycles."""

LEAST_DEPTH = 1e-6
"""Cycles below this depth wear nothing."""

LEAST_LIFE = 1.0
"""Least cycles and days of a row of a data sheet."""

Depth = Annotated[Number, Field(gt=0, le=1)]
Life = Annotated[Number, Field(ge=LEAST_LIFE)]
Share = Annotated[Number, Field(ge=0, lt=1)]


class LithiumIonCalendar(Spec):
    """Calendar law of lithium-ion cells as in SAM: q0 less a rate times the square root of days."""

    start_share: Annotated[Number, Field(ge=1, le=1.1)] = 1.02
    """Capacity of a new cell over its rating, 1 to 1.1; SAM's default."""
    rate_per_sqrt_day: Annotated[NonNegative, Field(le=LARGEST_RATE_PER_SQRT_DAY)] = 2.66e-3
    """Loss of the first day near 23 degC, as a share of the rating [1/d^0.5]; SAM's default."""
    temperature_k: Annotated[Number, Field(ge=-LARGEST_STRESS_K, le=LARGEST_STRESS_K)] = -7280.0
    """How temperature acts [K]; SAM's default."""
    charge_k: Annotated[Number, Field(ge=-LARGEST_STRESS_K, le=LARGEST_STRESS_K)] = 930.0
    """How the state of charge acts [K]; SAM's default."""

    def rate(self, soc: Values, temp_k: Values) -> Values:
        """Return the loss of a first day, as a share of the rating [1/d^0.5].

        Parameters
        ----------
        soc
            State of charge, 0 to 1.
        temp_k
            Cell temperature [K].
        """
        warmth = self.temperature_k * (1 / temp_k - 1 / REFERENCE_K)
        charge = self.charge_k * (soc / temp_k - 1 / REFERENCE_K)
        return self.rate_per_sqrt_day * np.exp(warmth) * np.exp(charge)  # type: ignore[no-any-return]


class LifeTable(Spec):
    """What a data sheet says of a battery's life."""

    cycles: tuple[tuple[Depth, Life, Share], ...] = ()
    """Rows of depth of discharge, cycles and the share of capacity left then, such as [0.8, 6000, 0.8]."""
    calendar: tuple[tuple[Life, Share], ...] = ()
    """Rows of days and the share of capacity left then, such as [3650, 0.8]; straight lines between them."""
    calendar_law: LithiumIonCalendar | None = None
    """SAM's law for lithium-ion cells in place of the rows ``calendar``."""

    @model_validator(mode="after")
    def _is_a_life(self) -> LifeTable:
        if self.calendar and self.calendar_law is not None:
            raise ValueError("must have one of calendar and calendar_law, got both")
        if not self.cycles and not self.calendar and self.calendar_law is None:
            raise ValueError("must have cycles, calendar or calendar_law, got none")
        for depth, rows in self.rows_by_depth.items():
            _check_falling(f"cycles of depth {depth:g}", rows)
        _check_falling("calendar", self.calendar)
        return self

    @property
    def rows_by_depth(self) -> dict[float, list[tuple[float, float]]]:
        """Pairs of cycles and capacity by depth, from the least depth."""
        rows = sorted(self.cycles)
        return {
            depth: [(cycles, left) for _, cycles, left in group]
            for depth, group in groupby(rows, key=lambda row: row[0])
        }


def _check_falling(what: str, rows: list[tuple[float, float]] | tuple[tuple[float, float], ...]) -> None:
    points = [(0.0, 1.0), *rows]
    if any(b[0] <= a[0] or b[1] >= a[1] for a, b in pairwise(points)):
        raise ValueError(f"{what} must rise from row to row while the share left falls, got {list(rows)}")


def loss_curves(table: LifeTable, depths: Array) -> tuple[Array, Array]:
    """Return numbers of cycles, of shape (k,), and the loss at each for depths, of shape (n, k).

    Parameters
    ----------
    table
        With rows of cycles.
    depths
        Depths of cycles, 0 to 1, of shape (n,).

    Notes
    -----
    Bilinear between rows; beyond the greatest depth its row holds, below the least one its loss shrinks in
    proportion to depth; beyond the last row of a depth its last line goes on.
    """
    by_depth = table.rows_by_depth
    numbers = np.unique([0.0, *(cycles for _, cycles, _ in table.cycles)])
    curves = []
    for rows in by_depth.values():
        cycles, left = np.array([(0.0, 1.0), *rows]).T
        curves.append([along(number, cycles, 1.0 - left) for number in numbers])
    known = np.array([0.0, *by_depth])
    losses = np.vstack([np.zeros_like(numbers), *curves])
    at = np.clip(depths, 0.0, known[-1])
    return numbers, np.column_stack([np.interp(at, known, column) for column in losses.T])


def table_cycle_law(table: LifeTable, depths: Array, counts: Array) -> Law:
    """Return how loss grows when cycles of some depths are done again and again, evenly mixed.

    Parameters
    ----------
    table
        With rows of cycles.
    depths, counts
        Depth, 0 to 1, and number of each kind of cycle, both of shape (n,).

    Notes
    -----
    Each kind wears by the slope that its own curve has at the present loss, so the loss is the only memory.
    All curves are straight between the losses at which one of them bends, hence so is their mixture.
    """
    kept = (depths > LEAST_DEPTH) & (counts > 0)
    if not table.cycles or not kept.any():
        return NO_LOSS
    depths, counts = depths[kept], counts[kept]
    numbers, curves = loss_curves(table, depths)
    bends = np.unique(np.append(curves.ravel(), 0.0))
    middles = 0.5 * (bends[1:] + bends[:-1])
    speed = np.zeros_like(middles)
    slopes = np.diff(curves) / np.diff(numbers)
    for curve, slope, count in zip(curves, slopes, counts, strict=True):
        piece = np.clip(np.searchsorted(curve, middles) - 1, 0, len(slope) - 1)
        speed += count * slope[piece]
    duties = np.concatenate(([0.0], np.cumsum(np.diff(bends) / speed)))
    return Curve(bends, duties)


def table_calendar_law(table: LifeTable, duty: Duty) -> Law:
    """Return how calendar loss grows under a duty."""
    if table.calendar_law is not None:
        law, storage = table.calendar_law, storage_of(duty)
        squares = law.rate(storage.soc, storage.temp_k) ** 2 * storage.piece_h / 24.0
        return PowerLaw(float(squares.sum()), 0.5, gain=law.start_share - 1.0)
    if not table.calendar:
        return NO_LOSS
    days, left = np.array([(0.0, 1.0), *table.calendar]).T
    return Curve(1.0 - left, days / duty.days)


def table_laws(table: LifeTable, duty: Duty) -> tuple[Law, Law]:
    """Return how calendar and cycle loss grow under a duty."""
    cycles = count_cycles(duty.soc)
    kinds = np.minimum((cycles.depth * DEPTH_CLASSES).astype(np.int64), DEPTH_CLASSES)
    counts = np.bincount(kinds, weights=cycles.weight, minlength=DEPTH_CLASSES + 1).astype(np.float64)
    depths = np.bincount(kinds, weights=cycles.full, minlength=DEPTH_CLASSES + 1) / np.maximum(counts, 0.5)
    return table_calendar_law(table, duty), table_cycle_law(table, depths, counts)
