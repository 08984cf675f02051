"""Water: what visitors, kitchens and greens use, the treatment of wastewater and its second use."""

from stationsim.models.water.demand import USES, WaterDemand, irrigation_m3, water_demand
from stationsim.models.water.plant import (
    WaterFlows,
    WaterParameters,
    WaterState,
    flow_within,
    initial_water_state,
    running_kw,
    specific_kwh_per_m3,
    urgent_kw,
    water_step,
)
from stationsim.models.water.spec import (
    EqualisationTankSpec,
    GreensSpec,
    ReuseTankSpec,
    TreatmentSpec,
    WaterSpec,
    WaterUsesSpec,
)

__all__ = [
    "USES",
    "EqualisationTankSpec",
    "GreensSpec",
    "ReuseTankSpec",
    "TreatmentSpec",
    "WaterDemand",
    "WaterFlows",
    "WaterParameters",
    "WaterSpec",
    "WaterState",
    "WaterUsesSpec",
    "flow_within",
    "initial_water_state",
    "irrigation_m3",
    "running_kw",
    "specific_kwh_per_m3",
    "urgent_kw",
    "water_demand",
    "water_step",
]
