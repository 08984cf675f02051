"""One look for every figure: a colour for each flow, three themes, and text that never breaks a figure."""

from __future__ import annotations

import functools
import math
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stationsim.kpis.period import first_day, last_day, n_days
from stationsim.results import USES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

COLOURS = {
    "pv_kw": "#F0A30A",
    "discharge_kw": "#1B7F5C",
    "v2g_kw": "#A5B9EC",
    "import_kw": "#6A3D9A",
    "unserved_kw": "#D7191C",
    "charging_kw": "#1F5FA8",
    "cooling_kw": "#7CC4EE",
    "heating_kw": "#B5441B",
    "lighting_kw": "#F3E37C",
    "catering_kw": "#8C6239",
    "washrooms_kw": "#E3B8CF",
    "shops_kw": "#9C4F7E",
    "water_kw": "#7FC9BE",
    "battery_aux_kw": "#1D4A38",
    "hot_water_kw": "#A8584B",
    "emergency_kw": "#F2BDB6",
    "service_vehicles_kw": "#5B7089",
    "inverter_night_kw": "#C98B2B",
    "other_kw": "#D9D9D9",
    "charge_kw": "#4FA883",
    "export_kw": "#CDB7E0",
    "curtailed_kw": "#8A6A14",
}
"""Colour of each flow, the same in every figure. A device keeps its hue: the battery is green, the grid
purple, the sun amber. Neighbours in a stack differ in lightness, so that they stay apart for every kind of
colour vision and in grey print; the hues follow the advice of Okabe and Ito (2008, Color Universal
Design)."""

SMALL_USES = "#4A4A4A"
"""Colour of several small uses drawn as one: no hue, as it is no device, and darker than its neighbours."""

HATCHES = {"unserved_kw": "xxx", "curtailed_kw": "///"}
"""Pattern of what should not be."""

SUPPLY_STACK = ("import_kw", "v2g_kw", "discharge_kw", "pv_kw", "unserved_kw")
"""Supply from the zero line upwards: what a station buys lies at the bottom, where it can be read off."""

USE_STACK = (*USES, "charge_kw", "export_kw", "curtailed_kw")
"""What leaves the busbar from the zero line downwards: uses first, storage and surplus below."""

FAR_EASTERN_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Arial Unicode MS",
)
"""Fonts with Chinese characters, by how often they are installed."""

BASE_FONT = "DejaVu Sans"
"""Comes with matplotlib, so it is always there."""

DAYS_NAMED = 14
"""Up to so many days, each one is named below the axis, as far as there is room."""

NAMED_DAY_IN, DAY_IN = 1.0, 0.45
"""Room that a day takes below an axis with its weekday and year, and with month and day alone [in]."""

NAME_LETTERS = 45
"""Longer names of stations are cut below a title, where they would run into the legend."""

MISSING_GLYPH = "\N{WHITE SQUARE}"


@dataclass(frozen=True)
class Theme:
    """Colours of a figure that carry no data."""

    background: str
    """Behind everything."""
    text: str
    """Letters, axes and ticks."""
    faint: str
    """Grid lines."""
    edge: str
    """Between neighbouring areas."""
    bad: str
    """Where there are no data."""


THEMES = {
    "light": Theme("#FFFFFF", "#222222", "#DDDDDD", "#FFFFFF", "#EEEEEE"),
    "dark": Theme("#16181D", "#E8E8E8", "#3A3F47", "#16181D", "#2A2E35"),
    "print": Theme("#FFFFFF", "#000000", "#BBBBBB", "#FFFFFF", "#FFFFFF"),
}
"""Themes by name; ``print`` is black on white with stronger lines."""


def theme_of(name: str) -> Theme:
    """Return a theme by its name."""
    if name not in THEMES:
        raise ValueError(f"theme must be one of {', '.join(THEMES)}, got {name!r}")
    return THEMES[name]


