"""The table of years, as a rich renderable; printing is the caller's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stationsim.screen import ABSENT, new_table, number

if TYPE_CHECKING:
    from rich.table import Table

KWH_PER_MWH = 1000.0

SHOWN = (
    ("battery_health_start_percent", "Health at start [%]", 1.0),
    ("battery_health_end_percent", "at end [%]", 1.0),
    ("battery_calendar_loss_percent", "lost to time [%]", 1.0),
    ("battery_cycle_loss_percent", "to use [%]", 1.0),
    ("battery_cycles", "Cycles", 1.0),
    ("pv_generated_kwh", "Solar [MWh]", KWH_PER_MWH),
    ("meter_import_kwh", "Import [MWh]", KWH_PER_MWH),
    ("bill_total", "Bill", 1.0),
    ("carbon_metered_emitted_t", "Carbon metered [t]", 1.0),
)
"""Columns on the screen: name in the table of years, heading and divisor."""

NEW = "new battery"


FIRST_TO_GO = ("battery_calendar_loss_percent", "battery_cycle_loss_percent", "battery_health_start_percent")
"""Columns that a narrow screen leaves out, in this order; the files of years have them all."""

COLUMN_PADDING = 2
"""Spaces between two columns."""


def years_table(rows: Sequence[Mapping[str, Any]], units: Mapping[str, str], *, width: int) -> Table:
    """Return one line a year with the numbers that change as a station ages.

    Parameters
    ----------
    rows
        Numbers of each year.
    units
        Unit of each number.
    width
        Characters of a line; columns that do not fit whole are left out.
    """
    from rich.text import Text

    shown = [column for column in SHOWN if column[0] in rows[0]]
    labels = [f"{row['year']}, {NEW}" if row["battery_replaced"] else str(row["year"]) for row in rows]
    columns = {name: _column(name, heading, per, rows, units) for name, heading, per in shown}
    for name in FIRST_TO_GO:
        needed = max(map(len, labels)) + sum(_least(cells) + COLUMN_PADDING for cells in columns.values())
        if needed > width:
            columns.pop(name, None)
    table = new_table(show_footer=False)
    table.add_column("Year", no_wrap=True)
    for heading, *cells in columns.values():
        table.add_column(Text(heading), justify="right", min_width=_least([heading, *cells]))
    for label, *cells in zip(labels, *(cells[1:] for cells in columns.values()), strict=True):
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


def _cell(value: float | None, per: float) -> str:
    return ABSENT if value is None else number(value / per, digits=4)
