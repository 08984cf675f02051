"""The balance of each civil day and month: energy, peaks, guests, water, carbon and money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.carbon import baseline_kw, daily_accounts_kg
from stationsim.kpis.cars import OUTCOMES
from stationsim.kpis.energy import METER_COLUMNS, use_kw
from stationsim.kpis.flows import FLOWS
from stationsim.kpis.money import daily_fixed_cost, step_money
from stationsim.kpis.period import METERING_MINUTES, civil_dates, first_day, metered_means_kw, n_days

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.results import Results

Array = NDArray[np.float64]
Days = NDArray[np.int64]

COUNTS = ("vehicles", "people")
WATER = (
    *("fresh_water_m3", "reused_water_m3", "wastewater_m3", "treated_m3", "effluent_m3"),
    "overflow_m3",
)
FALLEN = {"rainfall": "rainfall_mm", "snowfall": "snowfall_cm"}
"""Columns of steps, and of the tables, that are there only where the weather knows rain and snow."""
PEAKS = ("peak_import_15min_kw", "peak_use_kw", "peak_pv_kw")
LAST = ("soc_end",)
WORST = ("balance_residual_kwh",)
"""Columns of which a month takes the highest or the last, not the sum."""


def energy_column(power_column: str) -> str:
    """Return the name of a power column's energy: ``pv_kw`` becomes ``pv_kwh``."""
    return f"{power_column.removesuffix('_kw')}_kwh"


def daily_balance(results: Results) -> pd.DataFrame:
    """Return one row for each civil day of the site.

    Parameters
    ----------
    results
        What happened.

    Returns
    -------
    DataFrame
        Index ``date``; energy of every flow [kWh], peaks [kW], state of charge at the day's end, guests,
        vehicles that came to charge by outcome and civil day of arrival, water [m3], rain [mm] and fresh
        snow [cm] where they are known, both carbon accounts [kg], cost and revenue [currency] and the worst
        residual of the energy balance [kWh].
        ``generated_kwh`` is solar energy without what was curtailed, ``baseline_kwh`` what the meter would
        count if all use came from the grid.

    Notes
    -----
    Supply (solar, discharge, given back by cars, import, unserved) equals what leaves the busbar (uses,
    charge, export, curtailed) in every row. Carbon columns are factors times columns of this table, see
    :mod:`stationsim.kpis.carbon`.
    """
    import pandas as pd

    days, count = results.civil_day, n_days(results)
    columns = _energy(results, days, count)
    columns |= _peaks(results, days, count)
    columns["soc_end"] = _last(results.steps["soc"].to_numpy(), days, count)
    for name in (*COUNTS, *WATER):
        columns[name] = _sum(results.step_column(name), days, count)
    for name, with_unit in FALLEN.items():
        if name in results.steps:
            columns[with_unit] = _sum(results.steps[name].to_numpy(), days, count)
    columns |= _sessions(results, count)
    columns |= daily_accounts_kg(results, columns)
    columns |= {name: _sum(values, days, count) for name, values in step_money(results).items()}
    columns["fixed_cost"] = daily_fixed_cost(results)
    residual = np.abs(results.steps["balance_residual_kwh"].to_numpy())
    columns["balance_residual_kwh"] = _highest(residual, days, count)
    dates = pd.date_range(first_day(results), periods=count, freq="D", name="date")
    return pd.DataFrame(columns, index=dates)


def monthly_balance(results: Results, daily: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row for each month, from the daily balance.

    Parameters
    ----------
    results
        What happened.
    daily
        Its daily balance where it is at hand already.

    Returns
    -------
    DataFrame
        Index ``month`` as text, YYYY-MM; ``days`` says how many days of the month the run holds. Sums of the
        daily columns, but the highest of peaks and residuals and the last state of charge.
    """
    daily = daily_balance(results) if daily is None else daily
    months = daily.index.strftime("%Y-%m").rename("month")
    how = (
        dict.fromkeys(daily.columns, "sum")
        | dict.fromkeys((*PEAKS, *WORST), "max")
        | dict.fromkeys(LAST, "last")
    )
    monthly = daily.groupby(months).agg(how)
    monthly.insert(0, "days", daily.groupby(months).size())
    result: pd.DataFrame = monthly
    return result


def _energy(results: Results, days: Days, count: int) -> dict[str, Array]:
    dt_h = results.dt_h
    found = {
        energy_column(name): _sum(results.step_column(name), days, count) * dt_h
        for name in (*FLOWS, *METER_COLUMNS)
    }
    found["use_kwh"] = _sum(use_kw(results), days, count) * dt_h
    found["generated_kwh"] = found["pv_kwh"] - found["curtailed_kwh"]
    found["baseline_kwh"] = _sum(baseline_kw(results), days, count) * dt_h
    return found


def _peaks(results: Results, days: Days, count: int) -> dict[str, Array]:
    minutes = int(results.scenario["simulation"]["step_minutes"])
    quarters = metered_means_kw(results.steps["meter_import_kw"].to_numpy(), minutes)
    day_of_quarter = days[np.arange(quarters.size) * METERING_MINUTES // minutes]
    return {
        "peak_import_15min_kw": _highest(quarters, day_of_quarter, count),
        "peak_use_kw": _highest(use_kw(results), days, count),
        "peak_pv_kw": _highest(results.steps["pv_kw"].to_numpy(), days, count),
    }


def _sessions(results: Results, count: int) -> dict[str, Array]:
    sessions = results.sessions
    dates = civil_dates(sessions["arrival"], results.timezone)
    day = (dates - np.datetime64(first_day(results), "D")).astype(np.int64)
    outcome = sessions["outcome"].to_numpy()
    found = {"ev_arrived": np.bincount(day, minlength=count).astype(float)}
    for name in OUTCOMES:
        found[f"ev_{name}"] = np.bincount(day[outcome == name], minlength=count).astype(float)
    return found


def _sum(values: Array, days: Days, count: int) -> Array:
    total: Array = np.bincount(days, weights=values, minlength=count).astype(np.float64)
    return total


def _highest(values: Array, days: Days, count: int) -> Array:
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, days, values)
    return highest


def _last(values: Array, days: Days, count: int) -> Array:
    last = np.zeros(count)
    last[days] = values
    return last
