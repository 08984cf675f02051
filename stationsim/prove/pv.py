"""Photovoltaics against PVWatts, SAM and the ASHRAE 140 example results."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.models.pv import (
    PvLossesSpec,
    PvOutput,
    SurfaceSpec,
    ac_power_kw,
    cell_temperature_degc,
    combined_loss,
    dc_power_kw,
    surface_power_kw,
)
from stationsim.prove.case import Case, between, skipped, within
from stationsim.prove.files import absent, data_file
from stationsim.weather.irradiance import PlaneOfArray, SkyModel, plane_of_array

if TYPE_CHECKING:
    import pandas as pd

PVLIB_TESTS = "pvlib 6382338, component tests"
SAM = "NREL ssc e97a19f, cmod_pvwattsv8_test; PySAM 7.1.1"
PVWATTS = "PVWatts online, 8760 rack mount, Golden CO"
ASHRAE_140 = "ASHRAE 140-2020 example results, incident solar"
YIELD = "white paper 2022 of the Jinan East station: 3.6 GWh a year"

PHOENIX_FILE = "weather/USA_AZ_Phoenix_TMY2_SAM.csv"
GOLDEN_FILE = "validation/pvwatts_8760_rackmount_denver.csv"
DENVER_FILE = "weather/USA_CO_Denver.Intl.AP.725650TYCST_BESTEST140-2020.epw"
JINAN_FILE = "weather/CHN_Shandong.Jinan.548230_CSWD.epw"

PVWATTS_LOSSES = PvLossesSpec(shading_percent=3.0, nameplate_percent=1.0, availability_percent=3.0)
"""The ten losses of PVWatts: 14.0757 % together."""


def with_sun(
    frame: pd.DataFrame, latitude_deg: float, longitude_deg: float, elevation_m: float
) -> pd.DataFrame:
    """Add the sun at mid-step, computed by pvlib alone."""
    import pandas as pd
    from pvlib import irradiance, solarposition

    middle = frame.index + pd.Timedelta(minutes=30)
    sun = solarposition.get_solarposition(middle, latitude_deg, longitude_deg, elevation_m).set_index(
        frame.index
    )
    frame = frame.assign(
        apparent_zenith=sun["apparent_zenith"],
        zenith=sun["zenith"],
        azimuth=sun["azimuth"],
        dni_extra=irradiance.get_extra_radiation(middle.day_of_year.to_numpy()),
    )
    if "ghi" not in frame:
        up = np.maximum(np.cos(np.radians(frame["apparent_zenith"])), 0.0)
        frame = frame.assign(ghi=frame["dhi"] + frame["dni"] * up)
    return frame


def hours_of_a_year(n_hours: int, offset: str, year: int = 2023) -> pd.DatetimeIndex:
    """Return the left-labelled hours of a year at a fixed offset."""
    import pandas as pd

    return pd.date_range(f"{year}-01-01", periods=n_hours, freq="h", tz=offset)


def phoenix() -> pd.DataFrame:
    """Return the weather of the Phoenix case."""
    return _phoenix(data_file(PHOENIX_FILE))


@cache
def _phoenix(path: Path) -> pd.DataFrame:
    import pandas as pd

    table = pd.read_csv(path, skiprows=2)
    names = {"GHI": "ghi", "DNI": "dni", "DHI": "dhi", "Tdry": "temp_air", "Wspd": "wind_speed"}
    frame = table.rename(columns=names)[list(names.values())].astype(float)
    return with_sun(frame.set_index(hours_of_a_year(len(frame), "Etc/GMT+7")), 33.433333, -112.016667, 339.0)


def golden() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the weather of the Golden case and what PVWatts made of it."""
    return _golden(data_file(GOLDEN_FILE))


