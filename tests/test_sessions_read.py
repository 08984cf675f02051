"""Files of measured sessions: every form in one frame, and the gate."""

import copy
import datetime as dt
import io
import json
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from stationsim.errors import MachineError, ScenarioError
from stationsim.inputs.kinds import REFUSAL_CODES
from stationsim.sessions import COLUMNS
from stationsim.sessions import files as session_files
from stationsim.sessions.read import read_sessions, select_sessions
from tests.sessions_made import ACN, DESL, DUNDEE, OCPI, PLAIN, written
from tests.shared_data import shared


def actions(measured):
    return {(found.rule, found.action): found.count for found in measured.findings}


def refuse(path, say, *, timezone=None, line=None):
    with pytest.raises(ScenarioError) as caught:
        read_sessions(path, timezone=timezone)
    assert say in str(caught.value)
    assert all(problem.code in REFUSAL_CODES.values() for problem in caught.value.problems)
    if line is not None:
        assert f"{path}:{line}" in str(caught.value)
    return caught.value


def test_plain_csv(tmp_path):
    measured = read_sessions(written(tmp_path, PLAIN))
    frame = measured.frame
    assert measured.form == "csv"
    assert measured.findings == ()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["arrival"].iloc[0] == pd.Timestamp("2026-01-31T08:00", tz="Asia/Shanghai")
    assert frame["arrival"].dt.hour.tolist() == [8, 9, 23]
    assert frame["stay_minutes"].tolist() == [30, 60, 30]
    assert frame["energy_kwh"].tolist() == [30, 40, 20]
    assert np.isnan(
        frame.loc[1, ["soc_arrival", "soc_departure", "pmax_kw", "usable_kwh"]].astype(float)
    ).all()


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda text: "\ufeff" + text.replace("\n", "\r\n"), True),
        (lambda text: text.replace(",", ";"), True),
        (lambda text: text.rstrip("\n"), True),
        (lambda text: text.replace("# timezone: Asia/Shanghai\n", ""), True),
        (lambda text: text.replace("+08:00", ""), True),
        (lambda text: text.replace("Asia/Shanghai", "UTC"), False),
    ],
)
def test_plain_csv_written_otherwise_is_the_same(tmp_path, change, same):
    usual = read_sessions(written(tmp_path, PLAIN)).frame
    other = read_sessions(written(tmp_path, change(PLAIN), "other")).frame
    assert (other["arrival"].dt.hour.tolist() == usual["arrival"].dt.hour.tolist()) is same
    assert (other["arrival"].dt.tz_convert("UTC") == usual["arrival"].dt.tz_convert("UTC")).all()


def test_times_without_offset_need_a_zone_and_take_the_one_given(tmp_path):
    naive = PLAIN.replace("+08:00", "").replace("# timezone: Asia/Shanghai\n", "")
    path = written(tmp_path, naive)
    refuse(path, "the zone must be named")
    refuse(path, "must be a time zone", timezone="Asia/Jinan")
    refuse(path, "must be a time zone", timezone="../../etc/passwd")
    for zone in ("Asia/Shanghai", "+08:00"):
        frame = read_sessions(path, timezone=zone).frame
        assert frame["arrival"].iloc[0] == pd.Timestamp("2026-01-31T00:00", tz="UTC")


def test_clocks_that_change_do_not_change_the_stay(tmp_path):
    text = "arrival,departure,energy_kwh\n2025-03-30T01:30,2025-03-30T03:30,20\n"
    frame = read_sessions(written(tmp_path, text), timezone="Europe/Zurich").frame
    assert frame["stay_minutes"].tolist() == [60]


def test_desl_columns(tmp_path):
    measured = read_sessions(written(tmp_path, DESL))
    frame = measured.frame
    assert measured.form == "desl"
    assert actions(measured) == {("pack", "repaired"): 1}
    assert measured.findings[0].line == 3
    assert frame["arrival"].iloc[0] == pd.Timestamp("2022-08-11 23:33", tz="Europe/Zurich")
    assert frame["stay_minutes"].tolist() == [20, 30]
    assert frame.loc[0, ["energy_kwh", "pmax_kw", "usable_kwh"]].tolist() == [30, 150, 75]
    assert frame.loc[0, ["soc_arrival", "soc_departure"]].tolist() == pytest.approx([0.2, 0.6])
    assert np.isnan(frame.loc[1, "usable_kwh"])


