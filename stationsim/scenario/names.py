"""Names of surfaces, batteries, zones, posts and carriageways, which end up in the names of results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stationsim.models.charging.checks import WAITS_OF
from stationsim.models.pv import CHAIN

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

COLUMNS = {
    "surface": ("pv_{}_kw",),
    "battery": ("battery_kwh_{}", "soc_{}", "battery_temp_{}_degc", "charge_{}_kw", "discharge_{}_kw"),
    "zone": ("temp_{}_degc", "cooling_{}_kw", "heating_{}_kw"),
    "group": ("posts_down_{}", "posts_held_{}"),
}
"""Columns of the steps that each part of a kind has."""

NUMBERS = {
    "surface": (
        *("pv_{}", "yield_{}", "poa_{}", "performance_ratio_{}"),
        *("yield_{}_per_year", "poa_{}_per_year"),
    ),
    "battery": (
        *("battery_throughput_{}", "battery_cycles_{}", "battery_round_trip_{}", "battery_temp_max_{}"),
        *("battery_health_start_{}", "battery_health_end_{}", "battery_calendar_loss_{}"),
        *("battery_cycle_loss_{}", "battery_years_to_end_of_life_{}", "battery_days_outside_ageing_model_{}"),
        *("battery_warranty_spent_{}", "battery_wear_cost_{}", "battery_wear_cost_per_kwh_{}"),
    ),
    "zone": (
        *("hours_too_cold_{}", "hours_too_warm_{}", "degree_hours_cold_{}", "degree_hours_warm_{}"),
        *("temp_min_{}", "temp_max_{}", "cooling_{}", "heating_{}"),
    ),
    "group": (
        *("post_utilisation_{}", "post_charging_{}", "post_availability_{}"),
        *("sessions_per_post_day_{}", "kwh_per_post_day_{}", "kw_per_post_{}"),
    ),
    "side": ("wait_mean_{}", "wait_p95_{}"),
}
"""Numbers of a run that each part of a kind has."""

TAKEN_COLUMNS = frozenset(
    (
        *("pv_clipped_kw", "pv_to_battery_kw", "charge_dc_kw"),
        *("temp_zone_degc", "temp_mass_degc", "cooling_heat_kw", "heating_heat_kw"),
    )
)
"""Columns of the whole station that a part could be given the name of."""

TAKEN_NUMBERS = frozenset(
    (
        *(
            f"pv_{what}{of}"
            for what in ("generated", "curtailed")
            for of in ("", "_per_day", "_share", "_per_year")
        ),
        *("pv_delivered", "pv_used_on_site", "pv_best_hour", "pv_core_hours_start", "pv_core_hours_end"),
        *("pv_clipped", "pv_clipped_per_year", "pv_claimed", "pv_simulated_over_claimed"),
        *(f"pv_loss_{stage}" for stage in CHAIN),
        *("yield_all", "yield_all_per_year", "performance_ratio_all"),
        *("battery_temp_max", "battery_wear_cost_per_kwh", "cooling_eer", "heating_cop"),
        *(f"{what}_per_post_day_{kind}" for what in ("sessions", "kwh") for kind in ("ordinary", "holiday")),
        *(f"wait_{what}_{whose}" for what in ("mean", "p95") for whose in WAITS_OF),
    )
)
"""Numbers of the whole station that a part could be given the name of."""


def check_names(scenario: Scenario) -> None:
    """Refuse names with which a column or number would be called as another one.

    Raises
    ------
    ValueError
        A name is taken.
    """
    for table, taken in ((COLUMNS, TAKEN_COLUMNS), (NUMBERS, TAKEN_NUMBERS)):
        owners = dict.fromkeys(taken, "the station")
        for path, kind, name in _parts(scenario):
            for form in table.get(kind, ()):
                made = form.format(name)
                if made in owners:
                    raise ValueError(
                        f"{path} must not be {name}, as its {made} would be mixed up with that of "
                        f"{owners[made]}; choose another name"
                    )
                owners[made] = path


def _parts(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Yield the path, kind and name of every part that results tell apart."""
    for number, surface in enumerate(scenario.solar.surfaces if scenario.solar else ()):
        yield f"solar.surfaces[{number}].name", "surface", surface.name
    if len(scenario.batteries) > 1:
        for number, unit in enumerate(scenario.batteries):
            yield f"batteries[{number}].name", "battery", unit.name
    for number, zone in enumerate(scenario.building.zones):
        yield f"building.zones[{number}].name", "zone", zone.name
    for number, group in enumerate(scenario.charging.groups if scenario.charging else ()):
        yield f"charging.groups[{number}].name", "group", group.name
    for number, side in enumerate(scenario.traffic.directions):
        yield f"traffic.directions[{number}].name", "side", side.name
