"""Emergency loads."""

import pytest
from pydantic import ValidationError

from stationsim.models.emergency import EmergencySpec


def test_the_power_is_that_of_all_devices():
    spec = EmergencySpec(fire_panels=2, luminaires=100, cameras=10, phones=4, network_kw=0.5)
    assert spec.power_kw == pytest.approx(0.120 + 0.400 + 0.1295 + 0.02596 + 0.5)


def test_a_panel_is_the_least():
    assert EmergencySpec().power_kw == pytest.approx(0.06)


@pytest.mark.parametrize("wrong", [{"cameras": 2.5}, {"network_kw": -1}, {"siren_w": 5}])
def test_wrong_values_and_strange_keys_are_refused(wrong):
    with pytest.raises(ValidationError):
        EmergencySpec.model_validate(wrong)
