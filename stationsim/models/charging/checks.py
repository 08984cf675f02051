"""Rules that several parts of the ``charging`` section share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from stationsim.spec import Identifier

SHARE_TOLERANCE = 1e-9
"""How far shares that must sum to one may miss it [-]."""

MOST_SPREAD = 10.0
"""Refuse standard deviations of more means than this [-]; more is a slip of the unit."""

VehicleClassName = Literal["car", "bus", "truck"]
VEHICLE_CLASSES: tuple[VehicleClassName, ...] = ("car", "bus", "truck")
"""Classes of vehicles; a code of a class is its place here."""


ENDINGS_OF_NUMBERS = ("holiday", "ordinary", "per_day", "per_year")
"""What numbers of a run end in that hold for kinds of days or for a time; names of parts must not."""


def check_ending(name: str) -> str:
    """Refuse the name of a part of the plaza with which a number would look like another one."""
    for ending in ENDINGS_OF_NUMBERS:
        if f"_{name}".endswith(f"_{ending}"):
            raise ValueError(f"must not end in {ending}, as numbers of a run do, got {name}")
    return name


PartName = Annotated[Identifier, AfterValidator(check_ending)]
"""A short name of a group of posts or a carriageway, which names of numbers end in."""


WAITS_OF = ("all", *VEHICLE_CLASSES)
"""Whose waits a run tells beside those of each carriageway, under names of the same form."""


def check_side_name(name: str) -> str:
    """Refuse the name of a carriageway whose waits would be called as those of others."""
    if name in WAITS_OF:
        raise ValueError(f"must not be one of {', '.join(WAITS_OF)}, whose waits a run tells too, got {name}")
    return name


SideName = Annotated[PartName, AfterValidator(check_side_name)]
"""A short name of a carriageway."""


def check_sum(what: str, shares: list[float] | tuple[float, ...]) -> None:
    """Refuse shares that do not sum to one."""
    total = sum(shares)
    if abs(total - 1) > SHARE_TOLERANCE:
        raise ValueError(f"{what} must sum to 1, got {total:.10g}")


def check_distinct(what: str, names: list[str]) -> None:
    """Refuse names that are equal, also where only their case differs."""
    folded = [name.casefold() for name in names]
    twice = sorted({name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1})
    if twice:
        raise ValueError(f"{what} must differ by more than case, got {', '.join(twice)} twice")


def check_spread(what: str, sd: float, of: str, mean: float) -> None:
    """Refuse a standard deviation that is out of all proportion to its mean."""
    if sd > MOST_SPREAD * mean:
        raise ValueError(f"{what} must be at most {MOST_SPREAD:g} times {of} {mean:g}, got {sd:g}")
