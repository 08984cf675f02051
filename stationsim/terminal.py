"""What surrounds a command: exit codes, signals, streams and words for what went wrong."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from stationsim import __version__
from stationsim.errors import UNCODED, ScenarioError, StationsimError

if TYPE_CHECKING:
    from rich.console import Console

JSON_SCHEMA = "stationsim-cli/1"
"""Name and version of what ``--json`` prints."""

DONE, BUG, USAGE, MACHINE = 0, 1, 2, 6
"""Exit codes; those of scenario and model stand with their errors."""

SHOWN_CODES = 3
"""Kinds of problems whose explanation is offered after a message."""

SIGNALLED = 128
"""Exit code of a command that a signal ended, without the signal's number: 130 and 143."""

COMPLETION = "_STATIONSIM_COMPLETE"
"""Environment variable by which a shell asks for completions."""

LOG = "stationsim-log.txt"
"""Where the traceback of an internal error goes."""

PLAIN_WIDTH = 100
"""Width of what is printed where there is no terminal, so that a file gets the same table as a screen."""

SHOW_CURSOR = "\x1b[?25h"
"""Control sequence of terminals; a progress bar hides the cursor."""

CODES = {
    "E001": "Internal error: stationsim is at fault, not its input; please report the log it wrote.",
    "E002": "The command was not called as its --help says.",
    "E004": "The model failed: a balance that does not close, or loads that cannot be believed.",
    "E006": "The machine stands in the way: a folder, the disk, memory, a permission or a missing extra.",
}
"""Codes of what is no problem of a scenario file."""


class Signalled(BaseException):
    """A signal asks to leave: like an interrupt, so that everything half-written is cleared away."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = SIGNALLED + number


@contextlib.contextmanager
def leaving_on_signals() -> Iterator[list[int]]:
    """Turn the first interrupt, hang-up or termination into an exception; let the second end at once.

    Yields the signals that came: compiled code may turn the exception into another one.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def leave(number: int, _frame: object) -> NoReturn:
        if came:
            _leave_at_once(number)
        came.append(number)
        raise Signalled(number)

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:  # as in a command started with nohup
            signal.signal(number, leave)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _leave_at_once(number: int) -> NoReturn:
    if sys.stderr is not None and sys.stderr.isatty():
        os.write(2, SHOW_CURSOR.encode())
    os._exit(SIGNALLED + number)


def guarded(command: Callable[[], object], words: Sequence[str]) -> int:
    """Call a command, say what went wrong in words and return the exit code.

    Parameters
    ----------
    command
        What to call.
    words
        Words of the command line: ``--json`` among them asks for errors as JSON.
    """
    as_json = "--json" in words
    _take_any_text(sys.stdout, sys.stderr)
    came: list[int] = []
    try:
        with leaving_on_signals() as came:
            code = command()
            if sys.stdout is not None:
                sys.stdout.flush()
            return code if isinstance(code, int) else DONE
    except (KeyboardInterrupt, click.Abort):
        return _report_signal(SIGNALLED + signal.SIGINT)
    except Signalled as signalled:
        return _report_signal(signalled.exit_code)
    except SystemExit as left:
        return _code_of(left)
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:
        return _report_signal(SIGNALLED + came[0]) if came else report(error, words, as_json)


def report(error: Exception, words: Sequence[str], as_json: bool) -> int:
    """Say on stderr what went wrong and return its exit code."""
    if isinstance(error, click.ClickException):
        text = error.format_message()
        _print_error([_row("E002", text)], text if text.startswith("Usage:") else _with_usage(error), as_json)
        return USAGE
    if isinstance(error, ScenarioError):
        _print_error([_row_of(problem) for problem in error.problems], _with_codes(error), as_json)
        return error.exit_code
    if isinstance(error, StationsimError):
        _print_error([_row(f"E00{error.exit_code}", str(error))], f"error: {error}", as_json)
        return error.exit_code
    if isinstance(error, OSError | MemoryError):
        text = _of_machine(error)
        _print_error([_row("E006", text)], f"error: {text}", as_json)
        _drop_unwritten()
        return MACHINE
    return _report_bug(error, words, as_json)


def _with_codes(error: ScenarioError) -> str:
    """Return the problems in words, and the commands that tell more of them."""
    codes = sorted({problem.code for problem in error.problems} - {UNCODED})[:SHOWN_CODES]
    more = "".join(f"\nmore: stationsim explain {code}" for code in codes)
    return f"{error}{more}"


