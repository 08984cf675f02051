"""Figures: the data they draw, what is written on them, and that none of them fails on an odd station."""

import dataclasses
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from stationsim import plots
from stationsim.compare import compare
from stationsim.plots import style
from stationsim.results import SINKS, SOURCES
from tests.fake_results import fake_results

STEMS = {
    *("day", "days", "months", "grid_carpet", "load_duration", "waiting"),
    *("plaza_day", "post_use", "charging_sessions", "solar_losses", "battery", "zones", "water"),
}


def texts(figure):
    """Everything that is written on a figure."""
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def lightness(colour):
    """CIE L* of a colour, 0 to 100 (ISO/CIE 11664-4, from sRGB by IEC 61966-2-1)."""
    from matplotlib.colors import to_rgb

    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour)]
    luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
    return 116 * luminance ** (1 / 3) - 16


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_theme_can_be_saved(theme, tmp_path):
    figure = plots.plot_day(fake_results(), theme=theme)
    figure.savefig(tmp_path / "day.png", dpi=40)
    assert (tmp_path / "day.png").stat().st_size > 1000
    dark = sum(figure.get_facecolor()[:3]) < 1
    assert dark == (theme == "dark")


LACKING = [
    {"solar": False},
    {"battery": False},
    {"cars": False},
    {"solar": False, "battery": False, "cars": False},
]


@pytest.mark.parametrize("lacking", LACKING)
def test_stations_that_lack_something_are_drawn(lacking):
    for figure in plots.figures(fake_results(step_minutes=60, **lacking)).values():
        figure.draw_without_rendering()


def test_a_day_has_one_figure_of_a_day_and_a_week_has_two():
    assert set(plots.figures(fake_results())) == STEMS
    assert set(plots.figures(fake_results(days=7))) == STEMS | {"typical_day"}
    named = {f"{stem}_2025-06-04" for stem in ("day", "zones", "water")}
    assert (
        set(plots.figures(fake_results(days=7), day="2025-06-04"))
        == (STEMS - {"day", "zones", "water"}) | named
    )


def test_each_figure_has_its_data():
    results = fake_results(days=7)
    assert set(plots.figure_data(results)) == set(plots.figures(results)) | {"arrivals"}


def test_titles_say_what_station_and_when():
    written = "\n".join(texts(plots.plot_day(fake_results(name="Jinan East"), "2025-06-02")))
    assert "Energy through one day" in written
    assert "Jinan East, Monday 2025-06-02, Asia/Shanghai" in written


def test_axes_name_quantity_and_unit():
    for stem, figure in plots.figures(fake_results(days=2)).items():
        for axes in figure.axes:
            label = axes.get_ylabel()
            assert "[" in label or "per hour" in label, (stem, label)


def test_a_day_is_drawn_with_the_energy_of_its_steps():
    results = fake_results(days=2)
    drawn = plots.data_of_day(results, "2025-06-03")
    second = results.steps.iloc[288:]
    assert len(drawn) == 96
    for name in (*SOURCES, *SINKS):
        assert drawn[name].sum() * 0.25 == pytest.approx(second[name].sum() / 12), name
    assert drawn["soc"].iloc[-1] == second["soc"].iloc[-1]
    assert str(drawn.index[0]) == "2025-06-03 00:00:00+08:00"


def test_a_day_outside_the_run_is_refused():
    with pytest.raises(ValueError, match="must be from 2025-06-02 to 2025-06-02, got 2025-07-01"):
        plots.plot_day(fake_results(), "2025-07-01")


def test_the_day_the_clocks_change_is_drawn_with_the_times_on_the_wall():
    results = fake_results(start="2025-03-30", timezone="Europe/Berlin", step_minutes=60)
    (axes, _) = plots.plot_day(results).axes
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[:3] == ["00:00", "04:00", "07:00"]  # three hours after midnight the clocks show four


def test_stacks_of_the_day_meet_at_the_same_height():
    data = plots.data_of_day(fake_results())
    assert np.allclose(data[list(SOURCES)].sum(axis=1), data[list(SINKS)].sum(axis=1))


def test_typical_and_busiest_day():
    results = fake_results(days=9, step_minutes=60)
    busy = results.steps["other_kw"].to_numpy().copy()
    busy[48:72] += 100.0
    results = type(results)(
        results.steps.assign(other_kw=busy), results.sessions, results.scenario, results.provenance
    )
    assert plots.busiest_day(results).isoformat() == "2025-06-04"
    assert plots.typical_day(results).isoformat() == "2025-06-02"


