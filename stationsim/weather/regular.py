"""Put the rows of a weather file on a regular grid: order, doubles, steps and holes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import STEPS_OF_AN_HOUR
from stationsim.inputs.findings import Finding, refused, repaired
from stationsim.weather.raw import RawWeather

if TYPE_CHECKING:
    import pandas as pd

DRIFT_S = 1
"""Drift of a logger's clock that is rounded away without asking [s]."""

SAME_STEP_RUN = 3
"""Steps of another length in a row from which they are a change of the step, not holes."""

MOST_HOLES = 12
"""How many times longer than its rows a series may be; a year with one month of data, not a date far off."""

MINUTE_S = 60
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class RegularWeather:
    """Rows on a regular left-labelled index with a fixed offset; NaN where the file has none."""

    frame: pd.DataFrame
    lines: NDArray[np.int64]
    """Line of each row; 0 where the file has none."""
    interval_minutes: int
    typical: bool = False
    """Whether the year of the index means nothing."""


def regularise(raw: RawWeather, *, sort: bool) -> tuple[RegularWeather | None, list[Finding]]:
    """Put rows on a regular grid.

    Parameters
    ----------
    raw
        Rows as they stand in the file.
    sort
        Whether rows out of order are sorted rather than refused.

    Returns
    -------
    RegularWeather or None, list of Finding
        None when the times are beyond repair.
    """
    import pandas as pd

    seconds = raw.labels.as_unit("us").asi8 / 1e6
    order, findings = _in_order(seconds, raw.lines, sort)
    seconds, lines, frame = seconds[order], raw.lines[order], raw.frame.iloc[order].reset_index(drop=True)
    times, found = _whole_minutes(seconds, lines)
    keep, doubles = _without_doubles(times, frame, lines)
    findings += [*found, *doubles]
    if any(finding.action == "refused" for finding in findings):
        return None, findings
    times, lines, frame = times[keep], lines[keep], frame.iloc[np.flatnonzero(keep)]
    interval, found = _interval(times, lines, raw.interval_minutes)
    findings += found
    if interval == 0:
        return None, findings
    start = {"start": 0.0, "middle": interval / 2, "end": interval}[raw.stamp]
    first, last = (times[0], times[-1]) if not raw.typical else _nominal_year(raw)
    if last - first > MOST_HOLES * interval * times.size:
        message = f"has {times.size} rows of a year of {(last - first) // interval + 1}"
        return None, [*findings, refused("rows", message, line=int(lines[0]), hint="is the file cut off?")]
    grid = np.arange(first, last + 1, interval)
    rows = np.full(grid.size, -1)
    rows[(times - first) // interval] = np.arange(times.size)
    known = rows >= 0
    index = pd.to_datetime((grid - start) * MINUTE_S, unit="s").as_unit("ns").tz_localize(raw.offset)
    on_grid = pd.DataFrame(frame.to_numpy(dtype=float)[rows], index=index, columns=frame.columns)
    on_grid[~known] = np.nan
    return RegularWeather(on_grid, np.where(known, lines[rows], 0), interval, raw.typical), findings


def _nominal_year(raw: RawWeather) -> tuple[int, int]:
    """Return the first and last label of the nominal year, in minutes since 1970."""
    year = str(raw.labels[0].year)
    start = int(np.datetime64(f"{year}-01-01", "m").astype(np.int64))
    end = int(np.datetime64(f"{int(year) + 1}-01-01", "m").astype(np.int64))
    return start, end - (raw.interval_minutes or 60)


def _in_order(
    seconds: NDArray[np.float64], lines: NDArray[np.int64], sort: bool
) -> tuple[NDArray[np.int64], list[Finding]]:
    back = np.flatnonzero(np.diff(seconds) < 0) + 1
    if not back.size:
        return np.arange(seconds.size), []
    line = int(lines[back[0]])
    if sort:
        message = "rows were out of order and were sorted"
        return np.argsort(seconds, kind="stable"), [
            repaired("order", message, count=int(back.size), line=line)
        ]
    hint = "write sort: true if the order alone is wrong"
    message = "time must not go back"
    return np.arange(seconds.size), [refused("order", message, count=int(back.size), line=line, hint=hint)]


def _whole_minutes(
    seconds: NDArray[np.float64], lines: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[Finding]]:
    """Return times in whole minutes; a drift of a second is rounded away, more is refused."""
    minutes = np.round(seconds / MINUTE_S).astype(np.int64)
    drift = np.abs(seconds - minutes * MINUTE_S)
    if (drift > DRIFT_S).any():
        row = int(np.flatnonzero(drift > DRIFT_S)[0])
        message = f"time must be within {DRIFT_S} s of a whole minute"
        count = int(np.count_nonzero(drift > DRIFT_S))
        return minutes, [refused("drift", message, count=count, line=int(lines[row]))]
    if not drift.any():
        return minutes, []
    count, row = int(np.count_nonzero(drift)), int(np.flatnonzero(drift)[0])
    return minutes, [repaired("drift", "times were rounded to the minute", count=count, line=int(lines[row]))]


def _without_doubles(
    times: NDArray[np.int64], frame: pd.DataFrame, lines: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Return which rows to keep: of equal doubles the first; doubles that differ are refused."""
    double = np.concatenate([[False], np.diff(times) == 0])
    rows = np.flatnonzero(double)
    if not rows.size:
        return ~double, []
    values = frame.to_numpy(dtype=float)
    equal = np.array([np.array_equal(values[row], values[row - 1], equal_nan=True) for row in rows])
    if equal.all():
        message = "rows stand twice with equal values; the second was dropped"
        return ~double, [repaired("double", message, count=int(rows.size), line=int(lines[rows[0]]))]
    bad = rows[~equal]
    message = "time stands twice with different values"
    return ~double, [refused("double", message, count=int(bad.size), line=int(lines[bad[0]]))]


def _interval(
    times: NDArray[np.int64], lines: NDArray[np.int64], fixed: int | None
) -> tuple[int, list[Finding]]:
    """Return the step [min], 0 when the times have none that holds all along."""
    steps = np.diff(times)
    if steps.size == 0 or not (steps > 0).all():
        return 0, [refused("step", "must have at least two rows in order")]
    lengths, counts = np.unique(steps, return_counts=True)
    interval = fixed or int(lengths[np.argmax(counts)])
    if interval not in STEPS_OF_AN_HOUR:
        message = f"step must divide the hour, is {interval} min"
        return 0, [refused("step", message, line=int(lines[1]))]
    other = steps != interval
    lasting = other[1:] & (steps[1:] == steps[:-1])
    run = np.zeros(0, dtype=bool)
    if lasting.size >= SAME_STEP_RUN - 1:
        run = np.convolve(lasting, np.ones(SAME_STEP_RUN - 1), mode="valid") == SAME_STEP_RUN - 1
    off_grid = steps % interval != 0
    bad = (
        np.concatenate([np.flatnonzero(off_grid), np.flatnonzero(run)])
        if run.any()
        else np.flatnonzero(off_grid)
    )
    if bad.size:
        row = int(bad.min())
        message = f"step must be {interval} min all along, is {int(steps[row])} min"
        return 0, [refused("step", message, count=int(bad.size), line=int(lines[row + 1]))]
    if times[-1] - times[0] > MOST_HOLES * interval * times.size:
        row = int(np.argmax(steps)) + 1
        message = f"time is {int(steps.max()) // DAY_MINUTES:,} days after the row before"
        return 0, [refused("step", message, line=int(lines[row]))]
    return interval, []
