"""The command about years one after another."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from stationsim import terminal


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--years", "count", type=click.IntRange(1, 100), default=10, show_default=True, metavar="N",
    help="How many runs of the scenario's period, one after another.",
)  # fmt: skip
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override a key, such as battery.power_kw=800.",
)
@click.option("--seed", type=int, help="Seed of every random stream.")
@click.option("--days", type=click.IntRange(min=1), help="Simulate only the first N civil days of each year.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder; out/NAME-N-years-HASH where it is left out."
)
@click.option("--force", is_flag=True, help="Replace a folder that exists.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--tables-only", is_flag=True, help="Keep the table of years and no run folders.")
@click.option(
    "--allow-path", "allow_paths", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
    help="Let the scenario name input files in this folder too.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def years(
    scenario: Path,
    count: int,
    overrides: tuple[str, ...],
    seed: int | None,
    days: int | None,
    out: Path | None,
    force: bool,
    no_figures: bool,
    tables_only: bool,
    allow_paths: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO year after year, each with the battery and the modules the last one left.

    Example: stationsim years scenarios/jinan_east.yaml --years 10
    """
    from stationsim import year_files

    wanted = year_files.want(
        scenario, years=count, overrides=overrides, allow_paths=allow_paths, seed=seed, days=days,
        figures=not no_figures, tables_only=tables_only,
    )  # fmt: skip
    unseen = quiet or as_json
    _warn(wanted.warnings(), unseen)
    with terminal.progress_bar(not unseen) as progress:
        done = year_files.years_into_folder(wanted, folder=out, force=force, progress=progress)
    _warn(done.warnings, unseen)
    if as_json:
        content = {**done.to_json(), "warnings": [*wanted.warnings(), *done.warnings]}
        click.echo(terminal.json_text(content, sys.stdout, indent=1))
    elif not quiet:
        from stationsim.years_table import years_table

        console = terminal.console()
        console.print(years_table(done.rows, done.units, width=console.width))
        click.echo(f"{'found complete' if done.reused else 'written'}: {done.folder}")


def _warn(lines: list[str] | tuple[str, ...], unseen: bool) -> None:
    for line in () if unseen else lines:
        click.echo(f"warning: {line}", err=True)
