"""Runs of one station year after year: batteries and modules are as old as the year before left them."""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stationsim.errors import ModelError, Problem, ScenarioError
from stationsim.kpis import Kpis, kpis
from stationsim.kpis.health import UnitHealth, battery_health
from stationsim.kpis.period import whole_years_between
from stationsim.models.ageing import Health
from stationsim.results import Results
from stationsim.scenario import Scenario, resolved_dict

if TYPE_CHECKING:
    import pandas as pd

MOST_YEARS = 100
"""Most runs in a row."""

DAYS_PER_YEAR = 365.25

COLUMNS = {
    "battery_health_start_percent": "battery_health_start",
    "battery_health_end_percent": "battery_health_end",
    "battery_calendar_loss_percent": "battery_calendar_loss",
    "battery_cycle_loss_percent": "battery_cycle_loss",
    "battery_years_to_end_of_life": "battery_years_to_end_of_life",
    "battery_days_outside_ageing_model": "battery_days_outside_ageing_model",
    "battery_warranty_spent_percent": "battery_warranty_spent",
    "battery_wear_cost": "battery_wear_cost",
    "battery_throughput_kwh": "battery_throughput",
    "battery_cycles": "battery_cycles",
    "pv_generated_kwh": "pv_generated",
    "use_total_kwh": "use_total",
    "meter_import_kwh": "meter_import",
    "meter_export_kwh": "meter_export",
    "self_consumption_percent": "self_consumption",
    "self_sufficiency_percent": "self_sufficiency",
    "bill_total": "bill_total",
    "carbon_published_net_t": "carbon_published_net",
    "carbon_metered_emitted_t": "carbon_metered_emitted",
}
"""Columns of the table of years, and the number of a run that each one holds."""

Changes = Mapping[str, Any]
"""Dotted path of a scenario to the value it has in one of the years."""

Progress = Callable[[int, int], None]


class Played(NamedTuple):
    """What is kept of a run."""

    kpis: Kpis
    health: Mapping[str, UnitHealth]
    result_hash: str


@dataclass(frozen=True)
class Year:
    """One run among those of several years."""

    number: int
    """Number of the year, from 1."""
    changes: Changes
    """What sets its scenario apart from the first year's."""
    replaced: tuple[str, ...]
    """Batteries that are new since its start, by name; the only one of a station is called battery."""
    played: Played
    """What happened."""


@dataclass(frozen=True)
class Years:
    """Runs of several years, one after another."""

    name: str
    """Name of the design."""
    years: tuple[Year, ...]

    def table(self) -> pd.DataFrame:
        """Return one row a year."""
        return table_of(rows_of(self.years))


def simulate_years(
    scenario: Scenario,
    years: int,
    *,
    base: str | Path = ".",
    allow_paths: Sequence[Path] = (),
    progress: Progress | None = None,
    keep: Callable[[int, Results], object] | None = None,
) -> Years:
    """Play a scenario again and again, each time with what the time before left of batteries and modules.

    Parameters
    ----------
    scenario
        The first year.
    years
        How many runs of the scenario's own period.
    base, allow_paths
        As for :func:`stationsim.simulate`.
    progress
        Called after each civil day with the days that are done and all of them.
    keep
        Called with number and results of each year, which are let go afterwards.

    Notes
    -----
    Health, energy discharged and age of batteries and the age of solar modules are carried over; tanks, rooms
    and states of charge begin as the scenario says. Each year is another replication: another draw of
    visitors and, where weather is drawn, of weather.
    """
    from stationsim.simulation import simulate

    def play(number: int, changes: Changes) -> Played:
        results = simulate(
            with_changes(scenario, changes),
            base=base,
            allow_paths=allow_paths,
            progress=part_of(progress, number, years),
        )
        if keep is not None:
            keep(number, results)
        return played_of(results)

    return Years(scenario.name, tuple(play_years(scenario, years, play)))


def play_years(scenario: Scenario, years: int, play: Callable[[int, Changes], Played]) -> Iterator[Year]:
    """Yield the years one after another; how one is played is the caller's."""
    if not 1 <= years <= MOST_YEARS:
        raise ValueError(f"years must be from 1 to {MOST_YEARS}, got {years}")
    check_ages(scenario, years)
    health: Mapping[str, UnitHealth] = {}
    for number in range(1, years + 1):
        worn = tuple(name for name, unit in health.items() if _is_to_replace(scenario, name, unit))
        carried = {name: Health() if name in worn else unit.ageing.end for name, unit in health.items()}
        changes = changes_of(scenario, number, carried)
        try:
            played = play(number, changes)
        except ModelError as error:
            raise ModelError(f"year {number}: {error}") from None
        health = played.health
        yield Year(number, changes, worn, played)


def played_of(results: Results, found: Kpis | None = None) -> Played:
    """Return what is kept of a run."""
    named = kpis(results) if found is None else found
    return Played(named, battery_health(results), str(results.provenance["result_hash"]))


