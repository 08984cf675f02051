"""Water, its treatment and trees against published figures, and the IPCC's arithmetic by hand."""

from __future__ import annotations

import numpy as np

from stationsim.models.carbon import (
    CarbonSpec,
    StandSpec,
    WastewaterGasSpec,
    methane_kg,
    nitrous_oxide_kg,
    stand_uptake_t,
)
from stationsim.models.water import WaterDemand, WaterSpec, specific_kwh_per_m3, water_demand
from stationsim.prove.case import Case, between, within
from stationsim.prove.files import needed_scenario

VISITORS_PER_DAY = 27_400
"""10 million people a year, published for the reference station."""

MEALS_PER_DAY = 2_780
"""One visitor in ten, assumed."""

MINNESOTA = (
    "Water Use at Minnesota Rest Areas, CTS 15-11A and 17-01: mean 2.3 gal a visitor, sites 0.7 to 4.6"
)
MEIXIAN = "zgjtb.com 2025-08-21: Meixian service area, sewage 250 m3 a day, all reused, 62.5 % of water saved"
ENERGY = "treatment plants take 0.3 to 0.8 kWh/m3"
IPCC_GAS = "2019 Refinement to the 2006 IPCC Guidelines, volume 5, chapter 6"
IPCC_TREES = "2006 IPCC Guidelines, volume 4, chapter 8, table 8.1: 2.9 t C per hectare of crowns and year"
CERTIFICATE = "published carbon account of the Jinan East station: 53.4 t a year, green area 67,100 m2"
CLIMATEVIEW = "github.com/ClimateView/transition-element-framework, {}, from tables 6.3 and 6.8A and AR6"
NOWAK = "Nowak et al. (2013): 0.28 kg C per m2 of tree cover and year in 28 US cities, gross"
REST_AREAS = "Kiss et al. (2011) and doi 10.2478/oszn-2022-0011: wastewater of rest areas"

LITRES_PER_M3 = 1000.0


def quick() -> list[Case]:
    """Return the cases that need no year."""
    return [*_demand(), *_energy(), *_gases(), *_trees()]


def long() -> list[Case]:
    """Return the reference year's water against Meixian's plant and the range of energies."""
    from stationsim import Scenario, compute_kpis, simulate

    path = needed_scenario()
    scenario = Scenario.from_yaml(path, overrides=["simulation.step_minutes=15"])
    results = simulate(scenario, base=path.parent)
    year = {name: kpi.value for name, kpi in compute_kpis(results).items()}
    return [
        within(
            "Wastewater of the reference year", MEIXIAN, expected=250, got=year["wastewater_per_day"],
            relative=0.15, unit="m3/d", note="a station of about as many visitors; order of size only",
        ),
        between(
            "Share of water used again, reference year", MEIXIAN,
            low=55, high=80, got=year["water_reused_share"], unit="%",
            note="62.5 % is published without saying of what; range assumed round it",
        ),
        between(
            "Energy of treatment, reference year", ENERGY,
            low=70, high=200, got=year["use_water_per_day"], unit="kWh/d",
        ),
        between(
            "Energy of a cubic metre, reference year", ENERGY,
            low=0.3, high=0.8, got=year["treatment_energy_per_m3"], unit="kWh/m3",
        ),
    ]  # fmt: skip


def _spec(**more: object) -> WaterSpec:
    section = {
        "treatment": {"capacity_m3_h": 20},
        "equalisation_tank": {"volume_m3": 100},
        "reuse_tank": {"volume_m3": 150},
    }
    return WaterSpec.model_validate(section | more)


def _day(meals: float, **more: object) -> WaterDemand:
    return water_demand(
        _spec(**more),
        people=np.full(24, VISITORS_PER_DAY / 24),
        meals=np.full(24, meals / 24),
        month=np.full(24, 5),
        dt_h=1.0,
    )


def _of_visitors(day: WaterDemand) -> float:
    return float((day.toilets_m3 + day.taps_m3 + day.drinking_m3).sum())


def _demand() -> list[Case]:
    saving, ordinary = _day(0), _day(0, uses={"fittings": "ordinary"})
    day = _day(MEALS_PER_DAY)
    return [
        within(
            "Water of 27,400 visitors a day", MINNESOTA, expected=238.4, got=_of_visitors(saving),
            relative=0.001, unit="m3/d",
        ),
        between(
            "Water of a visitor with ordinary fittings", MINNESOTA,
            low=2.6, high=17.4, got=LITRES_PER_M3 * _of_visitors(ordinary) / VISITORS_PER_DAY, unit="L",
        ),
        within(
            "Ordinary over saving fittings", f"{MINNESOTA}; 4.5 and 2.8 gal in 1979", expected=4.5 / 2.8,
            got=float(ordinary.toilets_m3.sum() / saving.toilets_m3.sum()), relative=1e-9,
        ),
        between(
            "Share of toilets in visitors' water", "TRID 71970: 90 to 95 %", low=90, high=95,
            got=100 * float(saving.toilets_m3.sum()) / _of_visitors(saving), unit="%",
        ),
        within(
            "Wastewater of 27,400 visitors and 2,780 meals", MEIXIAN, expected=250,
            got=float(day.wastewater_m3.sum()), relative=0.1, unit="m3/d",
        ),
    ]  # fmt: skip


