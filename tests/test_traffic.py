"""What a scenario may say about traffic."""

import datetime as dt
import math

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.traffic.spec import (
    TOLL_GATE_HOLIDAY,
    TOLL_GATE_WEEKDAY,
    TOLL_GATE_WEEKEND,
    HolidaySpec,
    TrafficSpec,
)

NATIONAL_DAY = {
    "name": "National Day",
    "first_day": "2025-10-01",
    "last_day": "2025-10-08",
    "vehicles_factor": 1.667,
    "charging_factor": 1.558,
}


def traffic(**changes):
    return TrafficSpec.model_validate({"vehicles_per_day": 7800, "charging_share": 0.05, **changes})


def test_defaults_are_the_published_ones():
    spec = traffic()
    assert spec.people_per_vehicle == pytest.approx(44_000 / 13_000, rel=0.002)
    assert spec.ev_share == 0.143
    assert spec.holidays == ()


@pytest.mark.parametrize("shape", [TOLL_GATE_WEEKDAY, TOLL_GATE_WEEKEND, TOLL_GATE_HOLIDAY])
def test_default_shapes_have_24_hours_that_sum_to_one(shape):
    assert len(shape) == 24
    assert math.fsum(shape) == pytest.approx(1, abs=1e-12)


def test_weekdays_peak_in_the_morning_and_weekends_in_the_afternoon():
    assert np.argmax(TOLL_GATE_WEEKDAY) == 8
    assert np.argmax(TOLL_GATE_WEEKEND) == 15


def test_shares_that_do_not_sum_to_one_are_refused_with_their_sum():
    shape = [0.04] * 24
    with pytest.raises(ValidationError, match=r"must sum to 1, got a sum of 0\.96"):
        traffic(hourly_shape_weekday=shape)


def test_a_sum_within_rounding_is_accepted_and_not_rescaled():
    shape = (1 / 24 + 1e-11,) + (1 / 24,) * 23
    assert traffic(hourly_shape_holiday=shape).hourly_shape_holiday == shape


def test_a_negative_share_is_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        traffic(hourly_shape_weekday=[-0.5, 1.5] + [0] * 22)


def test_a_shape_of_23_hours_is_refused():
    with pytest.raises(ValidationError, match="24"):
        traffic(hourly_shape_weekend=[1.0] + [0.0] * 22)


def test_overlapping_holidays_are_refused_in_whatever_order():
    autumn = {**NATIONAL_DAY, "name": "Mid-Autumn", "first_day": "2025-10-06", "last_day": "2025-10-10"}
    with pytest.raises(
        ValidationError, match="must not overlap, got National Day to 2025-10-08 and Mid-Autumn"
    ):
        traffic(holidays=[autumn, NATIONAL_DAY])


def test_holidays_may_follow_each_other_directly():
    bridge = {**NATIONAL_DAY, "name": "Bridge", "first_day": "2025-10-09", "last_day": "2025-10-09"}
    assert len(traffic(holidays=[bridge, NATIONAL_DAY]).holidays) == 2


def test_a_holiday_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValidationError, match="last_day must not be before first_day"):
        HolidaySpec.model_validate({**NATIONAL_DAY, "last_day": "2025-09-30"})


def test_a_makeup_day_inside_a_holiday_is_refused():
    with pytest.raises(ValidationError, match="outside the holidays, got 2025-10-04 in National Day"):
        traffic(holidays=[NATIONAL_DAY], makeup_workdays=["2025-10-04"])


def test_a_makeup_day_that_is_a_weekday_anyway_is_refused():
    with pytest.raises(ValidationError, match="must be Saturdays or Sundays, got 2025-10-10"):
        traffic(makeup_workdays=["2025-10-10"])


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError, match="must be a date that exists"):
        traffic(makeup_workdays=["2025-02-29"])


def test_more_charging_vehicles_than_electric_ones_are_refused():
    with pytest.raises(ValidationError, match=r"at most 1, got 1\.091"):
        traffic(charging_share=0.7, holidays=[NATIONAL_DAY])


@pytest.mark.parametrize(
    "wrong",
    [
        {"vehicles_per_day": 0},
        {"stay_minutes": 300},
        {"ev_share": 14.3},
        {"people_per_vehicle": -1},
        {"evs": 3},
    ],
)
def test_values_out_of_range_and_unknown_keys_are_refused(wrong):
    with pytest.raises(ValidationError):
        traffic(**wrong)


def test_a_holiday_yields_its_days():
    holiday = HolidaySpec.model_validate(NATIONAL_DAY)
    assert list(holiday.days()) == [dt.date(2025, 10, day) for day in range(1, 9)]
