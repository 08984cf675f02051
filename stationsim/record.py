"""What the loop writes down, and the Results that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim import provenance
from stationsim.errors import Problem, ScenarioError
from stationsim.kernel import treatment
from stationsim.kernel.building import BuildingOutput, BuildingParameters, BuildingState, zone_balance
from stationsim.kpis.presence import mean_present
from stationsim.models.battery import BatteryParameters
from stationsim.models.grid import transformer_loss_kw
from stationsim.models.water import USES as WATER_USES
from stationsim.models.zone import ZoneState
from stationsim.results import SINKS, SOURCES, USES, Results
from stationsim.scenario import Scenario, resolved_dict
from stationsim.traffic.visitors import to_step

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.plant import State
    from stationsim.plaza import Plaza
    from stationsim.world import World

Array = NDArray[np.float64]
Columns = dict[str, Array]

HEAT = (
    *("cooling_kw", "heating_kw", "ac_units_on", "temp_zone_degc", "temp_mass_mean_degc"),
    *("cooling_heat_kw", "heating_heat_kw", "free_cooling_kw", "temp_air_end_degc", "temp_mass_degc"),
)
"""Columns of the building's rows, in the order of ``kernel.minutes.ROW``."""

WATER = treatment.ROW
"""Columns of the water's rows."""

PLAZA = (
    *("charging_kwh", "plaza_cap_kw", "queue_length", "posts_busy", "posts_blocked", "ev_throttled_kwh"),
    *("charger_standby_kwh", "posts_held", "v2g_kwh"),
)
"""Columns that the plaza fills."""

POWER = (
    *("charge_kw", "discharge_kw", "import_kw", "export_kw", "curtailed_kw", "unserved_kw"),
    *("battery_kwh", *PLAZA),
)
"""Columns of the rows of power: those of ``control.rule.Settlement``, then battery and plaza."""

PARTS = (HEAT, WATER, POWER)
"""What a stretch of steps writes down."""

KWH_PER_MWH = 1000.0


class Record:
    """Rows of flat numbers, step after step, kept as one array a column.

    Parameters
    ----------
    start
        The site before the first step.
    n_steps
        Number of steps to come.
    """

    def __init__(self, start: State, n_steps: int) -> None:
        self.start = start
        self._tables = tuple(np.empty((len(names), n_steps)) for names in PARTS)
        self._today = tuple(bytearray() for _ in PARTS)
        self._done = 0

    def add(self, *rows_of_parts: bytearray) -> None:
        """Write down a stretch of steps: the rows of `PARTS`, doubles end to end."""
        for today, rows in zip(self._today, rows_of_parts, strict=True):
            today.extend(rows)

    def close_day(self) -> None:
        """Put the rows of the day into the columns; a day is turned round while the cache holds it."""
        for table, today in zip(self._tables, self._today, strict=True):
            rows = np.frombuffer(bytes(today)).reshape(-1, len(table))
            table[:, self._done : self._done + len(rows)] = rows.T.copy()
            today.clear()
        self._done += len(rows)

    def columns(self) -> Columns:
        """Return one array a column."""
        found: Columns = {}
        for table, names in zip(self._tables, PARTS, strict=True):
            found |= dict(zip(names, table, strict=True))
        return found


def results_of(
    scenario: Scenario, world: World, record: Record, *, plaza: Plaza, building: BuildingParameters
) -> Results:
    """Return the Results of a played scenario.

    Raises
    ------
    ScenarioError
        ``loads.other`` carries more of the station's use than the scenario allows.
    """
    import pandas as pd

    raw = record.columns()
    sessions = _sessions(plaza, world)
    columns = {
        **_electricity(scenario, world, raw),
        **_states(scenario, world, raw),
        **_outages(plaza, world),
        **_holds(plaza, world),
        **_outside(scenario, world),
    }
    columns |= _residuals(scenario, world, record, raw, columns, building=building)
    columns["charging_residual_kwh"] = _charging_residual_kwh(raw, sessions)
    steps = pd.DataFrame(columns, index=world.clock.index.rename("time"), copy=False)
    results = Results(
        steps=steps,
        sessions=sessions,
        scenario=resolved_dict(scenario),
        provenance=_provenance(scenario, world, _spilt(raw, world)),
    )
    _check_other_share(scenario, results)
    return _with_hash(results)


