"""Photovoltaic surfaces: known values, limits, night, clipping and wrong input."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from pydantic import ValidationError

from stationsim.models.pv import (
    CHAIN,
    AgeingSpec,
    PvLossesSpec,
    PvOutput,
    Shares,
    Sky,
    SolarSpec,
    SurfaceSpec,
    ac_power_kw,
    ageing_loss,
    canopy_shade_share,
    clipped_power_kw,
    combined_loss,
    dc_power_kw,
    direct_modifier,
    effective_irradiance,
    most_kwh_per_kwp,
    night_draw_kw,
    spectral_factor,
    surface_power_kw,
)
from stationsim.weather.irradiance import PlaneOfArray

NO_LOSS = PvLossesSpec(
    soiling_percent=0,
    shading_percent=0,
    mismatch_percent=0,
    wiring_percent=0,
    connections_percent=0,
    light_induced_percent=0,
    availability_percent=0,
)


def surface(**changes: object) -> SurfaceSpec:
    given_fields = {"name": "roof", "kind": "roof", "dc_kwp": 100.0, "tilt_deg": 10.0}
    return SurfaceSpec.model_validate({**given_fields, **changes})


def light(direct: list[float], sky: float = 0.0, ground: float = 0.0, aoi: float = 0.0) -> PlaneOfArray:
    shape = np.array(direct, dtype=float)
    return PlaneOfArray(
        shape,
        np.full_like(shape, sky),
        np.full_like(shape, ground),
        np.full_like(shape, aoi),
        np.zeros_like(shape),
    )


NOON = Sky(*(np.array([value]) for value in (800.0, 120.0, 30.0, 180.0)))


def produce(
    spec: SurfaceSpec,
    poa: PlaneOfArray,
    losses: PvLossesSpec = NO_LOSS,
    temp_air: float = 25.0,
    **more: Any,
) -> PvOutput:
    weather: NDArray[np.float64] = np.full_like(poa.direct, temp_air)
    return surface_power_kw(spec, losses, poa=poa, temp_air=weather, wind_speed=np.ones_like(weather), **more)


def test_default_losses_are_9_6_percent() -> None:
    by_hand = 1 - 0.98**3 * 0.99**2 * 0.995 * 0.985
    assert combined_loss(PvLossesSpec()) == pytest.approx(by_hand)
    assert combined_loss(PvLossesSpec()) == pytest.approx(0.096, abs=5e-4)


def test_losses_that_are_all_zero_lose_nothing() -> None:
    assert combined_loss(NO_LOSS) == 0


def test_rated_conditions_give_rated_dc_power() -> None:
    assert dc_power_kw(
        effective=1000.0, temp_cell=25.0, dc_kwp=7.0, coefficient_per_k=-0.004
    ) == pytest.approx(7)


def test_hot_cells_never_make_negative_power() -> None:
    assert dc_power_kw(effective=1000.0, temp_cell=400.0, dc_kwp=7.0, coefficient_per_k=-0.004) == 0


def test_normal_light_enters_whole_and_grazing_light_not_at_all() -> None:
    assert_allclose(effective_irradiance(light([800.0]), 10.0), 800.0)
    assert_allclose(effective_irradiance(light([800.0], aoi=90.0), 10.0), 0.0, atol=1e-9)
    assert_allclose(effective_irradiance(light([800.0], aoi=120.0), 10.0), 0.0, atol=1e-9)


@pytest.mark.parametrize("tilt_deg", [0.0, 1e-6, 10.0, 45.0, 90.0])
def test_diffuse_light_loses_some_percent_at_any_tilt(tilt_deg: float) -> None:
    entered = effective_irradiance(light([0.0], sky=100.0), tilt_deg)[0]
    assert 90 < entered < 100
    assert 0 <= effective_irradiance(light([0.0], ground=100.0), tilt_deg)[0] < 100


def test_night_gives_exactly_nothing_and_cells_at_air_temperature() -> None:
    night = produce(surface(), light([0.0, 0.0]), temp_air=-5.0)
    assert_allclose(night.ac_kw, 0.0, atol=0)
    assert_allclose(night.dc_kw, 0.0, atol=0)
    assert_allclose(night.clipped_kw, 0.0, atol=0)
    assert_allclose(night.temp_cell_degc, -5.0)


def test_roofs_run_hotter_than_canopies() -> None:
    roof = produce(surface(kind="roof"), light([800.0]))
    canopy = produce(surface(kind="canopy"), light([800.0]))
    assert roof.temp_cell_degc[0] > canopy.temp_cell_degc[0] > 40
    assert roof.ac_kw[0] < canopy.ac_kw[0]


def test_a_given_mounting_wins_over_the_kind() -> None:
    assert surface(kind="roof").thermal_mounting == "close_roof"
    assert surface(kind="slope").thermal_mounting == "open_rack"
    assert surface(kind="roof", mounting="open_rack").thermal_mounting == "open_rack"


def test_inverters_clip_at_their_rating_and_say_how_much() -> None:
    spec = surface(dc_ac_ratio=2.0, power_temperature_coefficient_per_k=0.0)
    output = produce(spec, light([100.0, 1000.0]))
    assert_allclose(output.ac_kw[1], 50.0)
    assert_allclose(output.dc_kw[1], 100.0)
    assert_allclose(output.clipped_kw, [0.0, 100 * 0.96 - 50])


def test_nothing_is_clipped_below_the_rating() -> None:
    at_rating = 50 / 0.96
    assert clipped_power_kw(at_rating, ac_kw=50.0, efficiency=0.96) == pytest.approx(0)
    assert ac_power_kw(at_rating, ac_kw=50.0, efficiency=0.96) == pytest.approx(50)
    assert clipped_power_kw(at_rating - 1, ac_kw=50.0, efficiency=0.96) == 0


def test_losses_act_before_the_inverter() -> None:
    half = produce(surface(), light([500.0]), NO_LOSS.model_copy(update={"soiling_percent": 50.0}))
    assert_allclose(half.dc_kw, produce(surface(), light([500.0])).dc_kw / 2)


def test_output_is_proportional_to_size_and_zero_size_is_allowed() -> None:
    poa = light([0.0, 300.0, 1000.0], sky=50.0)
    one, three, none = (produce(surface(dc_kwp=size), poa) for size in (1.0, 3.0, 0.0))
    assert_allclose(three.ac_kw, 3 * one.ac_kw)
    assert_allclose(none.ac_kw, 0.0, atol=0)


@example(direct=0.0, sky=1e-313, aoi=0.0, temp_air=0.0, dc_ac_ratio=1.0)
@given(
    direct=st.floats(0, 1400),
    sky=st.floats(0, 800),
    aoi=st.floats(0, 180),
    temp_air=st.floats(-60, 60),
    dc_ac_ratio=st.floats(0.5, 3),
)
def test_power_stays_between_zero_and_the_rating(
    direct: float, sky: float, aoi: float, temp_air: float, dc_ac_ratio: float
) -> None:
    spec = surface(dc_ac_ratio=dc_ac_ratio)
    output = produce(spec, light([direct], sky=sky, aoi=aoi), temp_air=temp_air)
    assert 0 <= output.ac_kw[0] <= spec.ac_kw * (1 + 1e-12)
    assert output.ac_kw[0] <= output.dc_kw[0]
    assert output.clipped_kw[0] >= 0


def test_array_equals_one_step_at_a_time() -> None:
    direct = [0.0, 5.0, 400.0, 1200.0]
    together = produce(surface(), light(direct, sky=80.0, ground=10.0, aoi=35.0)).ac_kw
    alone = [produce(surface(), light([value], sky=80.0, ground=10.0, aoi=35.0)).ac_kw[0] for value in direct]
    assert_allclose(together, alone)


def test_a_station_without_photovoltaics() -> None:
    assert SolarSpec().surfaces == ()
    assert SolarSpec.model_validate({"surfaces": []}).surfaces == ()


def test_two_surfaces_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="name of its own, got roof more than once"):
        SolarSpec(surfaces=(surface(), surface(tilt_deg=30.0)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"tilt_deg": -1.0},
        {"tilt_deg": 91.0},
        {"azimuth_deg": 361.0},
        {"azimuth_deg": -90.0},
        {"dc_kwp": -5.0},
        {"dc_kwp": "5"},
        {"dc_ac_ratio": 0.0},
        {"albedo": 20.0},
        {"name": "Roof"},
        {"kind": "tracker"},
        {"mounting": "floating"},
        {"power_temperature_coefficient_per_k": -0.35},
        {"power_temperature_coefficient_per_k": 0.0035},
        {"inverter_efficiency": 96.0},
        {"bifaciality": 0.7},
        {"bifacial": {"bifaciality": 0.7}},
        {"bifacial": {"height_m": 3, "width_m": 4, "bifaciality": 70}},
        {"bifacial": {"height_m": 50, "width_m": 1e-6}},
        {"bifacial": {"height_m": 50, "width_m": 4, "pitch_m": 1e-9}},
        {"ground_cover_ratio": 1.2},
        {"area_m2": 0},
        {"iam": "glass"},
        {"spectral_model": "first_solar", "cells": "wafer"},
        {"inverter_night_w_per_kw": -1},
        {"shading_blocks": 2.5},
        {"shades": {"roof": 1.2}},
        {"shades": {"car_park": 0.5}},
    ],
)
def test_wrong_surfaces_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        surface(**wrong)


@pytest.mark.parametrize("percent", [-1.0, 100.0])
def test_wrong_losses_are_refused(percent: float) -> None:
    with pytest.raises(ValidationError):
        PvLossesSpec(soiling_percent=percent)


def test_other_glass_loses_other_shares() -> None:
    """ASHRAE at 60 deg: 1 - 0.05 (2 - 1); without a model all light enters that comes from before."""
    aoi = np.array([0.0, 60.0, 89.999, 90.0, 120.0])
    assert_allclose(direct_modifier("ashrae", aoi)[:2], [1.0, 0.95])
    assert_allclose(direct_modifier("none", aoi), [1, 1, 1, 0, 0])
    for model in ("physical", "ashrae", "martin_ruiz"):
        modifier = direct_modifier(model, aoi)
        assert modifier[0] == pytest.approx(1)
        assert (np.diff(modifier) <= 1e-12).all()
        assert_allclose(modifier[3:], 0.0, atol=1e-9)
    by_hand = (1 - np.exp(-0.5 / 0.16)) / (1 - np.exp(-1 / 0.16))
    assert direct_modifier("martin_ruiz", aoi)[1] == pytest.approx(by_hand)


@pytest.mark.parametrize("iam", ["physical", "ashrae", "martin_ruiz", "none"])
def test_every_glass_takes_some_percent_of_slanting_light_or_none(iam: str) -> None:
    made = produce(surface(iam=iam), light([500.0], sky=100.0, ground=10.0, aoi=60.0))
    lost = 1 - made.chain["glass"] / made.chain["snow"]
    assert lost == pytest.approx(0) if iam == "none" else 0.01 < lost < 0.12


def test_the_colour_of_light_by_the_formula() -> None:
    """Lee and Panchula's polynomial for monocrystalline silicon at air mass 1.5 and 1.5 cm of water."""
    a, b, c, d, e, f = 0.85914, -0.020880, -0.0058853, 0.12029, 0.026814, -0.0017810
    by_hand = a + b * 1.5 + c * 1.5 + d * 1.5**0.5 + e * 1.5**0.5 + f * 1.5**0.5
    got = spectral_factor("monosi", airmass_absolute=np.array([1.5]), precipitable_water_cm=np.array([1.5]))
    assert got[0] == pytest.approx(by_hand, abs=1e-6)
    assert got[0] == pytest.approx(1, abs=0.01)


