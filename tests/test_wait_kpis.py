"""Waits of all that came, and of each class of vehicles, followed on paper."""

import math

import pytest

from stationsim.kpis import kpis
from tests.plaza_made import balked, plaza, reneged, served
from tests.test_plaza_kpis import own, queue_of_three, value


class TestAll:
    def test_who_gave_up_counts_with_the_time_it_waited_and_who_balked_does_not(self):
        results = queue_of_three()  # waits 0, 0, 10, 25 of those that got a post, 18 of one that gave up
        assert value(results, "wait_mean_all") == (0 + 0 + 10 + 18 + 25) / 5
        assert value(results, "wait_p95_all") == 18 + 0.8 * 7
        assert value(results, "wait_mean") == 35 / 4
        assert value(results, "wait_long_share") == 100 / 4

    def test_who_still_waits_counts_with_the_time_until_the_end_of_the_run(self):
        results = plaza(served(0, 4, 20), {"arrival": 1430, "outcome": "waiting"})
        assert value(results, "wait_mean_all") == (4 + 10) / 2

    def test_a_queue_that_drives_all_away_is_told(self):
        results = plaza(reneged(0, 20), reneged(0, 40))
        assert math.isnan(kpis(results)["wait_mean"].value)
        assert value(results, "wait_mean_all") == 30

    def test_where_all_balk_there_is_none(self):
        assert math.isnan(kpis(plaza(balked(0)))["wait_p95_all"].value)


class TestClasses:
    def mixed(self):
        return plaza(
            served(0, 4, 60, type="small"),
            served(0, 8, 60, type="small"),
            served(0, 30, 60, type="lorry"),
            reneged(0, 50, type="lorry"),
            vehicles=[own("small"), own("coach", "bus"), own("lorry", "truck")],
        )

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("wait_mean_car", 6),
            ("wait_p95_car", 4 + 0.95 * 4),
            ("wait_mean_truck", 30),
            ("wait_p95_truck", 30),
            ("ev_reneged_car", 0),
            ("ev_reneged_truck", 1),
            ("wait_mean_all", (4 + 8 + 30 + 50) / 4),
        ],
    )
    def test_each_has_its_own(self, name, expected):
        assert value(self.mixed(), name) == expected

    def test_a_class_that_never_came_has_none(self):
        assert math.isnan(kpis(self.mixed())["wait_mean_bus"].value)

    def test_a_mix_of_one_class_is_not_split(self):
        found = kpis(plaza(served(0, 4, 9), vehicles=[own("car")]))
        assert not {"wait_mean_car", "wait_p95_car", "ev_reneged_car"} & found.keys()
