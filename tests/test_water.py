"""Water by use, watering with and without rain, and the step of plant and tanks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.water import (
    GreensSpec,
    WaterFlows,
    WaterParameters,
    WaterSpec,
    WaterState,
    flow_within,
    initial_water_state,
    irrigation_m3,
    running_kw,
    specific_kwh_per_m3,
    urgent_kw,
    water_demand,
    water_step,
)

SECTION = {
    "treatment": {"capacity_m3_h": 20},
    "equalisation_tank": {"volume_m3": 100},
    "reuse_tank": {"volume_m3": 150},
    "greens": {"area_ha": 6.71},
    "washing_m3_per_day": 5,
}
SPEC = WaterSpec.model_validate(SECTION)
PLANT = SPEC.parameters()
SUNNY = PLANT._replace(follows_sun=1)
NO_CAP_KW = math.inf
BALANCE_M3 = 1e-9
FULL_KW = 2.0 + 0.35 * 20


def volumes(top):
    return st.floats(0, top, allow_subnormal=False)


def step(
    params=PLANT,
    tanks=(50, 75, 1),
    wastewater=0.0,
    wanted=0.0,
    sun=0.0,
    cap=NO_CAP_KW,
    plan=NO_CAP_KW,
    dt_h=1.0,
):
    flows = flow_within(params, cap), flow_within(params, plan)
    return WaterFlows(*water_step(params, *tanks, wastewater, wanted, sun, *flows, dt_h))


def demand_of_a_day(people=27_400, meals=2_780, section=SECTION, **more):
    spec = WaterSpec.model_validate(section)
    return water_demand(
        spec,
        people=np.full(24, people / 24),
        meals=np.full(24, meals / 24),
        month=np.full(24, 6),
        dt_h=1,
        **more,
    )


def test_a_day_of_visitors_and_meals():
    demand = demand_of_a_day()
    assert demand.toilets_m3.sum() == pytest.approx(0.925 * 8.7 * 27.4)
    assert (demand.toilets_m3 + demand.taps_m3 + demand.drinking_m3).sum() == pytest.approx(238.4, abs=0.1)
    assert demand.kitchen_m3.sum() == pytest.approx(2.78 * 13)
    assert demand.washing_m3.sum() == pytest.approx(5)
    assert demand.irrigation_m3.sum() == pytest.approx(20 * 6.71)


def test_wastewater_is_what_each_use_sends_down():
    demand = demand_of_a_day()
    sent = demand.toilets_m3 + demand.taps_m3 + 0.9 * demand.kitchen_m3 + 0.5 * demand.washing_m3
    np.testing.assert_allclose(demand.wastewater_m3, sent)


def test_treated_water_may_flush_wash_and_water_but_not_be_drunk():
    demand = demand_of_a_day()
    np.testing.assert_allclose(demand.wanted_m3, demand.toilets_m3 + demand.washing_m3 + demand.irrigation_m3)
    np.testing.assert_allclose(demand.potable_m3, demand.taps_m3 + demand.drinking_m3 + demand.kitchen_m3)


def test_ordinary_fittings_take_as_much_more_as_minnesota_measured():
    ordinary = demand_of_a_day(section=SECTION | {"uses": {"fittings": "ordinary"}})
    saving = demand_of_a_day()
    assert ordinary.toilets_m3.sum() == pytest.approx(4.5 / 2.8 * saving.toilets_m3.sum())
    assert ordinary.drinking_m3.sum() == saving.drinking_m3.sum()


@pytest.mark.parametrize("step_minutes", [5, 15, 60])
def test_the_step_does_not_change_the_demand(step_minutes):
    rng = np.random.default_rng(1)
    people, rain = rng.poisson(19, 2880), rng.exponential(0.02, 2880) * (rng.random(2880) < 0.1)

    def totals(minutes):
        def sums(values):
            return values.reshape(-1, minutes).sum(axis=1)

        count = 2880 // minutes
        demand = water_demand(
            SPEC,
            people=sums(people),
            meals=sums(people) / 10,
            month=np.full(count, 5),
            dt_h=minutes / 60,
            rainfall_mm=sums(rain),
        )
        return [flow.sum() for flow in demand]

    np.testing.assert_allclose(totals(step_minutes), totals(1), rtol=1e-12)


def test_greens_are_watered_by_month():
    greens = GreensSpec(area_ha=2)
    watering = irrigation_m3(greens, month=np.repeat(np.arange(1, 13), 24), dt_h=1)
    np.testing.assert_allclose(watering.reshape(12, 24).sum(axis=1), 2 * np.array(greens.need_m3_per_ha_day))


def days_with_rain(mm, days=10, **greens):
    rain = np.zeros(24 * days)
    rain[0] = mm
    spec = GreensSpec(area_ha=1, need_m3_per_ha_day=(24.0,) * 12, **greens)  # 2.4 mm a day, 0.1 an hour
    watering = irrigation_m3(spec, month=np.full(24 * days, 6), dt_h=1, rainfall_mm=rain)
    return watering.reshape(days, 24).sum(axis=1)


def test_rain_saves_watering_until_the_soil_is_dry_again():
    """6 mm, four fifths of which reach roots, are two days' need; the days after are watered as usual."""
    np.testing.assert_allclose(days_with_rain(6.0), [0, 0, *[24] * 8], atol=1e-12)


