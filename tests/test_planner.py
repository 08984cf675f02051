"""Planners see meters, counters and the past, and nothing of what is to come."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stationsim import simulation
from stationsim.clock import Clock
from stationsim.control.forecast import Forecast, like_the_last_day
from stationsim.control.planner import Plan, SelfConsumption, SiteState, planner_of
from stationsim.control.spec import ControlSpec
from stationsim.simulation import simulate
from stationsim.solar import Generation
from stationsim.traffic.evs import EvArrivals
from stationsim.world import World, build_world
from tests.random_scenarios import grid, station

DAYS, STEPS_PER_DAY = 4, 96
PERIOD = {"start": "2025-07-01", "end": "2025-07-04"}


class Probe:
    """A planner that uses all it sees, and remembers what it was shown and what it answered."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, SiteState, dict[str, Any]]] = []
        self.plans: list[Plan] = []

    def plan(self, now_s: int, state: SiteState, forecast: Forecast) -> Plan:
        self.shown.append((now_s, state, {name: values.tolist() for name, values in forecast.items()}))
        surplus_kw = float(np.mean(forecast["pv_kw"] - forecast["firm_kw"]))
        warmth = float(np.max(forecast["temp_air"])) / 100 + float(np.mean(forecast["price_per_kwh"]))
        self.plans.append(
            Plan(
                battery_kw=surplus_kw + state.battery_kwh / 100 - state.queue_length,
                ev_cap_kw=200.0 + state.posts_busy + state.reuse_tank_m3,
                cooling_set_point_degc=25.0 + warmth / 10 + state.temp_zone_degc / 1000,
            )
        )
        return self.plans[-1]


def probed(monkeypatch: pytest.MonkeyPatch, alter: Callable[[World], World] = lambda world: world) -> Probe:
    """Play four days of July in a world that was altered."""
    probe = Probe()
    with monkeypatch.context() as patch:
        patch.setattr(simulation, "build_world", lambda *args, **more: alter(build_world(*args, **more)))
        simulate(station(period=PERIOD, grid=grid(300, 100)), planner=probe)
    assert len(probe.plans) == DAYS
    return probe


def changed_from(values: np.ndarray[Any, Any], step: int) -> np.ndarray[Any, Any]:
    """Return a series that is another one from a step on."""
    changed = values.copy()
    changed[step:] = changed[step:] * 0.3 + 3.0
    return changed


def weather(step: int) -> Callable[[World], World]:
    def alter(world: World) -> World:
        changed: dict[str, Any] = {}
        for name in ("pv_kw", "temp_air"):
            changed[name] = changed_from(getattr(world, name), step)
        changed["solar"] = Generation({"canopy": changed["pv_kw"]})
        changed["zones"] = {
            name: drives._replace(solar_w=changed_from(drives.solar_w, step))
            for name, drives in world.zones.items()
        }
        return dataclasses.replace(world, **changed)

    return alter


def visitors(step: int) -> Callable[[World], World]:
    """Alter the vehicles that come, and what they bring, from a step on."""

    def alter(world: World) -> World:
        assert world.evs is not None
        evs, after_s = vars(world.evs), step * world.clock.step_s
        keep = (world.evs.time_s < after_s) | (np.arange(len(world.evs)) % 2 == 0)
        loads = {name: values.copy() for name, values in world.loads.items()}
        loads["catering_kw"][step:] += 7.0
        firm_kw = sum(loads.values())
        fewer = EvArrivals(**{name: values[keep] for name, values in evs.items()})
        return dataclasses.replace(world, evs=fewer, loads=loads, firm_kw=firm_kw)

    return alter


def prices(step: int) -> Callable[[World], World]:
    def alter(world: World) -> World:
        price = world.price_per_kwh.copy()
        price[step:] *= 3
        return dataclasses.replace(world, price_per_kwh=price)

    return alter


@pytest.mark.parametrize("alter", [weather, visitors, prices])
@pytest.mark.parametrize("day", [1, 2, 3])
def test_altering_what_comes_leaves_every_plan_before_it(
    alter: Callable[[int], Callable[[World], World]], day: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, altered = probed(monkeypatch), probed(monkeypatch, alter(day * STEPS_PER_DAY))
    assert altered.plans[:day] == usual.plans[:day]
    assert altered.shown[:day] == usual.shown[:day]
    later = altered.plans != usual.plans
    assert later or day == DAYS - 1  # what is altered does tell, once it was seen


@pytest.mark.parametrize("alter", [weather, visitors])
def test_not_even_the_afternoon_of_the_day_is_foreseen(
    alter: Callable[[int], Callable[[World], World]], monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = STEPS_PER_DAY + STEPS_PER_DAY // 2
    usual, altered = probed(monkeypatch), probed(monkeypatch, alter(noon))
    assert altered.plans[:2] == usual.plans[:2]
    assert altered.plans[2] != usual.plans[2]


def test_a_planner_sees_meters_and_counters_and_five_series(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s, state, forecast = probed(monkeypatch).shown[2]
    assert now_s == 2 * 86400
    assert set(SiteState._fields) == {
        *("battery_kwh", "temp_zone_degc", "equalisation_tank_m3", "reuse_tank_m3"),
        *("posts_busy", "queue_length"),
    }
    assert all(isinstance(value, (int, float)) for value in state)
    assert set(forecast) == {"pv_kw", "firm_kw", "temp_air", "price_per_kwh", "civil_hour"}
    assert {len(values) for values in forecast.values()} == {STEPS_PER_DAY}


def test_the_forecast_is_the_day_before() -> None:
    values = np.arange(300.0)
    assert like_the_last_day(values, 96, 192, 96).tolist() == list(range(96))
    assert like_the_last_day(values, 192, 288, 96).tolist() == list(range(96, 192))


def test_the_first_day_holds_the_reading_at_its_start() -> None:
    assert like_the_last_day(np.array([5.0, 6.0, 7.0]), 0, 3, 96).tolist() == [5.0, 5.0, 5.0]


@pytest.mark.parametrize(("first_day", "hours"), [("2025-03-29", 23), ("2025-10-25", 25)])
def test_days_on_which_clocks_change_look_back_as_well(first_day: str, hours: int) -> None:
    day = np.datetime64(first_day).item()
    clock = Clock(
        day, day + (np.datetime64("2025-01-03") - np.datetime64("2025-01-01")).item(), 60, "Europe/Berlin"
    )
    edges = np.searchsorted(clock.civil_day, [0, 1, 2, 3]).tolist()
    assert edges[2] - edges[1] == hours
    values = np.arange(float(clock.n_steps))
    for begin, end in ((edges[1], edges[2]), (edges[2], edges[3])):
        expected = like_the_last_day(values, begin, end, 24)
        assert len(expected) == end - begin
        assert expected.max() < begin


def test_self_consumption_leaves_everything_to_the_rule() -> None:
    planner = planner_of(ControlSpec())
    assert isinstance(planner, SelfConsumption)
    assert planner.plan(0, SiteState(0, 0, 0, 0, 0, 0), {}) == Plan()
