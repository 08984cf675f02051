"""Failures of posts and modules: how often, how long, and who is left alone by whom."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationsim.models.charging import CabinetSpec, FailureSpec, PostGroup
from stationsim.plaza.outages import SECONDS_PER_HOUR, Outage, Outages, draw_outages
from stationsim.seeds import stream

YEAR_S = 8760.0 * SECONDS_PER_HOUR
OFTEN = FailureSpec(hours_between=90.0, repair_hours=10.0)
SELDOM = FailureSpec(hours_between=2000.0, repair_hours=24.0)
CABINET = CabinetSpec(posts=6, modules=15, module_kw=40.0, failures=SELDOM)

FAST = PostGroup(name="fast", posts=12, power_kw=400.0, cabinet=CABINET, failures=OFTEN)
SLOW = PostGroup(name="slow", posts=5, power_kw=120.0, failures=OFTEN)


def test_each_thing_fails_and_is_mended_in_turns() -> None:
    outages = draw_outages([FAST, SLOW], YEAR_S, seed=1)
    times_s = [event.time_s for event in outages.events]
    assert times_s == sorted(times_s)
    assert times_s[0] >= 0
    assert times_s[-1] < YEAR_S
    for group, posts in ((0, 12), (1, 5)):
        for post in range(posts):
            turns = [e.is_up for e in outages.events if e[1:4] == (group, post, "post")]
            assert turns == [turn % 2 == 1 for turn in range(len(turns))]


def test_places_are_posts_and_cabinets() -> None:
    outages = draw_outages([FAST, SLOW], YEAR_S, seed=1)
    places = {(event.kind, event.group, event.place) for event in outages.events}
    posts = {("post", 0, post) for post in range(12)} | {("post", 1, post) for post in range(5)}
    assert places == posts | {("module", 0, 0), ("module", 0, 1)}


def test_long_run_availability() -> None:
    years, posts = 20, 50
    group = PostGroup(name="fast", posts=posts, power_kw=400.0, failures=OFTEN)
    down = draw_outages([group], years * YEAR_S, seed=3).posts_down(SECONDS_PER_HOUR, years * 8760)
    up_h, repair_h = OFTEN.hours_between, OFTEN.repair_hours
    # Variance of the time share of an alternating renewal process: Cox, Renewal Theory (1962), section 7.4.
    spread = math.sqrt(2 * up_h**2 * repair_h**2 / (up_h + repair_h) ** 3 / (posts * years * 8760))
    assert down.mean() / posts == pytest.approx(1 - OFTEN.availability, abs=4 * spread)
    assert spread < 0.002


def test_a_short_run_has_as_many_failed_posts_as_a_long_one() -> None:
    """A tenth is down from the first second on."""
    group = PostGroup(name="fast", posts=4000, power_kw=400.0, failures=OFTEN)
    down = draw_outages([group], SECONDS_PER_HOUR, seed=5).posts_down(60.0, 60)
    spread = math.sqrt(0.1 * 0.9 / 4000)
    assert down[0] / 4000 == pytest.approx(0.1, abs=4 * spread)
    assert down[-1] / 4000 == pytest.approx(0.1, abs=4 * spread)


def test_same_seed_same_failures() -> None:
    assert draw_outages([FAST], YEAR_S, seed=1) == draw_outages([FAST], YEAR_S, seed=1)
    assert draw_outages([FAST], YEAR_S, seed=1) != draw_outages([FAST], YEAR_S, seed=2)
    assert draw_outages([FAST], YEAR_S, seed=1) != draw_outages([FAST], YEAR_S, seed=1, replication=1)


def test_a_longer_period_begins_with_the_shorter() -> None:
    short = draw_outages([FAST], YEAR_S, seed=1).events
    long = draw_outages([FAST], 3 * YEAR_S, seed=1).events
    assert long[: len(short)] == short
    assert len(long) > 2 * len(short)


def test_more_posts_leave_other_failures_as_they_were() -> None:
    more = SLOW.model_copy(update={"posts": 9})
    before = draw_outages([FAST, SLOW], YEAR_S, seed=1).events
    after = draw_outages([FAST, more], YEAR_S, seed=1).events
    assert tuple(e for e in after if e.group == 0 or e.place < SLOW.posts) == before
    assert len(after) > len(before)


def test_nothing_fails_that_has_no_failures() -> None:
    group = PostGroup(name="sound", posts=4, power_kw=120.0)
    outages = draw_outages([group], YEAR_S, seed=1)
    assert outages == Outages(())
    assert outages.posts_down(60.0, 5).tolist() == [0.0] * 5


def test_means_by_hand() -> None:
    outages = Outages(
        (
            Outage(90.0, 0, 0, "post", is_up=False),
            Outage(120.0, 0, 1, "post", is_up=False),
            Outage(135.0, 0, 0, "module", is_up=False),
            Outage(210.0, 0, 0, "post", is_up=True),
        )
    )
    assert outages.posts_down(60.0, 5).tolist() == [0.0, 0.5, 2.0, 1.5, 1.0]
    assert outages.modules_down(60.0, 5).tolist() == [0.0, 0.0, 0.75, 1.0, 1.0]
    assert outages.posts_down(60.0, 2).tolist() == [0.0, 0.5]
    assert outages.posts_down(60.0, 5, group=0).tolist() == [0.0, 0.5, 2.0, 1.5, 1.0]
    assert outages.posts_down(60.0, 5, group=1).tolist() == [0.0] * 5
    assert list(outages.post_spans()) == [(0, 0, 90.0, 210.0), (0, 1, 120.0, math.inf)]


def test_groups_add_up_to_all() -> None:
    outages = draw_outages([FAST, SLOW], YEAR_S, seed=1)
    groups = sum(outages.posts_down(300.0, 105_120, group) for group in (0, 1))
    assert groups == pytest.approx(outages.posts_down(300.0, 105_120), abs=1e-9)


@settings(deadline=None)
@given(
    st.integers(0, 1000),
    st.floats(1.0, 200.0),
    st.floats(0.01, 50.0),
    st.sampled_from([60.0, 300.0, 3600.0]),
)
def test_means_of_steps_sum_to_the_time_down(
    seed: int, hours_between: float, repair_hours: float, step_s: float
) -> None:
    failures = FailureSpec(hours_between=hours_between, repair_hours=repair_hours)
    group = PostGroup(name="fast", posts=3, power_kw=400.0, failures=failures)
    end_s = 4 * 86400.0
    outages = draw_outages([group], end_s, seed=seed)
    means = outages.posts_down(step_s, round(end_s / step_s))
    time_down_s = sum((1 if not e.is_up else -1) * (end_s - e.time_s) for e in outages.events)
    assert means.sum() * step_s == pytest.approx(time_down_s, abs=1e-6)
    assert means.min() >= 0
    assert means.max() <= group.posts * (1 + 1e-12)
    times_s = np.array([event.time_s for event in outages.events])
    down = np.cumsum([0, *(-1 if event.is_up else 1 for event in outages.events)])
    quiet = np.setdiff1d(np.arange(len(means)), times_s // step_s)
    assert np.array_equal(means[quiet], down[np.searchsorted(times_s, quiet * step_s)])


def test_a_year_by_the_minute_keeps_every_step_between_none_and_all() -> None:
    down = draw_outages([FAST, SLOW], YEAR_S, seed=1).posts_down(60.0, 525_600)
    assert down.shape == (525_600,)
    assert down.min() >= 0
    assert down.max() <= 17


def test_a_stream_without_parts_is_the_old_one() -> None:
    old = np.random.Generator(np.random.PCG64(np.random.SeedSequence(7, spawn_key=(2, 0))))
    assert stream(7, "sky", 2).random(4).tolist() == old.random(4).tolist()
    assert stream(7, "sky", 2, 0).random() != stream(7, "sky", 2).random()
    assert stream(7, "sky", 2, 0, 1).random() != stream(7, "sky", 2, 1, 0).random()
