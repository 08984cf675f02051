"""What drivers do at the plaza: stops, stays, breaks, ranks, bookings, sides, bays, failures, giving back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.models.charging import VehicleToGridSpec
from stationsim.plaza.outages import Outage, stays_at_failed_posts_s
from stationsim.plaza.table import ENDS, OUTCOMES
from tests.plaza_cars import DAY_S, Car, play, plaza_of, posts


def fails(time_s: float, post: int = 0, *, is_up: bool = False) -> Outage:
    return Outage(time_s, 0, post, "post", is_up)


def outcomes(table: dict[str, np.ndarray]) -> list[str]:
    return [OUTCOMES[code] for code in table["outcome"]]


def ends(table: dict[str, np.ndarray]) -> list[str]:
    return [ENDS[code] for code in table["ended_by"]]


class TestStop:
    def test_the_stop_ends_a_charge_before_its_target(self) -> None:
        table = play(plaza_of([Car(stop_s=600.0)]))
        assert (table["end_s"][0], ends(table)) == (600.0, ["stop"])
        assert table["energy_kwh"] == pytest.approx([20.0])

    def test_a_longer_stop_changes_nothing(self) -> None:
        table = play(plaza_of([Car(stop_s=2000.0)]))
        assert (table["end_s"][0], ends(table)) == (pytest.approx(1800.0), ["target"])

    def test_a_throttled_car_leaves_with_less_when_its_stop_is_over(self) -> None:
        plaza = plaza_of([Car(stop_s=600.0)])
        for step in range(3):
            plaza.advance((step + 1) * 300.0, 60.0)
        assert plaza.sessions()["energy_kwh"] == pytest.approx([10.0])
        assert plaza.served == 1

    def test_a_car_without_power_leaves_too(self) -> None:
        plaza = plaza_of([Car(stop_s=600.0)])
        plaza.advance(3600.0, 0.0)
        assert plaza.served == 1
        assert plaza.sessions()["energy_kwh"] == pytest.approx([0.0])


class TestStay:
    def test_a_car_that_stays_blocks_its_post(self) -> None:
        table = play(plaza_of([Car(linger_s=900.0), Car(time_s=10)]))
        assert table["charge_end_s"][0] == pytest.approx(1800.0)
        assert table["end_s"][0] == pytest.approx(2700.0)
        assert table["start_s"][1] == pytest.approx(2700.0)

    def test_a_break_keeps_the_vehicle_at_least_that_long(self) -> None:
        table = play(plaza_of([Car(hold_s=2700.0), Car(time_s=10, hold_s=60.0)]))
        assert table["end_s"] == pytest.approx([2700.0, 2700.0 + 1800.0])

    def test_a_car_that_stays_draws_nothing_but_the_standby_of_its_post(self) -> None:
        plaza = plaza_of([Car(linger_s=1800.0)], posts(standby_kw=0.5, active_kw=1.0))
        assert plaza.advance(1800.0) == pytest.approx(60.0 + 0.5)
        assert plaza.advance(3600.0) == pytest.approx(0.25)
        assert (plaza.posts_busy, plaza.charging) == (1, 0)
        assert plaza.posts_blocked == 1

    def test_a_car_that_stays_at_the_end_is_still_there(self) -> None:
        table = play(plaza_of([Car(linger_s=1e6)]))
        assert outcomes(table) == ["charging"]
        assert np.isnan(table["end_s"][0])


class TestHandling:
    def test_power_flows_after_the_changeover(self) -> None:
        plaza = plaza_of([Car(stop_s=600.0)], posts(changeover_seconds=120.0))
        assert plaza.advance(120.0) == 0
        table = play(plaza)
        assert table["start_s"][0] == 0
        assert table["end_s"][0] == pytest.approx(720.0)
        assert table["energy_kwh"] == pytest.approx([20.0])

    def test_under_a_cap_it_does_too(self) -> None:
        plaza = plaza_of([Car()], posts(changeover_seconds=150.0))
        drawn = [plaza.advance((step + 1) * 300.0, 60.0) for step in range(3)]
        assert drawn == pytest.approx([2.5, 5.0, 5.0])

    def test_a_truck_reverses_unless_it_may_drive_through(self) -> None:
        for drive_through, begins_s in ((False, 300.0), (True, 60.0)):
            group = posts(changeover_seconds=60.0, drive_through=drive_through)
            plaza = plaza_of([Car()], group, classes=("truck", "car", "car"), reversing_s=240.0)
            assert play(plaza)["end_s"][0] == pytest.approx(begins_s + 1800.0)


class TestBaysAndSides:
    def test_a_truck_waits_for_a_bay_that_fits_while_cars_pass_it(self) -> None:
        groups = (posts(1, name="narrow", classes=("car",)), posts(1, name="long", classes=("truck",)))
        cars = [Car(kind=0), Car(kind=0, time_s=1), Car(kind=1, time_s=2)]
        table = play(plaza_of(cars, *groups, classes=("truck", "car", "car")))
        assert table["group_index"].tolist() == [1, 1, 0]
        assert table["start_s"] == pytest.approx([0.0, 1800.0, 2.0])

    def test_each_side_has_its_own_posts_and_queue(self) -> None:
        groups = (posts(1, name="one", side="east"), posts(1, name="two", side="west"))
        cars = [Car(side=0), Car(side=0, time_s=1), Car(side=0, time_s=2), Car(side=1, time_s=3)]
        table = play(plaza_of(cars, *groups, sides=("east", "west"), max_queue=1))
        assert outcomes(table) == ["served", "served", "balked", "served"]
        assert table["group_index"].tolist() == [0, 0, -1, 1]

    def test_a_post_of_no_side_takes_the_first_of_both(self) -> None:
        cars = [Car(side=0), Car(side=1, time_s=5), Car(side=0, time_s=6)]
        table = play(plaza_of(cars, posts(), sides=("east", "west")))
        assert table["start_s"] == pytest.approx([0.0, 1800.0, 3600.0])

    def test_a_car_that_no_post_will_do_for_is_refused(self) -> None:
        with pytest.raises(ValueError, match="bays for class car on side west, got none"):
            plaza_of([Car(side=1)], posts(side="east"), sides=("east", "west"))

    def test_drivers_who_look_at_the_price_take_the_cheapest(self) -> None:
        groups = (posts(2, name="dear", price_per_kwh=2.0), posts(1, 60.0, name="cheap", price_per_kwh=1.0))
        table = play(plaza_of([Car(by_price=True), Car(), Car(by_price=True)], *groups))
        assert table["group_index"].tolist() == [1, 0, 0]


class TestRanks:
    def test_those_first_in_rank_pass_those_who_came_earlier(self) -> None:
        cars = [Car(), Car(time_s=1), Car(time_s=2, is_first=True), Car(time_s=3, is_first=True)]
        assert play(plaza_of(cars))["start_s"] == pytest.approx([0.0, 5400.0, 1800.0, 3600.0])

    def test_nobody_is_sent_away_from_a_post(self) -> None:
        table = play(plaza_of([Car(), Car(time_s=1, is_first=True)]))
        assert table["end_s"][0] == pytest.approx(1800.0)


class TestBookings:
    def test_a_post_is_held_from_before_the_arrival(self) -> None:
        """The post is free from minute 30; the booking of minute 40 holds it against the car of minute 35."""
        cars = [Car(), Car(time_s=2100), Car(time_s=2400, is_booked=True)]
        plaza = plaza_of(cars, booking_s=900.0)
        plaza.advance(2000.0)
        assert (plaza.posts_held, plaza.posts_busy) == (1, 0)
        table = play(plaza)
        assert table["start_s"] == pytest.approx([0.0, 4200.0, 2400.0])
        assert table["held_s"] == pytest.approx([0.0, 0.0, 600.0])

    def test_a_booked_car_that_finds_no_post_comes_first(self) -> None:
        cars = [Car(), Car(time_s=10), Car(time_s=700, is_booked=True)]
        table = play(plaza_of(cars, booking_s=600.0))
        assert table["start_s"] == pytest.approx([0.0, 3600.0, 1800.0])
        assert table["wait_s"][2] == pytest.approx(1100.0)

    def test_without_a_time_to_hold_it_comes_first_all_the_same(self) -> None:
        cars = [Car(), Car(time_s=10), Car(time_s=700, is_booked=True)]
        assert play(plaza_of(cars))["start_s"] == pytest.approx([0.0, 3600.0, 1800.0])

    def test_a_booked_car_may_lose_patience(self) -> None:
        cars = [Car(), Car(time_s=700, is_booked=True, patience_s=60.0), Car(time_s=800)]
        table = play(plaza_of(cars, booking_s=600.0))
        assert outcomes(table) == ["served", "reneged", "served"]


class TestFailures:
    def test_a_car_whose_post_fails_leaves_with_what_it_has(self) -> None:
        plaza = plaza_of([Car(linger_s=600.0)], outages=[fails(900.0)])
        table = play(plaza)
        assert (table["end_s"][0], ends(table), outcomes(table)) == (900.0, ["fault"], ["served"])
        assert table["energy_kwh"] == pytest.approx([30.0])

    def test_a_failed_post_takes_nobody_until_it_is_mended(self) -> None:
        outages = [fails(900.0), fails(7200.0, is_up=True)]
        table = play(plaza_of([Car(), Car(time_s=1000)], outages=outages))
        assert table["start_s"] == pytest.approx([0.0, 7200.0])

    def test_a_free_post_that_failed_is_passed_over(self) -> None:
        table = play(plaza_of([Car(time_s=10)], posts(2), outages=[fails(5.0, 0)]))
        assert table["post"].tolist() == [1]

    def test_a_stay_is_not_cut_short_and_the_post_is_out_after_it(self) -> None:
        plaza = plaza_of([Car(linger_s=600.0), Car(time_s=1)], outages=[fails(2000.0)])
        plaza.advance(DAY_S)
        assert plaza.sessions()["end_s"][0] == pytest.approx(2400.0)
        assert (plaza.waiting, plaza.posts_busy) == (1, 0)

    def test_a_post_mended_during_a_stay_is_used_after_it(self) -> None:
        outages = [fails(1900.0), fails(2000.0, is_up=True)]
        table = play(plaza_of([Car(linger_s=600.0), Car(time_s=1)], outages=outages))
        assert table["start_s"] == pytest.approx([0.0, 2400.0])

    def test_a_booking_moves_to_another_post(self) -> None:
        cars = [Car(time_s=1000, is_booked=True)]
        table = play(plaza_of(cars, posts(2), booking_s=900.0, outages=[fails(500.0)]))
        assert (table["post"][0], table["wait_s"][0]) == (1, 0.0)
        assert table["held_s"].tolist() == [500.0]

    def test_every_hold_is_known_also_of_a_failed_post_and_of_a_car_to_come(self) -> None:
        cars = [Car(time_s=1000, is_booked=True), Car(time_s=5000, is_booked=True)]
        plaza = plaza_of(cars, posts(2), booking_s=900.0, outages=[fails(500.0)])
        plaza.advance(4400.0)
        spans = [(0, 0, 100.0, 500.0), (0, 1, 500.0, 1000.0), (0, 1, 4100.0, math.inf)]
        assert [tuple(hold) for hold in plaza.bays.holds] == spans


class TestStaysAtFailedPosts:
    """A car charges until 1800 and stays until 2400."""

    def met_s(self, *outages: Outage, until_s: float = DAY_S) -> list[float]:
        plaza = plaza_of([Car(linger_s=600.0), Car(time_s=2500)], outages=outages)
        plaza.advance(until_s)
        return stays_at_failed_posts_s(plaza.outages, plaza.sessions(), plaza.now_s).tolist()

    def test_it_counts_from_the_failure_until_the_car_leaves(self) -> None:
        assert self.met_s(fails(2000.0), fails(2450.0, is_up=True)) == pytest.approx([400.0, 0.0])

    def test_it_ends_with_the_repair_and_failures_add_up(self) -> None:
        twice = (fails(1900.0), fails(2000.0, is_up=True), fails(2100.0), fails(2150.0, is_up=True))
        assert self.met_s(*twice) == pytest.approx([150.0, 0.0])

    def test_a_stay_that_lasts_counts_until_now(self) -> None:
        assert self.met_s(fails(2000.0), until_s=2300.0) == pytest.approx([300.0])

    def test_a_car_sent_away_by_the_failure_does_not_stay(self) -> None:
        assert self.met_s(fails(900.0), fails(950.0, is_up=True)) == [0.0, 0.0]


GIVING = VehicleToGridSpec(share=1.0, power_kw=30.0, soc_floor=0.5, most_soc=0.1, efficiency=0.8)


class TestGivingBack:
    def test_a_car_that_stays_helps_one_that_is_short(self) -> None:
        """The first stays from minute 30 with 6 kWh to give at 80 %: 4.8 kWh at the busbar."""
        cars = [Car(linger_s=7200.0, gives_back=True), Car(time_s=1800, gives_back=True)]
        plaza = plaza_of(cars, posts(2), v2g=GIVING)
        plaza.advance(1800.0)
        net = [plaza.advance(1800.0 + 300.0 * step, 60.0) for step in range(1, 4)]
        assert net == pytest.approx([5.0, 5.0, 5.0])
        table = plaza.sessions()
        assert table["given_kwh"] == pytest.approx([4.8, 0.0])
        assert table["energy_kwh"] == pytest.approx([60.0, 19.8])
        assert table["soc_departure"][0] == pytest.approx(1.0 - 0.1)

    def test_nobody_gives_while_power_suffices(self) -> None:
        plaza = plaza_of([Car(linger_s=7200.0, gives_back=True), Car(time_s=1800)], posts(2), v2g=GIVING)
        assert play(plaza)["given_kwh"].tolist() == [0.0, 0.0]

    def test_a_car_below_the_floor_gives_nothing(self) -> None:
        cars = [Car(target=0.4, linger_s=7200.0, gives_back=True), Car(time_s=1800)]
        plaza = plaza_of(cars, posts(2), v2g=GIVING)
        for step in range(12):
            plaza.advance((step + 1) * 300.0, 60.0)
        assert plaza.sessions()["given_kwh"].tolist() == [0.0, 0.0]

    def test_a_car_that_leaves_stops_giving(self) -> None:
        cars = [Car(linger_s=100.0, gives_back=True), Car(time_s=1800)]
        plaza = plaza_of(cars, posts(2), v2g=GIVING)
        plaza.advance(1800.0)
        assert plaza.advance(2100.0, 60.0) == pytest.approx(5.0)
        assert plaza.sessions()["given_kwh"][0] == pytest.approx(30.0 * 100 / 3600)


cars_of_all_kinds = st.builds(
    Car,
    time_s=st.integers(0, 3 * 3600),
    kind=st.integers(0, 2),
    soc=st.floats(0, 0.8),
    target=st.just(1.0) | st.just(0.8),
    patience_s=st.sampled_from([60.0, 900.0, 1e9]),
    side=st.integers(0, 1),
    stop_s=st.sampled_from([300.0, 1e9]),
    hold_s=st.sampled_from([0.0, 2700.0]),
    linger_s=st.sampled_from([0.0, 400.0]),
    is_first=st.booleans(),
    is_booked=st.booleans(),
    by_price=st.booleans(),
    gives_back=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(cars_of_all_kinds, max_size=14),
    st.lists(st.sampled_from([500.0, 150.0, 40.0, 0.0]), min_size=1, max_size=5),
    st.lists(
        st.tuples(st.integers(0, 4 * 3600), st.integers(0, 1), st.integers(1, 3600)), max_size=4, unique=True
    ),
    st.sampled_from([60.0, 300.0, 900.0]),
)
def test_promises_hold_for_any_drivers_and_failures(
    cars: list[Car], caps_kw: list[float], failures: list[tuple[int, int, int]], step_s: float
) -> None:
    """Nobody is lost, no post is used twice, no step draws more than its cap, energy is all in the table."""
    cars = sorted(cars, key=lambda car: car.time_s)
    group = posts(2, 90.0, changeover_seconds=30.0, standby_kw=0.5, active_kw=0.3)
    other = posts(1, 60.0, name="other", side="west", price_per_kwh=1.0)
    outages, busy_until = [], [0, 0]
    for time_s, post, lasts_s in sorted(failures):
        if time_s > busy_until[post]:
            outages += [fails(time_s, post), fails(time_s + lasts_s, post, is_up=True)]
            busy_until[post] = time_s + lasts_s
    plaza = plaza_of(
        cars,
        group,
        other,
        sides=("east", "west"),
        booking_s=600.0,
        max_queue=3,
        minimum_kw=5.0,
        v2g=GIVING,
        outages=sorted(outages),
    )
    gross_kwh = given_kwh = standby_kwh = 0.0
    for step in range(int(30 * 3600 / step_s)):
        cap_kw = caps_kw[step % len(caps_kw)] if step < 6 * 3600 / step_s else 500.0
        net_kwh = plaza.advance((step + 1) * step_s, cap_kw)
        assert net_kwh <= cap_kw * step_s / 3600 + 1e-9
        given_kwh += plaza.board.given_kwh
        standby_kwh += plaza.board.standby_kwh
        gross_kwh += net_kwh + plaza.board.given_kwh
        assert 0 <= plaza.posts_blocked <= plaza.posts_busy <= 3 - plaza.posts_held
    table = plaza.sessions()
    assert plaza.arrived == len(cars) == plaza.served + plaza.balked + plaza.reneged
    assert plaza.waiting == plaza.posts_busy == plaza.posts_held == plaza.board._bound_units == 0
    assert gross_kwh == pytest.approx(table["energy_ac_kwh"].sum() + standby_kwh, rel=1e-9, abs=1e-9)
    assert given_kwh == pytest.approx(table["given_kwh"].sum(), rel=1e-9, abs=1e-9)
    _check_no_post_twice(table)


def _check_no_post_twice(table: dict[str, np.ndarray]) -> None:
    served = table["outcome"] == 0
    place = table["group_index"][served] * 10 + table["post"][served]
    order = np.lexsort((table["start_s"][served], place))
    start_s, end_s = table["start_s"][served][order], table["end_s"][served][order]
    same = np.diff(place[order]) == 0
    assert np.all(start_s[1:][same] >= end_s[:-1][same] - 1e-6)
