"""Surfaces as built: shade of rows, rear sides, age, years through the weather gate, impossible claims."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from stationsim.models.pv import (
    AgeingSpec,
    Shares,
    Sky,
    SurfaceSpec,
    ageing_loss,
    direct_kept,
    most_kwh_per_kwp,
    rear_irradiance,
    shaded_fraction,
    sky_and_foreground,
    sky_view,
    surface_power_kw,
)
from stationsim.prove.case import Case, between, skipped, within
from stationsim.prove.files import absent, data_file, needed_scenario
from stationsim.prove.pv import (
    JINAN_FILE,
    PHOENIX_FILE,
    PVWATTS_LOSSES,
    SAM,
    phoenix,
    pvwatts_system,
)
from stationsim.prove.reference import YIELDS
from stationsim.scenario import Scenario
from stationsim.scenario.plausibility import plausibility
from stationsim.scenario.solar import SolarSection
from stationsim.solar import Generation, generation
from stationsim.weather.irradiance import plane_of_array

CLOSED_FORM = "closed form"
SHEDS = "pvlib 0.16, infinite sheds (Mikofski et al. 2019) and shaded_fraction1d (Anderson and Jensen 2024)"
MARTINEZ = "Martinez-Moreno, Munoz and Lorenzo 2010, equation 6"
TONGLU = "Tonglu service area, G25, 2025: 5.12 GWh a year from 2,260 kW of canopies"
RATIOS = "Reich et al., Progress in Photovoltaics 20 (2012) 717: plants of Germany, 70 to 90 %"

PHOENIX_MONTHS = (
    *(441.117, 488.020, 601.263, 685.430, 730.075, 681.335),
    *(679.185, 662.545, 610.097, 583.053, 461.662, 419.413),
)
"""AC energy of each month of PVWatts 8's default system in Phoenix [kWh]."""


def quick() -> list[Case]:
    """Return every case; the slowest reads a weather file."""
    return [
        *_rows_by_hand(),
        *_like_pvlib(),
        *_limits(),
        *_years_of_age(),
        *_phoenix_through_the_gate(),
        *_jinan_through_the_gate(),
        *_claim_of_tonglu(),
    ]


def long() -> list[Case]:
    """Return no further cases."""
    return []


def _day() -> Sky:
    """Return the sun at many places in front of and behind rows that face south."""
    zenith, azimuth = (grid.ravel() for grid in np.meshgrid(np.arange(15, 85, 5.0), np.arange(60, 301, 15.0)))
    return Sky(np.full_like(zenith, 700.0), np.full_like(zenith, 150.0), zenith, azimuth)


def _rows_by_hand() -> list[Case]:
    """Noon shadows: from the sun a row of width 1 is sin(tilt + height) wide and 1/gcr sin(height) off."""
    rows = []
    for height_deg, gcr in ((10.0, 0.5), (20.0, 0.7), (5.0, 0.9)):
        wide, apart = np.sin(np.radians(30 + height_deg)), np.sin(np.radians(height_deg)) / gcr
        got = shaded_fraction(np.cos(np.radians(60 - height_deg)), np.cos(np.radians(90 - height_deg)), gcr)
        case = f"Rows at 30 deg, cover {gcr:g}, noon sun at {height_deg:g} deg: share in the shadow"
        rows.append(within(case, CLOSED_FORM, expected=1 - apart / wide, got=float(got), absolute=1e-9))
    kept = direct_kept(0.2, 3)
    case = "A fifth of the slant in the shadow, three blocks: direct light that counts"
    return [*rows, within(case, MARTINEZ, expected=0.8 * (1 - 1 / 4), got=float(kept), absolute=1e-12)]


