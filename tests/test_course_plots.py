"""Figures of states through a run: zones, tanks and battery; what they draw and what is written on them."""

import dataclasses

import numpy as np
import pytest

from stationsim import plots
from stationsim.plots.course import daily_ranges, held, quarter_hours
from tests.fake_results import CAPACITY_KWH, HALL, fake_results
from tests.test_plots import texts

HEATING = {"capacity_kw": 20.0, "set_point_degc": 20.0}
COOLING = {"units": 1, "unit_capacity_kw": 50.0, "cop": 3.0, "set_point_degc": 26.0}


def with_rooms(results, **hall):
    """Give the hall other keys."""
    building = {"zones": [{**HALL, **hall}]}
    return dataclasses.replace(results, scenario={**results.scenario, "building": building})


def with_tanks(results):
    water = {
        "equalisation_tank": {"volume_m3": 100.0, "high_share": 0.85},
        "reuse_tank": {"volume_m3": 50.0, "low_share": 0.2},
    }
    return dataclasses.replace(results, scenario={**results.scenario, "water": water})


class TestCourse:
    def test_ranges_are_those_of_each_civil_day(self):
        results = fake_results(days=3, step_minutes=60)
        ranges = daily_ranges(results, np.arange(72.0))
        assert ranges["low"].tolist() == [0, 24, 48]
        assert ranges["mean"].tolist() == [11.5, 35.5, 59.5]
        assert ranges["high"].tolist() == [23, 47, 71]
        assert str(ranges.index[1].date()) == "2025-06-03"

    def test_a_day_on_which_nothing_counts_has_no_range(self):
        results = fake_results(days=2, step_minutes=60)
        ranges = daily_ranges(results, np.arange(48.0), np.arange(48) < 24)
        assert ranges["high"].iloc[0] == 23
        assert np.isnan(ranges["high"].iloc[1])

    @pytest.mark.parametrize(("step_minutes", "rows"), [(1, 96), (5, 96), (15, 96), (60, 24)])
    def test_fine_steps_become_quarter_hours_with_the_same_mean(self, step_minutes, rows):
        results = fake_results(step_minutes=step_minutes)
        frame = quarter_hours(results, {"pv": results.step_column("pv_kw")})
        assert len(frame) == rows
        assert frame["pv"].mean() * 24 == pytest.approx(2000)

    def test_the_last_step_is_drawn_to_its_end(self):
        results = fake_results(step_minutes=60)
        frame = held(quarter_hours(results, {"pv": results.step_column("pv_kw")}))
        assert len(frame) == 25
        assert frame.index[-1].hour == 0


class TestZones:
    def test_a_long_run_has_the_range_of_the_open_hours(self):
        # 17 degC until 06:00, 29 from 12:00 to 13:00, 24 else; open from 06:00 to 12:00 it is always 24
        results = fake_results(days=15, step_minutes=60)
        always = plots.data_of_zones(with_rooms(results))
        morning = plots.data_of_zones(with_rooms(results, open_from="06:00", open_to="12:00"))
        assert len(always) == 15
        assert (always["hall_low"] == 17).all()
        assert (always["hall_high"] == 29).all()
        assert (morning[["hall_low", "hall_mean", "hall_high"]] == 24).all(axis=None)
        assert (always["outdoor"] == 20).all()

    def test_a_day_is_drawn_as_it_was(self):
        data = plots.data_of_zones(fake_results(days=15), "2025-06-03")
        assert len(data) == 96
        assert str(data.index[0].date()) == "2025-06-03"
        assert data["hall"].max() == 29

    def test_set_points_are_those_of_the_plan(self):
        by_hour = [28.0] * 8 + [26.0] * 16
        cooling = {**COOLING, "set_point_by_hour_degc": by_hour}
        data = plots.data_of_zones(with_rooms(fake_results(), heating=HEATING, cooling=cooling))
        assert (data["hall_heating"] == 20).all()
        assert data["hall_cooling"].iloc[[0, 31, 32, 95]].tolist() == [28, 28, 26, 26]

    def test_what_a_zone_has_is_named(self):
        bare = texts(plots.plot_zones(fake_results()))
        served = texts(plots.plot_zones(with_rooms(fake_results(), heating=HEATING, cooling=COOLING)))
        for name in ("comfort band", "outdoors", "hall"):
            assert name in bare
        for name in ("set point of heating", "set point of cooling"):
            assert name in served
            assert name not in bare

    def test_the_largest_of_many_zones_are_drawn(self):
        results = fake_results(step_minutes=60)
        sizes = [*range(1, 11)]
        zones = [{**HALL, "name": f"z{size}", "floor_area_m2": float(size)} for size in sizes]
        columns = {f"temp_z{size}_degc": results.steps["temp_hall_degc"] for size in sizes}
        many = dataclasses.replace(
            results,
            steps=results.steps.assign(**columns),
            scenario={**results.scenario, "building": {"zones": zones}},
        )
        figure = plots.plot_zones(many)
        written = texts(figure)
        assert "z10" in written
        assert "z2" not in written
        assert "the largest 8 of 10 zones" in " ".join(written)

    def test_a_day_outside_the_run_is_refused(self):
        with pytest.raises(ValueError, match="day must be from 2025-06-02 to 2025-06-02"):
            plots.plot_zones(fake_results(), "2025-06-03")


