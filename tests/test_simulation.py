"""The loop keeps its promises: for every scenario shipped, over random stations and under random plans."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stationsim import simulation
from stationsim.control.planner import Plan
from stationsim.errors import ModelError
from stationsim.models.charging import PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza import Plaza
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from stationsim.traffic.evs import EvArrivals
from tests.promises import check_promises
from tests.random_plazas import plazas_and_traffic
from tests.random_scenarios import grid, scenarios, station

SCENARIOS = Path(__file__).parent.parent / "scenarios"

RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
"""Runs of a simulation take tens of milliseconds; the same ones each time, so that a red test stays red."""

SHORT = ["period.start=2025-01-30", "period.end=2025-02-01"]

plans = st.builds(
    Plan,
    battery_kw=st.none() | st.floats(-2000, 2000),
    ev_cap_kw=st.just(float("inf")) | st.floats(0, 300),
    treatment_cap_kw=st.just(float("inf")) | st.floats(0, 10),
    cooling_set_point_degc=st.none() | st.floats(10, 30),
    heating_set_point_degc=st.none() | st.floats(10, 30),
    cooling_offset_k=st.just(0.0) | st.floats(-5, 5),
    heating_offset_k=st.just(0.0) | st.floats(-5, 5),
)
"""Plans that bring set-points together or past each other, ask for any power and hold vehicles back."""


class Script:
    """A planner that reads its plans from a list, over and over."""

    def __init__(self, script: list[Plan]) -> None:
        self.script = script
        self.calls = 0

    def plan(self, *_: Any) -> Plan:
        self.calls += 1
        return self.script[(self.calls - 1) % len(self.script)]


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("step_minutes", [5, 60])
def test_every_scenario_keeps_every_promise(path: Path, step_minutes: int) -> None:
    overrides = [*SHORT, f"simulation.step_minutes={step_minutes}"]
    scenario = Scenario.from_yaml(path, overrides=overrides)
    results = simulate(scenario, base=path.parent)
    check_promises(scenario, results)
    assert results.energy_kwh("pv_kw") > 0
    assert not results.sessions.empty


@RANDOM
@given(scenario=scenarios())
def test_random_stations_keep_every_promise(scenario: Scenario) -> None:
    check_promises(scenario, simulate(scenario))


@RANDOM
@given(scenario=scenarios(), script=st.lists(plans, min_size=1, max_size=2))
def test_random_plans_break_no_promise(scenario: Scenario, script: list[Plan]) -> None:
    check_promises(scenario, simulate(scenario, planner=Script(script)))


@settings(RANDOM, max_examples=8)
@given(sections=plazas_and_traffic())
def test_charging_of_an_hour_does_not_depend_on_the_step(sections: dict[str, Any]) -> None:
    """With power for all and no weather at the cars, each hour has the same energy to the last digits."""
    sections["charging"] |= {"cold_packs": None, "cabin_kw": None}
    hourly = []
    for step_minutes in (1, 5, 60):
        simulation = {"step_minutes": step_minutes, "seed": 5}
        steps = simulate(station(**sections, grid=grid(20_000, 0), simulation=simulation)).steps
        assert not steps["ev_throttled_kwh"].any()
        hourly.append(steps["charging_kw"].to_numpy().reshape(48, -1).mean(axis=1))
    assert hourly[0] == pytest.approx(hourly[1], rel=1e-9, abs=1e-9)
    assert hourly[0] == pytest.approx(hourly[2], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("step_minutes", [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60])
def test_every_step_length_keeps_every_promise(step_minutes: int) -> None:
    scenario = station(
        period={"start": "2025-07-01", "end": "2025-07-01"},
        grid=grid(60, 20, transformer_kva=250),
        simulation={"step_minutes": step_minutes, "seed": 3},
    )
    check_promises(scenario, simulate(scenario))


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (Plan(battery_kw=float("nan")), "battery_kw"),
        (Plan(ev_cap_kw=float("nan")), "ev_cap_kw"),
        (Plan(ev_cap_kw=-1.0), "ev_cap_kw"),
        (Plan(treatment_cap_kw=float("nan")), "treatment_cap_kw"),
        (Plan(treatment_cap_kw=-1.0), "treatment_cap_kw"),
        (Plan(cooling_set_point_degc=float("inf")), "cooling_set_point_degc"),
        (Plan(heating_set_point_degc=float("-inf")), "heating_set_point_degc"),
        (Plan(cooling_offset_k=(0.0,) * 95 + (float("nan"),)), "cooling_offset_k"),
        (Plan(heating_offset_k=(0.0,) * 95), "heating_offset_k"),
        (Plan(cooling_set_point_degc=[26.0, 25.0]), "cooling_set_point_degc"),
    ],
)
def test_a_plan_that_is_no_set_of_numbers_ends_the_run(plan: Plan, name: str) -> None:
    with pytest.raises(ModelError, match=f"plan of 2025-06-01: {name} must be"):
        simulate(station(), planner=Script([plan]))


def test_the_planner_is_asked_once_a_civil_day_and_progress_told_after_each() -> None:
    asked, told = Script([Plan()]), []
    simulate(station(), planner=asked, progress=lambda *done: told.append(done))
    assert asked.calls == 2
    assert told == [(1, 2), (2, 2)]


def step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play each step alone, ample where it was."""
    stretches = simulation._stretches

    def alone(*args: Any) -> Iterator[tuple[int, int, bool]]:
        for start, stop, ample in stretches(*args):
            yield from ((step, step + 1, ample) for step in range(start, stop))

    monkeypatch.setattr(simulation, "_stretches", alone)


