"""How the battery is used, what it loses and draws, how warm it is, and what is left of its warranty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.kpis.kpi import Kpi, Kpis
from stationsim.models.battery import BatterySpec, NamedBatterySpec, window_kwh
from stationsim.results import joined

if TYPE_CHECKING:
    from stationsim.results import Results

Array = NDArray[np.float64]
Units = Mapping[str, BatterySpec]

SOC_TOLERANCE = 1e-6
"""How near a limit of the state of charge counts as being at it."""

POWER_TOLERANCE = 1e-6
"""How near the highest power counts as being at it, over that power."""

HOURS_PER_YEAR = 8760.0
KWH_PER_MWH = 1000.0


def battery_units(results: Results) -> dict[str, BatterySpec]:
    """Return every battery of a run by its name."""
    found: dict[str, BatterySpec] = {}
    for name, row in battery_rows(results).items():
        model = NamedBatterySpec if "name" in row else BatterySpec
        found[name] = model.model_validate({key: value for key, value in row.items() if key != "ageing"})
    return found


def battery_rows(results: Results) -> dict[str, Mapping[str, Any]]:
    """Return every battery of a run by its name, as its scenario has it."""
    one: Mapping[str, Any] | None = results.scenario.get("battery")
    if one:
        return {"battery": one}
    return {str(row["name"]): row for row in results.scenario.get("batteries") or ()}


def shares_at_start(results: Results) -> dict[str, float]:
    """Return the capacity that each battery of a run had, over its rated one [-]."""
    initial = {
        name: (row.get("ageing") or {}).get("initial") or {} for name, row in battery_rows(results).items()
    }
    return {
        name: 1.0 - float(lost.get("calendar_loss", 0.0)) - float(lost.get("cycle_loss", 0.0))
        for name, lost in initial.items()
    }


def battery_kpis(results: Results) -> Kpis:
    """Return everything that is to be known of the batteries; NaN where there are none."""
    units = battery_units(results)
    return joined(
        _use(results, units),
        _limits(results, units),
        _losses(results, units),
        _warmth(results, units),
        _warranty(results, units),
        _each(results, units),
    )


def battery_loss_kwh(results: Results) -> float:
    """Return what converters and cells of all batteries lost over the run [kWh]."""
    return results.energy_kwh("battery_converter_loss_kw") + results.energy_kwh("battery_cell_loss_kw")


def round_trip(charged_kwh: float, discharged_kwh: float, rise_kwh: float) -> float:
    """Return the energy given back per energy taken, there and back [-].

    Parameters
    ----------
    charged_kwh, discharged_kwh
        Energy taken and given at the terminals [kWh].
    rise_kwh
        By how much the stored energy rose meanwhile [kWh].

    Notes
    -----
    With the same efficiency e each way the energies close as charged e - discharged / e = rise, whose root is
    e = (rise + sqrt(rise^2 + 4 charged discharged)) / (2 charged); e^2 is there and back. Discharged over
    charged alone would count energy that is still stored as lost.
    """
    if charged_kwh <= 0.0 or discharged_kwh <= 0.0:
        return math.nan
    root = math.sqrt(rise_kwh**2 + 4.0 * charged_kwh * discharged_kwh)
    return float(((rise_kwh + root) / (2.0 * charged_kwh)) ** 2)


def _total(units: Units, name: str) -> float:
    return float(sum(getattr(unit, name) for unit in units.values()))


def _use(results: Results, units: Units) -> Kpis:
    """Return throughput, full cycles and what comes back."""
    there = bool(units)
    charged, discharged = (results.energy_kwh(name) for name in ("charge_kw", "discharge_kw"))
    capacity = _total(units, "capacity_kwh") if there else math.nan
    shares = shares_at_start(results)
    stored = sum(unit.initial_energy_kwh * shares[name] for name, unit in units.items())
    rise = float(results.steps["battery_kwh"].iloc[-1]) - stored
    back = round_trip(charged, discharged, rise) if there else math.nan
    return {
        "battery_throughput": Kpi(
            charged + discharged if there else math.nan,
            "kWh",
            "Energy into and out of the battery at its terminals.",
        ),
        "battery_cycles": Kpi(
            (charged + discharged) / (2 * capacity),
            "1",
            "Full equivalent cycles: throughput over twice the capacity.",
        ),
        "battery_round_trip": Kpi(
            100.0 * back,
            "%",
            "Energy given back per energy taken, the change of what is stored allowed for; "
            "without auxiliaries.",
        ),
    }


def _limits(results: Results, units: Units) -> Kpis:
    """Return the range of the state of charge and the time at limits."""
    there, steps = bool(units), results.steps
    months = steps.index.tz_convert(results.timezone).month.to_numpy()
    shares = shares_at_start(results)
    windows = [window_kwh(unit, months, health=shares[name]) for name, unit in units.items()]
    floor, ceiling = (sum((window[end] for window in windows), np.zeros(len(steps))) for end in (0, 1))
    margin = SOC_TOLERANCE * _total(units, "capacity_kwh")
    soc, stored = 100.0 * steps["soc"].to_numpy(), steps["battery_kwh"].to_numpy()
    most_kw = sum(min(unit.power_kw, unit.power_cap_kw or math.inf) for unit in units.values())
    power = np.maximum(steps["charge_kw"].to_numpy(), steps["discharge_kw"].to_numpy())

    def hours(held: NDArray[np.bool_]) -> float:
        return float(np.count_nonzero(held)) * results.dt_h if there else math.nan

    return {
        "soc_min": Kpi(float(soc.min()) if there else math.nan, "%", "Lowest state of charge."),
        "soc_max": Kpi(float(soc.max()) if there else math.nan, "%", "Highest state of charge."),
        "battery_hours_empty": Kpi(
            hours(stored <= floor + margin), "h", "Time at the lower limit of the SOC."
        ),
        "battery_hours_full": Kpi(
            hours(stored >= ceiling - margin), "h", "Time at the upper limit of the SOC."
        ),
        "battery_hours_at_power": Kpi(
            hours(power >= most_kw * (1 - POWER_TOLERANCE)), "h", "Time at the highest power, in or out."
        ),
    }


def _losses(results: Results, units: Units) -> Kpis:
    """Return where the energy of the battery is lost, and what its auxiliaries draw."""
    there, mwh = bool(units), _total(units, "capacity_kwh") / KWH_PER_MWH
    converter, cells, aux = (
        results.energy_kwh(f"battery_{name}_kw") if there else math.nan
        for name in ("converter_loss", "cell_loss", "aux")
    )
    moved = results.energy_kwh("charge_kw") + results.energy_kwh("discharge_kw")
    hours = len(results.steps) * results.dt_h
    return {
        "loss_battery_converter": Kpi(converter, "kWh", "Lost in the battery's converter."),
        "loss_battery_cells": Kpi(cells, "kWh", "Lost in the battery's cells, as heat."),
        "battery_aux_share": Kpi(
            100.0 * aux / moved if there and moved > 0 else math.nan,
            "%",
            "Energy of the battery's auxiliaries over its throughput; 2 to 10 % is usual.",
        ),
        "battery_aux_per_mwh": Kpi(
            aux / hours / mwh if there else math.nan,
            "kW/MWh",
            "Mean power of the battery's auxiliaries for each MWh of capacity; 1 to 3 kW is usual.",
        ),
    }


def _warmth(results: Results, units: Units) -> Kpis:
    """Return how warm the cells are and how long that limits their power."""
    there, temp = bool(units), results.steps["battery_temp_degc"].to_numpy()
    derated = sum(
        (_is_derated(unit, temp) for temp, unit in _temperatures(results, units)), np.zeros(len(temp))
    )
    return {
        "battery_temp_mean": Kpi(
            float(temp.mean()) if there else math.nan, "degC", "Mean temperature of the battery's cells."
        ),
        "battery_temp_max": Kpi(
            float(temp.max()) if there else math.nan, "degC", "Highest temperature of the battery's cells."
        ),
        "battery_hours_derated": Kpi(
            float(np.count_nonzero(derated)) * results.dt_h if there else math.nan,
            "h",
            "Time in which the temperature of cells holds power below the rating, in either direction.",
        ),
    }


def _temperatures(results: Results, units: Units) -> Iterator[tuple[Array, BatterySpec]]:
    """Yield the cell temperature of each unit [degC]; a unit alone has that of the whole."""
    for name, unit in units.items():
        column = f"battery_temp_{name}_degc" if len(units) > 1 else "battery_temp_degc"
        yield results.steps[column].to_numpy(), unit


def _is_derated(unit: BatterySpec, temp_degc: Array) -> NDArray[np.bool_]:
    held = np.zeros(len(temp_degc), dtype=bool)
    for points in (unit.power_share_by_temperature_charge, unit.power_share_by_temperature_discharge):
        temps, shares = np.array(points).T
        held |= np.interp(temp_degc, temps, shares) < 1.0
    return held


def _warranty(results: Results, units: Units) -> Kpis:
    """Return how fast the warranted energy is used; nothing where a unit has no warranty."""
    limit_kwh, given_kwh = _total(units, "warranted_kwh"), results.energy_kwh("discharge_kw")
    if not units or not math.isfinite(limit_kwh):
        return {}
    years = len(results.steps) * results.dt_h / HOURS_PER_YEAR
    reached = limit_kwh / given_kwh * years if given_kwh > 0 else math.nan
    warranted = min(unit.warranty.years for unit in units.values() if unit.warranty)
    return {
        "battery_warranty_used": Kpi(
            100.0 * given_kwh / limit_kwh, "%", "Energy discharged in the run over the energy warranted."
        ),
        "battery_warranty_years": Kpi(
            reached, "a", "Years to the end of the warranted energy at the pace of the run."
        ),
        "battery_warranty_margin": Kpi(
            reached / warranted,
            "1",
            "Those years over the years warranted: below 1 the energy ends before the time.",
        ),
    }


def _each(results: Results, units: Units) -> Kpis:
    """Return what each of several units did; nothing for one alone."""
    found: Kpis = {}
    for name, unit in units.items() if len(units) > 1 else ():
        charged, discharged = (results.energy_kwh(f"{way}_{name}_kw") for way in ("charge", "discharge"))
        began_kwh = unit.initial_energy_kwh * shares_at_start(results)[name]
        rise = float(results.steps[f"battery_kwh_{name}"].iloc[-1]) - began_kwh
        temp = results.steps[f"battery_temp_{name}_degc"].to_numpy()
        each = {
            f"battery_throughput_{name}": Kpi(charged + discharged, "kWh", f"Energy into and out of {name}."),
            f"battery_cycles_{name}": Kpi(
                (charged + discharged) / (2 * unit.capacity_kwh), "1", f"Full equivalent cycles of {name}."
            ),
            f"battery_round_trip_{name}": Kpi(
                100.0 * round_trip(charged, discharged, rise), "%", f"Energy back per energy taken of {name}."
            ),
            f"battery_temp_max_{name}": Kpi(
                float(temp.max()), "degC", f"Highest temperature of the cells of {name}."
            ),
        }
        found = joined(found, each)
    return found
