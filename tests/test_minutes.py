"""A stretch is its steps one by one; a limit that binds nobody changes nothing; compiled equals plain."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.kernel import minutes
from stationsim.kernel.building import (
    ON,
    RoomDrives,
    RoomInputs,
    RoomParameters,
    initial_state,
    room_inputs,
    room_parameters,
)
from stationsim.kernel.minutes import ROW, WIDTH, play_building, play_zone
from stationsim.models.hvac import CoolingSpec, HeatingSpec
from stationsim.models.zone import ZoneSpec, flow_w_k
from tests.random_scenarios import ZONE

COOLING = CoolingSpec(units=4, unit_capacity_kw=15, standby_kw=0.1, minimum_on_minutes=7)
IDEAL = COOLING.model_copy(update={"control": "ideal"})
HEATING = HeatingSpec(capacity_kw=60, backup_kw=10)
ZONE_SPEC = ZoneSpec.model_validate(
    {name: value for name, value in ZONE.items() if name != "name"}
    | {"free_cooling_per_h": 2.0, "fresh_air_m3_h_person": 25.0}
)
DEVICES = st.sampled_from(
    [(COOLING, HEATING), (COOLING, None), (IDEAL, HEATING), (None, HEATING), (None, None)]
)

steps = st.tuples(st.floats(-20, 45), st.floats(0, 60_000), st.floats(0, 40_000), st.floats(0, 200))
"""Outdoor temperature, internal and solar gains, people."""

SAME_AS_PLAIN = 1e-9
"""How far compiled rows may differ from plain ones: the contract of the compiled kernel."""


def inputs_of(
    days: list[tuple[float, ...]], heating: HeatingSpec | None, cooling_degc: float, heating_degc: float
) -> RoomInputs:
    """Return what drives the zone, as arrays."""
    out, internal, solar, people = (np.array(values) for values in zip(*days, strict=True))
    flows = [flow_w_k(ZONE_SPEC, people, free_cooling=flag) for flag in (False, True)]
    set_points = [np.full(len(days), degc) for degc in (cooling_degc, heating_degc)]
    drives = RoomDrives(internal, solar, *flows, *set_points)
    return room_inputs(ZONE_SPEC, drives, temp_out=out, heating=heating)


def listed(inputs: RoomInputs) -> RoomInputs:
    return RoomInputs(*(values.tolist() for values in inputs))


def start(room: RoomParameters) -> list[float]:
    return initial_state(room, temp_air_degc=22.0, temp_mass_degc=24.0)


@settings(max_examples=60, deadline=None)
@given(
    devices=DEVICES,
    days=st.lists(steps, min_size=2, max_size=12),
    n_minutes=st.sampled_from([1, 5, 15, 60]),
    cooling_degc=st.floats(15, 30),
    heating_degc=st.floats(10, 26),
    cap_kw=st.sampled_from([inf, 0.0, 8.0, 1e6]),
)
def test_a_stretch_is_its_steps_one_by_one(
    devices: Any,
    days: list[tuple[float, ...]],
    n_minutes: int,
    cooling_degc: float,
    heating_degc: float,
    cap_kw: float,
) -> None:
    cooling, heating = devices
    room = room_parameters(ZONE_SPEC, cooling=cooling, heating=heating)
    inputs = listed(
        inputs_of(days, heating, cooling_degc if cooling else inf, heating_degc if heating else -inf)
    )
    whole, rows = start(room), [0.0] * (WIDTH * len(days))
    play_zone(whole, room, inputs, 0, len(days), n_minutes, cap_kw, rows, 0)
    parts, alone = start(room), [0.0] * (WIDTH * len(days))
    for step in range(len(days)):
        play_zone(parts, room, inputs, step, step + 1, n_minutes, cap_kw, alone, step)
    assert alone == rows
    assert whole == parts
    check_cap(room, rows, cap_kw)


def check_cap(room: RoomParameters, rows: list[float], cap_kw: float) -> None:
    """Hold the electricity of each step against its limit."""
    for row in np.array(rows).reshape(-1, WIDTH):
        flows = dict(zip(ROW, row, strict=True))
        assert flows["cooling_kw"] + flows["heating_kw"] <= cap_kw + 1e-9
        assert flows["cooling_kw"] >= 0
        assert flows["heating_kw"] >= 0
        assert flows["units_on"] <= room.units + 1e-9


@settings(max_examples=40, deadline=None)
@given(
    days=st.lists(steps, min_size=1, max_size=8),
    gap_k=st.floats(-10, 10),
    cooling=st.sampled_from([COOLING, IDEAL]),
)
def test_a_limit_that_binds_nobody_changes_nothing(
    days: list[tuple[float, ...]], gap_k: float, cooling: CoolingSpec
) -> None:
    room = room_parameters(ZONE_SPEC, cooling=cooling, heating=HEATING)
    inputs = listed(inputs_of(days, HEATING, 24.0, 24.0 - gap_k))
    found = []
    for cap_kw in (inf, 500.0):
        state, rows = start(room), [0.0] * (WIDTH * len(days))
        play_zone(state, room, inputs, 0, len(days), 15, cap_kw, rows, 0)
        found.append((state, rows))
    assert found[0] == found[1]


def test_rows_go_where_they_are_told() -> None:
    room = room_parameters(ZONE_SPEC, cooling=COOLING, heating=HEATING)
    inputs = listed(inputs_of([(10.0, 0.0, 0.0, 0.0)] * 4, HEATING, 26.0, 20.0))
    rows = [-1.0] * (5 * WIDTH)
    play_building([start(room)], [room], [inputs], 1, 3, 5, inf, [rows], 2)
    assert set(rows[: 2 * WIDTH]) == set(rows[4 * WIDTH :]) == {-1.0}
    assert rows[2 * WIDTH + 3] < 24
    assert rows[3 * WIDTH + 3] < 24


@pytest.fixture(scope="module")
def compiled() -> Any:
    """Return the loop as a compiler takes it, unchanged."""
    pytest.importorskip("numba", reason="the extra speed is not installed")
    import importlib.util

    from numba import njit
    from numba.extending import register_jitable

    spec = importlib.util.find_spec("stationsim.kernel.minutes")
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)  # a copy, so that the plain functions stay plain
    spec.loader.exec_module(copy)
    for name in (
        "switch_unit",
        "stop_units",
        "limited_heat_kw",
        "part_load",
        "most_electric_kw",
        "play_zone",
    ):
        setattr(copy, name, register_jitable(getattr(copy, name)))
    return njit(copy.play_building)


@pytest.mark.parametrize("cooling", [COOLING, IDEAL])
@pytest.mark.parametrize("cap_kw", [inf, 30.0])
def test_compiled_equals_plain(compiled: Any, cooling: CoolingSpec, cap_kw: float) -> None:
    rng = np.random.default_rng(1)
    days = [
        (15 + 20 * np.sin(n / 40), 30_000 * rng.random(), 40_000 * rng.random(), 200 * rng.random())
        for n in range(400)
    ]
    rooms = tuple(room_parameters(ZONE_SPEC, cooling=cooling, heating=HEATING) for _ in range(2))
    inputs = tuple(inputs_of(days, HEATING, 25.0 + zone, 20.0) for zone in range(2))
    rows = [np.zeros((2, WIDTH * len(days))) for _ in range(2)]
    plain = [start(room) for room in rooms]
    machine = tuple(np.array(start(room), dtype=float) for room in rooms)
    lists = tuple(listed(one) for one in inputs)
    stretches = [(n, n + 1) for n in range(len(days))] if cap_kw < inf else [(0, len(days))]
    for begin, end in stretches:
        play_building(
            plain, rooms, lists, begin, end, 15, cap_kw, [memoryview(one) for one in rows[0]], begin
        )
        compiled(machine, rooms, inputs, begin, end, 15, cap_kw, rows[1], begin)
    assert np.abs(rows[0] - rows[1]).max() <= SAME_AS_PLAIN
    assert np.abs(np.array(plain) - np.array(machine)).max() <= SAME_AS_PLAIN
    assert rows[0].reshape(2, -1, WIDTH)[:, :, ON].max() > 0
    assert minutes.play_zone is play_zone
