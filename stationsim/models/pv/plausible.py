"""What a place can yield at most, for claims and for runs that cannot be right."""

from __future__ import annotations

HIGHEST_TILT_GAIN = 1.2
"""Light on the best fixed tilt over that on the horizontal, up to the middle latitudes."""
GAIN_LATITUDE_DEG = 50.0
GAIN_PER_DEGREE = 0.02
"""From this latitude on, that gain grows by so much a degree: low suns reward steep tilts. Assumed."""
HIGHEST_PERFORMANCE = 0.95
"""Highest believable performance ratio of a year; plants have 0.75 to 0.88."""
HIGHEST_REAR_GAIN = 1.2
"""What a rear side can add at most; rows over white ground gain some 20 %."""


def most_kwh_per_kwp(ghi_kwh_m2: float, *, latitude_deg: float, bifacial: bool = False) -> float:
    """Return the yield of a year [kWh/kWp] above which no fixed surface of a place can be.

    Parameters
    ----------
    ghi_kwh_m2
        Light of the year on the horizontal [kWh/m2].
    latitude_deg
        Latitude of the place [deg].
    bifacial
        Whether the modules have a rear side that works.

    Examples
    --------
    A place with 1,200 kWh/m2 at 30 deg north allows 1,368 kWh/kWp.

    >>> round(most_kwh_per_kwp(1200.0, latitude_deg=30.0))
    1368
    """
    steep = max(abs(latitude_deg) - GAIN_LATITUDE_DEG, 0.0) * GAIN_PER_DEGREE
    rear = HIGHEST_REAR_GAIN if bifacial else 1.0
    return ghi_kwh_m2 * (HIGHEST_TILT_GAIN + steep) * HIGHEST_PERFORMANCE * rear
