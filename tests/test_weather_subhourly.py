import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.clock import STEPS_OF_AN_HOUR, Clock
from stationsim.weather.subhourly import to_clock
from stationsim.weather.sun import extraterrestrial_w_m2, sun_at_clock

JINAN = {"latitude_deg": 36.815, "longitude_deg": 117.376, "elevation_m": 60.0}
IRRADIANCE = ["ghi", "dni", "dhi"]
STEP_TOLERANCE = 0.002
"""How far yearly beam on a plane may differ between step lengths: well inside the 0.5 % of generation."""


def days(first, last, step_minutes):
    return Clock(dt.date.fromisoformat(first), dt.date.fromisoformat(last), step_minutes, "Asia/Shanghai")


def clear_days(first, last, step_minutes=60):
    """A native frame of clear days, averaged from one minute, so that the truth inside an hour is known."""
    clock = days(first, last, 1)
    sun = sun_at_clock(clock, **JINAN)
    up = np.cos(np.radians(sun["apparent_zenith"])).clip(lower=0)
    minute = pd.DataFrame({"dni": 800 * (1 - np.exp(-8 * up)), "dhi": 90 * np.sqrt(up)}, index=clock.index)
    minute["ghi"] = minute["dni"] * up + minute["dhi"]
    hour = clock.index.hour + clock.index.minute / 60
    minute["temp_air"] = 15 - 6 * np.cos((hour - 3) / 24 * 2 * np.pi)
    minute["wind_speed"] = 2 + np.sin(hour / 24 * 2 * np.pi)
    minute["relative_humidity"] = 60 + 30 * np.cos((hour - 3) / 24 * 2 * np.pi)
    return averaged(minute, step_minutes), minute


def averaged(frame, n):
    """Means of every n rows, labelled at the first."""
    values = frame.to_numpy().reshape(-1, n, frame.shape[1]).mean(axis=1)
    return pd.DataFrame(values, index=frame.index[::n], columns=frame.columns)


def brought(native, clock):
    return to_clock(native, clock, sun_at_clock(clock, **JINAN), **JINAN)


def beam_on_plane_kwh(weather, tilt_deg, azimuth_deg):
    zenith, azimuth = np.radians(weather["apparent_zenith"]), np.radians(weather["azimuth"])
    tilt, facing = np.radians(tilt_deg), np.radians(azimuth_deg)
    cosine = np.cos(zenith) * np.cos(tilt) + np.sin(zenith) * np.sin(tilt) * np.cos(azimuth - facing)
    shines = weather["apparent_zenith"] < 90
    hours = (weather.index[1] - weather.index[0]) / pd.Timedelta(hours=1)
    return (weather["dni"] * cosine.clip(lower=0) * shines).sum() * hours / 1000


@pytest.mark.parametrize("step_minutes", STEPS_OF_AN_HOUR)
def test_every_hour_keeps_its_means_at_every_step_length(step_minutes):
    native, _ = clear_days("2025-03-01", "2025-03-03")
    weather = brought(native, days("2025-03-01", "2025-03-03", step_minutes))
    back = averaged(weather[native.columns], 60 // step_minutes)
    pd.testing.assert_frame_equal(back, native, check_freq=False, rtol=1e-12, atol=1e-9)


def test_minutes_are_near_the_minutes_that_made_the_hours():
    native, truth = clear_days("2025-06-20", "2025-06-22")
    weather = brought(native, days("2025-06-20", "2025-06-22", 1))
    for column, tolerance in {
        "ghi": 15,
        "dni": 40,
        "dhi": 5,
        "temp_air": 0.05,
        "relative_humidity": 0.3,
    }.items():
        rmse = np.sqrt(((weather[column] - truth[column]) ** 2).mean())
        assert rmse < tolerance, column


def test_no_light_at_night_and_none_above_the_sun_outside_the_air():
    native, _ = clear_days("2025-01-10", "2025-01-12")
    weather = brought(native, days("2025-01-10", "2025-01-12", 1))
    night = weather["apparent_zenith"] > 90
    assert night.sum() > 3 * 13 * 60
    assert (weather.loc[night, IRRADIANCE] == 0).all().all()
    up = np.cos(np.radians(weather["apparent_zenith"])).clip(lower=0)
    assert (weather["dni"] <= weather["dni_extra"]).all()
    assert (weather["ghi"] <= weather["dni_extra"] * up + 1e-9).all()


def test_components_that_close_in_the_hour_close_in_the_minute():
    native, _ = clear_days("2025-04-10", "2025-04-11")
    weather = brought(native, days("2025-04-10", "2025-04-11", 1))
    up = np.cos(np.radians(weather["apparent_zenith"])).clip(lower=0)
    by_day = weather["ghi"] > 50
    ratio = (weather["dhi"] + weather["dni"] * up)[by_day] / weather["ghi"][by_day]
    assert ratio.to_numpy() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("tilt_deg", "azimuth_deg"), [(0, 180), (10, 180), (25, 180), (40, 90)])
