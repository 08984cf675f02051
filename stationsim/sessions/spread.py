"""How a quantity spreads over sessions, and how near a log-normal distribution comes to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How a positive quantity spreads over sessions."""

    count: int
    mean: float
    sd: float
    quantiles: tuple[float, ...]
    """At `QUANTILES`."""
    lognormal: tuple[float, float]
    """Mean and standard deviation of the logarithm."""
    gamma: tuple[float, float]
    """Shape [-] and scale [unit of the quantity], by moments."""
    ks_lognormal: float
    """Kolmogorov's distance of the log-normal distribution of the same mean and standard deviation [-]."""


def spread_of(values: Array) -> Spread:
    """Return how positive values spread, with the lognormal and the gamma distribution of their moments."""
    mean, sd = float(values.mean()), float(values.std())
    logs = np.log(values)
    gamma = (mean**2 / sd**2, sd**2 / mean) if sd > 0 else (math.inf, 0.0)
    return Spread(
        count=len(values),
        mean=mean,
        sd=sd,
        quantiles=tuple(np.quantile(values, QUANTILES).tolist()),
        lognormal=(float(logs.mean()), float(logs.std())),
        gamma=gamma,
        ks_lognormal=lognormal_distance(values, mean=mean, sd=sd),
    )


def lognormal_distance(values: Array, *, mean: float, sd: float) -> float:
    """Return Kolmogorov's distance of positive values from a log-normal distribution [-].

    Parameters
    ----------
    values
        In any order.
    mean, sd
        Mean and standard deviation of the distribution; a deviation of 0 gives the mean to all.
    """
    from scipy.special import ndtr

    ordered = np.sort(values)
    variance = math.log1p((sd / mean) ** 2)
    if variance == 0:
        return float(np.mean(ordered != mean))
    below = ndtr((np.log(ordered / mean) + variance / 2) / math.sqrt(variance))
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max((steps[1:] - below).max(), (below - steps[:-1]).max()))
