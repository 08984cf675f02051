"""Read a weather file onto the clock: one way for every format, through one gate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.inputs.files import read_bytes, refuse_foreign
from stationsim.inputs.findings import Finding, refused, warned
from stationsim.inputs.kinds import WEATHER
from stationsim.weather import calendar_map, centring, gaps, gate, precipitation, sun_checks
from stationsim.weather.plain_csv import read_plain_csv
from stationsim.weather.raw import AIR, NATIVE_COLUMNS, WATER, Place, RawWeather
from stationsim.weather.readers import READERS
from stationsim.weather.regular import RegularWeather, regularise
from stationsim.weather.sniff import decode, expect_format
from stationsim.weather.spec import FileWeather

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.clock import Clock

SOLAR_MINUTES_PER_DEGREE = 4.0
"""Solar time per degree of longitude [min]."""


@dataclass(frozen=True)
class NativeWeather:
    """Weather of a file on the clock's period at the file's own step."""

    frame: pd.DataFrame
    """``ghi dni dhi`` [W/m2], ``temp_air`` [degC], ``wind_speed`` [m/s], ``relative_humidity`` [%]; where
    the file has them ``precipitation`` [mm] and ``snow_depth`` [cm]; where the scenario has precipitation by
    month ``clearness_rank``, the share of days of the season that are duller."""
    findings: tuple[Finding, ...]
    source: dict[str, Any]
    """File name, format, sha256 and what the header says."""
    interval_minutes: int


@dataclass(frozen=True)
class GatedWeather:
    """Weather of a file behind the gate, in the file's own time and place."""

    frame: pd.DataFrame
    """Without holes; ``dni`` and ``dhi`` may be absent."""
    raw: RawWeather
    figures: sun_checks.SunFigures
    findings: tuple[Finding, ...]
    interval_minutes: int
    source: dict[str, Any] = field(default_factory=dict)


def read_weather(
    spec: FileWeather,
    *,
    path: Path,
    clock: Clock,
    latitude_deg: float,
    longitude_deg: float,
    elevation_m: float,
    ranked: bool = False,
) -> NativeWeather:
    """Read a weather file for the days of a clock.

    Parameters
    ----------
    spec
        How the file is to be read.
    path
        The file; ``spec.file`` resolved.
    clock
        Days that are simulated.
    latitude_deg, longitude_deg, elevation_m
        Position of the site, north and east positive [deg, deg, m].
    ranked
        Whether each day is told how dull it is, so that rain can be drawn; it is where the file's
        description asks for rain.

    Raises
    ------
    WeatherError
        With every problem found, each with file and line.
    """
    site = Place(latitude_deg, longitude_deg, elevation_m)
    gated = through_gate(spec, path=path, site=site)
    shift = solar_shift_min(gated.raw, site)
    remainder = calendar_map.grid_remainder_min(
        gated.frame, clock, interval_minutes=gated.interval_minutes, solar_shift_min=shift
    )
    frame = centred(gated, spec, remainder_min=remainder)
    if ranked or spec.precipitation is not None:
        place, periodic = gated.raw.place, gated.raw.typical
        ranks = precipitation.clearness_ranks(frame, latitude_deg=place.latitude_deg, periodic=periodic)
        frame = frame.assign(clearness_rank=ranks)
    laid, findings = _lay(frame, gated, spec, clock, shift, remainder)
    findings = [*gated.findings, *findings]
    WEATHER.stop_if_refused(findings, file=spec.file)
    if laid is None or not np.isfinite(laid.to_numpy()).all():
        raise ValueError("weather on the clock must be finite everywhere, got holes")
    findings += _unused_precipitation(laid, spec)
    source = {**gated.source, "air_monthly_degc": _monthly_air_degc(gated.frame)}
    return NativeWeather(laid, tuple(findings), source, gated.interval_minutes)


def _unused_precipitation(frame: pd.DataFrame, spec: FileWeather) -> list[Finding]:
    """Warn where the scenario gives precipitation by month for a file that has its own."""
    if spec.precipitation is None or "precipitation" not in frame:
        return []
    return [warned("precipitation", "the file has precipitation; weather.precipitation is not used")]


def _monthly_air_degc(frame: pd.DataFrame) -> list[float] | None:
    """Return the mean air of each month, January first [degC]; None where the file lacks a month."""
    monthly = frame["temp_air"].groupby(frame.index.month).mean()
    return [float(monthly[month]) for month in range(1, 13)] if len(monthly) == 12 else None


def _lay(
    frame: pd.DataFrame, gated: GatedWeather, spec: FileWeather, clock: Clock, shift: float, remainder: float
) -> tuple[pd.DataFrame | None, list[Finding]]:
    import pandas as pd

    step = gated.interval_minutes
    if gated.raw.typical:
        return calendar_map.lay_typical(
            frame, clock, interval_minutes=step, solar_shift_min=shift, remainder_min=remainder
        )
    on_grid = frame.set_axis((frame.index + pd.Timedelta(minutes=remainder)).round("min"))
    return calendar_map.lay_dated(
        on_grid, clock, interval_minutes=step, repeat_yearly=spec.repeat == "yearly"
    )


def solar_shift_min(raw: RawWeather, site: Place) -> float:
    """Return the difference of solar time, site minus file, for a typical year from elsewhere [min].

    A typical year of a place further east or west keeps its solar time, so that noon stays noon; below half a
    degree the difference is left out.
    """
    away = site.longitude_deg - raw.place.longitude_deg
    if not raw.typical or abs(away) <= sun_checks.PLACE_WARNED_DEG:
        return 0.0
    return SOLAR_MINUTES_PER_DEGREE * away


