"""Modules of a cabinet: who gets how many, and where along a charge curve the need changes."""

import math
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.models.charging import Allocation
from stationsim.models.vehicles import ChargeCurve, load_vehicle_library
from stationsim.plaza.modules import SOC_TOLERANCE, ModuleSteps, allocate, module_steps

ALLOCATIONS: tuple[Allocation, ...] = get_args(Allocation)

many_wants = st.lists(st.integers(0, 20), max_size=12)
numbers = st.integers(0, 60)


@pytest.mark.parametrize(
    ("allocation", "wants", "modules", "expected"),
    [
        ("equal", [10, 10, 10], 15, [5, 5, 5]),
        ("equal", [10, 10, 10], 16, [6, 5, 5]),
        ("equal", [2, 10, 10], 15, [2, 7, 6]),
        ("equal", [10, 2, 10], 15, [7, 2, 6]),
        ("equal", [10, 10, 1, 10], 3, [1, 1, 1, 0]),
        ("equal", [3, 0, 3], 5, [3, 0, 2]),
        ("first_come", [10, 10, 10], 15, [10, 5, 0]),
        ("first_come", [2, 10, 10], 15, [2, 10, 3]),
        ("proportional", [10, 10, 10], 15, [5, 5, 5]),
        ("proportional", [10, 5, 5], 15, [7, 4, 4]),
        ("proportional", [10, 10, 10], 16, [6, 5, 5]),
        ("proportional", [1, 9], 5, [1, 4]),
        ("proportional", [9, 1], 5, [5, 0]),
    ],
)
def test_known_allocations(
    allocation: Allocation, wants: list[int], modules: int, expected: list[int]
) -> None:
    assert allocate(wants, modules, allocation) == expected


@pytest.mark.parametrize("allocation", ALLOCATIONS)
def test_limits_of_allocation(allocation: Allocation) -> None:
    assert allocate([], 15, allocation) == []
    assert allocate([4, 3], 0, allocation) == [0, 0]
    assert allocate([4, 3, 8], 15, allocation) == [4, 3, 8]


@given(many_wants, numbers, st.sampled_from(ALLOCATIONS))
def test_no_car_gets_more_than_it_wants_and_no_module_idles(
    wants: list[int], modules: int, allocation: Allocation
) -> None:
    shares = allocate(wants, modules, allocation)
    assert all(0 <= share <= want for share, want in zip(shares, wants, strict=True))
    assert sum(shares) == min(sum(wants), modules)


@given(many_wants, numbers)
def test_equal_gives_module_by_module_to_who_has_least(wants: list[int], modules: int) -> None:
    slow = [0] * len(wants)
    for _ in range(min(modules, sum(wants))):
        short = [car for car, want in enumerate(wants) if slow[car] < want]
        slow[min(short, key=lambda car: slow[car])] += 1
    assert allocate(wants, modules, "equal") == slow


@given(many_wants, numbers)
def test_first_come_lets_nobody_pass(wants: list[int], modules: int) -> None:
    shares = allocate(wants, modules, "first_come")
    for car, share in enumerate(shares):
        assert share == wants[car] or not any(shares[car + 1 :])


@given(many_wants, numbers)
def test_proportional_misses_the_exact_share_by_less_than_a_module(wants: list[int], modules: int) -> None:
    total = sum(wants)
    part = min(modules / total, 1.0) if total else 1.0
    for share, want in zip(allocate(wants, modules, "proportional"), wants, strict=True):
        assert abs(share - part * want) < 1


FALLING = ChargeCurve(80.0, (0.0, 0.5, 1.0), (400.0, 400.0, 0.0))
"""Flat at ten modules of 40 kW to 50 %, then down by a module each 5 %."""

RISING = ChargeCurve(80.0, (0.0, 0.4, 0.6, 1.0), (100.0, 260.0, 260.0, 100.0))
"""Up from 100 to 260 kW, flat, and down again."""


