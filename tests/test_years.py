"""Years one after another: each goes on from the last one's health, in memory and on disk."""

import datetime as dt
import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest
from matplotlib.text import Text

import stationsim
from stationsim import execute, plots, screen, terminal, year_files
from stationsim.errors import MachineError, ModelError
from stationsim.models.ageing import Health
from stationsim.scenario import Scenario
from stationsim.years import changes_of, play_years, simulate_years, with_changes
from stationsim.years_table import SHOWN, years_table
from tests.commands import SMALL, call, finish, left_in, start

AGEING = "battery.ageing={model: blast_lfp, replacement_cost_per_kwh: 800}"
WORN = (
    "battery.ageing={model: table, table: {calendar: [[3, 0.8], [30, 0.1]]}, replace: true, "
    "initial: {calendar_loss: 0.1, age_days: 1}}"
)
YEARS = ("years", SMALL, "--set", AGEING, "--years", "2", "--no-figures")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def scenario():
    return Scenario.from_yaml(SMALL, overrides=[AGEING])


def test_the_second_year_is_a_run_of_its_own_from_the_firsts_health(scenario):
    kept = {}
    found = simulate_years(scenario, 2, keep=lambda number, results: kept.setdefault(number, results))
    first, second = found.years
    end = first.played.health["battery"].ageing.end
    initial = ", ".join(f"{name}: {value!r}" for name, value in end._asdict().items())
    by_hand = Scenario.from_yaml(
        SMALL,
        overrides=[AGEING, f"battery.ageing.initial={{{initial}}}", "simulation.replication=1"],
    )
    alone = stationsim.simulate(by_hand)
    assert alone.provenance["result_hash"] == second.played.result_hash
    assert alone.result_hash() == kept[2].result_hash()
    assert second.played.health["battery"].ageing.start == end
    assert 0 < second.played.health["battery"].ageing.end.age_days == 2 * end.age_days
    capacity = scenario.battery.capacity_kwh
    assert kept[2].steps["battery_kwh"].max() <= capacity * end.share * scenario.battery.soc_maximum + 1e-9
    assert kept[2].scenario["battery"]["capacity_kwh"] == capacity


def test_a_smaller_capacity_is_what_the_run_has():
    half = [AGEING, "battery.ageing.initial={calendar_loss: 0.25, cycle_loss: 0.25, age_days: 3000}"]
    results = stationsim.simulate(Scenario.from_yaml(SMALL, overrides=half))
    spec = Scenario.from_yaml(SMALL).battery
    steps = results.steps
    assert steps["battery_kwh"].to_numpy() == pytest.approx(steps["soc"] * spec.capacity_kwh * 0.5)
    assert steps["soc"].max() <= spec.soc_maximum + 1e-9
    results.check()


def test_the_first_year_is_the_scenario_itself(scenario):
    (year,) = simulate_years(scenario, 1).years
    assert year.changes == {}
    assert year.played.result_hash == stationsim.simulate(scenario).provenance["result_hash"]


def test_changes_lead_to_the_scenario_they_describe(scenario):
    changes = changes_of(scenario, 3, {"battery": Health(0.1 / 3, 1 / 7, 12345.678, 730.0)})
    third = with_changes(scenario, changes)
    assert third.simulation.replication == scenario.simulation.replication + 2
    assert third.battery.ageing.initial.health == Health(0.1 / 3, 1 / 7, 12345.678, 730.0)
    assert (
        third.model_copy(update={"battery": scenario.battery, "simulation": scenario.simulation}) == scenario
    )


@pytest.mark.parametrize("nested", [False, True])
def test_solar_modules_grow_older_by_the_length_of_the_period(nested):
    modules = SimpleNamespace(age_years=2.5)
    station = SimpleNamespace(
        simulation=SimpleNamespace(replication=4),
        solar=SimpleNamespace(ageing=modules) if nested else modules,
        period=Scenario.from_yaml(SMALL).period.model_copy(
            update={"start": dt.date(2025, 1, 1), "end": dt.date(2025, 12, 31)}
        ),
    )
    path = "solar.ageing.age_years" if nested else "solar.age_years"
    assert changes_of(station, 3, {}) == {"simulation.replication": 6, path: 4.5}
    assert changes_of(station, 1, {}) == {}


