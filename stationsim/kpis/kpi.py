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


Kpis = dict[str, Kpi]
"""Stable snake_case name to number."""


def to_json(kpis: Mapping[str, Kpi]) -> dict[str, dict[str, Any]]:
    """Return plain data for JSON: value, unit, info, and low and high where they are known.

    A number that does not apply becomes ``None``, because JSON knows no NaN.
    """
    return {name: _plain(kpi) for name, kpi in kpis.items()}


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


def _plain(kpi: Kpi) -> dict[str, Any]:
    row: dict[str, Any] = {
        "value": kpi.value if kpi.applies else None,
        "unit": kpi.unit,
        "info": kpi.info,
    }
    for end in ("low", "high"):
        value = getattr(kpi, end)
        if value is not None:
            row[end] = value
    return row
