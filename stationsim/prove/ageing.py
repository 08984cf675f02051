"""Battery ageing: rainflow counting, life tables, and the laws of two LFP cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stationsim.models.ageing import (
    AgeingSpec,
    Health,
    LifeTable,
    LithiumIonCalendar,
    age,
    blast,
    count_cycles,
    duty_of,
    naumann,
)
from stationsim.models.ageing.duty import ZERO_DEGC_K, Duty
from stationsim.models.ageing.laws import PowerLaw
from stationsim.models.ageing.sam import table_calendar_law, table_cycle_law
from stationsim.prove.case import Case, within

ASTM = "ASTM E1049-85, figure 6, by the tests of iamlikeme/rainflow"
SAM = "NREL/ssc, lib_battery_lifetime_test"
BLAST = "BLAST-Lite 1.1.1, Lfp_Gr_250AhPrismatic, run in steps of a day"
BLAST_FORM = "Gasper et al. 2023, the formula by hand at 0.4C"
NAUMANN = "Naumann et al. 2018 and 2020, the formula by hand"

SERIES = (-2.0, 1.0, -3.0, 5.0, -1.0, 3.0, -4.0, 4.0, -2.0)
DETAIL = (
    (3.0, -0.5, 0.5, 0, 1),
    (4.0, -1.0, 0.5, 1, 2),
    (4.0, 1.0, 1.0, 4, 5),
    (8.0, 1.0, 0.5, 2, 3),
    (9.0, 0.5, 0.5, 3, 6),
    (8.0, 0.0, 0.5, 6, 7),
    (6.0, 1.0, 0.5, 7, 8),
)
SOC_SERIES = (0.5, 0.9, 0.1, 0.6, 0.3, 0.95, 0.2, 0.8, 0.5)
SOC_COUNTS = {0.3: 1.5, 0.4: 0.5, 0.6: 0.5, 0.75: 0.5, 0.8: 0.5, 0.85: 0.5}

SAM_CYCLES = LifeTable(
    cycles=((0.2, 5000, 0.8), (0.2, 10000, 0.6), (0.8, 1000, 0.8), (0.8, 2000, 0.6)),
    calendar=((3650, 0.8), (7300, 0.5)),
)
SAM_LAW = LifeTable(calendar_law=LithiumIonCalendar())

DAYS_PER_YEAR = 365
HOURS = 24


def quick() -> list[Case]:
    """Return all cases but those of ten years of daily cycles."""
    return [*_rainflow(), *_sam_cycles(), *_sam_calendar(), *_blast_rest(), *_blast_form(), *_naumann()]


def long() -> list[Case]:
    """Return the cases of ten years of daily cycles."""
    return [case for run in CYCLING for case in _blast_cycling(*run)]


# --- counting ---------------------------------------------------------------------------------------


def _rainflow() -> list[Case]:
    found = count_cycles(np.array(SERIES))
    rows = sorted(zip(*(values.tolist() for values in found), strict=True))
    totals = _totals(found.depth, found.weight)
    expected = {3.0: 0.5, 4.0: 1.5, 6.0: 0.5, 8.0: 1.0, 9.0: 0.5}
    soc = count_cycles(np.array(SOC_SERIES))
    pairs = [
        ("A3.1 Rainflow, ranges and counts", expected, totals),
        ("A3.1 Rainflow, range, mean, count, start and end", sorted(DETAIL), rows),
        ("A3.1 Rainflow of states of charge", SOC_COUNTS, _totals(soc.depth, soc.weight)),
    ]
    return [
        Case(what, ASTM, _shown(wanted), _shown(got), "exact", wanted == got) for what, wanted, got in pairs
    ]


def _totals(depths: np.ndarray, counts: np.ndarray) -> dict[float, float]:
    """Return the count of each range."""
    totals: dict[float, float] = {}
    for depth, count in zip(np.round(depths, 9).tolist(), counts.tolist(), strict=True):
        totals[depth] = totals.get(depth, 0.0) + count
    return dict(sorted(totals.items()))


def _shown(found: Any) -> str:
    if isinstance(found, dict):
        return ", ".join(f"{depth:g}: {count:g}" for depth, count in found.items())
    return " ".join(str(tuple(float(f"{number:g}") for number in row)) for row in found)


# --- SAM --------------------------------------------------------------------------------------------


def _sam_cycles() -> list[Case]:
    deep, shallow = 0.9, 0.1
    duties = {
        "500 points between 5 and 95 %": ([(deep, _closed(500, deep))], 95.02),
        "then 500 between 80 and 90 %": ([(deep, _closed(500, deep)), (shallow, 249.0)], 94.52),
        "1500 points between 5 and 95 %": ([(deep, _closed(1500, deep))], 85.02),
    }
    cases = []
    for name, (rows, expected) in duties.items():
        loss = 0.0
        for depth, count in rows:
            loss = table_cycle_law(SAM_CYCLES, np.array([depth]), np.array([count])).after(loss)
        what = f"A3.2 SAM cycle table, depth of discharge, {name}"
        note = "of our count the whole cycles, as SAM counts"
        cases.append(
            within(what, SAM, expected=expected, got=100 * (1 - loss), absolute=0.01, unit="%", note=note)
        )
    return cases


def _closed(points: int, depth: float) -> float:
    """Return the whole cycles of a signal that goes up and down."""
    signal = np.tile([0.0, depth], points // 2)
    return float(math.floor(count_cycles(signal).weight.sum()))


def _sam_calendar() -> list[Case]:
    cases = []
    for day, expected in ((20.79, 99.89), (41.625, 99.775), (8333.29, 41.51)):
        got = 100 * (1 - table_calendar_law(SAM_CYCLES, _rest(0.5, 25.0, days=1)).after(0.0, day))
        what = f"A3.3 SAM calendar table, day {day:g}"
        cases.append(within(what, SAM, expected=expected, got=got, absolute=0.01, unit="%"))
    for temp_k, soc, day, expected in (
        (278.0, 0.9, 20.79, 101.78),
        (278.0, 0.9, 41.625, 101.69),
        (278.0, 0.9, 8333.29, 97.67),
        (298.15, 0.5, 365.0, 100.753),
        (298.15, 0.5, 3650.0, 98.0565),
        (298.15, 0.9, 3650.0, 88.2676),
    ):
        spec = AgeingSpec(model="table", table=SAM_LAW)
        law = age(spec, Health(), _rest(soc, temp_k - ZERO_DEGC_K, days=1))
        step = table_calendar_law(SAM_LAW, _rest(soc, temp_k - ZERO_DEGC_K, days=1))
        got = 100 * (1 - step.after(law.end.calendar_loss, day - 1))
        what = f"A3.4 SAM lithium-ion calendar, {temp_k:g} K, SOC {soc:g}, day {day:g}"
        cases.append(within(what, SAM, expected=expected, got=got, absolute=0.01, unit="%"))
    return cases


# --- BLAST ------------------------------------------------------------------------------------------


def _rest(soc: float, temp_degc: float, *, days: int) -> Duty:
    """Return the duty of a battery at rest, in hours."""
    hours = days * HOURS
    return duty_of(
        soc=np.full(hours, soc),
        soc_start=soc,
        temp_degc=np.full(hours, temp_degc),
        dt_h=1.0,
        civil_day=np.arange(hours) // HOURS,
    )


def _blast_rest() -> list[Case]:
    cases = []
    for soc, temp_degc, potential, rate, *left in (
        (0.5, 25.0, 0.12330, 4.94623e-4, 0.98896, 0.97430, 0.96300),
        (0.9, 25.0, 0.08818, 7.52296e-4, 0.98321, 0.96091, 0.94373),
        (0.5, 35.0, 0.12330, 9.14749e-4, 0.97958, 0.95247, 0.93158),
    ):
        where = f"A3.5 BLAST at rest, SOC {soc:g}, {temp_degc:g} degC"
        got_v = float(blast.graphite_potential_v(soc))
        got_rate = float(blast.calendar_rate(soc, temp_degc + ZERO_DEGC_K))
        cases.append(
            within(f"{where}: potential", BLAST, expected=potential, got=got_v, absolute=5e-6, unit="V")
        )
        cases.append(within(f"{where}: kcal", BLAST, expected=rate, got=got_rate, relative=1e-5))
        health = Health()
        for years in range(1, 11):
            health = age(AgeingSpec(model="blast_lfp"), health, _rest(soc, temp_degc, days=365)).end
            if years in YEARS:
                expected = left[YEARS.index(years)]
                cases.append(
                    within(f"{where}: {years} a", BLAST, expected=expected, got=health.share, absolute=1e-4)
                )
    return cases


CYCLING = (
    (0.1, 0.9, 25.0, 0.0667, 4.01276e-4, 1.0e-4, (0.97955, 0.93561, 0.89270)),
    (0.2, 0.8, 25.0, 0.05, 4.40202e-4, 9.5e-5, (0.98191, 0.94582, 0.91150)),
)
"""Window, temperature, rate, calendar and cycle factor, and what is left after 1, 5 and 10 years."""

YEARS = (1, 5, 10)

TEN_YEARS = 0.004
"""Distance allowed to the package's years of cycling, where the swing grows as capacity falls."""


