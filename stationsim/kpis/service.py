"""The station's guests, and the water they use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stationsim.kpis.energy import Energies
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.kpis.water import water_kpis

if TYPE_CHECKING:
    from stationsim.results import Results


def visitor_kpis(results: Results, energy: Energies, days: int) -> Kpis:
    """Return vehicles, people and the water they use."""
    vehicles = float(results.steps["vehicles"].to_numpy().sum())
    people = float(results.steps["people"].to_numpy().sum())
    found = {
        "vehicles_per_day": Kpi(
            vehicles / days, "vehicles/d", "Vehicles entering on the average day, to charge or not."
        ),
        "people_per_day": Kpi(people / days, "people/d", "People entering on the average day."),
        "use_per_person": Kpi(
            energy["use_kw"] / people if people > 0 else math.nan,
            "kWh",
            "Energy of all uses for each person entering.",
        ),
    }
    return found | water_kpis(results, people, days)
