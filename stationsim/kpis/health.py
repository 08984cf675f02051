"""How batteries age: health before and after a run, the years they have left and what their wear costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.errors import ModelError
from stationsim.kpis.battery import battery_rows
from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.models.ageing import Ageing, AgeingSpec, age, duty_of
from stationsim.results import joined

if TYPE_CHECKING:
    from stationsim.results import Results

Array = NDArray[np.float64]
Row = tuple[float, str, str]
"""Value, unit and meaning of a number."""

CONTAINER_DEGC = (15.0, 30.0)
"""Set points of a container whose temperature a run does not have, heated below and cooled above; assumed."""

DAYS_PER_YEAR = 365.25
KWH_PER_MWH = 1000.0


class UnitHealth(NamedTuple):
    """How one battery aged in a run."""

    ageing: Ageing
    """Health before and after, years left, days outside the model's range."""
    rated_kwh: float
    """Rated energy [kWh]."""
    discharged_kwh: float
    """Energy it gave to the busbar in the run [kWh]."""
    end_of_life_share: float
    """Share of the rating at which it is worn out."""
    price_per_kwh: float
    """Price of a new one for each rated kWh; NaN where none is given."""
    warranty_spent: float
    """Share of the warranty that is used up, by years or by energy; NaN where there is none."""

    @property
    def wear_cost(self) -> float:
        """Price of the share of its life that the run took; NaN without a price."""
        lost = self.ageing.start.share - self.ageing.end.share
        return lost / (1.0 - self.end_of_life_share) * self.rated_kwh * self.price_per_kwh


def battery_health(results: Results) -> dict[str, UnitHealth]:
    """Return how each battery of a run aged that has a model for it.

    Parameters
    ----------
    results
        What happened.

    Returns
    -------
    dict
        By the name of the unit; the only battery of a station is called battery.

    Raises
    ------
    ModelError
        A battery loses all of its capacity within the run.

    Notes
    -----
    States of charge are shares of the capacity at the run's start, which the run kept. Where the run has no
    temperature of the battery, the air outdoors within `CONTAINER_DEGC` stands for it.
    """
    return {
        name: _health(results, name, battery)
        for name, battery in battery_rows(results).items()
        if battery.get("ageing") and battery["ageing"]["model"] != "none"
    }


def _health(results: Results, name: str, battery: Mapping[str, Any]) -> UnitHealth:
    """Return how one battery aged; nothing here knows of the others."""
    spec = AgeingSpec.model_validate(battery["ageing"])
    behind = f"_{name}" if len(battery_rows(results)) > 1 else ""
    duty = duty_of(
        soc=results.steps[f"soc{behind}"].to_numpy(),
        soc_start=float(battery["soc_initial"]),
        temp_degc=_temperature(results, behind),
        dt_h=results.dt_h,
        civil_day=results.civil_day,
    )
    discharged_kwh = results.energy_kwh(f"discharge{behind}_kw")
    ageing = age(spec, spec.initial.health, duty, discharged_kwh=discharged_kwh)
    if not ageing.end.share > 0:
        raise ModelError(
            f"{name} loses all of its capacity within the {duty.days:.0f} days of the run; check the life "
            f"that its ageing gives it (model {spec.model}), or simulate fewer days"
        )
    price = spec.replacement_cost_per_kwh
    return UnitHealth(
        ageing,
        rated_kwh=float(battery["capacity_kwh"]),
        discharged_kwh=discharged_kwh,
        end_of_life_share=spec.end_of_life_share,
        price_per_kwh=math.nan if price is None else price,
        warranty_spent=_warranty_spent(battery, ageing),
    )


def _temperature(results: Results, behind: str) -> Array:
    """Return the battery's temperature in each step [degC]."""
    column = f"battery_temp{behind}_degc"
    if column in results.steps:
        found: Array = results.steps[column].to_numpy()
        return found
    kept: Array = np.clip(results.steps["temp_air"].to_numpy(), *CONTAINER_DEGC)
    return kept


