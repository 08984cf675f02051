"""Every example runs, writes only where it is told to, and prints numbers that make sense."""

import contextlib
import re
import runpy
import sys

import pytest

from tests.made_weather import write_epw
from tests.shared_data import ROOT, shared

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
LONGEST_LINES = 60
"""Lines that a newcomer reads without losing the thread."""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run an example as from a shell, in an empty folder, and return what it prints."""

    def run(number, *words):
        (script,) = (path for path in EXAMPLES if path.name.startswith(f"{number:02d}_"))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [str(script), *map(str, words)])
        with contextlib.suppress(SystemExit):
            runpy.run_path(str(script), run_name="__main__")
        return capsys.readouterr().out

    return run


def number_after(text, words):
    """Return the first number behind some words."""
    found = re.search(re.escape(words) + r"[^\d\-+]*([-+]?[\d,]+\.?\d*)", text)
    assert found, f"{words!r} is not in:\n{text}"
    return float(found[1].replace(",", ""))


def test_examples_are_numbered_from_one_without_a_gap():
    assert [path.name[:3] for path in EXAMPLES] == [f"{n:02d}_" for n in range(1, len(EXAMPLES) + 1)]


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_short_and_say_what_they_show(script):
    lines = script.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_LINES
    assert lines[0].startswith('"""')
    assert lines[0].endswith(".")
    assert f"python examples/{script.name}" in lines[2]


def test_01_the_average_day_closes(run, tmp_path):
    out = run(1, "--days", 3, "--out", tmp_path / "figures")
    assert out.startswith("864 steps, ")
    sums = re.search(r"supply ([\d.]+) = use, storage and export ([\d.]+) kWh", out)
    assert float(sums[1]) == pytest.approx(float(sums[2]), abs=0.1)
    solar = number_after(out, "\npv_kwh")
    assert solar == number_after(out, "pv_generated_per_day:")
    assert 3_000 < solar < 21_000  # 3,200 kWp make 1 to 6.5 kWh each on a day in May
    cars = [int(count) for count in re.search(r"cars on each day: \[([\d, ]+)\]", out)[1].split(",")]
    assert sum(cars) == number_after(out, "864 steps,")
    assert all(80 < count < 190 for count in cars)  # Labour Day: about 131 a day
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["labour_day.png"]


def test_02_years_lie_about_the_published_figures(run, tmp_path):
    out = run(2, "--years", 2, "--step", 60)
    rows = re.findall(r"^(\w+) +([\d.,e+]+) +([\d.,e+]+) +([-+][\d.]+)%  (\w+)", out, flags=re.MULTILINE)
    assert len(rows) == 7
    for name, published, simulated, off, _ in rows:
        ratio = float(simulated.replace(",", "")) / float(published.replace(",", ""))
        assert 100 * (ratio - 1) == pytest.approx(float(off), abs=0.05), name
        assert abs(float(off)) < 6, name
    by_name = {name: float(simulated.replace(",", "")) for name, _, simulated, _, _ in rows}
    forestry = by_name["carbon_forestry_per_year"]
    both = by_name["carbon_published_reduced_per_year"], by_name["carbon_published_reduced_solar_per_year"]
    assert both[0] - both[1] == pytest.approx(forestry, abs=0.02)
    assert len(re.findall(r"(inside|above|below)$", out, flags=re.MULTILINE)) == 7
    baseline, emitted = number_after(out, "metered_baseline"), number_after(out, "metered_emitted")
    assert number_after(out, "metered_avoided") == pytest.approx(baseline - emitted, abs=0.2)
    assert not list(tmp_path.iterdir())


def test_03_designs_meet_the_same_vehicles(run, tmp_path):
    out = run(3, "--days", 3, "--out", tmp_path / "comparison")
    same = re.findall(r"(\d+) cars to charge; same sky (\w+), same traffic (\w+), same cars (\w+)", out)
    assert [row[1:] for row in same] == [("True",) * 3, ("True",) * 3, ("True", "True", "False")]
    assert same[0][0] == same[1][0]
    assert 1.6 < int(same[2][0]) / int(same[0][0]) < 2.5  # twice as many, some 190 of them
    importing = out[out.index("grid_import_per_day") :]
    base, without = (
        number_after(importing, "grid_import_per_day:"),
        number_after(importing, "without battery"),
    )
    assert without > base
    assert out.count("\n  Jinan East without battery") == 8
    written = {path.name for path in (tmp_path / "comparison").iterdir()}
    assert written == {"comparison.csv", "comparison.png"}


def test_04_explains_what_to_fetch_where_no_file_is_given(run, tmp_path):
    assert "No weather file was given" in run(4)
    assert not list(tmp_path.iterdir())


def test_04_runs_on_a_weather_file(run, tmp_path):
    out = run(4, write_epw(tmp_path / "made.epw"), "--month", 4)
    assert "place: Madeup" in out
    solar = [float(kwh.replace(",", "")) for kwh in re.findall(r"solar +([\d,]+) kWh/d", out)]
    assert len(solar) == 2
    assert all(5_000 < kwh < 21_000 for kwh in solar)


def test_04_the_components_of_jinans_typical_year_matter(run):
    out = run(4, shared("weather/CHN_Shandong.Jinan.548230_CSWD.epw"))
    as_filed, derived = (float(kwh.replace(",", "")) for kwh in re.findall(r"solar +([\d,]+) kWh/d", out))
    assert 1.02 < derived / as_filed < 1.12


def test_05_few_posts_make_a_queue(run, tmp_path):
    out = run(5, "--days", 1)
    assert "did you mean battery?" in out
    as_built, few = out.split("Noise wall, three posts:", 1)
    arrived = number_after(as_built, "National Day:")
    assert arrived == number_after(few, "") > 100
    assert number_after(as_built, "ev_reneged:") == 0
    assert number_after(few, "ev_reneged:") > 0
    left = sum(number_after(few, f"ev_{outcome}:") for outcome in ("served", "balked", "reneged"))
    assert arrived - 3 <= left <= arrived  # three posts hold at most three cars at midnight
    assert "noise_wall" not in as_built
    assert 0 < number_after(few, "noise_wall:") < number_after(few, "slopes:")
    assert len(re.findall(r"^  \d\d:00 ", out, flags=re.MULTILINE)) == 24
    assert not list(tmp_path.iterdir())
