"""Charge curves of cars: DC power straight between points of state of charge, progress in closed form.

Where power is a straight line of the state of charge, ``P = P0 + b (s - s0)``, and the pack holds ``E``, the
state of charge follows ``E ds/dt = P``: ``s - s0 = P0 (exp(b t / E) - 1) / b``, or ``P0 t / E`` where ``b``
is zero. Time is the inverse, ``t = E ln(P / P0) / b``. Progress between two events is therefore one bisection
and one exponential.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

VEHICLE_TABLE = Path(__file__).parent.parent / "data" / "vehicles.csv"
"""The vehicle library."""

FLAT = 1e-12
"""Relative change of power along a segment below which it counts as constant [-]; rounding is larger."""

FULL_SOC = 0.999
"""State of charge that counts as full where power tapers to zero at 1 [-]."""

DERATING_STEPS = 10
"""Parts of the state of charge at whose ends the power of a cold pack is told anew."""

SHAPE_SOC = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""States of charge of the points of the default curves [-]."""

SLOW_RATE, FAST_RATE = 1.64, 2.39
"""Mean peak power per usable energy of the cars behind the two shapes [1/h]."""

SLOW_SHAPE = (0.98, 1.00, 1.00, 1.00, 0.95, 0.84, 0.73, 0.60, 0.49, 0.30, 0.09)
FAST_SHAPE = (1.00, 1.00, 0.96, 0.90, 0.89, 0.74, 0.62, 0.49, 0.32, 0.18, 0.09)
"""Power of a car of which only the peak is known, as a fraction of that peak, at `SHAPE_SOC`.

Means of measured curves, each as a fraction of its own peak, scaled to peak at 1: the 23 different curves of
cars that peak below 2C, and the 14 that peak above, of those with 40 kWh or more and 80 kW or more. What is
averaged is the time that a point takes, so the means are harmonic. The higher the peak is for the pack, the
shorter it is held.
Source: chargeprice/open-ev-data at e495ff9 (MIT), curves marked as the car's own.
"""


class ChargeCurve:
    """DC power a car takes against its state of charge, with all that follows from it in closed form.

    Parameters
    ----------
    usable_kwh
        Usable energy of the pack [kWh].
    soc
        States of charge of the points [-]; increasing, from 0 to 1.
    power_kw
        Power into the battery at each point [kW]; above zero, save at 1 where it may be zero.
    """

    __slots__ = (
        "_end_h",
        "_inner_soc",
        "_inner_time_h",
        "_peak_after_kw",
        "_segments",
        "peak_kw",
        "power_kw",
        "soc",
        "usable_kwh",
    )

    def __init__(self, usable_kwh: float, soc: Sequence[float], power_kw: Sequence[float]) -> None:
        _check_points(usable_kwh, soc, power_kw)
        self.usable_kwh = usable_kwh
        self.soc = tuple(soc)
        self.power_kw = tuple(power_kw)
        self.peak_kw = max(self.power_kw)
        self._segments = _segments(usable_kwh, self.soc, self.power_kw)
        self._inner_soc = self.soc[1:-1]
        self._inner_time_h = tuple(segment[0] for segment in self._segments[1:])
        self._end_h = _time_at(self._segments[-1], 1.0, usable_kwh)
        self._peak_after_kw = _running_peak(self.power_kw)

    @property
    def full_soc(self) -> float:
        """Highest state of charge that is reached in finite time [-]."""
        return 1.0 if self.power_kw[-1] > 0 else FULL_SOC

    def power_at(self, soc: float) -> float:
        """Return the power at a state of charge [kW]."""
        _, start, power_kw, slope, _, _ = self._segments[bisect_right(self._inner_soc, soc)]
        return power_kw + slope * (soc - start)

    def peak_from(self, soc: float) -> float:
        """Return the highest power still to come from a state of charge on [kW]."""
        return max(self.power_at(soc), self._peak_after_kw[bisect_right(self._inner_soc, soc) + 1])

    def range_between(self, soc: float, later_soc: float) -> tuple[float, float]:
        """Return the lowest and the highest power between two states of charge [kW]."""
        first, last = bisect_right(self._inner_soc, soc), bisect_right(self._inner_soc, later_soc)
        power_kw, later_kw = self.power_at(soc), self.power_at(later_soc)
        if first == last:
            return (power_kw, later_kw) if power_kw < later_kw else (later_kw, power_kw)
        powers = (power_kw, later_kw, *self.power_kw[first + 1 : last + 1])
        return min(powers), max(powers)

    def time_at(self, soc: float) -> float:
        """Return the time from empty to a state of charge [h]; infinite where power has tapered to zero."""
        return _time_at(self._segments[bisect_right(self._inner_soc, soc)], soc, self.usable_kwh)

    def time_between(self, soc: float, target_soc: float) -> float:
        """Return the time from one state of charge to another [h]."""
        return self.time_at(target_soc) - self.time_at(soc)

    def soc_at(self, time_h: float) -> float:
        """Return the state of charge after a time from empty [-]; 1 once full."""
        if time_h >= self._end_h:
            return 1.0
        start_h, start, _, _, rate, gain = self._segments[bisect_right(self._inner_time_h, time_h)]
        elapsed_h = time_h - start_h
        return start + gain * (math.expm1(rate * elapsed_h) if rate else elapsed_h)

    def energy_after(self, soc: float, time_h: float) -> float:
        """Return the energy taken in a time that starts at a state of charge [kWh]."""
        return (self.soc_at(self.time_at(soc) + time_h) - soc) * self.usable_kwh

    def capped(self, limit_kw: float) -> ChargeCurve:
        """Return the curve under a power limit; the points where the limit is met are exact."""
        if not limit_kw > 0:
            raise ValueError(f"limit_kw must be > 0, got {limit_kw}")
        if limit_kw >= self.peak_kw:
            return self
        points = _without_inner_flats(list(_capped_points(self.soc, self.power_kw, limit_kw)))
        return ChargeCurve(self.usable_kwh, [soc for soc, _ in points], [power for _, power in points])


