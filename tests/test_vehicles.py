"""Charge curves: closed forms against known values and against small steps."""

import csv
import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.models.charging import CALIBRATED_POWER_SHARE
from stationsim.models.vehicles import (
    FAST_SHAPE,
    FULL_SOC,
    SHAPE_SOC,
    SLOW_SHAPE,
    VEHICLE_TABLE,
    ChargeCurve,
    default_curve,
    derated,
    load_vehicle_library,
    load_vehicle_types,
    parse_curve,
    share_at,
)
from stationsim.prove.charging import TOLD_MINUTES
from tests.shared_data import shared

FLAT = ChargeCurve(60.0, (0.0, 1.0), (120.0, 120.0))
TAPER = ChargeCurve(60.0, (0.0, 0.8, 1.0), (120.0, 120.0, 0.0))
"""Flat to 80 %, then straight to zero when full."""

powers = st.floats(1.0, 500.0)
inner_socs = st.lists(st.integers(1, 99), max_size=8, unique=True).map(sorted)


@st.composite
def curves(draw: st.DrawFn) -> ChargeCurve:
    """Curves with random points; some taper to zero when full."""
    soc = [0.0, *(place / 100 for place in draw(inner_socs)), 1.0]
    power_kw = [draw(powers) for _ in soc[1:]] + [draw(st.one_of(st.just(0.0), powers))]
    return ChargeCurve(draw(st.floats(10.0, 150.0)), soc, power_kw)


def stepped_soc(curve: ChargeCurve, soc: float, time_h: float, steps: int = 4000) -> float:
    """Slow twin of the closed form: many small steps, each with the power at its middle."""
    dt_h = time_h / steps
    for _ in range(steps):
        half = min(1.0, soc + curve.power_at(soc) * dt_h / 2 / curve.usable_kwh)
        soc = min(1.0, soc + curve.power_at(half) * dt_h / curve.usable_kwh)
    return soc


class TestKnownValues:
    def test_flat_curve_fills_at_constant_power(self) -> None:
        assert FLAT.time_at(1.0) == pytest.approx(0.5)
        assert FLAT.soc_at(0.25) == pytest.approx(0.5)
        assert FLAT.energy_after(0.1, 0.1) == pytest.approx(12.0)

    def test_taper_takes_six_minutes_for_each_factor_of_e(self) -> None:
        assert TAPER.time_between(0.1, 0.8) * 60 == pytest.approx(21.0)
        assert TAPER.time_between(0.8, 0.9) * 60 == pytest.approx(6 * math.log(2))

    def test_car_that_tapers_to_zero_never_gets_full(self) -> None:
        assert TAPER.time_at(1.0) == math.inf
        assert TAPER.full_soc == FULL_SOC
        assert 0.999 < TAPER.soc_at(2.0) < 1.0
        assert TAPER.soc_at(math.inf) == 1.0

    def test_full_car_stays_full(self) -> None:
        assert FLAT.soc_at(7.0) == 1.0
        assert FLAT.full_soc == 1.0

    def test_power_between_points_is_straight(self) -> None:
        assert TAPER.power_at(0.9) == pytest.approx(60.0)
        assert TAPER.power_at(1.0) == pytest.approx(0.0)

    def test_peak_still_to_come_looks_ahead_only(self) -> None:
        curve = ChargeCurve(60.0, (0.0, 0.3, 0.6, 1.0), (50.0, 100.0, 40.0, 10.0))
        assert curve.peak_from(0.0) == 100.0
        assert curve.peak_from(0.45) == pytest.approx(70.0)
        assert curve.range_between(0.15, 0.45) == pytest.approx((70.0, 100.0))


class TestCapped:
    def test_points_lie_where_the_limit_is_met(self) -> None:
        capped = TAPER.capped(60.0)
        assert capped.soc == pytest.approx((0.0, 0.9, 1.0))
        assert capped.power_kw == (60.0, 60.0, 0.0)

    def test_limit_above_the_peak_changes_nothing(self) -> None:
        assert TAPER.capped(120.0) is TAPER

    def test_limit_must_be_above_zero(self) -> None:
        with pytest.raises(ValueError, match="limit_kw must be > 0, got 0"):
            TAPER.capped(0.0)

    @given(curves(), st.floats(0.5, 600.0), st.floats(0.0, 1.0))
    def test_power_is_the_lesser_of_curve_and_limit(
        self, curve: ChargeCurve, limit: float, soc: float
    ) -> None:
        assert curve.capped(limit).power_at(soc) == pytest.approx(min(curve.power_at(soc), limit), abs=1e-6)
        assert curve.capped(limit).peak_kw <= limit


