"""Read tables of sessions: the DESL columns, Dundee's, and the plain CSV of stationsim.

The plain CSV::

    # timezone: Asia/Shanghai
    arrival,departure,energy_kwh,soc_arrival,soc_departure,pmax_kw,usable_kwh
    2026-01-31T08:00+08:00,2026-01-31T08:31+08:00,23.8,0.31,0.72,98.5,58

``arrival``, ``departure`` (ISO 8601) and ``energy_kwh`` are required; ``charging_minutes`` (from the arrival
until charging ended), ``soc_arrival``, ``soc_departure`` [-], ``pmax_kw``, ``usable_kwh`` and ``post_kw`` may
be left out or empty. A moment without offset is in the time zone that is named on top or by the command.

Neither DESL's columns nor Dundee's tell when charging ended.

References
----------
.. [1] DESL-EPFL/Level-3-EV-charging-dataset at 680bc3b: columns in W, Wh and per cent, civil time of a
   station in the south-west of Switzerland, one row a minute behind them.
.. [2] Dundee City Council, electric vehicle charging sessions: dates dd/mm/yyyy, open sessions without end.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, refused
from stationsim.inputs.kinds import SESSIONS
from stationsim.sessions import COLUMNS, NUMBERS
from stationsim.sessions.files import Table
from stationsim.sessions.raw import ISO_PATTERN, RawSessions, numbers_of, times_of

DESL_ZONE, DUNDEE_ZONE = "Europe/Zurich", "Europe/London"
"""Civil time of the DESL station (assumed; its files name none) and of Dundee."""

DESL_STATION_KW = 172.5
"""Power of the DESL station [kW]. Source: its README."""

LONGEST_STAY_MINUTES = 366 * 24 * 60.0
"""Stays beyond a year are slips [min]; such a session counts as open."""

PER_KILO, PER_CENT = 1e-3, 1e-2

PLAIN_REQUIRED = ("arrival", "departure", "energy_kwh")
DESL_REQUIRED = ("arrival", "departure", "stay (min)", "energy (wh)")
DUNDEE_REQUIRED = ("charging event", "start date", "start time", "end date", "end time", "total kwh")

DUNDEE_POSTS_KW = ((r"\b7kw\b", 7.4), (r"\b22kw\b", 22.0), (r"\b50kw\b|rapid", 50.0))
"""Power of Dundee's posts by a pattern in their model [kW]; 32 A at 230 V are 7.4, rapid ones give 50."""

OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
"""Offset at the end of a moment with a time of day."""

ISO_HINT = "write ISO 8601, such as 2026-01-31T08:00+08:00"
Columns = dict[str, object]


def read_table(table: Table, *, file: str) -> RawSessions:
    """Return the sessions of a table, whose form its header tells.

    Raises
    ------
    ScenarioError
        The header belongs to no known form.
    """
    known: tuple[tuple[tuple[str, ...], Callable[[Table], RawSessions]], ...] = (
        (DESL_REQUIRED, _read_desl),
        (DUNDEE_REQUIRED, _read_dundee),
        (PLAIN_REQUIRED, _read_plain),
    )
    for required, reader in known:
        if set(required) <= set(table.columns):
            return reader(table)
    missing = ", ".join(name for name in PLAIN_REQUIRED if name not in table.columns)
    near = [
        f"{name} for {close[0]}"
        for name in PLAIN_REQUIRED
        if name not in table.columns and (close := difflib.get_close_matches(name, table.columns, n=1))
    ]
    hint = f"did you mean {', '.join(near)}?" if near else "also read: the DESL columns and Dundee's"
    message = f"must have columns arrival, departure, energy_kwh; lacks {missing}"
    raise SESSIONS.stop("column", message, file=file, hint=hint)


def _raw(
    form: str,
    table: Table,
    columns: Columns,
    findings: list[Finding],
    *,
    timezone: str | None,
    ids: NDArray[np.object_] | None = None,
) -> RawSessions:
    import pandas as pd

    frame = pd.DataFrame(columns).reindex(columns=list(COLUMNS))
    frame[list(NUMBERS)] = frame[list(NUMBERS)].astype(float)
    return RawSessions(form, frame, table.places, timezone, ids, tuple(findings))


