"""Curves of loss and of shares: their inverses, their ends, scalars against arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.models.battery import BatterySpec, ConverterSpec, battery_parameters, losses_kw
from stationsim.models.battery.curves import (
    filled_kwh,
    inward_inverse_kw,
    inward_kw,
    loss_kw,
    outward_inverse_kw,
    outward_kw,
    share_at,
)
from tests.batteries import specs

FLAT = ((0.0, 1.0), (1.0, 1.0))


def test_a_loss_to_be_added_up_by_hand() -> None:
    """Of 100 kW: 1 standing, 2 % and at 50 kW a quarter of 4: 1 + 1 + 1 = 3 kW; below 10 kW in proportion."""
    curve = ConverterSpec(
        standing_share=0.01, linear_share=0.02, quadratic_share=0.04, least_share=0.1
    ).curve(100.0)
    assert loss_kw(curve, 50.0) == pytest.approx(3.0)
    assert loss_kw(curve, 10.0) == pytest.approx(1.24)
    assert loss_kw(curve, 5.0) == pytest.approx(0.62)
    assert loss_kw(curve, 0.0) == 0
    assert inward_kw(curve, 50.0) == pytest.approx(47)
    assert outward_kw(curve, 50.0) == pytest.approx(53)


@given(specs(), st.floats(0, 1))
def test_inverses_return_what_was_put_in(spec: BatterySpec, share: float) -> None:
    params = battery_parameters(spec)
    power_kw = share * spec.power_kw
    for curve in (params.converter, params.cells):
        assert inward_inverse_kw(curve, inward_kw(curve, power_kw)) == pytest.approx(power_kw, abs=1e-9)
        assert outward_inverse_kw(curve, outward_kw(curve, power_kw)) == pytest.approx(power_kw, abs=1e-9)


@given(specs())
def test_more_power_loses_more_and_still_brings_more(spec: BatterySpec) -> None:
    params = battery_parameters(spec)
    for curve in (params.converter, params.cells):
        powers = np.linspace(0, spec.power_kw, 101)
        losses = [loss_kw(curve, power) for power in powers]
        arriving = [inward_kw(curve, power) for power in powers]
        assert (np.diff(losses) >= -1e-9 * spec.power_kw).all()
        assert (np.diff(arriving) > 0).all()


@given(specs(), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_arrays_lose_what_scalars_lose(spec: BatterySpec, shares: list[float]) -> None:
    params = battery_parameters(spec)
    powers, still = spec.power_kw * np.array(shares), np.zeros(len(shares))
    converter, cells = losses_kw(params, powers, still)
    by_hand = [loss_kw(params.converter, power) for power in powers]
    assert converter == pytest.approx(by_hand)
    assert cells == pytest.approx(
        [loss_kw(params.cells, p - q) for p, q in zip(powers, by_hand, strict=True)]
    )
    converter, cells = losses_kw(params, still, powers)
    assert converter == pytest.approx(by_hand)
    assert cells == pytest.approx(
        [loss_kw(params.cells, p + q) for p, q in zip(powers, by_hand, strict=True)]
    )


def test_efficiency_is_highest_in_between() -> None:
    curve = ConverterSpec().curve(100.0)
    loads = np.array([1.0, 5.0, 20.0, 40.0, 70.0, 100.0])
    efficiency = [inward_kw(curve, load) / load for load in loads]
    assert efficiency[0] == pytest.approx(efficiency[1])
    assert np.argmax(efficiency) == 3
    assert efficiency[0] < 0.92 < efficiency[5] < efficiency[3]


@pytest.mark.parametrize(
    ("value", "share"), [(-5, 0.0), (0, 0.0), (5, 0.25), (10, 0.5), (20, 1.0), (99, 1.0)]
)
def test_shares_in_between_and_beyond(value: float, share: float) -> None:
    points, shares = (0.0, 10.0, 20.0, 20.0), (0.0, 0.5, 1.0, 1.0)
    assert share_at(points, shares, value) == share


def test_a_store_fills_along_its_curve() -> None:
    """100 kWh at 100 kW: full after an hour; 1 - exp(-1) of it where the share is the room."""
    assert filled_kwh((0.0, 1.0), (1.0, 1.0), 100.0, 0.0, 100.0, 2.0) == pytest.approx(100)
    falling = filled_kwh((0.0, 1.0), (1.0, 0.0), 100.0, 0.0, 100.0, 1.0)
    assert falling == pytest.approx(100 * (1 - np.exp(-1)))
    assert filled_kwh((0.0, 0.5, 1.0), (1.0, 0.0, 1.0), 100.0, 0.0, 100.0, 99.0) == pytest.approx(50)
    assert filled_kwh((0.0, 1.0), (0.0, 1.0), 100.0, 0.0, 100.0, 1.0) == 0


@given(
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.floats(0, 100),
    st.floats(0.1, 500),
    st.floats(0.01, 3),
)
def test_the_closed_form_is_what_a_thousand_small_steps_reach(
    shares: list[float], level: float, most_kw: float, dt_h: float
) -> None:
    """A slow obvious twin: Heun's rule, whose error falls with the square of its step."""
    points = (0.0, 0.4, 1.0)
    now, parts = level, 2000
    for _ in range(parts):
        step = most_kw * dt_h / parts
        first = share_at(points, shares, now / 100) if now < 100 else 0.0
        second = share_at(points, shares, min(now + step * first, 100) / 100)
        now = min(now + step * (first + second) / 2, 100.0)
    assert level + filled_kwh(points, shares, 100.0, level, most_kw, dt_h) == pytest.approx(now, abs=0.02)


def test_the_equations_compile_unchanged() -> None:
    """Every function of a step, with the parameters as they are, gives compiled what it gives plain."""
    numba = pytest.importorskip("numba")
    import types

    from stationsim.models.battery import curves, unit

    space: dict[str, object] = {"math": __import__("math"), "BatteryFlows": unit.BatteryFlows}
    for module in (curves, unit):
        for name, thing in vars(module).items():
            if isinstance(thing, types.FunctionType) and thing.__module__ == module.__name__:
                space[name] = numba.njit(types.FunctionType(thing.__code__, space, name))
    params = battery_parameters(BatterySpec(capacity_kwh=3200.0, power_kw=1600.0))
    calls = {
        "battery_limits_kw": (params, 320.0, 3200.0, 3000.0, 7.0, 0.25),
        "battery_aux_kw": (params, 27.9, 35.0, 30.0, 0.25),
        "battery_step": (params, 1600.0, 20.0, 500.0, 0.0, 2.0, 30.0, 0.25),
    }
    for name, arguments in calls.items():
        plain = getattr(unit, name)(*arguments)
        compiled = space[name](*arguments)  # type: ignore[operator]
        assert tuple(compiled) == pytest.approx(tuple(plain), rel=1e-12)
