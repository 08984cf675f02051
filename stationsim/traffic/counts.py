"""Counted vehicles of a road: read from a file, through a gate, to the mean day of each kind.

The plain form is a CSV of UTF-8 text; the first line names the columns, every other holds one count::

    time,count,class,direction
    2025-03-01T00:00,412,car,east
    2025-03-01T00:00,96,truck,east

``time`` is the start of the counted interval by ISO 8601, in civil time of the site or with an offset;
``count`` is the number of vehicles, 0 or more; ``class`` (car, bus or truck) and ``direction`` (any text) may
be left out. Intervals are 1 h or a whole part of it, the same throughout. Lines that start with ``#`` are
skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.traffic.findings import CountFinding, Gate
from stationsim.traffic.road import CLASSES, CountsFormat, CountsGaps

if TYPE_CHECKING:
    import pandas as pd

HOURS_PER_DAY = 24
MINUTES_PER_HOUR = 60
MOST_PER_HOUR = 50_000
"""Vehicles an hour that no road carries: 20 lanes at a capacity of 2,400 an hour (HCM) have 48,000."""


@dataclass(frozen=True)
class Counts:
    """Counted vehicles, one row a count."""

    frame: pd.DataFrame
    """Columns ``time`` (start, civil), ``count``, ``vehicle_class`` (empty where unknown), ``series``."""
    step_minutes: int
    """Length of the counted intervals [min]."""
    findings: tuple[CountFinding, ...]
    """What the gate let through."""
    holidays: frozenset[Any] = frozenset()
    """Dates that the file itself names as holidays."""


class MeanDay(NamedTuple):
    """The mean of the counted days of one kind."""

    vehicles_per_day: float
    """Vehicles of the mean day, in the units of the file [1/day]."""
    shape: NDArray[np.float64]
    """Share of the day in each civil hour."""
    n_days: int
    """Days of the kind that have counts."""


def read_counts(
    path: Path, *, form: CountsFormat = "plain", timezone: str, gaps: CountsGaps = "refuse", file: str = ""
) -> Counts:
    """Read a file of counted vehicles and check it.

    Parameters
    ----------
    path
        The file.
    form
        Its form: ``plain``, ``i94`` or ``kdd_tollgate``.
    timezone
        IANA name of the site's zone, whose civil time the file keeps.
    gaps
        ``refuse`` missing counts, ``allow`` them, or take each as ``zero``.
    file
        File as the user named it, for messages.

    Raises
    ------
    ScenarioError
        The file cannot be trusted; with the line of the first offence of each kind.
    """
    gate = Gate(file or path.name)
    header, rows, lines = _rows(path, gate)
    frame, holidays = READERS[form](header, rows, np.array(lines), timezone, gate)
    gate.stop()
    _check_clock(frame, timezone, gate)
    frame = _without_repeats(frame, gate)
    _check_order(frame, gate)
    step_minutes = _step_minutes(frame, gate)
    gate.stop()
    frame = _fill_gaps(frame, step_minutes, timezone, gaps, gate)
    _check_size(frame, step_minutes, gate)
    gate.stop()
    kept = frame[["time", "count", "vehicle_class", "series"]]
    return Counts(kept, step_minutes, tuple(gate.findings), frozenset(holidays))


def mean_day(counts: Counts, kind: NDArray[np.int8], which: int) -> MeanDay | None:
    """Return the mean day of one kind, or None where some hour of it was never counted.

    Every interval of the day is averaged over the counts that are there, each series (direction, class) on
    its own, and the means are added up: a count that is missing counts as its mean, not as nothing.

    Parameters
    ----------
    counts
        What was counted.
    kind
        Kind of the day of each row.
    which
        The kind that is asked for.
    """
    chosen = counts.frame[kind == which]
    if chosen.empty:
        return None
    minute = chosen["time"].dt.hour * MINUTES_PER_HOUR + chosen["time"].dt.minute
    means = chosen["count"].groupby([chosen["series"], minute]).mean()
    n_series = counts.frame["series"].nunique()
    slots = HOURS_PER_DAY * MINUTES_PER_HOUR // counts.step_minutes
    if len(means) < n_series * slots:
        return None
    hour = means.index.get_level_values(1).to_numpy() // MINUTES_PER_HOUR
    profile = np.bincount(hour, weights=means.to_numpy(), minlength=HOURS_PER_DAY)
    total = float(profile.sum())
    if total <= 0:
        return None
    return MeanDay(total, profile / total, int(chosen["time"].dt.normalize().nunique()))


def class_shares(counts: Counts) -> dict[str, float]:
    """Return the share of each class in all that was counted; empty where the file names none."""
    totals = counts.frame["count"].groupby(counts.frame["vehicle_class"]).sum()
    whole = float(totals.sum())
    return {name: float(totals.get(name, 0.0)) / whole for name in CLASSES} if "" not in totals else {}


Rows = list[list[str]]
Reading = tuple["pd.DataFrame", set[Any]]


def _rows(path: Path, gate: Gate) -> tuple[list[str], Rows, list[int]]:
    """Return header, rows and the line of each row; blank lines and comments left out."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        gate.refuse("encoding", "must be UTF-8 text", line=1)
        gate.stop()
    if text.lstrip()[:1] == "<":
        gate.refuse("html", "looks like a page of the web, not a CSV of counts", line=1)
    if "\0" in text:
        gate.refuse("encoding", "must be text without NUL characters", line=1)
    gate.stop()
    found: Rows = []
    lines: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            found.append(next(csv.reader([line])))
            lines.append(number)
    if len(found) < 2:
        gate.refuse("empty", "must hold a line of column names and counts below it", line=1)
        gate.stop()
    _check_widths(found, lines, gate)
    return [name.strip() for name in found[0]], found[1:], lines[1:]


