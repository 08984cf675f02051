"""The steps of the water over days: closed tanks, larger tanks, and treatment that follows the sun."""

import itertools
import math
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.kernel.treatment import ROW, WIDTH, play_water
from stationsim.models.water import WaterSpec, WaterState, initial_water_state, water_step

DT_H = 0.25
STEPS_A_DAY = 96


def spec(volume_m3=100.0, reuse_m3=150.0, **treatment):
    return WaterSpec.model_validate(
        {
            "treatment": {"capacity_m3_h": 20, **treatment},
            "equalisation_tank": {"volume_m3": volume_m3},
            "reuse_tank": {"volume_m3": reuse_m3},
        }
    )


def days(count, seed=1, mean_m3=2.6):
    """Return wastewater, treated water wanted and solar surplus of some days."""
    rng = np.random.default_rng(seed)
    hours = np.arange(count * STEPS_A_DAY) % STEPS_A_DAY * DT_H
    busy = 0.4 + 1.2 * np.clip(np.sin((hours - 6) / 16 * np.pi), 0, None)
    wastewater = mean_m3 * busy * rng.uniform(0.6, 1.4, hours.size)
    sun_kw = 80 * np.clip(np.sin((hours - 6) / 12 * np.pi), 0, None) - 30
    return wastewater, 0.9 * wastewater, sun_kw


def play(water, wastewater, wanted, sun_kw, *, cap_kw=math.inf, planned_kw=math.inf, parts=1):
    params = water.parameters()
    state, out = np.array(initial_water_state(params)), np.zeros(wastewater.size * WIDTH)
    edges = np.linspace(0, wastewater.size, parts + 1).astype(int).tolist()
    for begin, end in itertools.pairwise(edges):
        play_water(params, state, wastewater, wanted, sun_kw, cap_kw, planned_kw, DT_H, begin, end, out)
    columns = dict(zip(ROW, out.reshape(-1, WIDTH).T, strict=True))
    return columns, WaterState(*state.tolist())


def residual_m3(water, columns, wastewater, wanted):
    start = initial_water_state(water.parameters())
    waste = np.diff(columns["equalisation_tank_m3"], prepend=start.equalisation_m3)
    reuse = np.diff(columns["reuse_tank_m3"], prepend=start.reuse_m3)
    return np.abs(
        [
            wastewater - columns["treated_m3"] - columns["overflow_m3"] - waste,
            columns["treated_m3"] - columns["reused_water_m3"] - columns["effluent_m3"] - reuse,
            wanted - columns["reused_water_m3"] - columns["made_up_m3"],
        ]
    ).max()


def test_the_loop_is_its_steps():
    water, (wastewater, wanted, sun_kw) = spec(follow="sun"), days(2)
    columns, end = play(water, wastewater, wanted, sun_kw)
    state = initial_water_state(water.parameters())
    for place in range(wastewater.size):
        step = water_step(
            water.parameters(),
            *state,
            wastewater[place],
            wanted[place],
            sun_kw[place],
            math.inf,
            math.inf,
            DT_H,
        )
        state = WaterState(step[0], step[1], step[-1])
        assert [columns[name][place] for name in ROW] == pytest.approx(step[:WIDTH])
    assert end == state


@pytest.mark.parametrize("parts", [2, 7])
def test_stretches_go_on_where_the_last_one_ended(parts):
    water, series = spec(follow="sun"), days(3)
    whole, end = play(water, *series)
    cut, cut_end = play(water, *series, parts=parts)
    assert cut_end == end
    for name in ROW:
        np.testing.assert_array_equal(cut[name], whole[name])


@settings(max_examples=60, deadline=None)
@given(
    follow=st.sampled_from(("level", "sun")),
    volumes=st.tuples(st.floats(1, 300), st.floats(0, 300)),
    turndown=st.floats(0, 1),
    run_minutes=st.floats(0, 240),
    mean_m3=st.floats(0, 8),
    cap_kw=st.sampled_from((0.0, 3.0, 6.0, math.inf)),
    seed=st.integers(0, 1000),
)
def test_the_tanks_close_at_every_step(follow, volumes, turndown, run_minutes, mean_m3, cap_kw, seed):
    water = spec(*volumes, follow=follow, turndown=turndown, minimum_run_minutes=run_minutes)
    wastewater, wanted, sun_kw = days(3, seed, mean_m3)
    columns, _ = play(water, wastewater, wanted, sun_kw, cap_kw=cap_kw)
    assert residual_m3(water, columns, wastewater, wanted) < 1e-6
    params = water.parameters()
    assert columns["equalisation_tank_m3"].max() <= params.equalisation_most_m3
    assert columns["equalisation_tank_m3"].min() >= params.equalisation_least_m3 - 1e-9
    spilt = columns["overflow_m3"] > 1e-9
    if math.isinf(cap_kw):
        assert columns["treated_m3"][spilt] == pytest.approx(params.most_m3_h * DT_H)


