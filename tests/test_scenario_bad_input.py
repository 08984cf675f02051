"""Wrong station scenarios: the catalogue's rows 21 to 48, 75 and 76, each with its line and its hint."""

from pathlib import Path

import pytest

from stationsim.scenario.load import load_scenario
from stationsim.scenario.schema import Scenario
from tests.bad_input.case import Bad, check, problems_with

STATION = Path(__file__).parent / "bad_input" / "station.yaml"
TEXT = STATION.read_text(encoding="utf-8")


def edited(*changes):
    """Return the small station with each ``(old, new)`` text replaced once."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def line_of(text, words):
    (line,) = (number for number, line in enumerate(text.splitlines(), 1) if words in line)
    return line


def bad(row, old, new, code, *, at, path="", says=""):
    """Return a station with one edit, and the problem expected on the line that holds ``at``."""
    text = edited((old, new))
    return Bad(row, text, code, line_of(text, at), 0, path, says)


def months(july, *, june="1"):
    """Return a list of twelve ones in which July has another value."""
    return f"[1, 1, 1, 1, 1, {june}, {july}, 1, 1, 1, 1, 1]"


CORPUS = [
    bad(
        "21 unknown",
        "battery:\n",
        "batery:\n",
        "E201",
        at="batery:",
        path="batery",
        says="did you mean battery?",
    ),
    bad(
        "21 case",
        "  capacity_kwh:",
        "  Capacity_kWh:",
        "E201",
        at="Capacity",
        says="did you mean capacity_kwh?",
    ),
    bad(
        "21 spelling", "posts: 2, power_kw: 60", "post: 2, power_kw: 60", "E201", at="post: 2", says="posts?"
    ),
    bad(
        "22 depth",
        "      kind: canopy",
        "      kind: canopy\n      soiling_percent: 2",
        "E201",
        at="soiling",
        says="known under solar.losses",
    ),
    bad(
        "23 required",
        "  power_kw: 100\n",
        "",
        "E202",
        at="battery:",
        path="battery.power_kw",
        says="add power_kw",
    ),
    bad(
        "23 section", "carbon: {grid_factor_t_per_mwh: 0.6}\n", "", "E202", at="schema_version", path="carbon"
    ),
    bad(
        "24 unit",
        "dc_kwp: 100",
        "dc_kwp: 100 kW",
        "E203",
        at="100 kW",
        path="solar.surfaces[0].dc_kwp",
        says="alone",
    ),
    bad("24 percent", "0.05", "5%", "E203", at="5%", path="traffic.charging_share", says="write 0.05"),
    bad("24 comma", "  capacity_kwh: 200", "  capacity_kwh: 200,5", "E203", at="200,5", says="200.5"),
    bad(
        "24 quotes",
        "  capacity_kwh: 200",
        '  capacity_kwh: "800"',
        "E203",
        at='"800"',
        says="remove the quotes",
    ),
    bad("25 nan", "price_per_kwh: 1.0", "price_per_kwh: .nan", "E211", at=".nan", says="finite"),
    bad("25 inf", "  import_limit_kw: 800", "  import_limit_kw: .inf", "E211", at=".inf"),
    bad("25 1e400", "vehicles_per_day: 1000", "vehicles_per_day: 1e400", "E211", at="1e400"),
    bad(
        "26 negative",
        "  capacity_kwh: 200",
        "  capacity_kwh: -5",
        "E210",
        at="-5",
        says="must be > 0 (got -5)",
    ),
    bad("26 zero", "  capacity_kwh: 200", "  capacity_kwh: 0", "E210", at="capacity_kwh: 0"),
    bad(
        "26 no posts", "posts: 2, power_kw: 60", "posts: 0, power_kw: 60", "E210", at="posts: 0", says=">= 1"
    ),
    bad("26 -0.0", "  power_kw: 100", "  power_kw: -0.0", "E210", at="-0.0"),
    bad(
        "27 95",
        "posts: 2, power_kw: 60",
        "posts: 2, power_kw: 60, efficiency: 95",
        "E210",
        at="efficiency: 95}",
        path="charging.groups[1].efficiency",
        says="write 0.95",
    ),
    bad(
        "27 0",
        "posts: 2, power_kw: 60",
        "posts: 2, power_kw: 60, efficiency: 0",
        "E210",
        at="efficiency: 0}",
        says="> 0",
    ),
    bad(
        "27 1.2",
        "posts: 2, power_kw: 60",
        "posts: 2, power_kw: 60, efficiency: 1.2",
        "E210",
        at="efficiency: 1.2}",
        says="<= 1",
    ),
    bad(
        "28 crossed",
        "soc_minimum: 0.1",
        "soc_minimum: 0.95",
        "E215",
        at="battery:",
        path="battery",
        says="soc_minimum is on line 17, soc_maximum is on line 18",
    ),
    bad(
        "28 initial",
        "  power_kw: 100",
        "  power_kw: 100\n  soc_initial: 0.05",
        "E215",
        at="battery:",
        says="soc_initial is on line 17",
    ),
    bad(
        "28 tank levels",
        "volume_m3: 50}",
        "volume_m3: 50, minimum_share: 0.9}",
        "E215",
        at="water:",
        path="water.equalisation_tank",
        says="minimum_share <= start_share < high_share < 1, got 0.9, 0.3 and 0.85",
    ),
    bad(
        "28 turndown",
        "capacity_m3_h: 5}",
        "capacity_m3_h: 5, turndown: 1.5}",
        "E210",
        at="water:",
        path="water.treatment.turndown",
        says="<= 1",
    ),
    bad(
        "26 energy of water",
        "capacity_m3_h: 5}",
        "capacity_m3_h: 5, kwh_per_m3: 350}",
        "E210",
        at="water:",
        path="water.treatment.kwh_per_m3",
        says="<= 10",
    ),
    bad(
        "31 species",
        "{grid_factor_t_per_mwh: 0.6}",
        "{grid_factor_t_per_mwh: 0.6, stands: [{species: brodleaf, trees: 20}]}",
        "E214",
        at="carbon:",
        path="carbon.stands[0].species",
        says="did you mean 'broadleaf'?",
    ),
    bad(
        "28 greens twice",
        "{grid_factor_t_per_mwh: 0.6}",
        "{grid_factor_t_per_mwh: 0.6, forest_area_ha: 1, stands: [{species: lawn, area_ha: 1}]}",
        "E215",
        at="carbon:",
        path="carbon",
        says="either stands or forest_area_ha",
    ),
    bad(
        "28 lost",
        "  power_kw: 100",
        "  power_kw: 100\n  ageing: {model: blast_lfp, initial: {calendar_loss: 0.6, cycle_loss: 0.5}}",
        "E215",
        at="{calendar_loss",
        path="battery.ageing.initial",
        says="below 1 together",
    ),
    bad(
        "28 no table",
        "  power_kw: 100",
        "  power_kw: 100\n  ageing: {model: table}",
        "E215",
        at="{model",
        path="battery.ageing",
        says="must have table",
    ),
    bad("30 half a post", "posts: 2, power_kw: 60", "posts: 2.5, power_kw: 60", "E204", at="2.5"),
    bad("30 true", "vehicles_per_day: 1000", "vehicles_per_day: true", "E203", at="true", says="not numbers"),
    bad(
        "31 no chargers",
        "  groups:\n    - {name: fast, posts: 2, power_kw: 120}\n    - {name: slow, posts: 2, power_kw: 60}",
        "  groups: []",
        "E215",
        at="groups: []",
        path="charging.groups",
        says="got none",
    ),
    bad(
        "32 same name",
        "name: slow",
        "name: fast",
        "E215",
        at="  groups:",
        says="groups[0].name is on line 25, groups[1].name is on line 26",
    ),
    bad("32 same surface", "{name: roof,", "{name: canopy,", "E215", at="solar:", says="canopy"),
    bad(
        "33 no such car",
        "type: byd_seal",
        "type: byd_seel",
        "E215",
        at="byd_seel",
        path="charging.vehicles[0]",
        says="did you mean 'byd_seal'?",
    ),
    bad("33 no such zone", "Asia/Shanghai", "Asia/Beijing", "E214", at="Asia/Beijing", says="Asia/Shanghai"),
    bad(
        "35 two climates",
        "traffic:",
        "weather: {source: synthetic, climate: jinan, climate_file: x}\ntraffic:",
        "E215",
        at="climate_file",
        path="weather",
        says="climate_file is on line 20",
    ),
    bad("36 shares", "share: 0.6", "share: 0.7", "E215", at="vehicles:", says="got 1.1"),
    bad("36 negative share", "share: 0.6", "share: -0.1", "E210", at="-0.1", says=">= 0"),
    bad(
        "37 gap",
        "start: 22:30, end: 08:00",
        "start: 23:00, end: 08:00",
        "E215",
        at="tariff:",
        says="22:30-23:00",
    ),
    bad(
        "37 overlap",
        "start: 22:30, end: 08:00",
        "start: 21:00, end: 08:00",
        "E215",
        at="tariff:",
        says="21:00-22:30",
    ),
    bad(
        "40 long name",
        "Small station",
        "x" * 10_000,
        "E212",
        at="xxx",
        path="name",
        says="at most 80 characters",
    ),
    bad("40 unprintable", "Small station", '"a\\tb"', "E214", at="a\\tb", path="name", says="printable"),
    bad("41 missing", "schema_version: 1\n", "", "E202", at="name: Small", path="schema_version"),
    bad(
        "42 seven minutes",
        "step_minutes: 15",
        "step_minutes: 7",
        "E215",
        at="simulation:",
        says="divide the hour",
    ),
    bad("42 zero", "step_minutes: 15", "step_minutes: 0", "E210", at="minutes: 0", says=">= 1"),
    bad("42 negative", "step_minutes: 15", "step_minutes: -5", "E210", at="minutes: -5"),
    bad("42 a day", "step_minutes: 15", "step_minutes: 1440", "E210", at="1440", says="<= 60"),
    bad("42 a second", "step_minutes: 15", "step_minutes: 0.0167", "E204", at="0.0167"),
    bad("43 end first", "end: 2025-06-02", "end: 2025-05-31", "E215", at="period:", says="end is on line 6"),
    bad("43 300 years", "end: 2025-06-02", "end: 2325-06-02", "E215", at="period:", says="1950 to 2100"),
    bad("43 100 years", "start: 2025-06-01", "start: 1951-06-01", "E215", at="period:", says="40 years"),
    bad(
        "43 no such day", "end: 2025-06-02", "end: 2025-06-31", "E214", at="06-31", says="a date that exists"
    ),
    bad("43 other order", "end: 2025-06-02", "end: 02/06/2025", "E214", at="02/06", says="YYYY-MM-DD"),
    bad("44 negative", "seed: 7", "seed: -1", "E210", at="-1"),
    bad("44 float", "seed: 7", "seed: 7.5", "E204", at="7.5"),
    bad("44 text", "seed: 7", "seed: seven", "E203", at="seven"),
    bad("44 2^200", "seed: 7", f"seed: {2**200}", "E210", at=str(2**200), says="<= 9223372036854775807"),
    bad("46 100,000 posts", "posts: 2, power_kw: 60", "posts: 100000, power_kw: 60", "E210", at="100000"),
    bad(
        "75 URL",
        "traffic:",
        "weather: {source: file, file: 'https://example.org/w.epw'}\ntraffic:",
        "E214",
        at="https:",
        path="weather.file",
        says="URL",
    ),
    bad(
        "76 outside",
        "traffic:",
        "weather: {source: file, file: ../../etc/passwd}\ntraffic:",
        "E304",
        at="passwd",
        path="weather.file",
        says="--allow-path",
    ),
    bad(
        "76 absolute", "traffic:", "weather: {source: file, file: /etc/passwd}\ntraffic:", "E304", at="passwd"
    ),
    *(
        bad(
            f"rain {row}",
            "traffic:",
            "weather:\n  source: synthetic\n  climate: jinan\n  precipitation:\n"
            f"    mm_by_month: {mm}\n    wet_days_by_month: {days}\ntraffic:",
            code,
            at=at,
            path=f"weather.precipitation{path}",
            says=says,
        )
        for row, mm, days, code, at, path, says in (
            ("negative", months("-1"), months("1"), "E210", "mm_by", ".mm_by_month[6]", ">= 0"),
            ("32 days", months("9"), months("32"), "E210", "wet_days", ".wet_days_by_month[6]", "<= 31"),
            ("31 in June", months("9"), months("1", june="31"), "E215", "precip", "", "most 30 in month 6"),
            ("no days", months("9"), months("0"), "E215", "precipitation", "", "9 mm on 0 days in month 7"),
            ("no mm", months("0"), months("3"), "E215", "precipitation", "", "0 mm on 3 days in month 7"),
            (
                "eleven",
                "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
                months("1"),
                "E212",
                "mm_by",
                ".mm_by_month",
                "12",
            ),
            ("text", months("wet"), months("1"), "E203", "mm_by", ".mm_by_month[6]", "number"),
            ("no list", "null", months("1"), "E215", "precipitation", "", "together, or climate"),
        )
    ),
    bad(
        "rain of nowhere",
        "traffic:",
        "weather: {source: synthetic, climate: jinan, precipitation: {climate: atlantis}}\ntraffic:",
        "E214",
        at="atlantis",
        path="weather.precipitation.climate",
        says="are Beijing, Jinan, Shanghai",
    ),
    bad("76 home", "traffic:", "weather: {source: file, file: ~/w.epw}\ntraffic:", "E306", at="~/w.epw"),
    bad(
        "76 device", "traffic:", "weather: {source: file, file: /dev/zero}\ntraffic:", "E304", at="/dev/zero"
    ),
    bad("76 drive", "traffic:", "weather: {source: file, file: 'C:\\w.epw'}\ntraffic:", "E306", at="C:\\"),
    bad("76 missing", "traffic:", "weather: {source: file, file: none.epw}\ntraffic:", "E301", at="none.epw"),
]


@pytest.mark.parametrize("bad", CORPUS, ids=str)
def test_wrong_stations_are_refused_at_the_line(bad, tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(bad.text, encoding="utf-8")
    problems = problems_with(lambda: load_scenario(path, model=Scenario))
    check(bad, problems)
    assert all(problem.file == str(path) for problem in problems)
    assert "root:" not in "".join(map(str, problems))


def test_every_wrong_value_of_a_file_is_told_at_once(tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(
        edited(
            ("  capacity_kwh: 200", "  capacity_kwh: -5"),
            ("seed: 7", "seed: abc"),
            ("vehicles_per_day: 1000", "vehicles_per_day: 1,000"),
            ("end: 2025-06-02", "end: never"),
        ),
        encoding="utf-8",
    )
    problems = problems_with(lambda: load_scenario(path, model=Scenario))
    assert [problem.path for problem in problems] == [
        "period.end",
        "battery.capacity_kwh",
        "traffic.vehicles_per_day",
        "simulation.seed",
    ]


@pytest.mark.parametrize(
    "change",
    [
        ("power_kw: 120", "power_kw: 120.0"),
        ("Small station", "'<script>alert(1)</script>'"),
        ("Small station", "济南东 ☀"),
        ("Small station", "'../../x'"),
        ("Small station", "CON"),
        ("Small station", "trailing."),
        ("vehicles_per_day: 1000", "vehicles_per_day: 1e6"),
        ("carbon: {grid_factor_t_per_mwh: 0.6}", "carbon: {grid_factor_t_per_mwh: 0.6}\nbattery_of_old:"),
    ],
    ids=lambda change: change[1][:20],
)
def test_odd_names_and_sizes_are_no_business_of_the_loader(change, tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(edited(change), encoding="utf-8")
    if "battery_of_old" in change[1]:
        assert problems_with(lambda: load_scenario(path, model=Scenario))[0].code == "E201"
    else:
        assert load_scenario(path, model=Scenario).scenario


def test_a_newer_format_names_the_remedy(tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(edited(("schema_version: 1", "schema_version: 2")), encoding="utf-8")
    (problem,) = problems_with(lambda: load_scenario(path, model=Scenario))
    assert (problem.line, problem.path) == (1, "schema_version")
    assert "newer stationsim" in str(problem)


def test_no_arrivals_need_no_chargers(tmp_path):
    path = tmp_path / "station.yaml"
    start, end = TEXT.index("charging:\n"), TEXT.index("building:\n")
    path.write_text(TEXT[:start] + TEXT[end:], encoding="utf-8")
    assert load_scenario(path, model=Scenario).scenario.charging is None


@pytest.mark.parametrize(
    ("override", "path", "says"),
    [
        (["traffic.vehicles_per_day=1e9"], "traffic.vehicles_per_day", "at most 2000000"),
        (["traffic.weekend_factor=1e6"], "traffic.vehicles_per_day", "at most 2000000"),
        (["traffic.people_per_vehicle=1e6"], "traffic.people_per_vehicle", "at most 1000"),
        (["solar.surfaces[roof].dc_kwp=1e9"], "solar.surfaces[1].dc_kwp", "<= 1000000"),
        (["solar.surfaces[roof].area_m2=200"], "solar.surfaces[1]", "at most 40 kWp on area_m2 200"),
        (
            ["solar.surfaces[roof].ground_slope_deg=9"],
            "solar.surfaces[1]",
            "0 to 90 deg above ground",
        ),
        (["solar.horizon=[[90, 5], [80, 5]]"], "solar.horizon", "sorted by direction"),
        (["solar.ageing={}", "solar.losses.age_percent=2"], "solar", "losses.age_percent or ageing, got 2 %"),
        (["solar.ageing={degradation_percent_per_year: 5, age_years: 60}"], "solar", "leave at least 20 %"),
        (["solar.ageing={degradation_percent_per_year: 5, age_years: 15.999}"], "solar", "over 16 years"),
        (["solar.soiling={}", "solar.losses.soiling_percent=2"], "solar", "got 2 % and both"),
        (["solar.snow={}", "solar.losses.snow_percent=2"], "solar", "got 2 % and both"),
        (["battery={capacity_kwh: 1e12, power_kw: 10}"], "battery.capacity_kwh", "<= 100000000"),
        (["battery.power_kw=1e12"], "battery.power_kw", "<= 1000000"),
        (["battery.standby_kw=1e12"], "battery.standby_kw", "<= 100000"),
        (["solar.claimed_kwh_per_year=1e300"], "solar.claimed_kwh_per_year", "to 1000000000"),
        (["grid.tariff.feed_in_per_kwh=-1e300"], "grid.tariff.feed_in_per_kwh", "from -1000000000"),
        (["grid.import_limit_kw=1e300"], "grid.import_limit_kw", "to 1000000000"),
        (["building.zones[hall].inner_surface_m2=1e300"], "", "<= 10000000"),
        (["building.zones[hall].air_heat_capacity_kj_m2k=1e9"], "", "<= 1000"),
        (["building.zones[hall].infiltration_per_h=1e9"], "", "<= 100"),
        (["building.zones[hall].height_m=1e9"], "", "<= 100"),
        (["loads.catering.hoods_kw=1e9"], "loads.catering.hoods_kw", "<= 10000"),
        (["loads.catering.meals=[{name: hot, cooking_kwh: 1e9}]"], "loads.catering.meals[0]", "<= 100"),
        (["loads.emergency={camera_w: 1e9}"], "loads.emergency.camera_w", "<= 1000"),
        (["loads.emergency={cameras: 1000000000}"], "loads.emergency.cameras", "<= 100000"),
        (["loads.hot_water={tank_litres: 1e9, heat_pump_kw: 5}"], "loads.hot_water", "<= 1000000"),
        (["loads.lighting.outdoor[parking].power_kw=1e9"], "loads.lighting.outdoor[0].power_kw", "<= 100000"),
        (["loads.washrooms={dryer_kwh: 1e9}"], "loads.washrooms.dryer_kwh", "<= 1"),
        (["loads.shops={till_w: 1e9}"], "loads.shops.till_w", "<= 10000"),
        (["loads.service_vehicles={count: 1, kwh_per_day: 1e9}"], "loads.service_vehicles", "<= 10000"),
        (["water.reuse_tank.volume_m3=1e9"], "water.reuse_tank.volume_m3", "<= 1000000"),
        (["water.uses={kitchen_l_per_meal: 1e9}"], "water.uses.kitchen_l_per_meal", "<= 1000"),
        (["charging.arrival_soc={mean: 0.5, sd: 1e300}"], "charging.arrival_soc.sd", "<= 0.5"),
        (
            ["building.zones[hall].cooling={units: 1, unit_capacity_kw: 9, set_point_degc: 1e300}"],
            "",
            "<= 50",
        ),
        (["building.zones[hall].heating={capacity_kw: 9, supply_temp_degc: -50}"], "", ">= 20"),
        (
            [
                "building.zones[hall].heating={capacity_kw: 9, set_point_degc: 26}",
                "building.zones[hall].cooling={units: 1, unit_capacity_kw: 9}",
            ],
            "building",
            "heating.set_point_degc below cooling.set_point_degc",
        ),
    ],
)
def test_what_no_station_can_be_is_refused(override, path, says):
    (problem,) = problems_with(lambda: load_scenario(STATION, model=Scenario, overrides=override))
    assert problem.path.startswith(path)
    assert says in problem.rule


@pytest.mark.parametrize(
    ("zone", "first", "last", "says"),
    [
        ("Pacific/Apia", "2011-12-30", "2011-12-30", "a day that exists"),
        ("Australia/Lord_Howe", "2025-12-01", "2025-12-02", "whole hour"),
        ("Africa/Monrovia", "1960-01-01", "1960-01-02", "whole hour"),
    ],
)
def test_days_off_the_hours_are_refused(zone, first, last, says):
    overrides = [f"site.timezone={zone}", f"period.start={first}", f"period.end={last}"]
    (problem,) = problems_with(lambda: load_scenario(STATION, model=Scenario, overrides=overrides))
    assert says in problem.rule


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/Havana", "Europe/Dublin", "Africa/Casablanca"])
def test_days_of_other_offsets_are_fine(zone):
    days = ["period.start=2025-03-09", "period.end=2025-03-30"]
    overrides = [f"site.timezone={zone}", *days]
    assert load_scenario(STATION, model=Scenario, overrides=overrides).scenario.site.timezone == zone


def test_a_list_is_not_called_short_because_its_items_are_wrong(tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(edited(("{start: 22:30, end: 08:00}", "{start: 1:00, end: 1:00}")), encoding="utf-8")
    (problem,) = problems_with(lambda: load_scenario(path, model=Scenario))
    assert problem.path.endswith(".windows[0]")
    assert "differ" in problem.rule


def surfaces(item, count):
    return edited(("    - {name: roof, kind: roof, dc_kwp: 50, tilt_deg: 5}\n", item * count))


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "".join(f"unknown_key_{number}: 1\n" for number in range(9_000)),
        edited(
            (
                "carbon: {grid_factor_t_per_mwh: 0.6}",
                "carbon:\n" + "".join(f"  grid_factr_{n}: 1\n" for n in range(9_000)),
            )
        ),
        edited(("    - {type: byd_seal, share: 0.6}\n", "    - {type: byd_sel, share: 0.1}\n" * 3_000)),
        edited(
            (
                "windows: [{start: 22:30, end: 08:00}]",
                "windows: [" + "{start: 1:00, end: 1:00}," * 3_000 + "]",
            )
        ),
        edited(
            (
                "windows: [{start: 22:30, end: 08:00}]",
                "windows: [" + "{start: 1:00, end: 2:00}," * 3_000 + "]",
            )
        ),
        surfaces("    - {name: s, kind: rof, dc_kwp: -1, tilt_deg: 99}\n", 1_900),
        surfaces("    - {name: s, kind: roof, dc_kwp: 1, tilt_deg: 9}\n", 1_900),
    ],
    ids=["keys", "near keys", "cars", "empty windows", "overlaps", "wrong surfaces", "same surfaces"],
)
def test_thousands_of_problems_are_told(text, tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(text, encoding="utf-8")
    problems = problems_with(lambda: load_scenario(path, model=Scenario))
    assert all(problem.line for problem in problems)
    assert all(len(str(problem)) < 5_000 for problem in problems)
