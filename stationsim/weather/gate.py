"""The one gate behind all readers: missing-value codes, units and ranges of every column.

What the sun has to say about a file is in :mod:`stationsim.weather.sun_checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, refused, repaired, warned
from stationsim.weather.raw import SOLAR, WATER

if TYPE_CHECKING:
    import pandas as pd

MISSING_CODES = (-999.0, -9900.0, -9999.0, -99999.0)
"""Codes of a missing value in every column: -9900 TMY3 (Wilcox and Marion 2008), -9999 NSRDB, -99999
USCRN."""

EPW_MISSING = {
    "temp_air": 99.9,
    "relative_humidity": 999.0,
    "pressure": 999999.0,
    "ghi": 9999.0,
    "dni": 9999.0,
    "dhi": 9999.0,
    "wind_speed": 999.0,
}
"""Codes of a missing value in EPW [unit of the column]. Source: EnergyPlus Auxiliary Programs, EPW data
dictionary."""

NIGHT_OFFSET_W_M2 = -5.0
"""Lowest reading that is the night offset of a pyranometer and becomes 0 [W/m2]."""

GHI_HIGHEST_W_M2 = 1500.0
"""Highest GHI that clouds have been seen to raise, for moments, at sea level [W/m2]."""

DNI_HIGHEST_W_M2 = 1412.0
"""The beam outside the atmosphere at perihelion, the most there is [W/m2]; 1366 times 1.034 (Spencer
1971)."""

DNI_UNUSUAL_W_M2 = 1100.0
"""DNI above which a value is worth a warning [W/m2]; the clearest mountain air lets through about as much."""

DHI_OVER_GHI_W_M2 = 10.0
"""By how much DHI may exceed GHI through rounding and other instruments [W/m2]."""

TEMP_LOWEST_DEGC, TEMP_HIGHEST_DEGC = -90.0, 60.0
"""Air temperature ever measured, rounded outwards [degC]. Source: WMO archive of extremes (-89.2, 56.7)."""

KELVIN_FROM = 150.0
"""Temperature from which a column must be in kelvin."""

WIND_HIGHEST_M_S, WIND_HIGHEST_MEAN_M_S = 60.0, 12.0
"""Hourly and yearly mean wind at 10 m that no inhabited site exceeds [m/s]."""

WIND_UNUSUAL_MEAN_M_S = 8.0
"""Yearly mean wind at 10 m that only a few inhabited coasts reach [m/s]; 2.3 m/s written in km/h."""

HUMIDITY_HIGHEST_PERCENT = 110.0
"""Reading of a wet hygrometer that is still cut to 100 [%]."""

PRESSURE_LOWEST_PA, PRESSURE_HIGHEST_PA = 30_000.0, 110_000.0
"""Air pressure at the height of Everest, and above every record at sea level [Pa]."""

PRECIPITATION_HIGHEST_MM = 450.0
"""More water than has fallen in any hour, by half [mm]. Source: WMO archive of extremes (305, Holt 1947)."""

SNOW_DEPTH_HIGHEST_CM = 1200.0
"""Depth of snow ever measured, rounded outwards [cm]; 1182 on Mount Ibuki in 1927."""

COPIED_SHARE = 0.99
"""Share of lit rows that must equal those of a year before for a year to be a copy."""


@dataclass(frozen=True)
class Range:
    """What a column may hold."""

    name: str
    low: float
    high: float
    unit: str
    units_meant: tuple[tuple[float, float, str], ...] = ()
    """Median from, to, and what it looks like."""


RANGES = {
    "ghi": Range("GHI", NIGHT_OFFSET_W_M2, GHI_HIGHEST_W_M2, "W/m2"),
    "dni": Range("DNI", NIGHT_OFFSET_W_M2, DNI_HIGHEST_W_M2, "W/m2"),
    "dhi": Range("DHI", NIGHT_OFFSET_W_M2, GHI_HIGHEST_W_M2, "W/m2"),
    "temp_air": Range("temperature", TEMP_LOWEST_DEGC, TEMP_HIGHEST_DEGC, "degC",
                      ((KELVIN_FROM, 350.0, "kelvin"), (30.0, KELVIN_FROM, "degrees Fahrenheit"))),
    "wind_speed": Range("wind speed", 0.0, WIND_HIGHEST_M_S, "m/s", ((5.0, 400.0, "km/h"),)),
    "relative_humidity": Range("relative humidity", 0.0, HUMIDITY_HIGHEST_PERCENT, "%"),
    "pressure": Range("pressure", PRESSURE_LOWEST_PA, PRESSURE_HIGHEST_PA, "Pa",
                      ((300.0, 1100.0, "hPa"), (30.0, 110.0, "kPa"))),
    "precipitation": Range("precipitation", 0.0, PRECIPITATION_HIGHEST_MM, "mm"),
    "snow_depth": Range("snow depth", 0.0, SNOW_DEPTH_HIGHEST_CM, "cm"),
}  # fmt: skip
"""Range of every column."""


def take_out_codes(frame: pd.DataFrame, form: str) -> list[Finding]:
    """Turn the missing-value codes of a format into NaN, in place.

    Parameters
    ----------
    frame
        Columns in common names.
    form
        Format of the file; EPW has codes of its own.
    """
    findings = []
    for name in frame.columns:
        values = frame[name].to_numpy(dtype=float, copy=True)
        code = np.isin(values, MISSING_CODES)
        if form == "epw" and name in EPW_MISSING:
            limit = EPW_MISSING[name]
            code |= values >= limit if name in SOLAR or name == "pressure" else values == limit
        if code.any():
            frame[name] = np.where(code, np.nan, values)
            message = f"{name} has codes of a missing value; they count as missing"
            findings.append(repaired("missing code", message, count=int(code.sum())))
    return findings


def check_ranges(frame: pd.DataFrame, lines: NDArray[np.int64]) -> list[Finding]:
    """Check every column against its range, and mend what a declared policy mends, in place."""
    findings: list[Finding] = []
    for name, limits in RANGES.items():
        if name in frame:
            findings += _check_range(frame, name, limits, lines)
    findings += _check_typical_unit(frame)
    if any(finding.action == "refused" for finding in findings):
        return findings
    for name in SOLAR:
        if name in frame:
            findings += _no_night_offset(frame, name)
    if "relative_humidity" in frame:
        findings += _cut_humidity(frame)
    return [*findings, *_unusual(frame, lines), *_constant(frame), *_copied_year(frame)]


def _check_range(frame: pd.DataFrame, name: str, limits: Range, lines: NDArray[np.int64]) -> list[Finding]:
    values = frame[name].to_numpy(dtype=float)
    bad = np.flatnonzero((values < limits.low) | (values > limits.high))
    if not bad.size:
        return []
    middle = float(np.nanmedian(values))
    looks = next((what for low, high, what in limits.units_meant if low < middle <= high), "")
    message = f"{limits.name} must be from {limits.low:g} to {limits.high:g} {limits.unit}"
    hint = f"looks like {looks}" if looks else ""
    return [
        refused(
            "range",
            message,
            count=int(bad.size),
            line=int(lines[bad[0]]),
            hint=hint,
            value=f"{values[bad[0]]:g}",
        )
    ]


def _check_typical_unit(frame: pd.DataFrame) -> list[Finding]:
    """Refuse columns inside their range whose mean or highest value tells of another unit."""
    findings = []
    if "wind_speed" in frame:
        wind = frame["wind_speed"].mean()
        if wind > WIND_HIGHEST_MEAN_M_S and frame["wind_speed"].max() <= WIND_HIGHEST_M_S:
            message = f"mean wind speed must be at most {WIND_HIGHEST_MEAN_M_S:g} m/s, is {wind:.1f}"
            findings.append(refused("unit", message, hint="looks like km/h"))
    if (
        "relative_humidity" in frame
        and 0 < frame["relative_humidity"].max() <= HUMIDITY_HIGHEST_PERCENT / 100
    ):
        message = "relative humidity must be in percent"
        findings.append(refused("unit", message, hint="looks like a fraction; write 65, not 0.65"))
    if "ghi" in frame and 0 < frame["ghi"].max() <= 1.5:
        findings.append(refused("unit", "GHI must be in W/m2", hint="looks like kW/m2"))
    return findings


def _no_night_offset(frame: pd.DataFrame, name: str) -> list[Finding]:
    """Turn the negative readings of an instrument at night, and -0.0, into 0."""
    values = frame[name].to_numpy(dtype=float, copy=True)
    negative = values < 0
    frame[name] = np.where(values <= 0, 0.0, values)
    if not negative.any():
        return []
    message = f"{name} from {NIGHT_OFFSET_W_M2:g} to 0 W/m2 became 0"
    return [repaired("night offset", message, count=int(negative.sum()))]


def _cut_humidity(frame: pd.DataFrame) -> list[Finding]:
    values = frame["relative_humidity"]
    wet = int((values > 100).sum())
    frame["relative_humidity"] = values.clip(upper=100.0)
    return [repaired("humidity", "relative humidity above 100 % became 100", count=wet)] if wet else []


def _unusual(frame: pd.DataFrame, lines: NDArray[np.int64]) -> list[Finding]:
    findings = []
    if "dni" in frame:
        high = np.flatnonzero(frame["dni"].to_numpy() > DNI_UNUSUAL_W_M2)
        if high.size:
            message = f"DNI is above {DNI_UNUSUAL_W_M2:g} W/m2, more than the clearest air lets through"
            findings.append(warned("high beam", message, count=int(high.size), line=int(lines[high[0]])))
    if "wind_speed" in frame and frame["wind_speed"].mean() > WIND_UNUSUAL_MEAN_M_S:
        message = f"mean wind speed is {frame['wind_speed'].mean():.1f} m/s, more than nearly all towns have"
        findings.append(warned("wind", message, hint="is it in km/h?"))
    if "dhi" in frame:
        over = np.flatnonzero((frame["dhi"] > frame["ghi"] + DHI_OVER_GHI_W_M2).to_numpy())
        if over.size:
            message = f"DHI is more than {DHI_OVER_GHI_W_M2:g} W/m2 above GHI, of which it is a part"
            findings.append(warned("diffuse", message, count=int(over.size), line=int(lines[over[0]])))
    return findings


def _constant(frame: pd.DataFrame) -> list[Finding]:
    findings = []
    for name in (column for column in frame.columns if column not in ("pressure", *WATER)):
        values = frame[name].to_numpy(dtype=float)
        values = values[np.isfinite(values)]
        if values.size > 1 and (values == values[0]).all():
            what = "0 all the time" if name in SOLAR and values[0] == 0 else f"{values[0]:g} all the time"
            findings.append(warned("constant", f"{name} is {what}", count=int(values.size)))
    return findings


def _copied_year(frame: pd.DataFrame) -> list[Finding]:
    """Warn when a year of a dated series is a copy of the one before."""
    step: Any = frame.index[1] - frame.index[0]
    year = round(365 * 86400 / step.total_seconds())
    if len(frame) < 2 * year - 1:
        return []
    values = frame[["ghi", "temp_air"]].to_numpy(dtype=float)
    lit = values[year:, 0] > 0
    same = (values[year:] == values[:-year]).all(axis=1)
    if lit.any() and same[lit].mean() > COPIED_SHARE:
        return [warned("copy", "a year is a copy of the one before", count=int(same.sum()))]
    return []