CONSTANT = 5e-4
"""The same where the window stays as it is: what is left then is the order of the states."""


def _one_cycle(low: float, high: float, health: float) -> np.ndarray:
    """Return hourly states of charge of a day with a rise from 8 to 12 h and a fall from 18 to 22 h.

    Where energy stays the same while capacity falls, the swing grows, from its upper end downwards.
    """
    bottom = high - (high - low) / health
    level = [bottom, bottom, high, high, bottom, bottom]
    return np.interp(np.arange(HOURS + 1), [0, 8, 12, 18, 22, 24], level)


def _blast_cycling(
    low: float, high: float, temp_degc: float, rate: float, kcal: float, kcyc: float, left: tuple[float, ...]
) -> list[Case]:
    where = f"A3.5 BLAST, a cycle a day, SOC {low:g} to {high:g}, {temp_degc:g} degC"
    soc: Any = _one_cycle(low, high, 1.0)
    mean_rate = float(np.abs(np.diff(soc)).sum() / HOURS)
    stored = blast.calendar_rate(soc, temp_degc + ZERO_DEGC_K)
    got_kcal = float(0.5 * (stored[1:] + stored[:-1]).mean())
    got_kcyc = float(blast.cycle_rate(high - low, mean_rate, blast.cycle_warmth(temp_degc + ZERO_DEGC_K)))
    return [
        within(f"{where}: mean current", BLAST, expected=rate, got=mean_rate, absolute=5e-5, unit="C"),
        within(f"{where}: kcal", BLAST, expected=kcal, got=got_kcal, relative=1e-5, note="hourly points"),
        within(f"{where}: kcyc", BLAST, expected=kcyc, got=got_kcyc, relative=0.05, note="given as about"),
        *_ten_years(f"{where}, swing grows", low, high, temp_degc, left, grows=True),
        *_ten_years(f"{where}, swing as it is", low, high, temp_degc, left, grows=False),
    ]


