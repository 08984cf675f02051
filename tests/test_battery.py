"""The battery: exact limits, conserved energy and heat, a window that is never left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.models.battery import (
    Battery,
    BatterySpec,
    BatteryStep,
    ThermalSpec,
    battery_aux_most_kw,
    battery_energy_residual_kwh,
    battery_heat_residual_kwh,
    battery_limits_kw,
    battery_parameters,
    battery_step,
    window_kwh,
)
from tests.batteries import LOSSLESS, specs

TINY_KWH = 1e-7
"""Rounding of a few additions of energies around 1e4 kWh, and of the square roots of a limit."""

REFERENCE = BatterySpec(capacity_kwh=3200.0, power_kw=1600.0)
PERFECT = BatterySpec(capacity_kwh=100.0, power_kw=50.0, **LOSSLESS)

steps_h = st.sampled_from([1 / 60, 5 / 60, 0.25, 1.0])
wishes_kw = st.lists(st.floats(-20_000, 20_000), min_size=1, max_size=30)
outdoors_degc = st.floats(-30, 50)


def test_a_battery_without_losses_fills_by_what_it_takes() -> None:
    """From 50 % to 90 % of 100 kWh are 40 kWh: at 50 kW 30 minutes make 25, the next half hour 15."""
    battery = Battery(PERFECT)
    assert battery.step(50.0, 0.5).energy_kwh == 75
    assert battery.step(50.0, 0.5).charge_kw == pytest.approx(30)
    assert battery.soc == pytest.approx(0.9)
    assert battery.step(50.0, 0.5).charge_kw == 0


def test_a_tenth_lost_in_the_converter_and_a_tenth_in_the_cells() -> None:
    """Of 50 kW 45 reach the cells, 40.5 are stored; for 50 kW out they give 55 and the store loses 60.5."""
    spec = PERFECT.model_copy(
        update={
            "converter": PERFECT.loss_of_converter.model_copy(update={"linear_share": 0.1}),
            "cells": PERFECT.cells.model_copy(update={"linear_share": 0.1}),
        }
    )
    params = battery_parameters(spec)
    charged = battery_step(params, 50.0, 25.0, 50.0, 0.0, 0.0, 20.0, 1.0)
    assert charged == pytest.approx((90.5, 25, 45, 0, 5, 4.5))
    discharged = battery_step(params, 90.5, 25.0, 0.0, 50.0, 0.0, 20.0, 1.0)
    assert discharged == pytest.approx((30.0, 25, 0, 55, 5, 5.5))


def test_defaults_give_back_85_to_90_percent_at_usual_power() -> None:
    """The range that is known for stores with converter; less at a tenth of the power than at a third."""
    shares = {power_kw: _round_trip(power_kw) for power_kw in (160.0, 480.0, 800.0, 1600.0)}
    assert all(0.85 <= shares[power_kw] <= 0.90 for power_kw in (480.0, 800.0, 1600.0))
    assert shares[800.0] == pytest.approx(0.881, abs=0.001)
    assert shares[160.0] < shares[480.0] > shares[1600.0]


def _round_trip(power_kw: float) -> float:
    battery = Battery(REFERENCE.model_copy(update={"soc_initial": 0.1}))
    taken = sum(battery.step(power_kw, 0.25).charge_kw for _ in range(100))
    return sum(battery.step(-power_kw, 0.25).discharge_kw for _ in range(100)) / taken


def test_a_rule_may_cap_the_power() -> None:
    capped = BatterySpec(capacity_kwh=3200.0, power_kw=1600.0, power_cap_kw=500.0)
    assert Battery(capped).limits_kw(1.0) == (-500, 500)
    assert Battery(REFERENCE).limits_kw(0.25) == (-1600, 1600)


def test_nothing_is_charged_below_freezing_and_half_in_between() -> None:
    params = battery_parameters(REFERENCE)
    window = (320.0, 2880.0)
    charge_kw = [battery_limits_kw(params, *window, 1600.0, temp, 0.25)[0] for temp in (-5.0, 0.0, 7.5, 15.0)]
    assert charge_kw[:2] == [0, 0]
    stored = battery_step(params, 1600.0, 7.5, charge_kw[2], 0.0, 0.0, 7.5, 1.0).energy_kwh - 1600.0
    assert stored == pytest.approx(params.cells_charge_kw / 2)
    assert charge_kw[3] == 1600
    cold = battery_limits_kw(params, *window, 1600.0, -15.0, 0.25)[1]
    assert 800 < cold < 850  # half of the power at the cells, of which the converter loses less


def test_power_falls_along_the_curve_by_state_of_charge() -> None:
    """At a share of 1 - SOC above 50 % of 100 kWh, dE/dt = 50 (1 - E/100): exp(-0.5) of the gap is left."""
    spec = PERFECT.model_copy(
        update={
            "soc_maximum": 1.0,
            "power_share_by_soc_charge": ((0.0, 1.0), (0.5, 0.5), (1.0, 0.0)),
        }
    )
    battery = Battery(spec)
    assert battery.step(50.0, 1.0).energy_kwh == pytest.approx(100 - 50 * np.exp(-0.5))


@given(specs(), steps_h)
def test_short_steps_at_the_limit_reach_what_a_long_one_reaches(spec: BatterySpec, dt_h: float) -> None:
    """Losses aside, which are those of the mean power; so the converter must not be what limits."""
    free = spec.model_copy(
        update={"converter": PERFECT.converter, "cells": PERFECT.cells, "thermal": None, "power_cap_kw": None}
    )
    for way in (-1.0, 1.0):
        long, short = Battery(free), Battery(free)
        long.step(way * 1e9, dt_h)
        for _ in range(12):
            short.step(way * 1e9, dt_h / 12)
        assert short.energy_kwh == pytest.approx(long.energy_kwh, abs=1e-6)


def test_asking_for_limits_changes_nothing() -> None:
    battery = Battery(REFERENCE)
    before = (battery.energy_kwh, battery.temp_degc)
    assert battery.limits_kw(0.25) == battery.limits_kw(0.25)
    assert (battery.energy_kwh, battery.temp_degc) == before


@given(specs(), wishes_kw, steps_h, outdoors_degc)
def test_any_wish_stays_inside_window_and_rating(
    spec: BatterySpec, wishes: list[float], dt_h: float, outdoors: float
) -> None:
    battery = Battery(spec, outdoors)
    floor_kwh, ceiling_kwh = battery.window_kwh
    most_power_kw = min(spec.power_kw, spec.power_cap_kw or spec.power_kw)
    for wish in wishes:
        least_kw, most_kw = battery.limits_kw(dt_h)
        assert -most_power_kw <= least_kw <= 0 <= most_kw <= most_power_kw
        done = battery.step(wish, dt_h, outdoors)
        assert done.charge_kw == 0 or done.discharge_kw == 0
        assert least_kw <= done.charge_kw - done.discharge_kw <= most_kw
        assert floor_kwh - TINY_KWH <= done.energy_kwh <= ceiling_kwh + TINY_KWH
        assert min(done.aux_kw, done.converter_loss_kw, done.cell_loss_kw) >= 0


@given(specs(), wishes_kw, steps_h, outdoors_degc)
def test_energy_and_heat_are_conserved(
    spec: BatterySpec, wishes: list[float], dt_h: float, outdoors: float
) -> None:
    battery = Battery(spec, outdoors)
    params, first = battery.parameters, (battery.energy_kwh, battery.temp_degc)
    done = BatteryStep._make(np.array([battery.step(wish, dt_h, outdoors) for wish in wishes]).T)
    energy_before = np.concatenate([[first[0]], done.energy_kwh[:-1]])
    temp_before = np.concatenate([[first[1]], done.temp_degc[:-1]])
    power = (done.charge_kw, done.discharge_kw)
    energy = battery_energy_residual_kwh(params, energy_before, done.energy_kwh, *power, dt_h)
    assert np.abs(energy).max() <= TINY_KWH
    heat = battery_heat_residual_kwh(
        params,
        temp_before,
        done.temp_degc,
        *power,
        done.climate_heat_kw,
        np.full(len(wishes), outdoors),
        dt_h,
    )
    assert np.abs(heat).max() <= TINY_KWH
    lost = done.converter_loss_kw + done.cell_loss_kw
    explained = (done.charge_kw - done.discharge_kw - lost).sum() * dt_h
    assert battery.energy_kwh - first[0] == pytest.approx(explained, abs=1e-6)


@given(specs(), wishes_kw, steps_h)
def test_what_is_changed_in_a_column_shows_in_the_residuals(
    spec: BatterySpec, wishes: list[float], dt_h: float
) -> None:
    """An identity that cannot fail would prove nothing."""
    battery = Battery(spec)
    before = (battery.energy_kwh, battery.temp_degc)
    done = battery.step(wishes[0], dt_h)
    power = (np.array([done.charge_kw]), np.array([done.discharge_kw]))
    energy = battery_energy_residual_kwh(
        battery.parameters, np.array([before[0]]), np.array([done.energy_kwh + 0.01]), *power, dt_h
    )
    assert energy == pytest.approx(0.01, abs=TINY_KWH)
    if spec.thermal is not None:
        ends = (np.array([before[1]]), np.array([done.temp_degc + 0.01]))
        heat = battery_heat_residual_kwh(
            battery.parameters, *ends, *power, np.array([done.climate_heat_kw]), np.array([20.0]), dt_h
        )
        assert heat == pytest.approx(0.01 * battery.parameters.heat_capacity_kwh_k, abs=TINY_KWH)


@given(specs(), steps_h, st.floats(-40, 70))
def test_a_limit_by_the_window_ends_exactly_on_its_edge(
    spec: BatterySpec, dt_h: float, temp_degc: float
) -> None:
    params, start = battery_parameters(spec), spec.initial_energy_kwh
    floor_kwh, ceiling_kwh = spec.soc_minimum * spec.capacity_kwh, spec.soc_maximum * spec.capacity_kwh
    limits = battery_limits_kw(params, floor_kwh, ceiling_kwh, start, temp_degc, dt_h)
    wide = battery_limits_kw(params, -1e9, 1e9, start, temp_degc, dt_h)
    charged = battery_step(params, start, temp_degc, limits[0], 0.0, 0.0, 20.0, dt_h).energy_kwh
    drained = battery_step(params, start, temp_degc, 0.0, limits[1], 0.0, 20.0, dt_h).energy_kwh
    assert charged <= ceiling_kwh + TINY_KWH
    assert drained >= floor_kwh - TINY_KWH
    assert limits[0] <= wide[0] * (1 + 1e-12) + TINY_KWH
    assert limits[1] <= wide[1] * (1 + 1e-12) + TINY_KWH
    simple = params._replace(charge_temp_share=(1.0,) * 8, charge_from_kwh=-1e9, charge_until_kwh=1e9)
    most, _ = battery_limits_kw(simple, floor_kwh, ceiling_kwh, start, 25.0, dt_h)
    if most < simple.power_kw and start < ceiling_kwh:
        end = battery_step(simple, start, 25.0, most, 0.0, 0.0, 20.0, dt_h).energy_kwh
        by_cells = start + simple.cells_charge_kw * dt_h
        assert end == pytest.approx(min(ceiling_kwh, by_cells), abs=TINY_KWH)


def test_seasons_move_the_window() -> None:
    winter = {"months": [12, 1, 2], "soc_minimum": 0.3, "soc_maximum": 0.95}
    spec = BatterySpec.model_validate({"capacity_kwh": 100.0, "power_kw": 50.0, "seasons": [winter]})
    floor, ceiling = window_kwh(spec, np.array([1, 6, 12]))
    assert floor.tolist() == pytest.approx([30, 10, 30])
    assert ceiling.tolist() == pytest.approx([95, 90, 95])
    aged, _ = window_kwh(spec, np.array([6]), health=0.8)
    assert aged.tolist() == pytest.approx([8])


def test_a_window_that_moved_past_the_charge_lets_it_come_back_but_goes_no_further() -> None:
    params = battery_parameters(REFERENCE)
    below = battery_limits_kw(params, 800.0, 2880.0, 400.0, 25.0, 1.0)
    assert below[1] == 0
    assert below[0] > 0
    above = battery_limits_kw(params, 320.0, 2000.0, 2500.0, 25.0, 1.0)
    assert above[0] == 0
    assert above[1] > 0


def test_an_aged_unit_holds_less_and_weighs_the_same() -> None:
    new, old = battery_parameters(REFERENCE), battery_parameters(REFERENCE, health=0.75)
    assert old.capacity_kwh == 0.75 * new.capacity_kwh
    assert (old.heat_capacity_kwh_k, old.power_kw) == (new.heat_capacity_kwh_k, new.power_kw)
    with pytest.raises(ValueError, match="health must be above 0"):
        battery_parameters(REFERENCE, health=0.0)


class TestWarmth:
    """3.2 MWh weigh 20 t and store 5.56 kWh for each kelvin; 160 W/K go through the walls."""

    def test_left_alone_it_comes_near_the_air_outdoors(self) -> None:
        """The time constant is 5.556 / 0.16 = 34.7 h: a gap of 10 K is one of 3.68 K after it."""
        params = battery_parameters(REFERENCE)
        after = battery_step(params, 1600.0, 25.0, 0.0, 0.0, 0.0, 15.0, 5.0 / 0.9 / 0.16)
        assert after.temp_degc == pytest.approx(15 + 10 * np.exp(-1))

    @pytest.mark.parametrize("step_h", [1 / 60, 0.25, 1.0])
    def test_cooling_takes_what_losses_and_the_sun_side_bring(self, step_h: float) -> None:
        """At rest in 38 degC: 10 K x 0.16 kW/K and half of 3.2 kW, 3.2 kW of heat: a third in electricity."""
        battery = Battery(REFERENCE, 38.0)
        draws = [battery.step(0.0, step_h, 38.0).aux_kw for _ in range(3)]
        assert draws == pytest.approx([3.2 + 3.2 / 3] * 3)
        assert battery.temp_degc == pytest.approx(28)

    def test_heating_keeps_it_from_freezing_as_far_as_its_power_goes(self) -> None:
        """In -10 degC 25 K x 0.16 kW/K less 1.6 kW of standby: 2.4 kW, all in electricity; 16 kW at most."""
        mild, polar = Battery(REFERENCE, -10.0), Battery(REFERENCE, -100.0)
        assert mild.temp_degc == 15
        assert mild.step(0.0, 1.0, -10.0).aux_kw == pytest.approx(3.2 + 2.4)
        assert mild.temp_degc == pytest.approx(15)
        assert polar.step(0.0, 1.0, -100.0).aux_kw == pytest.approx(3.2 + 16)
        assert polar.temp_degc < 15

    def test_cooling_ends_at_its_capacity(self) -> None:
        small = REFERENCE.model_copy(update={"thermal": ThermalSpec(cooling_kw=1.0)})
        battery = Battery(small, 38.0)
        done = battery.step(0.0, 1.0, 38.0)
        assert done.aux_kw == pytest.approx(3.2 + 1 / 3)
        assert battery.temp_degc > 28

    def test_the_mean_of_long_steps_is_that_of_short_ones(self) -> None:
        """A day of the same duty: what is lost must be taken away, whatever the step."""
        means = []
        for step_h in (1 / 60, 0.25, 1.0):
            battery = Battery(REFERENCE.model_copy(update={"soc_initial": 0.1}), 35.0)
            hours = np.arange(0, 48, step_h)
            power = np.where(
                hours % 24 < 3, 700.0, np.where((hours % 24 >= 17) & (hours % 24 < 20), -600.0, 0.0)
            )
            means.append(np.mean([battery.step(kw, step_h, 35.0).aux_kw for kw in power]))
        assert means == pytest.approx([means[0]] * 3, rel=0.02)

    def test_a_room_of_its_own_shields_it_from_the_weather(self) -> None:
        indoors = REFERENCE.model_copy(update={"thermal": ThermalSpec(room_degc=20.0)})
        cold, hot = Battery(indoors, -30.0), Battery(indoors, 45.0)
        assert cold.step(0.0, 1.0, -30.0) == hot.step(0.0, 1.0, 45.0)
        assert cold.temp_degc == pytest.approx(20, abs=0.5)

    def test_without_a_container_it_stays_at_25_degc(self) -> None:
        battery = Battery(PERFECT, -20.0)
        done = battery.step(50.0, 1.0, -20.0)
        assert (done.temp_degc, done.aux_kw, done.climate_heat_kw) == (25, 0, 0)

    @given(specs(), wishes_kw, outdoors_degc)
    def test_auxiliaries_never_draw_more_than_their_most(
        self, spec: BatterySpec, wishes: list[float], outdoors: float
    ) -> None:
        battery = Battery(spec, outdoors)
        most_kw = battery_aux_most_kw(battery.parameters)
        draws = [battery.step(wish, 0.25, outdoors).aux_kw for wish in wishes]
        assert min(draws) >= battery.parameters.standby_kw
        assert max(draws) <= most_kw * (1 + 1e-12)
