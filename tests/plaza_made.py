"""Plazas of a day with a handful of cars that a reader can follow on paper."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from stationsim.results import Results
from tests.fake_results import fake_results

CAR = {
    "start": None,
    "charge_end": None,
    "end": None,
    "type": "car",
    "group": "",
    "post": -1,
    "side": "",
    "soc_arrival": 0.3,
    "soc_target": 0.8,
    "soc_departure": 0.8,
    "energy_kwh": 0.0,
    "energy_ac_kwh": 0.0,
    "extra_ac_kwh": 0.0,
    "wanted_kwh": 40.0,
    "given_kwh": 0.0,
    "down_minutes": 0.0,
    "held_minutes": 0.0,
    "ended_by": "",
    "outcome": "served",
    "booked": False,
    "priority": False,
}
"""A car that says nothing else."""

TIMES = ("arrival", "start", "charge_end", "end")


def plaza(
    *cars: dict[str, Any], days: int = 1, traffic: dict[str, Any] | None = None, **charging: Any
) -> Results:
    """Return a run with these cars, their times in minutes from its midnight, and this charging section."""
    results = fake_results(days=days)
    zero = results.steps.index[0]
    frame = pd.DataFrame([CAR | car for car in sorted(cars, key=lambda car: car["arrival"])])
    left = frame["start"].fillna(frame["end"]).fillna(frame["arrival"])
    left = left.where(frame["outcome"] != "waiting", days * 1440.0)
    frame["wait_minutes"] = (left - frame["arrival"]).astype(float)
    for name in TIMES:
        minutes = pd.to_timedelta(frame[name].astype(float), unit="min")
        frame[name] = (zero + minutes).dt.as_unit("ns")
    groups = [{"name": "fast", "posts": 2, "power_kw": 120.0}]
    scenario = {**results.scenario, "charging": {"groups": groups, **charging}}
    if traffic is not None:
        scenario["traffic"] = traffic
    return dataclasses.replace(results, sessions=frame, scenario=scenario)


def giving_back(power_kw: float = 6.0) -> Results:
    """Return the fake day with cars that give back all day, in the place of import or for export."""
    results = fake_results()
    net_kw = results.steps["import_kw"] - results.steps["export_kw"] - power_kw
    steps = results.steps.assign(
        v2g_kw=power_kw, import_kw=net_kw.clip(lower=0.0), export_kw=-net_kw.clip(upper=0.0)
    )
    return dataclasses.replace(results, steps=steps)


def served(arrival: float, start: float, charge_end: float, end: float | None = None, **more: Any) -> Any:
    """Return a car that had a post of the group fast, with 40 kWh it wanted."""
    car = {"arrival": arrival, "start": start, "charge_end": charge_end, "group": "fast", "post": 0}
    end = charge_end if end is None else end
    return car | {"end": end, "energy_kwh": 40.0, "ended_by": "target", "outcome": "served"} | more


def reneged(arrival: float, end: float, **more: Any) -> Any:
    """Return a car that waited and left."""
    return {"arrival": arrival, "end": end, "outcome": "reneged"} | more


def balked(arrival: float, **more: Any) -> Any:
    """Return a car that did not join the queue."""
    return {"arrival": arrival, "outcome": "balked"} | more
