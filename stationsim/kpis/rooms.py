"""How the rooms felt and what their heating and cooling took, by zone and for the building."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.results import joined
from stationsim.spec import parse_clock_hour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stationsim.results import Results

Array = NDArray[np.float64]


class Comfort(NamedTuple):
    """How far a zone left its comfort band while it was open."""

    hours_cold: float
    """Time below the band [h]."""
    hours_warm: float
    """Time above it [h]."""
    degree_hours_cold: float
    """Kelvin below the band, summed over hours [K h]."""
    degree_hours_warm: float
    """Kelvin above it, summed over hours [K h]."""
    lowest: float
    """Lowest temperature [degC]; NaN where the zone never opened."""
    highest: float
    """Highest temperature [degC]; NaN where the zone never opened."""


def comfort(temps: Array, is_open: NDArray[np.bool_], *, low: float, high: float, dt_h: float) -> Comfort:
    """Return how far temperatures left a band while a zone was open.

    Parameters
    ----------
    temps
        Mean temperature of each step [degC].
    is_open
        Whether the zone is open in each step.
    low, high
        Comfort band [degC].
    dt_h
        Length of a step [h].
    """
    felt = temps[is_open]
    cold, warm = np.maximum(low - felt, 0.0), np.maximum(felt - high, 0.0)
    return Comfort(
        float(np.count_nonzero(cold)) * dt_h,
        float(np.count_nonzero(warm)) * dt_h,
        float(cold.sum()) * dt_h,
        float(warm.sum()) * dt_h,
        float(felt.min()) if felt.size else math.nan,
        float(felt.max()) if felt.size else math.nan,
    )


def open_steps(zone: Mapping[str, Any], civil_hour: Array) -> NDArray[np.bool_]:
    """Return whether a zone is open at the start of each step; closing before opening is the next morning."""
    first, last = parse_clock_hour(zone["open_from"]), parse_clock_hour(zone["open_to"])
    after, before = civil_hour >= first, civil_hour < last
    return np.asarray(after & before if first < last else after | before)


def room_kpis(results: Results, days: int) -> Kpis:
    """Return how units ran, what they took and how the rooms felt."""
    zones = results.scenario["building"]["zones"]
    felt = _felt(results, zones)
    areas = np.array([zone["floor_area_m2"] for zone in zones])
    mean = np.array([list(one) for one in felt.values()]).T @ (areas / areas.sum())
    lowest = float(np.nanmin([one.lowest for one in felt.values()]))
    highest = float(np.nanmax([one.highest for one in felt.values()]))
    found = _units(results, days) | {
        "zone_temp_min": Kpi(lowest, "degC", "Lowest temperature of any zone while open, mean of a step."),
        "zone_temp_max": Kpi(highest, "degC", "Highest temperature of any zone while open, mean of a step."),
        **_comfort_kpis(Comfort(*mean.tolist()), "", "the zones, their mean by floor area,"),
    }
    for zone in zones:
        name = zone["name"]
        info = "Electricity for {} of zone {}."
        found = joined(
            found,
            _comfort_kpis(felt[name], f"_{name}", f"zone {name}"),
            {
                f"temp_min_{name}": Kpi(
                    felt[name].lowest, "degC", f"Lowest temperature of zone {name} while open."
                ),
                f"temp_max_{name}": Kpi(
                    felt[name].highest, "degC", f"Highest temperature of zone {name} while open."
                ),
            },
            {
                f"{what}_{name}": Kpi(results.energy_kwh(f"{what}_{name}_kw"), "kWh", info.format(what, name))
                for what in ("cooling", "heating")
            },
        )
    return found


def _felt(results: Results, zones: list[Mapping[str, Any]]) -> dict[str, Comfort]:
    """Return the comfort of each zone by its name."""
    civil = results.steps.index.tz_convert(results.timezone)
    civil_hour = (civil.hour + civil.minute / 60).to_numpy(dtype=float)
    return {
        zone["name"]: comfort(
            results.step_column(f"temp_{zone['name']}_degc"),
            open_steps(zone, civil_hour),
            low=zone["comfort_low_degc"],
            high=zone["comfort_high_degc"],
            dt_h=results.dt_h,
        )
        for zone in zones
    }


def _comfort_kpis(felt: Comfort, ending: str, where: str) -> Kpis:
    """Return the numbers of one comfort under names with an ending."""
    return {
        f"hours_too_cold{ending}": Kpi(
            felt.hours_cold, "h", f"Time that {where} lay below the comfort band while open."
        ),
        f"hours_too_warm{ending}": Kpi(
            felt.hours_warm, "h", f"Time that {where} lay above the comfort band while open."
        ),
        f"degree_hours_cold{ending}": Kpi(
            felt.degree_hours_cold, "K h", f"Kelvin that {where} lay below the comfort band, times hours."
        ),
        f"degree_hours_warm{ending}": Kpi(
            felt.degree_hours_warm, "K h", f"Kelvin that {where} lay above the comfort band, times hours."
        ),
    }


def _units(results: Results, days: int) -> Kpis:
    """Return how the units ran and what heating and cooling drew."""
    unit_h = results.energy_kwh("ac_units_on")
    starts = float(results.step_column("ac_starts").sum())
    hvac_kw = results.step_column("cooling_kw") + results.step_column("heating_kw")
    return {
        "ac_unit_hours": Kpi(unit_h, "h", "Running hours of all AC units together."),
        "ac_unit_hours_per_day": Kpi(
            unit_h / days, "h/d", "Running hours of all AC units on the average day."
        ),
        "ac_starts_per_day": Kpi(starts / days, "1/d", "Starts of all AC units on the average day."),
        "hvac_peak": Kpi(float(hvac_kw.max()), "kW", "Highest power of heating and cooling together."),
        "cooling_eer": Kpi(
            _ratio(results, "cooling"),
            "-",
            "Sensible heat taken from the zones for each kWh of cooling, standby included.",
        ),
        "heating_cop": Kpi(_ratio(results, "heating"), "-", "Heat brought for each kWh of heating."),
    }


def _ratio(results: Results, what: str) -> float:
    """Return heat moved over electricity; NaN without any."""
    kwh = results.energy_kwh(f"{what}_kw")
    return results.energy_kwh(f"{what}_heat_kw") / kwh if kwh > 0 else math.nan
