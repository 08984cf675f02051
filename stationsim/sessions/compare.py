"""How far two sets of sessions are from each other, quantity by quantity."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.sessions.spread import QUANTILES

if TYPE_CHECKING:
    import pandas as pd

HOURS_PER_DAY = 24.0
ARRIVAL_HOUR = "arrival_hour"

QUANTITIES = {
    ARRIVAL_HOUR: ("Hour of arrival", "h"),
    "energy_kwh": ("Energy", "kWh"),
    "stay_minutes": ("Stay at the post", "min"),
    "soc_arrival": ("State of charge at arrival", "1"),
    "soc_departure": ("State of charge at departure", "1"),
    "mean_power_kw": ("Mean power", "kW"),
    "pmax_kw": ("Highest power", "kW"),
}
"""What is compared, with label and unit."""

CHANCE_KS = 1.3581
CHANCE_KUIPER = 1.7473
"""Distance times root of effective size that chance alone exceeds in 1 of 20 pairs. Source: Smirnov (1948);
Stephens (1970), J. Royal Statistical Society B 32."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Distance:
    """One quantity in two sets of sessions, the run's and the file's."""

    quantity: str
    label: str
    unit: str
    count: tuple[int, int]
    mean: tuple[float, float]
    quantiles: tuple[tuple[float, ...], tuple[float, ...]]
    """At 5, 25, 50, 75 and 95 per cent."""
    ks: float
    """Largest difference of the two distribution functions [-]; of hours of the day, Kuiper's distance."""
    ks_chance: float
    """What two samples of one distribution exceed in 1 of 20 cases [-]."""
    wasserstein: float
    """Mean distance by which sessions must be moved to turn one set into the other [unit]."""


@dataclass(frozen=True)
class SessionComparison:
    """How far two sets of sessions are from each other."""

    names: tuple[str, str]
    """Of the run and of the file."""
    distances: tuple[Distance, ...]
    samples: dict[str, tuple[Array, Array]] = field(repr=False)
    """Sorted values of each quantity in both."""

    def of(self, quantity: str) -> Distance:
        """Return the distance of one quantity."""
        return next(found for found in self.distances if found.quantity == quantity)

    def table(self) -> pd.DataFrame:
        """Return one row a quantity."""
        import pandas as pd

        rows = []
        for found in self.distances:
            row: dict[str, Any] = {"quantity": found.quantity, "unit": found.unit}
            for side, where in enumerate(("run", "file")):
                row |= {f"sessions_{where}": found.count[side], f"mean_{where}": found.mean[side]}
                names = (f"p{quantile * 100:02.0f}_{where}" for quantile in QUANTILES)
                row |= dict(zip(names, found.quantiles[side], strict=True))
            row |= {name: getattr(found, name) for name in ("ks", "ks_chance", "wasserstein")}
            rows.append(row)
        return pd.DataFrame(rows).set_index("quantity")

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "names": list(self.names),
            "distances": [
                {name: value for name, value in vars(found).items() if name != "label"}
                for found in self.distances
            ],
        }


def compare_sessions(
    run: pd.DataFrame, measured: pd.DataFrame, *, names: tuple[str, str] = ("run", "file")
) -> SessionComparison:
    """Compare two sets of sessions; what either does not know is left out.

    Parameters
    ----------
    run, measured
        Frames of sessions, see :mod:`stationsim.sessions`.
    names
        What to call them.

    Notes
    -----
    Hours of the day lie on a circle. Their mean is that of directions, their quantiles are counted from the
    hour opposite to it, Kuiper's distance takes the place of Kolmogorov and Smirnov's, being the largest of
    those over every hour at which a day may be cut, and they are moved by the shorter way round.

    References
    ----------
    .. [1] N. H. Kuiper, "Tests concerning random points on a circle", Proc. Koninklijke Nederlandse Akademie
       van Wetenschappen A 63 (1960) 38-47.
    .. [2] J. Rabin, J. Delon and Y. Gousseau, "Transportation distances on the circle", J. Mathematical
       Imaging and Vision 41 (2011): the median of the difference is taken off.
    """
    pairs = {name: (_values(run, name), _values(measured, name)) for name in QUANTITIES}
    known = {name: pair for name, pair in pairs.items() if len(pair[0]) and len(pair[1])}
    if not known:
        raise ValueError("run and measured must have sessions, got none in one of them")
    found = tuple(_distance(name, *pair) for name, pair in known.items())
    return SessionComparison(names, found, known)


