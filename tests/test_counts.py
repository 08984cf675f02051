"""Files of counted vehicles: what is read, what is refused and where."""

import datetime as dt
import re

import numpy as np
import pytest

from stationsim.errors import ScenarioError
from stationsim.inputs.kinds import REFUSAL_CODES
from stationsim.traffic.counts import class_shares, mean_day, read_counts
from tests.shared_data import shared

ZONE = "Asia/Shanghai"


def hours(day, counts=None, step=60):
    start = dt.datetime.combine(day, dt.time())
    values = counts or [100.0] * (24 * 60 // step)
    moments = [start + dt.timedelta(minutes=step * n) for n in range(len(values))]
    return [f"{moment:%Y-%m-%dT%H:%M},{value:g}" for moment, value in zip(moments, values, strict=True)]


def written(tmp_path, rows, header="time,count"):
    path = tmp_path / "counts.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def read(tmp_path, rows, header="time,count", **options):
    return read_counts(written(tmp_path, rows, header), **{"timezone": ZONE, **options})


def refusal(tmp_path, rows, header="time,count", **options):
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, rows, header, **options)
    assert all(problem.code in REFUSAL_CODES.values() for problem in caught.value.problems)
    return str(caught.value)


MONDAY = dt.date(2025, 3, 3)
DAY = hours(MONDAY)


def test_two_days_give_their_mean_and_its_shape(tmp_path):
    second = hours(MONDAY + dt.timedelta(days=1), [float(hour) for hour in range(24)])
    counts = read(tmp_path, DAY + second)
    found = mean_day(counts, np.zeros(48, dtype=np.int8), 0)
    assert counts.step_minutes == 60
    assert found.n_days == 2
    assert found.vehicles_per_day == pytest.approx((2400 + 276) / 2)
    np.testing.assert_allclose(found.shape, (100 + np.arange(24)) / (2400 + 276))


def test_finer_counts_are_added_up_to_hours(tmp_path):
    counts = read(tmp_path, hours(MONDAY, [25.0] * 96, step=15))
    found = mean_day(counts, np.zeros(96, dtype=np.int8), 0)
    assert counts.step_minutes == 15
    assert found.vehicles_per_day == pytest.approx(2400)
    np.testing.assert_allclose(found.shape, 1 / 24)


def test_classes_and_directions_are_added_and_their_shares_kept(tmp_path):
    rows = [f"{row},{kind},{way}" for row in DAY for kind in ("car", "truck") for way in ("east", "west")]
    rows = [row.replace(",100,truck", ",25,truck") for row in rows]
    counts = read(tmp_path, rows, "time,count,class,direction")
    found = mean_day(counts, np.zeros(96, dtype=np.int8), 0)
    assert found.vehicles_per_day == pytest.approx(24 * (200 + 50))
    assert class_shares(counts) == pytest.approx({"car": 0.8, "bus": 0, "truck": 0.2})


def test_comments_blank_lines_and_offsets_are_read(tmp_path):
    rows = ["# from the east", "", *(row.replace(",", "+09:00,") for row in DAY)]
    counts = read(tmp_path, rows)
    assert counts.frame["time"].iloc[0] == dt.datetime(2025, 3, 2, 23)


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (lambda rows: [*rows[:5], rows[4].replace("100", "7"), *rows[5:]], 7, "another count"),
        (lambda rows: [*rows[:7], *rows[9:]], 9, "2 counts are missing, the first at 2025-03-03 07:00"),
        (lambda rows: [*rows[:3], rows[3].replace("100", "-1"), *rows[4:]], 5, "0 or more"),
        (lambda rows: [*rows[:3], rows[3].replace("100", "many"), *rows[4:]], 5, "must be a number"),
        (lambda rows: [*rows[:3], rows[3].replace("100", ""), *rows[4:]], 5, "must be a number"),
        (lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], 6, "time goes back"),
        (lambda rows: [*rows[:3], "yesterday,4", *rows[4:]], 5, "time cannot be read"),
        (lambda rows: [*rows[:3], "2025-02-30T03:00,4", *rows[4:]], 5, "time cannot be read"),
        (lambda rows: [*rows[:3], rows[3] + ",9", *rows[4:]], 5, "must have 2 columns"),
        (lambda rows: [*rows[:3], rows[3].replace("100", "9e9"), *rows[4:]], 5, "below 50000"),
        (lambda rows: [*rows[:3], rows[3].replace(",", "+08:00,"), *rows[4:]], 5, "an offset or none"),
        (lambda rows: [rows[0], rows[1].replace("01:00", "00:07")], 2, "a whole part of it, got 7 min"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path, change, line, message):
    text = refusal(tmp_path, change(DAY))
    assert f"counts.csv:{line}:" in text
    assert message in text


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("when,count", "a,1"),
        ("time,volume", "a,1"),
        ("time,count,count", "a,1,1"),
        ("time,count,mood", "a,1,1"),
    ],
)
def test_other_columns_are_refused(tmp_path, header, row):
    assert "counts.csv:1: columns must be time, count" in refusal(tmp_path, [row], header)


