"""Shapes from counted traffic, and the National Day's charging, against published figures."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from stationsim import Scenario, compute_kpis, simulate
from stationsim.prove.case import Case, skipped, within
from stationsim.prove.files import REFERENCE, absent, data_file, scenario_file
from stationsim.traffic.calendar import day_types
from stationsim.traffic.counts import Counts, MeanDay, mean_day, read_counts
from stationsim.traffic.spec import TrafficSpec

I94 = "traffic/metro_interstate_traffic_volume_i94.csv"
TOLL_GATES = "traffic/kddcup2017_tollgate_20min_volume_2016.csv"
I94_SOURCE = "I-94 westbound, Minneapolis, 2012 to 2018 (UCI 492), hourly means"
TOLL_GATE_SOURCE = "KDD Cup 2017 toll-gate volumes, 19 Sep to 17 Oct 2016, hourly sums"
NATIONAL = "People's Daily after the National Energy Administration, 1 to 8 October 2025: 48,400 posts"

I94_WEEKDAY = (
    *(0.0076, 0.0047, 0.0035, 0.0042, 0.0097, 0.0315, 0.0627, 0.0707, 0.0643, 0.0572, 0.0513, 0.0544),
    *(0.0568, 0.0569, 0.0604, 0.0657, 0.0728, 0.0679, 0.0523, 0.0389, 0.0336, 0.0315, 0.0251, 0.0164),
)
I94_WEEKEND = (
    *(0.0210, 0.0130, 0.0098, 0.0063, 0.0060, 0.0102, 0.0175, 0.0254, 0.0373, 0.0497, 0.0589, 0.0647),
    *(0.0698, 0.0699, 0.0696, 0.0693, 0.0694, 0.0664, 0.0611, 0.0516, 0.0452, 0.0427, 0.0382, 0.0271),
)
GATES_ORDINARY = (
    *(0.0339, 0.0062, 0.0051, 0.0057, 0.0075, 0.0125, 0.0291, 0.0624, 0.0824, 0.0773, 0.0637, 0.0542),
    *(0.0604, 0.0681, 0.0672, 0.0681, 0.0703, 0.0667, 0.0476, 0.0349, 0.0294, 0.0227, 0.0150, 0.0096),
)
GATES_HOLIDAY = (
    *(0.0181, 0.0084, 0.0071, 0.0078, 0.0104, 0.0182, 0.0352, 0.0539, 0.0695, 0.0762, 0.0685, 0.0572),
    *(0.0589, 0.0693, 0.0747, 0.0722, 0.0664, 0.0565, 0.0428, 0.0407, 0.0368, 0.0255, 0.0151, 0.0106),
)
"""Shares of the hours of each record, worked out from the raw files apart from this reader."""

ROUNDING = 1.1e-4
"""Shares are given to four digits, and a few hours are rounded apart [-]."""

ORDINARY_TOTAL, ORDINARY_DAYS = 432_986, 22
"""Sum of the record's column of volumes over its days outside 1 to 7 October, and their number."""

WEEKDAY, OTHER = 0, 1


def quick() -> list[Case]:
    """Return the cases that take about a second."""
    return [*_interstate(), *_toll_gates()]


def long() -> list[Case]:
    """Return the National Day week against ordinary days, by simulation."""
    return _national_day()


def _interstate() -> list[Case]:
    if not data_file(I94).is_file():
        return [skipped("hours of the I-94", I94_SOURCE, absent(I94))]
    counts = read_counts(data_file(I94), form="i94", timezone="America/Chicago", gaps="allow")
    weekend = (counts.frame["time"].dt.day_of_week >= 5).to_numpy().astype(np.int8)
    weekday = _mean(counts, weekend, WEEKDAY)
    free = _mean(counts, weekend, OTHER)
    return [
        _shape("hours of a weekday of the I-94", I94_SOURCE, weekday, I94_WEEKDAY),
        _shape("hours of a weekend day of the I-94", I94_SOURCE, free, I94_WEEKEND),
        _level("vehicles on a weekday of the I-94", I94_SOURCE, weekday, 85_740),
        _level("vehicles on a weekend day of the I-94", I94_SOURCE, free, 63_090),
    ]


