"""Methane and nitrous oxide from the treatment of wastewater, by the IPCC's method."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stationsim.spec import Fraction, NonNegative, Number, Spec

Amount = TypeVar("Amount", float, NDArray[np.float64])

N2O_PER_N = 44.0 / 28.0
"""Mass of nitrous oxide over that of its nitrogen [-]."""

G_PER_KG = 1000.0

LARGEST_BO = 0.6
"""Most methane that organic matter can give [kg CH4/kg BOD]; IPCC 2019, volume 5, table 6.2."""


class WarmingPotential(NamedTuple):
    """Warming over 100 years against carbon dioxide [kg CO2e/kg]."""

    methane: float
    nitrous_oxide: float


GWP100 = {"ar5": WarmingPotential(28.0, 265.0), "ar6": WarmingPotential(27.0, 273.0)}
"""Warming potentials by report of the IPCC.

References
----------
AR5 WG1 (2013), table 8.A.1, without climate-carbon feedback; AR6 WG1 (2021), table 7.15, biogenic methane.
"""


class WastewaterGasSpec(Spec):
    """What visitors leave in wastewater and how much of it becomes methane and nitrous oxide."""

    bod_g_per_person_day: NonNegative = 40.0
    """Oxygen demand (BOD) of a person over a day [g]; the default is Asia's, IPCC 2006, table 6.4."""

    nitrogen_g_per_person_day: NonNegative = 11.0
    """Nitrogen of a person over a day [g]; the default is that of DWA-A 131."""

    visit_share: Fraction | None = 0.12
    """Share of a day's load a visit leaves, or null for its share of the day; the default fits rest areas."""

    methane_kg_per_kg_bod: Annotated[Number, Field(ge=0, le=LARGEST_BO)] = LARGEST_BO
    """Most methane of organic matter, Bo [kg/kg BOD]; the default is IPCC 2019, table 6.2."""

    methane_correction: Fraction = 0.03
    """Share of it that forms, MCF; the default is a central aerobic plant, IPCC 2019, table 6.3."""

    nitrous_oxide_n_share: Fraction = 0.016
    """Share of nitrogen that becomes nitrous oxide; default: aerobic plant, IPCC 2019, table 6.8A."""

    gwp: Literal["ar5", "ar6"] = "ar6"
    """Warming over 100 years: ``ar5`` (28 and 265) or ``ar6`` (27 for biogenic methane, and 273)."""

    @property
    def warming(self) -> WarmingPotential:
        """Warming potentials of the report that is named."""
        return GWP100[self.gwp]


def person_days(spec: WastewaterGasSpec, *, people: Amount, present_h: Amount) -> Amount:
    """Return the days' loads that visitors leave [person days].

    Parameters
    ----------
    spec
        Loads.
    people
        People who enter.
    present_h
        Hours that people are present, summed over them [h].

    Notes
    -----
    A person's load does not fall evenly over the day: people stop because they need a toilet. By its time
    alone a visit of 20 min would leave 1.4 % of a day's load, and wastewater of 8.7 L would hold 18 mg/L of
    nitrogen. At rest areas 120 to 300 mg/L are measured, and 160 to 880 mg/L of BOD; 12 % of a day's load
    give 150 and 550 mg/L.

    References
    ----------
    Kiss, Hai and Nghiem (2011), Desalination and Water Treatment 32:389-396: BOD 880, N 238 mg/L; a survey of
    three Polish rest areas, doi 10.2478/oszn-2022-0011: BOD 160 to 497, Kjeldahl N 123 to 298 mg/L.
    """
    if spec.visit_share is None:
        return present_h / 24.0
    return people * spec.visit_share


def methane_kg(spec: WastewaterGasSpec, bod_kg: Amount) -> Amount:
    """Return the methane of treated wastewater [kg]: BOD Bo MCF.

    Parameters
    ----------
    spec
        Factors.
    bod_kg
        Organic matter that is treated [kg BOD].

    Notes
    -----
    Nothing is taken off for organic matter that leaves with sludge and no methane is caught, so that this is
    the upper end of equation 6.1.

    References
    ----------
    2019 Refinement to the 2006 IPCC Guidelines, volume 5, chapter 6, equations 6.1 and 6.2.
    """
    return bod_kg * (spec.methane_kg_per_kg_bod * spec.methane_correction)


def nitrous_oxide_kg(spec: WastewaterGasSpec, nitrogen_kg: Amount) -> Amount:
    """Return the nitrous oxide of treated wastewater [kg]: N EF 44/28.

    Parameters
    ----------
    spec
        Factors.
    nitrogen_kg
        Nitrogen that is treated [kg].

    References
    ----------
    2019 Refinement to the 2006 IPCC Guidelines, volume 5, chapter 6, equation 6.9.
    """
    return nitrogen_kg * (spec.nitrous_oxide_n_share * N2O_PER_N)


class TreatmentGases(NamedTuple):
    """Emissions of treatment [kg CO2e]; numbers or arrays."""

    methane_kg: float
    nitrous_oxide_kg: float


def treatment_gases(
    spec: WastewaterGasSpec, *, people: float, present_h: float, treated_share: float
) -> TreatmentGases:
    """Return the emissions of treating what visitors leave [kg CO2e].

    Parameters
    ----------
    spec
        Loads and factors.
    people
        People who enter.
    present_h
        Hours that people are present, summed over them [h].
    treated_share
        Share of their wastewater that was treated, 0 to 1.
    """
    days = person_days(spec, people=people, present_h=present_h) * treated_share
    methane = methane_kg(spec, days * spec.bod_g_per_person_day / G_PER_KG)
    nitrous_oxide = nitrous_oxide_kg(spec, days * spec.nitrogen_g_per_person_day / G_PER_KG)
    warming = spec.warming
    return TreatmentGases(methane * warming.methane, nitrous_oxide * warming.nitrous_oxide)
