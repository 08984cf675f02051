"""What a battery may be said to be, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.errors import ScenarioError
from stationsim.models.battery import BatterySpec, battery_parameters, charge_dc_kw
from stationsim.models.battery.curves import CURVE_POINTS
from stationsim.scenario import Scenario
from tests.random_scenarios import canopy, content

SIZE: dict[str, Any] = {"capacity_kwh": 100.0, "power_kw": 50.0}


def spec(**keys: Any) -> BatterySpec:
    return BatterySpec.model_validate(SIZE | keys)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"soc_minimum": 0.9, "soc_maximum": 0.1}, "soc_minimum below soc_maximum, got 0.9 and 0.1"),
        ({"soc_minimum": 0.5, "soc_maximum": 0.5}, "soc_minimum below soc_maximum"),
        ({"soc_initial": 0.05}, "soc_initial from soc_minimum to soc_maximum, got 0.05 outside 0.1 to 0.9"),
        ({"soc_initial": 0.95}, "soc_initial from soc_minimum"),
        ({"capacity_kwh": 0.0}, "greater than 0"),
        ({"power_kw": -1.0}, "greater than 0"),
        ({"power_kw": 5000.0}, "capacity_kwh over power_kw from 0.05 to 200 h, got 0.02"),
        ({"power_cap_kw": 0.0}, "greater than 0"),
        ({"standby_kw": -1.0}, "greater than or equal to 0"),
        ({"capacity": 1.0}, "Extra inputs are not permitted"),
        ({"seasons": [{"months": [13], "soc_minimum": 0.2, "soc_maximum": 0.9}]}, "less than or equal to 12"),
        ({"seasons": [{"months": [], "soc_minimum": 0.2, "soc_maximum": 0.9}]}, "at least 1 item"),
        ({"seasons": [{"months": [1], "soc_minimum": 0.9, "soc_maximum": 0.2}]}, "below soc_maximum"),
        ({"seasons": [{"months": [1, 1], "soc_minimum": 0.2, "soc_maximum": 0.9}]}, "got month 1 twice"),
        ({"converter": {"linear_share": 0.5}}, "less than or equal to 0.2"),
        ({"converter": {"standing_share": 0.04}}, "standing_share at most half of least_share"),
        ({"cells": {"ohmic_share": -0.1}}, "greater than or equal to 0"),
        ({"power_share_by_soc_charge": [[0, 1]]}, "at least 2 items"),
        ({"power_share_by_soc_charge": [[0.1, 1], [1, 1]]}, "must start at state of charge 0 and end at 1"),
        ({"power_share_by_soc_discharge": [[0, 1], [0.5, 1], [0.4, 1], [1, 1]]}, "rising states of charge"),
        ({"power_share_by_soc_charge": [[0, 1], [1, 2]]}, "less than or equal to 1"),
        ({"power_share_by_temperature_charge": [[5, 0], [0, 1]]}, "must have rising temperatures"),
        ({"power_share_by_temperature_discharge": [[k, 1] for k in range(9)]}, "at most 8 items"),
        ({"thermal": {"heat_below_degc": 30.0}}, "heat_below_degc at most cool_above_degc"),
        ({"thermal": {"cooling_cop": 0.0}}, "greater than or equal to 0.5"),
        ({"warranty": {"years": 10}}, "one of throughput_mwh and full_cycles, got neither"),
        ({"warranty": {"years": 10, "full_cycles": 1, "throughput_mwh": 1}}, "got both"),
        ({"coupling": "dc"}, "coupling: dc must have surfaces"),
        ({"surfaces": ["roof"]}, "surfaces must be left out where coupling is ac"),
        ({"coupling": "dc", "surfaces": ["roof", "roof"]}, "surfaces must be named once each"),
        ({"coupling": "hybrid"}, "Input should be 'ac' or 'dc'"),
    ],
)
def test_wrong_batteries_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        spec(**wrong)


def test_size_and_power_alone_make_a_sensible_battery() -> None:
    params = battery_parameters(BatterySpec(capacity_kwh=1000.0, power_kw=500.0))
    assert (params.standby_kw, params.cooling_kw, params.heating_kw) == (1.0, 15.0, 5.0)
    assert params.heat_capacity_kwh_k == pytest.approx(1000 / 0.16 * 1000 / 3.6e6)  # 6,250 kg
    assert math.isnan(params.room_degc)
    assert params.power_kw == 500


def test_all_units_have_parameters_of_one_shape() -> None:
    """So that a compiler needs one version for all of them."""
    rich = spec(
        power_share_by_soc_charge=[[k / 7, 1 - k / 8] for k in range(8)],
        thermal={"room_degc": 20.0},
        seasons=[{"months": [1], "soc_minimum": 0.2, "soc_maximum": 0.9}],
    )
    for unit in (spec(), rich, spec(thermal=None)):
        for value in battery_parameters(unit):
            if isinstance(value, tuple):
                assert all(type(number) is float for number in value)
                assert len(value) in (CURVE_POINTS, 5)
            else:
                assert type(value) is float


def test_a_dc_coupled_battery_has_a_converter_of_its_own_kind() -> None:
    """A DC/DC converter loses 1 % at full power, one with an inverter's stage near 5 %."""
    of_ac = battery_parameters(spec())
    of_dc = battery_parameters(spec(coupling="dc", surfaces=["roof"]))
    assert charge_dc_kw(of_ac, 50.0) == pytest.approx(50 * 0.9525)
    assert charge_dc_kw(of_dc, 50.0) == pytest.approx(50 * 0.99)
    told = battery_parameters(spec(coupling="dc", surfaces=["roof"], converter={"linear_share": 0.1}))
    assert charge_dc_kw(told, 50.0) < 46


