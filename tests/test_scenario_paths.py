"""Files that a scenario names: inside its folder, regular, local, and never shown (rows 75 to 77)."""

import os

import pytest

from stationsim.scenario.load import load_scenario
from stationsim.scenario.paths import names_file, resolve_input
from tests.bad_input.case import problems_with
from tests.bad_input.model import Station


@pytest.fixture
def station(tmp_path):
    """Return a folder with a scenario in it, a weather file and a secret outside."""
    folder = tmp_path / "station"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "w.epw").write_text("weather")
    (tmp_path / "secret.txt").write_text("TOP-SECRET")
    return folder


@pytest.mark.parametrize(
    "written", ["data/w.epw", "./data/w.epw", "data/../data/w.epw", "../station/data/w.epw"]
)
def test_files_inside_are_found(station, written):
    assert resolve_input(written, base=station) == (station / "data" / "w.epw").resolve()


def test_an_absolute_path_inside_is_found(station):
    inside = station / "data" / "w.epw"
    assert resolve_input(str(inside), base=station) == inside.resolve()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("https://example.org/w.epw", "E305"),
        ("HTTP:x", "E305"),
        ("file:///etc/passwd", "E305"),
        ("s3://bucket/w", "E305"),
        ("data:text/csv,1", "E305"),
        ("../secret.txt", "E304"),
        ("data/../../secret.txt", "E304"),
        ("/etc/passwd", "E304"),
        ("../../../../../../../../etc/passwd", "E304"),
        ("/dev/zero", "E304"),
        ("~/w.epw", "E306"),
        ("~root/w.epw", "E306"),
        ("C:\\w.epw", "E306"),
        ("C:w.epw", "E306"),
        ("\\\\server\\share", "E306"),
        ("data\\w.epw", "E306"),
        ("w\0.epw", "E306"),
        ("w\n.epw", "E306"),
        ("", "E306"),
        ("  ", "E306"),
        ("con", "E306"),
        ("data/NUL.txt", "E306"),
        ("lpt1", "E306"),
        ("none.epw", "E301"),
        ("data/w.epw/x", "E307"),
        ("data", "E307"),
        (".", "E307"),
        ("n" * 5_000, "E307"),
    ],
)
def test_files_elsewhere_are_refused_without_a_word_of_them(station, written, code):
    (problem,) = problems_with(lambda: resolve_input(written, base=station, key="weather.file"))
    assert (problem.code, problem.path) == (code, "weather.file")
    assert "TOP-SECRET" not in str(problem)
    assert "root:" not in str(problem)
    assert "\0" not in str(problem)


def test_links_out_of_the_folder_are_refused(station):
    (station / "link.epw").symlink_to(station.parent / "secret.txt")
    (station / "folder").symlink_to(station.parent)
    (station / "circle").symlink_to(station / "circle")
    (station / "inside.epw").symlink_to(station / "data" / "w.epw")
    assert problems_with(lambda: resolve_input("link.epw", base=station))[0].code == "E304"
    assert problems_with(lambda: resolve_input("folder/secret.txt", base=station))[0].code == "E304"
    assert problems_with(lambda: resolve_input("circle", base=station))[0].code == "E307"
    assert resolve_input("inside.epw", base=station).name == "w.epw"


def test_a_folder_whose_name_only_begins_alike_is_outside(station):
    beside = station.parent / "station-2"
    beside.mkdir()
    (beside / "w").write_text("x")
    assert problems_with(lambda: resolve_input("../station-2/w", base=station))[0].code == "E304"


def test_allowed_folders_are_open(station):
    allowed = [station.parent]
    assert resolve_input("../secret.txt", base=station, allow_paths=allowed).name == "secret.txt"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_are_refused_without_waiting(station):
    os.mkfifo(station / "pipe")
    assert problems_with(lambda: resolve_input("pipe", base=station))[0].code == "E307"


def test_huge_files_are_refused_unread(station):
    with (station / "huge.csv").open("wb") as stream:
        stream.truncate(10**10)
    assert problems_with(lambda: resolve_input("huge.csv", base=station))[0].code == "E308"


def test_a_scenario_tells_the_line_of_a_wrong_file_with_its_other_problems(station):
    path = station / "s.yaml"
    path.write_text(
        "schema_version: 1\nname: x\nseed: -1\nweather:\n  source: file\n  file: ../secret.txt\n",
        encoding="utf-8",
    )
    problems = problems_with(lambda: load_scenario(path, model=Station))
    assert [(p.code, p.line, p.column) for p in problems] == [("E210", 3, 7), ("E304", 6, 9)]
    assert "TOP-SECRET" not in "".join(map(str, problems))


def test_keys_that_name_files_are_known_by_their_ending():
    assert all(names_file(key) for key in ("file", "climate_file", "files"))
    assert not any(names_file(key) for key in ("profile", "fill", "file_name"))
