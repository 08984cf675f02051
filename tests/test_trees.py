"""Stands of trees: the table, the years of growth and what is refused."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.carbon import CarbonSpec, StandSpec, green_kinds, stand_uptake_t

C = 44 / 12


def uptake(year=2025, **stand):
    return float(stand_uptake_t(StandSpec.model_validate(stand), year))


def test_every_kind_has_one_rate_and_a_source():
    for name, kind in green_kinds().items():
        assert (kind.t_c_per_tree is None) != (kind.t_c_per_ha is None), name
        assert kind.source


def test_a_hectare_of_crowns_takes_up_what_the_ipcc_says():
    assert uptake(species="crown_cover", area_ha=1) == pytest.approx(10.63, abs=0.01)


def test_a_hundred_trees():
    assert uptake(species="broadleaf", trees=100) == pytest.approx(1.0 * C)
    assert uptake(species="juniper", trees=100) == pytest.approx(0.33 * C)


def test_a_lawn_takes_up_little():
    assert uptake(species="lawn", area_ha=1) == pytest.approx(0.931, abs=0.001)


def test_trees_grow_for_twenty_years_from_planting():
    years = np.arange(2004, 2028)
    stand = StandSpec(species="pine", trees=10, planted_year=2005)
    grows = stand_uptake_t(stand, years) > 0
    assert years[grows].tolist() == list(range(2005, 2025))


def test_kinds_without_an_end_of_growth_grow_on():
    assert uptake(2200, species="moso_bamboo", area_ha=1, planted_year=1990) == pytest.approx(0.94 * C)
    assert uptake(1980, species="moso_bamboo", area_ha=1, planted_year=1990) == 0


def test_stands_add_up():
    stands = [
        {"species": "broadleaf", "trees": 500, "planted_year": 2019},
        {"species": "lawn", "area_ha": 2.0},
        {"species": "pine", "trees": 300, "planted_year": 1999},
    ]
    spec = CarbonSpec.model_validate({"grid_factor_t_per_mwh": 0.5, "stands": stands})
    assert float(spec.uptake_t_per_year(2025)) == pytest.approx((5 + 2 * 0.254) * C)


def test_the_published_area_at_its_calibrated_rate():
    spec = CarbonSpec(grid_factor_t_per_mwh=0.9419, forest_area_ha=6.71)
    assert float(spec.uptake_t_per_year(2025)) == pytest.approx(53.4, abs=0.05)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"species": "brodleaf", "trees": 5}, "did you mean 'broadleaf'"),
        ({"species": "x", "trees": 5}, "one of crown_cover"),
        ({"species": "broadleaf", "area_ha": 5}, "must have trees and no area_ha"),
        ({"species": "lawn", "trees": 5}, "must have area_ha and no trees"),
        ({"species": "lawn", "trees": 5, "area_ha": 1}, "no trees"),
        ({"species": "broadleaf"}, "must have trees"),
    ],
)
def test_stands_that_cannot_be_counted_are_refused(wrong, says):
    with pytest.raises(ValidationError, match=says):
        StandSpec.model_validate(wrong)


def test_greens_are_not_counted_twice():
    stands = [{"species": "lawn", "area_ha": 1}]
    with pytest.raises(ValidationError, match="count twice"):
        CarbonSpec.model_validate({"grid_factor_t_per_mwh": 0.5, "stands": stands, "forest_area_ha": 1})
