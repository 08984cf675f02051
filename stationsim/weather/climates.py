"""Monthly climate of a place: 35 places that come with stationsim, or a table of one's own."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationsim.errors import Problem, ScenarioError, WeatherError
from stationsim.inputs.findings import printable

Array = NDArray[np.float64]

SITE_COLUMNS = {"lat": (-90, 90), "lon": (-180, 180), "utc_offset_h": (-12, 14), "elevation_m": (-430, 8850)}
"""Columns that describe the place, the same in its twelve rows, and what they may hold."""

MONTH_COLUMNS = {
    "ghi_kwh_m2_day": (0, 12),
    "dni_kwh_m2_day": (0, 15),
    "dhi_kwh_m2_day": (0, 6),
    "temp_mean_degc": (-60, 50),
    "temp_daily_max_degc": (-60, 60),
    "temp_daily_min_degc": (-70, 50),
    "rh_percent": (0, 100),
    "wind_m_s": (0, 30),
    "kt_mean": (0, 0.85),
    "kt_daily_sd": (0, 0.35),
    "kt_lag1": (-1, 1),
    "temp_daily_sd_degc": (0, 15),
    "temp_lag1": (-1, 1),
}
"""Columns with one value a month, and what they may hold."""

COLUMNS = ("place", *SITE_COLUMNS, "month", *MONTH_COLUMNS)
MONTHS = 12
DAYS_OF_MONTHS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
"""Mean days of each month."""


@dataclass(frozen=True, eq=False)
class Climate:
    """Monthly statistics of a place; every array has twelve values, January first.

    Parameters
    ----------
    place
        Its name.
    lat, lon
        Position, north and east positive [deg].
    utc_offset_h
        Standard time ahead of UTC [h].
    elevation_m
        Height above the sea [m].
    ghi_kwh_m2_day, dni_kwh_m2_day, dhi_kwh_m2_day
        Mean daily sums of global horizontal, direct normal and diffuse horizontal irradiation [kWh/m2].
    temp_mean_degc, temp_daily_max_degc, temp_daily_min_degc
        Mean temperature, and means of the daily maximum and minimum [degC].
    rh_percent
        Mean relative humidity [%].
    wind_m_s
        Mean wind speed [m/s].
    kt_mean, kt_daily_sd, kt_lag1
        Mean, standard deviation and lag-1 autocorrelation of the daily clearness index.
    temp_daily_sd_degc, temp_lag1
        Standard deviation [K] and lag-1 autocorrelation of the detrended daily mean temperature.
    """

    place: str
    lat: float
    lon: float
    utc_offset_h: float
    elevation_m: float
    ghi_kwh_m2_day: Array
    dni_kwh_m2_day: Array
    dhi_kwh_m2_day: Array
    temp_mean_degc: Array
    temp_daily_max_degc: Array
    temp_daily_min_degc: Array
    rh_percent: Array
    wind_m_s: Array
    kt_mean: Array
    kt_daily_sd: Array
    kt_lag1: Array
    temp_daily_sd_degc: Array
    temp_lag1: Array

    @property
    def ghi_kwh_m2_year(self) -> float:
        """Light of a year on the horizontal [kWh/m2]."""
        return float(self.ghi_kwh_m2_day @ DAYS_OF_MONTHS)


NEAR_ENOUGH = 0.75
"""Likeness, 0 to 1, from which another name is offered as the one that was meant."""


@dataclass(frozen=True)
class _Row:
    """One line of a table: its number and the text of its cells."""

    line: int
    cells: dict[str, str]


def climate_names() -> tuple[str, ...]:
    """Return the names of the places that come with stationsim."""
    return tuple(_shipped())


def load_climate(name: str) -> Climate:
    """Return the climate of a place that comes with stationsim; upper and lower case do not matter.

    Raises
    ------
    ScenarioError
        The place is not there; the nearest name is offered.
    """
    by_key = {place.casefold(): climate for place, climate in _shipped().items()}
    key = name.strip().casefold()
    if key in by_key:
        return by_key[key]
    near = difflib.get_close_matches(key, by_key, n=1, cutoff=NEAR_ENOUGH)
    offer = f"did you mean {by_key[near[0]].place!r}? " if near else ""
    hint = f"{offer}there are {', '.join(climate_names())}; any other place needs a table of its own"
    raise ScenarioError(
        [Problem("must name a climate that comes with stationsim", value=repr(name), hint=hint)]
    )


def read_climate_table(path: str | Path) -> Climate:
    """Read the climate of one place from a table written by the user.

    The file is CSV, UTF-8, with the columns of ``stationsim/data/climates.csv`` in any order and one row
    for each month. Lines that begin with ``#`` and empty lines are skipped.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    WeatherError
        With every problem as ``file:line``.
    """
    name = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WeatherError(
            [Problem(f"must be a climate table that can be read ({reason})", file=name)]
        ) from None
    rows = _rows(text.splitlines(), name)
    problems = [*_one_place(rows, name), *(p for row in rows for p in _row_problems(row, name))]
    if problems:
        raise WeatherError(problems)
    return _climate(rows)


@cache
def _shipped() -> dict[str, Climate]:
    """Return every place of the package's own table, by name."""
    text = (resources.files("stationsim") / "data" / "climates.csv").read_text(encoding="utf-8")
    by_place: dict[str, list[_Row]] = {}
    for row in _rows(text.splitlines(), "climates.csv"):
        by_place.setdefault(row.cells["place"], []).append(row)
    return {place: _climate(rows) for place, rows in by_place.items()}


