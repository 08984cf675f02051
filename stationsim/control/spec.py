"""The scenario's ``control`` section."""

from __future__ import annotations

from typing import Literal

from stationsim.spec import Spec


class ControlSpec(Spec):
    """How the site decides."""

    strategy: Literal["self_consumption"] = "self_consumption"
    """Planner: ``self_consumption`` stores what the sun leaves over and uses it before the grid is asked."""
