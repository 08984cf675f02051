"""What drivers do: means, shares and classes, and that each attribute leaves the others alone."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.charging import ChargingSpec
from stationsim.traffic.draws import Uniforms, log_normal
from stationsim.traffic.evs import ClassOfEvs, EvArrivals, draw_evs, fleet_classes, fleet_curves

CARS = 20_000
TIMES = np.arange(CARS) * 60
GROUP = {"name": "fast", "posts": 4, "power_kw": 120}
FLEET = [
    {"type": "own_car", "share": 1.0, "usable_kwh": 60, "peak_kw": 100},
    {"type": "tractor", "share": 1.0, "usable_kwh": 400, "peak_kw": 350, "vehicle_class": "truck"},
]
OF_CLASS = ClassOfEvs(("car", "truck"), (np.arange(CARS) % 4 == 0).astype(np.int64))
IS_TRUCK = OF_CLASS.number == 1

NEW: dict[str, tuple[dict[str, Any], set[str]]] = {
    "stop": ({"stop": {"mean_minutes": 25, "sd_minutes": 10}}, {"stop_s"}),
    "linger": ({"linger": {"share": 0.3, "mean_minutes": 12, "sd_minutes": 8}}, {"linger_s"}),
    "legal_break": ({"legal_break": {"share": 0.5}}, {"hold_s"}),
    "priority": ({"priority": {"share": 0.1, "classes": ["truck"]}}, {"is_first"}),
    "reservations": ({"reservations": {"share": 0.2, "hold_minutes": 10}}, {"is_booked"}),
    "by_price_share": ({"by_price_share": 0.4}, {"by_price"}),
    "patience_sd_minutes": ({"patience_sd_minutes": 10}, {"patience_s"}),
    "energy_wanted": ({"energy_wanted": {"mean_kwh": 24, "sd_kwh": 8}}, {"soc_target"}),
}
"""Each new key with a value, and the attributes it is for."""


def charging(**section: Any) -> ChargingSpec:
    return ChargingSpec.model_validate({"groups": [GROUP], "vehicles": FLEET, **section})


def draw(**section: Any) -> EvArrivals:
    return draw_evs(charging(**section), TIMES, seed=3, of_class=OF_CLASS)


def near(share: float, number: int = CARS) -> Any:
    """Return what a drawn share may be [-]."""
    return pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / number))


def test_by_default_nobody_does_anything_new():
    cars = draw()
    assert set(cars.stop_s) == {np.inf}
    for name in ("side", "hold_s", "linger_s", "is_first", "is_booked", "by_price", "gives_back"):
        assert not getattr(cars, name).any()


@pytest.mark.parametrize(("section", "own"), NEW.values(), ids=NEW)
def test_a_key_changes_its_attribute_alone(section, own):
    before, after = draw(), draw(**section)
    changed = {
        name for name in vars(before) if not np.array_equal(getattr(before, name), getattr(after, name))
    }
    assert changed == own


@pytest.mark.parametrize(("section", "own"), NEW.values(), ids=NEW)
def test_a_key_beside_all_others_changes_its_attribute_alone(section, own):
    every = {key: value for added, _ in NEW.values() for key, value in added.items()}
    every["v2g"] = {"share": 0.5, "power_kw": 10}
    without = {key: value for key, value in every.items() if key not in section}
    before, after = draw(**without), draw(**every)
    for name in set(vars(before)) - own:
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_a_wish_to_charge_keeps_every_driver():
    every = {key: value for added, _ in NEW.values() for key, value in added.items()}
    trip = {"distance_mean_km": 180, "distance_sd_km": 90}
    few, many = (draw(**every, arrival_from_trip={**trip, "wish_soc": soc}) for soc in (0.3, 0.6))
    same = np.searchsorted(many.time_s, few.time_s)
    assert 100 < len(few) < len(many)
    for name, values in vars(few).items():
        np.testing.assert_array_equal(values, getattr(many, name)[same])


def test_time_given_to_charging_has_its_mean_and_spread():
    cars = draw(**NEW["stop"][0])
    assert cars.stop_s.mean() == pytest.approx(1500, abs=4 * 600 / np.sqrt(CARS))
    assert cars.stop_s.std() == pytest.approx(600, rel=0.05)
    assert set(draw(stop={"mean_minutes": 25}).stop_s) == {1500.0}


def test_of_those_who_stay_the_time_has_its_mean():
    cars = draw(**NEW["linger"][0])
    stays = cars.linger_s > 0
    assert stays.mean() == near(0.3)
    assert cars.linger_s[stays].mean() == pytest.approx(720, abs=4 * 480 / np.sqrt(stays.sum()))
    assert set(draw(linger={"share": 1.0, "mean_minutes": 5}).linger_s) == {300.0}


def test_an_idle_fee_moves_its_share_when_the_free_time_ends():
    linger = NEW["linger"][0]["linger"]
    fee = {"per_minute": 0.5, "grace_minutes": 10, "moved_share": 0.6}
    free, charged = draw(linger=linger).linger_s, draw(linger=linger | {"idle_fee": fee}).linger_s
    longer = free > 600
    assert longer.sum() > 1000
    np.testing.assert_array_equal(charged[~longer], free[~longer])
    moved = charged[longer] == 600
    assert moved.mean() == near(0.6, longer.sum())
    np.testing.assert_array_equal(charged[longer][~moved], free[longer][~moved])


def test_breaks_are_due_to_drivers_of_their_classes_alone():
    cars = draw(legal_break={"share": 0.5})
    assert not cars.hold_s[~IS_TRUCK].any()
    assert set(cars.hold_s) == {0.0, 45 * 60.0}
    assert (cars.hold_s[IS_TRUCK] > 0).mean() == near(0.5, IS_TRUCK.sum())
    of_cars = draw(legal_break={"share": 1.0, "minutes": 30, "classes": ["car"]}).hold_s
    np.testing.assert_array_equal(of_cars, np.where(IS_TRUCK, 0.0, 1800.0))


def test_all_of_a_class_come_first_and_a_share_of_the_others():
    cars = draw(priority={"share": 0.1, "classes": ["truck"]})
    assert cars.is_first[IS_TRUCK].all()
    assert cars.is_first[~IS_TRUCK].mean() == near(0.1, (~IS_TRUCK).sum())
    assert draw(priority={"classes": ["bus"]}).is_first.sum() == 0


@pytest.mark.parametrize(
    ("section", "name", "share"),
    [
        ({"reservations": {"share": 0.2, "hold_minutes": 10}}, "is_booked", 0.2),
        ({"by_price_share": 0.4}, "by_price", 0.4),
        ({"v2g": {"share": 0.7, "power_kw": 10}, **NEW["linger"][0]}, "gives_back", 0.7),
    ],
)
def test_shares_come_out_and_a_larger_one_only_adds(section, name, share):
    drawn = getattr(draw(**section), name)
    assert drawn.mean() == near(share)
    (key, value), *rest = section.items()
    more = value + 0.1 if isinstance(value, float) else value | {"share": share + 0.1}
    assert np.all(getattr(draw(**{key: more}, **dict(rest)), name) >= drawn)


def test_patience_is_exponential_log_normal_or_the_same_for_all():
    exponential = draw(patience_minutes=20).patience_s
    assert exponential.std() == pytest.approx(1200, rel=0.05)
    drawn = draw(patience_minutes=20, patience_sd_minutes=5).patience_s
    assert drawn.mean() == pytest.approx(1200, abs=4 * 300 / np.sqrt(CARS))
    assert drawn.std() == pytest.approx(300, rel=0.05)
    assert set(draw(patience_minutes=20, patience_sd_minutes=0).patience_s) == {1200.0}
    assert np.array_equal(np.argsort(drawn), np.argsort(exponential))


def test_energy_wanted_is_taken_up_to_full_and_at_least_the_least_gain():
    cars = draw(energy_wanted={"mean_kwh": 30}, arrival_soc={"mean": 0.3, "sd": 0.1})
    packs = np.array([curve.usable_kwh for curve in fleet_curves(charging())])[cars.type_index]
    gain = cars.soc_target - cars.soc_arrival
    has_room = cars.soc_arrival + 30 / packs <= 1
    np.testing.assert_allclose((gain * packs)[has_room & ~IS_TRUCK], 30)
    assert set(cars.soc_target[~has_room]) == {1.0}
    np.testing.assert_allclose(gain[IS_TRUCK], 30 / 400)
    small = draw(energy_wanted={"mean_kwh": 1})
    np.testing.assert_allclose(small.soc_target - small.soc_arrival, 0.05)


def test_log_normal_values_meet_their_median_and_mean():
    uniform = (np.arange(200_000) + 0.5) / 200_000
    values = log_normal(uniform, mean=10.0, sd=5.0)
    assert np.median(values) == pytest.approx(10 / np.sqrt(1.25), rel=1e-6)
    assert values.mean() == pytest.approx(10, rel=1e-3)
    assert values.std() == pytest.approx(5, rel=5e-3)
    assert log_normal(np.array([0.0]), mean=10.0, sd=5.0) == 0


def test_numbers_of_kept_cars_are_those_they_had():
    numbers = Uniforms(seed=1, replication=0, number=5)
    kept = np.array([True, False, True, False, False])
    assert len(numbers.among(kept)) == 2
    np.testing.assert_array_equal(numbers.among(kept).of("ev_stop"), numbers.of("ev_stop")[kept])


def test_classes_are_those_of_the_types():
    assert fleet_classes(charging()) == ("car", "truck")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"stop": {"mean_minutes": 5, "sd_minutes": 51}}, "sd_minutes must be at most 10 times mean_minutes"),
        ({"linger": {"share": 0.1, "mean_minutes": 5, "sd_minutes": 1e8}}, "at most 10 times mean_minutes"),
        ({"energy_wanted": {"mean_kwh": 20, "sd_kwh": 300}}, "sd_kwh must be at most 10 times mean_kwh 20"),
        ({"patience_sd_minutes": 400}, "at most 10 times patience_minutes 30, got 400"),
        ({"patience_minutes": None, "patience_sd_minutes": 4}, "must have patience_minutes beside"),
        (
            {"arrival_from_trip": {"distance_mean_km": 100, "distance_sd_km": 1e8}},
            "distance_sd_km must be at most 10 times distance_mean_km 100",
        ),
    ],
)
def test_spreads_out_of_proportion_are_refused(section, message):
    with pytest.raises(ValidationError) as caught:
        charging(**section)
    assert message in str(caught.value)
