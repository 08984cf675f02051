"""Bring weather of any step to the clock's step: every energy kept, the sun right at each step."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stationsim.weather.precipitation import amounts_of_steps
from stationsim.weather.raw import FALLEN, NATIVE_COLUMNS
from stationsim.weather.sun import sun_at_clock

if TYPE_CHECKING:
    import pandas as pd

    from stationsim.clock import Clock

Array = NDArray[np.float64]

SUN_COLUMNS = ("apparent_zenith", "zenith", "azimuth", "dni_extra")

COARSE_STEP_MINUTES = 10
"""Above this step length the sun of a step is a mean over finer steps [min]; below, the sun at its middle."""

INNER_STEP_MINUTES = 5
"""Longest of those finer steps [min]; the sun moves 1.25 deg in one."""

AIR_TRANSMISSION = 0.7
"""Share of the beam that passes one clear air mass. From Meinel and Meinel, 1976."""

AIR_MASS_EXPONENT = 0.678
"""Exponent of the air mass in the same formula."""

MOST_INDEX = 1.5
"""Largest clearness that may shape its neighbours: an hour lit for a minute has no meaningful one."""

DARK_W_M2 = 1e-9
"""Mean below which an interval has no shape to scale [W/m2]."""

FAINT_SUN = 1e-3
"""Weight of the mere presence of the sun beside that of its beam, as a share of the beam outside the air."""


def to_clock(
    native: pd.DataFrame,
    clock: Clock,
    sun: pd.DataFrame,
    *,
    latitude_deg: float,
    longitude_deg: float,
    elevation_m: float,
) -> pd.DataFrame:
    """Bring a native weather frame to the steps of the clock.

    Parameters
    ----------
    native
        Left-labelled means of ``ghi``, ``dni``, ``dhi`` [W/m2], ``temp_air`` [degC], ``wind_speed`` [m/s] and
        ``relative_humidity`` [%], regular, covering the clock's period; where they are known, sums of
        ``rainfall`` [mm] and ``snowfall`` [cm] of each interval.
    clock
        The steps wanted.
    sun
        The sun at the middle of the clock's steps, from :func:`stationsim.weather.sun.sun_at_clock`.
    latitude_deg, longitude_deg
        Position of the site [deg].
    elevation_m
        Height of the site above the sea [m].

    Returns
    -------
    pandas.DataFrame
        The six columns and ``apparent_zenith``, ``zenith``, ``azimuth`` [deg], ``dni_extra`` [W/m2] on
        ``clock.index``; ``rainfall`` [mm] and ``snowfall`` [cm] of each step where ``native`` has them.

    Notes
    -----
    Not watts but clearness is interpolated: the ratio of a native mean to what a clear sky's shape would
    give over the same interval (beam: Meinel's transmission; diffuse: the extraterrestrial horizontal
    irradiance). Each interval is then rescaled, so that its mean is the native one. Global irradiance
    follows the sum of the two, scaled alike: components that close in the native frame close at every
    step. No step exceeds the sun outside the atmosphere where the interval's energy allows that; what
    exceeds it, or comes while the sun is down, goes to where the sun is highest in that interval.

    Temperature, wind and humidity run as a parabola through each interval, continuous at its edges and
    with its mean; where a bound would be broken the parabola is flattened, which keeps the mean. Rain and
    snow fall evenly within an interval.

    A step longer than ten minutes carries the mean sun of its finer steps, weighted by their beam: the
    cosine of its zenith is the weighted mean of theirs, so that beam on a plane is the same at every step
    length. The sun at the middle of an hour would instead have set in half of the hours that hold a
    sunrise or sunset.

    References
    ----------
    Meinel and Meinel (1976), Applied Solar Energy, Addison-Wesley, for the clear beam.
    """
    import pandas as pd

    rows, native_minutes = _cut(native, clock)
    inner = _inner_minutes(clock.step_minutes, native_minutes)
    if inner == clock.step_minutes:
        inner_sun = sun
    else:
        inner_sun = sun_at_clock(
            clock.at_step(inner),
            latitude_deg=latitude_deg, longitude_deg=longitude_deg, elevation_m=elevation_m,
        )  # fmt: skip
    columns = _split(rows, inner_sun, native_minutes // inner)
    columns |= {name: inner_sun[name].to_numpy() for name in SUN_COLUMNS}
    if inner != clock.step_minutes:
        columns = _averaged(columns, sun, clock.step_minutes // inner)
    columns |= {
        name: amounts_of_steps(rows[name].to_numpy(dtype=float), native_minutes, clock.step_minutes)
        for name in FALLEN
        if name in rows
    }
    return pd.DataFrame(columns, index=clock.index, copy=False)


def _cut(native: pd.DataFrame, clock: Clock) -> tuple[pd.DataFrame, int]:
    """Return the native rows of the clock's period and their step [min]."""
    import pandas as pd

    step = native.index[1] - native.index[0]
    minutes = int(step / pd.Timedelta(minutes=1))
    first = native.index.get_indexer([clock.index[0]])[0]
    count, rest = divmod(clock.n_steps * clock.step_minutes, minutes)
    if first < 0 or rest or first + count > len(native):
        raise ValueError(
            f"native frame must have whole intervals over {clock.index[0]} to {clock.index[-1]}, "
            f"got {native.index[0]} to {native.index[-1]} every {minutes} min"
        )
    return native.iloc[first : first + count], minutes