class TestClosedForm:
    @given(curves(), st.floats(0.0, 0.9), st.floats(0.0, 1.0))
    def test_time_and_charge_are_inverse(self, curve: ChargeCurve, soc: float, part: float) -> None:
        target = soc + (0.98 - soc) * part if soc < 0.98 else soc
        hours = curve.time_between(soc, target)
        assert hours >= 0
        assert curve.soc_at(curve.time_at(soc) + hours) == pytest.approx(target, abs=1e-9)

    @given(curves(), st.floats(0.0, 0.9), st.lists(st.floats(0.0, 2.0), min_size=2, max_size=5).map(sorted))
    def test_charge_never_falls(self, curve: ChargeCurve, soc: float, times: list[float]) -> None:
        start_h = curve.time_at(soc)
        charges = [curve.soc_at(start_h + time) for time in times]
        assert all(late >= early - 1e-12 for early, late in pairwise(charges))

    @pytest.mark.parametrize("name", ["hyundai_ioniq_5", "vw_id4", "byd_seal", "mg_zs"])
    def test_small_steps_come_to_the_same(self, name: str) -> None:
        curve = load_vehicle_library()[name]
        start_h = curve.time_at(0.07)
        assert curve.soc_at(start_h + 0.4) == pytest.approx(stepped_soc(curve, 0.07, 0.4), abs=2e-5)

    def test_nearly_flat_segment_equals_a_flat_one(self) -> None:
        tilted = ChargeCurve(60.0, (0.0, 1.0), (120.0, 120.0 * (1 + 1e-9)))
        assert tilted.time_at(0.7) == pytest.approx(FLAT.time_at(0.7), rel=1e-8)
        assert tilted.soc_at(0.3) == pytest.approx(FLAT.soc_at(0.3), rel=1e-8)


