"""Lighting: lamps of each zone that follow people, daylight and opening; lamps outdoors that follow dusk."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.hours import OpeningHours, open_share, window_share
from stationsim.spec import ClockHour, Fraction, Identifier, NonNegative, Positive, Spec

DUSK_BEGINS_DEG = 0.0
"""Sun elevation at which outdoor lamps begin to come on: sunset [deg]."""

DUSK_ENDS_DEG = -6.0
"""Sun elevation at which outdoor lamps are fully on: end of civil twilight [deg]."""

DAYLIGHT_BEGINS_DEG = 0.0
"""Sun elevation at which daylight begins to replace lamps indoors [deg]."""

FINE_MINUTES = 10.0
"""Longest part of a step in which the sun is taken to move evenly [min]."""

STILL_DEG = 1e-9
"""Movement of the sun within a step below which it stands still [deg]."""

W_PER_KW = 1000.0

RoomKind = Literal["hall", "restaurant", "shop", "washrooms", "kitchen", "office"]
GroundKind = Literal["parking", "canopy", "road", "grounds"]

ROOM_W_PER_M2: dict[RoomKind, float] = {
    "hall": 9.0,
    "restaurant": 8.0,
    "shop": 9.0,
    "washrooms": 5.0,
    "kitchen": 9.0,
    "office": 8.0,
}
"""Installed power of lamps by kind of room [W/m2]: limits of GB 55015-2021, section 3.3, for a shop of 300
lx, a Chinese restaurant of 200 lx, better washrooms of 150 lx and an office of 300 lx; a hall and a kitchen
have the 9 W/m2 of GB 50189-2015, assumed."""

GROUND_W_PER_M2: dict[GroundKind, float] = {"parking": 1.1, "canopy": 4.3, "road": 1.1, "grounds": 0.5}
"""Installed power of lamps by kind of ground [W/m2]: ASHRAE 90.1-2010, table 9.4.3-B, lighting zone 3,
uncovered parking and drives 0.10 W/ft2, canopies 0.40 W/ft2; grounds, half of the first, are assumed."""


class LampZone(OpeningHours):
    """Lamps of one zone of the building."""

    name: Identifier
    """Zone of the building that the lamps stand in and warm."""

    kind: RoomKind = "hall"
    """What the zone is, which decides the installed power where that is left out."""

    floor_area_m2: Annotated[Positive, Field(le=1e6)]
    """Lit floor area [m2]."""

    power_density_w_per_m2: Annotated[NonNegative, Field(le=1000)] | None = None
    """Installed power [W/m2]; left out, by kind: 5 (washrooms) to 9 (hall, shop), GB 55015-2021."""

    always_on_share: Fraction = 0.5
    """Share that burns with nobody there while open, the others following people; assumed."""

    full_light_people: Annotated[Positive, Field(le=1e6)] | None = None
    """People present at the station from which on every lamp burns; left out, all burn while open."""

    closed_share: Fraction = 0.1
    """Share that burns while the zone is closed, for guards and cleaning; assumed."""

    daylight_share: Fraction = 0.0
    """Share of the lamps that high sun replaces; 0, the default, is a zone without daylight control."""

    daylight_full_deg: Annotated[Positive, Field(le=90)] = 20.0
    """Sun elevation from which on daylight replaces all of that share [deg]; assumed, clouds are not seen."""

    @property
    def installed_kw(self) -> float:
        """Installed power [kW]."""
        density = self.power_density_w_per_m2
        return self.floor_area_m2 * (ROOM_W_PER_M2[self.kind] if density is None else density) / W_PER_KW


class OutdoorLamps(Spec):
    """Lamps over one kind of ground, or signs, on from dusk to dawn."""

    name: Identifier
    """What is lit."""

    kind: GroundKind = "parking"
    """What the ground is, which decides the installed power where that is left out."""

    area_m2: Annotated[NonNegative, Field(le=1e7)] | None = None
    """Lit area [m2]; left out where the power is given."""

    power_density_w_per_m2: Annotated[NonNegative, Field(le=1000)] | None = None
    """Installed power [W/m2]; left out, by kind: 1.1 parking and roads, 4.3 canopies, ASHRAE 90.1-2010."""

    power_kw: Annotated[NonNegative, Field(le=1e5)] | None = None
    """Installed power of lamps without an area, such as signs [kW]."""

    dim_from: ClockHour = 0.0
    """Civil time from which the lamps are dimmed, HH:MM; the default is midnight, ASHRAE 90.1-2019."""

    dim_to: ClockHour = 6.0
    """Civil time until which the lamps are dimmed, HH:MM; the default is ASHRAE 90.1-2019's."""

    dimmed_share: Fraction = 1.0
    """Share of the power that dimmed lamps take; 1, the default, is none, 0.5 what ASHRAE 90.1-2019 asks."""

    @model_validator(mode="after")
    def _area_or_power(self) -> OutdoorLamps:
        if (self.area_m2 is None) == (self.power_kw is None):
            raise ValueError("must have either area_m2 or power_kw")
        if self.power_kw is not None and self.power_density_w_per_m2 is not None:
            raise ValueError("power_density_w_per_m2 must go with area_m2, got power_kw")
        return self

    @property
    def installed_kw(self) -> float:
        """Installed power [kW]."""
        if self.power_kw is not None:
            return self.power_kw
        density = self.power_density_w_per_m2
        of_kind = GROUND_W_PER_M2[self.kind]
        return (self.area_m2 or 0.0) * (of_kind if density is None else density) / W_PER_KW