@cache
def _golden(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    table = pd.read_csv(path, skiprows=17, nrows=8760)
    inputs, outputs = ["dni", "dhi", "temp_air", "wind_speed"], ["poa", "cell", "dc_w", "ac_w"]
    table.columns = pd.Index(["month", "day", "hour", *inputs, *outputs])
    frame = table[inputs].astype(float)
    index = hours_of_a_year(len(frame), "Etc/GMT+7")
    return with_sun(frame.set_index(index), 39.73, -105.18, 1819.6), table.set_index(index)


@cache
def epw(path: Path) -> pd.DataFrame:
    """Return the hours of a typical year with the sun at mid-hour."""
    from pvlib import iotools

    table, place = iotools.read_epw(path)
    names = ["ghi", "dni", "dhi", "temp_air", "wind_speed"]
    offset = f"Etc/GMT{-int(place['TZ']):+d}"
    frame = table[names].astype(float).set_index(hours_of_a_year(len(table), offset))
    return with_sun(frame, place["latitude"], place["longitude"], place["altitude"])


def chain(
    weather: pd.DataFrame, surface: SurfaceSpec, losses: PvLossesSpec, model: SkyModel
) -> tuple[PlaneOfArray, PvOutput]:
    """Run our own functions from weather to AC power."""
    poa = plane_of_array(
        weather,
        tilt_deg=surface.tilt_deg,
        azimuth_deg=surface.azimuth_deg,
        albedo=surface.albedo,
        model=model,
    )
    air, wind = weather["temp_air"].to_numpy(), weather["wind_speed"].to_numpy()
    return poa, surface_power_kw(surface, losses, poa=poa, temp_air=air, wind_speed=wind)


def pvwatts_system(coefficient_per_k: float) -> SurfaceSpec:
    """Return PVWatts' default system: 4 kW, 20 degrees south, open rack, ratio 1.2, inverter 96 %."""
    return SurfaceSpec(
        name="array",
        kind="slope",
        dc_kwp=4.0,
        dc_ac_ratio=1.2,
        tilt_deg=20.0,
        azimuth_deg=180.0,
        albedo=0.2,
        mounting="open_rack",
        power_temperature_coefficient_per_k=coefficient_per_k,
        inverter_efficiency=0.96,
    )


def monthly_sums(values: Any, index: Any) -> list[float]:
    """Return the sums of the months of a year."""
    return [float(values[index.month == month].sum()) for month in range(1, 13)]


def rmse(got: Any, expected: Any) -> float:
    """Return the root mean square of the differences."""
    return float(np.sqrt(np.mean((np.asarray(got) - np.asarray(expected)) ** 2)))


def components() -> list[Case]:
    """A2.2: the constants of the PVWatts parts."""
    dc = dc_power_kw(effective=900.0, temp_cell=30.0, dc_kwp=100.0, coefficient_per_k=-0.003)
    cell = cell_temperature_degc(
        poa_global=1000.0, temp_air=25.0, wind_speed=1.0, mounting="open_rack", module_efficiency=0.2
    )
    rows: list[tuple[str, float, Any, str]] = [
        ("DC 900 W/m2, 30 degC", 88.65, dc, "kW"),
        ("inverter at 90 of 100", 85.58556604752516, ac_power_kw(90.0, ac_kw=95.0, efficiency=0.95), "kW"),
        ("inverter at 50 of 100", 47.60843624, ac_power_kw(50.0, ac_kw=95.0, efficiency=0.95), "kW"),
        ("inverter at 100 of 100", 95.0, ac_power_kw(100.0, ac_kw=95.0, efficiency=0.95), "kW"),
        ("inverter at 150 of 100", 95.0, ac_power_kw(150.0, ac_kw=95.0, efficiency=0.95), "kW"),
        ("cell temperature, SAM NOCT", 55.230790492, cell, "degC"),
        ("losses, default list", 14.075660688264469, 100 * combined_loss(PVWATTS_LOSSES), "%"),
    ]
    return [
        within(
            f"PVWatts parts, {case}", PVLIB_TESTS, expected=expected, got=float(got), relative=1e-8, unit=unit
        )
        for case, expected, got, unit in rows
    ]


def phoenix_cases() -> list[Case]:
    """A2.3: the default system of PVWatts version 8 in Phoenix."""
    if not data_file(PHOENIX_FILE).is_file():
        return [skipped("PVWatts 8, Phoenix", SAM, absent(PHOENIX_FILE))]
    weather = phoenix()
    poa, output = chain(weather, pvwatts_system(-0.0037), PVWATTS_LOSSES, "perez")
    published = [441.117, 488.020, 601.263, 685.430, 730.075, 681.335]
    published += [679.185, 662.545, 610.097, 583.053, 461.662, 419.413]
    months = monthly_sums(output.ac_kw, weather.index)
    case = "PVWatts 8, Phoenix"
    rows = [
        within(
            f"{case} plane of array", SAM, expected=2346.4, got=poa.poa_global.sum() / 1000, relative=0.01
        ),
        within(
            f"{case} annual AC", SAM, expected=7043.197, got=output.ac_kw.sum(), relative=0.025, unit="kWh"
        ),
        within(f"{case} AC peak", SAM, expected=4 / 1.2, got=output.ac_kw.max(), relative=1e-9, unit="kW"),
    ]
    return rows + [
        within(f"{case} AC month {number}", SAM, expected=expected, got=got, relative=0.04, unit="kWh")
        for number, (expected, got) in enumerate(zip(published, months, strict=True), start=1)
    ]


def golden_cases() -> list[Case]:
    """A2.4: PVWatts online in Golden, hour by hour."""
    if not data_file(GOLDEN_FILE).is_file():
        return [skipped("PVWatts online, Golden", PVWATTS, absent(GOLDEN_FILE))]
    weather, expected = golden()
    poa, output = chain(weather, pvwatts_system(-0.0047), PVWATTS_LOSSES, "perez")
    case = "PVWatts online, Golden"
    annual_poa, annual_ac = poa.poa_global.sum() / 1000, output.ac_kw.sum()
    poa_rmse = rmse(poa.poa_global, expected["poa"])
    ac_rmse = rmse(1000 * output.ac_kw, expected["ac_w"])
    cell_rmse = rmse(output.temp_cell_degc, expected["cell"])
    return [
        within(
            f"{case} plane of array", PVWATTS, expected=1930.9, got=annual_poa, relative=0.005, unit="kWh/m2"
        ),
        between(f"{case} plane of array, hourly RMSE", PVWATTS, low=0, high=5, got=poa_rmse, unit="W/m2"),
        within(f"{case} annual AC", PVWATTS, expected=6023.7, got=annual_ac, relative=0.03, unit="kWh"),
        between(f"{case} AC, hourly RMSE", PVWATTS, low=0, high=60, got=ac_rmse, unit="W"),
        between(f"{case} cell temperature, hourly RMSE", PVWATTS, low=0, high=4, got=cell_rmse, unit="K"),
    ]


WALLS = {
    "north": (0.0, 399.0, 477.0),
    "east": (90.0, 1016.7, 1067.9),
    "south": (180.0, 1290.6, 1387.0),
    "west": (270.0, 903.0, 997.0),
}
"""Direction [deg] and range of the six example programs [kWh/m2] of each wall of case 600."""


def wall_cases() -> list[Case]:
    """A1.4: sun on the faces of case 600."""
    if not data_file(DENVER_FILE).is_file():
        return [skipped("Sun on the faces of case 600", ASHRAE_140, absent(DENVER_FILE))]
    weather = epw(data_file(DENVER_FILE))
    flat = plane_of_array(weather, tilt_deg=0.0, azimuth_deg=180.0, albedo=0.2).poa_global.sum() / 1000
    rows = [
        within(
            "Sun on the faces of case 600, horizontal",
            ASHRAE_140,
            expected=1666.4,
            got=flat,
            relative=0.005,
            unit="kWh/m2",
        )
    ]
    for name, (azimuth_deg, low, high) in WALLS.items():
        wall = plane_of_array(weather, tilt_deg=90.0, azimuth_deg=azimuth_deg, albedo=0.2, model="perez")
        got = wall.poa_global.sum() / 1000
        rows.append(
            between(
                f"Sun on the faces of case 600, {name} wall",
                ASHRAE_140,
                low=low,
                high=high,
                got=got,
                unit="kWh/m2",
            )
        )
    return rows


def reference_surfaces() -> tuple[SurfaceSpec, ...]:
    """Return the surfaces of the reference station: 3.2 MW, the split is an assumption."""
    return (
        SurfaceSpec(name="canopies", kind="canopy", dc_kwp=1400.0, tilt_deg=10.0),
        SurfaceSpec(name="slopes", kind="slope", dc_kwp=1200.0, tilt_deg=25.0),
        SurfaceSpec(name="roofs", kind="roof", dc_kwp=600.0, tilt_deg=10.0),
    )


def reference_yield_gwh(weather: pd.DataFrame, model: SkyModel = "haydavies") -> float:
    """Return the year's AC energy of the reference station [GWh]."""
    outputs = (chain(weather, surface, PvLossesSpec(), model)[1] for surface in reference_surfaces())
    return float(sum(output.ac_kw.sum() for output in outputs)) / 1e6


def erbs_split(weather: pd.DataFrame) -> pd.DataFrame:
    """Return the weather with direct and diffuse light derived from the horizontal total."""
    from pvlib import irradiance

    split = irradiance.erbs(weather["ghi"], weather["zenith"], weather.index.day_of_year.to_numpy())
    return weather.assign(dni=split["dni"], dhi=split["dhi"])


def jinan_cases() -> list[Case]:
    """Hold the default losses on the real Jinan weather against the design yield."""
    case = "Jinan East yield, assumed split of 3.2 MW"
    if not data_file(JINAN_FILE).is_file():
        return [skipped(case, YIELD, absent(JINAN_FILE))]
    weather = epw(data_file(JINAN_FILE))
    variants = {"direct and diffuse as in the file": weather, "split by Erbs": erbs_split(weather)}
    return [
        within(
            case, YIELD, expected=3.6, got=reference_yield_gwh(variant), relative=0.05, unit="GWh", note=note
        )
        for note, variant in variants.items()
    ]


def quick() -> list[Case]:
    """Return every case; each takes well under a second."""
    return [*components(), *phoenix_cases(), *golden_cases(), *wall_cases(), *jinan_cases()]


def long() -> list[Case]:
    """Return no further cases: the annual ones are quick."""
    return []
