"""Write the figures of a run beside their data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from stationsim.folders import replaceable, temporary_of, write_new

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from stationsim.results import Results

DOTS_PER_INCH = 144
"""Resolution of a PNG: sharp on a screen and readable in print at half a page [1/in]."""


def write_figures(
    results: Results, folder: Path, *, day: str | dt.date | None = None, theme: str = "light"
) -> list[Path]:
    """Write every figure of a run as PNG and SVG, and its data as CSV under the same stem.

    Parameters
    ----------
    results
        What happened.
    folder
        Where the files go; made where it is missing. Files of the same names are replaced, each at once.
    day, theme
        As for :func:`stationsim.plots.figures`.

    Returns
    -------
    list of Path
        The files, in the order in which they were written.
    """
    from stationsim.plots import figure_data, figures

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for stem, figure in figures(results, day=day, theme=theme).items():
        written += save_figure(figure, folder / stem)
    for stem, table in figure_data(results, day=day).items():
        path = folder / f"{stem}.csv"
        write_new(path, table.to_csv(lineterminator="\n", float_format="%.6f"), force=True)
        written.append(path)
    return written


def save_figure(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as PNG and SVG, named by a path without suffix, and return the files."""
    written = []
    for kind in ("png", "svg"):
        file = path.with_name(f"{path.name}.{kind}")
        target = replaceable(file)
        temporary = temporary_of(target)
        try:
            figure.savefig(temporary, format=kind, dpi=DOTS_PER_INCH)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        written.append(file)
    return written
