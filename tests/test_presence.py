"""Counts of who is there, from times alone, against a slow obvious twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.kpis.presence import found_there, mean_present, most_at_once, spans_above, time_covered

THREE = (np.array([0.0, 10.0, 20.0]), np.array([30.0, 40.0, 25.0]))
"""1 from 0, 2 from 10, 3 from 20 to 25, 2 until 30, 1 until 40."""

stays = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 30)), max_size=12)


def spans_of(rows):
    begin = np.array(sorted(begin for begin, _ in rows), dtype=float)
    return begin, begin + np.array([length for _, length in rows], dtype=float)


def test_the_most_at_once():
    assert most_at_once(THREE) == 3
    assert most_at_once((np.empty(0), np.empty(0))) == 0


def test_who_goes_makes_room_for_who_comes_then():
    assert most_at_once((np.array([0.0, 5.0]), np.array([5.0, 9.0]))) == 1


@pytest.mark.parametrize(("level", "length"), [(0, 40), (1, 20), (2, 5), (3, 0)])
def test_time_above_a_level(level, length):
    assert time_covered(spans_above(THREE, level)) == length


def test_overlapping_spans_are_counted_once():
    assert time_covered((np.array([0.0, 5.0, 20.0]), np.array([10.0, 12.0, 21.0]))) == 13


def test_the_mean_present_between_edges():
    edges = np.array([0.0, 10.0, 20.0, 30.0, 50.0])
    assert list(mean_present(THREE, edges)) == pytest.approx([1, 2, 2.5, 0.5])


def test_each_finds_those_who_came_before_and_are_still_there():
    arrival = np.array([0.0, 10.0, 20.0, 30.0])
    spans = (arrival, np.array([30.0, 10.0, 25.0, 31.0]))  # the second is never there
    assert list(found_there(arrival, spans)) == [0, 1, 1, 0]


def test_of_those_who_come_together_the_later_finds_the_earlier():
    arrival = np.zeros(3)
    assert list(found_there(arrival, (arrival, np.array([5.0, 0.0, 5.0])))) == [0, 1, 1]


@given(stays)
def test_counts_are_those_of_a_second_by_second_count(rows):
    begin, end = spans_of(rows)
    moments = np.arange(0, 90) + 0.5
    present = np.array([np.count_nonzero((begin < at) & (end > at)) for at in moments])
    assert most_at_once((begin, end)) == present.max(initial=0)
    assert time_covered(spans_above((begin, end), 1)) == np.count_nonzero(present > 1)
    assert list(mean_present((begin, end), np.arange(0.0, 91.0))) == pytest.approx(present)
    found = [np.count_nonzero(end[:car] > begin[car]) for car in range(begin.size)]
    assert list(found_there(begin, (begin, end))) == found
