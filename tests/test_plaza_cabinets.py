"""Shared cabinets: modules are dealt out anew when somebody comes, goes or needs another number."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.models.charging import ChargingSpec
from stationsim.plaza import Plaza, Rules
from stationsim.plaza.outages import Outage
from stationsim.traffic.evs import draw_evs, fleet_curves
from tests.plaza_cars import DAY_S, Car, on_cabinet, play, plaza_of, posts


def module(time_s: float, *, is_up: bool = False) -> Outage:
    return Outage(time_s, 0, 0, "module", is_up)


class TestOneCar:
    def test_a_cabinet_with_enough_modules_changes_nothing(self) -> None:
        for kind in (0, 1, 2):
            alone = play(plaza_of([Car(kind=kind)], posts()))
            shared = play(plaza_of([Car(kind=kind)], on_cabinet(2, 6)))
            assert shared["end_s"] == pytest.approx(alone["end_s"])

    def test_a_small_cabinet_limits_the_car(self) -> None:
        """Two modules of 20 kW take 90 minutes for 60 kWh."""
        table = play(plaza_of([Car()], on_cabinet(2, 2)))
        assert table["end_s"] == pytest.approx([90 * 60])

    def test_a_rising_car_gets_each_module_when_it_needs_it(self) -> None:
        """Nothing else is on the cabinet, so its own curve is followed whole."""
        alone = play(plaza_of([Car(kind=2)], posts()))
        shared = play(plaza_of([Car(kind=2)], on_cabinet(3, 6)))
        assert shared["end_s"] == pytest.approx(alone["end_s"])


class TestAllocation:
    def test_equal_gives_two_cars_three_modules_each(self) -> None:
        table = play(plaza_of([Car(), Car()], on_cabinet(2, 6)))
        assert table["end_s"] == pytest.approx([3600.0, 3600.0])

    def test_equal_gives_what_is_left_over_to_the_first(self) -> None:
        """3 and 2 modules; when the first leaves after 60 min the other has 40 kWh and takes 100 kW."""
        table = play(plaza_of([Car(), Car()], on_cabinet(2, 5)))
        assert table["end_s"] == pytest.approx([3600.0, 3600.0 + 20 / 100 * 3600])

    def test_first_come_gives_all_to_the_first_and_the_rest_to_the_second(self) -> None:
        """6 modules and 2; the second has 20 kWh when the first leaves, 40 kWh are left at 120 kW."""
        table = play(plaza_of([Car(), Car()], on_cabinet(2, 8, "first_come")))
        assert table["end_s"] == pytest.approx([1800.0, 1800.0 + 40 / 120 * 3600])

    def test_a_car_without_a_module_stands_still_until_one_is_free(self) -> None:
        plaza = plaza_of([Car(), Car()], on_cabinet(2, 6, "first_come"))
        plaza.advance(1800.0)
        assert plaza.sessions()["energy_kwh"] == pytest.approx([60.0, 0.0])
        assert play(plaza)["end_s"] == pytest.approx([1800.0, 3600.0])

    def test_proportional_follows_what_the_cars_take(self) -> None:
        """The rising car begins with 40 kW: 2 of 8 wanted modules against 6; of 4 there it gets 1."""
        plaza = plaza_of([Car(), Car(kind=2)], on_cabinet(2, 4, "proportional"))
        plaza.advance(600.0)
        assert plaza.sessions()["energy_kwh"] == pytest.approx([60 / 6, 20 / 6])

    def test_a_car_that_needs_less_leaves_its_modules_to_one_that_is_short(self) -> None:
        """The falling car drops below 100 kW at 0.6 and then leaves one of its 6 modules to the second."""
        plaza = plaza_of([Car(kind=1, soc=0.5), Car()], on_cabinet(2, 6, "first_come"))
        until_s = 6 / 110 * 3600 + 60  # 6 kWh at some 110 kW in the mean, and a minute more
        plaza.advance(until_s)
        energy_kwh = plaza.sessions()["energy_kwh"]
        assert energy_kwh[0] > 6
        assert 0.2 < energy_kwh[1] < 20 * 90 / 3600

    def test_a_post_of_a_busy_cabinet_is_slower_than_one_of_its_neighbour(self) -> None:
        group = on_cabinet(2, 6).model_copy(update={"posts": 4})
        table = play(plaza_of([Car(), Car(), Car()], group))
        assert table["post"].tolist() == [0, 1, 2]
        assert table["end_s"] == pytest.approx([3600.0, 3600.0, 1800.0])


class TestFailedModules:
    def test_a_failed_module_slows_the_car_until_it_is_mended(self) -> None:
        """Six modules; three from minute 10 to 20: 20 + 10 + 20 kWh by minute 30, 10 more at 120 kW."""
        outages = [*[module(600.0)] * 3, *[module(1200.0, is_up=True)] * 3]
        table = play(plaza_of([Car()], on_cabinet(1, 6), outages=outages))
        assert table["end_s"] == pytest.approx([1800.0 + 10 / 120 * 3600])

    def test_a_cabinet_without_modules_feeds_nobody(self) -> None:
        plaza = plaza_of([Car()], on_cabinet(1, 1), outages=[module(0.0)])
        assert plaza.advance(DAY_S) == 0
        assert plaza.charging == 1


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(("equal", "first_come", "proportional")),
    st.integers(0, 100),
    st.integers(4, 20),
    st.lists(st.sampled_from([math.inf, 300.0, 90.0, 10.0, 0.0]), min_size=1, max_size=6),
)
def test_promises_of_a_contended_cabinet(
    allocation: str, seed: int, modules: int, caps_kw: list[float]
) -> None:
    """No step draws more than modules and cap allow, and all energy is in the table."""
    group = on_cabinet(6, modules, allocation, power_kw=400.0)
    spec = ChargingSpec(groups=(group,))
    times = np.sort(np.random.default_rng(seed).integers(0, 4 * 3600, 40))
    plaza = Plaza(spec.groups, fleet_curves(spec), draw_evs(spec, times, seed=seed), Rules(minimum_kw=5.0))
    drawn = []
    for step in range(8 * 12):
        cap_kw = caps_kw[step % len(caps_kw)]
        drawn.append(plaza.advance((step + 1) * 300.0, cap_kw))
        assert drawn[-1] * 12 <= min(cap_kw, modules * 20.0) + 1e-9
    while plaza.charging:
        drawn.append(plaza.advance(plaza.now_s + 3600.0))
    table = plaza.sessions()
    assert sum(drawn) == pytest.approx(table["energy_kwh"].sum(), rel=1e-9)
    assert plaza.board._bound_units == 0
    served = table["outcome"] == 0
    assert table["soc_departure"][served] == pytest.approx(table["soc_target"][served])


@pytest.mark.parametrize("allocation", ["equal", "first_come", "proportional"])
def test_energy_of_a_contended_cabinet_does_not_depend_on_the_step(allocation: str) -> None:
    group = on_cabinet(6, 9, allocation, power_kw=400.0)
    spec = ChargingSpec(groups=(group,), patience_minutes=20.0)
    times = np.sort(np.random.default_rng(3).integers(0, DAY_S, 250))
    hourly = {}
    for minutes in (60, 15, 5, 1):
        plaza = Plaza(spec.groups, fleet_curves(spec), draw_evs(spec, times, seed=3))
        ends = range(minutes * 60, DAY_S + 1, minutes * 60)
        hourly[minutes] = np.array([plaza.advance(end) for end in ends]).reshape(24, -1).sum(axis=1)
    for minutes in (15, 5, 1):
        assert hourly[minutes] == pytest.approx(hourly[60], rel=1e-9, abs=1e-9)