def test_a_stay_beyond_all_sense_is_none(tmp_path):
    measured = read_sessions(written(tmp_path, DESL.replace(",20,30000", ",1e32,30000")))
    assert actions(measured)["open", "dropped"] == 1


def workbook(text):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for number, line in enumerate(text.strip().splitlines()):
        cells = line.split(",")
        times = number > 0
        book.active.append(
            [
                dt.datetime.fromisoformat(cell) if times and cell.startswith("2022-") else cell
                for cell in cells
            ]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read_as_its_csv(tmp_path, monkeypatch):
    path = written(tmp_path, workbook(DESL))
    as_text = read_sessions(written(tmp_path, DESL, "text")).frame
    pd.testing.assert_frame_equal(read_sessions(path).frame, as_text)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MachineError, match=r"stationsim\[xlsx\]"):
        read_sessions(path)


def test_dundee_and_what_its_gate_drops(tmp_path):
    measured = read_sessions(written(tmp_path, DUNDEE))
    assert measured.form == "dundee"
    assert actions(measured) == {
        ("duplicate", "dropped"): 1,
        ("open", "dropped"): 1,
        ("stay", "dropped"): 1,
        ("energy", "dropped"): 1,
        ("power", "dropped"): 1,
    }
    assert {found.rule: found.line for found in measured.findings}["open"] == 2
    frame = measured.frame
    assert [str(day) for day in frame["arrival"].dt.date] == ["2018-05-04", "2018-06-05"]
    assert frame["post_kw"].tolist() == [50, 7.4]
    assert measured.source["rows"] == 7
    assert "2 of 7 sessions" in measured.describe()[0]


def test_dundee_writes_the_day_first(tmp_path):
    text = DUNDEE.replace("04/05/2018,10:00,04/05", "2018-05-04,10:00,04/05")
    refuse(written(tmp_path, text), "must be a moment in time", line=4)


def test_acn_data(tmp_path):
    measured = read_sessions(written(tmp_path, ACN))
    assert measured.form == "acn"
    assert actions(measured) == {("open", "dropped"): 1}
    assert measured.findings[0].path == "[1]"
    row = measured.frame.iloc[0]
    assert row["arrival"] == pd.Timestamp("2018-04-25T04:08:04", tz="America/Los_Angeles")
    assert row["arrival"].hour == 4
    assert row["stay_minutes"] == pytest.approx(132.1)
    assert row["charging_minutes"] == pytest.approx(111 + 56 / 60)
    assert row["energy_kwh"] == 7.932


def test_ocpi_records(tmp_path):
    measured = read_sessions(written(tmp_path, OCPI))
    assert measured.form == "ocpi"
    assert actions(measured) == {("timezone", "warned"): 0}
    row = measured.frame.iloc[0]
    assert (row["energy_kwh"], row["pmax_kw"]) == (25.5, 90.5)
    assert row["stay_minutes"] == pytest.approx(45 + 0.5 / 60)
    assert row["charging_minutes"] == pytest.approx(30 + 0.5 / 60)
    there = read_sessions(written(tmp_path, {"data": OCPI}), timezone="Asia/Shanghai")
    assert there.findings == ()
    assert there.frame["arrival"].dt.hour.tolist() == [8]


def test_ocpi_energy_from_the_periods_and_what_does_not_agree(tmp_path):
    without, other = copy.deepcopy(OCPI), copy.deepcopy(OCPI)
    del without[0]["total_energy"]
    other[0]["total_energy"] = 30
    assert read_sessions(written(tmp_path, without)).frame["energy_kwh"].tolist() == [25.5]
    measured = read_sessions(written(tmp_path, other))
    assert actions(measured)["energy parts", "warned"] == 1
    assert measured.frame["energy_kwh"].tolist() == [30]


def test_ocpi_parking_from_the_periods_or_from_nowhere(tmp_path):
    records = copy.deepcopy(OCPI)
    del records[0]["total_parking_time"]
    frame = read_sessions(written(tmp_path, records)).frame
    assert frame["charging_minutes"].tolist() == pytest.approx([39 + 0.5 / 60])
    del records[0]["charging_periods"]
    assert read_sessions(written(tmp_path, records)).frame["charging_minutes"].isna().all()


