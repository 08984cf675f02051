"""Tables of sessions as text: of a separated text, or of an Excel workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.errors import MachineError, ScenarioError
from stationsim.inputs.kinds import SESSIONS
from stationsim.sessions.raw import Places

if TYPE_CHECKING:
    import datetime as dt

LARGEST_UNPACKED_BYTES = 300_000_000
"""Largest sum of the parts of a workbook once unpacked [B]."""

MOST_COLUMNS = 500
"""Most columns of a table; more is no table of sessions."""

SEPARATORS = ",;\t"
"""What may separate the fields of a table."""


@dataclass(frozen=True)
class Table:
    """Cells of a table as text, by the name of their column in lower case."""

    columns: dict[str, list[str]]
    places: Places
    declared: dict[str, str]
    """What comments at the top declare, such as ``timezone``."""


def table_of_text(text: str, *, file: str) -> Table:
    """Return the cells of a comma, semicolon or tab separated table whose first row names its columns.

    Raises
    ------
    ScenarioError
        A row has another number of fields than the header; with its line.
    """
    lines = text.splitlines(keepends=True)
    head = next((at for at, line in enumerate(lines) if line.strip() and line[0] != "#"), len(lines))
    header = lines[head] if head < len(lines) else ""
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO("".join(lines[head:]), newline=""), delimiter=separator)
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for row in reader:
            if row and any(cell.strip() for cell in row):
                rows.append(row)
                numbers.append(head + reader.line_num)
    except csv.Error as error:
        line = head + reader.line_num
        raise SESSIONS.stop("fields", f"must be a table ({error})", file=file, line=line) from None
    return _table(rows, numbers, _declared(lines[:head]), file=file)


def _declared(comments: list[str]) -> dict[str, str]:
    pairs = (line.lstrip("# ").partition(":") for line in comments)
    return {name.strip().lower(): value.strip() for name, mark, value in pairs if mark}


def _table(rows: list[list[str]], numbers: list[int], declared: dict[str, str], *, file: str) -> Table:
    if len(rows) < 2:
        raise SESSIONS.stop("rows", "must have a header and rows below it", file=file)
    names = [name.strip().lower() for name in rows[0]]
    if len(names) > MOST_COLUMNS:
        raise SESSIONS.stop("fields", f"must have at most {MOST_COLUMNS} columns", file=file, line=numbers[0])
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        message = f"must name a column once: {sorted(twice)[0]}"
        raise SESSIONS.stop("column", message, file=file, line=numbers[0])
    wrong = next((at for at, row in enumerate(rows) if len(row) != len(names)), 0)
    if wrong:
        message = f"must have {len(names)} fields like its header, has {len(rows[wrong])}"
        raise SESSIONS.stop("fields", message, file=file, line=numbers[wrong], hint="is the file cut off?")
    columns = {name: list(cells) for name, cells in zip(names, zip(*rows[1:], strict=True), strict=True)}
    return Table(columns, Places(np.array(numbers[1:], dtype=np.int64), lines=True), declared)


def table_of_workbook(content: bytes, *, file: str) -> Table:
    """Return the cells of the first sheet of an Excel workbook as text.

    Raises
    ------
    ScenarioError
        The bytes are no workbook, or one that unpacks to more than is read.
    MachineError
        The package openpyxl is missing.
    """
    _check_unpacked(content, file=file)
    try:
        from openpyxl import load_workbook
    except ImportError:
        hint = "pip install 'stationsim[xlsx]', or save it as CSV"
        raise MachineError(f"{file}: Excel workbooks need the package openpyxl; {hint}") from None
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [
            [_cell_text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)
        ]
    except Exception as error:  # openpyxl raises what its XML and zip parsers raise
        raise _no_workbook(file, error) from None
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    width = max((at + 1 for at, name in enumerate(filled[0][1] if filled else []) if name), default=0)
    return _table([row[:width] for _, row in filled], [number for number, _ in filled], {}, file=file)


def _no_workbook(file: str, error: Exception) -> ScenarioError:
    message = f"must be an Excel workbook that can be read ({type(error).__name__})"
    return SESSIONS.stop("kind", message, file=file)


def _check_unpacked(content: bytes, *, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names, size = archive.namelist(), sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _no_workbook(file, error) from None
    if "[Content_Types].xml" not in names:
        raise SESSIONS.stop("kind", "looks like a zip, not a workbook", file=file, hint="unpack it first")
    if size > LARGEST_UNPACKED_BYTES:
        message = f"must unpack to at most {LARGEST_UNPACKED_BYTES // 1_000_000} MB"
        raise SESSIONS.stop("size", message, file=file)


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    moment: dt.datetime | None = value if hasattr(value, "isoformat") and hasattr(value, "hour") else None
    if moment is not None and hasattr(moment, "date"):
        return moment.isoformat(sep=" ", timespec="seconds")
    return str(value)
