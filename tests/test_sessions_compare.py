"""Distances of two sets of sessions: closed forms, and hours that go around."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance

from stationsim.plots import data_of_sessions, plot_sessions
from stationsim.plots.style import THEMES
from stationsim.sessions.compare import compare_sessions, ks_distance, wasserstein
from tests.test_sessions_fit import made

VALUES = st.lists(st.floats(0, 24, exclude_max=True, width=32), min_size=3, max_size=30).map(
    lambda values: np.sort(np.array(values, dtype=float))
)


@given(VALUES, VALUES)
def test_the_linear_distances_are_those_of_scipy(first, second):
    assert ks_distance(first, second) == pytest.approx(ks_2samp(first, second, method="asymp").statistic)
    assert wasserstein(first, second) == pytest.approx(wasserstein_distance(first, second), abs=1e-9)


@given(VALUES, VALUES, st.integers(1, 23))
def test_distances_of_hours_do_not_depend_on_where_the_day_is_cut(first, second, turn):
    whole = [np.round(values * 4) / 4 % 24 for values in (first, second)]
    turned = [np.sort((values + turn) % 24) for values in whole]
    whole = [np.sort(values) for values in whole]
    assert ks_distance(*turned, around=True) == pytest.approx(ks_distance(*whole, around=True))
    assert wasserstein(*turned, period=24) == pytest.approx(wasserstein(*whole, period=24))
    assert ks_distance(*whole, around=True) >= ks_distance(*whole)
    assert wasserstein(*whole, period=24) <= wasserstein(*whole) + 1e-9


def test_by_hand():
    first, second = np.array([0.0, 1.0]), np.array([1.0, 3.0])
    assert ks_distance(first, second) == 0.5
    assert wasserstein(first, second) == 1.5
    late, early = np.array([23.5]), np.array([0.5])
    assert wasserstein(late, early, period=24) == pytest.approx(1)
    assert wasserstein(late, early) == 23
    noon = np.array([12.0])
    assert wasserstein(noon, np.array([0.0]), period=24) == 12


def test_a_set_is_at_no_distance_from_itself():
    frame = made(range(24))
    comparison = compare_sessions(frame, frame)
    assert all(found.ks == found.wasserstein == 0 for found in comparison.distances)
    assert [found.quantity for found in comparison.distances] == [
        *("arrival_hour", "energy_kwh", "stay_minutes", "soc_arrival", "soc_departure", "mean_power_kw"),
    ]


def test_midnight_is_no_border():
    comparison = compare_sessions(made([23], soc=False), made([1], soc=False))
    found = comparison.of("arrival_hour")
    assert found.wasserstein == pytest.approx(2)
    assert found.mean == pytest.approx((23, 1))
    both = compare_sessions(made([23, 1], soc=False), made([0], soc=False)).of("arrival_hour")
    assert both.mean[0] % 24 == pytest.approx(0, abs=1e-6) or both.mean[0] == pytest.approx(24)
    assert both.quantiles[0][0] == pytest.approx(23)
    assert both.quantiles[0][-1] == pytest.approx(1)


def test_other_energy_shows_in_energy_and_power_alone():
    frame = made(range(24))
    more = frame.assign(energy_kwh=40.0)
    comparison = compare_sessions(frame, more, names=("less", "more"))
    assert comparison.of("energy_kwh").ks == 1
    assert comparison.of("energy_kwh").wasserstein == pytest.approx(10)
    assert comparison.of("mean_power_kw").wasserstein == pytest.approx(20)
    assert comparison.of("stay_minutes").ks == 0
    table = comparison.table()
    assert table.loc["energy_kwh", ["mean_run", "mean_file", "p50_file", "sessions_run"]].tolist() == [
        *(30, 40, 40, len(frame)),
    ]


def test_chance_is_what_equal_sets_seldom_exceed():
    rng = np.random.default_rng(8)
    chances = []
    for _ in range(200):
        first, second = (pd.DataFrame({"energy_kwh": rng.gamma(2, 10, 200)}) for _ in range(2))
        pair = [
            made([8], days=200, soc=False).assign(energy_kwh=part["energy_kwh"]) for part in (first, second)
        ]
        found = compare_sessions(*pair).of("energy_kwh")
        chances.append(found.ks > found.ks_chance)
    assert 0.01 <= np.mean(chances) <= 0.10


def test_no_sessions_cannot_be_compared():
    with pytest.raises(ValueError, match="must have sessions"):
        compare_sessions(made([8]).iloc[:0], made([8]))


@pytest.mark.parametrize("theme", THEMES)
def test_the_figure_shows_its_data(theme):
    comparison = compare_sessions(made([8, 12]), made([9, 20], soc=False), names=("a $ run", "文件"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stationsim.plots.style._warn_once", lambda: None)
        figure = plot_sessions(comparison, theme=theme)
    data = data_of_sessions(comparison)
    assert len(figure.axes) == len(comparison.distances) == 4
    run, measured = figure.axes[0].get_lines()[:2]
    assert run.get_xdata().tolist() == data["arrival_hour_run"].tolist()
    assert measured.get_xdata().tolist() == data["arrival_hour_file"].tolist()
    assert figure.axes[1].get_xlabel() == "Energy [kWh]"
    assert data.loc[50, "energy_kwh_run"] == 30
