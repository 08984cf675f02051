"""The scenario's ``building`` section: zones with their rooms, units, set points and people."""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated

from pydantic import Field, model_validator

from stationsim.models.charging.checks import PartName
from stationsim.models.hvac import CoolingSpec, HeatingSpec
from stationsim.models.zone import ZoneSpec
from stationsim.spec import ClockHour, Fraction, Number, Spec

MOST_ZONES = 50
"""Most zones of a building: each is played minute by minute."""

SHARES_CLOSE = 1e-6
"""How far shares may miss 1, for thirds written with six digits."""

RESERVED = ("zone", "air", "mass", "mass_mean", "heat", "mean")
"""Names of zones that would make columns of other things."""

COMFORT_DEGC = (18.0, 28.0)
"""Comfort range of occupied rooms, winter's low and summer's high end [degC]; GB 50736-2012, table 3.0.2."""


class RoomSpec(ZoneSpec):
    """A zone of the building with its heating, cooling and hours."""

    name: PartName
    """Short name of the zone, such as hall; becomes part of column names."""
    people_share: Fraction | None = None
    """Share of the people present that are in this zone; without it in any zone, by floor area."""
    open_from: ClockHour = 0.0
    """Time of day from which comfort counts, HH:MM; default 00:00."""
    open_to: ClockHour = 24.0
    """Time of day until which comfort counts, HH:MM; default 24:00, open day and night."""
    comfort_low_degc: Number = COMFORT_DEGC[0]
    """Low end of the comfort band [degC]; default 18, winter in occupied rooms (GB 50736-2012)."""
    comfort_high_degc: Number = COMFORT_DEGC[1]
    """High end of the comfort band [degC]; default 28, summer in occupied rooms (GB 50736-2012)."""
    cooling: CoolingSpec | None = None
    """AC units; left out where there are none."""
    heating: HeatingSpec | None = None
    """Heat pump; left out where there is none."""

    @model_validator(mode="after")
    def _name_is_free(self) -> RoomSpec:
        if self.name in RESERVED:
            raise ValueError(f"name must not be one of {', '.join(RESERVED)}, got {self.name}")
        return self

    @model_validator(mode="after")
    def _open_some_time(self) -> RoomSpec:
        if self.open_from == self.open_to:
            raise ValueError("open_from and open_to must differ; leave both out where it never closes")
        if self.comfort_low_degc >= self.comfort_high_degc:
            raise ValueError(
                f"comfort_low_degc must be below comfort_high_degc, got {self.comfort_low_degc:g} and "
                f"{self.comfort_high_degc:g}"
            )
        return self

    @model_validator(mode="after")
    def _heating_heats(self) -> RoomSpec:
        if self.heating is not None and self.heating.capacity_kw == 0 and self.heating.backup_kw == 0:
            raise ValueError(
                "heating must have capacity_kw or backup_kw above 0, got 0 for both; leave heating out where "
                "there is none"
            )
        return self

    @model_validator(mode="after")
    def _heat_below_cold(self) -> RoomSpec:
        if self.cooling is None or self.heating is None:
            return self
        days = (
            ("", self.heating.weekday_degc, self.cooling.weekday_degc),
            (" on weekends", self.heating.weekend_degc, self.cooling.weekend_degc),
        )
        below_k = self.cooling.below_k
        for when, heats, colds in days:
            for hour, (heat, cold) in enumerate(zip(heats, colds, strict=True)):
                got = f"got {heat:g} and {cold:g} at {hour:02d}:00{when}; both would run at once"
                if heat >= cold:
                    raise ValueError(
                        f"must have heating.set_point_degc below cooling.set_point_degc at every hour, {got}"
                    )
                if heat >= cold - below_k:
                    raise ValueError(
                        "must have heating.set_point_degc below the band of staged cooling, half of "
                        f"cooling.dead_band_k {2 * below_k:g} below cooling.set_point_degc, "
                        f"at every hour, {got}"
                    )
        return self


class BuildingSpec(Spec):
    """The conditioned buildings, both sides of the road taken together, as zones that exchange no heat."""

    zones: Annotated[tuple[RoomSpec, ...], Field(min_length=1, max_length=MOST_ZONES)]
    """Zones, such as hall, restaurant, shop and washrooms; one is enough."""

    @model_validator(mode="after")
    def _names_differ(self) -> BuildingSpec:
        counts = Counter(zone.name for zone in self.zones)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"zones must each have a name of its own, got {', '.join(twice)} more than once")
        return self

    @model_validator(mode="after")
    def _shares_add_up(self) -> BuildingSpec:
        given = [zone.people_share for zone in self.zones]
        if all(share is None for share in given):
            return self
        without = ", ".join(zone.name for zone in self.zones if zone.people_share is None)
        if without:
            raise ValueError(f"zones must all have people_share, or none; missing in {without}")
        total = sum(share for share in given if share is not None)
        if not math.isclose(total, 1.0, abs_tol=SHARES_CLOSE):
            raise ValueError(f"people_share of all zones must add up to 1, got {total:g}")
        return self

    @property
    def floor_area_m2(self) -> float:
        """Conditioned floor area of all zones [m2]."""
        return sum(zone.floor_area_m2 for zone in self.zones)

    @property
    def floor_shares(self) -> tuple[float, ...]:
        """Share of each zone in the floor area."""
        return tuple(zone.floor_area_m2 / self.floor_area_m2 for zone in self.zones)

    @property
    def people_shares(self) -> tuple[float, ...]:
        """Share of each zone in the people present; by floor area where none are given."""
        given = [zone.people_share for zone in self.zones if zone.people_share is not None]
        return tuple(share / sum(given) for share in given) if given else self.floor_shares
