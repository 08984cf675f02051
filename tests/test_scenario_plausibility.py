"""Warnings: what may be meant but rarely is (catalogue rows 29, 38, 39, 79)."""

from pathlib import Path

import pytest

from stationsim.scenario.load import load_scenario
from stationsim.scenario.plausibility import plausibility
from stationsim.scenario.schema import Scenario
from tests.random_scenarios import POSTS, station

STATION = Path(__file__).parent / "bad_input" / "station.yaml"

HOLIDAY_OF_2024 = (
    "traffic.holidays=[{name: x, first_day: 2024-10-01, last_day: 2024-10-01, vehicles_factor: 1.2}]"
)

RAIN = "weather={source: synthetic, climate: jinan, precipitation: "
RAIN_OF_GUANGZHOU_IN_CM = (
    RAIN + "{mm_by_month: [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1], "
    "wet_days_by_month: [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1]}}"
)
STORMS = (
    RAIN + "{mm_by_month: [5, 5, 5, 5, 5, 5, 200, 5, 5, 5, 5, 5], "
    "wet_days_by_month: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}"
)
RAIN_FROM_AFAR = ("W209", 0, "write mm_by_month and wet_days_by_month of the place")
SIDES = (
    "traffic.directions=[{name: east, share: 0.1}, {name: west, share: 0.9}]",
    "charging.groups[fast].side=east",
)
FAILING = "{posts: 2, modules: 4, module_kw: 30, failures: {hours_between: 1, repair_hours: 3}}"
TONGLU = [
    *("site.latitude_deg=29.8", "site.longitude_deg=119.7"),
    "weather={source: synthetic, climate: Hangzhou}",
    "solar.surfaces=[{name: canopy, kind: canopy, dc_kwp: 2260, tilt_deg: 10}]",
    "solar.claimed_kwh_per_year=5.12e6",
]
"""A claim that was published for canopies on the G25 in Zhejiang."""
BRIEF = "traffic.stay_minutes=1"
AGED = "{model: blast_lfp, initial: {cycle_loss: 0.1, age_days: 900, discharged_kwh: 1e5}}"
CROWDED_WEST = ("W204", 24, "193 cars a day want to charge on side west, the posts serve 121")


AMPLE_PLANT = ("water.treatment.capacity_m3_h=5000", "water.equalisation_tank.volume_m3=5000")
"""Treats the wastewater of any crowd of these tests."""


def warnings(*overrides):
    loaded = load_scenario(STATION, model=Scenario, overrides=(*AMPLE_PLANT, *overrides))
    return plausibility(loaded.scenario, loaded)


def test_the_small_station_is_usual():
    assert warnings() == []


def test_without_the_file_warnings_have_no_place():
    loaded = load_scenario(STATION, model=Scenario, overrides=["battery.power_kw=4"])
    (warning,) = plausibility(loaded.scenario)
    assert (warning.file, warning.line) == ("", 0)


