"""Weather files: amounts known of real typical years, and how well their parts agree with the sun."""

from __future__ import annotations

from pathlib import Path

from stationsim.prove.case import Case, skipped, within
from stationsim.prove.files import absent, data_file
from stationsim.weather.check import W_IN_KW, WeatherCheck, check_weather
from stationsim.weather.files import through_gate
from stationsim.weather.raw import Place
from stationsim.weather.spec import FileWeather

FOLDER = "weather"
DENVER = "USA_CO_Denver-Stapleton.724690_DRYCOLD-TMY_BESTEST.epw"

KNOWN: dict[str, tuple[str, tuple[float | None, ...]]] = {
    # file: source; GHI, DNI, DHI [kWh/m2], mean, highest and lowest temperature [degC], closure RMSE [W/m2]
    "CHN_Shandong.Jinan.548230_CSWD.epw": (
        "CSWD, row sums and EnergyPlus .stat file",
        (1299, 1055, 592, 14.9, 37.2, -11.5, 29),
    ),
    "USA_AZ_Tucson-Davis-Monthan.AFB.722745_TMY3.epw": (
        "NREL TMY3, row sums",
        (2002, 2437, 539, 21.7, 42.0, -1.1, 0.9),
    ),
    "USA_HI_Honolulu.Intl.AP.911820_TMY3.epw": (
        "NREL TMY3, row sums",
        (1953, 1855, 730, 24.9, 33.3, 13.3, None),
    ),
    "USA_AK_Fairbanks.Intl.AP.702610_TMY3.epw": (
        "NREL TMY3, row sums",
        (946, 1142, 467, -1.4, 30.0, -38.3, None),
    ),
    DENVER: ("ASHRAE 140 DRYCOLD, row sums", (1831.9, 2353.7, 500.5, 9.71, 35.0, -24.4, 25)),
    "USA_CO_Denver.Intl.AP.725650TYCST_BESTEST140-2020.epw": (
        "ASHRAE 140-2020, row sums",
        (1670.2, 1977.6, 556.5, 10.88, 40.0, -19.4, 0.9),
    ),
}

ENERGY_TOLERANCE_KWH_M2 = 0.6
"""The known sums are given to the kWh/m2."""

TEMP_TOLERANCE_K = 0.06
"""The known temperatures are given to the tenth of a degree."""

CLOSURE_TOLERANCE_W_M2 = 0.6
"""The known closure errors are given to the W/m2."""


def quick() -> list[Case]:
    """Hold the amounts of real files against what is known of them."""
    cases: list[Case] = []
    for name, (source, known) in KNOWN.items():
        path = data_file(f"{FOLDER}/{name}")
        if not path.is_file():
            cases.append(skipped(f"weather file {name}", source, absent(f"{FOLDER}/{name}")))
            continue
        cases += _amounts(path, source, known)
    return cases


def long() -> list[Case]:
    """Return nothing more: reading is quick."""
    return []


def _amounts(path: Path, source: str, known: tuple[float | None, ...]) -> list[Case]:
    spec = FileWeather(source="file", file=path.name)
    gated = through_gate(spec, path=path, site=Place(36.8, 117.4, 60.0))
    frame, temp = gated.frame, gated.frame["temp_air"]
    amounts = (
        ("GHI", frame["ghi"].sum() / W_IN_KW, ENERGY_TOLERANCE_KWH_M2, "kWh/m2"),
        ("DNI", frame["dni"].sum() / W_IN_KW, ENERGY_TOLERANCE_KWH_M2, "kWh/m2"),
        ("DHI", frame["dhi"].sum() / W_IN_KW, ENERGY_TOLERANCE_KWH_M2, "kWh/m2"),
        ("mean temperature", temp.mean(), TEMP_TOLERANCE_K, "degC"),
        ("highest temperature", temp.max(), TEMP_TOLERANCE_K, "degC"),
        ("lowest temperature", temp.min(), TEMP_TOLERANCE_K, "degC"),
        ("closure RMSE", gated.figures.closure_rmse, CLOSURE_TOLERANCE_W_M2, "W/m2"),
    )
    cases = [
        within(f"{_short(path)}: {what}", source, expected=expected, got=got, absolute=tolerance, unit=unit)
        for (what, got, tolerance, unit), expected in zip(amounts, known, strict=True)
        if expected is not None and got is not None
    ]
    return cases + (_half_an_hour(check_weather(path), source) if path.name == DENVER else [])


def _half_an_hour(check: WeatherCheck, source: str) -> list[Case]:
    """DRYCOLD is known to close with the sun half an hour before mid-hour."""
    best, rmse = check.closure_best_shift_min, check.closure_best_rmse_w_m2
    if best is None or rmse is None:
        return []
    name = "DRYCOLD: closes best with the sun moved by"
    return [
        within(name, source, expected=-30.0, got=best, absolute=0.1, unit="min"),
        within("DRYCOLD: closure RMSE then", source, expected=2.0, got=rmse, absolute=0.5, unit="W/m2"),
    ]


def _short(path: Path) -> str:
    return path.name.split(".")[0]
