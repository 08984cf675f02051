"""Lamps in halls and outdoors."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.lighting import (
    LightingSpec,
    indoor_lighting_kw,
    lighting_kw,
    mean_ramp,
    outdoor_lighting_kw,
)

SPEC = LightingSpec(
    floor_area_m2=4000,
    power_density_w_per_m2=9,
    always_on_share=0.5,
    full_light_people=600,
    daylight_share=0.3,
    daylight_full_deg=20,
    outdoor_kw=25,
)
STEP_TOLERANCE = 0.005
"""What the step may change in a scheduled load."""


def sun_elevation_deg(step_minutes, *, n_days=1, first_day=80, latitude_deg=36.8):
    """Elevation in the middle of steps, by the textbook formula with Cooper's declination."""
    minute = np.arange(0, n_days * 1440, step_minutes) + step_minutes / 2
    day = first_day + minute // 1440
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    hour_angle = 2 * np.pi * (minute / 1440 - 0.5)
    latitude = np.radians(latitude_deg)
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(
        hour_angle
    )
    return np.degrees(np.arcsin(sine))


def people(step_minutes, n_days):
    minute = np.arange(n_days * 1440)
    crowd = 380 - 330 * np.cos(2 * np.pi * (minute / 1440 - 0.08))
    return crowd.reshape(-1, step_minutes).mean(axis=1)


def test_outdoor_lamps_are_on_at_night_off_by_day_and_half_on_at_dusk():
    for elevation_deg, power_kw in [(-40, 25), (-6, 25), (-3, 12.5), (0, 0), (50, 0)]:
        assert outdoor_lighting_kw(SPEC, elevation_deg) == pytest.approx(power_kw)


def test_halls_keep_half_their_light_and_add_the_rest_with_people():
    for occupancy, power_kw in [(0, 18), (300, 27), (600, 36), (2000, 36)]:
        assert indoor_lighting_kw(SPEC, elevation_deg=-20, occupancy=occupancy) == pytest.approx(power_kw)


def test_high_sun_replaces_the_daylight_share():
    full_kw = indoor_lighting_kw(SPEC, elevation_deg=-20, occupancy=600)
    assert indoor_lighting_kw(SPEC, elevation_deg=10, occupancy=600) == pytest.approx(0.85 * full_kw)
    assert indoor_lighting_kw(SPEC, elevation_deg=60, occupancy=600) == pytest.approx(0.7 * full_kw)


def test_without_daylight_control_the_sun_changes_nothing_indoors():
    plain = SPEC.model_copy(update={"daylight_share": 0.0})
    assert indoor_lighting_kw(plain, elevation_deg=60, occupancy=600) == pytest.approx(36)


def test_all_lamps_are_those_indoors_and_outdoors():
    elevation_deg, occupancy = sun_elevation_deg(15), people(15, 1)
    indoor_kw = indoor_lighting_kw(SPEC, elevation_deg=elevation_deg, occupancy=occupancy)
    np.testing.assert_array_equal(
        lighting_kw(SPEC, elevation_deg=elevation_deg, occupancy=occupancy),
        indoor_kw + outdoor_lighting_kw(SPEC, elevation_deg),
    )


def test_a_ramp_crossed_evenly_is_half_and_a_still_sun_has_its_value():
    np.testing.assert_allclose(mean_ramp([-6.0, 0.0, 6.0], zero_deg=-3, one_deg=3), [0, 0.5, 1], atol=1e-12)
    np.testing.assert_allclose(mean_ramp([1.5, 1.5, 1.5], zero_deg=0, one_deg=6), 0.25)


def test_the_mean_ramp_of_a_step_is_the_mean_of_its_minutes():
    fine = mean_ramp(sun_elevation_deg(1), zero_deg=-6, one_deg=0).reshape(24, 60).mean(axis=1)
    np.testing.assert_allclose(mean_ramp(sun_elevation_deg(60), zero_deg=-6, one_deg=0), fine, atol=0.04)


@pytest.mark.parametrize("first_day", [80, 172, 355])
@pytest.mark.parametrize("step_minutes", [5, 15, 60])
def test_the_step_changes_the_energy_by_less_than_half_a_percent(step_minutes, first_day):
    def energy_kwh(step):
        elevation_deg = sun_elevation_deg(step, n_days=3, first_day=first_day)
        power_kw = lighting_kw(SPEC, elevation_deg=elevation_deg, occupancy=people(step, 3))
        return power_kw.sum() * step / 60

    assert energy_kwh(step_minutes) == pytest.approx(energy_kwh(1), rel=STEP_TOLERANCE)


def test_polar_night_and_midnight_sun():
    winter = outdoor_lighting_kw(SPEC, sun_elevation_deg(15, first_day=355, latitude_deg=85))
    summer = outdoor_lighting_kw(SPEC, sun_elevation_deg(15, first_day=172, latitude_deg=85))
    np.testing.assert_allclose(winter, 25)
    np.testing.assert_allclose(summer, 0)


@pytest.mark.parametrize("wrong", [{"floor_area_m2": 0}, {"always_on_share": 50}, {"outdoor_kw": -1}])
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        LightingSpec.model_validate({**SPEC.model_dump(), **wrong})
