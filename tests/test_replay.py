"""Measured sessions in the place of drawn vehicles."""

import re

import numpy as np
import pytest

from stationsim import execute
from stationsim.replay import replay_evs
from stationsim.results import Results
from stationsim.scenario import load_scenario
from stationsim.scenario.schema import Scenario
from stationsim.world import clock_of
from tests.commands import SMALL, call
from tests.sessions_made import written

FILE = """arrival,departure,energy_kwh,soc_arrival,usable_kwh
2025-01-13T12:00,2025-01-13T12:30,99,,
2025-01-14T08:00:30,2025-01-14T08:30,30,0.2,77
2025-01-14T12:00,2025-01-14T12:40,40,,
2025-01-15T20:00,2025-01-15T20:20,20,0.9,60
2025-01-15T21:00,2025-01-15T22:20,90,0.1,100
2025-01-16T00:00,2025-01-16T00:20,20,0.5,60
"""
"""Two days of the scenario with a session before and after them."""


@pytest.fixture
def station(tmp_path):
    """Write a scenario that replays a file and return its path."""

    def write(text=FILE, **keys):
        written(tmp_path, text, "s.csv")
        more = "".join(f", {key}: {value}" for key, value in keys.items())
        lines = SMALL.read_text().replace("  max_queue: 4\n", f"  replay: {{file: s.csv{more}}}\n")
        assert "replay" in lines
        return written(tmp_path, lines, "station.yaml")

    return write


def cars_of(path, *overrides):
    scenario = load_scenario(path, model=Scenario, overrides=overrides).scenario
    return *replay_evs(scenario, clock_of(scenario), base=path.parent), scenario


def test_sessions_of_the_period_come_when_they_came_and_take_what_they_took(station):
    cars, findings, scenario = cars_of(station())
    hour = 3600
    assert cars.time_s.tolist() == [8 * hour + 30, 12 * hour, 44 * hour, 45 * hour]
    names = [vehicle.type for vehicle in scenario.charging.vehicles]
    assert names[cars.type_index[0]] == "vw_id4"
    pack = np.array([80.0 if names[at] == "byd_seal" else 77.0 for at in cars.type_index])
    energy = (cars.soc_target - cars.soc_arrival) * pack
    assert cars.soc_arrival[0] == 0.2
    assert energy[0] == pytest.approx(30)
    assert cars.soc_arrival[2] < 0.9  # lowered, so that the energy of the session fits
    assert energy[2] == pytest.approx(20)
    assert cars.soc_target[3] == pytest.approx(1)
    assert {found.rule: found.count for found in findings} == {"replay soc": 1, "replay pack": 1}


def test_a_measured_car_keeps_its_post_as_long_as_measured_whatever_drawn_drivers_do(station):
    path = station()
    usual, _, _ = cars_of(path)
    assert usual.hold_s.tolist() == [29.5 * 60, 40 * 60, 20 * 60, 80 * 60]
    cars, _, _ = cars_of(
        path,
        "charging.stop={mean_minutes: 5}",
        "charging.linger={share: 1, mean_minutes: 9}",
        "charging.legal_break={share: 1, classes: [car]}",
        "charging.reservations={share: 1, hold_minutes: 5}",
    )
    assert cars.is_booked.all()
    assert not usual.is_booked.any()
    for name in set(vars(usual)) - {"is_booked"}:
        np.testing.assert_array_equal(getattr(cars, name), getattr(usual, name))


def test_rank_goes_by_the_class_of_the_type_that_was_measured(station):
    car = "{people_per_vehicle: 2, ev_share: 0.2, share: 0.9}"
    truck = "{people_per_vehicle: 1, ev_share: 0.1, share: 0.1}"
    own = "{type: tractor, share: 1.0, usable_kwh: 99, peak_kw: 300, vehicle_class: truck}"
    cars, _, scenario = cars_of(
        station(),
        "traffic.directions=[{name: east, share: 0.0}, {name: west, share: 1.0}]",
        "traffic.vehicles_per_day=null",
        f"traffic.road={{aadt: 5000, turn_in_rate: 0.2, classes: {{car: {car}, truck: {truck}}}}}",
        "charging.priority={classes: [truck]}",
        f"charging.vehicles=[{{type: vw_id4, share: 1.0}}, {own}]",
    )
    is_truck = np.array([vehicle.type == "tractor" for vehicle in scenario.charging.vehicles])
    assert is_truck[cars.type_index].tolist() == [False, False, False, True]  # cars where no pack tells more
    np.testing.assert_array_equal(cars.is_first, is_truck[cars.type_index])
    assert set(cars.side) == {1}


def test_a_day_of_the_file_can_be_the_first_day(station):
    cars, _, _ = cars_of(station(first_day="2025-01-15"))
    assert cars.time_s.tolist() == [20 * 3600, 21 * 3600, 24 * 3600]


def test_hours_are_those_of_the_files_place(station):
    text = re.sub(r"(?m)(T[0-9:]+)", r"\1Z", FILE)
    cars, _, _ = cars_of(station(text, timezone="Europe/Zurich"))
    assert cars.time_s[0] == 9 * 3600 + 30
    there, _, _ = cars_of(station(text))
    assert there.time_s[0] == 8 * 3600 + 30


def test_a_run_takes_the_energy_of_the_file_and_says_what_it_assumed(station, tmp_path):
    folder = tmp_path / "run"
    done = execute.run_into_folder(execute.prepare(station()), folder=folder, figures=False)
    sessions = Results.load(folder).sessions
    assert sessions["outcome"].tolist() == ["served"] * 4
    assert sessions["energy_kwh"].tolist()[:3] == pytest.approx([30, 40, 20])
    assert any("more energy than the pack" in warning for warning in done.warnings)
    assert "s.csv" in str(done.manifest["inputs"])
    other = execute.prepare(station(FILE.replace(",30,0.2", ",31,0.2")))
    assert other.fingerprint != done.manifest["fingerprint"]


def test_what_cannot_be_replayed_is_refused(station, capsys):
    path = station()
    assert "more energy than the pack" in call(capsys, "validate", path).err
    path = station(first_day="2020-01-01")
    answer = call(capsys, "validate", path)
    assert answer.code == 3
    assert "charging.replay.file: must hold a session on the days that are simulated" in answer.err
    assert "2025-01-13 to 2025-01-16" in answer.err
    assert call(capsys, "validate", station("nothing")).code == 3
    assert "time zone" in call(capsys, "validate", station(timezone="Mars")).err
    path.with_name("s.csv").unlink()
    assert "no such file" in call(capsys, "validate", path).err


def test_a_scenario_without_replay_is_none_to_replay():
    scenario = Scenario.from_yaml(SMALL)
    with pytest.raises(ValueError, match=r"must have charging\.replay"):
        replay_evs(scenario, clock_of(scenario), base=SMALL.parent)
