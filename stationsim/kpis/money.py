"""The bill: what the meter counts times the price of the step, and what is paid by the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.energy import per_year
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.period import first_day, last_day, n_days
from stationsim.models.tariff import Bill, TariffSpec, billing_months

if TYPE_CHECKING:
    from stationsim.results import Results

Array = NDArray[np.float64]


def currency(results: Results) -> str:
    """Return the currency of the scenario's prices."""
    return str(results.scenario["grid"]["tariff"]["currency"])


def step_money(results: Results) -> dict[str, Array]:
    """Return cost and revenue of the energy through the meter in each step [currency]."""
    steps, dt_h = results.steps, results.dt_h
    return {
        "energy_cost": steps["meter_import_kw"].to_numpy() * steps["price_per_kwh"].to_numpy() * dt_h,
        "feed_in_revenue": steps["meter_export_kw"].to_numpy() * steps["feed_in_per_kwh"].to_numpy() * dt_h,
    }


def daily_fixed_cost(results: Results) -> Array:
    """Return each civil day's part of what is paid by the month [currency]."""
    paid = _bill(results)
    day = np.datetime64(first_day(results), "D") + np.arange(n_days(results))
    month = day.astype("datetime64[M]")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    per_month = (paid.capacity + paid.fixed) / billing_months(first_day(results), last_day(results))
    daily: Array = per_month / length
    return daily


def bill_kpis(results: Results, years: int | None) -> Kpis:
    """Return the bill of the run by part, and for one year where it spans whole ones."""
    unit, paid = currency(results), _bill(results)
    found = {
        "bill_energy": Kpi(paid.energy, unit, "Cost of the energy imported at the meter."),
        "bill_capacity": Kpi(paid.capacity, unit, "Charge for the capacity of the connection."),
        "bill_fixed": Kpi(paid.fixed, unit, "Charge that depends on nothing."),
        "bill_feed_in": Kpi(paid.feed_in, unit, "Revenue of the energy exported at the meter."),
        "bill_total": Kpi(paid.total, unit, "All charges - feed-in revenue; below 0 is an income."),
    }
    return found | per_year(found, list(found), years)


def _bill(results: Results) -> Bill:
    """Return the bill of the run.

    Energy is summed step by step, as in the daily balance and not as a dot product, whose last digits depend
    on the number of threads.
    """
    tariff = TariffSpec.model_validate(results.scenario["grid"]["tariff"])
    months = billing_months(first_day(results), last_day(results))
    money = step_money(results)
    return Bill(
        energy=float(money["energy_cost"].sum()),
        feed_in=float(money["feed_in_revenue"].sum()),
        capacity=tariff.capacity_kva * tariff.capacity_charge_per_kva_month * months,
        fixed=tariff.fixed_per_month * months,
    )