def test_several_batteries_each_go_on_from_their_own_health(scenario):
    unit = "capacity_kwh: 100, power_kw: 50, ageing: {model: blast_lfp}"
    several = Scenario.from_yaml(
        SMALL, overrides=["battery=null", f"batteries=[{{name: east, {unit}}}, {{name: west, {unit}}}]"]
    )
    carried = {"east": Health(0.01, 0.02, 3.0, 4.0), "west": Health(0.05, 0.06, 7.0, 8.0)}
    units = dict(with_changes(several, changes_of(several, 2, carried)).battery_units)
    assert {name: unit.ageing.initial.health for name, unit in units.items()} == carried
    assert units["west"].share_at_start == pytest.approx(0.89)


def test_a_worn_battery_is_replaced_at_the_start_of_the_next_year():
    found = simulate_years(Scenario.from_yaml(SMALL, overrides=[WORN]), 3)
    table = found.table()
    assert table["battery_replaced"].tolist() == ["", "battery", ""]
    assert table["battery_health_end_percent"].iloc[0] < 80
    assert table["battery_health_start_percent"].iloc[1] == 100
    kept = Scenario.from_yaml(SMALL, overrides=[WORN, "battery.ageing.replace=false"])
    assert set(simulate_years(kept, 2).table()["battery_replaced"]) == {""}


@pytest.mark.parametrize("replace", ["true", "false"])
def test_a_battery_without_capacity_ends_the_years_in_words(replace):
    dead = WORN.replace("[3, 0.8], [30, 0.1]", "[1, 0.5], [2, 0.01]").replace("true", replace)
    with pytest.raises(ModelError, match="year 1: battery loses all of its capacity within the 2 days"):
        simulate_years(Scenario.from_yaml(SMALL, overrides=[dead]), 9)


@pytest.mark.parametrize("years", [2, 9])
def test_modules_that_would_grow_too_old_are_refused_before_the_first_year(capsys, here, monkeypatch, years):
    monkeypatch.setattr(execute, "_simulate", lambda *_: pytest.fail("simulated"))
    old = "solar.ageing={degradation_percent_per_year: 1, age_years: 59.999}"
    answer = call(capsys, "years", SMALL, "--set", old, "--years", str(years))
    assert answer.code == 3
    assert f"year 2 of {years} would begin with modules older than 60 years" in answer.err
    assert "1 of these years remain" in answer.err
    assert left_in(here) == []


@pytest.mark.parametrize("years", [0, 101])
def test_a_number_of_years_nobody_needs_is_refused(scenario, years):
    with pytest.raises(ValueError, match="years must be from 1 to 100"):
        list(play_years(scenario, years, lambda number, changes: None))


def test_progress_goes_on_over_all_years(scenario):
    seen = []
    simulate_years(scenario, 2, progress=lambda day, days: seen.append((day, days)))
    days = scenario.period.n_days
    assert seen == [(day, 2 * days) for day in range(1, 2 * days + 1)]


