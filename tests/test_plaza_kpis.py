"""Numbers of the plaza from a handful of cars that can be followed on paper."""

import dataclasses
import math

import pytest

from stationsim import plots
from stationsim.kpis import kpis
from stationsim.models.charging.checks import check_ending, check_side_name
from stationsim.tables import daily_balance
from stationsim.traffic.directions import DirectionSpec
from tests.fake_results import fake_results
from tests.plaza_made import balked, giving_back, plaza, reneged, served
from tests.test_holiday_kpis import with_holidays

DAY_H = 24
EAST_WEST = {"directions": [{"name": "east", "share": 0.5}, {"name": "west", "share": 0.5}]}


def value(results, name):
    return pytest.approx(kpis(results)[name].value, rel=1e-12, abs=1e-12)


def queue_of_three(**charging):
    """Two get posts; 1 waits from 10, 2 from 12, 3 from 15 to 20, 2 to 30, 1 to 40; at 16 one balks."""
    return plaza(
        served(0, 0, 20),
        served(0, 0, 40),
        served(10, 20, 60),
        reneged(12, 30),
        served(15, 40, 70),
        balked(16),
        **charging,
    )


def own(name, vehicle_class="car"):
    return {"type": name, "share": 1.0, "vehicle_class": vehicle_class, "usable_kwh": 500.0, "peak_kw": 90.0}


class TestQueue:
    def test_its_longest_moment_is_found_between_the_ends_of_steps(self):
        assert value(queue_of_three(), "queue_max") == 3
        late = plaza(served(0, 0, 20), served(1, 2, 20), served(1, 3, 30))  # all within one step
        assert value(late, "queue_max") == 2
        assert late.steps["queue_length"].iloc[0] == 0

    def test_its_mean_is_the_time_spent_in_it(self):
        assert value(queue_of_three(), "queue_mean") == (10 + 18 + 25) / 1440

    def test_it_spills_where_more_wait_than_the_ramp_holds(self):
        results = queue_of_three(ramp_places=2)
        assert value(results, "queue_spill_time_share") == 100 * 5 / 1440
        # found 0, 0, 0, 1, 2, 3; the last balked
        assert value(results, "queue_spill_share") == 100 * 2 / 6

    @pytest.mark.parametrize(("places", "minutes", "spilled"), [(0, 30, 4), (1, 18, 3), (3, 0, 1), (9, 0, 0)])
    def test_more_places_spill_less(self, places, minutes, spilled):
        results = queue_of_three(ramp_places=places)
        assert value(results, "queue_spill_time_share") == 100 * minutes / 1440
        assert value(results, "queue_spill_share") == 100 * spilled / 6

    def test_each_side_has_its_own_ramp(self):
        cars = [
            served(0, 10, 20, side="east"),
            served(0, 10, 20, side="west"),
            served(5, 15, 20, side="west"),
        ]
        results = plaza(*cars, ramp_places=1, traffic=EAST_WEST)
        assert value(results, "queue_max") == 3
        assert value(results, "queue_spill_time_share") == 100 * 5 / 1440
        assert value(results, "queue_spill_share") == 100 / 3

    def test_time_with_both_sides_spilled_counts_once(self):
        cars = [served(0, 10, 20, side=side) for side in ("east", "west")]
        results = plaza(*cars, ramp_places=0, traffic=EAST_WEST)
        assert value(results, "queue_spill_time_share") == 100 * 10 / 1440

    def test_a_car_that_finds_a_post_free_for_it_does_not_spill(self):
        results = plaza(served(0, 10, 20), served(5, 5, 20), ramp_places=1)
        assert value(results, "queue_spill_share") == 0

    def test_without_a_count_of_places_nothing_spills(self):
        assert not {"queue_spill_time_share", "queue_spill_share"} & kpis(queue_of_three()).keys()

    def test_who_waits_at_the_end_of_the_run_waits_until_then(self):
        results = plaza({"arrival": 1430, "outcome": "waiting"})
        assert value(results, "queue_mean") == 10 / 1440
        assert value(results, "queue_max") == 1


