"""The queue at the chargers: how long cars waited, and what became of them by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.kpis.cars import LEFT_UNSERVED, PLUGGED_IN
from stationsim.kpis.period import n_days
from stationsim.plots import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

FATES = {
    "served": ("served", style.COLOURS["charging_kw"], None),
    "left": ("left unserved", "#E58A4E", "///"),
    "present": ("still there at the end", style.COLOURS["other_kw"], None),
}
"""What became of a car: label, colour and pattern."""

HEADROOM = 1.05
"""Top of an axis over what is drawn, so that nothing touches the frame [-]."""

NOBODY = "No vehicle came to charge"


def data_of_waits(results: Results) -> pd.DataFrame:
    """Return the waits of the cars that got a post [min], sorted, and the share that waited no longer [%]."""
    import pandas as pd

    sessions = results.sessions
    plugged = np.isin(sessions["outcome"].to_numpy(), PLUGGED_IN)
    waits = np.sort(sessions["wait_minutes"].to_numpy(dtype=float)[plugged])
    share = 100 * np.arange(1, waits.size + 1) / max(waits.size, 1)
    return pd.DataFrame({"wait_minutes": waits, "share_percent": share})


def data_of_arrivals(results: Results) -> pd.DataFrame:
    """Return the vehicles that came to charge on the average day, by civil hour of arrival and outcome."""
    import pandas as pd

    sessions = results.sessions
    hour = sessions["arrival"].dt.tz_convert(results.timezone).dt.hour.to_numpy(dtype=np.int64)
    outcome = sessions["outcome"].to_numpy()
    left, served = np.isin(outcome, LEFT_UNSERVED), outcome == "served"
    columns = {"served": served, "left": left, "present": ~served & ~left}
    counts = {name: np.bincount(hour[mask], minlength=24) / n_days(results) for name, mask in columns.items()}
    frame = pd.DataFrame(counts, index=pd.RangeIndex(24, name="hour"))
    frame.insert(0, "arrived", frame.sum(axis=1))
    return frame


def plot_waiting(results: Results, *, theme: str = "light") -> Figure:
    """Draw how long cars waited for a post and, by hour, how many came, were served and left."""
    figure = style.new_figure(
        theme, title="Waiting for a charger", subtitle=style.period_line(results), width_in=12
    )
    left, right = figure.subplots(1, 2)
    _draw_waits(left, data_of_waits(results), theme=theme)
    _draw_arrivals(figure, right, data_of_arrivals(results), theme=theme)
    return figure


def _draw_waits(axes: Axes, data: pd.DataFrame, *, theme: str) -> None:
    look = style.theme_of(theme)
    style.dress(
        axes, theme, x="Wait for a post [min]", y="Cars that waited at most this long [%]", grid="both"
    )
    waits = data["wait_minutes"].to_numpy()
    if not waits.size:
        style.notice(axes, NOBODY, theme)
        return
    if waits[-1] == 0:
        style.notice(axes, f"None of the {waits.size:,} cars\nthat got a post had to wait", theme)
        return
    longest = float(waits[-1])
    steps = np.concatenate(([0.0], waits, [longest * 1.05]))
    shares = np.concatenate(([0.0], data["share_percent"].to_numpy(), [100.0]))
    axes.plot(steps, shares, drawstyle="steps-post", color=style.COLOURS["charging_kw"], linewidth=2.2)
    for percent, height in ((50, 0.32), (95, 0.18)):
        wait = float(np.percentile(waits, percent))
        if wait > 0:
            _mark(axes, wait, percent, height=height, theme=theme, longest=longest)
    axes.set_xlim(-0.02 * longest, longest * 1.05)
    axes.set_ylim(0, 103)
    waited = np.count_nonzero(waits > 0)
    text = f"{waits.size:,} cars got a post; {waited:,} waited, at most {longest:.1f} min"
    axes.set_title(text, loc="left", fontsize=10, color=look.text)


def _mark(axes: Axes, wait: float, percent: int, *, height: float, theme: str, longest: float) -> None:
    """Mark a percentile with its value in words."""
    look = style.theme_of(theme)
    axes.axvline(wait, color=look.text, linewidth=1.2, linestyle=(0, (4, 3)))
    leftward = wait > 0.5 * longest
    axes.annotate(
        f"P{percent}: {percent} of 100 waited\nat most {wait:.1f} min",
        (wait, height),
        xycoords=("data", "axes fraction"),
        xytext=(-6 if leftward else 6, 0),
        textcoords="offset points",
        ha="right" if leftward else "left",
        color=look.text,
        fontsize=9,
        bbox={"facecolor": look.background, "edgecolor": "none", "pad": 1.5},
    )


def _draw_arrivals(figure: Figure, axes: Axes, data: pd.DataFrame, *, theme: str) -> None:
    look = style.theme_of(theme)
    style.dress(axes, theme, x="Hour of arrival [h:min]", y="Vehicles on the average day [1/h]")
    if not data["arrived"].sum():
        style.notice(axes, NOBODY, theme)
        return
    handles: list[Any] = []
    labels: list[str] = []
    base = np.zeros(24)
    for name, (label, colour, hatch) in FATES.items():
        values = data[name].to_numpy()
        if values.sum() > 0:
            bars: Any = axes.bar(
                data.index + 0.5,
                values,
                0.86,
                base,
                color=colour,
                hatch=hatch,
                edgecolor=look.edge,
                linewidth=0,
            )
            handles, labels = [*handles, bars], [*labels, label]
        base = base + values
    outline = axes.stairs(base, np.arange(25), color=look.text, linewidth=1.4)
    axes.set_title("What became of the cars, by hour of arrival", loc="left", fontsize=10, color=look.text)
    axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    axes.set_xlim(0, 24)
    axes.set_ylim(0, HEADROOM * base.max())
    style.legend(
        figure,
        [outline, *handles[::-1]],
        ["came to charge", *labels[::-1]],
        theme=theme,
        loc="right upper",
        title="Vehicles",
    )
