"""One row of the validation table: a number from outside, ours beside it, and whether it is near enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A published number and what stationsim gets for it."""

    case: str
    source: str
    expected: str
    got: str
    tolerance: str
    passed: bool | None
    """Whether it holds; None where the case was skipped."""
    note: str = ""


def within(
    case: str,
    source: str,
    *,
    expected: float,
    got: float,
    relative: float | None = None,
    absolute: float | None = None,
    unit: str = "",
    note: str = "",
) -> Case:
    """Hold ``got`` against ``expected`` by a relative or an absolute tolerance."""
    if (relative is None) == (absolute is None):
        raise ValueError("give one of relative and absolute")
    allowed = absolute if absolute is not None else abs(expected) * float(relative or 0)
    tolerance = (
        f"±{absolute:g} {unit}".strip() if absolute is not None else f"±{float(relative or 0) * 100:g} %"
    )
    return Case(
        case,
        source,
        f"{expected:.7g} {unit}".strip(),
        f"{got:.7g} {unit}".strip(),
        tolerance,
        bool(abs(got - expected) <= allowed),
        note,
    )


def between(
    case: str, source: str, *, low: float, high: float, got: float, unit: str = "", note: str = ""
) -> Case:
    """Hold ``got`` against a published range."""
    return Case(
        case,
        source,
        f"{low:.6g} to {high:.6g} {unit}".strip(),
        f"{got:.6g} {unit}".strip(),
        "inside the range",
        bool(low <= got <= high),
        note,
    )


def skipped(case: str, source: str, reason: str) -> Case:
    """Record a case whose data is not here."""
    return Case(case, source, "", "", "", None, reason)
