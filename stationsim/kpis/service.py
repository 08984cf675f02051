"""What the station's guests meet: chargers and their queue, rooms, water."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.energy import Energies, percent
from stationsim.kpis.kpi import Kpi, Kpis

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.results import Results

OUTCOMES = {
    "served": "left with what they wanted",
    "balked": "saw the queue and did not join it",
    "reneged": "lost patience in the queue and left",
    "charging": "still charging at the end of the run",
    "waiting": "still in the queue at the end of the run",
}
"""What became of a vehicle that came to charge."""

LEFT_UNSERVED = ("balked", "reneged")
PLUGGED_IN = ("served", "charging")

LONG_WAIT_MINUTES = 10.0
"""Wait above which a driver is counted as kept waiting [min]."""

TARGET_TOLERANCE = 0.005
"""How far below its target a car may leave and still count as fully charged, in SOC."""

SECONDS_PER_HOUR = 3600

COMFORT_LOW_DEGC, COMFORT_HIGH_DEGC = 18.0, 28.0
"""Comfort range of occupied rooms, winter's low and summer's high end [degC]; GB 50736-2012, table 3.0.2."""

WATER = {
    "fresh_water": ("fresh_water_m3", "Fresh water drawn from the main."),
    "reused_water": ("reused_water_m3", "Treated water used again."),
    "treated_water": ("treated_m3", "Wastewater treated."),
    "effluent": ("effluent_m3", "Treated water that leaves the station."),
    "water_overflow": ("overflow_m3", "Wastewater that the tanks could not hold."),
}


def charging_kpis(results: Results, energy: Energies, days: int) -> Kpis:
    """Return power of the plaza, energy of a session and what was put off or lost."""
    power = results.steps["charging_kw"].to_numpy()
    running = power > 0
    sessions = results.sessions
    outcome = sessions["outcome"].to_numpy()
    served = outcome == "served"
    car_kwh = sessions["energy_kwh"].to_numpy(dtype=float)
    lost = np.isin(outcome, LEFT_UNSERVED)
    return {
        "charging_power_mean": Kpi(
            energy["charging_kw"] / (24 * days), "kW", "Mean power of the plaza, day and night."
        ),
        "charging_power_mean_active": Kpi(
            float(power[running].mean()) if running.any() else 0.0,
            "kW",
            "Mean power of the plaza while it draws any.",
        ),
        "energy_per_session": Kpi(_mean(car_kwh[served]), "kWh", "Energy into the car in a served session."),
        "session_minutes": Kpi(
            _mean(_plug_minutes(results)[served]), "min", "Time at the post in a served session."
        ),
        "short_charged_share": Kpi(
            _short_charged(sessions, served),
            "%",
            "Served cars that left below the state of charge they wanted.",
        ),
        "charging_lost": Kpi(
            float(np.nansum(sessions["wanted_kwh"].to_numpy(dtype=float)[lost])),
            "kWh",
            "Energy wanted by cars that left unserved.",
        ),
        "charging_put_off": Kpi(
            float(results.steps["ev_throttled_kwh"].to_numpy().sum()),
            "kWh",
            "Energy put off because the site's power was short; later in the session or never delivered.",
        ),
        "post_utilisation": Kpi(
            _post_utilisation(results, days), "%", "Share of all post hours with a car plugged in."
        ),
        **_charger_kpis(results, days),
    }


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


def queue_kpis(results: Results, days: int) -> Kpis:
    """Return what became of the vehicles that came to charge and how long they waited.

    Notes
    -----
    Waits are those of the cars that got a post; a car that lost patience is counted by its outcome.
    """
    sessions = results.sessions
    outcome = sessions["outcome"].to_numpy()
    found = {"ev_arrived": Kpi(float(len(sessions)), "vehicles", "Vehicles that came to charge.")}
    for name, meaning in OUTCOMES.items():
        found[f"ev_{name}"] = Kpi(
            float(np.count_nonzero(outcome == name)), "vehicles", f"Vehicles that {_past(name, meaning)}."
        )
    found["ev_arrived_per_day"] = Kpi(
        len(sessions) / days, "vehicles/d", "Vehicles that came to charge on the average day."
    )
    waits = sessions["wait_minutes"].to_numpy(dtype=float)[np.isin(outcome, PLUGGED_IN)]
    return (
        found
        | _wait_kpis(waits)
        | {
            "queue_max": Kpi(
                float(results.steps["queue_length"].to_numpy().max()),
                "vehicles",
                "Longest queue at the end of a step.",
            )
        }
    )


def _past(name: str, meaning: str) -> str:
    return f"were {meaning}" if name in ("charging", "waiting") else meaning


def _wait_kpis(waits: NDArray[np.float64]) -> Kpis:
    middle, high = np.percentile(waits, [50, 95]) if waits.size else (math.nan, math.nan)
    long_share = percent(float(np.count_nonzero(waits > LONG_WAIT_MINUTES)), float(waits.size))
    return {
        "wait_mean": Kpi(_mean(waits), "min", "Mean wait for a post of the cars that got one."),
        "wait_p50": Kpi(float(middle), "min", "Half of the cars that got a post waited at most this long."),
        "wait_p95": Kpi(float(high), "min", "95 of 100 cars that got a post waited at most this long."),
        "wait_max": Kpi(
            float(waits.max()) if waits.size else math.nan, "min", "Longest wait of a car that got a post."
        ),
        "wait_long_share": Kpi(
            long_share, "%", f"Cars that waited more than {LONG_WAIT_MINUTES:g} min for their post."
        ),
    }


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else math.nan


def _plug_minutes(results: Results) -> NDArray[np.float64]:
    """Return how long each vehicle was at a post within the run [min]; NaN where it never was."""
    import pandas as pd

    sessions = results.sessions
    end_of_run = results.steps.index[-1] + pd.Timedelta(hours=results.dt_h)
    plugged = sessions["end"].fillna(end_of_run) - sessions["start"]
    minutes: NDArray[np.float64] = plugged.dt.total_seconds().to_numpy(dtype=float) / 60
    return minutes


def _post_utilisation(results: Results, days: int) -> float:
    groups = (results.scenario.get("charging") or {}).get("groups", [])
    posts = sum(int(group["posts"]) for group in groups)
    at_post = np.isin(results.sessions["outcome"].to_numpy(), PLUGGED_IN)
    busy_h = float(np.nansum(_plug_minutes(results)[at_post])) / 60
    return percent(busy_h, posts * 24.0 * days)


def _short_charged(sessions: pd.DataFrame, served: NDArray[np.bool_]) -> float:
    left = sessions["soc_departure"].to_numpy(dtype=float)[served]
    wanted = sessions["soc_target"].to_numpy(dtype=float)[served]
    return percent(float(np.count_nonzero(left < wanted - TARGET_TOLERANCE)), float(left.size))


def room_kpis(results: Results, days: int) -> Kpis:
    """Return how the AC units ran and how the rooms felt."""
    steps, dt_h = results.steps, results.dt_h
    unit_h = float(steps["ac_units_on"].to_numpy().sum()) * dt_h
    zone = steps["temp_zone_degc"].to_numpy()
    return {
        "ac_unit_hours": Kpi(unit_h, "h", "Running hours of all AC units together."),
        "ac_unit_hours_per_day": Kpi(
            unit_h / days, "h/d", "Running hours of all AC units on the average day."
        ),
        "zone_temp_min": Kpi(float(zone.min()), "degC", "Lowest mean zone temperature of a step."),
        "zone_temp_max": Kpi(float(zone.max()), "degC", "Highest mean zone temperature of a step."),
        "hours_too_cold": Kpi(
            float(np.count_nonzero(zone < COMFORT_LOW_DEGC)) * dt_h,
            "h",
            f"Time with the zone below {COMFORT_LOW_DEGC:g} degC.",
        ),
        "hours_too_warm": Kpi(
            float(np.count_nonzero(zone > COMFORT_HIGH_DEGC)) * dt_h,
            "h",
            f"Time with the zone above {COMFORT_HIGH_DEGC:g} degC.",
        ),
    }


def visitor_kpis(results: Results, energy: Energies, days: int) -> Kpis:
    """Return vehicles, people and the water they use."""
    vehicles = float(results.steps["vehicles"].to_numpy().sum())
    people = float(results.steps["people"].to_numpy().sum())
    found = {
        "vehicles_per_day": Kpi(
            vehicles / days, "vehicles/d", "Vehicles entering on the average day, to charge or not."
        ),
        "people_per_day": Kpi(people / days, "people/d", "People entering on the average day."),
        "use_per_person": Kpi(
            energy["use_kw"] / people if people > 0 else math.nan,
            "kWh",
            "Energy of all uses for each person entering.",
        ),
    }
    volume = {name: float(results.steps[column].to_numpy().sum()) for name, (column, _) in WATER.items()}
    for name, (_, info) in WATER.items():
        found[name] = Kpi(volume[name], "m3", info)
        found[f"{name}_per_day"] = Kpi(
            volume[name] / days, "m3/d", f"{info.rstrip('.')}, on the average day."
        )
    used = volume["fresh_water"] + volume["reused_water"]
    found["water_reused_share"] = Kpi(
        percent(volume["reused_water"], used), "%", "Share of water used that was used before."
    )
    return found