def test_the_soil_keeps_no_more_than_its_store():
    """A cloudburst fills the store of 10 mm beside the need of its own hour."""
    assert days_with_rain(200.0).sum() == pytest.approx(240 - 100 - 1)
    assert days_with_rain(200.0, soil_store_mm=0).sum() == pytest.approx(240 - 1)


def test_rain_that_runs_off_saves_nothing():
    assert days_with_rain(50.0, effective_rain_share=0).sum() == pytest.approx(240)


@given(st.lists(st.floats(0, 30), min_size=2, max_size=60), st.floats(0, 1), st.floats(0, 50))
def test_watering_is_never_more_than_the_need_and_never_less_than_rain_leaves(rain, share, store):
    rain = np.repeat(rain, 24) / 24
    greens = GreensSpec(area_ha=1, effective_rain_share=share, soil_store_mm=store)
    month = np.full(rain.size, 5)
    dry = irrigation_m3(greens, month=month, dt_h=1)
    watered = irrigation_m3(greens, month=month, dt_h=1, rainfall_mm=rain)
    assert (watered >= 0).all()
    assert (watered <= dry + 1e-9).all()
    assert dry.sum() - watered.sum() <= 10 * share * rain.sum() + 1e-6


def test_a_cubic_metre_costs_most_at_the_smallest_flow():
    assert specific_kwh_per_m3(PLANT, 20) == pytest.approx(0.45)
    assert specific_kwh_per_m3(PLANT, 5) == pytest.approx(0.75)
    assert running_kw(PLANT, 20) == pytest.approx(FULL_KW) == PLANT.most_kw
    assert running_kw(PLANT, 0) == 0


def test_a_power_allows_a_flow_within_the_permitted_range_or_none():
    assert flow_within(PLANT, 100) == 20
    assert flow_within(PLANT, NO_CAP_KW) == 20
    assert flow_within(PLANT, 2 + 0.35 * 8) == pytest.approx(8)
    assert flow_within(PLANT, 2 + 0.35 * 4.9) == 0
    assert flow_within(PLANT, -3) == 0


def test_by_level_the_flow_grows_with_the_tank():
    """Smallest at the start level of 30 m3, largest at the alarm of 85."""
    assert step(tanks=(30, 75, 1)).treated_m3 == pytest.approx(5)
    assert step(tanks=(57.5, 75, 1)).treated_m3 == pytest.approx(12.5)
    assert step(tanks=(85, 75, 1)).treated_m3 == pytest.approx(20)
    assert step(tanks=(57.5, 75, 1)).treatment_kw == pytest.approx(2 + 0.35 * 12.5)


def test_by_level_a_plant_at_rest_starts_at_its_start_level_and_stops_at_the_minimum():
    assert step(tanks=(29, 75, 0)).treated_m3 == 0
    started = step(tanks=(31, 75, 0))
    assert started.treated_m3 > 0
    assert started.run_h == 1
    assert step(tanks=(29, 75, 1)).treated_m3 == pytest.approx(5)
    emptied = step(tanks=(12, 75, 1))
    assert emptied.treated_m3 == pytest.approx(2)
    assert (emptied.equalisation_m3, emptied.run_h) == (10, 0)
    assert emptied.treatment_kw == pytest.approx(2 / 5 * (2 + 0.35 * 5))


def test_with_the_sun_it_runs_at_what_the_surplus_carries():
    assert step(SUNNY, tanks=(40, 75, 0), sun=2 + 0.35 * 12).treated_m3 == pytest.approx(12)
    assert step(SUNNY, tanks=(40, 75, 0), sun=500).treated_m3 == pytest.approx(20)
    assert step(SUNNY, tanks=(40, 75, 0), sun=3).treated_m3 == 0
    assert step(SUNNY, tanks=(40, 75, 0), sun=-40).treated_m3 == 0


