"""Results to named numbers with units; definitions stand in the ``info`` of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stationsim.kpis.battery import battery_kpis
from stationsim.kpis.carbon import carbon_kpis
from stationsim.kpis.cars import cars_of
from stationsim.kpis.energy import (
    energies,
    flow_kpis,
    loss_kpis,
    peak_kpis,
    per_year,
    sharing_kpis,
    sun_hours_kpis,
    use_kw,
)
from stationsim.kpis.health import health_kpis
from stationsim.kpis.holidays import holiday_kpis
from stationsim.kpis.kpi import Kpi, Kpis, from_json, to_json
from stationsim.kpis.loads import load_kpis
from stationsim.kpis.money import bill_kpis
from stationsim.kpis.period import civil_hours, n_days, whole_years
from stationsim.kpis.plaza import charging_kpis
from stationsim.kpis.posts import post_kpis
from stationsim.kpis.queue import queue_kpis
from stationsim.kpis.rooms import room_kpis
from stationsim.kpis.sales import sales_kpis
from stationsim.kpis.service import visitor_kpis
from stationsim.kpis.solar import claim_kpis, solar_kpis
from stationsim.kpis.weather import weather_kpis
from stationsim.results import RESIDUALS, joined

if TYPE_CHECKING:
    from stationsim.results import Results

__all__ = ["Kpi", "Kpis", "from_json", "kpis", "to_json"]

ANNUAL = ("pv_generated", "use_total", "grid_import", "grid_export", "pv_curtailed")
"""Energies that are also given for one year when the run spans whole years."""

YEARLY_SOLAR = ("yield_", "poa_", "pv_clipped")
"""Numbers of the surfaces that are also given for one year, by what their names begin with."""


def kpis(results: Results) -> Kpis:
    """Return every named number of a run.

    Parameters
    ----------
    results
        What happened.

    Returns
    -------
    dict
        Stable snake_case name to value, unit and meaning. A number that does not apply, such as cycles
        without a battery, is NaN. Names ending in ``_per_year`` are there only when the run spans whole
        years, those ending in ``_ordinary`` and ``_holiday`` only when it has days of both kinds, rain and
        snow only where the weather knows them, ``battery_warranty_`` only where the warranty is told.
    """
    days, years = n_days(results), whole_years(results)
    energy, hours = energies(results), civil_hours(results)
    flows, cars = flow_kpis(energy, days), cars_of(results)
    solar = solar_kpis(results, energy["pv_kw"])
    return joined(
        {"days": Kpi(float(days), "d", "Civil days of the run.")},
        flows,
        per_year(flows, list(ANNUAL), years),
        sharing_kpis(energy),
        peak_kpis(results, use_kw(results)),
        sun_hours_kpis(results, hours),
        solar,
        per_year(solar, [name for name in solar if name.startswith(YEARLY_SOLAR)], years),
        claim_kpis(results, energy["pv_kw"], years),
        battery_kpis(results),
        health_kpis(results),
        loss_kpis(results, energy),
        queue_kpis(results, cars, days),
        post_kpis(results, cars, days),
        charging_kpis(results, cars, energy, days),
        sales_kpis(results, cars),
        holiday_kpis(results),
        room_kpis(results, days),
        visitor_kpis(results, energy, days),
        weather_kpis(results),
        load_kpis(results, energy, days, years),
        carbon_kpis(results, energy, years),
        bill_kpis(results, years),
        residual_kpis(results),
    )


def residual_kpis(results: Results) -> Kpis:
    """Return the largest residual of every identity in a step; all are zero but for rounding."""
    worst = results.residuals()
    return {
        name: Kpi(
            worst[name], "m3" if name.endswith("_m3") else "kWh", f"Largest residual in a step: {what}."
        )
        for name, what in RESIDUALS.items()
    }
