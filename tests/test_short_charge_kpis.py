"""What cars left without of what they wanted, in energy, hours and money, followed on paper."""

import dataclasses

import pytest

from stationsim.kpis import kpis
from tests.plaza_made import balked, plaza, reneged, served


def value(results, name):
    return pytest.approx(kpis(results)[name].value, rel=1e-12, abs=1e-12)


def cars_of_every_kind():
    """Served with 0, 10, 35 and 15 of 40 kWh missing, a car still there, and two that left unserved."""
    return (
        served(0, 0, 60),
        served(0, 0, 60, energy_kwh=30.0, ended_by="stop"),
        served(0, 0, 10, energy_kwh=5.0, ended_by="fault"),
        served(0, 0, 60, energy_kwh=25.0, ended_by="target"),
        served(1400, 1400, 1440, energy_kwh=1.0, ended_by="", outcome="charging"),
        reneged(1, 9),
        balked(3, wanted_kwh=25.0),
    )


class TestShort:
    def test_energy_missing_counts_whatever_the_cause(self):
        results = plaza(*cars_of_every_kind())
        assert value(results, "charging_short") == 10 + 35 + 15
        assert value(results, "charging_cut_stop") == 10
        assert value(results, "charging_cut_fault") == 35
        assert value(results, "short_charged_share") == 100 * 3 / 4

    def test_more_than_wanted_makes_up_for_nobody(self):
        results = plaza(served(0, 0, 60, energy_kwh=41.0), served(0, 0, 60, energy_kwh=39.0))
        assert value(results, "charging_short") == 1

    def test_a_car_that_gives_back_is_judged_by_what_went_in(self):
        giving = {"soc_departure": 0.6, "given_kwh": 15.0}
        results = plaza(served(0, 0, 60, 120, **giving), served(0, 0, 60, 120, energy_kwh=20.0, **giving))
        assert value(results, "charging_short") == 20
        assert value(results, "short_charged_share") == 50

    @pytest.mark.parametrize(("missing_soc", "share"), [(0.0049, 0), (0.0051, 100)])
    def test_half_a_per_cent_of_the_battery_is_not_short(self, missing_soc, share):
        energy_kwh = 40.0 - missing_soc * 80  # 40 kWh from 0.3 to 0.8: a battery of 80
        assert value(plaza(served(0, 0, 60, energy_kwh=energy_kwh)), "short_charged_share") == share

    def test_a_car_that_wanted_nothing_is_not_short(self):
        nothing = {"soc_arrival": 0.8, "wanted_kwh": 0.0, "energy_kwh": 0.0}
        results = plaza(served(0, 0, 0, **nothing))
        assert value(results, "charging_short") == 0
        assert value(results, "short_charged_share") == 0


class TestThrottled:
    @pytest.mark.parametrize(("energy_kwh", "hours"), [(5.0, 0.5), (0.1, 0.5), (1e-12, 0.0), (0.0, 0.0)])
    def test_hours_are_those_of_steps_however_much_is_put_off(self, energy_kwh, hours):
        results = plaza(served(0, 0, 60))
        put_off = results.steps["ev_throttled_kwh"].to_numpy().copy()
        put_off[100:106] = energy_kwh  # six steps of five minutes
        results = dataclasses.replace(results, steps=results.steps.assign(ev_throttled_kwh=put_off))
        assert value(results, "hours_throttled") == hours
        assert kpis(results)["hours_throttled"].unit == "h"

    def test_energy_put_off_again_in_each_step_is_not_summed(self):
        assert "charging_put_off" not in kpis(plaza(served(0, 0, 60)))


class TestSales:
    def test_sales_missed_are_those_of_all_that_left_without(self):
        results = plaza(*cars_of_every_kind(), price_per_kwh=2.0)
        assert value(results, "charging_sales") == 2 * (40 + 30 + 5 + 25 + 1)
        # 65 kWh of the two unserved, 60 of the three served short, none of the one still there
        assert value(results, "charging_sales_lost") == 2 * (65 + 60)
        assert "whatever the cause" in kpis(results)["charging_sales_lost"].info

    def test_what_is_given_back_is_sold_all_the_same(self):
        results = plaza(served(0, 0, 60, 120, soc_departure=0.6, given_kwh=15.0), price_per_kwh=2.0)
        assert value(results, "charging_sales") == 2 * 40
        assert value(results, "charging_sales_lost") == 0
