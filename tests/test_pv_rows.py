"""Rows in each other's shade, horizons and rear sides: against pvlib, closed forms and limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pvlib import shading
from pvlib.bifacial import infinite_sheds
from pydantic import ValidationError

from stationsim.models.pv import (
    CHAIN,
    PvLossesSpec,
    Shares,
    Sky,
    SurfaceSpec,
    direct_kept,
    horizon_deg,
    rear_irradiance,
    shaded_fraction,
    sky_and_foreground,
    sky_view,
    surface_power_kw,
)
from stationsim.models.pv.horizon import behind_horizon, sky_above
from stationsim.models.pv.light import Light, cos_incidence
from stationsim.models.pv.rows import among_rows
from stationsim.weather.irradiance import plane_of_array


def surface(**changes: object) -> SurfaceSpec:
    given_fields = {"name": "rows", "kind": "slope", "dc_kwp": 100.0, "tilt_deg": 30.0}
    return SurfaceSpec.model_validate({**given_fields, **changes})


def sun_over_the_day(count: int = 60) -> Sky:
    """A sky with the sun at many places, some behind rows that face south."""
    rng = np.random.default_rng(3)
    zenith, azimuth = rng.uniform(5, 84, count), rng.uniform(40, 320, count)
    dni = rng.uniform(0, 900, count)
    return Sky(dni, rng.uniform(20, 400, count), zenith, azimuth)


def noon(height_deg: float, dni: float = 800.0, dhi: float = 100.0) -> Sky:
    return Sky(*(np.array([value]) for value in (dni, dhi, 90.0 - height_deg, 180.0)))


def test_noon_shadow_by_hand() -> None:
    """Rows of 2 m at 30 deg, 4 m apart, sun at 10 deg: seen from the sun a row is 2 sin 40 wide, and the next
    begins 4 sin 10 further."""
    wide, apart = 2 * np.sin(np.radians(40)), 4 * np.sin(np.radians(10))
    fraction = shaded_fraction(np.cos(np.radians(50)), np.cos(np.radians(80)), 0.5)
    assert fraction == pytest.approx(1 - apart / wide)
    assert fraction == pytest.approx(0.4597, abs=1e-4)


@pytest.mark.parametrize("slope_deg", [-10.0, 0.0, 12.0, 30.0])
@pytest.mark.parametrize("gcr", [0.3, 0.6, 1.0])
def test_shaded_fraction_is_that_of_pvlib(slope_deg: float, gcr: float) -> None:
    """Rows that face south turn about an axis to the east; their ground falls towards the south."""
    sky = sun_over_the_day()
    cosines = [cos_incidence(sky, tilt_deg=tilt, azimuth_deg=180.0) for tilt in (30.0, slope_deg)]
    lit = (cosines[0] > 0.02) & (cosines[1] > 0.02)
    assert lit.sum() > 20
    theirs = shading.shaded_fraction1d(
        sky.apparent_zenith, sky.azimuth, 90.0, 30.0,
        collector_width=1.0, pitch=np.cos(np.radians(slope_deg)) / gcr, cross_axis_slope=slope_deg,
    )  # fmt: skip
    assert_allclose(shaded_fraction(*cosines, gcr)[lit], theirs[lit], atol=1e-9)


@given(st.floats(0.01, 1.0), st.floats(0.0, 1.0), st.floats(0.05, 1.0), st.integers(0, 12))
def test_shadows_only_take(cos_module: float, cos_ground: float, gcr: float, blocks: int) -> None:
    fraction = float(shaded_fraction(cos_module, cos_ground, gcr))
    kept = float(direct_kept(fraction, blocks))
    assert 0 <= kept <= 1 - fraction + 1e-12
    assert float(direct_kept(fraction, 0)) == pytest.approx(1 - fraction)


def test_modules_parallel_to_their_ground_never_shade_each_other() -> None:
    sky = sun_over_the_day()
    cosine = cos_incidence(sky, tilt_deg=20.0, azimuth_deg=180.0)
    assert not shaded_fraction(cosine, cosine, 1.0)[cosine > 0.01].any()
    assert not surface().is_self_shading
    assert surface(ground_slope_deg=0).is_self_shading


def test_a_shadow_on_one_of_three_blocks_by_hand() -> None:
    """A fifth in the shadow darkens one block of three: 0.8 x (1 - 1/4)."""
    assert direct_kept(0.2, 3) == pytest.approx(0.6)
    assert direct_kept(1.0, 3) == 0
    assert direct_kept(0.0, 3) == 1
    assert_allclose(direct_kept(np.array([0.0, 0.2]), 3), [1.0, 0.6])


@pytest.mark.parametrize("tilt_deg", [1.0, 25.0, 60.0])
@pytest.mark.parametrize("gcr", [0.2, 0.7, 1.0])
def test_view_of_the_sky_on_flat_ground_is_that_of_infinite_sheds(tilt_deg: float, gcr: float) -> None:
    from pvlib.bifacial import utils

    view, foreground = sky_and_foreground(tilt_deg, 0.0, gcr)
    assert view == pytest.approx(float(utils.vf_row_sky_2d_integ(tilt_deg, gcr)), rel=1e-6)
    assert foreground == 0


def test_rows_on_a_slope_see_over_each_other() -> None:
    flat, steep = sky_and_foreground(40.0, 0.0, 0.6)[0], sky_and_foreground(40.0, 25.0, 0.6)
    assert flat < steep[0] <= (1 + np.cos(np.radians(40))) / 2 + 1e-12
    assert sky_and_foreground(40.0, 40.0, 0.6) == pytest.approx(
        ((1 + np.cos(np.radians(40))) / 2, (1 - np.cos(np.radians(40))) / 2)
    )


def sheds(sky: Sky, tilt: float, azimuth: float, gcr: float, height: float, albedo: float) -> dict:
    up = np.cos(np.radians(sky.apparent_zenith))
    return infinite_sheds.get_irradiance_poa(
        tilt, azimuth, sky.apparent_zenith, sky.azimuth, gcr, height, 1.0,
        sky.dni * up + sky.dhi, sky.dhi, sky.dni, albedo,
    )  # fmt: skip


def low_enough(sky: Sky) -> np.ndarray:
    """Where pvlib does not cut the beam on the ground off (sun above 5 deg across the rows)."""
    turn = np.radians(sky.azimuth - 180)
    return np.abs(np.degrees(np.arctan(np.cos(turn) * np.tan(np.radians(sky.apparent_zenith))))) < 85


def test_front_of_rows_is_that_of_infinite_sheds() -> None:
    sky, gcr, tilt = sun_over_the_day(), 0.6, 30.0
    cos_module = cos_incidence(sky, tilt_deg=tilt, azimuth_deg=180.0)
    free = Light(
        sky.dni * np.maximum(cos_module, 0), 0 * sky.dni,
        sky.dhi * (1 + np.cos(np.radians(tilt))) / 2, 0 * sky.dni,
    )  # fmt: skip
    ours = among_rows(
        free, sky, tilt_deg=tilt, azimuth_deg=180.0, slope_deg=0.0, gcr=gcr, blocks=0, albedo=0.3
    )
    theirs = sheds(sky, tilt, 180.0, gcr, gcr * np.sin(np.radians(tilt)) / 2, 0.3)
    same = low_enough(sky)
    assert_allclose(ours.direct, theirs["poa_direct"], atol=1e-9)
    assert_allclose(ours.sky, theirs["poa_sky_diffuse"], rtol=1e-6)
    assert_allclose(ours.ground[same], theirs["poa_ground_diffuse"][same], rtol=1e-6)


@pytest.mark.parametrize(("gcr", "height"), [(0.4, 0.4), (0.8, 1.0)])
def test_rear_is_that_of_infinite_sheds(gcr: float, height: float) -> None:
    sky = sun_over_the_day()
    rows = surface(
        tilt_deg=20.0, ground_slope_deg=0, albedo=0.35,
        bifacial={"height_m": height * 5, "width_m": gcr * 5, "pitch_m": 5},
    )  # fmt: skip
    theirs = sheds(sky, 160.0, 0.0, gcr, height, 0.35)["poa_global"]
    same = low_enough(sky)
    assert_allclose(rear_irradiance(rows, sky)[same], theirs[same], rtol=1e-6)


def test_a_lone_high_canopy_sees_all_the_ground_lit() -> None:
    """With rows far apart and high the rear of a flat canopy receives what the ground reflects."""
    sky = noon(50.0)
    lone = surface(
        kind="canopy", tilt_deg=0.0, albedo=0.25,
        bifacial={"height_m": 50, "width_m": 1, "pitch_m": 1000},
    )  # fmt: skip
    ghi = sky.dni * np.sin(np.radians(50)) + sky.dhi
    assert_allclose(rear_irradiance(lone, sky), 0.25 * ghi, rtol=0.01)


def test_the_narrowest_rows_at_the_greatest_height_stay_small() -> None:
    """The sky is summed over as many rows as a height spans, whose number the limits of both keep low."""
    narrow = surface(tilt_deg=20.0, bifacial={"height_m": 50, "width_m": 0.1})
    assert np.all(np.isfinite(rear_irradiance(narrow, noon(50.0))))


def test_a_closed_roof_has_no_rear_gain() -> None:
    closed = surface(kind="canopy", tilt_deg=0.0, bifacial={"height_m": 3, "width_m": 10, "pitch_m": 10})
    assert_allclose(rear_irradiance(closed, noon(50.0)), 0.0, atol=1e-6)


def test_rear_takes_its_own_albedo() -> None:
    parts = {"height_m": 3, "width_m": 5, "pitch_m": 12}
    dull, white = (
        rear_irradiance(surface(tilt_deg=0.0, bifacial={**parts, "albedo": albedo}), noon(60.0))[0]
        for albedo in (0.1, 0.6)
    )
    assert white == pytest.approx(6 * dull)


def test_a_surface_without_a_rear_is_refused() -> None:
    with pytest.raises(ValueError, match="bifacial section, got none for rows"):
        rear_irradiance(surface(), noon(40.0))


def test_horizon_runs_straight_between_its_points_and_round_the_north() -> None:
    points = ((90.0, 10.0), (270.0, 20.0))
    assert_allclose(horizon_deg(points, np.array([90.0, 180.0, 270.0, 0.0])), [10, 15, 20, 15])
    assert_allclose(horizon_deg((), np.array([10.0])), 0.0)


@pytest.mark.parametrize("height_deg", [0.0, 10.0, 30.0, 60.0])
def test_even_horizon_takes_sine_squared_of_the_sky(height_deg: float) -> None:
    """A horizontal surface loses sin^2 of an even horizon's height, the closed form of its view."""
    even = ((0.0, height_deg), (180.0, height_deg))
    assert sky_view(even, 0.0, 180.0) == pytest.approx(1 - np.sin(np.radians(height_deg)) ** 2, abs=2e-3)