def test_the_colour_of_light_holds_at_its_ends() -> None:
    air, water = np.array([np.nan, 40.0, 10.0, 0.1]), np.array([0.0, 0.1, 0.1, 20.0])
    factor = spectral_factor("cdte", airmass_absolute=air, precipitable_water_cm=water)
    assert_allclose(factor[:2], factor[2])
    assert np.isfinite(factor).all()
    shares = Shares(spectrum=np.array([0.9]))
    plain, red = (produce(surface(), light([800.0]), shares=one) for one in (None, shares))
    assert_allclose(red.dc_kw, 0.9 * plain.dc_kw)


def test_ageing_by_date_by_completed_and_by_begun_years() -> None:
    years = np.array([0.0, 0.5, 1.0, 1.5])
    losses = {
        how: ageing_loss(AgeingSpec(degradation_percent_per_year=1.0, age_years=2, loss_of_year=how), years)
        for how in ("by_date", "completed", "begun")
    }
    assert_allclose(losses["by_date"], [0.02, 0.025, 0.03, 0.035])
    assert_allclose(losses["completed"], [0.02, 0.02, 0.03, 0.03])
    assert_allclose(losses["begun"], [0.03, 0.03, 0.04, 0.04])
    assert ageing_loss(None, years).tolist() == [0, 0, 0, 0]
    assert ageing_loss(AgeingSpec(degradation_percent_per_year=5), 100.0) == 1


