"""The position of the sun against the published example of its algorithm."""

from __future__ import annotations

from stationsim.prove.case import Case, within

SOURCE = "Reda and Andreas (2008), NREL/TP-560-34302, table A5.1"
REFRACTION_TOLERANCE_DEG = 0.02
"""The example states its pressure and temperature; stationsim takes them from the height of the site."""

AZIMUTH_TOLERANCE_DEG = 0.001
"""Refraction does not touch the azimuth."""


def quick() -> list[Case]:
    """Return the example of the algorithm's report."""
    import pandas as pd

    from stationsim.weather.sun import solar_position

    times = pd.DatetimeIndex(["2003-10-17 12:30:30-07:00"])
    sun = solar_position(times, latitude_deg=39.742476, longitude_deg=-105.1786, elevation_m=1830.14).iloc[0]
    return [
        within(
            "Sun, apparent zenith, Golden CO, 2003-10-17 12:30:30", SOURCE,
            expected=50.11162, got=sun["apparent_zenith"], absolute=REFRACTION_TOLERANCE_DEG, unit="deg",
        ),
        within(
            "Sun, azimuth, Golden CO, 2003-10-17 12:30:30", SOURCE,
            expected=194.34024, got=sun["azimuth"], absolute=AZIMUTH_TOLERANCE_DEG, unit="deg",
        ),
    ]  # fmt: skip


def long() -> list[Case]:
    """Return nothing: the example is quick."""
    return []
