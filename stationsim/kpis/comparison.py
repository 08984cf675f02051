"""The numbers of several runs side by side; the first run is the base."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stationsim.kpis.kpi import Kpi, Kpis, to_json

if TYPE_CHECKING:
    import pandas as pd


ROUNDING = 1e-9
"""Relative difference that is rounding and no difference."""


@dataclass(frozen=True)
class Difference:
    """One number of one run against the same number of the base."""

    absolute: float
    """Value - value of the base, in the number's unit; NaN where one is missing or the units differ."""
    relative: float
    """The same in per cent of the base; NaN where the base is zero too."""


@dataclass(frozen=True)
class Comparison:
    """Numbers of several runs with what makes the comparison doubtful."""

    names: tuple[str, ...]
    """Names of the runs, each one once; the first is the base."""
    kpis: tuple[Kpis, ...]
    """Numbers of each run."""
    versions: Mapping[str, tuple[str, ...]]
    """Version of every library in each run; empty text where a run does not say."""
    warnings: tuple[str, ...] = ()
    """What differs beside the designs."""

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of all numbers, in the order of the runs that have them."""
        return tuple(dict.fromkeys(name for run in self.kpis for name in run))

    def kpi(self, run: int, name: str) -> Kpi | None:
        """Return a number of a run, or None where the run has none of this name."""
        return self.kpis[run].get(name)

    def difference(self, run: int, name: str) -> Difference:
        """Return how a number of a run differs from the base."""
        base, other = self.kpi(0, name), self.kpi(run, name)
        if base is None or other is None or base.unit != other.unit:
            return Difference(math.nan, math.nan)
        same = math.isclose(other.value, base.value, rel_tol=ROUNDING)
        absolute = 0.0 if same else other.value - base.value
        relative = 100 * absolute / abs(base.value) if base.value else math.nan
        return Difference(absolute, relative)

    def table(self) -> pd.DataFrame:
        """Return one row a number: unit, the value of each run, and difference and per cent to the base."""
        import pandas as pd

        labels = [_cell(name) for name in self.names]
        columns: dict[str, list[Any]] = {"unit": [self._unit(name) for name in self.rows]}
        for run, label in enumerate(labels):
            found = [self.kpi(run, name) for name in self.rows]
            columns[label] = [math.nan if kpi is None else kpi.value for kpi in found]
        for run, label in enumerate(labels[1:], start=1):
            differences = [self.difference(run, name) for name in self.rows]
            columns[f"{label} - {labels[0]}"] = [difference.absolute for difference in differences]
            columns[f"{label} [%]"] = [difference.relative for difference in differences]
        return pd.DataFrame(columns, index=pd.Index(self.rows, name="kpi"))

    def to_json(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "base": self.names[0],
            "runs": [
                {"name": label, "kpis": to_json(run)}
                for label, run in zip(self.names, self.kpis, strict=True)
            ],
            "differences": {
                label: {name: self._plain_difference(run, name) for name in self.rows}
                for run, label in enumerate(self.names[1:], start=1)
            },
            "versions": {library: list(found) for library, found in self.versions.items()},
            "warnings": list(self.warnings),
        }

    def _unit(self, name: str) -> str:
        return next(run[name].unit for run in self.kpis if name in run)

    def _plain_difference(self, run: int, name: str) -> dict[str, float | None]:
        found = self.difference(run, name)
        return {
            "absolute": found.absolute if math.isfinite(found.absolute) else None,
            "percent": found.relative if math.isfinite(found.relative) else None,
        }


def _cell(name: str) -> str:
    """Return a name that a spreadsheet takes for text, not for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