_Segment = tuple[float, float, float, float, float, float]
"""Start from empty [h], start SOC, start power [kW], slope [kW per unit of SOC], rate [1/h], gain."""


def _check_points(usable_kwh: float, soc: Sequence[float], power_kw: Sequence[float]) -> None:
    """Refuse points that are no curve."""
    if not (usable_kwh > 0 and math.isfinite(usable_kwh)):
        raise ValueError(f"usable_kwh must be > 0, got {usable_kwh}")
    if len(soc) != len(power_kw) or len(soc) < 2:
        raise ValueError(f"a curve must have two points or more, got {len(soc)} SOC and {len(power_kw)} kW")
    if soc[0] != 0 or soc[-1] != 1 or not all(low < high for low, high in pairwise(soc)):
        raise ValueError(f"the SOC of a curve must rise from 0 to 1, got {tuple(soc)}")
    if not all(0 < power < math.inf for power in power_kw[:-1]) or not 0 <= power_kw[-1] < math.inf:
        raise ValueError(f"power must be > 0 below SOC 1, got {tuple(power_kw)}")


def _segments(usable_kwh: float, soc: Sequence[float], power_kw: Sequence[float]) -> tuple[_Segment, ...]:
    segments: list[_Segment] = []
    start_h = 0.0
    for (start, low), (end, high) in pairwise(zip(soc, power_kw, strict=True)):
        slope = 0.0 if abs(high - low) <= FLAT * low else (high - low) / (end - start)
        gain = low / slope if slope else low / usable_kwh
        segments.append((start_h, start, low, slope, slope / usable_kwh, gain))
        start_h = _time_at(segments[-1], end, usable_kwh)
    return tuple(segments)


def _time_at(segment: _Segment, soc: float, usable_kwh: float) -> float:
    start_h, start, power_kw, slope, rate, _ = segment
    if not slope:
        return start_h + usable_kwh * (soc - start) / power_kw
    change = slope * (soc - start) / power_kw
    return start_h + math.log1p(change) / rate if change > -1 else math.inf


def _running_peak(power_kw: Sequence[float]) -> tuple[float, ...]:
    """Return the highest power of each point and those after it [kW]."""
    peaks = [power_kw[-1]]
    for power in reversed(power_kw[:-1]):
        peaks.append(max(power, peaks[-1]))
    return tuple(reversed(peaks))


def _capped_points(
    soc: Sequence[float], power_kw: Sequence[float], limit_kw: float
) -> Iterable[tuple[float, float]]:
    """Yield the points of a curve under a limit, with those where it crosses the limit."""
    for (start, low), (end, high) in pairwise(zip(soc, power_kw, strict=True)):
        yield start, min(low, limit_kw)
        if (low - limit_kw) * (high - limit_kw) < 0:
            crossing = start + (end - start) * (limit_kw - low) / (high - low)
            if start < crossing < end:
                yield crossing, limit_kw
    yield soc[-1], min(power_kw[-1], limit_kw)


