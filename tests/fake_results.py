"""Small stations whose days can be added up in the head, as Results with a closed balance.

Every day is the same unless ``sky`` is ``"changing"``:

* sun: 200 kW from 08:00 to 18:00, 2,000 kWh;
* cars: 60 kW at 08:00, 10:00 and 18:00 for an hour, 57 kWh into each; at 11:50 one comes that waits 10
  min and then takes 60 kW for an hour; at 12:10 one sees the queue and leaves; at 12:10 one joins and loses
  patience after 20 min: 4 served, 1 balked, 1 reneged, 240 kWh;
* use: cooling 50 kW 12:00-16:00 (200 kWh, 2 units), heating 0, lighting 20 kW 18:00-06:00 (240), catering
  30 kW 11:00-13:00 and 17:00-19:00 (120), water 10 kW (240), service vehicles 10 kW 08:00-14:00 (60),
  other 40 kW (960); with the cars 2,060 kWh;
* battery: 400 kWh, 100 kW, nine tenths of what it is charged with is stored, empty at the start;
* rain: 0.1 mm an hour, 2.4 mm;
* transformer: loses 2 kW, whatever goes through it, 48 kWh;
* prices: 0.8 a kWh, 0.4 for a kWh fed in, 300 a month; 0.5 kg CO2 a kWh; trees take up 36.5 t a year.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from stationsim.clock import Clock
from stationsim.models.pv import CHAIN
from stationsim.results import RESIDUALS, USES, Results

FLOOR_M2 = 500.0
HALL = {
    "name": "hall",
    "floor_area_m2": FLOOR_M2,
    "open_from": 0.0,
    "open_to": 24.0,
    "comfort_low_degc": 18.0,
    "comfort_high_degc": 28.0,
}
CHARGE_EFFICIENCY = 0.9
TRANSFORMER_LOSS_KW = 2.0
CAPACITY_KWH, BATTERY_KW = 400.0, 100.0
SUN_KW = 200.0
CAR_KW, CAR_KWH = 60.0, 57.0
PRICE, FEED_IN = 0.8, 0.4
RAIN_MM_PER_DAY = 2.4
VEHICLES_PER_DAY, PEOPLE_PER_DAY = 240, 720
MEALS_PER_DAY = 240
HOT_WATER = (
    *("hot_water_litres", "hot_water_draw_kwh", "hot_water_loss_kwh", "hot_water_heat_pump_kwh"),
    *("hot_water_backup_kwh", "hot_water_short_kwh", "hot_water_tank_kwh"),
)


def fake_results(
    *,
    start: str = "2025-06-02",
    days: int = 1,
    step_minutes: int = 5,
    timezone: str = "Asia/Shanghai",
    solar: bool = True,
    battery: bool = True,
    cars: bool = True,
    sky: str = "same",
    seed: int = 1,
    name: str = "Example station",
) -> Results:
    """Build the Results of a station for some days."""
    first = dt.date.fromisoformat(start)
    clock = Clock(first, first + dt.timedelta(days=days - 1), step_minutes, timezone)
    columns = _columns(clock, solar=solar, cars=cars, sky=sky, seed=seed)
    _dispatch(columns, clock.dt_h, battery=battery)
    _finish(columns, clock)
    steps = pd.DataFrame(columns, index=clock.index.rename("time"))
    sessions = _sessions(clock, cars=cars)
    scenario = _scenario(clock, name=name, solar=solar, battery=battery, cars=cars, seed=seed)
    provenance = {
        "versions": {"stationsim": "0.1.0", "numpy": np.__version__},
        "seed": seed,
        "findings": [],
        "warnings": [],
        "weather": {},
        **({"solar": _solar(Results(steps, sessions, scenario, {}))} if solar else {}),
        "result_hash": Results(steps, sessions, scenario, {}).result_hash(),
    }
    return Results(steps, sessions, scenario, provenance)


def _solar(results: Results) -> dict[str, Any]:
    """Light of twice what is made: a tenth lost to dirt, 5/9 of the rest at the inverters' side."""
    chains = {}
    for name in ("canopy", "roof"):
        made = results.energy_kwh(f"pv_{name}_kw")
        before = dict.fromkeys(CHAIN[: CHAIN.index("soiling")], 2 * made)
        behind = dict.fromkeys(CHAIN[CHAIN.index("soiling") :], 1.8 * made)
        chains[name] = before | behind | {"inverter": made, "clipping": made}
    return {"ghi_kwh_m2": float(results.steps["ghi"].sum()) * results.dt_h / 1000, "chain_kwh": chains}