class TestWrongInput:
    @pytest.mark.parametrize(
        ("soc", "power_kw", "message"),
        [
            ((0.0,), (50.0,), "two points"),
            ((0.0, 1.0), (50.0,), "two points"),
            ((0.1, 1.0), (50.0, 50.0), "rise from 0 to 1"),
            ((0.0, 0.9), (50.0, 50.0), "rise from 0 to 1"),
            ((0.0, 0.5, 0.5, 1.0), (50.0, 50.0, 40.0, 40.0), "rise from 0 to 1"),
            ((0.0, 1.0), (0.0, 50.0), "above|> 0 below SOC 1"),
            ((0.0, 1.0), (50.0, -1.0), "> 0 below SOC 1"),
            ((0.0, 1.0), (math.nan, 1.0), "> 0 below SOC 1"),
        ],
    )
    def test_points_that_are_no_curve_are_refused(
        self, soc: tuple[float, ...], power_kw: tuple[float, ...], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            ChargeCurve(60.0, soc, power_kw)

    @pytest.mark.parametrize("usable_kwh", [0.0, -5.0, math.inf, math.nan])
    def test_pack_must_hold_energy(self, usable_kwh: float) -> None:
        with pytest.raises(ValueError, match="usable_kwh must be > 0"):
            ChargeCurve(usable_kwh, (0.0, 1.0), (50.0, 50.0))


class TestLibrary:
    def test_every_type_reaches_its_peak_and_its_target(self) -> None:
        library = load_vehicle_types()
        assert len(library) >= 14
        for vehicle in library.values():
            curve = vehicle.curve
            assert (40 if vehicle.vehicle_class == "car" else 200) < curve.usable_kwh < 450
            assert 9 / 60 < curve.time_between(0.1, 0.8) < 1.25

    def test_library_holds_both_voltages_chemistries_and_all_classes(self) -> None:
        library = load_vehicle_types().values()
        assert {vehicle.voltage_class for vehicle in library} == {400.0, 800.0}
        assert {"LFP", "NMC"} <= {vehicle.chemistry for vehicle in library}
        assert {vehicle.vehicle_class for vehicle in library} == {"car", "bus", "truck"}
        assert max(vehicle.curve.peak_kw / vehicle.curve.usable_kwh for vehicle in library) > 5
        assert all(vehicle.source for vehicle in library)

    def test_consumption_fits_the_class(self) -> None:
        within = {"car": (0.1, 0.25), "bus": (0.8, 1.5), "truck": (1.0, 2.0)}
        for vehicle in load_vehicle_types().values():
            low, high = within[vehicle.vehicle_class]
            assert low < vehicle.consumption_kwh_per_km < high

    def test_table_tells_the_peak_of_its_curve(self) -> None:
        text = VEHICLE_TABLE.read_text(encoding="utf-8")
        rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
        peaks = {row["name"]: float(row["max_dc_kw"]) for row in rows}
        assert peaks == pytest.approx({name: curve.peak_kw for name, curve in load_vehicle_library().items()})

    @pytest.mark.parametrize(("name", "soc", "target", "minutes"), TOLD_MINUTES)
    def test_fitted_curves_take_the_published_time(
        self, name: str, soc: float, target: float, minutes: float
    ) -> None:
        assert load_vehicle_library()[name].time_between(soc, target) * 60 == pytest.approx(minutes, rel=0.02)

    def test_curves_are_read_in_per_cent(self) -> None:
        assert parse_curve("0:125 30:125 100:22") == ((0.0, 0.3, 1.0), (125.0, 125.0, 22.0))


class TestDefaultCurve:
    @given(st.floats(10.0, 1000.0), st.floats(0.1, 12.0))
    def test_it_peaks_at_the_given_power(self, usable_kwh: float, rate: float) -> None:
        curve = default_curve(usable_kwh, usable_kwh * rate)
        assert curve.peak_kw == usable_kwh * rate

    def test_high_peaks_are_held_shorter(self) -> None:
        slow, fast = default_curve(80.0, 80.0), default_curve(80.0, 240.0)
        assert fast.power_at(0.6) / fast.peak_kw < slow.power_at(0.6) / slow.peak_kw

    def test_pack_must_hold_energy(self) -> None:
        with pytest.raises(ValueError, match="usable_kwh must be > 0"):
            default_curve(0.0, 100.0)

    def test_shapes_are_the_means_of_measured_curves(self) -> None:
        text = shared("charging/open_ev_data_charging_curves.json").read_text(encoding="utf-8")
        found = {SLOW_SHAPE: set[tuple[float, ...]](), FAST_SHAPE: set[tuple[float, ...]]()}
        for vehicle in json.loads(text)["data"]:
            charger, usable_kwh = vehicle["dc_charger"], vehicle["usable_battery_size"]
            if not charger or charger["is_default_charging_curve"] or usable_kwh < 40:
                continue
            points = [(point["percentage"] / 100, point["power"]) for point in charger["charging_curve"]]
            peak_kw = max(power for _, power in points)
            if peak_kw >= 80:
                powers = np.interp(SHAPE_SOC, *zip(*points, strict=True)) / peak_kw
                found[SLOW_SHAPE if peak_kw < 2 * usable_kwh else FAST_SHAPE].add(tuple(powers.round(3)))
        assert [len(curves) for curves in found.values()] == [23, 14]
        for shape, curves in found.items():
            mean = 1 / np.mean(1 / np.array(list(curves)), axis=0)
            assert shape == pytest.approx(mean / mean.max(), abs=0.006)


ZEEKR = load_vehicle_library()["zeekr_001_2026"]
SHARES = CALIBRATED_POWER_SHARE


def cold(curve: ChargeCurve, temp_degc: float, from_soc: float = 0.1, rise_k: float = 29.0) -> ChargeCurve:
    return derated(curve, temp_degc=temp_degc, from_soc=from_soc, rise_k=rise_k, power_share=SHARES)


class TestColdPacks:
    def test_share_is_straight_between_points_and_flat_beyond(self) -> None:
        points = ((-10.0, 0.2), (10.0, 0.6))
        assert [share_at(points, temp) for temp in (-40, -10, 0, 5, 10, 40)] == pytest.approx(
            [0.2, 0.2, 0.4, 0.5, 0.6, 0.6]
        )

    def test_published_times_warm_and_at_minus_ten(self) -> None:
        assert cold(ZEEKR, 26.0).time_between(0.1, 0.8) * 60 == pytest.approx(11.47, rel=0.02)
        assert 28 < cold(ZEEKR, -10.0).time_between(0.1, 0.8) * 60 < 30

    def test_pack_that_does_not_warm_keeps_its_share(self) -> None:
        curve = cold(FLAT, 0.0, rise_k=0.0)
        assert curve.power_at(0.1) == curve.power_at(0.7) == pytest.approx(0.35 * 120)

    def test_pack_warms_by_what_it_took(self) -> None:
        """From 0 degC at 10 % to 14.5 degC at 60 %."""
        share = 0.35 + 0.65 * 14.5 / 25
        assert cold(FLAT, 0.0).power_at(0.6) == pytest.approx(share * 120)

    def test_pack_that_tapers_to_zero_still_does(self) -> None:
        assert cold(TAPER, -5.0).full_soc == FULL_SOC

    @given(curves(), st.floats(-40.0, 40.0), st.floats(0.0, 0.95))
    def test_colder_is_never_faster(self, curve: ChargeCurve, temp_degc: float, soc: float) -> None:
        mild, colder = cold(curve, temp_degc, soc), cold(curve, temp_degc - 5, soc)
        assert mild.peak_kw <= curve.peak_kw
        target = 0.98
        times = [each.time_between(soc, target) for each in (curve, mild, colder)]
        assert times[0] <= times[1] * (1 + 1e-9)
        assert times[1] <= times[2] * (1 + 1e-9)
