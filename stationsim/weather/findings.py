"""What the weather gate found: refused, warned about, or repaired by a declared policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stationsim.errors import Problem, WeatherError

Action = Literal["refused", "warned", "repaired"]
VALUE_SHOWN = 24
"""Characters of an offending value that a message repeats."""


@dataclass(frozen=True)
class Finding:
    """One thing that the gate found in a file, and what it did about it."""

    rule: str
    """Stable name of the rule, such as ``closure``."""
    action: Action
    """``refused``, ``warned`` or ``repaired``."""
    count: int
    """How many rows it concerns."""
    message: str
    """What was found, in words and with units."""
    line: int = 0
    """First line of the file it concerns, from 1; 0 where there is none."""
    hint: str = ""
    """How to mend it."""
    column: int = 0
    """Column of the text on that line, from 1; 0 where unknown."""
    value: str = ""
    """The first offending value as written, shortened."""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.action}: {place}{self.message}{hint}"


def plain(text: str) -> str:
    """Return text of a file with every character a terminal could act on written as an escape."""
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape", "surrogatepass").decode()
        for mark in text
    )


def refused(
    rule: str,
    message: str,
    *,
    count: int = 1,
    line: int = 0,
    hint: str = "",
    column: int = 0,
    value: str = "",
) -> Finding:
    """Return a finding that keeps the file out."""
    shown = plain(value if len(value) <= VALUE_SHOWN else value[:VALUE_SHOWN] + "...")
    return Finding(rule, "refused", count, message, line, hint, column, shown)


def warned(rule: str, message: str, *, count: int = 1, line: int = 0, hint: str = "") -> Finding:
    """Return a finding the user should know about; the file goes through as it is."""
    return Finding(rule, "warned", count, message, line, hint)


def repaired(rule: str, message: str, *, count: int = 1, line: int = 0, hint: str = "") -> Finding:
    """Return a finding that a declared policy has mended."""
    return Finding(rule, "repaired", count, message, line, hint)


def stop_if_refused(findings: Iterable[Finding], *, file: str) -> None:
    """Raise one error with every refused finding, each as ``file:line``.

    Raises
    ------
    WeatherError
        When at least one finding is refused.
    """
    problems = [
        Problem(
            f"{finding.message}{_times(finding.count)}",
            file=file,
            line=finding.line,
            column=finding.column,
            value=finding.value,
            hint=finding.hint,
            code=f"weather.{finding.rule}",
        )
        for finding in findings
        if finding.action == "refused"
    ]
    if problems:
        raise WeatherError(problems)


def stop(
    rule: str, message: str, *, file: str, line: int = 0, hint: str = "", column: int = 0
) -> WeatherError:
    """Return the error of a file that cannot be read any further."""
    problem = Problem(message, file=file, line=line, column=column, hint=hint, code=f"weather.{rule}")
    return WeatherError([problem])


def _times(count: int) -> str:
    return f" ({count} rows)" if count > 1 else ""
