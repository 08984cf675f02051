"""The command line: each command is a few lines that call the rest; only it and ``terminal`` print.

Results go to stdout, progress, warnings and errors to stderr. Exit codes: 0 done, 1 bug, 2 usage, 3 input,
4 model, 5 finished with failed members, 6 environment, 130 and 143 interrupted.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from stationsim import __version__, options, terminal
from stationsim.prove_command import prove
from stationsim.session_commands import sessions
from stationsim.year_commands import years


def run_command_line(words: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    call = functools.partial(
        commands.main, args=list(words) or ["--help"], prog_name="stationsim", standalone_mode=False,
        complete_var=terminal.COMPLETION,
    )  # fmt: skip
    return terminal.guarded(call, words)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="stationsim")
def commands() -> None:
    """Simulate an expressway service station: sun, battery, chargers, building, water, money, carbon.

    \b
    stationsim run scenarios/jinan_east.yaml        a year, on one screen and in a folder
    stationsim compare A.yaml B.yaml                two designs side by side
    stationsim plot out/RUN                         the figures of a run
    """  # noqa: D301  the mark that keeps lines as they are


@commands.command()
@options.SCENARIO
@options.OVERRIDES
@options.SEED
@click.option("--days", type=click.IntRange(min=1), help="Simulate only the first N civil days.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Run folder; out/NAME-HASH where it is left out."
)
@click.option("--force", is_flag=True, help="Replace a run folder that exists.")
@options.NO_FIGURES
@click.option("--dry-run", is_flag=True, help="Print every value and where it came from; simulate nothing.")
@options.ALLOW_PATHS
@options.JSON
@options.QUIET
def run(
    scenario: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    days: int | None,
    out: Path | None,
    force: bool,
    no_figures: bool,
    dry_run: bool,
    allow_paths: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO and print the average day.

    Example: stationsim run scenarios/jinan_east.yaml --days 7
    """
    from stationsim import execute

    prepared = execute.prepare(scenario, overrides=overrides, allow_paths=allow_paths, seed=seed, days=days)
    unseen = quiet or as_json
    terminal.warn(prepared.warnings, unseen)
    if dry_run:
        _print_resolved(prepared, as_json)
        return
    with terminal.progress_bar(not unseen) as progress:
        done = execute.run_into_folder(
            prepared, folder=out, force=force, figures=not no_figures, progress=progress
        )
    terminal.warn(done.warnings, unseen)
    if as_json:
        terminal.print_json(done.to_json())
    elif not quiet:
        _print_run(done)


def _print_resolved(prepared: Any, as_json: bool) -> None:
    """Print every value and where it came from."""
    if as_json:
        rows = [{"path": path, "value": value, "from": where} for path, value, where in prepared.origins()]
        warnings = list(prepared.warnings)
        terminal.print_json({"folder": str(prepared.folder()), "warnings": warnings, "values": rows})
        return
    for path, value, where in prepared.origins():
        click.echo(f"{path}: {json.dumps(value, ensure_ascii=False)}    # {where}")
    click.echo(f"nothing is simulated; the run would go to {prepared.folder()}", err=True)


def _print_run(done: Any) -> None:
    from stationsim.summary import summary

    terminal.console().print(summary(done.results, done.kpis))
    click.echo(f"{'found complete' if done.reused else 'written'}: {done.folder}")


@commands.command()
@options.SCENARIO
@options.OVERRIDES
@options.ALLOW_PATHS
@options.JSON
def validate(
    scenario: Path, overrides: tuple[str, ...], allow_paths: tuple[Path, ...], as_json: bool
) -> None:
    """Check SCENARIO and every file it names; simulate nothing.

    Example: stationsim validate scenarios/jinan_east.yaml
    """
    from stationsim import execute

    prepared = execute.prepare(scenario, overrides=overrides, allow_paths=allow_paths)
    warnings = [*prepared.warnings, *execute.check_files_of(prepared), *execute.check_replay_of(prepared)]
    if as_json:
        terminal.print_json({"valid": True, "name": prepared.scenario.name, "warnings": warnings})
        return
    terminal.warn(warnings, unseen=False)
    click.echo(f"{scenario}: valid")


