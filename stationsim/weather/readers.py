"""Read typical years (EPW, TMY3, PVGIS, SAM) into common names, units and left labels.

The readers of pvlib know the columns (but for SAM's own CSV); they stop without a line number at a broken
row, pass on missing-value codes as numbers, and keep each format's own label. So rows are checked before
(:mod:`stationsim.weather.table`), codes are taken out after (:mod:`stationsim.weather.gate`), and times
become left labels here:

==========  ==========================  ================================================
format      time of a row               becomes
==========  ==========================  ================================================
EPW         hour 1 to 24, its end       hour - 1
TMY3        01:00 to 24:00, its end     an interval earlier
PVGIS       a moment, UTC               that hour, solar values centred at the moment
SAM, NSRDB  its start or its middle     its start
==========  ==========================  ================================================
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, printable, refused
from stationsim.inputs.kinds import WEATHER
from stationsim.weather.file_water import EPW_WATER, TMY3_WATER, with_water
from stationsim.weather.raw import NATIVE_COLUMNS, Place, RawWeather
from stationsim.weather.table import Table, read_table, split_row, to_numbers

if TYPE_CHECKING:
    import pandas as pd

EPW_COLUMNS = (
    *("year", "month", "day", "hour", "minute", "uncertainty", "temp_air", "temp_dew", "relative_humidity"),
    *("pressure", "etr", "etrn", "ghi_infrared", "ghi", "dni", "dhi", "global_illum", "direct_illum"),
    *("diffuse_illum", "zenith_luminance", "wind_direction", "wind_speed", "total_sky_cover"),
    *("opaque_sky_cover", "visibility", "ceiling_height", "weather_observation", "weather_codes"),
    *("precipitable_water", "aerosol_optical_depth", "snow_depth", "days_since_snowfall", "albedo"),
    *("liquid_depth", "liquid_quantity"),
)
"""Fields of an EPW row. Source: EnergyPlus Auxiliary Programs, EPW data dictionary."""

EPW_HEADER_LINES = 8
EPW_FEWEST_FIELDS = 29
"""Fields of an EPW row up to precipitable water; older files end before albedo and rain."""

PVGIS_COLUMNS = ("T2m", "RH", "G(h)", "Gb(n)", "Gd(h)", "WS10m", "SP")
TMY3_COLUMNS = {
    "GHI (W/m^2)": "ghi",
    "DNI (W/m^2)": "dni",
    "DHI (W/m^2)": "dhi",
    "Dry-bulb (C)": "temp_air",
    "RHum (%)": "relative_humidity",
    "Wspd (m/s)": "wind_speed",
    "Pressure (mbar)": "pressure",
}
"""Columns of TMY3 and their common names. Source: Wilcox and Marion (2008), NREL/TP-581-43156, table 1-2."""

SAM_NAMES = {
    "ghi": ("ghi", "gh", "global"),
    "dni": ("dni", "dn", "beam"),
    "dhi": ("dhi", "df", "diffuse"),
    "temp_air": ("tdry", "temperature", "dry bulb", "dry-bulb", "temp"),
    "temp_dew": ("tdew", "dew point", "dew"),
    "wind_speed": ("wspd", "wind speed", "wind"),
    "relative_humidity": ("rh", "rhum", "relative humidity"),
    "pressure": ("pres", "pressure"),
}
"""Spellings of SAM's columns. Source: NREL, Weather file format of SAM (CSV)."""

HPA_IN_PA = 100.0
YEAR_MINUTES = 366 * 24 * 60
NOMINAL_YEAR, NOMINAL_LEAP_YEAR = 2001, 2000
"""Years on which typical years stand: one without and one with a 29 February."""