class LightingSpec(Spec):
    """Lamps of the building's zones and of parking, canopies, roads and signs."""

    zones: Annotated[tuple[LampZone, ...], Field(max_length=50)] = ()
    """Lamps indoors, zone by zone."""

    outdoor: Annotated[tuple[OutdoorLamps, ...], Field(max_length=50)] = ()
    """Lamps outdoors, by what they light."""

    @model_validator(mode="after")
    def _outdoor_differ(self) -> LightingSpec:
        twice = [name for name, count in Counter(lamps.name for lamps in self.outdoor).items() if count > 1]
        if twice:
            raise ValueError(
                f"outdoor must each have a name of its own, got {', '.join(twice)} more than once"
            )
        return self


class LightingPower(NamedTuple):
    """Power of the lamps over the steps."""

    zones: dict[str, NDArray[np.float64]]
    """Lamps indoors by the zone that they warm [kW]."""

    outdoor_kw: NDArray[np.float64]
    """Lamps outdoors [kW]."""

    @property
    def total_kw(self) -> NDArray[np.float64]:
        """All lamps [kW]."""
        return sum(self.zones.values(), start=self.outdoor_kw)


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


def step_ramp(
    elevation_deg: ArrayLike, *, zero_deg: float, one_deg: float, dt_h: float
) -> NDArray[np.float64]:
    """Return the mean over each step of a ramp in sun elevation, long steps in parts.

    Parameters
    ----------
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    zero_deg, one_deg
        Elevations at which the ramp is 0 and 1, the first below the second [deg].
    dt_h
        Step length [h].

    Notes
    -----
    Between the middles of long steps the sun follows a cubic spline: at dusk it does not move evenly within
    an hour.
    """
    middle = np.atleast_1d(np.asarray(elevation_deg, dtype=float))
    parts = round(dt_h * 60 / FINE_MINUTES)
    if parts < 2 or middle.size < 4:
        return mean_ramp(middle, zero_deg=zero_deg, one_deg=one_deg)
    from scipy.interpolate import CubicSpline

    steps = np.arange(middle.size) + 0.5
    wanted = (np.arange(middle.size * parts) + 0.5) / parts
    fine = CubicSpline(steps, middle)(wanted)
    ramp = mean_ramp(fine, zero_deg=zero_deg, one_deg=one_deg).reshape(-1, parts)
    means: NDArray[np.float64] = ramp.mean(axis=1)
    return means


