"""Simulate an expressway service station with solar, storage, fast chargers and a busy building.

A run and a look at it in six lines::

    import stationsim as ss

    scenario = ss.Scenario.from_yaml("scenarios/jinan_east.yaml", overrides=["period.end=2025-01-14"])
    results = ss.simulate(scenario)
    print(ss.daily_balance(results))
    print(ss.compute_kpis(results)["pv_generated_per_day"].value, "kWh a day")
    ss.plot_day(results, "2025-01-07").savefig("day.png")

The names below are all that scripts need. They load what they stand for when they are first used, so that
``import stationsim`` costs nothing. None is the name of a module: ``stationsim.kpis`` and
``stationsim.compare`` are modules, their functions are ``compute_kpis`` and ``compare_runs`` here.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

__all__ = [
    "BalanceError",
    "Results",
    "Scenario",
    "ScenarioError",
    "__version__",
    "compare_runs",
    "compute_kpis",
    "daily_balance",
    "figures",
    "monthly_balance",
    "plot_carpet",
    "plot_day",
    "plot_days",
    "plot_months",
    "plot_waiting",
    "simulate",
    "simulate_years",
]

_HOMES = {
    "BalanceError": "errors",
    "Results": "results",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "compare_runs": "compare:compare",
    "compute_kpis": "kpis:kpis",
    "daily_balance": "tables",
    "figures": "plots",
    "monthly_balance": "tables",
    "plot_carpet": "plots",
    "plot_day": "plots",
    "plot_days": "plots",
    "plot_months": "plots",
    "plot_waiting": "plots",
    "simulate": "simulation",
    "simulate_years": "years",
}
"""Module of each name, and its name there where it has another one; ``__init__.pyi`` has the types."""


def __getattr__(name: str) -> Any:
    """Load a public name at its first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, inside = _HOMES[name].partition(":")
    value = getattr(importlib.import_module(f"{__name__}.{module}"), inside or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
