"""What became of each car: one row an arrival."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.traffic.evs import EvArrivals

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = ("served", "balked", "reneged", "charging", "waiting")
"""What became of a car; its place here is the code in the table. At a post it is charging until it leaves."""
SERVED, BALKED, RENEGED, CHARGING, WAITING = range(len(OUTCOMES))
ENDS = ("", "target", "stop", "fault")
"""Why charging ended: not yet, the target was reached, the stop was over, or the post failed."""
UNENDED, AT_TARGET, AT_STOP, BY_FAULT = range(len(ENDS))
NOWHERE = -1
"""Group and post of a car that never reached one."""

NAN = float("nan")


class Ledger:
    """Notes on each car while the plaza runs; plain lists, which take single notes fastest.

    Parameters
    ----------
    arrivals
        The cars.
    """

    __slots__ = (
        "charge_end_s",
        "charged_soc",
        "end_s",
        "ended_by",
        "extra_kwh",
        "given_kwh",
        "group",
        "held_s",
        "outcome",
        "post",
        "start_s",
    )

    def __init__(self, arrivals: EvArrivals) -> None:
        number = len(arrivals)
        self.start_s = [NAN] * number
        self.charge_end_s = [NAN] * number
        self.end_s = [NAN] * number
        self.group = [NOWHERE] * number
        self.post = [NOWHERE] * number
        self.charged_soc = arrivals.soc_arrival.tolist()
        self.outcome = [WAITING] * number
        self.ended_by = [UNENDED] * number
        self.held_s = [0.0] * number
        self.extra_kwh = [0.0] * number
        self.given_kwh = [0.0] * number


def session_columns(
    ledger: Ledger,
    arrivals: EvArrivals,
    *,
    arrived: int,
    now_s: float,
    groups: Sequence[PostGroup],
    curves: Sequence[ChargeCurve],
    giving_efficiency: float = 1.0,
) -> dict[str, NDArray[Any]]:
    """Return one array per column of the sessions table, for the cars that have arrived.

    Notes
    -----
    Times are seconds from the clock's start. ``start_s``, when the car got its post, is NaN where it got
    none. ``charge_end_s`` is when it had charged, ``end_s`` when it left; both are NaN before. ``wait_s`` is
    the wait before getting a post or giving up, or so far. ``held_s`` is how long its post
    was kept free before it came.
    ``energy_kwh`` went into the car, ``energy_ac_kwh`` left the AC busbar, ``extra_ac_kwh`` of it for the
    cabin and the post's constant draw; ``given_kwh`` came back to the busbar; ``wanted_kwh`` is what the
    driver came for.
    """
    cars = slice(0, arrived)
    kind = arrivals.type_index[cars]
    usable_kwh = np.array([curve.usable_kwh for curve in curves], dtype=float)[kind]
    full = np.array([curve.full_soc for curve in curves], dtype=float)[kind]
    soc_arrival = arrivals.soc_arrival[cars]
    soc_target = np.maximum(np.minimum(arrivals.soc_target[cars], full), soc_arrival)
    start_s, end_s = np.array(ledger.start_s[cars], dtype=float), np.array(ledger.end_s[cars], dtype=float)
    group = np.array(ledger.group[cars], dtype=np.int64)
    charged_soc = np.array(ledger.charged_soc[cars], dtype=float)
    energy_kwh = (charged_soc - soc_arrival) * usable_kwh
    given_kwh = np.array(ledger.given_kwh[cars], dtype=float)
    efficiency = np.array([*(group.efficiency for group in groups), 1.0])[group]
    extra_kwh = np.array(ledger.extra_kwh[cars], dtype=float)
    time_s = arrivals.time_s[cars]
    left_queue_s = np.where(np.isnan(start_s), np.where(np.isnan(end_s), now_s, end_s), start_s)
    return {
        "arrival_s": time_s,
        "start_s": start_s,
        "charge_end_s": np.array(ledger.charge_end_s[cars], dtype=float),
        "end_s": end_s,
        "type_index": kind,
        "group_index": group,
        "post": np.array(ledger.post[cars], dtype=np.int64),
        "soc_arrival": soc_arrival,
        "soc_target": soc_target,
        "soc_departure": charged_soc - given_kwh / (giving_efficiency * usable_kwh),
        "energy_kwh": energy_kwh,
        "energy_ac_kwh": energy_kwh / efficiency + extra_kwh,
        "extra_ac_kwh": extra_kwh,
        "given_kwh": given_kwh,
        "wanted_kwh": (soc_target - soc_arrival) * usable_kwh,
        "wait_s": left_queue_s - time_s,
        "held_s": np.array(ledger.held_s[cars], dtype=float),
        "outcome": np.array(ledger.outcome[cars], dtype=np.int8),
        "ended_by": np.array(ledger.ended_by[cars], dtype=np.int8),
        "side": arrivals.side[cars],
        "is_booked": arrivals.is_booked[cars],
        "is_first": arrivals.is_first[cars],
    }


def frame_of(columns: dict[str, NDArray[Any]]) -> pd.DataFrame:
    """Return the sessions table as a frame, outcomes by name."""
    import pandas as pd

    frame = pd.DataFrame(columns)
    frame["outcome"] = pd.Categorical.from_codes(columns["outcome"], categories=list(OUTCOMES))
    frame["ended_by"] = pd.Categorical.from_codes(columns["ended_by"], categories=list(ENDS))
    return frame
