"""Carbon: emission factors, wastewater and greens of a scenario, and the two accounts made of them."""

from stationsim.models.carbon.accounts import (
    KG_PER_T,
    KWH_PER_MWH,
    CarbonLine,
    MeteredAccount,
    PublishedAccount,
    combined_margin_t_per_mwh,
    location_based_t,
    market_based_t,
    metered_account,
    published_account,
)
from stationsim.models.carbon.spec import CarbonSpec
from stationsim.models.carbon.trees import GreenKind, StandSpec, green_kinds, stand_uptake_t
from stationsim.models.carbon.wastewater import (
    GWP100,
    TreatmentGases,
    WastewaterGasSpec,
    methane_kg,
    nitrous_oxide_kg,
    person_days,
    treatment_gases,
)

__all__ = [
    "GWP100",
    "KG_PER_T",
    "KWH_PER_MWH",
    "CarbonLine",
    "CarbonSpec",
    "GreenKind",
    "MeteredAccount",
    "PublishedAccount",
    "StandSpec",
    "TreatmentGases",
    "WastewaterGasSpec",
    "combined_margin_t_per_mwh",
    "green_kinds",
    "location_based_t",
    "market_based_t",
    "metered_account",
    "methane_kg",
    "nitrous_oxide_kg",
    "person_days",
    "published_account",
    "stand_uptake_t",
    "treatment_gases",
]