@pytest.mark.parametrize(
    ("overrides", "code", "line", "words"),
    [
        (["battery.power_kw=4"], "W201", 15, "50 h"),
        (["battery.power_kw=1000"], "W201", 15, "0.2 h"),
        (["battery=null", "grid.import_limit_kw=100"], "W202", 24, "power will be shared"),
        (["grid.tariff.bands[peak].price_per_kwh=600"], "W203", 0, "per MWh"),
        (["grid.tariff.feed_in_per_kwh=40"], "W203", 0, "unusual"),
        (["traffic.vehicles_per_day=1e6", "traffic.stay_minutes=0.1"], "W204", 24, "drive on"),
        (["solar.surfaces[roof].dc_ac_ratio=2.5"], "W205", 0, "unusual"),
        (["battery.cells={linear_share: 0.2, ohmic_share: 0.2}"], "W207", 0, "gives back 0.393"),
        (["battery.soc_maximum=0.55", "battery.soc_minimum=0.45"], "W235", 0, "is 0.1 wide"),
        (
            ["battery.seasons=[{months: [7], soc_minimum: 0.4, soc_maximum: 0.5}]"],
            "W235",
            0,
            "seasons[0].soc_maximum",
        ),
        (["battery.standby_kw=2"], "W236", 0, "is 12% of what"),
        (["battery.thermal={heat_below_degc: 5}"], "W237", 0, "at 5 degC take 33% of"),
        ([f"battery.ageing={AGED}", "battery.power_kw=150"], "W240", 0, "tested up to 0.65C"),
        ([f"battery.ageing={AGED}", "battery.soc_maximum=0.7"], "W240", 0, "the window is 0.6 deep"),
        (["battery.ageing={model: naumann_lfp}", "battery.power_kw=300"], "W240", 0, "up to 1C"),
        ([f"battery.ageing={AGED}", "battery.ageing.initial.cycle_loss=0.3"], "W246", 0, "0.7 of the"),
        ([f"battery.ageing={AGED}", "battery.ageing.initial.age_days=0"], "W247", 0, "the age is 0"),
        ([f"battery.ageing={AGED}", "battery.ageing.initial.discharged_kwh=1e7"], "W247", 0, "cycles for"),
        (["battery.ageing={model: none, replace: true}"], "W212", 0, "replace has no effect"),
        (["battery.ageing={model: none, replacement_cost_per_kwh: 9}"], "W212", 0, "does not age"),
        (["traffic.people_per_vehicle=900"], "W208", 31, "in 400 m2"),
        (["site.latitude_deg=-33.9"], "W209", 1, "wrong way round"),
        (["weather={source: synthetic, climate: Lhasa}"], "W209", 0, "Lhasa"),
        ([RAIN_OF_GUANGZHOU_IN_CM], "W230", 0, "2.1 mm a year are unusual, 10 to 5000 mm"),
        ([STORMS], "W230", 0, "200 mm on a wet day of month 7 are unusual, 0.5 to 50 mm"),
        (
            ["weather={source: synthetic, climate: jinan, precipitation: {climate: shanghai}}"],
            *RAIN_FROM_AFAR,
        ),
        (["charging.price_per_kwh=180"], "W203", 0, "180 is unusual, 0.05 to 5 CNY/kWh"),
        (["charging.groups[slow].price_per_kwh=0.01"], "W203", 0, "charging.groups[1].price_per_kwh"),
        ([*SIDES, "charging.groups[slow].side=west", "traffic.vehicles_per_day=30000", BRIEF], *CROWDED_WEST),
        (["charging.linger={share: 0.5, mean_minutes: 60}"], "W210", 0, "block posts for 30 min a session"),
        (["charging.reservations={share: 0.1, hold_minutes: 45}"], "W211", 0, "wait 30 min in the mean"),
        (["charging.legal_break={share: 0.5}"], "W212", 0, "no bus or truck comes, only car"),
        (["charging.priority={classes: [bus]}"], "W212", 0, "no bus comes, only car"),
        (["charging.reversing_seconds=60"], "W212", 0, "no bus or truck comes"),
        (["charging.by_price_share=0.3"], "W212", 0, "all posts have one price"),
        (["charging.legal_break={share: 0.5, classes: []}"], "W212", 0, "it names no classes"),
        (["charging.groups[slow].failures={hours_between: 4, repair_hours: 400}"], "W213", 0, "works 1% of"),
        (["charging.groups[slow].classes=[truck]"], "W212", 0, "no truck comes, only car"),
        (["charging.groups[slow].max_current_a=10"], "W214", 0, "leaves a car of 400 V 4 kW of"),
        (["charging.groups[slow].cabinet={posts: 2, modules: 1, module_kw: 40}"], "W214", 0, "1 modules"),
        (["charging.minimum_kw=700"], "W214", 0, "is above the"),
        ([f"charging.groups[slow].cabinet={FAILING}"], "W213", 0, "groups[1].cabinet.failures"),
        (["water.treatment.kwh_per_m3=9"], "W231", 0, "9.1 kWh/m3 at full flow"),
        (["water.treatment.capacity_m3_h=0.5"], "W232", 0, "the plant treats 12"),
        (["water.equalisation_tank.volume_m3=0.5"], "W233", 0, "less than the wastewater of a mean hour"),
        (
            ["carbon.forest_area_ha=1", "carbon.forest_rate_t_per_ha_year=28.1"],
            "W234",
            0,
            "28.1 t of CO2 a hectare",
        ),
        (
            ["solar.claimed_kwh_per_year=300000"],
            "W215",
            0,
            "2,000 kWh/kWp a year and cannot be: Jinan",
        ),
        (TONGLU, "W215", 0, "5.12 GWh from 2.26 MW, is 2,265 kWh/kWp a year and cannot be: Hangzhou"),
        (
            [HOLIDAY_OF_2024],
            "W206",
            0,
            "2025",
        ),
    ],
)
def test_unusual_values_are_warned_about(overrides, code, line, words):
    (warning,) = warnings(*overrides)
    assert warning.code == code
    assert warning.line == line
    assert warning.file == (str(STATION) if line else "command line")
    assert words in str(warning)


