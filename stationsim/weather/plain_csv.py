"""Read the plain CSV of stationsim: a dated series with ISO 8601 times, units in the column names.

An example::

    # stamp: start
    # timezone: +08:00
    # latitude: 36.815
    # longitude: 117.376
    time,ghi_w_m2,temp_air_degc,wind_speed_m_s
    2026-01-01T00:00,0,-2.1,1.8

Lines that start with ``#`` come first and may declare ``stamp`` (start, end or middle of the interval),
``timezone`` (IANA name or +HH:MM, for times without an offset), ``latitude``, ``longitude``, ``elevation``
and ``name``; other comments are skipped. The separator is a comma, the decimal sign a point. ``time``,
``ghi_w_m2`` and ``temp_air_degc`` are required.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, printable, refused
from stationsim.inputs.kinds import WEATHER
from stationsim.weather.raw import Place, RawWeather
from stationsim.weather.spec import FileWeather, check_timezone
from stationsim.weather.table import Table, read_table, to_numbers

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "ghi_w_m2": "ghi",
    "dni_w_m2": "dni",
    "dhi_w_m2": "dhi",
    "temp_air_degc": "temp_air",
    "wind_speed_m_s": "wind_speed",
    "relative_humidity_percent": "relative_humidity",
    "pressure_pa": "pressure",
    "precipitation_mm": "precipitation",
    "snow_depth_cm": "snow_depth",
}
"""Columns of the plain CSV and their common names; pressure is only checked. Precipitation is the sum of the
interval, snow with its water."""

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
"""Years in which a series can lie: before there were pyranometers there was no weather file."""

REQUIRED = ("time", "ghi_w_m2", "temp_air_degc")
DECLARED = ("stamp", "timezone", "latitude", "longitude", "elevation", "name")
STAMPS = ("start", "end", "middle")
TIME_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
"""A moment by ISO 8601, with its offset as the group."""


def read_plain_csv(lines: list[str], *, file: str, spec: FileWeather, site: Place) -> RawWeather:
    """Read a plain CSV.

    Parameters
    ----------
    lines
        Lines of the file.
    file
        File as the user named it.
    spec
        Stamp, zone and rules for a change of the clocks where the file does not declare them.
    site
        Place of the station, used where the file declares none.
    """
    import pandas as pd

    header = next(number for number, line in enumerate(lines) if line.strip() and not line.startswith("#"))
    declared = _declarations(lines[:header], file=file)
    stamp = _stamp(declared, spec, file=file)
    names = _column_names(lines[header], line=header + 1, file=file)
    table = read_table(lines, first=header + 2, names=names, file=file)
    numbers, findings = {}, []
    for name in names:
        if name != "time":
            numbers[COLUMNS[name]], found = to_numbers(table.cells[name], table.lines, name=name)
            findings += found
    times, offset, found = _times(table, declared.get("timezone", spec.timezone), spec.dst)
    WEATHER.stop_if_refused([*findings, *found], file=file)
    place = _declared_place(declared, site, file=file)
    facts = {"years": sorted({int(year) for year in np.unique(times.year)}), "stamp": stamp}
    frame = pd.DataFrame(numbers)
    return RawWeather("csv", place, offset, False, times, frame, table.lines, stamp=stamp, facts=facts)


def _declarations(lines: list[str], *, file: str) -> dict[str, str]:
    """Return the ``# key: value`` lines that mean something."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        match = re.fullmatch(r"#\s*([a-z]+)\s*:\s*(.+?)[\s,]*", line)
        if match is None or match[1] not in DECLARED:
            continue
        if match[1] in found:
            raise WEATHER.stop("header", f"must declare {match[1]} once", file=file, line=number)
        found[match[1]] = match[2]
        if match[1] == "timezone":
            try:
                check_timezone(match[2])
            except ValueError as error:
                raise WEATHER.stop("timezone", str(error), file=file, line=number) from None
    return found