def never_ample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each step its own limits."""
    alone = [(step, step + 1, False) for step in range(2000)]
    monkeypatch.setattr(simulation, "_stretches", lambda plaza, room_kw, step_s: alone[: len(room_kw)])


PLANS = {
    "open": Plan(),
    "set-points past each other": Plan(cooling_set_point_degc=18.0, heating_set_point_degc=24.0),
    "capped": Plan(ev_cap_kw=40.0, battery_kw=30.0),
    "discharging": Plan(battery_kw=-80.0, cooling_set_point_degc=20.0, heating_set_point_degc=20.0),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("month", ["01", "07"])
def test_a_stretch_of_ample_steps_is_its_steps_one_by_one(
    plan: Plan, month: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"start": f"2025-{month}-10", "end": f"2025-{month}-11"}
    scenario = station(period=days, simulation={"step_minutes": 5, "seed": 2})
    together = simulate(scenario, planner=Script([plan]))
    step_by_step(monkeypatch)
    alone = simulate(scenario, planner=Script([plan]))
    assert alone.result_hash() == together.result_hash()
    never_ample(monkeypatch)
    limited = simulate(scenario, planner=Script([plan]))
    assert same_but_for_the_cap(limited, together)


def same_but_for_the_cap(one: Results, other: Results) -> bool:
    """Compare two runs bit by bit, apart from the limit of the plaza, which is infinite where it is ample."""
    pd.testing.assert_frame_equal(one.sessions, other.sessions, check_exact=True)
    ours, theirs = (results.steps.drop(columns="plaza_cap_kw") for results in (one, other))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    return True


@settings(RANDOM, max_examples=15)
@given(scenario=scenarios(), plan=plans)
def test_ample_is_ample_whatever_the_station_and_the_plan(scenario: Scenario, plan: Plan) -> None:
    together = simulate(scenario, planner=Script([plan]))
    with pytest.MonkeyPatch.context() as monkeypatch:
        never_ample(monkeypatch)
        limited = simulate(scenario, planner=Script([plan]))
    assert same_but_for_the_cap(limited, together)


def plaza_with(times_s: list[int]) -> Plaza:
    """Return five posts, to which cars come that can draw 100 kW each."""
    cars, none = np.array(times_s, dtype=int), np.zeros(len(times_s))
    arrivals = EvArrivals(cars, cars * 0, none + 0.1, none + 0.9, none + np.inf)
    posts = PostGroup(name="fast", posts=5, power_kw=100, efficiency=1.0)
    return Plaza([posts], [ChargeCurve(50.0, [0.0, 1.0], [200.0, 200.0])], arrivals)


def stretches(plaza: Plaza, room_kw: list[float]) -> list[tuple[int, int, bool]]:
    """Cut steps of five minutes; the plaza stands still."""
    return list(simulation._stretches(plaza, room_kw, 300))


def test_room_for_all_posts_is_one_stretch() -> None:
    assert stretches(plaza_with([10, 20, 30]), [501.0] * 7) == [(0, 7, True)]
    assert stretches(plaza_with([]), [501.0, 501.0, -1.0, 501.0]) == [
        (0, 2, True),
        (2, 3, False),
        (3, 4, True),
    ]


@pytest.mark.parametrize(("room_kw", "ample"), [(201.0, True), (200.0, False), (199.0, False)])
def test_cars_that_come_in_the_next_quarter_of_an_hour_need_room(room_kw: float, ample: bool) -> None:
    """Two come before 900 s; the one on the edge belongs to the next stretch."""
    first, *_ = stretches(plaza_with([0, 899, 900]), [room_kw] * 6)
    assert first == ((0, 3, True) if ample else (0, 1, False))


@pytest.mark.parametrize(("room_kw", "ample"), [(401.0, True), (400.0, False)])
def test_cars_at_posts_need_room_too(room_kw: float, ample: bool) -> None:
    """Three charge since the first second and one comes."""
    plaza = plaza_with([0, 0, 0, 500])
    plaza.advance(1)
    assert (plaza.posts_busy, plaza.waiting) == (3, 0)
    first, *_ = stretches(plaza, [room_kw] * 3)
    assert first == ((0, 3, True) if ample else (0, 1, False))
