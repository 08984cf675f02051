"""Hot water: heat of a litre, cold water of the seasons, and a tank that is a deficit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.hot_water import (
    HotWaterDraw,
    HotWaterSpec,
    heat_kwh,
    hot_water,
    mains_degc,
    play_tank,
    usable_kwh,
    water_heating_cop,
)

SPEC = HotWaterSpec(tank_litres=1000, heat_pump_kw=12, standing_loss_w=0)


def played(draw, *, loss=0.0, heat=1.0, backup=np.inf, room=5.0):
    outs = [[0.0] * len(draw) for _ in range(4)]
    play_tank(draw, loss, heat, backup, room, *outs)
    return outs


def plant(spec, litres, *, temp_out=15.0, cold=15.0):
    dishes = np.asarray(litres, dtype=float)
    draw = HotWaterDraw(np.zeros(dishes.shape), dishes)
    return hot_water(
        spec,
        draw,
        cold_degc=np.full(dishes.shape, cold),
        mean_cold_degc=cold,
        temp_out=np.full(dishes.shape, temp_out),
    )


def test_a_hundred_litres_from_15_to_40_degrees():
    """100 kg x 4.186 kJ/(kg K) x 25 K / 3600 kJ/kWh."""
    assert heat_kwh(100, warm_degc=40, cold_degc=15) == pytest.approx(100 * 4.186 * 25 / 3600)


def test_water_warmer_than_asked_for_needs_no_heat():
    assert heat_kwh([100, 100], warm_degc=20, cold_degc=[25, 20]).tolist() == [0, 0]


# --- cold water -------------------------------------------------------------------------------------


def test_cold_water_is_energyplus_s():
    """Values of EnergyPlus' own unit test, WaterMainsCorrelationTest."""
    north = mains_degc(mean_degc=9.69, swing_k=28.1, day_of_year=50)
    south = mains_degc(mean_degc=9.69, swing_k=28.1, day_of_year=50, south=True)
    assert north == pytest.approx(6.6667, abs=1e-4)
    assert south == pytest.approx(19.3799, abs=1e-4)


def test_cold_water_lags_the_air_swings_less_and_is_warmer_on_average():
    year = mains_degc(mean_degc=14.9, swing_k=27.4, day_of_year=np.arange(1, 366))
    assert year.mean() == pytest.approx(14.9 + 6 / 1.8, abs=0.1)
    assert 0.4 * 27.4 < np.ptp(year) < 0.7 * 27.4
    assert 20 < int(year.argmin()) < 60


def test_mains_do_not_freeze():
    assert mains_degc(mean_degc=-12, swing_k=50, day_of_year=np.arange(1, 366)).min() == 0


# --- heat pump --------------------------------------------------------------------------------------


def test_the_heat_pump_has_staffells_cop_and_holds_it_beyond_the_fit():
    assert water_heating_cop(60, 20) == pytest.approx(6.81 - 0.121 * 40 + 0.00063 * 1600)
    assert water_heating_cop(60, -20) == water_heating_cop(60, 0)
    np.testing.assert_array_less(np.diff(water_heating_cop(60, np.arange(30, 0, -1))), 0)


# --- the tank ---------------------------------------------------------------------------------------


def test_a_deficit_grows_by_what_the_heat_pump_cannot_give_and_is_made_up_for():
    heat, backup, short, deficit = played([3.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert deficit == [2, 4, 3, 2, 1, 0, 0]
    assert heat == [1, 1, 1, 1, 1, 1, 0]
    assert not any(backup)
    assert not any(short)


def test_beyond_the_tank_resistance_heats_what_flows():
    _, backup, short, deficit = played([4.0, 4.0, 4.0])
    assert deficit == [3, 5, 5]
    assert backup == [0, 1, 3]
    assert not any(short)


def test_what_a_small_resistance_cannot_give_is_missing():
    _, backup, short, deficit = played([4.0, 4.0, 4.0], backup=2.0)
    assert backup == [0, 1, 2]
    assert short == [0, 0, 1]
    assert deficit == [3, 5, 5]


def test_losses_are_made_up_for_without_a_draw():
    heat, *_ = played([0.0, 0.0], loss=0.25)
    assert heat == [0.25, 0.25]


def test_a_full_tank_holds_its_usable_share():
    assert usable_kwh(SPEC, 15) == pytest.approx(1000 * 0.7 * 45 * 4.186 / 3600)


def test_electricity_is_heat_over_cop_and_resistance():
    flows = plant(SPEC, [400.0, 0.0, 4000.0], temp_out=20.0)
    expected = flows.heat_pump_kwh / water_heating_cop(60, 20) + flows.backup_kwh
    np.testing.assert_allclose(flows.electricity_kwh, expected)
    assert flows.heat_pump_kwh.max() == pytest.approx(2.0)  # 12 kW for ten minutes
    assert flows.backup_kwh[2] > 0
    assert flows.tank_kwh[2] == 0


def test_without_a_heat_pump_resistance_heats_all_in_the_end():
    flows = plant(SPEC.model_copy(update={"heat_pump_kw": 0.0}), [500.0] * 6)
    room = usable_kwh(SPEC, 15)
    assert flows.backup_kwh.sum() == pytest.approx(flows.draw_kwh.sum() - room)


def test_cleaning_is_spread_over_the_day():
    spec = SPEC.model_copy(update={"cleaning_litres_per_day": 1440.0})
    assert plant(spec, [0.0, 5.0]).litres.tolist() == [10, 15]


@given(
    draw=st.lists(st.floats(0, 20), min_size=1, max_size=50),
    loss=st.floats(0, 1),
    heat=st.floats(0, 10),
    backup=st.sampled_from((0.0, 1.0, np.inf)),
    room=st.floats(0, 30),
)
def test_heat_is_conserved_in_every_interval(draw, loss, heat, backup, room):
    got = [np.array(out) for out in played(draw, loss=loss, heat=heat, backup=backup, room=room)]
    heated, resistance, short, deficit = got
    change = np.diff(np.concatenate([[0.0], deficit]))
    np.testing.assert_allclose(change, np.array(draw) + loss - heated - resistance - short, atol=1e-9)
    assert min(each.min() for each in got) >= 0
    assert heated.max() <= heat
    assert resistance.max() <= backup
    assert deficit.max() <= room


# --- the tank's loss --------------------------------------------------------------------------------


def test_a_tank_of_300_litres_loses_as_class_b():
    """12 + 5.93 x 300^0.4 = 70.1 W at 45 K, so 62.3 W at 40 K."""
    spec = HotWaterSpec(tank_litres=300, heat_pump_kw=5)
    assert spec.loss_kw == pytest.approx((12 + 5.93 * 300**0.4) * 40 / 45 / 1000)
    assert spec.loss_kw == pytest.approx(0.0623, abs=2e-4)


def test_circulating_pipes_lose_by_their_length():
    spec = HotWaterSpec(tank_litres=300, heat_pump_kw=5, standing_loss_w=0, circulation_m=100)
    assert spec.loss_kw == pytest.approx(1.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tank_litres": 0},
        {"usable_share": 0},
        {"tap_temp_degc": 80},
        {"cold_water_degc": [10] * 11},
        {"tank_temp_degc": 50},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        HotWaterSpec.model_validate({"tank_litres": 500, "heat_pump_kw": 10, **wrong})


def test_a_tank_cooler_than_its_taps_is_refused_with_both():
    with pytest.raises(
        ValidationError, match="must be at least tap_temp_degc and dish_temp_degc, 60, got 50"
    ):
        HotWaterSpec(tank_litres=500, heat_pump_kw=10, tank_temp_degc=50)
