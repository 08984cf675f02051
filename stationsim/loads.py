"""The loads that are known before the loop: lamps, kitchen, washrooms, shops, hot water, the rest.

All follow visitors, the sun, the weather or the clock, and are computed over the whole clock at once. Each
use has a column of its own; what it gives to a zone of the building as heat is told by the zone's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

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
from stationsim.models.shops import ShopsPower
from stationsim.models.washrooms import WashroomsPower
from stationsim.scenario.schema import LoadsSpec
from stationsim.traffic.visitors import Visitors, to_step

Array = NDArray[np.float64]
ByZone = dict[str, Array]


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
    dishes: Array
    """Meals of each step whose dishes are washed, which take the kitchen's water."""
    lighting_heat_kw: ByZone
    """Heat of lamps by zone of the building [kW]."""
    appliance_heat_kw: ByZone
    """Heat of appliances by zone of the building, before hoods carry any of it off [kW].

    The remainder ``other_kw`` is not in it: nobody knows where it stands.
    """


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
    when: dict[str, Any] = {"civil_hour": clock.civil_hour, "dt_h": clock.dt_h}
    who: dict[str, Any] = {"occupancy": around.occupancy, "stay_minutes": around.stay_minutes}
    lamps = lighting.lighting(
        spec.lighting, elevation_deg=around.elevation_deg, occupancy=around.occupancy, **when
    )
    kitchen = catering.catering(spec.catering, **who, **when)
    rooms, sold = WashroomsPower(none, none), ShopsPower(none, none, none)
    if spec.washrooms:
        rooms = washrooms.washrooms(spec.washrooms, **who)
    if spec.shops:
        sold = shops.shops(spec.shops, temp_out=around.temp_air, **who, **when)
    vehicles = spec.service_vehicles
    water = hot_water_columns(spec, clock, around)
    kw = {
        "lighting_kw": lamps.total_kw,
        "catering_kw": kitchen.total_kw,
        "washrooms_kw": rooms.total_kw,
        "shops_kw": sold.total_kw,
        "hot_water_kw": water.pop("hot_water_kw"),
        "emergency_kw": none + (spec.emergency.power_kw if spec.emergency else 0.0),
        "service_vehicles_kw": service_vehicles.service_vehicles_kw(vehicles, **when) if vehicles else none,
        "other_kw": base_load.base_load_kw(spec.other, around.occupancy),
    }
    details = {
        "lighting_outdoor_kw": lamps.outdoor_kw,
        "refrigeration_kw": sold.refrigeration_kw,
        "meals": kitchen.meals_per_h * clock.dt_h,
    }
    heat = _appliance_heat(spec, kw, rooms=rooms, sold=sold)
    return Loads(
        kw,
        details | water,
        dishes=kitchen.dishes_per_h * clock.dt_h,
        lighting_heat_kw=lamps.zones,
        appliance_heat_kw=heat,
    )


def _appliance_heat(
    spec: LoadsSpec, kw: Mapping[str, Array], *, rooms: WashroomsPower, sold: ShopsPower
) -> ByZone:
    """Return the heat of appliances by zone [kW].

    Fans of washrooms and hot water leave theirs elsewhere; the remainder's belongs to no zone alone.
    """
    heat = [(spec.catering.zone, kw["catering_kw"])]
    if spec.washrooms:
        heat.append((spec.washrooms.zone, rooms.dryers_kw))
    if spec.shops:
        heat.append((spec.shops.zone, sold.heat_kw))
    if spec.emergency:
        heat.append((spec.emergency.zone, kw["emergency_kw"]))
    return _by_zone(heat)


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
    *(
        "hot_water_kw",
        "hot_water_litres",
        "hot_water_draw_kwh",
        "hot_water_loss_kwh",
        "hot_water_heat_pump_kwh",
    ),
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
    daily = hot_water.mains_degc(
        mean_degc=air.mean_degc, swing_k=air.swing_k, day_of_year=np.arange(1, 367), south=air.south
    )
    return daily[civil.day_of_year.to_numpy() - 1], float(daily[:-1].mean())


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
    between: Array = np.diff(wanted) / to_minutes
    return between


def usual_air(
    spec: LoadsSpec, source: Mapping[str, Any], *, mean_degc: float, latitude_deg: float
) -> tuple[Air, tuple[str, ...]]:
    """Return the air of a usual year, which cold water follows, and a warning where nothing tells it.

    Parameters
    ----------
    spec
        Loads, which may tell the cold water themselves.
    source
        Where the weather is from; its ``air_monthly_degc`` are the means of twelve months [degC], if known.
    mean_degc
        Mean air of the run [degC], taken where they are not.
    latitude_deg
        Latitude of the site [deg].
    """
    monthly = source.get("air_monthly_degc")
    if monthly:
        return Air(float(np.mean(monthly)), float(np.ptp(monthly)), south=latitude_deg < 0), ()
    plant = spec.hot_water
    if plant is None or plant.cold_water_degc is not None:
        return Air(mean_degc, 0.0), ()
    return Air(mean_degc, 0.0), (
        "the weather file lacks a month: cold water is taken to follow the mean air of the run; "
        "loads.hot_water.cold_water_degc tells it",
    )
