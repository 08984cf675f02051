"""Measured sessions: what is fitted to the first half of a file, against the second half of it."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from stationsim.scenario import load_scenario
from stationsim.scenario.schema import Scenario
from stationsim.sessions.compare import SessionComparison, compare_sessions
from stationsim.sessions.fit import fit_sessions
from stationsim.sessions.fragment import fragment_text
from stationsim.sessions.read import read_sessions, select_sessions
from tests.outside.case import Case, skipped, within
from tests.shared_data import ROOT, SHARED

DESL_FILE = "charging/desl_epfl_level3_session_data.xlsx"
DUNDEE_FILE = "charging/dundee_ev_sessions_2018-03_2018-05.csv"
DESL = "DESL-EPFL/Level-3-EV-charging-dataset at 680bc3b, 1,878 sessions"
DUNDEE = "Dundee City Council, sessions March to June 2018, rapid posts"

RAPID_KW = 50.0
HOUR_KS = 0.10
"""Largest distance of hours of arrival between a run and the half it was not fitted to [-]."""

SOC_KS = 0.10
"""The same of the state of charge at arrival, which the run draws from the histogram of the other half."""

DEPARTURE_KS = 0.15
"""The same at departure: a cut beta distribution has no peaks at 80 and 100 per cent, as drivers have."""

STATION = ROOT / "tests" / "small_station.yaml"
SIMULATED_DAYS = 56
"""Days of the run: eight whole weeks."""

SESSIONS_PER_DAY = 40.0
"""Vehicles that come to charge in it; more than measured, so that the run adds little noise of its own."""

Frame = Any


def _halves(frame: Frame) -> tuple[Frame, Frame]:
    """Split sessions by date: the days up to the middle one, and the days after it."""
    days = frame["arrival"].dt.date
    middle = days.min() + (days.max() - days.min()) // 2
    after = middle + dt.timedelta(days=1)
    return select_sessions(frame, last_day=middle), select_sessions(frame, first_day=after)


def _run(frame: Frame, *, timezone: str, post_kw: float) -> Frame:
    """Simulate a station with what is fitted to sessions and return its own."""
    from stationsim.measured import run_sessions
    from stationsim.simulation import simulate

    part = fragment_text(fit_sessions(frame), extends="base.yaml")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "base.yaml").write_text(STATION.read_text(encoding="utf-8"), encoding="utf-8")
        path = Path(folder) / "part.yaml"
        path.write_text(part, encoding="utf-8")
        first = dt.date(2025, 3, 31)
        words = [
            f"period={{start: {first}, end: {first + dt.timedelta(days=SIMULATED_DAYS - 1)}}}",
            f"site.timezone={timezone}",
            f"traffic.vehicles_per_day={SESSIONS_PER_DAY * 100}",
            "traffic.ev_share=0.1",
            "traffic.charging_share=0.1",
            f"charging.groups=[{{name: fast, posts: 6, power_kw: {post_kw}}}]",
            "grid.import_limit_kw=1500",
            "grid.transformer_kva=2000",
        ]
        scenario = load_scenario(path, model=Scenario, overrides=words).scenario
    return run_sessions(simulate(scenario))


def _told(name: str, source: str, comparison: SessionComparison) -> list[Case]:
    """Return the distance of each quantity for information."""
    cases = []
    for found in comparison.distances:
        got, expected = (
            f"mean {mean:.4g}, median {quantiles[2]:.4g} {found.unit}".removesuffix(" 1")
            for mean, quantiles in zip(found.mean, found.quantiles, strict=True)
        )
        note = (
            f"distance {found.ks:.3f} (by chance {found.ks_chance:.3f}), moved {found.wasserstein:.3g}; "
            f"{found.count[0]} and {found.count[1]} sessions"
        )
        cases.append(Case(f"{name}: {found.label.lower()}", source, expected, got, "", None, note))
    return cases


def _held(name: str, source: str, comparison: SessionComparison, quantity: str, largest: float) -> Case:
    found = comparison.of(quantity)
    label = f"{name}: distance of {found.label.lower()}"
    note = f"{found.count[0]} and {found.count[1]} sessions; by chance {found.ks_chance:.3f}"
    return within(label, source, expected=0.0, got=found.ks, absolute=largest, note=note)


def _desl() -> list[Case]:
    if not (SHARED / DESL_FILE).is_file():
        return [skipped("DESL sessions, first half against second", DESL, f"{DESL_FILE} is not here")]
    first, second = _halves(read_sessions(SHARED / DESL_FILE).frame)
    run = compare_sessions(_run(first, timezone="Europe/Zurich", post_kw=172.5), second)
    name = "DESL, run fitted to the first half, against the second"
    return [
        *_told("DESL, first half as measured, against the second", DESL, compare_sessions(first, second)),
        *_told(name, DESL, run),
        _held(name, DESL, run, "arrival_hour", HOUR_KS),
        _held(name, DESL, run, "soc_arrival", SOC_KS),
        _held(name, DESL, run, "soc_departure", DEPARTURE_KS),
    ]


def _dundee() -> list[Case]:
    if not (SHARED / DUNDEE_FILE).is_file():
        return [skipped("Dundee sessions, first half against second", DUNDEE, f"{DUNDEE_FILE} is not here")]
    rapid = select_sessions(read_sessions(SHARED / DUNDEE_FILE).frame, least_post_kw=RAPID_KW)
    first, second = _halves(rapid)
    run = compare_sessions(_run(first, timezone="Europe/London", post_kw=RAPID_KW), second)
    name = "Dundee, run fitted to the first half, against the second"
    return [
        *_told("Dundee, first half as measured, against the second", DUNDEE, compare_sessions(first, second)),
        *_told(name, DUNDEE, run),
        _held(name, DUNDEE, run, "arrival_hour", HOUR_KS),
    ]


def quick() -> list[Case]:
    """Return nothing: reading and fitting the files is tested with their readers."""
    return []


def long() -> list[Case]:
    """Fit the first half by date, simulate, and hold the run against the second half."""
    return [*_desl(), *_dundee()]
