"""The step length is a matter of resolution: what it must not change, it does not."""

from __future__ import annotations

import pytest

from stationsim.prove.steps import FIXED_STEP
from stationsim.results import WATER_COLUMNS, Results
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from tests.batteries import LOSSLESS, NO_CONVERTER_LOSS
from tests.random_scenarios import BATTERY, content, every_load, only_constant, station

STEPS = (1, 5, 15, 60)
SCHEDULED = (
    *("lighting_kw", "catering_kw", "washrooms_kw", "shops_kw", "hot_water_kw", "emergency_kw"),
    *("service_vehicles_kw", "other_kw"),
)


@pytest.fixture(scope="module")
def runs() -> dict[int, Results]:
    """Play five days of April with more power than anyone could draw."""
    usual = content()["simulation"]
    period = {"start": "2025-04-01", "end": "2025-04-05"}
    return {
        minutes: simulate(
            station(period=period, loads=every_load(), simulation=usual | {"step_minutes": minutes})
        )
        for minutes in STEPS
    }


@pytest.mark.parametrize("minutes", STEPS[1:])
def test_the_same_cars_draw_the_same_energy(runs: dict[int, Results], minutes: int) -> None:
    ours, theirs = runs[1], runs[minutes]
    assert theirs.energy_kwh("charging_kw") == pytest.approx(ours.energy_kwh("charging_kw"), rel=1e-12)
    columns = ["arrival", "start", "end", "energy_kwh", "wait_minutes", "outcome"]
    assert theirs.sessions[columns].equals(ours.sessions[columns])


@pytest.mark.parametrize("minutes", STEPS[1:])
def test_the_same_sun_shines(runs: dict[int, Results], minutes: int) -> None:
    expected = runs[1].energy_kwh("pv_kw")
    assert runs[minutes].energy_kwh("pv_kw") == pytest.approx(expected, rel=FIXED_STEP)


@pytest.mark.parametrize("minutes", STEPS[1:])
def test_the_same_loads_are_scheduled(runs: dict[int, Results], minutes: int) -> None:
    for column in SCHEDULED:
        expected = runs[1].energy_kwh(column)
        assert runs[minutes].energy_kwh(column) == pytest.approx(expected, rel=FIXED_STEP), column


@pytest.mark.parametrize("minutes", STEPS[1:])
def test_visitors_and_their_water_add_up_alike(runs: dict[int, Results], minutes: int) -> None:
    for column in ("vehicles", "people", "wastewater_m3", *WATER_COLUMNS):
        ours, theirs = runs[1].steps[column].sum(), runs[minutes].steps[column].sum()
        assert theirs == pytest.approx(ours, rel=1e-3), column


def test_a_long_step_nets_what_short_ones_exchange(runs: dict[int, Results]) -> None:
    """Averages over an hour hide sun and cars that miss each other within it."""
    bought = [runs[minutes].energy_kwh("meter_import_kw") for minutes in STEPS]
    assert bought == sorted(bought, reverse=True)
    assert bought[0] < 1.2 * bought[-1]


def test_a_constant_load_and_a_battery_take_the_same_at_any_step() -> None:
    """80 of 200 kWh above the floor, of which a share of load is lost: 80 / 1.05 kWh."""
    usual = content()["simulation"]
    lossy = {"converter": NO_CONVERTER_LOSS | {"linear_share": 0.05}}
    for minutes in STEPS:
        battery = BATTERY | LOSSLESS | lossy
        step = usual | {"step_minutes": minutes}
        plain = only_constant(10, solar=None, battery=battery, simulation=step)
        results = simulate(Scenario.from_dict(plain))
        assert results.energy_kwh("other_kw") == pytest.approx(480)
        assert results.energy_kwh("discharge_kw") == pytest.approx(80 / 1.05)
        assert results.energy_kwh("import_kw") == pytest.approx(480 - 80 / 1.05)
