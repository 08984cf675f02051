"""Solar values moved in time, and components derived from global light."""

import numpy as np
import pytest

from stationsim.weather.centring import (
    CLEAR_TOLERANCE,
    clear_beam,
    components_from_ghi,
    move_air,
    move_solar,
    outside_irradiance,
    zenith_deg,
)
from tests import made_weather as made

HOUR = {"interval_minutes": 60}


def test_the_beam_of_the_clear_sky():
    zenith, outside = np.array([0.0, 60.0, 85.0, 90.0, 120.0]), np.full(5, 1361.0)
    sea = clear_beam(zenith, outside, elevation_m=0.0)
    assert sea[0] == pytest.approx(0.7 * 1361, rel=0.001)
    assert sea[1] == pytest.approx(0.7 ** (2**0.678) * 1361, rel=0.005)
    assert sea[0] > sea[1] > sea[2] > 0
    assert list(sea[3:]) == [0.0, 0.0]
    assert clear_beam(zenith[:1], outside[:1], elevation_m=1000.0)[0] == pytest.approx(
        (0.86 * 0.7 + 0.14) * 1361, rel=0.001
    )


def test_derived_components_close_and_stay_below_a_clear_sky():
    sound = made.sound()
    derived = components_from_ghi(sound[["ghi"]] * 1.5, made.PLACE, **HOUR)
    zenith = zenith_deg(sound.index, made.PLACE, later_min=30)
    beam = derived["dni"] * np.maximum(np.cos(np.radians(zenith)), 0)
    np.testing.assert_allclose((beam + derived["dhi"]).to_numpy(), derived["ghi"].to_numpy(), atol=1e-9)
    clear = clear_beam(zenith, np.full(len(zenith), 1412.0), elevation_m=170.0)
    assert (derived["dni"].to_numpy() <= CLEAR_TOLERANCE * clear + 1e-9).all()


@pytest.mark.parametrize("late", [-60.0, -19.4, 15.0, 45.0])
def test_moving_keeps_the_energy_and_leaves_the_night_dark(late):
    sound = made.sound()
    moved = move_solar(sound, made.PLACE, late_min=late, periodic=True, **HOUR)
    night = outside_irradiance(sound.index, made.PLACE, **HOUR) == 0
    for name in ("ghi", "dni", "dhi"):
        assert moved[name].sum() == pytest.approx(sound[name].sum())
        assert (moved[name][night] == 0).all()


@pytest.mark.parametrize("late", [-30.0, 20.0])
def test_light_sampled_off_centre_is_brought_to_the_centre(late):
    frame = made.sound()[["ghi"]]
    early = frame.assign(ghi=0.6 * outside_irradiance(frame.index, made.PLACE, late_min=late, **HOUR))
    moved = move_solar(early, made.PLACE, late_min=late, periodic=True, **HOUR)
    wanted = 0.6 * outside_irradiance(frame.index, made.PLACE, **HOUR)
    np.testing.assert_allclose(moved["ghi"].to_numpy(), wanted, rtol=0.001)


def test_no_move_is_no_change():
    assert move_solar(made.sound(), made.PLACE, late_min=0.0, periodic=True, **HOUR) is made.sound()


def test_the_air_of_a_moment_is_brought_to_mid_hour():
    sound = made.sound()
    moved = move_air(sound, ["temp_air"], late_min=-30.0, periodic=True, **HOUR)
    temp = sound["temp_air"].to_numpy()
    np.testing.assert_allclose(moved["temp_air"], (temp + np.roll(temp, -1)) / 2)
