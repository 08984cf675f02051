"""Small stations for the tests of the loop: one to be added up in the head, and random ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from stationsim.scenario import Scenario
from tests.batteries import LOSSLESS
from tests.random_plazas import POSTS, plazas_and_traffic, traffics

ZONE = {
    "name": "hall",
    "floor_area_m2": 400,
    "height_m": 4,
    "walls": {"u_value_w_m2k": 0.5, "area_m2": 300},
    "roof": {"u_value_w_m2k": 0.45, "area_m2": 400},
    "floor": {"u_value_w_m2k": 0.5, "area_m2": 400},
    "windows": {"u_value_w_m2k": 2.4, "g_value": 0.4, "area_south_m2": 40},
    "air_change_per_h": 0.5,
}
COOLING = {"units": 4, "unit_capacity_kw": 15}
HEATING = {"capacity_kw": 60}
SERVICE_VEHICLES = {"count": 3, "kwh_per_day": 20, "charging_from": "22:00", "charging_to": "06:00"}
WINTER = {"months": [11, 12, 1, 2, 3], "soc_minimum": 0.3, "soc_maximum": 0.95}
BATTERY = {"capacity_kwh": 200, "power_kw": 100, "standby_kw": 0.4}
LIGHTING = {
    "zones": [{"name": "hall", "floor_area_m2": 400, "full_light_people": 50}],
    "outdoor": [{"name": "parking", "power_kw": 5}],
}
WASHROOMS = {"zone": "hall", "fixtures": 10}
SHOPS = {
    "zone": "hall",
    "cabinets": [
        {"kind": "vertical_chilled", "display_m2": 2.0, "remote": True},
        {"kind": "beverage_cooler", "count": 2, "volume_litres": 500},
    ],
    "hot_drinks_per_visitor": 0.1,
}
EMERGENCY = {"luminaires": 20, "network_kw": 0.2}
HOT_WATER = {"tank_litres": 300, "heat_pump_kw": 6}
CHARGING = {"groups": POSTS, "minimum_kw": 10, "max_queue": 4}

PLACES = (
    {"latitude_deg": 36.8, "longitude_deg": 117.4, "timezone": "Asia/Shanghai"},
    {"latitude_deg": 50.5, "longitude_deg": 8.5, "timezone": "Europe/Berlin"},
    {"latitude_deg": -33.9, "longitude_deg": 150.9, "timezone": "Australia/Sydney"},
    {"latitude_deg": -34.6, "longitude_deg": -58.4, "timezone": "America/Argentina/Buenos_Aires"},
)
"""Places with and without daylight saving, north and south."""

CLOCKS_CHANGE = ("2025-03-30", "2025-10-26", "2025-04-06", "2025-10-05")
"""Days on which clocks change: Berlin in spring and autumn, Sydney in autumn and spring."""


def building(cooling: Any = None, heating: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a building of one zone."""
    return {"zones": [ZONE | {"cooling": cooling, "heating": heating} | changes]}


def canopy(dc_kwp: float, **more: Any) -> dict[str, Any]:
    """Return a solar section with one surface, whose inverters draw nothing in the dark."""
    surface = {"name": "canopy", "kind": "canopy", "dc_kwp": dc_kwp, "tilt_deg": 10, **more}
    surface["inverter_night_w_per_kw"] = 0
    return {"surfaces": [surface]}


def grid(import_limit_kw: float = 800, export_limit_kw: float = 200, **more: Any) -> dict[str, Any]:
    """Return a connection with a flat price."""
    limits = {"import_limit_kw": import_limit_kw, "export_limit_kw": export_limit_kw}
    return {**limits, "tariff": {"flat_price_per_kwh": 0.6, "feed_in_per_kwh": 0.3}, **more}


def content(**sections: Any) -> dict[str, Any]:
    """Return a small station as plain data: two days of June at 15 min; a section of None is left out."""
    usual: dict[str, Any] = {
        "schema_version": 1,
        "name": "Small station",
        "site": PLACES[0],
        "period": {"start": "2025-06-01", "end": "2025-06-02"},
        "weather": {"source": "synthetic", "climate": "jinan"},
        "solar": canopy(150),
        "battery": BATTERY,
        "traffic": {"vehicles_per_day": 1000, "ev_share": 0.2, "charging_share": 0.25},
        "charging": CHARGING,
        "building": building(COOLING, HEATING),
        "loads": loads(),
        "water": water(),
        "grid": grid(),
        "carbon": {"grid_factor_t_per_mwh": 0.5},
        "simulation": {"step_minutes": 15, "seed": 7},
    }
    return {name: section for name, section in (usual | sections).items() if section is not None}


def loads(constant_kw: float = 5.0, **more: Any) -> dict[str, Any]:
    """Return loads, the remainder as large as a test wants it."""
    return {
        "lighting": LIGHTING,
        "catering": {"zone": "hall", "standby_kw": 2},
        "other": {"constant_kw": constant_kw},
        "other_share_maximum": 1.0,
        **more,
    }


DRY = {
    "toilets_l_per_visitor": 0,
    "taps_l_per_visitor": 0,
    "drinking_l_per_visitor": 0,
    "kitchen_l_per_meal": 0,
}
"""Uses of water of a station that needs none."""


def every_load() -> dict[str, Any]:
    """Return loads of every kind."""
    kinds = {"washrooms": WASHROOMS, "shops": SHOPS, "emergency": EMERGENCY, "hot_water": HOT_WATER}
    return loads(5.0, service_vehicles=SERVICE_VEHICLES, **kinds)