def test_a_years_beam_on_a_plane_does_not_depend_on_the_step(tilt_deg, azimuth_deg):
    native, minute = clear_days("2025-01-01", "2025-12-31")
    sun = sun_at_clock(days("2025-01-01", "2025-12-31", 1), **JINAN)
    truth = beam_on_plane_kwh(pd.concat([minute, sun], axis=1), tilt_deg, azimuth_deg)
    for step_minutes in (60, 15, 5):
        weather = brought(native, days("2025-01-01", "2025-12-31", step_minutes))
        assert beam_on_plane_kwh(weather, tilt_deg, azimuth_deg) == pytest.approx(truth, rel=STEP_TOLERANCE)


def test_an_hour_of_sunrise_carries_a_risen_sun():
    native, _ = clear_days("2025-03-20", "2025-03-20")
    weather = brought(native, days("2025-03-20", "2025-03-20", 60))
    assert (weather.loc[weather["dni"] > 0, "apparent_zenith"] < 90).all()
    assert (weather.loc[weather["dni"] == 0, "apparent_zenith"] > 90).all()


@pytest.mark.parametrize("hour", [0, 6])
def test_light_that_a_file_has_at_night_is_kept_where_the_sun_is_highest(hour):
    native, _ = clear_days("2025-12-20", "2025-12-20")
    native.iloc[hour, :3] = 4.0
    weather = brought(native, days("2025-12-20", "2025-12-20", 1))
    minutes = weather.iloc[hour * 60 : hour * 60 + 60]
    assert minutes[IRRADIANCE].mean().to_numpy() == pytest.approx(4.0)
    best = minutes["apparent_zenith"].idxmin()
    assert minutes["ghi"].idxmax() == best


def test_light_without_components_is_kept():
    native, _ = clear_days("2025-05-01", "2025-05-01")
    native[["dni", "dhi"]] = 0.0
    weather = brought(native, days("2025-05-01", "2025-05-01", 10))
    assert weather["ghi"].sum() == pytest.approx(native["ghi"].sum() * 6)
    assert weather["dni"].sum() == 0


def test_finer_files_are_averaged_to_coarser_steps():
    native, minute = clear_days("2025-05-01", "2025-05-02", 1)
    for step_minutes in (5, 20, 60):
        weather = brought(native, days("2025-05-01", "2025-05-02", step_minutes))
        expected = averaged(minute, step_minutes)
        pd.testing.assert_frame_equal(weather[minute.columns], expected, check_freq=False, rtol=1e-9)


def test_three_hourly_files_are_split_too():
    native, _ = clear_days("2025-05-01", "2025-05-02", 180)
    weather = brought(native, days("2025-05-01", "2025-05-02", 60))
    back = averaged(weather[native.columns], 3)
    pd.testing.assert_frame_equal(back, native, check_freq=False, rtol=1e-9, atol=1e-9)


def test_a_longer_file_is_cut_to_the_clock():
    native, _ = clear_days("2025-05-01", "2025-05-04")
    weather = brought(native, days("2025-05-02", "2025-05-03", 60))
    assert weather["ghi"].to_numpy() == pytest.approx(native["ghi"].to_numpy()[24:72])


def test_offsets_name_the_same_instants():
    native, _ = clear_days("2025-05-01", "2025-05-02")
    clock = days("2025-05-01", "2025-05-02", 30)
    pd.testing.assert_frame_equal(brought(native.tz_convert("UTC"), clock), brought(native, clock))


def test_a_file_that_misses_the_end_is_refused():
    native, _ = clear_days("2025-05-01", "2025-05-02")
    with pytest.raises(ValueError, match="native frame must have whole intervals"):
        brought(native.iloc[:-1], days("2025-05-01", "2025-05-02", 60))


def test_sun_outside_the_air_is_passed_on():
    native, _ = clear_days("2025-05-01", "2025-05-01")
    clock = days("2025-05-01", "2025-05-01", 60)
    assert brought(native, clock)["dni_extra"].to_numpy() == pytest.approx(extraterrestrial_w_m2(clock.index))


@settings(max_examples=30, deadline=None)
@given(
    watts=st.lists(st.floats(0, 1400), min_size=72, max_size=72),
    step_minutes=st.sampled_from([1, 5, 15, 60]),
)
def test_any_file_keeps_its_energy_and_nothing_is_negative(watts, step_minutes):
    index = days("2025-10-01", "2025-10-01", 60).index
    native = pd.DataFrame(np.reshape(watts, (24, 3)), index=index, columns=IRRADIANCE)
    native["temp_air"] = native["ghi"] / 20 - 30
    native["wind_speed"] = native["dni"] % 7
    native["relative_humidity"] = native["dhi"] % 100
    weather = brought(native, days("2025-10-01", "2025-10-01", step_minutes))
    back = averaged(weather[native.columns], 60 // step_minutes)
    assert back.to_numpy() == pytest.approx(native.to_numpy(), rel=1e-9, abs=1e-9)
    assert (weather[[*IRRADIANCE, "wind_speed", "relative_humidity"]] >= -1e-9).all().all()
    assert (weather["relative_humidity"] <= 100 + 1e-9).all()
    assert np.isfinite(weather.to_numpy()).all()