def _inner_minutes(step_minutes: int, native_minutes: int) -> int:
    """Return the step at which intervals are split: it divides both steps."""
    common = gcd(step_minutes, native_minutes)
    if common == step_minutes <= COARSE_STEP_MINUTES:
        return common
    return max(minutes for minutes in range(1, INNER_STEP_MINUTES + 1) if common % minutes == 0)


def _split(rows: pd.DataFrame, sun: pd.DataFrame, n: int) -> dict[str, Array]:
    """Split every native interval into ``n`` steps, keeping the mean of each column."""
    up = np.cos(np.radians(sun["apparent_zenith"].to_numpy())).reshape(-1, n)
    beam_outside = sun["dni_extra"].to_numpy().reshape(-1, n)
    day = up > 0
    horizontal = np.where(day, beam_outside * up, 0.0)
    native = {name: rows[name].to_numpy(dtype=float) for name in NATIVE_COLUMNS}

    beam_shape = beam_outside * _clear_transmission(up)
    beam_limit = np.where(day, beam_outside, 0.0)
    dni = _spread(native["dni"], _shaped(native["dni"], beam_shape), beam_limit, up)
    dhi = _spread(native["dhi"], _shaped(native["dhi"], horizontal), horizontal, up)
    total = dhi + dni * np.maximum(up, 0.0)
    dark = total.mean(axis=1) <= DARK_W_M2
    total[dark] = horizontal[dark]
    ghi = _spread(native["ghi"], total, horizontal, up)
    return {
        "ghi": ghi.ravel(),
        "dni": dni.ravel(),
        "dhi": dhi.ravel(),
        "temp_air": parabola_means(native["temp_air"], n).ravel(),
        "wind_speed": _bounded(native["wind_speed"], n, low=0.0, high=np.inf).ravel(),
        "relative_humidity": _bounded(native["relative_humidity"], n, low=0.0, high=100.0).ravel(),
    }


def _clear_transmission(up: Array) -> Array:
    """Return the share of the beam that a clear sky lets through, 0 when the sun is down.

    References
    ----------
    Kasten and Young (1989), Applied Optics 28(22), 4735, for the air mass.
    """
    share: Array = np.zeros_like(up)
    day = up > 0
    cosine = up[day]
    height_deg = np.degrees(np.arcsin(np.minimum(cosine, 1.0)))
    air_mass = 1.0 / (cosine + 0.50572 * (height_deg + 6.07995) ** -1.6364)
    share[day] = AIR_TRANSMISSION ** (air_mass**AIR_MASS_EXPONENT)
    return share


def _shaped(mean: Array, shape: Array) -> Array:
    """Return ``shape`` times the clearness that runs straight between the centres of the intervals."""
    whole = shape.mean(axis=1)
    lit = whole > 0
    index = np.minimum(np.divide(mean, whole, out=np.zeros_like(mean), where=lit), MOST_INDEX)
    before, after = _neighbours(index)
    lit_before, lit_after = _neighbours(lit)
    before = np.where(lit_before, before, index)
    after = np.where(lit_after, after, index)
    shaped: Array = (np.stack([before, index, after], axis=1) @ _straight_weights(shape.shape[1])) * shape
    return shaped


