"""The real-time rule: follow the plan within every limit, share a shortage, place a surplus.

Shortage is shared in this order: the grid stops charging the battery, wastewater waits, vehicles are
throttled to their minimum, AC units go off, the rest is unserved. A surplus feeds the loads, then the
battery, then the grid; what nobody can take is curtailed. Plain numbers only, so that the rule could be
compiled unchanged.
"""

from __future__ import annotations

from typing import NamedTuple


class Settlement(NamedTuple):
    """Where the power of a step came from and went, at the AC busbar [kW]."""

    charge_kw: float
    discharge_kw: float
    import_kw: float
    export_kw: float
    curtailed_kw: float
    unserved_kw: float


def hvac_cap_kw(spare_kw: float, plaza_minimum_kw: float) -> float:
    """Return what heating and cooling may draw [kW]: what firm loads and the plaza's minimum leave over.

    Parameters
    ----------
    spare_kw
        Supply that could be had, less the loads nobody can shed [kW].
    plaza_minimum_kw
        What keeps each charging vehicle at its minimum [kW].
    """
    return max(spare_kw - plaza_minimum_kw, 0.0)


def water_cap_kw(spare_kw: float, urgent_kw: float, plaza_kw: float) -> float:
    """Return what water treatment may draw [kW]: at the least what keeps the tank from spilling.

    Parameters
    ----------
    spare_kw
        Supply that firm loads, heating and cooling leave over [kW].
    urgent_kw
        Least power that keeps the tank from spilling [kW].
    plaza_kw
        What the vehicles could draw [kW].
    """
    return max(min(max(spare_kw - plaza_kw, urgent_kw), spare_kw), 0.0)


def plaza_cap_kw(spare_kw: float, planned_cap_kw: float) -> float:
    """Return what the plaza may draw [kW], from what all others leave over and the plan's cap [kW]."""
    return max(min(spare_kw, planned_cap_kw), 0.0)


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
    wanted = surplus if battery_kw != battery_kw else battery_kw  # only NaN differs from itself
    charge = discharge = 0.0
    if wanted > 0.0:
        most = min(max_charge_kw, surplus + max_import_kw)
        charge = wanted if wanted < most else most
        if charge < 0.0:
            charge = 0.0
    else:
        discharge = -wanted if -wanted < max_discharge_kw else max_discharge_kw
    surplus += discharge - charge
    if surplus < 0.0:
        return _settle_deficit(-surplus, charge, discharge, max_discharge_kw, max_import_kw)
    export = surplus if surplus < max_export_kw else max_export_kw
    curtailed = surplus - export
    if curtailed > pv_kw:  # a planned discharge found no taker: take back what is too much
        discharge = max(discharge - (curtailed - pv_kw), 0.0)
        curtailed = pv_kw
    return Settlement(charge, discharge, 0.0, export, curtailed, 0.0)


def _settle_deficit(
    deficit: float, charge: float, discharge: float, max_discharge_kw: float, max_import_kw: float
) -> Settlement:
    """Cover what is missing from the grid, by charging less, from the battery; the rest is unserved."""
    if deficit <= max_import_kw:
        return Settlement(charge, discharge, deficit, 0.0, 0.0, 0.0)
    short = deficit - max_import_kw
    if charge > 0.0:
        less = short if short < charge else charge
        charge -= less
        short -= less
    extra = min(short, max_discharge_kw - discharge) if charge == 0.0 else 0.0
    return Settlement(charge, discharge + extra, max_import_kw, 0.0, 0.0, short - extra)
