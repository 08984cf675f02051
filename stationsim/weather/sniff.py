"""Open a weather file safely and tell what it is by its content."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from stationsim.weather.findings import Finding, repaired, stop

LARGEST_BYTES = 50_000_000
"""Largest weather file that is read [B]; a year of minutes takes about half of it."""

LINES_SNIFFED = 60
"""How many first lines decide what a text is; a plain CSV may open with that many comments."""

MAGIC = (
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
"""First bytes of what people hand over instead of a weather file, its name, and the way out."""

NAMES = {
    "epw": "an EPW file",
    "tmy3": "a TMY3 file",
    "pvgis": "a PVGIS typical year",
    "sam": "a SAM or NSRDB CSV",
}


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a regular local file of bearable size.

    Raises
    ------
    WeatherError
        For a URL, a missing or empty file, a folder, a pipe, a device or a file that is too large; the last
        four are told by ``stat`` before anything is read.
    """
    file = str(path)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", file):
        raise stop("path", "must be a local path, not a URL", file=file, hint="fetch the file first")
    if "\0" in file:
        raise stop("path", "must be the path of a file, not hold a NUL", file=file.replace("\0", "?"))
    try:
        status = os.stat(path)
    except OSError as error:
        raise stop("path", f"cannot be read: {error.strerror}", file=file) from None
    if not stat.S_ISREG(status.st_mode):
        raise stop("path", f"must be a regular file, is {_kind_of(status.st_mode)}", file=file)
    if status.st_size > LARGEST_BYTES:
        raise stop(
            "size", f"must be at most {LARGEST_BYTES // 1_000_000} MB, has {status.st_size:,} B", file=file
        )
    return _read_bounded(path, file)


def _read_bounded(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise stop("path", f"cannot be read: {error.strerror}", file=file) from None
    if len(content) > LARGEST_BYTES:
        raise stop(
            "size", f"must be at most {LARGEST_BYTES // 1_000_000} MB, grew while it was read", file=file
        )
    if not content.strip():
        raise stop("path", "must not be empty", file=file)
    return content


def _kind_of(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")


def refuse_foreign(content: bytes, *, file: str) -> None:
    """Raise, naming what it is, when the bytes are no text table at all."""
    for magic, name, hint in MAGIC:
        if content.startswith(magic):
            raise stop("kind", f"looks like {name}, not a weather file", file=file, hint=hint)
    if content.startswith(b"PK\x03\x04"):
        excel = b"[Content_Types].xml" in content[:4096] or b"xl/" in content[:4096]
        name, hint = (
            ("an Excel workbook (.xlsx)", "save the sheet as CSV") if excel else ("a zip", "unpack it first")
        )
        raise stop("kind", f"looks like {name}, not a weather file", file=file, hint=hint)
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        hint = "the download gave an error or log-in page; fetch the file again"
        raise stop("kind", "looks like an HTML page, not a weather file", file=file, hint=hint)
    if start.startswith(b"<"):
        raise stop("kind", "looks like XML, not a weather file", file=file)
    if start.startswith((b"{", b"[")):
        raise stop("kind", "looks like JSON, not a weather file", file=file, hint="fetch the CSV instead")
    if b"\0" in content[:4096]:
        raise stop("kind", "looks like a binary file, not a weather file", file=file)


def decode(content: bytes) -> tuple[list[str], list[Finding]]:
    """Return the lines of a text, UTF-8 if it is, else as its header suggests.

    Only digits matter below the header, so a place name in another encoding must not stop the reading: GB
    18030 is tried for an EPW of China, Latin-1, which never fails, for all else.
    """
    findings = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "gb18030" if b",CHN," in content[:200] else "latin-1"
        text = content.decode(encoding, errors="replace")
        findings.append(repaired("encoding", f"the file is not UTF-8; its text was read as {encoding}"))
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), findings


def sniff(lines: list[str]) -> str | None:
    """Return the format of a text by its first lines, None when it is none that stationsim reads."""
    head = [line.strip() for line in lines[:LINES_SNIFFED]]
    first, second, third = [*head, "", "", ""][:3]
    if first.upper().startswith("LOCATION,"):
        return "epw"
    if second.startswith("Date (MM/DD/YYYY)"):
        return "tmy3"
    if first.startswith("Latitude (decimal degrees)"):
        return "pvgis"
    if third.lower().startswith("year,month,day,hour") and "latitude" in first.lower():
        return "sam"
    body = next((line for line in head if line and not line.startswith("#")), "")
    names = [name.strip().strip('"').lower() for name in re.split(r"[,;\t]", body)]
    if len(names) > 1 and ("time" in names or any(name.startswith(("ghi", "temp_air")) for name in names)):
        return "csv"
    return None


def expect_format(lines: list[str], wanted: str, *, file: str) -> str:
    """Return the format to read, or raise when the content is another one than the wanted."""
    found = sniff(lines)
    if found is None:
        known = "EPW, TMY3, PVGIS TMY, SAM or NSRDB CSV, or a CSV whose header has a column 'time'"
        raise stop(
            "kind", "is no weather file that stationsim knows", file=file, line=1, hint=f"known are {known}"
        )
    if wanted not in ("auto", found):
        name = NAMES.get(found, "a plain CSV")
        hint = f"write format: {found}, or leave it out"
        raise stop("kind", f"must be of format {wanted}, looks like {name}", file=file, line=1, hint=hint)
    return found
