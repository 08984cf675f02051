"""The vehicles that came to charge as arrays, in seconds of the run: what every number of the plaza reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from stationsim.results import Results

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

OUTCOMES = {
    "served": "charged and left",
    "balked": "saw the queue and did not join it",
    "reneged": "lost patience in the queue and left",
    "charging": "still at their post at the end of the run",
    "waiting": "still in the queue at the end of the run",
}
"""What became of a vehicle that came to charge."""

LEFT_UNSERVED = ("balked", "reneged")
PLUGGED_IN = ("served", "charging")

SECONDS_PER_HOUR = 3600
REVERSING = ("bus", "truck")
"""Classes of vehicles that take longer at bays without a way out ahead."""


@dataclass(frozen=True)
class Cars:
    """Vehicles that came to charge, in the order of arrival.

    Times are seconds from the run's start, NaN for what a vehicle never reached; what lasts beyond the run
    is cut at its end.
    """

    run_s: float
    """Length of the run [s]."""
    arrival_s: Array
    """When it came [s]."""
    queue_end_s: Array
    """When it left the queue, for a post or for good; its arrival where it did not join [s]."""
    start_s: Array
    """When it got its post [s]."""
    power_s: Array
    """When power began to flow [s]."""
    charge_end_s: Array
    """When its charging ended [s]."""
    end_s: Array
    """When it left its post [s]."""
    outcome: NDArray[Any]
    """What became of it, one of `OUTCOMES`."""
    group: NDArray[Any]
    """Group of posts that served it, empty for none."""
    side: NDArray[Any]
    """Name of its direction, empty where there is one only."""
    vehicle_class: NDArray[Any]
    """Class of its type: car, bus or truck."""
    ended_by: NDArray[Any]
    """What ended its charging: target, stop or fault; empty where it did not end."""
    energy_kwh: Array
    """Energy into its battery [kWh]."""
    wanted_kwh: Array
    """Energy its driver came for [kWh]."""
    down_minutes: Array
    """How long it stayed after charging while its post had failed [min]."""

    @property
    def plugged(self) -> Mask:
        """Return which vehicles had a post."""
        return np.isin(self.outcome, PLUGGED_IN)

    @property
    def served(self) -> Mask:
        """Return which vehicles were served and have left."""
        found: Mask = np.asarray(self.outcome == "served")
        return found

    @property
    def waited(self) -> Mask:
        """Return which vehicles stood in the queue."""
        found: Mask = self.queue_end_s > self.arrival_s
        return found

    @property
    def missing_kwh(self) -> Array:
        """Return what has not gone into each vehicle of what its driver came for [kWh]."""
        return np.maximum(self.wanted_kwh - self.energy_kwh, 0.0)

    @property
    def post_minutes(self) -> Array:
        """Return how long each vehicle was at its post [min]."""
        return (self.end_s - self.start_s) / 60

    @property
    def charging_minutes(self) -> Array:
        """Return how long power flowed into each vehicle [min]."""
        return (self.charge_end_s - self.power_s) / 60


def cars_of(results: Results) -> Cars:
    """Return the vehicles of a run."""
    run_s = len(results.steps) * results.dt_h * SECONDS_PER_HOUR
    outcome = _texts(results, "outcome")
    arrival_s, start_s, end_s = (_seconds(results, name) for name in ("arrival", "start", "end"))
    plugged = np.isin(outcome, PLUGGED_IN)
    end_of_queue = np.where(outcome == "reneged", end_s, np.where(outcome == "waiting", run_s, arrival_s))
    group = _texts(results, "group")
    vehicle_class = _classes_of(results)
    charge_end_s = _within(_seconds(results, "charge_end"), plugged, run_s)
    power_s = start_s + _changeover_s(results, group, vehicle_class)
    return Cars(
        run_s=run_s,
        arrival_s=arrival_s,
        queue_end_s=np.where(plugged, start_s, end_of_queue),
        start_s=np.where(plugged, start_s, np.nan),
        power_s=np.where(plugged, np.minimum(power_s, charge_end_s), np.nan),
        charge_end_s=charge_end_s,
        end_s=_within(end_s, plugged, run_s),
        outcome=outcome,
        group=group,
        side=_texts(results, "side"),
        vehicle_class=vehicle_class,
        ended_by=_texts(results, "ended_by"),
        energy_kwh=_energy_kwh(results, "energy_kwh"),
        wanted_kwh=_energy_kwh(results, "wanted_kwh"),
        down_minutes=results.session_column("down_minutes").to_numpy(dtype=float),
    )


def groups_of(results: Results) -> list[Mapping[str, Any]]:
    """Return the groups of posts as plain data; none without a plaza."""
    return list((results.scenario.get("charging") or {}).get("groups") or ())


def sides_of(results: Results) -> list[str]:
    """Return the names of the directions; none where all vehicles share one queue."""
    directions = (results.scenario.get("traffic") or {}).get("directions") or ()
    return [str(direction["name"]) for direction in directions]


def class_of_types(results: Results) -> dict[str, str]:
    """Return the class of each type of the mix."""
    vehicles = (results.scenario.get("charging") or {}).get("vehicles") or ()
    return {str(row["type"]): str(row.get("vehicle_class") or "car") for row in vehicles}


def classes_apart(results: Results) -> list[str]:
    """Return the classes of the mix in its order; none where it has one only."""
    classes = list(dict.fromkeys(class_of_types(results).values()))
    return classes if len(classes) > 1 else []


def _classes_of(results: Results) -> NDArray[Any]:
    classes = class_of_types(results)
    kinds = results.session_column("type")
    return np.array([classes.get(str(kind), "car") for kind in kinds], dtype=object)


def _changeover_s(results: Results, group: NDArray[Any], vehicle_class: NDArray[Any]) -> Array:
    """Return the time from getting a post until power flows [s]."""
    reversing_s = float((results.scenario.get("charging") or {}).get("reversing_seconds") or 0.0)
    reverses = np.isin(vehicle_class, REVERSING)
    found = np.zeros(group.size)
    for row in groups_of(results):
        more_s = 0.0 if row.get("drive_through") else reversing_s
        here = group == row["name"]
        found[here] = float(row.get("changeover_seconds") or 0.0) + more_s * reverses[here]
    return found


def _within(times_s: Array, plugged: Mask, run_s: float) -> Array:
    """Return the times of vehicles at posts, those that are not over cut at the run's end [s]."""
    return np.where(plugged, np.fmin(times_s, run_s), np.nan)


def _seconds(results: Results, name: str) -> Array:
    """Return a column of times in seconds from the run's start; NaN for none."""
    since = results.session_column(name) - results.steps.index[0]
    seconds: Array = since.dt.total_seconds().to_numpy(dtype=float)
    return seconds


def _texts(results: Results, name: str) -> NDArray[Any]:
    """Return a column of names."""
    texts: NDArray[Any] = results.session_column(name).to_numpy(dtype=object)
    return texts


def _energy_kwh(results: Results, name: str) -> Array:
    """Return a column of energies [kWh], 0 where there is none."""
    kwh: Array = np.nan_to_num(results.session_column(name).to_numpy(dtype=float))
    return kwh
