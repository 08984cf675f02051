"""Hand dryers by use, fans by fixture."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.washrooms import WashroomsSpec, washrooms

SPEC = WashroomsSpec(visits_per_visitor=0.8, dryer_share=0.5, dryer_kwh=0.006, fixtures=20)


def test_a_day_of_a_thousand_visitors_dries_four_hundred_pairs_of_hands():
    # a thousand visitors of 20 min are 1000 / 72 people present on average
    power = washrooms(SPEC, occupancy=np.full(24, 1000 / 72), stay_minutes=20)
    assert power.dryers_kw.sum() == pytest.approx(1000 * 0.8 * 0.5 * 0.006)


def test_fans_run_day_and_night():
    power = washrooms(SPEC, occupancy=np.array([0.0, 300.0]), stay_minutes=20)
    np.testing.assert_allclose(power.fans_kw, 20 * 90 * 0.14 / 1000)
    assert power.total_kw.tolist() == pytest.approx([0.252, 0.252 + 900 * 0.0024])


def test_array_equals_scalar():
    present = np.array([0.0, 40.0, 700.0])
    together = washrooms(SPEC, occupancy=present, stay_minutes=20).total_kw
    alone = [float(washrooms(SPEC, occupancy=people, stay_minutes=20).total_kw) for people in present]
    np.testing.assert_allclose(together, alone)


@pytest.mark.parametrize("wrong", [{"dryer_share": 50}, {"fixtures": -1}, {"dryer_kwh": -0.1}])
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        WashroomsSpec.model_validate(wrong)
