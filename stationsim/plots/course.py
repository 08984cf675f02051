"""How states go through a run: the range of each civil day of a long one, quarter hours of a short one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.period import METERING_MINUTES, first_day, last_day, n_days
from stationsim.plots import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from stationsim.results import Results

Array = NDArray[np.float64]

DAYS_IN_STEPS = 14
"""Up to so many days are drawn as they went; of more, only the range of each day can be made out."""

SECONDS_PER_DAY = 86400.0
TICK_HOURS = 3

LOW, MEAN, HIGH = "low", "mean", "high"


def daily_ranges(results: Results, values: Array, counted: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Return lowest, mean and highest value of each civil day.

    Parameters
    ----------
    results
        What happened.
    values
        A state in each step.
    counted
        Steps that count; all where it is left out. A day without any has NaN.

    Returns
    -------
    DataFrame
        Columns ``low``, ``mean`` and ``high``; one row a civil day.
    """
    import pandas as pd

    seen = pd.Series(values if counted is None else np.where(counted, values, np.nan))
    dates = pd.date_range(first_day(results), periods=n_days(results), freq="D", name="date")
    ranges: pd.DataFrame = seen.groupby(results.civil_day).agg(["min", "mean", "max"])
    return ranges.set_axis([LOW, MEAN, HIGH], axis=1).set_axis(dates, axis=0)


def quarter_hours(
    results: Results, columns: Mapping[str, Array], days: tuple[dt.date, dt.date] | None = None
) -> pd.DataFrame:
    """Return means over quarter hours, or longer steps, by civil time.

    Parameters
    ----------
    results
        What happened.
    columns
        States and flows in each step.
    days
        First and last civil day; the whole run where it is left out.
    """
    import pandas as pd

    frame = pd.DataFrame(dict(columns), index=results.steps.index)
    if days is not None:
        first, last = ((day - first_day(results)).days for day in days)
        frame = frame[(results.civil_day >= first) & (results.civil_day <= last)]
    minutes = int(results.scenario["simulation"]["step_minutes"])
    if minutes < METERING_MINUTES and METERING_MINUTES % minutes == 0:
        frame = frame.resample(f"{METERING_MINUTES}min", origin="start").mean()
    drawn: pd.DataFrame = frame.tz_convert(results.timezone)
    return drawn


def civil_day_of(results: Results, day: str | dt.date) -> dt.date:
    """Return a day of the run.

    Raises
    ------
    ValueError
        The run does not have it.
    """
    date = dt.date.fromisoformat(str(day))
    first, last = first_day(results), last_day(results)
    if not first <= date <= last:
        raise ValueError(f"day must be from {first} to {last}, got {date}")
    return date


def is_long(results: Results) -> bool:
    """Return whether a run is drawn by days."""
    return n_days(results) > DAYS_IN_STEPS


def held(data: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the last one repeated at its end, so that it is drawn to there."""
    import pandas as pd

    end = data.iloc[[-1]].set_axis([data.index[-1] + (data.index[-1] - data.index[-2])], axis=0)
    whole: pd.DataFrame = pd.concat([data, end])
    return whole


def at_days(data: pd.DataFrame) -> Array:
    """Return the times of rows on an axis whose unit is the day, by the time that passed since the first."""
    from matplotlib.dates import date2num

    start = float(date2num(data.index[0].replace(tzinfo=None)))
    passed: Array = start + (data.index - data.index[0]).total_seconds().to_numpy() / SECONDS_PER_DAY
    return passed


def time_axis(axes: Axes, data: pd.DataFrame) -> None:
    """Write dates below an axis, or what the clocks show where it is one day."""
    import pandas as pd

    first, last = data.index[0].replace(tzinfo=None), data.index[-1].replace(tzinfo=None)
    dates = pd.date_range(first.normalize(), last.normalize(), freq="D")
    style.date_axis(axes, dates)
    if len(dates) > 1 or data.index.tz is None:
        axes.set_xlabel("Date")
        return
    start = at_days(data)[0]
    hours = range(0, 25, TICK_HOURS)
    shown = [(data.index[0] + pd.Timedelta(hours=hour)).strftime("%H:%M") for hour in hours]
    axes.set_xticks([start + hour / 24 for hour in hours], [*shown[:-1], "24:00"])
    axes.set_xlabel("Time of day [h:min]")
