"""Generation over the clock: what surfaces make of their weather, at any step and with every option."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stationsim.errors import ScenarioError
from stationsim.scenario import Scenario
from stationsim.simulation import simulate
from stationsim.solar import Generation, check_fallen, impossible_yields
from stationsim.weather.spec import FileWeather
from stationsim.world import World, build_world
from tests.random_scenarios import canopy, content, station

HILLS = [[0, 2], [90, 8], [140, 0], [250, 12], [300, 4]]
EVERYTHING: dict[str, Any] = {
    "surfaces": [
        {
            "name": "canopy",
            "kind": "canopy",
            "dc_kwp": 90,
            "area_m2": 500,
            "tilt_deg": 10,
            "spectral_model": "first_solar",
            "bifacial": {"bifaciality": 0.7, "height_m": 4, "width_m": 6, "pitch_m": 14},
            "shades": {"roof": 0.25, "south": 0.5},
        },
        {
            "name": "rows",
            "kind": "roof",
            "dc_kwp": 60,
            "area_m2": 500,
            "ground_cover_ratio": 0.7,
            "ground_slope_deg": 0,
            "tilt_deg": 20,
            "iam": "martin_ruiz",
        },
    ],
    "horizon": HILLS,
    "soiling": {},
    "snow": {},
    "ageing": {"age_years": 3},
}
WEATHER = {"source": "synthetic", "climate": "jinan"}


def world(minutes: int = 15, **sections: Any) -> World:
    simulation = content()["simulation"] | {"step_minutes": minutes}
    return build_world(station(weather=WEATHER, simulation=simulation, **sections), base=Path())


def of_months(minutes: int) -> World:
    period = {"start": "2025-01-01", "end": "2025-03-31"}
    return world(minutes, solar=EVERYTHING, period=period)


@pytest.fixture(scope="module")
def by_step() -> dict[int, World]:
    return {minutes: of_months(minutes) for minutes in (5, 15, 60)}


def test_generation_with_every_option_does_not_depend_on_the_step(by_step: dict[int, World]) -> None:
    for name in ("canopy", "rows"):
        energy = {minutes: made.surfaces[name].sum() * made.clock.dt_h for minutes, made in by_step.items()}
        assert energy[60] == pytest.approx(energy[5], rel=5e-3)
        assert energy[15] == pytest.approx(energy[5], rel=5e-3)


def test_every_stage_takes_or_gives_something(by_step: dict[int, World]) -> None:
    chain = by_step[15].solar.chain_kwh
    rows, canopies = chain["rows"], chain["canopy"]
    for before, after in (
        ("plane", "horizon"),
        ("horizon", "rows"),
        ("shading", "soiling"),
        ("modules", "ageing"),
    ):
        assert rows[after] < rows[before]
    assert canopies["rows"] == canopies["horizon"]
    assert canopies["rear"] > canopies["spectrum"] != canopies["glass"]
    assert rows["rear"] == rows["spectrum"] == rows["glass"]


def test_the_chain_ends_at_the_busbar(by_step: dict[int, World]) -> None:
    for made in by_step.values():
        for name, power in made.surfaces.items():
            assert made.solar.chain_kwh[name]["clipping"] == pytest.approx(power.sum() * made.clock.dt_h)
            assert made.solar.chain_kwh[name]["ageing"] == pytest.approx(
                made.surfaces_dc[name].sum() * made.clock.dt_h
            )


def test_by_night_inverters_draw_and_modules_rest(by_step: dict[int, World]) -> None:
    made = by_step[15]
    draw = made.loads["inverter_night_kw"]
    assert draw.max() == pytest.approx(0.3e-3 * 150 / 1.2)
    dark = made.weather["ghi"].to_numpy() == 0
    assert np.array_equal(draw[dark], np.full(dark.sum(), draw.max()))
    for name, power in made.surfaces.items():
        assert not made.solar.night_kw[name][power > 0].any()
    assert (made.pv_clipped_kw >= 0).all()


def test_shade_of_a_canopy_lowers_the_gain_of_what_is_below() -> None:
    shaded = {"surfaces": [EVERYTHING["surfaces"][0]]}
    open_to_all = {"surfaces": [EVERYTHING["surfaces"][0] | {"shades": None}]}
    under, beside = (world(60, solar=solar).zones["hall"].solar_w for solar in (shaded, open_to_all))
    lit = beside > 0
    assert (under[lit] < beside[lit]).all()
    none = world(60, solar=None).zones["hall"].solar_w
    assert np.array_equal(none, beside)


@pytest.mark.parametrize(("name", "constant"), [("soiling", "soiling_percent"), ("snow", "snow_percent")])
def test_dirt_and_snow_are_constant_or_modelled(name: str, constant: str) -> None:
    with pytest.raises(ScenarioError, match=rf"must have losses\.{constant} or {name}"):
        Scenario.from_dict(content() | {"solar": canopy(50) | {name: {}, "losses": {constant: 3}}})


def test_dirt_needs_weather_that_knows_rain(monkeypatch: pytest.MonkeyPatch) -> None:
    from stationsim import world as module

    usual = module._weather

    def dry(*args: Any) -> Any:
        frame, *more = usual(*args)
        return frame.drop(columns=["rainfall", "snowfall"], errors="ignore"), *more

    monkeypatch.setattr(module, "_weather", dry)
    with pytest.raises(ScenarioError) as caught:
        world(60, solar=canopy(50) | {"soiling": {}, "snow": {}})
    (problem,) = caught.value.problems
    assert problem.path == "weather.precipitation"
    assert "solar.soiling needs rainfall" in problem.rule


def test_dirt_without_rain_is_told_before_the_run() -> None:
    dirty = station(weather=WEATHER, solar=canopy(50) | {"soiling": {}})
    check_fallen(dirty, ())
    by_file = dirty.model_copy(update={"weather": FileWeather(source="file", file="x.epw")})
    check_fallen(by_file, ("precipitation",))
    check_fallen(by_file, ())  # Jinan is near, whose rain is known
    lhasa = {"latitude_deg": 29.7, "longitude_deg": 91.1}
    by_file = by_file.model_copy(update={"site": by_file.site.model_copy(update=lhasa)})
    with pytest.raises(ScenarioError, match=r"solar\.soiling needs rainfall"):
        check_fallen(by_file, ("snow_depth",))
    snowy = by_file.model_copy(update={"solar": station(solar=canopy(50) | {"snow": {}}).solar})
    check_fallen(snowy, ("snow_depth",))
    with pytest.raises(ScenarioError, match=r"solar\.snow needs snowfall"):
        check_fallen(snowy, ())


def test_a_station_without_surfaces_makes_nothing() -> None:
    assert world(60, solar=None).solar == Generation()
    empty = world(60, solar={"surfaces": []})
    assert not empty.pv_kw.any()
    assert not empty.loads["inverter_night_kw"].any()


def test_a_run_balances_with_every_option_on() -> None:
    results = simulate(station(weather=WEATHER, solar=EVERYTHING))
    results.check()
    assert results.energy_kwh("inverter_night_kw") > 0
    assert set(results.provenance["solar"]["chain_kwh"]) == {"canopy", "rows"}


def a_year(**solar: Any) -> Scenario:
    return station(
        weather=WEATHER,
        period={"start": "2025-01-01", "end": "2025-12-31"},
        solar=canopy(100) | solar,
    )


def making(kwh: float, ghi: float) -> Generation:
    return Generation(ac_kw={"canopy": np.array([kwh])}, ghi_kwh_m2=ghi)


def test_a_yield_beyond_the_light_is_told_with_numbers() -> None:
    """100 kWp under 1,300 kWh/m2 can make 148,200 kWh."""
    assert impossible_yields(a_year(), making(148_000, 1300), 1.0) == []
    said = impossible_yields(a_year(), making(160_000, 1300), 1.0)
    assert len(said) == 2
    assert "1,600 kWh/kWp" in said[0]
    assert "the weather of this run with 1,300 kWh/m2 a year allows at most 1,482 kWh/kWp" in said[0]
    assert "Jinan nearby" in said[1]


def test_a_claim_is_held_against_the_weather_of_the_run() -> None:
    (said,) = impossible_yields(a_year(claimed_kwh_per_year=150_000), making(100_000, 1300), 1.0)
    assert said.startswith("the claimed generation, 0.00015 GWh") or "1,500 kWh/kWp" in said
    assert impossible_yields(station(solar=canopy(100)), making(9e9, 1.0), 1.0) == []