def _warranty_spent(battery: Mapping[str, Any], ageing: Ageing) -> float:
    """Return the share of the warranty that years or energy have used up, whichever is more."""
    warranty = battery.get("warranty")
    if not warranty:
        return math.nan
    energy_kwh = (warranty.get("throughput_mwh") or 0.0) * KWH_PER_MWH
    energy_kwh = energy_kwh or (warranty.get("full_cycles") or math.inf) * float(battery["capacity_kwh"])
    by_years = ageing.end.age_days / DAYS_PER_YEAR / float(warranty["years"])
    return max(by_years, ageing.end.discharged_kwh / energy_kwh)


def health_kpis(results: Results) -> Kpis:
    """Return how the batteries aged: all together, and each where there are several; nothing without ageing.

    Shares of several batteries are weighted by their rated energy; years left are those of the one that is
    worn out first.
    """
    units = battery_health(results)
    if not units:
        return {}
    unit = str(results.scenario["grid"]["tariff"]["currency"])
    found = _kpis_of(list(units.values()), unit, "")
    if len(units) > 1:
        for name, health in units.items():
            found = joined(found, _kpis_of([health], unit, f"_{name}"))
    return found


def _kpis_of(units: list[UnitHealth], currency: str, behind: str) -> Kpis:
    rows = {**_health_rows(units), **_warranty_rows(units), **_cost_rows(units, currency)}
    return {f"battery_{name}{behind}": Kpi(*row) for name, row in rows.items()}


def _health_rows(units: list[UnitHealth]) -> dict[str, Row]:
    """Return what is left and lost of the rated energy, and for how long it goes on."""
    rated = np.array([unit.rated_kwh for unit in units])

    def mean(values: list[float]) -> float:
        return 100.0 * float(np.dot(rated, values) / rated.sum())

    starts, ends = [unit.ageing.start for unit in units], [unit.ageing.end for unit in units]
    years_left = min(unit.ageing.years_left for unit in units)
    start, end = (mean([health.share for health in healths]) for healths in (starts, ends))
    by_time, by_use = mean([end.calendar_loss for end in ends]), mean([end.cycle_loss for end in ends])
    return {
        "health_start": (start, "%", "Capacity left at the start and used by the run, of the rating."),
        "health_end": (end, "%", "Capacity left at the end, of the rating."),
        "calendar_loss": (by_time, "%", "Capacity lost to time by the end, of the rating."),
        "cycle_loss": (by_use, "%", "Capacity lost to use by the end, of the rating."),
        "years_to_end_of_life": (
            years_left if math.isfinite(years_left) else math.nan,
            "a",
            "Years after the run until the end of life if it repeats; losses slow down as they grow.",
        ),
        "days_outside_ageing_model": (
            float(max(unit.ageing.days_outside for unit in units)),
            "d",
            "Days with a temperature, depth or current outside what the ageing model was fitted to.",
        ),
    }


def _warranty_rows(units: list[UnitHealth]) -> dict[str, Row]:
    """Return what is spent of the warranty; nothing where there is none."""
    spent = [unit.warranty_spent for unit in units if math.isfinite(unit.warranty_spent)]
    if not spent:
        return {}
    info = "Share of the warranty spent since the battery was new, by years or energy, whichever is more."
    return {"warranty_spent": (100.0 * max(spent), "%", info)}


def _cost_rows(units: list[UnitHealth], currency: str) -> dict[str, Row]:
    """Return what the run wore off in money; nothing without the price of every battery."""
    cost = sum(unit.wear_cost for unit in units)
    if not math.isfinite(cost):
        return {}
    discharged = sum(unit.discharged_kwh for unit in units)
    info = "Price of the share of the battery's life that the run took: loss over the loss at end of life"
    return {
        "wear_cost": (cost, currency, f"{info}."),
        "wear_cost_per_kwh": (
            cost / discharged if discharged > 0 else math.nan,
            f"{currency}/kWh",
            f"{info}, for each kWh discharged.",
        ),
    }
