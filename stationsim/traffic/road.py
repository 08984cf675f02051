"""What is known of the road before the station: how much passes, what turns in, and of which classes."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from stationsim.spec import Fraction, Positive, Spec, Text, Whole

CLASSES = ("car", "bus", "truck")
"""Names of the classes of vehicles, in the order of their numbers."""

CAR, BUS, TRUCK = range(len(CLASSES))

CLASS_SHARE_TOLERANCE = 1e-9
"""How far the sum of class shares may be from 1."""

MOST_PEOPLE = 100
"""Most people in a vehicle of a class; a guard against slips: double-decked coaches hold about 90."""

MOST_FACTOR = 100
"""Most passing vehicles for each counted; a guard against slips: 1 % of the traffic is no count."""

CountsFormat = Literal["plain", "i94", "kdd_tollgate"]
CountsGaps = Literal["refuse", "allow", "zero"]


class EvShareOfYear(Spec):
    """Share of electric vehicles in one calendar year."""

    year: Annotated[Whole, Field(ge=1990, le=2100)]
    """Calendar year."""

    share: Fraction
    """Share of the class that is electric, plug-in hybrids counted."""


class VehicleClass(Spec):
    """One class of vehicles: how many there are, who sits in them, and how many are electric."""

    share: Fraction | None = None
    """Share of the entering vehicles; all sum to 1; left out in every class where the count file has them."""

    people_per_vehicle: Annotated[Positive, Field(le=MOST_PEOPLE)]
    """People in a vehicle of the class."""

    ev_share: Fraction | None = None
    """Share of the class that is electric, in every year; instead of ``ev_share_by_year``."""

    ev_share_by_year: tuple[EvShareOfYear, ...] = ()
    """The same by year, rising years; straight between them, beyond them the nearest with a warning."""

    charging_share: Fraction | None = None
    """Share of its electric vehicles that want to charge; ``traffic.charging_share`` where left out."""

    @model_validator(mode="after")
    def _one_ev_share(self) -> VehicleClass:
        if (self.ev_share is None) == (not self.ev_share_by_year):
            raise ValueError("must have one of ev_share and ev_share_by_year")
        years = [row.year for row in self.ev_share_by_year]
        if any(later <= earlier for earlier, later in pairwise(years)):
            raise ValueError(f"ev_share_by_year must have rising years, got {years}")
        return self

    def ev_share_in(self, year: int) -> float:
        """Return the share of electric vehicles in a calendar year [-]; the nearest beyond the table."""
        import numpy as np

        if self.ev_share is not None:
            return self.ev_share
        years = [row.year for row in self.ev_share_by_year]
        return float(np.interp(year, years, [row.share for row in self.ev_share_by_year]))

    def knows(self, year: int) -> bool:
        """Tell whether the share of a year is given or lies between two that are."""
        table = self.ev_share_by_year
        return self.ev_share is not None or table[0].year <= year <= table[-1].year


class VehicleClasses(Spec):
    """The classes of vehicles that enter; a class that is left out never comes."""

    car: VehicleClass
    """Cars, vans and taxis."""

    bus: VehicleClass | None = None
    """Buses and coaches."""

    truck: VehicleClass | None = None
    """Trucks."""

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> VehicleClasses:
        shares = [found.share for found in self.present().values()]
        given = [share for share in shares if share is not None]
        if len(given) not in (0, len(shares)):
            raise ValueError("share must be given in every class, or in none where a count file names them")
        total = sum(given)
        if given and abs(total - 1) > CLASS_SHARE_TOLERANCE:
            raise ValueError(f"share of the classes must sum to 1, got {total:.10g}; never rescaled")
        return self

    def present(self) -> dict[str, VehicleClass]:
        """Return the classes that come, by name, in the order of ``CLASSES``."""
        found = {name: getattr(self, name) for name in CLASSES}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def mean_people(self) -> float:
        """People in the mean vehicle; the plain mean of the classes where a count file has the shares."""
        present = self.present().values()
        weights = [1 / len(present) if found.share is None else found.share for found in present]
        return sum(w * found.people_per_vehicle for w, found in zip(weights, present, strict=True))


class RoadSpec(Spec):
    """Traffic on the road past the station and the part of it that turns in."""

    aadt: Positive | None = None
    """Vehicles that pass on the average day of the year, both directions [1/day]; or ``counts_file``."""

    counts_file: Text | None = None
    """CSV file of counted vehicles; its level, hourly shapes and weekend factor stand for those written."""

    counts_format: CountsFormat = "plain"
    """Form of that file: plain (time,count[,class][,direction]), i94 (UCI 492) or kdd_tollgate (KDD 2017)."""

    counts_gaps: CountsGaps = "refuse"
    """Missing counts: refuse; allow leaves them out of the means; zero takes them as none passed."""

    counts_factor: Annotated[Positive, Field(le=MOST_FACTOR)] = 1.0
    """Passing vehicles, both directions, for each counted; 2 where the file counts one direction of two."""

    turn_in_rate: Annotated[Fraction, Field(gt=0)]
    """Share of the passing vehicles that enter the station; 0.10 to 0.25 is usual in China."""

    classes: VehicleClasses | None = None
    """Classes of the entering vehicles; where left out all are alike and ``traffic.ev_share`` holds."""

    @model_validator(mode="after")
    def _one_source(self) -> RoadSpec:
        if (self.aadt is None) == (self.counts_file is None):
            raise ValueError("must have one of aadt and counts_file")
        if self.classes is None:
            return self
        named = self.classes.car.share is None
        if named and (self.counts_file is None or self.counts_format != "plain"):
            raise ValueError("classes must have share, since no count file names the classes")
        return self
