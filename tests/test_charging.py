"""The charging section of a scenario: what it takes and what it refuses."""

from typing import Any

import pytest
from pydantic import ValidationError

from stationsim.models.charging import ChargingSpec, PostGroup, SocSpread, VehicleShare, library_names
from stationsim.models.vehicles import load_vehicle_library

GROUP = {"name": "fast", "posts": 4, "power_kw": 120.0}


def problem(**section: Any) -> str:
    """Return the message of the one thing wrong with a charging section."""
    with pytest.raises(ValidationError) as caught:
        ChargingSpec.model_validate({"groups": [GROUP], **section})
    errors = caught.value.errors()
    assert len(errors) == 1
    return errors[0]["msg"]


def test_defaults_stand() -> None:
    spec = ChargingSpec(groups=(PostGroup.model_validate(GROUP),))
    assert spec.max_queue is None
    assert sum(vehicle.share for vehicle in spec.vehicles) == pytest.approx(1.0, abs=1e-12)


def test_names_of_the_library_are_those_of_its_curves() -> None:
    assert library_names() == tuple(load_vehicle_library())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"posts": 0}, "greater than or equal to 1"),
        ({"posts": 2.5}, "valid integer"),
        ({"posts": True}, "valid integer"),
        ({"power_kw": 0.0}, "greater than 0"),
        ({"power_kw": 1600.0}, "less than or equal to 1500"),
        ({"power_kw": "120"}, "valid number"),
        ({"efficiency": 95.0}, "less than or equal to 1"),
        ({"efficiency": 0.0}, "greater than 0"),
        ({"name": "a/b"}, "match pattern"),
        ({"max_current_a": 0.0}, "greater than 0"),
        ({"max_current_a": 5000.0}, "less than or equal to 3000"),
        ({"standby_kw": -0.1}, "greater than or equal to 0"),
        ({"standby_kw": 200.0}, "less than or equal to 10"),
        ({"active_kw": "0.3"}, "valid number"),
    ],
)
def test_wrong_group_is_refused(change: dict[str, Any], message: str) -> None:
    assert message in problem(groups=[{**GROUP, **change}])


def test_no_group_and_no_vehicle_are_refused() -> None:
    assert "one group of posts or more, got none" in problem(groups=[])
    assert "one type of vehicle or more, got none" in problem(vehicles=[])


def test_names_of_groups_must_differ() -> None:
    assert "names of groups must differ by more than case, got fast twice" in problem(groups=[GROUP, GROUP])


def test_shares_must_sum_to_one_and_the_sum_is_shown() -> None:
    vehicles = [{"type": "vw_id4", "share": 0.5}, {"type": "vw_id3", "share": 0.4}]
    assert "shares of vehicles must sum to 1, got 0.9" in problem(vehicles=vehicles)


def test_negative_share_is_refused() -> None:
    vehicles = [{"type": "vw_id4", "share": 1.5}, {"type": "vw_id3", "share": -0.5}]
    with pytest.raises(ValidationError):
        ChargingSpec.model_validate({"groups": [GROUP], "vehicles": vehicles})


def test_types_differing_by_case_are_refused() -> None:
    own = {"usable_kwh": 60.0, "peak_kw": 100.0, "share": 0.5}
    assert "must differ" in problem(vehicles=[{"type": "Mine", **own}, {"type": "mine", **own}])


@pytest.mark.parametrize(
    ("vehicle", "message"),
    [
        ({"type": "vw_id5"}, "got 'vw_id5'; did you mean 'vw_id"),
        ({"type": "VW_ID4"}, "did you mean 'vw_id4'?"),
        ({"type": "lorry"}, "one of tesla_model_3"),
        ({"type": "mine", "usable_kwh": 60.0}, "one of curve and peak_kw"),
        ({"type": "mine", "usable_kwh": 60.0, "peak_kw": 9.0, "curve": [[0, 1], [1, 1]]}, "one of curve"),
        ({"type": "mine", "peak_kw": 60.0}, "must have usable_kwh beside"),
        (
            {"type": "mine", "usable_kwh": 60.0, "curve": [[0.1, 50.0], [1, 10.0]]},
            "start at state of charge 0",
        ),
        ({"type": "mine", "usable_kwh": 60.0, "curve": [[0, 50.0], [0, 40.0], [1, 10.0]]}, "rising"),
        ({"type": "mine", "usable_kwh": 60.0, "curve": [[0, 0.0], [1, 10.0]]}, "power above 0"),
        (
            {"type": "mine", "usable_kwh": 60.0, "curve": [[0, 50.0]]},
            "start at state of charge 0 and end at 1",
        ),
        ({"type": "mine", "usable_kwh": -60.0, "peak_kw": 50.0}, "greater than 0"),
    ],
)
def test_wrong_vehicle_is_refused(vehicle: dict[str, Any], message: str) -> None:
    assert message in problem(vehicles=[{"share": 1.0, **vehicle}])


