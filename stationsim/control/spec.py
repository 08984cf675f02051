"""The scenario's ``control`` section."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from stationsim.spec import ClockHour, Flag, Number, Spec


class PreCoolingSpec(Spec):
    """Cool below the set point for a while, so that the building carries cold into dear hours."""

    lower_by_k: Annotated[Number, Field(gt=0, le=10)]
    """How far the cooling set points of all zones are lowered, up to 10 [K]."""
    start: ClockHour | None = None
    """Time of day from which they are lowered, HH:MM; without it and `end`, all day."""
    end: ClockHour | None = None
    """Time of day until which they are lowered, HH:MM; before `start`, on the next day."""
    while_surplus: Flag = False
    """Only while the last day had more sun than scheduled load at that time; default whatever the sun."""

    @model_validator(mode="after")
    def _says_when(self) -> PreCoolingSpec:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end must be given together, or neither")
        if self.start is not None and self.start == self.end:
            raise ValueError("end must differ from start; leave both out to lower it all day")
        if self.start is None and not self.while_surplus:
            raise ValueError(
                "must have start and end, or while_surplus; else lower the set points themselves"
            )
        return self


class ControlSpec(Spec):
    """How the site decides."""

    strategy: Literal["self_consumption"] = "self_consumption"
    """Planner: ``self_consumption`` stores what the sun leaves over and uses it before the grid is asked."""
    pre_cooling: PreCoolingSpec | None = None
    """Lower the cooling set points in some hours or while the sun leaves over; left out for none."""
