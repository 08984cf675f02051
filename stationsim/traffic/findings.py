"""What the gate of a count file refuses, and what it lets through and tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

VALUE_SHOWN = 24
"""Characters of an offending value that a message repeats."""


@dataclass(frozen=True)
class CountFinding:
    """One thing the gate found in a count file and let through."""

    rule: str
    """Stable name of the rule, such as ``counts.gaps``."""
    action: str
    """``warned``, ``repaired`` or ``informed``."""
    count: int
    """How many counts it concerns."""
    message: str
    """What was found, in words and with units."""


class Gate:
    """What is wrong with a file and what was let through."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.findings: list[CountFinding] = []

    def refuse(self, rule: str, message: str, *, line: int = 0, value: Any = "", hint: str = "") -> None:
        """Note an offence; :meth:`stop` raises it."""
        text = str(value).encode("unicode_escape", "surrogatepass").decode()[:VALUE_SHOWN]
        self.problems.append(
            Problem(message, file=self.file, line=line, value=text, hint=hint, code=f"counts.{rule}")
        )

    def refuse_rows(
        self, rule: str, message: str, frame: pd.DataFrame, wrong: NDArray[np.bool_], *, hint: str = ""
    ) -> None:
        """Note an offence of rows by its first line and their number."""
        if not wrong.any():
            return
        first, number = frame[wrong].iloc[0], int(wrong.sum())
        times = f" ({number} rows)" if number > 1 else ""
        self.refuse(rule, message + times, line=int(first["line"]), value=first["time"], hint=hint)

    def note(self, rule: str, action: str, count: int, message: str) -> None:
        """Note something that goes through."""
        self.findings.append(CountFinding(f"counts.{rule}", action, count, f"{self.file}: {message}"))

    def stop(self) -> None:
        """Raise what was refused so far."""
        if self.problems:
            raise ScenarioError(self.problems)
