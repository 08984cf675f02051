"""The building minute by minute: true to its equations, balanced, within limits, the same at any step."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.kernel.building import (
    BuildingOutput,
    BuildingState,
    building_parameters,
    initial_state,
    zone_balance,
)
from stationsim.kernel.minutes import step_building
from stationsim.models.hvac import CoolingSpec, HeatingSpec, cooling_cop, heating_cop, unit_power_kw
from stationsim.models.zone import (
    FloorSpec,
    OpaqueSpec,
    WindowSpec,
    ZoneSpec,
    ZoneState,
    mean_temperatures,
    zone_coefficients,
    zone_parameters,
    zone_step,
)

UNLIMITED = math.inf
BALANCE_KWH = 1e-6
"""Largest residual of the zone in a step [kWh]: the balance contract."""
SAME = 1e-12
"""Written out and called, the step may differ by rounding alone [K]."""

ZONE = ZoneSpec(
    floor_area_m2=1000.0,
    height_m=4.0,
    walls=OpaqueSpec(u_value_w_m2k=0.5, area_m2=400.0),
    roof=OpaqueSpec(u_value_w_m2k=0.45, area_m2=1000.0),
    floor=FloorSpec(u_value_w_m2k=0.5, area_m2=1000.0),
    windows=WindowSpec(u_value_w_m2k=2.5, g_value=0.5, area_south_m2=100.0, area_north_m2=60.0),
    air_change_per_h=1.0,
    heat_recovery_efficiency=0.5,
    infiltration_per_h=0.2,
)
COOLING = CoolingSpec(units=5, unit_capacity_kw=20.0, standby_kw=0.05)
HEATING = HeatingSpec(capacity_kw=60.0)


def play(params, steps, *, n_minutes, state=None, cap_kw=UNLIMITED, cooling=26.0, heating=20.0):
    """Play steps of (outdoor temperature, internal gains, solar gains); return all states and outputs."""
    states = [state or initial_state(params, temp_air_degc=22.0, temp_mass_degc=22.0)]
    outputs = []
    for temp_out, internal_w, solar_w in steps:
        after, output = step_building(
            states[-1],
            params,
            n_minutes=n_minutes,
            temp_out=temp_out,
            internal_w=internal_w,
            solar_w=solar_w,
            cooling_degc=cooling,
            heating_degc=heating,
            electric_cap_kw=cap_kw,
        )
        states.append(after)
        outputs.append(output)
    return states, outputs


def week(n_minutes, *, mean_degc, swing_k=6.0):
    """Return a week of smooth weather and gains, averaged from minutes."""
    hour = (np.arange(7 * 1440) + 0.5) / 60
    daily = np.sin((hour - 9) / 24 * 2 * np.pi)
    rows = np.column_stack([mean_degc + swing_k * daily, 2e4 + 1e4 * daily, 3e4 * np.clip(daily, 0, None)])
    return rows.reshape(-1, n_minutes, 3).mean(axis=1).tolist()


both = st.tuples(st.sampled_from([None, COOLING]), st.sampled_from([None, HEATING]))
drives = st.lists(
    st.tuples(st.floats(-20, 42), st.floats(0, 8e4), st.floats(-1e3, 1e5)), min_size=1, max_size=12
)


@given(both, drives, st.sampled_from([1, 5, 15, 60]), st.floats(0, 50) | st.just(UNLIMITED), st.floats(0, 60))
def test_heat_balances_in_every_step(devices, steps, n_minutes, cap_kw, air_capacity):
    zone = ZONE.model_copy(
        update={
            "air_heat_capacity_kj_m2k": air_capacity if air_capacity >= 1 else 0.0,
            "free_cooling_per_h": 3.0,
        }
    )
    params = building_parameters(zone, cooling=devices[0], heating=devices[1])
    states, outputs = play(params, steps, n_minutes=n_minutes, cap_kw=cap_kw)
    for (before, after), drive, output in zip(itertools.pairwise(states), steps, outputs, strict=True):
        balance = zone_balance(
            params,
            output,
            start=ZoneState(*before[:2]),
            end=ZoneState(*after[:2]),
            temp_out=drive[0],
            internal_w=drive[1],
            solar_w=drive[2],
            dt_h=n_minutes / 60,
        )
        assert abs(balance.residual_kwh) < BALANCE_KWH


def test_balance_of_arrays_equals_that_of_steps():
    params = building_parameters(ZONE, cooling=COOLING, heating=HEATING)
    steps = week(15, mean_degc=24)
    states, outputs = play(params, steps, n_minutes=15)
    air, mass = (np.array([state[node] for state in states]) for node in (0, 1))
    out, internal, solar = np.array(steps).T
    together = zone_balance(
        params,
        BuildingOutput(*np.array(outputs).T),
        start=ZoneState(air[:-1], mass[:-1]),
        end=ZoneState(air[1:], mass[1:]),
        temp_out=out,
        internal_w=internal,
        solar_w=solar,
        dt_h=0.25,
    )
    one = zone_balance(
        params,
        outputs[300],
        start=ZoneState(*states[300][:2]),
        end=ZoneState(*states[301][:2]),
        temp_out=out[300],
        internal_w=internal[300],
        solar_w=solar[300],
        dt_h=0.25,
    )
    assert np.abs(together.residual_kwh).max() < BALANCE_KWH
    assert together.transmission_kw[300] == pytest.approx(one.transmission_kw)
    assert together.stored_kwh.sum() == pytest.approx(
        (params.zone.air_j_k * (air[-1] - air[0]) + params.zone.mass_j_k * (mass[-1] - mass[0])) / 3.6e6
    )


@given(drives, st.sampled_from([1, 7, 60]), st.sampled_from([0.0, 10.0]))
def test_loop_equals_the_zone_step(steps, n_minutes, air_capacity):
    """Rebuild every minute from the outputs of one-minute steps by the plain equation."""
    zone = ZONE.model_copy(update={"air_heat_capacity_kj_m2k": air_capacity})
    params = building_parameters(zone, cooling=COOLING, heating=HEATING)
    steps = [step for step in steps for _ in range(n_minutes)]
    states, outputs = play(params, steps, n_minutes=1)
    usual, free = (
        zone_coefficients(zone_parameters(zone, free_cooling=flag), dt_s=60) for flag in (False, True)
    )
    for (before, after), (out, internal, solar), output in zip(
        itertools.pairwise(states), steps, outputs, strict=True
    ):
        coefficients = free if before.temp_air_degc > max(out, 23.0) else usual
        expected = zone_step(
            ZoneState(*before[:2]),
            coefficients,
            temp_out=out,
            temp_supply=out,
            internal_w=internal,
            solar_w=solar,
            hvac_w=1000 * (output.heating_heat_kw - output.cooling_heat_kw),
        )
        assert after[:2] == pytest.approx(expected, rel=0, abs=SAME)
        mean = mean_temperatures(ZoneState(*before[:2]), ZoneState(*after[:2]), coefficients)
        assert (output.temp_air_degc, output.temp_mass_degc) == pytest.approx(mean)


@given(drives, st.floats(0, 50) | st.just(UNLIMITED))
def test_a_long_step_is_its_minutes(steps, cap_kw):
    params = building_parameters(ZONE, cooling=COOLING, heating=HEATING)
    whole = play(params, steps, n_minutes=30, cap_kw=cap_kw)
    parts = play(params, [step for step in steps for _ in range(30)], n_minutes=1, cap_kw=cap_kw)
    assert whole[0][-1][:2] == pytest.approx(parts[0][-1][:2], abs=1e-9)
    means = np.array(parts[1]).reshape(len(steps), 30, -1).mean(axis=1)
    assert np.array(whole[1]) == pytest.approx(means, abs=1e-9)


def switchings(states):
    """Return for each unit the minutes in which it switched."""
    times = [[] for _ in states[0].switched]
    for before, after in itertools.pairwise(states):
        for unit, (old, new) in enumerate(zip(before.switched, after.switched, strict=True)):
            if old != new:
                times[unit].append((new, after.units_on > before.units_on))
    return times


@settings(max_examples=30)
@given(st.integers(0, 20), st.integers(0, 20), st.lists(st.floats(15, 40), min_size=60, max_size=200))
def test_units_run_and_rest_their_least_times(least_on, least_off, temps):
    cooling = COOLING.model_copy(update={"minimum_on_minutes": least_on, "minimum_off_minutes": least_off})
    params = building_parameters(
        ZONE.model_copy(update={"air_heat_capacity_kj_m2k": 1.0}), cooling=cooling, heating=None
    )
    steps = [(temp, 6e4 if i % 7 else 0.0, 0.0) for i, temp in enumerate(temps)]
    states, _ = play(params, steps, n_minutes=1, heating=-math.inf)
    for before, after in itertools.pairwise(states):
        assert sum(a != b for a, b in zip(before.switched, after.switched, strict=True)) <= 1
    for times in switchings(states):
        assert all(comes == bool((k + 1) % 2) for k, (_, comes) in enumerate(times))
        for (minute, came), (later, _) in itertools.pairwise(times):
            assert later - minute >= (least_on if came else least_off)


def test_units_take_turns():
    params = building_parameters(ZONE, cooling=COOLING, heating=None)
    states, _ = play(params, week(1, mean_degc=28)[:2880], n_minutes=1, heating=-math.inf)
    starts = [sum(comes for _, comes in times) for times in switchings(states)]
    assert max(starts) - min(starts) <= 1
    assert min(starts) > 2


@given(both, drives, st.sampled_from([1, 15]), st.floats(-5, 60), st.integers(0, 5))
def test_never_draws_more_than_allowed(devices, steps, n_minutes, cap_kw, running):
    params = building_parameters(ZONE, cooling=devices[0], heating=devices[1])
    state = initial_state(params, temp_air_degc=26.0, temp_mass_degc=25.0)
    state = state._replace(units_on=min(running, params.units))
    _, outputs = play(params, steps, n_minutes=n_minutes, state=state, cap_kw=cap_kw)
    for output in outputs:
        assert output.cooling_kw + output.heating_kw <= max(0, cap_kw) * (1 + 1e-12)
        assert min(output.cooling_kw, output.heating_kw) >= 0


def test_a_limit_stops_running_units_at_once():
    params = building_parameters(ZONE, cooling=COOLING, heating=None)
    state = initial_state(params, temp_air_degc=27.0, temp_mass_degc=27.0)
    hot = {"n_minutes": 5, "heating": -math.inf}
    states, outputs = play(params, [(35.0, 8e4, 0.0)] * 3, state=state, **hot)
    assert states[-1].units_on == 5
    running_kw = 20 / 3
    states, outputs = play(params, [(35.0, 8e4, 0.0)], state=states[-1], cap_kw=2 * running_kw + 0.2, **hot)
    assert outputs[0].units_on == 2
    assert outputs[0].cooling_kw == pytest.approx(2 * running_kw + 3 * 0.05)
    states, outputs = play(params, [(35.0, 8e4, 0.0)], state=states[-1], cap_kw=0.1, **hot)
    assert outputs[0].cooling_kw == pytest.approx(0.1)
    states, outputs = play(params, [(35.0, 8e4, 0.0)], state=states[-1], **hot)
    assert outputs[0].units_on == 3  # 1, 2, 3, 4, 5: one more a minute, after their rest


def test_heating_holds_its_set_point_and_its_power():
    params = building_parameters(ZONE, cooling=None, heating=HEATING)
    _, outputs = play(params, [(0.0, 0.0, 0.0)] * 400, n_minutes=15, cooling=math.inf)
    last = outputs[-1]
    assert last.temp_air_degc == pytest.approx(20, abs=1e-6)
    assert last.heating_heat_kw / last.heating_kw == pytest.approx(
        heating_cop(0.0, supply_temp_degc=45.0, backup_below_degc=-math.inf)
    )
    _, outputs = play(params, [(-40.0, 0.0, 0.0)] * 400, n_minutes=15, cooling=math.inf)
    assert outputs[-1].heating_heat_kw == pytest.approx(60)
    assert outputs[-1].temp_air_degc < 20


def test_cooling_keeps_to_its_band():
    params = building_parameters(ZONE, cooling=COOLING, heating=None)
    _, outputs = play(params, week(5, mean_degc=31), n_minutes=5, heating=-math.inf)
    temps = [output.temp_air_degc for output in outputs[288:]]
    assert min(temps) > 25.4
    assert max(temps) < 26.6
    one = max(outputs, key=lambda output: output.units_on)
    assert one.cooling_heat_kw == pytest.approx(
        one.units_on * unit_power_kw(35.0, sensible_kw=15.0, electric_kw=1.0)[0], rel=0.05
    )


def test_electricity_of_cooling_by_hand():
    cooling = COOLING.model_copy(update={"standby_kw": 0.0})
    params = building_parameters(ZONE, cooling=cooling, heating=None)
    _, (output,) = play(
        params,
        [(40.0, 1e5, 0.0)],
        n_minutes=60,
        heating=-math.inf,
        state=initial_state(params, temp_air_degc=30.0, temp_mass_degc=30.0),
    )
    cop = cooling_cop(cooling, 40.0)
    assert output.cooling_heat_kw / 0.75 / output.cooling_kw == pytest.approx(cop)
    assert output.units_on == pytest.approx(5 - (4 + 3 + 2 + 1) / 60)  # one more each minute from the first


def test_without_devices_the_zone_floats():
    params = building_parameters(ZONE, cooling=None, heating=None)
    states, outputs = play(
        params, [(-10.0, 0.0, 0.0)] * 200, n_minutes=60, cooling=math.inf, heating=-math.inf
    )
    assert states[-1].temp_air_degc < 0
    assert all(output.cooling_kw == output.heating_kw == output.units_on == 0 for output in outputs)


def test_free_cooling_spares_units_and_never_meets_heating():
    steps = week(5, mean_degc=17)
    closed, opened = (
        building_parameters(
            ZONE.model_copy(update={"free_cooling_per_h": rate, "free_cooling_above_degc": above}),
            cooling=COOLING,
            heating=HEATING,
        )
        for rate, above in ((None, 99.0), (3.0, 23.0))
    )
    spared = [
        sum(output.cooling_kw for output in play(params, steps, n_minutes=5)[1])
        for params in (closed, opened)
    ]
    assert spared[1] < 0.7 * spared[0]
    for output in play(opened, week(5, mean_degc=12), n_minutes=5, heating=23.5)[1]:
        assert output.free_cooling_kw == 0 or output.heating_kw == 0


def test_a_warmer_set_point_saves():
    params = building_parameters(ZONE, cooling=COOLING, heating=None)
    used = [
        sum(
            o.cooling_kw
            for o in play(params, week(15, mean_degc=29), n_minutes=15, cooling=degc, heating=0.0)[1]
        )
        for degc in (25.0, 26.0, 28.0)
    ]
    assert used[0] > used[1] > used[2]


@pytest.mark.parametrize(("mean_degc", "name"), [(29.0, "cooling_kw"), (2.0, "heating_kw")])
def test_energy_hardly_depends_on_the_step(mean_degc, name):
    params = building_parameters(ZONE, cooling=COOLING, heating=HEATING)
    used = {
        n: sum(getattr(o, name) for o in play(params, week(n, mean_degc=mean_degc), n_minutes=n)[1]) * n
        for n in (1, 5, 15)
    }
    assert used[1] > 0
    assert used[5] == pytest.approx(used[1], rel=0.005)
    assert used[15] == pytest.approx(used[1], rel=0.015)


def test_a_step_leaves_the_state_before_it_alone():
    params = building_parameters(ZONE, cooling=COOLING, heating=None)
    state = initial_state(params, temp_air_degc=30.0, temp_mass_degc=30.0)
    kept = BuildingState(*state[:5], list(state.switched))
    play(params, [(35.0, 0.0, 0.0)], n_minutes=60, state=state)
    assert state == kept
