"""What the charging plaza is made of and who comes to it: the scenario's ``charging`` section.

Cars are drawn in `stationsim.traffic.evs`, their curves live in `stationsim.models.vehicles`, and they meet
the posts in `stationsim.plaza`.
"""

from stationsim.models.charging.checks import VEHICLE_CLASSES, VehicleClassName
from stationsim.models.charging.drivers import (
    IdleFeeSpec,
    LegalBreakSpec,
    LingerSpec,
    PrioritySpec,
    ReservationSpec,
    StopSpec,
    VehicleToGridSpec,
)
from stationsim.models.charging.fleet import (
    CALIBRATED_POWER_SHARE,
    DEFAULT_VOLTAGE_CLASS,
    ColdPacks,
    VehicleShare,
    library_names,
)
from stationsim.models.charging.posts import LARGEST_POST_KW, Allocation, CabinetSpec, FailureSpec, PostGroup
from stationsim.models.charging.soc import (
    ASSUMED_LEAST_GAIN,
    DESL_ARRIVAL_SOC,
    SOC_BINS,
    ArrivalFromTrip,
    SocSpread,
)
from stationsim.models.charging.spec import ChargingSpec, ReplaySpec

__all__ = [
    "ASSUMED_LEAST_GAIN",
    "CALIBRATED_POWER_SHARE",
    "DEFAULT_VOLTAGE_CLASS",
    "DESL_ARRIVAL_SOC",
    "LARGEST_POST_KW",
    "SOC_BINS",
    "VEHICLE_CLASSES",
    "Allocation",
    "ArrivalFromTrip",
    "CabinetSpec",
    "ChargingSpec",
    "ColdPacks",
    "FailureSpec",
    "IdleFeeSpec",
    "LegalBreakSpec",
    "LingerSpec",
    "PostGroup",
    "PrioritySpec",
    "ReplaySpec",
    "ReservationSpec",
    "SocSpread",
    "StopSpec",
    "VehicleClassName",
    "VehicleShare",
    "VehicleToGridSpec",
    "library_names",
]
