"""What is fitted to sessions, and that a scenario takes it."""

import datetime as dt
import json
import math
import shutil
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.models.charging import ChargingSpec, SocSpread
from stationsim.scenario import Scenario, load_scenario
from stationsim.sessions import COLUMNS
from stationsim.sessions.fit import fit_sessions, fit_target, shares, spread_of
from stationsim.sessions.fragment import fragment_text
from stationsim.sessions.read import read_sessions, select_sessions
from stationsim.traffic.evs import draw_evs
from tests.commands import SMALL
from tests.shared_data import shared


def made(hours, *, days=14, start="2026-01-05", soc=True):
    """Sessions at given hours of every day from a Monday on, each of 30 kWh in half an hour."""
    first = pd.Timestamp(start, tz="Asia/Shanghai")
    arrival = [first + pd.Timedelta(days=day, hours=hour) for day in range(days) for hour in hours]
    frame = pd.DataFrame({"arrival": arrival}).reindex(columns=list(COLUMNS))
    frame["departure"] = frame["arrival"] + pd.Timedelta(minutes=30)
    numbers = {"stay_minutes": 30.0, "energy_kwh": 30.0}
    frame = frame.assign(**numbers)
    return frame.assign(soc_arrival=0.25, soc_departure=np.linspace(0.6, 0.9, len(frame))) if soc else frame


@given(st.lists(st.integers(0, 5000), min_size=10, max_size=24).filter(any))
def test_shares_sum_to_exactly_one_and_keep_their_place(counts):
    found = shares(np.array(counts))
    assert sum(Decimal(f"{share:.4f}") for share in found) == 1
    assert math.fsum(found) == pytest.approx(1, abs=1e-15)
    assert max(abs(share - count / sum(counts)) for share, count in zip(found, counts, strict=True)) < 1e-4
    assert all(share >= 0 for share in found)


def test_arrivals_by_hour_and_day():
    fit = fit_sessions(made([8, 8, 8, 20]))
    assert (fit.sessions, fit.days, fit.sessions_per_day) == (56, 14, 4)
    assert fit.hourly_shape[8] == 0.75
    assert fit.hourly_shape[20] == 0.25
    assert fit.weekday_factors == (1,) * 7
    assert fit.weekend_factor == 1
    assert fit.hourly_shape_weekday is None


def test_weekend_factor_counts_days_without_sessions():
    weekdays = made([8], days=5)
    weekend = made([8, 9, 10], days=2, start="2026-01-10")
    fit = fit_sessions(pd.concat([weekdays, weekend], ignore_index=True))
    assert fit.weekend_factor == pytest.approx(3)
    assert np.mean(fit.weekday_factors) == pytest.approx(1)
    assert fit.weekday_factors[5] == pytest.approx(3 * 7 / 11)
    lonely = fit_sessions(made([8], days=1))
    assert math.isnan(lonely.weekend_factor)
    assert math.isnan(lonely.weekday_factors[6])
    assert json.dumps(lonely.to_dict(), allow_nan=False)


