"""Dividing a power limit: known values and the properties of a fair share."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.plaza.sharing import share_power, water_level

needs = st.lists(st.floats(0.0, 500.0), max_size=12)
caps = st.floats(0.0, 2000.0)


@pytest.mark.parametrize(
    ("needs_kw", "cap_kw", "expected"),
    [
        ([100.0, 100.0], 200.0, [100.0, 100.0]),
        ([100.0, 100.0], 150.0, [75.0, 75.0]),
        ([20.0, 100.0, 100.0], 150.0, [20.0, 65.0, 65.0]),
        ([20.0, 50.0, 100.0], 150.0, [20.0, 50.0, 80.0]),
        ([100.0], 0.0, [0.0]),
        ([], 100.0, []),
    ],
)
def test_known_shares(needs_kw: list[float], cap_kw: float, expected: list[float]) -> None:
    assert share_power(needs_kw, cap_kw=cap_kw) == pytest.approx(expected)


def test_minima_beyond_the_cap_shrink_by_one_factor() -> None:
    assert share_power([10.0, 100.0], cap_kw=20.0, minimum_kw=30.0) == pytest.approx([5.0, 15.0])


def test_no_cap_is_no_level() -> None:
    assert water_level([100.0, 50.0], math.inf) == math.inf


@given(needs, caps, st.floats(0.0, 100.0))
def test_shares_keep_needs_cap_and_minima(needs_kw: list[float], cap_kw: float, minimum_kw: float) -> None:
    shares = share_power(needs_kw, cap_kw=cap_kw, minimum_kw=minimum_kw)
    assert all(0 <= share <= need for share, need in zip(shares, needs_kw, strict=True))
    assert sum(shares) <= cap_kw * (1 + 1e-12) + 1e-12
    if sum(min(need, minimum_kw) for need in needs_kw) <= cap_kw:
        assert all(
            share >= min(need, minimum_kw) - 1e-9 for share, need in zip(shares, needs_kw, strict=True)
        )


@given(needs, caps)
def test_nothing_is_left_while_anyone_needs_more(needs_kw: list[float], cap_kw: float) -> None:
    assert sum(share_power(needs_kw, cap_kw=cap_kw)) == pytest.approx(min(sum(needs_kw), cap_kw))
