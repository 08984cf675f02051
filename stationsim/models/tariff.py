"""Electricity tariff: bands of the day by month, feed-in, capacity charge, and the bill."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from stationsim.spec import ClockHour, Identifier, Name, NonNegative, Number, Spec, Whole

Array = NDArray[np.float64]
MINUTES_OF_A_DAY = 24 * 60
MONTHS = tuple(range(1, 13))
FLAT = "flat"
"""Name of the price of all hours that no band covers."""
SHOWN_CLASHES = 12
"""How many gaps or overlaps a message lists."""


class TariffWindowSpec(Spec):
    """Hours of the day, in some months."""

    months: tuple[Whole, ...] = MONTHS
    """Months, 1 to 12; hours after midnight belong to the month of the new day; all if not given."""
    start: ClockHour
    """Civil time at which the window starts, HH:MM."""
    end: ClockHour
    """Civil time at which the window ends, HH:MM; at or before ``start`` it lies on the next day."""

    @model_validator(mode="after")
    def _months_exist(self) -> TariffWindowSpec:
        wrong = [month for month in self.months if month not in MONTHS]
        if wrong or not self.months or len(set(self.months)) < len(self.months):
            raise ValueError(f"must name months from 1 to 12, each once, got {list(self.months)}")
        if self.start == self.end:
            raise ValueError("must have a start and an end that differ; the whole day is 00:00 to 24:00")
        return self

    def minutes(self) -> NDArray[np.int64]:
        """Return the minutes of the day inside the window, from 0."""
        start, end = round(self.start * 60), round(self.end * 60)
        if end <= start:
            end += MINUTES_OF_A_DAY
        return np.arange(start, end) % MINUTES_OF_A_DAY


class TariffBandSpec(Spec):
    """A price and the hours it holds in."""

    name: Identifier
    """Short name of the band, such as peak."""
    price_per_kwh: Number
    """Price of energy from the grid, may be negative [currency/kWh]."""
    windows: tuple[TariffWindowSpec, ...] = Field(min_length=1)
    """Hours of the day and months the price holds in."""


class TariffSpec(Spec):
    """What energy from and to the grid costs; the same from year to year."""

    currency: Name = "CNY"
    """Currency of every price of the scenario; CNY is that of the reference station."""
    flat_price_per_kwh: Number | None = None
    """Price of all hours that no band covers [currency/kWh]; none wants the bands to cover every hour."""
    bands: tuple[TariffBandSpec, ...] = ()
    """Bands of the day; none is one flat price."""
    feed_in_per_kwh: Number = 0.0
    """Pay for energy to the grid, may be negative [currency/kWh]; 0 gives it away."""
    capacity_charge_per_kva_month: NonNegative = 0.0
    """Charge for the connection's capacity [currency/(kVA month)]; 0 leaves it out."""
    capacity_kva: NonNegative = 0.0
    """Capacity the charge is for [kVA]; usually the transformers'."""
    fixed_per_month: NonNegative = 0.0
    """Charge that depends on nothing [currency/month]; 0 leaves it out."""

    @model_validator(mode="after")
    def _bands_fit(self) -> TariffSpec:
        names = self.band_names
        if len(set(names)) < len(names):
            raise ValueError(f"must give every band a name of its own, not {FLAT!r}, got {', '.join(names)}")
        if self.capacity_charge_per_kva_month > 0 and self.capacity_kva == 0:
            raise ValueError("must give capacity_kva with capacity_charge_per_kva_month, got 0")
        covered = _coverage(self.bands)
        if (covered > 1).any():
            clashing = [band.name for band in self.bands if _coverage((band,))[covered > 1].any()]
            spans = _spans(covered > 1)
            raise ValueError(
                f"must have one band at a time, got {spans} more than once in {', '.join(clashing)}"
            )
        if self.flat_price_per_kwh is None and (covered == 0).any():
            spans = _spans(covered == 0)
            raise ValueError(f"must cover every hour or give flat_price_per_kwh, got no band in {spans}")
        return self

    @property
    def band_names(self) -> tuple[str, ...]:
        """Names of the bands in order of their index; the flat price, if there is one, is last."""
        flat = () if self.flat_price_per_kwh is None else (FLAT,)
        return (*(band.name for band in self.bands), *flat)


def _coverage(bands: tuple[TariffBandSpec, ...]) -> NDArray[np.int64]:
    """Return how many windows cover each minute of a day of each month, of shape (12, 1440)."""
    covered = np.zeros((len(MONTHS), MINUTES_OF_A_DAY), dtype=np.int64)
    for _, months, minutes in _windows(bands):
        covered[np.ix_(months, minutes)] += 1
    return covered


