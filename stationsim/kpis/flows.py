"""Names of the flows of energy: one label and one stem for each column, wherever it is shown."""

from __future__ import annotations

from stationsim.results import SINKS, SOURCES, USES

LABELS = {
    "pv_kw": "Solar",
    "discharge_kw": "Battery discharge",
    "v2g_kw": "Given back by cars",
    "import_kw": "Grid import",
    "unserved_kw": "Unserved",
    "charging_kw": "EV charging",
    "cooling_kw": "Cooling",
    "heating_kw": "Heating",
    "lighting_kw": "Lighting",
    "catering_kw": "Catering",
    "washrooms_kw": "Washrooms",
    "shops_kw": "Shops",
    "water_kw": "Water",
    "battery_aux_kw": "Battery auxiliaries",
    "hot_water_kw": "Hot water",
    "emergency_kw": "Emergency loads",
    "service_vehicles_kw": "Service vehicles",
    "inverter_night_kw": "Inverters at night",
    "other_kw": "Other use",
    "charge_kw": "Battery charge",
    "export_kw": "Grid export",
    "curtailed_kw": "Curtailed solar",
}
"""What each flow is called in tables and figures."""

STEMS = {
    "pv_kw": "pv_generated",
    "discharge_kw": "battery_discharge",
    "v2g_kw": "v2g_energy",
    "import_kw": "grid_import",
    "unserved_kw": "unserved_energy",
    **{use: f"use_{use.removesuffix('_kw')}" for use in USES},
    "charge_kw": "battery_charge",
    "export_kw": "grid_export",
    "curtailed_kw": "pv_curtailed",
}
"""First part of the name of each flow's KPIs."""

AT_THE_BUSBAR = ("import_kw", "export_kw")
"""Flows whose energy at the meter is another one, by the losses of the transformer."""

SELDOM = (
    *("v2g_kw", "inverter_night_kw", "battery_aux_kw"),
    *("washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw"),
)
"""Flows of stations with something special, left out of screens and figures where there are none."""

FLOWS = (*SOURCES, *SINKS)
"""Every flow at the AC busbar: what supplies it, then what leaves it."""
