"""From the description of a battery to the numbers of its equations, and its window by month."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stationsim.models.battery.curves import CURVE_POINTS
from stationsim.models.battery.parts import (
    CONDUCTANCE_KW_K_PER_MWH,
    COOLING_KW_PER_MWH,
    HEATING_KW_PER_MWH,
    UNHELD_DEGC,
)
from stationsim.models.battery.spec import BatterySpec
from stationsim.models.battery.unit import BatteryParameters, drawn_kw, stored_kw

Array = NDArray[np.float64]
Points = Sequence[tuple[float, float]]


def battery_parameters(spec: BatterySpec, *, health: float = 1.0) -> BatteryParameters:
    """Return the numbers of a unit's equations.

    Parameters
    ----------
    spec
        The unit.
    health
        Capacity left, over the rated one [-]; mass, converter and auxiliaries stay those of the new unit.

    Raises
    ------
    ValueError
        The health is not above 0.
    """
    if not health > 0.0:
        raise ValueError(f"health must be above 0, got {health}")
    capacity_kwh = spec.capacity_kwh * health
    charge, discharge = spec.power_share_by_soc_charge, spec.power_share_by_soc_discharge
    depths = [(1.0 - soc, share) for soc, share in reversed(discharge)]
    charge_plain, discharge_plain = _whole_power(charge), _whole_power(discharge)
    bare = BatteryParameters(
        capacity_kwh=capacity_kwh,
        power_kw=min(spec.power_kw, spec.power_cap_kw or math.inf),
        stored_kw=0.0,
        drawn_kw=0.0,
        cells_charge_kw=0.0,
        cells_discharge_kw=0.0,
        converter=spec.loss_of_converter.curve(spec.power_kw),
        cells=spec.cells.curve(spec.power_kw),
        charge_soc=_padded(charge, 0),
        charge_share=_padded(charge, 1),
        charge_from_kwh=charge_plain[0] * capacity_kwh,
        charge_until_kwh=charge_plain[1] * capacity_kwh,
        discharge_depth=_padded(depths, 0),
        discharge_share=_padded(depths, 1),
        discharge_from_kwh=discharge_plain[0] * capacity_kwh,
        discharge_until_kwh=discharge_plain[1] * capacity_kwh,
        charge_temp_degc=_padded(spec.power_share_by_temperature_charge, 0),
        charge_temp_share=_padded(spec.power_share_by_temperature_charge, 1),
        discharge_temp_degc=_padded(spec.power_share_by_temperature_discharge, 0),
        discharge_temp_share=_padded(spec.power_share_by_temperature_discharge, 1),
        standby_kw=spec.draw_kw,
        standby_heat_kw=spec.draw_kw * spec.thermal.standby_heat_share if spec.thermal else 0.0,
        **_thermal(spec),
    )
    return bare._replace(
        stored_kw=stored_kw(bare, bare.power_kw),
        drawn_kw=drawn_kw(bare, bare.power_kw),
        cells_charge_kw=stored_kw(bare, spec.power_kw),
        cells_discharge_kw=drawn_kw(bare, spec.power_kw),
    )


def _padded(points: Points, place: int) -> tuple[float, ...]:
    """Return one coordinate of the points of a curve, its last repeated up to `CURVE_POINTS`."""
    values = [float(point[place]) for point in points]
    return tuple(values + values[-1:] * (CURVE_POINTS - len(values)))


def _whole_power(points: Points) -> tuple[float, float]:
    """Return between which states of charge the share is 1 throughout; an empty range where nowhere."""
    run: list[float] = []
    for soc, share in points:
        if share == 1.0:
            run.append(soc)
        elif run:
            break
    return (run[0], run[-1]) if run else (math.inf, -math.inf)


def _thermal(spec: BatterySpec) -> dict[str, float]:
    """Return the numbers of the container; a heat capacity of 0 where it is left out."""
    thermal, mwh = spec.thermal, spec.capacity_kwh / 1000.0
    if thermal is None:
        return {
            **dict.fromkeys(("heat_capacity_kwh_k", "conductance_kw_k", "cooling_kw", "heating_kw"), 0.0),
            **dict.fromkeys(("room_degc", "cool_above_degc", "heat_below_degc"), UNHELD_DEGC),
            **dict.fromkeys(("cooling_cop", "heating_cop"), 1.0),
        }
    conductance, cooling, heating = thermal.conductance_w_per_k, thermal.cooling_kw, thermal.heating_kw
    return {
        "heat_capacity_kwh_k": thermal.heat_capacity_kwh_k(spec.capacity_kwh),
        "conductance_kw_k": CONDUCTANCE_KW_K_PER_MWH * mwh if conductance is None else conductance / 1000.0,
        "room_degc": math.nan if thermal.room_degc is None else thermal.room_degc,
        "cool_above_degc": thermal.cool_above_degc,
        "heat_below_degc": thermal.heat_below_degc,
        "cooling_kw": COOLING_KW_PER_MWH * mwh if cooling is None else cooling,
        "heating_kw": HEATING_KW_PER_MWH * mwh if heating is None else heating,
        "cooling_cop": thermal.cooling_cop,
        "heating_cop": thermal.heating_cop,
    }


def window_kwh(spec: BatterySpec, months: NDArray[np.integer], *, health: float = 1.0) -> tuple[Array, Array]:
    """Return the least and the most energy in use in each step [kWh].

    Parameters
    ----------
    spec
        The unit.
    months
        Month of each step, 1 to 12.
    health
        Capacity left, over the rated one [-].
    """
    lowest, highest = np.full(13, spec.soc_minimum), np.full(13, spec.soc_maximum)
    for season in spec.seasons:
        lowest[list(season.months)] = season.soc_minimum
        highest[list(season.months)] = season.soc_maximum
    capacity_kwh = spec.capacity_kwh * health
    floor: Array = lowest[months] * capacity_kwh
    ceiling: Array = highest[months] * capacity_kwh
    return floor, ceiling
