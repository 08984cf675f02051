"""Simulated sessions as files, and the commands about sessions."""

import json

import numpy as np
import pandas as pd
import pytest

from stationsim import execute
from stationsim.cli import commands
from stationsim.measured import run_sessions
from stationsim.results import Results
from stationsim.scenario import Scenario
from stationsim.session_commands import EXPORT_FORMS
from stationsim.sessions import write
from stationsim.sessions.read import read_sessions
from tests.commands import SMALL, call, left_in
from tests.fake_results import fake_results
from tests.sessions_made import PLAIN, written


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A complete run, which tests may read only."""
    folder = tmp_path_factory.mktemp("made") / "run"
    stay = "charging.linger={share: 0.5, mean_minutes: 10}"
    execute.run_into_folder(execute.prepare(SMALL, overrides=[stay]), folder=folder, figures=False)
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_sessions_of_a_run_are_its_finished_charging():
    results = fake_results(days=2)
    frame = run_sessions(results)
    assert len(frame) == 8
    third = frame.iloc[2]
    assert third["arrival"] == pd.Timestamp("2025-06-02T12:00", tz="Asia/Shanghai")  # after ten minutes' wait
    assert third["stay_minutes"] == 60
    assert third["energy_kwh"] == 57
    assert third["usable_kwh"] == pytest.approx(57 / 0.5)
    assert third["post_kw"] == 120


def test_a_run_without_chargers_has_none():
    assert run_sessions(fake_results(cars=False)).empty


@pytest.mark.parametrize(
    ("form", "known"),
    [
        ("csv", ("soc_arrival", "soc_departure", "pmax_kw", "usable_kwh", "post_kw")),
        ("acn", ()),
        ("ocpi", ()),
    ],
)
def test_what_is_written_is_read_again(capsys, made, here, form, known):
    answer = call(capsys, "sessions", "export", made, "--format", form, "--out", "file")
    assert answer.code == 0
    frame = run_sessions(Results.load(made))
    assert len(frame) > 30
    assert answer.out == f"written: file, {len(frame)} sessions\n"
    again = read_sessions("file", timezone="Asia/Shanghai" if form == "ocpi" else None)
    assert (again.form, again.findings) == (form, ())
    columns = ["arrival", "departure", "stay_minutes", "energy_kwh", *known]
    pd.testing.assert_frame_equal(again.frame[columns], frame[columns], check_exact=True)
    assert (frame["stay_minutes"] - frame["charging_minutes"]).max() > 5
    np.testing.assert_allclose(again.frame["charging_minutes"], frame["charging_minutes"], atol=1e-9)


def test_the_desl_columns_are_read_again_on_the_place_s_clock(capsys, made, here):
    """They name no zone and no end of charging; numbers pass through per cent, W and Wh."""
    assert call(capsys, "sessions", "export", made, "--format", "desl", "--out", "file").code == 0
    frame = run_sessions(Results.load(made))
    again = read_sessions("file", timezone="Asia/Shanghai")
    assert (again.form, again.findings) == ("desl", ())
    for name in ("arrival", "departure"):
        pd.testing.assert_series_equal(again.frame[name].dt.round("ms"), frame[name])
    numbers = ["stay_minutes", "energy_kwh", "soc_arrival", "soc_departure", "usable_kwh"]
    np.testing.assert_allclose(again.frame[numbers], frame[numbers], rtol=1e-9)
    assert again.frame["charging_minutes"].isna().all()


OCPI_REQUIRED = {
    *("country_code", "party_id", "id", "start_date_time", "end_date_time", "cdr_token", "auth_method"),
    *("cdr_location", "currency", "charging_periods", "total_cost", "total_energy", "total_time"),
    "last_updated",
}


def test_a_record_has_every_field_that_ocpi_requires(capsys, made, here):
    call(capsys, "sessions", "export", made, "--format", "ocpi", "--out", "cdrs.json")
    records = json.loads((here / "cdrs.json").read_text())
    for record in records:
        assert set(record) >= OCPI_REQUIRED
        assert (
            sum(
                part["volume"]
                for part in record["charging_periods"][0]["dimensions"]
                if part["type"] == "ENERGY"
            )
            == record["total_energy"]
        )
        assert len(record["start_date_time"]) <= 25
        assert len(record["currency"]) == 3


@pytest.mark.parametrize("form", EXPORT_FORMS)
def test_an_end_of_charging_that_nobody_knows_is_not_made_up(tmp_path, form):
    frame = run_sessions(fake_results()).assign(charging_minutes=float("nan"))
    place = write.Place("a", 0, 0, "CNY", "Asia/Shanghai")
    again = read_sessions(written(tmp_path, write.sessions_text(frame, form, place=place)))
    assert len(again.frame) == len(frame)
    assert again.frame["charging_minutes"].isna().all()


def test_an_unknown_form_is_refused():
    place = write.Place("a", 0, 0, "CNY", "UTC")
    with pytest.raises(ValueError, match="must be one of acn, ocpi, desl, csv"):
        write.sessions_text(run_sessions(fake_results()), "xml", place=place)
    assert EXPORT_FORMS == write.EXPORT_FORMS


def test_an_export_overwrites_nothing_unasked(capsys, made, here):
    (here / "mine").write_text("mine")
    words = ("sessions", "export", made, "--out", "mine")
    answer = call(capsys, *words)
    assert (answer.code, (here / "mine").read_text()) == (6, "mine")
    assert call(capsys, *words, "--force").code == 0
    assert left_in(here) == ["mine"]


def test_fit_writes_a_scenario_that_runs(capsys, here):
    written(here, PLAIN, "s.csv")
    (here / "base.yaml").write_text(SMALL.read_text())
    answer = call(
        capsys,
        "sessions",
        "fit",
        "s.csv",
        "--until",
        "2026-01-31",
        "--out",
        "fit.yaml",
        "--extends",
        "base.yaml",
    )
    assert answer.code == 0
    assert "2 sessions in 1 days" in answer.out
    assert "the file does not tell when it ended" in answer.out
    assert call(capsys, "validate", "fit.yaml").code == 0
    assert call(capsys, "run", "fit.yaml", "--no-figures", "--quiet", "--out", "run").code == 0
    assert call(capsys, "sessions", "fit", "s.csv", "--out", "fit.yaml").code == 6
    data = json.loads(call(capsys, "sessions", "fit", "s.csv", "--out", "other.yaml", "--json").out)
    assert data["fit"]["sessions"] == 3
    assert data["source"]["form"] == "csv"


def test_fit_of_a_run_in_which_cars_stayed_gives_their_stays_back(capsys, made, here):
    """The run was told that half of the cars stay 10 min."""
    call(capsys, "sessions", "export", made, "--format", "acn", "--out", "s.json")
    (here / "base.yaml").write_text(SMALL.read_text())
    answer = call(capsys, "sessions", "fit", "s.json", "--out", "fit.yaml", "--extends", "base.yaml")
    charging = Scenario.from_yaml(here / "fit.yaml").charging
    number = len(run_sessions(Results.load(made)))
    assert charging.linger.share == pytest.approx(0.5, abs=3 * 0.5 / number**0.5)
    assert charging.linger.mean_minutes == pytest.approx(10, abs=0.02)
    assert "cars stayed, 10 min on average" in answer.out
    assert charging.energy_wanted.mean_kwh == pytest.approx(
        run_sessions(Results.load(made))["energy_kwh"].mean(), abs=0.001
    )
    assert call(capsys, "run", "fit.yaml", "--no-figures", "--quiet", "--out", "run").code == 0


def test_compare_prints_and_draws(capsys, made, here):
    written(here, PLAIN, "s.csv")
    answer = call(capsys, "sessions", "compare", made, "s.csv", "--out", "out")
    assert answer.code == 0
    assert "Energy [kWh]" in answer.out
    assert "run: Small station; file: s.csv" in answer.out
    assert left_in(here / "out") == ["session_distances.csv", "sessions.csv", "sessions.png", "sessions.svg"]
    data = json.loads(call(capsys, "sessions", "compare", made, "s.csv", "--json").out)
    assert data["distances"][0]["quantity"] == "arrival_hour"
    assert data["distances"][1]["count"][1] == 3


@pytest.mark.parametrize(
    ("words", "code", "say"),
    [
        (("compare", "none", "s.csv"), 6, "no such run folder"),
        (("compare", "made", "missing.csv"), 3, "missing.csv: cannot be read"),
        (("compare", "made", "s.csv", "--post-kw", "500"), 3, "at least one session"),
        (("compare", "made", "s.csv", "--from", "yesterday"), 2, "--from"),
        (("fit", "s.csv", "--from", "2027-01-01", "--out", "x.yaml"), 3, "at least one session"),
        (("fit", "s.csv", "--timezone", "Mars", "--out", "x.yaml"), 3, "must be a time zone"),
        (("fit", "s.csv", "--out", "none/x.yaml"), 6, "cannot be written"),
        (("fit", "s.csv"), 2, "--out"),
        (("export", "made", "--format", "xml", "--out", "x"), 2, "xml"),
    ],
)
def test_what_cannot_be_done_is_said(capsys, made, here, words, code, say):
    written(here, PLAIN, "s.csv")
    answer = call(capsys, "sessions", *(made if word == "made" else word for word in words))
    assert answer.code == code
    assert say in answer.err
    assert left_in(here) == ["s.csv"]


def test_a_run_in_which_nothing_charged_is_refused(capsys, here):
    written(here, PLAIN, "s.csv")
    call(capsys, "run", SMALL, "--set", "traffic.charging_share=0", "--out", "run", "--no-figures")
    answer = call(capsys, "sessions", "compare", "run", "s.csv")
    assert (answer.code, answer.out) == (3, "")
    assert "must hold a session" in answer.err


def test_the_group_has_the_three_commands():
    assert set(commands.commands["sessions"].commands) == {"fit", "compare", "export"}