def test_without_sun_a_fuller_tank_than_may_wait_or_a_low_reuse_tank_makes_it_run():
    """From 43.75 to 85 m3 the flow grows from 5 to 20 m3/h; above the alarm it does all it can."""
    assert step(SUNNY, tanks=(40, 75, 0)).treated_m3 == 0
    assert step(SUNNY, tanks=(64.375, 75, 0)).treated_m3 == pytest.approx(12.5)
    assert step(SUNNY, tanks=(92.5, 75, 0)).treated_m3 == pytest.approx(20)
    assert step(SUNNY, tanks=(40, 29, 0)).treated_m3 > 0


def test_a_run_lasts_its_shortest_time_after_the_sun_has_gone():
    assert step(SUNNY, tanks=(40, 75, 0.25), dt_h=0.25).treated_m3 == pytest.approx(5 / 4)
    assert step(SUNNY, tanks=(40, 75, 0.5), dt_h=0.25).treated_m3 == 0


def test_a_run_begins_only_with_wastewater_for_its_shortest_time():
    assert step(SUNNY, tanks=(12, 75, 0), sun=50, dt_h=0.25).treated_m3 == 0
    assert step(SUNNY, tanks=(12.5, 75, 0), sun=50, dt_h=0.25).treated_m3 > 0


def test_a_plan_holds_treatment_back_until_the_tank_is_high():
    assert step(tanks=(80, 75, 1), plan=0.0).treated_m3 == 0
    assert step(tanks=(80, 75, 1), plan=2 + 0.35 * 6).treated_m3 == pytest.approx(6)
    assert step(tanks=(92.5, 75, 1), plan=0.0).treated_m3 == pytest.approx(12.5)


def test_without_power_wastewater_waits_and_a_full_tank_spills():
    flows = step(tanks=(20, 75, 1), wastewater=10, cap=0.0)
    assert flows.treated_m3 == flows.treatment_kw == flows.overflow_m3 == 0
    assert flows.equalisation_m3 == 30
    flows = step(tanks=(95, 75, 1), wastewater=10, cap=0.0)
    assert (flows.overflow_m3, flows.equalisation_m3) == (5, 100)


def test_the_power_there_is_holds_even_where_the_tank_spills():
    flows = step(tanks=(100, 75, 1), wastewater=30, cap=2 + 0.35 * 7)
    assert flows.treated_m3 == pytest.approx(7)
    assert flows.overflow_m3 == pytest.approx(23)


def test_urgent_power_keeps_the_tank_from_spilling():
    assert urgent_kw(PLANT, 50, 10, 1.0) == 0
    assert urgent_kw(PLANT, 98, 4, 1.0) == pytest.approx(running_kw(PLANT, 5))  # 2 m3/h, but 5 at the least
    assert urgent_kw(PLANT, 100, 12, 1.0) == pytest.approx(running_kw(PLANT, 12))
    assert urgent_kw(PLANT, 100, 90, 1.0) == pytest.approx(FULL_KW)


def test_mains_water_makes_up_what_the_reuse_tank_lacks_above_its_minimum():
    flows = step(tanks=(10, 10.5, 0), wanted=9)
    assert flows.reuse_used_m3 == pytest.approx(3)
    assert flows.made_up_m3 == pytest.approx(6)
    assert flows.reuse_m3 == pytest.approx(7.5)


def test_a_full_reuse_tank_lets_treated_water_out():
    flows = step(tanks=(85, 149, 1), wanted=2)
    assert flows.reuse_m3 == 150
    assert flows.effluent_m3 == pytest.approx(17)


def test_a_run_starts_at_the_minimum_of_one_tank_and_half_of_the_other():
    assert initial_water_state(PLANT) == WaterState(10, 75, 0)


def test_a_station_without_a_plant_spills_and_draws_nothing():
    none = WaterSpec.model_validate(SECTION | {"treatment": {"capacity_m3_h": 0}}).parameters()
    assert none.most_kw == 0
    flows = step(none, tanks=(100, 7.5, 0), wastewater=3, wanted=2, sun=100)
    assert flows.overflow_m3 == pytest.approx(3)
    assert flows.made_up_m3 == pytest.approx(2)
    assert flows.treatment_kw == 0


