"""PVWatts' inverter: from DC to AC and back, for arrays and, in the loop, for plain numbers."""

from __future__ import annotations

import math

import numpy as np

from stationsim.models.pv.light import Array
from stationsim.models.pv.spec import SurfaceSpec

REFERENCE_EFFICIENCY = 0.9637
"""Nominal efficiency of the inverters whose curve PVWatts uses."""
CURVE_SQUARE = -0.0162
CURVE_CONSTANT = -0.0059
CURVE_LINE = 0.9858
"""Losses of those inverters by load: of load squared, at no load and by load; NREL/TP-6A20-62641, eq. 11."""

LEAST_LOAD = 1e-6
"""Share of its limit below which an inverter is off; its curve is at 0 from 0.006 down."""

W_PER_KW = 1000.0


def ac_power_kw(dc_kw: Array | float, *, ac_kw: float, efficiency: float) -> Array:
    """Return the power after the inverters [kW], never negative and never above ``ac_kw``.

    Parameters
    ----------
    dc_kw
        Power that reaches the inverters [kW].
    ac_kw
        Rated AC power of the inverters [kW].
    efficiency
        Nominal efficiency, reached at full load.

    References
    ----------
    Dobos, "PVWatts Version 5 Manual", NREL/TP-6A20-62641 (2014), doi:10.2172/1158421.
    """
    from pvlib import inverter

    limit_kw = ac_kw / efficiency
    dark = np.asarray(dc_kw) < LEAST_LOAD * limit_kw
    power: Array = inverter.pvwatts(np.where(dark, 0.0, dc_kw), limit_kw, efficiency)
    return power


def clipped_power_kw(dc_kw: Array | float, *, ac_kw: float, efficiency: float) -> Array:
    """Return the AC power [kW] that inverters without a limit would add, at their full-load efficiency."""
    return np.maximum(np.asarray(dc_kw) * efficiency - ac_kw, 0.0)


def inverter_night_kw(dc_kw: Array | float, *, ac_kw: float, efficiency: float, w_per_kw: float) -> Array:
    """Return what inverters draw from the busbar in the dark [kW]; by day they live on the modules.

    Parameters
    ----------
    dc_kw
        Power that reaches the inverters [kW].
    ac_kw
        Rated AC power of the inverters [kW].
    efficiency
        Nominal efficiency.
    w_per_kw
        Draw in the dark per rated AC power [W/kW].
    """
    dark = np.asarray(dc_kw) < LEAST_LOAD * ac_kw / efficiency
    return np.where(dark, ac_kw * w_per_kw / W_PER_KW, 0.0)


def night_draw_kw(surface: SurfaceSpec) -> float:
    """Return what the inverters of a surface draw from the busbar in the dark [kW]."""
    return surface.ac_kw * surface.inverter_night_w_per_kw / W_PER_KW


def inverter_ac_kw(dc_kw: float, ac_rated_kw: float, efficiency: float) -> float:
    """Return the AC power of inverters from their DC power [kW]; equal to :func:`ac_power_kw`.

    Parameters
    ----------
    dc_kw
        DC power, at least 0 [kW].
    ac_rated_kw
        Rated AC power [kW].
    efficiency
        Nominal efficiency.
    """
    if ac_rated_kw <= 0.0 or dc_kw <= 0.0:
        return 0.0
    limit_kw = ac_rated_kw / efficiency
    load = dc_kw / limit_kw
    if load < LEAST_LOAD:
        return 0.0
    curve = CURVE_SQUARE * load + CURVE_CONSTANT / load + CURVE_LINE
    return max(min(efficiency / REFERENCE_EFFICIENCY * curve * dc_kw, ac_rated_kw), 0.0)


def inverter_dc_kw(ac_kw: float, ac_rated_kw: float, efficiency: float) -> float:
    """Return the least DC power from which inverters make an AC power [kW]; the inverse of the curve.

    Parameters
    ----------
    ac_kw
        AC power wanted [kW]; above the rating the rating is meant, at 0 no DC power is needed.
    ac_rated_kw
        Rated AC power [kW].
    efficiency
        Nominal efficiency.

    Notes
    -----
    With the load x and the AC power y, both over the DC limit, the curve is y = k (a x^2 + b x + c), whose
    rising root is x = 2 (y/k - c) / (b + sqrt(b^2 + 4 a (y/k - c))): no difference of near numbers.
    """
    if ac_rated_kw <= 0.0 or ac_kw <= 0.0:
        return 0.0
    limit_kw = ac_rated_kw / efficiency
    wanted = min(ac_kw, ac_rated_kw) / limit_kw * REFERENCE_EFFICIENCY / efficiency - CURVE_CONSTANT
    root = math.sqrt(CURVE_LINE * CURVE_LINE + 4.0 * CURVE_SQUARE * wanted)
    return 2.0 * wanted / (CURVE_LINE + root) * limit_kw
