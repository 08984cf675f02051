"""Tell what a weather file is by its content."""

from __future__ import annotations

import re

from stationsim.inputs.findings import Finding, repaired
from stationsim.inputs.kinds import WEATHER

LINES_SNIFFED = 60
"""How many first lines decide what a text is; a plain CSV may open with that many comments."""

NAMES = {
    "epw": "an EPW file",
    "tmy3": "a TMY3 file",
    "pvgis": "a PVGIS typical year",
    "sam": "a SAM or NSRDB CSV",
}


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
        raise WEATHER.stop(
            "kind", "is no weather file that stationsim knows", file=file, line=1, hint=f"known are {known}"
        )
    if wanted not in ("auto", found):
        name = NAMES.get(found, "a plain CSV")
        hint = f"write format: {found}, or leave it out"
        raise WEATHER.stop(
            "kind", f"must be of format {wanted}, looks like {name}", file=file, line=1, hint=hint
        )
    return found
