"""All other consumers."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.base_load import BaseLoadSpec, base_load_kw


def test_a_constant_and_fifteen_watts_a_person():
    spec = BaseLoadSpec(constant_kw=20, per_person_w=15)
    np.testing.assert_allclose(base_load_kw(spec, [0, 400, 1000]), [20, 26, 35])


def test_without_a_visitor_part_it_is_constant():
    np.testing.assert_array_equal(base_load_kw(BaseLoadSpec(constant_kw=20), np.arange(5)), 20)


def test_it_is_linear_so_the_step_does_not_change_its_energy():
    spec = BaseLoadSpec(constant_kw=20, per_person_w=15)
    present = np.random.default_rng(1).uniform(0, 900, 1440)
    hourly = base_load_kw(spec, present.reshape(24, 60).mean(axis=1))
    assert hourly.sum() == pytest.approx(base_load_kw(spec, present).sum() / 60, rel=1e-12)


def test_negative_power_is_refused():
    with pytest.raises(ValidationError):
        BaseLoadSpec(constant_kw=-1)
