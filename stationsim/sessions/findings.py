"""What was found in a file of sessions, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from stationsim.errors import Problem, ScenarioError

Action = Literal["refused", "dropped", "repaired", "warned"]
VALUE_SHOWN = 24
"""Characters of an offending value that a message repeats."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found in a file, and what was done about it."""

    rule: str
    """Stable name of the rule, such as ``open``."""
    action: Action
    """``refused`` (the file), ``dropped`` (the sessions), ``repaired`` (a value) or ``warned``."""
    count: int
    """How many sessions it concerns."""
    message: str
    """What was found, in words and with units."""
    line: int = 0
    """First line of the file it concerns, from 1; 0 where the file has no lines."""
    path: str = ""
    """Place in the file where it has no lines, such as ``[3].energy``."""
    hint: str = ""
    """How to mend it."""
    value: str = ""
    """The first offending value as written, shortened."""

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else self.path
        first = f", first in {place}" if place else ""
        sessions = f" [{self.count} session{'s' * (self.count != 1)}{first}]" if self.count else ""
        return f"{self.action}: {self.message}{sessions}{f' ({self.hint})' if self.hint else ''}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def shown(value: object) -> str:
    """Return a value of a file as short text that a terminal cannot act on."""
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= VALUE_SHOWN else text[:VALUE_SHOWN] + "..."
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape", "surrogatepass").decode()
        for mark in cut
    )


def stop(
    rule: str, message: str, *, file: str, line: int = 0, path: str = "", hint: str = "", value: str = ""
) -> ScenarioError:
    """Return the error of a file that cannot be read any further."""
    code = f"sessions.{rule}"
    return ScenarioError([Problem(message, path, shown_name(file), line, 0, value, hint, code=code)])


def stop_if_refused(findings: Iterable[Finding], *, file: str) -> None:
    """Raise one error with every refused finding.

    Raises
    ------
    ScenarioError
        When at least one finding is refused.
    """
    problems = [
        Problem(
            found.message + (f" ({found.count} sessions)" if found.count > 1 else ""),
            path=found.path,
            file=shown_name(file),
            line=found.line,
            value=found.value,
            hint=found.hint,
            code=f"sessions.{found.rule}",
        )
        for found in findings
        if found.action == "refused"
    ]
    if problems:
        raise ScenarioError(problems)


def shown_name(file: str) -> str:
    """Return the name of a file without letters that a terminal could act on."""
    return "".join(mark if mark.isprintable() else "?" for mark in file)
