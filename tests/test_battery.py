"""The battery: exact limits, conserved energy, a window that is never left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.battery import (
    Battery,
    BatteryParameters,
    BatterySpec,
    battery_limits_kw,
    battery_standby_kw,
    battery_step,
    battery_upkeep_kw,
)

TINY_KWH = 1e-9
"""Rounding of a few additions of energies around 1e4 kWh."""

REFERENCE = BatterySpec(capacity_kwh=3200.0, power_kw=1600.0)


@st.composite
def specs(draw: st.DrawFn) -> BatterySpec:
    low = draw(st.floats(0, 0.5))
    high = draw(st.floats(0.55, 1))
    capacity_kwh = draw(st.floats(1, 10_000))
    return BatterySpec(
        capacity_kwh=capacity_kwh,
        power_kw=capacity_kwh / draw(st.floats(0.06, 190)),
        soc_minimum=low,
        soc_maximum=high,
        soc_initial=draw(st.floats(low, high)),
        charge_efficiency=draw(st.floats(0.5, 1)),
        discharge_efficiency=draw(st.floats(0.5, 1)),
        standby_kw=draw(st.floats(0, 50)),
    )


steps_h = st.sampled_from([1 / 60, 5 / 60, 0.25, 1.0])


def test_the_reference_battery_is_full_after_an_hour_less_than_its_two() -> None:
    """From 50 % to 90 % of 3,200 kWh are 1,280 kWh: 1,361.7 kWh from the busbar at 0.94, in under an hour."""
    battery = Battery(REFERENCE)
    first = battery.step(1600.0, 0.5)
    assert first.charge_kw == 1600
    assert first.energy_kwh == pytest.approx(1600 + 800 * 0.94)
    second = battery.step(1600.0, 0.5)
    assert second.charge_kw == pytest.approx((2880 - 2352) / 0.94 / 0.5)
    assert battery.soc == pytest.approx(0.9)
    assert battery.step(1600.0, 0.5).charge_kw == pytest.approx(0)


def test_a_cycle_returns_the_round_trip_efficiency() -> None:
    battery = Battery(REFERENCE.model_copy(update={"soc_initial": 0.1}))
    taken = sum(battery.step(1600.0, 1.0).charge_kw for _ in range(3))
    given_back = sum(battery.step(-1600.0, 1.0).discharge_kw for _ in range(3))
    assert taken == pytest.approx(2560 / 0.94)
    assert given_back / taken == pytest.approx(0.94**2)


def test_defaults_have_a_round_trip_of_85_to_90_percent() -> None:
    assert 0.85 <= REFERENCE.charge_efficiency * REFERENCE.discharge_efficiency <= 0.90


def test_standby_alone_drains_to_the_floor_and_no_further() -> None:
    battery = Battery(BatterySpec(capacity_kwh=100.0, power_kw=50.0, soc_initial=0.2, standby_kw=4.0))
    drawn = [battery.step(0.0, 1.0).standby_kw for _ in range(4)]
    assert drawn == pytest.approx([4.0, 4.0, 2.0, 0.0])
    assert battery.energy_kwh == pytest.approx(10.0)


def test_limits_keep_the_standby_of_the_step_back() -> None:
    params = BatterySpec(
        capacity_kwh=100.0, power_kw=500.0, charge_efficiency=1.0, discharge_efficiency=1.0, standby_kw=4.0
    ).parameters
    assert battery_limits_kw(params, 50.0, 1.0) == pytest.approx((90 - 50 + 4, 50 - 10 - 4))
    assert battery_step(params, 50.0, 44.0, 0.0, 1.0) == pytest.approx(90)
    assert battery_step(params, 50.0, 0.0, 36.0, 1.0) == pytest.approx(10)


def test_asking_for_limits_changes_nothing() -> None:
    battery = Battery(REFERENCE)
    before = battery.energy_kwh
    assert battery.limits_kw(0.25) == battery.limits_kw(0.25)
    assert battery.energy_kwh == before


@given(specs(), st.lists(st.floats(-20_000, 20_000), min_size=1, max_size=30), steps_h)
def test_any_wish_stays_inside_window_and_rating(spec: BatterySpec, wishes: list[float], dt_h: float) -> None:
    battery = Battery(spec)
    params = battery.parameters
    for wish in wishes:
        least_kw, most_kw = battery.limits_kw(dt_h)
        assert -params.power_kw <= least_kw <= 0 <= most_kw <= params.power_kw
        done = battery.step(wish, dt_h)
        assert done.charge_kw == 0 or done.discharge_kw == 0
        assert least_kw <= done.charge_kw - done.discharge_kw <= most_kw
        assert params.floor_kwh - TINY_KWH <= done.energy_kwh <= params.ceiling_kwh + TINY_KWH


@given(specs(), st.lists(st.floats(-20_000, 20_000), min_size=1, max_size=30), steps_h)
def test_energy_is_conserved(spec: BatterySpec, wishes: list[float], dt_h: float) -> None:
    battery = Battery(spec)
    done = [battery.step(wish, dt_h) for wish in wishes]
    charged = sum(step.charge_kw for step in done) * dt_h
    discharged = sum(step.discharge_kw for step in done) * dt_h
    standby = sum(step.standby_kw for step in done) * dt_h
    change = charged * spec.charge_efficiency - discharged / spec.discharge_efficiency - standby
    assert battery.energy_kwh - spec.initial_energy_kwh == pytest.approx(change, abs=1e-6)


@given(specs(), steps_h)
def test_full_power_ends_exactly_on_the_edge_or_is_limited_by_the_rating(
    spec: BatterySpec, dt_h: float
) -> None:
    params, start = spec.parameters, spec.initial_energy_kwh
    charge_kw, discharge_kw = battery_limits_kw(params, start, dt_h)
    if charge_kw < params.power_kw:
        assert battery_step(params, start, charge_kw, 0.0, dt_h) == pytest.approx(params.ceiling_kwh)
    if 0 < discharge_kw < params.power_kw:
        end = battery_step(params, start, 0.0, discharge_kw, dt_h)
        assert end == pytest.approx(params.floor_kwh, abs=TINY_KWH)


@given(specs(), steps_h)
def test_standby_is_never_negative(spec: BatterySpec, dt_h: float) -> None:
    params: BatteryParameters = spec.parameters
    assert 0 <= battery_standby_kw(params, spec.initial_energy_kwh, 0.0, 0.0, dt_h) <= params.standby_kw
    assert battery_standby_kw(params, params.floor_kwh, 0.0, 0.0, dt_h) == 0


def test_twelve_short_steps_equal_a_long_one() -> None:
    long, short = Battery(REFERENCE), Battery(REFERENCE)
    long.step(700.0, 1.0)
    for _ in range(12):
        short.step(700.0, 1 / 12)
    assert short.energy_kwh == pytest.approx(long.energy_kwh)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"soc_minimum": 0.9, "soc_maximum": 0.1}, "soc_minimum below soc_maximum, got 0.9 and 0.1"),
        ({"soc_minimum": 0.5, "soc_maximum": 0.5}, "soc_minimum below soc_maximum"),
        ({"soc_initial": 0.05}, "soc_initial from soc_minimum to soc_maximum, got 0.05 outside 0.1 to 0.9"),
        ({"soc_initial": 0.95}, "soc_initial from soc_minimum"),
        ({"capacity_kwh": 0.0}, "greater than 0"),
        ({"power_kw": -1.0}, "greater than 0"),
        ({"charge_efficiency": 0.0}, "greater than 0"),
        ({"charge_efficiency": 94.0}, "less than or equal to 1"),
        ({"standby_kw": -1.0}, "greater than or equal to 0"),
        ({"capacity_mwh": 3.2}, "not permitted"),
    ],
)
def test_wrong_batteries_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BatterySpec.model_validate({"capacity_kwh": 100.0, "power_kw": 50.0, **wrong})


def test_hours_no_battery_has_are_refused() -> None:
    for power_kw in (1.0, 100_000.0):
        with pytest.raises(ValueError, match="capacity_kwh over power_kw"):
            BatterySpec(capacity_kwh=3200.0, power_kw=power_kw)


def test_at_the_floor_upkeep_feeds_the_standby() -> None:
    params = BatterySpec(capacity_kwh=1000.0, power_kw=500.0, soc_initial=0.1, standby_kw=3.0).parameters
    upkeep_kw = battery_upkeep_kw(params, 100.0, 1.0)
    assert upkeep_kw == pytest.approx(3.0 / 0.94)
    assert battery_step(params, 100.0, upkeep_kw, 0.0, 1.0) == pytest.approx(100.0)
    assert battery_upkeep_kw(params, 104.0, 1.0) == 0.0