def _energy() -> list[Case]:
    plant = _spec().parameters()
    return [
        between(
            f"Electricity of a cubic metre at {name} flow", ENERGY, low=0.3, high=0.8,
            got=specific_kwh_per_m3(plant, flow), unit="kWh/m3",
        )
        for name, flow in (("the largest", plant.most_m3_h), ("the smallest", plant.least_m3_h))
    ]  # fmt: skip


def _gases() -> list[Case]:
    spec = WastewaterGasSpec()
    septic, lagoon = (WastewaterGasSpec(methane_correction=mcf) for mcf in (0.5, 0.8))
    litres = 8.7
    nitrogen_mg = spec.nitrogen_g_per_person_day * (spec.visit_share or 0.0) * 1000 / litres
    bod_mg = spec.bod_g_per_person_day * (spec.visit_share or 0.0) * 1000 / litres
    return [
        within(
            "Methane of 1 t BOD, aerobic plant", f"{IPCC_GAS}, 0.6 x 0.03 by hand", expected=18.0,
            got=methane_kg(spec, 1000.0), relative=1e-9, unit="kg",
        ),
        within(
            "Nitrous oxide of 1 t N, aerobic plant", f"{IPCC_GAS}, 0.016 x 44/28 by hand", expected=25.142857,
            got=nitrous_oxide_kg(spec, 1000.0), relative=1e-6, unit="kg",
        ),
        within(
            "Nitrous oxide of 1 kg N as carbon dioxide", CLIMATEVIEW.format("aerobic treatment"),
            expected=6864, got=nitrous_oxide_kg(spec, 1.0) * spec.warming.nitrous_oxide * 1000,
            relative=1e-6, unit="g",
        ),
        within(
            "Methane of 1 kg BOD in a septic tank as carbon dioxide", CLIMATEVIEW.format("septic tank"),
            expected=8100, got=methane_kg(septic, 1.0) * septic.warming.methane * 1000,
            relative=1e-6, unit="g",
        ),
        within(
            "Methane of 1 kg BOD in a lagoon as carbon dioxide", CLIMATEVIEW.format("lagoon"),
            expected=12960, got=methane_kg(lagoon, 1.0) * lagoon.warming.methane * 1000,
            relative=1e-6, unit="g",
        ),
        between(
            "Nitrogen in visitors' wastewater", REST_AREAS, low=123, high=298, got=nitrogen_mg, unit="mg/L",
        ),
        between("BOD in visitors' wastewater", REST_AREAS, low=160, high=880, got=bod_mg, unit="mg/L"),
    ]  # fmt: skip


def _trees() -> list[Case]:
    station = CarbonSpec(grid_factor_t_per_mwh=0.9419, forest_area_ha=6.71)
    crowns = StandSpec(species="crown_cover", area_ha=1.0)
    cities = StandSpec(species="us_urban_trees", area_ha=1.0)
    return [
        within(
            "Uptake of the reference station's greens (calibrated rate)", CERTIFICATE, expected=53.4,
            got=float(station.uptake_t_per_year(2025)), relative=0.001, unit="t/a",
        ),
        within(
            "Its rate", CERTIFICATE, expected=53.4 / 6.71, got=station.forest_rate_t_per_ha_year,
            relative=0.001, unit="t/(ha a)",
        ),
        within(
            "Uptake of a hectare of crowns", IPCC_TREES, expected=10.6,
            got=float(stand_uptake_t(crowns, 2025)), relative=0.005, unit="t/a",
        ),
        within(
            "Uptake of a hectare of tree cover in cities", NOWAK, expected=10.27,
            got=float(stand_uptake_t(cities, 2025)), relative=0.001, unit="t/a",
        ),
        between(
            "The station's rate as a share of full crowns", IPCC_TREES, low=0, high=100,
            got=100 * station.forest_rate_t_per_ha_year / float(stand_uptake_t(crowns, 2025)), unit="%",
            note="trees, bamboo and lawn on one area: below full crowns, as it must be",
        ),
    ]  # fmt: skip
