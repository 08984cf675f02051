"""Rain and snow of typical years: which columns have them, and whether they can be used."""

from __future__ import annotations

from typing import Any

import numpy as np

from stationsim.weather.raw import WATER

TMY3_WATER = {"Lprecip depth (mm)": "precipitation", "Lprecip quantity (hr)": "hours"}
"""Columns of liquid precipitation, which are not in every TMY3."""

EPW_WATER = {
    "liquid_precipitation_depth": "precipitation",
    "liquid_precipitation_quantity": "hours",
    "snow_depth": "snow_depth",
}
"""Columns of rain and snow by pvlib's names; every EPW has them, few have values in them."""

WATER_MISSING = 999.0
"""Depth of rain [mm] and of snow [cm] from which an EPW means a missing value; EPW data dictionary."""

LEAST_WATER_SHARE = 0.9
"""Share of rows that must have a value for a typical year's rain or snow to be used."""


def with_water(frame: Any, data: Any, interval: int) -> Any:
    """Return the frame with the rain and snow of a typical year, where nearly all rows have them.

    Rows whose amount is one of several hours count as missing, since it overlaps with the hourly ones; few
    missing rows count as dry. A year without a drop or flake is one in which they were not observed.
    """
    import pandas as pd

    water = {}
    for name in (column for column in WATER if column in data):
        values = pd.to_numeric(data[name], errors="coerce").to_numpy(dtype=float, copy=True)
        values[(values < 0) | (values >= WATER_MISSING)] = np.nan
        if name == "precipitation":
            hours = pd.to_numeric(data["hours"], errors="coerce").to_numpy(dtype=float)
            values[(hours > interval / 60) & (values > 0)] = np.nan
        if np.isfinite(values).mean() >= LEAST_WATER_SHARE and np.nanmax(values) > 0:
            water[name] = values
    return frame.assign(**water)