def _box(hours: np.ndarray, start: float, end: float, kw: float) -> np.ndarray:
    """Power between two civil hours, averaged exactly over steps that cross neither."""
    inside = (hours >= start) & (hours < end) if start < end else (hours >= start) | (hours < end)
    return np.where(inside, kw, 0.0)


def _columns(clock: Clock, *, solar: bool, cars: bool, sky: str, seed: int) -> dict[str, np.ndarray]:
    hours, zero = clock.civil_hour, np.zeros(clock.n_steps)
    sun = _sun(clock, sky, seed) if solar else zero
    plaza = sum(_box(hours, hour, hour + 1, CAR_KW) for hour in (8, 10, 12, 18)) if cars else zero
    cooling = _box(hours, 12, 16, 50.0)
    people = np.full(clock.n_steps, 1.0) * clock.dt_h / 24
    return {
        "pv_kw": sun,
        "pv_canopy_kw": 0.75 * sun,
        "pv_roof_kw": 0.25 * sun,
        "charging_kw": np.asarray(plaza) + zero,
        "cooling_kw": cooling,
        "heating_kw": zero,
        "lighting_kw": _box(hours, 18, 6, 20.0),
        "catering_kw": _box(hours, 11, 13, 30.0) + _box(hours, 17, 19, 30.0),
        **dict.fromkeys(("washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw"), zero),
        "lighting_outdoor_kw": _box(hours, 18, 6, 8.0),
        "refrigeration_kw": zero,
        "meals": MEALS_PER_DAY * people,
        **dict.fromkeys(HOT_WATER, zero),
        "water_kw": zero + 10.0,
        "battery_aux_kw": zero,
        "battery_temp_degc": zero + 25.0,
        "service_vehicles_kw": _box(hours, 8, 14, 10.0),
        "inverter_night_kw": zero,
        "pv_clipped_kw": zero,
        "other_kw": zero + 40.0,
        "ac_units_on": cooling / 25.0,
        "ac_starts": np.where((hours == 12.0), 2.0, 0.0),
        "cooling_heat_kw": cooling * 3,
        "heating_heat_kw": zero,
        "cooling_hall_kw": cooling,
        "heating_hall_kw": zero,
        "temp_hall_degc": np.where(hours < 6, 17.0, np.where((hours >= 12) & (hours < 13), 29.0, 24.0)),
        "temp_zone_degc": np.where(hours < 6, 17.0, np.where((hours >= 12) & (hours < 13), 29.0, 24.0)),
        "temp_mass_degc": zero + 24.0,
        "fresh_water_m3": 60.0 * people,
        "reused_water_m3": 40.0 * people,
        "treated_m3": 80.0 * people,
        "effluent_m3": 40.0 * people,
        "overflow_m3": zero,
        "wastewater_m3": 80.0 * people,
        "water_toilets_m3": 50.0 * people,
        "water_taps_m3": 20.0 * people,
        "water_drinking_m3": 2.0 * people,
        "water_kitchen_m3": 8.0 * people,
        "water_washing_m3": 5.0 * people,
        "water_irrigation_m3": 15.0 * people,
        "equalisation_tank_m3": zero + 20.0,
        "reuse_tank_m3": zero + 10.0,
        "vehicles": VEHICLES_PER_DAY * people,
        "people": PEOPLE_PER_DAY * people,
        "occupancy_people": zero + 20.0,
        "queue_length": _box(hours, 12, 12.5, 1.0) if cars else zero,
        "posts_busy": (np.asarray(plaza) > 0) * 1.0 + zero,
        "posts_blocked": zero,
        "posts_held": zero,
        "posts_down": zero,
        "modules_down": zero,
        "charger_standby_kw": zero,
        "plaza_cap_kw": np.full(clock.n_steps, np.inf),
        "ev_throttled_kwh": zero,
        "ghi": 4 * sun,
        "dni": 3 * sun,
        "dhi": 1 * sun,
        "temp_air": zero + 20.0,
        "rainfall": zero + RAIN_MM_PER_DAY * clock.dt_h / 24,
        "snowfall": zero,
        "price_per_kwh": zero + PRICE,
        "feed_in_per_kwh": zero + FEED_IN,
    }


