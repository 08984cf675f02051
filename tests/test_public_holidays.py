"""Public holidays of a country beside the days a scenario lists."""

import datetime as dt
import sys
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from stationsim import Scenario, simulate
from stationsim.errors import MachineError, ScenarioError
from stationsim.kpis import kpis
from stationsim.traffic.public_holidays import filled_holidays
from stationsim.traffic.resolve import resolve_traffic
from stationsim.traffic.spec import TrafficSpec
from tests.shared_data import ROOT

MAY = (dt.date(2025, 5, 1), dt.date(2025, 5, 31))


class Made(dict):
    """A country of the package with one holiday on a Friday and one worked Saturday."""

    weekend_workdays = frozenset({dt.date(2025, 5, 24)})


@pytest.fixture
def _made_package(monkeypatch):
    def country_holidays(code, *, subdiv, years):
        if code == "XX":
            raise NotImplementedError
        return Made({dt.date(2025, 5, 2): "Spring Day", dt.date(2025, 5, 23): "Founders"})

    monkeypatch.setitem(sys.modules, "holidays", SimpleNamespace(country_holidays=country_holidays))


def traffic(**changes):
    base = {"vehicles_per_day": 1000, "charging_share": 0.1, "calendar": "IT", "holiday_vehicles_factor": 1.5}
    return TrafficSpec.model_validate({**base, **changes})


@pytest.mark.usefixtures("_made_package")
def test_holidays_and_the_weekend_beside_them_are_filled_and_worked_days_are_not():
    filled = filled_holidays(traffic(holiday_charging_factor=1.2), *MAY)
    assert [(day.first_day.day, day.name) for day in filled.holidays] == [
        (2, "Spring Day"),
        (3, "Spring Day"),
        (4, "Spring Day"),
        (23, "Founders"),
    ]
    assert {(day.vehicles_factor, day.charging_factor) for day in filled.holidays} == {(1.5, 1.2)}
    assert filled.makeup_workdays == (dt.date(2025, 5, 24),)


@pytest.mark.usefixtures("_made_package")
def test_listed_days_stay_as_they_are():
    listed = {"name": "Mine", "first_day": "2025-05-03", "last_day": "2025-05-03", "vehicles_factor": 3}
    found = resolve_traffic(traffic(holidays=[listed]), *MAY, timezone="Europe/Rome")
    factors = {day.first_day.day: day.vehicles_factor for day in found.spec.holidays}
    assert factors == {3: 3, 2: 1.5, 4: 1.5, 23: 1.5}
    assert found.source["holidays_filled"][0] == ["2025-05-02", "Spring Day"]
    assert found.warnings == ()


@pytest.mark.usefixtures("_made_package")
def test_a_country_nobody_knows_is_refused():
    with pytest.raises(ScenarioError, match=r"traffic\.calendar: must be a country"):
        filled_holidays(traffic(calendar="XX"), *MAY)


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MachineError, match=r"pip install 'stationsim\[calendar\]'"):
        filled_holidays(traffic(), *MAY)


def test_without_a_calendar_nothing_is_filled_nor_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    plain = TrafficSpec(vehicles_per_day=1000, charging_share=0.1)
    assert filled_holidays(plain, *MAY) == ((), ())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"calendar": "Italy"}, "pattern"),
        ({"holiday_vehicles_factor": None}, "calendar needs holiday_vehicles_factor"),
        ({"calendar": None}, "need calendar"),
        ({"charging_share": 0.8, "holiday_charging_factor": 1.5}, r"at most 1, got 1\.2"),
    ],
)
def test_what_is_wrong_is_refused(wrong, message):
    with pytest.raises(ValidationError, match=message):
        traffic(**wrong)


@pytest.mark.usefixtures("_made_package")
def test_a_run_splits_its_charging_by_the_filled_days():
    path = ROOT / "scenarios" / "european_station.yaml"
    span = ["period.start=2025-05-19", "period.end=2025-05-25", "traffic.calendar=IT"]
    results = simulate(
        Scenario.from_yaml(path, overrides=[*span, "traffic.holiday_vehicles_factor=3"]), base=path.parent
    )
    found = kpis(results)
    plugged = results.sessions[results.sessions["outcome"].isin(["served", "charging"])]
    on_friday = plugged["start"].dt.tz_convert("Europe/Rome").dt.day == 23
    assert found["sessions_per_post_day_holiday"].value == pytest.approx(on_friday.sum() / 16)
    assert found["sessions_per_post_day_ordinary"].value == pytest.approx((~on_friday).sum() / 6 / 16)
    assert found["holiday_charging_ratio"].value > 1.5


def test_china_fills_the_blocks_of_the_state_council_and_leaves_years_to_come():
    pytest.importorskip("holidays")
    reference = Scenario.from_yaml(ROOT / "scenarios" / "jinan_east.yaml").traffic
    listed = {day for holiday in reference.holidays for day in holiday.days()}
    year = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    filled = filled_holidays(traffic(calendar="CN"), *year)
    assert {day.first_day for day in filled.holidays if day.first_day.year == 2025} == listed
    in_2025 = {day for day in filled.makeup_workdays if day.year == 2025}
    assert in_2025 == set(reference.makeup_workdays)
    spec = traffic(calendar="CN")
    (warning,) = resolve_traffic(
        spec, dt.date(2025, 1, 1), dt.date(2099, 1, 1), timezone="Asia/Shanghai"
    ).warnings
    assert "no holiday is listed in 20" in warning


def test_italy_has_its_liberation_day():
    pytest.importorskip("holidays")
    filled = filled_holidays(traffic(), dt.date(2025, 4, 1), dt.date(2025, 4, 30))
    days = {day.first_day: day.name for day in filled.holidays}
    assert dt.date(2025, 4, 25) in days
    assert dt.date(2025, 4, 27) in days
