"""What drivers pay at the posts, and what the station misses, at the prices of the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.kpis.cars import LEFT_UNSERVED, Array, Cars, groups_of
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.money import currency

if TYPE_CHECKING:
    from stationsim.results import Results


def sales_kpis(results: Results, cars: Cars) -> Kpis:
    """Return sales, missed sales and fees, where the scenario has prices for them."""
    return {**_sales_kpis(results, cars), **_fee_kpis(results, cars)}


def _sales_kpis(results: Results, cars: Cars) -> Kpis:
    price = station_price_per_kwh(results)
    if price is None:
        return {}
    at_post, unit = _price_at_post(results, cars), currency(results)
    unserved = np.isin(cars.outcome, LEFT_UNSERVED)
    missed = price * float(cars.wanted_kwh[unserved].sum())
    short = np.where(cars.served, cars.missing_kwh, 0.0)
    return {
        "charging_sales": Kpi(
            float((cars.energy_kwh * at_post).sum()),
            unit,
            "Energy that went into cars at the price of their post.",
        ),
        "charging_sales_lost": Kpi(
            missed + float((short * at_post).sum()),
            unit,
            "Energy wanted and not got by all that left, at the station's prices: by those that balked or "
            "lost patience, and by those served short, whatever the cause.",
        ),
    }


def _fee_kpis(results: Results, cars: Cars) -> Kpis:
    """Return the fees for staying after charging, where there is one.

    Notes
    -----
    The reason to stay is not asked for: a tariff bills time without charging, whoever takes it, as
    ``PARKING_TIME`` does in OCPI 2.2.1.
    """
    linger: Mapping[str, Any] = (results.scenario.get("charging") or {}).get("linger") or {}
    fee: Mapping[str, Any] | None = linger.get("idle_fee")
    if not fee:
        return {}
    stayed_minutes = (cars.end_s - cars.charge_end_s)[cars.plugged] / 60
    paid_minutes = np.maximum(stayed_minutes - float(fee.get("grace_minutes") or 0.0), 0.0)
    info = "Fees for minutes at a post after charging beyond the free ones, legal breaks included."
    return {"idle_fees": Kpi(float(fee["per_minute"]) * float(paid_minutes.sum()), currency(results), info)}


def station_price_per_kwh(results: Results) -> float | None:
    """Return the plaza's price, or the mean of its posts' where it has none of its own; None without any."""
    charging = results.scenario.get("charging") or {}
    if charging.get("price_per_kwh") is not None:
        return float(charging["price_per_kwh"])
    priced = [group for group in groups_of(results) if group.get("price_per_kwh") is not None]
    if not priced:
        return None
    posts = sum(int(group["posts"]) for group in priced)
    return sum(float(group["price_per_kwh"]) * int(group["posts"]) for group in priced) / posts


def _price_at_post(results: Results, cars: Cars) -> Array:
    """Return the price that each car pays for a kWh; 0 where its post has none [currency/kWh]."""
    general = (results.scenario.get("charging") or {}).get("price_per_kwh") or 0.0
    found = np.zeros(cars.arrival_s.size)
    for group in groups_of(results):
        own = group.get("price_per_kwh")
        found[cars.group == group["name"]] = float(general if own is None else own)
    return found