def test_states_of_charge():
    fit = fit_sessions(made(range(24)))
    assert fit.soc_arrival == (0, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    assert fit.soc_departure[:6] == (0,) * 6
    assert fit.soc_departure[6:9] == pytest.approx((1 / 3,) * 3, abs=0.003)
    assert fit_sessions(made([8], soc=False)).soc_arrival is None


def test_spreads_have_the_moments_of_what_was_drawn():
    rng = np.random.default_rng(5)
    spread = spread_of(rng.gamma(2.5, 12.0, 200_000))
    assert spread.gamma == pytest.approx((2.5, 12.0), rel=0.02)
    assert spread.mean == pytest.approx(30, rel=0.01)
    spread = spread_of(rng.lognormal(3.3, 0.6, 200_000))
    assert spread.lognormal == pytest.approx((3.3, 0.6), rel=0.01)
    assert spread_of(np.array([7.0])).gamma == (math.inf, 0.0)


@pytest.mark.parametrize(("mean", "sd"), [(0.6, 0.18), (0.8, 0.15), (0.75, 0.22)])
def test_the_target_that_made_departures_is_found_again(mean, sd):
    spec = ChargingSpec(
        groups=({"name": "fast", "posts": 1, "power_kw": 100},), target_soc=SocSpread(mean=mean, sd=sd)
    )
    cars = draw_evs(spec, np.arange(100_000), seed=3)
    found = fit_target(cars.soc_arrival, cars.soc_target, least_gain=spec.least_gain)
    assert found == pytest.approx((mean, sd), abs=0.006)


def test_no_target_is_made_up_for_departures_no_beta_distribution_gives():
    arrival = np.full(200, 0.1)
    departure = np.tile([0.16, 1.0], 100)
    assert fit_target(arrival, departure, least_gain=0.3) is None


@pytest.mark.parametrize("soc", [True, False])
@pytest.mark.parametrize("days", [3, 28])
def test_a_fragment_extends_any_scenario(tmp_path, soc, days):
    shutil.copy(SMALL, tmp_path / "base.yaml")
    fit = fit_sessions(made(range(24), days=days, soc=soc), source="a file")
    path = tmp_path / "part.yaml"
    path.write_text(fragment_text(fit, extends="base.yaml"))
    loaded = load_scenario(path, model=Scenario)
    scenario = loaded.scenario
    assert loaded.warnings == ()
    assert scenario.traffic.hourly_shape_weekday == (fit.hourly_shape_weekday or fit.hourly_shape)
    assert scenario.traffic.hourly_shape_weekend == (fit.hourly_shape_weekend or fit.hourly_shape)
    base = Scenario.from_yaml(SMALL)
    if soc:
        assert scenario.charging.arrival_soc.histogram == fit.soc_arrival
        assert (scenario.charging.target_soc.mean, scenario.charging.target_soc.sd) == pytest.approx(
            fit.target_soc, abs=1e-4
        )
    else:
        assert scenario.charging == base.charging
    assert scenario.charging.groups == base.charging.groups
    assert "# Source: a file" in path.read_text()


def test_a_fragment_takes_the_place_of_either_form_of_spread(tmp_path):
    text = SMALL.read_text().replace(
        "  max_queue: 4\n",
        "  max_queue: 4\n  arrival_soc: {mean: 0.3, sd: 0.1}\n"
        "  target_soc: {histogram: [0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0]}\n",
    )
    assert "arrival_soc" in text
    (tmp_path / "base.yaml").write_text(text)
    fit = fit_sessions(made(range(24), days=7))
    (tmp_path / "part.yaml").write_text(fragment_text(fit, extends="base.yaml"))
    charging = Scenario.from_yaml(tmp_path / "part.yaml").charging
    assert charging.arrival_soc.mean is None
    assert charging.target_soc.histogram is None


def test_without_a_parent_the_fragment_says_where_to_name_it():
    text = fragment_text(fit_sessions(made([8])))
    assert "\n# extends: my_station.yaml\n" in text


def test_nothing_cannot_be_fitted():
    with pytest.raises(ValueError, match="at least one session"):
        fit_sessions(made([8]).iloc[:0])


def test_the_desl_file_gives_the_shape_that_was_published_of_it():
    measured = read_sessions(shared("charging/desl_epfl_level3_session_data.xlsx"))
    fit = fit_sessions(measured.frame)
    assert fit.hourly_shape[18] == pytest.approx(0.0831, abs=0.0001)
    assert fit.hourly_shape[3] == pytest.approx(0.0027, abs=0.0001)
    assert fit.soc_arrival[:3] == pytest.approx((0.0756, 0.1826, 0.2173), abs=0.0002)
    assert fit.energy_kwh.quantiles == pytest.approx((8.0, 18.0, 29.4, 43.3, 60.9), abs=0.05)
    early = select_sessions(measured.frame, last_day=dt.date(2022, 11, 20))
    assert fit_sessions(early).last_day == dt.date(2022, 11, 20)