class TestWaits:
    def test_the_longest_per_cent_has_a_number(self):
        results = plaza(*(served(minute, minute + minute / 10, 1000) for minute in range(101)))
        assert value(results, "wait_p99") == 9.9
        assert value(results, "wait_p95") == 9.5

    def test_each_side_has_its_own(self):
        results = plaza(
            served(0, 4, 20, side="east"), served(0, 8, 20, side="east"), served(9, 9, 20, side="west"),
            traffic=EAST_WEST,
        )  # fmt: skip
        assert value(results, "wait_mean_east") == 6
        assert value(results, "wait_p95_east") == 7.8
        assert value(results, "wait_mean_west") == 0

    def test_a_side_without_cars_has_none(self):
        results = plaza(served(0, 4, 20, side="east"), traffic=EAST_WEST)
        assert math.isnan(kpis(results)["wait_mean_west"].value)

    def test_one_road_has_no_sides(self):
        found = [name for name in kpis(fake_results()) if name.startswith("wait_mean_")]
        assert found == ["wait_mean_all"]

    def test_bookings_that_found_a_post_at_once(self):
        cars = [served(0, 0, 9, booked=True), served(0, 5, 9, booked=True), balked(1, booked=True)]
        results = plaza(*cars, served(0, 0, 9), reservations={"share": 0.5, "hold_minutes": 10})
        assert value(results, "ev_booked") == 3
        assert value(results, "booked_at_once_share") == 100 / 3
        assert "ev_booked" not in kpis(plaza(*cars))


class TestPosts:
    def two_groups(self, **charging):
        """A car for 60 min that blocks for 30, two slow ones of 120 min, one still there at the end."""
        slow = {"group": "slow", "energy_kwh": 20.0}
        groups = [
            {"name": "fast", "posts": 1, "power_kw": 120.0, "changeover_seconds": 120.0},
            {"name": "slow", "posts": 2, "power_kw": 20.0},
        ]
        return plaza(
            served(0, 0, 60, 90),
            served(0, 0, 120, **slow),
            served(0, 0, 120, **slow),
            {"arrival": 1380, "start": 1380, "outcome": "charging", "group": "slow", "energy_kwh": 10.0},
            groups=groups,
            **charging,
        )

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("post_utilisation", 100 * (1.5 + 5) / 72),
            ("post_utilisation_fast", 100 * 1.5 / 24),
            ("post_utilisation_slow", 100 * 5 / 48),
            ("post_charging_fast", 100 * (58 / 60) / 24),
            ("post_charging_slow", 100 * 5 / 48),
            ("post_blocked_share", 100 * 0.5 / 72),
            ("sessions_per_post_day", 4 / 3),
            ("sessions_per_post_day_fast", 1),
            ("sessions_per_post_day_slow", 1.5),
            ("kwh_per_post_day", 90 / 3),
            ("kwh_per_post_day_fast", 40),
            ("kwh_per_post_day_slow", 25),
            ("kw_per_post_fast", 40 / (58 / 60)),
            ("kw_per_post_slow", 50 / 5),
            ("session_minutes", (90 + 120 + 120) / 3),
            ("charging_minutes", (58 + 120 + 120) / 3),
        ],
    )
    def test_groups_are_counted_apart_and_together(self, name, expected):
        assert value(self.two_groups(), name) == expected

    def test_trucks_take_longer_at_bays_without_a_way_out_ahead(self):
        vehicles = [own("car"), own("lorry", "truck")]
        ahead = {"name": "ahead", "posts": 1, "power_kw": 120.0, "drive_through": True}
        results = plaza(
            served(0, 0, 60, type="lorry"),
            served(0, 0, 60, type="lorry", group="ahead"),
            served(0, 0, 60),
            groups=[{"name": "fast", "posts": 2, "power_kw": 120.0}, ahead],
            vehicles=vehicles,
            reversing_seconds=180.0,
        )
        assert value(results, "charging_minutes") == (57 + 60 + 60) / 3

    def test_a_post_that_never_charges_has_no_power(self):
        results = plaza(balked(0))
        assert math.isnan(kpis(results)["kw_per_post_fast"].value)
        assert value(results, "post_utilisation_fast") == 0

    def test_held_and_failed_posts_and_modules(self):
        failures = {"hours_between": 1000.0, "repair_hours": 1.0}
        cabinet = {"posts": 2, "modules": 6, "module_kw": 40.0, "failures": failures}
        group = {"name": "fast", "posts": 4, "power_kw": 120.0, "cabinet": cabinet, "failures": failures}
        sound = {"name": "slow", "posts": 4, "power_kw": 20.0}
        results = plaza(served(0, 0, 60), groups=[group, sound], reservations={"share": 0.1})
        steps = results.steps.assign(posts_held_fast=0.4, posts_held_slow=0.8, posts_down_fast=0.2)
        results = dataclasses.replace(results, steps=steps.assign(modules_down=3.0))
        assert value(results, "post_held_share") == 15
        assert value(results, "post_availability") == 97.5
        assert value(results, "post_availability_fast") == 95
        assert "post_availability_slow" not in kpis(results)
        assert value(results, "module_availability") == 75  # 3 of 12 modules

    def test_what_cannot_fail_or_be_booked_has_no_such_number(self):
        absent = {"post_held_share", "post_availability", "module_availability"}
        assert not absent & kpis(self.two_groups()).keys()

    def test_days_of_23_hours_have_fewer_post_hours(self):
        results = fake_results(start="2025-03-30", timezone="Europe/Berlin")
        assert value(results, "post_utilisation") == 100 * 4 / 46


