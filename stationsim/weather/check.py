"""Say what is in a weather file, what the gate thinks of it, and what the choices about it change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.inputs.findings import Finding
from stationsim.weather import sun_checks
from stationsim.weather.files import GatedWeather, centred, through_gate
from stationsim.weather.raw import SOLAR, Place
from stationsim.weather.spec import FileWeather

if TYPE_CHECKING:
    import pandas as pd

PLANE_TILT_DEG = 20.0
"""Tilt of the plane, facing the equator, for which the choices are compared [deg]."""

PLANE_ALBEDO = 0.2
"""Reflectance of the ground before it: grass and old concrete. Source: pvlib's default."""

CLOSURE_SHIFTS_MIN = tuple(range(-60, 61, 15))
"""Shifts tried for the best closure [min]."""

W_IN_KW = 1000.0


@dataclass(frozen=True)
class WeatherCheck:
    """What a weather file holds; plain data throughout."""

    file: str
    format: str
    sha256: str
    name: str
    latitude_deg: float
    longitude_deg: float
    elevation_m: float
    utc_offset_h: float
    typical_year: bool
    first: str
    """First interval, in the file's time; of a typical year without its year."""
    last: str
    """Last interval."""
    days: float
    interval_minutes: int
    years: tuple[int, ...]
    """Years of which the file is made."""
    ghi_kwh_m2: float
    """Irradiation of the period on the horizontal [kWh/m2]."""
    dni_kwh_m2: float | None
    """Of the beam; None where the file has none."""
    dhi_kwh_m2: float | None
    """Diffuse; None where the file has none."""
    temp_mean_degc: float
    temp_highest_degc: float
    temp_lowest_degc: float
    wind_mean_m_s: float
    humidity_mean_percent: float
    precipitation_mm: float | None
    """Rain and water of snow over the period [mm]; None where the file has none."""
    night_share: float
    """Share of GHI while the sun is down at mid-interval."""
    centre_min: float
    """Energy-weighted centre of GHI after solar noon [min]."""
    suggested_shift_min: float
    """The ``shift_min`` that centres GHI on noon [min]; that of the check where nothing speaks for
    another."""
    closure_rmse_w_m2: float | None
    closure_bias_w_m2: float | None
    closure_best_shift_min: float | None
    """The ``shift_min`` of -60 to 60 with which GHI and its components differ least [min]."""
    closure_best_rmse_w_m2: float | None
    poa_kwh_m2: dict[str, float]
    """Irradiation of a plane at 20 deg to the equator by choice of components and shift [kWh/m2]."""
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        data = asdict(self)
        data["years"] = list(self.years)
        data["findings"] = [finding.to_dict() for finding in self.findings]
        return data


def check_weather(
    path: Path,
    *,
    spec: FileWeather | None = None,
    latitude_deg: float | None = None,
    longitude_deg: float | None = None,
    elevation_m: float = 0.0,
) -> WeatherCheck:
    """Check a weather file without a scenario.

    Parameters
    ----------
    path
        The file.
    spec
        How it is to be read; by default as it is.
    latitude_deg, longitude_deg, elevation_m
        Position of a site, for files that declare none, and to compare with [deg, deg, m].

    Raises
    ------
    WeatherError
        When the file is refused, with every problem found.
    """
    spec = spec or FileWeather.model_construct(source="file", file=str(path))
    given = latitude_deg is not None and longitude_deg is not None
    site = Place(latitude_deg or 0.0, longitude_deg or 0.0, elevation_m, declared=given)
    gated = through_gate(spec, path=path, site=site)
    shift = spec.shift_min + sun_checks.suggested_shift_min(gated.figures.centre_min)
    return WeatherCheck(
        **_identity(gated),
        **_amounts(gated),
        night_share=gated.figures.night_share,
        centre_min=gated.figures.centre_min,
        suggested_shift_min=shift,
        **_closure(gated),
        poa_kwh_m2=_choices(gated, spec, shift),
        findings=gated.findings,
    )


