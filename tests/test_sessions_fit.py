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
from scipy import stats

from stationsim.models.charging import ChargingSpec, SocSpread
from stationsim.models.charging.spec import EnergySpread
from stationsim.scenario import Scenario, load_scenario
from stationsim.sessions import COLUMNS
from stationsim.sessions.fit import fit_sessions, fit_target, shares
from stationsim.sessions.fragment import fragment_text
from stationsim.sessions.linger import measured_linger
from stationsim.sessions.read import read_sessions, select_sessions
from stationsim.sessions.spread import lognormal_distance, spread_of
from stationsim.traffic.evs import draw_evs
from tests.commands import SMALL
from tests.sessions_made import PLAIN, written
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
        assert scenario.charging.energy_wanted is None
    else:
        assert scenario.charging.arrival_soc == base.charging.arrival_soc
        assert scenario.charging.energy_wanted == EnergySpread(mean_kwh=30)
    assert scenario.charging.linger is None
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


@pytest.mark.parametrize("soc", [True, False])
@pytest.mark.parametrize(
    "more",
    [
        "target_soc: {mean: 0.8, sd: 0.1}",
        "energy_wanted: {mean_kwh: 20}",
        "replay: {file: mine.csv}",
        "linger: {share: 0.5, mean_minutes: 10}",
    ],
)
def test_a_fragment_goes_before_whatever_its_parent_draws(tmp_path, soc, more):
    (tmp_path / "base.yaml").write_text(SMALL.read_text().replace("  max_queue: 4\n", f"  {more}\n"))
    written(tmp_path, PLAIN, "mine.csv")
    base = Scenario.from_yaml(tmp_path / "base.yaml").charging
    (tmp_path / "part.yaml").write_text(
        fragment_text(fit_sessions(made(range(24), soc=soc)), extends="base.yaml")
    )
    charging = Scenario.from_yaml(tmp_path / "part.yaml").charging
    assert charging.replay is None
    assert charging.energy_wanted == (None if soc else EnergySpread(mean_kwh=30))
    assert (charging.target_soc == base.target_soc) is not soc
    assert charging.linger == base.linger  # the file does not tell


def uncommented(text, key):
    """A fragment in which one of the choices in its comments is taken."""
    line = next(line for line in text.splitlines() if line.startswith(f"  # {key}: {{"))
    taken = text.replace(f"  {key}: null\n", "").replace(line, line.replace("# ", "", 1))
    assert taken != text
    return taken


@pytest.mark.parametrize(
    ("key", "mean", "sd"), [("linger", 15, 0), ("stop", 30, 0), ("energy_wanted", 30, 0)]
)
def test_what_a_fragment_leaves_to_choose_can_be_chosen(tmp_path, key, mean, sd):
    shutil.copy(SMALL, tmp_path / "base.yaml")
    fit = fit_sessions(made(range(24)).assign(post_kw=120.0))
    assert fit.linger is None
    assert fit.linger_most.share == 1
    text = fragment_text(fit, extends="base.yaml")
    assert "does not tell" in text
    (tmp_path / "part.yaml").write_text(uncommented(text, key))
    chosen = getattr(Scenario.from_yaml(tmp_path / "part.yaml").charging, key)
    unit = "kwh" if key == "energy_wanted" else "minutes"
    assert (getattr(chosen, f"mean_{unit}"), getattr(chosen, f"sd_{unit}")) == (mean, sd)


def test_without_power_no_most_is_offered(tmp_path):
    fit = fit_sessions(made(range(24)))
    assert fit.linger_most is None
    text = fragment_text(fit)
    assert "# linger: {share: YOURS" in text
    assert "  # stop: {mean_minutes: 30, sd_minutes: 0}" in text


