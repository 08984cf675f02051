"""The charging plaza: choice of posts, the queue, energy, and power limits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.models.charging import ChargingSpec, PostGroup
from stationsim.models.vehicles import ChargeCurve, load_vehicle_library
from stationsim.plant import most_of_all_posts_kw
from stationsim.plaza import Plaza, Rules
from stationsim.plaza.table import OUTCOMES, SERVED
from stationsim.traffic.evs import EvArrivals, draw_evs, fleet_curves

FLAT = ChargeCurve(60.0, (0.0, 1.0), (120.0, 120.0))
"""Half an hour from empty to full."""
TAPER = ChargeCurve(60.0, (0.0, 0.8, 1.0), (120.0, 120.0, 0.0))
IONIQ = load_vehicle_library()["hyundai_ioniq_5"]
CURVES = (FLAT, TAPER, IONIQ)
DAY_S = 86_400


@dataclass(frozen=True)
class Car:
    """One arriving car; the flat one takes 30 minutes for a whole pack."""

    time_s: int
    soc: float = 0.0
    target: float = 1.0
    kind: int = 0
    patience_s: float = math.inf


def group(posts: int = 1, power_kw: float = 200.0, efficiency: float = 1.0, name: str = "post") -> PostGroup:
    return PostGroup(name=name, posts=posts, power_kw=power_kw, efficiency=efficiency)


def arrivals(cars: Sequence[Car]) -> EvArrivals:
    return EvArrivals(
        time_s=np.array([car.time_s for car in cars], dtype=np.int64),
        type_index=np.array([car.kind for car in cars], dtype=np.int64),
        soc_arrival=np.array([car.soc for car in cars], dtype=float),
        soc_target=np.array([car.target for car in cars], dtype=float),
        patience_s=np.array([car.patience_s for car in cars], dtype=float),
    )


def plaza_of(cars: Sequence[Car], *groups: PostGroup, **rules: Any) -> Plaza:
    return Plaza(groups or (group(),), CURVES, arrivals(cars), Rules(**rules))


def random_day(per_day: int = 200, **rules: Any) -> Plaza:
    """A busy day of the reference mix at two kinds of posts."""
    spec = ChargingSpec(
        groups=(group(3, 120.0, 0.95, "slow"), group(2, 240.0, 0.95, "fast")), patience_minutes=15.0
    )
    times = np.sort(np.random.default_rng(7).integers(0, DAY_S, per_day))
    return Plaza(spec.groups, fleet_curves(spec), draw_evs(spec, times, seed=3), Rules(**rules))


class TestOneCar:
    def test_session_ends_at_its_exact_time(self) -> None:
        plaza = plaza_of([Car(100, soc=0.1, target=0.8, kind=1)])
        energy_kwh = plaza.advance(3600)
        table = plaza.sessions()
        assert table["end_s"][0] == pytest.approx(100 + 21 * 60)
        assert energy_kwh == pytest.approx(42.0)

    def test_post_limits_the_curve(self) -> None:
        plaza = plaza_of([Car(0, soc=0.1, target=0.8, kind=2)], group(power_kw=120.0))
        plaza.advance(DAY_S)
        assert plaza.sessions()["end_s"][0] / 60 == pytest.approx(25.637, rel=1e-4)

    def test_charger_losses_come_on_top(self) -> None:
        plaza = plaza_of([Car(0, target=0.5)], group(efficiency=0.8))
        assert plaza.advance(DAY_S) == pytest.approx(30.0 / 0.8)
        table = plaza.sessions()
        assert table["energy_kwh"] == pytest.approx([30.0])
        assert table["energy_ac_kwh"] == pytest.approx([37.5])

    def test_car_that_tapers_to_zero_leaves_when_as_good_as_full(self) -> None:
        plaza = plaza_of([Car(0, soc=0.5, target=1.0, kind=1)])
        plaza.advance(DAY_S)
        assert plaza.served == 1
        assert plaza.sessions()["soc_departure"] == pytest.approx([0.999])

    def test_car_already_full_leaves_at_once(self) -> None:
        plaza = plaza_of([Car(60, soc=1.0, target=1.0, kind=kind) for kind in (0, 1, 2)])
        assert plaza.advance(DAY_S) == 0
        assert plaza.served == 3

    def test_charging_car_shows_in_the_table(self) -> None:
        plaza = plaza_of([Car(0)])
        plaza.advance(900)
        table = plaza.sessions()
        assert table["soc_departure"] == pytest.approx([0.5])
        assert np.isnan(table["end_s"][0])
        assert plaza.sessions_frame()["outcome"].tolist() == ["charging"]

    def test_an_event_on_an_edge_belongs_to_the_next_interval(self) -> None:
        plaza = plaza_of([Car(300)])
        plaza.advance(300)
        assert (plaza.arrived, plaza.charging) == (0, 0)
        plaza.advance(600)
        assert (plaza.arrived, plaza.charging) == (1, 1)

    def test_type_without_a_curve_is_refused(self) -> None:
        with pytest.raises(ValueError, match="type_index must be below the number of curves, got 3"):
            plaza_of([Car(0, kind=3)])

    def test_plaza_without_cars_draws_nothing(self) -> None:
        plaza = plaza_of([])
        assert plaza.advance(3600) == 0
        assert len(plaza.sessions_frame()) == 0


class TestChoiceOfPost:
    def test_car_takes_the_post_that_serves_it_fastest(self) -> None:
        plaza = plaza_of([Car(0, kind=2)], group(1, 60.0, name="slow"), group(1, 240.0, name="fast"))
        plaza.advance(60)
        assert plaza.sessions()["group_index"].tolist() == [1]

    def test_among_equals_it_takes_the_smallest(self) -> None:
        """A car of 120 kW leaves the 480 kW post to others."""
        groups = (group(1, 480.0, name="huge"), group(1, 120.0, name="fit"), group(1, 240.0, name="big"))
        plaza = plaza_of([Car(0), Car(0), Car(0)], *groups)
        plaza.advance(60)
        assert plaza.sessions()["group_index"].tolist() == [1, 2, 0]

    def test_posts_of_a_group_are_taken_in_order(self) -> None:
        plaza = plaza_of([Car(0, target=0.1), Car(0), Car(3600)], group(3))
        plaza.advance(2 * 3600)
        assert plaza.sessions()["post"].tolist() == [0, 1, 0]


class TestQueue:
    def test_first_come_first_served(self) -> None:
        plaza = plaza_of([Car(0), Car(60), Car(120)])
        plaza.advance(DAY_S)
        table = plaza.sessions()
        assert table["start_s"] == pytest.approx([0, 1800, 3600])
        assert table["wait_s"] == pytest.approx([0, 1740, 3480])

    def test_car_that_finds_the_queue_full_drives_on(self) -> None:
        plaza = plaza_of([Car(0), Car(1), Car(2), Car(1801)], max_queue=1)
        plaza.advance(DAY_S)
        assert [OUTCOMES[code] for code in plaza.sessions()["outcome"]] == [
            "served",
            "served",
            "balked",
            "served",
        ]

    def test_no_queue_at_all(self) -> None:
        plaza = plaza_of([Car(0), Car(1)], max_queue=0)
        plaza.advance(DAY_S)
        assert (plaza.served, plaza.balked) == (1, 1)

    def test_driver_gives_up_after_his_patience(self) -> None:
        plaza = plaza_of([Car(0), Car(60, patience_s=100.0), Car(120)])
        plaza.advance(165)
        assert (plaza.waiting, plaza.reneged) == (1, 1)
        plaza.advance(DAY_S)
        table = plaza.sessions()
        assert table["end_s"][1] == pytest.approx(160.0)
        assert table["wait_s"][1] == pytest.approx(100.0)
        assert table["start_s"][2] == pytest.approx(1800.0)
        assert table["energy_kwh"][1] == 0

    def test_who_gave_up_makes_room_in_the_queue(self) -> None:
        plaza = plaza_of([Car(0), Car(60, patience_s=100.0), Car(200)], max_queue=1)
        plaza.advance(DAY_S)
        assert (plaza.served, plaza.reneged, plaza.balked) == (2, 1, 0)

    def test_patience_ends_at_the_plug(self) -> None:
        plaza = plaza_of([Car(0), Car(60, patience_s=1750.0)])
        plaza.advance(DAY_S)
        assert (plaza.served, plaza.reneged) == (2, 0)

    def test_waits_equal_a_recursion_over_the_earliest_free_post(self) -> None:
        """Slow twin of one group without patience: each car takes the post that is free first."""
        rng = np.random.default_rng(5)
        cars = [
            Car(int(time), target=float(target))
            for time, target in zip(
                np.sort(rng.integers(0, DAY_S, 300)), rng.uniform(0.05, 1, 300), strict=True
            )
        ]
        plaza = plaza_of(cars, group(3))
        plaza.advance(10 * DAY_S)
        free_s = [0.0, 0.0, 0.0]
        starts = []
        for car in cars:
            start = max(min(free_s), car.time_s)
            free_s[free_s.index(min(free_s))] = start + car.target * 1800
            starts.append(start)
        assert plaza.sessions()["start_s"] == pytest.approx(starts)

    def test_events_are_few_and_do_not_grow_with_the_queue(self) -> None:
        cars = [Car(second, patience_s=5000.0 + second) for second in range(2000)]
        plaza = plaza_of(cars)
        step, steps = plaza._env.step, []
        plaza._env.step = lambda: steps.append(step())  # type: ignore[method-assign]
        plaza.advance(DAY_S)
        assert len(steps) <= 3 * len(cars)
        assert not plaza.waiting

    def test_more_posts_shorten_the_wait_of_the_same_cars(self) -> None:
        spec = ChargingSpec(groups=(group(3, 120.0),), patience_minutes=None)
        cars = draw_evs(spec, np.arange(0, DAY_S, 240), seed=1)
        waits = []
        for posts in (3, 4, 6):
            plaza = Plaza((group(posts, 120.0),), fleet_curves(spec), cars)
            plaza.advance(10 * DAY_S)
            waits.append(plaza.sessions()["wait_s"].mean())
        assert waits[0] > waits[1] > waits[2] >= 0


class TestSteps:
    def test_energy_does_not_depend_on_the_step(self) -> None:
        hourly = {}
        for minutes in (60, 15, 5, 1):
            plaza = random_day()
            energy = [plaza.advance(end) for end in range(minutes * 60, DAY_S + 1, minutes * 60)]
            hourly[minutes] = np.cumsum(np.reshape(energy, (24, -1)).sum(axis=1))
        for minutes in (15, 5, 1):
            assert hourly[minutes] == pytest.approx(hourly[60], rel=1e-9, abs=1e-9)

    def test_groups_add_up_to_the_plaza(self) -> None:
        plaza = random_day()
        for end in range(300, DAY_S + 1, 300):
            assert plaza.advance(end) == pytest.approx(sum(plaza.board.group_energy_kwh))

    def test_cap_that_never_binds_changes_nothing(self) -> None:
        free, capped = random_day(), random_day()
        cap_kw = most_of_all_posts_kw(free)
        for end in range(300, DAY_S + 1, 300):
            assert capped.advance(end, cap_kw) == pytest.approx(free.advance(end), abs=1e-9)
            assert not capped.board.throttled
        assert capped.sessions()["end_s"] == pytest.approx(free.sessions()["end_s"], nan_ok=True)

    @pytest.mark.parametrize(("end", "cap", "message"), [(50.0, 1.0, "before"), (math.nan, 1.0, "before")])
    def test_time_does_not_run_backwards(self, end: float, cap: float, message: str) -> None:
        plaza = plaza_of([Car(0)])
        plaza.advance(60)
        with pytest.raises(ValueError, match=message):
            plaza.advance(end, cap)

    def test_cap_must_be_a_number(self) -> None:
        with pytest.raises(ValueError, match="cap_kw must be a number"):
            plaza_of([Car(0)]).advance(60, math.nan)


class TestCap:
    def test_two_cars_share_half_of_what_they_want(self) -> None:
        plaza = plaza_of([Car(0), Car(0)], group(2))
        assert plaza.advance(900, 120.0) == pytest.approx(30.0)
        assert plaza.board.throttled
        assert plaza.board.shortfall_kwh == pytest.approx(30.0)
        assert plaza.sessions()["soc_departure"] == pytest.approx([0.25, 0.25])

    def test_throttled_car_charges_on_freely_once_it_may(self) -> None:
        plaza = plaza_of([Car(0)])
        plaza.advance(900, 60.0)
        plaza.advance(DAY_S)
        assert plaza.sessions()["end_s"] == pytest.approx([900 + 1350])
        assert plaza.board.shortfall_kwh == 0

    def test_nothing_moves_without_power(self) -> None:
        plaza = plaza_of([Car(0, kind=2)], group(efficiency=0.95))
        assert plaza.advance(900, 0.0) == 0
        assert plaza.charging == 1
        assert plaza.board.shortfall_kwh > 40
        assert plaza.advance(DAY_S) > 0
        assert plaza.served == 1

    def test_cap_below_zero_is_none(self) -> None:
        plaza = plaza_of([Car(0)])
        assert plaza.advance(900, -1e-13) == 0

    def test_cap_holds_for_who_plugs_in_during_the_step(self) -> None:
        plaza = plaza_of([Car(0), Car(450)], group(2))
        assert plaza.advance(900, 150.0) == pytest.approx(120 / 8 + 150 / 8)
        assert plaza.sessions()["soc_departure"] == pytest.approx([(15 + 75 / 8) / 60, 75 / 8 / 60])

    def test_who_leaves_during_the_step_leaves_his_power(self) -> None:
        plaza = plaza_of([Car(0, target=0.125), Car(0)], group(2))
        plaza.advance(1800, 120.0)
        table = plaza.sessions()
        assert table["end_s"][0] == pytest.approx(450.0)
        assert table["soc_departure"][1] == pytest.approx((7.5 + 120 * 1350 / 3600) / 60)

    def test_next_in_queue_shares_the_cap_too(self) -> None:
        plaza = plaza_of([Car(0, target=0.125), Car(0), Car(0)], group(2))
        plaza.advance(1800, 120.0)
        assert plaza.sessions()["start_s"][2] == pytest.approx(450.0)
        assert plaza.sessions()["energy_kwh"].sum() == pytest.approx(60.0)

    def test_tapering_car_leaves_the_rest_to_others(self) -> None:
        """The car at 90 % takes at most 60 kW, the other one gets what is left of 150 kW."""
        plaza = plaza_of([Car(0, soc=0.9, target=0.99, kind=1), Car(0)], group(2))
        plaza.advance(60, 150.0)
        assert plaza.sessions()["energy_kwh"][1] == pytest.approx(90.0 / 60)

    def test_limit_met_on_the_way_up_the_curve(self) -> None:
        """The car starts at 200 kW and would draw 205 kW a minute later; 201 kW holds all along."""
        plaza = plaza_of([Car(0, kind=2)], group(power_kw=240.0))
        energy_kwh = plaza.advance(60, 201.0)
        assert 200 / 60 < energy_kwh <= 201 / 60
        assert plaza.board.throttled

    def test_limit_met_on_the_way_down_the_curve(self) -> None:
        """At 60 kW the taper starts at 90 %: 12 minutes there, then 12 kWh times ln 2 over 120 kW to 95 %."""
        plaza = plaza_of([Car(0, soc=0.7, target=0.95, kind=1)])
        plaza.advance(DAY_S, 60.0)
        assert plaza.sessions()["end_s"] / 60 == pytest.approx([12 + 6 * math.log(2)])

    def test_minimum_is_kept_for_each_car(self) -> None:
        plaza = plaza_of([Car(0, soc=0.98, target=0.999, kind=1), Car(0)], group(2), minimum_kw=30.0)
        plaza.advance(1, 20.0)
        assert plaza.board.minimum_demand_kw == pytest.approx(12 + 30, rel=1e-3)
        energy = plaza.sessions()["energy_kwh"] * 3600
        assert energy == pytest.approx([20 * 12 / 42, 20 * 30 / 42], rel=1e-3)

    def test_bound_on_demand_is_that_of_the_cars_still_charging(self) -> None:
        plaza = plaza_of([Car(0, soc=0.7, kind=1), Car(0)], group(2, efficiency=0.8))
        assert most_of_all_posts_kw(plaza) == pytest.approx(500.0)
        plaza.advance(1)
        assert plaza.board.demand_bound_kw == pytest.approx(300.0)
        plaza.advance(600)
        assert 150 < plaza.board.demand_bound_kw < 300

    def test_same_cap_in_shorter_steps_comes_to_nearly_the_same(self) -> None:
        total = []
        for minutes in (15, 1):
            plaza = random_day()
            total.append(
                sum(plaza.advance(end, 250.0) for end in range(minutes * 60, DAY_S + 1, minutes * 60))
            )
        assert total[0] == pytest.approx(total[1], rel=0.01)


socs = st.integers(0, 95).map(lambda soc: soc / 100)


@st.composite
def some_cars(draw: st.DrawFn) -> list[Car]:
    """Cars within an hour, some without patience."""
    cars = []
    for time_s in sorted(draw(st.lists(st.integers(0, 3600), min_size=1, max_size=12))):
        soc = draw(socs)
        gain = draw(st.floats(0.0, 1.0))
        patience_s = draw(st.one_of(st.just(math.inf), st.floats(0.0, 3000.0)))
        cars.append(Car(time_s, soc, min(1.0, soc + gain), draw(st.integers(0, 2)), patience_s))
    return cars


some_groups = st.lists(
    st.builds(
        group,
        posts=st.integers(1, 3),
        power_kw=st.floats(20.0, 400.0),
        efficiency=st.floats(0.5, 1.0),
    ),
    min_size=1,
    max_size=3,
)
some_caps = st.lists(
    st.one_of(st.just(0.0), st.floats(0.0, 500.0), st.floats(0.0, 1e-4), st.just(math.inf)), max_size=20
)


@settings(max_examples=300, deadline=None)
@given(
    cars=some_cars(),
    groups=some_groups,
    caps=some_caps,
    step_s=st.sampled_from([60, 300, 900]),
    max_queue=st.one_of(st.none(), st.integers(0, 3)),
    minimum_kw=st.floats(0.0, 50.0),
)
def test_promises_hold_for_any_cars_and_caps(
    cars: list[Car],
    groups: list[PostGroup],
    caps: list[float],
    step_s: int,
    max_queue: int | None,
    minimum_kw: float,
) -> None:
    plaza = plaza_of(cars, *groups, max_queue=max_queue, minimum_kw=minimum_kw)
    total_kwh = 0.0
    for number, cap_kw in enumerate([*caps, math.inf]):
        energy_kwh = plaza.advance((number + 1) * step_s, cap_kw)
        assert 0 <= energy_kwh <= cap_kw * step_s / 3600 * (1 + 1e-9) + 1e-12
        assert plaza.board.shortfall_kwh >= 0
        total_kwh += energy_kwh
        table = plaza.sessions()
        assert total_kwh == pytest.approx(table["energy_ac_kwh"].sum(), rel=1e-9, abs=1e-9)
        here = plaza.waiting + plaza.charging
        assert plaza.arrived == plaza.served + plaza.balked + plaza.reneged + here == len(table["outcome"])
        assert plaza.charging <= sum(each.posts for each in groups)
    total_kwh += plaza.advance(10 * DAY_S)
    table = plaza.sessions()
    served = table["outcome"] == SERVED
    assert plaza.served + plaza.balked + plaza.reneged == len(cars)
    assert plaza.charging == plaza.waiting == 0
    assert plaza.board._bound_units == 0
    assert total_kwh == pytest.approx(table["energy_ac_kwh"].sum(), rel=1e-9, abs=1e-9)
    assert table["energy_kwh"][served] == pytest.approx(table["wanted_kwh"][served], abs=1e-9)
    assert np.all(table["energy_kwh"][~served] == 0)
    assert np.all(table["wait_s"] >= 0)
    assert np.all(table["wait_s"] <= [car.patience_s + 1e-6 for car in cars])
    assert np.all(np.diff(table["start_s"][served]) >= 0)
    assert np.all(table["end_s"][served] >= table["start_s"][served])
