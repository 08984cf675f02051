"""Planners look ahead now and then and hand set-points to the real-time rule."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple, Protocol

from stationsim.control.forecast import Forecast
from stationsim.control.spec import ControlSpec
from stationsim.errors import ModelError


class SiteState(NamedTuple):
    """What a planner may know of the site: meters and counters, nothing of a car's mind."""

    battery_kwh: float
    """Energy in the battery [kWh]."""
    temp_zone_degc: float
    """Air temperature of the building [degC]."""
    equalisation_tank_m3: float
    """Wastewater that waits for treatment [m3]."""
    reuse_tank_m3: float
    """Treated water in store [m3]."""
    posts_busy: int
    """Posts with a vehicle."""
    queue_length: int
    """Vehicles that wait for a post."""


class Plan(NamedTuple):
    """Set-points until the next plan; ``None`` and infinities leave the real-time rule free."""

    battery_kw: float | None = None
    """Battery power, charging positive [kW]; ``None``: follow the balance of the site."""
    ev_cap_kw: float = math.inf
    """Most power of the plaza at the busbar [kW]."""
    treatment_cap_kw: float = math.inf
    """Most power of treatment that can wait [kW]; a tank above its high alarm is treated all the same."""
    cooling_set_point_degc: float | None = None
    """Cooling set point [degC]; ``None``: the scenario's."""
    heating_set_point_degc: float | None = None
    """Heating set point [degC]; ``None``: the scenario's."""


def check_plan(plan: Plan, day: dt.date) -> None:
    """Refuse a plan that is no set of numbers; one that asks for too much is cut by the real-time rule.

    Raises
    ------
    ModelError
        A set-point is not a finite number, or a cap is not a number of zero or more.
    """
    for name in ("ev_cap_kw", "treatment_cap_kw"):
        cap_kw = getattr(plan, name)
        if not cap_kw >= 0:
            raise ModelError(f"plan of {day}: {name} must be zero or more, got {cap_kw}")
    for name in ("battery_kw", "cooling_set_point_degc", "heating_set_point_degc"):
        value = getattr(plan, name)
        if value is not None and not math.isfinite(value):
            raise ModelError(f"plan of {day}: {name} must be a finite number or None, got {value}")


class Planner(Protocol):
    """Decides set-points from the state and a forecast; keeps no hidden view of the future.

    The forecast holds the generation ``pv_kw``, the scheduled loads ``firm_kw`` and the outdoor temperature
    ``temp_air`` of the last 24 hours, as if they came again, and the published ``price_per_kwh``.
    """

    def plan(self, now_s: int, state: SiteState, forecast: Forecast) -> Plan:
        """Return the set-points from ``now_s`` [s from the start] until the next call."""
        ...


class SelfConsumption:
    """Leave everything to the real-time rule: loads first, then the battery, then the grid."""

    def plan(self, now_s: int, state: SiteState, forecast: Forecast) -> Plan:  # noqa: ARG002
        """Return the empty plan."""
        return Plan()


def planner_of(spec: ControlSpec) -> Planner:
    """Return the planner a scenario names."""
    return {"self_consumption": SelfConsumption}[spec.strategy]()
