"""Planners look ahead now and then and hand set-points to the real-time rule."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from stationsim.control.forecast import Forecast
from stationsim.control.spec import ControlSpec, PreCoolingSpec
from stationsim.errors import ModelError


class SiteState(NamedTuple):
    """What a planner may know of the site: meters and counters, nothing of a car's mind."""

    battery_kwh: float
    """Energy in the battery [kWh]."""
    temp_zone_degc: float
    """Air temperature of the zones, their mean by floor area [degC]."""
    equalisation_tank_m3: float
    """Wastewater that waits for treatment [m3]."""
    reuse_tank_m3: float
    """Treated water in store [m3]."""
    posts_busy: int
    """Posts with a vehicle."""
    queue_length: int
    """Vehicles that wait for a post."""


PerStep = float | Sequence[float]
"""One number for the whole plan, or one for each step until the next."""


class Plan(NamedTuple):
    """Set-points until the next plan; ``None`` and infinities leave the real-time rule free."""

    battery_kw: float | None = None
    """Battery power, charging positive [kW]; ``None``: follow the balance of the site."""
    ev_cap_kw: float = math.inf
    """Most power of the plaza at the busbar [kW]."""
    treatment_cap_kw: float = math.inf
    """Most power of treatment that can wait [kW]; a tank above its high alarm is treated all the same."""
    cooling_set_point_degc: PerStep | None = None
    """Cooling set point of all zones [degC]; ``None``: the scenario's."""
    heating_set_point_degc: PerStep | None = None
    """Heating set point of all zones [degC]; ``None``: the scenario's."""
    cooling_offset_k: PerStep = 0.0
    """Added to the cooling set point of each zone; below zero is pre-cooling [K]."""
    heating_offset_k: PerStep = 0.0
    """Added to the heating set point of each zone [K]."""

    @property
    def moves_set_points(self) -> bool:
        """Whether it asks for other set points than the scenario's."""
        return any(getattr(self, name) != getattr(FREE, name) for name in SET_POINTS)


FREE = Plan()
"""The plan that leaves everything to the real-time rule."""

SET_POINTS = ("cooling_set_point_degc", "heating_set_point_degc", "cooling_offset_k", "heating_offset_k")
"""What a plan may say of the zones, as one number or one for each step."""


def check_plan(plan: Plan, day: dt.date, n_steps: int) -> None:
    """Refuse a plan that is no set of numbers; one that asks for too much is cut by the real-time rule.

    Parameters
    ----------
    plan
        What a planner answered.
    day
        The civil day it is for.
    n_steps
        Number of steps of that day.

    Raises
    ------
    ModelError
        A set-point is not a finite number or has not one number for each step, or a cap is not a number of
        zero or more.
    """
    for name in ("ev_cap_kw", "treatment_cap_kw"):
        cap_kw = getattr(plan, name)
        if not cap_kw >= 0:
            raise ModelError(f"plan of {day}: {name} must be zero or more, got {cap_kw}")
    if plan.battery_kw is not None and not math.isfinite(plan.battery_kw):
        raise ModelError(f"plan of {day}: battery_kw must be a finite number or None, got {plan.battery_kw}")
    for name in SET_POINTS:
        value = getattr(plan, name)
        if value is None:
            continue
        if isinstance(value, Sequence) and len(value) != n_steps:
            raise ModelError(f"plan of {day}: {name} must be one number or {n_steps}, got {len(value)}")
        for number in value if isinstance(value, Sequence) else (value,):
            if not math.isfinite(number):
                raise ModelError(f"plan of {day}: {name} must be a finite number or None, got {number}")


class Planner(Protocol):
    """Decides set-points from the state and a forecast; keeps no hidden view of the future.

    The forecast holds the generation ``pv_kw``, the scheduled loads ``firm_kw`` and the outdoor temperature
    ``temp_air`` of the last 24 hours, as if they came again, the published ``price_per_kwh``, and the
    ``civil_hour`` at which each step begins.
    """

    def plan(self, now_s: int, state: SiteState, forecast: Forecast) -> Plan:
        """Return the set-points from ``now_s`` [s from the start] until the next call."""
        ...


class SelfConsumption:
    """Leave power to the real-time rule: loads first, then the battery, then the grid.

    Parameters
    ----------
    pre_cooling
        When to cool below the set points; ``None``: never.
    """

    def __init__(self, pre_cooling: PreCoolingSpec | None = None) -> None:
        self.pre_cooling = pre_cooling

    def plan(self, now_s: int, state: SiteState, forecast: Forecast) -> Plan:  # noqa: ARG002
        """Return the empty plan, or one that cools ahead."""
        if self.pre_cooling is None:
            return Plan()
        return Plan(cooling_offset_k=pre_cooling_k(self.pre_cooling, forecast))


def pre_cooling_k(spec: PreCoolingSpec, forecast: Forecast) -> tuple[float, ...]:
    """Return what to add to the cooling set points in each step of a forecast, zero or less [K].

    Parameters
    ----------
    spec
        How far, and when.
    forecast
        With ``civil_hour``, ``pv_kw`` and ``firm_kw``.
    """
    hour = forecast["civil_hour"]
    lowered = np.ones(len(hour), dtype=bool)
    if spec.start is not None and spec.end is not None:
        after, before = hour >= spec.start, hour < spec.end
        lowered = after & before if spec.start < spec.end else after | before
    if spec.while_surplus:
        lowered &= forecast["pv_kw"] > forecast["firm_kw"]
    return tuple(np.where(lowered, -spec.lower_by_k, 0.0).tolist())


def planner_of(spec: ControlSpec) -> Planner:
    """Return the planner a scenario names."""
    return {"self_consumption": SelfConsumption}[spec.strategy](spec.pre_cooling)
