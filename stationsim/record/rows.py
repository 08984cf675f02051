"""What the loop writes down: rows of flat numbers, step after step."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.kernel import minutes, power, treatment
from stationsim.plaza.steps import PLAZA_ROW

if TYPE_CHECKING:
    from stationsim.plant import State

Array = NDArray[np.float64]
Columns = dict[str, Array]

TURNED_AT_ONCE = 2048
"""Rows that are turned into columns together; they fit a cache."""


class Rows(NamedTuple):
    """Rows of some steps, each part flat, row after row."""

    zones: tuple[Array, ...]
    """Of each zone, as ``kernel.minutes.ROW``."""
    water: Array
    """As ``kernel.treatment.ROW``."""
    plaza: Array
    """As ``plaza.steps.PLAZA_ROW``."""
    power: Array
    """As ``kernel.power.POWER_ROW``."""
    units: tuple[Array, ...]
    """Of each battery unit, as ``kernel.power.UNIT_ROW``."""


class Record:
    """Rows of a run, and one array a column in the end.

    Parameters
    ----------
    start
        The site before the first step.
    n_steps
        Number of steps to come.
    kernel
        Name of the kernel that plays them.
    """

    def __init__(self, start: State, n_steps: int, *, kernel: str = "python") -> None:
        self.start = start.copied()
        self.kernel = kernel
        self._zones = [np.zeros((n_steps, len(minutes.ROW))) for _ in start.building]
        self._water = np.empty((n_steps, len(treatment.ROW)))
        self._plaza = np.empty((n_steps, len(PLAZA_ROW)))
        self._power = np.empty((n_steps, len(power.POWER_ROW)))
        units = len(start.store) // power.STATE_WIDTH
        self._units = [np.empty((n_steps, len(power.UNIT_ROW))) for _ in range(units)]

    def rows(self, begin: int, end: int) -> Rows:
        """Return the rows of some steps, to be filled."""

        def part(table: Array) -> Array:
            return table[begin:end].reshape(-1)

        return Rows(
            zones=tuple(map(part, self._zones)),
            water=part(self._water),
            plaza=part(self._plaza),
            power=part(self._power),
            units=tuple(map(part, self._units)),
        )

    @functools.cached_property
    def columns(self) -> Columns:
        """Water, plaza and settled power, one array a column; once all is written."""
        return {
            **_columns(self._water, treatment.ROW),
            **_columns(self._plaza, PLAZA_ROW),
            **_columns(self._power, power.POWER_ROW),
        }

    @functools.cached_property
    def zones(self) -> list[Columns]:
        """Columns of each zone; once all is written, as its rows are let go."""
        tables, self._zones = self._zones, []
        return [_columns(tables.pop(0), minutes.ROW) for _ in range(len(tables))]

    @functools.cached_property
    def units(self) -> list[Columns]:
        """Columns of each battery unit; once all is written."""
        return [_columns(table, power.UNIT_ROW) for table in self._units]


def _columns(table: Array, names: tuple[str, ...]) -> Columns:
    """Return a table of rows as contiguous columns, turned round in pieces."""
    columns = np.empty(table.shape[::-1])
    for begin in range(0, len(table), TURNED_AT_ONCE):
        columns[:, begin : begin + TURNED_AT_ONCE] = table[begin : begin + TURNED_AT_ONCE].T
    return dict(zip(names, columns, strict=True))
