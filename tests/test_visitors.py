"""The one stream of visitors."""

import datetime as dt
import math

import numpy as np
import pytest

from stationsim.clock import Clock
from stationsim.traffic.spec import TrafficSpec
from stationsim.traffic.visitors import draw_visitors, presence_kernel_minutes, to_step

SHARE = 0.0558
SPEC = TrafficSpec.model_validate(
    {
        "vehicles_per_day": 7800,
        "charging_share": SHARE,
        "holidays": [
            {
                "name": "National Day",
                "first_day": "2025-10-01",
                "last_day": "2025-10-08",
                "vehicles_factor": 1.667,
                "charging_factor": 1.558,
            }
        ],
    }
)
STANDARD_ERRORS = 4.5
"""Half-width of the band a drawn total must keep to, so that one seed in 150,000 falls outside."""


def clock(first, last, step=15, zone="Asia/Shanghai"):
    return Clock(dt.date.fromisoformat(first), dt.date.fromisoformat(last), step, zone)


def near_poisson(total, expected):
    return abs(total - expected) <= STANDARD_ERRORS * math.sqrt(expected)


@pytest.fixture(scope="module")
def year():
    return draw_visitors(SPEC, clock("2025-01-01", "2025-12-31"), seed=1)


def test_arrays_cover_every_minute(year):
    assert year.vehicles.size == year.people.size == year.occupancy.size == 365 * 1440
    np.testing.assert_allclose(year.people, year.vehicles * 3.38)


def test_ordinary_weekdays_bring_the_stated_vehicles(year):
    june = year.vehicles.reshape(365, 1440)[153:158]  # Tuesday 3 June to Saturday
    assert near_poisson(june[:4].sum(), 4 * 7800)
    assert near_poisson(june[4].sum(), 1.01 * 7800)


def test_national_day_brings_13000_vehicles_and_44000_people(year):
    days = slice(273 * 1440, 281 * 1440)
    assert near_poisson(year.vehicles[days].sum(), 8 * 7800 * 1.667)
    assert year.people[days].sum() / 8 == pytest.approx(44_000, rel=0.015)


def test_hours_of_the_day_follow_the_shape(year):
    hours = year.vehicles.reshape(365, 24, 60)[1:273].sum(axis=(0, 2))
    weekdays = np.array(
        [dt.date.fromordinal(dt.date(2025, 1, 2).toordinal() + day).weekday() < 5 for day in range(272)]
    )
    expected = 7800 * (
        weekdays.sum() * np.array(SPEC.hourly_shape_weekday)
        + (~weekdays).sum() * 1.01 * np.array(SPEC.hourly_shape_weekend)
    )
    assert np.all(np.abs(hours - expected) < STANDARD_ERRORS * np.sqrt(expected))


def test_vehicles_of_a_minute_scatter_like_a_poisson_count(year):
    two_to_three = year.vehicles.reshape(365, 24, 60)[1:273, 14]
    weekday = two_to_three[[day for day in range(272) if (day + 3) % 7 < 5]]
    ratio = weekday.var(ddof=1) / weekday.mean()
    assert ratio == pytest.approx(1, abs=STANDARD_ERRORS * math.sqrt(2 / weekday.size))