def _values(frame: pd.DataFrame, quantity: str) -> Array:
    """Return the known values of a quantity, sorted."""
    if quantity == ARRIVAL_HOUR:
        moments = frame["arrival"].dt
        values = (moments.hour + moments.minute / 60 + moments.second / 3600).to_numpy(dtype=float)
    elif quantity == "mean_power_kw":
        values = (frame["energy_kwh"] / frame["stay_minutes"] * 60).to_numpy(dtype=float)
    else:
        values = frame[quantity].to_numpy(dtype=float)
    known: Array = np.sort(values[np.isfinite(values)])
    return known


def _distance(quantity: str, run: Array, measured: Array) -> Distance:
    label, unit = QUANTITIES[quantity]
    around = quantity == ARRIVAL_HOUR
    sides = (run, measured)
    size = math.sqrt(len(run) * len(measured) / (len(run) + len(measured)))
    chance = CHANCE_KUIPER / (size + 0.155 + 0.24 / size) if around else CHANCE_KS / size
    return Distance(
        quantity=quantity,
        label=label,
        unit=unit,
        count=(len(run), len(measured)),
        mean=(_mean(run, around), _mean(measured, around)),
        quantiles=(_quantiles(sides[0], around), _quantiles(sides[1], around)),
        ks=ks_distance(run, measured, around=around),
        ks_chance=min(chance, 1.0),
        wasserstein=wasserstein(run, measured, period=HOURS_PER_DAY if around else None),
    )


def _mean(values: Array, around: bool) -> float:
    if not around:
        return float(values.mean())
    angle = values * (2 * math.pi / HOURS_PER_DAY)
    mean = math.atan2(float(np.sin(angle).mean()), float(np.cos(angle).mean()))
    return mean / (2 * math.pi) * HOURS_PER_DAY % HOURS_PER_DAY


def _quantiles(values: Array, around: bool) -> tuple[float, ...]:
    if not around:
        return tuple(np.quantile(values, QUANTILES).tolist())
    cut = _mean(values, around) - HOURS_PER_DAY / 2
    from_cut = (values - cut) % HOURS_PER_DAY
    return tuple(((np.quantile(from_cut, QUANTILES) + cut) % HOURS_PER_DAY).tolist())


def _difference(first: Array, second: Array) -> tuple[Array, Array]:
    """Return the merged values of two sorted sets and the difference of their shares up to each."""
    merged = np.unique(np.concatenate([first, second]))
    shares = [np.searchsorted(values, merged, side="right") / len(values) for values in (first, second)]
    return merged, shares[0] - shares[1]


def ks_distance(first: Array, second: Array, *, around: bool = False) -> float:
    """Return Kolmogorov and Smirnov's distance of two sorted sets; Kuiper's where values go around [-]."""
    _, difference = _difference(first, second)
    if around:
        return float(max(difference.max(), 0.0) - min(difference.min(), 0.0))
    return float(np.abs(difference).max())


def wasserstein(first: Array, second: Array, *, period: float | None = None) -> float:
    """Return the mean distance by which one sorted set must be moved to become the other [their unit].

    Parameters
    ----------
    first, second
        Sorted values.
    period
        Where values go around, the length of the circle.
    """
    merged, difference = _difference(first, second)
    if period is None:
        return float(np.abs(difference[:-1]) @ np.diff(merged))
    widths = np.diff(np.append(merged, merged[0] + period))
    order = np.argsort(difference)
    below = np.cumsum(widths[order])
    middle = difference[order][np.searchsorted(below, period / 2)]
    return float(np.abs(difference - middle) @ widths)
