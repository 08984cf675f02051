"""Figures of the plaza: the data they draw, what is written on them, and stations that lack something."""

import dataclasses
import math

import numpy as np
import pytest

from stationsim import plots
from tests.fake_results import fake_results
from tests.plaza_made import giving_back, plaza, reneged, served
from tests.test_holiday_kpis import with_holidays
from tests.test_plots import texts

EAST_WEST = {"directions": [{"name": "east", "share": 0.5}, {"name": "west", "share": 0.5}]}
DAY_MINUTES = 1440


def busy(**charging):
    """On the first of three days two wait from 08:00 to 08:15; on the third day one."""
    first = (served(480, 495, 510), served(480, 495, 510))
    third = served(2 * DAY_MINUTES + 480, 2 * DAY_MINUTES + 495, 2 * DAY_MINUTES + 510)
    return plaza(*first, third, days=3, **charging)


class TestPlazaDay:
    def test_it_holds_means_over_quarter_hours_by_time_of_day(self):
        data = plots.data_of_plaza_day(plaza(served(480, 486, 516)))
        assert list(data.loc[["07:45", "08:00", "08:15"], "queue_median"]) == pytest.approx([0, 0.4, 0])
        at_post = [0, 0.6, 1, 0.4, 0]
        assert list(data.loc["07:45":"08:45", "posts_median"]) == pytest.approx(at_post)
        assert len(data) == 96

    def test_median_and_band_are_those_of_the_days(self):
        row = plots.data_of_plaza_day(busy()).loc["08:00"]
        assert row["queue_median"] == 1
        assert row["queue_p5"] == pytest.approx(0.1)  # a twentieth of the way through 0, 1, 2
        assert row["queue_p95"] == pytest.approx(1.9)

    def test_holidays_have_a_line_of_their_own(self):
        row = plots.data_of_plaza_day(with_holidays(busy(), "2025-06-02")).loc["08:00"]
        assert row["queue_holidays"] == 2
        assert row["queue_median"] == 0.5
        written = texts(plots.plot_plaza_day(with_holidays(busy(), "2025-06-02")))
        assert {"median of 1 holiday", "median of 2 other days", "P5 to P95 of 2 other days"} <= set(written)
        assert any(t.endswith("; 15 min means") for t in written)

    @pytest.mark.parametrize("holidays", [3, 4])
    def test_four_holidays_have_a_band_of_their_own(self, holidays):
        """On the n-th of five days n cars wait from 08:00 to 08:15; the last holidays days are holidays."""
        waits = [day * DAY_MINUTES + 480 for day in range(5) for _ in range(day + 1)]
        results = plaza(*(served(at, at + 15, at + 30) for at in waits), days=5)
        days = [f"2025-06-0{day}" for day in range(7 - holidays, 7)]
        row = plots.data_of_plaza_day(with_holidays(results, *days)).loc["08:00"]
        written = texts(plots.plot_plaza_day(with_holidays(results, *days)))
        assert (
            ("queue_holiday_p5" in row) == (f"P5 to P95 of {holidays} holidays" in written) == (holidays == 4)
        )
        if holidays == 4:  # 2, 3, 4 and 5 wait
            assert row["queue_holidays"] == pytest.approx(3.5)
            assert row["queue_holiday_p5"] == pytest.approx(2.15)
            assert row["queue_holiday_p95"] == pytest.approx(4.85)

    def test_the_band_of_any_panel_is_explained(self):
        """Nobody ever waits, so only the posts have a band."""
        written = texts(plots.plot_plaza_day(plaza(served(480, 480, 510), days=3)))
        assert {"P5 to P95 of 3 days", "median of 3 days"} <= set(written)

    def test_a_run_of_holidays_alone_is_one_kind_of_day(self):
        days = ("2025-06-02", "2025-06-03", "2025-06-04")
        data = plots.data_of_plaza_day(with_holidays(busy(), *days))
        assert "queue_holidays" not in data
        assert data.loc["08:00", "queue_median"] == 1

    def test_each_side_has_its_queue(self):
        results = plaza(
            served(0, 15, 30, side="east"), served(0, 30, 40, side="west"), reneged(0, 15, side="west"),
            traffic=EAST_WEST, ramp_places=7,
        )  # fmt: skip
        data = plots.data_of_plaza_day(results)
        assert list(data.loc[["00:00", "00:15"], "queue_east_median"]) == [1, 0]
        assert list(data.loc[["00:00", "00:15"], "queue_west_median"]) == [2, 1]
        assert "queue_median" not in data
        written = texts(plots.plot_plaza_day(results))
        assert {
            f"Vehicles waiting, {found}" for found in ("east: longest queue 1", "west: longest queue 2")
        } <= set(written)
        assert written.count("line across: 7 places before the ramp") == 2

    def test_queues_of_all_sides_have_one_scale(self):
        cars = (served(0, 60, 90, side="east") for _ in range(5))
        figure = plots.plot_plaza_day(plaza(*cars, served(0, 0, 40, side="west"), traffic=EAST_WEST))
        east, west, _ = figure.axes
        assert east.get_ylim() == west.get_ylim() == (0, pytest.approx(5 * 1.12))

    def test_one_day_is_drawn_as_it_was(self):
        written = texts(plots.plot_plaza_day(fake_results()))
        assert "the day" in written
        assert "line across: 2 posts" in written
        assert "P5 to P95" not in written

    def test_the_step_may_be_longer_than_the_quarter_hour(self):
        data = plots.data_of_plaza_day(fake_results(step_minutes=60))
        assert len(data) == 24
        assert data.loc["11:00", "queue_median"] == pytest.approx(10 / 60)

    def test_the_hour_that_a_day_lacks_is_a_gap(self):
        results = fake_results(start="2025-03-30", timezone="Europe/Berlin")
        assert math.isnan(plots.data_of_plaza_day(results).loc["02:00", "posts_median"])
        plots.plot_plaza_day(results).draw_without_rendering()

    def test_without_cars_it_says_so(self):
        assert texts(plots.plot_plaza_day(fake_results(cars=False))).count("No vehicle came to charge") == 2


