"""Write a fit as a part of a scenario, with what it was made from in its comments."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from stationsim.models.charging import LingerSpec, StopSpec
from stationsim.models.charging.spec import EnergySpread
from stationsim.sessions.fit import SHARE_DIGITS, Fit
from stationsim.sessions.linger import LEAST_LINGER_MINUTES, Linger
from stationsim.sessions.spread import QUANTILES, Spread
from stationsim.spec import Spec

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
        what = f"of {kind} sessions" if own else f"of all sessions, since those on a {kind} are too few,"
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
    return [
        "charging:",
        "  # Vehicles are drawn after this file, not replayed.",
        "  replay: null",
        *_arrival_soc(fit),
        *_wish(fit),
        *(_no_linger_told(fit) if fit.linger is None else _linger(fit.linger)),
    ]


def _arrival_soc(fit: Fit) -> list[str]:
    if fit.soc_arrival is None:
        return ["  # The sessions hold no, or too few, states of charge: arrival_soc stays as it is."]
    return [
        "  # Share of sessions by state of charge at arrival, in ten bins of 0.1.",
        "  arrival_soc:",
        *(f"  {line}" for line in _list("histogram", fit.soc_arrival)),
        "    mean: null",
        "    sd: null",
    ]


def _wish(fit: Fit) -> list[str]:
    """Return what drivers come for: a state of charge where the file tells it, else an energy."""
    spread = fit.energy_kwh
    energy = _mapping("energy_wanted", EnergySpread, mean_kwh=spread.mean, sd_kwh=spread.sd)
    if fit.target_soc is not None:
        mean, sd = fit.target_soc
        return [
            "  # Calibrated: cut at what cars arrive with, it gives mean and spread of the departures",
            "  # measured.",
            f"  target_soc: {{histogram: null, mean: {mean:.4f}, sd: {sd:.4f}}}",
            "  # An energy that drivers come for would go before target_soc; for that, in the place of null:",
            f"  # {energy}  # {_distance(spread)}",
            "  energy_wanted: null",
        ]
    lines = [
        "  # Energy that drivers come for, in the place of target_soc: log-normal by mean and spread of the",
        f"  # energies measured, {_distance(spread)}. A run raises it to least_gain",
        "  # and cuts it where the pack is full, so its cars and arrival_soc shape what comes out.",
        f"  {energy}",
    ]
    if fit.soc_departure is not None:
        return ["  # No beta distribution of targets gives the departures of the file.", *lines]
    return lines


def _linger(linger: Linger) -> list[str]:
    lines = [
        f"  # {linger.known} sessions tell when charging ended. Cars that stayed more than "
        f"{LEAST_LINGER_MINUTES:g} min after it:"
    ]
    if linger.minutes is None:
        return [*lines, "  # none.", "  linger: null"]
    return [
        *lines,
        f"  # log-normal by mean and spread, {_distance(linger.minutes)}; what an",
        "  # idle fee did there is in it.",
        f"  {_linger_key(linger, linger.minutes)}",
    ]


def _no_linger_told(fit: Fit) -> list[str]:
    """Return what the user may choose where a file does not tell when charging ended."""
    most, stay = fit.linger_most, fit.stay_minutes
    lines = [
        "  # The file does not tell, or of too few sessions, when charging ended, so nothing is set about",
        f"  # the time that cars stay after it. Stays: mean {stay.mean:.1f} min, sd {stay.sd:.1f}.",
        "  # To choose, take away the first '#' of:",
    ]
    if most is None or most.minutes is None:
        lines += [
            "  # cars stay after charging, with numbers of your own, since no power is known either.",
            "  # linger: {share: YOURS, mean_minutes: YOURS, sd_minutes: YOURS}",
        ]
    else:
        lines += [
            "  # cars stay after charging, at most this long: what would be left of stays had cars charged",
            "  # at the highest power known all the while. They charged slower; by how much, the file",
            "  # does not tell.",
            f"  # {_linger_key(most, most.minutes)}  # {_distance(most.minutes)}",
        ]
    stop = _mapping("stop", StopSpec, mean_minutes=stay.mean, sd_minutes=stay.sd)
    return [
        *lines,
        "  # drivers leave after a time, charged or not, spread as stays are; who is done before goes then.",
        f"  # {stop}  # {_distance(stay)}",
    ]


def _distance(spread: Spread) -> str:
    return f"Kolmogorov distance {spread.ks_lognormal:.3f} from the file"


def _linger_key(linger: Linger, minutes: Spread) -> str:
    share = round(linger.share, SHARE_DIGITS)
    return _mapping("linger", LingerSpec, share=share, mean_minutes=minutes.mean, sd_minutes=minutes.sd)


def _mapping(key: str, spec: type[Spec], **numbers: float) -> str:
    """Return a key with its numbers; behind a comment sign where no scenario takes them."""
    written = {name: f"{number:.5g}" for name, number in numbers.items()}
    text = f"{key}: {{{', '.join(f'{name}: {number}' for name, number in written.items())}}}"
    try:
        spec(**{name: float(number) for name, number in written.items()})
    except ValueError:
        return f"# beyond what the key takes: {text}"
    return text


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
