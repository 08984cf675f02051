"""Batteries outside their usual range, with a warning each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from stationsim.errors import Problem
from stationsim.models.battery import BatterySpec, battery_parameters, drawn_kw, stored_kw

if TYPE_CHECKING:
    from stationsim.scenario.schema import Scenario

USUAL_BATTERY_H = (0.5, 8.0)
"""Energy over power of stationary batteries [h]; from frequency reserve to the longest lithium storage."""

LEAST_ROUND_TRIP = 0.5
"""Round-trip efficiency below which hardly a battery of any kind lies."""

NARROW_WINDOW = 0.2
"""Window of the state of charge below which most of what was paid for lies idle [-]."""

MOST_AUX_SHARE = 0.1
"""Auxiliaries over throughput beyond which hardly a store lies [-]; 2 to 10 % are usual."""

CYCLES_PER_DAY = 1.0
"""Full cycles of a day that a store is judged by [1/d]: one, as those that follow the sun or a tariff do."""


def battery_warnings(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for everything about the batteries outside its usual range."""
    for number, (_, unit) in enumerate(scenario.battery_units):
        path = "battery" if scenario.battery is not None else f"batteries[{number}]"
        for rule in (_hours, _losses, _narrow, _hungry, _frozen):
            yield from rule(unit, path)


def _hours(unit: BatterySpec, path: str) -> Iterator[Problem]:
    hours = unit.capacity_kwh / unit.power_kw
    low, high = USUAL_BATTERY_H
    if not low <= hours <= high:
        yield Problem(
            f"capacity_kwh over power_kw is {hours:.3g} h, usual are {low:g} to {high:g} h",
            path=f"{path}.capacity_kwh",
            hint="energy is in kWh and power in kW; are they swapped or in MW?",
            code="W201",
        )


def _losses(unit: BatterySpec, path: str) -> Iterator[Problem]:
    params = battery_parameters(unit)
    kept = stored_kw(params, unit.power_kw) / drawn_kw(params, unit.power_kw)
    if kept < LEAST_ROUND_TRIP:
        yield Problem(
            f"the battery gives back {kept:.3g} of what it takes at rated power, usual are 0.7 to 0.97",
            path=f"{path}.cells" if unit.converter is None else f"{path}.converter",
            code="W207",
        )


def _narrow(unit: BatterySpec, path: str) -> Iterator[Problem]:
    windows = {
        f"{path}.soc_maximum": unit.soc_maximum - unit.soc_minimum,
        **{
            f"{path}.seasons[{number}].soc_maximum": season.soc_maximum - season.soc_minimum
            for number, season in enumerate(unit.seasons)
        },
    }
    for where, width in windows.items():
        if width < NARROW_WINDOW:
            yield Problem(
                f"the window of the state of charge is {width:.3g} wide, usual are 0.5 to 0.9",
                path=where,
                hint="most of the capacity lies idle; a narrower battery holds as much",
                code="W235",
            )


def _hungry(unit: BatterySpec, path: str) -> Iterator[Problem]:
    moved_kwh_per_day = 2 * CYCLES_PER_DAY * unit.capacity_kwh
    share = unit.draw_kw * 24 / moved_kwh_per_day
    if share > MOST_AUX_SHARE:
        yield Problem(
            f"the steady draw is {share:.0%} of what a full cycle a day moves, up to 10% is usual",
            path=f"{path}.standby_kw",
            hint="1 kW for each MWh is usual without cooling",
            code="W236",
        )


def _frozen(unit: BatterySpec, path: str) -> Iterator[Problem]:
    """Warn where the climate lets cells become so cold or warm that they take hardly any power."""
    thermal = unit.thermal
    if thermal is None:
        return
    temps, shares = np.array(unit.power_share_by_temperature_charge).T
    for key, held_degc in (
        ("heat_below_degc", thermal.heat_below_degc),
        ("cool_above_degc", thermal.cool_above_degc),
    ):
        share = float(np.interp(held_degc, temps, shares))
        if share < 0.5:
            yield Problem(
                f"cells at {held_degc:g} degC take {share:.0%} of the charging power",
                path=f"{path}.thermal.{key}",
                hint="keep them between 15 and 30 degC, or mend power_share_by_temperature_charge",
                code="W237",
            )