def test_a_class_nobody_knows_is_refused(tmp_path):
    text = refusal(tmp_path, [f"{row},tram" for row in DAY], "time,count,class")
    assert "counts.csv:2: class must be one of car, bus, truck" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "counts.csv: must not be empty"),
        (b"time,count\n", "counts.csv:1: must hold a line of column names and counts below it"),
        (b"<html></html>", "counts.csv: looks like an HTML page, not a file of counts"),
        (b"\xff\xfe\x00", "counts.csv: looks like a UTF-16 text"),
        (b"time\0,count\na,1", "counts.csv: looks like a binary file"),
        (b"time,count\na,\xff", "counts.csv:2: must be UTF-8 text"),
    ],
)
def test_what_is_no_csv_is_refused(tmp_path, content, said):
    path = tmp_path / "counts.csv"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=re.escape(said)):
        read_counts(path, timezone=ZONE)


def test_repeats_that_agree_are_dropped_and_told(tmp_path):
    counts = read(tmp_path, [*DAY[:5], DAY[4], *DAY[5:]])
    assert len(counts.frame) == 24
    (found,) = counts.findings
    assert (found.rule, found.action, found.count) == ("counts.duplicates", "repaired", 1)


def test_gaps_are_left_out_of_the_means_or_taken_as_none(tmp_path):
    rows = [*DAY[:7], *DAY[8:], *hours(MONDAY + dt.timedelta(days=1))]
    allowed, zero = (read(tmp_path, rows, gaps=gaps) for gaps in ("allow", "zero"))
    days = [mean_day(counts, np.zeros(len(counts.frame), dtype=np.int8), 0) for counts in (allowed, zero)]
    assert [day.vehicles_per_day for day in days] == pytest.approx([2400, 2350])
    assert [counts.findings[0].action for counts in (allowed, zero)] == ["warned", "warned"]


def test_an_hour_never_counted_leaves_the_kind_open(tmp_path):
    counts = read(tmp_path, DAY[:23])
    assert mean_day(counts, np.zeros(23, dtype=np.int8), 0) is None
    assert mean_day(counts, np.zeros(23, dtype=np.int8), 1) is None


def test_the_hour_that_does_not_exist_is_refused(tmp_path):
    spring = hours(dt.date(2025, 3, 30))
    text = refusal(tmp_path, spring, timezone="Europe/Rome")
    assert "counts.csv:4: time does not exist in Europe/Rome" in text
    assert read(tmp_path, [*spring[:2], *spring[3:]], timezone="Europe/Rome").findings == ()


def test_the_hour_that_comes_twice_may_be_counted_twice(tmp_path):
    autumn = hours(dt.date(2025, 10, 26))
    counts = read(tmp_path, [*autumn[:3], "2025-10-26T02:00,60", *autumn[3:]], timezone="Europe/Rome")
    found = mean_day(counts, np.zeros(25, dtype=np.int8), 0)
    assert counts.findings == ()
    assert found.vehicles_per_day == pytest.approx(2400 - 20)


def test_the_interstate_form_is_read_with_its_holidays():
    path = shared("traffic/metro_interstate_traffic_volume_i94.csv")
    counts = read_counts(path, form="i94", timezone="America/Chicago", gaps="allow")
    assert counts.step_minutes == 60
    assert dt.date(2012, 11, 22) in counts.holidays
    with pytest.raises(ScenarioError, match=r"i94\.csv:\d+: \d+ counts are missing"):
        read_counts(path, form="i94", timezone="America/Chicago")
    with pytest.raises(ScenarioError, match="columns must be time, count"):
        read_counts(path, timezone="America/Chicago")