@settings(max_examples=60, deadline=None)
@given(
    follow=st.sampled_from(("level", "sun")),
    volume=st.floats(40, 200),  # two hours of the plant, so that a step of a quarter moves little of it
    more=st.floats(0, 200),
    mean_m3=st.floats(1, 6),
    seed=st.integers(0, 1000),
)
def test_a_larger_tank_never_spills_more(follow, volume, more, mean_m3, seed):
    series = days(4, seed, mean_m3)
    small, _ = play(spec(volume, follow=follow), *series)
    large, _ = play(spec(volume + more, follow=follow), *series)
    assert large["overflow_m3"].sum() <= small["overflow_m3"].sum() + 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_following_the_sun_draws_less_from_the_grid_and_treats_as_much(seed):
    series = days(30, seed)
    surplus_kw = np.clip(series[2], 0, None)
    bought = {}
    for follow in ("level", "sun"):
        columns, end = play(spec(follow=follow), *series)
        bought[follow] = np.clip(columns["water_kw"] - surplus_kw, 0, None).sum() * DT_H
        treated = columns["treated_m3"].sum() + end.equalisation_m3
        assert treated == pytest.approx(series[0].sum() + 10)
        assert not columns["overflow_m3"].any()
    assert bought["sun"] < 0.9 * bought["level"]


def test_a_plan_moves_treatment_into_its_window_and_nothing_spills():
    water, (wastewater, wanted, sun_kw) = spec(volume_m3=300), days(10, mean_m3=1.5)
    params = water.parameters()
    state, out = np.array(initial_water_state(params)), np.zeros(wastewater.size * WIDTH)
    for begin in range(0, wastewater.size, STEPS_A_DAY // 4):
        planned_kw = math.inf if begin % STEPS_A_DAY == STEPS_A_DAY // 2 else 0.0
        end = begin + STEPS_A_DAY // 4
        play_water(params, state, wastewater, wanted, sun_kw, math.inf, planned_kw, DT_H, begin, end, out)
    columns = dict(zip(ROW, out.reshape(-1, WIDTH).T, strict=True))
    quarter = np.arange(wastewater.size) % STEPS_A_DAY // (STEPS_A_DAY // 4)
    assert columns["treated_m3"][quarter == 2].sum() > 0.85 * columns["treated_m3"].sum()
    assert not columns["overflow_m3"].any()


def test_the_loop_compiles_unchanged_and_gives_the_same():
    numba = pytest.importorskip("numba")
    import stationsim.kernel.treatment as kernel
    import stationsim.models.water.plant as plant

    scope = {}
    for name in (
        *("running_kw", "flow_within", "flow_between", "spill_flow", "needed_flow", "wished_flow"),
        "water_step",
    ):
        scope[name] = numba.njit(_with_globals(getattr(plant, name), scope))
    compiled = numba.njit(_with_globals(kernel.play_water, scope | {"WIDTH": WIDTH}))
    water, (wastewater, wanted, sun_kw) = spec(follow="sun"), days(5)
    params = water.parameters()
    state, out = np.array(initial_water_state(params)), np.zeros(wastewater.size * WIDTH)
    compiled(params, state, wastewater, wanted, sun_kw, math.inf, math.inf, DT_H, 0, wastewater.size, out)
    plain, end = play(water, wastewater, wanted, sun_kw)
    np.testing.assert_allclose(
        out.reshape(-1, WIDTH).T, [plain[name] for name in ROW], rtol=1e-12, atol=1e-12
    )
    assert tuple(state) == pytest.approx(end)


def _with_globals(function, scope):
    """Return a function that sees compiled ones under the names it calls."""
    return types.FunctionType(function.__code__, function.__globals__ | scope, function.__name__)