@st.composite
def plants(draw) -> WaterParameters:
    capacity = draw(st.sampled_from((0.0, 0.3, 20.0, 500.0)))
    least, start, high = sorted(draw(st.tuples(*[st.floats(0, 0.99)] * 3)))
    return WaterSpec.model_validate(
        {
            "treatment": {
                "capacity_m3_h": capacity,
                "turndown": draw(st.floats(0, 1)),
                "kwh_per_m3": draw(st.floats(0.05, 2)),
                "standing_kwh_per_m3": draw(st.floats(0, 1)),
                "minimum_run_minutes": draw(st.floats(0, 120)),
                "follow": draw(st.sampled_from(("level", "sun"))),
            },
            "equalisation_tank": {
                "volume_m3": draw(st.sampled_from((0.0, 1.0, 100.0))),
                "minimum_share": least,
                "start_share": start,
                "high_share": high if high > start else start + 0.005,
            },
            "reuse_tank": {"volume_m3": draw(st.sampled_from((0.0, 2.0, 150.0)))},
        }
    ).parameters()


@given(
    params=plants(),
    filling=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3)),
    wastewater=volumes(50),
    wanted=volumes(50),
    sun_kw=st.floats(-100, 100),
    caps=st.tuples(st.floats(0, 300) | st.just(math.inf), st.floats(0, 300) | st.just(math.inf)),
    dt_h=st.sampled_from([1 / 60, 1 / 12, 0.25, 1.0]),
)
def test_every_cubic_metre_is_accounted_for_within_every_limit(
    params, filling, wastewater, wanted, sun_kw, caps, dt_h
):
    first = params.equalisation_least_m3 + filling[0] * (
        params.equalisation_most_m3 - params.equalisation_least_m3
    )
    second = params.reuse_least_m3 + filling[1] * (params.reuse_most_m3 - params.reuse_least_m3)
    flows = step(params, (first, second, filling[2]), wastewater, wanted, sun_kw, *caps, dt_h)
    assert min(flows) >= -BALANCE_M3
    rise = flows.equalisation_m3 - first
    assert abs(wastewater - flows.treated_m3 - flows.overflow_m3 - rise) < BALANCE_M3
    rise = flows.reuse_m3 - second
    assert abs(flows.treated_m3 - flows.reuse_used_m3 - flows.effluent_m3 - rise) < BALANCE_M3
    assert flows.reuse_used_m3 + flows.made_up_m3 == pytest.approx(wanted)
    assert params.equalisation_least_m3 - BALANCE_M3 <= flows.equalisation_m3 <= params.equalisation_most_m3
    assert params.reuse_least_m3 - BALANCE_M3 <= flows.reuse_m3 <= params.reuse_most_m3
    assert flows.treated_m3 <= params.most_m3_h * dt_h + BALANCE_M3
    assert flows.treatment_kw <= caps[0] + 1e-9
    if flows.treated_m3 > 0:
        kwh_per_m3 = flows.treatment_kw * dt_h / flows.treated_m3
        dearest = specific_kwh_per_m3(params, max(params.least_m3_h, flows.treated_m3 / dt_h))
        cheapest = specific_kwh_per_m3(params, params.most_m3_h)
        assert cheapest * (1 - 1e-9) <= kwh_per_m3 <= dearest * (1 + 1e-9)
    if flows.overflow_m3 > 0:  # the tank is full, and the plant at its limit or short of power
        assert flows.equalisation_m3 == params.equalisation_most_m3
        short = flow_within(params, caps[0]) < params.most_m3_h
        assert short or flows.treated_m3 == pytest.approx(params.most_m3_h * dt_h)


@pytest.mark.parametrize(
    "wrong",
    [
        {"treatment": {"capacity_m3_h": 20, "kwh_per_m3": 0}},
        {"treatment": {"capacity_m3_h": 20, "kwh_per_m3": 350}},
        {"treatment": {"capacity_m3_h": 20, "turndown": 1.5}},
        {"treatment": {"capacity_m3_h": 20, "follow": "moon"}},
        {"equalisation_tank": {"volume_m3": 100, "minimum_share": 0.9}},
        {"equalisation_tank": {"volume_m3": 100, "high_share": 1.0}},
        {"reuse_tank": {"volume_m3": 100, "minimum_share": 0.5}},
        {"reuse_tank": {"volume_m3": 100, "minimum_share": 0.2, "initial_share": 0.1}},
        {"greens": {"area_ha": 1, "need_m3_per_ha_day": [1.0] * 11}},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        WaterSpec.model_validate(SECTION | wrong)
