"""Demand, treatment and reuse of water."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.water import (
    WaterParameters,
    WaterSpec,
    WaterState,
    initial_water_state,
    water_demand,
    water_limits_kw,
    water_step,
)

SPEC = WaterSpec(
    treatment_capacity_m3_h=20,
    equalisation_tank_m3=100,
    reuse_tank_m3=150,
    green_area_ha=6.71,
    washing_m3_per_day=5,
)
PLANT = WaterParameters(
    treatment_capacity_m3_h=20, treatment_kwh_per_m3=0.5, equalisation_tank_m3=100, reuse_tank_m3=150
)
BALANCE_M3 = 1e-9
NO_CAP_KW = math.inf


def volumes(top):
    return st.floats(0, top, allow_subnormal=False)


def test_a_day_of_visitors():
    people = np.full(24, 27_400 / 24)
    demand = water_demand(SPEC, people=people, month=np.full(24, 6), dt_h=1)
    assert (demand.potable_m3 + demand.flushing_m3).sum() == pytest.approx(238.4, abs=0.1)
    assert demand.flushing_m3.sum() == pytest.approx(0.925 * 238.4, abs=0.1)
    assert demand.wastewater_m3.sum() == pytest.approx(0.95 * 238.4, abs=0.1)
    assert demand.irrigation_m3.sum() == pytest.approx(14 * 6.71)
    assert demand.washing_m3.sum() == pytest.approx(5)


def test_greens_are_watered_by_month():
    demand = water_demand(SPEC, people=np.zeros(12), month=np.arange(1, 13), dt_h=24)
    np.testing.assert_allclose(demand.irrigation_m3 / 6.71, SPEC.irrigation_m3_per_ha_day)


@pytest.mark.parametrize("step_minutes", [5, 15, 60])
def test_the_step_does_not_change_the_demand(step_minutes):
    people = np.random.default_rng(1).poisson(19, 1440)

    def totals(step):
        steps = people.reshape(-1, step).sum(axis=1)
        demand = water_demand(SPEC, people=steps, month=np.full(steps.size, 5), dt_h=step / 60)
        return [flow.sum() for flow in demand]

    np.testing.assert_allclose(totals(step_minutes), totals(1), rtol=1e-12)


def test_an_hour_with_power_treats_what_came():
    flows = water_step(PLANT, WaterState(0, 50), 10, 9, 3, 1, 1.0, NO_CAP_KW)
    assert flows.treated_m3 == 10
    assert flows.treatment_kw == 5
    assert flows.reuse_used_m3 == 13
    assert flows.reuse_m3 == 47
    assert (flows.fresh_m3, flows.effluent_m3, flows.overflow_m3) == (0, 0, 0)


def test_without_power_wastewater_waits():
    flows = water_step(PLANT, WaterState(20, 50), 10, 0, 0, 0, 1.0, 0.0)
    assert flows.treated_m3 == flows.treatment_kw == flows.overflow_m3 == 0
    assert flows.equalisation_m3 == 30


def test_without_power_a_full_tank_spills():
    flows = water_step(PLANT, WaterState(95, 50), 10, 0, 0, 0, 1.0, 0.0)
    assert flows.overflow_m3 == 5
    assert flows.equalisation_m3 == 100


def test_the_plant_treats_no_more_than_it_can():
    flows = water_step(PLANT, WaterState(90, 0), 10, 0, 0, 0, 0.25, NO_CAP_KW)
    assert flows.treated_m3 == 5
    assert flows.treatment_kw == 10


def test_the_power_cap_holds():
    flows = water_step(PLANT, WaterState(90, 0), 10, 0, 0, 0, 0.25, 4.0)
    assert flows.treatment_kw == pytest.approx(4.0)
    assert flows.treated_m3 == pytest.approx(2.0)


def test_mains_water_makes_up_what_the_reuse_tank_lacks():
    flows = water_step(PLANT, WaterState(0, 3), 2, 6, 2, 1, 1.0, NO_CAP_KW)
    assert flows.reuse_used_m3 == 5
    assert flows.fresh_m3 == 4
    assert flows.reuse_m3 == 0


def test_a_full_reuse_tank_lets_treated_water_out():
    flows = water_step(PLANT, WaterState(0, 149), 10, 2, 0, 0, 1.0, NO_CAP_KW)
    assert flows.reuse_m3 == 150
    assert flows.effluent_m3 == 7


def test_limits_name_what_must_and_what_can_be_treated():
    assert water_limits_kw(PLANT, WaterState(50, 0), 10, 1.0) == (0, 10)
    assert water_limits_kw(PLANT, WaterState(96, 0), 10, 1.0) == (3, 10)
    assert water_limits_kw(PLANT, WaterState(100, 0), 30, 1.0) == (10, 10)
    assert water_limits_kw(PLANT, WaterState(4, 0), 2, 1.0) == (0, 3)


def test_a_run_starts_with_half_a_reuse_tank():
    assert initial_water_state(SPEC.parameters()) == WaterState(0, 75)


def test_the_step_takes_its_own_result_as_the_next_state():
    first = water_step(PLANT, initial_water_state(PLANT), 5, 4, 1, 0, 1.0, 1.0)
    second = water_step(PLANT, first, 5, 4, 1, 0, 1.0, NO_CAP_KW)
    assert second == water_step(
        PLANT, WaterState(first.equalisation_m3, first.reuse_m3), 5, 4, 1, 0, 1.0, NO_CAP_KW
    )


@given(
    tanks=st.tuples(volumes(100), volumes(150)),
    wanted=st.tuples(volumes(50), volumes(50), volumes(50), volumes(50)),
    dt_h=st.sampled_from([1 / 60, 1 / 12, 0.25, 1.0]),
    cap_kw=st.floats(0, 30),
)
def test_every_cubic_metre_is_accounted_for(tanks, wanted, dt_h, cap_kw):
    flows = water_step(PLANT, WaterState(*tanks), *wanted, dt_h, cap_kw)
    assert abs(flows.residual_m3) < BALANCE_M3
    assert min(flows[:8]) >= 0
    assert flows.equalisation_m3 <= 100
    assert flows.reuse_m3 <= 150
    assert flows.treatment_kw <= min(cap_kw, 10) * (1 + 1e-12)
    assert flows.reuse_used_m3 + flows.fresh_m3 == pytest.approx(sum(wanted[1:]))
    entering = tanks[0] + wanted[0]
    assert flows.treated_m3 + flows.overflow_m3 + flows.equalisation_m3 == pytest.approx(entering)


@given(
    waiting=volumes(100),
    wastewater=volumes(20),
    dt_h=st.sampled_from([1 / 60, 0.25, 1.0]),
    share=st.floats(0, 1),
)
def test_any_cap_between_the_limits_spills_nothing_the_plant_could_treat(waiting, wastewater, dt_h, share):
    state, wastewater = WaterState(waiting, 0), wastewater * dt_h
    least_kw, most_kw = water_limits_kw(PLANT, state, wastewater, dt_h)
    assert 0 <= least_kw <= most_kw
    flows = water_step(PLANT, state, wastewater, 0, 0, 0, dt_h, least_kw + share * (most_kw - least_kw))
    assert flows.overflow_m3 < BALANCE_M3
    assert water_step(PLANT, state, wastewater, 0, 0, 0, dt_h, NO_CAP_KW).treatment_kw == pytest.approx(
        most_kw
    )


@given(waiting=volumes(100), wastewater=volumes(200), cap_kw=st.floats(0, 30))
def test_a_spill_means_the_plant_was_at_its_limit(waiting, wastewater, cap_kw):
    flows = water_step(PLANT, WaterState(waiting, 0), wastewater, 0, 0, 0, 1.0, cap_kw)
    if flows.overflow_m3 > 0:
        assert flows.treatment_kw == pytest.approx(min(cap_kw, 10))
        assert flows.equalisation_m3 == 100


def test_a_year_uses_nearly_all_the_treated_water():
    state = initial_water_state(SPEC.parameters())
    used = treated = effluent = 0.0
    for _ in range(365 * 24):
        state = water_step(SPEC.parameters(), state, 9.4, 9.2, 1.7, 0.2, 1.0, NO_CAP_KW)
        used, treated, effluent = (
            used + state.reuse_used_m3,
            treated + state.treated_m3,
            effluent + state.effluent_m3,
        )
    assert effluent == 0
    assert used == pytest.approx(treated + 75 - state.reuse_m3)


@pytest.mark.parametrize(
    "wrong",
    [{"treatment_kwh_per_m3": 0}, {"flushing_share": 92.5}, {"irrigation_m3_per_ha_day": [1.0] * 11}],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        WaterSpec.model_validate({**SPEC.model_dump(), **wrong})
