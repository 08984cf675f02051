"""Sessions at the plaza: energy, minutes, what was lost, cut or fell short, and what the chargers draw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from stationsim.kpis.cars import LEFT_UNSERVED, SECONDS_PER_HOUR, Array, Cars, Mask, classes_apart
from stationsim.kpis.energy import Energies, percent
from stationsim.kpis.kpi import Kpi, Kpis

if TYPE_CHECKING:
    from stationsim.results import Results

TARGET_TOLERANCE = 0.005
"""How far below its target a car may be charged and still count as fully charged, in SOC."""

THROTTLED_KWH = 1e-9
"""Energy put off in a step above which cars were throttled and it is not rounding [kWh]."""


def charging_kpis(results: Results, cars: Cars, energy: Energies, days: int) -> Kpis:
    """Return power of the plaza, energy and minutes of a session and what was cut, fell short or was lost."""
    return {
        **_power_kpis(results, energy, days),
        **_session_kpis(results, cars),
        **_class_kpis(results, cars),
        **_lost_kpis(results, cars),
        **_charger_kpis(results, days),
    }


def _power_kpis(results: Results, energy: Energies, days: int) -> Kpis:
    power = results.steps["charging_kw"].to_numpy()
    running = power > 0
    return {
        "charging_power_mean": Kpi(
            energy["charging_kw"] / (24 * days), "kW", "Mean power of the plaza, day and night."
        ),
        "charging_power_mean_active": Kpi(
            float(power[running].mean()) if running.any() else 0.0,
            "kW",
            "Mean power of the plaza while it draws any.",
        ),
    }


def _session_kpis(results: Results, cars: Cars) -> Kpis:
    served = cars.served
    return {
        "energy_per_session": Kpi(
            _mean(cars.energy_kwh[served]), "kWh", "Energy into the car in a served session."
        ),
        "session_minutes": Kpi(
            _mean(cars.post_minutes[served]), "min", "Time at the post in a served session."
        ),
        "charging_minutes": Kpi(
            _mean(cars.charging_minutes[served]), "min", "Time that power flows in a served session."
        ),
        "short_charged_share": Kpi(
            percent(float(np.count_nonzero(_short_charged(results, cars))), float(np.count_nonzero(served))),
            "%",
            "Served cars that were charged with less than they wanted, whatever they gave back afterwards.",
        ),
    }


def _class_kpis(results: Results, cars: Cars) -> Kpis:
    """Return sessions, energy and lost patience of each class of vehicles, where the mix has several."""
    found: Kpis = {}
    for name in classes_apart(results):
        of_class = cars.vehicle_class == name
        here = cars.served & of_class
        found[f"ev_served_{name}"] = Kpi(
            float(np.count_nonzero(here)), "vehicles", f"Vehicles of class {name} that were served."
        )
        found[f"ev_reneged_{name}"] = Kpi(
            float(np.count_nonzero(of_class & (cars.outcome == "reneged"))),
            "vehicles",
            f"Vehicles of class {name} that lost patience in the queue and left.",
        )
        found[f"energy_per_session_{name}"] = Kpi(
            _mean(cars.energy_kwh[here]),
            "kWh",
            f"Energy into the vehicle in a served session of class {name}.",
        )
    return found


def _lost_kpis(results: Results, cars: Cars) -> Kpis:
    """Return energy that drivers wanted and did not get, by cause."""
    lost = {name: float(cars.wanted_kwh[cars.outcome == name].sum()) for name in LEFT_UNSERVED}
    throttled = results.steps["ev_throttled_kwh"].to_numpy() > THROTTLED_KWH
    stop, fault = (float(_cut_kwh(cars, cause).sum()) for cause in ("stop", "fault"))
    return {
        "charging_lost": Kpi(sum(lost.values()), "kWh", "Energy wanted by cars that left unserved."),
        "charging_lost_balked": Kpi(
            lost["balked"], "kWh", "Energy wanted by cars that saw the queue and did not join it."
        ),
        "charging_lost_reneged": Kpi(
            lost["reneged"], "kWh", "Energy wanted by cars that lost patience in the queue."
        ),
        "charging_cut_stop": Kpi(
            stop, "kWh", "Energy still wanted by cars whose drivers had no more time for charging."
        ),
        "charging_cut_fault": Kpi(fault, "kWh", "Energy still wanted by cars whose post failed."),
        "charging_short": Kpi(
            float(cars.missing_kwh[cars.served].sum()),
            "kWh",
            "Energy that served cars left without of what they wanted, whatever the cause.",
        ),
        "hours_throttled": Kpi(
            float(np.count_nonzero(throttled)) * results.dt_h,
            "h",
            "Time of steps in which cars charge slower because the site's power is short.",
        ),
    }


def _cut_kwh(cars: Cars, cause: str) -> Array:
    """Return what each car whose charging a cause ended did not get of what it wanted, others 0 [kWh]."""
    return np.where(cars.plugged & (cars.ended_by == cause), cars.missing_kwh, 0.0)


def _charger_kpis(results: Results, days: int) -> Kpis:
    """Return what the chargers draw beside what goes into the cars, and how fast the best of them is."""
    sessions = results.sessions
    standby_kwh = results.energy_kwh("charger_standby_kw")
    ac_kwh, extra_kwh, car_kwh = (
        float(sessions[name].to_numpy(dtype=float).sum())
        for name in ("energy_ac_kwh", "extra_ac_kwh", "energy_kwh")
    )
    return {
        "charger_standby": Kpi(standby_kwh, "kWh", "Energy of posts without a car; part of EV charging."),
        "charger_standby_per_day": Kpi(
            standby_kwh / days, "kWh/d", "Energy of posts without a car on the average day."
        ),
        "charging_beside": Kpi(
            extra_kwh,
            "kWh",
            "Energy for cabins and the constant draw of posts with a car; part of EV charging.",
        ),
        "charging_efficiency": Kpi(
            percent(car_kwh, ac_kwh + standby_kwh), "%", "Energy into batteries per energy of EV charging."
        ),
        "fastest_km_per_second": Kpi(
            _fastest_km_per_second(results.scenario.get("charging") or {}),
            "km/s",
            "Range that a car of the mix gains in a second at the best post: power / consumption.",
        ),
    }


def _fastest_km_per_second(charging: Mapping[str, Any]) -> float:
    """Return the highest power per consumption of any type of the library at any post [km/s]."""
    from stationsim.models.charging import PostGroup
    from stationsim.models.vehicles import load_vehicle_types

    library = load_vehicle_types()
    types = [
        library[vehicle["type"]]
        for vehicle in charging.get("vehicles", ())
        if vehicle.get("usable_kwh") is None and vehicle["share"] > 0
    ]
    groups = [PostGroup.model_validate(group) for group in charging.get("groups", ())]
    speeds = [
        min(group.limit_kw(car.voltage_class), car.curve.peak_kw) / car.consumption_kwh_per_km
        for car in types
        for group in groups
    ]
    return max(speeds) / SECONDS_PER_HOUR if speeds else math.nan


def _short_charged(results: Results, cars: Cars) -> Mask:
    """Return which served cars were charged to below their target, counted by what went in."""
    arrival, target = (results.session_column(name).to_numpy(float) for name in ("soc_arrival", "soc_target"))
    short: Mask = cars.missing_kwh * (target - arrival) > TARGET_TOLERANCE * cars.wanted_kwh
    return cars.served & short


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else math.nan