def _toll_gates() -> list[Case]:
    if not data_file(TOLL_GATES).is_file():
        return [skipped("hours of Chinese toll gates", TOLL_GATE_SOURCE, absent(TOLL_GATES))]
    counts = read_counts(data_file(TOLL_GATES), form="kdd_tollgate", timezone="Asia/Shanghai", gaps="zero")
    holiday = {"name": "October", "first_day": "2016-10-01", "last_day": "2016-10-07", "vehicles_factor": 1.0}
    spec = TrafficSpec.model_validate({"vehicles_per_day": 1.0, "charging_share": 0.0, "holidays": [holiday]})
    kind = _ordinary_or_holiday(spec, counts)
    ordinary, free = _mean(counts, kind, WEEKDAY), _mean(counts, kind, OTHER)
    ratio = free.vehicles_per_day / ordinary.vehicles_per_day
    return [
        _shape("hours of an ordinary day of Chinese toll gates", TOLL_GATE_SOURCE, ordinary, GATES_ORDINARY),
        _shape("hours of 1 to 7 October at Chinese toll gates", TOLL_GATE_SOURCE, free, GATES_HOLIDAY),
        _level(
            "ordinary day of Chinese toll gates", TOLL_GATE_SOURCE, ordinary, ORDINARY_TOTAL / ORDINARY_DAYS
        ),
        within(
            "vehicles on an ordinary day of Chinese toll gates",
            "the same record, quoted without the days it was averaged over",
            expected=19_560,
            got=ordinary.vehicles_per_day,
            relative=0.01,
            unit="1/d",
            note="30 Sep has 1.33 times the others: with or without it the mean moves by 1.5 %",
        ),
        within(
            "vehicles of 1 to 7 October over an ordinary day's",
            TOLL_GATE_SOURCE,
            expected=0.81,
            got=ratio,
            absolute=0.01,
            note="commuters' gates fall in the holiday: a station's factor is its own",
        ),
    ]


def _ordinary_or_holiday(spec: TrafficSpec, counts: Counts) -> NDArray[np.int8]:
    days = counts.frame["time"].to_numpy().astype("datetime64[D]")
    first: dt.date = days.min().item()
    types = day_types(spec, first, int((days.max() - days.min()).astype(int)) + 1)
    is_holiday = np.array([name != "" for name in types.name])
    kind: NDArray[np.int8] = is_holiday[(days - days.min()).astype(int)].astype(np.int8)
    return kind


def _mean(counts: Counts, kind: NDArray[np.int8], which: int) -> MeanDay:
    found = mean_day(counts, kind, which)
    if found is None:
        raise ValueError(f"no whole day of kind {which}")
    return found


def _shape(case: str, source: str, found: MeanDay, expected: tuple[float, ...]) -> Case:
    difference = float(np.abs(found.shape - np.array(expected)).max())
    return within(f"{case}, largest difference", source, expected=0, got=difference, absolute=ROUNDING)


def _level(case: str, source: str, found: MeanDay, expected: float) -> Case:
    return within(case, source, expected=expected, got=found.vehicles_per_day, relative=5e-4, unit="1/d")


def _national_day() -> list[Case]:
    """Hold the reference's National Day week, with the weeks before, against the national figures."""
    path = scenario_file()
    if not path.is_file():
        return [skipped("charging of the National Day at the reference", NATIONAL, absent(REFERENCE))]
    span = ["period.start=2025-09-01", "period.end=2025-10-08"]
    found = compute_kpis(simulate(Scenario.from_yaml(path, overrides=span), base=path.parent))
    rows = (
        ("charging energy of a holiday over an ordinary day's", "holiday_charging_ratio", 2.59, ""),
        ("sessions of a post on a holiday", "sessions_per_post_day_holiday", 13.3, "1/d"),
        ("energy of a post on a holiday", "kwh_per_post_day_holiday", 318, "kWh/d"),
    )
    note = "follows from published vehicles, calibrated shares, the number of posts and the queue"
    return [
        within(case, NATIONAL, expected=figure, got=found[name].value, relative=0.1, unit=unit, note=note)
        for case, name, figure, unit in rows
    ]
