"""Rain, snow and dirt against monthly tables, the models' published constants and North China's losses."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np

from stationsim.prove.case import Case, between, skipped, within
from stationsim.prove.files import data_file

TABLE = "stationsim/data/precipitation.csv"
KIMBER = "Kimber et al. (2006), closed form by hand"
MARION = "Marion et al. (2013), 0.197 sin(tilt) an hour, by hand"
NORTH_CHINA = "North China with rain cleaning: 2 to 5 % a year"
JENNINGS = "Jennings et al. (2018): equal parts at 1.0 degC in the mean of the northern hemisphere"
JINAN_FILE = "weather/CHN_Shandong.Jinan.548230_CSWD.epw"

SURE = 3.5
"""Standard errors of a mean of years beyond which none of 24 months lies by chance."""

YEARS = {"quick": 30, "long": 100}
CLIMATES = ("Jinan", "Beijing", "Shanghai")


def quick() -> list[Case]:
    """Return the closed forms, and thirty years of Jinan."""
    return [*_kimber(), *_slides(), *_phase(), *_drawn("Jinan", YEARS["quick"]), *_file()]


def long() -> list[Case]:
    """Return a hundred years of every place with a table, and the dirt of Jinan."""
    cases = [case for name in CLIMATES for case in _drawn(name, YEARS["long"])]
    return [*cases, *_dirt(YEARS["long"])]


def _kimber() -> list[Case]:
    """Play a dry spell of sixty days, and the same with one rain: sums of an arithmetic series."""
    from stationsim.models.soiling import SoilingSpec, daily_loss

    spec = SoilingSpec(rate_percent_per_day=0.15, cleaning_rain_mm=6.0, grace_days=14)
    rain = np.zeros(60)
    dry = daily_loss(spec, rain, first_day=dt.date(2025, 4, 1))
    rain[20] = 12.0
    washed = daily_loss(spec, rain, first_day=dt.date(2025, 4, 1))
    return [
        within(
            "Kimber, 60 dry days at 0.15 %/d: mean loss", KIMBER, unit="%", relative=1e-9,
            expected=0.15 * 59 / 2, got=100 * dry.mean(),
        ),
        within(
            "Kimber, a rain on day 21 and 14 damp days: mean loss", KIMBER, unit="%", relative=1e-9,
            expected=0.15 * (19 * 20 / 2 + 26 * 27 / 2) / 60, got=100 * washed.mean(),
        ),
    ]  # fmt: skip


def _slides() -> list[Case]:
    """Hours until a covered row is free, at 1 degC in the dark."""
    from stationsim.models.snow import SnowSpec, snow_loss

    cases = []
    for tilt in (10.0, 20.0, 45.0):
        snow = np.zeros(60)
        snow[1] = 5.0
        lost = snow_loss(
            SnowSpec(),
            snowfall=snow,
            poa_global=0 * snow,
            temp_air=snow * 0 + 1,
            tilt_deg=tilt,
            step_minutes=60,
        )
        hours = np.ceil(1 / (0.197 * np.sin(np.radians(tilt))))
        case = f"Marion, snow on a row at {tilt:g} deg: hours covered"
        cases.append(
            within(case, MARION, expected=hours, got=float(np.count_nonzero(lost)), absolute=0.0, unit="h")
        )
    return cases


def _phase() -> list[Case]:
    from stationsim.weather.precipitation import snow_share

    share = float(snow_share(np.array([1.0]))[0])
    return [
        within("Snow's share of precipitation at 1 degC", JENNINGS, expected=0.5, got=share, absolute=1e-9)
    ]


@cache
def _years(name: str, years: int) -> tuple[Any, Any]:
    """Return the table of a place and its drawn hours."""
    from stationsim.clock import Clock
    from stationsim.weather.climates import load_climate
    from stationsim.weather.precipitation import with_precipitation
    from stationsim.weather.rain_climates import shipped_climates
    from stationsim.weather.synthetic import synthesize

    climate, table = load_climate(name), shipped_climates()[name]
    clock = Clock(dt.date(2001, 1, 1), dt.date(2000 + years, 12, 31), 60, "Asia/Shanghai")
    site: dict[str, Any] = {
        "latitude_deg": climate.lat,
        "longitude_deg": climate.lon,
        "elevation_m": climate.elevation_m,
    }
    return table, with_precipitation(synthesize(climate, clock=clock, seed=7, **site), table, seed=7)


def _monthly(values: Any) -> Any:
    """Return sums of months, years by months."""
    sums = values.groupby([values.index.year, values.index.month]).sum()
    return sums.to_numpy(dtype=float).reshape(-1, 12)


def _furthest(months: Any, wanted: Any) -> tuple[float, int]:
    """Return the largest difference from the table in standard errors of the mean, and its month."""
    off = (months.mean(axis=0) - wanted) / (months.std(axis=0, ddof=1) / np.sqrt(len(months)))
    month = int(np.argmax(np.abs(off)))
    return float(off[month]), month + 1


def _drawn(name: str, years: int) -> list[Case]:
    table, frame = _years(name, years)
    place = f"Drawn rain of {name}, {years} years"
    water = frame["rainfall"] + frame["snowfall"]
    day = frame.index.floor("D")
    of_day, light = water.groupby(day).sum(), frame["ghi"].groupby(day).sum()
    wet = of_day > 0
    year = _monthly(of_day).sum(axis=1)
    cases = [
        within(
            f"{place}: water of a year", TABLE, expected=float(table.water_mm.sum()), got=float(year.mean()),
            absolute=round(SURE * float(year.std(ddof=1)) / np.sqrt(years), 1), unit="mm",
        )
    ]  # fmt: skip
    for what, months, wanted in (
        ("water", _monthly(of_day), table.water_mm),
        ("wet days", _monthly(wet), table.wet_days),
    ):
        off, month = _furthest(months, wanted)
        case = f"{place}: {what} of the month furthest off, in standard errors"
        cases.append(within(case, TABLE, expected=0.0, got=off, absolute=SURE, note=f"month {month}"))
    cold = float(frame.loc[frame["snowfall"] > 0, "temp_air"].max())
    dull = float(np.corrcoef(_season_free(light), wet.to_numpy(dtype=float))[0, 1])
    return [
        *cases,
        between(
            f"{place}: correlation of a day's light with its being wet", "rain needs clouds: negative",
            low=-1.0, high=-0.2, got=dull,
        ),
        between(f"{place}: warmest hour with snow", JENNINGS, low=-60.0, high=2.0, got=cold, unit="degC"),
    ]  # fmt: skip


def _season_free(light: Any) -> Any:
    """Return the light of days over the mean of their month of all years."""
    month = light.index.month
    return (light / light.groupby(month).transform("mean")).to_numpy()


def _dirt(years: int) -> list[Case]:
    """Annual loss of horizontal light to dirt, with the defaults of the soiling model."""
    from stationsim.models.soiling import SoilingSpec, soiling_loss

    _, frame = _years("Jinan", years)
    hours = np.arange(len(frame))
    loss = soiling_loss(
        SoilingSpec(),
        rainfall=frame["rainfall"].to_numpy(),
        civil_day=hours // 24,
        first_day=dt.date(2001, 1, 1),
    )
    lost = 100 * float((loss * frame["ghi"]).sum() / frame["ghi"].sum())
    case = f"Dirt at Jinan, {years} years, default rate and rain: share of the light"
    return [between(case, NORTH_CHINA, low=2.0, high=5.0, got=lost, unit="%")]


def _file() -> list[Case]:
    """Rain drawn onto the typical year of Jinan, which has none."""
    case, source = "Rain drawn onto the real year of Jinan: correlation of light and wet days", "negative"
    if not data_file(JINAN_FILE).is_file():
        return [skipped(case, source, "weather file is not here")]
    from stationsim.clock import Clock
    from stationsim.weather.files import read_weather
    from stationsim.weather.precipitation import with_precipitation
    from stationsim.weather.rain_climates import rain_climate
    from stationsim.weather.spec import FileWeather

    spec = FileWeather.model_validate(
        {"source": "file", "file": data_file(JINAN_FILE).name, "precipitation": {"climate": "jinan"}}
    )
    clock = Clock(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 60, "Asia/Shanghai")
    site: dict[str, Any] = {"latitude_deg": 36.6, "longitude_deg": 117.05, "elevation_m": 170.3}
    native = read_weather(spec, path=data_file(JINAN_FILE), clock=clock, **site).frame
    frame = with_precipitation(native, rain_climate(spec), seed=1)
    day = frame.index.floor("D")
    wet = (frame["rainfall"] + frame["snowfall"]).groupby(day).sum() > 0
    light = _season_free(frame["ghi"].groupby(day).sum())
    got = float(np.corrcoef(light, wet.to_numpy(dtype=float))[0, 1])
    return [between(case, source, low=-1.0, high=-0.2, got=got)]
