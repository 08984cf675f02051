"""State of charge at arrival, and the wish to charge, from the distance driven."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.charging import ArrivalFromTrip, ChargingSpec
from stationsim.models.vehicles import load_vehicle_types
from stationsim.traffic.evs import ClassOfEvs, draw_evs, wish_to_charge

TIMES = np.arange(20_000) * 10
TRIP = {"distance_mean_km": 180, "distance_sd_km": 90}
CAR = {"type": "own", "share": 1.0, "usable_kwh": 60, "peak_kw": 100}


def charging(trip=None, **changes):
    base = {"groups": [{"name": "fast", "posts": 2, "power_kw": 150}], "vehicles": [CAR]}
    return ChargingSpec.model_validate({**base, "arrival_from_trip": trip, **changes})


def draw(trip=None, number=20_000, **changes):
    return draw_evs(charging(trip, **changes), TIMES[:number], seed=5)


def test_without_a_spread_the_charge_left_is_that_of_the_trip_by_hand():
    sure = {**TRIP, "distance_sd_km": 0, "soc_after_charge": {"mean": 0.9, "sd": 0}, "wish_spread": 0}
    cars = draw({**sure, "wish_soc": 0.5})
    assert len(cars) == len(TIMES)
    np.testing.assert_allclose(cars.soc_arrival, 0.9 - 180 * 0.18 / 60)
    assert len(draw({**sure, "wish_soc": 0.3})) == 0


def test_a_type_may_have_its_own_consumption():
    sure = {**TRIP, "distance_sd_km": 0, "soc_after_charge": {"mean": 0.9, "sd": 0}, "wish_spread": 0}
    cars = draw(sure, vehicles=[{**CAR, "consumption_kwh_per_km": 0.25}])
    np.testing.assert_allclose(cars.soc_arrival, 0.9 - 180 * 0.25 / 60)


def test_a_type_of_the_library_has_the_librarys():
    sure = {**TRIP, "distance_sd_km": 0, "soc_after_charge": {"mean": 0.9, "sd": 0}, "wish_spread": 0}
    cars = draw(sure, vehicles=[{"type": "vw_id4", "share": 1.0}], number=10)
    found = load_vehicle_types()["vw_id4"]
    np.testing.assert_allclose(
        cars.soc_arrival, 0.9 - 180 * found.consumption_kwh_per_km / found.curve.usable_kwh
    )


def test_nobody_arrives_below_the_reserve():
    far = {"distance_mean_km": 900, "distance_sd_km": 0, "soc_reserve": 0.07}
    np.testing.assert_allclose(draw(far).soc_arrival, 0.07)


def test_distances_have_the_mean_and_the_spread_that_are_asked_for():
    wide = {**TRIP, "soc_after_charge": {"mean": 0.9999, "sd": 0}, "soc_reserve": 0.0, "wish_soc": 0.999}
    cars = draw({**wide, "wish_spread": 1e6}, vehicles=[{**CAR, "usable_kwh": 2000}], least_gain=1e-9)
    everyone = draw_evs(charging(), TIMES, seed=5)
    assert len(cars) == pytest.approx(len(everyone) / 2, abs=4 * np.sqrt(len(everyone) / 4))
    km = (0.9999 - cars.soc_arrival) * 2000 / 0.18
    assert km.mean() == pytest.approx(180, abs=4 * 90 / np.sqrt(len(km)))
    assert km.std() == pytest.approx(90, rel=0.06)


def test_the_wish_falls_from_all_to_none_and_is_a_half_at_its_middle():
    soft, sharp = ArrivalFromTrip(**TRIP), ArrivalFromTrip(**TRIP, wish_spread=0)
    soc = np.linspace(0, 1, 101)
    assert wish_to_charge(soft, 0.4) == pytest.approx(0.5)
    assert wish_to_charge(soft, 0.48) == pytest.approx(1 / (1 + np.e))
    assert np.all(np.diff(wish_to_charge(soft, soc)) < 0)
    np.testing.assert_array_equal(wish_to_charge(sharp, soc), soc <= 0.4)


def test_a_stronger_wish_keeps_every_car_as_it_is_and_adds_some():
    few, many = draw(TRIP), draw({**TRIP, "wish_soc": 0.6})
    assert len(few) < len(many)
    assert np.isin(few.time_s, many.time_s).all()
    same = np.searchsorted(many.time_s, few.time_s)
    for name in ("type_index", "soc_arrival", "soc_target", "patience_s"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[same])


def test_fewer_candidates_are_the_first_of_more():
    few, many = draw(TRIP, 1000), draw(TRIP)
    np.testing.assert_array_equal(few.soc_arrival, many.soc_arrival[: len(few)])


def test_the_default_is_off_and_keeps_patience_and_target():
    everyone = draw()
    wishing = draw(TRIP)
    assert len(everyone) == len(TIMES)
    place = np.searchsorted(everyone.time_s, wishing.time_s)
    np.testing.assert_array_equal(everyone.patience_s[place], wishing.patience_s)
    assert np.all(wishing.soc_target >= wishing.soc_arrival + 0.05 - 1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"distance_mean_km": 0},
        {"distance_sd_km": -1},
        {"wish_soc": 40},
        {"wish_spread": -0.1},
        {"soc_reserve": 1},
        {"consumption_kwh_per_km": 0},
        {"range_km": 3},
    ],
)
def test_what_is_wrong_is_refused(wrong):
    with pytest.raises(ValidationError):
        ArrivalFromTrip(**{**TRIP, **wrong})


def test_measured_sessions_need_no_trip():
    with pytest.raises(ValidationError, match="at most one of replay and arrival_from_trip"):
        charging(TRIP, replay={"file": "sessions.csv"})


def test_shares_sum_to_one_within_each_class():
    truck = {**CAR, "type": "tractor", "vehicle_class": "truck"}
    spec = charging(vehicles=[CAR, truck])
    of_class = ClassOfEvs(("car", "truck"), (np.arange(len(TIMES)) % 2).astype(np.int64))
    cars = draw_evs(spec, TIMES, seed=5, of_class=of_class)
    np.testing.assert_array_equal(cars.type_index, of_class.number)
    with pytest.raises(ValidationError, match=r"vehicles of class truck must sum to 1, got 0\.5"):
        charging(vehicles=[CAR, {**truck, "share": 0.5}])
