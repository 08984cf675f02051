"""The tariff: Shandong's bands, gaps and overlaps, midnight, steps across an edge, the bill."""

import csv
import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError

from stationsim.models.tariff import (
    TariffSpec,
    band_index,
    bill,
    billing_months,
    step_price_per_kwh,
)
from tests.shared_data import shared

SHARP, PEAK, FLAT, VALLEY, DEEP = 1.0223, 0.9173, 0.5828, 0.2482, 0.1783
"""Shandong, 110 kV two-part, September 2025 [CNY/kWh]."""


def window(months: list[int], start: str, end: str) -> dict[str, Any]:
    return {"months": months, "start": start, "end": end}


WINTER, SPRING, SUMMER, AUTUMN = [12, 1, 2], [3, 4, 5], [7, 8], [9, 10, 11]
SHANDONG: dict[str, Any] = {
    "flat_price_per_kwh": FLAT,
    "feed_in_per_kwh": 0.3949,
    "bands": [
        {
            "name": "sharp",
            "price_per_kwh": SHARP,
            "windows": [
                window(WINTER, "16:00", "19:00"),
                window(SPRING, "17:00", "20:00"),
                window([6, *SUMMER], "17:00", "22:00"),
                window(AUTUMN, "17:00", "19:00"),
            ],
        },
        {
            "name": "peak",
            "price_per_kwh": PEAK,
            "windows": [
                window(WINTER, "07:00", "09:00"),
                window(WINTER, "19:00", "21:00"),
                window(SPRING, "20:00", "22:00"),
                window([6, *SUMMER], "16:00", "17:00"),
                window([6, *SUMMER], "22:00", "23:00"),
                window(AUTUMN, "16:00", "17:00"),
                window(AUTUMN, "19:00", "21:00"),
            ],
        },
        {
            "name": "valley",
            "price_per_kwh": VALLEY,
            "windows": [
                window(WINTER, "02:00", "06:00"),
                window([*WINTER, *SPRING, *AUTUMN], "10:00", "11:00"),
                window([*WINTER, *SPRING, *AUTUMN], "14:00", "15:00"),
                window([6], "07:00", "12:00"),
                window(SUMMER, "01:00", "06:00"),
            ],
        },
        {
            "name": "deep_valley",
            "price_per_kwh": DEEP,
            "windows": [window([*WINTER, *SPRING, *AUTUMN], "11:00", "14:00")],
        },
    ],
}


def tariff(*bands: dict[str, Any], **rest: Any) -> TariffSpec:
    return TariffSpec.model_validate({"bands": list(bands), **rest})


def band(name: str, price: float, *windows: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "price_per_kwh": price, "windows": list(windows)}


def day_of(month: int, step_minutes: int = 60) -> dict[str, Any]:
    hours = np.arange(0, 24 * 60, step_minutes) / 60
    return {"month": np.full(len(hours), month), "civil_hour": hours}


def prices(spec: TariffSpec, month: int, step_minutes: int = 60) -> Any:
    return step_price_per_kwh(spec, **day_of(month, step_minutes), step_minutes=step_minutes)


def test_a_september_day_in_shandong() -> None:
    expected = (
        [FLAT] * 10 + [VALLEY] + [DEEP] * 3 + [VALLEY, FLAT, PEAK, SHARP, SHARP, PEAK, PEAK] + [FLAT] * 3
    )
    assert prices(TariffSpec.model_validate(SHANDONG), 9).tolist() == expected


def test_a_july_day_in_shandong_has_a_night_valley_and_no_deep_one() -> None:
    expected = [FLAT] + [VALLEY] * 5 + [FLAT] * 10 + [PEAK] + [SHARP] * 5 + [PEAK, FLAT]
    assert prices(TariffSpec.model_validate(SHANDONG), 7).tolist() == expected


