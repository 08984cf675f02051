"""What a reader hands to the gate: sessions as they stand in a file, in common names and units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Action, Finding, shown

if TYPE_CHECKING:
    import pandas as pd

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
"""Years in which sessions can lie: no fast charger is older."""

ISO_PATTERN = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$"
"""A moment by ISO 8601, with its offset as the group."""

MISSING = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "none", "-"})
"""Spellings of a missing value, in lower case."""


@dataclass(frozen=True)
class Places:
    """Where each session stands in its file."""

    numbers: NDArray[np.int64]
    """Line from 1, or place in a JSON list from 0."""
    lines: bool
    """Whether they are lines."""

    def finding(
        self,
        rule: str,
        action: Action,
        rows: NDArray[Any],
        message: str,
        *,
        key: str = "",
        hint: str = "",
        value: object = "",
    ) -> Finding:
        """Return what was found in some rows, given as a mask or as their numbers."""
        where = np.flatnonzero(rows) if rows.dtype == bool else rows
        first = int(self.numbers[where[0]])
        line, path = (first, key) if self.lines else (0, f"[{first}]{'.' * bool(key)}{key}")
        written = shown(value) if value else ""
        return Finding(rule, action, len(where), message, line, path, hint, value=written)


@dataclass(frozen=True)
class RawSessions:
    """Sessions as they stand in a file, before any check of their values."""

    form: str
    """``acn``, ``ocpi``, ``desl``, ``dundee`` or ``csv``."""
    frame: pd.DataFrame
    """Common columns; ``arrival`` and ``departure`` in UTC, or naive in the time of the place."""
    places: Places
    timezone: str | None = None
    """Zone that the file or its form names."""
    ids: NDArray[np.object_] | None = None
    """Identity of each session where the file gives one."""
    findings: tuple[Finding, ...] = field(default=())


def numbers_of(
    texts: Sequence[str], places: Places, *, name: str, factor: float = 1.0
) -> tuple[NDArray[np.float64], list[Finding]]:
    """Return a column of text as numbers times a factor, NaN where missing; other text is refused."""
    import pandas as pd

    column = pd.Series(texts, dtype=object).astype(str).str.strip()
    values: NDArray[np.float64] = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, copy=True)
    missing = column.str.lower().isin(MISSING).to_numpy(dtype=bool)
    bad = ~np.isfinite(values) & ~missing
    values[~np.isfinite(values)] = np.nan
    if not bad.any():
        return values * factor, []
    first = str(column.iloc[int(np.flatnonzero(bad)[0])])
    hint = "a decimal comma? write 21.5" if re.fullmatch(r"[\d.]+,\d+", first) else ""
    message = "must be a number or empty"
    return values, [places.finding("number", "refused", bad, message, key=name, hint=hint, value=first)]


def times_of(
    texts: Sequence[str], places: Places, *, name: str, pattern: str, form: str | None, hint: str
) -> tuple[pd.Series, list[Finding]]:
    """Return a column of text as moments without zone or in UTC, NaT where missing.

    Parameters
    ----------
    texts
        Moments as written.
    places
        Where they stand.
    name
        Name of the column.
    pattern
        What a moment must look like.
    form
        Its format for strptime; None for ISO 8601.
    hint
        What to write instead.
    """
    import pandas as pd

    column = pd.Series(texts, dtype=object).astype(str).str.strip()
    missing = column.str.lower().isin(MISSING)
    fits = column.str.match(pattern)
    aware = form is None and bool(column[~missing].str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$").any())
    wanted = column.where(fits & ~missing)
    times = pd.to_datetime(wanted, format=form or "ISO8601", errors="coerce", utc=aware)
    bad = (times.isna() & ~missing).to_numpy(dtype=bool)
    findings = []
    if bad.any():
        first = str(column.iloc[int(np.flatnonzero(bad)[0])])
        message = "must be a moment in time"
        findings.append(places.finding("time", "refused", bad, message, key=name, hint=hint, value=first))
    far = ((times.dt.year < EARLIEST_YEAR) | (times.dt.year > LATEST_YEAR)).to_numpy(dtype=bool)
    if far.any():
        message = f"must lie in the years {EARLIEST_YEAR} to {LATEST_YEAR}"
        findings.append(places.finding("time", "refused", far, message, key=name))
    near = times.mask(pd.Series(far))
    return near.astype("datetime64[ns, UTC]" if aware else "datetime64[ns]"), findings
