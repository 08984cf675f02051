"""What a plaza draws beside charging, and what holds cars back: standby, cabins, current, cold batteries."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.models.charging import ChargingSpec, ColdPacks, PostGroup
from stationsim.models.vehicles import ChargeCurve, load_vehicle_library
from stationsim.plant import most_of_all_posts_kw
from stationsim.plaza import Plaza, Rules
from stationsim.traffic.evs import EvArrivals, draw_evs, fleet_curves, fleet_voltages

FLAT = ChargeCurve(60.0, (0.0, 1.0), (120.0, 120.0))
"""Half an hour from empty to full."""
CABIN = ((-10.0, 3.0), (20.0, 0.0))
DAY_S = 86_400


def posts(number: int = 1, **change: Any) -> PostGroup:
    return PostGroup.model_validate(
        {"name": "post", "posts": number, "power_kw": 200.0, "efficiency": 1.0, **change}
    )


def cars(*times_s: int, soc: float = 0.0, target: float = 1.0, temp_degc: float = 20.0) -> EvArrivals:
    number = len(times_s)
    return EvArrivals(
        np.array(times_s, dtype=np.int64),
        np.zeros(number, dtype=np.int64),
        np.full(number, soc),
        np.full(number, target),
        np.full(number, math.inf),
        np.full(number, temp_degc),
    )


class TestStandby:
    def test_empty_plaza_draws_the_standby_of_its_posts(self) -> None:
        plaza = Plaza((posts(4, standby_kw=0.1),), (FLAT,), cars())
        assert plaza.advance(3600.0) == pytest.approx(0.4)
        assert plaza.board.standby_kwh == pytest.approx(0.4)

    def test_post_with_a_car_draws_none(self) -> None:
        """One car for half an hour at one of two posts: three half post hours of standby."""
        plaza = Plaza((posts(2, standby_kw=0.2),), (FLAT,), cars(0))
        assert plaza.advance(3600.0) == pytest.approx(60.0 + 0.3)
        assert plaza.board.group_energy_kwh == pytest.approx([60.0])

    def test_standby_yields_to_the_limit(self) -> None:
        plaza = Plaza((posts(10, standby_kw=1.0),), (FLAT,), cars())
        assert plaza.advance(3600.0, cap_kw=4.0) == pytest.approx(4.0)
        assert plaza.advance(7200.0, cap_kw=0.0) == 0.0

    def test_cars_share_what_standby_leaves(self) -> None:
        plaza = Plaza((posts(2, standby_kw=2.0),), (FLAT,), cars(0))
        assert plaza.advance(900.0, cap_kw=52.0) == pytest.approx(13.0)
        assert plaza.board.group_energy_kwh == pytest.approx([12.5])

    def test_bounds_hold_it(self) -> None:
        plaza = Plaza((posts(4, standby_kw=0.1),), (FLAT,), cars())
        assert (
            plaza.board.standby_rated_kw
            == plaza.board.demand_bound_kw
            == plaza.board.minimum_demand_kw
            == pytest.approx(0.4)
        )


class TestDrawBesideCharging:
    def test_constant_draw_of_a_busy_post(self) -> None:
        plaza = Plaza((posts(active_kw=0.5, efficiency=0.8),), (FLAT,), cars(0))
        assert plaza.advance(3600.0) == pytest.approx(60 / 0.8 + 0.25)

    def test_cabin_is_fed_through_the_post_and_fills_no_battery(self) -> None:
        """3 kW for half an hour at an efficiency of 0.8."""
        plaza = Plaza((posts(efficiency=0.8),), (FLAT,), cars(0, temp_degc=-15.0), Rules(cabin_kw=CABIN))
        assert plaza.advance(3600.0) == pytest.approx((60 + 1.5) / 0.8)
        row = plaza.sessions()
        assert row["energy_kwh"][0] == pytest.approx(60.0)
        assert row["extra_ac_kwh"][0] == pytest.approx(1.5 / 0.8)
        assert row["end_s"][0] == pytest.approx(1800.0)

    def test_cabin_comes_before_charging_under_a_limit(self) -> None:
        plaza = Plaza((posts(),), (FLAT,), cars(0, temp_degc=-10.0), Rules(cabin_kw=CABIN))
        assert plaza.advance(900.0, cap_kw=2.0) == pytest.approx(0.5)
        assert plaza.sessions()["energy_kwh"][0] == pytest.approx(0.0)
        assert plaza.advance(1800.0, cap_kw=43.0) == pytest.approx(43 / 4)
        assert plaza.sessions()["energy_kwh"][0] == pytest.approx(10.0)

    def test_rated_power_bounds_it(self) -> None:
        plaza = Plaza((posts(2, active_kw=0.5, efficiency=0.8),), (FLAT,), cars(), Rules(cabin_kw=CABIN))
        assert most_of_all_posts_kw(plaza) == pytest.approx(2 * (203 / 0.8 + 0.5))


class TestCurrent:
    def test_car_of_400_v_is_held_back_and_one_of_800_v_is_not(self) -> None:
        group = posts(max_current_a=200.0)
        for volt, minutes in ((400.0, 45.0), (800.0, 30.0)):
            plaza = Plaza((group,), (FLAT,), cars(0), voltages=(volt,))
            plaza.advance(DAY_S)
            assert plaza.sessions()["end_s"][0] / 60 == pytest.approx(minutes)

    def test_car_chooses_the_post_that_gives_it_most(self) -> None:
        """120 kW at the plain post, 80 kW at the stronger one of little current."""
        groups = (posts(power_kw=600.0, max_current_a=200.0, name="ultra"), posts(name="plain"))
        plaza = Plaza(groups, (FLAT,), cars(0), voltages=(400.0,))
        plaza.advance(60.0)
        assert plaza.sessions()["group_index"].tolist() == [1]

    def test_600_kw_gives_a_car_of_5c_a_kilometre_a_second(self) -> None:
        """1,000 A at 800 V leave 600 kW; the Han L drives a kilometre on 0.165 kWh."""
        group = posts(power_kw=600.0, max_current_a=1000.0)
        plaza = Plaza(
            (group,), (load_vehicle_library()["byd_han_l"],), cars(0, soc=0.05, target=0.2), voltages=(800.0,)
        )
        assert plaza.advance(10.0) / 0.165 / 10 == pytest.approx(1.0, rel=0.02)


class TestColdBatteries:
    def test_warm_car_is_not_touched_and_a_cold_one_takes_longer(self) -> None:
        ends = []
        for temp in (30.0, 16.0, 0.0, -20.0):
            plaza = Plaza((posts(),), (FLAT,), cars(0, temp_degc=temp), Rules(cold=ColdPacks()))
            plaza.advance(DAY_S)
            ends.append(plaza.sessions()["end_s"][0])
        assert ends[0] == ends[1] == pytest.approx(1800.0)
        assert ends[1] < 0.9 * ends[2] < 0.7 * ends[3]

    def test_car_gets_all_it_came_for(self) -> None:
        plaza = Plaza(
            (posts(),), (FLAT,), cars(0, soc=0.13, target=0.77, temp_degc=-9.0), Rules(cold=ColdPacks())
        )
        assert plaza.advance(DAY_S) == pytest.approx(0.64 * 60)

    def test_cold_car_keeps_to_the_post(self) -> None:
        plaza = Plaza((posts(power_kw=30.0),), (FLAT,), cars(0, temp_degc=-5.0), Rules(cold=ColdPacks()))
        assert plaza.advance(3600.0) <= 30.0


def winter_day(step_s: int, caps_kw: list[float]) -> tuple[Plaza, list[float]]:
    """Play a crowded morning of the reference mix with everything on; return plaza and steps."""
    spec = ChargingSpec(
        groups=(
            posts(3, power_kw=120.0, efficiency=0.96, active_kw=0.4, standby_kw=0.3, name="slow"),
            posts(2, power_kw=400.0, efficiency=0.96, standby_kw=0.3, max_current_a=500.0, name="fast"),
        ),
        cold_packs=ColdPacks(),
        cabin_kw=CABIN,
        minimum_kw=10.0,
        patience_minutes=15.0,
    )
    times = np.sort(np.random.default_rng(5).integers(0, DAY_S // 4, 60))
    temps = np.linspace(-12.0, 25.0, 60)
    plaza = Plaza(
        spec.groups,
        fleet_curves(spec),
        dataclasses.replace(draw_evs(spec, times, seed=3), temp_degc=temps),
        Rules(minimum_kw=10.0, cold=spec.cold_packs, cabin_kw=CABIN),
        voltages=fleet_voltages(spec),
    )
    number = DAY_S // 4 // step_s
    steps = [plaza.advance((step + 1.0) * step_s, caps_kw[step % len(caps_kw)]) for step in range(number)]
    return plaza, steps


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.7, 3.0, 40.0, 150.0, 400.0, math.inf]), min_size=1, max_size=12))
def test_no_step_exceeds_its_limit_and_all_energy_is_explained(caps_kw: list[float]) -> None:
    plaza, steps = winter_day(300, caps_kw)
    for step, energy_kwh in enumerate(steps):
        assert energy_kwh <= caps_kw[step % len(caps_kw)] / 12 + 1e-9
    sessions = plaza.sessions()
    standby_kwh = sum(steps) - sessions["energy_ac_kwh"].sum()
    assert -1e-9 <= standby_kwh <= plaza.board.standby_rated_kw * DAY_S / 4 / 3600 + 1e-9
    assert np.all(sessions["extra_ac_kwh"] >= 0)


def test_energy_does_not_depend_on_the_step() -> None:
    fine, coarse = (np.array(winter_day(step_s, [math.inf])[1]) for step_s in (60, 900))
    assert fine.reshape(-1, 15).sum(axis=1) == pytest.approx(coarse, rel=1e-9)