def test_shandong_against_the_published_clock() -> None:
    spec = TariffSpec.model_validate(SHANDONG)
    published: dict[tuple[int, int], str] = defaultdict(lambda: "flat")
    with shared("tariff/shandong_tou_clock_2025_2026.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for month in map(int, row["months"].split(";")):
                for hour in range(int(row["start"][:2]), int(row["end"][:2])):
                    published[month, hour] = row["band"]
    for month in range(1, 13):
        names = [spec.band_names[index] for index in band_index(spec, **day_of(month))]
        assert names == [published[month, hour] for hour in range(24)]


def test_without_bands_there_is_one_price() -> None:
    spec = TariffSpec(flat_price_per_kwh=0.6)
    assert spec.band_names == ("flat",)
    assert_array_equal(prices(spec, 3, 1), 0.6)


def test_bands_may_cover_everything_without_a_flat_price() -> None:
    spec = tariff(
        band("night", 0.2, {"start": "22:00", "end": "06:00"}),
        band("day", 0.8, {"start": "06:00", "end": "22:00"}),
    )
    assert spec.band_names == ("night", "day")
    assert prices(spec, 5).tolist() == [0.2] * 6 + [0.8] * 16 + [0.2] * 2


def test_a_window_to_midnight_and_a_whole_day() -> None:
    late = tariff(band("late", 1.0, {"start": "22:00", "end": "00:00"}), flat_price_per_kwh=0.0)
    assert prices(late, 1).tolist() == [0.0] * 22 + [1.0] * 2
    whole = tariff(band("always", 0.5, {"start": "00:00", "end": "24:00"}))
    assert_array_equal(prices(whole, 1), 0.5)


def test_a_window_over_midnight_belongs_to_the_month_of_each_hour() -> None:
    spec = tariff(band("night", 0.2, window([1], "22:00", "06:00")), flat_price_per_kwh=0.8)
    assert prices(spec, 1).tolist() == [0.2] * 6 + [0.8] * 16 + [0.2] * 2
    assert prices(spec, 2).tolist() == [0.8] * 24


def test_a_step_across_an_edge_pays_by_the_minute() -> None:
    spec = tariff(band("peak", 1.0, {"start": "08:15", "end": "09:00"}), flat_price_per_kwh=0.2)
    assert prices(spec, 4)[8] == pytest.approx((15 * 0.2 + 45 * 1.0) / 60)
    assert prices(spec, 4, 30)[16] == pytest.approx(0.6)
    assert prices(spec, 4, 15)[32:37].tolist() == [0.2, 1.0, 1.0, 1.0, 0.2]


@pytest.mark.parametrize("step_minutes", [1, 5, 15, 20, 30])
def test_a_flat_load_pays_the_same_at_any_step(step_minutes: int) -> None:
    spec = tariff(band("peak", 1.0, {"start": "08:07", "end": "17:41"}), flat_price_per_kwh=0.2)
    assert prices(spec, 4, step_minutes).mean() == pytest.approx(prices(spec, 4, 60).mean())


def test_a_step_across_midnight() -> None:
    spec = tariff(band("night", 0.0, {"start": "00:00", "end": "06:00"}), flat_price_per_kwh=1.0)
    price = step_price_per_kwh(spec, month=np.array([3]), civil_hour=np.array([23.5]), step_minutes=60)
    assert_allclose(price, 0.5)


def test_negative_prices_are_allowed() -> None:
    spec = tariff(band("noon", -0.05, {"start": "11:00", "end": "14:00"}), flat_price_per_kwh=0.5)
    assert prices(spec, 6)[11] == -0.05


def test_overlaps_are_refused_and_listed() -> None:
    with pytest.raises(ValidationError) as refused:
        tariff(
            band("peak", 1.0, window([6, 7], "16:00", "20:00"), window([1], "05:00", "06:00")),
            band("sharp", 2.0, window([7, 8], "19:30", "21:00")),
            flat_price_per_kwh=0.5,
        )
    assert "one band at a time, got 19:30-20:00 of month 7 more than once in peak, sharp" in str(
        refused.value
    )


def test_gaps_are_refused_and_listed() -> None:
    with pytest.raises(ValidationError) as refused:
        tariff(
            band("day", 1.0, {"start": "06:00", "end": "21:45"}),
            band("night", 0.3, window(list(range(1, 12)), "22:00", "06:00")),
        )
    message = str(refused.value)
    assert "must cover every hour or give flat_price_per_kwh" in message
    assert "21:45-22:00 of months 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11" in message
    assert "00:00-06:00 of month 12; 21:45-24:00 of month 12" in message


def test_a_tariff_without_any_price_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"got no band in 00:00-24:00 of every month"):
        TariffSpec()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"bands": [band("flat", 1.0, window([1], "01:00", "02:00"))]}, "name of its own, not 'flat'"),
        ({"bands": [band("a", 1.0, window([13], "01:00", "02:00"))]}, "months from 1 to 12"),
        ({"bands": [band("a", 1.0, window([], "01:00", "02:00"))]}, "months from 1 to 12"),
        ({"bands": [band("a", 1.0, window([1, 1], "01:00", "02:00"))]}, "each once"),
        ({"bands": [band("a", 1.0, window([1], "01:00", "01:00"))]}, "start and an end that differ"),
        ({"bands": [band("a", 1.0, window([1], "01:00", "25:00"))]}, "00:00 to 24:00"),
        ({"bands": [band("a", 1.0)]}, "at least 1"),
        ({"capacity_charge_per_kva_month": 24.0}, "must give capacity_kva"),
        ({"fixed_per_month": -1.0}, "greater than or equal to 0"),
        ({"price": 1.0}, "not permitted"),
    ],
)
def test_wrong_tariffs_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TariffSpec.model_validate({"flat_price_per_kwh": 0.5, **wrong})


@given(st.integers(0, 1439), st.integers(1, 1439))
def test_any_window_covers_its_length(start: int, length: int) -> None:
    end = (start + length) % 1440
    text = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (start, end)]
    spec = tariff(band("a", 1.0, {"start": text[0], "end": text[1]}), flat_price_per_kwh=0.0)
    assert prices(spec, 1, 1).sum() == length


def test_the_bill_by_hand() -> None:
    spec = TariffSpec(
        flat_price_per_kwh=0.5,
        feed_in_per_kwh=0.3,
        capacity_charge_per_kva_month=24.0,
        capacity_kva=4000.0,
        fixed_per_month=100.0,
    )
    due = bill(
        spec,
        import_kwh=np.array([10.0, 20.0]),
        export_kwh=np.array([0.0, 50.0]),
        price_per_kwh=np.array([0.5, 0.25]),
        months=0.5,
    )
    assert due == pytest.approx((10.0, 15.0, 48_000.0, 50.0))
    assert due.total == pytest.approx(10 - 15 + 48_000 + 50)


def test_months_of_a_period() -> None:
    assert billing_months(dt.date(2025, 1, 1), dt.date(2025, 12, 31)) == pytest.approx(12)
    assert billing_months(dt.date(2024, 2, 1), dt.date(2024, 2, 29)) == pytest.approx(1)
    assert billing_months(dt.date(2025, 4, 16), dt.date(2025, 5, 31)) == pytest.approx(1.5)
    assert billing_months(dt.date(2025, 12, 31), dt.date(2026, 1, 1)) == pytest.approx(2 / 31)
