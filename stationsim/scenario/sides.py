"""Carriageways and posts that must fit each other."""

from __future__ import annotations

from collections.abc import Sequence

from stationsim.models.charging import ChargingSpec
from stationsim.scenario.suggest import nearest
from stationsim.traffic.directions import DirectionSpec


def check_sides(charging: ChargingSpec, directions: Sequence[DirectionSpec]) -> None:
    """Refuse posts on carriageways that do not exist, and vehicles that find no bay on theirs.

    Parameters
    ----------
    charging
        The charging plaza.
    directions
        Carriageways that the vehicles come on; empty where all vehicles reach all posts.

    Raises
    ------
    ValueError
        A side is unknown, or a class of vehicles has no bay on a carriageway.
    """
    names = [direction.name for direction in directions]
    for number, group in enumerate(charging.groups):
        if group.side is not None and group.side not in names:
            raise ValueError(_unknown_side(number, group.side, names))
    classes = dict.fromkeys(vehicle.vehicle_class for vehicle in charging.vehicles if vehicle.share > 0)
    for side in (direction.name for direction in directions if direction.share > 0):
        fits = {name for group in charging.groups if group.side in (None, side) for name in group.classes}
        shut_out = [name for name in classes if name not in fits]
        if shut_out:
            raise ValueError(
                f"charging.groups must have bays for class {shut_out[0]} on side {side}, got none; "
                "name it in the classes of a group on that side, or of one without a side"
            )


def _unknown_side(number: int, side: str, names: Sequence[str]) -> str:
    """Say what is wrong with a side, and which was probably meant."""
    key = f"charging.groups[{number}].side"
    if not names:
        return f"{key} must be null without traffic.directions, got '{side}'; describe the carriageways there"
    near = nearest(side, names)
    hint = f"did you mean '{near}'?" if near else f"one of {', '.join(names)}"
    return f"{key} must be one of traffic.directions, got '{side}'; {hint}"
