"""Yields that no place can give: what is claimed of a station, and what a run comes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stationsim.errors import Problem
from stationsim.models.pv import SolarSpec, most_kwh_per_kwp

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

KWH_PER_GWH = 1e6
KWP_PER_MW = 1000.0

NEAR_CLIMATE_DEG = 3.0
"""Degrees of latitude and longitude within which a shipped climate tells the light of a site."""

MOST_LIGHT_KWH_M2 = 2700.0
"""Light of a year on the horizontal at the sunniest places on Earth, in the Atacama [kWh/m2]."""


def claim_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning where the generation that is claimed cannot be, by the climate of the place."""
    solar = scenario.solar
    if solar is None or solar.claimed_kwh_per_year is None or solar.total_kwp <= 0:
        return
    ghi, where = _light_of_place(scenario)
    said = impossible_yield(
        scenario, solar.claimed_kwh_per_year, ghi_kwh_m2=ghi, where=where, what="the claimed generation"
    )
    if said:
        yield Problem(
            said,
            path="solar.claimed_kwh_per_year",
            hint="is it several years, another unit, or the energy of more than these surfaces?",
            code="W215",
        )


def impossible_yield(
    scenario: Scenario, kwh_per_year: float, *, ghi_kwh_m2: float, where: str, what: str
) -> str:
    """Say with numbers why a generation of a year cannot be, or nothing where it can.

    Parameters
    ----------
    scenario
        The station.
    kwh_per_year
        Generation of a year [kWh].
    ghi_kwh_m2
        Light of a year on the horizontal [kWh/m2].
    where
        What that light is of.
    what
        What generation it is.
    """
    solar = scenario.solar
    if solar is None or solar.total_kwp <= 0:
        return ""
    latitude, rear = scenario.site.latitude_deg, _is_bifacial(solar)
    got = kwh_per_year / solar.total_kwp
    most = most_kwh_per_kwp(ghi_kwh_m2, latitude_deg=latitude, bifacial=rear)
    if got <= most:
        return ""
    return (
        f"{what}, {kwh_per_year / KWH_PER_GWH:.3g} GWh from {solar.total_kwp / KWP_PER_MW:.3g} MW, is "
        f"{got:,.0f} kWh/kWp a year and cannot be: {where} with {ghi_kwh_m2:,.0f} kWh/m2 a year allows at "
        f"most {most:,.0f} kWh/kWp"
    )


def _is_bifacial(solar: SolarSpec) -> bool:
    return any(surface.bifacial is not None for surface in solar.surfaces)


def _light_of_place(scenario: Scenario) -> tuple[float, str]:
    """Return the light of a year that is known of the site before a run [kWh/m2], and what it is of."""
    return near_climate(scenario) or (MOST_LIGHT_KWH_M2, "even the sunniest place on Earth")


def near_climate(scenario: Scenario) -> tuple[float, str] | None:
    """Return the light of a year in the nearest climate that comes with stationsim [kWh/m2], and its name."""
    from stationsim.weather.climates import climate_names, load_climate

    site = scenario.site
    best: tuple[float, float, str] | None = None
    for name in climate_names():
        climate = load_climate(name)
        east = abs((site.longitude_deg - climate.lon + 180) % 360 - 180)
        away = max(abs(site.latitude_deg - climate.lat), east)
        if away <= NEAR_CLIMATE_DEG and (best is None or away < best[0]):
            best = (away, climate.ghi_kwh_m2_year, climate.place)
    return None if best is None else (best[1], f"{best[2]} nearby")
