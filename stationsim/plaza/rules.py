"""The rules of a plaza: who waits, who is served, and what holds while power is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stationsim.models.charging import ColdPacks, VehicleToGridSpec


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of a plaza."""

    max_queue: int | None = None
    """A car that finds this many waiting on its side drives on; None for a queue without end."""
    minimum_kw: float = 0.0
    """Power kept for each charging car at the AC busbar while throttled [kW]."""
    cold: ColdPacks | None = None
    """How cold batteries charge; None where all are warm."""
    cabin_kw: Sequence[tuple[float, float]] = ()
    """Points of outdoor temperature [degC] and power for the cabin of a car [kW]; empty for none."""
    sides: Sequence[str] = ()
    """Names of the carriageways, in the order of ``EvArrivals.side``; empty where there is one."""
    reversing_s: float = 0.0
    """What buses and trucks take more at bays that are no drive-through [s]."""
    booking_s: float = 0.0
    """From this long before its arrival a post is held for a car that is booked [s]."""
    v2g: VehicleToGridSpec | None = None
    """How cars that stay give back; None where none does."""

    @property
    def cabin_most_kw(self) -> float:
        """Highest power for a cabin [kW]."""
        return max((power for _, power in self.cabin_kw), default=0.0)
