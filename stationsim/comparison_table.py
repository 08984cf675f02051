"""The table of a comparison, as a rich renderable; printing is the caller's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stationsim.kpis.comparison import Comparison
from stationsim.results import RESIDUALS
from stationsim.screen import ABSENT, new_table, number, plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

ABSOLUTE = {"%": " points", "degC": " K", "hour of day": " h"}
"""Units whose differences are given as they are: their zero is arbitrary, or they are per cent themselves."""

LEAST_SHOWN = 0.05
"""Absolute differences below this show one digit that counts instead of one decimal."""

OF_PARTS = ("post_utilisation_", "temp_min_", "yield_", "battery_cycles_", "wait_p95_")
"""Numbers that a group, zone, surface, battery or side has under its own name; what follows is that name."""

ALL = "all"
"""What follows where a number is that of all parts together."""

HUNDRED = 100.0
"""Changes from here on are written without decimals [%]."""


def compare_table(comparison: Comparison) -> ComparisonTable:
    """Return the numbers of several runs side by side, with the difference to the first."""
    return ComparisonTable(comparison)


@dataclass(frozen=True)
class ComparisonTable:
    """Numbers of several runs side by side; adapts to the console when it is rendered."""

    comparison: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the table, then the versions where they differ."""
        from rich.text import Text

        names = [plain(name, options.ascii_only) for name in self.comparison.names]
        shown = [name for name in self.comparison.rows if self._is_shown(name)]
        differing = [name for name in shown if self._differs(name)]
        parts = self._parts()
        single = [name for name in differing if name.endswith(parts)]
        yield self._numbers(names, [name for name in differing if name not in single])
        if single:
            yield ""
            yield self._numbers(names, single, title="Single groups, zones, surfaces, sides, batteries")
        yield Text(f"{len(shown) - len(differing)} more numbers are the same in all runs.")
        mixed = {library: found for library, found in self.comparison.versions.items() if len(set(found)) > 1}
        if mixed:
            yield ""
            yield _versions_table(names, mixed)

    def _parts(self) -> tuple[str, ...]:
        """Return the endings of names of numbers that belong to one part of the station."""
        rows = self.comparison.rows
        found = {name.removeprefix(stem) for stem in OF_PARTS for name in rows if name.startswith(stem)}
        return tuple(f"_{part}" for part in found if part.removesuffix("_per_year") != ALL)

    def _is_shown(self, name: str) -> bool:
        """Leave out what is zero in every run and totals, shares and annual values of a shown daily mean."""
        stem = name.removesuffix("_share").removesuffix("_per_year")
        rows = self.comparison.rows
        repeats = name.endswith("_per_year") and self._values(name) == self._values(stem)
        return name not in RESIDUALS and f"{stem}_per_day" not in rows and not repeats

    def _values(self, name: str) -> list[float]:
        found = (self.comparison.kpi(run, name) for run in range(len(self.comparison.names)))
        return [kpi.value for kpi in found if kpi is not None]

    def _differs(self, name: str) -> bool:
        found = [self._cell(run, name, compared=False) for run in range(len(self.comparison.names))]
        return len(set(found)) > 1

    def _numbers(self, names: Sequence[str], rows: Sequence[str], *, title: str = "") -> Table:
        from rich.text import Text

        table = new_table(show_footer=False)
        table.add_column(title, overflow="fold")
        for name in names:
            table.add_column(Text(name), justify="right", overflow="fold")
        for row in rows:
            cells = [self._cell(run, row) for run in range(len(names))]
            table.add_row(Text(self._label(row)), *(Text(cell) for cell in cells))
        return table

    def _label(self, name: str) -> str:
        units = dict.fromkeys(run[name].unit for run in self.comparison.kpis if name in run)
        shown = " or ".join(unit for unit in units if unit != "1")
        return f"{name} [{shown}]" if shown else name

    def _cell(self, run: int, name: str, *, compared: bool = True) -> str:
        kpi = self.comparison.kpi(run, name)
        if kpi is None or not kpi.applies:
            return ABSENT
        change = _change(self.comparison, run, name) if compared and run else ""
        return f"{number(kpi.value)}{change}"


def _change(comparison: Comparison, run: int, name: str) -> str:
    """Return the difference to the base: in points or degrees where per cent of it mean nothing."""
    kpi, found = comparison.kpi(run, name), comparison.difference(run, name)
    if kpi is None or not math.isfinite(found.absolute):
        return ""
    if found.absolute == 0:
        return " (same)"
    if kpi.unit in ABSOLUTE:
        form = "+.1f" if abs(found.absolute) >= LEAST_SHOWN else "+.1g"
        return f" ({found.absolute:{form}}{ABSOLUTE[kpi.unit]})"
    if kpi.value - found.absolute < 0 or kpi.value < 0:
        return f" ({found.absolute:+,.4g} {kpi.unit})"
    if not math.isfinite(found.relative):
        return ""
    decimals = 0 if abs(found.relative) >= HUNDRED else 1
    return f" ({found.relative:+,.{decimals}f} %)"


def _versions_table(names: Sequence[str], mixed: Mapping[str, tuple[str, ...]]) -> Table:
    from rich.text import Text

    table = new_table(show_footer=False)
    table.add_column("Versions differ", overflow="fold")
    for name in names:
        table.add_column(Text(name), justify="right", overflow="fold")
    for library, found in mixed.items():
        table.add_row(Text(library), *(Text(version or ABSENT) for version in found))
    return table
