"""Modules that lose power with the years."""

from __future__ import annotations

import numpy as np

from stationsim.models.pv.light import Array
from stationsim.models.pv.spec import AgeingSpec


def ageing_loss(spec: AgeingSpec | None, years: Array | float) -> Array:
    """Return the loss of rated power through age, 0 to 1.

    Parameters
    ----------
    spec
        Ageing; None for modules that stay as new.
    years
        Time since the start of the run [a].

    Notes
    -----
    The loss grows in a straight line, as warranties have it. By date, the mean of a year is that of its
    middle. PVWatts with years counts completed ones: its first year is without loss.

    References
    ----------
    Jordan and Kurtz, "Photovoltaic degradation rates - an analytical review", Progress in Photovoltaics 21
    (2013) 12-29: median 0.5 % a year.
    """
    if spec is None:
        return np.zeros_like(np.asarray(years, dtype=float))
    age = spec.age_years + np.asarray(years, dtype=float)
    if spec.loss_of_year != "by_date":
        age = np.floor(age) + (1.0 if spec.loss_of_year == "begun" else 0.0)
    return np.minimum(spec.degradation_percent_per_year / 100.0 * age, 1.0)