@pytest.mark.parametrize(
    ("spread", "message"),
    [
        ({}, "either histogram, or mean and sd"),
        ({"mean": 0.5}, "either histogram, or mean and sd"),
        ({"mean": 0.5, "sd": 0.1, "histogram": [0.1] * 10}, "either histogram, or mean and sd"),
        ({"histogram": [0.5, 0.5]}, "must have 10 bins, got 2"),
        ({"histogram": [0.1] * 9 + [0.2]}, "histogram must sum to 1, got 1.1"),
        ({"mean": 0.5, "sd": 0.5}, "sd must be below 0.5"),
        ({"mean": 1.2, "sd": 0.1}, "less than 1"),
    ],
)
def test_wrong_spread_is_refused(spread: dict[str, Any], message: str) -> None:
    assert message in problem(arrival_soc=spread)


def test_cars_must_have_room_to_charge() -> None:
    nearly_full = {"mean": 0.97, "sd": 0.0}
    assert "arrival_soc must leave room for least_gain 0.05" in problem(arrival_soc=nearly_full)


def test_own_type_needs_no_library() -> None:
    own = VehicleShare(type="mine", share=1.0, usable_kwh=60.0, curve=((0.0, 100.0), (1.0, 0.0)))
    assert own.curve == ((0.0, 100.0), (1.0, 0.0))


def test_constant_state_of_charge_is_a_spread_without_width() -> None:
    assert SocSpread(mean=0.8, sd=0.0).sd == 0


def test_current_limits_cars_of_400_v_to_half() -> None:
    liquid_cooled = PostGroup(name="ultra", posts=1, power_kw=600.0, max_current_a=800.0)
    assert liquid_cooled.limit_kw(400) == 320.0
    assert liquid_cooled.limit_kw(800) == 600.0
    assert PostGroup(name="ultra", posts=1, power_kw=600.0).limit_kw(400) == 600.0


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"cabin_kw": []}, "cabin_kw must have one point or more, got none"),
        ({"cabin_kw": [[10, 1], [0, 2]]}, "cabin_kw must have rising temperatures, got [10.0, 0.0]"),
        ({"cabin_kw": [[10, 50]]}, "less than or equal to 20"),
        ({"cabin_kw": [[100, 1]]}, "less than or equal to 60"),
        ({"cold_packs": {"power_share": []}}, "power_share must have one point or more, got none"),
        ({"cold_packs": {"power_share": [[0, 0.5], [25, 0.4]]}}, "must not fall with temperature"),
        ({"cold_packs": {"power_share": [[0, 0.0], [25, 1.0]]}}, "greater than 0"),
        ({"cold_packs": {"power_share": [[0, 0.5], [25, 1.5]]}}, "less than or equal to 1"),
        ({"cold_packs": {"drive_rise_k": -1}}, "greater than or equal to 0"),
        ({"cold_packs": {"charge_rise": 20}}, "not permitted"),
    ],
)
def test_wrong_winter_is_refused(section: dict[str, Any], message: str) -> None:
    assert message in problem(**section)


def test_voltage_of_a_type_of_the_library_is_its_own() -> None:
    vehicles = [{"type": "vw_id4", "share": 1.0, "voltage_class": 800}]
    assert "usable_kwh beside curve, peak_kw or voltage_class" in problem(vehicles=vehicles)


def test_voltage_is_one_of_two_classes() -> None:
    vehicles = [{"type": "mine", "share": 1.0, "usable_kwh": 60, "peak_kw": 90, "voltage_class": 600}]
    assert "400 or 800" in problem(vehicles=vehicles)


def test_who_looks_at_prices_finds_one_at_every_post() -> None:
    groups = [GROUP | {"name": "dear", "price_per_kwh": 2.0}, GROUP | {"name": "plain"}]
    with pytest.raises(ValidationError, match="price_per_kwh beside by_price_share: group plain has none"):
        ChargingSpec.model_validate({"groups": groups, "by_price_share": 0.2})
    ChargingSpec.model_validate({"groups": groups, "by_price_share": 0.2, "price_per_kwh": 1.0})


def test_a_truck_of_the_library_is_no_car() -> None:
    with pytest.raises(ValidationError, match="vehicle_class of truck_heavy must be truck, got car"):
        VehicleShare(type="truck_heavy", share=1.0)
