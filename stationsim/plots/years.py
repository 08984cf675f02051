"""Years one after another: the battery's health, its use, generation, bill and carbon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stationsim.plots import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEALTH, CALENDAR, CYCLE = (
    f"battery_{name}_percent" for name in ("health_end", "calendar_loss", "cycle_loss")
)
REPLACED = "battery_replaced"

PARTS = {
    HEALTH: ("left", "#1B7F5C"),
    CALENDAR: ("lost to time", "#E0B04A"),
    CYCLE: ("lost to use", "#B5441B"),
}
"""Parts of the battery's rated capacity, from the zero line upwards: name and colour."""

KWH_PER_MWH = 1000.0
BAR_WIDTH = 0.7
THOUSAND = 1000.0
HEADROOM_PERCENT = 4.0
"""Room above the bars of capacity, for what is written there [%]."""

LEAST_SPAN_PERCENT = 10.0
"""Shown of the capacity at least, so that a small loss does not look like a large one [%]."""


def data_of_years(table: pd.DataFrame) -> pd.DataFrame:
    """Return what :func:`plot_years` draws: the table of years as it is."""
    return table


def plot_years(table: pd.DataFrame, name: str, *, currency: str = "", theme: str = "light") -> Figure:
    """Draw years one after another.

    Parameters
    ----------
    table
        One row a year, as ``years.csv`` has it.
    name
        Name of the design.
    currency
        Unit of the bill.
    theme
        ``light``, ``dark`` or ``print``.
    """
    count = len(table)
    years = f"{count} year{'s' * (count != 1)}, each as old as the year before left it"
    subtitle = f"{style.shortened(name, style.NAME_LETTERS)}, {years}"
    figure = style.new_figure(theme, title="Year after year", subtitle=subtitle, width_in=12, height_in=8)
    axes = figure.subplots(2, 2)
    _draw_health(axes[0, 0], table, theme)
    energy = {"pv_generated_kwh": ("solar generation", style.COLOURS["pv_kw"])}
    use = {"battery_throughput_kwh": ("into and out of the battery", style.COLOURS["discharge_kw"])}
    _draw_bars(axes[0, 1], table, use, "Battery throughput [MWh]", theme, per=KWH_PER_MWH)
    _draw_bars(axes[1, 0], table, energy, "Solar generation [MWh]", theme, per=KWH_PER_MWH)
    _draw_money_and_carbon(axes[1, 1], table, currency, theme)
    return figure


def _draw_health(axes: Axes, table: pd.DataFrame, theme: str) -> None:
    """Draw the rated capacity of each year's end as what is left and what is lost to time and use."""
    look, places = style.theme_of(theme), np.arange(len(table))
    if HEALTH not in table:
        _say(axes, "No battery ages", theme)
        return
    base = np.zeros(len(table))
    for column, (label, colour) in PARTS.items():
        heights = table[column].to_numpy(dtype=float)
        axes.bar(places, heights, BAR_WIDTH, base, color=colour, edgecolor=look.edge, label=label)
        base = base + heights
    style.dress(axes, theme, y="Battery capacity at the end\nof the year [% of rating]")
    lowest = min(float(table[HEALTH].min()), 100.0 - LEAST_SPAN_PERCENT)
    axes.set_ylim(max(lowest - 5.0, 0.0), 100.0 + HEADROOM_PERCENT)
    for place, name in enumerate(table[REPLACED]):
        if name:
            at = (place, 100.0 + HEADROOM_PERCENT / 5)
            axes.annotate("new", at, ha="center", va="center", fontsize=8, color=look.text)
    axes.legend(loc="upper left", ncols=len(PARTS), fontsize=9, frameon=False, labelcolor=look.text)
    _name_years(axes, table)


def _draw_bars(
    axes: Axes,
    table: pd.DataFrame,
    columns: dict[str, tuple[str, str]],
    label: str,
    theme: str,
    *,
    per: float = 1.0,
) -> None:
    ((column, (_, colour)),) = columns.items()
    if column not in table or not table[column].abs().sum():
        _say(axes, f"{label.partition(' [')[0]}: none", theme)
        return
    axes.bar(np.arange(len(table)), table[column].to_numpy(dtype=float) / per, BAR_WIDTH, color=colour)
    style.dress(axes, theme, y=label)
    style.thousands(axes.yaxis)
    _name_years(axes, table)


def _draw_money_and_carbon(axes: Axes, table: pd.DataFrame, currency: str, theme: str) -> None:
    """Draw the bill as bars and metered carbon as a line with an axis of its own."""
    look, places, right = style.theme_of(theme), np.arange(len(table)), axes.twinx()
    axes.bar(places, table["bill_total"].to_numpy(dtype=float) / THOUSAND, BAR_WIDTH, color="#8FA3B0")
    style.dress(axes, theme, y=f"Bill [thousand {currency}], bars".replace(" ]", "]"))
    carbon = table["carbon_metered_emitted_t"].to_numpy(dtype=float)
    right.plot(places, carbon, color=look.text, linewidth=1.8, marker="o", markersize=4)
    style.dress(right, theme, y="Metered carbon [t CO2], line", grid="")
    right.spines["left"].set_visible(False)
    right.spines["right"].set_visible(True)
    right.yaxis.set_label_position("right")
    _reach_zero((axes, right))
    style.thousands(axes.yaxis)
    _name_years(axes, table)


def _reach_zero(both: Sequence[Axes]) -> None:
    for axes in both:
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, 0.0), max(high, 0.0) * 1.05)


def _name_years(axes: Axes, table: pd.DataFrame) -> None:
    step = 1 + (len(table) - 1) // 20
    axes.set_xticks(np.arange(len(table))[::step], [str(year) for year in table.index[::step]])
    axes.set_xlim(-0.6, max(len(table), 3) - 0.4)
    axes.set_xlabel("Year", color=axes.xaxis.label.get_color(), fontsize=10)


def _say(axes: Axes, text: str, theme: str) -> None:
    """Write on axes that have nothing to show."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes,
              color=style.theme_of(theme).text)  # fmt: skip
