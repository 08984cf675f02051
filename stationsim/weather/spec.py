"""Where the weather of a scenario comes from: a synthetic climate or a file."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from stationsim.spec import Flag, Name, NonNegative, Number, Spec, Text

LONGEST_OFFSET_MINUTES = 14 * 60
"""Largest offset from UTC in use anywhere, that of Kiritimati [min]."""

NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})
"""Names that the IANA database lists and that stand for no place, or for the machine's own."""

OFTEN_MEANT = {"Asia/Beijing": "Asia/Shanghai", "Asia/Jinan": "Asia/Shanghai", "Asia/Peking": "Asia/Shanghai"}
"""Zone names that people write and that do not exist."""


def check_timezone(value: str) -> str:
    """Return a zone name or a fixed offset ``+HH:MM`` if it exists, else raise ``ValueError``."""
    match = re.fullmatch(r"[+-](\d{2}):(\d{2})", value)
    if match is not None:
        hours, minutes = int(match[1]), int(match[2])
        if minutes > 59 or hours * 60 + minutes > LONGEST_OFFSET_MINUTES:
            raise ValueError("must be an offset from -14:00 to +14:00")
        return value
    import difflib
    import zoneinfo

    names = zoneinfo.available_timezones() - NO_PLACE
    if value in names:
        return value
    near = (
        [OFTEN_MEANT[value]] if value in OFTEN_MEANT else difflib.get_close_matches(value, sorted(names), n=1)
    )
    meant = (
        f"; did you mean {near[0]!r}?" if near else "; write an IANA name such as Asia/Shanghai, or +08:00"
    )
    raise ValueError(f"must be a time zone that exists{meant}")


def check_local_path(value: str) -> str:
    """Return the path if it is a local one, else raise ``ValueError``."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", value):
        raise ValueError("must be a local path, not a URL; fetch the file first")
    if not value.strip() or "\0" in value:
        raise ValueError("must be the path of a file")
    return value


def check_climate(value: str) -> str:
    """Return the name of a climate if it comes with stationsim, else raise ``ValueError``."""
    from stationsim.errors import ScenarioError
    from stationsim.weather.climates import load_climate

    try:
        load_climate(value)
    except ScenarioError as error:
        raise ValueError(f"{error.problems[0].rule}; {error.problems[0].hint}") from None
    return value


def check_precipitation_climate(value: str) -> str:
    """Return the name of a place whose monthly precipitation comes with stationsim, else raise."""
    from stationsim.weather.rain_climates import shipped_climates

    by_key = {name.casefold(): name for name in shipped_climates()}
    if value.strip().casefold() not in by_key:
        names = ", ".join(by_key.values())
        raise ValueError(
            f"must be a place whose precipitation comes with stationsim, which are {names}; write "
            "mm_by_month and wet_days_by_month for any other"
        )
    return value


MOST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of the months, February's of a leap year."""

Month = Annotated[Number, Field(ge=0, le=31)]
"""Mean number of days of a month [d]."""

TimeZone = Annotated[Text, AfterValidator(check_timezone)]
"""An IANA name such as ``Asia/Shanghai``, or a fixed offset such as ``+08:00``."""

LocalPath = Annotated[Text, Field(max_length=1000), AfterValidator(check_local_path)]
"""Path of a local file; a relative one starts at the folder of the scenario."""


class PrecipitationSpec(Spec):
    """Rain and snow of each month, from which the weather's are drawn."""

    climate: Annotated[Name, AfterValidator(check_precipitation_climate)] | None = None
    """Place whose monthly precipitation comes with stationsim, such as ``jinan``; or give the two lists."""
    mm_by_month: Annotated[tuple[NonNegative, ...], Field(min_length=12, max_length=12)] | None = None
    """Mean rain and water of snow from January to December [mm]."""
    wet_days_by_month: Annotated[tuple[Month, ...], Field(min_length=12, max_length=12)] | None = None
    """Mean number of days on which it falls, from January to December [d]."""

    @model_validator(mode="after")
    def _one_climate(self) -> PrecipitationSpec:
        lists = (self.mm_by_month, self.wet_days_by_month)
        if self.climate is not None and lists != (None, None):
            raise ValueError("must have climate or mm_by_month and wet_days_by_month, not both")
        if self.climate is None and None in lists:
            raise ValueError("must have mm_by_month and wet_days_by_month together, or climate")
        return self

    @model_validator(mode="after")
    def _months_fit(self) -> PrecipitationSpec:
        months = zip(self.mm_by_month or (), self.wet_days_by_month or (), MOST_DAYS, strict=False)
        for number, (mm, wet_days, days) in enumerate(months, start=1):
            if wet_days > days:
                raise ValueError(
                    f"wet_days_by_month must be at most {days} in month {number}, got {wet_days:g}"
                )
            if (mm > 0) != (wet_days > 0):
                raise ValueError(
                    "mm_by_month and wet_days_by_month must be 0 in the same months, "
                    f"got {mm:g} mm on {wet_days:g} days in month {number}"
                )
        return self


