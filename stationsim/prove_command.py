"""The command that plays the published cases and prints what became of them."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stationsim import options, terminal
from stationsim.errors import MachineError, ModelError
from stationsim.folders import check_writable, write_new
from stationsim.prove.files import DATA_VARIABLE

if TYPE_CHECKING:
    from stationsim.prove.case import Case
    from stationsim.prove.files import Folders
    from stationsim.prove.run import Proof


WORDS = {"holds": "hold", "fails": "fail", "skipped": "skipped", "information": "for information"}
"""What is said of several cases that came out so."""

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("sections", nargs=-1, metavar="[SECTION]...")
@click.option("--quick", is_flag=True, help="Only the cases that take seconds.")
@click.option("--list", "listed", is_flag=True, help="Print the sections; play nothing.")
@click.option(
    "--data",
    type=_FOLDER,
    envvar=DATA_VARIABLE,
    show_envvar=True,
    metavar="DIR",
    help="Folder of measured data, with weather/, validation/, charging/, traffic/ in it.",
)
@click.option(
    "--scenarios", type=_FOLDER, metavar="DIR", help="Folder of the project's scenarios, outside a checkout."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes side by side; the table is the same.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the table as Markdown."
)
@options.JSON
@options.QUIET
def prove(
    sections: tuple[str, ...],
    quick: bool,
    listed: bool,
    data: Path | None,
    scenarios: Path | None,
    jobs: int,
    output: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Hold stationsim against published numbers and print case, expected, got, tolerance.

    SECTION names what is played, such as pv or queueing; all where none is named. Ends with 0 where
    every case holds, and with 4 where one fails.

    Example: stationsim prove pv building --quick
    """  # fmt: skip
    from stationsim.prove import files

    names = _chosen(sections)
    if listed:
        return _print_list(names, as_json)
    if output is not None:
        _check_output(output)
    show = functools.partial(_show, quick=quick, output=output, as_json=as_json, quiet=quiet)
    proofs: list[Proof] = []
    try:
        _play(names, proofs, quick=quick, jobs=jobs, folders=files.find_folders(data, scenarios), quiet=quiet)
    except (KeyboardInterrupt, terminal.Signalled, MachineError):
        show(proofs, left_out=names[len(proofs) :])
        raise
    show(proofs)
    return _code(proofs)


def _chosen(words: Sequence[str]) -> list[str]:
    """Return the sections that are meant, in the order in which they are shown."""
    from stationsim import prove as package
    from stationsim.scenario.suggest import nearest

    known = list(package.sections())
    for word in words:
        if word not in known:
            near = nearest(word, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise click.UsageError(f"no section {word!r}; {hint}")
    return [name for name in known if not words or name in words]


def _print_list(names: Sequence[str], as_json: bool) -> int:
    from stationsim import prove as package

    titles = {name: package.title(package.section(name)) for name in names}
    if as_json:
        rows = [{"section": name, "title": title} for name, title in titles.items()]
        terminal.print_json({"sections": rows})
        return terminal.DONE
    for name, title in titles.items():
        click.echo(f"{name:18} {title}")
    return terminal.DONE


def _check_output(path: Path) -> None:
    """Refuse a file that could not be written when all is played, or that is something else."""
    from stationsim.prove.page import HEAD

    if path.is_dir() or not path.absolute().parent.is_dir():
        raise MachineError(f"{path}: cannot be a file there; name another")
    check_writable(path)
    if path.is_file() and not path.read_bytes().startswith(HEAD.split("\n")[0].encode()):
        raise MachineError(f"{path}: exists and is no such page; name another file")


def _play(
    names: Sequence[str], proofs: list[Proof], *, quick: bool, jobs: int, folders: Folders, quiet: bool
) -> None:
    """Play sections, add each to ``proofs`` as it is done, and tell of it."""
    from stationsim.prove.run import prove as play

    with (
        terminal.progress_bar(not quiet, doing="proving", unit="piece") as progress,
        contextlib.closing(play(names, quick=quick, jobs=jobs, folders=folders, progress=progress)) as played,
    ):
        for proof in played:
            proofs.append(proof)
            for error in proof.errors:
                click.echo(error, err=True)
            if not quiet:
                click.echo(_line(proof), err=True)


def _line(proof: Proof) -> str:
    """Return what became of a section, and what it cost."""
    from stationsim.prove.case import Verdict

    counts = ((verdict, proof.count(verdict)) for verdict in Verdict)
    found = ", ".join(f"{count} {WORDS[str(verdict)]}" for verdict, count in counts if count)
    return f"{proof.name}: {found or 'no case'}; {proof.cpu_s:.1f} s"


def _show(
    proofs: Sequence[Proof],
    *,
    left_out: Sequence[str] = (),
    quick: bool,
    output: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print what became of the sections, and write the page where it is whole and can be written."""
    from stationsim.prove.page import page, totals

    is_whole = not left_out
    failure = None
    if output is not None and is_whole:
        try:
            write_new(output, page(proofs, quick=quick), force=True)
        except MachineError as error:
            failure, output, quiet = error, None, False
    _tell_failures(proofs)
    if as_json:
        _print_json(proofs, quick=quick, is_whole=is_whole)
    elif quiet:
        pass
    elif output is not None and is_whole:
        click.echo(f"{totals(proofs)}\nwritten: {output}")
    elif terminal.is_terminal(sys.stdout):
        _print_screen(proofs)
    else:
        click.echo(page(proofs, quick=quick, left_out=left_out), nl=False)
    if failure is not None:
        raise failure


def _print_screen(proofs: Sequence[Proof]) -> None:
    from stationsim.prove.page import totals
    from stationsim.prove.screen import ProofTable

    console = terminal.console()
    for proof in proofs:
        console.print(ProofTable(proof))
    console.print(f"\n{totals(proofs)}")


def _print_json(proofs: Sequence[Proof], *, quick: bool, is_whole: bool) -> None:
    from stationsim.provenance import versions

    sections = [
        {"section": proof.name, "title": proof.title, "cpu_s": round(proof.cpu_s, 1)} for proof in proofs
    ]
    rows = [{"section": proof.name, **case.to_dict()} for proof in proofs for case in proof.cases]
    head = {"quick": quick, "complete": is_whole, "passed": _code(proofs) == terminal.DONE}
    content = {**head, "versions": versions(), "sections": sections, "rows": rows}
    terminal.print_json(content)


def _failed(proofs: Sequence[Proof]) -> list[tuple[Proof, Case]]:
    return [(proof, case) for proof in proofs for case in proof.cases if case.passed is False]


def _tell_failures(proofs: Sequence[Proof]) -> None:
    """Tell of the cases that fail where errors go, whatever else is printed."""
    from stationsim.prove.page import reason

    for proof, case in _failed(proofs):
        numbers = f"expected {case.expected}, got {case.got}; " if case.expected else ""
        click.echo(f"failed: {proof.name}: {case.case}: {numbers}{reason(case)}", err=True)


def _code(proofs: Sequence[Proof]) -> int:
    return ModelError.exit_code if _failed(proofs) else terminal.DONE