def _ten_years(
    where: str, low: float, high: float, temp_degc: float, left: tuple[float, ...], *, grows: bool
) -> list[Case]:
    cases, health = [], Health()
    for day in range(1, 10 * DAYS_PER_YEAR + 1):
        soc = _one_cycle(low, high, health.share if grows else 1.0)
        duty = duty_of(
            soc=soc[1:],
            soc_start=float(soc[0]),
            temp_degc=np.full(HOURS, temp_degc),
            dt_h=1.0,
            civil_day=np.zeros(HOURS, dtype=np.int64),
        )
        health = age(AgeingSpec(model="blast_lfp"), health, duty).end
        years, rest = divmod(day, DAYS_PER_YEAR)
        if rest == 0 and years in YEARS:
            expected = left[YEARS.index(years)]
            allowed = TEN_YEARS if grows else CONSTANT
            what = f"{where}: {years} a"
            cases.append(within(what, BLAST, expected=expected, got=health.share, absolute=allowed))
    return cases


# --- the formulas -----------------------------------------------------------------------------------

BY_HAND_YEARS = (1, 5, 10, 15)
DEPTH = 0.8
ROUNDED = 0.06
"""Values are given to a tenth of a per cent, of years of 365 or 365.25 days [%]."""


def _blast_form() -> list[Case]:
    """Return the losses of one cycle a day at 0.4C, which the table counts as the mean current."""
    cases = []
    for temp_degc, *losses in (
        (15.0, 3.3, 11.6, 20.2, 27.9),
        (25.0, 3.2, 10.5, 17.9, 24.4),
        (35.0, 3.7, 11.0, 18.0, 24.1),
        (45.0, 5.0, 13.5, 21.1, 27.5),
    ):
        temp_k = temp_degc + ZERO_DEGC_K
        stored = float(blast.calendar_rate(0.5, temp_k))
        worn = float(blast.cycle_rate(DEPTH, 0.4, blast.cycle_warmth(temp_k)))
        calendar = PowerLaw(stored ** (1 / blast.CALENDAR_EXPONENT) * 365.25, blast.CALENDAR_EXPONENT)
        cycle = PowerLaw(worn ** (1 / blast.CYCLE_EXPONENT) * 365.25 * DEPTH, blast.CYCLE_EXPONENT)
        for years, expected in zip(BY_HAND_YEARS, losses, strict=True):
            got = 100 * (_by_years(calendar, years) + _by_years(cycle, years))
            what = f"BLAST form, a cycle a day, {temp_degc:g} degC: loss after {years} a"
            cases.append(within(what, BLAST_FORM, expected=expected, got=got, absolute=ROUNDED, unit="%"))
    return cases


def _naumann() -> list[Case]:
    """Return the losses of one cycle a day at 0.5C and 25 degC, by a duty that has them."""
    soc = np.tile(np.repeat([0.5 + DEPTH / 2, 0.5 - DEPTH / 2], 12), 365)
    per_second = float(naumann.calendar_rate(0.5, 25.0 + ZERO_DEGC_K))
    calendar = PowerLaw(per_second**2 * 365.25 * 86400, naumann.EXPONENT)
    cycles = count_cycles(soc)
    squares = naumann.cycle_rate(cycles.depth, np.full(len(cycles.depth), 0.5)) ** 2 * cycles.full
    cycle = PowerLaw(float(squares.sum()) * 365.25 / 364.5, naumann.EXPONENT)
    cases = []
    for kind, law, losses in (
        ("calendar", calendar, (4.3, 9.5, 13.4, 16.5)),
        ("cycle", cycle, (2.5, 5.5, 7.8, 9.6)),
    ):
        for years, expected in zip(BY_HAND_YEARS, losses, strict=True):
            got = 100 * _by_years(law, years)
            what = f"Naumann, a cycle a day, 25 degC: {kind} loss after {years} a"
            cases.append(within(what, NAUMANN, expected=expected, got=got, absolute=ROUNDED, unit="%"))
    return cases


def _by_years(law: PowerLaw, years: int) -> float:
    """Return the loss after some years, each continued from the last one's."""
    loss = 0.0
    for _ in range(years):
        loss = law.after(loss)
    return loss