@pytest.mark.parametrize(
    "override",
    [
        "grid.tariff.bands[valley].price_per_kwh=-0.05",
        "grid.tariff.bands[valley].price_per_kwh=0",
        "battery.power_kw=400",
        "battery.power_kw=25",
        "battery.standby_kw=1",
        "battery.thermal={heat_below_degc: 10}",
        "battery.thermal=null",
        "solar.claimed_kwh_per_year=200000",
        "battery=null",
        f"battery.ageing={AGED}",
        "battery.ageing={model: none, initial: {calendar_loss: 0.3, age_days: 4000}}",
        "charging.price_per_kwh=1.8",
        "charging.price_per_kwh=0",
        "charging.linger={share: 0.5, mean_minutes: 20}",
        "charging.linger={share: 0.5, mean_minutes: 60, idle_fee: {per_minute: 1, moved_share: 0.8}}",
        "charging.reservations={share: 0.1, hold_minutes: 15}",
        "charging.legal_break={share: 0.5, classes: [car]}",
        "charging.groups[slow].failures={hours_between: 400, repair_hours: 24}",
    ],
)
def test_what_is_rare_but_meant_is_not_warned_about(override):
    assert warnings(override) == []


def test_unknown_currencies_are_not_judged():
    assert warnings("grid.tariff.currency=IDR", "grid.tariff.bands[peak].price_per_kwh=1500") == []


def test_cabinets_limit_what_posts_draw_and_serve():
    weak = "charging.groups[fast].cabinet={posts: 2, modules: 2, module_kw: 10}"
    limits = ["battery=null", "grid.import_limit_kw=160"]
    assert [warning.code for warning in warnings(*limits)] == ["W202"]
    assert warnings(*limits, weak) == []
    many = ("traffic.vehicles_per_day=40000", BRIEF)
    assert warnings(*many) == []
    (warning,) = warnings(*many, weak)
    assert "286 cars a day want to charge, the posts serve 141" in str(warning)


def test_the_energy_that_is_wanted_sets_how_many_are_served():
    (warning,) = warnings("charging.energy_wanted={mean_kwh: 60}", "traffic.vehicles_per_day=20500", BRIEF)
    assert "147 cars a day want to charge, the posts serve 144" in str(warning)


def test_replayed_cars_make_no_use_of_drawn_stays():
    stays = {"stop": {"mean_minutes": 9}, "linger": {"share": 1, "mean_minutes": 90}}
    charging = {"groups": POSTS, "replay": {"file": "x.csv"}, **stays, "legal_break": {"share": 1}}
    found = {(problem.code, problem.path) for problem in plausibility(station(charging=charging))}
    assert found == {("W212", f"charging.{key}") for key in ("stop", "linger", "legal_break")}


def test_posts_of_two_prices_make_use_of_drivers_who_compare():
    dear = "charging.groups[fast].price_per_kwh=2"
    assert warnings("charging.by_price_share=0.3", "charging.price_per_kwh=1.5", dear) == []
    assert warnings("charging.by_price_share=0.3", "charging.price_per_kwh=0", dear) == []
