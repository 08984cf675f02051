"""Carriageways: what a scenario may say of them, and which vehicle comes on which."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.clock import Clock
from stationsim.traffic.sides import direction_shares, draw_sides
from stationsim.traffic.spec import TOLL_GATE_HOLIDAY, TOLL_GATE_WEEKDAY, TOLL_GATE_WEEKEND, TrafficSpec
from stationsim.world import build_world
from tests.random_scenarios import PLACES, POSTS, content, station

EAST, WEST = {"name": "east", "share": 0.6}, {"name": "west", "share": 0.4}
MORNING = [0.0] * 6 + [0.25] * 4 + [0.0] * 14
EVENING = [0.0] * 16 + [0.25] * 4 + [0.0] * 4
VEHICLES = 40_000


def traffic(*directions, **changes):
    section = {"vehicles_per_day": 7800, "charging_share": 0.05, "directions": list(directions)}
    return TrafficSpec.model_validate({**section, **changes})


def clock(step_minutes=5, zone="Asia/Shanghai", first=dt.date(2025, 3, 3), days=28):
    return Clock(first, first + dt.timedelta(days=days - 1), step_minutes, zone)


def times_s(days=28):
    return np.linspace(0, days * 86_400 - 1, VEHICLES).astype(np.int64)


def test_without_directions_all_come_on_one_side():
    assert set(draw_sides(traffic(), clock(), times_s(), seed=1)) == {0}


def test_shares_come_out():
    sides = draw_sides(traffic(EAST, WEST), clock(), times_s(), seed=1)
    assert np.mean(sides) == pytest.approx(0.4, abs=4 * np.sqrt(0.24 / VEHICLES))


def test_more_than_two_sides_and_one_without_vehicles():
    sides = [{"name": name, "share": share} for name, share in zip("abcd", (0.5, 0.0, 0.2, 0.3), strict=True)]
    counts = np.bincount(draw_sides(traffic(*sides), clock(), times_s(), seed=1), minlength=4) / VEHICLES
    assert counts == pytest.approx([0.5, 0.0, 0.2, 0.3], abs=0.012)
    assert counts[1] == 0


def test_hours_are_split_by_share_times_shape():
    """With 0.6 of the mornings' 0.25 against 0.4 of the day's own shape, by hand."""
    shares = direction_shares(traffic({**EAST, "hourly_shape": MORNING}, WEST))
    for kind, own in enumerate((TOLL_GATE_WEEKDAY, TOLL_GATE_WEEKEND, TOLL_GATE_HOLIDAY)):
        east, west = 0.6 * 0.25, 0.4 * own[7]
        assert shares[kind, 7] == pytest.approx([east / (east + west), west / (east + west)])
        assert shares[kind, 12] == pytest.approx([0.0, 1.0])


def test_without_shapes_and_in_hours_that_no_shape_knows_the_shares_hold():
    assert direction_shares(traffic(EAST, WEST)) == pytest.approx(np.broadcast_to([0.6, 0.4], (3, 24, 2)))
    both = traffic({**EAST, "hourly_shape": MORNING}, {**WEST, "hourly_shape": EVENING})
    shares = direction_shares(both)[0]
    assert shares[3] == pytest.approx([0.6, 0.4])
    assert shares[8] == pytest.approx([1, 0])
    assert shares[17] == pytest.approx([0, 1])


def test_the_hours_are_civil_hours():
    """When Berlin's clocks go forward at 2, eight and a half hours after midnight it is half past nine."""
    spec = traffic({**EAST, "hourly_shape": MORNING}, {**WEST, "hourly_shape": EVENING})
    spring = clock(zone="Europe/Berlin", first=dt.date(2025, 3, 30), days=1)
    at_9_civil = np.full(100, 8 * 3600 + 1800)
    at_10_civil = np.full(100, 9 * 3600 + 60)
    assert set(draw_sides(spec, spring, at_9_civil, seed=1)) == {0}
    assert set(draw_sides(spec, spring, at_10_civil, seed=1)) == {0, 1}


