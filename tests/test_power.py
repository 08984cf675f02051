"""The settled power of a stretch: units share it, inverters carry what is coupled on their DC side."""

from __future__ import annotations

from math import nan
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.kernel.backend import PLAIN, Kernel
from stationsim.kernel.power import (
    DESK_WIDTH,
    POWER_ROW,
    STATE_WIDTH,
    UNIT_ROW,
    PowerInputs,
    Terminals,
    first_step_kw,
)
from stationsim.models.battery import BatterySpec, battery_parameters
from stationsim.models.pv import inverter_ac_kw, inverter_dc_kw

AT_BUSBAR = Terminals(0, 0.0, 1.0)
RATED_KW, EFFICIENCY = 80.0, 0.96
BEHIND_INVERTERS = Terminals(1, RATED_KW, EFFICIENCY)
PLAIN_BATTERY = {"capacity_kwh": 200, "power_kw": 100, "thermal": None, "standby_kw": 0}


class Played(NamedTuple):
    """Columns by name: of the busbar, and of each unit."""

    site: dict[str, np.ndarray]
    units: list[dict[str, np.ndarray]]


def play(
    units: list[tuple[dict[str, Any], Terminals]],
    loads_kw: list[float],
    pv_kw: list[float],
    *,
    dc_kw: list[float] | None = None,
    grid_kw: tuple[float, float] = (1000.0, 1000.0),
    planned_kw: float = nan,
    dt_h: float = 0.25,
    temp_out: float = 20.0,
    kernel: Kernel = PLAIN,
) -> Played:
    """Play steps of some battery units; ``pv_kw`` is that of surfaces without a battery behind them."""
    n_steps = len(loads_kw)
    specs = [BatterySpec.model_validate(PLAIN_BATTERY | words) for words, _ in units]
    params = tuple(battery_parameters(spec) for spec in specs)
    terminals = tuple(place for _, place in units)
    dc = dc_kw or [0.0] * n_steps
    shared = sum(place.is_dc for place in terminals)
    behind = [inverter_ac_kw(power, RATED_KW, EFFICIENCY) * shared for power in dc]
    read = kernel.read
    inputs = PowerInputs(
        temp_out=read(np.full(n_steps, temp_out)),
        pv_kw=read(np.array(pv_kw) + np.array(behind)),
        dc_kw=tuple(read(np.array(dc)) for _ in units),
        floor_kwh=tuple(read(np.full(n_steps, spec.soc_minimum * spec.capacity_kwh)) for spec in specs),
        ceiling_kwh=tuple(read(np.full(n_steps, spec.soc_maximum * spec.capacity_kwh)) for spec in specs),
    )
    store = [number for spec in specs for number in (spec.initial_energy_kwh, 20.0, 0.0)]
    out = np.zeros(n_steps * len(POWER_ROW))
    outs = tuple(np.zeros(n_steps * len(UNIT_ROW)) for _ in units)
    kernel.play_power(
        params,
        terminals,
        kernel.own(store),
        inputs,
        read(np.array(loads_kw, dtype=float)),
        0,
        n_steps,
        *grid_kw,
        planned_kw,
        dt_h,
        kernel.own([0.0] * (DESK_WIDTH * len(units))),
        kernel.write(out),
        tuple(map(kernel.write, outs)),
    )
    assert len(store) == STATE_WIDTH * len(units)
    return Played(
        dict(zip(POWER_ROW, out.reshape(n_steps, -1).T, strict=True)),
        [dict(zip(UNIT_ROW, rows.reshape(n_steps, -1).T, strict=True)) for rows in outs],
    )


def test_units_share_in_proportion_to_what_each_can_do() -> None:
    """A surplus of 90 kW over units of 100 and 50 kW: 60 and 30."""
    small = {"capacity_kwh": 100, "power_kw": 50}
    played = play([({}, AT_BUSBAR), (small, AT_BUSBAR)], [10.0], [100.0])
    assert [unit["charge_kw"][0] for unit in played.units] == pytest.approx([60, 30])
    assert played.site["charge_kw"][0] == pytest.approx(90)


