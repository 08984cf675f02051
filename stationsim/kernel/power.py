"""The power of a stretch of steps: battery and grid settle what all others leave, step after step.

Written so that it could be compiled unchanged: flat sequences that are read, a flat buffer that is written.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any

from stationsim.control.rule import settle
from stationsim.models.battery import BatteryParameters, battery_limits_kw, battery_step, battery_upkeep_kw

POWER_WIDTH = 7
"""Numbers that a step writes: those of ``control.rule.Settlement``, then the energy in the battery."""


def play_power(
    battery: BatteryParameters,
    store: MutableSequence[float],
    loads_kw: Sequence[float],
    pv_kw: Sequence[float],
    max_import_kw: float,
    max_export_kw: float,
    planned_kw: float,
    dt_h: float,
    out: Any,
) -> None:
    """Settle the power of each step of a stretch.

    Parameters
    ----------
    battery
        The battery.
    store
        Energy in the battery [kWh]; moves on with the steps.
    loads_kw, pv_kw
        Power of all loads and generation that could be had in each step [kW].
    max_import_kw, max_export_kw
        What the grid connection allows at the busbar [kW].
    planned_kw
        Planned battery power, charging positive [kW]; NaN where the plan leaves it open.
    dt_h
        Step length [h].
    out
        Receives `POWER_WIDTH` numbers a step.
    """
    energy_kwh = store[0]
    place = 0
    for step in range(len(loads_kw)):
        max_charge_kw, max_discharge_kw = battery_limits_kw(battery, energy_kwh, dt_h)
        flows = settle(
            pv_kw[step],
            loads_kw[step],
            max_charge_kw,
            max_discharge_kw,
            max_import_kw,
            max_export_kw,
            planned_kw,
            battery_upkeep_kw(battery, energy_kwh, dt_h),
        )
        energy_kwh = battery_step(battery, energy_kwh, flows.charge_kw, flows.discharge_kw, dt_h)
        out[place] = flows.charge_kw
        out[place + 1] = flows.discharge_kw
        out[place + 2] = flows.import_kw
        out[place + 3] = flows.export_kw
        out[place + 4] = flows.curtailed_kw
        out[place + 5] = flows.unserved_kw
        out[place + 6] = energy_kwh
        place += POWER_WIDTH
    store[0] = energy_kwh
