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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.files import read_bytes, refuse_foreign, utf8_text
from stationsim.inputs.findings import Finding, refused, repaired, warned
from stationsim.inputs.kinds import COUNTS
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
    findings: tuple[Finding, ...]
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
    file = file or path.name
    header, rows, lines = _rows(path, file)
    frame, holidays, wrong = READERS[form](header, rows, np.array(lines), timezone, file)
    COUNTS.stop_if_refused(wrong, file=file)
    wrong = _check_clock(frame, timezone)
    frame, repeats = _without_repeats(frame)
    step_minutes, steps = _step_minutes(frame)
    COUNTS.stop_if_refused([*wrong, *repeats, *_check_order(frame), *steps], file=file)
    frame, missing = _fill_gaps(frame, step_minutes, timezone, gaps)
    COUNTS.stop_if_refused([*missing, *_check_size(frame, step_minutes)], file=file)
    kept = frame[["time", "count", "vehicle_class", "series"]]
    through = [replace(found, message=f"{file}: {found.message}") for found in (*repeats, *missing)]
    return Counts(kept, step_minutes, tuple(through), frozenset(holidays))


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


class Reading(NamedTuple):
    """What a form makes of its rows."""

    frame: pd.DataFrame
    holidays: set[Any]
    """Dates that the file names as holidays."""
    wrong: list[Finding]
    """What is refused."""


