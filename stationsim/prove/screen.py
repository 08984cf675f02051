"""The cases of a section on a screen, as rich renderables; printing is the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stationsim.prove.case import Case, Verdict
from stationsim.prove.page import lettered, numbered, reason
from stationsim.prove.run import Proof
from stationsim.screen import new_table, plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

SHOWN = {
    Verdict.HOLDS: ("yes", "green"),
    Verdict.FAILS: ("NO", "bold red"),
    Verdict.SKIPPED: ("skipped", "yellow"),
    Verdict.TOLD: ("told", ""),
}
"""Word and style of the column `pass`; what is told is for information."""

SHARES = {"case": (5, 12), "expected": (3, 12), "got": (3, 12), "tolerance": (3, 9)}
"""Columns that share the width that the short ones leave, with their parts of it and their least widths."""


@dataclass(frozen=True)
class ProofTable:
    """A section with its sources and notes below it; adapts to the console when it is rendered."""

    proof: Proof

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the heading, the table, then sources by number and notes by letter."""
        from rich.text import Text

        cases = self.proof.cases
        sources = numbered(case.source for case in cases)
        notes = lettered(_note(case) for case in cases)
        yield Text(f"\n{self.proof.name}: {self.proof.title}\n", style="bold")
        yield self._table(sources, notes, options.ascii_only)
        yield ""
        yield _below({**sources, **notes}, options.ascii_only)

    def _table(self, sources: dict[str, str], notes: dict[str, str], ascii_only: bool) -> Table:
        from rich.text import Text

        table = new_table(show_footer=False)
        for name, (share, least) in SHARES.items():
            table.add_column(name, ratio=share, min_width=least, overflow="fold")
        table.add_column("pass", min_width=7, no_wrap=True)
        table.add_column("see", min_width=5, no_wrap=True)
        for case in self.proof.cases:
            words = (case.case, case.expected, case.got, case.tolerance)
            keys = [key for key in (sources.get(case.source), notes.get(_note(case))) if key]
            verdict, style = SHOWN[case.verdict]
            cells = (Text(plain(word, ascii_only)) for word in words)
            table.add_row(*cells, Text(verdict, style=style), ", ".join(keys))
        return table


def _below(keys: Mapping[str, str], ascii_only: bool) -> Table:
    """Return sources by number and notes by letter."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for text, key in keys.items():
        grid.add_row(Text(key, style="dim"), Text(plain(text, ascii_only), style="dim", overflow="fold"))
    return grid


def _note(case: Case) -> str:
    return reason(case) if case.verdict is Verdict.FAILS else case.note
