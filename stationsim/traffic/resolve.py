"""From what a scenario says of road and calendar to the traffic that is drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding
from stationsim.inputs.kinds import COUNTS
from stationsim.traffic.calendar import (
    DAY_KINDS,
    HOLIDAY_KIND,
    WEEKDAY_KIND,
    WEEKEND_KIND,
    beyond_holidays_warning,
    day_types,
)
from stationsim.traffic.counts import Counts, MeanDay, class_shares, mean_day, read_counts
from stationsim.traffic.public_holidays import filled_holidays
from stationsim.traffic.road import RoadSpec, VehicleClass
from stationsim.traffic.spec import TrafficSpec


class ClassMix(NamedTuple):
    """The classes of the entering vehicles, with everything known."""

    classes: tuple[VehicleClass, ...]
    """What is known of each."""
    names: tuple[str, ...]
    """Their names."""
    shares: NDArray[np.float64]
    """Share of the entering vehicles of each [-]."""
    charging_share: NDArray[np.float64]
    """Share of the electric vehicles of each that want to charge on an ordinary day [-]."""

    @property
    def people_per_vehicle(self) -> NDArray[np.float64]:
        """People in a vehicle of each class."""
        return np.array([found.people_per_vehicle for found in self.classes])

    def charging_probability(self, year: int, factor: float) -> NDArray[np.float64]:
        """Return the probability that an entering vehicle of each class wants to charge [-].

        Parameters
        ----------
        year
            Calendar year, which sets the share of electric vehicles.
        factor
            Factor of the day on the share that charges [-].
        """
        electric = np.array([found.ev_share_in(year) for found in self.classes])
        probability: NDArray[np.float64] = electric * self.charging_share * factor
        return probability


@dataclass(frozen=True)
class Resolved:
    """Traffic ready to be drawn."""

    spec: TrafficSpec
    """Traffic with vehicles a day, shapes and holidays known; the scenario's own if nothing was missing."""
    mix: ClassMix | None = None
    """Classes of the vehicles; None where all are alike."""
    findings: tuple[Finding, ...] = ()
    """What the gate of the counts let through."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """What was taken from road and calendar; empty where neither is used."""


def resolve_traffic(
    spec: TrafficSpec,
    first_day: dt.date,
    last_day: dt.date,
    *,
    timezone: str,
    counts_path: Path | None = None,
) -> Resolved:
    """Return the traffic of a period with road counts and calendar turned into vehicles and days.

    Parameters
    ----------
    spec
        Traffic as the scenario describes it.
    first_day, last_day
        First and last civil day of the period.
    timezone
        IANA name of the site's zone.
    counts_path
        Where the count file lies, if the scenario names one.

    Notes
    -----
    With ``aadt`` an ordinary weekday has ``aadt * turn_in_rate`` vehicles divided by the mean factor of the
    days of the calendar year in which the period begins, so that the year's mean is the AADT's part. With a
    count file the weekday's mean day gives level and shape, the weekend's its factor and shape; a holiday's
    shape is taken over, its level is not: that stays with the factor of each holiday.
    """
    filled = _with_calendar(spec, first_day, last_day)
    warning = beyond_holidays_warning(filled, first_day, last_day)
    warnings = [warning] if warning else []
    source = _calendar_source(spec, filled)
    road = spec.road
    if road is None:
        return Resolved(filled, warnings=tuple(warnings), source=source)
    found: tuple[Finding, ...] = ()
    counts = None
    if road.aadt is not None:
        level = road.aadt * road.turn_in_rate / _mean_factor(filled, first_day.year)
        ready = filled.model_copy(update={"vehicles_per_day": level})
    else:
        counts, ready, found = _counted(filled, road, timezone, counts_path)
    mix = _class_mix(filled, road, counts)
    warnings += _year_warnings(mix, range(first_day.year, last_day.year + 1))
    return Resolved(ready, mix, found, tuple(warnings), source | _road_source(road, ready, mix))


def _with_calendar(spec: TrafficSpec, first_day: dt.date, last_day: dt.date) -> TrafficSpec:
    """Return the traffic with the days of its calendar beside those it lists."""
    if spec.calendar is None:
        return spec
    days = filled_holidays(spec, first_day, last_day)
    return spec.model_copy(
        update={
            "holidays": (*spec.holidays, *days.holidays),
            "makeup_workdays": (*spec.makeup_workdays, *days.makeup_workdays),
        }
    )


def _calendar_source(spec: TrafficSpec, filled: TrafficSpec) -> dict[str, Any]:
    if spec.calendar is None:
        return {}
    added = filled.holidays[len(spec.holidays) :]
    return {
        "calendar": spec.calendar,
        "holidays_filled": [[holiday.first_day.isoformat(), holiday.name] for holiday in added],
    }


def _road_source(road: RoadSpec, ready: TrafficSpec, mix: ClassMix | None) -> dict[str, Any]:
    shares = {} if mix is None else {name: float(s) for name, s in zip(mix.names, mix.shares, strict=True)}
    return {
        "counts_file": road.counts_file,
        "vehicles_per_weekday": float(ready.vehicles_per_day or 0),
        "weekend_factor": ready.weekend_factor,
        "class_shares": shares,
    }


def _mean_factor(spec: TrafficSpec, year: int) -> float:
    """Return the mean traffic of the days of a year as a multiple of an ordinary weekday's [-]."""
    first = dt.date(year, 1, 1)
    days = (dt.date(year + 1, 1, 1) - first).days
    return float(day_types(spec, first, days).vehicles_factor.mean())