class _Reader:
    """Read columns of a table and keep what was found in them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.findings: list[Finding] = []

    def numbers(self, name: str, factor: float = 1.0) -> NDArray[np.float64]:
        """Return a column times a factor; NaN where the table has no such column."""
        if name not in self.table.columns:
            return np.full(len(self.table.places.numbers), np.nan)
        cells = self.table.columns[name]
        values, findings = numbers_of(cells, self.table.places, name=name, factor=factor)
        self.findings += findings
        return values

    def times(
        self, texts: list[str], name: str, *, pattern: str = ISO_PATTERN, form: str | None = None,
        hint: str = ISO_HINT,
    ) -> object:  # fmt: skip
        """Return moments."""
        times, findings = times_of(texts, self.table.places, name=name, pattern=pattern, form=form, hint=hint)
        self.findings += findings
        return times


def _read_plain(table: Table) -> RawSessions:
    reader = _Reader(table)
    columns: Columns = {name: reader.times(table.columns[name], name) for name in ("arrival", "departure")}
    columns |= {name: reader.numbers(name) for name in NUMBERS[1:]}
    reader.findings += _one_kind_of_time(table)
    unused = sorted(set(table.columns) - set(COLUMNS))
    if unused:
        near = difflib.get_close_matches(unused[0], COLUMNS, n=1)
        message = f"columns are not used: {', '.join(repr(name) for name in unused[:5])}"
        hint = f"did you mean {near[0]}?" if near else ""
        reader.findings.append(Finding("unused", "warned", 0, message, hint=hint))
    zone = table.declared.get("timezone") or _one_offset(table)
    return _raw("csv", table, columns, reader.findings, timezone=zone)


def _offsets(table: Table) -> list[list[str]]:
    """Return the offset of each moment that is written, as written, of arrivals and departures."""
    known = [[text.strip() for text in table.columns[name]] for name in ("arrival", "departure")]
    return [
        [OFFSET.findall(text)[-1] if OFFSET.search(text) else "" for text in texts if text] for texts in known
    ]


def _one_kind_of_time(table: Table) -> list[Finding]:
    """Refuse moments with an offset beside moments without."""
    without = {not offset for offsets in _offsets(table) for offset in offsets}
    if len(without) < 2:
        return []
    message = "must have an offset at every moment or at none"
    return [refused("offset", message, path="arrival, departure")]


def _one_offset(table: Table) -> str | None:
    """Return the offset that all arrivals share, as a time zone."""
    (arrivals, _) = _offsets(table)
    shared = set(arrivals)
    return shared.pop().replace("Z", "+00:00") or None if len(shared) == 1 else None


def _read_desl(table: Table) -> RawSessions:
    """Read the DESL columns.

    Notes
    -----
    Its departure labels the last minute of the session, so that its stay is a minute more than the difference
    of the two; the stay is taken.
    """
    import pandas as pd

    reader = _Reader(table)
    arrival = pd.Series(reader.times(table.columns["arrival"], "arrival"))
    closed = pd.Series(reader.times(table.columns["departure"], "departure")).notna()
    minutes = pd.Series(reader.numbers("stay (min)"))
    stay = pd.to_timedelta(minutes.where(minutes.abs() <= LONGEST_STAY_MINUTES), unit="min")
    columns: Columns = {
        "arrival": arrival,
        "departure": (arrival + stay).where(closed),
        "energy_kwh": reader.numbers("energy (wh)", PER_KILO),
        "soc_arrival": reader.numbers("soc arrival", PER_CENT),
        "soc_departure": reader.numbers("soc departure", PER_CENT),
        "pmax_kw": reader.numbers("pmax (w)", PER_KILO),
        "usable_kwh": reader.numbers("energy capacity (wh)", PER_KILO),
        "post_kw": np.full(len(arrival), DESL_STATION_KW),
    }
    return _raw("desl", table, columns, reader.findings, timezone=DESL_ZONE, ids=_ids(table, "session"))


def _read_dundee(table: Table) -> RawSessions:
    reader, cells = _Reader(table), table.columns

    def moments(which: str) -> object:
        texts = [
            f"{day} {time}".strip()
            for day, time in zip(cells[f"{which} date"], cells[f"{which} time"], strict=True)
        ]
        return reader.times(
            texts, f"{which} date", pattern=r"^\d{2}/\d{2}/\d{4} \d{2}:\d{2}$", form="%d/%m/%Y %H:%M",
            hint="this form writes dd/mm/yyyy and HH:MM",
        )  # fmt: skip

    columns: Columns = {
        "arrival": moments("start"),
        "departure": moments("end"),
        "energy_kwh": reader.numbers("total kwh"),
        "post_kw": [_dundee_post_kw(model) for model in cells.get("model", [""] * len(table.places.numbers))],
    }
    ids = _ids(table, "charging event")
    return _raw("dundee", table, columns, reader.findings, timezone=DUNDEE_ZONE, ids=ids)


def _dundee_post_kw(model: str) -> float:
    lower = model.lower()
    return next((power for pattern, power in DUNDEE_POSTS_KW if re.search(pattern, lower)), float("nan"))


def _ids(table: Table, name: str) -> NDArray[np.object_] | None:
    return np.array(table.columns[name], dtype=object) if name in table.columns else None
