"""What holds in every run, whatever the scenario and the plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stationsim.models.battery import BatterySpec, window_kwh
from stationsim.models.grid import busbar_limits_kw
from stationsim.results import RESIDUAL_TOLERANCE, SINKS, SOURCES, Results
from stationsim.scenario import Scenario
from tests.plaza_promises import check_plaza
from tests.tolerances import ROUNDING_KW, ROUNDING_KWH

NEVER_NEGATIVE = (
    *SOURCES,
    *SINKS,
    *("meter_import_kw", "meter_export_kw", "transformer_loss_kw", "battery_kwh", "ac_units_on"),
    *("battery_converter_loss_kw", "battery_cell_loss_kw"),
    *("equalisation_tank_m3", "reuse_tank_m3", "treated_m3", "reused_water_m3", "effluent_m3", "overflow_m3"),
    *(
        "queue_length",
        "posts_busy",
        "ev_throttled_kwh",
        "plaza_cap_kw",
        "charger_standby_kw",
        "fresh_water_m3",
    ),
    *("posts_blocked", "posts_held", "posts_down", "modules_down"),
    *("vehicles", "people", "occupancy_people", "ghi", "dni", "dhi"),
)


def check_promises(scenario: Scenario, results: Results) -> None:
    """Hold a run against every limit and every count."""
    check_residuals(results)
    check_battery(scenario, results)
    check_grid(scenario, results)
    check_plaza(scenario, results)
    steps = results.steps
    assert steps.notna().all().all()
    for name in NEVER_NEGATIVE:
        assert steps[name].min() >= 0, name
    assert (steps["charging_kw"] - steps["v2g_kw"] <= steps["plaza_cap_kw"] + ROUNDING_KW).all()
    assert (steps["curtailed_kw"] <= steps["pv_kw"]).all()


def check_residuals(results: Results) -> None:
    assert max(results.residuals().values()) <= RESIDUAL_TOLERANCE
    steps = results.steps  # and the balance anew, from the columns alone
    residual_kw = sum(steps[name] for name in SOURCES) - sum(steps[name] for name in SINKS)
    assert np.abs(residual_kw).max() * results.dt_h <= RESIDUAL_TOLERANCE


def check_battery(scenario: Scenario, results: Results) -> None:
    """Each step keeps the window of its month: a window that moved is come back to, never left."""
    steps, units = results.steps, scenario.battery_units
    taken_kw = steps["charge_kw"]
    if not units:
        nothing = ["charge_kw", "discharge_kw", "battery_kwh", "battery_aux_kw"]
        assert not steps[nothing].any().any()
        assert not taken_kw.any()
        return
    if len(units) == 1:
        charge, discharge = taken_kw, steps["discharge_kw"]
        check_unit(units[0][1], steps["battery_kwh"], charge, discharge, results)
        return
    for name, spec in units:
        charge, discharge = steps[f"charge_{name}_kw"], steps[f"discharge_{name}_kw"]
        check_unit(spec, steps[f"battery_kwh_{name}"], charge, discharge, results)


def check_unit(
    spec: BatterySpec, stored_kwh: pd.Series, charge_kw: pd.Series, discharge_kw: pd.Series, results: Results
) -> None:
    """Hold one battery within its window and its rating; it never gives and takes at once."""
    months = results.steps.index.tz_convert(results.timezone).month.to_numpy()
    floor_kwh, ceiling_kwh = window_kwh(spec, months)
    assert (np.minimum(charge_kw, discharge_kw) == 0).all()
    assert (stored_kwh >= floor_kwh - ROUNDING_KWH)[discharge_kw > 0].all()
    assert (stored_kwh <= ceiling_kwh + ROUNDING_KWH)[charge_kw > 0].all()
    assert stored_kwh.min() >= min(floor_kwh.min(), spec.initial_energy_kwh) - ROUNDING_KWH
    assert stored_kwh.max() <= max(ceiling_kwh.max(), spec.initial_energy_kwh) + ROUNDING_KWH
    assert max(charge_kw.max(), discharge_kw.max()) <= spec.power_kw + ROUNDING_KW


def check_grid(scenario: Scenario, results: Results) -> None:
    steps, limits = results.steps, scenario.grid
    assert steps["meter_import_kw"].max() <= limits.import_limit_kw + ROUNDING_KW
    assert steps["meter_export_kw"].max() <= limits.export_limit_kw + ROUNDING_KW
    assert steps[["import_kw", "export_kw"]].max().max() <= limits.parameters.rated_kw + ROUNDING_KW
    for one, other in (("import_kw", "export_kw"), ("meter_import_kw", "meter_export_kw")):
        assert (np.minimum(steps[one], steps[other]) == 0).all()
    check_unserved(scenario, results)


def check_unserved(scenario: Scenario, results: Results) -> None:
    """Where a use goes unserved, grid and battery give all they can, and nobody who can wait draws power."""
    steps = results.steps
    dark = steps[steps["unserved_kw"] > 0]
    if dark.empty:
        return
    most_kw, _ = busbar_limits_kw(scenario.grid.parameters)
    assert dark["import_kw"].min() >= most_kw - ROUNDING_KW
    assert not dark[["charge_kw", "export_kw", "curtailed_kw"]].any().any()
    assert dark[["water_kw", "heating_kw", "cooling_kw"]].max().max() <= ROUNDING_KW
    assert (dark["charging_kw"] - dark["v2g_kw"]).max() <= ROUNDING_KW
    if scenario.battery is not None:
        months = steps.index.tz_convert(results.timezone).month.to_numpy()
        floor_kwh, _ = window_kwh(scenario.battery, months)
        empty = (steps["battery_kwh"] <= floor_kwh + ROUNDING_KWH)[dark.index]
        assert (empty | (dark["discharge_kw"] >= scenario.battery.power_kw - ROUNDING_KW)).all()
