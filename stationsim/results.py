"""What happened, and the scenario that made it: frames, scenario and provenance of one run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from stationsim.errors import BalanceError, MachineError
from stationsim.models.water import USES as WATER_USES

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")

USES = (
    "charging_kw",
    "cooling_kw",
    "heating_kw",
    "lighting_kw",
    "catering_kw",
    "washrooms_kw",
    "shops_kw",
    "water_kw",
    "battery_aux_kw",
    "hot_water_kw",
    "emergency_kw",
    "service_vehicles_kw",
    "inverter_night_kw",
    "other_kw",
)
"""Columns of ``steps`` that the station uses, at the AC busbar [kW]."""

SOURCES = ("pv_kw", "discharge_kw", "v2g_kw", "import_kw", "unserved_kw")
"""Columns that supply the AC busbar [kW]."""

SINKS = (*USES, "charge_kw", "export_kw", "curtailed_kw")
"""Columns that leave the AC busbar [kW]."""

RESIDUALS = {
    "balance_residual_kwh": "energy at the AC busbar",
    "battery_residual_kwh": "energy in the battery",
    "battery_heat_residual_kwh": "heat in the battery",
    "transformer_residual_kwh": "energy through the transformer",
    "zone_residual_kwh": "heat in the building",
    "water_residual_m3": "water in the tanks",
    "hot_water_residual_kwh": "heat in the hot water tank",
    "charging_residual_kwh": "sessions and charger losses against the plaza",
}
"""Columns of ``steps`` that must be zero, and what each one closes."""

WATER_COLUMNS = tuple(f"water_{use}" for use in WATER_USES)
"""Columns of ``steps`` of water by use, fresh or treated [m3]."""

LATER_STEPS = (
    *("posts_blocked", "posts_held", "posts_down", "modules_down", "v2g_kw", "wastewater_m3"),
    *("inverter_night_kw", "pv_clipped_kw", "pv_to_battery_kw", "charge_dc_kw"),
    *("washrooms_kw", "shops_kw", "emergency_kw", "lighting_outdoor_kw", "refrigeration_kw", "meals"),
    *(
        "hot_water_kw",
        "hot_water_litres",
        "hot_water_draw_kwh",
        "hot_water_loss_kwh",
        "hot_water_heat_pump_kwh",
    ),
    *("hot_water_backup_kwh", "hot_water_short_kwh", "hot_water_tank_kwh", "hot_water_residual_kwh"),
    *WATER_COLUMNS,
)
"""Columns of ``steps`` that earlier versions did not write: what they count did not happen there."""

STEPS_OF_GROUPS = ("posts_held_", "posts_down_")
"""What columns of ``steps`` begin with that only groups have of which posts can be held or fail."""

LATER_SESSIONS = {
    "post": -1,
    "side": "",
    "ended_by": "",
    "booked": False,
    "priority": False,
    "given_kwh": 0.0,
    "held_minutes": 0.0,
    "down_minutes": 0.0,
}
"""Columns of ``sessions`` that earlier versions did not write, with what all vehicles had there."""

RESIDUAL_TOLERANCE = 1e-6
"""Largest residual of any identity in one step [kWh or m3]."""

MANIFEST = "manifest.json"

LARGEST_MANIFEST_BYTES = 20_000_000
"""Largest manifest that is read [B]; a usual one has some 10,000."""


def joined(*parts: Mapping[str, Value]) -> dict[str, Value]:
    """Return columns or numbers of several parts together, in their order.

    Raises
    ------
    ValueError
        Two parts have one of the same name, of which the first would be lost.
    """
    whole: dict[str, Value] = {}
    for part in parts:
        twice = sorted(whole.keys() & part.keys())
        if twice:
            raise ValueError(f"names of columns and numbers must differ, got {', '.join(twice)} twice")
        whole.update(part)
    return whole


@dataclass(frozen=True)
class Results:
    """Frames of one run with the scenario and the provenance that made it.

    Parameters
    ----------
    steps
        One row a step, left-labelled; columns named with their unit.
    sessions
        One row for each vehicle that came to charge.
    scenario
        The resolved scenario as plain data.
    provenance
        Versions, seed, findings on the inputs and everything else that a reader needs to trust the run.
    """

    steps: pd.DataFrame
    sessions: pd.DataFrame
    scenario: Mapping[str, Any]
    provenance: Mapping[str, Any]

    @property
    def dt_h(self) -> float:
        """Step length [h]."""
        return float(self.scenario["simulation"]["step_minutes"]) / 60

    @property
    def n_days(self) -> int:
        """Number of civil days."""
        return int(self.civil_day[-1]) + 1

    @property
    def timezone(self) -> str:
        """IANA name of the site's time zone."""
        return str(self.scenario["site"]["timezone"])

    @property
    def civil_day(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Number of the civil day of each step, from 0."""
        naive = self.steps.index.tz_convert(self.timezone).tz_localize(None)
        days = naive.to_numpy().astype("datetime64[D]").astype(np.int64)
        numbers: np.ndarray[Any, np.dtype[np.int64]] = days - days[0]
        return numbers

    def energy_kwh(self, column: str) -> float:
        """Return the energy of a power column over the whole run [kWh]."""
        return float(self.step_column(column).sum() * self.dt_h)

    def step_column(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return a column of ``steps``; zeros where the run is older than it or has no use for it."""
        if name not in self.steps and (name in LATER_STEPS or name.startswith(STEPS_OF_GROUPS)):
            return np.zeros(len(self.steps))
        values: np.ndarray[Any, np.dtype[np.float64]] = self.steps[name].to_numpy()
        return values

    def session_column(self, name: str) -> pd.Series:
        """Return a column of ``sessions``; what all vehicles had where the run is older than the column.

        In older runs cars left when their charging ended, so ``charge_end`` is the ``end`` of those that
        had a post.
        """
        import pandas as pd

        sessions = self.sessions
        if name in sessions:
            return sessions[name]
        if name == "charge_end":
            return sessions["end"].where(sessions["start"].notna())
        return pd.Series(LATER_SESSIONS[name], index=sessions.index)

    def residuals(self) -> dict[str, float]:
        """Return the largest absolute residual of each identity [kWh or m3]."""
        return {name: float(np.abs(self.step_column(name)).max()) for name in RESIDUALS}

    def check(self) -> None:
        """Raise :class:`BalanceError` when an identity does not close in some step."""
        for name, what in RESIDUALS.items():
            values = np.abs(self.step_column(name))
            worst = int(np.argmax(np.where(np.isfinite(values), values, np.inf)))
            if not values[worst] <= RESIDUAL_TOLERANCE:
                raise BalanceError(
                    f"{what} does not close at {self.steps.index[worst]}: {name} is {values[worst]:.3g}, "
                    f"allowed {RESIDUAL_TOLERANCE:g}"
                )

    def result_hash(self) -> str:
        """Return the sha256 over the values of both frames; names are part of it, times and files are not."""
        digest = hashlib.sha256()
        for frame in (self.steps, self.sessions):
            for name in sorted(frame.columns):
                digest.update(name.encode())
                digest.update(_bytes_of(frame[name]))
        return digest.hexdigest()

    @classmethod
    def load(cls, folder: str | Path) -> Results:
        """Load a complete run folder.

        Raises
        ------
        MachineError
            The folder holds no complete run.
        """
        import pandas as pd

        folder = Path(folder)
        manifest = read_manifest(folder)
        return cls(
            steps=pd.read_parquet(folder / "steps.parquet"),
            sessions=pd.read_parquet(folder / "sessions.parquet"),
            scenario=json.loads((folder / "resolved.json").read_text(encoding="utf-8")),
            provenance=manifest["provenance"],
        )


def _bytes_of(column: pd.Series) -> bytes | memoryview:
    """Return the values of a column as bytes that depend on nothing but the values."""
    if column.dtype.kind in "fiub":
        return np.ascontiguousarray(column.to_numpy()).data
    if column.dtype.kind == "M":
        instants: np.ndarray[Any, Any] = column.to_numpy(dtype="datetime64[ns]")
        return instants.astype(np.int64).tobytes()
    return "\0".join(column.tolist()).encode()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a complete run folder, or say that it is none."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise MachineError(f"{folder}: no such run folder")
    if not path.is_file():
        raise MachineError(
            f"{folder}: incomplete run, {MANIFEST} is missing; run the scenario again with --force"
        )
    if path.stat().st_size > LARGEST_MANIFEST_BYTES:
        raise MachineError(f"{path}: not a manifest, it is larger than {LARGEST_MANIFEST_BYTES:,} bytes")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise MachineError(f"{path}: not a readable manifest ({error})") from None
    if not isinstance(manifest, dict):
        raise MachineError(f"{path}: not a manifest, it holds no mapping")
    return manifest
