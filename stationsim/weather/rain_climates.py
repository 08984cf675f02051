"""Monthly precipitation of a place: a few that come with stationsim, or the scenario's own."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.weather.spec import SyntheticWeather

if TYPE_CHECKING:
    from stationsim.weather.spec import FileWeather, PrecipitationSpec

Array = NDArray[np.float64]

NEAR_DEG = 1.0
"""How far a place may lie from a site that takes its precipitation [deg]; some 100 km, assumed."""

MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
"""Mean length of the months [d]."""


@dataclass(frozen=True, eq=False)
class RainClimate:
    """Mean precipitation of each month; arrays have twelve values, January first.

    Parameters
    ----------
    place
        Name of the place, or of where its figures come from.
    water_mm
        Rain and water of snow of the month [mm].
    wet_days
        Days on which it falls [d].
    """

    place: str
    water_mm: Array
    wet_days: Array

    @property
    def wet_share(self) -> Array:
        """Share of the days of each month that are wet."""
        share: Array = np.minimum(self.wet_days / MONTH_DAYS, 1.0)
        return share

    @property
    def wet_day_mm(self) -> Array:
        """Mean water of a wet day of each month [mm]; 0 in a month without."""
        wet = self.wet_share * MONTH_DAYS
        mean: Array = np.divide(self.water_mm, wet, out=np.zeros_like(wet), where=wet > 0)
        return mean


@cache
def shipped_climates() -> dict[str, RainClimate]:
    """Return the monthly precipitation of every place that comes with stationsim, by name."""
    text = (resources.files("stationsim") / "data" / "precipitation.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(lines):
        rows.setdefault(row["place"], []).append(row)
    return {place: _climate(place, months) for place, months in rows.items()}


def rain_climate(weather: SyntheticWeather | FileWeather) -> RainClimate | None:
    """Return the monthly precipitation that a scenario's weather is drawn from; None where it names none."""
    spec = weather.precipitation
    if spec is not None and spec.climate is None:
        return _own(spec)
    named = spec.climate if spec is not None else None
    if named is None and isinstance(weather, SyntheticWeather):
        named = weather.climate
    by_key = {place.casefold(): climate for place, climate in shipped_climates().items()}
    return by_key.get((named or "").strip().casefold())


def rain_climate_at(
    weather: SyntheticWeather | FileWeather, *, latitude_deg: float, longitude_deg: float
) -> tuple[RainClimate | None, bool]:
    """Return the monthly precipitation for a site's weather, and whether it is only that of a place nearby.

    Where a scenario names none for a weather file, that of a shipped place within `NEAR_DEG` is taken.
    """
    named = rain_climate(weather)
    if named is not None or isinstance(weather, SyntheticWeather):
        return named, False
    from stationsim.weather.climates import load_climate

    near: dict[float, RainClimate] = {}
    for place, climate in shipped_climates().items():
        home = load_climate(place)
        east = abs((longitude_deg - home.lon + 180) % 360 - 180)
        near[max(abs(latitude_deg - home.lat), east)] = climate
    away = min(near)
    return (near[away], True) if away <= NEAR_DEG else (None, False)


def _own(spec: PrecipitationSpec) -> RainClimate:
    water_mm, wet_days = (np.array(months) for months in (spec.mm_by_month, spec.wet_days_by_month))
    return RainClimate("weather.precipitation", water_mm, wet_days)


def _climate(place: str, rows: list[dict[str, str]]) -> RainClimate:
    rows = sorted(rows, key=lambda row: int(row["month"]))
    water_mm, wet_days = (
        np.array([float(row[column]) for row in rows]) for column in ("precipitation_mm", "wet_days")
    )
    return RainClimate(place, water_mm, wet_days)
