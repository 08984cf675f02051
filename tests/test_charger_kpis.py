"""What the chargers draw beside charging, as named numbers."""

import dataclasses
import math

import pytest

from stationsim.kpis import kpis
from tests.fake_results import fake_results


def test_standby_and_draw_beside_charging_are_told() -> None:
    """Four sessions into cars at an efficiency of 1, and 0.5 kW of standby for a day."""
    results = fake_results()
    steps = results.steps.assign(charger_standby_kw=0.5)
    sessions = results.sessions.assign(extra_ac_kwh=1.0)
    found = kpis(dataclasses.replace(results, steps=steps, sessions=sessions))
    ac_kwh = sessions["energy_ac_kwh"].sum()
    assert found["charger_standby"].value == found["charger_standby_per_day"].value == pytest.approx(12.0)
    assert found["charging_beside"].value == len(sessions)
    efficiency = 100 * sessions["energy_kwh"].sum() / (ac_kwh + 12)
    assert found["charging_efficiency"].value == pytest.approx(efficiency)


@pytest.mark.parametrize(
    ("group", "speed"),
    [
        ({"power_kw": 600.0}, 600 / 0.165 / 3600),
        ({"power_kw": 600.0, "max_current_a": 500.0}, 400 / 0.165 / 3600),
        ({"power_kw": 60.0}, 60 / 0.130 / 3600),
    ],
)
def test_fastest_charge_is_power_per_consumption(group: dict[str, float], speed: float) -> None:
    results = fake_results()
    charging = {
        "groups": [{"name": "post", "posts": 1, **group}],
        "vehicles": [
            {"type": "byd_han_l", "share": 0.5},
            {"type": "tesla_model_3", "share": 0.5},
            {"type": "mine", "share": 0.0, "usable_kwh": 50.0, "peak_kw": 90.0},
        ],
    }
    found = kpis(dataclasses.replace(results, scenario={**results.scenario, "charging": charging}))
    assert found["fastest_km_per_second"].value == pytest.approx(speed)


def test_a_station_without_chargers_has_no_fastest_charge() -> None:
    assert math.isnan(kpis(fake_results(cars=False))["fastest_km_per_second"].value)
