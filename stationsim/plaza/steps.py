"""The plaza within the loop: played step by step through a stretch, its rows written down."""

from __future__ import annotations

import math
import struct

import numpy as np
from numpy.typing import NDArray

from stationsim.plaza.plaza import Plaza

Array = NDArray[np.float64]

PLAZA_ROW = (
    *("charging_kwh", "plaza_cap_kw", "queue_length", "posts_busy", "posts_blocked", "ev_throttled_kwh"),
    *("charger_standby_kwh", "posts_held", "v2g_kwh"),
)
"""What a step of the plaza writes, in this order."""

PLAZA_WIDTH = len(PLAZA_ROW)

PACKED = struct.Struct(f"{PLAZA_WIDTH}d")
"""A row as bytes: packed while its numbers are fresh it costs a fraction of keeping them as objects."""

SECONDS_PER_HOUR = 3600


def play_plaza(
    plaza: Plaza, begin: int, end: int, cap_kw: float, step_s: int, rows: Array, net_kwh: Array
) -> None:
    """Play the plaza through a stretch of steps under one limit.

    Parameters
    ----------
    plaza
        The plaza, at the start of the stretch.
    begin, end
        First step of the stretch in its day, and the one after its last.
    cap_kw
        Limit at the AC busbar [kW].
    step_s
        Step length [s].
    rows
        Receives `PLAZA_WIDTH` numbers for each step of the day.
    net_kwh
        Receives the net energy drawn in each step [kWh].

    Notes
    -----
    An empty plaza is not asked again before the next vehicle comes.
    """
    board = plaza.board
    now_s, quiet_until_s, kwh = plaza.now_s, -math.inf, 0.0
    row: tuple[float, ...] = ()
    drawn: list[float] = []
    packed = bytearray()
    pack = PACKED.pack
    for _ in range(begin, end):
        now_s += step_s
        if now_s > quiet_until_s:
            if board.edge_s < now_s - step_s:
                plaza.advance(now_s - step_s, cap_kw)
            kwh = plaza.advance(now_s, cap_kw)
            row = _row(plaza, kwh, cap_kw)
            packed += pack(*row)
            drawn.append(kwh)
            if not board.active:
                quiet_until_s = plaza.next_event_s
                kwh = min(board.standby_kw, max(cap_kw, 0.0)) * step_s / SECONDS_PER_HOUR
                row = (kwh, *row[1:5], 0.0, kwh, row[7], 0.0)
        else:
            packed += pack(*row)
            drawn.append(kwh)
    if plaza.now_s < now_s:
        plaza.advance(now_s, cap_kw)
    rows[begin * PLAZA_WIDTH : end * PLAZA_WIDTH] = np.frombuffer(packed)
    net_kwh[begin:end] = drawn


def _row(plaza: Plaza, net_kwh: float, cap_kw: float) -> tuple[float, ...]:
    """Return what the record keeps of the plaza's last interval."""
    board = plaza.board
    return (
        net_kwh + board.given_kwh,
        cap_kw,
        plaza.waiting,
        plaza.posts_busy,
        plaza.posts_blocked,
        board.shortfall_kwh,
        board.standby_kwh,
        plaza.posts_held,
        board.given_kwh,
    )