def read_epw(lines: list[str], *, file: str) -> RawWeather:
    """Read an EPW; rows that end early, at the latest after precipitable water, are padded.

    Of the header, pvlib is given the first line only: a stray quote in a comment would swallow all rows.
    """
    import pvlib

    head = [part.strip() for part in lines[0].split(",")]
    place = _place(dict(zip(("latitude", "longitude", "elevation"), [*head[6:8], *head[9:10]], strict=False)),
                   name=head[1] if len(head) > 1 else "", line=1, file=file)  # fmt: skip
    offset = _offset(head[8] if len(head) > 8 else "", line=1, file=file)
    table = read_table(
        lines, first=EPW_HEADER_LINES + 1, names=EPW_COLUMNS, file=file, fewest=EPW_FEWEST_FIELDS
    )
    wanted = [*NATIVE_COLUMNS, "pressure"]
    when = _require_numbers(table, [*wanted, "year", "month", "day", "hour", "minute"], file=file)
    a_hour = _epw_rows_an_hour(lines[EPW_HEADER_LINES - 1], file=file)
    minutes = (when["hour"] - 1) * 60 + (when["minute"] - 60 // a_hour if a_hour > 1 else 0)
    labels = _nominal(when["month"], when["day"], minutes, table.lines, file=file)
    text = "\n".join([lines[0], *["-"] * (EPW_HEADER_LINES - 1), table.text, ""])
    data, _ = _by_pvlib(pvlib.iotools.read_epw, io.StringIO(text), file=file, coerce_year=labels[0].year)
    data = data.rename(columns={"atmospheric_pressure": "pressure"} | EPW_WATER)
    data = with_water(data[wanted], data, 60 // a_hour)
    return _typical("epw", place, offset, labels, data, table, 60 // a_hour, years=when["year"])


def _epw_rows_an_hour(line: str, *, file: str) -> int:
    """Return the rows an hour that the DATA PERIODS line declares."""
    parts = [part.strip() for part in line.split(",")]
    if (
        parts[0].upper() != "DATA PERIODS"
        or len(parts) < 3
        or parts[2] not in ("1", "2", "4", "6", "12", "60")
    ):
        hint = "the eighth line of an EPW is DATA PERIODS,1,1,..."
        raise WEATHER.stop(
            "header", "must declare 1, 2, 4, 6, 12 or 60 rows an hour", file=file, line=8, hint=hint
        )
    return int(parts[2])


def read_tmy3(lines: list[str], *, file: str) -> RawWeather:
    """Read a TMY3 in NREL's own CSV form."""
    import pvlib

    head = split_row(lines[0])
    place = _place(dict(zip(("latitude", "longitude", "elevation"), head[4:7], strict=False)),
                   name=head[1] if len(head) > 1 else "", line=1, file=file)  # fmt: skip
    offset = _offset(head[3] if len(head) > 3 else "", line=1, file=file)
    names = [name.strip() for name in lines[1].split(",")]
    _require_columns(names, ["Time (HH:MM)", *TMY3_COLUMNS], line=2, file=file)
    table = read_table(lines, first=3, names=names, file=file)
    _require_numbers(table, list(TMY3_COLUMNS), file=file)
    date = _parts(table, names[0], r"(\d{2})/(\d{2})/(\d{4})", file=file)
    time = _parts(table, "Time (HH:MM)", r"(\d{2}):(\d{2})", file=file)
    text = "\n".join(lines[:2]) + "\n" + table.text + "\n"
    data, _ = _by_pvlib(pvlib.iotools.read_tmy3, io.StringIO(text), file=file, map_variables=False)
    data = data.rename(columns=TMY3_COLUMNS | TMY3_WATER)
    data["pressure"] *= HPA_IN_PA
    data = with_water(data[list(TMY3_COLUMNS.values())], data, 60)
    minutes = time[0] * 60 + time[1]
    labels = _nominal(date[0], date[1], minutes - 60, table.lines, file=file)
    return _typical("tmy3", place, offset, labels, data, table, 60, years=date[2])


def read_pvgis(lines: list[str], *, file: str) -> RawWeather:
    """Read a typical year of PVGIS in its csv form, 8760 moments in UTC.

    The irradiances are those of one moment of the hour, "Irradiance Time Offset" after its stamp; the values
    of the air are of the stamp itself. Both stand for the hour around their moment.
    """
    import pvlib

    first = next((number for number, line in enumerate(lines[:40]) if line.startswith("time(UTC)")), None)
    if first is None:
        hint = "of PVGIS, stationsim reads the typical year (TMY, csv), not the hourly series"
        raise WEATHER.stop(
            "header", "must have a header that starts with time(UTC)", file=file, line=1, hint=hint
        )
    head = dict(_key_value(line) for line in lines[:4] if ":" in line)
    place = _place(head, name="PVGIS", line=1, file=file)
    end = next((n for n in range(first + 1, len(lines)) if not lines[n].strip()), len(lines))
    names = [name.strip() for name in lines[first].split(",")]
    _require_columns(names, list(PVGIS_COLUMNS), line=first + 1, file=file)
    table = read_table(lines[:end], first=first + 2, names=names, file=file)
    _require_count(len(table.lines), (8760,), file=file)
    _require_numbers(table, list(PVGIS_COLUMNS), file=file)
    date = _parts(table, "time(UTC)", r"(\d{4})(\d{2})(\d{2}):(\d{2})(\d{2})", file=file)
    text = "\n".join([*lines[:first], ",".join(names)]) + "\n" + table.text + "\n"
    data, _ = _by_pvlib(
        pvlib.iotools.read_pvgis_tmy, io.BytesIO(text.encode()), file=file, pvgis_format="csv"
    )
    labels = _nominal(date[1], date[2], date[3] * 60, table.lines, file=file)
    minute = float(date[4].iloc[0])
    late = minute + 60 * float(head.get("irradiance", 0.0)) - 30
    wanted = data[[*NATIVE_COLUMNS, "pressure"]]
    raw = _typical("pvgis", place, dt.UTC, labels, wanted, table, 60, years=date[0])
    return _with_moments(raw, solar_late_min=late, air_late_min=minute - 30)


def _with_moments(raw: RawWeather, *, solar_late_min: float, air_late_min: float) -> RawWeather:
    from dataclasses import replace

    return replace(raw, solar_late_min=solar_late_min, air_late_min=air_late_min)


def read_sam(lines: list[str], *, file: str) -> RawWeather:
    """Read a weather CSV of SAM or of the NSRDB; its rows name the start or middle of their interval."""
    import pandas as pd

    keys, values = (split_row(line) for line in lines[:2])
    head = {key.strip().lower(): value.strip() for key, value in zip(keys, values, strict=False)}
    place = _place(head, name=head.get("city", ""), line=2, file=file)
    offset = _offset(head.get("time zone", ""), line=2, file=file)
    names = [name.strip().lower() or f"empty {n}" for n, name in enumerate(lines[2].split(","))]
    columns = {
        ours: next((name for name in spellings if name in names), "") for ours, spellings in SAM_NAMES.items()
    }
    _require_columns(
        names, [columns["ghi"] or "GHI", columns["temp_air"] or "Temperature"], line=3, file=file
    )
    table = read_table(lines, first=4, names=names, file=file)
    found = {ours: name for ours, name in columns.items() if name}
    numbers = _require_numbers(table, list(found.values()), file=file)
    frame = pd.DataFrame({ours: numbers[name] for ours, name in found.items()})
    if "pressure" in frame:
        frame["pressure"] *= HPA_IN_PA
    if "temp_dew" in frame and "relative_humidity" not in frame:
        frame["relative_humidity"] = humidity_of_dew_point(frame["temp_air"], frame["temp_dew"])
    stamps = ["year", "month", "day", "hour", *(["minute"] if "minute" in names else [])]
    when = _require_numbers(table, stamps, file=file)
    minute = when.get("minute", np.zeros(len(table.lines)))
    interval = max(60 // len(np.unique(minute)), 1)
    labels = _nominal(
        when["month"], when["day"], when["hour"] * 60 + minute // interval * interval, table.lines, file=file
    )
    return _typical("sam", place, offset, labels, frame, table, interval, years=when["year"])


def humidity_of_dew_point(temp_air_degc: Any, temp_dew_degc: Any) -> Any:
    """Compute relative humidity [%] from the temperatures of air and dew point [degC].

    References
    ----------
    Magnus formula over water with the coefficients of Alduchov and Eskridge (1996), eq. 21.
    """
    missing = (temp_dew_degc < -90) | (temp_air_degc < -90)
    air = 17.625 * temp_air_degc / (243.04 + temp_air_degc)
    dew = 17.625 * temp_dew_degc / (243.04 + temp_dew_degc)
    return (100 * np.exp(dew - air)).clip(upper=100.0).mask(missing)


READERS: dict[str, Callable[..., RawWeather]] = {
    "epw": read_epw,
    "tmy3": read_tmy3,
    "pvgis": read_pvgis,
    "sam": read_sam,
}
"""Readers of typical years by format."""


def _typical(
    form: str,
    place: Place,
    offset: dt.timezone,
    labels: Any,
    frame: Any,
    table: Table,
    interval: int,
    *,
    years: Any,
) -> RawWeather:
    data = frame.astype(float).reset_index(drop=True)
    if len(data) != len(table.lines):
        raise ValueError(f"a reader must keep every row, got {len(data)} of {len(table.lines)}")
    known = np.asarray(years, dtype=float)
    facts = {"years": sorted({int(year) for year in known[np.isfinite(known)]})}
    return RawWeather(
        form, place, offset, True, labels, data, table.lines, interval, facts=facts, findings=table.findings
    )


def _nominal(month: Any, day: Any, minutes: Any, lines: NDArray[np.int64], *, file: str) -> pd.DatetimeIndex:
    """Return left labels on the nominal year from month, day and minutes since midnight."""
    import pandas as pd

    month, day, minutes = (_whole(part) for part in (month, day, minutes))
    leap = bool(((month == 2) & (day == 29)).any())
    year = NOMINAL_LEAP_YEAR if leap else NOMINAL_YEAR
    dates = pd.to_datetime({"year": np.full(len(month), year), "month": month, "day": day}, errors="coerce")
    bad = np.flatnonzero(dates.isna().to_numpy() | (minutes < 0) | (minutes >= 24 * 60))
    if bad.size:
        message = "must have a month, day and hour that exist"
        finding = refused("time", message, count=int(bad.size), line=int(lines[bad[0]]))
        WEATHER.stop_if_refused([finding], file=file)
    return pd.DatetimeIndex(dates + pd.to_timedelta(minutes, unit="min"))


def _whole(values: Any) -> NDArray[np.int64]:
    """Return whole numbers, -1 for what is none or cannot be a part of a date."""
    numbers = np.asarray(values, dtype=float)
    good = np.isfinite(numbers) & (np.abs(numbers) <= YEAR_MINUTES) & (numbers == np.round(numbers))
    return np.where(good, numbers, -1).astype(np.int64)


def _place(head: dict[str, str], *, name: str, line: int, file: str) -> Place:
    """Return the place that a header declares; positions outside the globe are refused."""
    numbers = [_number(head.get(key, "")) for key in ("latitude", "longitude", "elevation")]
    if not abs(numbers[0]) <= 90 or not abs(numbers[1]) <= 180 or not -500 <= numbers[2] <= 9000:
        message = "must give latitude, longitude and elevation of a place on Earth in its header"
        raise WEATHER.stop("header", message, file=file, line=line)
    shown = printable(name.strip('" '))
    return Place(numbers[0], numbers[1], numbers[2], name="" if shown == "-" else shown)


def _offset(text: str, *, line: int, file: str) -> dt.timezone:
    hours = _number(text)
    if not -14 <= hours <= 14:
        raise WEATHER.stop(
            "header", "must give the time zone in its header, -14 to 14 h", file=file, line=line
        )
    return dt.timezone(dt.timedelta(minutes=round(hours * 60)))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _key_value(line: str) -> tuple[str, str]:
    key, value = line.split(":", 1)
    return key.split(" ")[0].lower(), value.strip()


def _require_columns(names: list[str], wanted: list[str], *, line: int, file: str) -> None:
    findings = [
        refused("column", f"must have a column {name!r}", line=line) for name in wanted if name not in names
    ]
    twice = sorted({name for name in names if names.count(name) > 1})
    findings += [
        refused("column", f"must have one column {name!r}, not several", line=line) for name in twice
    ]
    WEATHER.stop_if_refused(findings, file=file)


def _require_count(found: int, expected: tuple[int, ...], *, file: str) -> None:
    if found not in expected:
        wanted = " or ".join(str(count) for count in expected)
        raise WEATHER.stop("count", f"must have {wanted} rows, has {found}", file=file)


def _require_numbers(table: Table, names: list[str], *, file: str) -> dict[str, NDArray[np.float64]]:
    values: dict[str, NDArray[np.float64]] = {}
    findings: list[Finding] = []
    for name in names:
        values[name], found = to_numbers(table.cells[name], table.lines, name=name)
        findings += found
    WEATHER.stop_if_refused(findings, file=file)
    return values


def _parts(table: Table, name: str, pattern: str, *, file: str) -> Any:
    """Return the groups of a pattern as columns of whole numbers; rows it does not fit are refused."""
    text = table.cells[name].str.strip()
    parts = text.str.extract(f"^{pattern}$")
    bad = np.flatnonzero(parts[0].isna().to_numpy())
    if bad.size:
        message = f"{name} must be written as the format has it"
        line, value = int(table.lines[bad[0]]), str(text.iloc[bad[0]])
        WEATHER.stop_if_refused(
            [refused("time", message, count=int(bad.size), line=line, value=value)], file=file
        )
    return parts.astype(int)


def _by_pvlib(reader: Callable[..., Any], stream: Any, *, file: str, **options: Any) -> Any:
    """Call a reader of pvlib on rows that were checked; a mixed column that is not used is no matter."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=pd.errors.DtypeWarning)
            return reader(stream, **options)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise WEATHER.stop("format", f"cannot be read by pvlib: {type(error).__name__}", file=file) from error
