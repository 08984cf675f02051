"""Several runs side by side: their average day and the numbers that decide."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from stationsim.kpis.comparison import Comparison
from stationsim.kpis.flows import STEMS
from stationsim.plots import style
from stationsim.plots.balance import FLOWS, draw_bars

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DECIDING = {
    "self_consumption": "Solar energy used on site",
    "self_sufficiency": "Use covered by the site",
    "peak_import_15min": "Highest import",
    "wait_p95": "Wait of 95 in 100 cars",
    "charging_lost": "Charging lost",
    "battery_cycles": "Battery cycles",
    "carbon_published_net": "Carbon, published net",
    "carbon_metered_emitted": "Carbon, metered",
    "bill_total": "Bill",
}
"""Numbers that the comparison draws, with their headings."""

LARGE, HUNDRED = 1000, 100
"""Numbers and changes in per cent from here on are written without decimals."""

LINE_LETTERS, MOST_LINES = 20, 2
"""How a run's name is broken into lines."""

PANELS_PER_ROW = 3
BASE_COLOUR, OTHER_COLOUR = "#B5B5B5", "#2F6C7D"
"""Bars of the base and of the runs compared with it; no flow has these colours."""


def data_of_comparison(comparison: Comparison) -> pd.DataFrame:
    """Return what :func:`plot_comparison` draws and everything else that was compared."""
    return comparison.table()


def plot_comparison(comparison: Comparison, *, theme: str = "light") -> Figure:
    """Draw the average day of each run and the numbers that decide between them."""
    names = [_in_lines(name) for name in comparison.names]
    rows = -(-len(DECIDING) // PANELS_PER_ROW)
    figure = style.new_figure(
        theme,
        title="Designs compared",
        subtitle=f"Differences are against the first, {style.shortened(comparison.names[0], 60)}",
        width_in=13,
        height_in=4.6 + rows * (0.9 + 0.33 * len(names)),
    )
    grid = figure.add_gridspec(
        1 + rows, PANELS_PER_ROW, height_ratios=[4.0, *[0.9 + 0.33 * len(names)] * rows]
    )
    _draw_days(figure, figure.add_subplot(grid[0, :]), comparison, names, theme=theme)
    for place, (name, heading) in enumerate(DECIDING.items()):
        row, column = divmod(place, PANELS_PER_ROW)
        axes = figure.add_subplot(grid[1 + row, column])
        labels = names if column == 0 else []
        _draw_number(axes, comparison, name, heading=heading, labels=labels, theme=theme)
    return figure


def _in_lines(name: str) -> str:
    lines = textwrap.wrap(name, LINE_LETTERS, max_lines=MOST_LINES, placeholder="…")
    return style.readable_lines(lines)


def _draw_days(figure: Figure, axes: Axes, comparison: Comparison, names: list[str], *, theme: str) -> None:
    """Draw the energy of the average day of each run."""
    import pandas as pd

    stems = {name: f"{STEMS[name]}_per_day" for name in FLOWS}
    rows = [{name: run[stem].value for name, stem in stems.items()} for run in comparison.kpis]
    draw_bars(figure, axes, pd.DataFrame(rows), theme=theme, lower_legend="right center")
    style.dress(axes, theme, y="Average day: use below zero,\nsupply above [kWh/d]")
    axes.set_xticks(range(len(names)), names, **style.font())
    axes.set_xlim(-0.6, max(len(names), 3) - 0.4)


def _draw_number(
    axes: Axes, comparison: Comparison, name: str, *, heading: str, labels: list[str], theme: str
) -> None:
    """Draw one number of each run as a bar, with its value and its difference to the base."""
    look = style.theme_of(theme)
    values = [_value(comparison, run, name) for run in range(len(comparison.names))]
    drawn = [0.0 if math.isnan(value) else value for value in values]
    position = list(range(len(drawn)))
    axes.barh(position, drawn, 0.62, color=[BASE_COLOUR, *[OTHER_COLOUR] * (len(drawn) - 1)])
    style.dress(axes, theme, grid="x")
    axes.set_title(f"{heading}{_unit(comparison, name)}", loc="left", fontsize=10, color=look.text)
    axes.set_yticks(position, labels or [""] * len(position), **style.font())
    axes.invert_yaxis()
    axes.axvline(0, color=look.text, linewidth=1)
    axes.set_xlim(*_span(drawn))
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    for run, value in enumerate(values):
        _write_value(axes, run, value, _change(comparison, run, name), colour=look.text)


def _span(values: list[float]) -> tuple[float, float]:
    """Return limits of an axis that leave room for a text right of every bar."""
    low, high = min(0.0, *values), max(0.0, *values)
    return low, high + 0.85 * ((high - low) or 1.0)


def _write_value(axes: Axes, run: int, value: float, change: str, *, colour: str) -> None:
    number = f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"
    axes.annotate(
        "does not apply" if math.isnan(value) else number + change,
        (0.0 if math.isnan(value) else max(value, 0.0), run),
        xytext=(4, 0),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=8.5,
        color=colour,
    )


def _value(comparison: Comparison, run: int, name: str) -> float:
    found = comparison.kpi(run, name)
    return math.nan if found is None else found.value


def _unit(comparison: Comparison, name: str) -> str:
    units = {run[name].unit for run in comparison.kpis if name in run} - {"1"}
    return f" [{' or '.join(sorted(units))}]" if units else ""


def _change(comparison: Comparison, run: int, name: str) -> str:
    """Return the difference to the base in words: points for per cents, per cent for the rest."""
    found, base = comparison.difference(run, name), comparison.kpi(0, name)
    if run == 0 or base is None or not math.isfinite(found.absolute):
        return ""
    if found.absolute == 0:
        return " (same)"
    if base.value < 0 or base.value + found.absolute < 0:
        return f" ({found.absolute:+,.4g} {base.unit})"
    if base.unit == "%":
        return f" ({found.absolute:+.1f} points)"
    decimals = 0 if abs(found.relative) >= HUNDRED else 1
    return f" ({found.relative:+,.{decimals}f} %)" if math.isfinite(found.relative) else ""
