"""What the loop writes down, and the Results that are made of it."""

from stationsim.record.made import results_of
from stationsim.record.rows import Record

__all__ = ["Record", "results_of"]
