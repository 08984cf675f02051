"""Read measured sessions from a file: one way for every form, through one gate."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stationsim.inputs.files import form_of, read_bytes, refuse_foreign, utf8_text
from stationsim.inputs.findings import Finding, shown_name
from stationsim.inputs.kinds import SESSIONS
from stationsim.sessions.files import table_of_text, table_of_workbook
from stationsim.sessions.gate import in_zone, through_gate
from stationsim.sessions.raw import RawSessions
from stationsim.sessions.records import read_json
from stationsim.sessions.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

FORMS = {
    "acn": "ACN-Data JSON",
    "ocpi": "OCPI 2.2.1 charge detail records",
    "desl": "the DESL columns",
    "dundee": "Dundee's CSV",
    "csv": "plain CSV",
}
"""Forms that are read, and their names."""


@dataclass(frozen=True)
class MeasuredSessions:
    """Sessions of a file behind the gate."""

    frame: pd.DataFrame
    """One row a session, see :mod:`stationsim.sessions`."""
    form: str
    """Key of `FORMS`."""
    findings: tuple[Finding, ...]
    source: dict[str, Any]
    """File name, sha256, and how many sessions it held."""

    @property
    def kept(self) -> int:
        """Number of sessions behind the gate."""
        return len(self.frame)

    def describe(self) -> list[str]:
        """Return what was read as lines of text."""
        first, last = self.frame["arrival"].min().date(), self.frame["arrival"].max().date()
        head = f"{self.source['file']}: {FORMS[self.form]}, {self.kept} of {self.source['rows']} sessions"
        return [f"{head}, {first} to {last}", *(found.with_count("session") for found in self.findings)]


def read_sessions(
    path: str | Path, *, timezone: str | None = None, default_timezone: str | None = None
) -> MeasuredSessions:
    """Read a file of measured sessions; its form is told by its content.

    Parameters
    ----------
    path
        ACN-Data or OCPI 2.2.1 JSON, the DESL columns as CSV or Excel workbook, Dundee's or plain CSV.
    timezone
        IANA name or +HH:MM of the place, for hours of the day and for times without offset; where it is left
        out, the one that the file or its form names.
    default_timezone
        The same where neither names one.

    Raises
    ------
    ScenarioError
        With every problem found, each with its line or its place in the list.
    MachineError
        An Excel workbook, and openpyxl is missing.
    """
    path = Path(path)
    file = str(path)
    content = read_bytes(path, SESSIONS)
    raw = _raw(content, file=file)
    SESSIONS.stop_if_refused(raw.findings, file=file)
    zoned, findings = in_zone(raw, timezone, default=default_timezone, file=file)
    frame, found = through_gate(raw, zoned)
    findings = [*raw.findings, *findings, *found]
    if frame.empty:
        reasons = "; ".join(finding.with_count("session") for finding in found)
        raise SESSIONS.stop("rows", "must hold at least one whole session", file=file, hint=reasons)
    source = {
        "file": shown_name(path.name),
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": len(raw.frame),
    }
    return MeasuredSessions(frame, raw.form, tuple(findings), source)


def _raw(content: bytes, *, file: str) -> RawSessions:
    refuse_foreign(content, SESSIONS, file=file)
    form = form_of(content)
    if form == "zip":
        return read_table(table_of_workbook(content, file=file), file=file)
    text = utf8_text(content, SESSIONS, file=file)
    if form == "json":
        return read_json(text, file=file)
    return read_table(table_of_text(text, file=file), file=file)


def select_sessions(
    frame: pd.DataFrame,
    *,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    least_post_kw: float = 0.0,
) -> pd.DataFrame:
    """Return the sessions that began in a span of civil days, at posts of some power.

    Parameters
    ----------
    frame
        Sessions.
    first_day, last_day
        First and last civil day, both included; open where left out.
    least_post_kw
        Least rated power of the post [kW]; where it is above 0, sessions at unknown posts are left out.
    """
    days = frame["arrival"].dt.date
    wanted = days.notna()
    if first_day is not None:
        wanted &= days >= first_day
    if last_day is not None:
        wanted &= days <= last_day
    if least_post_kw > 0:
        wanted &= frame["post_kw"] >= least_post_kw
    chosen: pd.DataFrame = frame[wanted].reset_index(drop=True)
    return chosen
