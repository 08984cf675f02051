"""Play sections of cases, in this process or in several; the rows and their order are the same."""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import active_children, get_context
from types import ModuleType
from typing import Any, Literal, NamedTuple

from stationsim.errors import MachineError
from stationsim.prove import files, section, title
from stationsim.prove.case import Case, Verdict, skipped, stopped

Progress = Callable[[int, int], None]
"""Called with the pieces done and all pieces."""


@dataclass(frozen=True)
class Proof:
    """A section and what its cases gave."""

    name: str
    title: str
    cases: tuple[Case, ...]
    cpu_s: float = 0.0
    """Processor time of its cases in all processes [s]."""
    errors: tuple[str, ...] = ()
    """Tracebacks of what stopped cases, for those who mend it."""

    def count(self, verdict: Verdict) -> int:
        """Return how many cases came out so."""
        return sum(case.verdict is verdict for case in self.cases)


class Piece(NamedTuple):
    """What one process plays at once."""

    section: str
    kind: Literal["quick", "long", "part"]
    number: int = 0
    """Place among the parts of a section."""


class Played(NamedTuple):
    """What a piece gave."""

    value: Any
    """Cases, or what ``gather`` of the section makes cases of; None where an error stopped it."""
    cpu_s: float
    reason: str = ""
    """Why there is no value: what stopped it, or the file that is not here."""
    error: str = ""
    """Traceback of what stopped it; none where a file is not here."""


def prove(
    names: Sequence[str],
    *,
    quick: bool = False,
    jobs: int = 1,
    folders: files.Folders | None = None,
    progress: Progress | None = None,
) -> Generator[Proof, None, None]:
    """Play sections and yield each as it is done, in the order of their names here.

    Parameters
    ----------
    names
        Names of sections.
    quick
        Whether the long cases are left out.
    jobs
        Processes that play the pieces side by side.
    folders
        Where files lie that cases need; found by `files.find_folders` where left out.
    progress
        Called after each piece.

    Raises
    ------
    MachineError
        A process was killed, as the system does when memory runs out.
    """
    folders = folders or files.find_folders()
    with files.using(folders):
        plans = {name: _pieces(name, quick) for name in names}
        pieces = [piece for plan in plans.values() for piece in plan]
        with _player(min(jobs, len(pieces)), folders) as play_all:
            answers = _counted(play_all(pieces), len(pieces), progress)
            for name, plan in plans.items():
                is_gathered = not quick and hasattr(section(name), "gather")
                yield _proof(name, is_gathered, list(islice(answers, len(plan))))


def _pieces(name: str, quick: bool) -> list[Piece]:
    """Return the pieces of a section."""
    module, first = section(name), Piece(name, "quick")
    if quick:
        return [first]
    if not hasattr(module, "parts"):
        return [first, Piece(name, "long")]
    return [first, *(Piece(name, "part", number) for number in range(len(module.parts())))]


@contextlib.contextmanager
def _player(jobs: int, folders: files.Folders) -> Iterator[Callable[[Sequence[Piece]], Iterator[Played]]]:
    """Yield what plays pieces in order; processes that still play when all is left are ended."""
    if jobs <= 1:
        yield lambda pieces: map(play, pieces)
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(folders,))
    try:
        yield lambda pieces: pool.map(play, pieces)
    except BrokenProcessPool:
        raise MachineError("a process was killed, perhaps for want of memory; use --jobs 1") from None
    except BaseException:
        for process in set(active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(folders: files.Folders) -> None:
    """Prepare a process: interrupts are for the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    files.use(folders)


def play(piece: Piece) -> Played:
    """Play a piece; an error becomes a reason, so that the others still show."""

    def played() -> Any:
        module = section(piece.section)
        if piece.kind == "part":
            return module.part(module.parts()[piece.number])
        return module.quick() if piece.kind == "quick" else module.long()

    return _guarded(played)


def _guarded(call: Callable[[], Any]) -> Played:
    began = time.process_time()
    try:
        value = call()
    except files.AbsentFileError as missing:
        return Played(None, time.process_time() - began, str(missing))
    except Exception as error:
        return Played(None, time.process_time() - began, _reason(error), traceback.format_exc())
    return Played(value, time.process_time() - began)


def _reason(error: Exception) -> str:
    """Return an error in a line that names no folder of this machine."""
    first = (str(error).strip().splitlines() or [""])[0]
    return files.without_folders(f"{type(error).__name__}: {first}".removesuffix(": "))


def _counted(answers: Iterator[Played], total: int, progress: Progress | None) -> Iterator[Played]:
    """Pass answers on and tell how many there were."""
    for number, answer in enumerate(answers, start=1):
        if progress is not None:
            progress(number, total)
        yield answer


def _proof(name: str, is_gathered: bool, answers: Sequence[Played]) -> Proof:
    """Make the cases of a section from what its pieces gave."""
    module = section(name)
    first, *rest = answers
    if is_gathered:
        rest = [_gathered(module, rest)]
    quick = _cases(f"{name}, quick cases", first)
    long = [
        case
        for number, answer in enumerate(rest, start=1)
        for case in _cases(f"{name}, long cases {number}", answer)
    ]
    cases = (*once(quick, long), *long)
    errors = dict.fromkeys(answer.error for answer in (first, *rest) if answer.error)
    return Proof(name, title(module), cases, sum(answer.cpu_s for answer in answers), tuple(errors))


def _gathered(module: ModuleType, parts: Sequence[Played]) -> Played:
    """Return what a section makes of its parts, or the first part that was stopped."""
    for part in parts:
        if part.reason:
            return part
    return _guarded(lambda: module.gather([part.value for part in parts]))


def _cases(label: str, answer: Played) -> list[Case]:
    """Return the cases of an answer, or one that says why there are none."""
    if not answer.reason:
        return list(answer.value)
    return [stopped(label, answer.reason) if answer.error else skipped(label, "", answer.reason)]


def once(quick: Sequence[Case], long: Sequence[Case]) -> list[Case]:
    """Return the quick cases that the long ones do not repeat more thoroughly."""
    repeated = {case.case for case in long}
    return [case for case in quick if case.case not in repeated]