def test_days_and_months_are_those_of_the_tables():
    results = fake_results(start="2025-01-30", days=5, step_minutes=60)
    assert list(plots.data_of_days(results)["pv_kwh"]) == pytest.approx([2000] * 5)
    months = plots.data_of_months(results)
    assert list(months["pv_kwh"]) == pytest.approx([4000, 6000])
    assert list(months["days"]) == [2, 3]


def test_the_carpet_has_a_row_a_day_and_a_column_a_time():
    results = fake_results(days=2, battery=False)
    carpet = plots.data_of_carpet(results)
    assert carpet.shape == (2, 96)
    assert list(carpet.columns[:2]) == ["00:00", "00:15"]
    assert carpet.loc["2025-06-02", "03:00"] == pytest.approx(
        72
    )  # 20 light, 10 water, 40 other, 2 transformer
    assert carpet.loc["2025-06-03", "17:00"] == pytest.approx(-(200 - 80) + 2)


def test_the_carpet_shows_the_hour_that_a_day_lacks():
    carpet = plots.data_of_carpet(
        fake_results(start="2025-03-29", days=2, timezone="Europe/Berlin", step_minutes=60)
    )
    assert np.isnan(carpet.loc["2025-03-30", "02:00"])
    assert carpet.loc["2025-03-29"].notna().all()


def test_duration_is_sorted_and_keeps_the_energy():
    results = fake_results(days=2)
    data = plots.data_of_duration(results)
    assert data.index[-1] == 48
    assert (np.diff(data["exchange_kw"]) <= 0).all()
    assert data["use_kw"].sum() / 4 == pytest.approx(2 * 2060)
    net = results.energy_kwh("meter_import_kw") - results.energy_kwh("meter_export_kw")
    assert data["exchange_kw"].sum() / 4 == pytest.approx(net)


def test_limits_of_the_connection_are_written_beside_their_lines():
    written = texts(plots.plot_duration(fake_results()))
    assert "import limit 500 kW" in written
    assert "export limit 300 kW" in written


def test_waits_rise_to_100_per_cent():
    data = plots.data_of_waits(fake_results())
    assert list(data["wait_minutes"]) == [0, 0, 0, 10]
    assert list(data["share_percent"]) == [25, 50, 75, 100]


def test_every_arrival_is_served_left_or_still_there():
    data = plots.data_of_arrivals(fake_results(days=3))
    assert data["arrived"].sum() == pytest.approx(6)
    assert list(data.loc[12, ["arrived", "served", "left", "present"]]) == [2, 0, 2, 0]
    assert data.loc[8, "served"] == 1


def test_waiting_marks_the_percentiles_and_says_when_nobody_waits():
    some = "\n".join(texts(plots.plot_waiting(fake_results())))
    assert "P95: 95 of 100 waited\nat most 8.5 min" in some
    assert "4 cars got a post; 1 waited, at most 10.0 min" in some
    assert "No vehicle came to charge" in texts(plots.plot_waiting(fake_results(cars=False)))
    results = fake_results()
    patient = results.sessions.assign(wait_minutes=0.0)
    at_once = type(results)(results.steps, patient, results.scenario, results.provenance)
    assert "None of the 4 cars\nthat got a post had to wait" in texts(plots.plot_waiting(at_once))


def test_a_comparison_is_drawn_with_names_values_and_differences():
    runs = [fake_results(), fake_results(battery=False, name="The same station without any battery at all")]
    figure = plots.plot_comparison(compare(runs))
    figure.draw_without_rendering()
    written = texts(figure)
    assert "The same station\nwithout any battery…" in written
    assert "162 (+125 %)" in written  # highest import, 72 kW with the battery
    assert "does not apply" in written  # its cycles


def test_many_runs_can_be_compared():
    runs = [fake_results(step_minutes=60, cars=False) for _ in range(9)]
    plots.plot_comparison(compare(runs), theme="dark").draw_without_rendering()


def test_unknown_themes_are_refused():
    with pytest.raises(ValueError, match="theme must be one of light, dark, print, got 'pink'"):
        plots.plot_days(fake_results(), theme="pink")


