"""Open an input file safely, and refuse by its content what it cannot be."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from stationsim.inputs.kinds import Form, InputKind

BOM = b"\xef\xbb\xbf"
"""Mark by which some editors begin UTF-8 text."""

ZIP = b"PK\x03\x04"
"""First bytes of a zip archive, which an Excel workbook is."""

FOREIGN = (
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"%PDF", "a PDF document", "export the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "save the sheet as CSV"),
    (b"PAR1", "a Parquet table", "write it as CSV"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"),
    (b"\xff\xfe", "a UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "a UTF-16 text", "save it as UTF-8"),
)
"""First bytes of what people hand over instead of a text, its name, and the way out."""


def read_bytes(path: Path, kind: InputKind, *, file: str = "") -> bytes:
    """Return the bytes of a regular local file of bearable size.

    Parameters
    ----------
    path
        The file.
    kind
        What it should be.
    file
        File as the user named it, for messages; by default its path.

    Raises
    ------
    ScenarioError
        For a URL, a missing or empty file, a folder, a pipe, a device or a file that is too large; the last
        four are told by ``stat`` before anything is read.
    """
    file = file or str(path)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", str(path)):
        raise kind.stop("path", "must be a local path, not a URL", file=file, hint="fetch the file first")
    if "\0" in str(path):
        raise kind.stop("path", "must be the path of a file, not hold a NUL", file=file)
    try:
        status = os.stat(path)
    except OSError as error:
        raise kind.stop("path", f"cannot be read: {error.strerror}", file=file) from None
    if not stat.S_ISREG(status.st_mode):
        raise kind.stop("path", f"must be a regular file, is {_named(status.st_mode)}", file=file)
    limit = f"must be at most {kind.largest_bytes // 1_000_000} MB"
    if status.st_size > kind.largest_bytes:
        raise kind.stop("size", f"{limit}, has {status.st_size:,} B", file=file)
    content = _read_at_most(path, kind.largest_bytes + 1, kind, file=file)
    if len(content) > kind.largest_bytes:
        raise kind.stop("size", f"{limit}, grew while it was read", file=file)
    if not content.strip():
        raise kind.stop("path", "must not be empty", file=file)
    return content


def _read_at_most(path: Path, size: int, kind: InputKind, *, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise kind.stop("path", f"cannot be read: {error.strerror}", file=file) from None


def _named(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")


def form_of(content: bytes) -> Form:
    """Return what bytes look like by their beginning: ``zip``, ``json``, or else ``text``."""
    if content.startswith(ZIP):
        return "zip"
    return "json" if _beginning(content).startswith((b"{", b"[")) else "text"


def refuse_foreign(content: bytes, kind: InputKind, *, file: str) -> None:
    """Raise, naming what it is, when the bytes are of no form that a kind of input comes in."""
    name, hint = _foreign(content, kind)
    if name:
        raise kind.stop("kind", f"looks like {name}, not {kind.name}", file=file, hint=hint)


def _foreign(content: bytes, kind: InputKind) -> tuple[str, str]:
    """Return the name of what bytes are instead, and the way out; empty where they may be fit."""
    for magic, name, hint in FOREIGN:
        if content.startswith(magic):
            return name, hint
    form, start = form_of(content), _beginning(content).lower()
    if form == "zip":
        return ("", "") if form in kind.forms else _foreign_zip(content)
    if form == "json" and form not in kind.forms:
        return "JSON", "fetch the CSV instead"
    if (form == "text" and b"<html" in start) or start.startswith(b"<!doctype html"):
        return "an HTML page", "the download gave an error or log-in page; fetch the file again"
    if start.startswith(b"<"):
        return "XML", ""
    return ("a binary file", "") if b"\0" in content else ("", "")


def _foreign_zip(content: bytes) -> tuple[str, str]:
    if b"[Content_Types].xml" in content[:4096] or b"xl/" in content[:4096]:
        return "an Excel workbook (.xlsx)", "save the sheet as CSV"
    return "a zip", "unpack it first"


def _beginning(content: bytes) -> bytes:
    return content[:1024].removeprefix(BOM).lstrip()


def utf8_text(content: bytes, kind: InputKind, *, file: str) -> str:
    """Return bytes as UTF-8 text.

    Raises
    ------
    ScenarioError
        They are not UTF-8; with the line.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise kind.stop("encoding", "must be UTF-8 text", file=file, line=line) from None