def _with_usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    usage = f"{context.get_usage()}\n" if context is not None else ""
    return f"{usage}error: {error.format_message()}"


def _of_machine(error: OSError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        return "not enough memory; simulate fewer days at once or longer steps"
    parts = (str(error.filename or ""), error.strerror or str(error))
    return ": ".join(part for part in parts if part)


def _row(code: str, message: str) -> dict[str, Any]:
    places: dict[str, Any] = {"path": "", "file": "", "line": 0, "column": 0}
    return {"code": code, **places, "message": message, "value": "", "hint": ""}


def _row_of(problem: Any) -> dict[str, Any]:
    places = {name: getattr(problem, name) for name in ("path", "file", "line", "column")}
    return {
        "code": problem.code,
        **places,
        "message": problem.rule,
        "value": problem.value,
        "hint": problem.hint,
    }


def _print_error(rows: list[dict[str, Any]], text: str, as_json: bool) -> None:
    with contextlib.suppress(OSError):  # nobody may be listening
        if as_json:
            click.echo(json_text({"errors": rows}, sys.stderr), err=True)
        else:
            click.echo(text, err=True)


def _report_bug(error: Exception, words: Sequence[str], as_json: bool) -> int:
    """Keep the traceback in a file, beside the user or among temporary files, and say where."""
    import tempfile

    head = f"stationsim {__version__}, Python {sys.version.split()[0]}, {sys.platform}: {' '.join(words)}"
    text = "".join(traceback.format_exception(error))
    kept = "it could not be logged"
    for folder in (Path(), Path(tempfile.gettempdir())):
        try:
            with (folder / LOG).open("a", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(f"{head}\n{text}\n")
        except OSError:
            continue
        kept = f"what happened is in {folder / LOG}"
        break
    message = f"internal error: {type(error).__name__}: {error}; {kept}; please report it"
    _print_error([_row("E001", message)], message, as_json)
    return BUG


def _report_signal(code: int) -> int:
    with contextlib.suppress(OSError):
        click.echo("interrupted; no incomplete run is left behind", err=True)
    return code


def _code_of(left: SystemExit) -> int:
    """Return the code of an exit that click or rich chose: a closed pipe, or an answer to a shell."""
    if COMPLETION in os.environ:
        return left.code if isinstance(left.code, int) else DONE
    return _reader_left()


def _reader_left() -> int:
    """Leave without a word when the reader of a pipe has gone; what was asked for is done."""
    _drop_unwritten()
    return DONE


def _drop_unwritten() -> None:
    """Keep the interpreter from failing once more over what nobody can take."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _take_any_text(*streams: TextIO | None) -> None:
    """Let a stream that does not know a letter write its number instead of failing."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and not _is_unicode(stream):
            reconfigure(errors="backslashreplace")


def _is_unicode(stream: TextIO | None) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().startswith("utf")


def json_text(content: dict[str, Any], stream: TextIO | None, *, indent: int | None = None) -> str:
    """Return JSON with its ``schema``, in letters that a stream knows."""
    return json.dumps(
        {"schema": JSON_SCHEMA, **content},
        indent=indent,
        ensure_ascii=not _is_unicode(stream),
        allow_nan=False,
    )


def print_json(content: dict[str, Any]) -> None:
    """Print what ``--json`` asks for."""
    click.echo(json_text(content, sys.stdout, indent=1))


def warn(lines: Iterable[str], unseen: bool) -> None:
    """Print warnings, a line each, unless nobody wants to see them."""
    for line in () if unseen else lines:
        click.echo(f"warning: {line}", err=True)


def console(*, stderr: bool = False) -> Console:
    """Return a console: as wide as its terminal or as COLUMNS says, else of one fixed width."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    fixed = None if is_terminal(stream) or os.environ.get("COLUMNS", "").isdigit() else PLAIN_WIDTH
    return Console(stderr=stderr, highlight=False, soft_wrap=False, width=fixed)


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody looks at a stream as it is written."""
    return stream is not None and stream.isatty()


@contextlib.contextmanager
def progress_bar(
    wanted: bool, *, doing: str = "simulating", unit: str = "day"
) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar of civil days or other units on a terminal, and nothing elsewhere."""
    if not wanted or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    units = TextColumn(f"{unit} {{task.completed:.0f}} of {{task.total:.0f}}")
    columns = (TextColumn("{task.description}"), BarColumn(), units, TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=1)
        yield lambda done, of: bar.update(task, completed=done, total=of)