def test_cars_that_stay_after_charging_are_fitted(tmp_path):
    """Half of 240 cars leave after 30 s, 72 stay 10 min, 48 stay 20; of 96 the file does not tell."""
    shutil.copy(SMALL, tmp_path / "base.yaml")
    after = np.concatenate([np.full(120, 0.5), np.full(72, 10.0), np.full(48, 20.0), np.full(96, np.nan)])
    frame = made(range(24))
    fit = fit_sessions(frame.assign(charging_minutes=frame["stay_minutes"] - after, post_kw=120.0))
    assert (fit.linger.known, fit.linger.share, fit.linger.minutes.count) == (240, 0.5, 120)
    assert fit.linger_most is None
    (tmp_path / "part.yaml").write_text(fragment_text(fit, extends="base.yaml"))
    linger = Scenario.from_yaml(tmp_path / "part.yaml").charging.linger
    assert (linger.share, linger.mean_minutes) == (0.5, 14)
    assert linger.sd_minutes == pytest.approx(math.sqrt(24), abs=1e-4)
    assert "# 240 sessions tell when charging ended" in (tmp_path / "part.yaml").read_text()
    assert json.dumps(fit.to_dict(), allow_nan=False)


def test_a_file_that_tells_that_nobody_stays_takes_linger_away(tmp_path):
    text = SMALL.read_text().replace("  max_queue: 4\n", "  linger: {share: 0.5, mean_minutes: 10}\n")
    (tmp_path / "base.yaml").write_text(text)
    fit = fit_sessions(made(range(24)).assign(charging_minutes=29.5))
    assert fit.linger.minutes is None
    (tmp_path / "part.yaml").write_text(fragment_text(fit, extends="base.yaml"))
    assert Scenario.from_yaml(tmp_path / "part.yaml").charging.linger is None


def test_a_handful_of_ends_of_charging_is_not_fitted():
    frame = made(range(24))
    frame["charging_minutes"] = np.where(np.arange(len(frame)) < 49, 20.0, np.nan)
    assert fit_sessions(frame).linger is None
    frame["charging_minutes"] = np.where(np.arange(len(frame)) < 50, 20.0, np.nan)
    assert fit_sessions(frame).linger.share == 1


def test_what_no_key_takes_stays_a_comment(tmp_path):
    """Cars that stay two days: more than a scenario takes for a mean."""
    shutil.copy(SMALL, tmp_path / "base.yaml")
    stay = 60.0 * 48
    fit = fit_sessions(made(range(24)).assign(stay_minutes=stay, charging_minutes=30.0))
    text = fragment_text(fit, extends="base.yaml")
    assert "  # beyond what the key takes: linger: {share: 1, mean_minutes: 2850, sd_minutes: 0}" in text
    (tmp_path / "part.yaml").write_text(text)
    assert Scenario.from_yaml(tmp_path / "part.yaml").charging.linger is None


def test_what_was_drawn_is_fitted_again():
    """Cars drawn with energies and stays of a spread give the spread back."""
    spec = ChargingSpec(
        groups=({"name": "fast", "posts": 1, "power_kw": 100},),
        linger={"share": 0.3, "mean_minutes": 12, "sd_minutes": 6},
    )
    cars = draw_evs(spec, np.arange(50_000), seed=3)
    charging = np.full(50_000, 30.0)
    frame = pd.DataFrame({"charging_minutes": charging, "stay_minutes": charging + cars.linger_s / 60})
    found = measured_linger(frame)
    assert found.share == pytest.approx(0.3, abs=0.01)
    assert (found.minutes.mean, found.minutes.sd) == pytest.approx((12, 6), rel=0.02)
    assert found.minutes.ks_lognormal < 0.02


def test_distance_of_a_log_normal_distribution():
    values = np.exp(np.linspace(-1, 1, 999))
    shares_below = np.arange(1, 1000) / 1000
    exact = np.exp(stats.norm.ppf(shares_below) * 0.5 + 2)
    mean, sd = math.exp(2 + 0.125), math.exp(2 + 0.125) * math.sqrt(math.expm1(0.25))
    assert lognormal_distance(exact, mean=mean, sd=sd) < 0.002
    known = stats.kstest(values, stats.lognorm(s=0.5, scale=math.exp(2)).cdf).statistic
    assert lognormal_distance(values, mean=mean, sd=sd) == pytest.approx(known)
    assert lognormal_distance(np.full(5, 3.0), mean=3, sd=0) == 0


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
    assert fit.energy_kwh.ks_lognormal == pytest.approx(0.072, abs=0.001)
    assert fit.linger is None
    assert (fit.linger_most.share, fit.linger_most.minutes.mean) == pytest.approx((1, 13.54), abs=0.01)
    early = select_sessions(measured.frame, last_day=dt.date(2022, 11, 20))
    assert fit_sessions(early).last_day == dt.date(2022, 11, 20)
