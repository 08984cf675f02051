"""How each group of posts is used: hours with a car, charging, blocked, held or down, and its energy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.cars import SECONDS_PER_HOUR, Cars, groups_of
from stationsim.kpis.energy import percent
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.results import joined

if TYPE_CHECKING:
    from stationsim.results import Results


@dataclass(frozen=True)
class Use:
    """What the posts of a group did in a run."""

    posts: int
    """Number of posts."""
    hours: float
    """Hours of all its posts [h]."""
    setting_up_h: float
    """Post hours with a car before power flows [h]."""
    charging_h: float
    """Post hours in which power flows or is put off [h]."""
    blocked_h: float
    """Post hours with a car that has done charging [h]."""
    held_h: float
    """Post hours kept free for bookings [h]."""
    down_h: float
    """Post hours in which the post had failed [h]."""
    down_with_car_h: float
    """Those of them in which a car that has done charging stayed [h]."""
    sessions: int
    """Vehicles that got a post."""
    car_kwh: float
    """Energy into their batteries [kWh]."""

    @property
    def with_car_h(self) -> float:
        """Return the post hours with a car [h]."""
        return self.setting_up_h + self.charging_h + self.blocked_h

    @property
    def out_h(self) -> float:
        """Return the post hours in which the post had failed and was without a car [h]."""
        return max(self.down_h - self.down_with_car_h, 0.0)

    @property
    def free_h(self) -> float:
        """Return the post hours in which a car could have come [h]."""
        return max(self.hours - self.with_car_h - self.held_h - self.out_h, 0.0)


def use_by_group(results: Results, cars: Cars) -> dict[str, Use]:
    """Return the use of each group of posts, exact from the times of sessions, bookings and failures."""
    return {
        str(row["name"]): _use(results, cars, str(row["name"]), int(row["posts"]))
        for row in groups_of(results)
    }


def use_of_all(uses: Iterable[Use]) -> Use:
    """Return the use of all posts together."""
    rows = list(uses)
    return Use(
        posts=sum(use.posts for use in rows),
        hours=sum(use.hours for use in rows),
        setting_up_h=sum(use.setting_up_h for use in rows),
        charging_h=sum(use.charging_h for use in rows),
        blocked_h=sum(use.blocked_h for use in rows),
        held_h=sum(use.held_h for use in rows),
        down_h=sum(use.down_h for use in rows),
        down_with_car_h=sum(use.down_with_car_h for use in rows),
        sessions=sum(use.sessions for use in rows),
        car_kwh=sum(use.car_kwh for use in rows),
    )


def post_kpis(results: Results, cars: Cars, days: int) -> Kpis:
    """Return the use of all posts and of each group, and how many of them work."""
    uses = use_by_group(results, cars)
    every = use_of_all(uses.values())
    return joined(
        _use_kpis(every, days),
        _held_kpis(results, every),
        _availability_kpis(results, uses),
        *(_group_kpis(group, use, days) for group, use in uses.items()),
    )


def _use(results: Results, cars: Cars, name: str, posts: int) -> Use:
    here = cars.plugged & (cars.group == name)
    edges = (cars.start_s, cars.power_s, cars.charge_end_s, cars.end_s)
    total = [float(times[here].sum()) / SECONDS_PER_HOUR for times in edges]
    return Use(
        posts=posts,
        hours=posts * cars.run_s / SECONDS_PER_HOUR,
        setting_up_h=total[1] - total[0],
        charging_h=total[2] - total[1],
        blocked_h=total[3] - total[2],
        held_h=float(results.step_column(f"posts_held_{name}").sum()) * results.dt_h,
        down_h=float(results.step_column(f"posts_down_{name}").sum()) * results.dt_h,
        down_with_car_h=float(cars.down_minutes[here].sum()) / 60,
        sessions=int(np.count_nonzero(here)),
        car_kwh=float(cars.energy_kwh[here].sum()),
    )


def _use_kpis(every: Use, days: int) -> Kpis:
    post_days = every.posts * days
    return {
        "post_utilisation": Kpi(
            percent(every.with_car_h, every.hours), "%", "Share of all post hours with a car plugged in."
        ),
        "post_blocked_share": Kpi(
            percent(every.blocked_h, every.hours),
            "%",
            "Share of all post hours blocked by a car that has done charging.",
        ),
        "sessions_per_post_day": Kpi(
            every.sessions / post_days if post_days else math.nan,
            "1/d",
            "Sessions that start at a post on the average day.",
        ),
        "kwh_per_post_day": Kpi(
            every.car_kwh / post_days if post_days else math.nan,
            "kWh/d",
            "Energy into cars at a post on the average day.",
        ),
    }


def _held_kpis(results: Results, every: Use) -> Kpis:
    if not (results.scenario.get("charging") or {}).get("reservations"):
        return {}
    info = "Share of all post hours kept free for bookings."
    return {"post_held_share": Kpi(percent(every.held_h, every.hours), "%", info)}


def _availability_kpis(results: Results, uses: Mapping[str, Use]) -> Kpis:
    """Return the shares of time that posts and power modules work, where any of them can fail.

    Notes
    -----
    A post that has failed does not work, also while a car that has done charging stays at it.
    """
    groups, found = groups_of(results), {}
    failing = [str(group["name"]) for group in groups if group.get("failures")]
    if failing:
        every = use_of_all(uses.values())
        info = "Share of all post hours in which the post had not failed."
        found["post_availability"] = Kpi(percent(every.hours - every.down_h, every.hours), "%", info)
    for name in failing:
        use = uses[name]
        info = f"Share of post hours of {name} in which the post had not failed."
        found[f"post_availability_{name}"] = Kpi(percent(use.hours - use.down_h, use.hours), "%", info)
    cabinets = [(group, group["cabinet"]) for group in groups if group.get("cabinet")]
    if any(cabinet.get("failures") for _, cabinet in cabinets):
        modules = sum(
            int(group["posts"]) // int(cabinet["posts"]) * int(cabinet["modules"])
            for group, cabinet in cabinets
        )
        down = float(results.step_column("modules_down").mean())
        info = "Share of all power modules' hours in which the module had not failed."
        found["module_availability"] = Kpi(percent(modules - down, modules), "%", info)
    return found


def _group_kpis(name: str, use: Use, days: int) -> Kpis:
    post_days = use.posts * days
    power_kw = use.car_kwh / use.charging_h if use.charging_h > 0 else math.nan
    return {
        f"post_utilisation_{name}": Kpi(
            percent(use.with_car_h, use.hours), "%", f"Share of post hours of {name} with a car plugged in."
        ),
        f"post_charging_{name}": Kpi(
            percent(use.charging_h, use.hours), "%", f"Share of post hours of {name} with a car that charges."
        ),
        f"sessions_per_post_day_{name}": Kpi(
            use.sessions / post_days, "1/d", f"Sessions that start at a post of {name} on the average day."
        ),
        f"kwh_per_post_day_{name}": Kpi(
            use.car_kwh / post_days, "kWh/d", f"Energy into cars at a post of {name} on the average day."
        ),
        f"kw_per_post_{name}": Kpi(
            power_kw, "kW", f"Mean power into the car at a post of {name} while it charges."
        ),
    }
