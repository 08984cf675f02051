"""One uniform number a car and attribute, and what distributions make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stationsim.models.charging import SOC_BINS, SocSpread
from stationsim.seeds import Purpose, stream

SOC_GRID = 2000
"""Steps of the table of a beta distribution over states of charge; between them it is a straight line."""


@dataclass(frozen=True)
class Uniforms:
    """Uniform numbers of cars, one a car from the stream of each purpose, by the number of the car.

    A car keeps its numbers whatever other attributes are drawn, and whichever cars are left out.
    """

    seed: int
    """Seed of the run."""
    replication: int
    """Number of the replication, from 0."""
    number: int
    """How many cars there are before any is left out."""
    kept: NDArray[np.bool_] | None = None
    """Which of them are kept; None for all."""

    def __len__(self) -> int:
        """Return the number of kept cars."""
        return self.number if self.kept is None else int(np.count_nonzero(self.kept))

    def of(self, purpose: Purpose) -> NDArray[np.float64]:
        """Return the numbers of the kept cars for one purpose, 0 to 1."""
        drawn = stream(self.seed, purpose, self.replication).random(self.number)
        return drawn if self.kept is None else drawn[self.kept]

    def among(self, kept: NDArray[np.bool_]) -> Uniforms:
        """Return the numbers of some of the cars."""
        return replace(self, kept=kept)


def log_normal(uniform: NDArray[np.float64], *, mean: float, sd: float) -> NDArray[np.float64]:
    """Return log-normal values by inverting their distribution.

    Parameters
    ----------
    uniform
        Share of the distribution below each value [-].
    mean, sd
        Mean, above 0, and standard deviation of the values; a deviation of 0 gives the mean to all.
    """
    from scipy.special import ndtri

    variance = np.log1p((sd / mean) ** 2)
    if variance == 0:
        return np.full(len(uniform), mean)
    drawn: NDArray[np.float64] = mean * np.exp(np.sqrt(variance) * ndtri(uniform) - variance / 2)
    return drawn


def draw_soc(
    spread: SocSpread,
    uniform: NDArray[np.float64],
    low: float | NDArray[np.float64],
    high: float,
) -> NDArray[np.float64]:
    """Return states of charge of a spread cut to ``low`` .. ``high``, by inverting its distribution.

    Parameters
    ----------
    spread
        How states of charge spread over cars.
    uniform
        Share of the cut distribution below each value [-].
    low, high
        Where it is cut [-]; of a spread with nothing between them the nearer end remains.
    """
    soc, below = _distribution(spread)
    start, end = np.interp(low, soc, below), np.interp(high, soc, below)
    drawn = np.interp(start + uniform * (end - start), below, soc)
    return np.clip(drawn, low, high)


def _distribution(spread: SocSpread) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return states of charge and the share of cars below each; straight lines between."""
    if spread.histogram is not None:
        return np.linspace(0, 1, SOC_BINS + 1), np.concatenate([[0.0], np.cumsum(spread.histogram)])
    mean, sd = float(spread.mean or 0), float(spread.sd or 0)
    if sd == 0:
        return np.array([mean, mean]), np.array([0.0, 1.0])
    from scipy.special import betainc

    weight = mean * (1 - mean) / sd**2 - 1
    soc = np.linspace(0, 1, SOC_GRID + 1)
    below: NDArray[np.float64] = betainc(mean * weight, (1 - mean) * weight, soc)
    return soc, below
