"""A named number with a unit, and the way it is written to JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kpi:
    """A number with its unit, what it means and, where runs were repeated, its interval."""

    value: float
    """The number; NaN where it does not apply to the run."""
    unit: str
    """Unit as text, such as kWh/d; ``1`` for a pure number."""
    info: str
    """What the number means, in a sentence."""
    low: float | None = None
    """Lower end of the interval over replications."""
    high: float | None = None
    """Upper end of the interval over replications."""

    @property
    def applies(self) -> bool:
        """Whether the run has such a number at all."""
        return math.isfinite(self.value)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, which knows no NaN: ``None`` for a number that does not apply."""
        ends = {"low": self.low, "high": self.high}
        known = {name: value for name, value in ends.items() if value is not None}
        return {"value": self.value if self.applies else None, "unit": self.unit, "info": self.info, **known}


Kpis = dict[str, Kpi]
"""Stable snake_case name to number."""


def to_json(kpis: Mapping[str, Kpi]) -> dict[str, dict[str, Any]]:
    """Return plain data for JSON: value, unit, info, and low and high where they are known."""
    return {name: kpi.to_dict() for name, kpi in kpis.items()}


def from_json(data: Mapping[str, Mapping[str, Any]]) -> Kpis:
    """Return the numbers that :func:`to_json` wrote."""
    return {
        name: Kpi(
            math.nan if row["value"] is None else float(row["value"]),
            str(row["unit"]),
            str(row["info"]),
            row.get("low"),
            row.get("high"),
        )
        for name, row in data.items()
    }
