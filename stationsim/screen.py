"""Pieces of a screen: numbers in words, tables, and tables side by side; printing is the caller's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

SMALL = 1e-3
"""Numbers below this are written with a power of ten."""

ABSENT = "-"
"""Shown for a number that does not apply."""

Line = tuple[str, str]
"""Label and value of one line of a block."""


def plain(text: str, ascii_only: bool) -> str:
    """Return text from a user that a console can print: no control characters, ASCII where it must be."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return printable.encode("ascii", "replace").decode() if ascii_only else printable


def number(value: float, unit: str = "", *, digits: int = 3) -> str:
    """Return a number with thousands separators and no more digits than it deserves.

    Parameters
    ----------
    value
        The number; NaN is shown as a dash.
    unit
        Unit behind it.
    digits
        Digits that a number below 1,000 shows.
    """
    if not math.isfinite(value):
        return ABSENT
    if value and abs(value) < SMALL:
        text = f"{value:.{digits - 1}e}"
    elif value != round(value) and abs(value) < 10 ** (digits - 1):
        decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
        text = f"{value:,.{min(decimals, digits)}f}"
    else:
        text = f"{value:,.0f}"
    return f"{text} {unit}".rstrip() if unit != "1" else text


def block(title: str, lines: Sequence[Line]) -> Table:
    """Return labels and values below a heading."""
    from rich.text import Text

    table = new_table(show_footer=False)
    table.add_column(Text(title), ratio=1, no_wrap=True, overflow="crop")
    table.add_column("", justify="right", overflow="fold")
    for label, value in lines:
        table.add_row(Text(label), Text(value))
    return table


def new_table(*, show_footer: bool) -> Table:
    """Return an empty table in the one look of every screen."""
    from rich import box
    from rich.table import Table

    return Table(
        box=box.SIMPLE,
        show_edge=False,
        show_footer=show_footer,
        expand=True,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
    )


def side_by_side(tables: Sequence[Table], wide: bool) -> RenderableType:
    """Put tables beside one another where the console is wide enough, otherwise one below the other."""
    from rich.console import Group
    from rich.table import Table

    if not wide:
        return Group(*[part for table in tables for part in ("", table)][1:])
    grid = Table.grid(expand=True, padding=(0, 3))
    for _ in tables:
        grid.add_column(ratio=1)
    grid.add_row(*tables)
    return grid
