"""The kinds of input files, and how what is found in one of them becomes problems of the user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stationsim.errors import Problem, ScenarioError, WeatherError
from stationsim.inputs.findings import Finding, refused, shown_name

Form = Literal["text", "json", "zip"]

REFUSAL_CODES = {
    "path": "E401",
    "size": "E402",
    "kind": "E403",
    "encoding": "E404",
    "json": "E405",
    "header": "E406",
    "column": "E407",
    "separator": "E408",
    "fields": "E409",
    "rows": "E410",
    "number": "E411",
    "range": "E412",
    "unit": "E413",
    "class": "E414",
    "time": "E415",
    "offset": "E416",
    "timezone": "E417",
    "dst": "E418",
    "stamp": "E419",
    "order": "E420",
    "double": "E421",
    "step": "E422",
    "drift": "E423",
    "gap": "E424",
    "absent": "E425",
    "place": "E426",
    "format": "E427",
    "count": "E428",
    "period": "E429",
    "repeat": "E430",
    "night": "E431",
    "closure": "E432",
    "hemisphere": "E433",
    "weekday": "E434",
}
"""Code of each rule by which an input file is refused; ``stationsim explain`` knows them all."""


@dataclass(frozen=True)
class InputKind:
    """A kind of input file."""

    name: str
    """What such a file is called, such as ``a weather file``."""
    counted: str
    """What its rows are called, such as ``sessions``."""
    largest_bytes: int
    """Largest file that is read [B]."""
    forms: tuple[Form, ...] = ("text",)
    """What its bytes may hold."""
    error: type[ScenarioError] = ScenarioError
    """What is raised where it is refused."""

    def stop(
        self,
        rule: str,
        message: str,
        *,
        file: str,
        line: int = 0,
        path: str = "",
        hint: str = "",
        value: str = "",
    ) -> ScenarioError:
        """Return the error of a file that cannot be read any further."""
        found = refused(rule, message, line=line, path=path, hint=hint, value=value)
        return self.error([self._problem(found, file)])

    def stop_if_refused(self, findings: Iterable[Finding], *, file: str) -> None:
        """Raise one error with every refused finding, each at its place in the file.

        Raises
        ------
        ScenarioError
            When at least one finding is refused; a `WeatherError` for weather.
        """
        problems = [self._problem(found, file) for found in findings if found.action == "refused"]
        if problems:
            raise self.error(problems)

    def _problem(self, found: Finding, file: str) -> Problem:
        times = f" ({found.count} {self.counted})" if found.count > 1 else ""
        return Problem(
            found.message + times,
            path=found.path,
            file=shown_name(file),
            line=found.line,
            column=found.column,
            value=found.value,
            hint=found.hint,
            code=REFUSAL_CODES[found.rule],
        )


WEATHER = InputKind("a weather file", "rows", 50_000_000, error=WeatherError)
"""Weather; a year of minutes takes about half of its limit."""

SESSIONS = InputKind("a file of sessions", "sessions", 100_000_000, ("text", "json", "zip"))
"""Measured sessions; one takes 100 to 1,500 B. Excel workbooks are zips."""

COUNTS = InputKind("a file of counts", "rows", 200_000_000)
"""Counted vehicles; a year of minutes in two directions and three classes takes half of its limit."""