class TestWater:
    def test_a_day_holds_what_flowed(self):
        data = plots.data_of_water(fake_results(days=2), "2025-06-03")
        assert len(data) == 96
        assert data["wastewater_m3_h"].sum() / 4 == pytest.approx(80)
        assert data["fresh_water_m3_h"].sum() / 4 == pytest.approx(60)
        assert (data["equalisation_tank"] == 20).all()

    @pytest.mark.parametrize(("most", "first"), [(0, "06-02"), (10, "06-09"), (19, "06-15")])
    def test_it_is_the_week_round_the_day_with_most_wastewater(self, most, first):
        results = fake_results(days=20, step_minutes=60)
        flow = results.steps["wastewater_m3"].to_numpy().copy()
        flow[results.civil_day == most] *= 2
        data = plots.data_of_water(
            dataclasses.replace(results, steps=results.steps.assign(wastewater_m3=flow))
        )
        assert f"{data.index[0]:%m-%d}" == first
        assert len(data) == 7 * 24

    def test_what_spilt_decides_where_it_did(self):
        results = fake_results(days=20, step_minutes=60)
        spilt = np.where(results.civil_day == 15, 1.0, 0.0)
        spilling = dataclasses.replace(results, steps=results.steps.assign(overflow_m3=spilt))
        data = plots.data_of_water(spilling)
        assert f"{data.index[0]:%m-%d}" == "06-14"
        assert "spilt" in texts(plots.plot_water(spilling))
        assert "spilt" not in texts(plots.plot_water(results))

    def test_volumes_are_written_beside_the_tanks(self):
        written = " ".join(texts(plots.plot_water(with_tanks(fake_results()))))
        assert "full at 100 m3; dotted: high alarm 85 m3" in written
        assert "full at 50 m3; dotted: treatment starts below 10 m3" in written


class TestBattery:
    def test_a_long_run_is_drawn_by_days(self):
        data = plots.data_of_battery(fake_results(days=15, step_minutes=60))
        assert len(data) == 15
        assert (data["soc_high"] == 100).all()
        assert data["discharged_mwh"].iloc[1] == pytest.approx(CAPACITY_KWH / 1000)
        assert (data["cells_mean"] == 25).all()

    def test_a_short_run_is_drawn_as_it_went(self):
        data = plots.data_of_battery(fake_results())
        assert len(data) == 96
        assert data["discharged_mw"].sum() / 4 == pytest.approx(CAPACITY_KWH / 1000)

    def test_without_a_battery_it_says_so(self):
        assert "The station has no battery" in texts(plots.plot_battery(fake_results(battery=False)))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("days", [1, 3, 15])
def test_every_theme_and_length_can_be_drawn(theme, days):
    results = with_tanks(
        with_rooms(fake_results(days=days, step_minutes=60), heating=HEATING, cooling=COOLING)
    )
    for draw in (plots.plot_zones, plots.plot_water, plots.plot_battery):
        draw(results, theme=theme).draw_without_rendering()
