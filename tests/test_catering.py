"""Meals by kind, dishes, hoods and cold rooms."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.catering import CateringSpec, MealSpec, catering, dish_water_l_per_h, meals_per_h

LUNCH = (0.0,) * 12 + (0.25,) + (0.0,) * 11
MEAL = MealSpec(
    name="hot_meal", per_visitor_by_hour=LUNCH, cooking_kwh=0.3, dish_washing_kwh=0.1, hot_water_litres=4
)
SNACK = MealSpec(
    name="snack", per_visitor_by_hour=(0.1,) * 24, cooking_kwh=0.05, dish_washing_kwh=0, hot_water_litres=0
)
LUNCH_ONLY = CateringSpec(meals=(MEAL,), standby_kw=12)
BOTH = CateringSpec(meals=(MEAL, SNACK), standby_kw=0)


def played(spec, hours, people, dt_h=1.0):
    return catering(spec, civil_hour=hours, occupancy=people, stay_minutes=20, dt_h=dt_h)


def rates(spec, hours, people, dt_h=1.0):
    return meals_per_h(spec, civil_hour=hours, occupancy=people, stay_minutes=20, dt_h=dt_h)


def test_a_quarter_of_the_visitors_of_the_lunch_hour_eat():
    # 200 people who stay 20 minutes are 600 visitors an hour
    meals = rates(LUNCH_ONLY, [11, 12, 12.75, 13], [200] * 4, dt_h=0.25)
    np.testing.assert_allclose(meals, [[0, 150, 150, 0]])


def test_each_kind_of_meal_has_its_own_hours():
    np.testing.assert_allclose(rates(BOTH, [11, 12], [200, 200]), [[0, 150], [60, 60]])
    power = played(BOTH, [11, 12], [200, 200])
    np.testing.assert_allclose(power.cooking_kw, [60 * 0.05, 150 * 0.3 + 60 * 0.05])
    np.testing.assert_allclose(power.dish_washing_kw, [0, 15])
    np.testing.assert_allclose(power.meals_per_h, [60, 210])


def test_dishes_draw_their_hot_water():
    np.testing.assert_allclose(dish_water_l_per_h(BOTH, rates(BOTH, [11, 12], [200, 200])), [0, 600])


def test_power_is_meals_dishes_and_standby():
    np.testing.assert_allclose(
        played(LUNCH_ONLY, [11, 12], [200, 200]).total_kw, [12, 12 + 150 * 0.4], rtol=1e-12
    )


def test_hoods_follow_the_meals_between_their_least_and_full_flow():
    spec = CateringSpec(
        meals=(MEAL,), hoods_kw=10, hoods_least_share=0.4, full_hood_meals_per_hour=150, standby_kw=0
    )
    power = played(spec, [3, 12, 12, 12], [200, 100, 200, 900])
    np.testing.assert_allclose(power.hoods_kw, [4, 7, 10, 10])


def test_cold_rooms_take_their_published_energy_over_a_year():
    spec = CateringSpec(meals=(), chilled_m3=100, frozen_m3=50, standby_kw=0)
    power = played(spec, np.arange(24), np.zeros(24))
    assert power.total_kw.sum() * 365 == pytest.approx(100 * 56.1 + 50 * 73.5)


def test_a_closed_kitchen_keeps_its_cold_rooms_only():
    spec = CateringSpec(
        meals=(SNACK,), hoods_kw=5, chilled_m3=156.15, standby_kw=3, open_from=6.0, open_to=22.0
    )
    power = played(spec, [2.0, 22.0], [300, 300])
    np.testing.assert_allclose(power.total_kw, 156.15 * 56.1 / 8760)
    assert not power.meals_per_h.any()


def test_an_empty_station_keeps_what_stands_by():
    np.testing.assert_array_equal(played(LUNCH_ONLY, np.arange(24), np.zeros(24)).total_kw, 12)


def test_a_station_without_meals_takes_nothing():
    assert not played(CateringSpec(meals=(), standby_kw=0), np.arange(24), np.full(24, 500)).total_kw.any()


def test_array_equals_scalar():
    hours, people = np.array([7.5, 12.25, 18.0]), np.array([120.0, 300.0, 250.0])
    spec = CateringSpec(hoods_kw=4, standby_kw=5)
    together = played(spec, hours, people).total_kw
    alone = [float(played(spec, h, p).total_kw) for h, p in zip(hours, people, strict=True)]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize("step_minutes", [5, 15, 60])
def test_the_step_does_not_change_the_energy(step_minutes):
    minute = np.arange(1440)
    present = 380 - 330 * np.cos(2 * np.pi * minute / 1440)
    spec = CateringSpec(standby_kw=5, open_from=6.5, open_to=22.0, meals=(MEAL, SNACK))

    def energy_kwh(step):
        occupancy = present.reshape(-1, step).mean(axis=1)
        power = played(spec, minute[::step] / 60, occupancy, dt_h=step / 60)
        return power.total_kw.sum() * step / 60

    assert energy_kwh(step_minutes) == pytest.approx(energy_kwh(1), rel=5e-3)


def test_by_default_one_visitor_in_ten_eats_a_hot_meal():
    from stationsim.traffic.spec import TOLL_GATE_WEEKDAY

    (meal,) = CateringSpec(standby_kw=0).meals
    assert np.dot(meal.per_visitor_by_hour, TOLL_GATE_WEEKDAY) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    "wrong",
    [
        {"standby_kw": -1},
        {"hoods_least_share": 40},
        {"meals": [{"name": "hot_meal", "cooking_kwh": -0.1}]},
        {"meals": [{"name": "hot_meal", "per_visitor_by_hour": [0.1] * 23}]},
        {"meals": [{"name": "Hot meal"}]},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        CateringSpec.model_validate({"standby_kw": 5, **wrong})