def _rows(lines: Iterable[str], file: str) -> list[_Row]:
    """Split the text into rows, refusing a wrong heading or a wrong number of cells."""
    content = [
        (n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")
    ]
    if not content:
        raise WeatherError([Problem("must have a heading and a row for each month", file=file)])
    cells = [(n, [printable(cell.strip()) for cell in next(csv.reader([line]))]) for n, line in content]
    heading_line, heading = cells[0]
    problems = [*_heading_problems(heading, file, heading_line)]
    for line, row in cells[1:]:
        if len(row) != len(heading):
            problems.append(
                Problem(f"must have {len(heading)} cells", file=file, line=line, value=str(len(row)))
            )
    if problems:
        raise WeatherError(problems)
    return [_Row(line, dict(zip(heading, row, strict=True))) for line, row in cells[1:]]


def _heading_problems(heading: list[str], file: str, line: int) -> Iterator[Problem]:
    for column in COLUMNS:
        if heading.count(column) != 1:
            rule = "must be a column" if column not in heading else "must be a column only once"
            yield Problem(rule, path=column, file=file, line=line)
    for column in dict.fromkeys(heading):
        if column not in COLUMNS:
            near = difflib.get_close_matches(column, COLUMNS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the columns are {', '.join(COLUMNS)}"
            yield Problem(
                "must be a column of a climate table", file=file, line=line, value=column, hint=hint
            )


def _one_place(rows: list[_Row], file: str) -> Iterator[Problem]:
    """Yield what keeps the rows from being twelve months of one place."""
    seen: dict[str, int] = {}
    for row in rows:
        month = row.cells["month"]
        if month not in {str(number) for number in range(1, MONTHS + 1)}:
            yield Problem("must be 1 to 12", path="month", file=file, line=row.line, value=month)
        elif month in seen:
            rule = f"must come once; it is on line {seen[month]} too"
            yield Problem(rule, path="month", file=file, line=row.line, value=month)
        seen.setdefault(month, row.line)
        for column in ("place", *SITE_COLUMNS):
            if row.cells[column] != rows[0].cells[column]:
                rule = f"must be the same in every row, {rows[0].cells[column]} as on line {rows[0].line}"
                yield Problem(rule, path=column, file=file, line=row.line, value=row.cells[column])
    missing = [str(number) for number in range(1, MONTHS + 1) if str(number) not in seen]
    if missing:
        yield Problem(f"must have a row for each month; missing: {', '.join(missing)}", file=file)


def _row_problems(row: _Row, file: str) -> list[Problem]:
    """Return what is wrong with the numbers of a row."""
    problems = []
    for column, (low, high) in (SITE_COLUMNS | MONTH_COLUMNS).items():
        value = _number(row.cells[column])
        if not low <= value <= high:
            rule = f"must be a number from {low:g} to {high:g}"
            problems.append(Problem(rule, path=column, file=file, line=row.line, value=row.cells[column]))
    if problems:
        return problems
    for smaller, larger in (
        ("dhi_kwh_m2_day", "ghi_kwh_m2_day"),
        ("temp_daily_min_degc", "temp_mean_degc"),
        ("temp_mean_degc", "temp_daily_max_degc"),
    ):
        if _number(row.cells[smaller]) > _number(row.cells[larger]):
            rule = f"must be <= {larger}, {row.cells[larger]}"
            problems.append(Problem(rule, path=smaller, file=file, line=row.line, value=row.cells[smaller]))
    return problems


def _number(text: str) -> float:
    """Return the number, or NaN, which lies in no range."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _climate(rows: list[_Row]) -> Climate:
    rows = sorted(rows, key=lambda row: int(row.cells["month"]))
    values: dict[str, Any] = {column: float(rows[0].cells[column]) for column in SITE_COLUMNS}
    for column in MONTH_COLUMNS:
        values[column] = np.array([float(row.cells[column]) for row in rows])
        values[column].setflags(write=False)
    return Climate(place=rows[0].cells["place"], **values)