def test_dirt_and_snow_by_step_take_the_place_of_constants() -> None:
    poa, usual = light([800.0, 800.0], sky=50.0), PvLossesSpec(soiling_percent=10, snow_percent=20)
    free = produce(surface(), poa, PvLossesSpec(soiling_percent=0))
    constant = produce(surface(), poa, usual)
    stepwise = produce(surface(), poa, usual, shares=Shares(np.array([0.0, 0.1]), np.array([0.0, 0.2])))
    assert_allclose(stepwise.dc_kw, [free.dc_kw[0], constant.dc_kw[1]])
    assert_allclose(constant.dc_kw, 0.9 * 0.8 * free.dc_kw)


def test_dirt_where_nothing_is_said_is_2_percent() -> None:
    assert combined_loss(PvLossesSpec()) == combined_loss(PvLossesSpec(soiling_percent=2.0))
    poa = light([500.0])
    said, unsaid = (
        produce(surface(), poa, losses) for losses in (PvLossesSpec(soiling_percent=2), PvLossesSpec())
    )
    assert_allclose(said.dc_kw, unsaid.dc_kw)


def test_the_chain_multiplies_to_what_is_made() -> None:
    """Each stage by hand at 25 degC cells: 1 % shade, 2 % dirt, no glass model, 3 % and 4 % behind."""
    spec = surface(iam="none", power_temperature_coefficient_per_k=0.0, dc_ac_ratio=0.5)
    losses = NO_LOSS.model_copy(
        update={"shading_percent": 1.0, "soiling_percent": 2.0, "wiring_percent": 3.0}
    )
    made = produce(spec, light([600.0, 400.0]), losses, shares=Shares(ageing=0.04))
    chain = made.chain
    assert chain["plane"] == chain["horizon"] == chain["rows"] == pytest.approx(100)
    assert chain["shading"] == pytest.approx(99)
    assert chain["soiling"] == chain["glass"] == chain["rear"] == pytest.approx(99 * 0.98)
    assert chain["modules"] == pytest.approx(99 * 0.98 * 0.97)
    assert chain["ageing"] == pytest.approx(made.dc_kw.sum()) == pytest.approx(99 * 0.98 * 0.97 * 0.96)
    assert chain["inverter"] == chain["clipping"] == pytest.approx(made.ac_kw.sum())
    assert tuple(chain) == CHAIN


