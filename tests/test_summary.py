"""The screen after a run: everything on it, in any width and encoding."""

import dataclasses
import io

import pandas as pd
import pytest
from rich.console import Console

from stationsim.blocks import _energy
from stationsim.compare import compare
from stationsim.comparison_table import compare_table
from stationsim.kpis import kpis
from stationsim.kpis.kpi import Kpi
from stationsim.screen import number
from stationsim.summary import summary
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


@pytest.mark.parametrize("width", [80, 100, 120])
def test_it_fits_a_screen(width):
    lines = screen(fake_results(start="2025-01-01", days=365, step_minutes=60), width=width)
    assert len(lines) <= 50
    assert max(len(line) for line in lines) <= width


def test_supply_and_where_it_goes_have_the_same_sum():
    sums = [line[:49].split() for line in screen() if line.startswith("Sum")]
    assert sums == [["Sum", "3,030.0", "100.0"]] * 2


def test_all_uses_are_those_of_the_list():
    text = " ".join(" ".join(screen(width=70)).split())
    assert text.count("All uses 2,060.0 68.0") == 2  # of what leaves, and below the list: 240 for cars, ...


@pytest.mark.parametrize(
    "words",
    [
        "Example station",
        "2025-06-02 to 2025-06-02, 5 min steps, seed 1, result",
        "Solar 2,000.0 66.0",
        "EV charging 240.0 7.9",
        "Peak import / export 72 / 148 kW",
        "Half the solar at 08:00 to 13:00",
        "Solar yield, PR 5 kWh/kWp, 50 %",
        "Cooling 200.0 6.6",
        "AC unit-hours 8 h/d",
        "Peak cooling / heating 50 / 0 kW",
        "Sensible EER, heating COP 3 / -",
        "Too cold / warm, mean zone 6 / 1 K h",  # six hours of 17 below 18 degC, one of 29 above 28
        "Full cycles, round trip 1.06, 90.0 %",
        "Charging mean / peak 10 / 60 kW",
        "Session 57 kWh, 60 min",
        "Balked / reneged 1 / 1",
        "Wait mean / P95 2.50 / 8.50 min",
        "Vehicles / people 240 / 720 /d",
        "Water reused 40 %",
        "Published, forestry counted 1.030 1.100 -0.070",
        "Published: all use, all solar x 0.5 t/MWh 1.030 1 0.030",
        "Trees and greens: biogenic, in no scope 0.100",
        "Coal saved by the sun 0.660 tce",
        "Carbon [t CO2]",
        "Residuals (allowed 1e-06): busbar",
    ],
)
def test_everything_is_on_it(words):
    text = " ".join(" ".join(screen(width=70)).split())
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
        ({"price_per_kwh": 2.0}, ("Cars paid / missed", "456 / 228 CNY")),
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
        ("Holiday, a post", "2 sessions, 114 kWh"),
        ("Still there at end", "1"),
    ],
)
def test_what_seldom_happens_is_on_it_where_it_does(label, shown):
    assert f"{label} {shown}" in " ".join(" ".join(screen(with_everything_seldom())).split())
    assert label not in " ".join(screen())


@pytest.mark.parametrize("width", [80, 100])
def test_what_seldom_happens_takes_at_most_two_lines_more(width):
    lines = screen(with_everything_seldom(), width=width)
    assert max(len(line) for line in lines) <= width
    assert len(lines) <= len(screen(width=width)) + 2


def test_what_cars_give_back_is_on_it_where_they_do():
    assert "Given back by cars 144.0" in " ".join(" ".join(screen(giving_back(6.0))).split())
    assert "Given back by cars" not in " ".join(screen())


def test_the_result_hash_can_be_quoted():
    results = fake_results()
    assert results.provenance["result_hash"][:12] in screen(results)[1]


@pytest.mark.parametrize("width", [40, 60, 79, 80, 200])
def test_any_width_will_do(width):
    lines = screen(width=width)
    assert max(len(line) for line in lines) <= width
    text = "\n".join(lines)
    for word in ("Half the solar at", "Fresh / reused water", "66.0", "Residuals"):
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


def with_zone(name, lowest):
    """A day whose hall is called otherwise and was once colder."""
    results = fake_results()
    hall = {**results.scenario["building"]["zones"][0], "name": name}
    columns = {column.replace("hall", name): results.steps[column] for column in results.steps}
    columns[f"temp_{name}_degc"] = columns[f"temp_{name}_degc"].where(lambda temp: temp > 20, lowest)
    scenario = {**results.scenario, "building": {"zones": [hall]}}
    return dataclasses.replace(results, steps=pd.DataFrame(columns), scenario=scenario)


def test_numbers_of_single_parts_stand_behind_those_of_the_station():
    found = compare([with_zone("foyer", 17.0), with_zone("foyer", 16.97)])
    text = " ".join(" ".join(printed(compare_table(found))).split())
    whole, single = text.split("Single groups, zones")
    assert "degree_hours_cold [K h] 6 6.18 (+3.0 %)" in whole
    assert "foyer" not in whole
    assert "degree_hours_cold_foyer" in single
    assert "temp_min_foyer [degC] 17 17.0 (-0.03 K)" in single  # not -0.0


def test_the_worst_zone_is_named_where_there_are_several():
    results = with_zone("foyer", 15.0)
    rooms = [*results.scenario["building"]["zones"], *fake_results().scenario["building"]["zones"]]
    steps = results.steps.assign(**fake_results().steps.filter(like="hall"))
    both = dataclasses.replace(
        results, steps=steps, scenario={**results.scenario, "building": {"zones": rooms}}
    )
    assert "Worst zone foyer 19 K h" in " ".join(" ".join(screen(both)).split())  # 6 h of 3 K, 1 h of 1 K
    assert "Worst zone" not in " ".join(screen(results))


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ({"pv_clipped_kw": 1.5}, "Clipped by inverters 36 kWh"),
        ({"overflow_m3": 0.125}, "Wastewater overflow 36 m3"),
        ({"hot_water_kw": 2.0, "hot_water_litres": 50.0}, "Hot water, COP 14.4 m3/d"),
        ({"hot_water_kw": 2.0, "hot_water_short_kwh": 0.25}, "Hot water short"),
    ],
)
def test_what_the_physics_tells_is_on_it_where_it_happens(columns, shown):
    results = fake_results()
    scenario = {**results.scenario, "loads": {"hot_water": {"volume_m3": 1.0}}}
    happening = dataclasses.replace(results, steps=results.steps.assign(**columns), scenario=scenario)
    assert shown in " ".join(" ".join(screen(happening)).split())
    assert shown.split()[0] not in " ".join(screen())


def test_small_uses_stand_in_one_row_where_there_are_several():
    steps = {"washrooms_kw": 0.1, "shops_kw": 0.2}  # 2.4 and 4.8 kWh, each below 0.5 % of 3,030
    results = fake_results()
    text = " ".join(
        " ".join(screen(dataclasses.replace(results, steps=results.steps.assign(**steps)))).split()
    )
    assert "3 smaller uses 7.2 0.2" in text  # heating is the third
    assert "Washrooms" not in text


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