def test_files_come_in_threes(tmp_path):
    import pandas as pd

    files = plots.write_figures(fake_results(), tmp_path / "figures")
    names = {path.name for path in files}
    assert names == {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {f"{stem}.{kind}" for stem in STEMS for kind in ("png", "svg", "csv")} | {"arrivals.csv"}
    assert pd.read_csv(tmp_path / "figures" / "days.csv")["pv_kwh"][0] == 2000


class TestStyle:
    def test_every_flow_has_a_colour_of_its_own(self):
        assert set(style.COLOURS) == set(SOURCES) | set(SINKS)
        assert len(set(style.COLOURS.values())) == len(style.COLOURS)

    @pytest.mark.parametrize("stack", [style.SUPPLY_STACK, style.USE_STACK])
    def test_neighbours_in_a_stack_can_be_told_apart_without_hue(self, stack):
        for one, next_one in pairwise(stack):
            difference = abs(lightness(style.COLOURS[one]) - lightness(style.COLOURS[next_one]))
            assert difference >= 10, (one, next_one)

    def test_neighbours_stay_apart_where_flows_between_them_are_absent(self):
        for one, other in (
            ("other_kw", "export_kw"),
            ("water_kw", "other_kw"),
            ("cooling_kw", "lighting_kw"),
        ):
            difference = abs(lightness(style.COLOURS[one]) - lightness(style.COLOURS[other]))
            assert difference >= 9, (one, other)

    @pytest.mark.parametrize("name", ["$x_1$ & $", "100 % <b>", "a\x1bb\nc", r"\frac{1}{", "x" * 80])
    def test_names_are_drawn_as_they_are(self, name):
        plots.plot_day(fake_results(name=name)).draw_without_rendering()

    def test_dollars_are_no_formulas(self):
        written = "".join(texts(plots.plot_day(fake_results(name="$x_1$"))))
        assert r"\$x_1\$" in written

    def test_names_that_no_font_can_draw_warn_once_and_never_fail(self, monkeypatch):
        monkeypatch.setattr(style, "_drawable", lambda: frozenset(map(ord, "abc□")))
        style._warn_once.cache_clear()
        with pytest.warns(UserWarning, match="install a font such as Noto Sans CJK"):
            assert style.readable("济a南") == "□a□"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert style.readable("济南") == "□□"
            plots.plot_day(fake_results(name="济南东")).draw_without_rendering()

    def test_names_in_other_scripts_are_kept_where_a_font_has_them(self):
        assert style.readable("Würzburg Žilina") == "Würzburg Žilina"


def test_the_losses_of_the_sun_lead_from_light_to_busbar():
    data = plots.data_of_solar_losses(fake_results())
    of_all = data[data["surface"] == "all"]
    assert of_all["left_kwh"].iloc[0] == pytest.approx(4000)
    assert of_all["left_kwh"].iloc[-1] == pytest.approx(2000)
    assert of_all.loc["soiling", "loss_percent"] == pytest.approx(10)
    assert set(data["surface"]) == {"canopy", "roof", "all"}
    written = texts(plots.plot_solar_losses(fake_results()))
    assert "Dirt" in written
    assert "Snow" not in written
    assert any("-10.0 %" in text for text in written)
    assert plots.data_of_solar_losses(fake_results(solar=False)).empty


class TestSmallUses:
    @staticmethod
    def with_small_uses():
        results = fake_results()
        return dataclasses.replace(results, steps=results.steps.assign(washrooms_kw=0.5, shops_kw=0.25))

    def test_they_are_drawn_as_one_and_told_apart_in_the_data(self):
        results = self.with_small_uses()
        written = texts(plots.plot_day(results))
        assert "2 smaller uses" in written
        assert "Washrooms" not in written
        assert plots.data_of_day(results)["shops_kw"].sum() / 4 == pytest.approx(6)

    def test_one_alone_keeps_its_name(self):
        results = fake_results()
        one = dataclasses.replace(results, steps=results.steps.assign(shops_kw=0.25))
        assert "Shops" in texts(plots.plot_day(one))

    def test_their_colour_stays_apart_from_its_neighbours(self):
        for name in (
            "charge_kw",
            "export_kw",
            "other_kw",
            "hot_water_kw",
            "shops_kw",
            "water_kw",
            "catering_kw",
        ):
            difference = abs(lightness(style.COLOURS[name]) - lightness(style.SMALL_USES))
            assert difference >= 10, name


@pytest.mark.parametrize("panels", [1, 2, 3])
@pytest.mark.parametrize("days", [1, 3, 7, 8, 14])
def test_dates_below_panels_do_not_overlap(days, panels):
    figure = style.new_figure("light", title="Title", subtitle="Subtitle")
    axes = np.atleast_1d(figure.subplots(1, panels))[0]
    style.date_axis(axes, pd.date_range("2025-01-01", periods=days, tz="Asia/Shanghai"))
    figure.draw_without_rendering()
    labels = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert labels
    assert all(left.x1 < right.x0 for left, right in pairwise(labels))
