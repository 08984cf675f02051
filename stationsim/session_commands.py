"""The commands about charging sessions: fit, compare, export."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stationsim import options, terminal

if TYPE_CHECKING:
    from rich.table import Table

    from stationsim.sessions.compare import Distance, SessionComparison
    from stationsim.sessions.fit import Fit

EXPORT_FORMS = ("acn", "ocpi", "desl", "csv")

_file = click.argument("file", type=click.Path(path_type=Path))
_force = click.option("--force", is_flag=True, help="Replace a file that exists.")
_DAY = click.DateTime(["%Y-%m-%d"])
_CHOICES = (
    click.option("--from", "first_day", type=_DAY, help="First civil day of arrival."),
    click.option("--until", "last_day", type=_DAY, help="Last civil day, included."),
    click.option(
        "--post-kw", type=click.FloatRange(min=0), default=0.0, metavar="KW",
        help="Only sessions at posts of at least this power.",
    ),
    click.option("--timezone", metavar="ZONE", help="Time zone of the place, such as Asia/Shanghai."),
)  # fmt: skip


def _selection(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose sessions, as one argument."""

    @functools.wraps(command)
    def called(
        first_day: dt.datetime | None, last_day: dt.datetime | None, post_kw: float, timezone: str | None,
        **rest: Any,
    ) -> None:  # fmt: skip
        from stationsim.measured import Selection

        first, last = (day.date() if day else None for day in (first_day, last_day))
        command(selection=Selection(timezone, first, last, post_kw), **rest)

    for option in reversed(_CHOICES):
        called = option(called)
    return called


@click.group()
def sessions() -> None:
    """Fit, compare and export charging sessions."""


@sessions.command()
@_file
@_selection
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Scenario file to write, of what was fitted.",
)
@click.option("--extends", metavar="SCENARIO", help="Scenario beside it that it is to extend.")
@_force
@options.JSON
def fit(file: Path, selection: Any, out: Path, extends: str | None, force: bool, as_json: bool) -> None:
    """Fit arrivals, states of charge, energy and stay to FILE and write them as a part of a scenario.

    Stay is fitted as the time that cars stay after charging, where FILE tells when that ended.

    Example: stationsim sessions fit my_sessions.csv --until 2025-06-30 --out fitted.yaml
    """
    from stationsim.measured import fit_file

    found, measured = fit_file(file, selection, out=out, extends=extends, force=force)
    if as_json:
        terminal.print_json({"file": str(out), "fit": found.to_dict(), **_read(measured)})
        return
    for line in measured.describe():
        click.echo(line)
    click.echo(
        f"fitted: {found.sessions} sessions in {found.days} days, {found.sessions_per_day:.2f} a day; "
        f"energy {found.energy_kwh.mean:.1f} kWh, stay {found.stay_minutes.mean:.0f} min on average"
    )
    click.echo(f"after charging: {_after_charging(found)}")
    click.echo(f"written: {out}")


def _after_charging(found: Fit) -> str:
    """Say how long cars stayed after charging."""
    linger = found.linger
    if linger is None:
        return (
            "the file does not tell when it ended, or of too few sessions; the part holds what to choose from"
        )
    stayed = f"{linger.share * 100:.0f} % of {linger.known} cars stayed"
    return f"{stayed}, {linger.minutes.mean:.0f} min on average" if linger.minutes else stayed


@sessions.command()
@options.RUN_FOLDER
@_file
@_selection
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the figure and its tables.")
@options.JSON
def compare(run_folder: Path, file: Path, selection: Any, out: Path | None, as_json: bool) -> None:
    """Say how far the sessions of RUN are from those of FILE.

    Example: stationsim sessions compare out/RUN my_sessions.csv --out sessions
    """
    from stationsim.measured import compare_run, write_session_comparison

    comparison, measured = compare_run(run_folder, file, selection)
    for path in write_session_comparison(comparison, out) if out else ():
        click.echo(path, err=True)
    if as_json:
        terminal.print_json({**comparison.to_json(), **_read(measured)})
        return
    for line in measured.describe():
        click.echo(line, err=True)
    click.echo(f"run: {comparison.names[0]}; file: {comparison.names[1]}")
    terminal.console().print(_table(comparison))
    click.echo("KS: largest difference of the two distributions, of hours Kuiper's; by chance: what two")
    click.echo("samples of one distribution exceed once in 20; moved: mean way from one to the other")


@sessions.command()
@options.RUN_FOLDER
@click.option("--format", "form", type=click.Choice(EXPORT_FORMS), default="csv", show_default=True)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write.")
@_force
def export(run_folder: Path, form: str, out: Path, force: bool) -> None:
    """Write the finished charging of RUN in a form that measured sessions come in.

    Example: stationsim sessions export out/RUN --format ocpi --out cdrs.json
    """
    from stationsim.measured import export_run

    number = export_run(run_folder, form=form, out=out, force=force)
    click.echo(f"written: {out}, {number} sessions")


def _read(measured: Any) -> dict[str, Any]:
    return {
        "source": {**measured.source, "form": measured.form, "kept": measured.kept},
        "findings": [found.to_dict() for found in measured.findings],
    }


def _table(comparison: SessionComparison) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, header_style="bold", expand=True)
    table.add_column("", overflow="fold", min_width=26)
    heads = [f"{which}: mean; P5, P50, P95" for which in ("run", "file")]
    for head in (*heads, "KS", "by chance", "moved"):
        table.add_column(Text(head), justify="right", overflow="fold")
    for found in comparison.distances:
        table.add_row(*(Text(cell) for cell in _cells(found)))
    return table


def _cells(found: Distance) -> list[str]:
    unit = "" if found.unit == "1" else f" [{found.unit}]"
    decimals = 2 if found.unit == "1" else 1
    sides = [
        f"{mean:.{decimals}f}; " + ", ".join(f"{quantiles[at]:.{decimals}f}" for at in (0, 2, 4))
        for mean, quantiles in zip(found.mean, found.quantiles, strict=True)
    ]
    moved = f"{found.wasserstein:.{decimals + 1}f}"
    return [f"{found.label}{unit}", *sides, f"{found.ks:.3f}", f"{found.ks_chance:.3f}", moved]