def _like_pvlib() -> list[Case]:
    """Hold the whole day against the programs of pvlib: largest difference."""
    from pvlib import shading
    from pvlib.bifacial import infinite_sheds, utils

    from stationsim.models.pv.light import cos_incidence

    sky, slope_deg, gcr = _day(), 12.0, 0.6
    module, ground = (cos_incidence(sky, tilt_deg=tilt, azimuth_deg=180.0) for tilt in (30.0, slope_deg))
    theirs = shading.shaded_fraction1d(
        sky.apparent_zenith, sky.azimuth, 90.0, 30.0,
        collector_width=1.0, pitch=np.cos(np.radians(slope_deg)) / gcr, cross_axis_slope=slope_deg,
    )  # fmt: skip
    lit = (module > 0.02) & (ground > 0.02)
    shade = np.abs(shaded_fraction(module, ground, gcr) - theirs)[lit].max()
    rear = {"bifaciality": 0.7, "height_m": 2.5, "width_m": 3.0, "pitch_m": 6.0, "albedo": 0.3}
    rows = SurfaceSpec.model_validate(
        {"name": "rows", "kind": "canopy", "dc_kwp": 1, "tilt_deg": 10, "bifacial": rear}
    )
    ghi = sky.dni * np.cos(np.radians(sky.apparent_zenith)) + sky.dhi
    behind = infinite_sheds.get_irradiance_poa(
        170.0, 0.0, sky.apparent_zenith, sky.azimuth, 0.5, 2.5, 6.0, ghi, sky.dhi, sky.dni, 0.3
    )["poa_global"]
    view = sky_and_foreground(25.0, 0.0, 0.6)[0] - float(utils.vf_row_sky_2d_integ(25.0, 0.6))
    return [
        within("Rows on a slope of 12 deg, a day: share in the shadow, largest difference", SHEDS,
               expected=0, got=float(shade), absolute=1e-9),
        within("Rear of canopies, a day: irradiance, largest difference", SHEDS,
               expected=0, got=float(np.abs(rear_irradiance(rows, sky) - behind).max()), absolute=1e-3,
               unit="W/m2"),
        within("Rows on flat ground: view of the sky, difference", SHEDS, expected=0, got=view,
               absolute=1e-7),
    ]  # fmt: skip


def _limits() -> list[Case]:
    """Hold what must come out where rows stand far apart, lie in one plane, or a horizon is even."""
    far = sky_and_foreground(30.0, 0.0, 0.0001)[0]
    rows = [
        within("Rows far apart: view of the sky", CLOSED_FORM, expected=(1 + np.cos(np.radians(30))) / 2,
               got=far, absolute=1e-4, note="isotropic, (1 + cos tilt) / 2"),
        within("Modules parallel to their slope: share in the shadow", CLOSED_FORM, expected=0,
               got=float(shaded_fraction(0.4, 0.4, 1.0)), absolute=1e-12),
    ]  # fmt: skip
    for height_deg in (10.0, 30.0):
        even = ((0.0, height_deg), (180.0, height_deg))
        case = f"Even horizon of {height_deg:g} deg: sky that a horizontal surface receives"
        expected = np.cos(np.radians(height_deg)) ** 2
        rows.append(within(case, CLOSED_FORM, expected=expected, got=sky_view(even, 0.0, 0.0), absolute=2e-3))
    return rows


def _years_of_age() -> list[Case]:
    """A2.3: 0.5 % a year, counted from the first year on or from the second."""
    case = "PVWatts 8, Phoenix, 25 years at 0.5 % a year, year 1"
    if not data_file(PHOENIX_FILE).is_file():
        return [skipped(case, SAM, absent(PHOENIX_FILE))]
    kwh = {how: _phoenix_kwh(how) for how in ("completed", "begun")}
    return [
        within(f"{case}, aged from year 2 on", SAM, expected=7043.197, got=kwh["completed"], relative=0.025,
               unit="kWh"),
        within(f"{case}, aged in year 1", SAM, expected=7007.669, got=kwh["begun"], relative=0.025,
               unit="kWh"),
        within(f"{case}, one way over the other", SAM, expected=7007.669 / 7043.197,
               got=kwh["begun"] / kwh["completed"], absolute=1e-4),
    ]  # fmt: skip


def _phoenix_kwh(how: str) -> float:
    weather, system = phoenix(), pvwatts_system(-0.0037)
    aged = ageing_loss(
        AgeingSpec.model_validate({"degradation_percent_per_year": 0.5, "loss_of_year": how}),
        np.arange(len(weather)) / 8766.0,
    )
    poa = plane_of_array(weather, tilt_deg=20.0, azimuth_deg=180.0, albedo=0.2, model="perez")
    air, wind = weather["temp_air"].to_numpy(), weather["wind_speed"].to_numpy()
    made = surface_power_kw(
        system, PVWATTS_LOSSES, poa=poa, temp_air=air, wind_speed=wind, shares=Shares(ageing=aged)
    )
    return float(made.ac_kw.sum())


def _made(scenario: Scenario, base: Path) -> tuple[Generation, Any]:
    """Return generation and weather of a scenario, by the ways of a run: gate, sun, clock, chain."""
    from stationsim import world

    clock = world.clock_of(scenario)
    weather, _, _ = world._weather(scenario, clock, base, ())
    return generation(scenario, weather, clock), clock