@pytest.mark.parametrize("text", [DESL, DUNDEE, PLAIN])
def test_files_that_do_not_tell_when_charging_ended(tmp_path, text):
    assert read_sessions(written(tmp_path, text)).frame["charging_minutes"].isna().all()


@pytest.mark.parametrize(
    ("done", "minutes"),
    [
        ("Wed, 25 Apr 2018 13:20:40 GMT", 132.1),
        ("Wed, 25 Apr 2018 13:30:00 GMT", None),
        ("Wed, 25 Apr 2018 11:00:00 GMT", None),
        ("Wed, 25 Apr 2018 11:08:30 GMT", None),
    ],
)
def test_ends_of_charging_that_cannot_be(tmp_path, done, minutes):
    """Half a minute after the departure is rounding; 10 min after it, or before the arrival, is not.

    Nor are 60 kWh within half a minute.
    """
    records = copy.deepcopy(ACN)
    records["_items"][0] |= {"doneChargingTime": done, "kWhDelivered": 60}
    measured = read_sessions(written(tmp_path, records))
    (known,) = measured.frame["charging_minutes"]
    assert known == pytest.approx(minutes) if minutes else np.isnan(known)
    assert actions(measured).get(("charging", "repaired"), 0) == (0 if minutes else 1)


def test_plain_csv_may_tell_how_long_charging_took(tmp_path):
    text = PLAIN.replace("energy_kwh,", "energy_kwh,charging_minutes,").replace(
        ":30+08:00,30,", ":30+08:00,30,25,"
    )
    text = text.replace(",40,", ",40,70,").replace(":20+08:00,20,", ":20+08:00,20,,")
    measured = read_sessions(written(tmp_path, text))
    np.testing.assert_equal(measured.frame["charging_minutes"].to_numpy(), [25, np.nan, np.nan])
    assert actions(measured) == {("charging", "repaired"): 1}
    assert measured.findings[0].line == 4


@pytest.mark.parametrize(
    ("old", "new", "rule", "kept"),
    [
        ("0.2,0.7", "1.2,0.7", "soc range", 3),
        ("0.2,0.7", "0.7,0.2", "soc order", 3),
        (",100,60,", ",100,0,", "positive", 3),
        ("08:30+08:00,30", "08:30+08:00,0", "energy", 2),
        ("08:30+08:00,30", "08:30+08:00,300", "power", 2),
        ("08:30+08:00,30", "07:30+08:00,30", "stay", 2),
        ("08:30+08:00,30", "08:30+08:00,", "open", 2),
    ],
)
def test_the_gate(tmp_path, old, new, rule, kept):
    assert old in PLAIN
    measured = read_sessions(written(tmp_path, PLAIN.replace(old, new, 1)))
    (found,) = measured.findings
    assert (found.rule, found.count, found.line, measured.kept) == (rule, 1, 3, kept)
    if kept == 3 and rule != "positive":
        assert np.isnan(measured.frame.loc[0, ["soc_arrival", "soc_departure"]].astype(float)).all()


def test_rows_without_identity_are_duplicates_where_all_is_equal(tmp_path):
    row = PLAIN.splitlines()[2]
    measured = read_sessions(written(tmp_path, PLAIN + row + "\n"))
    assert actions(measured) == {("duplicate", "dropped"): 1}
    assert measured.kept == 3


