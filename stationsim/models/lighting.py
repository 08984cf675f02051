"""Lighting: halls that follow people and daylight, outdoor lamps that follow dusk."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationsim.spec import Fraction, NonNegative, Positive, Spec

DUSK_BEGINS_DEG = 0.0
"""Sun elevation at which outdoor lamps begin to come on: sunset [deg]."""

DUSK_ENDS_DEG = -6.0
"""Sun elevation at which outdoor lamps are fully on: end of civil twilight [deg]."""

DAYLIGHT_BEGINS_DEG = 0.0
"""Sun elevation at which daylight begins to replace lamps indoors [deg]."""

STILL_DEG = 1e-9
"""Movement of the sun within a step below which it stands still [deg]."""

W_PER_KW = 1000.0


class LightingSpec(Spec):
    """Lamps of the halls, open day and night, and of roads, parking and canopies."""

    floor_area_m2: Positive
    """Lit floor area of the halls [m2]."""

    power_density_w_per_m2: NonNegative = 9.0
    """Installed power of the hall lamps [W/m2]; the default is the limit of GB 50189-2015."""

    always_on_share: Fraction = 0.5
    """Share of the hall lamps that burns with nobody there, the others following people; assumed."""

    full_light_people: Positive
    """People present from which on every hall lamp burns."""

    daylight_share: Fraction = 0.0
    """Share of the hall lamps that high sun replaces; 0, the default, is halls without daylight control."""

    daylight_full_deg: Positive = 20.0
    """Sun elevation from which on daylight replaces all of that share [deg]; assumed, clouds are not seen."""

    outdoor_kw: NonNegative
    """Power of all outdoor lamps at night [kW]."""


def mean_ramp(elevation_deg: ArrayLike, *, zero_deg: float, one_deg: float) -> NDArray[np.float64]:
    """Return the mean over each step of a ramp from 0 to 1 in sun elevation.

    Parameters
    ----------
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    zero_deg, one_deg
        Elevations at which the ramp is 0 and 1, the first below the second [deg].

    Notes
    -----
    The sun is taken to move evenly within a step, between the means of neighbouring middles; the ramp's
    integral G then gives its mean (G(e1) - G(e0)) / (e1 - e0). A step of an hour, in which dusk begins and
    ends, so agrees with steps of a minute.
    """
    middle = np.atleast_1d(np.asarray(elevation_deg, dtype=float))
    inner = (middle[1:] + middle[:-1]) / 2
    first, last = 2 * middle[0] - inner[:1], 2 * middle[-1] - inner[-1:]
    if middle.size == 1:
        first = last = middle
    start, end = np.concatenate([first, inner]), np.concatenate([inner, last])
    width = one_deg - zero_deg

    def integral(elevation: NDArray[np.float64]) -> NDArray[np.float64]:
        above = np.clip(elevation - zero_deg, 0, width)
        return above**2 / (2 * width) + np.maximum(elevation - one_deg, 0)

    moved = end - start
    still = np.abs(moved) < STILL_DEG
    value = np.clip((middle - zero_deg) / width, 0, 1)
    return np.where(still, value, (integral(end) - integral(start)) / np.where(still, 1, moved))


def outdoor_lighting_kw(spec: LightingSpec, elevation_deg: ArrayLike) -> NDArray[np.float64]:
    """Return the power of the outdoor lamps, dimmed up from sunset to the end of civil twilight [kW].

    Parameters
    ----------
    spec
        Lamps.
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    """
    return spec.outdoor_kw * (1 - mean_ramp(elevation_deg, zero_deg=DUSK_ENDS_DEG, one_deg=DUSK_BEGINS_DEG))


def indoor_lighting_kw(
    spec: LightingSpec, *, elevation_deg: ArrayLike, occupancy: ArrayLike
) -> NDArray[np.float64]:
    """Return the power of the hall lamps [kW].

    Parameters
    ----------
    spec
        Lamps.
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    occupancy
        People present, mean over each step.
    """
    installed_kw = spec.floor_area_m2 * spec.power_density_w_per_m2 / W_PER_KW
    present = np.minimum(np.asarray(occupancy, dtype=float) / spec.full_light_people, 1)
    burning = spec.always_on_share + (1 - spec.always_on_share) * present
    daylight = mean_ramp(elevation_deg, zero_deg=DAYLIGHT_BEGINS_DEG, one_deg=spec.daylight_full_deg)
    power: NDArray[np.float64] = installed_kw * burning * (1 - spec.daylight_share * daylight)
    return power


def lighting_kw(spec: LightingSpec, *, elevation_deg: ArrayLike, occupancy: ArrayLike) -> NDArray[np.float64]:
    """Return the power of all lamps, indoors and outdoors [kW].

    Parameters
    ----------
    spec
        Lamps.
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    occupancy
        People present, mean over each step.
    """
    indoor_kw = indoor_lighting_kw(spec, elevation_deg=elevation_deg, occupancy=occupancy)
    return indoor_kw + outdoor_lighting_kw(spec, elevation_deg)
