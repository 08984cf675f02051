"""The screen after a run: everything on it, in any width and encoding."""

import dataclasses
import io

import pandas as pd
import pytest
from rich.console import Console

from stationsim.compare import compare
from stationsim.comparison_table import compare_table
from stationsim.kpis import kpis
from stationsim.kpis.kpi import Kpi
from stationsim.screen import number
from stationsim.summary import _energy, summary
from tests.fake_results import fake_results
from tests.plaza_made import giving_back
from tests.test_holiday_kpis import with_holidays


def printed(renderable, *, width=100, encoding="utf-8"):
    """Print to a file of some encoding and return the lines."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict", newline="\n")
    Console(file=stream, width=width, force_terminal=False, color_system=None).print(renderable)
    stream.flush()
    return raw.getvalue().decode(encoding).splitlines()


def screen(results=None, **options):
    results = results or fake_results()
    return printed(summary(results, kpis(results)), **options)


def test_it_fits_a_screen():
    lines = screen(fake_results(start="2025-01-01", days=365, step_minutes=60))
    assert len(lines) <= 51
    assert max(len(line) for line in lines) <= 100


def test_both_columns_of_the_average_day_have_the_same_sum():
    (sums,) = [line for line in screen() if line.startswith("Sum")]
    words = sums.replace("Sum, average day", "").split()
    assert words == ["3,030.0", "100.0", "3,030.0", "100.0"]


@pytest.mark.parametrize(
    "words",
    [
        "Example station",
        "2025-06-02 to 2025-06-02, 5 min steps, seed 1, result",
        "Solar 2,000.0 66.0",
        "EV charging 240.0 7.9",
        "Peak import / export 72 / 148 kW",
        "Half the solar at 08:00 to 13:00",
        "AC energy 200 kWh/d",
        "AC unit-hours 8 h/d",
        "Battery full cycles 1.06",
        "Charging mean / peak 10 / 60 kW",
        "Session 57 kWh, 60 min",
        "Balked / reneged 1 / 1",
        "Wait mean / P95 2.50 / 8.50 min",
        "Vehicles / people 240 / 720 /d",
        "Published, forestry counted 1.030 1.100 -0.070",
        "Published: all use, all solar x 0.5 t/MWh 1.030 1 0.030",
        "Forestry 0.100 t",
        "Coal saved 0.660 tce",
        "Carbon [t CO2] emitted reduced net",
        "Residuals (allowed 1e-06)",
    ],
)
def test_everything_is_on_it(words):
    text = " ".join(" ".join(screen()).split())
    assert words in text


def with_charging(**charging):
    results = fake_results()
    scenario = {**results.scenario, "charging": {**results.scenario["charging"], **charging}}
    return dataclasses.replace(results, scenario=scenario)


FAILURES = {"hours_between": 1000.0, "repair_hours": 10.0}
CABINET = {"posts": 2, "modules": 4, "module_kw": 40.0, "failures": FAILURES}


@pytest.mark.parametrize(
    ("charging", "line"),
    [
        ({"ramp_places": 0}, ("Spills, time / cars", "2.08 / 50 %")),
        ({"price_per_kwh": 2.0}, ("Charging sold / missed", "456 / 228 CNY")),
        ({"linger": {"idle_fee": {"per_minute": 1.0}}}, ("Idle fees", "0 CNY")),
        (
            {"groups": [{"name": "fast", "posts": 2, "power_kw": 120.0, "failures": FAILURES}]},
            ("Posts that work", "100 %"),
        ),
        (
            {"groups": [{"name": "fast", "posts": 2, "power_kw": 120.0, "cabinet": CABINET}]},
            ("Power modules that work", "100 %"),
        ),
    ],
)
def test_what_a_plaza_may_have_is_on_it_where_it_has_it(charging, line):
    label, value = line
    assert f"{label} {value}" in " ".join(" ".join(screen(with_charging(**charging))).split())
    assert label not in " ".join(screen())


def test_blocked_posts_are_on_it_where_cars_stay():
    results = fake_results()
    early = results.sessions["charge_end"] - pd.Timedelta(minutes=6)
    staying = dataclasses.replace(results, sessions=results.sessions.assign(charge_end=early))
    assert "Posts blocked 0.833 %" in " ".join(" ".join(screen(staying)).split())
    assert "Posts blocked" not in " ".join(screen(results))


def with_everything_seldom():
    """Three days, one a holiday; one car of twelve 20 kWh short, half an hour throttled, one still there."""
    results = with_holidays(fake_results(days=3), "2025-06-03")
    sessions, throttled = results.sessions.copy(), results.steps["ev_throttled_kwh"].to_numpy().copy()
    sessions.loc[0, "energy_kwh"] = 37.0
    sessions.loc[sessions.index[-1], "outcome"] = "charging"
    throttled[100:106] = 1.0
    steps = results.steps.assign(ev_throttled_kwh=throttled)
    return dataclasses.replace(results, steps=steps, sessions=sessions)


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Short charged", "9.09 %, 20 kWh"),  # 1 of 11 served
        ("Charging throttled", "0.500 h"),
        ("Holiday / ordinary day", "1.05"),  # 4 x 57 kWh; the two others 208 and 228
        ("On a holiday, a post", "2 sessions, 114 kWh"),
        ("Still there at end", "1"),
    ],
)
def test_what_seldom_happens_is_on_it_where_it_does(label, shown):
    assert f"{label} {shown}" in " ".join(" ".join(screen(with_everything_seldom())).split())
    assert label not in " ".join(screen())


@pytest.mark.parametrize("width", [84, 100])
def test_what_seldom_happens_takes_two_lines_more(width):
    lines = screen(with_everything_seldom(), width=width)
    assert max(len(line) for line in lines) <= width
    assert len(lines) == len(screen(width=width)) + 2


def test_what_cars_give_back_is_on_it_where_they_do():
    assert "Given back by cars 144.0" in " ".join(" ".join(screen(giving_back(6.0))).split())
    assert "Given back by cars" not in " ".join(screen())


def test_the_result_hash_can_be_quoted():
    results = fake_results()
    assert results.provenance["result_hash"][:12] in screen(results)[1]


@pytest.mark.parametrize("width", [40, 60, 83, 84, 200])
def test_any_width_will_do(width):
    lines = screen(width=width)
    assert max(len(line) for line in lines) <= width
    text = "\n".join(lines)
    for word in ("Half the solar at", "Fresh / reused water", "66.0", "Energy balance"):
        assert word in text


@pytest.mark.parametrize("width", [40, 100])
def test_ascii_terminals_get_ascii(width):
    lines = screen(fake_results(name="济南东 café"), width=width, encoding="ascii")
    assert lines[0].strip() == "??? caf?"
    assert all(line.isascii() for line in lines)


def test_chinese_names_are_shown_where_they_can_be():
    assert screen(fake_results(name="济南东"))[0].strip() == "济南东"


def test_names_are_never_markup():
    assert screen(fake_results(name="[red]fire[/red] [/]"))[0].strip() == "[red]fire[/red] [/]"
    assert "\x1b" not in screen(fake_results(name="a\x1b[31mb"))[0]


def test_a_station_without_anything_has_dashes():
    text = " ".join(" ".join(screen(fake_results(solar=False, battery=False, cars=False))).split())
    assert "Half the solar at -" in text
    assert "Battery full cycles -" in text
    assert "Wait mean / P95 - / - min" in text


def test_compared_numbers_stand_side_by_side():
    found = compare([fake_results(), fake_results(battery=False, name="[b]No[/b] battery")])
    text = " ".join(" ".join(printed(compare_table(found))).split())
    assert "[b]No[/b] battery" in text
    assert "grid_import_per_day [kWh/d] 630 1,030 (+63.5 %)" in text
    assert "self_sufficiency [%] 69.4 50 (-19.4 points)" in text
    assert "use_total" not in text  # the same in both
    assert "more numbers are the same in all runs" in text
    assert "Versions differ" not in text


def test_mixed_versions_are_listed_below_the_comparison():
    day = fake_results()
    other = dataclasses.replace(day, provenance={"versions": {"numpy": "1.0"}})
    text = " ".join(" ".join(printed(compare_table(compare([day, other])))).split())
    assert "Versions differ" in text
    assert "1.0" in text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (8.0, "8"),
        (1234567.8, "1,234,568"),
        (123.4, "123"),
        (12.34, "12.3"),
        (1.234, "1.23"),
        (0.1234, "0.123"),
        (-0.07, "-0.070"),
        (0.00012, "1.20e-04"),
        (float("nan"), "-"),
    ],
)
def test_numbers_show_three_digits(value, expected):
    assert number(value) == expected


def test_units_follow_numbers():
    assert number(2.0, "kWh") == "2 kWh"
    assert number(2.0, "1") == "2"


def test_a_bill_of_many_megawatt_hours_is_told_in_gigawatt_hours():
    for energy_kwh, text in ((1_487_000.0, "1.49 GWh"), (999_000.0, "999 MWh")):
        assert _energy({"meter_import": Kpi(energy_kwh, "kWh", "")}, "meter_import") == text
