"""What was found in an input file, what was done about it, and how its text is shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Action = Literal["refused", "dropped", "repaired", "warned", "informed"]
"""What was done: the file refused, rows dropped, values repaired; or the user only warned or informed."""

VALUE_SHOWN = 24
"""Characters of an offending value that a message repeats."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found in an input file, and what was done about it."""

    rule: str
    """Stable name of the rule, such as ``closure``; one that refuses has its code in `REFUSAL_CODES`."""
    action: Action
    count: int
    """How many rows of the file it concerns."""
    message: str
    """What was found, in words and with units."""
    line: int = 0
    """First line of the file it concerns, from 1; 0 where there is none."""
    path: str = ""
    """Place in a file without lines, such as ``[3].energy``, or the name of the column."""
    hint: str = ""
    """How to mend it."""
    column: int = 0
    """Column of the text on that line, from 1; 0 where unknown."""
    value: str = ""
    """The first offending value as written, shortened."""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{self.action}: {place}{self.message}{self._hinted()}"

    def with_count(self, counted: str) -> str:
        """Return the finding in words with its count, such as ``[3 sessions, first in line 7]``."""
        place = f"line {self.line}" if self.line else self.path
        first = f", first in {place}" if place else ""
        many = f" [{self.count} {counted}{'s' * (self.count != 1)}{first}]" if self.count else ""
        return f"{self.action}: {self.message}{many}{self._hinted()}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)

    def _hinted(self) -> str:
        return f" ({self.hint})" if self.hint else ""


def refused(
    rule: str, message: str, *, count: int = 1, line: int = 0, path: str = "", hint: str = "", value: str = ""
) -> Finding:
    """Return a finding that keeps the file out."""
    return Finding(rule, "refused", count, message, line, path, hint, value=shown(value))


def warned(rule: str, message: str, *, count: int = 1, line: int = 0, hint: str = "") -> Finding:
    """Return a finding the user should know about; the file goes through as it is."""
    return Finding(rule, "warned", count, message, line, hint=hint)


def repaired(rule: str, message: str, *, count: int = 1, line: int = 0, hint: str = "") -> Finding:
    """Return a finding that a declared policy has mended."""
    return Finding(rule, "repaired", count, message, line, hint=hint)


def printable(text: str) -> str:
    """Return text with everything a terminal could act on written as an escape."""
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape", "surrogatepass").decode()
        for mark in text
    )


def shown(value: object) -> str:
    """Return a value of a file as short text that a terminal cannot act on."""
    text = value if isinstance(value, str) else repr(value)
    return printable(text if len(text) <= VALUE_SHOWN else text[:VALUE_SHOWN] + "...")


def shown_name(file: str) -> str:
    """Return the name of a file without letters that a terminal could act on."""
    return "".join(mark if mark.isprintable() else "?" for mark in file)
