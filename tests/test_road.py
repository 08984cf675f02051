"""From the road to the vehicles that enter."""

import datetime as dt
import shutil

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim import Scenario, simulate
from stationsim.clock import Clock
from stationsim.errors import ScenarioError
from stationsim.traffic.resolve import resolve_traffic
from stationsim.traffic.spec import TrafficSpec
from stationsim.traffic.visitors import draw_visitors
from tests.shared_data import ROOT, shared
from tests.test_counts import hours, written

ZONE = "Asia/Shanghai"
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
WEEK = Clock(dt.date(2025, 3, 3), dt.date(2025, 3, 9), 60, ZONE)
CAR = {"share": 0.8, "people_per_vehicle": 3, "ev_share": 0.2}
TRUCK = {"share": 0.2, "people_per_vehicle": 1.5, "ev_share": 0.1, "charging_share": 0.5}
ROAD = {"aadt": 50_000, "turn_in_rate": 0.15}


def traffic(road=ROAD, **changes):
    return TrafficSpec.model_validate({"road": road, "charging_share": 0.1, **changes})


def resolve(spec, days=YEAR, **options):
    return resolve_traffic(spec, *days, timezone=ZONE, **options)


def test_vehicles_per_day_alone_goes_through_untouched():
    spec = TrafficSpec(vehicles_per_day=1000, charging_share=0.1)
    found = resolve(spec)
    assert found.spec is spec
    assert (found.mix, found.findings, found.warnings, found.source) == (None, (), (), {})


def test_the_years_mean_of_the_days_is_the_part_of_the_aadt():
    holiday = {"name": "October", "first_day": "2025-10-01", "last_day": "2025-10-08", "vehicles_factor": 2}
    found = resolve(traffic(weekend_factor=1.3, holidays=[holiday])).spec
    factors = [
        2 if "2025-10-01" <= str(day) <= "2025-10-08" else 1.3 if day.weekday() > 4 else 1
        for day in (YEAR[0] + dt.timedelta(days=n) for n in range(365))
    ]
    assert found.vehicles_per_day * np.mean(factors) == pytest.approx(7500)


def test_a_part_of_the_year_has_the_level_of_the_year():
    spec = traffic(weekend_factor=1.3)
    july = resolve(spec, (dt.date(2025, 7, 1), dt.date(2025, 7, 2)))
    assert july.spec.vehicles_per_day == resolve(spec).spec.vehicles_per_day


@pytest.mark.parametrize(
    ("road", "message"),
    [
        ({"turn_in_rate": 0.1}, "one of aadt and counts_file"),
        ({**ROAD, "counts_file": "a.csv"}, "one of aadt and counts_file"),
        ({**ROAD, "turn_in_rate": 15}, "less than or equal to 1"),
        ({**ROAD, "turn_in_rate": 0}, "greater than 0"),
        ({"aadt": -1, "turn_in_rate": 0.1}, "greater than 0"),
        ({**ROAD, "classes": {"car": CAR}}, r"must sum to 1, got 0\.8"),
        ({**ROAD, "classes": {"car": {**CAR, "share": None}}}, "must have share, since no count file"),
        ({**ROAD, "classes": {"car": CAR, "truck": {**TRUCK, "share": None}}}, "in every class, or in none"),
        ({**ROAD, "classes": {"truck": {**TRUCK, "share": 1.0}}}, "car"),
        (
            {**ROAD, "classes": {"car": {"share": 1.0, "people_per_vehicle": 3}}},
            "one of ev_share and ev_share_by",
        ),
        ({**ROAD, "counts_factor": 1e9}, "less than or equal to 100"),
        (
            {**ROAD, "classes": {"car": {**CAR, "share": 1.0, "people_per_vehicle": 1e9}}},
            "less than or equal",
        ),
        ({**ROAD, "counts_format": "xls"}, "counts_format"),
        ({**ROAD, "volume": 3}, "volume"),
    ],
)
def test_what_is_wrong_is_refused(road, message):
    with pytest.raises(ValidationError, match=message):
        traffic(road)


def test_a_table_of_years_must_rise():
    table = [{"year": 2026, "share": 0.2}, {"year": 2024, "share": 0.1}]
    with pytest.raises(ValidationError, match="must have rising years, got"):
        traffic(
            {**ROAD, "classes": {"car": {"share": 1.0, "people_per_vehicle": 3, "ev_share_by_year": table}}}
        )


