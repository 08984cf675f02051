"""Carbon accounts: the published tonnes of the reference station, scope 2, and traceable lines."""

import pytest
from pydantic import ValidationError

from stationsim.models.carbon import (
    CarbonSpec,
    combined_margin_t_per_mwh,
    location_based_t,
    market_based_t,
    metered_account,
    published_account,
)

USE_KWH = 6_000.0 * 365
DESIGN_PV_KWH = 3.6e6

JINAN_EAST = CarbonSpec(grid_factor_t_per_mwh=0.9419, forest_area_ha=6.71)
"""Factors of the reference station."""

UPTAKE_T = float(JINAN_EAST.uptake_t_per_year(2025))
"""What its green area takes up in a year [t]."""


def test_published_emission_within_a_tenth_of_a_percent() -> None:
    account = published_account(JINAN_EAST, use_kwh=USE_KWH, pv_kwh=DESIGN_PV_KWH, uptake_t=UPTAKE_T)
    assert account.emitted.tonnes == pytest.approx(2062.8, abs=0.05)
    assert account.emitted.tonnes == pytest.approx(2060.97, rel=0.001)


def test_published_reduction_lies_between_with_and_without_forest() -> None:
    account = published_account(JINAN_EAST, use_kwh=USE_KWH, pv_kwh=DESIGN_PV_KWH, uptake_t=UPTAKE_T)
    assert account.avoided.tonnes == pytest.approx(3390.8, abs=0.05)
    assert account.reduced_with_forest_t == pytest.approx(3444.2, abs=0.1)
    assert account.avoided.tonnes < 3410.1 < account.reduced_with_forest_t
    assert account.avoided.tonnes == pytest.approx(3410.1, rel=0.006)


@pytest.mark.parametrize(("pv_kwh", "with_forest"), [(3.6204e6, False), (3.5637e6, True)])
def test_the_generation_that_gives_the_published_reduction_exactly(pv_kwh: float, with_forest: bool) -> None:
    account = published_account(JINAN_EAST, use_kwh=5_994.8 * 365, pv_kwh=pv_kwh, uptake_t=UPTAKE_T)
    net = account.net_with_forest_t if with_forest else account.net_t
    assert account.emitted.tonnes == pytest.approx(2060.97, abs=0.1)
    assert net == pytest.approx(2060.97 - 3410.1, abs=0.2)


def test_published_forest_and_coal() -> None:
    account = published_account(JINAN_EAST, use_kwh=USE_KWH, pv_kwh=DESIGN_PV_KWH, uptake_t=UPTAKE_T)
    assert account.forest.tonnes == pytest.approx(53.4, abs=0.05)
    assert account.coal_saved_tce == pytest.approx(1188)
    assert account.coal_saved_tce == pytest.approx(1200, rel=0.011)


def test_forest_grows_with_the_period_and_energy_does_not() -> None:
    day = published_account(JINAN_EAST, use_kwh=6_000.0, pv_kwh=10_000.0, uptake_t=UPTAKE_T / 365)
    assert day.forest.tonnes == pytest.approx(53.4116 / 365)
    assert day.emitted.tonnes == pytest.approx(6 * 0.9419)


def test_the_same_year_with_shandongs_average_of_2023() -> None:
    spec = CarbonSpec(grid_factor_t_per_mwh=0.6191)
    account = published_account(spec, use_kwh=USE_KWH, pv_kwh=DESIGN_PV_KWH, uptake_t=UPTAKE_T)
    assert account.emitted.tonnes == pytest.approx(1356, abs=0.5)
    assert account.avoided.tonnes == pytest.approx(2229, abs=0.5)


def test_metered_account_counts_what_passes_the_meter() -> None:
    spec = CarbonSpec(grid_factor_t_per_mwh=0.9419, metered_factor_t_per_mwh=0.6)
    account = metered_account(spec, import_kwh=1e6, baseline_import_kwh=3e6, export_kwh=5e5)
    assert account.scope_2.tonnes == pytest.approx(600)
    assert account.baseline.tonnes == pytest.approx(1800)
    assert account.avoided_t == pytest.approx(1200)
    assert account.exported.tonnes == pytest.approx(300)


def test_the_metered_factor_is_the_published_one_unless_given() -> None:
    assert JINAN_EAST.metered_t_per_mwh == 0.9419
    assert CarbonSpec(grid_factor_t_per_mwh=0.9419, metered_factor_t_per_mwh=0.0).metered_t_per_mwh == 0


def test_every_line_with_energy_is_its_energy_times_its_factor() -> None:
    spec = CarbonSpec(grid_factor_t_per_mwh=0.9419, metered_factor_t_per_mwh=0.5703)
    published = published_account(spec, use_kwh=2e6, pv_kwh=3e6)
    metered = metered_account(spec, import_kwh=1e6, baseline_import_kwh=2.1e6, export_kwh=1e5)
    traced = [line for line in (*published.lines, *metered.lines) if line.column]
    assert [line.column for line in traced] == [
        "use_kwh",
        "generated_kwh",
        "meter_import_kwh",
        "baseline_kwh",
        "meter_export_kwh",
    ]
    for line in traced:
        assert line.tonnes == pytest.approx(line.kwh / 1000 * line.factor_t_per_mwh)
    assert {line.factor_t_per_mwh for line in published.lines if line.column} == {0.9419}
    assert {line.factor_t_per_mwh for line in metered.lines if line.column} == {0.5703}


def test_scope_2_pair_of_the_ghg_protocol() -> None:
    """1,000 MWh at 0.20: 200 t; certificates for 600 MWh and a residual mix of 0.45: 180 t."""
    assert location_based_t(1_000_000.0, 0.20) == pytest.approx(200)
    assert market_based_t(import_kwh=1e6, certificates_kwh=6e5, residual_t_per_mwh=0.45) == pytest.approx(180)
    assert market_based_t(import_kwh=1e6, certificates_kwh=2e6, residual_t_per_mwh=0.45) == 0


def test_cdm_arithmetic() -> None:
    assert combined_margin_t_per_mwh(0.9419, 0.4819) == pytest.approx(0.8269)
    assert combined_margin_t_per_mwh(0.9419, 0.4819, operating_weight=0.5) == pytest.approx(0.7119)
    assert location_based_t(950e3, 0.8) == pytest.approx(760)


def test_claim_of_tonglu_service_area() -> None:
    assert location_based_t(5.12e6, 0.5586) == pytest.approx(2860, rel=1e-4)


@pytest.mark.parametrize(
    "wrong", [{"grid_factor_t_per_mwh": -0.1}, {"forest_area_ha": -1.0}, {"factor": 0.5}]
)
def test_wrong_factors_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        CarbonSpec.model_validate(wrong)
