"""Drawn cars: their spreads, and that the same seed brings the same cars."""

from typing import Any

import numpy as np
import pytest

from stationsim.models.charging import DESL_ARRIVAL_SOC, ChargingSpec, PostGroup, SocSpread, VehicleShare
from stationsim.traffic.evs import MILD_DEGC, EvArrivals, draw_evs, fleet_curves, fleet_voltages
from tests.shared_data import shared

GROUP = PostGroup(name="fast", posts=4, power_kw=120.0)
CARS = 20_000
TIMES = np.arange(CARS) * 60
NATIONAL_KWH = 23.8
"""Mean energy of a session on Chinese expressways, 1 to 8 October 2025 [kWh]: 123 GWh in 5.169 million."""


def spec(**change: Any) -> ChargingSpec:
    return ChargingSpec(groups=(GROUP,), **change)


def test_same_seed_same_cars_and_another_seed_others() -> None:
    first, again, other = (draw_evs(spec(), TIMES, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.soc_arrival, again.soc_arrival)
    assert np.array_equal(first.patience_s, again.patience_s)
    assert not np.array_equal(first.soc_arrival, other.soc_arrival)


def test_replications_differ() -> None:
    first, second = (draw_evs(spec(), TIMES, seed=1, replication=number) for number in (0, 1))
    assert not np.array_equal(first.type_index, second.type_index)


def test_one_attribute_leaves_the_others_alone() -> None:
    """More patient drivers with other targets are the same cars otherwise."""
    change = {"patience_minutes": None, "target_soc": SocSpread(mean=0.8, sd=0.05)}
    first, second = draw_evs(spec(), TIMES, seed=1), draw_evs(spec(**change), TIMES, seed=1)
    assert np.array_equal(first.soc_arrival, second.soc_arrival)
    assert np.array_equal(first.type_index, second.type_index)
    assert np.all(np.isinf(second.patience_s))


def test_later_cars_do_not_change_earlier_ones() -> None:
    few, many = draw_evs(spec(), TIMES[:100], seed=1), draw_evs(spec(), TIMES, seed=1)
    assert np.array_equal(few.soc_target, many.soc_target[:100])


def test_every_car_gains_at_least_what_it_stops_for() -> None:
    cars = draw_evs(spec(least_gain=0.1), TIMES, seed=1)
    assert cars.soc_arrival.max() <= 0.9
    assert np.all(cars.soc_target - cars.soc_arrival >= 0.1 - 1e-12)
    assert cars.soc_target.max() <= 1


def test_arrivals_follow_the_histogram() -> None:
    cars = draw_evs(spec(least_gain=1e-9), TIMES, seed=1)
    counts, _ = np.histogram(cars.soc_arrival, bins=np.linspace(0, 1, 11))
    expected = CARS * np.array(DESL_ARRIVAL_SOC)
    assert np.all(np.abs(counts - expected) < 4.5 * np.sqrt(expected))


def test_beta_spread_has_its_mean_and_deviation() -> None:
    cars = draw_evs(spec(arrival_soc=SocSpread(mean=0.3, sd=0.12), least_gain=1e-9), TIMES, seed=1)
    assert cars.soc_arrival.mean() == pytest.approx(0.3, abs=4.5 * 0.12 / np.sqrt(CARS))
    assert cars.soc_arrival.std() == pytest.approx(0.12, rel=0.03)


def test_spread_without_width_gives_its_mean() -> None:
    change = {"arrival_soc": SocSpread(mean=0.2, sd=0.0), "target_soc": SocSpread(mean=0.8, sd=0.0)}
    cars = draw_evs(spec(**change), TIMES, seed=1)
    assert set(cars.soc_arrival) == {0.2}
    assert set(cars.soc_target) == {0.8}


def test_target_out_of_reach_becomes_the_least_gain() -> None:
    change = {"arrival_soc": SocSpread(mean=0.7, sd=0.0), "target_soc": SocSpread(mean=0.5, sd=0.0)}
    assert draw_evs(spec(**change), TIMES, seed=1).soc_target == pytest.approx(0.75)


def test_shares_of_types_come_out() -> None:
    vehicles = (
        VehicleShare(type="vw_id4", share=0.0),
        VehicleShare(type="vw_id3", share=0.7),
        VehicleShare(type="mine", share=0.3, usable_kwh=50.0, peak_kw=80.0),
    )
    counts = np.bincount(draw_evs(spec(vehicles=vehicles), TIMES, seed=1).type_index, minlength=3)
    assert counts[0] == 0
    assert counts[1] == pytest.approx(0.7 * CARS, abs=4.5 * np.sqrt(0.21 * CARS))
    assert [curve.usable_kwh for curve in fleet_curves(spec(vehicles=vehicles))] == [77.0, 58.0, 50.0]


def test_patience_has_its_mean() -> None:
    cars = draw_evs(spec(patience_minutes=20.0), TIMES, seed=1)
    assert cars.patience_s.mean() == pytest.approx(1200, rel=4.5 / np.sqrt(CARS))


def test_reference_session_takes_the_national_mean() -> None:
    cars = draw_evs(spec(), np.arange(200_000), seed=1)
    usable_kwh = np.array([curve.usable_kwh for curve in fleet_curves(spec())])[cars.type_index]
    assert np.mean((cars.soc_target - cars.soc_arrival) * usable_kwh) == pytest.approx(NATIONAL_KWH, rel=0.01)


def test_measured_arrivals_give_the_default_histogram() -> None:
    import pandas as pd

    sessions = pd.read_excel(shared("charging/desl_epfl_level3_session_data.xlsx"))
    counts, _ = np.histogram(sessions["SOC arrival"].astype(float), bins=np.arange(0, 101, 10))
    assert counts / counts.sum() == pytest.approx(DESL_ARRIVAL_SOC, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_s": np.array([5, 3])}, "sorted"),
        ({"time_s": np.array([-1, 3])}, ">= 0"),
        ({"time_s": np.array([1, 2, 3])}, "one length"),
        ({"soc_arrival": np.array([0.9, 0.2])}, "at least soc_arrival"),
        ({"soc_target": np.array([0.8, 1.2])}, "between 0 and 1"),
        ({"patience_s": np.array([0.0, -1.0])}, "patience_s must be >= 0"),
        ({"temp_degc": np.array([20.0])}, "one length"),
        ({"temp_degc": np.array([20.0, np.nan])}, "temp_degc must be finite"),
    ],
)
def test_wrong_arrays_are_refused(change: dict[str, Any], message: str) -> None:
    good = {
        "time_s": np.array([1, 2]),
        "type_index": np.array([0, 0]),
        "soc_arrival": np.array([0.1, 0.2]),
        "soc_target": np.array([0.8, 0.8]),
        "patience_s": np.array([np.inf, 0.0]),
    }
    with pytest.raises(ValueError, match=message):
        EvArrivals(**{**good, **change})


def test_fractions_of_a_second_are_refused() -> None:
    ones = np.ones(1)
    with pytest.raises(TypeError, match="whole seconds"):
        EvArrivals(ones / 2, ones.astype(int), ones / 2, ones, ones)  # type: ignore[arg-type]


def test_voltages_are_those_of_library_and_scenario() -> None:
    vehicles = (
        VehicleShare(type="vw_id4", share=0.5),
        VehicleShare(type="zeekr_7x", share=0.2),
        VehicleShare(type="mine", share=0.2, usable_kwh=50.0, peak_kw=80.0),
        VehicleShare(type="fast", share=0.1, usable_kwh=90.0, peak_kw=400.0, voltage_class=800),
    )
    assert fleet_voltages(spec(vehicles=vehicles)) == (400.0, 800.0, 400.0, 800.0)


def test_air_is_mild_where_nobody_tells() -> None:
    assert set(draw_evs(spec(), TIMES[:5], seed=1).temp_degc) == {MILD_DEGC}