def outdoor_lighting_kw(
    lamps: tuple[OutdoorLamps, ...], *, elevation_deg: ArrayLike, civil_hour: ArrayLike, dt_h: float
) -> NDArray[np.float64]:
    """Return the power of lamps outdoors, dimmed up from sunset to the end of civil twilight [kW].

    Parameters
    ----------
    lamps
        Lamps by what they light.
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    civil_hour
        Civil hour at the start of each step [h].
    dt_h
        Step length [h].

    Notes
    -----
    In a step that dusk and dimming both cut, their means are multiplied.
    """
    dark = 1 - step_ramp(elevation_deg, zero_deg=DUSK_ENDS_DEG, one_deg=DUSK_BEGINS_DEG, dt_h=dt_h)
    full_kw, saved_kw = 0.0, dict[tuple[float, float], float]()
    for group in lamps:
        full_kw += group.installed_kw
        window = (group.dim_from, group.dim_to)
        saved_kw[window] = saved_kw.get(window, 0.0) + group.installed_kw * (1 - group.dimmed_share)
    power = np.full(dark.shape, full_kw)
    for (from_h, to_h), less_kw in saved_kw.items():
        if less_kw > 0:
            power -= less_kw * window_share(from_h, to_h, civil_hour=civil_hour, dt_h=dt_h)
    return power * dark


def indoor_lighting_kw(
    zone: LampZone,
    *,
    elevation_deg: ArrayLike,
    occupancy: ArrayLike,
    civil_hour: ArrayLike,
    dt_h: float,
) -> NDArray[np.float64]:
    """Return the power of the lamps of a zone [kW].

    Parameters
    ----------
    zone
        Lamps.
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    occupancy
        People present at the station, mean over each step.
    civil_hour
        Civil hour at the start of each step [h].
    dt_h
        Step length [h].
    """
    present = np.asarray(occupancy, dtype=float)
    if zone.full_light_people is None:
        burning = np.ones(present.shape)
    else:
        following = np.minimum(present / zone.full_light_people, 1)
        burning = zone.always_on_share + (1 - zone.always_on_share) * following
    if zone.daylight_share > 0:
        ramp = step_ramp(
            elevation_deg, zero_deg=DAYLIGHT_BEGINS_DEG, one_deg=zone.daylight_full_deg, dt_h=dt_h
        )
        burning = burning * (1 - zone.daylight_share * ramp)
    if (zone.open_from, zone.open_to) != (0.0, 24.0):
        opened = open_share(zone, civil_hour=civil_hour, dt_h=dt_h)
        burning = opened * burning + (1 - opened) * zone.closed_share
    power: NDArray[np.float64] = zone.installed_kw * burning
    return power


def lighting(
    spec: LightingSpec,
    *,
    elevation_deg: ArrayLike,
    occupancy: ArrayLike,
    civil_hour: ArrayLike,
    dt_h: float,
) -> LightingPower:
    """Return the power of all lamps, by zone and outdoors.

    Parameters
    ----------
    spec
        Lamps.
    elevation_deg
        Sun elevation in the middle of consecutive steps [deg].
    occupancy
        People present at the station, mean over each step.
    civil_hour
        Civil hour at the start of each step [h].
    dt_h
        Step length [h].
    """
    zones: dict[str, NDArray[np.float64]] = {}
    for zone in spec.zones:
        power = indoor_lighting_kw(
            zone, elevation_deg=elevation_deg, occupancy=occupancy, civil_hour=civil_hour, dt_h=dt_h
        )
        zones[zone.name] = zones[zone.name] + power if zone.name in zones else power
    outdoor_kw = outdoor_lighting_kw(
        spec.outdoor, elevation_deg=elevation_deg, civil_hour=civil_hour, dt_h=dt_h
    )
    return LightingPower(zones, outdoor_kw)
