"""Visitors against queueing theory and against counted Chinese expressway traffic."""

from __future__ import annotations

import datetime as dt

import numpy as np

from stationsim.clock import Clock
from stationsim.prove.case import Case, skipped, within
from stationsim.prove.files import absent, data_file
from stationsim.traffic.spec import TOLL_GATE_HOLIDAY, TOLL_GATE_WEEKDAY, TOLL_GATE_WEEKEND, TrafficSpec
from stationsim.traffic.visitors import draw_visitors, presence_kernel_minutes

EICK = "Eick, Massey, Whitt (1993), Management Science 39(2), 241-252: Mt/G/inf with sinusoidal arrivals"
TOLL_GATES = "traffic/kddcup2017_tollgate_20min_volume_2016.csv"
TOLL_GATE_SOURCE = "KDD Cup 2017 toll-gate volumes, 19 Sep to 17 Oct 2016"
ARTEFACT_HOUR = 0
"""Hour whose counts in the record are an artefact and which the shapes do not take over."""


def quick() -> list[Case]:
    """Return the cases that take less than a second."""
    return [*_sinusoidal_arrivals(), _stationary_mean(), *_toll_gate_shapes()]


def long() -> list[Case]:
    """Return the statistical cases."""
    return [_poisson_presence()]


def _sinusoidal_arrivals() -> list[Case]:
    """Hold people present under a daily sine of arrivals against its closed form, amplitude and lag."""
    stay, mean, swing = 90.0, 10.0, 8.0
    gamma = 2 * np.pi / 1440
    minute = np.arange(3 * 1440)
    edge = np.cos(gamma * np.arange(3 * 1440 + 1))
    arrivals = mean + swing * (edge[:-1] - edge[1:]) / gamma  # exact mean of the sine over each minute
    kernel = presence_kernel_minutes(stay)
    present = np.convolve(arrivals, kernel)[: minute.size][-1440:]
    stage = (2 / stay) / (2 / stay - 1j * gamma)
    transform = (stage + stage**2) / 2  # E exp(i gamma Se), Se the residual of a two-stage Erlang stay
    response = 2 / 1440 * np.sum(present * np.exp(-1j * gamma * (minute[-1440:] + 0.5)))
    lag = (-np.pi / 2 - np.angle(response)) / gamma
    smoothing = np.sin(gamma / 2) / (gamma / 2)  # a mean over a minute is this much below the instant
    return [
        within(
            "swing of people present",
            EICK,
            expected=swing * stay * abs(transform) * smoothing,
            got=abs(response),
            relative=1e-4,
        ),
        within(
            "lag of people present behind arrivals",
            EICK,
            expected=float(np.angle(transform) / gamma),
            got=float(lag),
            absolute=0.01,
            unit="min",
        ),
    ]


def _stationary_mean() -> Case:
    present = np.convolve(np.full(1000, 5.0), presence_kernel_minutes(20))[999]
    return within("people present, steady arrivals", "Little's law", expected=100, got=present, relative=1e-6)


def _toll_gate_shapes() -> list[Case]:
    """Hold the default hourly shapes against the counts they were made from, the artefact hour left out."""
    names = ("weekday", "weekend", "holiday")
    if not data_file(TOLL_GATES).is_file():
        return [skipped(f"hours of a {name}", TOLL_GATE_SOURCE, absent(TOLL_GATES)) for name in names]
    counts = _toll_gate_counts()
    shapes = (TOLL_GATE_WEEKDAY, TOLL_GATE_WEEKEND, TOLL_GATE_HOLIDAY)
    return [
        within(
            f"hours of a {name}, largest difference of shares",
            TOLL_GATE_SOURCE,
            expected=0,
            got=_largest_difference(counts[name], np.array(shape)),
            absolute=1e-4,
            note="hour 0 left out",
        )
        for name, shape in zip(names, shapes, strict=True)
    ]


def _largest_difference(counted: np.ndarray, shape: np.ndarray) -> float:
    kept = np.arange(24) != ARTEFACT_HOUR
    return float(np.abs(counted[kept] / counted[kept].sum() - shape[kept] / shape[kept].sum()).max())


def _toll_gate_counts() -> dict[str, np.ndarray]:
    """Return vehicles of each hour, summed over the days of each kind."""
    import pandas as pd

    table = pd.read_csv(data_file(TOLL_GATES))
    start = pd.to_datetime(table["time_window"].str.extract(r"\[([^,]*),")[0])
    day = start.dt.normalize()
    holiday = (day >= "2016-10-01") & (day <= "2016-10-07")
    worked = day.isin(pd.to_datetime(["2016-10-08", "2016-10-09"]))
    weekend = (start.dt.day_of_week >= 5) & ~holiday & ~worked
    kinds = {"weekday": ~holiday & ~weekend, "weekend": weekend, "holiday": holiday}
    volume, hour = table["volume"], start.dt.hour
    return {name: volume[rows].groupby(hour[rows]).sum().to_numpy() for name, rows in kinds.items()}


def _poisson_presence() -> Case:
    """Hold the mean presence of many drawn hours against rate times stay."""
    flat = (1 / 24,) * 24
    spec = TrafficSpec(
        vehicles_per_day=8640,
        charging_share=0.05,
        people_per_vehicle=1,
        stay_minutes=30,
        weekend_factor=1,
        hourly_shape_weekday=flat,
        hourly_shape_weekend=flat,
    )
    clock = Clock(dt.date(2020, 1, 1), dt.date(2022, 12, 31), 60, "Asia/Shanghai")
    occupancy = draw_visitors(spec, clock, seed=7).occupancy
    return within(
        "people present, 6 vehicles a minute who stay 30 min",
        "M/G/inf: rate times mean stay",
        expected=180,
        got=float(occupancy.mean()),
        relative=0.002,
        note="three years of minutes",
    )
