"""The carriageways that vehicles enter from, and the form of a day by hours."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, Field

from stationsim.models.charging.checks import SideName, check_distinct, check_sum
from stationsim.spec import Fraction, Spec

HOURS_PER_DAY = 24
SHARE_SUM_TOLERANCE = 1e-9
"""How far the sum of hourly shares may be from 1."""

MOST_DIRECTIONS = 4
"""Most carriageways of a station; two are built, four stand where expressways cross."""


def _sums_to_one(shares: tuple[float, ...]) -> tuple[float, ...]:
    total = math.fsum(shares)
    if abs(total - 1) > SHARE_SUM_TOLERANCE:
        raise ValueError(f"must sum to 1, got a sum of {total:.10g}; shares are never rescaled")
    return shares


HourlyShape = Annotated[
    tuple[Fraction, ...],
    Field(min_length=HOURS_PER_DAY, max_length=HOURS_PER_DAY),
    AfterValidator(_sums_to_one),
]
"""Share of a day in each civil hour, 0 to 23; sums to 1."""


class DirectionSpec(Spec):
    """One carriageway: its part of the vehicles, and when they come.

    Shapes only split the vehicles of each hour between the carriageways; how many there are in all stays with
    the vehicles of the day and its own shape. In an hour the part of a carriageway is in proportion to its
    ``share`` times its shape's entry; a carriageway without a shape has that of the day. Over a whole day its
    part is its ``share`` where the shapes, weighted by their shares, make the shape of the day. In an hour
    for which all shapes have nothing the shares alone hold.
    """

    name: SideName
    """Short name of the carriageway, such as the place it leads to; ``side`` of groups of posts names it."""

    share: Fraction
    """Share of the entering vehicles [-]; all sum to 1."""

    hourly_shape: HourlyShape | None = None
    """Share of its vehicles in each hour of a day; splits each hour's vehicles; null: as the day's own."""


def check_directions(directions: tuple[DirectionSpec, ...]) -> tuple[DirectionSpec, ...]:
    """Refuse a single carriageway, too many, two of one name, and shares that do not sum to one."""
    if not directions:
        return directions
    if not 2 <= len(directions) <= MOST_DIRECTIONS:
        raise ValueError(
            f"directions must be 2 to {MOST_DIRECTIONS}, got {len(directions)}; "
            "leave them out where all vehicles reach all posts"
        )
    check_distinct("names of directions", [direction.name for direction in directions])
    check_sum("shares of directions", [direction.share for direction in directions])
    return directions