def test_a_warranty_is_told_in_energy_or_in_cycles() -> None:
    assert spec(warranty={"years": 10, "full_cycles": 6000}).warranted_kwh == 600_000
    assert spec(warranty={"years": 10, "throughput_mwh": 500}).warranted_kwh == 500_000
    assert spec().warranted_kwh == math.inf


class TestSeveral:
    TWO = (SIZE | {"name": "north"}, SIZE | {"name": "south"})

    def load(self, **sections: Any) -> Scenario:
        return Scenario.from_dict(content(solar=canopy(100), **({"battery": None} | sections)))

    def test_one_none_and_two(self) -> None:
        assert [name for name, _ in self.load(battery=SIZE).battery_units] == ["battery"]
        assert self.load().battery_units == ()
        assert [name for name, _ in self.load(batteries=list(self.TWO)).battery_units] == ["north", "south"]

    @pytest.mark.parametrize(
        ("sections", "message"),
        [
            ({"battery": SIZE, "batteries": list(TWO)}, "give one of battery and batteries, not both"),
            ({"batteries": [TWO[0], TWO[0]]}, "batteries must have distinct names, got north twice"),
            ({"batteries": [SIZE]}, "batteries[0].name: missing"),
            ({"batteries": [SIZE | {"name": "North"}]}, "batteries[0].name"),
            (
                {"battery": SIZE | {"coupling": "dc", "surfaces": ["canpy"]}},
                "must be names in solar.surfaces, got 'canpy'",
            ),
            (
                {"battery": SIZE | {"coupling": "dc", "surfaces": ["canpy"]}, "solar": None},
                "must be names in solar.surfaces",
            ),
            (
                {"batteries": [unit | {"coupling": "dc", "surfaces": ["canopy"]} for unit in TWO]},
                "batteries must share no surface twice, got canopy",
            ),
        ],
    )
    def test_what_does_not_go_together(self, sections: dict[str, Any], message: str) -> None:
        with pytest.raises(ScenarioError) as caught:
            Scenario.from_dict(content(**({"battery": None, "solar": canopy(100)} | sections)))
        assert message in str(caught.value)

    def test_the_first_state_of_charge_lies_in_the_window_of_its_season(self) -> None:
        season = {"months": [6, 7], "soc_minimum": 0.6, "soc_maximum": 0.8}
        unit = SIZE | {"seasons": [season]}
        usual = content()["period"]
        assert usual["start"] == "2025-06-01"
        for sections, key in (
            ({"battery": unit}, "battery"),
            ({"batteries": [unit | {"name": "north"}]}, "batteries[north]"),
        ):
            with pytest.raises(ScenarioError) as caught:
                self.load(**sections)
            assert (
                f"{key}.soc_initial must be from 0.6 to 0.8, the window that {key}.seasons has in month 6"
                in str(caught.value)
            )
        assert self.load(battery=unit | {"soc_initial": 0.6}).battery
        assert self.load(battery=unit, period={"start": "2025-08-01", "end": "2025-08-02"}).battery

    def test_both_lines_are_told(self, tmp_path: Any) -> None:
        import json

        both = content(battery=SIZE, batteries=list(self.TWO))
        path = tmp_path / "both.yaml"
        path.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in both.items()))
        lines = path.read_text().splitlines()
        one, many = (
            next(n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:"))
            for key in ("battery", "batteries")
        )
        with pytest.raises(ScenarioError) as caught:
            Scenario.from_yaml(path)
        assert f"battery is on line {one}, batteries is on line {many}" in str(caught.value)


def test_curves_of_shares_are_those_of_the_file() -> None:
    points = [[0, 0.4], [0.3, 1], [0.8, 1], [1, 0]]
    params = battery_parameters(spec(power_share_by_soc_charge=points))
    assert (params.charge_from_kwh, params.charge_until_kwh) == pytest.approx((30, 80))
    levels = np.linspace(0, 1, 11)
    told = np.interp(levels, *np.array(points).T)
    ours = np.interp(levels, params.charge_soc[:4], params.charge_share[:4])
    assert ours == pytest.approx(told)
