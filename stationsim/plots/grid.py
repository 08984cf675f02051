"""The exchange with the grid: hour by day, and sorted by size against the limits of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.period import (
    METERING_MINUTES,
    first_day,
    metered_means_kw,
    n_days,
    wall_minutes,
)
from stationsim.plots import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    from stationsim.results import Results

Array = NDArray[np.float64]

MINUTES_PER_DAY = 24 * 60
EXPORT_SIDE, ZERO, IMPORT_SIDE = "#B35806", "#F7F7F7", "#542788"
"""Ends and middle of the carpet's colours: amber where the sun is sold, purple where energy is bought; scheme
PuOr of ColorBrewer (Harrower and Brewer 2003), which every kind of colour vision can read."""

DRAWN_POINTS = 1500
"""Points of a sorted curve that are drawn: one to a pixel."""


def data_of_carpet(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_carpet` draws: mean exchange at the meter [kW], import above zero.

    Returns
    -------
    DataFrame
        One row a civil day, one column a time of day as the clocks show it (HH:MM); NaN for times that the
        day does not have, the mean of both for times it has twice.
    """
    return by_day_and_time(results, _exchange_kw(results))


def by_day_and_time(results: Results, values: Array) -> pd.DataFrame:
    """Return the means of a quantity of the steps over quarter hours, or longer steps.

    Returns
    -------
    DataFrame
        One row a civil day, one column a time of day as the clocks show it (HH:MM); NaN for times that the
        day does not have, the mean of both for times it has twice.
    """
    import pandas as pd

    minutes = max(int(results.scenario["simulation"]["step_minutes"]), METERING_MINUTES)
    slots, days = -(-MINUTES_PER_DAY // minutes), n_days(results)
    slot = wall_minutes(results) % MINUTES_PER_DAY // minutes
    cell = results.civil_day * slots + slot
    total = np.bincount(cell, weights=values, minlength=days * slots)
    count = np.bincount(cell, minlength=days * slots)
    mean = np.divide(total, count, out=np.full(days * slots, np.nan), where=count > 0)
    times = [f"{start // 60:02d}:{start % 60:02d}" for start in range(0, MINUTES_PER_DAY, minutes)]
    dates = pd.date_range(first_day(results), periods=days, freq="D", name="date")
    return pd.DataFrame(mean.reshape(days, slots), index=dates, columns=times)


def plot_carpet(results: Results, *, theme: str = "light") -> Figure:
    """Draw the exchange with the grid as one coloured point for each time of each day."""
    import matplotlib.dates as mdates
    from matplotlib.colors import TwoSlopeNorm

    data, look = data_of_carpet(results), style.theme_of(theme)
    figure = style.new_figure(
        theme,
        title="When the station buys and sells",
        subtitle=f"{style.period_line(results)}; export and import each have a colour scale of their own",
    )
    axes = figure.subplots()
    values = data.to_numpy().T
    most = max(float(np.nanmax(values)), 1.0)
    least = min(float(np.nanmin(values)), -1.0)
    first = mdates.date2num(data.index[0])
    image = axes.imshow(
        values,
        aspect="auto",
        origin="lower",
        interpolation="nearest",
        extent=(first, first + len(data), 0, 24),
        cmap=_diverging(look.bad),
        norm=TwoSlopeNorm(vcenter=0, vmin=least, vmax=most),
    )
    style.dress(axes, theme, x="Date", y="Time of day [h:min]", grid="")
    axes.set_yticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    style.date_axis(axes, data.index)
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.05, aspect=30)
    bar.set_ticks(_two_sided_ticks(least, most))
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
    bar.ax.tick_params(colors=look.text, labelsize=9)
    bar.outline.set_visible(False)
    bar.set_label(
        "\N{LEFTWARDS ARROW} export to the grid   0   import from the grid \N{RIGHTWARDS ARROW} [kW]",
        color=look.text,
    )
    return figure