def new_figure(
    theme: str, *, title: str, subtitle: str, width_in: float = 11.0, height_in: float = 5.8
) -> Figure:
    """Return an empty figure with its title, laid out so that nothing overlaps."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    look = theme_of(theme)
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    figure = Figure(figsize=(width_in, height_in), layout=layout, facecolor=look.background)
    heading = f"{title}\n"
    figure.suptitle(heading, x=0.012, ha="left", fontsize=14, fontweight="bold", color=look.text, **font())
    figure.text(
        0.012,
        1 - 0.47 / height_in,
        readable(subtitle),
        ha="left",
        va="top",
        fontsize=10,
        color=look.text,
        **font(),
    )
    return figure


def dress(
    axes: Axes, theme: str, *, x: str = "", y: str = "", grid: Literal["x", "y", "both", ""] = "y"
) -> None:
    """Give axes their labels and the theme's colours."""
    look = theme_of(theme)
    axes.set_facecolor(look.background)
    for side, spine in axes.spines.items():
        spine.set_color(look.text)
        spine.set_visible(side in ("left", "bottom"))
    axes.tick_params(colors=look.text, labelsize=9)
    axes.set_xlabel(x, color=look.text, fontsize=10)
    axes.set_ylabel(y, color=look.text, fontsize=10)
    if grid:
        axes.grid(axis=grid, color=look.faint, linewidth=1.0 if theme == "print" else 0.7)
    axes.set_axisbelow(True)


def legend(
    figure: Figure, handles: Sequence[Any], labels: Sequence[str], *, theme: str, loc: str, title: str = ""
) -> None:
    """Put a legend outside the axes."""
    look = theme_of(theme)
    made = figure.legend(
        handles,
        labels,
        loc=f"outside {loc}",
        title=title,
        frameon=False,
        labelcolor=look.text,
        fontsize=9,
        alignment="left",
        title_fontproperties={"weight": "bold", "size": 9},
    )
    made.get_title().set_color(look.text)


def period_line(results: Results) -> str:
    """Return the station and the period of a run, for below a title."""
    days, name = n_days(results), shortened(str(results.scenario["name"]), NAME_LETTERS)
    return f"{name}, {first_day(results)} to {last_day(results)}, {days} day{'s' * (days != 1)}"


def date_axis(axes: Axes, dates: pd.DatetimeIndex) -> None:
    """Write dates below an axis whose unit is the day, as many as can be read."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

    first = float(date2num(dates[0]))
    axes.set_xlim(first, first + len(dates))
    if len(dates) <= DAYS_NAMED:
        room_in = axes.bbox.width / axes.figure.dpi / len(dates)
        is_named = len(dates) <= DAYS_NAMED // 2 and room_in >= NAMED_DAY_IN
        every = 1 if is_named else math.ceil(DAY_IN / room_in)
        centres = [first + day + 0.5 for day in range(0, len(dates), every)]
        form = "%a %Y-%m-%d" if is_named else "%m-%d"
        axes.set_xticks(centres, [f"{date:{form}}" for date in dates[::every]])
        return
    locator = AutoDateLocator(minticks=3, maxticks=12)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def thousands(axis: Any) -> None:
    """Write the numbers of an axis with thousands separators and without a sign below zero."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(_unsigned))


def _unsigned(value: float, _: Any) -> str:
    return f"{abs(value):,.10g}"


def notice(axes: Axes, text: str, theme: str) -> None:
    """Write into empty axes why there is nothing to draw."""
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=theme_of(theme).text)
    axes.set_xticks([])
    axes.set_yticks([])


def font() -> dict[str, Any]:
    """Return the font families of text that may hold any script."""
    return {"fontfamily": [BASE_FONT, *_installed(FAR_EASTERN_FONTS)]}


def readable(text: str) -> str:
    """Return text that a figure can show: no markup, and a square for what no installed font can draw."""
    plain = "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in text)
    known = _drawable()
    missing = [letter for letter in plain if not letter.isascii() and ord(letter) not in known]
    if missing:
        _warn_once()
        plain = "".join(MISSING_GLYPH if letter in missing else letter for letter in plain)
    return plain.replace("$", r"\$")


def readable_lines(lines: Iterable[str]) -> str:
    """Return lines of text that a figure can show, one below the other."""
    return "\n".join(readable(line) for line in lines)


def shortened(text: str, length: int) -> str:
    """Return text of at most so many characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


@functools.cache
def _warn_once() -> None:
    warnings.warn(
        "no installed font can draw some characters of a name; figures show squares instead; "
        "install a font such as Noto Sans CJK",
        UserWarning,
        stacklevel=2,
    )


@functools.cache
def _installed(names: Iterable[str]) -> tuple[str, ...]:
    from matplotlib import font_manager

    there = {entry.name for entry in font_manager.fontManager.ttflist}
    return tuple(name for name in names if name in there)[:1]


@functools.cache
def _drawable() -> frozenset[int]:
    """Return the code points that some font of :func:`font` can draw."""
    from matplotlib import font_manager

    found: set[int] = set()
    for family in font()["fontfamily"]:
        path = font_manager.findfont(font_manager.FontProperties(family=[family]))
        found |= set(font_manager.get_font(path).get_charmap())
    return frozenset(found)