@pytest.mark.parametrize("both", [{"vehicles_per_day": 100, "road": ROAD}, {}])
def test_vehicles_come_from_one_place(both):
    with pytest.raises(ValidationError, match="one of vehicles_per_day and road"):
        TrafficSpec.model_validate({"charging_share": 0.1, **both})


def test_the_share_of_a_year_lies_between_those_of_the_table_and_beyond_it_is_the_nearest():
    table = [{"year": 2024, "share": 0.1}, {"year": 2026, "share": 0.3}]
    car = {"share": 1.0, "people_per_vehicle": 3, "ev_share_by_year": table}
    found = resolve(traffic({**ROAD, "classes": {"car": car}}), (dt.date(2025, 1, 1), dt.date(2028, 1, 1)))
    shares = [found.mix.charging_probability(year, 1.0)[0] for year in (2020, 2024, 2025, 2026, 2030)]
    assert shares == pytest.approx([0.01, 0.01, 0.02, 0.03, 0.03])
    (warning,) = found.warnings
    assert "classes.car.ev_share_by_year does not reach 2027, 2028" in warning


def test_classes_come_in_their_shares_with_their_people_and_charge_by_their_own():
    found = resolve(traffic({**ROAD, "classes": {"car": CAR, "truck": TRUCK}}))
    visitors = draw_visitors(found.spec, WEEK, seed=3, mix=found.mix)
    np.testing.assert_array_equal(visitors.by_class.sum(axis=0), visitors.vehicles)
    np.testing.assert_allclose(visitors.people, visitors.by_class.T @ [3, 1.5])
    cars, trucks = visitors.by_class.sum(axis=1)
    total = cars + trucks
    assert cars / total == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / total))
    charging = np.bincount(visitors.ev_class, minlength=2)
    for number, probability, count in ((0, 0.02, cars), (1, 0.05, trucks)):
        expected = probability * count
        assert charging[number] == pytest.approx(expected, abs=4 * np.sqrt(expected))
    assert visitors.occupancy.mean() == pytest.approx(
        visitors.people.sum() * 20 / len(visitors.people), rel=0.02
    )


def test_classes_that_are_alike_change_nobody():
    alike = {"car": {**CAR, "share": 0.5}, "bus": {**CAR, "share": 0.5}}
    with_classes, plain = resolve(traffic({**ROAD, "classes": alike})), resolve(traffic(ev_share=0.2))
    drawn = draw_visitors(with_classes.spec, WEEK, seed=3, mix=with_classes.mix)
    same = draw_visitors(plain.spec, WEEK, seed=3)
    np.testing.assert_array_equal(drawn.vehicles, same.vehicles)
    np.testing.assert_array_equal(drawn.ev_time_s, same.ev_time_s)


def test_a_count_file_gives_level_shape_and_the_weekends_factor(tmp_path):
    days = [dt.date(2025, 3, 3) + dt.timedelta(days=n) for n in range(14)]
    rows = [row for day in days for row in hours(day, [200.0] * 24 if day.weekday() > 4 else None)]
    spec = traffic({"counts_file": "counts.csv", "counts_factor": 2, "turn_in_rate": 0.15})
    found = resolve(spec, counts_path=written(tmp_path, rows))
    assert found.spec.vehicles_per_day == pytest.approx(2400 * 2 * 0.15)
    assert found.spec.weekend_factor == pytest.approx(2)
    np.testing.assert_allclose(found.spec.hourly_shape_weekday, 1 / 24)
    assert found.spec.hourly_shape_holiday == spec.hourly_shape_holiday
    assert [finding.rule for finding in found.findings] == ["counts.mean", "counts.mean", "counts.kind"]


