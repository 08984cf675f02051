"""What the sun says about a weather file: whether its place, its time and its components can be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, refused, warned
from stationsim.weather.centring import zenith_deg
from stationsim.weather.raw import SOLAR, Place
from stationsim.weather.sun import extraterrestrial_w_m2

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

NIGHT_SHARE_REFUSED, NIGHT_SHARE_WARNED = 0.10, 0.003
"""Share of GHI that falls while the sun is down at mid-interval: above the first the place or the time must
be wrong, above the second the time is probably shifted. Sound hourly files stay below 0.002."""

CENTRE_WARNED_MIN = 20.0
"""Distance of the energy-weighted centre of GHI from solar noon that is worth a warning [min]."""

CLOSURE_REFUSED_W_M2, CLOSURE_WARNED_W_M2 = 100.0, 10.0
"""RMSE of GHI - (DNI cos z + DHI) [W/m2]: measured and modelled years that are sound stay below 6, real
typical years that are not still stay below 50."""

SHORTEST_FOR_CENTRE_DAYS, SHORTEST_FOR_SEASONS_DAYS = 30, 300
"""Days from which the weather averages out of the centre of GHI, and from which the seasons can be told."""

SEASONS_LATITUDE_DEG = 15.0
"""Latitude below which the seasons of light are too weak to tell the hemisphere [deg]."""

SEASONS_EVEN = 0.2
"""Spread of monthly clearness, deviation over mean, up to which the seasons are taken for right."""

SEASONS_SPREAD = 2.0
"""How much more even monthly clearness must be in the other hemisphere to refuse this one."""

PLACE_WARNED_DEG = 0.5
"""Distance in latitude or longitude of file and site that is worth a warning [deg]; 2 minutes of sun."""

HOUR_MINUTES = 60


@dataclass(frozen=True)
class SunFigures:
    """What the checks measured."""

    night_share: float
    """Share of GHI while the sun is down at mid-interval."""
    centre_min: float
    """Energy-weighted centre of GHI after solar noon [min]; negative before it."""
    closure_rmse: float | None
    """Root of the mean square of GHI - DNI cos z - DHI over all intervals [W/m2]; None without components."""
    closure_bias: float | None
    """Mean of the same [W/m2]; positive where GHI is larger."""


def check_place(place: Place, site: Place) -> list[Finding]:
    """Warn when the file comes from somewhere else than the site."""
    if not (place.declared and site.declared):
        return []
    away = (abs(place.latitude_deg - site.latitude_deg), abs(place.longitude_deg - site.longitude_deg))
    if max(away) <= PLACE_WARNED_DEG:
        return []
    message = (
        f"the file is of {place.latitude_deg:.2f}, {place.longitude_deg:.2f}, the site at "
        f"{site.latitude_deg:.2f}, {site.longitude_deg:.2f}"
    )
    return [warned("place", message, hint="north and east are positive")]


def measure(frame: pd.DataFrame, place: Place, *, interval_minutes: int, late_min: float) -> SunFigures:
    """Measure a frame against the sun.

    Parameters
    ----------
    frame
        Left-labelled frame without holes in ``ghi``.
    place
        Where the values belong.
    interval_minutes
        Length of the intervals [min].
    late_min
        How much later than mid-interval the solar values are centred [min].
    """
    hourly, step = _hourly(frame, interval_minutes)
    middle = step / 2 + late_min
    zenith = zenith_deg(hourly.index, place, later_min=middle)
    ghi = hourly["ghi"].to_numpy(dtype=float)
    total = ghi.sum()
    if total <= 0:
        return SunFigures(0.0, 0.0, None, None)
    share = float(ghi[zenith > 90].sum() / total)
    centre = float((ghi * _solar_minutes(hourly.index, place, middle)).sum() / total)
    if "dni" not in hourly or "dhi" not in hourly:
        return SunFigures(share, centre, None, None)
    rmse, bias = _closure(hourly, zenith)
    return SunFigures(share, centre, rmse, bias)


def check_sun(
    frame: pd.DataFrame, place: Place, figures: SunFigures, *, interval_minutes: int
) -> list[Finding]:
    """Judge what was measured.

    Parameters
    ----------
    frame, place, interval_minutes
        As for :func:`measure`.
    figures
        What it measured.
    """
    findings = _check_night(figures) or _check_centre(frame, figures)
    if not any(finding.action == "refused" for finding in findings):
        findings += _check_hemisphere(frame, place, interval_minutes)
    return findings + (_check_closure(figures) if figures.closure_rmse is not None else [])


def _hourly(frame: pd.DataFrame, interval_minutes: int) -> tuple[pd.DataFrame, int]:
    """Return hourly means of whole hours, which are fine enough to judge a file by."""
    if interval_minutes >= HOUR_MINUTES or len(frame) < HOUR_MINUTES // interval_minutes:
        return frame, interval_minutes
    rows = HOUR_MINUTES // interval_minutes
    names = [name for name in SOLAR if name in frame]
    whole = frame[names].iloc[: len(frame) // rows * rows]
    means = whole.to_numpy(dtype=float).reshape(-1, rows, len(names)).mean(axis=1)
    import pandas as pd

    return pd.DataFrame(means, index=whole.index[::rows], columns=names), HOUR_MINUTES


def _solar_minutes(index: pd.DatetimeIndex, place: Place, later_min: float) -> Array:
    """Return true solar time after noon [min], -720 to 720, at instants after the labels."""
    from pvlib.solarposition import equation_of_time_spencer71

    utc = index.tz_convert("UTC")
    minutes = (utc.hour * 60 + utc.minute).to_numpy(dtype=float) + later_min
    equation = np.asarray(equation_of_time_spencer71(index.day_of_year.to_numpy()), dtype=float)
    solar: Array = (minutes + 4 * place.longitude_deg + equation) % 1440 - 720
    return solar


def _closure(frame: pd.DataFrame, zenith: Array) -> tuple[float, float]:
    ghi, dni, dhi = (frame[name].to_numpy(dtype=float) for name in SOLAR)
    error = ghi - dhi - dni * np.maximum(np.cos(np.radians(zenith)), 0.0)
    return float(np.sqrt(np.mean(error**2))), float(np.mean(error))


def _check_night(figures: SunFigures) -> list[Finding]:
    share = figures.night_share
    if share > NIGHT_SHARE_REFUSED:
        message = f"{share:.0%} of GHI falls at night"
        hint = "is the longitude's sign right, is the time zone, are latitude and longitude swapped?"
        return [refused("night", message, hint=hint)]
    if share > NIGHT_SHARE_WARNED:
        message = f"{share:.2%} of GHI falls at night, so the file's time is probably shifted"
        shift = suggested_shift_min(figures.centre_min)
        hint = f"shift_min: {shift:g} would centre it" if shift else ""
        return [warned("night", message + _centre_words(figures.centre_min), hint=hint)]
    return []


def _check_centre(frame: pd.DataFrame, figures: SunFigures) -> list[Finding]:
    if abs(figures.centre_min) <= CENTRE_WARNED_MIN or _days(frame) < SHORTEST_FOR_CENTRE_DAYS:
        return []
    hint = f"shift_min: {suggested_shift_min(figures.centre_min):g} would centre it"
    return [
        warned("centre", "GHI is not centred on solar noon" + _centre_words(figures.centre_min), hint=hint)
    ]


def _centre_words(centre_min: float) -> str:
    return f"; its centre is {abs(centre_min):.0f} min {'after' if centre_min > 0 else 'before'} solar noon"


def suggested_shift_min(centre_min: float) -> float:
    """Return the ``shift_min`` that centres GHI on solar noon, to 5 min; 0 within the tolerance [min]."""
    if abs(centre_min) <= CENTRE_WARNED_MIN:
        return 0.0
    return -5.0 * round(centre_min / 5)


def _check_closure(figures: SunFigures) -> list[Finding]:
    rmse, bias = figures.closure_rmse or 0.0, figures.closure_bias or 0.0
    message = f"GHI and DNI cos z + DHI differ by {rmse:.0f} W/m2 RMSE, {bias:+.1f} W/m2 in the mean"
    if rmse > CLOSURE_REFUSED_W_M2:
        return [refused("closure", message, hint="components: from_ghi derives DNI and DHI from GHI")]
    if rmse > CLOSURE_WARNED_W_M2:
        hint = "shift_min or components: from_ghi mend it; `stationsim weather check` tells what each changes"
        return [warned("closure", message, hint=hint)]
    return []


def _check_hemisphere(frame: pd.DataFrame, place: Place, interval_minutes: int) -> list[Finding]:
    """Refuse a place whose monthly clearness would be far more even on the other side of the equator."""
    if _days(frame) < SHORTEST_FOR_SEASONS_DAYS or abs(place.latitude_deg) < SEASONS_LATITUDE_DEG:
        return []
    hourly, step = _hourly(frame, interval_minutes)
    other = Place(-place.latitude_deg, place.longitude_deg, place.elevation_m)
    here = _clearness_spread(hourly, place, step)
    if here <= SEASONS_EVEN or here <= SEASONS_SPREAD * _clearness_spread(hourly, other, step):
        return []
    message = "the seasons of GHI are those of the other hemisphere"
    return [refused("hemisphere", message, hint="is the latitude's sign right? north is positive")]


def _clearness_spread(frame: pd.DataFrame, place: Place, step: int) -> float:
    """Return the spread of monthly clearness: standard deviation over mean."""
    zenith = zenith_deg(frame.index, place, later_min=step / 2)
    outside = np.maximum(np.cos(np.radians(zenith)), 0.0) * extraterrestrial_w_m2(frame.index)
    month = frame.index.month.to_numpy()
    light = np.bincount(month, weights=frame["ghi"].to_numpy(dtype=float), minlength=13)[1:]
    full = np.bincount(month, weights=outside, minlength=13)[1:]
    clear = light[full > 0] / full[full > 0]
    return float(clear.std() / clear.mean()) if clear.mean() > 0 else 0.0


def _days(frame: pd.DataFrame) -> float:
    return float((frame.index[-1] - frame.index[0]).total_seconds() / 86400)