def test_a_wall_behind_costs_a_tilted_surface_less() -> None:
    behind, before = ((0.0, 60.0), (80.0, 0.0), (280.0, 0.0)), ((100.0, 0.0), (180.0, 60.0), (260.0, 0.0))
    assert sky_view(before, 40.0, 180.0) < sky_view(behind, 40.0, 180.0) < 1
    assert sky_view(((0.0, 30.0), (80.0, 0.0), (280.0, 0.0)), 40.0, 180.0) == 1  # below the modules' rim
    assert sky_view((), 40.0, 180.0) == 1


def test_hills_hide_a_low_sun_and_not_a_high_one() -> None:
    hills = ((0.0, 15.0), (180.0, 15.0))
    light = Light(*(np.array([value]) for value in (500.0, 50.0, 80.0, 10.0)))
    plane = {"tilt_deg": 20.0, "azimuth_deg": 180.0}
    low, high = (behind_horizon(light, hills, noon(height), **plane) for height in (14.9, 15.1))
    assert low.direct == low.circumsolar == 0
    assert high.direct == 500
    assert high.circumsolar == 50
    assert low.sky == high.sky == pytest.approx(80 * sky_view(hills, 20.0, 180.0))
    assert low.ground < high.ground < 10
    assert behind_horizon(light, (), noon(5.0), **plane) is light
    assert sky_above((), noon(5.0)).dni == 800


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[180, 10], [90, 5]], "sorted by direction"),
        ([[90, 10], [90, 5]], "sorted by direction"),
        ([[361, 10]], "directions from 0 to 360"),
        ([[90, -3]], "heights from 0 to 80"),
        ([[90, 85]], "heights from 0 to 80"),
    ],
)
def test_wrong_horizons_are_refused(points: list[list[float]], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        surface(horizon=points)


@example(
    tilt_deg=18.0, lean_deg=6.0, gcr=0.2, height_deg=2.0, turn_deg=170.0, hill_deg=0.0, dirt=0.0
)  # fmt: skip
@given(
    tilt_deg=st.floats(0, 60),
    lean_deg=st.floats(0, 30),
    gcr=st.floats(0.2, 1.0),
    height_deg=st.floats(2, 85),
    turn_deg=st.floats(0, 360),
    hill_deg=st.floats(0, 40),
    dirt=st.floats(0, 1),
)
@settings(deadline=None)
def test_no_stage_makes_light(
    tilt_deg: float,
    lean_deg: float,
    gcr: float,
    height_deg: float,
    turn_deg: float,
    hill_deg: float,
    dirt: float,
) -> None:
    """Every stage but the rear, the colour and the cold takes, and nothing goes below zero.

    Ground between rows on a slope may catch more of a low sun than the level ground before a free surface.
    """
    sky = Sky(*(np.array([value]) for value in (600.0, 150.0, 90.0 - height_deg, turn_deg)))
    rows = surface(tilt_deg=tilt_deg + lean_deg, ground_slope_deg=tilt_deg, ground_cover_ratio=gcr)
    up = np.sin(np.radians(height_deg))
    weather = pd.DataFrame(
        {
            "ghi": 600 * up + 150, "dni": 600.0, "dhi": 150.0, "dni_extra": 1361.0,
            "apparent_zenith": sky.apparent_zenith, "azimuth": sky.azimuth,
        }
    )  # fmt: skip
    poa = plane_of_array(weather, tilt_deg=rows.tilt_deg, azimuth_deg=180.0, albedo=0.2)
    made = surface_power_kw(
        rows, PvLossesSpec(), poa=poa, temp_air=np.array([20.0]), wind_speed=np.array([2.0]), sky=sky,
        horizon=((0.0, hill_deg), (180.0, hill_deg)), shares=Shares(soiling=dirt, snow=1 - dirt, ageing=0.1),
    )  # fmt: skip
    left = [made.chain[stage] for stage in CHAIN]
    can_give = {"spectrum", "rear", "temperature"}
    on_slope = cos_incidence(sky, tilt_deg=tilt_deg, azimuth_deg=180.0)[0]
    brighter_ground = 0.2 * 600 * max(on_slope - up, 0.0)  # all of it seen, none of it in shadow
    plane = (poa.direct + poa.diffuse_sky + poa.diffuse_ground)[0]
    more = {"rows": brighter_ground * left[0] / plane}
    for stage, before, after in zip(CHAIN[1:], left[:-1], left[1:], strict=True):
        assert after >= 0
        assert stage in can_give or after <= before * (1 + 1e-9) + more.get(stage, 0.0), stage
    assert made.ac_kw[0] <= rows.ac_kw * (1 + 1e-12)