# --- on the screen ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [36, 40, 50, 60, 80, 90, 100, 160])
def test_no_number_breaks_and_columns_without_room_are_named(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    numbers = {name: 98.31 + place for place, (name, _, _) in enumerate(SHOWN)} | {"bill_total": 1_234_567.0}
    rows = [{"year": year, "battery_replaced": "battery" * (year - 1), **numbers} for year in (1, 2)]
    terminal.console().print(years_table(rows, {"bill_total": "CNY"}, width=width))
    out = capsys.readouterr().out
    told = out.partition("Left out")[2]
    for name, _, per in SHOWN:
        cell = screen.number(numbers[name] / per, digits=4)
        assert (name in told) != (len(re.findall(rf"(?<!\S){re.escape(cell)}(?!\S)", out)) == 2), name
    assert bool(told) == (width <= 90)
    assert max(len(line.rstrip()) for line in out.splitlines()) <= width


# --- on disk ----------------------------------------------------------------------------------------


def test_a_folder_holds_a_run_of_every_year_and_their_table(capsys, here):
    done = call(capsys, *YEARS, "--out", "y")
    assert done.code == 0, done.err
    assert left_in(here / "y") == ["manifest.json", "year_01", "year_02", "years.csv", "years.json"]
    table = pd.read_csv("y/years.csv", index_col="year")
    assert table["battery_health_start_percent"].iloc[1] == pytest.approx(
        table["battery_health_end_percent"].iloc[0], abs=2e-6
    )
    for number in (1, 2):
        assert call(capsys, "verify", f"y/year_0{number}").code == 0
        assert call(capsys, "rerun", f"y/year_0{number}").code == 0
    assert "Health" in done.out
    assert done.out.endswith("written: y\n")
    assert "the period has 2 days" in done.err
    again = call(capsys, *YEARS, "--out", "y")
    assert again.out.endswith("found complete: y\n")
    assert again.out.splitlines()[:-1] == done.out.splitlines()[:-1]


def test_json_is_for_machines(capsys):
    done = call(capsys, *YEARS, "--tables-only", "--json")
    content = json.loads(done.out)
    assert done.err == ""
    assert [row["year"] for row in content["rows"]] == [1, 2]
    assert content["units"]["battery_wear_cost"] == "CNY"
    assert json.loads(execute.Path(content["years"], "years.json").read_text())["name"] == "Small station"
    assert re.fullmatch(r"out/small-station-2-years-[0-9a-f]{8}", content["years"])
    assert left_in(execute.Path(content["years"])) == ["manifest.json", "years.csv", "years.json"]
    assert call(capsys, *YEARS, "--tables-only", "--quiet") == (0, "", "")


def test_tables_alone_hold_the_same_numbers(capsys):
    call(capsys, *YEARS, "--out", "whole")
    call(capsys, *YEARS, "--out", "tables", "--tables-only")
    read = [execute.Path(folder, "years.csv").read_text() for folder in ("whole", "tables")]
    assert read[0] == read[1]


def test_a_figure_shows_the_years(capsys, here):
    words = [word for word in YEARS if word != "--no-figures"]
    assert call(capsys, *words, "--tables-only", "--out", "y").code == 0
    assert left_in(here / "y" / "figures") == ["years.csv", "years.png", "years.svg"]


def test_other_inputs_are_refused_and_replaced_by_force(capsys, here):
    call(capsys, *YEARS, "--out", "y")
    other = ("years", SMALL, "--years", "1", "--no-figures", "--out", "y")
    refused = call(capsys, *other)
    assert refused.code == 6
    assert "--force" in refused.err
    assert "year_02" in left_in(here / "y")
    forced = call(capsys, *other, "--force")
    assert forced.code == 0
    assert "stays as new" in forced.err
    assert left_in(here / "y") == ["manifest.json", "year_01", "years.csv", "years.json"]
    assert left_in(here) == ["y"]


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_foreign_files_stay(capsys, here, force):
    (here / "y").mkdir()
    (here / "y" / "thesis.txt").write_text("years of work")
    refused = call(capsys, *YEARS, "--out", "y", *force)
    assert refused.code == 6
    assert "thesis.txt" in refused.err
    run = call(capsys, "run", SMALL, "--no-figures", "--out", "run")
    assert run.code == 0
    assert call(capsys, *YEARS, "--out", "run", *force).code == 6
    assert call(capsys, "verify", "run").code == 0


@pytest.mark.parametrize("words", [(), ("--tables-only",), ("--force",)])
@pytest.mark.parametrize(
    "name",
    [".git/config", ".env", "year_2023/thesis.docx", "year_01/plan.txt", "figures/years.png", "years.csv"],
)
def test_a_folder_of_others_stays_whatever_the_names_in_it(capsys, here, name, words):
    path = here / "h" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    refused = call(capsys, *YEARS, "--out", "h", *words)
    assert refused.code == 6
    assert name.split("/")[0] in refused.err
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [".env", "year_01/notes.txt", "year_01/.hidden", "figures/years.png", "figures/own.svg", "photos/a.jpg"],
)
def test_what_others_put_into_years_stays(capsys, here, name):
    call(capsys, *YEARS, "--out", "y")
    path = here / "y" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    refused = call(capsys, *YEARS, "--seed", "5", "--force", "--out", "y")
    assert refused.code == 6
    assert path.read_text() == "mine"
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    assert call(capsys, *YEARS, "--seed", "5", "--force", "--out", "y").code == 0


