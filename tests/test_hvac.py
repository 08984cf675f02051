"""Curves of the cooling units and the heat pump, what cycling and frost cost, and set points by hour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.hvac import (
    CoolingSpec,
    HeatingSpec,
    capacity_factor,
    cooling_cop,
    electric_factor,
    heating_capacity_factor,
    heating_cop,
    part_load_kw,
    pump_capacity_kw,
    set_points_degc,
    stage_thresholds_degc,
)

HOURS = np.arange(24.0)


def test_unit_at_its_rating():
    assert capacity_factor(35.0) == pytest.approx(1)
    assert electric_factor(35.0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("temp_out", "capacity", "energy_input"),
    [(20, 1.0613, 0.792), (26, 1.0507, 0.850), (40, 0.9528, 1.118)],  # the published curves, by hand
)
def test_published_curves(temp_out, capacity, energy_input):
    assert capacity_factor(temp_out) == pytest.approx(capacity, abs=0.002)
    assert electric_factor(temp_out) / capacity_factor(temp_out) == pytest.approx(energy_input, abs=0.002)


def test_curves_are_held_beyond_their_range():
    for factor in (capacity_factor, electric_factor):
        assert factor(-10) == factor(18)
        assert factor(60) == factor(46.1)


@given(st.floats(18, 46), st.floats(0.1, 5))
def test_heat_outdoors_costs_performance(temp_out, warmer_k):
    spec = CoolingSpec(units=1, unit_capacity_kw=10.0)
    assert cooling_cop(spec, min(46, temp_out + warmer_k)) <= cooling_cop(spec, temp_out)


def test_performance_is_rated_at_35():
    assert cooling_cop(CoolingSpec(units=1, unit_capacity_kw=10.0, cop=3.4), 35.0) == pytest.approx(3.4)


def test_heat_pump_by_hand():
    cop = heating_cop(10.0, supply_temp_degc=45.0)
    assert cop == pytest.approx(6.81 - 0.121 * 35 + 0.000630 * 35**2)


@pytest.mark.parametrize(("temp_out", "same_as"), [(-40, -15), (44, 30)])
def test_heat_pump_is_held_beyond_its_range(temp_out, same_as):
    assert heating_cop(temp_out, supply_temp_degc=45.0) == heating_cop(same_as, supply_temp_degc=45.0)


@given(st.floats(-40, 40), st.booleans())
def test_heat_pump_always_beats_resistance(temp_out, frost_loss):
    assert heating_cop(temp_out, supply_temp_degc=55.0, frost_loss=frost_loss) > 1


@pytest.mark.parametrize(
    ("temp_out", "factor"), [(8.33, 1.0012), (-10.0, 0.4939), (20.0, 1.3988), (-20.0, 0.2377)]
)
def test_capacity_falls_with_the_cold(temp_out, factor):
    """The published cubic, by hand: 0.758746 + 0.027626 t + 0.000148716 t2 + 0.0000034992 t3."""
    assert heating_capacity_factor(temp_out) == pytest.approx(factor, abs=1e-3)


def test_frost_takes_a_tenth_of_capacity_at_its_worst():
    """10 CFR 430 appendix M: 0.90 of the capacity and 0.985 of the power at 35 degF."""
    worst = {flag: heating_capacity_factor(1.67, frost_loss=flag) for flag in (True, False)}
    assert worst[True] == pytest.approx(0.9 * worst[False])
    cops = {flag: heating_cop(1.67, supply_temp_degc=45.0, frost_loss=flag) for flag in (True, False)}
    assert cops[True] == pytest.approx(cops[False] * 0.9 / 0.985)


@pytest.mark.parametrize("temp_out", [-20.0, -8.33, 7.22, 15.0])
def test_frost_costs_nothing_where_the_air_is_dry_or_warm(temp_out):
    assert heating_capacity_factor(temp_out) == heating_capacity_factor(temp_out, frost_loss=False)


def test_a_pump_that_stops_brings_nothing():
    spec = HeatingSpec(capacity_kw=100.0, stops_below_degc=-5.0)
    assert pump_capacity_kw(spec, np.array([-5.1, -5.0, 8.33])) == pytest.approx([0, 60.31, 100.12], abs=0.02)


def test_an_oversized_pump_keeps_its_power():
    spec = HeatingSpec(capacity_kw=100.0, constant_capacity=True)
    assert pump_capacity_kw(spec, np.array([-25.0, 0.0, 20.0])).tolist() == [100, 100, 100]


def test_cycling_by_hand():
    """EN 14825: at half of the least power CR / (0.9 CR + 0.1) = 0.5 / 0.55 of the COP is left."""
    assert part_load_kw(5.0, least_kw=10.0) == pytest.approx(5.0 / (0.5 / 0.55))
    assert part_load_kw([0.0, 10.0, 12.0], least_kw=10.0).tolist() == [0, 10, 12]


@given(st.floats(0.001, 1), st.floats(0.001, 1))
def test_cycling_never_pays(load, more):
    at, above = part_load_kw(load, least_kw=1.0), part_load_kw(min(1, load + more), least_kw=1.0)
    assert load <= at <= above + 1e-12


def test_one_unit_is_a_plain_thermostat():
    one = {"units": 1, "set_point_degc": 26.0, "stage_k": 1.0}
    assert stage_thresholds_degc(0, **one)[1] == 26.5
    assert stage_thresholds_degc(1, **one)[0] == 25.5


def test_stages_fill_the_band():
    four = {"units": 4, "set_point_degc": 26.0, "stage_k": 0.25}
    assert [stage_thresholds_degc(on, **four)[1] for on in range(4)] == [25.75, 26.0, 26.25, 26.5]
    assert [stage_thresholds_degc(on, **four)[0] for on in range(1, 5)] == [25.5, 25.75, 26.0, 26.25]


NIGHT = (10.0,) * 7 + (20.0,) * 16 + (10.0,)
"""Set points of ASHRAE 140 case 640: 10 degC from 23:00 to 07:00."""


def test_set_points_follow_the_hour():
    found = set_points_degc(NIGHT, NIGHT, civil_hour=HOURS, is_weekend=np.zeros(24), step_h=1.0)
    assert found.tolist() == list(NIGHT)


def test_a_ramp_rises_over_its_hour_and_falls_at_once():
    """Case 640: linear from 10 to 20 degC between 07:00 and 08:00; 15 in the mean of that hour."""
    hour = set_points_degc(NIGHT, NIGHT, civil_hour=HOURS, is_weekend=np.zeros(24), step_h=1.0, ramps=1)
    assert hour[[6, 7, 8, 22, 23]].tolist() == [10, 15, 20, 20, 10]
    minutes = np.arange(7 * 60, 8 * 60) / 60
    fine = set_points_degc(NIGHT, NIGHT, civil_hour=minutes, is_weekend=minutes * 0, step_h=1 / 60, ramps=1)
    assert fine[:2] == pytest.approx([10 + 1 / 12, 10 + 3 / 12])
    assert fine.mean() == pytest.approx(15)


def test_cooling_ramps_the_other_way():
    day = (28.0,) * 8 + (26.0,) * 14 + (28.0,) * 2
    found = set_points_degc(day, day, civil_hour=HOURS, is_weekend=np.zeros(24), step_h=1.0, ramps=-1)
    assert found[[7, 8, 9, 21, 22]].tolist() == [28, 27, 26, 26, 28]


def test_weekends_have_their_own():
    spec = HeatingSpec(capacity_kw=1.0, set_point_degc=18.0, weekend_set_point_by_hour_degc=(16.0,) * 24)
    found = set_points_degc(
        spec.weekday_degc, spec.weekend_degc, civil_hour=[12, 12], is_weekend=[False, True], step_h=1.0
    )
    assert found.tolist() == [18, 16]


def test_weekends_are_as_weekdays_where_nothing_is_said():
    spec = CoolingSpec(units=1, unit_capacity_kw=9.0, set_point_by_hour_degc=(27.0,) * 24)
    assert spec.weekend_degc == spec.weekday_degc == (27.0,) * 24


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"units": 2, "unit_capacity_kw": 10.0, "standby_kw": 2.0}, "standby_kw must be far below"),
        ({"units": -1, "unit_capacity_kw": 10.0}, "greater than or equal to 0"),
        ({"units": 2, "unit_capacity_kw": 0.0}, "greater than 0"),
        ({"units": 2, "unit_capacity_kw": 10.0, "sensible_share": 1.2}, "less than or equal to 1"),
        ({"units": 2, "unit_capacity_kw": 10.0, "start_loss_seconds": 61.0}, "less than or equal to 60"),
        ({"units": 2, "unit_capacity_kw": 10.0, "set_point_by_hour_degc": [26.0] * 23}, "at least 24"),
        ({"units": 2, "unit_capacity_kw": 10.0, "control": "fuzzy"}, "staged"),
    ],
)
def test_refuses_impossible_units(fields, rule):
    with pytest.raises(ValidationError, match=rule):
        CoolingSpec.model_validate(fields)


def test_refuses_negative_heating():
    with pytest.raises(ValidationError):
        HeatingSpec(capacity_kw=-1.0)
