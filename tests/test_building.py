"""The building minute by minute: true to its equations, balanced, within limits, the same at any step."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.kernel.building import (
    AIR,
    MASS,
    ON,
    SWITCHED,
    BuildingOutput,
    RoomDrives,
    RoomInputs,
    initial_state,
    room_inputs,
    room_parameters,
    zone_balance,
)
from stationsim.kernel.minutes import WIDTH, limited_heat_kw, play_building, step_building
from stationsim.models.hvac import (
    CoolingSpec,
    HeatingSpec,
    capacity_factor,
    cooling_cop,
    heating_cop,
    part_load_kw,
    pump_capacity_kw,
)
from stationsim.models.zone import (
    FloorSpec,
    OpaqueSpec,
    WallSpec,
    WindowSpec,
    ZoneSpec,
    ZoneState,
    flow_w_k,
    mean_temperatures,
    zone_coefficients,
    zone_parameters,
    zone_step,
)

UNLIMITED = math.inf
BALANCE_KWH = 1e-6
"""Largest residual of the zone in a step [kWh]: the balance contract."""
SAME = 1e-11
"""Written out and called, the step may differ by rounding alone [K]."""

ZONE = ZoneSpec(
    floor_area_m2=1000.0,
    height_m=4.0,
    walls=WallSpec(u_value_w_m2k=0.5, area_m2=400.0),
    roof=OpaqueSpec(u_value_w_m2k=0.45, area_m2=1000.0),
    floor=FloorSpec(u_value_w_m2k=0.5, area_m2=1000.0),
    windows=WindowSpec(u_value_w_m2k=2.5, g_value=0.5, area_south_m2=100.0, area_north_m2=60.0),
    air_change_per_h=1.0,
    heat_recovery_efficiency=0.5,
    infiltration_per_h=0.2,
)
COOLING = CoolingSpec(units=5, unit_capacity_kw=20.0, standby_kw=0.05, start_loss_seconds=0.0)
IDEAL = COOLING.model_copy(update={"control": "ideal"})
HEATING = HeatingSpec(capacity_kw=60.0)


def driven(steps, *, zone=ZONE, heating=HEATING, cooling_degc=26.0, heating_degc=20.0, persons=0.0):
    """Return inputs of steps of (outdoor temperature, internal gains, solar gains), and what drives them."""
    out, internal, solar = np.array(steps, dtype=float).T
    flows = [flow_w_k(zone, persons + 0.0 * out, free_cooling=flag) + 0.0 * out for flag in (False, True)]
    set_points = [np.full_like(out, degc) for degc in (cooling_degc, heating_degc)]
    drives = RoomDrives(internal, solar, *flows, *set_points)
    return room_inputs(zone, drives, temp_out=out, heating=heating), drives


def play(
    devices,
    steps,
    *,
    n_minutes,
    zone=ZONE,
    state=None,
    cap_kw=UNLIMITED,
    cooling=26.0,
    heating=20.0,
    persons=0.0,
):
    """Play steps one by one; return all states and outputs."""
    room = room_parameters(zone, cooling=devices[0], heating=devices[1])
    inputs, _ = driven(
        steps, zone=zone, heating=devices[1], cooling_degc=cooling, heating_degc=heating, persons=persons
    )
    inputs = RoomInputs(*(values.tolist() for values in inputs))
    states = [list(state or initial_state(room, temp_air_degc=22.0, temp_mass_degc=22.0))]
    outputs = []
    for step in range(len(steps)):
        after = list(states[-1])
        outputs.append(step_building(after, room, inputs, n_minutes=n_minutes, step=step, cap_kw=cap_kw))
        states.append(after)
    return states, outputs


def warm(devices, degc, mass=None, zone=ZONE):
    """Return a zone of a temperature."""
    room = room_parameters(zone, cooling=devices[0], heating=devices[1])
    return initial_state(room, temp_air_degc=degc, temp_mass_degc=degc if mass is None else mass)


def week(n_minutes, *, mean_degc, swing_k=6.0):
    """Return a week of smooth weather and gains, averaged from minutes."""
    hour = (np.arange(7 * 1440) + 0.5) / 60
    daily = np.sin((hour - 9) / 24 * 2 * np.pi)
    rows = np.column_stack([mean_degc + swing_k * daily, 2e4 + 1e4 * daily, 3e4 * np.clip(daily, 0, None)])
    return rows.reshape(-1, n_minutes, 3).mean(axis=1).tolist()


LOSSY = COOLING.model_copy(update={"start_loss_seconds": 45.0})
BACKED = HEATING.model_copy(update={"backup_kw": 15.0, "capacity_kw": 20.0})
both = st.tuples(st.sampled_from([None, COOLING, IDEAL, LOSSY]), st.sampled_from([None, HEATING, BACKED]))
drives = st.lists(
    st.tuples(st.floats(-20, 42), st.floats(0, 8e4), st.floats(-1e3, 1e5)), min_size=1, max_size=12
)


@given(
    both,
    drives,
    st.sampled_from([1, 5, 15, 60]),
    st.floats(0, 50) | st.just(UNLIMITED),
    st.floats(0, 60),
    st.floats(0, 500),
)
def test_heat_balances_in_every_step(devices, steps, n_minutes, cap_kw, air_capacity, persons):
    zone = ZONE.model_copy(
        update={
            "air_heat_capacity_kj_m2k": air_capacity if air_capacity >= 1 else 0.0,
            "free_cooling_per_h": 3.0,
            "fresh_air_m3_h_person": 30.0,
        }
    )
    people = persons * (1 + np.arange(len(steps)))
    states, outputs = play(devices, steps, zone=zone, n_minutes=n_minutes, cap_kw=cap_kw, persons=people)
    for step, (before, output) in enumerate(zip(states[:-1], outputs, strict=True)):
        balance = zone_balance(
            zone_parameters(zone),
            output,
            start=ZoneState(before[AIR], before[MASS]),
            temp_out=steps[step][0],
            internal_w=steps[step][1],
            solar_w=steps[step][2],
            ventilation_w_k=flow_w_k(zone, people[step]),
            dt_h=n_minutes / 60,
        )
        assert abs(balance.residual_kwh) < BALANCE_KWH


def test_balance_of_arrays_equals_that_of_steps():
    steps = week(15, mean_degc=24)
    states, outputs = play((COOLING, HEATING), steps, n_minutes=15)
    params = zone_parameters(ZONE)
    air, mass = (np.array([state[node] for state in states]) for node in (AIR, MASS))
    out, internal, solar = np.array(steps).T

    def balance(output, air, mass, out, internal, solar):
        return zone_balance(
            params,
            output,
            start=ZoneState(air, mass),
            temp_out=out,
            internal_w=internal,
            solar_w=solar,
            ventilation_w_k=params.ventilation_w_k,
            dt_h=0.25,
        )

    together = balance(BuildingOutput(*np.array(outputs).T), air[:-1], mass[:-1], out, internal, solar)
    one = balance(outputs[300], air[300], mass[300], out[300], internal[300], solar[300])
    assert np.abs(together.residual_kwh).max() < BALANCE_KWH
    assert together.transmission_kw[300] == pytest.approx(one.transmission_kw)
    assert together.stored_kwh.sum() == pytest.approx(
        (params.air_j_k * (air[-1] - air[0]) + params.mass_j_k * (mass[-1] - mass[0])) / 3.6e6
    )


@given(drives, st.sampled_from([1, 7, 60]), st.sampled_from([0.0, 10.0]), st.sampled_from([COOLING, IDEAL]))
def test_loop_equals_the_zone_step(steps, n_minutes, air_capacity, cooling):
    """Rebuild every minute from the outputs of one-minute steps by the plain equation."""
    zone = ZONE.model_copy(update={"air_heat_capacity_kj_m2k": air_capacity, "fresh_air_m3_h_person": 20.0})
    steps = [step for step in steps for _ in range(n_minutes)]
    people = 50.0 * (np.arange(len(steps)) // n_minutes)
    states, outputs = play((cooling, HEATING), steps, zone=zone, n_minutes=1, persons=people)
    for step, (before, after) in enumerate(itertools.pairwise(states)):
        out, internal, solar = steps[step]
        is_free = before[AIR] > max(out, 23.0)
        flow = float(flow_w_k(zone, people[step], free_cooling=is_free))
        coefficients = zone_coefficients(zone_parameters(zone)._replace(ventilation_w_k=flow), dt_s=60)
        expected = zone_step(
            ZoneState(before[AIR], before[MASS]),
            coefficients,
            temp_out=out,
            temp_supply=out,
            internal_w=internal,
            solar_w=solar,
            hvac_w=1000 * (outputs[step].heating_heat_kw - outputs[step].cooling_heat_kw),
        )
        assert after[:2] == pytest.approx(list(expected), rel=0, abs=SAME * 100)
        mean = mean_temperatures(ZoneState(*before[:2]), ZoneState(*after[:2]), coefficients)
        assert outputs[step][3:5] == pytest.approx(list(mean))


@given(both, drives, st.floats(0, 50) | st.just(UNLIMITED))
def test_a_long_step_is_its_minutes(devices, steps, cap_kw):
    whole = play(devices, steps, n_minutes=30, cap_kw=cap_kw)
    parts = play(devices, [step for step in steps for _ in range(30)], n_minutes=1, cap_kw=cap_kw)
    assert whole[0][-1][:2] == pytest.approx(parts[0][-1][:2], abs=1e-9)
    means = np.array(parts[1]).reshape(len(steps), 30, -1).mean(axis=1)
    found = np.array(whole[1])
    assert found[:, :8] == pytest.approx(means[:, :8], abs=1e-9)
    assert found[:, 10] == pytest.approx(30 * means[:, 10])


def switchings(states):
    """Return for each unit the minutes in which it switched."""
    times = [[] for _ in states[0][SWITCHED:]]
    for before, after in itertools.pairwise(states):
        for unit, (old, new) in enumerate(zip(before[SWITCHED:], after[SWITCHED:], strict=True)):
            if old != new:
                times[unit].append((new, after[ON] > before[ON]))
    return times


@settings(max_examples=30)
@given(st.integers(0, 20), st.integers(0, 20), st.lists(st.floats(15, 40), min_size=60, max_size=200))
def test_units_run_and_rest_their_least_times(least_on, least_off, temps):
    cooling = COOLING.model_copy(update={"minimum_on_minutes": least_on, "minimum_off_minutes": least_off})
    zone = ZONE.model_copy(update={"air_heat_capacity_kj_m2k": 1.0})
    steps = [(temp, 6e4 if i % 7 else 0.0, 0.0) for i, temp in enumerate(temps)]
    states, outputs = play((cooling, None), steps, zone=zone, n_minutes=1, heating=-math.inf)
    for (before, after), output in zip(itertools.pairwise(states), outputs, strict=True):
        assert sum(a != b for a, b in zip(before[SWITCHED:], after[SWITCHED:], strict=True)) <= 1
        assert output.unit_starts == (after[ON] > before[ON])
    for times in switchings(states):
        assert all(comes == bool((k + 1) % 2) for k, (_, comes) in enumerate(times))
        for (minute, came), (later, _) in itertools.pairwise(times):
            assert later - minute >= (least_on if came else least_off)


def test_units_take_turns():
    states, _ = play((COOLING, None), week(1, mean_degc=28)[:2880], n_minutes=1, heating=-math.inf)
    starts = [sum(comes for _, comes in times) for times in switchings(states)]
    assert max(starts) - min(starts) <= 1
    assert min(starts) > 2


@given(both, drives, st.sampled_from([1, 15]), st.floats(-5, 60), st.integers(0, 5), st.floats(15, 30))
def test_never_draws_more_than_allowed(devices, steps, n_minutes, cap_kw, running, heating):
    state = warm(devices, 26.0, 25.0)
    if devices[0] in (COOLING, LOSSY):
        state[ON] = running
    _, outputs = play(devices, steps, n_minutes=n_minutes, state=state, cap_kw=cap_kw, heating=heating)
    for output in outputs:
        assert output.cooling_kw + output.heating_kw <= max(0, cap_kw) * (1 + 1e-12) + 1e-12
        assert min(output.cooling_kw, output.heating_kw) >= 0


def test_a_limit_stops_running_units_at_once():
    devices, hot = (COOLING, None), {"n_minutes": 5, "heating": -math.inf}
    states, outputs = play(devices, [(35.0, 8e4, 0.0)] * 3, state=warm(devices, 27.0), **hot)
    assert states[-1][ON] == 5
    running_kw = 20 / 3
    states, outputs = play(devices, [(35.0, 8e4, 0.0)], state=states[-1], cap_kw=2 * running_kw + 0.2, **hot)
    assert outputs[0].units_on == 2
    assert outputs[0].cooling_kw == pytest.approx(2 * running_kw + 3 * 0.05)
    states, outputs = play(devices, [(35.0, 8e4, 0.0)], state=states[-1], cap_kw=0.1, **hot)
    assert outputs[0].cooling_kw == pytest.approx(0.1)
    states, outputs = play(devices, [(35.0, 8e4, 0.0)], state=states[-1], **hot)
    assert outputs[0].units_on == 3  # 1, 2, 3, 4, 5: one more a minute, after their rest


def test_heating_holds_its_set_point_and_its_power():
    mild, hard = [(8.0, 0.0, 0.0)] * 400, [(-40.0, 0.0, 0.0)] * 400
    _, outputs = play((None, HEATING), mild, n_minutes=15, cooling=math.inf)
    last = outputs[-1]
    assert last.temp_air_degc == pytest.approx(20, abs=1e-6)
    assert last.heating_heat_kw / last.heating_kw == pytest.approx(heating_cop(8.0, supply_temp_degc=45.0))
    _, outputs = play((None, HEATING), hard, n_minutes=15, cooling=math.inf)
    assert outputs[-1].heating_heat_kw == pytest.approx(pump_capacity_kw(HEATING, -40.0))
    assert outputs[-1].temp_air_degc < 20


def test_resistance_adds_what_the_heat_pump_lacks():
    hard = [(-10.0, 0.0, 0.0)] * 400
    _, outputs = play((None, BACKED), hard, n_minutes=15, cooling=math.inf)
    pump_kw = float(pump_capacity_kw(BACKED, -10.0))
    last = outputs[-1]
    assert last.heating_heat_kw == pytest.approx(pump_kw + 15)
    assert last.heating_kw == pytest.approx(pump_kw / heating_cop(-10.0, supply_temp_degc=45.0) + 15)
    stopped = BACKED.model_copy(update={"stops_below_degc": -5.0})
    _, outputs = play((None, stopped), hard, n_minutes=15, cooling=math.inf)
    assert outputs[-1].heating_kw == outputs[-1].heating_heat_kw == pytest.approx(15)


def test_a_heat_pump_far_above_the_need_cycles():
    large = HEATING.model_copy(update={"capacity_kw": 2000.0})
    _, outputs = play((None, large), [(10.0, 0.0, 0.0)] * 400, n_minutes=15, cooling=math.inf)
    last, capacity_kw = outputs[-1], float(pump_capacity_kw(large, 10.0))
    assert last.heating_heat_kw < 0.25 * capacity_kw
    charged_kw = part_load_kw(last.heating_heat_kw, least_kw=0.25 * capacity_kw)
    assert last.heating_kw == pytest.approx(charged_kw / heating_cop(10.0, supply_temp_degc=45.0), rel=1e-6)


def test_cooling_keeps_to_its_band():
    _, outputs = play((COOLING, None), week(5, mean_degc=31), n_minutes=5, heating=-math.inf)
    temps = [output.temp_air_degc for output in outputs[288:]]
    assert min(temps) > 25.4
    assert max(temps) < 26.6
    one = max(outputs, key=lambda output: output.units_on)
    assert one.cooling_heat_kw == pytest.approx(one.units_on * 15 * capacity_factor(35.0), rel=0.05)


def test_ideal_cooling_holds_its_set_point_by_the_minute():
    _, outputs = play((IDEAL, None), week(5, mean_degc=31), n_minutes=5, heating=-math.inf)
    temps = [output.temp_air_end_degc for output in outputs[288:]]
    assert temps == pytest.approx([26.0] * len(temps), abs=1e-9)
    assert not any(output.unit_starts for output in outputs)


def test_ideal_cooling_at_full_power_draws_what_its_units_do():
    hot = {"n_minutes": 60, "heating": -math.inf}
    runs = [
        play(devices, [(40.0, 3e5, 0.0)] * 4, state=warm(devices, 40.0), **hot)[1][-1]
        for devices in ((COOLING, None), (IDEAL, None))
    ]
    assert [run.units_on for run in runs] == pytest.approx([5, 5])
    assert runs[0].cooling_kw == pytest.approx(runs[1].cooling_kw)
    assert runs[0].cooling_heat_kw == pytest.approx(runs[1].cooling_heat_kw)


def test_electricity_of_cooling_by_hand():
    cooling = COOLING.model_copy(update={"standby_kw": 0.0})
    devices = (cooling, None)
    _, (output,) = play(
        devices, [(40.0, 1e5, 0.0)], n_minutes=60, heating=-math.inf, state=warm(devices, 30.0)
    )
    cop = cooling_cop(cooling, 40.0)
    assert output.cooling_heat_kw / 0.75 / output.cooling_kw == pytest.approx(cop)
    assert output.units_on == pytest.approx(5 - (4 + 3 + 2 + 1) / 60)  # one more each minute from the first
    assert output.unit_starts == 5


def test_a_start_costs_part_of_a_minute_of_cold():
    devices = [(COOLING.model_copy(update={"start_loss_seconds": s}), None) for s in (0.0, 45.0)]
    hot = {"n_minutes": 10, "heating": -math.inf}
    clean, lossy = (play(pair, [(35.0, 2e5, 0.0)], state=warm(pair, 32.0), **hot)[1][0] for pair in devices)
    assert clean.unit_starts == lossy.unit_starts == 5
    assert lossy.cooling_kw == clean.cooling_kw
    assert (clean.cooling_heat_kw - lossy.cooling_heat_kw) * 10 == pytest.approx(5 * 0.75 * 15)


def test_without_devices_the_zone_floats():
    states, outputs = play(
        (None, None), [(-10.0, 0.0, 0.0)] * 200, n_minutes=60, cooling=math.inf, heating=-math.inf
    )
    assert states[-1][AIR] < 0
    assert all(output.cooling_kw == output.heating_kw == output.units_on == 0 for output in outputs)


def test_free_cooling_spares_units_and_never_meets_heating():
    steps, devices = week(5, mean_degc=17), (COOLING, HEATING)
    closed, opened = (
        ZONE.model_copy(update={"free_cooling_per_h": rate, "free_cooling_above_degc": above})
        for rate, above in ((None, 99.0), (3.0, 23.0))
    )
    spared = [
        sum(output.cooling_kw for output in play(devices, steps, zone=zone, n_minutes=5)[1])
        for zone in (closed, opened)
    ]
    assert spared[1] < 0.7 * spared[0]
    for output in play(devices, week(5, mean_degc=12), zone=opened, n_minutes=5, heating=23.5)[1]:
        assert output.free_cooling_kw == 0 or output.heating_kw == 0


@pytest.mark.parametrize("cooling", [COOLING, IDEAL])
def test_a_warmer_set_point_saves(cooling):
    steps = week(15, mean_degc=29)
    used = [
        sum(o.cooling_kw for o in play((cooling, None), steps, n_minutes=15, cooling=degc, heating=0.0)[1])
        for degc in (25.0, 26.0, 28.0)
    ]
    assert used[0] > used[1] > used[2]


@pytest.mark.parametrize("cooling", [LOSSY, IDEAL])
@pytest.mark.parametrize(("mean_degc", "name"), [(29.0, "cooling_kw"), (2.0, "heating_kw")])
def test_energy_hardly_depends_on_the_step(mean_degc, name, cooling):
    devices = (cooling, HEATING)
    used = {
        n: sum(getattr(o, name) for o in play(devices, week(n, mean_degc=mean_degc), n_minutes=n)[1]) * n
        for n in (1, 5, 15)
    }
    assert used[1] > 0
    assert used[5] == pytest.approx(used[1], rel=0.005)
    assert used[15] == pytest.approx(used[1], rel=0.015)


@given(st.floats(0, 50), st.floats(0, 20), st.floats(0, 0.5), st.floats(1, 6), st.floats(-1, 30))
def test_a_limited_heat_pump_keeps_to_its_electricity(heat_kw, least_kw, idle, cop, cap_kw):
    found = limited_heat_kw(heat_kw, least_kw, idle, cop, cap_kw)
    assert 0 <= found <= heat_kw
    assert part_load_kw(found, least_kw=least_kw, idle_share=idle) / cop <= max(cap_kw, 0) + 1e-9
    assert limited_heat_kw(heat_kw, least_kw, idle, cop, 1e6) == heat_kw


def several(degc, *, cap_kw, minutes=15, units=(5, 5, 5), out=35.0):
    """Play one step of zones of given temperatures within one limit; return their outputs."""
    coolings = [COOLING.model_copy(update={"units": number, "standby_kw": 0.0}) for number in units]
    rooms = [room_parameters(ZONE, cooling=cooling, heating=HEATING) for cooling in coolings]
    inputs = [driven([(out, 8e4, 0.0)])[0] for _ in rooms]
    states = [
        initial_state(room, temp_air_degc=t, temp_mass_degc=t) for room, t in zip(rooms, degc, strict=True)
    ]
    rows = [[0.0] * WIDTH for _ in rooms]
    play_building(states, rooms, inputs, 0, 1, minutes, cap_kw, rows, 0)
    return [BuildingOutput(*row) for row in rows]


def test_zones_that_ask_alike_share_alike():
    outputs = several((32.0, 32.0, 32.0), cap_kw=45.0)  # 15 kW each are two units of 6.7 kW
    assert [output.units_on for output in outputs] == pytest.approx([outputs[0].units_on] * 3)
    assert max(output.units_on for output in outputs) <= 2


def test_a_zone_that_needs_nothing_leaves_its_share():
    outputs = several((32.0, 23.0, 32.0), cap_kw=40.0)
    assert outputs[1].cooling_kw == 0
    assert outputs[0].cooling_kw > 15
    assert outputs[2].cooling_kw > 15


def test_what_a_zone_does_not_use_passes_on():
    outputs = several((32.0, 32.0), cap_kw=30.0, units=(1, 5))
    assert outputs[0].units_on == 0  # a sixth of the limit is less than its unit draws
    assert outputs[1].units_on > 3.5


@given(
    st.lists(st.floats(5, 40), min_size=1, max_size=4),
    st.floats(-10, 150),
    st.sampled_from([1, 15, 60]),
    st.floats(-15, 40),
)
def test_zones_together_keep_to_the_limit(degc, cap_kw, minutes, out):
    outputs = several(degc, cap_kw=cap_kw, minutes=minutes, units=(5, 3, 1, 2)[: len(degc)], out=out)
    total = sum(output.cooling_kw + output.heating_kw for output in outputs)
    assert total <= max(cap_kw, 0) * (1 + 1e-9) + 1e-9


def test_a_limit_that_cannot_bind_is_none():
    free = several((32.0, 18.0, 24.0), cap_kw=math.inf)
    assert several((32.0, 18.0, 24.0), cap_kw=500.0) == free
