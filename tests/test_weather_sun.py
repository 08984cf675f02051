import datetime as dt

import numpy as np
import pandas as pd
import pytest

from stationsim.clock import STEPS_OF_AN_HOUR, Clock
from stationsim.weather.sun import SOLAR_CONSTANT_W_M2, extraterrestrial_w_m2, solar_position, sun_at_clock

JINAN = {"latitude_deg": 36.815, "longitude_deg": 117.376, "elevation_m": 60.0}
TROMSO = {"latitude_deg": 69.65, "longitude_deg": 18.96, "elevation_m": 0.0}
QUITO = {"latitude_deg": -0.18, "longitude_deg": -78.47, "elevation_m": 2850.0}

FAST_TOLERANCE_DEG = 1e-5
"""What interpolating between full positions may cost; the sun itself is half a degree wide."""


def days(first, last, step_minutes=60, timezone="Asia/Shanghai"):
    return Clock(dt.date.fromisoformat(first), dt.date.fromisoformat(last), step_minutes, timezone)


def angle_between(a, b):
    def vector(sun):
        zenith, azimuth = np.radians(sun["zenith"]), np.radians(sun["azimuth"])
        return np.array([np.sin(zenith) * np.sin(azimuth), np.sin(zenith) * np.cos(azimuth), np.cos(zenith)])

    return np.degrees(np.linalg.norm(vector(a) - vector(b), axis=0))


@pytest.mark.parametrize("step_minutes", STEPS_OF_AN_HOUR)
def test_fast_sun_is_the_exact_sun_at_mid_step(step_minutes):
    clock = days("2024-02-28", "2024-03-02", step_minutes)
    middle = clock.index + pd.Timedelta(minutes=step_minutes / 2)
    fast, exact = sun_at_clock(clock, **JINAN), solar_position(middle, **JINAN)
    assert fast.index.equals(clock.index)
    assert angle_between(fast, exact).max() < FAST_TOLERANCE_DEG


@pytest.mark.parametrize(
    ("site", "timezone"), [(TROMSO, "Europe/Oslo"), (QUITO, "America/Guayaquil"), (JINAN, "Asia/Kolkata")]
)
@pytest.mark.parametrize("day", ["2025-03-20", "2025-06-21", "2025-12-21"])
def test_fast_sun_holds_near_the_pole_the_equator_and_at_half_hour_offsets(site, timezone, day):
    clock = days(day, day, 5, timezone)
    fast = sun_at_clock(clock, **site)
    exact = solar_position(clock.index + pd.Timedelta(minutes=2.5), **site)
    assert angle_between(fast, exact).max() < FAST_TOLERANCE_DEG
    assert fast["apparent_zenith"].to_numpy() == pytest.approx(exact["apparent_zenith"].to_numpy(), abs=1e-4)


def test_air_lifts_the_sun_by_half_a_degree_at_the_horizon_and_hardly_overhead():
    sun = sun_at_clock(days("2025-06-21", "2025-06-21", 1), **JINAN)
    lift = sun["zenith"] - sun["apparent_zenith"]
    assert lift[(sun["zenith"] - 90).abs() < 0.2].mean() == pytest.approx(0.48, abs=0.05)
    assert lift[sun["zenith"] < 20].max() < 0.01
    assert (lift[sun["zenith"] > 91] == 0).all()


def test_sun_culminates_in_the_south_at_the_height_that_latitude_and_declination_give():
    sun = sun_at_clock(days("2025-06-21", "2025-06-21", 1), **JINAN)
    noon = sun.loc[sun["zenith"].idxmin()]
    assert noon["zenith"] == pytest.approx(36.815 - 23.436, abs=0.01)
    assert noon["azimuth"] == pytest.approx(180, abs=1)


def test_earth_is_nearest_the_sun_in_january():
    year = pd.date_range("2025-01-01", "2025-12-31", freq="D", tz="Etc/GMT-8")
    beam = extraterrestrial_w_m2(year)
    assert year[beam.argmax()].month == 1
    assert year[beam.argmin()].month == 7
    assert beam.mean() == pytest.approx(SOLAR_CONSTANT_W_M2, rel=0.002)
    assert beam.max() / beam.min() == pytest.approx(1.069, abs=0.003)


def test_changing_clocks_do_not_break_the_pattern_of_the_hour():
    clock = days("2025-03-29", "2025-03-31", 15, "Europe/Berlin")
    fast = sun_at_clock(clock, **TROMSO)
    exact = solar_position(clock.index + pd.Timedelta(minutes=7.5), **TROMSO)
    assert len(fast) == clock.n_steps == 71 * 4
    assert angle_between(fast, exact).max() < FAST_TOLERANCE_DEG


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="time-zone aware"):
        solar_position(pd.DatetimeIndex(["2025-06-21 12:00"]), **JINAN)