class TestNames:
    """Groups and sides name numbers; no name that is allowed makes a number of another one's name."""

    PARTS = ("somegroup", "someside")

    def everything(self):
        """Return the names of a run that has all numbers of the plaza."""
        failures = {"hours_between": 1000.0, "repair_hours": 1.0}
        group = {"name": "somegroup", "posts": 2, "power_kw": 120.0, "failures": failures}
        results = plaza(
            served(0, 0, 60), days=3, groups=[group], ramp_places=3, price_per_kwh=1.0,
            vehicles=[own("car"), own("coach", "bus"), own("lorry", "truck")],
            reservations={"share": 0.1},
            linger={"idle_fee": {"per_minute": 1.0}},
            traffic={"directions": [{"name": "someside", "share": 1.0}]},
        )  # fmt: skip
        return kpis(with_holidays(results, "2025-06-02"))

    def stems(self):
        return [name.removesuffix(part) for name in self.everything() for part in self.PARTS if part in name]

    def test_numbers_of_parts_end_in_the_name_of_the_part(self):
        assert len(self.stems()) == 8
        assert all(stem.endswith("_") for stem in self.stems())

    def test_no_stem_begins_another(self):
        stems = self.stems()
        assert not [(a, b) for a in stems for b in stems if a != b and a.startswith(b)]

    def test_a_part_that_would_be_called_as_another_number_is_refused(self):
        taken = {
            name.removeprefix(stem)
            for name in self.everything()
            for stem in self.stems()
            if name.startswith(stem) and not name.endswith(self.PARTS)
        }
        assert taken == {"ordinary", "holiday", "all", "car", "bus", "truck"}
        for name in taken:
            with pytest.raises(ValueError, match="must not"):
                DirectionSpec(name=name, share=1.0)

    def test_groups_may_be_called_as_classes_which_have_no_number_in_common(self):
        stems = [name.removesuffix("somegroup") for name in self.everything() if name.endswith("somegroup")]
        assert len(stems) == 6
        taken = {name.removeprefix(stem) for name in self.everything() for stem in stems if stem in name}
        assert taken == {"somegroup", "ordinary", "holiday"}

    @pytest.mark.parametrize("name", ["stop", "share", "max", "holidays", "superordinary", "day", "all"])
    def test_other_names_are_free(self, name):
        assert check_ending(name) == name
        assert check_side_name(name + "s") == name + "s"


class TestClasses:
    def test_classes_of_a_mix_are_counted_apart(self):
        vehicles = [
            own("small"),
            own("coach", "bus"),
            own("lorry", "truck"),
        ]
        results = plaza(
            served(0, 0, 60, type="small"),
            served(0, 0, 60, type="small", energy_kwh=20.0),
            served(0, 0, 60, type="lorry", energy_kwh=300.0),
            reneged(0, 9, type="lorry"),
            vehicles=vehicles,
        )
        assert value(results, "ev_served_car") == 2
        assert value(results, "energy_per_session_car") == 30
        assert value(results, "ev_served_truck") == 1
        assert value(results, "energy_per_session_truck") == 300
        assert value(results, "ev_reneged_truck") == 1
        assert value(results, "ev_reneged_car") == 0
        assert value(results, "ev_served_bus") == 0
        assert math.isnan(kpis(results)["energy_per_session_bus"].value)

    def test_a_mix_of_one_class_is_not_split(self):
        assert "ev_served_car" not in kpis(plaza(served(0, 0, 9), vehicles=[own("car")]))


