"""What a scenario may say but rarely means: values outside their usual range, with a warning each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stationsim.errors import Problem
from stationsim.scenario.plausible_ageing import ageing_warnings
from stationsim.scenario.plausible_battery import battery_warnings
from stationsim.scenario.plausible_building import building_warnings
from stationsim.scenario.plausible_charging import charging_prices, charging_warnings
from stationsim.scenario.plausible_loads import load_warnings
from stationsim.scenario.plausible_solar import claim_warnings
from stationsim.scenario.plausible_water import water_warnings
from stationsim.traffic.calendar import beyond_holidays_warning

if TYPE_CHECKING:
    from stationsim.scenario.load import Loaded
    from stationsim.scenario.schema import Scenario

USUAL_PRICE_PER_KWH = {
    "CNY": (0.05, 5.0),
    "EUR": (0.02, 2.0),
    "USD": (0.02, 2.0),
    "GBP": (0.02, 2.0),
    "AUD": (0.02, 2.0),
    "JPY": (2.0, 200.0),
}
"""Usual price of energy [currency/kWh], wide on purpose: a tenth of industry's to several times a home's in
2024. Other currencies are not judged."""

USUAL_DC_AC_RATIO = (0.9, 1.6)
"""DC power of modules over AC power of inverters; 1.0 to 1.5 is built, the rest is margin."""

MINUTES_PER_DAY = 1440.0

MOST_PEOPLE_PER_M2 = 1.0
"""People present in the mean of a day per floor area [1/m2]; a full concourse at its peak holds about one."""

USUAL_PRECIPITATION_MM = (10.0, 5000.0)
"""Precipitation of a year [mm]: from deserts to the wettest towns; a few stations have more or less."""

USUAL_WET_DAY_MM = (0.5, 50.0)
"""Mean water of a wet day in a month [mm]; 2 to 20 in most climates, some 30 in the wettest monsoon."""

FAR_CLIMATE_DEG = 3.0
"""Degrees of latitude or longitude from which another place is likely to have another climate."""


_OWN = {
    "weather.climate": "name a climate_file or a weather file of the place",
    "weather.precipitation.climate": "write mm_by_month and wet_days_by_month of the place",
}
"""What helps where a climate is that of another place, by the key that names it."""


def plausibility(scenario: Scenario, loaded: Loaded[Any] | None = None) -> list[Problem]:
    """Return a warning (codes W2xx) for everything outside its usual range.

    Parameters
    ----------
    scenario
        A valid scenario.
    loaded
        What it was loaded from, for file and line of each warning and for keys with a new name.
    """
    rules = (
        *(battery_warnings, ageing_warnings, charging_warnings, _prices, _crowded_rooms, _inverters),
        *(claim_warnings, _holidays, _far_climate, _precipitation, water_warnings, load_warnings),
        building_warnings,
    )
    warnings = [warning for rule in rules for warning in rule(scenario)]
    if loaded is None:
        return warnings
    return [*loaded.warnings, *(loaded.placed(warning) for warning in warnings)]


def _crowded_rooms(scenario: Scenario) -> Iterator[Problem]:
    traffic = scenario.traffic
    entering = traffic.entering_per_day or 0.0
    present = entering * traffic.mean_people_per_vehicle * traffic.stay_minutes / MINUTES_PER_DAY
    area_m2 = scenario.building.floor_area_m2
    if present > MOST_PEOPLE_PER_M2 * area_m2:
        yield Problem(
            f"{present:.0f} people are present in the mean of a day, in {area_m2:g} m2",
            path="building.zones",
            hint="their warmth overheats the building; check traffic and the floor_area_m2 of building.zones",
            code="W208",
        )


def _far_climate(scenario: Scenario) -> Iterator[Problem]:
    weather = scenario.weather
    if weather.source == "synthetic" and weather.climate is not None:
        yield from _far_place(scenario, weather.climate, "weather.climate")
    if weather.precipitation is not None and weather.precipitation.climate is not None:
        yield from _far_place(scenario, weather.precipitation.climate, "weather.precipitation.climate")


def _far_place(scenario: Scenario, name: str, path: str) -> Iterator[Problem]:
    from stationsim.weather.climates import load_climate

    site, climate = scenario.site, load_climate(name)
    east = abs((site.longitude_deg - climate.lon + 180) % 360 - 180)
    if max(abs(site.latitude_deg - climate.lat), east) <= FAR_CLIMATE_DEG:
        return
    is_across = site.latitude_deg * climate.lat < 0
    yield Problem(
        f"the climate is that of {climate.place} at {climate.lat:g}, {climate.lon:g}, "
        f"the site lies at {site.latitude_deg:g}, {site.longitude_deg:g}",
        path=path,
        hint="across the equator its seasons are the wrong way round" if is_across else _OWN[path],
        code="W209",
    )


def _precipitation(scenario: Scenario) -> Iterator[Problem]:
    spec = scenario.weather.precipitation
    if spec is None or spec.mm_by_month is None or spec.wet_days_by_month is None:
        return
    path, code = "weather.precipitation", "W230"
    year_mm, (low, high) = sum(spec.mm_by_month), USUAL_PRECIPITATION_MM
    if not low <= year_mm <= high:
        yield Problem(
            f"{year_mm:g} mm a year are unusual, {low:g} to {high:g} mm are usual",
            path=f"{path}.mm_by_month",
            hint="are they in cm or inches, or of a day rather than a month?",
            code=code,
        )
    low, high = USUAL_WET_DAY_MM
    months = enumerate(zip(spec.mm_by_month, spec.wet_days_by_month, strict=True), start=1)
    odd = [(month, mm / days) for month, (mm, days) in months if days > 0 and not low <= mm / days <= high]
    if odd:
        month, mm = odd[0]
        yield Problem(
            f"{mm:.3g} mm on a wet day of month {month} are unusual, {low:g} to {high:g} mm are usual",
            path=f"{path}.wet_days_by_month",
            code=code,
        )


def _prices(scenario: Scenario) -> Iterator[Problem]:
    tariff = scenario.grid.tariff
    usual = USUAL_PRICE_PER_KWH.get(tariff.currency.upper())
    if usual is None:
        return
    prices = {
        f"grid.tariff.bands[{n}].price_per_kwh": band.price_per_kwh for n, band in enumerate(tariff.bands)
    }
    if tariff.flat_price_per_kwh is not None:
        prices["grid.tariff.flat_price_per_kwh"] = tariff.flat_price_per_kwh
    prices |= charging_prices(scenario)
    unusual = {
        path: price for path, price in prices.items() if price > 0 and not usual[0] <= price <= usual[1]
    }
    if tariff.feed_in_per_kwh > usual[1]:
        unusual["grid.tariff.feed_in_per_kwh"] = tariff.feed_in_per_kwh
    for path, price in unusual.items():
        yield Problem(
            f"{price:g} is unusual, {usual[0]:g} to {usual[1]:g} {tariff.currency}/kWh are usual",
            path=path,
            hint="is the price in another unit, such as per MWh or in cents?",
            code="W203",
        )


def _inverters(scenario: Scenario) -> Iterator[Problem]:
    low, high = USUAL_DC_AC_RATIO
    for number, surface in enumerate(scenario.solar.surfaces if scenario.solar else ()):
        if not low <= surface.dc_ac_ratio <= high:
            yield Problem(
                f"{surface.dc_ac_ratio:g} is unusual, {low:g} to {high:g} are usual",
                path=f"solar.surfaces[{number}].dc_ac_ratio",
                code="W205",
            )


def _holidays(scenario: Scenario) -> Iterator[Problem]:
    if scenario.traffic.calendar is not None:
        return
    warning = beyond_holidays_warning(scenario.traffic, scenario.period.start, scenario.period.end)
    if warning is not None:
        yield Problem(warning, path="traffic.holidays", code="W206")
