"""A comma-separated table with the line of every row: counted and checked before pandas sees it.

pandas shifts columns when rows have a value too many, and turns decimal commas into text, both silently; so
the fields of each row are counted here first, and each text that should be a number is named with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, refused, repaired
from stationsim.inputs.kinds import WEATHER

if TYPE_CHECKING:
    import pandas as pd

MISSING = frozenset({"", "nan", "na", "n/a", "#n/a", "#na", "#div/0!", "#value!", "null", "none", "-", "--"})
"""Spellings of a missing number, in lower case."""

_WORDS = "|".join(re.escape(word) for word in sorted(MISSING - {""}))
SPELT_MISSING = re.compile(rf"(?<=,)(?:[ \t]+|[ \t]*(?:{_WORDS})[ \t]*)(?=,|$)", re.IGNORECASE | re.MULTILINE)
"""Missing numbers that are not empty fields; pandas takes several of them for text."""


@dataclass(frozen=True)
class Table:
    """Cells as text, and the line of the file on which each row stands."""

    cells: pd.DataFrame
    lines: NDArray[np.int64]
    text: str
    """The rows again, as pandas understands them: every missing number spelt as an empty field."""
    findings: tuple[Finding, ...] = ()


def read_table(
    lines: Sequence[str], *, first: int, names: Sequence[str], file: str, fewest: int | None = None
) -> Table:
    """Return the cells of the rows from line ``first`` on.

    Parameters
    ----------
    lines
        All lines of the file.
    first
        Line of the first row, from 1.
    names
        Names of the columns.
    file
        File as the user named it.
    fewest
        Fewest fields a row may have if every row has as many; missing trailing ones are left empty.

    Raises
    ------
    WeatherError
        When rows have other numbers of fields, one problem for each number.
    """
    import pandas as pd

    rows = [(number, line) for number, line in enumerate(lines[first - 1 :], start=first) if line.strip()]
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    counts = np.array([_fields(line) for _, line in rows], dtype=np.int64)
    width = len(names)
    short = counts[0] if len(counts) else width
    padded = fewest is not None and fewest <= short < width and bool((counts == short).all())
    if not padded:
        WEATHER.stop_if_refused(_ragged(counts, numbers, width), file=file)
    if not rows:
        WEATHER.stop_if_refused([refused("rows", "must have rows below its header")], file=file)
    text = "\n".join(line for _, line in rows)
    used = list(names)[:short] if padded else list(names)
    try:
        cells = pd.read_csv(
            io.StringIO(text), header=None, names=used, dtype=str, na_filter=False, skip_blank_lines=False
        )
    except pd.errors.ParserError as error:
        raise WEATHER.stop(
            "fields", "must be a table of comma-separated values", file=file, line=first
        ) from error
    findings = []
    if padded:
        cells = cells.reindex(columns=list(names), fill_value="")
        text = "\n".join(line + "," * (width - int(short)) for _, line in rows)
        message = f"rows have {short} fields, not {width}; the missing trailing ones were left empty"
        findings.append(repaired("fields", message, count=len(rows), line=int(numbers[0])))
    return Table(cells, numbers, SPELT_MISSING.sub("", text), tuple(findings))


def split_row(line: str) -> list[str]:
    """Return the fields of a row; a row whose quotes csv cannot make sense of is split at every comma."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line]))
    except csv.Error:
        return line.split(",")


def _fields(line: str) -> int:
    """Return the number of fields of a row, 0 when a quote in it is not closed."""
    if '"' not in line:
        return line.count(",") + 1
    return len(split_row(line)) if line.count('"') % 2 == 0 else 0


def _ragged(counts: NDArray[np.int64], lines: NDArray[np.int64], width: int) -> list[Finding]:
    """Return one refusal for each wrong number of fields."""
    findings = []
    for count in np.unique(counts[counts != width]):
        rows = np.flatnonzero(counts == count)
        hint = "a decimal comma or a thousands separator?" if count > width else "is the file cut off?"
        message = f"must have {width} fields, has {count}" if count else "must close its quotes"
        findings.append(
            refused("fields", message, count=len(rows), line=int(lines[rows[0]]), hint=hint if count else "")
        )
    return findings


def to_numbers(
    column: Any, lines: NDArray[np.int64], *, name: str
) -> tuple[NDArray[np.float64], list[Finding]]:
    """Return a column of text as numbers, NaN where missing; any other text is refused with its line."""
    import pandas as pd

    text = column.str.strip()
    values: NDArray[np.float64] = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float, copy=True)
    missing = text.str.lower().isin(MISSING).to_numpy(dtype=bool)
    bad = np.flatnonzero(~np.isfinite(values) & ~missing)
    values[~np.isfinite(values)] = np.nan
    if not bad.size:
        return values, []
    first = str(text.iloc[bad[0]])
    hint = "a decimal comma? write 21.5" if "," in first else ""
    message = f"{name} must be a number or empty"
    return values, [
        refused("number", message, count=int(bad.size), line=int(lines[bad[0]]), hint=hint, value=first)
    ]
