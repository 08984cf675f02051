"""One row of the validation table: a number from outside, ours beside it, and whether it is near enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PER_CENT = 100.0


class Verdict(StrEnum):
    """What became of a case."""

    HOLDS = "holds"
    FAILS = "fails"
    SKIPPED = "skipped"
    TOLD = "information"


@dataclass(frozen=True)
class Case:
    """A published number and what stationsim gets for it."""

    case: str
    source: str
    expected: str
    got: str
    tolerance: str
    passed: bool | None
    """Whether it holds; None where the case was skipped or is for information."""
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return what became of it: one that neither holds nor fails is skipped where nothing was got."""
        if self.passed is None:
            return Verdict.TOLD if self.got else Verdict.SKIPPED
        return Verdict.HOLDS if self.passed else Verdict.FAILS

    def to_dict(self) -> dict[str, Any]:
        """Return the row for machines."""
        numbers = {"expected": self.expected, "got": self.got, "tolerance": self.tolerance}
        words = {"verdict": str(self.verdict), "note": self.note}
        return {"case": self.case, "source": self.source, **numbers, "pass": self.passed, **words}


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
        f"±{absolute:g} {unit}".strip() if absolute is not None else f"±{float(relative or 0) * PER_CENT:g} %"
    )
    passed = bool(abs(got - expected) <= allowed)
    return Case(
        case,
        source,
        f"{expected:.7g} {unit}".strip(),
        f"{got:.7g} {unit}".strip(),
        tolerance,
        passed,
        note if passed else _reason(got - expected, expected, unit, note),
    )


def between(
    case: str, source: str, *, low: float, high: float, got: float, unit: str = "", note: str = ""
) -> Case:
    """Hold ``got`` against a published range."""
    passed = bool(low <= got <= high)
    edge = low if got < low else high
    return Case(
        case,
        source,
        f"{low:.6g} to {high:.6g} {unit}".strip(),
        f"{got:.6g} {unit}".strip(),
        "inside the range",
        passed,
        note if passed else _reason(got - edge, edge, unit, note),
    )


def _reason(off: float, expected: float, unit: str, note: str) -> str:
    """Say by how much a case misses, before what else there is to say."""
    relative = f" ({PER_CENT * off / abs(expected):+.3g} %)" if expected else ""
    return "; ".join(text for text in (f"off by {off:+.4g} {unit}".strip() + relative, note) if text)


def skipped(case: str, source: str, reason: str) -> Case:
    """Record a case whose data is not here."""
    return Case(case, source, "", "", "", None, reason)


def stopped(case: str, reason: str) -> Case:
    """Record cases that an error kept from being played as one that fails."""
    return Case(case, "", "", "", "", False, f"stopped by {reason}")
