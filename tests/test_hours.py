"""Daily windows and opening hours."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.hours import OpeningHours, open_share, window_share

HOURS = np.arange(24.0)


def test_a_window_of_a_day_and_one_over_midnight():
    assert np.flatnonzero(window_share(9, 17, civil_hour=HOURS, dt_h=1)).tolist() == list(range(9, 17))
    night = np.flatnonzero(window_share(22, 6, civil_hour=HOURS, dt_h=1)).tolist()
    assert night == [0, 1, 2, 3, 4, 5, 22, 23]


def test_a_step_that_a_window_cuts_counts_for_its_part():
    share = window_share(6.25, 7.5, civil_hour=[5.0, 6.0, 7.0, 8.0], dt_h=1)
    np.testing.assert_allclose(share, [0, 0.75, 0.5, 0])


@pytest.mark.parametrize("window", [(6.5, 22.25), (22.75, 5.5), (0.0, 24.0), (3.0, 3.0)])
@pytest.mark.parametrize("minutes", [1, 5, 15, 60])
def test_the_hours_of_a_day_do_not_depend_on_the_step(window, minutes):
    start = np.arange(0, 1440, minutes) / 60
    expected_h = (window[1] - window[0]) % 24 or (24 if window[1] == 24 else 0)
    share = window_share(*window, civil_hour=start, dt_h=minutes / 60)
    assert share.sum() * minutes / 60 == pytest.approx(expected_h)


def test_by_default_it_is_always_open():
    np.testing.assert_array_equal(open_share(OpeningHours(), civil_hour=HOURS, dt_h=1), 1)


@pytest.mark.parametrize("window", [("08:00", "08:00"), ("24:00", "00:00")])
def test_hours_that_are_never_open_are_refused(window):
    with pytest.raises(ValidationError, match="open_to must differ from open_from"):
        OpeningHours.model_validate({"open_from": window[0], "open_to": window[1]})