def test_a_whole_number_of_modules_is_not_rounded_up() -> None:
    steps = module_steps(FALLING, 40.0)
    assert steps.modules == tuple(range(10, 0, -1))
    assert steps.soc == pytest.approx([0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
    assert module_steps(ChargeCurve(80.0, (0.0, 1.0), (0.1 * 3, 0.1 * 3)), 0.1).modules == (3,)


def test_steps_up_and_down() -> None:
    steps = module_steps(RISING, 100.0)
    assert steps.modules == (2, 3, 2)
    assert steps.soc == pytest.approx([0.25, 0.75])


def test_a_step_at_a_point_of_the_curve_is_one() -> None:
    peak = ChargeCurve(80.0, (0.0, 0.5, 1.0), (60.0, 100.0, 50.0))
    assert module_steps(peak, 100.0) == ModuleSteps((), (1,))
    valley = ChargeCurve(80.0, (0.0, 0.5, 1.0), (60.0, 50.0, 60.0))
    assert module_steps(valley, 50.0) == ModuleSteps((), (2,))


def test_a_state_of_charge_on_a_step_is_beyond_it() -> None:
    steps = ModuleSteps((0.5, 0.8), (4, 3, 2))
    assert [steps.at(soc) for soc in (0.0, 0.49, 0.5, 0.79, 0.8, 1.0)] == [4, 4, 3, 3, 2, 2]
    assert steps.at(0.5 - SOC_TOLERANCE / 2) == 3
    assert steps.next_change(0.5 - SOC_TOLERANCE / 2, 3) == 0.8


@pytest.mark.parametrize(
    ("soc", "held", "expected", "expected_rise"),
    [
        (0.0, 2, 0.2, 0.2),  # needs 2 and soon 4
        (0.3, 4, 0.5, math.inf),  # needs 4, and 3 from half on
        (0.3, 3, 0.9, math.inf),  # needs more than it holds: only less than it holds matters
        (0.3, 1, math.inf, math.inf),
        (0.9, 1, math.inf, math.inf),
        (0.5, 3, 0.9, math.inf),
    ],
)
def test_next_change(soc: float, held: int, expected: float, expected_rise: float) -> None:
    steps = ModuleSteps((0.2, 0.5, 0.9), (2, 4, 3, 1))
    assert steps.next_change(soc, held) == expected
    assert steps.next_change(soc, held, only_rises=True) == expected_rise


def test_rises_are_found_behind_falls() -> None:
    steps = ModuleSteps((0.2, 0.5, 0.9), (3, 2, 4, 1))
    assert steps.next_change(0.0, 3) == 0.2
    assert steps.next_change(0.0, 3, only_rises=True) == 0.5


@pytest.mark.parametrize("module_kw", [0.0, -1.0, math.nan])
def test_modules_must_have_power(module_kw: float) -> None:
    with pytest.raises(ValueError, match="module_kw must be > 0"):
        module_steps(FALLING, module_kw)


@given(
    st.sampled_from(sorted(load_vehicle_library())),
    st.sampled_from([15.0, 20.0, 30.0, 40.0, 60.0]),
    st.floats(20.0, 700.0),
    st.lists(st.floats(0.0, 1.0, exclude_max=True), max_size=30),
)
def test_steps_agree_with_the_curve(name: str, module_kw: float, limit_kw: float, socs: list[float]) -> None:
    curve = load_vehicle_library()[name].capped(limit_kw)
    steps = module_steps(curve, module_kw)
    assert all(low < high for low, high in pairwise(steps.soc))
    assert all(before != after for before, after in pairwise(steps.modules))
    for soc in (soc for soc in socs if all(abs(soc - step) > 2e-6 for step in (*steps.soc, 1.0))):
        assert steps.at(soc) == math.ceil(curve.power_at(soc + 1e-6) / module_kw - 1e-9)
    for step in steps.soc:
        kw = curve.power_at(step)
        assert kw / module_kw == pytest.approx(round(kw / module_kw), abs=1e-6)
