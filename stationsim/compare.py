"""Put the numbers of several runs side by side and say what makes the comparison doubtful."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stationsim.kpis import kpis
from stationsim.kpis.comparison import Comparison

if TYPE_CHECKING:
    from stationsim.results import Results

__all__ = ["Comparison", "compare"]


def compare(runs: Sequence[Results], names: Sequence[str] | None = None) -> Comparison:
    """Compare runs with the first of them.

    Parameters
    ----------
    runs
        At least two runs; the first is the base.
    names
        Name of each run; the names of the scenarios where they are left out. A name met before gets a number.

    Returns
    -------
    Comparison
        Numbers of every run and, in ``warnings``, what differs beside the designs: versions, seeds, periods,
        steps, currencies.
    """
    if len(runs) < 2:
        raise ValueError(f"runs must be at least two, got {len(runs)}")
    labels = [str(run.scenario["name"]) for run in runs] if names is None else list(names)
    if len(labels) != len(runs):
        raise ValueError(f"names must be one for each run, got {len(labels)} for {len(runs)}")
    unique = _numbered(labels)
    versions = _versions(runs)
    warnings = (*_version_warnings(unique, versions), *_other_warnings(unique, runs))
    return Comparison(unique, tuple(kpis(run) for run in runs), versions, warnings)


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names with a number behind each one that was there before."""
    taken: dict[str, None] = {}
    for name in names:
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        taken[unique] = None
    return tuple(taken)


def _versions(runs: Sequence[Results]) -> dict[str, tuple[str, ...]]:
    found: list[Any] = [run.provenance.get("versions", {}) for run in runs]
    libraries = dict.fromkeys(library for versions in found for library in versions)
    return {library: tuple(str(versions.get(library, "")) for versions in found) for library in libraries}


def _version_warnings(names: Sequence[str], versions: dict[str, tuple[str, ...]]) -> Iterator[str]:
    mixed = {library: found for library, found in versions.items() if len(set(found)) > 1}
    for library, found in mixed.items():
        yield f"made by different versions of {library}: {_each(names, found)}; run them again with one"


def _other_warnings(names: Sequence[str], runs: Sequence[Results]) -> Iterator[str]:
    checks: tuple[tuple[str, Callable[[Any], str], str], ...] = (
        ("seeds", _seed, "the runs meet other cars and another sky, so small differences mean nothing"),
        ("periods", _period, "compare the numbers per day and the shares, not the totals"),
        ("steps", _step, "peaks depend on the step"),
        ("currencies", _currency, "bills are not subtracted"),
        ("places", _place, "the differences are not the designs' alone"),
        ("weathers", _weather, "the differences are not the designs' alone"),
        ("vehicles a day", _vehicles, "the differences are not the designs' alone"),
    )
    for what, read, so in checks:
        found = [read(run.scenario) for run in runs]
        if len(set(found)) > 1:
            yield f"{what} differ: {_each(names, found)}; {so}"


def _each(names: Sequence[str], found: Sequence[str]) -> str:
    return ", ".join(f"{value or 'unknown'} ({name})" for name, value in zip(names, found, strict=True))


def _seed(scenario: Any) -> str:
    simulation = scenario["simulation"]
    replication = int(simulation.get("replication", 0))
    return f"{simulation['seed']}" + (f" replication {replication}" if replication else "")


def _period(scenario: Any) -> str:
    return f"{scenario['period']['start']} to {scenario['period']['end']}"


def _step(scenario: Any) -> str:
    return f"{scenario['simulation']['step_minutes']} min"


def _place(scenario: Any) -> str:
    site = scenario.get("site", {})
    return f"{site['latitude_deg']:g}, {site['longitude_deg']:g}" if "latitude_deg" in site else ""


def _weather(scenario: Any) -> str:
    weather = scenario.get("weather") or {}
    return str(weather.get("file") or weather.get("climate_file") or weather.get("climate") or "")


def _vehicles(scenario: Any) -> str:
    traffic = scenario.get("traffic") or {}
    road, vehicles = traffic.get("road") or {}, traffic.get("vehicles_per_day")
    if vehicles is None and road.get("aadt") is not None:
        vehicles = road["aadt"] * road["turn_in_rate"]
    return "" if vehicles is None else f"{vehicles:g}"


def _currency(scenario: Any) -> str:
    return str(scenario["grid"]["tariff"]["currency"])