def _identity(gated: GatedWeather) -> dict[str, Any]:
    source, place = gated.source, gated.raw.place
    index: Any = gated.frame.index
    form = "%m-%d %H:%M" if gated.raw.typical else "%Y-%m-%d %H:%M"
    return {
        **{key: source[key] for key in ("file", "format", "sha256", "name", "utc_offset_h", "typical_year")},
        "latitude_deg": place.latitude_deg,
        "longitude_deg": place.longitude_deg,
        "elevation_m": place.elevation_m,
        "first": f"{index[0]:{form}}",
        "last": f"{index[-1]:{form}}",
        "days": len(index) * gated.interval_minutes / 1440,
        "interval_minutes": gated.interval_minutes,
        "years": tuple(source["years"]),
    }


def _amounts(gated: GatedWeather) -> dict[str, Any]:
    frame, hours = gated.frame, gated.interval_minutes / 60
    energy = {
        f"{name}_kwh_m2": float(frame[name].sum() * hours / W_IN_KW) if name in frame else None
        for name in SOLAR
    }
    return {
        **energy,
        "temp_mean_degc": float(frame["temp_air"].mean()),
        "temp_highest_degc": float(frame["temp_air"].max()),
        "temp_lowest_degc": float(frame["temp_air"].min()),
        "wind_mean_m_s": float(frame["wind_speed"].mean()),
        "humidity_mean_percent": float(frame["relative_humidity"].mean()),
        "precipitation_mm": float(frame["precipitation"].sum()) if "precipitation" in frame else None,
    }


def _closure(gated: GatedWeather) -> dict[str, Any]:
    """Return how GHI and its components close, as they are and with the best shift."""
    best_shift, best_rmse = None, None
    if gated.figures.closure_rmse is not None:
        tried = [(_closure_rmse(gated, shift), abs(shift), shift) for shift in CLOSURE_SHIFTS_MIN]
        best_rmse, _, best_shift = min(tried)
    return {
        "closure_rmse_w_m2": gated.figures.closure_rmse,
        "closure_bias_w_m2": gated.figures.closure_bias,
        "closure_best_shift_min": None if best_shift is None else float(best_shift),
        "closure_best_rmse_w_m2": best_rmse,
    }


def _closure_rmse(gated: GatedWeather, shift_min: float) -> float:
    late = gated.raw.solar_late_min + shift_min
    figures = sun_checks.measure(
        gated.frame, gated.raw.place, interval_minutes=gated.interval_minutes, late_min=late
    )
    return figures.closure_rmse if figures.closure_rmse is not None else float("inf")


def _choices(gated: GatedWeather, spec: FileWeather, suggested_min: float) -> dict[str, float]:
    """Return the irradiation of the plane for each choice of components and shift [kWh/m2]."""
    shifts = dict.fromkeys((spec.shift_min, suggested_min))
    components = ("file", "from_ghi") if "dni" in gated.frame else ("from_ghi",)
    found = {}
    for shift in shifts:
        for source in components:
            choice = spec.model_copy(update={"components": source, "shift_min": shift})
            found[f"{source}, shift {shift:+g} min"] = _plane_kwh_m2(centred(gated, choice), gated)
    return found


def _plane_kwh_m2(frame: pd.DataFrame, gated: GatedWeather) -> float:
    import pandas as pd

    from stationsim.weather.irradiance import plane_of_array
    from stationsim.weather.sun import extraterrestrial_w_m2, solar_position

    place, step = gated.raw.place, gated.interval_minutes
    sun = solar_position(
        frame.index + pd.Timedelta(minutes=step / 2),
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        elevation_m=place.elevation_m,
    )
    weather = frame.assign(
        apparent_zenith=sun["apparent_zenith"].to_numpy(),
        azimuth=sun["azimuth"].to_numpy(),
        dni_extra=extraterrestrial_w_m2(frame.index),
    )
    azimuth = 180.0 if place.latitude_deg >= 0 else 0.0
    plane = plane_of_array(weather, tilt_deg=PLANE_TILT_DEG, azimuth_deg=azimuth, albedo=PLANE_ALBEDO)
    return float(np.sum(plane.poa_global) * step / 60 / W_IN_KW)


