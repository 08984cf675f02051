"""What can go wrong, by whose doing: the user's input, the model, the machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_PROBLEMS = 20
"""How many problems a message lists before it only counts the rest."""


UNCODED = "E100"
"""Code of a problem that has none of its own."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input, with its place and the way to mend it."""

    rule: str
    """What must hold, in words: ``must be > 0``."""
    path: str = ""
    """Dotted path of the key, ``battery.capacity_kwh``; empty where the text itself is at fault."""
    file: str = ""
    """File as the user named it, or ``command line``."""
    line: int = 0
    """Line, from 1; 0 where there is none."""
    column: int = 0
    """Column, from 1; 0 where there is none."""
    value: str = ""
    """The offending value as written, shortened."""
    hint: str = ""
    """How to mend it."""
    source: str = ""
    """The source line as written."""
    code: str = UNCODED
    """Stable code of the rule."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        got = f" (got {self.value})" if self.value else ""
        head = ": ".join(part for part in (place, self.path, self.rule + got) if part)
        lines = [head]
        if self.source:
            lines.append(f"    {self.source}")
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


class StationsimError(Exception):
    """Base of every error that stationsim raises on purpose."""

    exit_code = 1


class ScenarioError(StationsimError):
    """An input the user wrote is wrong; lists every problem found."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        if len(self.problems) > SHOWN_PROBLEMS:
            shown.append(f"and {len(self.problems) - SHOWN_PROBLEMS} more")
        super().__init__("\n".join(shown))


class WeatherError(ScenarioError):
    """A weather file or another series is wrong; lists every problem found."""


class BalanceError(StationsimError):
    """The energy balance or another identity of the model does not close."""

    exit_code = 4


class ModelError(StationsimError):
    """The model met a state it cannot go on from."""

    exit_code = 4


class MachineError(StationsimError):
    """The machine stands in the way: a folder, the disk, a permission or a missing extra."""

    exit_code = 6
