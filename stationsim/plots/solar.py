"""Where the light on the surfaces goes: from the plane of the modules to the busbar, loss by loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stationsim.kpis.solar import chain_of_all, solar_chains
from stationsim.models.pv import CHAIN
from stationsim.plots import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stationsim.results import Results

LABELS = {
    "horizon": "Horizon",
    "rows": "Rows shade each other",
    "shading": "Near shading",
    "soiling": "Dirt",
    "snow": "Snow",
    "glass": "Angle of light",
    "spectrum": "Colour of light",
    "rear": "Rear side",
    "temperature": "Cell temperature",
    "modules": "Modules and cables",
    "ageing": "Age",
    "inverter": "Inverters",
    "clipping": "Inverters' limit",
}
"""What takes, or gives, at each stage; :data:`stationsim.kpis.solar.STAGES` says it at length."""

LIGHT, AC = "Light on the modules", "At the busbar"
LOSS, GAIN, WHOLE = "#B5441B", "#1B7F5C", style.COLOURS["pv_kw"]

ALL = "all"

WRITTEN_IN_TENTHS = 0.1
"""From here on a share is written with one decimal, below with one digit that counts [%]."""


def data_of_solar_losses(results: Results) -> pd.DataFrame:
    """Return what :func:`plot_solar_losses` draws, for each surface and for all.

    Returns
    -------
    DataFrame
        Index ``stage``: ``plane``, then the stages in their order; columns ``surface``, energy left behind
        the stage [kWh] and what the stage takes of what reaches it [%], a gain below zero.
    """
    import pandas as pd

    chains = dict(solar_chains(results))
    if len(chains) > 1:
        chains[ALL] = chain_of_all(chains)
    rows = []
    for name, chain in chains.items():
        left = [chain[stage] for stage in CHAIN]
        before = [left[0], *left[:-1]]
        rows += [
            (stage, name, kwh, 100.0 * (1.0 - kwh / prior) if prior > 0 else 0.0)
            for stage, kwh, prior in zip(CHAIN, left, before, strict=True)
        ]
    return pd.DataFrame(rows, columns=["stage", "surface", "left_kwh", "loss_percent"]).set_index("stage")


def plot_solar_losses(results: Results, *, theme: str = "light") -> Figure:
    """Draw what is lost between light and busbar, all surfaces together, one bar a stage."""
    figure = style.new_figure(theme, title="Where the sun's energy goes", subtitle=style.period_line(results))
    axes = figure.subplots()
    data = data_of_solar_losses(results)
    if data.empty or data["left_kwh"].iloc[0] <= 0:
        style.dress(axes, theme, grid="")
        style.notice(axes, "The station has no solar surfaces, or no sun shone.", theme)
        return figure
    of_all = data[data["surface"] == data["surface"].iloc[-1]]
    _draw_steps(axes, of_all, theme)
    style.dress(axes, theme, x="Energy that is left [MWh]", y="Loss or gain [% of what reaches it]", grid="x")
    style.thousands(axes.xaxis)
    return figure


def _draw_steps(axes: Axes, data: pd.DataFrame, theme: str) -> None:
    """Draw the whole, each stage that takes or gives something, and what is left."""
    left = (data["left_kwh"] / 1000.0).tolist()
    bars = [(LIGHT, 0.0, left[0], WHOLE, f"{left[0]:,.4g} MWh")]
    for stage, start, end, percent in zip(
        data.index[1:], left[:-1], left[1:], data["loss_percent"].iloc[1:], strict=True
    ):
        if start != end:
            colour = LOSS if end < start else GAIN
            text = f"{-percent:+.1f} %" if abs(percent) >= WRITTEN_IN_TENTHS else f"{-percent:+.1g} %"
            bars.append((LABELS[stage], start, end - start, colour, text))
    kept = f"{left[-1]:,.4g} MWh, {100 * left[-1] / left[0]:.1f} % of the light"
    bars.append((AC, 0.0, left[-1], WHOLE, kept))
    look = style.theme_of(theme)
    for row, (_, start, width, colour, text) in enumerate(bars):
        axes.barh(row, width, 0.7, start, color=colour, edgecolor=colour, linewidth=0.6)
        axes.text(max(start, start + width), row, f"  {text}", va="center", fontsize=9, color=look.text)
    axes.set_yticks(range(len(bars)), [label for label, *_ in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * max(left))