def _counted(
    spec: TrafficSpec, road: RoadSpec, timezone: str, path: Path | None
) -> tuple[Counts, TrafficSpec, tuple[Finding, ...]]:
    """Return the counts, the traffic they give and what was found in them."""
    if path is None:
        raise ValueError("counts_path must be given where the scenario names a count file")
    file = road.counts_file or path.name
    counts = read_counts(path, form=road.counts_format, timezone=timezone, gaps=road.counts_gaps, file=file)
    kind = _kinds(spec, counts)
    weekday, weekend, holiday = (mean_day(counts, kind, which) for which in range(len(DAY_KINDS)))
    if weekday is None:
        message = "must count every hour of a weekday at least once"
        hint = "where an interval without a count means that none passed, set counts_gaps: zero"
        raise COUNTS.stop("weekday", message, file=file, line=1, hint=hint)
    found = [*counts.findings, *_means_found(file, weekday, weekend, holiday)]
    update: dict[str, Any] = {
        "vehicles_per_day": weekday.vehicles_per_day * road.counts_factor * road.turn_in_rate,
        "hourly_shape_weekday": tuple(weekday.shape.tolist()),
    }
    if weekend is not None:
        update["hourly_shape_weekend"] = tuple(weekend.shape.tolist())
        update["weekend_factor"] = weekend.vehicles_per_day / weekday.vehicles_per_day
    if holiday is not None:
        update["hourly_shape_holiday"] = tuple(holiday.shape.tolist())
    return counts, spec.model_copy(update=update), tuple(found)


def _kinds(spec: TrafficSpec, counts: Counts) -> NDArray[np.int8]:
    """Return the kind of the day of each count; days the file names as holidays are holidays."""
    days = counts.frame["time"].to_numpy().astype("datetime64[D]")
    first, last = days.min().item(), days.max().item()
    known = _with_calendar(spec, first, last) if spec.calendar else spec
    kind = day_types(known, first, (last - first).days + 1).kind
    for day in counts.holidays:
        kind[(day - first).days] = HOLIDAY_KIND
    chosen: NDArray[np.int8] = kind[(days - np.datetime64(first, "D")).astype(np.int64)]
    return chosen


def _means_found(file: str, *means: MeanDay | None) -> list[Finding]:
    """Return what the counts say of each kind of day, and which kinds they leave open."""
    rows = []
    for number, found in zip((WEEKDAY_KIND, WEEKEND_KIND, HOLIDAY_KIND), means, strict=True):
        name = DAY_KINDS[number]
        if found is None:
            message = f"{file}: no whole {name} is counted; the scenario's own shape and factor hold for it"
            rows.append(Finding("counts.kind", "informed", 0, message))
            continue
        message = f"{file}: the mean {name} has {found.vehicles_per_day:.6g} vehicles, of {found.n_days} days"
        rows.append(Finding("counts.mean", "informed", found.n_days, message))
    return rows


def _class_mix(spec: TrafficSpec, road: RoadSpec, counts: Counts | None) -> ClassMix | None:
    """Return the classes with their shares, from the scenario or from the counts."""
    if road.classes is None:
        return None
    present = road.classes.present()
    given = [found.share for found in present.values()]
    if counts is not None and given[0] is None:
        counted = class_shares(counts)
        _check_counted_classes(road, counted, present)
        given = [counted[name] for name in present]
    charging = [
        spec.charging_share if found.charging_share is None else found.charging_share
        for found in present.values()
    ]
    shares = np.array(given, dtype=float)
    return ClassMix(tuple(present.values()), tuple(present), shares, np.array(charging))


def _check_counted_classes(
    road: RoadSpec, counted: Mapping[str, float], present: Mapping[str, VehicleClass]
) -> None:
    """Refuse classes without shares in file and scenario, and counted ones the scenario does not describe."""
    extra = [name for name, share in counted.items() if share > 0 and name not in present]
    if counted and not extra:
        return
    message = f"the file counts {', '.join(extra)}, which traffic.road.classes must describe"
    if not counted:
        message = "must have a column class, since traffic.road.classes has no share"
    raise COUNTS.stop("class", message, file=road.counts_file or "", line=1)


def _year_warnings(mix: ClassMix | None, years: range) -> list[str]:
    """Return a warning for each class whose table of electric shares does not reach some year."""
    if mix is None:
        return []
    return [
        f"traffic.road.classes.{name}.ev_share_by_year does not reach "
        f"{', '.join(str(year) for year in missing)}; the nearest year's share is used"
        for name, found in zip(mix.names, mix.classes, strict=True)
        if (missing := [year for year in years if not found.knows(year)])
    ]