def _electricity(scenario: Scenario, world: World, raw: Columns) -> Columns:
    """Return the flows at the busbar, at the meter and per surface [kW]."""
    net = raw["import_kw"] - raw["export_kw"]
    loss = transformer_loss_kw(scenario.grid.parameters, net)  # type: ignore[arg-type]
    at_meter = net + loss
    flows: Columns = {
        "pv_kw": world.pv_kw,
        "discharge_kw": raw["discharge_kw"],
        "v2g_kw": raw["v2g_kwh"] / world.clock.dt_h,
        **{name: raw[name] for name in ("import_kw", "unserved_kw")},
        "charging_kw": raw["charging_kwh"] / world.clock.dt_h,
        **{name: raw[name] for name in ("cooling_kw", "heating_kw", "water_kw")},
        **world.loads,
        **{name: raw[name] for name in ("charge_kw", "export_kw", "curtailed_kw")},
        "meter_import_kw": np.maximum(at_meter, 0.0),
        "meter_export_kw": np.maximum(-at_meter, 0.0),
        "transformer_loss_kw": np.asarray(loss),
    }
    return flows | {f"pv_{name}_kw": power for name, power in world.surfaces.items()}


def _states(scenario: Scenario, world: World, raw: Columns) -> Columns:
    """Return what the site remembers at each step's end, and its water and queue."""
    capacity = scenario.battery.capacity_kwh if scenario.battery else 1.0
    demand = world.water_demand
    kept = (
        *("battery_kwh", "temp_zone_degc", "temp_mass_degc", "ac_units_on"),
        *("equalisation_tank_m3", "reuse_tank_m3", "treated_m3", "reused_water_m3"),
        *("effluent_m3", "overflow_m3", "queue_length", "posts_busy", "posts_blocked", "posts_held"),
        *("ev_throttled_kwh", "plaza_cap_kw"),
    )
    return {
        **{name: raw[name] for name in kept},
        "soc": raw["battery_kwh"] / capacity,
        "charger_standby_kw": raw["charger_standby_kwh"] / world.clock.dt_h,
        "fresh_water_m3": demand.potable_m3 + raw["made_up_m3"],
        "wastewater_m3": demand.wastewater_m3,
        **{f"water_{use}": getattr(demand, use) for use in WATER_USES},
    }


def _outages(plaza: Plaza, world: World) -> Columns:
    """Return how many posts and modules were out of service in the mean of each step; posts by group too."""
    clock, outages = world.clock, plaza.outages
    return {
        "posts_down": outages.posts_down(clock.step_s, clock.n_steps),
        "modules_down": outages.modules_down(clock.step_s, clock.n_steps),
        **{
            f"posts_down_{group.name}": outages.posts_down(clock.step_s, clock.n_steps, place)
            for place, group in enumerate(plaza.groups)
            if group.failures is not None
        },
    }


def _holds(plaza: Plaza, world: World) -> Columns:
    """Return how many posts of each group were held in the mean of each step; nothing without bookings."""
    if not plaza.rules.booking_s:
        return {}
    edges_s = np.arange(world.clock.n_steps + 1, dtype=np.float64) * world.clock.step_s
    rows = [(hold.group, hold.begin_s, min(hold.end_s, edges_s[-1])) for hold in plaza.bays.holds]
    held_at, begin_s, end_s = np.array(rows, dtype=float).reshape(-1, 3).T
    return {
        f"posts_held_{group.name}": mean_present(
            (begin_s[held_at == place], end_s[held_at == place]), edges_s
        )
        for place, group in enumerate(plaza.groups)
    }


def _outside(scenario: Scenario, world: World) -> Columns:
    """Return people, weather and prices."""
    minutes, visitors = world.clock.step_minutes, world.visitors
    return {
        "vehicles": to_step(visitors.vehicles, minutes, total=True),
        **_by_class(world),
        "people": to_step(visitors.people, minutes, total=True),
        "occupancy_people": to_step(visitors.occupancy, minutes),
        **{name: world.weather[name].to_numpy(dtype=float) for name in ("ghi", "dni", "dhi", "temp_air")},
        "price_per_kwh": world.price_per_kwh,
        "feed_in_per_kwh": np.full(world.clock.n_steps, scenario.grid.tariff.feed_in_per_kwh),
    }