class TestLost:
    def cars(self):
        return (
            served(0, 0, 60, energy_kwh=30.0, ended_by="stop"),
            served(0, 0, 10, energy_kwh=5.0, ended_by="fault"),
            served(0, 0, 60, ended_by="target"),
            reneged(1, 9),
            reneged(2, 9, wanted_kwh=10.0),
            balked(3, wanted_kwh=25.0),
        )

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("charging_lost", 75),
            ("charging_lost_reneged", 50),
            ("charging_lost_balked", 25),
            ("charging_cut_stop", 10),
            ("charging_cut_fault", 35),
        ],
    )
    def test_energy_by_cause(self, name, expected):
        assert value(plaza(*self.cars()), name) == expected

    def test_sales_at_the_plazas_price(self):
        results = plaza(*self.cars(), price_per_kwh=1.2)
        assert value(results, "charging_sales") == 1.2 * 75
        assert value(results, "charging_sales_lost") == 1.2 * (75 + 10 + 35)
        assert kpis(results)["charging_sales"].unit == "CNY"

    def test_groups_have_their_own_prices_and_who_never_chose_pays_their_mean(self):
        groups = [
            {"name": "fast", "posts": 1, "power_kw": 120.0, "price_per_kwh": 2.0},
            {"name": "slow", "posts": 3, "power_kw": 20.0, "price_per_kwh": 1.0},
        ]
        results = plaza(*self.cars(), served(0, 0, 9, group="slow"), groups=groups)
        assert value(results, "charging_sales") == 2 * 75 + 40
        assert value(results, "charging_sales_lost") == 1.25 * 75 + 2 * (10 + 35)

    def test_a_group_without_a_price_has_the_plazas(self):
        groups = [
            {"name": "fast", "posts": 1, "power_kw": 120.0, "price_per_kwh": 0.0},
            {"name": "slow", "posts": 3, "power_kw": 20.0, "price_per_kwh": None},
        ]
        results = plaza(served(0, 0, 9), served(0, 0, 9, group="slow"), groups=groups, price_per_kwh=1.5)
        assert value(results, "charging_sales") == 60

    def test_without_prices_there_is_no_money(self):
        assert not {"charging_sales", "charging_sales_lost", "idle_fees"} & kpis(plaza(*self.cars())).keys()

    def test_idle_fees_are_the_same_on_a_legal_break(self):
        results = plaza(
            served(0, 0, 30, 45, type="lorry"),
            vehicles=[own("lorry", "truck")],
            linger={"share": 0.0, "mean_minutes": 20.0, "idle_fee": {"per_minute": 2.0}},
            legal_break={"share": 1.0, "minutes": 45.0},
        )
        assert value(results, "idle_fees") == 30
        assert "legal breaks included" in kpis(results)["idle_fees"].info

    def test_idle_fees_begin_after_the_free_minutes_and_end_with_the_run(self):
        fee = {"per_minute": 0.5, "grace_minutes": 10.0}
        results = plaza(
            served(0, 0, 60, 65),
            served(0, 0, 60, 90),
            served(1400, 1400, 1410, outcome="charging") | {"end": None},
            {"arrival": 1400, "start": 1400, "outcome": "charging", "group": "fast"},
            linger={"share": 0.1, "mean_minutes": 20.0, "idle_fee": fee},
        )
        assert value(results, "idle_fees") == 0.5 * (20 + 20)
        assert kpis(results)["idle_fees"].unit == "CNY"


def test_what_cars_give_back_supplies_the_station():
    results = giving_back(6.0)
    assert value(results, "v2g_energy") == 144
    assert value(results, "v2g_energy_per_day") == 144
    found = kpis(results)
    supply = ("pv_generated", "battery_discharge", "v2g_energy", "grid_import", "unserved_energy")
    assert sum(found[f"{name}_share"].value for name in supply) == pytest.approx(100)
    assert daily_balance(results)["v2g_kwh"].iloc[0] == pytest.approx(144)


def test_runs_of_earlier_versions_have_the_same_numbers():
    now = fake_results()
    new_steps = ["posts_blocked", "posts_held", "posts_down", "modules_down", "v2g_kw"]
    new_columns = ["charge_end", "post", "side", "ended_by", "booked", "priority", "given_kwh"]
    new_columns += ["held_minutes", "down_minutes"]
    steps, sessions = now.steps.drop(columns=new_steps), now.sessions.drop(columns=new_columns)
    before = dataclasses.replace(now, steps=steps, sessions=sessions)
    numbers = kpis(before)
    for name, kpi in kpis(now).items():
        assert numbers[name].value == kpi.value or math.isnan(kpi.value), name
    assert daily_balance(before).equals(daily_balance(now))
    assert len(plots.figures(before)) == len(plots.figures(now))


def test_other_columns_may_not_be_missing():
    results = fake_results()
    with pytest.raises(KeyError):
        dataclasses.replace(results, steps=results.steps.drop(columns="pv_kw")).step_column("pv_kw")
    with pytest.raises(KeyError):
        results.session_column("wish")
