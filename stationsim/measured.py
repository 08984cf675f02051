"""What the commands about sessions do: fit a file, hold a run against one, export a run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stationsim import runs
from stationsim.errors import Problem, ScenarioError
from stationsim.execute import check_output
from stationsim.folders import write_new
from stationsim.inputs.kinds import SESSIONS
from stationsim.sessions.compare import SessionComparison, compare_sessions
from stationsim.sessions.fit import Fit, fit_sessions
from stationsim.sessions.fragment import fragment_text
from stationsim.sessions.read import FORMS, MeasuredSessions, read_sessions, select_sessions
from stationsim.sessions.write import Place, sessions_text, simulated_sessions

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.results import Results


@dataclass(frozen=True)
class Selection:
    """Which sessions of a file are meant."""

    timezone: str | None = None
    """Zone of the place, where the file does not name the right one."""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    """Civil days of arrival, both included."""
    least_post_kw: float = 0.0
    """Least rated power of the post [kW]."""

    def apply(
        self, file: Path, *, default_timezone: str | None = None
    ) -> tuple[MeasuredSessions, pd.DataFrame]:
        """Read a file and return what was found in it, and the sessions that are meant.

        The default zone holds where neither the file nor the selection names one.

        Raises
        ------
        ScenarioError
            The file cannot be read, or no session of it is meant.
        """
        measured = read_sessions(file, timezone=self.timezone, default_timezone=default_timezone)
        frame = select_sessions(
            measured.frame,
            first_day=self.first_day,
            last_day=self.last_day,
            least_post_kw=self.least_post_kw,
        )
        if frame.empty:
            span = measured.describe()[0]
            raise SESSIONS.stop("rows", "must leave at least one session", file="", hint=span)
        return measured, frame


def run_sessions(results: Results) -> pd.DataFrame:
    """Return the finished charging of a run as a frame of measured sessions."""
    charging = results.scenario["charging"] or {"groups": ()}
    post_kw = {group["name"]: float(group["power_kw"]) for group in charging["groups"]}
    sessions = results.sessions.assign(charge_end=results.session_column("charge_end"))
    return simulated_sessions(sessions, timezone=results.timezone, post_kw=post_kw)


def fit_file(
    file: Path, selection: Selection, *, out: Path, extends: str | None = None, force: bool = False
) -> tuple[Fit, MeasuredSessions]:
    """Fit a file of sessions and write the fit as a part of a scenario.

    Raises
    ------
    ScenarioError
        The file is wrong, with every problem found.
    MachineError
        The part exists and is not to be replaced, or cannot be written.
    """
    measured, frame = selection.apply(file)
    source = f"{measured.source['file']}, {FORMS[measured.form]}, sha256 {measured.source['sha256'][:16]}"
    fit = fit_sessions(frame, source=source)
    write_new(out, fragment_text(fit, extends=extends), force=force)
    return fit, measured


def compare_run(
    run_folder: Path, file: Path, selection: Selection
) -> tuple[SessionComparison, MeasuredSessions]:
    """Compare the sessions of a run with those of a file.

    Raises
    ------
    ScenarioError
        The file is wrong, or nothing charged in the run.
    MachineError
        The folder holds no complete run.
    """
    results, _ = runs.open_run(run_folder)
    simulated = run_sessions(results)
    if simulated.empty:
        raise ScenarioError([Problem("must hold a session that was finished", file=str(run_folder))])
    measured, frame = selection.apply(file, default_timezone=results.timezone)
    names = (str(results.scenario["name"]), measured.source["file"])
    return compare_sessions(simulated, frame, names=names), measured


def write_session_comparison(comparison: SessionComparison, folder: Path) -> list[Path]:
    """Write the table, the figure and its data, and return the files."""
    from stationsim.plots import data_of_sessions, plot_sessions, save_figure

    check_output(folder)
    files = []
    tables = (("session_distances", comparison.table()), ("sessions", data_of_sessions(comparison)))
    for stem, table in tables:
        files.append(folder / f"{stem}.csv")
        write_new(files[-1], table.to_csv(lineterminator="\n", float_format="%.6f"), force=True)
    return [*files, *save_figure(plot_sessions(comparison), folder / "sessions")]


def export_run(run_folder: Path, *, form: str, out: Path, force: bool = False) -> int:
    """Write the finished charging of a run as a file of sessions and return their number.

    Raises
    ------
    MachineError
        The folder holds no complete run, or the file exists or cannot be written.
    """
    results, _ = runs.open_run(run_folder)
    frame = run_sessions(results)
    scenario: Any = results.scenario
    place = Place(
        name=str(scenario["name"]),
        latitude_deg=float(scenario["site"]["latitude_deg"]),
        longitude_deg=float(scenario["site"]["longitude_deg"]),
        currency=str(scenario["grid"]["tariff"]["currency"]),
        timezone=results.timezone,
    )
    write_new(out, sessions_text(frame, form, place=place), force=force)
    return len(frame)