GROUPS = [
    {"name": "fast", "posts": 1, "power_kw": 120.0, "changeover_seconds": 864.0},
    {"name": "slow", "posts": 2, "power_kw": 20.0},
]


class TestPostUse:
    def results(self, groups, **steps):
        results = plaza(served(0, 0, 720, 1080), served(0, 0, 144, group="slow"), groups=groups)
        return dataclasses.replace(results, steps=results.steps.assign(**steps))

    def test_groups_and_all_posts_add_up_to_100(self):
        data = plots.data_of_post_use(self.results(GROUPS))
        fast, slow, every = (data.loc[name] for name in ("fast", "slow", "all posts"))
        assert (fast["setting_up"], fast["charging"], fast["blocked"]) == pytest.approx((1, 49, 25))
        assert fast["free"] == pytest.approx(25)
        assert (slow["charging"], slow["free"]) == pytest.approx((5, 95))
        assert every["charging"] == pytest.approx((49 + 2 * 5) / 3)
        assert list(data["posts"]) == [1, 2, 3]
        assert np.allclose(data.drop(columns="posts").sum(axis=1), 100)

    def test_held_and_failed_posts_are_known_of_each_group(self):
        results = self.results(GROUPS, posts_held_fast=0.1, posts_held_slow=0.2, posts_down_slow=0.15)
        data = plots.data_of_post_use(results)
        assert list(data["held"]) == pytest.approx([10, 10, 10])
        assert list(data["down"]) == pytest.approx([0, 7.5, 5])
        assert list(data["free"]) == pytest.approx([15, 77.5, (15 + 2 * 77.5) / 3])
        assert np.allclose(data.drop(columns="posts").sum(axis=1), 100)
        assert {"held for a booking", "failed, no car"} <= set(texts(plots.plot_post_use(results)))

    def test_a_car_that_stays_at_a_failed_post_blocks_it(self):
        """The post fails for 12 hours, of which a car that has charged stays 6."""
        results = plaza(served(0, 0, 720, 1080, down_minutes=360.0), groups=GROUPS[:1])
        results = dataclasses.replace(results, steps=results.steps.assign(posts_down_fast=0.5))
        row = plots.data_of_post_use(results).loc["fast"]
        assert (row["blocked"], row["down"], row["free"]) == pytest.approx((25, 25, 0))
        assert row.drop("posts").sum() == pytest.approx(100)

    def test_one_group_is_all_posts(self):
        data = plots.data_of_post_use(self.results(GROUPS[:1], posts_down_fast=0.1))
        assert list(data.index) == ["fast"]
        assert data.loc["fast", "down"] == pytest.approx(10)
        assert data.loc["fast", "free"] == pytest.approx(15)

    def test_only_what_happens_is_in_the_legend(self):
        written = texts(plots.plot_post_use(fake_results()))
        assert "charging" in written
        assert not {"blocked, car has charged", "failed, no car", "held for a booking"} & set(written)

    def test_a_station_without_a_plaza_says_so(self):
        results = fake_results(cars=False)
        assert plots.data_of_post_use(results).empty
        assert "The station has no charging plaza" in texts(plots.plot_post_use(results))


