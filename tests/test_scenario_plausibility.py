"""Warnings: what may be meant but rarely is (catalogue rows 29, 38, 39, 79)."""

from pathlib import Path

import pytest

from stationsim.scenario.load import load_scenario
from stationsim.scenario.plausibility import plausibility
from stationsim.scenario.schema import Scenario

STATION = Path(__file__).parent / "bad_input" / "station.yaml"

HOLIDAY_OF_2024 = (
    "traffic.holidays=[{name: x, first_day: 2024-10-01, last_day: 2024-10-01, vehicles_factor: 1.2}]"
)


def warnings(*overrides):
    loaded = load_scenario(STATION, model=Scenario, overrides=overrides)
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
        (["battery.charge_efficiency=0.4"], "W207", 0, "gives back 0.376"),
        (["traffic.people_per_vehicle=900"], "W208", 32, "in 400 m2"),
        (["site.latitude_deg=-33.9"], "W209", 1, "wrong way round"),
        (["weather={source: synthetic, climate: Lhasa}"], "W209", 0, "Lhasa"),
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
        "battery=null",
    ],
)
def test_what_is_rare_but_meant_is_not_warned_about(override):
    assert warnings(override) == []


def test_unknown_currencies_are_not_judged():
    assert warnings("grid.tariff.currency=IDR", "grid.tariff.bands[peak].price_per_kwh=1500") == []
