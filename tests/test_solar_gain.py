"""The sun in a zone: glass by angle, overhangs, walls that face any way, and what radiates to the sky."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.models.zone import (
    ROOF,
    FloorSpec,
    Light,
    OpaqueSpec,
    OverhangSpec,
    Plane,
    PlaneLight,
    WallSpec,
    WindowSpec,
    ZoneSpec,
    glass_factors,
    hemispherical,
    hidden_sky_share,
    karlsson_roos,
    planes_of,
    shaded_share,
    solar_gain_w,
    under_canopy,
    windows_of,
)

NORTH, EAST, SOUTH, WEST = (Plane(90.0, azimuth) for azimuth in (0.0, 90.0, 180.0, 270.0))


def zone(**changes):
    fields = {
        "floor_area_m2": 1000.0,
        "height_m": 4.0,
        "walls": WallSpec(u_value_w_m2k=0.5, area_m2=400.0),
        "roof": OpaqueSpec(u_value_w_m2k=0.45, area_m2=1000.0),
        "floor": FloorSpec(u_value_w_m2k=0.5, area_m2=1000.0),
        "windows": WindowSpec(
            u_value_w_m2k=2.5, g_value=0.5, incidence="iso13790", area_south_m2=100.0, area_north_m2=60.0
        ),
        "air_change_per_h": 1.0,
    }
    return ZoneSpec(**{**fields, **changes})


def light(
    direct=None, sky=None, *, aoi=0.0, zenith=60.0, azimuth=180.0, planes=(NORTH, EAST, SOUTH, WEST, ROOF)
):
    """Return light on planes, all else dark."""
    direct, sky = direct or {}, sky or {}
    column = np.atleast_1d
    return Light(
        {
            plane: PlaneLight(
                column(direct.get(plane, 0.0)),
                column(sky.get(plane, 0.0)),
                column(0.0 * np.asarray(direct.get(plane, sky.get(plane, 0.0)))),
                column(aoi + 0.0 * np.asarray(direct.get(plane, 0.0))),
            )
            for plane in planes
        },
        column(zenith),
        column(azimuth),
    )


def test_by_hand_with_the_factor_of_iso_13790():
    found = solar_gain_w(zone(), light({NORTH: 100.0, SOUTH: 500.0, ROOF: 600.0}))
    glass = 0.5 * 0.9 * 0.8 * (60 * 100 + 100 * 500)
    opaque = 0.6 * 0.04 * (0.5 * 100 * (100 + 500) + 0.45 * 1000 * 600)
    sky = 4.5 * 11 * 0.04 * (0.5 * (0.5 * 400 + 2.5 * 160) + 0.45 * 1000)
    assert found == pytest.approx([glass + opaque - sky])


def test_arrays_equal_scalars():
    values = [0.0, 80.0, 300.0]
    spec = zone()
    together = solar_gain_w(
        spec, light({SOUTH: np.array(values)}, zenith=np.full(3, 60.0), azimuth=np.full(3, 180.0))
    )
    each = [solar_gain_w(spec, light({SOUTH: value}))[0] for value in values]
    assert together == pytest.approx(each)
    assert each[0] < 0 < each[2]


@pytest.mark.parametrize(
    ("angle", "factor"), [(0, 1.0), (30, 0.990), (60, 0.876), (70, 0.700), (80, 0.391), (90, 0.0)]
)
def test_double_clear_glass_by_karlsson_and_roos(angle, factor):
    """a = 8, b = 1/16, c = -7.0625; alpha = 8, beta = 2, gamma = 8.62 for two clear panes."""
    z = angle / 90
    by_hand = 1 - 8 * z**8 - z**2 / 16 + 7.0625 * z**8.62
    assert karlsson_roos(np.array([float(angle)]), panes=2) == pytest.approx([by_hand], abs=1e-12)
    assert by_hand == pytest.approx(factor, abs=0.01)


@given(st.floats(0, 89), st.floats(0.01, 1), st.integers(1, 4))
def test_glass_never_passes_more_when_light_comes_more_aslant(angle, more, panes):
    one, other = karlsson_roos(np.array([angle, angle + more]), panes=panes)
    assert 1 + 1e-9 >= one >= other - 1e-9 >= -1e-9


def test_diffuse_light_passes_by_the_mean_over_the_hemisphere():
    """ISO 13790 takes 0.9 for clear glass; more panes keep more of it out."""
    means = [hemispherical(panes) for panes in (1, 2, 3)]
    assert means[0] > means[1] > means[2]
    assert means[1] == pytest.approx(0.87, abs=0.03)


def test_the_fit_of_the_standard_box():
    """1 - 0.189 x + 0.644 x2 - 0.596 x3 with x in rad: 0.8237 at 60 deg; diffuse light is not reduced."""
    beam, diffuse = glass_factors(np.array([0.0, 60.0, 90.0]), incidence="bestest", panes=2)
    assert beam == pytest.approx([1.0, 0.8240, 0.0], abs=2e-3)
    assert diffuse == 1.0


def test_one_pane_of_glass_lets_in_what_its_window_says():
    spec = WindowSpec(
        u_value_w_m2k=2.0,
        g_value=0.6,
        frame_share=0.25,
        shading_factor=0.5,
        area_west_m2=10.0,
        faces=[
            {"azimuth_deg": 135.0, "area_m2": 4.0, "g_value": 0.3, "u_value_w_m2k": 1.0},
            {"azimuth_deg": 0.0, "tilt_deg": 0.0, "area_m2": 2.0, "shading_factor": 1.0},
        ],
    )
    west, corner, skylight = windows_of(spec)
    assert west[:4] == (WEST, 10.0, 2.0, pytest.approx(0.225))
    assert corner[:4] == (Plane(90.0, 135.0), 4.0, 1.0, pytest.approx(0.1125))
    assert skylight[:4] == (Plane(0.0, 0.0), 2.0, 2.0, pytest.approx(0.45))


def test_planes_are_those_that_face_somewhere():
    walls = WallSpec(u_value_w_m2k=0.5, area_south_m2=10.0, faces=[{"azimuth_deg": 33.0, "area_m2": 5.0}])
    windows = WindowSpec(u_value_w_m2k=2.5, g_value=0.5, area_east_m2=10.0)
    assert planes_of(zone(walls=walls, windows=windows)) == {ROOF, SOUTH, EAST, Plane(90.0, 33.0)}


def test_an_overhang_throws_its_shadow_by_the_profile_angle():
    """1 m deep, the sun at 45 deg straight ahead: a shadow of 1 m, 0.2 m of it above the 2 m of glass."""
    overhang = OverhangSpec(depth_m=1.0, window_height_m=2.0, gap_m=0.2)
    straight = shaded_share(overhang, SOUTH, zenith=np.array([45.0]), azimuth=np.array([180.0]))
    assert straight == pytest.approx([0.4])
    aside = shaded_share(overhang, SOUTH, zenith=np.array([45.0]), azimuth=np.array([240.0]))
    assert aside == pytest.approx([0.9])  # tan(45) / cos(60) = 2 m
    behind = shaded_share(overhang, SOUTH, zenith=np.array([45.0]), azimuth=np.array([0.0]))
    assert behind == [0.0]


def test_an_overhang_hides_part_of_the_sky():
    """Crossed strings by hand: depth and height 1 m, no gap: (1 + 1 - sqrt 2) / 2 of half the sky."""
    overhang = OverhangSpec(depth_m=1.0, window_height_m=1.0)
    assert hidden_sky_share(overhang) == pytest.approx((2 - 2**0.5) / 2 / 0.5)
    assert hidden_sky_share(OverhangSpec(depth_m=0.0, window_height_m=1.0)) == 0


def test_an_overhang_keeps_sun_out():
    windows = {"u_value_w_m2k": 0.0, "g_value": 1.0, "incidence": "iso13790", "area_south_m2": 10.0}
    eaves = {"depth_m": 1.0, "window_height_m": 2.0}
    open_, shaded = (
        solar_gain_w(zone(windows=windows | more), light({SOUTH: 400.0}, {SOUTH: 100.0}, zenith=45.0))
        for more in ({}, {"overhang": eaves})
    )
    hidden = 400 * 0.5 + 100 * hidden_sky_share(OverhangSpec(**eaves))
    assert open_ - shaded == pytest.approx([10 * 0.8 * 0.9 * hidden])


def test_a_canopy_hides_sun_and_sky_but_not_the_ground():
    plane = PlaneLight(*(np.array([value]) for value in (100.0, 50.0, 20.0, 30.0)))
    assert under_canopy(plane, 0.4).poa_global == pytest.approx([60 + 30 + 20])
