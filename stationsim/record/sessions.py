"""The table of sessions of a played scenario, and what posts did beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.presence import mean_present

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.plaza import Plaza
    from stationsim.world import World

Array = NDArray[np.float64]
Columns = dict[str, Array]


def sessions_of(plaza: Plaza, world: World) -> pd.DataFrame:
    """Return one row for each electric vehicle that came, with civil times."""
    import pandas as pd

    from stationsim.plaza.outages import stays_at_failed_posts_s
    from stationsim.plaza.table import ENDS, OUTCOMES

    found = plaza.sessions()
    zero = world.clock.index[0]
    names = np.array([*(group.name for group in plaza.groups), ""], dtype=object)
    kinds = np.array(world.vehicle_types, dtype=object)
    sides = np.array(plaza.rules.sides or ("",), dtype=object)

    def moment(seconds: Array) -> pd.Series:
        return zero + pd.to_timedelta(pd.Series(seconds), unit="s")

    return pd.DataFrame(
        {
            "arrival": moment(found["arrival_s"]),
            "start": moment(found["start_s"]),
            "charge_end": moment(found["charge_end_s"]),
            "end": moment(found["end_s"]),
            "type": kinds[found["type_index"]] if len(kinds) else found["type_index"].astype(object),
            "group": names[found["group_index"]],
            "post": found["post"],
            "side": sides[found["side"]],
            **{name: found[name] for name in ("soc_arrival", "soc_target", "soc_departure")},
            **{name: found[name] for name in ("energy_kwh", "energy_ac_kwh", "extra_ac_kwh", "wanted_kwh")},
            "given_kwh": found["given_kwh"],
            "wait_minutes": found["wait_s"] / 60,
            "held_minutes": found["held_s"] / 60,
            "down_minutes": stays_at_failed_posts_s(plaza.outages, found, plaza.now_s) / 60,
            "outcome": np.array(OUTCOMES, dtype=object)[found["outcome"]],
            "ended_by": np.array(ENDS, dtype=object)[found["ended_by"]],
            "booked": found["is_booked"],
            "priority": found["is_first"],
        }
    )


def outages_of(plaza: Plaza, world: World) -> Columns:
    """Return how many posts and modules were out of service in the mean of each step; posts by group too."""
    clock, outages = world.clock, plaza.outages
    return {
        "posts_down": outages.posts_down(clock.step_s, clock.n_steps),
        "modules_down": outages.modules_down(clock.step_s, clock.n_steps),
        **{
            f"posts_down_{group.name}": outages.posts_down(clock.step_s, clock.n_steps, place)
            for place, group in enumerate(plaza.groups)
            if group.failures is not None
        },
    }


def holds_of(plaza: Plaza, world: World) -> Columns:
    """Return how many posts of each group were held in the mean of each step; nothing without bookings."""
    if not plaza.rules.booking_s:
        return {}
    edges_s = np.arange(world.clock.n_steps + 1, dtype=np.float64) * world.clock.step_s
    rows = [(hold.group, hold.begin_s, min(hold.end_s, edges_s[-1])) for hold in plaza.bays.holds]
    held_at, begin_s, end_s = np.array(rows, dtype=float).reshape(-1, 3).T
    return {
        f"posts_held_{group.name}": mean_present(
            (begin_s[held_at == place], end_s[held_at == place]), edges_s
        )
        for place, group in enumerate(plaza.groups)
    }
