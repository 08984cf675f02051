"""Measured sessions: what is fitted to the first half of a file, against the second half of it."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from stationsim.prove.case import Case, skipped, within
from stationsim.prove.files import absent, data_file
from stationsim.scenario import load_scenario
from stationsim.scenario.schema import Scenario
from stationsim.sessions.compare import Distance, SessionComparison, compare_sessions
from stationsim.sessions.fit import fit_sessions
from stationsim.sessions.fragment import fragment_text
from stationsim.sessions.read import read_sessions, select_sessions

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

ENERGY_KS = 0.20
"""The same of the energy: a log-normal distribution, which a run raises to the least gain of its packs."""

STAY_KS = 0.10
"""The same of the stay, with energy as measured and the longest linger that the file allows."""

STATION = "data/small_station.yaml"
"""File of the package with the station whose traffic and posts are replaced."""

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


@dataclass(frozen=True)
class Station:
    """Where sessions were measured."""

    name: str
    source: str
    timezone: str
    post_kw: float


DESL_STATION = Station("DESL", DESL, "Europe/Zurich", 172.5)
DUNDEE_STATION = Station("Dundee", DUNDEE, "Europe/London", RAPID_KW)

ALL_THE_REST = "linger for all of the stay that the highest power leaves"
BY_ENERGY = f"energy_wanted, {ALL_THE_REST}"
CHOSEN: dict[Station, dict[str, tuple[str, ...]]] = {
    DESL_STATION: {
        ALL_THE_REST: ("linger",),
        "energy_wanted": ("energy_wanted",),
        BY_ENERGY: ("energy_wanted", "linger"),
        "stop after the stays": ("stop",),
    },
    DUNDEE_STATION: {
        "the parent's target_soc": ("target_soc",),
        ALL_THE_REST: ("linger",),
        "stop after the stays": ("stop",),
    },
}
"""What is chosen beside the fit of each station, in words and by the names of `_choices`."""


def _run(frame: Frame, station: Station, choices: Sequence[str] = ()) -> Frame:
    """Simulate a station with what is fitted to sessions, and what is chosen beside it; return its own."""
    from stationsim.measured import run_sessions
    from stationsim.simulation import simulate

    part = fragment_text(fit_sessions(frame), extends="base.yaml")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "base.yaml").write_bytes(resources.files("stationsim").joinpath(STATION).read_bytes())
        path = Path(folder) / "part.yaml"
        path.write_text(part, encoding="utf-8")
        first = dt.date(2025, 3, 31)
        words = [
            f"period={{start: {first}, end: {first + dt.timedelta(days=SIMULATED_DAYS - 1)}}}",
            f"site.timezone={station.timezone}",
            f"traffic.vehicles_per_day={SESSIONS_PER_DAY * 100}",
            "traffic.ev_share=0.1",
            "traffic.charging_share=0.1",
            f"charging.groups=[{{name: fast, posts: 6, power_kw: {station.post_kw}}}]",
            "grid.import_limit_kw=1500",
            "grid.transformer_kva=2000",
            *choices,
        ]
        scenario = load_scenario(path, model=Scenario, overrides=words).scenario
    return run_sessions(simulate(scenario))


def _choices(frame: Frame) -> dict[str, str]:
    """Return what the part leaves to choose, as overrides by name."""
    fit = fit_sessions(frame)
    stay, most, energy = fit.stay_minutes, fit.linger_most, fit.energy_kwh
    if most is None or most.minutes is None:
        raise ValueError("frame must tell powers and not when charging ended")
    linger = f"share: {most.share}, mean_minutes: {most.minutes.mean}, sd_minutes: {most.minutes.sd}"
    return {
        "target_soc": "charging.energy_wanted=null",
        "linger": f"charging.linger={{{linger}}}",
        "stop": f"charging.stop={{mean_minutes: {stay.mean}, sd_minutes: {stay.sd}}}",
        "energy_wanted": f"charging.energy_wanted={{mean_kwh: {energy.mean}, sd_kwh: {energy.sd}}}",
    }


def _told(name: str, source: str, distances: Sequence[Distance]) -> list[Case]:
    """Return distances for information."""
    cases = []
    for found in distances:
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


def _cases(station: Station, frame: Frame, limits: Mapping[str, float], stay: str) -> list[Case]:
    """Return the cases of a station; ``stay`` is the choice beside the fit under which the stay is held."""
    first, second = _halves(frame)
    name = f"{station.name}, run fitted to the first half, against the second"
    as_measured = compare_sessions(first, second)
    fitted = compare_sessions(_run(first, station), second)
    cases = [
        *_told(
            f"{station.name}, first half as measured, against the second",
            station.source,
            as_measured.distances,
        ),
        *_told(name, station.source, fitted.distances),
        *(_held(name, station.source, fitted, quantity, most) for quantity, most in limits.items()),
    ]
    offered = _choices(first)
    for words, keys in CHOSEN[station].items():
        run = compare_sessions(_run(first, station, [offered[key] for key in keys]), second)
        with_words = f"{station.name}, the same with {words}"
        both = [run.of("energy_kwh"), run.of("stay_minutes")]
        cases += _told(with_words, station.source, both)
        if words == stay:
            cases.append(_held(with_words, station.source, run, "stay_minutes", STAY_KS))
    return cases


def _desl() -> list[Case]:
    if not data_file(DESL_FILE).is_file():
        return [skipped("DESL sessions, first half against second", DESL, absent(DESL_FILE))]
    limits = {"arrival_hour": HOUR_KS, "soc_arrival": SOC_KS, "soc_departure": DEPARTURE_KS}
    return _cases(DESL_STATION, read_sessions(data_file(DESL_FILE)).frame, limits, BY_ENERGY)


def _dundee() -> list[Case]:
    if not data_file(DUNDEE_FILE).is_file():
        return [skipped("Dundee sessions, first half against second", DUNDEE, absent(DUNDEE_FILE))]
    rapid = select_sessions(read_sessions(data_file(DUNDEE_FILE)).frame, least_post_kw=RAPID_KW)
    return _cases(
        DUNDEE_STATION, rapid, {"arrival_hour": HOUR_KS, "energy_kwh": ENERGY_KS}, stay=ALL_THE_REST
    )


def quick() -> list[Case]:
    """Return nothing: reading and fitting the files is tested with their readers."""
    return []


def long() -> list[Case]:
    """Fit the first half by date, simulate, and hold the run against the second half."""
    return [case for name in parts() for case in part(name)]


def parts() -> list[str]:
    """Return the names of the stations."""
    return [DESL_STATION.name, DUNDEE_STATION.name]


def part(name: str) -> list[Case]:
    """Return the cases of a station."""
    return _desl() if name == DESL_STATION.name else _dundee()