def test_clipping_is_a_stage_of_its_own() -> None:
    made = produce(surface(dc_ac_ratio=2.0, power_temperature_coefficient_per_k=0.0), light([1000.0]))
    assert made.chain["clipping"] == pytest.approx(50)
    assert made.chain["inverter"] == pytest.approx(50 + made.clipped_kw[0])


def test_inverters_draw_in_the_dark_and_not_by_day() -> None:
    made = produce(surface(dc_ac_ratio=1.0, inverter_night_w_per_kw=2.0), light([0.0, 500.0]))
    assert_allclose(made.night_kw, [0.2, 0.0])
    assert night_draw_kw(surface(dc_ac_ratio=1.0, inverter_night_w_per_kw=2.0)) == pytest.approx(0.2)


def test_more_modules_than_fit_are_refused_with_what_fits_and_what_is_needed() -> None:
    """700 m2, seven tenths covered, 20 %: 98 kWp."""
    area = {"area_m2": 700.0, "ground_cover_ratio": 0.7}
    assert surface(dc_kwp=98.0, **area).fitting_kwp == pytest.approx(98)
    with pytest.raises(ValidationError, match=r"at most 98 kWp on area_m2 700.*got 100; .*, 714\.286 m2"):
        surface(**area)
    assert surface(area_m2=700.0).fitting_kwp == pytest.approx(140)