def water(
    capacity_m3_h: float = 5.0, *, treatment: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Return a water section."""
    plant = {"capacity_m3_h": capacity_m3_h, **(treatment or {})}
    tanks = {"equalisation_tank": {"volume_m3": 50}, "reuse_tank": {"volume_m3": 20}}
    return {"treatment": plant, **tanks, **more}


def only_constant(kw: float, **sections: Any) -> dict[str, Any]:
    """Return a station whose only use is a constant load: no cars, no air conditioning."""
    still = {
        "lighting": {},
        "catering": {"zone": "hall", "standby_kw": 0, "meals": []},
        "other": {"constant_kw": kw},
        "other_share_maximum": 1.0,
    }
    dry = water(uses=DRY)
    plain = {"charging": None, "building": building(), "loads": still, "water": dry}
    return content(**(plain | sections))


def station(**sections: Any) -> Scenario:
    """Return a small station."""
    return Scenario.from_dict(content(**sections))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a station of one or two days: any season, any step, devices present or not, grids tiny to huge."""
    start = dt.date.fromisoformat(
        draw(st.sampled_from(("2025-01-10", "2025-07-10", *CLOCKS_CHANGE)))
    ) - dt.timedelta(days=draw(st.integers(0, 1)))
    limits = draw(st.sampled_from(((0, 0), (15, 0), (60, 20), (200, 0), (5000, 3000))))
    transformer = draw(st.sampled_from(({}, {"transformer_kva": 100}, {"transformer_kva": 1000})))
    return station(
        site=draw(st.sampled_from(PLACES)),
        period={"start": start.isoformat(), "end": (start + dt.timedelta(days=1)).isoformat()},
        weather={"source": "synthetic", "climate": draw(st.sampled_from(("jinan", "denver")))},
        solar=draw(st.none() | st.sampled_from((1, 100, 2000)).map(canopy)),
        battery=draw(st.none() | batteries()),
        **draw(traffics().map(without_plaza) | plazas_and_traffic() | plazas_and_traffic()),
        building=draw(buildings()),
        loads=loads(
            draw(st.sampled_from((0.0, 20.0))),
            service_vehicles=draw(st.sampled_from((None, SERVICE_VEHICLES))),
            washrooms=draw(st.sampled_from((None, WASHROOMS))),
            shops=draw(st.sampled_from((None, SHOPS))),
            emergency=draw(st.sampled_from((None, EMERGENCY))),
            hot_water=draw(st.none() | hot_waters()),
        ),
        water=water(
            draw(st.sampled_from((0.0, 0.5, 20.0))),
            treatment={"follow": draw(st.sampled_from(("level", "sun")))},
            greens=draw(st.sampled_from((None, {"area_ha": 3.0}))),
        ),
        grid=grid(*limits, **transformer),
        simulation={
            "step_minutes": draw(st.sampled_from((5, 10, 15, 20, 30, 60))),
            "seed": draw(st.integers(0, 2**63 - 1)),
        },
    )


@st.composite
def buildings(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one to three zones: with or without devices, that switch or modulate, fans that follow people."""
    ideal = {"control": "ideal", "standby_kw": 0.05}
    nightly = [28] * 6 + [26] * 16 + [28] * 2
    zones = []
    for name in ("hall", "restaurant", "shop")[: draw(st.integers(1, 3))]:
        cooling = draw(
            st.none() | st.sampled_from(({"standby_kw": 0.1}, ideal, {"set_point_by_hour_degc": nightly}))
        )
        heating = draw(st.none() | st.sampled_from(({}, {"backup_kw": 10}, {"stops_below_degc": 0})))
        air = draw(st.sampled_from(({}, {"fresh_air_m3_h_person": 30, "heat_recovery_efficiency": 0.5})))
        devices = {
            "cooling": None if cooling is None else COOLING | cooling,
            "heating": None if heating is None else HEATING | heating,
        }
        zones.append(ZONE | devices | air | {"name": name})
    return {"zones": zones}


def without_plaza(traffic: dict[str, Any]) -> dict[str, Any]:
    """Return the traffic of a station without a plaza."""
    return {"traffic": traffic, "charging": None}


@st.composite
def hot_waters(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a hot water plant, from one that is never short to one with little of heat pump or backup."""
    pump_kw = draw(st.sampled_from((0, 1, 50)))
    return HOT_WATER | {
        "tank_litres": draw(st.sampled_from((1, 300, 5000))),
        "heat_pump_kw": pump_kw,
        "backup_kw": draw(st.sampled_from((None, 0, 2) if pump_kw else (None, 2))),
        "cleaning_litres_per_day": draw(st.sampled_from((0, 2000))),
    }


@st.composite
def batteries(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a battery, small or large, that starts anywhere in its window."""
    capacity = draw(st.sampled_from((5.0, 200.0, 5000.0)))
    kind: dict[str, Any] = draw(st.sampled_from(({}, LOSSLESS, {"seasons": [WINTER]})))
    return {
        "capacity_kwh": capacity,
        "power_kw": capacity * draw(st.sampled_from((0.2, 1.0, 3.0))),
        "soc_initial": draw(st.sampled_from((0.3 if "seasons" in kind else 0.1, 0.5, 0.9))),
        "standby_kw": draw(st.sampled_from((0.0, 0.001))) * capacity,
        **kind,
    }
