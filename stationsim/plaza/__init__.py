"""The charging plaza as discrete events: arrivals, one queue, posts, sessions along closed-form curves."""

from stationsim.plaza.plaza import Plaza
from stationsim.plaza.rules import Rules

__all__ = ["Plaza", "Rules"]