def data_of_duration(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_duration` draws, each column sorted from high to low.

    Returns
    -------
    DataFrame
        Index ``hours``, the time for which at least this power is reached [h]; mean exchange at the meter
        over quarter hours, import above zero, and the power of all uses [kW].
    """
    import pandas as pd

    from stationsim.kpis.energy import use_kw

    minutes = int(results.scenario["simulation"]["step_minutes"])
    exchange = metered_means_kw(_exchange_kw(results), minutes)
    used = metered_means_kw(use_kw(results), minutes)
    hours = np.arange(1, exchange.size + 1) * METERING_MINUTES / 60
    return pd.DataFrame(
        {"exchange_kw": np.sort(exchange)[::-1], "use_kw": np.sort(used)[::-1]},
        index=pd.Index(hours, name="hours"),
    )


def plot_duration(results: Results, *, theme: str = "light") -> Figure:
    """Draw for how many hours the meter sees at least each power, against the limits of the connection."""
    data, look = data_of_duration(results), style.theme_of(theme)
    figure = style.new_figure(
        theme, title="How hard the grid connection is used", subtitle=style.period_line(results)
    )
    axes = figure.subplots()
    data = data.iloc[_drawn(len(data))]
    hours, exchange = data.index.to_numpy(), data["exchange_kw"].to_numpy()
    buys, sells = style.COLOURS["import_kw"], style.COLOURS["export_kw"]
    bought = axes.fill_between(hours, np.maximum(exchange, 0), color=buys, linewidth=0, step="pre")
    sold = axes.fill_between(hours, np.minimum(exchange, 0), color=sells, linewidth=0, step="pre")
    (used,) = axes.plot(hours, data["use_kw"], color=look.text, linewidth=1.6, drawstyle="steps-pre")
    axes.axhline(0, color=look.text, linewidth=1)
    _draw_limits(axes, results, look.text)
    style.dress(
        axes,
        theme,
        x="Hours of the run, from most import to most export; uses sorted by themselves [h]",
        y="Export below zero, import above [kW]",
    )
    style.thousands(axes.yaxis)
    style.thousands(axes.xaxis)
    axes.set_xlim(0, hours[-1])
    axes.margins(y=0.08)
    style.legend(
        figure,
        [used, bought, sold],
        ["All uses of the station", "Import at the meter", "Export at the meter"],
        theme=theme,
        loc="right upper",
        title="Quarter-hour means, sorted",
    )
    return figure


def _drawn(count: int) -> NDArray[np.int64]:
    """Return the rows of a sorted curve that an eye can tell apart, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, DRAWN_POINTS)).round().astype(np.int64))


def _exchange_kw(results: Results) -> Array:
    """Return import - export at the meter in each step [kW]."""
    steps = results.steps
    exchange: Array = steps["meter_import_kw"].to_numpy() - steps["meter_export_kw"].to_numpy()
    return exchange


def _diverging(bad: str) -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list(
        "exchange", [EXPORT_SIDE, "#FDB863", ZERO, "#B2ABD2", IMPORT_SIDE]
    )
    with_bad: Colormap = colours.with_extremes(bad=bad)
    return with_bad


def _two_sided_ticks(least: float, most: float) -> list[float]:
    """Return a few round values on both sides of zero."""
    from matplotlib.ticker import MaxNLocator

    below = [tick for tick in MaxNLocator(4).tick_values(least, 0) if least <= tick < 0]
    above = [tick for tick in MaxNLocator(4).tick_values(0, most) if 0 < tick <= most]
    return [*below, 0.0, *above]


def _draw_limits(axes: Any, results: Results, colour: str) -> None:
    grid = results.scenario["grid"]
    for key, sign, what in (("import_limit_kw", 1, "import limit"), ("export_limit_kw", -1, "export limit")):
        limit = grid.get(key)
        if limit is None:
            continue
        axes.axhline(sign * limit, color=colour, linewidth=1.3, linestyle=(0, (6, 3)))
        axes.annotate(
            f"{what} {limit:,.0f} kW",
            (0.99, sign * limit),
            xycoords=("axes fraction", "data"),
            xytext=(0, -4 * sign),
            textcoords="offset points",
            ha="right",
            va="top" if sign > 0 else "bottom",
            color=colour,
            fontsize=9,
        )
