"""What is known of a station's traffic: how many vehicles enter, when, with whom, and on which days."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from stationsim.spec import Date, Fraction, Name, NonNegative, Positive, Spec, Text
from stationsim.traffic.directions import DirectionSpec, HourlyShape, check_directions
from stationsim.traffic.road import RoadSpec

WEEKEND = (5, 6)
"""Saturday and Sunday, as ``date.weekday()`` counts."""

# Hour-of-day shares of three expressway toll gates in both directions, China, 19 Sep to 17 Oct 2016 (KDD Cup
# 2017 volumes): means over 18 weekdays (the make-up days 8 and 9 Oct among them), 4 weekend days and the
# holiday 1-7 Oct. Hour 0 of that record is an artefact of its making (five times the hours beside it) and is
# replaced by the mean of hours 23 and 1; the rest is scaled and rounded to four digits that sum to 1.
TOLL_GATE_WEEKDAY = (
    *(0.0080, 0.0063, 0.0051, 0.0057, 0.0077, 0.0128, 0.0306, 0.0679, 0.0884, 0.0807, 0.0643, 0.0548),
    *(0.0617, 0.0689, 0.0675, 0.0684, 0.0713, 0.0685, 0.0490, 0.0349, 0.0291, 0.0232, 0.0156, 0.0096),
)
TOLL_GATE_WEEKEND = (
    *(0.0088, 0.0068, 0.0056, 0.0062, 0.0075, 0.0129, 0.0267, 0.0476, 0.0677, 0.0731, 0.0700, 0.0596),
    *(0.0633, 0.0745, 0.0755, 0.0768, 0.0765, 0.0681, 0.0486, 0.0397, 0.0350, 0.0239, 0.0148, 0.0108),
)
TOLL_GATE_HOLIDAY = (
    *(0.0096, 0.0085, 0.0072, 0.0079, 0.0105, 0.0183, 0.0355, 0.0544, 0.0701, 0.0769, 0.0691, 0.0577),
    *(0.0594, 0.0699, 0.0753, 0.0728, 0.0670, 0.0570, 0.0432, 0.0410, 0.0371, 0.0257, 0.0152, 0.0107),
)


class HolidaySpec(Spec):
    """A public holiday: consecutive days with their own traffic."""

    name: Name
    """Name of the holiday."""

    first_day: Date
    """First day, YYYY-MM-DD."""

    last_day: Date
    """Last day, included, YYYY-MM-DD."""

    vehicles_factor: Positive
    """Vehicles entering on each of its days, as a multiple of an ordinary weekday's."""

    charging_factor: NonNegative = 1.0
    """Share of the electric vehicles that charge, as a multiple of ``charging_share``; 1 if unknown."""

    @model_validator(mode="after")
    def _first_before_last(self) -> HolidaySpec:
        if self.last_day < self.first_day:
            raise ValueError(f"last_day must not be before first_day, got {self.last_day} < {self.first_day}")
        return self

    def days(self) -> Iterator[dt.date]:
        """Yield each of its days."""
        for number in range((self.last_day - self.first_day).days + 1):
            yield self.first_day + dt.timedelta(days=number)


