"""Ageing of batteries: what a year of use leaves of their capacity."""

from stationsim.models.ageing.cycles import Cycles, count_cycles
from stationsim.models.ageing.duty import Duty, duty_of
from stationsim.models.ageing.life import Ageing, age
from stationsim.models.ageing.sam import LifeTable, LithiumIonCalendar
from stationsim.models.ageing.spec import AgeingSpec, Health, HealthSpec

__all__ = [
    "Ageing",
    "AgeingSpec",
    "Cycles",
    "Duty",
    "Health",
    "HealthSpec",
    "LifeTable",
    "LithiumIonCalendar",
    "age",
    "count_cycles",
    "duty_of",
]