class SyntheticWeather(Spec):
    """Weather drawn from the monthly normals of a climate."""

    source: Literal["synthetic"]
    """Says that the weather is drawn, not read."""
    climate: Annotated[Name, AfterValidator(check_climate)] | None = None
    """Name of a climate that comes with stationsim, such as ``jinan``; give this or ``climate_file``."""
    climate_file: LocalPath | None = None
    """Table of monthly normals of one's own, in the form of the climates that come with stationsim."""
    precipitation: PrecipitationSpec | None = None
    """Rain and snow by month; left out, that of ``climate`` where it comes with stationsim, else none."""

    @model_validator(mode="after")
    def _one_climate(self) -> SyntheticWeather:
        if (self.climate is None) == (self.climate_file is None):
            raise ValueError("must have one of climate and climate_file")
        return self


class FileWeather(Spec):
    """Weather read from a file: a typical year, or a dated series in a plain CSV."""

    source: Literal["file"]
    """Says that the weather is read from a file."""
    file: LocalPath
    """EPW, TMY3, PVGIS TMY (csv), SAM or NSRDB CSV, or a plain CSV with a ``time`` column."""
    format: Literal["auto", "epw", "tmy3", "pvgis", "sam", "csv"] = "auto"
    """Format of the file; ``auto`` tells it by the content, never by the name."""
    components: Literal["file", "from_ghi"] = "file"
    """``file`` keeps DNI and DHI as they are; ``from_ghi`` derives both from GHI by Erbs et al. (1982), for
    files whose components are modelled badly or do not close with GHI."""
    shift_min: Annotated[Number, Field(ge=-180, le=180)] = 0.0
    """Minutes by which the solar values are moved [min]: negative is earlier. 0 trusts the file; some real
    typical years run late by half an hour, which ``stationsim weather check`` shows."""
    gaps: Literal["refuse", "allow"] = "refuse"
    """What to do about gaps longer than three hours: ``allow`` fills them from the neighbouring days."""
    sort: Flag = False
    """Whether rows out of order are sorted; off, because disorder mostly means that a file is broken."""
    repeat: Literal["no", "yearly"] = "no"
    """``yearly`` repeats a dated series of a year or more where the simulated period lies outside it."""
    stamp: Literal["start", "end", "middle"] | None = None
    """Which moment of its interval a time of the plain CSV names; no default, because guessing it moves the
    sun."""
    timezone: TimeZone | None = None
    """Zone of times without an offset in the plain CSV: IANA name or +HH:MM; no default."""
    dst: Literal["refuse", "infer", "shift"] = "refuse"
    """Local times that a change of the clocks makes double or non-existent: ``infer`` takes double hours in
    their order, ``shift`` does so too and moves non-existent ones forward; refused by default."""
    precipitation: PrecipitationSpec | None = None
    """Rain and snow by month, drawn where the file has none; left out, the weather then knows no rain."""

    @model_validator(mode="after")
    def _csv_only(self) -> FileWeather:
        if self.format in ("auto", "csv"):
            return self
        for name, unset in (("stamp", None), ("timezone", None), ("dst", "refuse"), ("repeat", "no")):
            if getattr(self, name) != unset:
                raise ValueError(f"must have no {name} for format {self.format}; it is for the plain CSV")
        return self


WeatherSpec = Annotated[SyntheticWeather | FileWeather, Field(discriminator="source")]
"""Weather of a scenario, told apart by ``source``."""
