"""Which kind of day it is."""

import datetime as dt

import numpy as np

from stationsim.traffic.calendar import DAY_KINDS, beyond_holidays_warning, day_types
from stationsim.traffic.spec import TrafficSpec

SPEC = TrafficSpec.model_validate(
    {
        "vehicles_per_day": 7800,
        "charging_share": 0.05,
        "weekend_factor": 1.1,
        "weekend_charging_factor": 1.2,
        "holidays": [
            {
                "name": "National Day",
                "first_day": "2025-10-01",
                "last_day": "2025-10-08",
                "vehicles_factor": 1.667,
                "charging_factor": 1.558,
            }
        ],
        "makeup_workdays": ["2025-09-28", "2025-10-11"],
    }
)


def kinds(first_day, n_days, spec=SPEC):
    return [DAY_KINDS[kind] for kind in day_types(spec, first_day, n_days).kind]


def test_a_plain_week_is_five_weekdays_and_a_weekend():
    monday = dt.date(2025, 6, 2)
    assert kinds(monday, 7) == ["weekday"] * 5 + ["weekend"] * 2
    types = day_types(SPEC, monday, 7)
    np.testing.assert_array_equal(types.vehicles_factor, [1] * 5 + [1.1] * 2)
    np.testing.assert_array_equal(types.charging_factor, [1] * 5 + [1.2] * 2)
    assert types.name == ("",) * 7


def test_makeup_days_are_weekdays():
    types = day_types(SPEC, dt.date(2025, 9, 27), 2)
    assert [DAY_KINDS[kind] for kind in types.kind] == ["weekend", "weekday"]
    assert types.vehicles_factor[1] == types.charging_factor[1] == 1


def test_a_holiday_covers_its_weekend_and_carries_its_factors():
    types = day_types(SPEC, dt.date(2025, 9, 30), 10)
    assert [DAY_KINDS[kind] for kind in types.kind] == ["weekday"] + ["holiday"] * 8 + ["weekday"]
    assert set(types.vehicles_factor[1:9]) == {1.667}
    assert set(types.charging_factor[1:9]) == {1.558}
    assert types.name == ("", *["National Day"] * 8, "")


def test_a_period_inside_the_list_is_not_warned_about():
    assert beyond_holidays_warning(SPEC, dt.date(2025, 1, 1), dt.date(2025, 12, 31)) is None


def test_a_period_beyond_the_list_is_warned_about_and_falls_back():
    warning = beyond_holidays_warning(SPEC, dt.date(2025, 12, 1), dt.date(2027, 1, 31))
    assert warning is not None
    assert "no holiday is listed in 2026, 2027, only in 2025" in warning
    assert kinds(dt.date(2026, 10, 1), 4) == ["weekday", "weekday", "weekend", "weekend"]


def test_no_list_at_all_is_a_choice():
    spec = SPEC.model_copy(update={"holidays": (), "makeup_workdays": ()})
    assert beyond_holidays_warning(spec, dt.date(2030, 1, 1), dt.date(2030, 1, 2)) is None
