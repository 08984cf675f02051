"""What a reader hands to the gate: a table in pvlib's names, its place and its convention of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from stationsim.inputs.findings import Finding

SOLAR = ("ghi", "dni", "dhi")
"""Irradiance columns [W/m2]."""

AIR = ("temp_air", "wind_speed", "relative_humidity")
"""Columns of the air [degC, m/s, %]."""

NATIVE_COLUMNS = SOLAR + AIR
"""Columns of a native frame, in order."""

WATER = ("precipitation", "snow_depth")
"""Columns that few files have: water that falls in the interval [mm] and depth of snow on the ground [cm]."""

FALLEN = ("rainfall", "snowfall")
"""Columns made of them where they are known: rain [mm] and fresh snow [cm] that fall in the interval."""


@dataclass(frozen=True)
class Place:
    """Where a file says its weather happened; what it does not say comes from the site."""

    latitude_deg: float
    longitude_deg: float
    elevation_m: float
    name: str = ""
    declared: bool = True
    """Whether the position is the file's own."""


@dataclass(frozen=True)
class RawWeather:
    """Rows as they stand in a file, in common names and units, before any check of their values."""

    format: str
    """``epw``, ``tmy3``, ``pvgis``, ``sam`` or ``csv``."""
    place: Place
    offset: dt.timezone
    """Fixed offset of the file's times."""
    typical: bool
    """Whether the rows are a typical year, whose year numbers mean nothing."""
    labels: pd.DatetimeIndex
    """Left label of each row without zone, in the file's offset; typical years stand on one nominal year."""
    frame: pd.DataFrame
    """Columns ``ghi`` and ``temp_air``, and of the others those the file has."""
    lines: NDArray[np.int64]
    """Line of the file of each row."""
    interval_minutes: int | None = None
    """Length of a row where the format fixes it [min]; None to take it from the times."""
    stamp: str = "start"
    """Which moment of its interval ``labels`` names; only a plain CSV has others than ``start``."""
    solar_late_min: float = 0.0
    """How much later than the middle of the interval the solar values are centred [min]."""
    air_late_min: float = 0.0
    """The same of the columns of the air [min]."""
    facts: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