def test_what_killed_years_left_is_replaced(capsys, here):
    call(capsys, *YEARS, "--out", "y")
    left = (".year_03.lock", ".tmp-years.csv-7-0a1b2c3d", ".tmp-year_03-7-0a1b2c3d/steps.parquet")
    for name in (
        *left,
        "figures/.tmp-years.png-7-0a1b2c3d",
        "figures/.tmp-years.csv-7-0a1b2c3d",
        "figures/years.svg",
    ):
        path = here / "y" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (here / "y" / "manifest.json").unlink()
    assert call(capsys, *YEARS, "--out", "y", "--force").code == 0
    assert left_in(here / "y") == ["manifest.json", "year_01", "year_02", "years.csv", "years.json"]


def test_what_was_tampered_with_is_not_shown(capsys, here):
    call(capsys, *YEARS, "--out", "y")
    (here / "y" / "years.csv").write_text("year\n1\n")
    assert call(capsys, *YEARS, "--out", "y").code == 6
    assert call(capsys, "plot", "y").code == 6


def test_interrupted_years_go_on_where_they_stopped(capsys, here, monkeypatch):
    wanted = year_files.want(SMALL, years=3, overrides=[AGEING], figures=False)
    real, played = execute.run_into_folder, []

    def until_the_third(prepared, **words):
        if len(played) == 2:
            raise KeyboardInterrupt
        played.append(words["folder"].name)
        return real(prepared, **words)

    monkeypatch.setattr(execute, "run_into_folder", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        year_files.years_into_folder(wanted, folder=here / "y")
    assert left_in(here / "y") == ["year_01", "year_02"]
    assert left_in(here) == ["y"]
    monkeypatch.setattr(execute, "run_into_folder", real)
    simulated = []
    monkeypatch.setattr(
        execute, "_simulate", lambda p, progress, s=execute._simulate: simulated.append(p) or s(p, progress)
    )
    done = year_files.years_into_folder(wanted, folder=here / "y")
    assert len(simulated) == 1
    assert [row["year"] for row in done.rows] == [1, 2, 3]
    fresh = year_files.years_into_folder(wanted, folder=here / "fresh")
    assert fresh.rows == done.rows


@pytest.mark.parametrize("words", [(), ("--tables-only",)])
def test_a_failure_leaves_nothing_half_written(here, monkeypatch, words):
    def fail(*_args, **_words):
        raise OSError(28, "No space left on device")

    wanted = year_files.want(SMALL, years=1, overrides=[AGEING], figures=False, tables_only=bool(words))
    monkeypatch.setattr(year_files, "write_text", fail)
    with pytest.raises(MachineError, match="No space left"):
        year_files.years_into_folder(wanted, folder=here / "y")
    assert left_in(here) == ([] if words else ["y"])
    if not words:
        assert left_in(here / "y") == ["year_01"]


def test_an_interrupt_ends_with_130(here):
    patch = (
        "from stationsim import execute\n"
        "def stop(*a, **k): raise KeyboardInterrupt\n"
        "execute.run_into_folder = stop"
    )
    answer = finish(start(*YEARS, "--out", "y", cwd=here, patch=patch))
    assert answer.code == 130
    assert left_in(here) == []


@pytest.mark.parametrize("count", ["0", "101", "many"])
def test_wrong_words_are_usage(capsys, count):
    assert call(capsys, "years", SMALL, "--years", count).code == 2


# --- the figure -------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_figure_is_drawn_in_every_theme(theme):
    table = pd.DataFrame(
        {
            "battery_replaced": ["", "battery"],
            "battery_health_end_percent": [79.0, 98.0],
            "battery_calendar_loss_percent": [11.0, 1.0],
            "battery_cycle_loss_percent": [10.0, 1.0],
            "battery_throughput_kwh": [1e5, 2e5],
            "pv_generated_kwh": [1e6, 9.9e5],
            "bill_total": [-1e4, 2e4],
            "carbon_metered_emitted_t": [100.0, 101.0],
        },
        index=pd.Index([1, 2], name="year"),
    )
    figure = plots.plot_years(table, "Example station", currency="CNY", theme=theme)
    figure.draw_without_rendering()
    written = {text.get_text() for text in figure.findobj(Text)}
    assert "Example station, 2 years, each as old as the year before left it" in written
    assert {"Bill [thousand CNY], bars", "new", "lost to time"} <= written
    bare = table.drop(columns=[name for name in table if name.startswith("battery_h")])
    plots.plot_years(bare.assign(pv_generated_kwh=0.0), "x", theme=theme).draw_without_rendering()
    assert plots.data_of_years(table) is table
