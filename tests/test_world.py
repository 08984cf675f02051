"""Two designs live in one world; another seed is another world; a month alone is that month of the year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stationsim.results import USES
from stationsim.world import World, build_world
from tests.random_scenarios import PLACES, POSTS, building, canopy, content, loads, station, water

SEEN = ("temp_air", "pv_kw", "firm_kw", "price_per_kwh")


def world(**sections: Any) -> World:
    return build_world(station(**sections), base=Path())


def same_visitors(one: World, other: World) -> bool:
    return all(np.array_equal(*pair) for pair in zip(one.visitors, other.visitors, strict=True))


def same_cars(one: World, other: World) -> bool:
    assert one.evs is not None
    assert other.evs is not None
    assert len(one.evs) > 10
    theirs = vars(other.evs)
    return all(np.array_equal(values, theirs[name]) for name, values in vars(one.evs).items())


def test_two_designs_meet_the_same_world() -> None:
    twice = {"groups": [POSTS[0] | {"posts": 6}], "max_queue": 8}
    ours = world()
    theirs = world(charging=twice, battery=None, building=building(), water=water(1.0))
    assert same_cars(ours, theirs)
    assert same_visitors(ours, theirs)
    pd.testing.assert_frame_equal(ours.weather, theirs.weather, check_exact=True)


def test_a_larger_share_keeps_the_cars_and_adds_some() -> None:
    usual = content()["traffic"]
    few, many = world(), world(traffic=usual | {"charging_share": 0.5})
    assert set(few.visitors.ev_time_s.tolist()) <= set(many.visitors.ev_time_s.tolist())
    assert np.array_equal(few.visitors.vehicles, many.visitors.vehicles)


@pytest.mark.parametrize("more", [{"seed": 8}, {"replication": 1}])
def test_another_seed_is_another_world(more: dict[str, int]) -> None:
    usual = content()["simulation"]
    ours, theirs = world(), world(simulation=usual | more)
    assert not np.array_equal(ours.visitors.vehicles, theirs.visitors.vehicles)
    assert not np.array_equal(ours.visitors.ev_time_s, theirs.visitors.ev_time_s)
    assert not np.array_equal(ours.temp_air, theirs.temp_air)
    assert not np.array_equal(ours.pv_kw, theirs.pv_kw)


def test_july_alone_is_the_july_of_the_year() -> None:
    hourly = content()["simulation"] | {"step_minutes": 60}
    year = world(period={"start": "2025-01-01", "end": "2025-12-31"}, simulation=hourly)
    july = world(period={"start": "2025-07-01", "end": "2025-07-31"}, simulation=hourly)
    start = year.clock.index.get_loc(july.clock.index[0])
    within = slice(start, start + july.clock.n_steps)
    minutes = slice(start * 60, (start + july.clock.n_steps) * 60)
    assert np.array_equal(july.visitors.vehicles, year.visitors.vehicles[minutes])
    assert np.array_equal(july.visitors.occupancy, year.visitors.occupancy[minutes])
    arrived_s = year.visitors.ev_time_s - start * 3600
    of_july = (arrived_s >= 0) & (arrived_s < july.clock.n_steps * 3600)
    assert np.array_equal(july.visitors.ev_time_s, arrived_s[of_july])
    for name in ("ghi", "dni", "dhi", "temp_air"):
        pd.testing.assert_series_equal(
            july.weather[name], year.weather[name].iloc[within], rtol=1e-9, atol=1e-6, check_freq=False
        )


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["timezone"])
def test_totals_are_the_sums_of_their_parts(place: dict[str, Any]) -> None:
    made = world(site=place, loads=loads(service_vehicles={"count": 1, "kwh_per_day": 10}), solar=canopy(50))
    assert made.firm_kw == pytest.approx(sum(made.loads.values()))
    assert made.pv_kw == pytest.approx(sum(made.surfaces.values()))
    assert set(made.loads) == set(USES) - {
        *("charging_kw", "cooling_kw", "heating_kw", "water_kw", "battery_aux_kw"),
    }
    for name in SEEN:
        assert getattr(made, name).shape == (made.clock.n_steps,)
    for series in made.zones["hall"]:
        assert series.shape == (made.clock.n_steps,)


def test_what_is_left_out_is_zero() -> None:
    made = world(solar=None, charging=None)
    assert made.surfaces == {}
    assert not made.pv_kw.any()
    assert made.evs is None
    assert made.vehicle_types == ()
    assert not made.loads["service_vehicles_kw"].any()


def test_scheduled_loads_do_not_depend_on_the_step() -> None:
    usual = content()["simulation"]
    worlds = [world(simulation=usual | {"step_minutes": minutes}) for minutes in (1, 5, 15)]
    energies = [sum(made.loads.values()).sum() * made.clock.dt_h for made in worlds]
    assert energies[1:] == pytest.approx([energies[0]] * 2, rel=5e-3)
