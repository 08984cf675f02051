"""Measured sessions in the place of drawn electric vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.clock import Clock
from stationsim.errors import Problem, ScenarioError
from stationsim.inputs.findings import Finding
from stationsim.models.charging import ChargingSpec
from stationsim.scenario import Scenario, resolve_input
from stationsim.traffic.draws import Uniforms
from stationsim.traffic.drivers import SECONDS_PER_MINUTE, draw_drivers
from stationsim.traffic.evs import ClassOfEvs, EvArrivals, draw_evs, fleet_curves
from stationsim.traffic.sides import draw_sides
from stationsim.traffic.spec import TrafficSpec

if TYPE_CHECKING:
    import pandas as pd

KEY = "charging.replay.file"
Array = NDArray[np.float64]


def replay_evs(
    scenario: Scenario,
    clock: Clock,
    *,
    base: Path,
    allow_paths: Sequence[Path] = (),
    traffic: TrafficSpec | None = None,
) -> tuple[EvArrivals, list[Finding]]:
    """Return the sessions of a file as electric vehicles, and what was found in it.

    Parameters
    ----------
    scenario
        With ``charging.replay``.
    clock
        Days that are simulated.
    base
        Folder that relative paths in the scenario start from.
    allow_paths
        Further folders that input files may lie in.
    traffic
        Traffic with its counts and calendar filled in, for the carriageways; the scenario's own if left out.

    Raises
    ------
    ScenarioError
        The file cannot be read, or holds no session on the days that are simulated.
    """
    from stationsim.sessions.read import read_sessions

    charging = scenario.charging
    if charging is None or charging.replay is None:
        raise ValueError("scenario must have charging.replay, got none")
    replay = charging.replay
    path = resolve_input(replay.file, base=base, allow_paths=allow_paths, key=KEY)
    measured = read_sessions(path, timezone=replay.timezone, default_timezone=scenario.site.timezone)
    time_s = _seconds(measured.frame["arrival"], scenario, clock)
    inside = (time_s >= 0) & (time_s < clock.n_steps * clock.step_minutes * 60)
    if not inside.any():
        first, last = measured.frame["arrival"].min().date(), measured.frame["arrival"].max().date()
        hint = f"the file holds {first} to {last}; say with first_day which day is the first"
        rule = "must hold a session on the days that are simulated"
        raise ScenarioError([Problem(rule, path=KEY, value=replay.file, hint=hint, code="E214")])
    order = np.flatnonzero(inside)[np.argsort(time_s[inside], kind="stable")]
    seed, replication = scenario.simulation.seed, scenario.simulation.replication
    side = draw_sides(traffic or scenario.traffic, clock, time_s[order], seed=seed, replication=replication)
    of_class = _class_of_unknown(charging, len(order))
    drawn = draw_evs(
        charging, time_s[order], seed=seed, replication=replication, side=side, of_class=of_class
    )
    uniforms = Uniforms(seed, replication, len(order))
    cars, found = as_measured(charging, drawn, measured.frame.iloc[order], uniforms=uniforms)
    return cars, [*measured.findings, *found]


def _class_of_unknown(charging: ChargingSpec, number: int) -> ClassOfEvs:
    """Return the class that sessions without a pack are of: cars, or the first class of a plaza without."""
    classes = [vehicle.vehicle_class for vehicle in charging.vehicles if vehicle.share > 0]
    name = "car" if "car" in classes else classes[0]
    return ClassOfEvs((name,), np.zeros(number, dtype=np.int64))


def _seconds(arrival: pd.Series, scenario: Scenario, clock: Clock) -> NDArray[np.int64]:
    """Return arrivals at the site's civil time as whole seconds from the clock's start."""
    import pandas as pd

    charging = scenario.charging
    civil = arrival.dt.tz_localize(None)
    if charging and charging.replay and charging.replay.first_day:
        civil = civil + pd.Timedelta(days=(scenario.period.start - charging.replay.first_day).days)
    twice = np.ones(len(civil), dtype=bool)
    there = civil.dt.tz_localize(clock.timezone, ambiguous=twice, nonexistent="shift_forward")
    seconds: NDArray[np.int64] = np.floor((there - clock.index[0]).dt.total_seconds().to_numpy()).astype(
        np.int64
    )
    return seconds


def as_measured(
    charging: ChargingSpec, drawn: EvArrivals, frame: pd.DataFrame, *, uniforms: Uniforms
) -> tuple[EvArrivals, list[Finding]]:
    """Return drawn vehicles with the energy, and where known stay, pack and state of charge, of sessions.

    Parameters
    ----------
    charging
        The plaza and its types of vehicles.
    drawn
        One vehicle for each session.
    frame
        The sessions, in the same order.
    uniforms
        Numbers of the vehicles, from which their drivers were drawn.

    Notes
    -----
    A session tells no type: the vehicle is of the type whose pack is nearest to the one measured, or the one
    drawn from the mix where none was. Its state of charge at arrival is the measured one, else the one drawn,
    lowered where the measured energy would not fit above it.

    It charges until it has the energy of its session, however long that takes, and keeps its post as long as
    measured: for its stay or, where posts are slower or throttled, for its charging. What drivers of drawn
    cars do after charging and the time they give to it are left out. Patience, booking, priority and all else
    are drawn, for the class of its type.
    """
    curves = fleet_curves(charging)
    packs = np.array([curve.usable_kwh for curve in curves])
    full = np.array([curve.full_soc for curve in curves])
    measured = frame["usable_kwh"].to_numpy(dtype=float)
    nearest = np.abs(packs[None, :] - measured[:, None]).argmin(axis=1)
    kind = np.where(np.isfinite(measured), nearest, drawn.type_index)
    gain = frame["energy_kwh"].to_numpy(dtype=float) / packs[kind]
    known = frame["soc_arrival"].to_numpy(dtype=float)
    arrival = np.where(np.isfinite(known), known, drawn.soc_arrival)
    arrival = np.clip(np.minimum(arrival, full[kind] - gain), 0.0, 1.0)
    target = np.minimum(arrival + gain, full[kind])
    cars = replace(
        drawn,
        type_index=kind.astype(np.int64),
        soc_arrival=arrival,
        soc_target=target,
        **draw_drivers(charging, kind, uniforms) | _stays(frame),
    )
    return cars, _assumed(known, gain > full[kind])


def _stays(frame: pd.DataFrame) -> dict[str, Array]:
    """Return attributes that keep each car at its post as long as measured; sessions without end are none."""
    number = len(frame)
    stay_s = frame["stay_minutes"].to_numpy(dtype=float) * SECONDS_PER_MINUTE
    return {"hold_s": stay_s, "linger_s": np.zeros(number), "stop_s": np.full(number, np.inf)}


def _assumed(known: Array, too_much: NDArray[np.bool_]) -> list[Finding]:
    """Return what had to be assumed."""
    findings = []
    unknown = int(np.count_nonzero(~np.isfinite(known)))
    if unknown:
        message = (
            "replayed sessions tell no state of charge at arrival; it is drawn from charging.arrival_soc"
        )
        findings.append(Finding("replay soc", "repaired", unknown, message))
    cut = int(np.count_nonzero(too_much))
    if cut:
        message = (
            "replayed sessions have more energy than the pack of any fitting type of charging.vehicles holds"
        )
        findings.append(Finding("replay pack", "warned", cut, message, hint="add a type with a larger pack"))
    return findings