def test_classes_of_the_file_give_the_shares(tmp_path):
    rows = [f"{row},{kind}" for row in hours(dt.date(2025, 3, 3)) for kind in ("car", "truck")]
    path = written(tmp_path, rows, "time,count,class")
    car, truck = ({**found, "share": None} for found in (CAR, TRUCK))
    road = {"counts_file": "counts.csv", "turn_in_rate": 0.1}
    found = resolve(traffic({**road, "classes": {"car": car, "truck": truck}}), counts_path=path)
    np.testing.assert_allclose(found.mix.shares, [0.5, 0.5])
    with pytest.raises(ScenarioError, match=r"counts truck, which traffic\.road\.classes must describe"):
        resolve(traffic({**road, "classes": {"car": car}}), counts_path=path)
    plain = written(tmp_path, hours(dt.date(2025, 3, 3)))
    with pytest.raises(ScenarioError, match="must have a column class"):
        resolve(traffic({**road, "classes": {"car": car}}), counts_path=plain)


def test_a_file_without_a_whole_weekday_is_refused(tmp_path):
    path = written(tmp_path, hours(dt.date(2025, 3, 8)))
    with pytest.raises(ScenarioError, match=r"counts\.csv:1: must count every hour of a weekday"):
        resolve(traffic({"counts_file": "counts.csv", "turn_in_rate": 0.1}), counts_path=path)


def reference(tmp_path, *overrides):
    path = tmp_path / "jinan_east.yaml"
    shutil.copy(ROOT / "scenarios" / path.name, path)
    short = ["period.start=2025-03-03", "period.end=2025-03-04", "traffic.vehicles_per_day=null"]
    return Scenario.from_yaml(path, overrides=[*short, *overrides])


def test_a_run_from_a_count_file_says_what_it_found(tmp_path):
    written(tmp_path, [row for n in range(7) for row in hours(dt.date(2025, 3, 3) + dt.timedelta(days=n))])
    road = "traffic.road={counts_file: counts.csv, turn_in_rate: 0.5}"
    results = simulate(reference(tmp_path, road), base=tmp_path)
    results.check()
    assert results.steps["vehicles"].sum() == pytest.approx(2400, abs=4 * np.sqrt(2400))
    assert {row["rule"] for row in results.provenance["findings"]} == {"counts.mean", "counts.kind"}
    assert results.provenance["traffic"]["vehicles_per_weekday"] == pytest.approx(1200)


def test_a_class_that_charges_needs_a_type_of_its_own(tmp_path):
    with pytest.raises(ScenarioError, match="must have a type of vehicle_class truck"):
        reference(
            tmp_path,
            "traffic.road={aadt: 5000, turn_in_rate: 0.5, classes: {"
            "car: {share: 0.8, people_per_vehicle: 3, ev_share: 0.2}, "
            "truck: {share: 0.2, people_per_vehicle: 1, ev_share: 0.1}}}",
        )


def test_trucks_take_the_types_of_trucks(tmp_path):
    scenario = reference(
        tmp_path,
        "traffic.road={aadt: 50000, turn_in_rate: 0.2, classes: {"
        "car: {share: 0.8, people_per_vehicle: 3, ev_share: 0.2}, "
        "truck: {share: 0.2, people_per_vehicle: 1, ev_share: 0.2}}}",
        "charging.vehicles=[{type: byd_seal, share: 1.0}, "
        "{type: tractor, share: 1.0, vehicle_class: truck, usable_kwh: 400, peak_kw: 250}]",
    )
    results = simulate(scenario, base=tmp_path)
    results.check()
    trucks = (results.sessions["type"] == "tractor").mean()
    assert trucks == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / len(results.sessions)))
    assert {"vehicles_car", "vehicles_truck"} <= set(results.steps.columns)
    np.testing.assert_array_equal(
        results.steps["vehicles"], results.steps["vehicles_car"] + results.steps["vehicles_truck"]
    )


def test_the_toll_gates_of_china_give_a_run():
    path = shared("traffic/kddcup2017_tollgate_20min_volume_2016.csv")
    holiday = {
        "name": "October",
        "first_day": "2016-10-01",
        "last_day": "2016-10-07",
        "vehicles_factor": 1.667,
    }
    road = {
        "counts_file": path.name,
        "counts_format": "kdd_tollgate",
        "counts_gaps": "zero",
        "turn_in_rate": 0.4,
    }
    found = resolve(traffic(road, holidays=[holiday]), counts_path=path)
    assert 0.4 * 19_000 < found.spec.vehicles_per_day < 0.4 * 20_500
    assert any("mean holiday" in finding.message for finding in found.findings)