def _sun(clock: Clock, sky: str, seed: int) -> np.ndarray:
    hours = clock.civil_hour
    if sky == "same":
        return _box(hours, 8, 18, SUN_KW)
    day_of_year = clock.civil.day_of_year.to_numpy()
    season = 1 + 0.35 * np.sin(2 * np.pi * (day_of_year - 80) / 365)
    half = 5.5 * season**0.5
    clear = np.clip(np.cos(np.pi / 2 * (hours + clock.dt_h / 2 - 12.2) / half), 0, None) ** 1.2
    clear = np.where(np.abs(hours - 12.2) < half, clear, 0.0)
    cloud = np.random.default_rng(seed).beta(2.5, 1.2, clock.n_days)[clock.civil_day]
    return 3 * SUN_KW * season * clear * cloud


def _dispatch(columns: dict[str, np.ndarray], dt_h: float, *, battery: bool) -> None:
    """Charge from surplus, discharge into shortage, the rest to and from the grid."""
    surplus = columns["pv_kw"] - sum(columns[use] for use in USES)
    capacity, power = (CAPACITY_KWH, BATTERY_KW) if battery else (0.0, 0.0)
    charge, discharge, stored = (np.zeros(surplus.size) for _ in range(3))
    level = 0.0
    for step, extra in enumerate(surplus.tolist()):
        if extra > 0:
            charge[step] = min(extra, power, (capacity - level) / CHARGE_EFFICIENCY / dt_h)
        else:
            discharge[step] = min(-extra, power, level / dt_h)
        level += (charge[step] * CHARGE_EFFICIENCY - discharge[step]) * dt_h
        stored[step] = level
    rest = surplus - charge + discharge
    columns |= {
        "charge_kw": charge,
        "discharge_kw": discharge,
        "v2g_kw": np.zeros(surplus.size),
        "import_kw": np.maximum(-rest, 0.0),
        "export_kw": np.maximum(rest, 0.0),
        "unserved_kw": np.zeros(surplus.size),
        "curtailed_kw": np.zeros(surplus.size),
        "battery_kwh": stored,
        "battery_converter_loss_kw": charge * (1 - CHARGE_EFFICIENCY),
        "battery_cell_loss_kw": np.zeros(surplus.size),
        "soc": stored / CAPACITY_KWH,
    }


def _finish(columns: dict[str, np.ndarray], clock: Clock) -> None:
    at_meter = columns["import_kw"] - columns["export_kw"] + TRANSFORMER_LOSS_KW
    supplied = columns["pv_kw"] + columns["discharge_kw"] + columns["import_kw"]
    left = sum(columns[use] for use in USES) + columns["charge_kw"] + columns["export_kw"]
    columns |= {
        "meter_import_kw": np.maximum(at_meter, 0.0),
        "meter_export_kw": np.maximum(-at_meter, 0.0),
        "transformer_loss_kw": np.full(clock.n_steps, TRANSFORMER_LOSS_KW),
        **{name: np.zeros(clock.n_steps) for name in RESIDUALS},
        "balance_residual_kwh": (supplied - left) * clock.dt_h,
    }


