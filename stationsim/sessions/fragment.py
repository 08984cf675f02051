"""Write a fit as a part of a scenario, with what it was made from in its comments."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from stationsim.sessions.fit import QUANTILES, Fit, Spread

PER_LINE = 12
"""Numbers in a line of a list."""

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def fragment_text(fit: Fit, *, extends: str | None = None) -> str:
    """Return a fit as a scenario file that holds what sessions tell and nothing else.

    Parameters
    ----------
    fit
        What was fitted.
    extends
        Scenario that the file is to extend; where it is left out, a comment shows where to name it.
    """
    parent = "# extends: my_station.yaml" if extends is None else f"extends: {json.dumps(extends)}"
    lines = [*_head(fit), parent, *_traffic(fit), *_charging(fit)]
    return "\n".join(lines) + "\n"


def _head(fit: Fit) -> list[str]:
    return [
        "# What measured charging sessions say, as a part of a scenario.",
        f"# Source: {fit.source}",
        f"# {fit.sessions} sessions, {fit.first_day} to {fit.last_day}, {fit.days} days: "
        f"{fit.sessions_per_day:.2f} sessions a day.",
        "# In a scenario, sessions a day are vehicles_per_day x ev_share x charging_share; choose these.",
        f"# Weekdays over the mean day: {_named(DAY_NAMES, fit.weekday_factors)}",
        *_spread("Energy", "kWh", fit.energy_kwh),
        *_spread("Stay", "min", fit.stay_minutes),
        "# Energy and stay follow from vehicles, states of charge and posts, and are no keys of their own.",
    ]


def _spread(what: str, unit: str, spread: Spread) -> list[str]:
    names = [f"P{quantile * 100:.0f}" for quantile in QUANTILES]
    return [
        f"# {what} [{unit}]: mean {spread.mean:.2f}, sd {spread.sd:.2f}; {_named(names, spread.quantiles)}",
        f"#   lognormal mu {spread.lognormal[0]:.4f}, sigma {spread.lognormal[1]:.4f}; "
        f"gamma shape {spread.gamma[0]:.4f}, scale {spread.gamma[1]:.4f}",
    ]


def _named(names: Sequence[str], values: Sequence[float]) -> str:
    return ", ".join(
        f"{name} {value:.2f}" if math.isfinite(value) else f"{name} none"
        for name, value in zip(names, values, strict=True)
    )


def _traffic(fit: Fit) -> list[str]:
    lines = ["traffic:"]
    kinds = (("weekday", fit.hourly_shape_weekday), ("weekend", fit.hourly_shape_weekend))
    for kind, own in kinds:
        what = (
            f"of {kind} sessions" if own else f"of all sessions: too few on a {kind} for a shape of their own"
        )
        lines.append(f"  # Share {what} that began in each hour; holds for every vehicle that enters.")
        lines += _list(f"hourly_shape_{kind}", own or fit.hourly_shape)
    if math.isfinite(fit.weekend_factor) and fit.weekend_factor > 0:
        lines += [
            "  # Sessions on a weekend day over those on a weekday; whether more vehicles or a larger share",
            "  # of them charges, sessions do not tell.",
            f"  weekend_factor: {fit.weekend_factor:.4f}",
            "  weekend_charging_factor: 1.0",
        ]
    return lines


def _charging(fit: Fit) -> list[str]:
    if fit.soc_arrival is None:
        return [
            "# The sessions hold no states of charge: charging.arrival_soc and target_soc stay as they are."
        ]
    lines = [
        "charging:",
        "  # Share of sessions by state of charge at arrival, in ten bins of 0.1.",
        "  arrival_soc:",
        *(f"  {line}" for line in _list("histogram", fit.soc_arrival)),
        "    mean: null",
        "    sd: null",
    ]
    if fit.target_soc is None:
        return [*lines, "  # No beta distribution of targets gives the departures of the file."]
    mean, sd = fit.target_soc
    return [
        *lines,
        "  # Calibrated: cut at what cars arrive with, it gives mean and spread of the departures measured.",
        f"  target_soc: {{histogram: null, mean: {mean:.4f}, sd: {sd:.4f}}}",
    ]


def _list(key: str, values: Sequence[float]) -> list[str]:
    """Return a list of numbers under a key, in lines of bearable length."""
    numbers = [f"{value:.4f}" for value in values]
    rows = [", ".join(numbers[at : at + PER_LINE]) for at in range(0, len(numbers), PER_LINE)]
    return [f"  {key}:", "    [" + ",\n     ".join(rows) + "]"] if len(rows) == 1 else [
        f"  {key}:",
        "    [",
        *(f"      {row}," for row in rows),
        "    ]",
    ]  # fmt: skip