def describe(check: WeatherCheck) -> list[str]:
    """Return a check as lines of text."""
    kind = "typical year" if check.typical_year else "dated series"
    name = f"{check.name}, " if check.name else ""
    position = f"{check.latitude_deg:.3f}, {check.longitude_deg:.3f}, {check.elevation_m:.0f} m"
    lines = [
        f"{check.file}: {check.format}, {kind}, {check.interval_minutes} min, {check.days:g} days",
        f"place: {name}{position}, UTC{check.utc_offset_h:+g} h",
        f"period: {check.first} to {check.last}, from {_years(check.years)}",
        f"irradiation: GHI {check.ghi_kwh_m2:.0f}, DNI {_number(check.dni_kwh_m2)}, "
        f"DHI {_number(check.dhi_kwh_m2)} kWh/m2",
        f"temperature: mean {check.temp_mean_degc:.1f}, highest {check.temp_highest_degc:.1f}, "
        f"lowest {check.temp_lowest_degc:.1f} degC",
        f"wind {check.wind_mean_m_s:.1f} m/s, relative humidity {check.humidity_mean_percent:.0f} %, "
        f"precipitation {_number(check.precipitation_mm)}{'' if check.precipitation_mm is None else ' mm'}",
        f"centre of GHI: {check.centre_min:+.0f} min from solar noon; {check.night_share:.2%} of it at night",
    ]
    for part in (_closure_lines, _choice_lines, _finding_lines, _verdict_lines):
        writer: Callable[[WeatherCheck], list[str]] = part
        lines += writer(check)
    return lines


def _closure_lines(check: WeatherCheck) -> list[str]:
    if check.closure_rmse_w_m2 is None:
        return ["closure: the file has no components to close"]
    return [
        f"closure of GHI with DNI cos z + DHI: RMSE {check.closure_rmse_w_m2:.1f}, "
        f"bias {check.closure_bias_w_m2:+.1f} W/m2; best with shift_min {check.closure_best_shift_min:+g}: "
        f"RMSE {check.closure_best_rmse_w_m2:.1f}"
    ]


def _choice_lines(check: WeatherCheck) -> list[str]:
    head = f"what the choice changes, irradiation at {PLANE_TILT_DEG:g} deg to the equator:"
    return [head, *(f"  {choice}: {energy:.0f} kWh/m2" for choice, energy in check.poa_kwh_m2.items())]


def _finding_lines(check: WeatherCheck) -> list[str]:
    if not check.findings:
        return ["findings: none"]
    return ["findings:", *(f"  {_counted(finding)}" for finding in check.findings)]


def _verdict_lines(check: WeatherCheck) -> list[str]:
    """Say whether the file can be used as it is, and how much the way of reading it matters."""
    amounts = list(check.poa_kwh_m2.values())
    if not any(finding.action == "warned" for finding in check.findings):
        return ["verdict: usable as it is"]
    spread = 100 * (max(amounts) - min(amounts)) / amounts[0] if amounts and amounts[0] else 0.0
    return [
        f"verdict: usable; the choices above move irradiation by up to {spread:.1f} %, so name yours with it"
    ]


def _counted(finding: Finding) -> str:
    return f"{finding} [{finding.count} rows]" if finding.count > 1 else str(finding)


def _years(years: tuple[int, ...]) -> str:
    if len(years) <= 1:
        return "".join(str(year) for year in years) or "unknown years"
    return f"{len(years)} years of {years[0]} to {years[-1]}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f}"
