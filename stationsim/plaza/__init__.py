"""The charging plaza as discrete events: arrivals, one queue, posts, sessions along closed-form curves."""

from stationsim.plaza.plaza import Plaza

__all__ = ["Plaza"]