def _by_class(world: World) -> Columns:
    """Return vehicles that enter in each step by class; nothing where all are alike."""
    rows = world.visitors.by_class
    if rows is None:
        return {}
    return {
        f"vehicles_{name}": to_step(row, world.clock.step_minutes, total=True)
        for name, row in zip(world.vehicle_classes, rows, strict=True)
    }


def _residuals(
    scenario: Scenario,
    world: World,
    record: Record,
    raw: Columns,
    columns: Mapping[str, Array],
    *,
    building: BuildingParameters,
) -> Columns:
    """Return what each identity leaves unexplained in each step; every term comes from its own device."""
    dt_h = world.clock.dt_h
    supply = sum(columns[name] for name in SOURCES)
    taken = sum(columns[name] for name in SINKS)
    at_meter = columns["meter_import_kw"] - columns["meter_export_kw"]
    through = columns["import_kw"] - columns["export_kw"] + columns["transformer_loss_kw"]
    return {
        "balance_residual_kwh": np.asarray(supply - taken) * dt_h,
        "transformer_residual_kwh": (at_meter - through) * dt_h,
        "battery_residual_kwh": _battery_residual_kwh(scenario, record, raw, dt_h),
        "zone_residual_kwh": _zone_residual_kwh(world, record, raw, building),
        "water_residual_m3": _water_residual_m3(world, record, raw),
    }


def _before(start: float, ends: Array) -> Array:
    """Return the value at the start of each step from those at the ends."""
    return np.concatenate([[start], ends[:-1]])


def _battery_residual_kwh(scenario: Scenario, record: Record, raw: Columns, dt_h: float) -> Array:
    """Return stored energy less what charge, discharge and standby explain [kWh]."""
    if scenario.battery is None:
        return raw["battery_kwh"] + raw["charge_kw"] + raw["discharge_kw"]
    params: BatteryParameters = scenario.battery.parameters
    before = _before(record.start.battery_kwh, raw["battery_kwh"])
    moved = (
        raw["charge_kw"] * params.charge_efficiency - raw["discharge_kw"] / params.discharge_efficiency
    ) * dt_h
    standby = np.minimum(params.standby_kw * dt_h, np.maximum(before + moved - params.floor_kwh, 0.0))
    residual: Array = raw["battery_kwh"] - before - (moved - standby)
    return residual


def _zone_residual_kwh(world: World, record: Record, raw: Columns, building: BuildingParameters) -> Array:
    """Return heat stored in the building less what its flows explain [kWh]."""
    means = ("cooling_kw", "heating_kw", "ac_units_on", "temp_zone_degc")
    more = ("temp_mass_mean_degc", "cooling_heat_kw", "heating_heat_kw", "free_cooling_kw")
    ends: list[Any] = [raw["temp_air_end_degc"], raw["temp_mass_degc"]]
    first: BuildingState = record.start.building
    starts: list[Any] = [
        _before(first.temp_air_degc, ends[0]),
        _before(first.temp_mass_degc, ends[1]),
    ]
    balance = zone_balance(
        building,
        BuildingOutput._make(raw[name] for name in (*means, *more)),
        start=ZoneState._make(starts),
        end=ZoneState._make(ends),
        temp_out=world.temp_air,
        internal_w=world.gain_internal_w,
        solar_w=world.gain_solar_w,
        dt_h=world.clock.dt_h,
    )
    residual: Array = balance.residual_kwh
    return residual


def _water_residual_m3(world: World, record: Record, raw: Columns) -> Array:
    """Return what the flows of both tanks leave unexplained, the sizes of their residuals added up [m3]."""
    tanks = record.start.water
    waste, reuse = raw["equalisation_tank_m3"], raw["reuse_tank_m3"]
    rise = waste - _before(tanks.equalisation_m3, waste)
    waste_residual = world.water_demand.wastewater_m3 - raw["treated_m3"] - raw["overflow_m3"] - rise
    rise = reuse - _before(tanks.reuse_m3, reuse)
    reuse_residual = raw["treated_m3"] - raw["reused_water_m3"] - raw["effluent_m3"] - rise
    wanted_residual = world.water_demand.wanted_m3 - raw["reused_water_m3"] - raw["made_up_m3"]
    residual: Array = np.abs(waste_residual) + np.abs(reuse_residual) + np.abs(wanted_residual)
    return residual


