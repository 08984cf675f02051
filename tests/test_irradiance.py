"""The irradiance on a tilted plane: known values, limits, the horizon, the mirror."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from stationsim.weather.irradiance import PlaneOfArray, SkyModel, plane_of_array

MODELS: tuple[SkyModel, ...] = ("haydavies", "perez", "isotropic")


def frame(**columns: float | list[float]) -> pd.DataFrame:
    """Return a weather frame; a column that is not given has a bright noon's value."""
    noon = {
        "ghi": 700.0,
        "dni": 800.0,
        "dhi": 100.0,
        "dni_extra": 1360.0,
        "apparent_zenith": 41.4,
        "azimuth": 180.0,
    }
    values = {name: np.atleast_1d(value) for name, value in {**noon, **columns}.items()}
    n_steps = max(len(value) for value in values.values())
    index = pd.date_range("2025-06-01", periods=n_steps, freq="h", tz="Etc/GMT-8")
    return pd.DataFrame({name: np.resize(value, n_steps) for name, value in values.items()}, index=index)


def south(weather: pd.DataFrame, tilt_deg: float, model: SkyModel = "haydavies") -> PlaneOfArray:
    return plane_of_array(weather, tilt_deg=tilt_deg, azimuth_deg=180.0, albedo=0.2, model=model)


def test_isotropic_sky_of_pvlib_tests() -> None:
    plane = south(frame(dhi=100.0), 40.0, "isotropic")
    assert_allclose(plane.diffuse_sky, 88.30222215594891, rtol=1e-12)


def test_a_plane_that_faces_the_sun_gets_all_direct_light() -> None:
    plane = south(frame(apparent_zenith=30.0, dni=800.0), 30.0)
    assert_allclose(plane.direct, 800.0)
    assert_allclose(plane.aoi, 0.0, atol=1e-5)


def test_haydavies_by_hand() -> None:
    """A = 680/1360 = 0.5; zenith 60, plane 60 south, so Rb = 1/0.5 = 2 and the sky factor is 0.75."""
    plane = south(frame(dni=680.0, dhi=100.0, apparent_zenith=60.0), 60.0)
    assert_allclose(plane.diffuse_sky, 100 * (0.5 * 2 + 0.5 * 0.75))


def test_ground_light_grows_with_albedo_and_tilt() -> None:
    wall = plane_of_array(frame(ghi=500.0), tilt_deg=90.0, azimuth_deg=0.0, albedo=0.4)
    assert_allclose(wall.diffuse_ground, 500 * 0.4 / 2)
    assert_allclose(south(frame(), 0.0).diffuse_ground, 0.0)


@pytest.mark.parametrize("model", MODELS)
def test_a_horizontal_plane_gets_the_horizontal_irradiance(model: SkyModel) -> None:
    zenith = np.array([10.0, 50.0, 80.0])
    weather = frame(apparent_zenith=zenith.tolist(), dni=500.0, dhi=120.0)
    expected = 120.0 + 500.0 * np.cos(np.radians(zenith))
    assert_allclose(south(weather, 0.0, model).poa_global, expected, rtol=1e-9)


def test_haydavies_keeps_the_diffuse_light_of_a_horizontal_plane_at_the_horizon() -> None:
    weather = frame(apparent_zenith=[86.0, 88.0, 89.5, 89.99999, 90.0], dni=300.0, dhi=40.0)
    assert_allclose(south(weather, 0.0).diffuse_sky, 40.0, rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_a_low_sun_makes_no_spike(model: SkyModel) -> None:
    """Circumsolar light is at most 1/cos(85 deg) = 11.5 times its horizontal value."""
    weather = frame(apparent_zenith=np.linspace(84.0, 92.0, 161).tolist(), ghi=60.0, dni=300.0, dhi=50.0)
    plane = south(weather, 90.0, model)
    assert np.isfinite(plane.poa_global).all()
    assert plane.poa_global.max() <= 300 + 50 * 11.5 + 60 * 0.2
    if model == "haydavies":
        assert plane.diffuse_sky.max() <= 50 * (300 / 1360 * 11.5 + 0.5)


@pytest.mark.parametrize("model", MODELS)
def test_below_the_horizon_nothing_is_direct_and_diffuse_is_isotropic(model: SkyModel) -> None:
    weather = frame(
        apparent_zenith=[90.0, 95.0, 140.0], ghi=[30.0, 5.0, 0.0], dni=[200.0, 10.0, 0.0], dhi=20.0
    )
    plane = south(weather, 30.0, model)
    assert_allclose(plane.direct, 0.0)
    assert_allclose(plane.diffuse_sky, 20 * (1 + np.cos(np.radians(30.0))) / 2)


def test_dark_steps_are_zero() -> None:
    plane = south(frame(ghi=0.0, dni=0.0, dhi=0.0, apparent_zenith=[120.0, 170.0]), 30.0)
    assert_allclose(plane.poa_global, 0.0)
    assert_allclose(plane.aoi, 90.0)


def test_a_sun_behind_the_plane_gives_no_direct_light() -> None:
    plane = plane_of_array(frame(apparent_zenith=60.0), tilt_deg=90.0, azimuth_deg=0.0, albedo=0.0)
    assert plane.direct[0] == 0
    assert plane.aoi[0] > 90


@pytest.mark.parametrize("model", MODELS)
def test_direct_light_without_diffuse_is_finite(model: SkyModel) -> None:
    plane = south(frame(dhi=0.0), 30.0, model)
    assert_allclose(plane.diffuse_sky, 0.0)
    assert np.isfinite(plane.poa_global).all()


@pytest.mark.parametrize("model", MODELS)
def test_east_and_west_are_mirror_images(model: SkyModel) -> None:
    morning = frame(azimuth=[100.0, 130.0], apparent_zenith=[70.0, 50.0])
    evening = frame(azimuth=[260.0, 230.0], apparent_zenith=[70.0, 50.0])
    east = plane_of_array(morning, tilt_deg=35.0, azimuth_deg=90.0, albedo=0.2, model=model)
    west = plane_of_array(evening, tilt_deg=35.0, azimuth_deg=270.0, albedo=0.2, model=model)
    assert_allclose(east.poa_global, west.poa_global, rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
@given(
    zenith=st.floats(0, 180),
    dni=st.floats(0, 1400),
    dhi=st.floats(0, 600),
    ghi=st.floats(0, 1400),
    tilt_deg=st.floats(0, 90),
    azimuth_deg=st.floats(0, 360),
)
def test_any_weather_gives_finite_and_bounded_light(
    model: SkyModel, zenith: float, dni: float, dhi: float, ghi: float, tilt_deg: float, azimuth_deg: float
) -> None:
    weather = frame(apparent_zenith=zenith, dni=dni, dhi=dhi, ghi=ghi)
    plane = plane_of_array(weather, tilt_deg=tilt_deg, azimuth_deg=azimuth_deg, albedo=0.2, model=model)
    for part in (plane.direct, plane.diffuse_sky, plane.diffuse_ground):
        assert np.isfinite(part).all()
        assert (part >= 0).all()
    assert plane.direct[0] <= dni
    assert plane.diffuse_sky[0] <= 13 * dhi
    assert plane.diffuse_ground[0] <= 0.2 * ghi + 1e-9


def test_each_step_stands_alone() -> None:
    weather = frame(apparent_zenith=[20.0, 60.0, 89.0, 100.0], dni=[900.0, 400.0, 10.0, 0.0])
    together = south(weather, 30.0).poa_global
    alone = [south(weather.iloc[[row]], 30.0).poa_global[0] for row in range(4)]
    assert_allclose(together, alone)
