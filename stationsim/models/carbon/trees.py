"""Carbon that trees, bamboo and lawns take up: stands by kind and size, from a table with sources."""

from __future__ import annotations

import csv
import difflib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, Field, model_validator

from stationsim.spec import Positive, Spec, Text, Whole

TREE_TABLE = Path(__file__).parents[2] / "data" / "trees.csv"
"""Kinds of greens with what they take up."""

CO2_PER_C = 44.0 / 12.0
"""Mass of carbon dioxide over that of its carbon [-]."""

NEAR_ENOUGH = 0.6
"""Least similarity of two names (`difflib` ratio) that is worth a guess."""


class GreenKind(NamedTuple):
    """A kind of greens."""

    t_c_per_tree: float | None
    """Carbon a tree takes up [t C/a]; None where stands of the kind go by area."""
    t_c_per_ha: float | None
    """Carbon a hectare takes up [t C/(ha a)]; None where stands of the kind go by number."""
    growing_years: int | None
    """Years from planting over which it does; None without end."""
    source: str
    """Where the figures are from."""


@cache
def green_kinds() -> dict[str, GreenKind]:
    """Return every kind of greens by its name; sources are in ``data/trees.csv``."""
    lines = TREE_TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        row["name"]: GreenKind(
            float(row["t_c_per_tree"]) if row["t_c_per_tree"] else None,
            float(row["t_c_per_ha"]) if row["t_c_per_ha"] else None,
            int(row["growing_years"]) if row["growing_years"] else None,
            row["source"],
        )
        for row in rows
    }


def _known_kind(name: str) -> str:
    if name in green_kinds():
        return name
    near = difflib.get_close_matches(name.casefold(), green_kinds(), n=1, cutoff=NEAR_ENOUGH)
    hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(green_kinds())}"
    raise ValueError(f"must be a kind of data/trees.csv; {hint}")


class StandSpec(Spec):
    """Trees or other greens of one kind, planted together."""

    species: Annotated[Text, AfterValidator(_known_kind)]
    """Kind of trees or greens, from ``data/trees.csv``, such as broadleaf or crown_cover."""

    trees: Annotated[Whole, Field(gt=0)] | None = None
    """Number of trees, for kinds whose uptake is known by the tree."""

    area_ha: Positive | None = None
    """Area [ha], for kinds whose uptake is known by the hectare; for crown_cover of crowns."""

    planted_year: Annotated[Whole, Field(ge=1500, le=2200)] | None = None
    """Year of planting; left out, the stand counts as growing in every year."""

    @model_validator(mode="after")
    def _counted_as_its_kind(self) -> Self:
        by_tree = green_kinds()[self.species].t_c_per_tree is not None
        wanted, other = ("trees", "area_ha") if by_tree else ("area_ha", "trees")
        if getattr(self, wanted) is None or getattr(self, other) is not None:
            raise ValueError(
                f"must have {wanted} and no {other}, since the uptake of {self.species} is known by the "
                f"{'tree' if by_tree else 'hectare'}"
            )
        return self


def stand_uptake_t(stand: StandSpec, year: ArrayLike) -> NDArray[np.float64]:
    """Return the CO2 that a stand takes up in calendar years [t/a].

    Parameters
    ----------
    stand
        Trees or greens.
    year
        Calendar years.

    Notes
    -----
    Active growth lasts from the year of planting over the growing period of the kind, 20 years for trees.
    Older stands are held to lose as much as they gain, younger ones to grow at the mean rate.

    References
    ----------
    2006 IPCC Guidelines, volume 4, chapter 8, equations 8.2 (crown cover) and 8.3 (number of trees).
    """
    kind = green_kinds()[stand.species]
    carbon_t = (stand.trees or 0) * (kind.t_c_per_tree or 0.0) + (stand.area_ha or 0.0) * (
        kind.t_c_per_ha or 0.0
    )
    years: NDArray[Any] = np.asarray(year)
    grows = np.ones(years.shape, dtype=bool)
    if stand.planted_year is not None:
        age = years - stand.planted_year
        grows = age >= 0
        if kind.growing_years is not None:
            grows = grows & (age < kind.growing_years)
    uptake: NDArray[np.float64] = np.where(grows, carbon_t * CO2_PER_C, 0.0)
    return uptake