@commands.command()
@options.RUN_FOLDER
@click.option(
    "--day", help="Civil day of the daily figure, YYYY-MM-DD; the busiest day where it is left out."
)
@click.option("--theme", type=click.Choice(["light", "dark", "print"]), default="light", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the figures; RUN/figures where it is left out."
)
def plot(run_folder: Path, day: str | None, theme: str, out: Path | None) -> None:
    """Draw the figures of a run, each as PNG, SVG and CSV.

    Example: stationsim plot out/jinan-east-1a2b3c4d --day 2025-10-01
    """
    from stationsim import execute

    for path in execute.draw(run_folder, out=out, day=day, theme=theme):
        click.echo(path)


@commands.command()
@click.argument("designs", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.OVERRIDES
@options.ALLOW_PATHS
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the comparison's figure and table.")
@options.JSON
@options.QUIET
def compare(
    designs: tuple[Path, ...],
    overrides: tuple[str, ...],
    allow_paths: tuple[Path, ...],
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare DESIGNS, runs or scenario files; the first one is the base.

    Example: stationsim compare scenarios/jinan_east.yaml scenarios/jinan_east_no_battery.yaml
    """
    from stationsim import execute
    from stationsim.comparison_table import compare_table

    if len(designs) < 2:
        raise click.UsageError("compare needs at least two designs, such as A.yaml B.yaml")
    with terminal.progress_bar(not (quiet or as_json)) as progress:
        comparison = execute.compare_designs(
            designs, overrides=overrides, allow_paths=allow_paths, progress=progress
        )
    terminal.warn(comparison.warnings, quiet or as_json)
    if out is not None:
        for path in execute.write_comparison(comparison, out):
            click.echo(path, err=True)
    if as_json:
        terminal.print_json(comparison.to_json())
    elif not quiet:
        terminal.console().print(compare_table(comparison))


@commands.command()
@click.argument("path", default="station.yaml", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def init(path: Path, force: bool) -> None:
    """Write a commented scenario to start from; it runs unchanged and offline.

    Example: stationsim init my_station.yaml
    """
    from stationsim import execute

    execute.write_template(path, force=force)
    click.echo(f"written: {path}; run it with: stationsim run {path}")


@commands.command()
@click.option("--markdown", is_flag=True, help="Print the field reference as Markdown.")
def schema(markdown: bool) -> None:
    """Print the JSON Schema of a scenario, or its field reference.

    Example: stationsim schema --markdown > FIELDS.md
    """
    from stationsim.scenario import Scenario, json_schema, markdown_reference

    click.echo(markdown_reference(Scenario) if markdown else json.dumps(json_schema(Scenario), indent=1))


@commands.command()
@options.RUN_FOLDER
@options.ALLOW_PATHS
@options.QUIET
def rerun(run_folder: Path, allow_paths: tuple[Path, ...], quiet: bool) -> None:
    """Simulate a run again from its own folder and compare the result hashes.

    Example: stationsim rerun out/jinan-east-1a2b3c4d
    """
    from stationsim import repeat

    with terminal.progress_bar(not quiet) as progress:
        again = repeat.rerun(run_folder, allow_paths=allow_paths, progress=progress)
    if not quiet:
        click.echo(f"{run_folder}: the same result again, {again}")


@commands.command()
@options.RUN_FOLDER
def verify(run_folder: Path) -> None:
    """Check every file of a run against its hash and its KPIs against its tables.

    Example: stationsim verify out/jinan-east-1a2b3c4d
    """
    from stationsim import repeat

    click.echo(f"{run_folder}: {repeat.verify(run_folder)}")


@commands.group()
def weather() -> None:
    """Look at weather files."""


@weather.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@options.JSON
def check_file(file: Path, as_json: bool) -> None:
    """Tell what FILE holds, what the gate found in it, and what each way of reading it changes.

    Example: stationsim weather check jinan.epw
    """
    from stationsim.weather.check import check_weather, describe

    check = check_weather(file)
    if as_json:
        terminal.print_json(check.to_dict())
        return
    for line in describe(check):
        click.echo(line)


commands.add_command(sessions)
commands.add_command(prove)
commands.add_command(years)


@commands.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what an error code means.

    Example: stationsim explain E203
    """
    own = terminal.CODES.get(code.strip().upper())
    if own is None:
        from stationsim.scenario import explanation

        own = explanation(code)
    click.echo(own)


@commands.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    Example: stationsim completion bash > ~/.local/share/bash-completion/completions/stationsim
    """
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(maker(commands, {}, "stationsim", terminal.COMPLETION).source())