def test_a_unit_behind_inverters_takes_what_they_cannot_use_for_nothing() -> None:
    """120 kW of DC power, inverters of 80 kW / 0.96: 36.67 kW are there, and the busbar misses nothing."""
    played = play([({}, BEHIND_INVERTERS)], [200.0], [0.0], dc_kw=[120.0])
    assert played.units[0]["charge_kw"][0] == pytest.approx(120 - 80 / 0.96)
    assert played.site["pv_to_battery_kw"][0] == 0
    assert played.site["import_kw"][0] == pytest.approx(120)


def test_a_surplus_goes_to_the_unit_before_the_inverters() -> None:
    """60 kW of DC power, 20 kW of load: the inverters keep what makes 20 kW, the unit takes the rest."""
    played = play([({}, BEHIND_INVERTERS)], [20.0], [0.0], dc_kw=[60.0])
    kept_kw = inverter_dc_kw(20.0, RATED_KW, EFFICIENCY)
    assert played.units[0]["charge_kw"][0] == pytest.approx(60 - kept_kw)
    assert played.site["charge_kw"][0] == 0
    given_up_kw = inverter_ac_kw(60, RATED_KW, EFFICIENCY) - 20
    assert played.site["pv_to_battery_kw"][0] == pytest.approx(given_up_kw)


def test_a_unit_behind_inverters_discharges_into_the_room_they_have() -> None:
    """Inverters of 80 kW that carry 50 kW of sun have 30 kW left, whatever the load."""
    dc_kw = inverter_dc_kw(50.0, RATED_KW, EFFICIENCY)
    played = play([({}, BEHIND_INVERTERS)], [200.0], [0.0], dc_kw=[dc_kw])
    assert played.site["discharge_kw"][0] == pytest.approx(30)
    assert played.units[0]["discharge_kw"][0] == pytest.approx(80 / 0.96 - dc_kw)


def test_the_grid_does_not_charge_a_unit_behind_inverters() -> None:
    played = play([({}, BEHIND_INVERTERS)], [0.0, 0.0], [0.0, 0.0], dc_kw=[0.0, 10.0], planned_kw=50.0)
    assert played.units[0]["charge_kw"].tolist() == pytest.approx([0, 10])
    assert played.site["import_kw"].tolist() == [0, 0]


def test_coupled_on_the_dc_side_less_is_lost_than_over_the_busbar() -> None:
    loads, dc_kw = [0.0] * 4 + [60.0] * 8, [70.0] * 4 + [0.0] * 8
    pv_kw = [inverter_ac_kw(power, RATED_KW, EFFICIENCY) for power in dc_kw]
    spec = {"capacity_kwh": 400, "soc_initial": 0.1}
    behind = play(
        [(spec | {"coupling": "dc", "surfaces": ("roof",)}, BEHIND_INVERTERS)], loads, [0.0] * 12, dc_kw=dc_kw
    )
    before = play([(spec, AT_BUSBAR)], loads, pv_kw)
    assert behind.site["discharge_kw"].sum() > 1.02 * before.site["discharge_kw"].sum()