def through_gate(spec: FileWeather, *, path: Path, site: Place) -> GatedWeather:
    """Read a file and check it; its times and its place stay its own.

    Parameters
    ----------
    spec
        How the file is to be read.
    path
        The file.
    site
        Place of the station, for files that declare none, and to compare with.
    """
    content = read_bytes(path, WEATHER)
    raw = _read(spec, content, site)
    if not (raw.place.declared or site.declared):
        hint = "write '# latitude: ...' and '# longitude: ...' at its top, or name a site"
        raise WEATHER.stop("place", "must declare its position", file=spec.file, line=1, hint=hint)
    regular, findings = regularise(raw, sort=spec.sort)
    findings = [*raw.findings, *findings]
    WEATHER.stop_if_refused(findings, file=spec.file)
    if regular is None:
        raise ValueError("rows must be regular once nothing is refused, got none")
    findings += _check_values(regular, raw.format, spec.components)
    WEATHER.stop_if_refused(findings, file=spec.file)
    late = raw.solar_late_min + spec.shift_min
    frame, found = gaps.fill(regular, raw.place, late_min=late, allow=spec.gaps == "allow")
    findings += found
    WEATHER.stop_if_refused(findings, file=spec.file)
    step = regular.interval_minutes
    figures = sun_checks.measure(frame, raw.place, interval_minutes=step, late_min=late)
    findings += sun_checks.check_place(raw.place, site)
    findings += sun_checks.check_sun(frame, raw.place, figures, interval_minutes=step)
    WEATHER.stop_if_refused(findings, file=spec.file)
    return GatedWeather(frame, raw, figures, tuple(findings), step, _source(content, raw, path, step))


def _read(spec: FileWeather, content: bytes, site: Place) -> RawWeather:
    from dataclasses import replace

    refuse_foreign(content, WEATHER, file=spec.file)
    lines, findings = decode(content)
    form = expect_format(lines, spec.format, file=spec.file)
    if form == "csv":
        raw = read_plain_csv(lines, file=spec.file, spec=spec, site=site)
    else:
        raw = READERS[form](lines, file=spec.file)
    return replace(raw, findings=(*findings, *raw.findings))


def _check_values(regular: RegularWeather, form: str, components: str) -> list[Finding]:
    """Check the columns, drop components that are not used, and refuse a file without GHI or temperature."""
    frame = regular.frame
    if components == "from_ghi":
        _drop_components(frame)
    findings = gate.take_out_codes(frame, form)
    for name in ("ghi", "temp_air"):
        if frame[name].isna().all():
            findings.append(refused("absent", f"must have values of {name}"))
    if any(finding.action == "refused" for finding in findings):
        return findings
    if any(name not in frame or bool(frame[name].isna().all()) for name in ("dni", "dhi")):
        _drop_components(frame)
        if components == "file":
            findings.append(
                warned("components", "the file lacks DNI or DHI; both are derived from GHI (Erbs et al.)")
            )
    return [*findings, *gate.check_ranges(frame, regular.lines)]


def _drop_components(frame: pd.DataFrame) -> None:
    for name in {"dni", "dhi"} & set(frame.columns):
        del frame[name]


def centred(gated: GatedWeather, spec: FileWeather, *, remainder_min: float = 0.0) -> pd.DataFrame:
    """Return the native frame with every value centred on its interval and the components the spec wants.

    Rain and snow stay in their intervals: they are sums, and the hour they fall in matters little.

    Parameters
    ----------
    gated
        A file behind the gate.
    spec
        Shift and source of the components.
    remainder_min
        How much later than the file's the wanted intervals begin [min].
    """
    raw, step = gated.raw, gated.interval_minutes
    late = raw.solar_late_min + spec.shift_min - remainder_min
    frame = gated.frame
    derive = spec.components == "from_ghi" or "dni" not in frame
    water = [name for name in WATER if name in frame]
    if derive:
        frame = frame[["ghi", *AIR, *water]]
    if late or remainder_min:
        frame = _moved(frame, raw, step, late, remainder_min)
    if derive:
        frame = _derived(frame, raw.place, step, remainder_min)
    return frame[[*NATIVE_COLUMNS, *water]]


def _moved(frame: pd.DataFrame, raw: RawWeather, step: int, late: float, remainder: float) -> pd.DataFrame:
    """Move solar and air values onto intervals that begin ``remainder`` later than the labels."""
    import pandas as pd

    later = frame.set_axis(frame.index + pd.Timedelta(minutes=remainder))
    moved = centring.move_solar(later, raw.place, interval_minutes=step, late_min=late, periodic=raw.typical)
    air_late = raw.air_late_min - remainder
    moved = centring.move_air(
        moved, list(AIR), interval_minutes=step, late_min=air_late, periodic=raw.typical
    )
    return moved.set_axis(frame.index)


def _derived(frame: pd.DataFrame, place: Place, step: int, remainder: float) -> pd.DataFrame:
    import pandas as pd

    later = frame.set_axis(frame.index + pd.Timedelta(minutes=remainder))
    return centring.components_from_ghi(later, place, interval_minutes=step).set_axis(frame.index)


def _source(content: bytes, raw: RawWeather, path: Path, step: int) -> dict[str, Any]:
    place = raw.place
    return {
        "file": path.name,
        "format": raw.format,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "rows": len(raw.lines),
        "interval_minutes": step,
        "typical_year": raw.typical,
        "utc_offset_h": (raw.offset.utcoffset(None).total_seconds()) / 3600,
        "name": place.name,
        "latitude_deg": place.latitude_deg if place.declared else None,
        "longitude_deg": place.longitude_deg if place.declared else None,
        "elevation_m": place.elevation_m if place.declared else None,
        **raw.facts,
    }
