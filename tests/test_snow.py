"""Snow on the modules: cover and slide by hand, strings, limits and wrong input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.snow import SnowSpec, snow_loss


def loss(
    fallen: list[float], *, poa: float = 0.0, air: float = 1.0, tilt: float = 30.0, strings: int = 1
) -> np.ndarray:
    """Return the hourly loss of a row in unchanging light and air."""
    snow = np.array(fallen, dtype=float)
    return snow_loss(
        SnowSpec(strings_along_slope=strings),
        snowfall=snow,
        poa_global=np.full(snow.size, poa),
        temp_air=np.full(snow.size, air),
        tilt_deg=tilt,
        step_minutes=60,
    )


def test_without_snow_nothing_is_lost() -> None:
    assert (loss([0.0] * 24) == 0).all()


def test_an_hour_of_more_than_a_centimetre_covers_the_row() -> None:
    assert loss([0, 1.01, 0], air=-10).tolist() == [0, 1, 1]
    assert loss([0, 1.0, 0], air=-10).tolist() == [0, 0, 0]


def test_a_row_at_30_deg_is_free_after_eleven_hours() -> None:
    """Each hour 0.197 sin 30 = 0.0985 of the slope slides; ten hours leave 0.015 of it."""
    assert np.flatnonzero(loss([0, 5] + [0] * 14) == 0).tolist() == [0, 12, 13, 14, 15]


def test_steeper_rows_are_free_sooner_and_flat_ones_never() -> None:
    hours = [np.count_nonzero(loss([5.0] + [0.0] * 60, tilt=tilt)) for tilt in (0.0, 10.0, 30.0, 60.0, 90.0)]
    assert hours == [61, 30, 11, 6, 6]


def test_snow_slides_in_the_cold_only_in_enough_light() -> None:
    """At -5 degC it takes more than 400 W/m2."""
    assert (loss([0, 5] + [0] * 14, air=-5, poa=399.0)[1:] == 1).all()
    assert loss([0, 5] + [0] * 14, air=-5, poa=401.0)[12] == 0


def test_snow_that_does_not_slide_is_cleared_after_days() -> None:
    """Three centimetres at the start of ten days of deep cold: the row is free from the eighth day on."""
    hours = 10 * 24
    snow = np.zeros(hours)
    snow[1] = 3.0
    cold = {"snowfall": snow, "poa_global": np.full(hours, 200.0), "temp_air": np.full(hours, -30.0)}
    usual = snow_loss(SnowSpec(), tilt_deg=10.0, step_minutes=60, **cold)
    never = snow_loss(SnowSpec(cleared_after_days=None), tilt_deg=10.0, step_minutes=60, **cold)
    assert (usual[2 : 7 * 24 + 1] == 1).all()
    assert not usual[7 * 24 + 2 :].any()
    assert (never[2:] == 1).all()


def test_strings_come_free_one_after_the_other() -> None:
    """Of three strings one is free when a third of the slope is: after four hours of 0.0985."""
    found = loss([0, 5] + [0] * 12, strings=3)
    assert found[1:6] == pytest.approx([1, 1, 1, 1, 2 / 3])
    assert found[8:12] == pytest.approx([1 / 3] * 4)


def test_new_snow_covers_again() -> None:
    found = loss([0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0])
    assert (found[10:] == 1).all()


@pytest.mark.parametrize("minutes", [1, 5, 20])
def test_the_length_of_a_step_does_not_matter(minutes: int) -> None:
    rng = np.random.default_rng(2)
    hourly = {
        "snowfall": np.where(rng.random(200) < 0.1, rng.exponential(2, 200), 0.0),
        "poa_global": 300 * rng.random(200),
        "temp_air": rng.normal(-2, 3, 200),
    }
    per_hour = 60 // minutes
    steps = {name: np.repeat(values, per_hour) for name, values in hourly.items()}
    steps["snowfall"] = steps["snowfall"] / per_hour
    coarse = snow_loss(SnowSpec(), **hourly, tilt_deg=20, step_minutes=60)
    fine = snow_loss(SnowSpec(), **steps, tilt_deg=20, step_minutes=minutes)
    assert 0 < coarse.mean() < 1
    assert (fine == np.repeat(coarse, per_hour)).all()


def test_a_last_hour_cut_short_is_played_too() -> None:
    values = np.array([5.0, 0, 0, 0])
    found = snow_loss(
        SnowSpec(), snowfall=values, poa_global=0 * values, temp_air=0 * values, tilt_deg=10, step_minutes=20
    )
    assert found.tolist() == [1, 1, 1, 1]


@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=40),
    st.floats(0, 1200),
    st.floats(-40, 40),
    st.floats(0, 90),
    st.integers(1, 12),
)
def test_loss_is_a_share_in_whole_strings(
    fallen: list[float], poa: float, air: float, tilt: float, strings: int
) -> None:
    found = loss(fallen, poa=poa, air=air, tilt=tilt, strings=strings)
    assert ((found >= 0) & (found <= 1)).all()
    assert found * strings == pytest.approx(np.round(found * strings), abs=1e-9)


def test_wrong_arrays_are_refused() -> None:
    three = np.ones(3)
    good = {"snowfall": three, "poa_global": three, "temp_air": three, "tilt_deg": 10.0, "step_minutes": 60}
    for wrong, words in (
        ({"snowfall": np.ones(2)}, "one value a step"),
        ({"snowfall": -three}, "at least 0 cm"),
        ({"snowfall": three * np.nan}, "at least 0 cm"),
        ({"step_minutes": 7}, "divide the hour"),
    ):
        with pytest.raises(ValueError, match=words):
            snow_loss(SnowSpec(), **(good | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"strings_along_slope": 0},
        {"strings_along_slope": 1.5},
        {"covering_cm_per_h": 0},
        {"slide_coefficient": 1.2},
        {"slide_w_m2_per_k": 80},
        {"strings": 3},
    ],
)
def test_wrong_specs_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SnowSpec.model_validate(wrong)
