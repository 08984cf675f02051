"""Loads of the building and hot water against published intensities, labels and formulas."""

from __future__ import annotations

from functools import cache

import numpy as np

from stationsim.models.catering import CateringSpec
from stationsim.models.hot_water import HotWaterSpec, heat_kwh, mains_degc, water_heating_cop
from stationsim.models.shops import LABEL_CLASSES, CabinetSpec, condensing_cop
from stationsim.models.washrooms import WashroomsSpec
from stationsim.prove.case import Case, between, within
from stationsim.prove.files import needed_scenario

ENERGYPLUS = "EnergyPlus, WeatherManager unit test WaterMainsCorrelationTest (Burch and Christensen 2007)"
BY_HAND = "by hand: 4.186 kJ/(kg K)"
LABEL = "Regulations (EU) 2019/2024, annex III, and 2019/2018, annex II"
TANKS = "Regulation (EU) 812/2013, annex II, class B"
DRYERS = "Environmental Building News 11(1), 2002"
RESTAURANTS = "Buildings Energy Data Book, table 8.3.3"
XIANRENSHAN = "Xianrenshan (G42): 3.5 GWh a year, 13,000 m2 (yuansudz.com, 2024-10-29)"
MALLS = "Xu et al. 2013, Energy Policy 53, 76-89: malls and hotels"
CARNOT = "EN ISO 23953-2:2015, formula of the REC: 0.34 of Carnot"

CABINETS_US = "10 CFR 431.66, limits of 2017 for remote cabinets"
VENDING_US = "10 CFR 431.296, limits of 2019 for class A"

FT2_PER_M2, FT3_PER_LITRE, LITRES_PER_GALLON = 10.764, 0.035315, 3.785

US_LIMITS = {
    "vertical_chilled": ((0.15, 1.95), (0.64, 4.07)),
    "vertical_frozen": ((0.49, 2.61), (2.20, 6.85)),
}
"""Most that a glazed and an open vertical cabinet may take: kWh/d for each ft2 of display area, and fixed."""


def quick() -> list[Case]:
    """Return the cases that need no run of the station."""
    return [*_hot_water(), *_cabinets(), *_kitchen(), *_washrooms()]


def long() -> list[Case]:
    """Return the intensities of the reference over a year."""
    year = _reference_year()
    building = year["building_per_m2_per_year"]
    return [
        within(
            "Building of the reference, kWh/m2 a year, without vehicles", XIANRENSHAN, expected=269,
            got=building, relative=0.25, unit="kWh/m2",
            note="there with chargers; the floor area of the reference is assumed, by people",
        ),
        Case(
            "Building of the reference against malls and hotels", MALLS, "120 to 250 kWh/m2",
            f"{building:.1f} kWh/m2", "", None,
            "open day and night, with outdoor lamps and water plant, which malls have not",
        ),
        between(
            "Kitchen of the reference, kWh a meal", "all-electric kitchens, 0.3 to 1.0", low=0.3, high=1.0,
            got=year["catering_per_meal"], unit="kWh", note="snacks counted as meals",
        ),
        between(
            "Hot water of the reference over its fresh water", "the part cannot exceed the whole",
            low=0, high=1, got=year["hot_water_litres_per_day"] / 1000 / year["fresh_water_per_day"],
        ),
        between(
            "Hot water of the reference, heat over electricity",
            "Staffell et al. 2012: air-source heat pumps at 60 degC", low=1.8, high=3.6,
            got=year["hot_water_efficiency"],
        ),
    ]  # fmt: skip


@cache
def _reference_year() -> dict[str, float]:
    from stationsim.kpis import kpis
    from stationsim.scenario import Scenario
    from stationsim.simulation import simulate

    scenario = Scenario.from_yaml(needed_scenario(), overrides=["simulation.step_minutes=15"])
    return {name: kpi.value for name, kpi in kpis(simulate(scenario)).items()}