def changes_of(scenario: Scenario, number: int, carried: Mapping[str, Health]) -> Changes:
    """Return what sets the scenario of a year apart from the first year's: nothing for the first."""
    if number == 1:
        return {}
    changes: dict[str, Any] = {"simulation.replication": scenario.simulation.replication + number - 1}
    for name, health in carried.items():
        unit = "battery" if scenario.battery is not None else f"batteries[{name}]"
        changes[f"{unit}.ageing.initial"] = health._asdict()
    path, age_years = _module_age(scenario)
    if path:
        changes[path] = age_years + (number - 1) * _years_of(scenario)
    return changes


def check_ages(scenario: Scenario, years: int) -> None:
    """Refuse more years than solar modules may grow old, before the first of them is played.

    Raises
    ------
    ScenarioError
        The last year begins with modules beyond the greatest age; batteries have none.
    """
    ageing = scenario.solar.ageing if scenario.solar is not None else None
    if ageing is None:
        return
    length, oldest = _years_of(scenario), ageing.oldest_at_start(scenario.period.n_days / DAYS_PER_YEAR)
    if ageing.age_years + (years - 1) * length <= oldest:
        return
    most = 1 + math.floor((oldest - ageing.age_years) / length)
    raise ScenarioError(
        [
            Problem(
                f"year {most + 1} of {years} would begin with modules older than {oldest:.4g} years, "
                f"the most at {ageing.degradation_percent_per_year:g} % a year",
                path="solar.ageing.age_years",
                value=f"{ageing.age_years:g}",
                hint=f"{most} of these years remain; ask for no more, or begin with younger modules",
            )
        ]
    )


def _module_age(scenario: Scenario) -> tuple[str, float]:
    """Return the path of the solar modules' age and the age; no path where they do not age."""
    path, section = "solar", scenario.solar
    ageing = getattr(section, "ageing", None)
    if ageing is not None:
        path, section = "solar.ageing", ageing
    age_years = getattr(section, "age_years", None)
    return ("", 0.0) if age_years is None else (f"{path}.age_years", float(age_years))


def _years_of(scenario: Scenario) -> float:
    """Return the length of the scenario's period: whole years as such [a]."""
    period = scenario.period
    return float(whole_years_between(period.start, period.end) or period.n_days / DAYS_PER_YEAR)


def _is_to_replace(scenario: Scenario, name: str, unit: UnitHealth) -> bool:
    """Tell whether a battery is worn out and its scenario wants a new one then."""
    ageing = dict(scenario.battery_units)[name].ageing
    return ageing is not None and ageing.replace and unit.ageing.end.share < ageing.end_of_life_share


def with_changes(scenario: Scenario, changes: Changes) -> Scenario:
    """Return a scenario with other values at some dotted paths."""
    if not changes:
        return scenario
    from stationsim.scenario.load import parse_scenario

    loaded = parse_scenario(
        resolved_dict(scenario), model=Scenario, overrides=override_words(changes), check_files=False
    )
    return loaded.scenario


def override_words(changes: Changes) -> tuple[str, ...]:
    """Return changes as the words of ``--set``; numbers keep all their digits."""
    return tuple(f"{path}={json.dumps(value)}" for path, value in changes.items())


def part_of(progress: Progress | None, number: int, years: int) -> Progress | None:
    """Return the progress of one year as a part of all of them."""
    return None if progress is None else functools.partial(_in_part, progress, number, years)


def _in_part(progress: Progress, number: int, years: int, day: int, days: int) -> None:
    progress(day + (number - 1) * days, years * days)


def rows_of(years: Sequence[Year]) -> list[dict[str, Any]]:
    """Return one row a year as plain data; None where a number does not apply."""
    present = {
        column: name
        for column, name in COLUMNS.items()
        if any(name in year.played.kpis and year.played.kpis[name].applies for year in years)
    }
    return [
        {
            "year": year.number,
            "battery_replaced": " ".join(year.replaced),
            **{column: _value(year.played.kpis, name) for column, name in present.items()},
            "result_hash": year.played.result_hash,
        }
        for year in years
    ]


def _value(found: Kpis, name: str) -> float | None:
    value = found[name].value if name in found else math.nan
    return value if math.isfinite(value) else None


def table_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows of years as a table with the year as its index."""
    import pandas as pd

    return pd.DataFrame(list(rows)).set_index("year")


def warnings_of(years: Sequence[Year]) -> list[str]:
    """Return what there is to tell of batteries whose days lay outside what their model was fitted to."""
    days: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for year in years:
        for name, unit in year.played.health.items():
            days[name] += unit.ageing.days_outside
            kinds.setdefault(name, Counter()).update(unit.ageing.outside)
    return [
        f"{name} was on {count} days outside what its ageing model was fitted to: "
        + ", ".join(f"{times} d {kind}" for kind, times in kinds[name].most_common())
        for name, count in days.items()
        if count
    ]
