"""The command about years one after another."""

from __future__ import annotations

from pathlib import Path

import click

from stationsim import options, terminal


@click.command()
@options.SCENARIO
@click.option(
    "--years", "count", type=click.IntRange(1, 100), default=10, show_default=True, metavar="N",
    help="How many runs of the scenario's period, one after another.",
)  # fmt: skip
@options.OVERRIDES
@options.SEED
@click.option("--days", type=click.IntRange(min=1), help="Simulate only the first N civil days of each year.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder; out/NAME-N-years-HASH where it is left out."
)
@click.option("--force", is_flag=True, help="Replace a folder that exists.")
@options.NO_FIGURES
@click.option("--tables-only", is_flag=True, help="Keep the table of years and no run folders.")
@options.ALLOW_PATHS
@options.JSON
@options.QUIET
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
    terminal.warn(wanted.warnings(), unseen)
    with terminal.progress_bar(not unseen) as progress:
        done = year_files.years_into_folder(wanted, folder=out, force=force, progress=progress)
    terminal.warn(done.warnings, unseen)
    if as_json:
        content = {**done.to_json(), "warnings": [*wanted.warnings(), *done.warnings]}
        terminal.print_json(content)
    elif not quiet:
        from stationsim.years_table import years_table

        console = terminal.console()
        console.print(years_table(done.rows, done.units, width=console.width))
        click.echo(f"{'found complete' if done.reused else 'written'}: {done.folder}")