def _hot_water() -> list[Case]:
    year = mains_degc(mean_degc=14.9, swing_k=27.4, day_of_year=np.arange(1, 366))
    tank = HotWaterSpec(tank_litres=300, heat_pump_kw=5, tank_temp_degc=65)
    return [
        within(
            "Cold water, day 50, 40 deg north", ENERGYPLUS, expected=6.6667, absolute=1e-4, unit="degC",
            got=float(mains_degc(mean_degc=9.69, swing_k=28.1, day_of_year=50)),
        ),
        within(
            "Cold water, day 50, 40 deg south", ENERGYPLUS, expected=19.3799, absolute=1e-4, unit="degC",
            got=float(mains_degc(mean_degc=9.69, swing_k=28.1, day_of_year=50, south=True)),
        ),
        within(
            "Cold water of Jinan, mean of the year above the air's", "Burch and Christensen 2007: 6 degF",
            expected=6 / 1.8, got=float(year.mean()) - 14.9, absolute=0.1, unit="K",
        ),
        within(
            "Heat of a litre from 15 to 40 degC", BY_HAND, expected=0.0290694,
            got=float(heat_kwh(1, warm_degc=40, cold_degc=15)), relative=1e-5, unit="kWh",
        ),
        within(
            "Heat of a meal's dishes, 3.4 L from 15 to 60 degC", BY_HAND, expected=0.177905,
            got=float(heat_kwh(3.4, warm_degc=60, cold_degc=15)), relative=1e-5, unit="kWh",
        ),
        within(
            "Standing loss of a tank of 300 L", TANKS, expected=70.07,
            got=1000 * tank.loss_kw, absolute=0.01, unit="W",
        ),
        within(
            "COP of heating water to 60 degC at 20 degC", "Staffell et al. 2012",
            expected=2.978, got=float(water_heating_cop(60, 20)), relative=1e-9,
        ),
        between(
            "Hot water of a meal's dishes, default", RESTAURANTS, low=0.9 * LITRES_PER_GALLON - 0.01,
            high=1.4 * LITRES_PER_GALLON,
            got=CateringSpec(standby_kw=0).meals[0].hot_water_litres, unit="L",
            note="0.9 to 1.4 US gal of dish washing for each meal",
        ),
    ]  # fmt: skip


def _cabinets() -> list[Case]:
    """Hold the EU's label against limits of the United States, and its own sums and units against hands."""
    cases = []
    for kind, (glazed, opened) in US_LIMITS.items():
        for size in (2.0, 3.0):
            low, high = (slope * size * FT2_PER_M2 + fixed for slope, fixed in (glazed, opened))
            cabinet = CabinetSpec(kind=kind, display_m2=size)
            cases.append(
                between(
                    f"{kind}, {size:g} m2, class E", CABINETS_US, low=low, high=high,
                    got=cabinet.kwh_per_day, unit="kWh/d", note="between a glazed and an open one",
                )
            )  # fmt: skip
    best, worst = (
        CabinetSpec(kind="vertical_chilled", display_m2=2.0, efficiency_index=LABEL_CLASSES[name])
        for name in ("D", "F")
    )
    machine = CabinetSpec(kind="vending_machine", volume_litres=400.0)
    limit = 0.052 * 400 * FT3_PER_LITRE + 2.43
    return [
        *cases,
        within(
            "Wall cabinet, 2 m2, upper end of class D", LABEL, expected=13.65, got=best.kwh_per_day,
            relative=1e-9, unit="kWh/d", note="(9.1 + 9.1 x 2) x 0.5",
        ),
        within(
            "Wall cabinet, 2 m2, upper end of class F", LABEL, expected=21.84, got=worst.kwh_per_day,
            relative=1e-9, unit="kWh/d", note="(9.1 + 9.1 x 2) x 0.8",
        ),
        between(
            "Vending machine, 400 L, class E", VENDING_US, low=0.7 * limit, high=1.4 * limit,
            got=machine.kwh_per_day, unit="kWh/d", note=f"limit {limit:.2f} kWh/d",
        ),
        within(
            "Condensing unit at -10 / 35 degC", CARNOT, expected=1.9883, absolute=1e-4,
            got=float(condensing_cop(-10.0, 35.0)), note="0.34 x 263.15 K / 45 K",
        ),
    ]  # fmt: skip


def _kitchen() -> list[Case]:
    meal = CateringSpec(standby_kw=0).meals[0]
    return [
        between(
            "A hot meal, cooked and its dishes washed, defaults", "all-electric kitchens, 0.3 to 1.0",
            low=0.3, high=1.0, got=meal.cooking_kwh + meal.dish_washing_kwh, unit="kWh",
        )
    ]  # fmt: skip


def _washrooms() -> list[Case]:
    return [
        between(
            "A pair of hands dried, default", DRYERS, low=1.5 * 12 / 3600, high=2.2 * 45 / 3600,
            got=WashroomsSpec().dryer_kwh, unit="kWh", note="1.5 kW for 12 s to 2.2 kW for 45 s",
        )
    ]  # fmt: skip
