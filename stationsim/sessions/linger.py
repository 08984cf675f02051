"""How long cars stay at their post after charging: as a file tells it, or at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stationsim.sessions.spread import Array, Spread, spread_of

if TYPE_CHECKING:
    import pandas as pd

LEAST_LINGER_MINUTES = 1.0
"""Cars that stay no longer than this after charging [min] leave at once; files are written to the minute."""

FEWEST_STAYS = 50
"""Sessions whose time after charging is known that a fit needs."""


@dataclass(frozen=True)
class Linger:
    """Cars that stay after charging."""

    known: int
    """Sessions that it was taken from."""
    share: float
    """Share of them that stayed longer than `LEAST_LINGER_MINUTES` [-]."""
    minutes: Spread | None
    """How long those stayed; None where nobody did."""


def measured_linger(frame: pd.DataFrame) -> Linger | None:
    """Return how long cars stayed after charging; None where too few sessions tell when it ended.

    Parameters
    ----------
    frame
        Sessions.
    """
    return _linger((frame["stay_minutes"] - frame["charging_minutes"]).to_numpy(dtype=float))


def most_linger(frame: pd.DataFrame) -> Linger | None:
    """Return how long cars can have stayed after charging at most; None where too few sessions tell a power.

    Parameters
    ----------
    frame
        Sessions.

    Notes
    -----
    Charging takes at least the energy over the highest power that is known, the session's own or that of its
    post. Cars charge more slowly for most of a session, so that they stay shorter than this, if at all.
    """
    highest_kw = np.fmin(frame["pmax_kw"].to_numpy(dtype=float), frame["post_kw"].to_numpy(dtype=float))
    least_minutes = frame["energy_kwh"].to_numpy(dtype=float) / highest_kw * 60
    return _linger(frame["stay_minutes"].to_numpy(dtype=float) - least_minutes)


def _linger(after: Array) -> Linger | None:
    """Return the share and the spread of minutes after charging, NaN where unknown."""
    known = after[np.isfinite(after)]
    if len(known) < FEWEST_STAYS:
        return None
    stays = known[known > LEAST_LINGER_MINUTES]
    return Linger(len(known), len(stays) / len(known), spread_of(stays) if len(stays) else None)
