"""Photovoltaic surfaces: known values, limits, night, clipping and wrong input."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from pydantic import ValidationError

from stationsim.models.pv import (
    PvLossesSpec,
    PvOutput,
    SolarSpec,
    SurfaceSpec,
    ac_power_kw,
    clipped_power_kw,
    combined_loss,
    dc_power_kw,
    effective_irradiance,
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
        shape, np.full_like(shape, sky), np.full_like(shape, ground), np.full_like(shape, aoi),
        np.zeros_like(shape)
    )


def produce(
    spec: SurfaceSpec, poa: PlaneOfArray, losses: PvLossesSpec = NO_LOSS, temp_air: float = 25.0
) -> PvOutput:
    weather: NDArray[np.float64] = np.full_like(poa.direct, temp_air)
    return surface_power_kw(spec, losses, poa=poa, temp_air=weather, wind_speed=np.ones_like(weather))


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
    ],
)
def test_wrong_surfaces_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        surface(**wrong)


@pytest.mark.parametrize("percent", [-1.0, 100.0])
def test_wrong_losses_are_refused(percent: float) -> None:
    with pytest.raises(ValidationError):
        PvLossesSpec(soiling_percent=percent)
