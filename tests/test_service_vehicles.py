"""The station's own electric vehicles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.service_vehicles import ServiceVehiclesSpec, service_vehicles_kw


def vehicles(start="22:00", end="06:00"):
    return ServiceVehiclesSpec.model_validate(
        {"count": 6, "kwh_per_day": 20, "charging_from": start, "charging_to": end}
    )


def day_kw(spec, step_minutes):
    return service_vehicles_kw(spec, civil_hour=np.arange(0, 1440, step_minutes) / 60, dt_h=step_minutes / 60)


def test_six_vehicles_charge_through_the_night():
    power_kw = day_kw(vehicles(), 60)
    np.testing.assert_allclose(power_kw, [15] * 6 + [0] * 16 + [15] * 2)  # 6 * 20 kWh in 8 h


def test_a_window_within_the_day():
    power_kw = day_kw(vehicles("11:00", "14:00"), 60)
    np.testing.assert_allclose(power_kw, [0] * 11 + [40] * 3 + [0] * 10)


def test_a_step_that_the_window_cuts_takes_its_share():
    power_kw = day_kw(vehicles("11:30", "13:30"), 60)
    np.testing.assert_allclose(power_kw[11:14], [30, 60, 30])


@given(start=st.integers(0, 1439), end=st.integers(0, 1440), step=st.sampled_from([1, 5, 15, 60]))
def test_the_energy_of_a_day_is_the_same_in_every_window_and_step(start, end, step):
    if start == end:
        return
    spec = vehicles(f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}")
    assert day_kw(spec, step).sum() * step / 60 == pytest.approx(120, rel=1e-9)


def test_midnight_may_be_written_either_way():
    np.testing.assert_allclose(day_kw(vehicles("24:00", "06:00"), 60), day_kw(vehicles("00:00", "06:00"), 60))
    assert vehicles("00:00", "24:00").charging_kw == pytest.approx(5)


@pytest.mark.parametrize(("start", "end"), [("22:00", "22:00"), ("24:00", "00:00"), ("00:00", "00:00")])
def test_a_window_without_length_is_refused(start, end):
    with pytest.raises(ValidationError, match="charging_to must differ from charging_from"):
        vehicles(start, end)


def test_no_vehicles_draw_nothing():
    none = ServiceVehiclesSpec(count=0, kwh_per_day=20)
    np.testing.assert_array_equal(day_kw(none, 60), 0)