def _check_widths(found: Rows, lines: list[int], gate: Gate) -> None:
    width = len(found[0])
    odd = next((place for place, row in enumerate(found) if len(row) != width), None)
    if odd is not None:
        got = f"must have {width} columns as its first line, got {len(found[odd])}"
        gate.refuse("columns", got, line=lines[odd])
        gate.stop()


def _column(header: list[str], rows: Rows, name: str) -> list[str]:
    place = header.index(name)
    return [row[place].strip() for row in rows]


def _need(header: list[str], needed: tuple[str, ...], allowed: tuple[str, ...], gate: Gate) -> None:
    """Refuse a file whose columns are not those of its form."""
    missing = [name for name in needed if name not in header]
    strange = [name for name in header if name not in (*needed, *allowed)]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if not (missing or strange or doubled):
        return
    may = f" and may have {', '.join(allowed)}" if allowed else ""
    message = f"columns must be {', '.join(needed)}{may}"
    hint = "counts_format says the form: plain, i94 or kdd_tollgate"
    gate.refuse("columns", message, line=1, value=",".join(header), hint=hint)
    gate.stop()


def _frame(
    times: Any, counts: list[str], lines: NDArray[np.int64], gate: Gate, **columns: Any
) -> pd.DataFrame:
    """Return the table of counts, its times and numbers checked."""
    import pandas as pd

    frame = pd.DataFrame({"time": times, "line": lines, **columns})
    number = pd.to_numeric(pd.Series(counts), errors="coerce")
    frame["count"] = number
    bad = ~np.isfinite(number.to_numpy(dtype=float))
    gate.refuse_rows("time", "time cannot be read", frame, frame["time"].isna().to_numpy())
    gate.refuse_rows("number", "count must be a number, never empty or text", frame, bad)
    gate.refuse_rows(
        "negative", "count must be 0 or more", frame, (number < 0).to_numpy(), hint="leave no markers"
    )
    return frame