def _rows(path: Path, file: str) -> tuple[list[str], Rows, list[int]]:
    """Return header, rows and the line of each row; blank lines and comments left out."""
    content = read_bytes(path, COUNTS, file=file)
    refuse_foreign(content, COUNTS, file=file)
    found: Rows = []
    lines: list[int] = []
    for number, line in enumerate(utf8_text(content, COUNTS, file=file).splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            found.append(next(csv.reader([line])))
            lines.append(number)
    if len(found) < 2:
        message = "must hold a line of column names and counts below it"
        raise COUNTS.stop("rows", message, file=file, line=1)
    _check_widths(found, lines, file)
    return [name.strip() for name in found[0]], found[1:], lines[1:]


def _check_widths(found: Rows, lines: list[int], file: str) -> None:
    width = len(found[0])
    odd = next((place for place, row in enumerate(found) if len(row) != width), None)
    if odd is not None:
        message = f"must have {width} columns as its first line, got {len(found[odd])}"
        raise COUNTS.stop("fields", message, file=file, line=lines[odd])


def _column(header: list[str], rows: Rows, name: str) -> list[str]:
    place = header.index(name)
    return [row[place].strip() for row in rows]


def _need(header: list[str], needed: tuple[str, ...], allowed: tuple[str, ...], file: str) -> None:
    """Refuse a file whose columns are not those of its form."""
    missing = [name for name in needed if name not in header]
    strange = [name for name in header if name not in (*needed, *allowed)]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if not (missing or strange or doubled):
        return
    may = f" and may have {', '.join(allowed)}" if allowed else ""
    message = f"columns must be {', '.join(needed)}{may}"
    hint = "counts_format says the form: plain, i94 or kdd_tollgate"
    raise COUNTS.stop("column", message, file=file, line=1, value=",".join(header), hint=hint)


def _rows_refused(
    rule: str, message: str, frame: pd.DataFrame, wrong: NDArray[np.bool_], *, hint: str = ""
) -> list[Finding]:
    """Return the offence of some rows, by their number and the first of them."""
    if not wrong.any():
        return []
    first, count = frame[wrong].iloc[0], int(wrong.sum())
    value = str(first["time"])
    return [refused(rule, message, count=count, line=int(first["line"]), hint=hint, value=value)]


def _frame(
    times: Any, counts: list[str], lines: NDArray[np.int64], **columns: Any
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table of counts, and which of its times and numbers are wrong."""
    import pandas as pd

    frame = pd.DataFrame({"time": times, "line": lines, **columns})
    number = pd.to_numeric(pd.Series(counts), errors="coerce")
    frame["count"] = number
    bad = ~np.isfinite(number.to_numpy(dtype=float))
    negative = (number < 0).to_numpy()
    return frame, [
        *_rows_refused("time", "time cannot be read", frame, frame["time"].isna().to_numpy()),
        *_rows_refused("number", "count must be a number, never empty or text", frame, bad),
        *_rows_refused("range", "count must be 0 or more", frame, negative, hint="leave no markers"),
    ]


def _plain(header: list[str], rows: Rows, lines: NDArray[np.int64], timezone: str, file: str) -> Reading:
    import pandas as pd

    _need(header, ("time", "count"), ("class", "direction"), file)
    written = pd.Series(_column(header, rows, "time"))
    parts = written.str.extract(
        r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::00)?)(Z|[+-][0-9]{2}:?[0-9]{2})?$"
    )
    aware = parts[1].notna()
    if aware.any() and not aware.all():
        place = int(np.argmax(aware.to_numpy() != aware.iloc[0]))
        message = "times must all have an offset or none"
        raise COUNTS.stop("offset", message, file=file, line=int(lines[place]))
    times = pd.to_datetime(parts[0].str.replace(" ", "T"), errors="coerce", format="ISO8601")
    if aware.all():
        whole = parts[0].str.replace(" ", "T") + parts[1]
        moments = pd.to_datetime(whole, errors="coerce", format="ISO8601", utc=True)
        times = moments.dt.tz_convert(timezone).dt.tz_localize(None)
    blank = [""] * len(rows)
    classes = _column(header, rows, "class") if "class" in header else blank
    side = _column(header, rows, "direction") if "direction" in header else blank
    strange = [name not in CLASSES for name in classes] if "class" in header else [False] * len(rows)
    series = [f"{kind} {way}" for kind, way in zip(classes, side, strict=True)]
    counts = _column(header, rows, "count")
    frame, wrong = _frame(times, counts, lines, vehicle_class=classes, series=series)
    if any(strange):
        place = strange.index(True)
        message = f"class must be one of {', '.join(CLASSES)}"
        wrong.insert(0, refused("class", message, line=int(lines[place]), value=classes[place]))
    return Reading(frame, set(), wrong)


def _i94(header: list[str], rows: Rows, lines: NDArray[np.int64], _timezone: str, file: str) -> Reading:
    """Read the Metro Interstate Traffic Volume form: hours as dd/mm/yyyy H:MM, days named in ``holiday``."""
    import pandas as pd

    weather = ("temp", "rain_1h", "snow_1h", "clouds_all", "weather_main", "weather_description")
    _need(header, ("date_time", "traffic_volume"), ("holiday", *weather), file)
    times = pd.to_datetime(
        pd.Series(_column(header, rows, "date_time")), format="%d/%m/%Y %H:%M", errors="coerce"
    )
    counts = _column(header, rows, "traffic_volume")
    frame, wrong = _frame(times, counts, lines, vehicle_class="", series="")
    named = _column(header, rows, "holiday") if "holiday" in header else ["None"] * len(rows)
    days = times[[name not in ("None", "") for name in named]].dropna()
    return Reading(frame, set(days.dt.date), wrong)


def _kdd(header: list[str], rows: Rows, lines: NDArray[np.int64], _timezone: str, file: str) -> Reading:
    """Read the KDD Cup 2017 form: windows of 20 min, a series for each toll gate and direction."""
    import pandas as pd

    _need(header, ("tollgate_id", "time_window", "direction", "volume"), (), file)
    start = pd.Series(_column(header, rows, "time_window")).str.extract(r"^\[([^,]+),[^,]+\)$")[0]
    times = pd.to_datetime(start, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    gates, ways = _column(header, rows, "tollgate_id"), _column(header, rows, "direction")
    series = [f"{gate_id} {way}" for gate_id, way in zip(gates, ways, strict=True)]
    counts = _column(header, rows, "volume")
    frame, wrong = _frame(times, counts, lines, vehicle_class="", series=series)
    return Reading(frame, set(), wrong)


READERS: dict[CountsFormat, Callable[..., Reading]] = {"plain": _plain, "i94": _i94, "kdd_tollgate": _kdd}


def _check_clock(frame: pd.DataFrame, timezone: str) -> list[Finding]:
    """Refuse civil times that do not exist; mark those that come twice in the night clocks go back."""
    times = frame["time"]
    exists = times.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=np.ones(len(frame), dtype=bool))
    later = times.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=np.zeros(len(frame), dtype=bool))
    frame["is_twice"] = (exists != later).to_numpy() & exists.notna().to_numpy()
    hint = "write times with their offset, or in the civil time of the site"
    message = f"time does not exist in {timezone}"
    return _rows_refused("dst", message, frame, exists.isna().to_numpy(), hint=hint)


def _without_repeats(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Drop repeated counts that agree, refuse those that differ; an hour that comes twice may come twice."""
    key = ["series", "time"]
    number = frame.groupby(key).cumcount().to_numpy()
    repeats = number > np.where(frame["is_twice"], 1, 0)
    if not repeats.any():
        return frame, []
    first = frame.groupby(key)["count"].transform("first")
    differ = repeats & (frame["count"] != first).to_numpy() & ~frame["is_twice"].to_numpy()
    message = "repeated counts that agree were dropped"
    found = [
        *_rows_refused("double", "time comes again with another count", frame, differ),
        repaired("counts.duplicates", message, count=int(repeats.sum())),
    ]
    return frame[~repeats].reset_index(drop=True), found


def _check_order(frame: pd.DataFrame) -> list[Finding]:
    """Refuse times that go back within a series, save in the night clocks go back."""
    import pandas as pd

    back = (frame.groupby("series")["time"].diff() < pd.Timedelta(0)).to_numpy()
    wrong = back & ~frame["is_twice"].to_numpy()
    return _rows_refused("order", "time goes back", frame, wrong, hint="sort the file by time")


def _step_minutes(frame: pd.DataFrame) -> tuple[int, list[Finding]]:
    """Return the length of the counted intervals [min], and which times do not lie on their grid."""
    steps = frame.groupby("series")["time"].diff().dt.total_seconds().to_numpy() / MINUTES_PER_HOUR
    steps = steps[steps > 0]
    shortest = float(steps.min()) if steps.size else float(MINUTES_PER_HOUR)
    if not shortest.is_integer() or MINUTES_PER_HOUR % shortest:
        message = f"intervals must be 1 h or a whole part of it, got {shortest:g} min"
        return MINUTES_PER_HOUR, [refused("step", message, line=2)]
    off = (frame["time"].dt.minute % int(shortest) != 0).to_numpy()
    message = f"time must lie on the grid of {shortest:g} min of the file"
    return int(shortest), _rows_refused("step", message, frame, off)


def _fill_gaps(
    frame: pd.DataFrame, step_minutes: int, timezone: str, gaps: CountsGaps
) -> tuple[pd.DataFrame, list[Finding]]:
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
        return frame, []
    first = missing.sort_values("time").iloc[0]
    message = f"{len(missing)} counts are missing, the first at {first['time']}"
    if gaps == "refuse":
        hint = "where none passed set counts_gaps: zero; to average over what is there, allow"
        return frame, [refused("gap", message, line=int(first["line"]), hint=hint)]
    taken = "taken as none passed" if gaps == "zero" else "left out of the means"
    filled = pd.concat([frame, missing], ignore_index=True) if gaps == "zero" else frame
    return filled, [warned("counts.gaps", f"{message}; {taken}", count=len(missing))]


def _check_size(frame: pd.DataFrame, step_minutes: int) -> list[Finding]:
    wrong = (frame["count"] * (MINUTES_PER_HOUR / step_minutes) > MOST_PER_HOUR).to_numpy()
    return _rows_refused("range", f"count must be below {MOST_PER_HOUR} vehicles an hour", frame, wrong)