def _stamp(declared: dict[str, str], spec: FileWeather, *, file: str) -> str:
    stamp = declared.get("stamp", spec.stamp)
    if stamp not in STAMPS:
        hint = "write stamp: start, end or middle in the scenario, or '# stamp: end' at the top of the file"
        raise WEATHER.stop(
            "stamp", "must say which moment of its interval a time names", file=file, line=1, hint=hint
        )
    if spec.stamp is not None and spec.stamp != stamp:
        hint = "leave one of them out, or make them agree"
        raise WEATHER.stop(
            "stamp", f"declares stamp {stamp}, the scenario {spec.stamp}", file=file, line=1, hint=hint
        )
    return stamp


def _column_names(text: str, *, line: int, file: str) -> list[str]:
    """Return the names of the header; separators, units and spellings that are not ours are refused."""
    for separator, name in ((";", "';'"), ("\t", "a tab"), ("|", "'|'")):
        if separator in text:
            hint = "save as CSV with ',' between values and '.' as decimal sign"
            raise WEATHER.stop(
                "separator", f"must have ',' between values, has {name}", file=file, line=line, hint=hint
            )
    names = [name.strip().strip('"').strip() for name in text.split(",")]
    known = ["time", *COLUMNS]
    findings = []
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(known)
            findings.append(
                refused("column", "must be a known column", line=line, hint=hint, value=repr(name))
            )
    twice = sorted({name for name in names if names.count(name) > 1})
    findings += [
        refused("column", f"must have one column {name!r}, not several", line=line) for name in twice
    ]
    lacking = [name for name in REQUIRED if name not in names]
    findings += [refused("column", f"must have a column {name!r}", line=line) for name in lacking]
    WEATHER.stop_if_refused(findings, file=file)
    return names


def _times(
    table: Table, timezone: str | None, dst: str
) -> tuple[pd.DatetimeIndex, dt.timezone, list[Finding]]:
    """Return the times without zone in one fixed offset, that offset, and what is wrong with them."""
    import pandas as pd

    text = table.cells["time"].str.strip()
    offsets = text.str.extract(TIME_PATTERN, expand=False)
    fits = text.str.fullmatch(TIME_PATTERN[1:-1]).to_numpy(dtype=bool)
    local = text.str.replace(r"(Z|[+-]\d{2}:?\d{2})$", "", regex=True).where(~text.str.endswith("T24:00"))
    local = local.where(fits).str.replace(" ", "T")
    midnight = local.str.contains("T24:00", na=False)
    local = local.str.replace("T24:00", "T00:00")
    times = pd.to_datetime(local, format="ISO8601", errors="coerce") + pd.to_timedelta(
        midnight.astype(int), "D"
    )
    bad = np.flatnonzero(times.isna().to_numpy())
    empty = pd.DatetimeIndex([])
    if bad.size:
        first = str(text.iloc[bad[0]])
        message, line = "time must be ISO 8601, such as 2026-01-31T08:00+08:00", int(table.lines[bad[0]])
        finding = refused(
            "time", message, count=int(bad.size), line=line, hint=_time_hint(first), value=first
        )
        return empty, dt.UTC, [finding]
    far = np.flatnonzero((times.dt.year < EARLIEST_YEAR) | (times.dt.year > LATEST_YEAR))
    if far.size:
        message, line = f"time must be from {EARLIEST_YEAR} to {LATEST_YEAR}", int(table.lines[far[0]])
        return empty, dt.UTC, [refused("time", message, count=int(far.size), line=line)]
    return _in_one_offset(pd.DatetimeIndex(times), offsets, table.lines, timezone, dst)


def _time_hint(text: str) -> str:
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return "looks like an Excel serial date; format the column as text yyyy-mm-ddThh:mm"
    if re.match(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text):
        return "day and month cannot be told apart; write YYYY-MM-DDTHH:MM"
    return ""