class TestChargingSessions:
    def test_it_holds_every_served_session(self):
        results = plaza(served(0, 0, 30, 40), served(0, 0, 60, energy_kwh=20.0), reneged(0, 9))
        data = plots.data_of_charging_sessions(results)
        assert list(data["energy_kwh"]) == [40, 20]
        assert list(data["post_minutes"]) == [40, 60]
        assert list(data["charging_minutes"]) == [30, 60]
        assert list(data["power_kw"]) == [80, 20]

    def test_mean_and_median_are_written(self):
        written = texts(plots.plot_charging_sessions(plaza(*(served(0, 0, end) for end in (10, 20, 60)))))
        assert "mean 30.0, P50 20.0, highest 60.0 min" in written
        assert "Time that power flows [min]" not in written  # the same as at the post

    def test_minutes_of_charging_are_drawn_where_cars_stay(self):
        figure = plots.plot_charging_sessions(plaza(served(0, 0, 30, 40), served(0, 0, 30)))
        assert "Time that power flows [min]" in texts(figure)
        assert len(figure.axes) == 4

    def test_a_car_that_never_charged_has_no_power(self):
        data = plots.data_of_charging_sessions(plaza(served(0, 5, 5, energy_kwh=0.0, ended_by="fault")))
        assert math.isnan(data["power_kw"].iloc[0])
        plots.plot_charging_sessions(plaza(served(0, 5, 5, energy_kwh=0.0))).draw_without_rendering()

    def test_without_sessions_it_says_so(self):
        assert "No vehicle came to charge" in texts(plots.plot_charging_sessions(fake_results(cars=False)))
        assert "No session was served" in texts(plots.plot_charging_sessions(plaza(reneged(0, 9))))


def test_what_cars_give_back_is_drawn_where_they_do():
    for name in ("plot_day", "plot_days", "plot_months"):
        assert "Given back by cars" in texts(getattr(plots, name)(giving_back()))
        assert "Given back by cars" not in texts(getattr(plots, name)(fake_results()))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("name", ["plot_plaza_day", "plot_post_use", "plot_charging_sessions"])
def test_every_theme_can_be_drawn(name, theme):
    getattr(plots, name)(busy(), theme=theme).draw_without_rendering()


def test_a_long_name_of_a_station_stays_clear_of_the_legend():
    results = busy()
    results = dataclasses.replace(results, scenario={**results.scenario, "name": "x" * 80})
    figure = plots.plot_post_use(results)
    figure.draw_without_rendering()
    (subtitle,) = (text for text in figure.texts if text.get_text().startswith("xxx"))
    assert subtitle.get_window_extent().x1 < figure.legends[0].get_window_extent().x0
