"""Hours of posts by group, from a played station with bookings, stays and failures to numbers and figures."""

from __future__ import annotations

import numpy as np
import pytest

from stationsim import plots
from stationsim.kpis import kpis
from stationsim.kpis.cars import cars_of
from stationsim.kpis.posts import use_by_group
from stationsim.results import Results
from stationsim.simulation import simulate
from tests.random_scenarios import station

OFTEN = {"hours_between": 2.0, "repair_hours": 1.0}
GROUPS = [
    {"name": "fast", "posts": 3, "power_kw": 120, "changeover_seconds": 60, "failures": OFTEN},
    {"name": "slow", "posts": 4, "power_kw": 40},
]
CHARGING = {
    "groups": GROUPS,
    "linger": {"share": 0.5, "mean_minutes": 40, "sd_minutes": 20},
    "reservations": {"share": 0.3, "hold_minutes": 20},
}


@pytest.fixture(scope="module")
def results() -> Results:
    return simulate(
        station(
            traffic={"vehicles_per_day": 2000, "ev_share": 0.3, "charging_share": 0.4},
            charging=CHARGING,
            simulation={"step_minutes": 15, "seed": 1},
        )
    )


def test_every_hour_of_a_group_counts_once(results: Results) -> None:
    data = plots.data_of_post_use(results)
    assert list(data.index) == ["fast", "slow", "all posts"]
    assert np.allclose(data.drop(columns="posts").sum(axis=1), 100, rtol=1e-12)
    assert (data.loc["fast", ["held", "down", "blocked", "free"]] > 0).all()
    assert data.loc["slow", "down"] == 0
    for use in use_by_group(results, cars_of(results)).values():
        assert use.hours == pytest.approx(use.with_car_h + use.held_h + use.out_h + use.free_h, rel=1e-12)


def test_failed_hours_of_groups_are_those_of_all(results: Results) -> None:
    assert np.array_equal(results.steps["posts_down"], results.steps["posts_down_fast"])
    assert "posts_down_slow" not in results.steps
    found = kpis(results)
    lost = 100 - found["post_availability_fast"].value
    assert 100 - found["post_availability"].value == pytest.approx(lost * 3 / 7)


def test_a_stay_at_a_failed_post_lies_within_stay_and_failure(results: Results) -> None:
    sessions = results.sessions
    met = sessions["down_minutes"] > 0
    assert met.any()
    assert set(sessions.loc[met, "group"]) == {"fast"}
    stay_minutes = (sessions["end"] - sessions["charge_end"]).dt.total_seconds() / 60
    assert (sessions["down_minutes"][met] <= stay_minutes[met].fillna(np.inf) + 1e-9).all()
    down_h = results.steps["posts_down_fast"].sum() * results.dt_h
    assert sessions["down_minutes"].sum() / 60 < down_h


def test_held_hours_of_groups_are_those_of_the_sessions_and_of_posts_that_failed_before(
    results: Results,
) -> None:
    sessions = results.sessions
    assert sessions["held_minutes"].between(0, 20).all()
    assert (sessions.loc[~sessions["booked"], "held_minutes"] == 0).all()
    for group in GROUPS:
        name = group["name"]
        by_step = results.steps[f"posts_held_{name}"].sum() * results.dt_h
        by_session = sessions.loc[sessions["group"] == name, "held_minutes"].sum() / 60
        assert by_step >= by_session - 1e-9
        assert by_step == pytest.approx(by_session, rel=0.15)
    assert results.steps["posts_held"].mean() == pytest.approx(
        sum(results.steps[f"posts_held_{group['name']}"].mean() for group in GROUPS), rel=0.15
    )


def test_without_bookings_and_failures_there_are_no_such_columns() -> None:
    steps = simulate(station()).steps
    assert not [name for name in steps if name.startswith(("posts_held_", "posts_down_"))]