@pytest.mark.parametrize(
    ("tilt_deg", "slope_deg"), [(10.0, 20.0), (80.0, -20.0)], ids=["flatter than its slope", "overhanging"]
)
def test_rows_that_cannot_stand_are_refused(tilt_deg: float, slope_deg: float) -> None:
    with pytest.raises(ValidationError, match="tilt_deg 0 to 90 deg above ground_slope_deg"):
        surface(tilt_deg=tilt_deg, ground_slope_deg=slope_deg)


@pytest.mark.parametrize(
    "needs",
    [
        {"horizon": [[0, 10], [180, 10]]},
        {"ground_slope_deg": 0},
        {"bifacial": {"height_m": 3, "width_m": 5, "pitch_m": 10}},
    ],
)
def test_shade_needs_the_sky(needs: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="sky must be given for roof"):
        produce(surface(**needs), light([500.0]))
    assert produce(surface(**needs), light([500.0]), sky=NOON).ac_kw[0] > 0


def test_a_rear_side_adds_some_percent() -> None:
    """A tenth of 1,000 W/m2 from behind at 80 %, less 5 % by beams and 10 % by mismatch: some 6 %."""
    rear = {"bifaciality": 0.8, "height_m": 3, "width_m": 4, "pitch_m": 8, "albedo": 0.25}
    both = produce(surface(kind="canopy", bifacial=rear), light([900.0], sky=90.0, ground=2.0), sky=NOON)
    front = produce(surface(kind="canopy"), light([900.0], sky=90.0, ground=2.0))
    assert 1.02 < both.dc_kw[0] / front.dc_kw[0] < 1.12
    assert both.chain["rear"] > both.chain["spectrum"]


def test_a_surface_of_its_own_horizon_does_not_take_that_of_the_site() -> None:
    wall = ((0.0, 70.0), (180.0, 70.0))
    site = produce(surface(), light([500.0]), sky=NOON, horizon=wall)
    own = produce(surface(horizon=[]), light([500.0]), sky=NOON, horizon=wall)
    assert site.chain["horizon"] == 0
    assert own.chain["horizon"] == own.chain["plane"]


def test_shade_of_canopies_adds_up_to_all_of_a_face() -> None:
    some, more = surface(shades={"roof": 0.4, "south": 0.2}), surface(name="b", shades={"roof": 0.8})
    assert canopy_shade_share([some], "roof") == pytest.approx(0.4)
    assert canopy_shade_share([some, more], "roof") == 1
    assert canopy_shade_share([some, more, surface(name="c")], "south") == pytest.approx(0.2)
    assert canopy_shade_share([], "north") == 0


def test_one_way_of_ageing() -> None:
    with pytest.raises(ValidationError, match=r"losses\.age_percent or ageing"):
        SolarSpec(losses=PvLossesSpec(age_percent=3), ageing=AgeingSpec())


def test_what_a_place_can_yield() -> None:
    """The published claim of Tonglu: 5.12 GWh from 2.26 MW where 1,203 kWh/m2 fall."""
    most = most_kwh_per_kwp(1203.0, latitude_deg=29.8)
    assert most == pytest.approx(1203 * 1.2 * 0.95)
    assert 1.6 * most < 5.12e6 / 2260
    assert most_kwh_per_kwp(1203.0, latitude_deg=29.8, bifacial=True) > most
    assert most_kwh_per_kwp(950.0, latitude_deg=-65.0) == pytest.approx(950 * 1.5 * 0.95)