def _plain(header: list[str], rows: Rows, lines: NDArray[np.int64], timezone: str, gate: Gate) -> Reading:
    import pandas as pd

    _need(header, ("time", "count"), ("class", "direction"), gate)
    written = pd.Series(_column(header, rows, "time"))
    parts = written.str.extract(
        r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::00)?)(Z|[+-][0-9]{2}:?[0-9]{2})?$"
    )
    aware = parts[1].notna()
    if aware.any() and not aware.all():
        place = int(np.argmax(aware.to_numpy() != aware.iloc[0]))
        gate.refuse("offset", "times must all have an offset or none", line=int(lines[place]))
        gate.stop()
    times = pd.to_datetime(parts[0].str.replace(" ", "T"), errors="coerce", format="ISO8601")
    if aware.all():
        whole = parts[0].str.replace(" ", "T") + parts[1]
        moments = pd.to_datetime(whole, errors="coerce", format="ISO8601", utc=True)
        times = moments.dt.tz_convert(timezone).dt.tz_localize(None)
    blank = [""] * len(rows)
    classes = _column(header, rows, "class") if "class" in header else blank
    side = _column(header, rows, "direction") if "direction" in header else blank
    strange = [name not in CLASSES for name in classes] if "class" in header else [False] * len(rows)
    if any(strange):
        place = strange.index(True)
        message = f"class must be one of {', '.join(CLASSES)}"
        gate.refuse("class", message, line=int(lines[place]), value=classes[place])
    series = [f"{kind} {way}" for kind, way in zip(classes, side, strict=True)]
    frame = _frame(times, _column(header, rows, "count"), lines, gate, vehicle_class=classes, series=series)
    return frame, set()


def _i94(header: list[str], rows: Rows, lines: NDArray[np.int64], _timezone: str, gate: Gate) -> Reading:
    """Read the Metro Interstate Traffic Volume form: hours as dd/mm/yyyy H:MM, days named in ``holiday``."""
    import pandas as pd

    weather = ("temp", "rain_1h", "snow_1h", "clouds_all", "weather_main", "weather_description")
    _need(header, ("date_time", "traffic_volume"), ("holiday", *weather), gate)
    times = pd.to_datetime(
        pd.Series(_column(header, rows, "date_time")), format="%d/%m/%Y %H:%M", errors="coerce"
    )
    counts = _column(header, rows, "traffic_volume")
    frame = _frame(times, counts, lines, gate, vehicle_class="", series="")
    named = _column(header, rows, "holiday") if "holiday" in header else ["None"] * len(rows)
    days = times[[name not in ("None", "") for name in named]].dropna()
    return frame, set(days.dt.date)


def _kdd(header: list[str], rows: Rows, lines: NDArray[np.int64], _timezone: str, gate: Gate) -> Reading:
    """Read the KDD Cup 2017 form: windows of 20 min, a series for each toll gate and direction."""
    import pandas as pd

    _need(header, ("tollgate_id", "time_window", "direction", "volume"), (), gate)
    start = pd.Series(_column(header, rows, "time_window")).str.extract(r"^\[([^,]+),[^,]+\)$")[0]
    times = pd.to_datetime(start, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    gates, ways = _column(header, rows, "tollgate_id"), _column(header, rows, "direction")
    series = [f"{gate_id} {way}" for gate_id, way in zip(gates, ways, strict=True)]
    frame = _frame(times, _column(header, rows, "volume"), lines, gate, vehicle_class="", series=series)
    return frame, set()


READERS: dict[CountsFormat, Callable[..., Reading]] = {"plain": _plain, "i94": _i94, "kdd_tollgate": _kdd}


def _check_clock(frame: pd.DataFrame, timezone: str, gate: Gate) -> None:
    """Refuse civil times that do not exist; mark those that come twice in the night clocks go back."""
    times = frame["time"]
    exists = times.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=np.ones(len(frame), dtype=bool))
    later = times.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=np.zeros(len(frame), dtype=bool))
    frame["is_twice"] = (exists != later).to_numpy() & exists.notna().to_numpy()
    hint = "write times with their offset, or in the civil time of the site"
    gate.refuse_rows("dst", f"time does not exist in {timezone}", frame, exists.isna().to_numpy(), hint=hint)


