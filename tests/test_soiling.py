"""Dirt on the modules: closed cases by hand, limits and wrong input."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.soiling import SoilingSpec, daily_loss, soiling_loss

NEW_YEAR = dt.date(2025, 1, 1)


def rain(days: int, **showers: float) -> np.ndarray:
    """Return dry days but for showers such as ``day_9=20``, days counted from 0."""
    fallen = np.zeros(days)
    for day, mm in showers.items():
        fallen[int(day.removeprefix("day_"))] = mm
    return fallen


def test_dirt_grows_by_its_rate_from_a_clean_first_day() -> None:
    loss = daily_loss(SoilingSpec(rate_percent_per_day=0.2), rain(31), first_day=NEW_YEAR)
    assert loss == pytest.approx(0.002 * np.arange(31))


def test_rain_above_the_threshold_cleans_and_keeps_the_ground_damp() -> None:
    spec = SoilingSpec(rate_percent_per_day=0.5, cleaning_rain_mm=6, grace_days=3)
    loss = daily_loss(spec, rain(9, day_4=6.1), first_day=NEW_YEAR)
    assert 100 * loss == pytest.approx([0, 0.5, 1.0, 1.5, 0, 0, 0, 0.5, 1.0])


def test_rain_at_the_threshold_leaves_the_dirt() -> None:
    spec = SoilingSpec(cleaning_rain_mm=6)
    assert (daily_loss(spec, rain(20, day_10=6.0), first_day=NEW_YEAR)[1:] > 0).all()


def test_the_showers_of_a_day_count_together() -> None:
    hours = np.zeros(5 * 24)
    hours[2 * 24 + 3] = hours[2 * 24 + 20] = 4.0
    loss = soiling_loss(
        SoilingSpec(cleaning_rain_mm=6), rainfall=hours, civil_day=np.arange(120) // 24, first_day=NEW_YEAR
    )
    assert loss[2 * 24] == 0
    assert loss[24] == pytest.approx(0.002)


def test_a_wash_cleans_every_year_and_has_no_grace() -> None:
    spec = SoilingSpec(rate_percent_per_day=0.1, wash_dates=("01-11",))
    loss = daily_loss(spec, rain(400), first_day=NEW_YEAR)
    assert loss[10] == 0
    assert loss[11] == pytest.approx(0.001)
    assert loss[374] == pytest.approx(0.3)
    assert loss[375] == 0


def test_a_wash_on_the_leap_day_is_left_out_of_other_years() -> None:
    spec = SoilingSpec(wash_dates=("02-29",))
    assert daily_loss(spec, rain(90), first_day=NEW_YEAR)[-1] == pytest.approx(0.002 * 89)
    assert daily_loss(spec, rain(90), first_day=dt.date(2024, 1, 1))[59] == 0


def test_dirt_stops_at_its_largest() -> None:
    loss = daily_loss(SoilingSpec(rate_percent_per_day=5, largest_percent=12), rain(9), first_day=NEW_YEAR)
    assert loss.max() == pytest.approx(0.12)


def test_the_first_day_starts_as_dirty_as_it_is_said_to_be() -> None:
    loss = daily_loss(SoilingSpec(initial_percent=3), rain(2), first_day=NEW_YEAR)
    assert 100 * loss == pytest.approx([3.0, 3.2])


def test_a_single_day_has_a_loss() -> None:
    assert daily_loss(SoilingSpec(initial_percent=3), rain(1), first_day=NEW_YEAR).tolist() == [0.03]


@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_the_length_of_a_step_does_not_matter(minutes: int) -> None:
    of_day = np.random.default_rng(1).exponential(4, 60)
    per_day = 1440 // minutes
    day = np.repeat(np.arange(60), per_day)
    loss = soiling_loss(
        SoilingSpec(), rainfall=np.repeat(of_day / per_day, per_day), civil_day=day, first_day=NEW_YEAR
    )
    assert loss[::per_day] == pytest.approx(daily_loss(SoilingSpec(), of_day, first_day=NEW_YEAR))
    assert (loss == loss[::per_day][day]).all()


@given(
    st.lists(st.floats(0, 80), min_size=1, max_size=60),
    st.floats(0, 5),
    st.integers(1, 30),
    st.floats(0, 30),
)
def test_loss_is_a_share_and_more_rain_never_adds_to_it(
    fallen: list[float], rate: float, grace: int, initial: float
) -> None:
    spec = SoilingSpec(rate_percent_per_day=rate, grace_days=grace, initial_percent=initial)
    less = daily_loss(spec, np.array(fallen), first_day=NEW_YEAR)
    more = daily_loss(spec, np.array(fallen) * 2, first_day=NEW_YEAR)
    assert (less >= -1e-12).all()
    assert (less <= max(spec.largest_percent, initial) / 100 + 1e-12).all()
    assert (more <= less + 1e-12).all()


def test_wrong_arrays_are_refused() -> None:
    day = np.zeros(3, dtype=np.int64)
    with pytest.raises(ValueError, match="at least 0 mm"):
        soiling_loss(SoilingSpec(), rainfall=np.array([0.0, -1, 0]), civil_day=day, first_day=NEW_YEAR)
    with pytest.raises(ValueError, match="at least 0 mm"):
        soiling_loss(SoilingSpec(), rainfall=np.array([0.0, np.nan, 0]), civil_day=day, first_day=NEW_YEAR)
    with pytest.raises(ValueError, match="one value a step"):
        soiling_loss(SoilingSpec(), rainfall=np.zeros(2), civil_day=day, first_day=NEW_YEAR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_percent_per_day": -0.1},
        {"cleaning_rain_mm": 0},
        {"grace_days": 0},
        {"grace_days": 2.5},
        {"wash_dates": ["2025-04-01"]},
        {"wash_dates": ["02-30"]},
        {"wash_dates": ["4-1"]},
        {"largest_percent": 0},
        {"initial_percent": 31},
        {"rate": 0.2},
    ],
)
def test_wrong_specs_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SoilingSpec.model_validate(wrong)
