"""The real-time rule: follow the plan within every limit, share a shortage, place a surplus.

Shortage is shared in this order: the grid stops charging the battery, wastewater waits, vehicles are
throttled to their minimum, AC units go off, the rest is unserved. A surplus feeds the loads, then the
battery, then the grid; what nobody can take is curtailed. Plain numbers only, so that the rule could be
compiled unchanged.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Caps(NamedTuple):
    """Power each throttled group of loads may draw in a step [kW]."""

    hvac_kw: float
    """Heating and cooling."""
    plaza_minimum_kw: float
    """What the plaza keeps at the least."""


class Settlement(NamedTuple):
    """Where the power of a step came from and went, at the AC busbar [kW]."""

    charge_kw: float
    discharge_kw: float
    import_kw: float
    export_kw: float
    curtailed_kw: float
    unserved_kw: float


def available_kw(pv_kw: float, max_import_kw: float, max_discharge_kw: float) -> float:
    """Return the most power the site can feed its loads with over the step [kW]."""
    return pv_kw + max_import_kw + max_discharge_kw


def load_caps(available: float, firm_kw: float, plaza_minimum_kw: float) -> Caps:
    """Return what heating and cooling may draw once firm loads and charging minima are fed [kW]."""
    spare = available - firm_kw
    minimum = min(plaza_minimum_kw, max(spare, 0.0))
    return Caps(hvac_kw=max(spare - minimum, 0.0), plaza_minimum_kw=minimum)


def settle(
    pv_kw: float,
    load_kw: float,
    max_charge_kw: float,
    max_discharge_kw: float,
    max_import_kw: float,
    max_export_kw: float,
    battery_kw: float,
) -> Settlement:
    """Match supply and use of one step.

    Parameters
    ----------
    pv_kw, load_kw
        Generation that could be had and power drawn by all loads [kW].
    max_charge_kw, max_discharge_kw
        What the battery can do over the step [kW].
    max_import_kw, max_export_kw
        What the grid connection allows at the busbar [kW].
    battery_kw
        Planned battery power, charging positive [kW]; NaN where the plan leaves it open.

    Returns
    -------
    Settlement
        Flows that balance: pv + discharge + import + unserved = load + charge + export + curtailed.
    """
    surplus = pv_kw - load_kw
    wanted = surplus if math.isnan(battery_kw) else battery_kw
    if wanted >= 0.0:
        ceiling = max(surplus + max_import_kw, 0.0)
        charge, discharge = min(wanted, max_charge_kw, ceiling), 0.0
    else:
        charge, discharge = 0.0, min(-wanted, max_discharge_kw)
    residual = surplus - charge + discharge
    if residual >= 0.0:
        export = min(residual, max_export_kw)
        curtailed = min(residual - export, pv_kw)
        if residual - export > pv_kw:  # a planned discharge found no taker: give back what is too much
            discharge -= residual - export - pv_kw
        return Settlement(charge, discharge, 0.0, export, curtailed, 0.0)
    from_grid = min(-residual, max_import_kw)
    short = -residual - from_grid
    extra = min(short, max_discharge_kw - discharge) if charge == 0.0 else 0.0
    return Settlement(charge, discharge + extra, from_grid, 0.0, 0.0, short - extra)
