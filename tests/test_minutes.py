"""A stretch of the building is its steps one by one; a limit that binds nobody changes nothing."""

from __future__ import annotations

from math import inf
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.kernel.building import BuildingParameters, BuildingState, building_parameters, initial_state
from stationsim.kernel.minutes import PACKED_ROW, ROW, play_building
from stationsim.models.hvac import CoolingSpec, HeatingSpec
from stationsim.models.zone import ZoneSpec
from tests.random_scenarios import ZONE

COOLING = CoolingSpec(units=4, unit_capacity_kw=15, standby_kw=0.1, minimum_on_minutes=7)
HEATING = HeatingSpec(capacity_kw=60)
ZONE_SPEC = ZoneSpec.model_validate(ZONE | {"free_cooling_per_h": 2.0})
DEVICES = st.sampled_from([(COOLING, HEATING), (COOLING, None), (None, HEATING), (None, None)])

steps = st.tuples(st.floats(-20, 45), st.floats(0, 60_000), st.floats(0, 40_000))
"""Outdoor temperature, internal and solar gains."""


def play(
    state: BuildingState,
    params: BuildingParameters,
    days: list[tuple[float, float, float]],
    **set_points: Any,
) -> tuple[BuildingState, bytearray]:
    out, internal, solar = (list(values) for values in zip(*days, strict=True))
    return play_building(state, params, temp_out=out, internal_w=internal, solar_w=solar, **set_points)


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
    days: list[tuple[float, float, float]],
    n_minutes: int,
    cooling_degc: float,
    heating_degc: float,
    cap_kw: float,
) -> None:
    cooling, heating = devices
    params = building_parameters(ZONE_SPEC, cooling=cooling, heating=heating)
    asked = {
        "n_minutes": n_minutes,
        "cooling_degc": cooling_degc if cooling else inf,
        "heating_degc": heating_degc if heating else -inf,
        "electric_cap_kw": cap_kw,
    }
    state = initial_state(params, temp_air_degc=22.0, temp_mass_degc=24.0)
    after, rows = play(state, params, days, **asked)
    alone = bytearray()
    for day in days:
        state, row = play(state, params, [day], **asked)
        alone += row
    assert alone == rows
    assert state == after
    assert len(rows) == len(days) * PACKED_ROW.size
    check_cap(params, rows, cap_kw)


def check_cap(params: BuildingParameters, rows: bytearray, cap_kw: float) -> None:
    """Hold the electricity of each step against its limit."""
    for row in PACKED_ROW.iter_unpack(rows):
        flows = dict(zip(ROW, row, strict=True))
        assert flows["cooling_kw"] + flows["heating_kw"] <= cap_kw + 1e-9
        assert flows["cooling_kw"] >= 0
        assert flows["heating_kw"] >= 0
        assert flows["units_on"] <= params.units


@settings(max_examples=40, deadline=None)
@given(days=st.lists(steps, min_size=1, max_size=8), gap_k=st.floats(-10, 10))
def test_a_limit_that_binds_nobody_changes_nothing(
    days: list[tuple[float, float, float]], gap_k: float
) -> None:
    params = building_parameters(ZONE_SPEC, cooling=COOLING, heating=HEATING)
    state = initial_state(params, temp_air_degc=22.0, temp_mass_degc=24.0)
    asked = {"n_minutes": 15, "cooling_degc": 24.0, "heating_degc": 24.0 - gap_k}
    free = play(state, params, days, **asked, electric_cap_kw=inf)
    loose = play(state, params, days, **asked, electric_cap_kw=500.0)
    assert loose == free