class TrafficSpec(Spec):
    """Vehicles that enter the station, both carriageways, and who comes with them."""

    vehicles_per_day: Positive | None = None
    """Vehicles that enter the station on an ordinary weekday, both carriageways [1/day]; or ``road``."""

    road: RoadSpec | None = None
    """Traffic on the road and the part that turns in, instead of ``vehicles_per_day``."""

    directions: Annotated[tuple[DirectionSpec, ...], AfterValidator(check_directions)] = ()
    """Carriageways the vehicles come on, 2 to 4; left out where all vehicles reach all posts."""

    people_per_vehicle: Positive = 3.38
    """People in a vehicle; the default is 44,000 in 13,000 vehicles, Jinan East on National Day."""

    stay_minutes: Annotated[Positive, Field(le=240)] = 20.0
    """Mean stay of every visitor, not prolonged by charging [min]; the default is assumed within 15 to 25."""

    ev_share: Fraction = 0.143
    """Share of electric vehicles, plug-in hybrids counted; the default is Jiangsu's, October 2024."""

    charging_share: Fraction
    """Share of the entering electric vehicles that want to charge on an ordinary day."""

    hourly_shape_weekday: HourlyShape = TOLL_GATE_WEEKDAY
    """Share of a weekday's vehicles in each hour; the default is Chinese toll gates, 2016, hour 0 mended."""

    hourly_shape_weekend: HourlyShape = TOLL_GATE_WEEKEND
    """Share of a weekend day's vehicles in each hour; the default is the same gates on 4 weekend days."""

    hourly_shape_holiday: HourlyShape = TOLL_GATE_HOLIDAY
    """Share of a holiday's vehicles in each hour; the default is the same gates, 1 to 7 October."""

    weekend_factor: Positive = 1.01
    """Vehicles on a weekend day, as a multiple of a weekday's; the default is the same toll gates."""

    weekend_charging_factor: NonNegative = 1.0
    """Share of the electric vehicles that charge on a weekend day, as a multiple of a weekday's; assumed."""

    holidays: tuple[HolidaySpec, ...] = ()
    """Public holidays; where none is listed every day is a weekday or a weekend day."""

    makeup_workdays: tuple[Date, ...] = ()
    """Saturdays and Sundays that are worked and count as weekdays, YYYY-MM-DD."""

    calendar: Annotated[Text, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = None
    """Country (ISO 3166, IT or DE-BY) whose holidays fill days not listed; needs the extra ``calendar``."""

    holiday_vehicles_factor: Positive | None = None
    """Vehicles on each filled holiday, as a multiple of a weekday's; needed with ``calendar``."""

    holiday_charging_factor: NonNegative | None = None
    """Share of electric vehicles that charge on each filled holiday, as a multiple; 1 where left out."""

    @property
    def entering_per_day(self) -> float | None:
        """Vehicles that enter on the average day [1/day]; None where only a count file tells."""
        if self.road is None:
            return self.vehicles_per_day
        return None if self.road.aadt is None else self.road.aadt * self.road.turn_in_rate

    @property
    def mean_people_per_vehicle(self) -> float:
        """People in the mean vehicle, of the classes where there are any."""
        classes = self.road.classes if self.road else None
        return self.people_per_vehicle if classes is None else classes.mean_people

    def charging_per_vehicle(self, year: int) -> float:
        """Return the share of the entering vehicles that want to charge on an ordinary day of a year [-]."""
        classes = self.road.classes if self.road else None
        if classes is None:
            return self.ev_share * self.charging_share
        return sum(
            (found.share or 0.0)
            * found.ev_share_in(year)
            * (self.charging_share if found.charging_share is None else found.charging_share)
            for found in classes.present().values()
        )

    @model_validator(mode="after")
    def _one_source_of_vehicles(self) -> TrafficSpec:
        if (self.vehicles_per_day is None) == (self.road is None):
            raise ValueError("must have one of vehicles_per_day and road; set the other to null")
        return self

    @model_validator(mode="after")
    def _calendar_has_its_factor(self) -> TrafficSpec:
        if self.calendar is not None and self.holiday_vehicles_factor is None:
            raise ValueError("calendar needs holiday_vehicles_factor, the traffic on the holidays it fills")
        factors = (self.holiday_vehicles_factor, self.holiday_charging_factor)
        if self.calendar is None and any(factor is not None for factor in factors):
            raise ValueError("holiday_vehicles_factor and holiday_charging_factor need calendar")
        return self

    @model_validator(mode="after")
    def _holidays_apart(self) -> TrafficSpec:
        ordered = sorted(self.holidays, key=lambda holiday: holiday.first_day)
        for before, after in itertools.pairwise(ordered):
            if after.first_day <= before.last_day:
                raise ValueError(
                    f"holidays must not overlap, got {before.name} to {before.last_day} "
                    f"and {after.name} from {after.first_day}"
                )
        return self

    @model_validator(mode="after")
    def _makeup_days_are_free_weekend_days(self) -> TrafficSpec:
        for day in self.makeup_workdays:
            if day.weekday() not in WEEKEND:
                raise ValueError(f"makeup_workdays must be Saturdays or Sundays, got {day}")
            for holiday in self.holidays:
                if holiday.first_day <= day <= holiday.last_day:
                    raise ValueError(
                        f"makeup_workdays must lie outside the holidays, got {day} in {holiday.name}"
                    )
        return self

    @model_validator(mode="after")
    def _no_more_than_all_charge(self) -> TrafficSpec:
        factors = [self.weekend_charging_factor, *(holiday.charging_factor for holiday in self.holidays)]
        factors.append(self.holiday_charging_factor or 0.0)
        classes = self.road.classes if self.road else None
        own = [found.charging_share or 0.0 for found in classes.present().values()] if classes else []
        share = max(self.charging_share, *own, 0.0) * max(factors)
        if share > 1:
            raise ValueError(f"charging_share times a charging_factor must be at most 1, got {share:.4g}")
        return self