def _neighbours(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the values one interval before and after; the ends repeat."""
    return np.append(values[:1], values[:-1]), np.append(values[1:], values[-1:])


def _straight_weights(n: int) -> Array:
    """Return weights, shape (3, n), of straight lines between the centres of neighbouring intervals."""
    place = (np.arange(n) + 0.5) / n - 0.5
    weights: Array = np.stack([np.maximum(-place, 0), 1 - np.abs(place), np.maximum(place, 0)])
    return weights


def _spread(mean: Array, shaped: Array, limit: Array, up: Array) -> Array:
    """Scale each interval of ``shaped`` to its mean, below the limit where that is possible."""
    got = shaped.mean(axis=1)
    scale = np.divide(mean, got, out=np.zeros_like(mean), where=got > DARK_W_M2)
    spread: Array = shaped * scale[:, None]
    odd = ((mean > 0) & (got <= DARK_W_M2)) | (spread > limit).any(axis=1)
    if odd.any():
        spread[odd] = _crowded(mean[odd], spread[odd], limit[odd], up[odd])
    return spread


def _crowded(mean: Array, wanted: Array, limit: Array, up: Array) -> Array:
    """Fill intervals up to the limit; put the rest where the sun is highest."""
    filled = np.minimum(wanted, limit)
    room = limit - filled
    whole_room = room.mean(axis=1)
    missing = mean - filled.mean(axis=1)
    share = np.divide(missing, whole_room, out=np.zeros_like(missing), where=whole_room > DARK_W_M2)
    filled += room * np.minimum(share, 1.0)[:, None]
    left = np.maximum(mean - filled.mean(axis=1), 0.0)
    height = np.maximum(up - up.min(axis=1, keepdims=True), 0.0)
    height[height.max(axis=1) <= 0] = 1.0
    crowded: Array = filled + height * (left / height.mean(axis=1))[:, None]
    return crowded


def parabola_means(mean: Array, n: int) -> Array:
    """Return ``n`` step means of parabolas that keep the intervals' means and are continuous at their edges.

    Parameters
    ----------
    mean
        Means of the intervals.
    n
        Steps of each interval.

    Returns
    -------
    numpy.ndarray
        Intervals by steps.

    Notes
    -----
    Through edges a = (before + here) / 2 and b = (here + after) / 2 the parabola with mean m is
    a (1 - x) + b x + 6 x (1 - x) (m - (a + b) / 2); its integral over each step is taken in full.
    """
    edge = np.arange(n + 1) / n
    straight = (edge[1:] + edge[:-1]) / 2
    integral = edge**2 / 2 - edge**3 / 3
    bow = 6 * n * np.diff(integral)
    before_weight = (1 - straight) / 2 - bow / 4
    after_weight = straight / 2 - bow / 4
    weights = np.stack([before_weight, 1 - before_weight - after_weight, after_weight])
    before, after = _neighbours(mean)
    steps: Array = np.stack([before, mean, after], axis=1) @ weights
    return steps


def _bounded(mean: Array, n: int, *, low: float, high: float) -> Array:
    """Return the parabolas, each flattened just enough to stay within the bounds."""
    change = parabola_means(mean, n) - mean[:, None]
    flat = np.ones_like(mean)
    for reach, room in ((-change.min(axis=1), mean - low), (change.max(axis=1), high - mean)):
        beyond = reach > room
        flat[beyond] = np.minimum(flat[beyond], np.maximum(room[beyond], 0.0) / reach[beyond])
    bounded: Array = mean[:, None] + change * flat[:, None]
    return bounded


def _averaged(columns: dict[str, Array], sun: pd.DataFrame, n: int) -> dict[str, Array]:
    """Average every ``n`` steps to one; the sun is averaged as a direction, weighted by its beam."""
    means = {name: values.reshape(-1, n).mean(axis=1) for name, values in columns.items()}
    zenith, true_zenith, azimuth = (np.radians(columns[name]).reshape(-1, n) for name in SUN_COLUMNS[:3])
    beam = columns["dni"].reshape(-1, n) + FAINT_SUN * columns["dni_extra"].reshape(-1, n)
    weight = np.where(zenith < np.pi / 2, beam, 0.0)
    whole = weight.sum(axis=1)
    day = whole > 0

    def weighted(values: Array) -> Array:
        mean: Array = (weight * values).sum(axis=1)[day] / whole[day]
        return mean

    for name, angle in (("apparent_zenith", zenith), ("zenith", true_zenith)):
        means[name] = sun[name].to_numpy().copy()
        means[name][day] = np.degrees(np.arccos(weighted(np.cos(angle))))
    level = np.sin(zenith)
    means["azimuth"] = sun["azimuth"].to_numpy().copy()
    east, north = weighted(level * np.sin(azimuth)), weighted(level * np.cos(azimuth))
    means["azimuth"][day] = np.degrees(np.arctan2(east, north)) % 360.0
    return means
