"""Pieces of a screen: numbers in words, tables, and tables side by side; printing is the caller's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.measure import Measurement
    from rich.table import Table

SMALL = 1e-3
"""Numbers below this are written with a power of ten."""

ABSENT = "-"
"""Shown for a number that does not apply."""

HORIZONTAL = "\N{BOX DRAWINGS LIGHT HORIZONTAL}"

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


@dataclass(frozen=True)
class Heading:
    """A line across that a title begins: it heads what is below and parts it from what is above."""

    title: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the line, in ASCII where that is all a console knows."""
        from rich.text import Text

        line = Text(self.title, style="bold", no_wrap=True, overflow="crop")
        room = options.max_width - len(self.title) - 1
        line.append(
            f" {('-' if options.ascii_only else HORIZONTAL) * room}" if room > 0 else "", "not bold dim"
        )
        yield line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return that any width will do."""
        from rich.measure import Measurement

        return Measurement(1, options.max_width)


def block(title: str, lines: Sequence[Line]) -> RenderableType:
    """Return labels and values below a heading."""
    from rich.console import Group

    return Group(Heading(title), *(Spread(label, value) for label, value in lines))


@dataclass(frozen=True)
class Spread:
    """A label at the left and its value at the right; below it where one line is too short for both."""

    label: str
    value: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield one line, or label and value below one another."""
        from rich.cells import cell_len
        from rich.text import Text

        room = options.max_width - cell_len(self.label) - cell_len(self.value)
        if room > 0:
            yield Text(f"{self.label}{' ' * room}{self.value}")
            return
        yield Text(self.label, overflow="fold")
        yield Text(self.value, overflow="fold", justify="right")


def bare_table(*, show_header: bool) -> Table:
    """Return an empty table without lines, for many rows on one screen."""
    from rich.table import Table

    return Table(
        box=None,
        show_edge=False,
        show_header=show_header,
        expand=True,
        pad_edge=False,
        padding=(0, 1),
    )


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


def side_by_side(columns: Sequence[Sequence[RenderableType]]) -> Table:
    """Return columns beside one another, each of parts from top to bottom."""
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(expand=True, padding=(0, 2))
    for _ in columns:
        grid.add_column(ratio=1)
    grid.add_row(*(Group(*parts) for parts in columns))
    return grid
