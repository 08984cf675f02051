"""Weather files made for tests: a smooth sound year over Jinan to be broken on purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from stationsim.weather.centring import outside_irradiance, zenith_deg
from stationsim.weather.raw import Place

PLACE = Place(36.6, 117.05, 170.0)
OFFSET = dt.timezone(dt.timedelta(hours=8))
EPW_HEAD = (
    "LOCATION,Madeup,Shandong,CHN,MADE,000000,36.60,117.05,8.0,170.0",
    "DESIGN CONDITIONS,0",
    "TYPICAL/EXTREME PERIODS,0",
    "GROUND TEMPERATURES,0",
    "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
    "COMMENTS 1,made",
    "COMMENTS 2,made",
    "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31",
)
CSV_HEAD = "time,ghi_w_m2,dni_w_m2,dhi_w_m2,temp_air_degc,wind_speed_m_s,relative_humidity_percent"
Edit = Callable[[list[str]], list[str]]


@lru_cache
def sound(start: str = "2001-01-01", days: int = 365, minutes: int = 60) -> pd.DataFrame:
    """Return clear days whose GHI closes with DNI and DHI at mid-interval."""
    index = pd.date_range(start, periods=days * 1440 // minutes, freq=f"{minutes}min", tz=OFFSET)
    outside = outside_irradiance(index, PLACE, interval_minutes=minutes)
    cosine = np.cos(np.radians(zenith_deg(index, PLACE, later_min=minutes / 2)))
    ghi = outside * (0.5 + 0.1 * np.sin(index.day_of_year.to_numpy()))
    sunny = cosine > 0.05
    dhi = np.where(sunny, 0.4 * ghi, ghi)
    dni = np.where(sunny, (ghi - dhi) / np.maximum(cosine, 0.05), 0.0)
    hour = (index.hour + index.minute / 60).to_numpy()
    season = -np.cos(2 * np.pi * (index.day_of_year.to_numpy() - 20) / 365)
    temp = 14 + 13 * season + 4 * np.cos(2 * np.pi * (hour - 15) / 24)
    columns = {"ghi": ghi, "dni": dni, "dhi": dhi, "temp_air": temp, "wind_speed": 2 + np.sin(hour)}
    return pd.DataFrame({**columns, "relative_humidity": 60 + 20 * np.cos(hour / 4)}, index=index).round(1)


def write_epw(
    path: Path, *, edit: Edit | None = None, head: tuple[str, ...] = EPW_HEAD, fields: int = 35
) -> Path:
    rows = []
    for stamp, row in zip(sound().index, sound().itertuples(index=False), strict=True):
        cells = [stamp.year, stamp.month, stamp.day, stamp.hour + 1, 0, "?9*", row.temp_air, 0.0]
        cells += [row.relative_humidity, 100000, 0, 0, 300, row.ghi, row.dni, row.dhi, 0, 0, 0, 0, 180]
        cells += [row.wind_speed, 0, 0, 9999, 99999, 9, 999999999, 0, 0, 0, 88, 999, 999, 99]
        rows.append(",".join(str(cell) for cell in cells[:fields]))
    return _write(path, [*head, *rows], edit)


def write_csv(
    path: Path,
    *,
    start: str = "2026-06-01",
    days: int = 4,
    minutes: int = 60,
    edit: Edit | None = None,
    comments: tuple[str, ...] = ("# stamp: start", "# latitude: 36.6", "# longitude: 117.05"),
    form: str = "%Y-%m-%dT%H:%M+08:00",
    label: float = 0.0,
) -> Path:
    frame = sound(start, days, minutes)
    times = (frame.index + pd.Timedelta(minutes=label * minutes)).strftime(form)
    rows = [
        ",".join([time, *(f"{value:g}" for value in row)])
        for time, row in zip(times, frame.to_numpy(dtype=float), strict=True)
    ]
    return _write(path, [*comments, CSV_HEAD, *rows], edit)


def change(line: int, old: str, new: str) -> Edit:
    """Return an edit of one line, counted from 1."""

    def edit(lines: list[str]) -> list[str]:
        assert old in lines[line - 1], lines[line - 1]
        return [*lines[: line - 1], lines[line - 1].replace(old, new, 1), *lines[line:]]

    return edit


def field(line: int, number: int, text: str) -> Edit:
    """Return an edit of one field, both counted from 1."""

    def edit(lines: list[str]) -> list[str]:
        cells = lines[line - 1].split(",")
        cells[number - 1] = text
        return [*lines[: line - 1], ",".join(cells), *lines[line:]]

    return edit


def column(number: int, to: Callable[[float], float], first: int = 9) -> Edit:
    """Return an edit of a whole column of numbers from line ``first`` on."""

    def edit(lines: list[str]) -> list[str]:
        changed = []
        for line in lines[first - 1 :]:
            cells = line.split(",")
            cells[number - 1] = f"{to(float(cells[number - 1])):g}"
            changed.append(",".join(cells))
        return [*lines[: first - 1], *changed]

    return edit


def without(first: int, last: int) -> Edit:
    """Return an edit that drops the lines from first to last, counted from 1."""
    return lambda lines: [*lines[: first - 1], *lines[last:]]


def _write(path: Path, lines: list[str], edit: Edit | None) -> Path:
    path.write_text("\n".join(edit(lines) if edit else lines) + "\n", encoding="utf-8")
    return path
