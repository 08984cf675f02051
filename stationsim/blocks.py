"""Blocks of the screen after a run: numbers of one part of the station in few words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stationsim.kpis.kpi import Kpi
from stationsim.models.carbon import KWH_PER_MWH
from stationsim.screen import ABSENT, Line, block, number, plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from stationsim.results import Results

Kpis = Mapping[str, Kpi]

MWH_PER_GWH = 1000.0
LITRES_PER_M3 = 1000.0


def power_block(kpis: Kpis) -> RenderableType:
    """Return peaks, what the sun brings and what the battery does."""
    start, end = kpis["pv_core_hours_start"].value, kpis["pv_core_hours_end"].value
    sun = f"{start:02.0f}:00 to {end:02.0f}:00" if math.isfinite(start) else ABSENT
    lines = [
        ("Peak import / export", _both(kpis, "peak_import_15min", "peak_export_15min")),
        ("Peak use / solar", _both(kpis, "peak_use", "peak_pv")),
        ("Half the solar at", sun),
        *_solar_lines(kpis),
        ("Solar used on site", _of(kpis, "self_consumption")),
        ("Use covered by site", _of(kpis, "self_sufficiency")),
        ("Coal saved by the sun", _of(kpis, "coal_saved")),
        *_battery_lines(kpis),
        ("Battery / charger loss", _losses(kpis, "battery", "charger")),
        ("Transformer loss", _losses(kpis, "transformer")),
    ]
    return block("Power", lines)


def _solar_lines(kpis: Kpis) -> list[Line]:
    """Return yield and performance ratio, what inverters clip, and how it stands to what is claimed."""
    found = [_solar_yield(kpis)]
    if kpis["pv_clipped"].value > 0:
        share = f", {_of(kpis, 'pv_loss_clipping')}" if "pv_loss_clipping" in kpis else ""
        found.append(("Clipped by inverters", f"{_of(kpis, 'pv_clipped')}{share}"))
    return [*found, *_where_there("Of the claimed generation", kpis, "pv_simulated_over_claimed")]


def _solar_yield(kpis: Kpis) -> Line:
    """Return the line of the yield, with the performance ratio where the run tells it."""
    if "yield_all" not in kpis:
        return ("Solar yield", ABSENT)
    told = _of(kpis, "yield_all")
    if "performance_ratio_all" not in kpis:
        return ("Solar yield", told)
    return ("Solar yield, PR", f"{told}, {_of(kpis, 'performance_ratio_all')}")


def _battery_lines(kpis: Kpis) -> list[Line]:
    """Return how the batteries are used and how they age."""
    if not kpis["soc_min"].applies:
        return [("Battery full cycles", ABSENT)]
    return [
        ("Full cycles, round trip", f"{_of(kpis, 'battery_cycles')}, {_of(kpis, 'battery_round_trip')}"),
        ("State of charge", _span(kpis, "soc_min", "soc_max")),
        ("Cells mean / hottest", _both(kpis, "battery_temp_mean", "battery_temp_max")),
        *_where_there("Health, start / end", kpis, "battery_health_start", "battery_health_end"),
        *_where_there("Battery worn out in", kpis, "battery_years_to_end_of_life"),
        *_where_there("Battery wear", kpis, "battery_wear_cost"),
        *_where_there("Battery warranty spent", kpis, "battery_warranty_spent"),
    ]


def _losses(kpis: Kpis, *names: str) -> str:
    """Return mean losses of the day."""
    days = kpis["days"].value
    return " / ".join(number(kpis[f"loss_{name}"].value / days) for name in names) + " kWh/d"


def rooms_block(results: Results, kpis: Kpis, ascii_only: bool) -> RenderableType:
    """Return guests, how the rooms felt and what that took, and where the water came from."""
    lines = [
        ("Vehicles / people", _both(kpis, "vehicles_per_day", "people_per_day", unit="/d")),
        ("Peak cooling / heating", _both(kpis, "peak_cooling", "peak_heating")),
        ("Sensible EER, heating COP", _both(kpis, "cooling_eer", "heating_cop", unit="")),
        ("AC unit-hours", _of(kpis, "ac_unit_hours_per_day")),
        ("Too cold / warm, mean zone", _both(kpis, "degree_hours_cold", "degree_hours_warm")),
        *_worst_zone(results, kpis, ascii_only),
        *_hot_water_lines(kpis),
        ("Fresh / reused water", _both(kpis, "fresh_water_per_day", "reused_water_per_day")),
        ("Water reused", _of(kpis, "water_reused_share")),
        *_above_zero("Wastewater overflow", kpis, "water_overflow"),
        *_above_zero("Emergency loads unserved", kpis, "emergency_unserved"),
    ]
    return block("Guests, rooms and water", lines)


def _worst_zone(results: Results, kpis: Kpis, ascii_only: bool) -> list[Line]:
    """Return the zone that was farthest outside its comfort band, where there are several and one was."""
    names = [str(zone["name"]) for zone in results.scenario["building"]["zones"]]
    felt = {
        name: kpis[f"degree_hours_cold_{name}"].value + kpis[f"degree_hours_warm_{name}"].value
        for name in names
    }
    worst = max(felt, key=lambda name: felt[name])
    if len(names) < 2 or not felt[worst] > 0:
        return []
    return [("Worst zone", f"{plain(worst, ascii_only)} {number(felt[worst], 'K h')}")]


def _hot_water_lines(kpis: Kpis) -> list[Line]:
    """Return how much warm water was drawn and the heat made for each kWh; nothing where there is none."""
    if not kpis["use_hot_water"].value > 0:
        return []
    drawn = number(kpis["hot_water_litres_per_day"].value / LITRES_PER_M3, "m3/d")
    lines = [("Hot water, COP", f"{drawn}, {_of(kpis, 'hot_water_efficiency')}")]
    return [*lines, *_above_zero("Hot water short", kpis, "hot_water_short")]


def charging_block(kpis: Kpis) -> RenderableType:
    """Return what the plaza sold, how long cars waited and how its posts did."""
    arrived = kpis["ev_arrived"].value
    present = kpis["ev_charging"].value + kpis["ev_waiting"].value
    lines = [
        ("Charging mean / peak", _both(kpis, "charging_power_mean", "peak_charging")),
        ("Session", f"{_of(kpis, 'energy_per_session')}, {_of(kpis, 'session_minutes')}"),
        ("Arrived to charge", f"{number(arrived)}, {number(arrived / kpis['days'].value)} a day"),
        ("Served", number(kpis["ev_served"].value)),
        ("Balked / reneged", _both(kpis, "ev_balked", "ev_reneged", unit="")),
        *((("Still there at end", number(present)),) if present else ()),
        ("Wait mean / P95", _both(kpis, "wait_mean", "wait_p95")),
        ("Waited over 10 min", _of(kpis, "wait_long_share")),
        ("Longest queue", _of(kpis, "queue_max")),
        *_short_line(kpis),
        *_where_there("Spills, time / cars", kpis, "queue_spill_time_share", "queue_spill_share"),
        ("Posts in use", _of(kpis, "post_utilisation")),
        *_above_zero("Posts blocked", kpis, "post_blocked_share"),
        *_available(kpis),
        *_above_zero("Charging throttled", kpis, "hours_throttled"),
        *_holiday_lines(kpis),
    ]
    return block("Charging", lines)


def _short_line(kpis: Kpis) -> tuple[Line, ...]:
    """Return how many of the served cars left short and what they missed, where any did."""
    if not kpis["short_charged_share"].value > 0:
        return ()
    return (("Short charged", f"{_of(kpis, 'short_charged_share')}, {_of(kpis, 'charging_short')}"),)


def _available(kpis: Kpis) -> tuple[Line, ...]:
    """Return the share of posts and of power modules that work, where they can fail."""
    if {"post_availability", "module_availability"} <= set(kpis):
        return (("Posts / modules that work", _both(kpis, "post_availability", "module_availability")),)
    return (
        *_where_there("Posts that work", kpis, "post_availability"),
        *_where_there("Power modules that work", kpis, "module_availability"),
    )


def _holiday_lines(kpis: Kpis) -> tuple[Line, ...]:
    """Return charging on holidays, where the run has them and ordinary days."""
    if "holiday_charging_ratio" not in kpis:
        return ()
    sessions = number(kpis["sessions_per_post_day_holiday"].value)
    energy = number(kpis["kwh_per_post_day_holiday"].value, "kWh")
    return (
        ("Holiday / ordinary day", _of(kpis, "holiday_charging_ratio")),
        ("Holiday, a post", f"{sessions} sessions, {energy}"),
    )


def money_block(kpis: Kpis) -> RenderableType:
    """Return what the meter costs and earns, and what cars pay."""
    monthly = kpis["bill_capacity"].value + kpis["bill_fixed"].value
    unit = kpis["bill_total"].unit
    lines = [
        (f"Energy bought, {_energy(kpis, 'meter_import')}", _of(kpis, "bill_energy")),
        ("Capacity and fixed", number(monthly, unit)),
        (f"Energy sold, {_energy(kpis, 'meter_export')}", number(0.0 - kpis["bill_feed_in"].value, unit)),
        ("To pay", _of(kpis, "bill_total")),
        *_where_there("Cars paid / missed", kpis, "charging_sales", "charging_sales_lost"),
        *_where_there("Idle fees", kpis, "idle_fees"),
    ]
    return block("Bill", lines)


def _energy(kpis: Kpis, name: str) -> str:
    energy_mwh = kpis[name].value / KWH_PER_MWH
    if energy_mwh < MWH_PER_GWH:
        return number(energy_mwh, "MWh")
    return number(energy_mwh / MWH_PER_GWH, "GWh")


def _of(kpis: Kpis, name: str) -> str:
    return number(kpis[name].value, kpis[name].unit)


def _both(kpis: Kpis, first: str, second: str, *, unit: str | None = None) -> str:
    shown = kpis[first].unit if unit is None else unit
    return f"{number(kpis[first].value)} / {number(kpis[second].value)} {shown}".rstrip()


def _where_there(label: str, kpis: Kpis, name: str, second: str | None = None) -> tuple[Line, ...]:
    """Return the line of one number or of two, or none where the run does not have them."""
    if name not in kpis:
        return ()
    return ((label, _of(kpis, name) if second is None else _both(kpis, name, second)),)


def _above_zero(label: str, kpis: Kpis, name: str) -> tuple[Line, ...]:
    """Return the line of a number that is told where it is above zero."""
    return _where_there(label, kpis, name) if name in kpis and kpis[name].value > 0 else ()


def _span(kpis: Kpis, low: str, high: str) -> str:
    if not kpis[low].applies:
        return ABSENT
    return f"{kpis[low].value:.0f} to {kpis[high].value:.0f} {kpis[low].unit}"