def _at(scenario: Scenario, **sections: Any) -> Scenario:
    return scenario.model_copy(update=sections)


@cache
def _reference() -> Scenario:
    return Scenario.from_yaml(needed_scenario(), overrides=["simulation.step_minutes=60"])


def _phoenix_through_the_gate() -> list[Case]:
    """A2.3 as a run plays it: the file through reader and gate, the sun of the clock, the whole chain."""
    from stationsim.weather.spec import FileWeather

    case = "PVWatts 8, Phoenix, through the weather gate"
    if not data_file(PHOENIX_FILE).is_file():
        return [skipped(case, SAM, absent(PHOENIX_FILE))]
    site = _reference().site.model_copy(
        update={
            "latitude_deg": 33.4333, "longitude_deg": -112.0167, "elevation_m": 339.0,
            "timezone": "America/Phoenix",
        }
    )  # fmt: skip
    solar = SolarSection(surfaces=(pvwatts_system(-0.0037),), transposition="perez", losses=PVWATTS_LOSSES)
    weather = FileWeather(source="file", file=data_file(PHOENIX_FILE).name)
    scenario = _at(_reference(), site=site, solar=solar, weather=weather)
    made, clock = _made(scenario, data_file(PHOENIX_FILE).parent)
    power, month = made.ac_kw["array"], clock.civil.month.to_numpy()
    plane = made.chain_kwh["array"]["plane"] / 4.0
    rows = [
        within(f"{case}, plane of array", SAM, expected=2346.4, got=plane, relative=0.01, unit="kWh/m2"),
        within(f"{case}, annual AC", SAM, expected=7043.197, got=power.sum(), relative=0.025, unit="kWh"),
    ]
    return rows + [
        within(
            f"{case}, month {n}", SAM, expected=kwh, got=power[month == n].sum(), relative=0.04, unit="kWh"
        )
        for n, kwh in enumerate(PHOENIX_MONTHS, start=1)
    ]


def _jinan_through_the_gate() -> list[Case]:
    """Play the reference's surfaces, with rows, dirt, snow and age, on the real typical year."""
    from stationsim.weather.spec import FileWeather, PrecipitationSpec

    path = data_file(JINAN_FILE)
    if not path.is_file():
        return [skipped("Yield of the reference's surfaces, typical year", YIELDS, absent(JINAN_FILE))]
    weather = FileWeather(source="file", file=path.name, precipitation=PrecipitationSpec(climate="Jinan"))
    made, clock = _made(_at(_reference(), weather=weather), path.parent)
    cases = []
    for surface in _reference().solar.surfaces:  # type: ignore[union-attr]
        kwh, chain = made.ac_kw[surface.name].sum() * clock.dt_h, made.chain_kwh[surface.name]
        case = f"{{}} of the {surface.name} as built, typical year"
        cases.append(between(case.format("Yield"), YIELDS, low=1000, high=1226, got=kwh / surface.dc_kwp,
                             unit="kWh/kWp"))  # fmt: skip
        cases.append(between(case.format("Performance ratio"), RATIOS, low=0.70, high=0.90,
                             got=kwh / chain["plane"]))  # fmt: skip
    return cases


def _claim_of_tonglu() -> list[Case]:
    """A8.3: what cannot be is told, and what can be is not."""
    scenario = Scenario.from_yaml(needed_scenario())
    site = scenario.site.model_copy(update={"latitude_deg": 29.8, "longitude_deg": 119.7})
    canopies = SurfaceSpec(name="canopies", kind="canopy", dc_kwp=2260.0, tilt_deg=10.0)
    told = {}
    for kwh in (5.12e6, 1000.0 * 2260.0):
        solar = SolarSection(surfaces=(canopies,), claimed_kwh_per_year=kwh)
        found = plausibility(_at(scenario, site=site, solar=solar))
        told[kwh] = float(sum(problem.code == "W215" for problem in found))
    most = most_kwh_per_kwp(1203.0, latitude_deg=29.8)
    return [
        within("2,265 kWh/kWp claimed at 30 deg north: warnings", TONGLU, expected=1, got=told[5.12e6],
               absolute=0,
               note=f"{5.12e6 / 2260:.0f} kWh/kWp, the place allows {most:.0f}"),
        within("1,000 kWh/kWp claimed there: warnings", TONGLU, expected=0, got=told[2260e3], absolute=0),
    ]  # fmt: skip
