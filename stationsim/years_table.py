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


def years_table(rows: Sequence[Mapping[str, Any]], units: Mapping[str, str]) -> Table:
    """Return one line a year with the numbers that change as a station ages."""
    from rich.text import Text

    shown = [column for column in SHOWN if column[0] in rows[0]]
    table = new_table(show_footer=False)
    table.add_column("Year", no_wrap=True)
    for name, heading, _ in shown:
        unit = f" [{units[name]}]" if name == "bill_total" else ""
        longest = max(map(len, heading.split()))
        table.add_column(Text(heading + unit), justify="right", overflow="fold", min_width=longest)
    for row in rows:
        label = f"{row['year']}, {NEW}" if row["battery_replaced"] else str(row["year"])
        cells = (_cell(row[name], per) for name, _, per in shown)
        table.add_row(Text(label), *map(Text, cells))
    return table


def _cell(value: float | None, per: float) -> str:
    return ABSENT if value is None else number(value / per, digits=4)