@pytest.mark.parametrize(
    ("change", "say", "line"),
    [
        (lambda text: text.replace(",30,", ",thirty,"), "must be a number or empty", 3),
        (lambda text: text.replace(",30,0.2,", ',"30,5",0.2,'), "a decimal comma?", 3),
        (lambda text: text.replace("2026-01-31T08:00", "31/01/2026 08:00"), "must be a moment in time", 3),
        (lambda text: text.replace("2026-01-31T08:00", "1926-01-31T08:00"), "must lie in the years", 3),
        (lambda text: text.replace("2026-01-31T08:00", "2026-02-30T08:00"), "must be a moment in time", 3),
        (lambda text: text.replace("2026-01-31T08:00", "0001-01-01T00:00"), "must lie in the years", 3),
        (lambda text: text.replace("2026-01-31T08:30", "9999-12-31T23:59"), "must lie in the years", 3),
        (lambda text: text.replace("08:00+08:00,2026", "08:00,2026", 1), "at every moment or at none", None),
        (lambda text: text.replace(",40,,,,,", ",40"), "must have 8 fields", 4),
        (lambda text: text.replace("energy_kwh", "energy_kw"), "lacks energy_kwh", None),
        (lambda text: text.replace("energy_kwh", "arrival"), "must name a column once", 2),
        (lambda text: "\n".join(text.splitlines()[:2]), "rows below it", None),
        (lambda text: text.encode().replace(b"2026-02-01", b"\xff\xfe26-02-01"), "must be UTF-8", 5),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(tmp_path, change, say, line):
    assert change(PLAIN) != PLAIN
    refuse(written(tmp_path, change(PLAIN)), say, line=line)


@pytest.mark.parametrize(
    ("content", "say"),
    [
        (b"\x1f\x8b123", "looks like a gzip archive, not a file of sessions"),
        (b"PK\x03\x04nonsense", "must be an Excel workbook"),
        ("[1, 2", "must be JSON"),
        ("[]", "list of sessions"),
        ("[1]", "an object of keys"),
        ("[{}]", "known form"),
        ('[{"start_date_time": "x", "end_date_time": "y", "total_energy": NaN}]', "finite"),
        ("[" * 200_000, "nested"),
        ('[{"kWhDelivered": ' + "9" * 5000 + "}]", "bearable length"),
    ],
)
def test_what_holds_no_sessions_is_refused(tmp_path, content, say):
    refuse(written(tmp_path, content), say)


@pytest.mark.parametrize(
    ("key", "value", "say"),
    [
        ("kWhDelivered", "7.9", "[0].kWhDelivered: must be a number"),
        ("kWhDelivered", True, "[0].kWhDelivered: must be a number"),
        ("connectionTime", "2018-04-25T11:08:04Z", "[0].connectionTime: must be a moment"),
        ("connectionTime", {"a": "\x1b[31m"}, "[0].connectionTime: must be a moment"),
        ("timezone", "Mars/Olympus", "must be a time zone"),
    ],
)
def test_a_wrong_record_is_refused_with_its_place(tmp_path, key, value, say):
    records = copy.deepcopy(ACN)
    records["_items"][0][key] = value
    error = refuse(written(tmp_path, records), say)
    assert "\x1b" not in str(error)


def test_a_file_without_a_whole_session_is_refused(tmp_path):
    row = "2026-01-01T08:00Z" + "," * 7
    refuse(written(tmp_path, f"{PLAIN.splitlines()[1]}\n{row}\n"), "whole session")


def test_what_a_workbook_unpacks_to_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(session_files, "LARGEST_UNPACKED_BYTES", 1000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>" * 1000)
    refuse(written(tmp_path, stream.getvalue()), "must unpack to at most")


def test_select_by_day_and_post(tmp_path):
    frame = read_sessions(written(tmp_path, PLAIN)).frame
    day = dt.date(2026, 1, 31)
    assert len(select_sessions(frame, last_day=day)) == 2
    assert select_sessions(frame, first_day=day + dt.timedelta(days=1))["energy_kwh"].tolist() == [20]
    assert len(select_sessions(frame, least_post_kw=120)) == 2
    assert len(select_sessions(frame)) == 3


def test_findings_are_plain_data(tmp_path):
    measured = read_sessions(written(tmp_path, DUNDEE))
    assert json.dumps([found.to_dict() for found in measured.findings])


def test_the_desl_file_is_whole():
    measured = read_sessions(shared("charging/desl_epfl_level3_session_data.xlsx"))
    assert measured.kept == 1878
    assert actions(measured) == {("pack", "repaired"): 11}
    assert measured.frame["energy_kwh"].mean() == pytest.approx(32.2, abs=0.05)
    assert measured.frame["soc_departure"].mean() == pytest.approx(0.791, abs=0.001)


def test_the_dundee_file():
    measured = read_sessions(shared("charging/dundee_ev_sessions_2018-03_2018-05.csv"))
    assert actions(measured)["open", "dropped"] == 114
    rapid = select_sessions(measured.frame, least_post_kw=50)
    assert rapid["energy_kwh"].mean() == pytest.approx(10.0, abs=0.1)
