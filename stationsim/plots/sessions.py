"""Sessions of a run beside those of a file: the two distributions of each quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stationsim.plots import style
from stationsim.sessions.compare import ARRIVAL_HOUR, HOURS_PER_DAY, Distance, SessionComparison

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RUN_COLOUR, FILE_COLOUR = style.COLOURS["charging_kw"], style.COLOURS["pv_kw"]
FILE_LINE = (0, (5, 2))
"""Dashes that tell the file from the run without colour."""

PANELS_PER_ROW = 4
NAME_LETTERS = 40
PERCENT = np.arange(101)
"""Percentiles of which the figure's data holds the quantiles [%]."""


def data_of_sessions(comparison: SessionComparison) -> pd.DataFrame:
    """Return the quantiles of each quantity in the run and in the file, by per cent."""
    import pandas as pd

    columns = {
        f"{name}_{where}": np.quantile(samples[side], PERCENT / 100)
        for name, samples in comparison.samples.items()
        for side, where in enumerate(("run", "file"))
    }
    return pd.DataFrame(columns, index=pd.Index(PERCENT, name="percent"))


def plot_sessions(comparison: SessionComparison, *, theme: str = "light") -> Figure:
    """Draw the share of sessions up to each value, of the run and of the file, one panel a quantity."""
    names = [style.shortened(name, NAME_LETTERS) for name in comparison.names]
    rows = -(-len(comparison.distances) // PANELS_PER_ROW)
    figure = style.new_figure(
        theme,
        title="Sessions of a run and of a file",
        subtitle=f"{names[0]} against {names[1]}; the nearer the lines, the better",
        width_in=13,
        height_in=1.9 + 3.0 * rows,
    )
    grid = figure.add_gridspec(rows, min(PANELS_PER_ROW, len(comparison.distances)))
    data = data_of_sessions(comparison)
    for place, found in enumerate(comparison.distances):
        axes = figure.add_subplot(grid[divmod(place, PANELS_PER_ROW)])
        _draw(axes, data, found, first=place % PANELS_PER_ROW == 0, theme=theme)
    labels = [style.readable(name) for name in names]
    style.legend(figure, axes.get_lines()[:2], labels, theme=theme, loc="lower center")
    return figure


def _draw(axes: Axes, data: pd.DataFrame, found: Distance, *, first: bool, theme: str) -> None:
    unit = "" if found.unit == "1" else f" [{found.unit}]"
    y = "Sessions up to this value [%]" if first else ""
    style.dress(axes, theme, x=f"{found.label}{unit}", y=y, grid="both")
    run, measured = data[f"{found.quantity}_run"], data[f"{found.quantity}_file"]
    axes.plot(run, PERCENT, color=RUN_COLOUR, linewidth=2.2)
    axes.plot(measured, PERCENT, color=FILE_COLOUR, linewidth=2.2, linestyle=FILE_LINE)
    axes.set_ylim(0, 100)
    if found.quantity == ARRIVAL_HOUR:
        axes.set_xlim(0, HOURS_PER_DAY)
        axes.set_xticks(range(0, 25, 6))
    elif found.unit == "1":
        axes.set_xlim(0, 1)
    else:
        axes.set_xlim(0, 1.05 * max(run.iloc[-2], measured.iloc[-2]))
    text = f"largest distance {found.ks:.2f}"
    axes.set_title(text, loc="left", fontsize=10, color=style.theme_of(theme).text)