def test_the_step_of_the_run_does_not_matter():
    spec = traffic({**EAST, "hourly_shape": MORNING}, WEST)
    fine, coarse = (draw_sides(spec, clock(step), times_s(), seed=1) for step in (1, 60))
    np.testing.assert_array_equal(fine, coarse)


def test_a_larger_share_moves_vehicles_one_way_only():
    few = draw_sides(traffic(EAST, WEST), clock(), times_s(), seed=1)
    more = draw_sides(traffic({**EAST, "share": 0.5}, {**WEST, "share": 0.5}), clock(), times_s(), seed=1)
    assert np.all(more >= few)


def test_weekends_have_the_weekends_shape():
    spec = traffic({**EAST, "hourly_shape": MORNING}, WEST)
    at_8 = np.repeat(np.arange(7) * 86_400 + 8 * 3600, 4000)
    sides = draw_sides(spec, clock(days=7), at_8, seed=1).reshape(7, -1).mean(axis=1)
    shares = direction_shares(spec)[:, 8, 1]
    assert sides == pytest.approx([shares[0]] * 5 + [shares[1]] * 2, abs=0.03)
    assert shares[0] > shares[1]


def of_world(**sections):
    evs = build_world(station(**sections), base=Path()).evs
    assert evs is not None
    return evs


def test_directions_change_nothing_but_the_side():
    usual = content()["traffic"]
    one = of_world()
    two = of_world(traffic=usual | {"directions": [EAST, {**WEST, "hourly_shape": EVENING}]})
    assert set(one.side) == {0}
    assert set(two.side) == {0, 1}
    for name in set(vars(one)) - {"side"}:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize("place", PLACES[:3], ids=lambda place: place["timezone"])
def test_a_world_anywhere_knows_its_sides(place):
    evs = of_world(traffic=content()["traffic"] | {"directions": [EAST, WEST]}, site=place)
    assert np.mean(evs.side) == pytest.approx(0.4, abs=4 * np.sqrt(0.24 / len(evs)))


def test_a_wish_to_charge_keeps_the_sides_of_all_cars():
    traffic_section = content()["traffic"] | {"directions": [EAST, WEST]}
    trip = {"distance_mean_km": 180, "distance_sd_km": 90}
    few, many = (
        of_world(
            traffic=traffic_section,
            charging={"groups": POSTS, "arrival_from_trip": {**trip, "wish_soc": wish}},
        )
        for wish in (0.3, 0.6)
    )
    assert 10 < len(few) < len(many)
    same = np.searchsorted(many.time_s, few.time_s)
    np.testing.assert_array_equal(few.side, many.side[same])


@pytest.mark.parametrize(
    ("directions", "message"),
    [
        ([{**EAST, "share": 1.0}], "must be 2 to 4, got 1; leave them out"),
        ([{"name": name, "share": 0.2} for name in "abcde"], "must be 2 to 4, got 5"),
        ([EAST, {**EAST, "share": 0.4}], "names of directions must differ by more than case, got east twice"),
        ([EAST, {**WEST, "share": 0.5}], "shares of directions must sum to 1, got 1.1"),
        ([EAST, {**WEST, "share": -0.4}], "greater than or equal to 0"),
        ([EAST, {**WEST, "name": "West bound"}], "match pattern"),
        ([EAST, {**WEST, "hourly_shape": [1.0]}], "at least 24 items"),
        ([EAST, {**WEST, "hourly_shape": [0.04] * 24}], "must sum to 1, got a sum of 0.96"),
        ([EAST, {**WEST, "lanes": 2}], "not permitted"),
    ],
)
def test_wrong_directions_are_refused(directions, message):
    with pytest.raises(ValidationError) as caught:
        traffic(*directions)
    assert message in str(caught.value)
