"""What a scenario may say but rarely means: values outside their usual range, with a warning each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stationsim.errors import Problem
from stationsim.scenario.plausible_charging import charging_prices, charging_warnings
from stationsim.scenario.plausible_water import water_warnings
from stationsim.traffic.calendar import beyond_holidays_warning

if TYPE_CHECKING:
    from stationsim.scenario.load import Loaded
    from stationsim.scenario.schema import Scenario

USUAL_BATTERY_H = (0.5, 8.0)
"""Energy over power of stationary batteries [h]; from frequency reserve to the longest lithium storage."""

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

LEAST_ROUND_TRIP = 0.5
"""Round-trip efficiency below which hardly a battery of any kind lies."""

MOST_PEOPLE_PER_M2 = 1.0
"""People present in the mean of a day per floor area [1/m2]; a full concourse at its peak holds about one."""

FAR_CLIMATE_DEG = 3.0
"""Degrees of latitude or longitude from which another place is likely to have another climate."""


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
        *(_battery_hours, _battery_losses, charging_warnings, _prices, _crowded_rooms),
        *(_inverters, _holidays, _far_climate, water_warnings),
    )
    warnings = [warning for rule in rules for warning in rule(scenario)]
    if loaded is None:
        return warnings
    return [*loaded.warnings, *(loaded.placed(warning) for warning in warnings)]


def _battery_hours(scenario: Scenario) -> Iterator[Problem]:
    battery = scenario.battery
    if battery is None:
        return
    hours = battery.capacity_kwh / battery.power_kw
    low, high = USUAL_BATTERY_H
    if not low <= hours <= high:
        yield Problem(
            f"capacity_kwh over power_kw is {hours:.3g} h, usual are {low:g} to {high:g} h",
            path="battery.capacity_kwh",
            hint="energy is in kWh and power in kW; are they swapped or in MW?",
            code="W201",
        )


def _battery_losses(scenario: Scenario) -> Iterator[Problem]:
    battery = scenario.battery
    if battery is None:
        return
    kept = battery.charge_efficiency * battery.discharge_efficiency
    if kept < LEAST_ROUND_TRIP:
        yield Problem(
            f"the battery gives back {kept:.3g} of what it takes, usual are 0.7 to 0.97",
            path="battery.charge_efficiency",
            code="W207",
        )


def _crowded_rooms(scenario: Scenario) -> Iterator[Problem]:
    traffic = scenario.traffic
    entering = traffic.entering_per_day or 0.0
    present = entering * traffic.mean_people_per_vehicle * traffic.stay_minutes / MINUTES_PER_DAY
    area_m2 = scenario.building.zone.floor_area_m2
    if present > MOST_PEOPLE_PER_M2 * area_m2:
        yield Problem(
            f"{present:.0f} people are present in the mean of a day, in {area_m2:g} m2",
            path="building.zone.floor_area_m2",
            hint="their warmth overheats the building; check traffic and building.zone.floor_area_m2",
            code="W208",
        )


def _far_climate(scenario: Scenario) -> Iterator[Problem]:
    weather, site = scenario.weather, scenario.site
    name = weather.climate if weather.source == "synthetic" else None
    if name is None:
        return
    from stationsim.weather.climates import load_climate

    climate = load_climate(name)
    east = abs((site.longitude_deg - climate.lon + 180) % 360 - 180)
    if max(abs(site.latitude_deg - climate.lat), east) <= FAR_CLIMATE_DEG:
        return
    is_across = site.latitude_deg * climate.lat < 0
    yield Problem(
        f"the climate is that of {climate.place} at {climate.lat:g}, {climate.lon:g}, "
        f"the site lies at {site.latitude_deg:g}, {site.longitude_deg:g}",
        path="weather.climate",
        hint="across the equator its seasons are the wrong way round"
        if is_across
        else "name a climate_file or a weather file of the place",
        code="W209",
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