def test_charging_vehicles_are_ascending_whole_seconds_of_minutes_with_vehicles(year):
    assert year.ev_time_s.dtype == np.int64
    assert np.all(np.diff(year.ev_time_s) >= 0)
    per_minute = np.bincount(year.ev_time_s // 60, minlength=year.vehicles.size)
    assert per_minute.size == year.vehicles.size
    assert np.all(per_minute <= year.vehicles)


def test_charging_vehicles_are_the_stated_share(year):
    per_day = np.bincount(year.ev_time_s // 86_400, minlength=365)
    assert near_poisson(per_day[:273].sum(), year.vehicles[: 273 * 1440].sum() * 0.143 * SHARE)
    assert near_poisson(per_day[273:281].sum(), 8 * 7800 * 1.667 * 0.143 * SHARE * 1.558)


def test_charging_vehicles_enter_at_every_second_of_a_minute_alike(year):
    counts = np.bincount(year.ev_time_s % 60, minlength=60)
    expected = year.ev_time_s.size / 60
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert abs(chi_square - 59) < STANDARD_ERRORS * math.sqrt(2 * 59)


def test_people_present_are_people_entering_times_their_stay(year):
    assert year.occupancy.mean() == pytest.approx(year.people.mean() * 20, rel=1e-5)
    assert year.occupancy.min() >= 0


def test_the_station_is_not_empty_at_the_start(year):
    midnights = year.occupancy.reshape(365, 1440)[:, 0]
    assert year.occupancy[0] > 0.5 * midnights.mean()


def test_a_month_alone_is_the_month_of_the_year(year):
    july = draw_visitors(SPEC, clock("2025-07-01", "2025-07-31", step=60), seed=1)
    start = 181 * 1440
    np.testing.assert_array_equal(july.vehicles, year.vehicles[start : start + 31 * 1440])
    np.testing.assert_array_equal(july.occupancy, year.occupancy[start : start + 31 * 1440])
    seconds = year.ev_time_s - start * 60
    np.testing.assert_array_equal(july.ev_time_s, seconds[(seconds >= 0) & (seconds < 31 * 86_400)])


def test_seed_and_replication_change_the_draw_and_nothing_else_does():
    week = clock("2025-03-03", "2025-03-09")
    one = draw_visitors(SPEC, week, seed=1)
    again = draw_visitors(SPEC, week.at_step(1), seed=1)
    for ours, theirs in zip(one, again, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(one.vehicles, draw_visitors(SPEC, week, seed=2).vehicles)
    assert not np.array_equal(one.vehicles, draw_visitors(SPEC, week, seed=1, replication=1).vehicles)


def test_more_charging_keeps_the_same_vehicles_and_adds_charging_ones():
    week = clock("2025-03-03", "2025-03-09")
    more = SPEC.model_copy(update={"charging_share": 2 * SHARE})
    few, many = draw_visitors(SPEC, week, seed=1), draw_visitors(more, week, seed=1)
    np.testing.assert_array_equal(few.vehicles, many.vehicles)
    assert set(few.ev_time_s) < set(many.ev_time_s)


def test_nobody_charges_where_no_vehicle_is_electric():
    none = SPEC.model_copy(update={"ev_share": 0.0})
    assert draw_visitors(none, clock("2025-03-03", "2025-03-04"), seed=1).ev_time_s.size == 0


@pytest.mark.parametrize(("day", "minutes"), [("2025-03-30", 1380), ("2025-10-26", 1500)])
def test_a_day_with_a_clock_change_has_its_own_length(day, minutes):
    shape = (0.0, 0.0, 1.0) + (0.0,) * 21
    spec = SPEC.model_copy(
        update={"hourly_shape_weekend": shape, "hourly_shape_weekday": shape, "holidays": ()}
    )
    visitors = draw_visitors(spec, clock(day, day, zone="Europe/Berlin"), seed=1)
    assert visitors.vehicles.size == minutes
    entering = np.flatnonzero(visitors.vehicles)
    if minutes == 1380:  # there is no hour from two to three
        assert entering.size == 0
    else:  # there are two
        assert entering.min() == 120
        assert entering.max() == 239


def test_a_summer_month_alone_in_a_zone_with_summer_time():
    whole = draw_visitors(SPEC, clock("2025-03-01", "2025-04-30", zone="Europe/Berlin"), seed=1)
    april = draw_visitors(SPEC, clock("2025-04-01", "2025-04-30", zone="Europe/Berlin"), seed=1)
    np.testing.assert_array_equal(april.vehicles, whole.vehicles[-30 * 1440 :])


@pytest.mark.parametrize("stay_minutes", [0.5, 20.0, 240.0])
def test_presence_adds_up_to_the_stay_and_fades(stay_minutes):
    kernel = presence_kernel_minutes(stay_minutes)
    assert kernel.sum() == pytest.approx(stay_minutes, rel=1e-6)
    assert np.all(np.diff(kernel[1:]) <= 0)
    assert kernel[0] <= 0.5  # on average half of the minute of entry is over


def test_presence_is_the_mean_of_drawn_stays():
    rng = np.random.default_rng(0)
    entry, stay = rng.random(400_000), rng.gamma(2, 10, 400_000)
    drawn = [np.clip(entry + stay - minute, 0, None) for minute in (10, 11)]
    present = (drawn[0] - drawn[1]).mean()
    assert presence_kernel_minutes(20)[10] == pytest.approx(present, abs=0.003)


def test_means_and_totals_over_steps():
    values = np.array([1, 2, 3, 4, 5, 9])
    np.testing.assert_array_equal(to_step(values, 3), [2, 6])
    np.testing.assert_array_equal(to_step(values, 3, total=True), [6, 18])
    np.testing.assert_array_equal(to_step(values, 1), values)
    with pytest.raises(ValueError, match="must divide 6 minutes, got 4"):
        to_step(values, 4)
