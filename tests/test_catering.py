"""Hot meals and the kitchen's power."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.catering import CateringSpec, catering_kw, meals_per_hour

LUNCH_ONLY = CateringSpec(
    meals_per_visitor_by_hour=(0.0,) * 12 + (0.25,) + (0.0,) * 11, kwh_per_meal=0.4, standby_kw=12
)


def test_a_quarter_of_the_visitors_of_the_lunch_hour_eat():
    # 200 people who stay 20 minutes are 600 visitors an hour
    meals = meals_per_hour(LUNCH_ONLY, civil_hour=[11, 12, 12.75, 13], occupancy=200, stay_minutes=20)
    np.testing.assert_allclose(meals, [0, 150, 150, 0])


def test_power_is_meals_and_standby():
    power_kw = catering_kw(LUNCH_ONLY, civil_hour=[11, 12], occupancy=[200, 200], stay_minutes=20)
    np.testing.assert_allclose(power_kw, [12, 12 + 150 * 0.4])


def test_an_empty_station_keeps_its_cold_rooms():
    np.testing.assert_array_equal(
        catering_kw(LUNCH_ONLY, civil_hour=np.arange(24), occupancy=np.zeros(24), stay_minutes=20), 12
    )


def test_array_equals_scalar():
    hours, people = np.array([7.5, 12.25, 18.0]), np.array([120.0, 300.0, 250.0])
    spec = CateringSpec(standby_kw=5)
    together = catering_kw(spec, civil_hour=hours, occupancy=people, stay_minutes=20)
    alone = [
        catering_kw(spec, civil_hour=h, occupancy=p, stay_minutes=20)
        for h, p in zip(hours, people, strict=True)
    ]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("step_minutes", [5, 15, 60])
def test_the_step_does_not_change_the_energy(step_minutes):
    minute = np.arange(1440)
    present = 380 - 330 * np.cos(2 * np.pi * minute / 1440)
    spec = CateringSpec(standby_kw=5)

    def energy_kwh(step):
        occupancy = present.reshape(-1, step).mean(axis=1)
        power_kw = catering_kw(spec, civil_hour=minute[::step] / 60, occupancy=occupancy, stay_minutes=20)
        return power_kw.sum() * step / 60

    assert energy_kwh(step_minutes) == pytest.approx(energy_kwh(1), rel=1e-12)


def test_by_default_one_visitor_in_ten_eats():
    from stationsim.traffic.spec import TOLL_GATE_WEEKDAY

    eating = np.dot(CateringSpec(standby_kw=0).meals_per_visitor_by_hour, TOLL_GATE_WEEKDAY)
    assert eating == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("wrong", [{"kwh_per_meal": -0.1}, {"meals_per_visitor_by_hour": [0.1] * 23}])
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        CateringSpec.model_validate({"standby_kw": 5, **wrong})
