"""The table of years, as a rich renderable; printing is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stationsim.screen import ABSENT, new_table, number

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

KWH_PER_MWH = 1000.0

SHOWN = (
    ("battery_health_start_percent", "Health at start [%]", 1.0),
    ("battery_health_end_percent", "Health at end [%]", 1.0),
    ("battery_calendar_loss_percent", "lost to time [%]", 1.0),
    ("battery_cycle_loss_percent", "lost to use [%]", 1.0),
    ("battery_cycles", "Cycles", 1.0),
    ("pv_generated_kwh", "Solar [MWh]", KWH_PER_MWH),
    ("meter_import_kwh", "Import [MWh]", KWH_PER_MWH),
    ("bill_total", "Bill", 1.0),
    ("carbon_metered_emitted_t", "Carbon metered [t]", 1.0),
)
"""Columns on the screen: name in the table of years, heading and divisor."""

NEW = "new battery"


FIRST_TO_GO = (
    "battery_calendar_loss_percent",
    "battery_cycle_loss_percent",
    "battery_health_start_percent",
    "battery_cycles",
    "carbon_metered_emitted_t",
    "pv_generated_kwh",
    "meter_import_kwh",
    "bill_total",
    "battery_health_end_percent",
)
"""Columns that a narrow screen leaves out, in this order; the files of years have them all."""

YEAR = "Year"

EDGES = 2
"""Spaces that rich counts beside the outermost columns."""

COLUMN_GAP = 3
"""Spaces between two columns."""


def years_table(rows: Sequence[Mapping[str, Any]], units: Mapping[str, str], *, width: int) -> RenderableType:
    """Return one line a year with the numbers that change as a station ages, and what was left out below.

    Parameters
    ----------
    rows
        Numbers of each year.
    units
        Unit of each number.
    width
        Characters of a line; columns that do not fit whole are left out.
    """
    from rich.console import Group
    from rich.text import Text

    shown = [column for column in SHOWN if column[0] in rows[0]]
    labels = [f"{row['year']}, {NEW}" if row["battery_replaced"] else str(row["year"]) for row in rows]
    columns = {name: _column(name, heading, per, rows, units) for name, heading, per in shown}
    left_out = []
    for name in FIRST_TO_GO:
        if name in columns and _needed(labels, columns, _least) > width:
            del columns[name]
            left_out.append(name)
    is_tight = _needed(labels, columns, _whole) > width
    table = _table(labels, list(columns.values()), is_tight=is_tight)
    if not left_out:
        return table
    return Group(table, Text(f"Left out, for the screen is narrow: {', '.join(left_out)}."))


def _needed(
    labels: Sequence[str], columns: Mapping[str, Sequence[str]], width: Callable[[Sequence[str]], int]
) -> int:
    """Return the width of a table whose columns have some width each."""
    first = max(map(len, (YEAR, *labels))) + EDGES
    return first + sum(width(cells) + COLUMN_GAP for cells in columns.values())


def _table(labels: Sequence[str], columns: Sequence[Sequence[str]], *, is_tight: bool) -> Table:
    """Return the table; headings have several lines where it is tight."""
    from rich.text import Text

    table = new_table(show_footer=False)
    table.add_column(YEAR, no_wrap=True)
    for heading, *cells in columns:
        width = (_least if is_tight else _whole)([heading, *cells])
        table.add_column(Text(heading), justify="right", width=width)
    for label, *cells in zip(labels, *(cells[1:] for cells in columns), strict=True):
        table.add_row(Text(label), *map(Text, cells))
    return table


def _column(
    name: str, heading: str, per: float, rows: Sequence[Mapping[str, Any]], units: Mapping[str, str]
) -> list[str]:
    """Return heading and cells of a column."""
    unit = f" [{units[name]}]" if name == "bill_total" else ""
    return [heading + unit, *(_cell(row[name], per) for row in rows)]


def _least(cells: Sequence[str]) -> int:
    """Return the width that breaks neither a word of the heading nor a number."""
    return max(*map(len, cells[0].split()), *map(len, cells[1:]))


def _whole(cells: Sequence[str]) -> int:
    """Return the width that breaks nothing."""
    return max(map(len, cells))


def _cell(value: float | None, per: float) -> str:
    return ABSENT if value is None else number(value / per, digits=4)
