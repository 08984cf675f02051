"""What falls from the sky."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stationsim.kpis.kpi import Kpi, Kpis

if TYPE_CHECKING:
    from stationsim.results import Results

WET_DAY_MM = 1.0
"""Rain from which a day counts as rainy [mm]; the WMO's threshold of wet days."""


def weather_kpis(results: Results) -> Kpis:
    """Return rain and snow of the run; nothing where its weather does not know them."""
    steps = results.steps
    found: Kpis = {}
    if "rainfall" in steps:
        rain = np.bincount(results.civil_day, weights=steps["rainfall"].to_numpy())
        rainy = np.count_nonzero(rain >= WET_DAY_MM)
        found["rainfall"] = Kpi(float(rain.sum()), "mm", "Rain over the run, without snow.")
        found["rain_days"] = Kpi(float(rainy), "d", f"Civil days with at least {WET_DAY_MM:g} mm of rain.")
    if "snowfall" in steps:
        snow = float(steps["snowfall"].to_numpy().sum())
        found["snowfall"] = Kpi(snow, "cm", "Fresh snow over the run.")
    return found
