"""The loads that are known before the loop: lamps, kitchen, washrooms, shops, emergency, hot water and the rest.

All follow visitors, the sun, the weather or the clock, and are computed over the whole clock at once. Each use
has a column of its own; what it gives to a zone of the building as heat is told by the zone's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import Clock
from stationsim.models import (
    base_load,
    catering,
    hot_water,
    lighting,
    service_vehicles,
    shops,
    washrooms,
)
from stationsim.models.hot_water import GRID_MINUTES, HotWaterDraw, HotWaterFlows, HotWaterSpec
from stationsim.scenario.schema import LoadsSpec
from stationsim.traffic.visitors import Visitors, to_step

Array = NDArray[np.float64]
ByZone = dict[str, Array]

OTHER_ZONE = "hall"
"""Zone that the heat of the unexplained remainder goes to."""

MONTHS = 12


class Air(NamedTuple):
    """Air of a usual year, which cold water follows."""

    mean_degc: float
    """Mean temperature [degC]."""
    swing_k: float
    """Warmest less coldest month [K]."""
    south: bool = False
    """Whether the site lies south of the equator."""


class Surroundings(NamedTuple):
    """What the loads follow, over the clock."""

    elevation_deg: Array
    """Sun elevation in the middle of each step [deg]."""
    temp_air: Array
    """Outdoor temperature, mean over each step [degC]."""
    occupancy: Array
    """People present, mean over each step."""
    visitors: Visitors
    """Visitors, minute by minute."""
    stay_minutes: float
    """Mean stay of a visitor [min]."""
    air: Air
    """Air of a usual year."""


class Loads(NamedTuple):
    """Scheduled loads over the clock."""

    kw: dict[str, Array]
    """Uses by column of ``results.USES`` [kW]."""
    details: dict[str, Array]
    """Further columns of the steps: parts of uses, meals, hot water and its tank."""
    lighting_heat_kw: ByZone
    """Heat of lamps by zone of the building [kW]."""
    appliance_heat_kw: ByZone
    """Heat of appliances by zone of the building, before hoods carry any of it off [kW]."""


def scheduled_loads(spec: LoadsSpec, clock: Clock, around: Surroundings) -> Loads:
    """Return the scheduled loads of a station.

    Parameters
    ----------
    spec
        Its loads.
    clock
        Steps.
    around
        What the loads follow.
    """
    none = np.zeros(clock.n_steps)
    when = {"civil_hour": clock.civil_hour, "dt_h": clock.dt_h}
    who = {"occupancy": around.occupancy, "stay_minutes": around.stay_minutes}
    lamps = lighting.lighting(
        spec.lighting, elevation_deg=around.elevation_deg, occupancy=around.occupancy, **when
    )
    kitchen = catering.catering(spec.catering, **who, **when)
    rooms = washrooms.washrooms(spec.washrooms, **who) if spec.washrooms else None
    sold = shops.shops(spec.shops, temp_out=around.temp_air, **who, **when) if spec.shops else None
    emergency_kw = spec.emergency.power_kw if spec.emergency else 0.0
    other_kw = base_load.base_load_kw(spec.other, around.occupancy)
    water = hot_water_columns(spec, clock, around)
    heat = [(spec.catering.zone, kitchen.total_kw), (OTHER_ZONE, other_kw)]
    if spec.washrooms and rooms:
        heat.append((spec.washrooms.zone, rooms.dryers_kw))
    if spec.shops and sold:
        heat.append((spec.shops.zone, sold.heat_kw))
    if spec.emergency:
        heat.append((spec.emergency.zone, none + emergency_kw))
    vehicles = spec.service_vehicles
    return Loads(
        kw={
            "lighting_kw": lamps.total_kw,
            "catering_kw": kitchen.total_kw,
            "washrooms_kw": rooms.total_kw if rooms else none,
            "shops_kw": sold.total_kw if sold else none,
            "hot_water_kw": water.pop("hot_water_kw"),
            "emergency_kw": none + emergency_kw,
            "service_vehicles_kw": service_vehicles.service_vehicles_kw(vehicles, **when)
            if vehicles
            else none,
            "other_kw": other_kw,
        },
        details={
            "lighting_outdoor_kw": lamps.outdoor_kw,
            "refrigeration_kw": sold.refrigeration_kw if sold else none,
            "meals": kitchen.meals_per_h * clock.dt_h,
            **water,
        },
        lighting_heat_kw=lamps.zones,
        appliance_heat_kw=_by_zone(heat),
    )


def _by_zone(heat: Iterable[tuple[str, Array]]) -> ByZone:
    """Add up what goes to the same zone."""
    found: ByZone = {}
    for zone, power in heat:
        found[zone] = found[zone] + power if zone in found else power
    return found


# --- hot water --------------------------------------------------------------------------------------


def hot_water_columns(spec: LoadsSpec, clock: Clock, around: Surroundings) -> dict[str, Array]:
    """Return electricity, flows, tank and residual of the hot water over the clock; zeros without one.

    Parameters
    ----------
    spec
        Loads, whose kitchen and hot water are read.
    clock
        Steps.
    around
        What the loads follow.

    Notes
    -----
    The tank is played on `hot_water.GRID_MINUTES`, whatever the step. Within an interval all of its flows are
    even, so the flows of a step are differences of their running sums, and the tank at its end lies on the
    line between the grid's.
    """
    plant = spec.hot_water
    if plant is None:
        return {name: np.zeros(clock.n_steps) for name in HOT_WATER}
    grid = clock.at_step(GRID_MINUTES)
    cold, mean_cold = cold_water_degc(plant, grid, around.air)
    flows = hot_water.hot_water(
        plant,
        _draw(spec, plant, grid, around),
        cold_degc=cold,
        mean_cold_degc=mean_cold,
        temp_out=regrid(around.temp_air, clock.step_minutes, GRID_MINUTES),
    )
    return _on_the_clock(flows, hot_water.usable_kwh(plant, mean_cold), clock)


HOT_WATER = (
    *("hot_water_kw", "hot_water_litres", "hot_water_draw_kwh", "hot_water_loss_kwh", "hot_water_heat_pump_kwh"),
    *("hot_water_backup_kwh", "hot_water_short_kwh", "hot_water_tank_kwh", "hot_water_residual_kwh"),
)
"""Columns of the hot water."""


def _draw(spec: LoadsSpec, plant: HotWaterSpec, grid: Clock, around: Surroundings) -> HotWaterDraw:
    """Return the water asked for on the grid of the tank [L]."""
    occupancy = to_step(around.visitors.occupancy, GRID_MINUTES)
    meals = catering.meals_per_h(
        spec.catering,
        civil_hour=grid.civil_hour,
        occupancy=occupancy,
        stay_minutes=around.stay_minutes,
        dt_h=grid.dt_h,
    )
    visitors = occupancy * GRID_MINUTES / around.stay_minutes
    return HotWaterDraw(
        tap_litres=visitors * plant.tap_litres_per_visitor,
        dish_litres=catering.dish_water_l_per_h(spec.catering, meals) * grid.dt_h,
    )


def cold_water_degc(plant: HotWaterSpec, grid: Clock, air: Air) -> tuple[Array, float]:
    """Return the cold water in each interval and in the mean of a year [degC]."""
    civil = grid.civil
    if plant.cold_water_degc is not None:
        monthly = np.array(plant.cold_water_degc)
        return monthly[civil.month.to_numpy() - 1], float(monthly.mean())
    climate = {"mean_degc": air.mean_degc, "swing_k": air.swing_k, "south": air.south}
    year = hot_water.mains_degc(day_of_year=np.arange(1, hot_water.DAYS_PER_YEAR + 1), **climate)
    daily = hot_water.mains_degc(day_of_year=np.arange(1, 367), **climate)
    return daily[civil.day_of_year.to_numpy() - 1], float(year.mean())


def _on_the_clock(flows: HotWaterFlows, full_kwh: float, clock: Clock) -> dict[str, Array]:
    """Return the columns of the hot water from what happened on its grid."""
    step = clock.step_minutes
    edges = np.arange(clock.n_steps + 1) * float(step)
    grid_edges = np.arange(flows.tank_kwh.size + 1) * float(GRID_MINUTES)
    tank = np.interp(edges, grid_edges, np.concatenate([[full_kwh], flows.tank_kwh]))

    def summed(values: Array) -> Array:
        return regrid(values, GRID_MINUTES, step) * (step / GRID_MINUTES)

    draw, loss = summed(flows.draw_kwh), summed(flows.loss_kwh)
    heat, backup, short = (summed(each) for each in (flows.heat_pump_kwh, flows.backup_kwh, flows.short_kwh))
    return {
        "hot_water_kw": summed(flows.electricity_kwh) / clock.dt_h,
        "hot_water_litres": summed(flows.litres),
        "hot_water_draw_kwh": draw,
        "hot_water_loss_kwh": loss,
        "hot_water_heat_pump_kwh": heat,
        "hot_water_backup_kwh": backup,
        "hot_water_short_kwh": short,
        "hot_water_tank_kwh": tank[1:],
        "hot_water_residual_kwh": np.diff(tank) - (heat + backup + short - draw - loss),
    }


def regrid(means: Array, from_minutes: int, to_minutes: int) -> Array:
    """Return means over intervals of another length; every integral between common edges is kept.

    Parameters
    ----------
    means
        Means over consecutive intervals.
    from_minutes, to_minutes
        Length of the intervals given and wanted [min]; both divide their whole length.

    Notes
    -----
    Where one length divides the other, intervals are repeated or averaged; otherwise the running integral is
    read between its points.
    """
    if from_minutes % to_minutes == 0:
        return np.repeat(means, from_minutes // to_minutes)
    if to_minutes % from_minutes == 0:
        averaged: Array = means.reshape(-1, to_minutes // from_minutes).mean(axis=1)
        return averaged
    length = means.size * from_minutes
    points = np.arange(0.0, length + 1, from_minutes)
    running = np.concatenate([[0.0], np.cumsum(means) * from_minutes])
    wanted = np.interp(np.arange(0.0, length + 1, to_minutes), points, running)
    return np.diff(wanted) / to_minutes


def usual_air(monthly_degc: Mapping[int, float] | Array, *, latitude_deg: float) -> Air:
    """Return the air of a usual year from its twelve monthly means [degC]."""
    means = np.array(list(monthly_degc.values()) if isinstance(monthly_degc, Mapping) else monthly_degc)
    if means.size != MONTHS:
        raise ValueError(f"monthly_degc must have {MONTHS} values, got {means.size}")
    return Air(float(means.mean()), float(means.max() - means.min()), south=latitude_deg < 0)