def _windows(
    bands: tuple[TariffBandSpec, ...],
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the band index, the months from 0 and the minutes of every window."""
    for index, band in enumerate(bands):
        for window in band.windows:
            yield index, np.array(window.months) - 1, window.minutes()


def _spans(where: NDArray[np.bool_]) -> str:
    """Return the spans of time that hold a true minute, in words."""
    listed = [f"{span} of {_month_list(months)}" for span, months in _runs(where).items()]
    more = f" and {len(listed) - SHOWN_CLASHES} more" if len(listed) > SHOWN_CLASHES else ""
    return "; ".join(listed[:SHOWN_CLASHES]) + more


def _runs(where: NDArray[np.bool_]) -> dict[str, list[int]]:
    """Return every span of time that holds a true minute, with its months."""
    found: dict[str, list[int]] = {}
    for month, row in zip(MONTHS, where, strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        for start, end in edges.reshape(-1, 2):
            found.setdefault(f"{_clock(start)}-{_clock(end)}", []).append(month)
    return found


def _clock(minute: int) -> str:
    """Return a minute of the day as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _month_list(months: list[int]) -> str:
    """Return months in words."""
    if len(months) == len(MONTHS):
        return "every month"
    return ("month " if len(months) == 1 else "months ") + ", ".join(map(str, months))


def _band_table(spec: TariffSpec) -> NDArray[np.int64]:
    """Return the band index of each minute of a day of each month, of shape (12, 1440)."""
    table = np.full((len(MONTHS), MINUTES_OF_A_DAY), len(spec.bands))
    for index, months, minutes in _windows(spec.bands):
        table[np.ix_(months, minutes)] = index
    return table


def _rows_and_minutes(
    month: NDArray[np.int64], civil_hour: Array
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    minute = np.rint(np.asarray(civil_hour) * 60).astype(np.int64) % MINUTES_OF_A_DAY
    return np.asarray(month) - 1, minute


def band_index(spec: TariffSpec, *, month: NDArray[np.int64], civil_hour: Array) -> NDArray[np.int64]:
    """Return the band at the start of each step, an index of ``spec.band_names``.

    Parameters
    ----------
    spec
        The tariff.
    month
        Civil month of each step, 1 to 12.
    civil_hour
        Civil hour of the day at the start of each step [h].
    """
    rows, minute = _rows_and_minutes(month, civil_hour)
    return _band_table(spec)[rows, minute]


def step_price_per_kwh(
    spec: TariffSpec, *, month: NDArray[np.int64], civil_hour: Array, step_minutes: int
) -> Array:
    """Return the mean price of each step [currency/kWh].

    Parameters
    ----------
    spec
        The tariff.
    month
        Civil month of each step, 1 to 12.
    civil_hour
        Civil hour of the day at the start of each step [h].
    step_minutes
        Step length [min].

    Notes
    -----
    A step across the edge of a band pays each price for its share of the minutes. A step across midnight
    takes the later minutes from the same month's next day.
    """
    prices = [band.price_per_kwh for band in spec.bands]
    if spec.flat_price_per_kwh is not None:
        prices.append(spec.flat_price_per_kwh)
    of_minute = np.array(prices)[_band_table(spec)]
    endless = np.concatenate((of_minute, of_minute[:, : step_minutes - 1]), axis=1)
    spans = np.lib.stride_tricks.sliding_window_view(endless, step_minutes, axis=1)
    uniform = spans.min(axis=2) == spans.max(axis=2)
    of_step = np.where(uniform, spans[:, :, 0], spans.mean(axis=2))
    rows, minute = _rows_and_minutes(month, civil_hour)
    step_prices: Array = of_step[rows, minute]
    return step_prices


class Bill(NamedTuple):
    """What a period costs, in the tariff's currency."""

    energy: float
    """Energy from the grid."""
    feed_in: float
    """Pay for energy to the grid; lowers the total."""
    capacity: float
    """Charge for the connection's capacity."""
    fixed: float
    """Charge that depends on nothing."""

    @property
    def total(self) -> float:
        """All charges less the feed-in pay."""
        return self.energy + self.capacity + self.fixed - self.feed_in


def bill(
    spec: TariffSpec, *, import_kwh: Array, export_kwh: Array, price_per_kwh: Array, months: float
) -> Bill:
    """Return the bill of a period.

    Parameters
    ----------
    spec
        The tariff.
    import_kwh, export_kwh
        Energy through the meter, one value a step [kWh].
    price_per_kwh
        Price of each step, from ``step_price_per_kwh`` [currency/kWh].
    months
        Length of the period in months, from ``billing_months``.
    """
    return Bill(
        energy=float(np.dot(import_kwh, price_per_kwh)),
        feed_in=float(np.sum(export_kwh)) * spec.feed_in_per_kwh,
        capacity=spec.capacity_kva * spec.capacity_charge_per_kva_month * months,
        fixed=spec.fixed_per_month * months,
    )


def billing_months(first_day: dt.date, last_day: dt.date) -> float:
    """Return the months between two civil days, both included; a part of a month counts by its days."""
    months = 0.0
    day = first_day
    while day <= last_day:
        length = calendar.monthrange(day.year, day.month)[1]
        end = min(day.replace(day=length), last_day)
        months += (end.day - day.day + 1) / length
        day = end + dt.timedelta(days=1)
    return months
