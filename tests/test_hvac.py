"""Curves of the cooling units and the heat pump."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.hvac import (
    CoolingSpec,
    HeatingSpec,
    cooling_cop,
    heating_cop,
    stage_thresholds_degc,
    unit_power_kw,
)

NEVER = float("-inf")


def test_unit_at_its_rating():
    assert unit_power_kw(35.0, sensible_kw=45.0, electric_kw=20.0) == pytest.approx((45, 20))


@pytest.mark.parametrize(
    ("temp_out", "capacity", "energy_input"),
    [(20, 1.0613, 0.792), (26, 1.0507, 0.850), (40, 0.9528, 1.118)],  # the published curves, by hand
)
def test_published_curves(temp_out, capacity, energy_input):
    heat_kw, electric_kw = unit_power_kw(temp_out, sensible_kw=1.0, electric_kw=1.0)
    assert heat_kw == pytest.approx(capacity, abs=0.002)
    assert electric_kw / heat_kw == pytest.approx(energy_input, abs=0.002)


def test_curves_are_held_beyond_their_range():
    rated = {"sensible_kw": 1.0, "electric_kw": 1.0}
    assert unit_power_kw(-10, **rated) == unit_power_kw(18, **rated)
    assert unit_power_kw(60, **rated) == unit_power_kw(46.1, **rated)


@given(st.floats(18, 46), st.floats(0.1, 5))
def test_heat_outdoors_costs_performance(temp_out, warmer_k):
    spec = CoolingSpec(units=1, unit_capacity_kw=10.0)
    assert cooling_cop(spec, min(46, temp_out + warmer_k)) <= cooling_cop(spec, temp_out)


def test_performance_is_rated_at_35():
    assert cooling_cop(CoolingSpec(units=1, unit_capacity_kw=10.0, cop=3.4), 35.0) == pytest.approx(3.4)


def test_heat_pump_by_hand():
    cop = heating_cop(5.0, supply_temp_degc=45.0, backup_below_degc=NEVER)
    assert cop == pytest.approx(6.81 - 0.121 * 40 + 0.000630 * 1600)


@pytest.mark.parametrize(("temp_out", "same_as"), [(-40, -15), (44, 30)])
def test_heat_pump_is_held_beyond_its_range(temp_out, same_as):
    fixed = {"supply_temp_degc": 45.0, "backup_below_degc": NEVER}
    assert heating_cop(temp_out, **fixed) == heating_cop(same_as, **fixed)


@pytest.mark.parametrize(("temp_out", "resists"), [(-10.1, True), (-10.0, False)])
def test_resistance_takes_over_in_frost(temp_out, resists):
    assert (heating_cop(temp_out, supply_temp_degc=45.0, backup_below_degc=-10.0) == 1.0) is resists


@given(st.floats(-40, 40))
def test_heat_pump_always_beats_resistance(temp_out):
    assert heating_cop(temp_out, supply_temp_degc=55.0, backup_below_degc=NEVER) > 1


def test_one_unit_is_a_plain_thermostat():
    one = {"units": 1, "set_point_degc": 26.0, "stage_k": 1.0}
    assert stage_thresholds_degc(0, **one)[1] == 26.5
    assert stage_thresholds_degc(1, **one)[0] == 25.5


def test_stages_fill_the_band():
    four = {"units": 4, "set_point_degc": 26.0, "stage_k": 0.25}
    assert [stage_thresholds_degc(on, **four)[1] for on in range(4)] == [25.75, 26.0, 26.25, 26.5]
    assert [stage_thresholds_degc(on, **four)[0] for on in range(1, 5)] == [25.5, 25.75, 26.0, 26.25]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"units": 2, "unit_capacity_kw": 10.0, "standby_kw": 2.0}, "standby_kw must be far below"),
        ({"units": -1, "unit_capacity_kw": 10.0}, "greater than or equal to 0"),
        ({"units": 2, "unit_capacity_kw": 0.0}, "greater than 0"),
        ({"units": 2, "unit_capacity_kw": 10.0, "sensible_share": 1.2}, "less than or equal to 1"),
    ],
)
def test_refuses_impossible_units(fields, rule):
    with pytest.raises(ValidationError, match=rule):
        CoolingSpec(**fields)


def test_refuses_negative_heating():
    with pytest.raises(ValidationError):
        HeatingSpec(capacity_kw=-1.0)