def _without_inner_flats(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out points with the same power before and after."""
    inner = (
        point
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if not before[1] == point[1] == after[1]
    )
    return [points[0], *inner, points[-1]]


def default_curve(usable_kwh: float, peak_kw: float) -> ChargeCurve:
    """Return the curve of a car of which only pack and peak are known.

    Parameters
    ----------
    usable_kwh
        Usable energy of the pack [kWh].
    peak_kw
        Highest DC power [kW].

    Notes
    -----
    The shape lies between `SLOW_SHAPE` and `FAST_SHAPE`, straight by peak power per usable energy. Its mean
    power from 10 to 80 % is 0.80 to 0.68 of the peak; of ten cars that EV-Database lists (2025) that ratio
    lies between 0.50 and 0.89.
    """
    weight = (peak_kw / usable_kwh - SLOW_RATE) / (FAST_RATE - SLOW_RATE) if usable_kwh > 0 else 0.0
    weight = min(max(weight, 0.0), 1.0)
    shape = [slow + weight * (fast - slow) for slow, fast in zip(SLOW_SHAPE, FAST_SHAPE, strict=True)]
    return ChargeCurve(usable_kwh, SHAPE_SOC, [peak_kw * (part / max(shape)) for part in shape])


def parse_curve(text: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return states of charge [-] and powers [kW] of points written ``SOC %:kW`` with spaces between."""
    pairs = [point.split(":") for point in text.split()]
    return tuple(float(soc) / 100 for soc, _ in pairs), tuple(float(power) for _, power in pairs)


def share_at(points: Sequence[tuple[float, float]], at: float) -> float:
    """Return a value between points with straight lines; flat before the first and after the last."""
    places = [place for place, _ in points]
    after = bisect_right(places, at)
    if after in (0, len(points)):
        return points[max(after - 1, 0)][1]
    (low, below), (high, above) = points[after - 1], points[after]
    return below + (above - below) * (at - low) / (high - low)


def derated(
    curve: ChargeCurve,
    *,
    temp_degc: float,
    from_soc: float,
    rise_k: float,
    power_share: Sequence[tuple[float, float]],
) -> ChargeCurve:
    """Return the curve of a pack that comes cold and warms as it charges.

    Parameters
    ----------
    curve
        Power of the warm pack.
    temp_degc
        Temperature of the pack when charging begins [degC].
    from_soc
        State of charge at which it begins [-].
    rise_k
        Rise of its temperature over a charge from empty to full [K].
    power_share
        Points of pack temperature [degC] and share of the warm pack's power [-].

    Notes
    -----
    The pack is taken to warm in proportion to what it took. Its temperature, and so the share, is then fixed
    by the state of charge: at each point of the curve and at each tenth. Between these power is straight
    again, and progress stays in closed form.
    """
    steps = (place / DERATING_STEPS for place in range(1, DERATING_STEPS))
    soc = sorted({*curve.soc, from_soc, *(step for step in steps if step > from_soc)})
    temps_degc = [temp_degc + rise_k * max(place - from_soc, 0.0) for place in soc]
    power_kw = [
        min(curve.power_at(place), curve.peak_kw) * share_at(power_share, temp)
        for place, temp in zip(soc, temps_degc, strict=True)
    ]
    if curve.power_kw[-1] == 0:
        power_kw[-1] = 0.0
    return ChargeCurve(curve.usable_kwh, soc, power_kw)


class VehicleType(NamedTuple):
    """One type of the library."""

    name: str
    """As scenarios name it."""
    curve: ChargeCurve
    """Power it takes against its state of charge."""
    voltage_class: float
    """Pack voltage by class, 400 or 800 [V]."""
    chemistry: str
    """LFP, NMC, or Li-ion where that is not told."""
    vehicle_class: str
    """car, bus or truck."""
    consumption_kwh_per_km: float
    """Energy it drives on [kWh/km]."""
    source: str
    """Where these figures come from."""


@cache
def load_vehicle_types() -> Mapping[str, VehicleType]:
    """Return each type of the library by its name; sources are in ``data/vehicles.csv``."""
    text = VEHICLE_TABLE.read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["name"]: _library_type(row) for row in rows}


@cache
def load_vehicle_library() -> Mapping[str, ChargeCurve]:
    """Return the curve of each type of the library by its name."""
    return {name: vehicle.curve for name, vehicle in load_vehicle_types().items()}


def _library_type(row: Mapping[str, str]) -> VehicleType:
    return VehicleType(
        name=row["name"],
        curve=_library_curve(row),
        voltage_class=float(row["voltage_class"]),
        chemistry=row["chemistry"],
        vehicle_class=row["class"],
        consumption_kwh_per_km=float(row["consumption_kwh_per_km"]),
        source=row["source"],
    )


def _library_curve(row: Mapping[str, str]) -> ChargeCurve:
    usable_kwh = float(row["usable_kwh"])
    if not row["curve"]:
        return default_curve(usable_kwh, float(row["max_dc_kw"]))
    return ChargeCurve(usable_kwh, *parse_curve(row["curve"]))