def _charging_residual_kwh(raw: Columns, sessions: pd.DataFrame) -> Array:
    """Return plaza energy less the sessions', with their losses, and standby, relative to 1 MWh [kWh].

    Sessions span steps, so this identity is one of the whole run; it stands in the last step. The sum of a
    year has rounding of its own, which is why it is held in proportion: per MWh beyond the first.
    """
    residual = np.zeros_like(raw["charging_kwh"])
    plaza = raw["charging_kwh"].sum()
    explained = sessions["energy_ac_kwh"].sum() + raw["charger_standby_kwh"].sum()
    residual[-1] = (plaza - explained) / max(plaza / KWH_PER_MWH, 1.0)
    return residual


def _sessions(plaza: Plaza, world: World) -> pd.DataFrame:
    """Return one row for each electric vehicle that came, with civil times."""
    import pandas as pd

    from stationsim.plaza.outages import stays_at_failed_posts_s
    from stationsim.plaza.table import ENDS, OUTCOMES

    found = plaza.sessions()
    zero = world.clock.index[0]
    names = np.array([*(group.name for group in plaza.groups), ""], dtype=object)
    kinds = np.array(world.vehicle_types, dtype=object)
    sides = np.array(plaza.rules.sides or ("",), dtype=object)

    def moment(seconds: Array) -> pd.Series:
        return zero + pd.to_timedelta(pd.Series(seconds), unit="s")

    return pd.DataFrame(
        {
            "arrival": moment(found["arrival_s"]),
            "start": moment(found["start_s"]),
            "charge_end": moment(found["charge_end_s"]),
            "end": moment(found["end_s"]),
            "type": kinds[found["type_index"]] if len(kinds) else found["type_index"].astype(object),
            "group": names[found["group_index"]],
            "post": found["post"],
            "side": sides[found["side"]],
            **{name: found[name] for name in ("soc_arrival", "soc_target", "soc_departure")},
            **{name: found[name] for name in ("energy_kwh", "energy_ac_kwh", "extra_ac_kwh", "wanted_kwh")},
            "given_kwh": found["given_kwh"],
            "wait_minutes": found["wait_s"] / 60,
            "held_minutes": found["held_s"] / 60,
            "down_minutes": stays_at_failed_posts_s(plaza.outages, found, plaza.now_s) / 60,
            "outcome": np.array(OUTCOMES, dtype=object)[found["outcome"]],
            "ended_by": np.array(ENDS, dtype=object)[found["ended_by"]],
            "booked": found["is_booked"],
            "priority": found["is_first"],
        }
    )


def _spilt(raw: Columns, world: World) -> list[str]:
    """Return the warning that wastewater spilt, where it did."""
    spilt_m3 = float(raw["overflow_m3"].sum())
    if not spilt_m3 > 0:
        return []
    days = len(np.unique(world.clock.civil_day[raw["overflow_m3"] > 0]))
    return [
        f"{spilt_m3:,.3g} m3 of wastewater spilt untreated on {days} of {world.clock.n_days} days: "
        "water.treatment or water.equalisation_tank is too small for them, or power was short"
    ]


def _provenance(scenario: Scenario, world: World, warnings: list[str]) -> dict[str, Any]:
    findings = [
        {"rule": found.rule, "action": found.action, "count": found.count, "message": found.message}
        for found in world.findings
    ]
    return {
        "versions": provenance.versions(),
        "seed": scenario.simulation.seed,
        "replication": scenario.simulation.replication,
        "weather": dict(world.source),
        **({"traffic": dict(world.traffic_source)} if world.traffic_source else {}),
        "findings": findings,
        "warnings": [row["message"] for row in findings if row["action"] == "warned"]
        + list(world.warnings)
        + warnings,
    }


def _check_other_share(scenario: Scenario, results: Results) -> None:
    """Refuse a run whose unexplained remainder carries more than the scenario allows."""
    use = sum(results.energy_kwh(name) for name in USES)
    share = results.energy_kwh("other_kw") / use if use > 0 else 0.0
    allowed = scenario.loads.other_share_maximum
    if share > allowed:
        problem = Problem(
            f"must take at most {allowed:.0%} of all use (loads.other_share_maximum)",
            path="loads.other",
            value=f"{share:.1%}",
            hint="describe what the remainder stands for, or raise the limit on purpose",
            code="E219",
        )
        raise ScenarioError([problem])


def _with_hash(results: Results) -> Results:
    hashed = {**results.provenance, "result_hash": results.result_hash()}
    return Results(results.steps, results.sessions, results.scenario, hashed)
