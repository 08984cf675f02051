"""Hold a wrong input against what it should be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from stationsim.errors import Problem, ScenarioError


@dataclass(frozen=True)
class Bad:
    """One wrong input and the problem that must be told first."""

    row: str
    """Row of the catalogue, and what is tried."""
    text: Any
    code: str
    line: int = 0
    column: int = 0
    path: str = ""
    says: str = ""
    """Words of the rule, the value or the hint."""

    def __str__(self) -> str:
        return self.row


def problems_with(load: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the problems that loading tells."""
    with pytest.raises(ScenarioError) as caught:
        load()
    return caught.value.problems


def check(bad: Bad, problems: tuple[Problem, ...]) -> None:
    """Assert that one of the problems is the expected one, in full."""
    found = [problem for problem in problems if problem.code == bad.code]
    assert found, f"no {bad.code} in {[str(problem) for problem in problems]}"
    problem = next((p for p in found if p.path == bad.path and bad.path), found[0])
    told = str(problem)
    assert bad.says in told, told
    if bad.path:
        assert problem.path == bad.path, told
    if bad.line:
        assert problem.line == bad.line, told
    if bad.column:
        assert problem.column == bad.column, told
    assert all(p.code.startswith(("E1", "E2", "E3")) for p in problems)
