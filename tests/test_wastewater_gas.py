"""Methane and nitrous oxide of treatment: the IPCC's arithmetic by hand."""

import pytest
from pydantic import ValidationError

from stationsim.models.carbon import (
    CarbonSpec,
    WastewaterGasSpec,
    metered_account,
    methane_kg,
    nitrous_oxide_kg,
    person_days,
    published_account,
    treatment_gases,
)

SPEC = WastewaterGasSpec()


def test_methane_is_organic_matter_times_bo_times_mcf():
    assert methane_kg(SPEC, 1000.0) == pytest.approx(1000 * 0.6 * 0.03)


def test_nitrous_oxide_is_nitrogen_times_its_share_times_44_over_28():
    assert nitrous_oxide_kg(SPEC, 1000.0) == pytest.approx(25.143, abs=0.001)


def test_a_visit_leaves_a_share_of_a_day():
    assert person_days(SPEC, people=1000.0, present_h=333.0) == pytest.approx(120)


def test_by_the_time_spent_a_visit_leaves_the_share_of_the_day_it_lasts():
    spec = WastewaterGasSpec(visit_share=None)
    assert person_days(spec, people=1000.0, present_h=1000 / 3) == pytest.approx(1000 * 20 / 1440)


def test_a_thousand_person_days_in_carbon_dioxide():
    """40 kg BOD give 0.72 kg CH4, 11 kg N give 0.2766 kg N2O."""
    spec = WastewaterGasSpec(visit_share=1.0)
    gases = treatment_gases(spec, people=1000.0, present_h=0.0, treated_share=1.0)
    assert gases.methane_kg == pytest.approx(0.72 * 27)
    assert gases.nitrous_oxide_kg == pytest.approx(0.27657 * 273, rel=1e-4)


def test_the_fifth_report_has_other_potentials():
    gases = [
        treatment_gases(WastewaterGasSpec(gwp=report), people=1000.0, present_h=0.0, treated_share=1.0)
        for report in ("ar5", "ar6")
    ]
    assert gases[0].methane_kg / gases[1].methane_kg == pytest.approx(28 / 27)
    assert gases[0].nitrous_oxide_kg / gases[1].nitrous_oxide_kg == pytest.approx(265 / 273)


def test_what_is_not_treated_emits_nothing_here():
    half = treatment_gases(SPEC, people=1000.0, present_h=0.0, treated_share=0.5)
    whole = treatment_gases(SPEC, people=1000.0, present_h=0.0, treated_share=1.0)
    assert half.methane_kg == pytest.approx(whole.methane_kg / 2)


def test_the_metered_account_has_the_gases_and_the_published_one_has_not():
    spec = CarbonSpec(grid_factor_t_per_mwh=0.5, fresh_water_kg_per_m3=0.149)
    gases = treatment_gases(SPEC, people=1e6, present_h=0.0, treated_share=1.0)
    metered = metered_account(
        spec, import_kwh=1e6, baseline_import_kwh=2e6, gases=gases, fresh_water_m3=1e4, uptake_t=53.4
    )
    assert metered.scope_1_t == pytest.approx(sum(gases) / 1000)
    assert metered.fresh_water.tonnes == pytest.approx(1.49)
    assert metered.scope_2.tonnes == pytest.approx(500)  # trees take nothing off it
    assert metered.removed.tonnes == 53.4
    published = published_account(spec, use_kwh=1e6, pv_kwh=0.0)
    assert not any("wastewater" in line.line for line in published.lines)


@pytest.mark.parametrize(
    "wrong", [{"methane_kg_per_kg_bod": 0.7}, {"methane_correction": 1.5}, {"gwp": "sar"}, {"visit_share": 2}]
)
def test_factors_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        WastewaterGasSpec.model_validate(wrong)