def _sessions(clock: Clock, *, cars: bool) -> pd.DataFrame:
    """Four cars served, one that balks and one that loses patience, every day."""
    rows: list[dict[str, Any]] = []
    for day in range(clock.n_days if cars else 0):
        midnight = pd.Timestamp(clock.first_day + dt.timedelta(days=day), tz=clock.timezone)
        for arrival_h, wait, outcome in (
            (8, 0, "served"),
            (10, 0, "served"),
            (11 + 50 / 60, 10, "served"),
            (12 + 10 / 60, 0, "balked"),
            (12 + 10 / 60, 20, "reneged"),
            (18, 0, "served"),
        ):
            rows.append(_session(midnight + pd.Timedelta(minutes=round(arrival_h * 60)), wait, outcome))
    frame = pd.DataFrame(rows, columns=list(_session(pd.Timestamp("2025-01-01", tz="UTC"), 0, "served")))
    for name in ("arrival", "start", "charge_end", "end"):
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(clock.offset).dt.as_unit("ns")
    return frame


def _session(arrival: pd.Timestamp, wait: float, outcome: str) -> dict[str, Any]:
    served = outcome == "served"
    start = arrival + pd.Timedelta(minutes=wait)
    return {
        "arrival": arrival,
        "start": start if served else pd.NaT,
        "charge_end": start + pd.Timedelta(hours=1) if served else pd.NaT,
        "end": start + pd.Timedelta(hours=1) if served else start if outcome == "reneged" else pd.NaT,
        "type": "car",
        "group": "fast" if served else "",
        "post": 0 if served else -1,
        "side": "",
        "ended_by": "target" if served else "",
        "booked": False,
        "priority": False,
        "soc_arrival": 0.3,
        "soc_target": 0.8,
        "soc_departure": 0.8 if served else 0.3,
        "energy_kwh": CAR_KWH if served else 0.0,
        "energy_ac_kwh": CAR_KW if served else 0.0,
        "extra_ac_kwh": 0.0,
        "wanted_kwh": CAR_KWH,
        "given_kwh": 0.0,
        "wait_minutes": float(wait),
        "held_minutes": 0.0,
        "down_minutes": 0.0,
        "outcome": outcome,
    }


def _scenario(
    clock: Clock, *, name: str, solar: bool, battery: bool, cars: bool, seed: int
) -> dict[str, Any]:
    surfaces = [
        {"name": "canopy", "kind": "canopy", "dc_kwp": 300.0},
        {"name": "roof", "kind": "roof", "dc_kwp": 100.0},
    ]
    store = {
        "capacity_kwh": CAPACITY_KWH,
        "power_kw": BATTERY_KW,
        "soc_minimum": 0.0,
        "soc_maximum": 1.0,
        "soc_initial": 0.0,
    }
    return {
        "schema_version": 1,
        "name": name,
        "description": "",
        "site": {
            "latitude_deg": 36.8,
            "longitude_deg": 117.4,
            "elevation_m": 50.0,
            "timezone": clock.timezone,
        },
        "period": {"start": clock.first_day.isoformat(), "end": clock.last_day.isoformat()},
        "simulation": {"step_minutes": clock.step_minutes, "seed": seed, "replication": 0},
        "building": {"zones": [HALL]},
        "solar": {"surfaces": surfaces} if solar else None,
        "battery": store if battery else None,
        "charging": {"groups": [{"name": "fast", "posts": 2, "power_kw": 120.0}]} if cars else None,
        "grid": {
            "import_limit_kw": 500.0,
            "export_limit_kw": 300.0,
            "transformer_kva": 630.0,
            "transformer_no_load_kw": TRANSFORMER_LOSS_KW,
            "transformer_load_loss_kw": 0.0,
            "power_factor": 0.95,
            "tariff": {
                "currency": "CNY",
                "flat_price_per_kwh": PRICE,
                "bands": [],
                "feed_in_per_kwh": FEED_IN,
                "fixed_per_month": 300.0,
            },
        },
        "carbon": {
            "grid_factor_t_per_mwh": 0.5,
            "metered_factor_t_per_mwh": None,
            "coal_kgce_per_kwh": 0.33,
            "forest_area_ha": 10.0,
            "forest_rate_t_per_ha_year": 3.65,
        },
    }
