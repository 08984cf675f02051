"""Charging on holidays against ordinary days."""

import dataclasses

import pytest

from stationsim.kpis import kpis
from tests.fake_results import fake_results

NAMES = {
    "holiday_charging_ratio",
    *(f"{what}_per_post_day_{kind}" for what in ("sessions", "kwh") for kind in ("ordinary", "holiday")),
}


def with_holidays(results, *days, filled=()):
    holidays = [{"name": "Day", "first_day": day, "last_day": day} for day in days]
    traffic = {**results.scenario.get("traffic", {}), "holidays": holidays}
    provenance = {**results.provenance, "traffic": {"holidays_filled": [[day, "Day"] for day in filled]}}
    return dataclasses.replace(
        results, scenario={**results.scenario, "traffic": traffic}, provenance=provenance
    )


@pytest.fixture(scope="module")
def three_days():
    return fake_results(days=3)


def posts_of(results):
    return sum(group["posts"] for group in results.scenario["charging"]["groups"])


def test_equal_days_have_a_ratio_of_one(three_days):
    found = kpis(with_holidays(three_days, "2025-06-03"))
    plugged = three_days.sessions[three_days.sessions["outcome"].isin(["served", "charging"])]
    posts = posts_of(three_days)
    assert found.keys() >= NAMES
    for kind in ("ordinary", "holiday"):
        assert found[f"sessions_per_post_day_{kind}"].value == pytest.approx(len(plugged) / 3 / posts)
        kwh = plugged["energy_kwh"].sum() / 3 / posts
        assert found[f"kwh_per_post_day_{kind}"].value == pytest.approx(kwh)
    assert found["holiday_charging_ratio"].value == pytest.approx(1)


def test_a_holiday_with_twice_the_energy_has_a_ratio_of_two(three_days):
    sessions = three_days.sessions.copy()
    on_holiday = sessions["start"].dt.tz_convert("Asia/Shanghai").dt.day == 3
    sessions.loc[on_holiday, "energy_kwh"] *= 2
    doubled = dataclasses.replace(three_days, sessions=sessions)
    assert kpis(with_holidays(doubled, "2025-06-03"))["holiday_charging_ratio"].value == pytest.approx(2)


def test_days_a_calendar_filled_are_holidays_too(three_days):
    listed, filled = with_holidays(three_days, "2025-06-03"), with_holidays(three_days, filled=["2025-06-03"])
    for name in NAMES:
        assert kpis(listed)[name].value == kpis(filled)[name].value


@pytest.mark.parametrize("days", [(), ("2025-06-02", "2025-06-03", "2025-06-04"), ("2025-07-01",)])
def test_runs_of_one_kind_of_day_have_no_such_numbers(three_days, days):
    assert not NAMES & kpis(with_holidays(three_days, *days)).keys()


def test_a_station_without_a_plaza_has_no_such_numbers():
    none = fake_results(days=3, cars=False)
    scenario = {**none.scenario, "charging": None}
    none = dataclasses.replace(none, scenario=scenario)
    assert not NAMES & kpis(with_holidays(none, "2025-06-03")).keys()


def test_without_sessions_the_ratio_does_not_apply(three_days):
    empty = dataclasses.replace(three_days, sessions=three_days.sessions.iloc[:0])
    found = kpis(with_holidays(empty, "2025-06-03"))
    assert found["kwh_per_post_day_holiday"].value == 0
    assert not found["holiday_charging_ratio"].applies
