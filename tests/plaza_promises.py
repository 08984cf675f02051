"""What holds at the plaza in every run: no car is lost, no post serves two, no limit is passed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from stationsim.models.charging import PostGroup
from stationsim.plaza.outages import Outage, draw_outages
from stationsim.results import RESIDUAL_TOLERANCE, Results
from stationsim.scenario import Scenario
from tests.tolerances import ROUNDING_KW, ROUNDING_KWH

ROUNDING = pd.Timedelta(milliseconds=1)
"""Slack on moments: events lie on seconds as doubles, times in tables on nanoseconds."""

SOC_ROUNDING = 1e-9
"""Slack on states of charge [-]."""


def check_plaza(scenario: Scenario, results: Results) -> None:
    """Hold cars, posts and energy of a run against every count and every limit."""
    check_counts(results)
    if scenario.charging is None or results.sessions.empty:
        assert results.sessions.empty
        return
    check_posts(scenario, results)
    check_times(results)
    check_energy(scenario, results)
    check_power(scenario, results)
    check_turn(scenario, results)
    check_failures(scenario, results)
    check_giving(scenario, results)


def check_counts(results: Results) -> None:
    sessions, last = results.sessions, results.steps.iloc[-1]
    outcomes = sessions["outcome"].value_counts()
    here, waiting = outcomes.get("charging", 0), outcomes.get("waiting", 0)
    gone = sum(outcomes.get(name, 0) for name in ("served", "balked", "reneged"))
    assert len(sessions) == gone + here + waiting
    assert here == last["posts_busy"]
    assert waiting == last["queue_length"]
    staying = (sessions["outcome"] == "charging") & sessions["charge_end"].notna()
    assert staying.sum() == last["posts_blocked"]


def check_posts(scenario: Scenario, results: Results) -> None:
    """No more posts are taken than stand there, and none by two cars at once."""
    steps, charging = results.steps, scenario.charging
    assert charging is not None
    number = sum(group.posts for group in charging.groups)
    modules = sum(group.cabinets * group.cabinet.modules for group in charging.groups if group.cabinet)
    assert (steps["posts_busy"] + steps["posts_held"] <= number).all()
    assert (steps["posts_blocked"] <= steps["posts_busy"]).all()
    assert steps["posts_down"].max() <= number + SOC_ROUNDING
    assert steps["modules_down"].max() <= modules + SOC_ROUNDING
    never_fails = all(group.failures is None for group in charging.groups)
    if len(charging.groups) == 1 and never_fails and charging.groups[0].side is None:
        queued = steps[steps["queue_length"] > 0]
        assert (queued["posts_busy"] + queued["posts_held"] == number).all()
    if charging.max_queue is not None and charging.reservations is None:
        sides = max(len(scenario.traffic.directions), 1)
        assert steps["queue_length"].max() <= charging.max_queue * sides
    at_post = results.sessions[results.sessions["start"].notna()]
    for (name, post), cars in at_post.groupby(["group", "post"]):
        group = next(group for group in charging.groups if group.name == name)
        assert 0 <= post < group.posts
        assert cars["side"].isin([group.side]).all() or group.side is None
        in_order = cars.sort_values(["start", "end"])
        left, next_came = in_order["end"].iloc[:-1], in_order["start"].iloc[1:]
        assert left.notna().all()
        assert (left.to_numpy() <= next_came.to_numpy() + ROUNDING).all()


def check_times(results: Results) -> None:
    """Cars come, wait, get a post, charge and leave in this order; those without a post have none of it."""
    sessions, end_of_run = results.sessions, _end_of_run(results)
    at_post = sessions["start"].notna()
    assert (at_post == sessions["outcome"].isin(["served", "charging"])).all()
    assert (sessions["post"].ge(0) == at_post).all()
    assert (sessions["wait_minutes"] >= -1e-9).all()
    left_queue = sessions["start"].where(at_post, sessions["end"].fillna(end_of_run))
    waited = (left_queue - sessions["arrival"]).dt.total_seconds() / 60
    assert np.abs(waited - sessions["wait_minutes"]).max() <= 1e-4
    assert (sessions.loc[sessions["outcome"] == "balked", "wait_minutes"] == 0).all()
    chain = ["arrival", "start", "charge_end", "end"]
    moments = sessions.loc[at_post, chain].assign(end=lambda part: part["end"].fillna(end_of_run))
    moments["charge_end"] = moments["charge_end"].fillna(moments["end"])
    for before, after in pairwise(chain):
        assert (moments[before] <= moments[after] + ROUNDING).all(), (before, after)
    assert ((sessions["ended_by"] != "") == sessions["charge_end"].notna()).all()
    assert sessions.loc[sessions["outcome"] == "served", "end"].notna().all()
    assert sessions.loc[sessions["outcome"].isin(["charging", "waiting"]), "end"].isna().all()
    faults = sessions[sessions["ended_by"] == "fault"]
    assert (faults["end"] == faults["charge_end"]).all()


def check_energy(scenario: Scenario, results: Results) -> None:
    """Sessions add up to what the plaza drew, and none gets more than it wanted."""
    sessions, steps = results.sessions, results.steps
    drawn_kwh = (steps["charging_kw"] - steps["charger_standby_kw"]).sum() * results.dt_h
    booked_kwh = sessions["energy_ac_kwh"].sum()
    assert abs(drawn_kwh - booked_kwh) <= 1e-9 * max(drawn_kwh, booked_kwh, 1.0)
    given_kwh = results.energy_kwh("v2g_kw")
    assert abs(given_kwh - sessions["given_kwh"].sum()) <= 1e-9 * max(given_kwh, 1.0)
    assert sessions["energy_kwh"].min() >= 0
    assert (sessions["energy_kwh"] <= sessions["wanted_kwh"] + ROUNDING_KWH).all()
    assert not sessions.loc[sessions["start"].isna(), ["energy_ac_kwh", "given_kwh"]].any().any()
    content = sessions[sessions["ended_by"] == "target"]
    assert (content["energy_kwh"] >= content["wanted_kwh"] - ROUNDING_KWH).all()
    assert results.steps["charging_residual_kwh"].abs().max() <= RESIDUAL_TOLERANCE


def check_power(scenario: Scenario, results: Results) -> None:
    """No car takes more than its post gives, and no more than its stop lasts."""
    charging, sessions = scenario.charging, results.sessions
    assert charging is not None
    plugged_h = _charging_hours(results)
    for group in charging.groups:
        at_group = sessions["group"] == group.name
        flowing_h = np.maximum(plugged_h[at_group] - group.changeover_seconds / 3600, 0.0)
        most_kwh = flowing_h * group.power_kw
        assert (sessions.loc[at_group, "energy_kwh"] <= most_kwh + ROUNDING_KWH).all(), group.name
        extra_kwh = flowing_h * (group.active_kw + 20.0 / group.efficiency)
        assert (sessions.loc[at_group, "extra_ac_kwh"] <= extra_kwh + ROUNDING_KWH).all(), group.name
    assert (sessions["soc_departure"] <= sessions[["soc_target", "soc_arrival"]].max(axis=1) + 1e-9).all()


def check_turn(scenario: Scenario, results: Results) -> None:
    """Of cars that the same posts will do for, those of one rank get them in the order of their arrival."""
    charging, sessions = scenario.charging, results.sessions
    assert charging is not None
    class_of = {vehicle.type: vehicle.vehicle_class for vehicle in charging.vehicles}
    rank = np.where(sessions["booked"], 0, np.where(sessions["priority"], 1, 2))
    kinds = sessions.assign(rank=rank, vehicle_class=sessions["type"].map(class_of))
    served = kinds[kinds["start"].notna()]
    if any(group.failures is not None for group in charging.groups):
        served = served[~served["booked"]]  # who loses a held post stands behind those who have theirs
    for _, cars in served.groupby(["rank", "vehicle_class", "side"]):
        assert cars["start"].is_monotonic_increasing


def check_failures(scenario: Scenario, results: Results) -> None:
    """Nobody charges at a failed post, faults are when posts fail, and modules that fail give nothing."""
    charging, sessions = scenario.charging, results.sessions
    assert charging is not None
    zero, end_of_run = results.steps.index[0], _end_of_run(results)
    simulation = scenario.simulation
    events = draw_outages(
        charging.groups,
        (end_of_run - zero).total_seconds(),
        seed=simulation.seed,
        replication=simulation.replication,
    ).events
    charged = sessions["charge_end"].fillna(end_of_run)
    faults = 0
    for number, group in enumerate(charging.groups):
        for post in range(group.posts):
            cars = (sessions["group"] == group.name) & (sessions["post"] == post)
            for down, up in _outages(events, number, post, "post"):
                failed, mended = zero + pd.Timedelta(down, "s"), zero + pd.Timedelta(up, "s")
                during = (sessions["start"] < mended - ROUNDING) & (charged > failed + ROUNDING)
                assert not (cars & during).any(), (group.name, post)
                faults += ((charged - failed).abs() <= ROUNDING)[
                    cars & (sessions["ended_by"] == "fault")
                ].sum()
        if group.cabinet is not None:
            check_cabinets(group, number, results, events)
    assert faults == (sessions["ended_by"] == "fault").sum()


def check_cabinets(group: PostGroup, number: int, results: Results, events: tuple[Outage, ...]) -> None:
    """The cars of a cabinet take no more than its working modules give while one of them charges."""
    cabinet = group.cabinet
    assert cabinet is not None
    zero = results.steps.index[0]
    sessions = results.sessions[results.sessions["group"] == group.name]
    run_s = (_end_of_run(results) - zero).total_seconds()
    for place in range(group.cabinets):
        cars = sessions[sessions["post"] // cabinet.posts == place]
        changes = [(e.time_s, e.is_up) for e in events if (e.kind, *e[1:3]) == ("module", number, place)]
        starts = ((cars["start"] - zero).dt.total_seconds() + group.changeover_seconds).tolist()
        ends = ((cars["charge_end"] - zero).dt.total_seconds()).fillna(run_s).tolist()
        edges = np.unique(np.clip([0.0, run_s, *starts, *ends, *(time for time, _ in changes)], 0.0, run_s))
        middle = (edges[:-1] + edges[1:]) / 2
        charging = sum(
            ((middle > start) & (middle < end)).astype(int) for start, end in zip(starts, ends, strict=True)
        )
        working = cabinet.modules + sum((1 if is_up else -1) * (middle > time) for time, is_up in changes)
        modules = np.where(np.asarray(charging) > 0, working, 0)
        most_kwh = float((modules * np.diff(edges)).sum()) * cabinet.module_kw / 3600
        assert cars["energy_kwh"].sum() <= most_kwh + ROUNDING_KWH


def check_giving(scenario: Scenario, results: Results) -> None:
    """Cars give only while they stay, within what they may, and only what other cars take over the cap."""
    charging, sessions, steps = scenario.charging, results.sessions, results.steps
    assert charging is not None
    v2g = charging.v2g
    if v2g is None:
        assert not sessions["given_kwh"].any()
        return
    assert sessions["given_kwh"].min() >= 0
    stayed_h = (
        sessions["end"].fillna(_end_of_run(results)) - sessions["charge_end"]
    ).dt.total_seconds() / 3600
    assert (sessions["given_kwh"] <= stayed_h.fillna(0) * v2g.power_kw + ROUNDING_KWH).all()
    given = sessions[sessions["given_kwh"] > 0]
    assert (given["soc_departure"] >= v2g.soc_floor - SOC_ROUNDING).all()
    assert (steps["v2g_kw"] <= steps["charging_kw"] - steps["charger_standby_kw"] + ROUNDING_KW).all()


def _charging_hours(results: Results) -> pd.Series:
    """Return how long each car was at its post until it had charged, so far [h]; NaN without a post."""
    ends = results.sessions["charge_end"].fillna(_end_of_run(results))
    found: pd.Series = (ends - results.sessions["start"]).dt.total_seconds() / 3600
    return found


def _end_of_run(results: Results) -> pd.Timestamp:
    found: pd.Timestamp = results.steps.index[-1] + pd.Timedelta(hours=results.dt_h)
    return found


def _outages(events: tuple[Outage, ...], group: int, place: int, kind: str) -> Iterator[tuple[float, float]]:
    """Yield when a thing failed and was mended."""
    times = [
        event.time_s for event in events if (event.group, event.place, event.kind) == (group, place, kind)
    ]
    for down in range(0, len(times), 2):
        yield times[down], times[down + 1] if down + 1 < len(times) else 1e9