def _without_repeats(frame: pd.DataFrame, gate: Gate) -> pd.DataFrame:
    """Drop repeated counts that agree, refuse those that differ; an hour that comes twice may come twice."""
    key = ["series", "time"]
    number = frame.groupby(key).cumcount().to_numpy()
    repeats = number > np.where(frame["is_twice"], 1, 0)
    if not repeats.any():
        return frame
    first = frame.groupby(key)["count"].transform("first")
    differ = repeats & (frame["count"] != first).to_numpy() & ~frame["is_twice"].to_numpy()
    gate.refuse_rows("duplicates", "time comes again with another count", frame, differ)
    gate.note("duplicates", "repaired", int(repeats.sum()), "repeated counts that agree were dropped")
    return frame[~repeats].reset_index(drop=True)


def _check_order(frame: pd.DataFrame, gate: Gate) -> None:
    """Refuse times that go back within a series, save in the night clocks go back."""
    import pandas as pd

    back = (frame.groupby("series")["time"].diff() < pd.Timedelta(0)).to_numpy()
    hint = "sort the file by time"
    gate.refuse_rows("unsorted", "time goes back", frame, back & ~frame["is_twice"].to_numpy(), hint=hint)


def _step_minutes(frame: pd.DataFrame, gate: Gate) -> int:
    """Return the length of the counted intervals [min]."""
    steps = frame.groupby("series")["time"].diff().dt.total_seconds().to_numpy() / MINUTES_PER_HOUR
    steps = steps[steps > 0]
    shortest = float(steps.min()) if steps.size else float(MINUTES_PER_HOUR)
    if not shortest.is_integer() or MINUTES_PER_HOUR % shortest:
        gate.refuse("step", f"intervals must be 1 h or a whole part of it, got {shortest:g} min", line=2)
        return MINUTES_PER_HOUR
    off = (frame["time"].dt.minute % int(shortest) != 0).to_numpy()
    gate.refuse_rows("step", f"time must lie on the grid of {shortest:g} min of the file", frame, off)
    return int(shortest)


def _fill_gaps(frame: pd.DataFrame, step_minutes: int, timezone: str, gaps: str, gate: Gate) -> pd.DataFrame:
    """Refuse, note or fill counts that are missing between the file's first and last."""
    import pandas as pd

    grid = pd.date_range(frame["time"].min(), frame["time"].max(), freq=f"{step_minutes}min")
    once = np.ones(len(grid), dtype=bool)
    grid = grid[grid.tz_localize(timezone, nonexistent="NaT", ambiguous=once).notna()]
    absent = []
    for _, rows in frame.groupby("series"):
        times = grid.difference(pd.DatetimeIndex(rows["time"]))
        later = rows["time"].searchsorted(times).clip(max=len(rows) - 1)
        absent.append(
            pd.DataFrame({"time": times, "count": 0.0, "line": rows["line"].to_numpy()[later]}).assign(
                series=rows["series"].iloc[0], vehicle_class=rows["vehicle_class"].iloc[0]
            )
        )
    missing = pd.concat(absent, ignore_index=True)
    if missing.empty:
        return frame
    first = missing.sort_values("time").iloc[0]
    message = f"{len(missing)} counts are missing, the first at {first['time']}"
    if gaps == "refuse":
        hint = "where none passed set counts_gaps: zero; to average over what is there, allow"
        gate.refuse("gaps", message, line=int(first["line"]), hint=hint)
    taken = "taken as none passed" if gaps == "zero" else "left out of the means"
    gate.note("gaps", "warned", len(missing), f"{message}; {taken}")
    return pd.concat([frame, missing], ignore_index=True) if gaps == "zero" else frame


def _check_size(frame: pd.DataFrame, step_minutes: int, gate: Gate) -> None:
    wrong = (frame["count"] * (MINUTES_PER_HOUR / step_minutes) > MOST_PER_HOUR).to_numpy()
    gate.refuse_rows("size", f"count must be below {MOST_PER_HOUR} vehicles an hour", frame, wrong)