def _in_one_offset(
    times: pd.DatetimeIndex, offsets: Any, lines: NDArray[np.int64], timezone: str | None, dst: str
) -> tuple[pd.DatetimeIndex, dt.timezone, list[Finding]]:
    """Bring times to one fixed offset; naive ones through the zone the user named."""
    written = offsets.fillna("").str.replace("Z", "+00:00").str.replace(":", "")
    kinds = written.unique()
    if len(kinds) > 1:
        row = int(np.flatnonzero((written != written.iloc[0]).to_numpy())[0])
        hint = "write all times with the same offset, such as that of standard time, or all in UTC"
        message = "time must have one offset in the whole column"
        return times, dt.UTC, [refused("offset", message, line=int(lines[row]), hint=hint)]
    if kinds[0]:
        return _with_offset(times, str(kinds[0]), lines)
    if timezone is None:
        hint = "write timezone: Asia/Shanghai or +08:00 in the scenario, or '# timezone: ...' on top"
        message = "time has no offset, so the zone must be named"
        return times, dt.UTC, [refused("timezone", message, line=int(lines[0]), hint=hint)]
    if timezone[0] in "+-":
        return times, _fixed(timezone.replace(":", "")), []
    return _from_zone(times, lines, timezone, dst)


def _with_offset(
    times: pd.DatetimeIndex, text: str, lines: NDArray[np.int64]
) -> tuple[pd.DatetimeIndex, dt.timezone, list[Finding]]:
    try:
        check_timezone(f"{text[:3]}:{text[3:]}")
    except ValueError as error:
        return times, dt.UTC, [refused("offset", f"time {error}", line=int(lines[0]), value=text)]
    return times, _fixed(text), []


def _fixed(text: str) -> dt.timezone:
    sign = -1 if text[0] == "-" else 1
    return dt.timezone(sign * dt.timedelta(hours=int(text[1:3]), minutes=int(text[3:5])))


def _from_zone(
    times: pd.DatetimeIndex, lines: NDArray[np.int64], timezone: str, dst: str
) -> tuple[pd.DatetimeIndex, dt.timezone, list[Finding]]:
    """Return wall-clock times of a zone in its standard time, by the rule for changes of the clocks."""
    found: list[Finding] = []
    missing = times.tz_localize(timezone, ambiguous=np.zeros(len(times), bool), nonexistent="NaT").isna()
    if missing.any() and dst != "shift":
        message = f"time does not exist in {timezone}, the clocks skip it"
        hint = "write times with an offset, or dst: shift"
        found.append(_at(missing, lines, "dst", message, hint))
    if dst == "refuse":
        unclear = times.tz_localize(timezone, ambiguous="NaT", nonexistent="shift_forward").isna()
        if unclear.any():
            message = f"time happens twice in {timezone}, when the clocks go back"
            found.append(_at(unclear, lines, "dst", message, "write times with an offset, or dst: infer"))
    if found:
        return times, dt.UTC, found
    try:
        zoned = times.tz_localize(timezone, ambiguous="infer", nonexistent="shift_forward")
    except ValueError:
        message = f"times around a change of the clocks in {timezone} cannot be told apart by their order"
        hint = "is it standard time all year? then write timezone: as an offset, such as +01:00"
        return times, dt.UTC, [refused("dst", message, line=int(lines[0]), hint=hint)]
    first = zoned[0].to_pydatetime()
    standard = dt.timezone(first.utcoffset() - (first.dst() or dt.timedelta()))
    return zoned.tz_convert(standard).tz_localize(None), standard, []


def _at(rows: NDArray[np.bool_], lines: NDArray[np.int64], rule: str, message: str, hint: str) -> Finding:
    first = int(np.flatnonzero(rows)[0])
    return refused(rule, message, count=int(np.count_nonzero(rows)), line=int(lines[first]), hint=hint)


def _declared_place(declared: dict[str, str], site: Place, *, file: str) -> Place:
    """Return the place the comments declare, the site's where they declare none."""
    name = printable(declared.get("name", ""))
    if "latitude" not in declared and "longitude" not in declared:
        return Place(site.latitude_deg, site.longitude_deg, site.elevation_m, name, declared=False)
    try:
        latitude, longitude = float(declared["latitude"]), float(declared["longitude"])
        elevation = float(declared.get("elevation", site.elevation_m))
    except (KeyError, ValueError):
        latitude = longitude = elevation = float("nan")
    if not abs(latitude) <= 90 or not abs(longitude) <= 180 or not -500 <= elevation <= 9000:
        raise WEATHER.stop(
            "header", "must declare latitude, longitude and elevation of a place on Earth", file=file, line=1
        )
    return Place(latitude, longitude, elevation, name)
