"""Lamps in the zones of the building and outdoors."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.lighting import (
    GROUND_W_PER_M2,
    ROOM_W_PER_M2,
    LampZone,
    LightingSpec,
    OutdoorLamps,
    indoor_lighting_kw,
    lighting,
    mean_ramp,
    outdoor_lighting_kw,
    step_ramp,
)

HALL = LampZone(
    name="hall",
    floor_area_m2=4000,
    power_density_w_per_m2=9,
    always_on_share=0.5,
    full_light_people=600,
    daylight_share=0.3,
    daylight_full_deg=20,
)
PARKING = OutdoorLamps(name="parking", power_kw=25)
SPEC = LightingSpec(zones=(HALL,), outdoor=(PARKING,))
STEP_TOLERANCE = 0.005
"""What the step may change in a scheduled load."""


def indoors(zone, *, elevation_deg=-20.0, occupancy=0.0, hour=12.0, dt_h=1.0):
    return indoor_lighting_kw(
        zone, elevation_deg=elevation_deg, occupancy=occupancy, civil_hour=hour, dt_h=dt_h
    )


def outdoors(lamps, *, elevation_deg=-20.0, hour=20.0, dt_h=1.0):
    return outdoor_lighting_kw(
        tuple(np.atleast_1d(lamps)), elevation_deg=elevation_deg, civil_hour=hour, dt_h=dt_h
    )


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
        assert outdoors(PARKING, elevation_deg=elevation_deg) == pytest.approx(power_kw)


def test_outdoor_power_follows_the_kind_of_ground():
    for kind, w_per_m2 in GROUND_W_PER_M2.items():
        lamps = OutdoorLamps(name="ground", kind=kind, area_m2=10_000)
        assert lamps.installed_kw == pytest.approx(10 * w_per_m2)
    own = OutdoorLamps(name="ground", kind="canopy", area_m2=1000, power_density_w_per_m2=0.8)
    assert own.installed_kw == pytest.approx(0.8)


def test_late_at_night_some_lamps_are_dimmed():
    lamps = (PARKING.model_copy(update={"dimmed_share": 0.4}), OutdoorLamps(name="signs", power_kw=2))
    for hour, power_kw in [(23, 27), (0, 12), (5, 12), (6, 27)]:
        assert outdoors(lamps, hour=hour) == pytest.approx(power_kw)


def test_a_dimming_over_midnight_saves_its_hours():
    lamps = OutdoorLamps(name="road", power_kw=10, dim_from=23.0, dim_to=5.0, dimmed_share=0.5)
    power = outdoors(lamps, elevation_deg=np.full(24, -20.0), hour=np.arange(24.0))
    assert power.sum() == pytest.approx(18 * 10 + 6 * 5)


def test_halls_keep_half_their_light_and_add_the_rest_with_people():
    for occupancy, power_kw in [(0, 18), (300, 27), (600, 36), (2000, 36)]:
        assert indoors(HALL, occupancy=occupancy) == pytest.approx(power_kw)


def test_installed_power_follows_the_kind_of_room():
    for kind, w_per_m2 in ROOM_W_PER_M2.items():
        zone = LampZone(name="room", kind=kind, floor_area_m2=1000)
        assert zone.installed_kw == pytest.approx(w_per_m2)
        assert indoors(zone) == pytest.approx(w_per_m2)  # nothing that people would have to switch on


def test_a_closed_zone_keeps_a_tenth():
    shop = LampZone(name="shop", kind="shop", floor_area_m2=1000, open_from=6.0, open_to=22.5)
    for hour, power_kw in [(3, 0.9), (6, 9), (21, 9), (22, 4.95), (23, 0.9)]:
        assert indoors(shop, hour=hour) == pytest.approx(power_kw)


def test_high_sun_replaces_the_daylight_share():
    full_kw = indoors(HALL, occupancy=600)
    assert indoors(HALL, elevation_deg=10, occupancy=600) == pytest.approx(0.85 * full_kw)
    assert indoors(HALL, elevation_deg=60, occupancy=600) == pytest.approx(0.7 * full_kw)


def test_without_daylight_control_the_sun_changes_nothing_indoors():
    plain = HALL.model_copy(update={"daylight_share": 0.0})
    assert indoors(plain, elevation_deg=60, occupancy=600) == pytest.approx(36)


def test_all_lamps_are_those_of_the_zones_and_outdoors():
    shop = LampZone(name="shop", kind="shop", floor_area_m2=500)
    kitchen = LampZone(name="hall", kind="kitchen", floor_area_m2=100)
    spec = LightingSpec(zones=(HALL, shop, kitchen), outdoor=(PARKING,))
    follows = {"elevation_deg": sun_elevation_deg(15), "civil_hour": np.arange(0, 24, 0.25), "dt_h": 0.25}
    power = lighting(spec, occupancy=people(15, 1), **follows)
    assert set(power.zones) == {"hall", "shop"}
    one = indoor_lighting_kw(HALL, occupancy=people(15, 1), **follows)
    np.testing.assert_allclose(power.zones["hall"], one + 0.9)
    np.testing.assert_allclose(power.total_kw, power.zones["hall"] + 4.5 + power.outdoor_kw)


def test_a_station_without_lamps_is_dark():
    power = lighting(
        LightingSpec(), elevation_deg=[-20.0, 20.0], occupancy=[9, 9], civil_hour=[0, 12], dt_h=1
    )
    assert power.zones == {}
    assert power.total_kw.tolist() == [0, 0]


def test_a_ramp_crossed_evenly_is_half_and_a_still_sun_has_its_value():
    np.testing.assert_allclose(mean_ramp([-6.0, 0.0, 6.0], zero_deg=-3, one_deg=3), [0, 0.5, 1], atol=1e-12)
    np.testing.assert_allclose(mean_ramp([1.5, 1.5, 1.5], zero_deg=0, one_deg=6), 0.25)


def test_the_mean_ramp_of_an_hour_is_the_mean_of_its_minutes():
    fine = mean_ramp(sun_elevation_deg(1), zero_deg=-6, one_deg=0).reshape(24, 60).mean(axis=1)
    long = step_ramp(sun_elevation_deg(60), zero_deg=-6, one_deg=0, dt_h=1)
    np.testing.assert_allclose(long[1:-1], fine[1:-1], atol=0.005)


@pytest.mark.parametrize("first_day", [80, 172, 355])
@pytest.mark.parametrize("step_minutes", [5, 15, 60])
def test_the_step_changes_the_energy_by_less_than_half_a_percent(step_minutes, first_day):
    dimmed = LightingSpec(zones=(HALL,), outdoor=(PARKING.model_copy(update={"dimmed_share": 0.5}),))

    def energy_kwh(step):
        power = lighting(
            dimmed,
            elevation_deg=sun_elevation_deg(step, n_days=3, first_day=first_day),
            occupancy=people(step, 3),
            civil_hour=np.arange(0, 3 * 1440, step) / 60 % 24,
            dt_h=step / 60,
        )
        return power.total_kw.sum() * step / 60

    assert energy_kwh(step_minutes) == pytest.approx(energy_kwh(1), rel=STEP_TOLERANCE)


def test_polar_night_and_midnight_sun():
    winter = outdoors(PARKING, elevation_deg=sun_elevation_deg(15, first_day=355, latitude_deg=85), dt_h=0.25)
    summer = outdoors(PARKING, elevation_deg=sun_elevation_deg(15, first_day=172, latitude_deg=85), dt_h=0.25)
    np.testing.assert_allclose(winter, 25)
    np.testing.assert_allclose(summer, 0)


@pytest.mark.parametrize("wrong", [{"floor_area_m2": 0}, {"always_on_share": 50}, {"kind": "barn"}])
def test_zones_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        LampZone.model_validate({**HALL.model_dump(), "open_from": 0.0, "open_to": 24.0, **wrong})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "either area_m2 or power_kw"),
        ({"area_m2": 100, "power_kw": 2}, "either area_m2 or power_kw"),
        ({"power_kw": 2, "power_density_w_per_m2": 1}, "must go with area_m2"),
        ({"power_kw": -1}, "greater than or equal to 0"),
    ],
)
def test_outdoor_lamps_need_an_area_or_a_power(wrong, message):
    with pytest.raises(ValidationError, match=message):
        OutdoorLamps.model_validate({"name": "parking", **wrong})