unit_words = st.fixed_dictionaries(
    {
        "capacity_kwh": st.floats(50, 500),
        "power_kw": st.floats(25, 150),
        "soc_initial": st.floats(0.1, 0.9),
        "standby_kw": st.floats(0, 2),
    }
)
powers = st.floats(0, 300)
steps = st.lists(st.tuples(powers, powers, powers), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.tuples(unit_words, st.booleans()), min_size=1, max_size=3),
    steps=steps,
    grid_kw=st.tuples(powers, powers),
    planned_kw=st.just(nan) | st.floats(-200, 200),
    dt_h=st.sampled_from([1 / 60, 1 / 12, 0.25, 1.0]),
    temp_out=st.floats(-20, 40),
)
def test_busbar_and_dc_side_balance_whatever_comes(
    words: list[tuple[dict[str, float], bool]],
    steps: list[tuple[float, float, float]],
    grid_kw: tuple[float, float],
    planned_kw: float,
    dt_h: float,
    temp_out: float,
) -> None:
    loads, pv, dc = (list(values) for values in zip(*steps, strict=True))
    units: list[tuple[dict[str, Any], Terminals]] = []
    for number, (unit, is_dc) in enumerate(words):
        behind = is_dc and number == 0
        more = {"coupling": "dc", "surfaces": ("roof",)} if behind else {}
        units.append((unit | {"thermal": {}} | more, BEHIND_INVERTERS if behind else AT_BUSBAR))
    played = play(
        units, loads, pv, dc_kw=dc, grid_kw=grid_kw, planned_kw=planned_kw, dt_h=dt_h, temp_out=temp_out
    )
    site = played.site
    has_dc = units[0][1].is_dc
    potential = np.array([inverter_ac_kw(power, RATED_KW, EFFICIENCY) * has_dc for power in dc])
    given_up = site["pv_to_battery_kw"]
    supply = (
        np.array(pv) + potential - given_up + site["discharge_kw"] + site["import_kw"] + site["unserved_kw"]
    )
    use = (
        np.array(loads)
        + site["battery_aux_kw"]
        + site["charge_kw"]
        + site["export_kw"]
        + site["curtailed_kw"]
    )
    assert supply == pytest.approx(use, abs=1e-9)
    assert min(column.min() for column in site.values()) >= 0
    for number, (unit, columns) in enumerate(zip(units, played.units, strict=True)):
        capacity = unit[0]["capacity_kwh"]
        assert columns["energy_kwh"].min() >= 0.1 * capacity - 1e-7
        assert columns["energy_kwh"].max() <= 0.9 * capacity + 1e-7
        assert np.minimum(columns["charge_kw"], columns["discharge_kw"]).max() == 0
        if unit[1].is_dc:
            for power, charge, discharge, ac in zip(
                dc,
                columns["charge_kw"],
                columns["discharge_kw"],
                potential - given_up + columns["busbar_discharge_kw"],
                strict=True,
            ):
                through = inverter_dc_kw(ac, RATED_KW, EFFICIENCY) if ac > 1e-9 * RATED_KW else 0.0
                lost = power + discharge - charge - through
                assert lost >= -1e-7, number
                if ac < RATED_KW * 0.999 and ac > 0.01 * RATED_KW:
                    assert lost == pytest.approx(0, abs=1e-7)


@settings(max_examples=15, deadline=None)
@given(steps=steps, planned_kw=st.just(nan) | st.floats(-200, 200), behind=st.booleans())
def test_compiled_code_gives_the_same_numbers(
    steps: list[tuple[float, float, float]], planned_kw: float, behind: bool
) -> None:
    pytest.importorskip("numba", reason="the compiled kernel needs numba")
    from stationsim.kernel.compiled import compiled_kernel

    loads, pv, dc = (list(values) for values in zip(*steps, strict=True))
    place = BEHIND_INVERTERS if behind else AT_BUSBAR
    units = [({"thermal": {}}, place), ({"capacity_kwh": 90, "thermal": {}}, AT_BUSBAR)]
    asked: dict[str, Any] = {
        "dc_kw": dc,
        "grid_kw": (150.0, 50.0),
        "planned_kw": planned_kw,
        "temp_out": 33.0,
    }
    plain = play(units, loads, pv, **asked)
    compiled = play(units, loads, pv, kernel=compiled_kernel(), **asked)
    for name, column in plain.site.items():
        assert compiled.site[name] == pytest.approx(column, rel=1e-9, abs=1e-9), name
    for before, after in zip(plain.units, compiled.units, strict=True):
        for name, column in before.items():
            assert after[name] == pytest.approx(column, rel=1e-9, abs=1e-9), name


def test_what_the_first_step_could_have_is_what_it_has() -> None:
    spec = BatterySpec.model_validate(PLAIN_BATTERY | {"thermal": {}, "standby_kw": 3})
    inputs = PowerInputs([35.0], [0.0], ([],), ([20.0],), ([180.0],))
    desk = [0.0] * DESK_WIDTH
    discharge_kw, aux_kw = first_step_kw(
        (battery_parameters(spec),), (AT_BUSBAR,), [100.0, 25.0, 0.0], inputs, 0, 0.25, desk
    )
    played = play([({"thermal": {}, "standby_kw": 3}, AT_BUSBAR)], [500.0], [0.0], temp_out=35.0)
    assert discharge_kw == pytest.approx(100)
    assert aux_kw >= 3
    assert played.site["discharge_kw"][0] == pytest.approx(100)
