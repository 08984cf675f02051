"""The real-time rule: sums to be done in the head, and a balance under every plan."""

from __future__ import annotations

from math import inf, isclose, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationsim.control.rule import Settlement, hvac_cap_kw, plaza_cap_kw, settle, water_cap_kw

OPEN = nan
POWER = st.floats(0, 1e4)


def settled(pv: float, load: float, *, plan: float = OPEN) -> Settlement:
    """Settle with a battery of 30 kW, an import of 50 kW and an export of 20 kW."""
    return settle(pv, load, 30.0, 30.0, 50.0, 20.0, plan)


@pytest.mark.parametrize(
    ("pv", "load", "expected"),
    [
        (100, 100, Settlement(0, 0, 0, 0, 0, 0)),
        (120, 100, Settlement(20, 0, 0, 0, 0, 0)),
        (145, 100, Settlement(30, 0, 0, 15, 0, 0)),
        (175, 100, Settlement(30, 0, 0, 20, 25, 0)),
        (90, 100, Settlement(0, 10, 0, 0, 0, 0)),
        (50, 100, Settlement(0, 30, 20, 0, 0, 0)),
        (10, 100, Settlement(0, 30, 50, 0, 0, 10)),
    ],
)
def test_loads_first_then_battery_then_grid(pv: float, load: float, expected: Settlement) -> None:
    assert settled(pv, load) == expected


@pytest.mark.parametrize(
    ("pv", "load", "plan", "expected"),
    [
        (0, 20, 25, Settlement(25, 0, 45, 0, 0, 0)),  # charge from the grid
        (0, 40, 25, Settlement(10, 0, 50, 0, 0, 0)),  # as far as the grid goes
        (0, 60, 25, Settlement(0, 10, 50, 0, 0, 0)),  # shortage turns the plan round
        (0, 95, 25, Settlement(0, 30, 50, 0, 0, 15)),
        (100, 60, -30, Settlement(0, 30, 0, 20, 50, 0)),  # export what the plan gives away
        (0, 5, -30, Settlement(0, 25, 0, 20, 0, 0)),  # but no more than finds a taker
        (60, 40, 0, Settlement(0, 0, 0, 20, 0, 0)),  # leave the battery alone
        (60, 40, 100, Settlement(30, 0, 10, 0, 0, 0)),  # no more than it can
    ],
)
def test_a_plan_is_followed_within_the_limits(
    pv: float, load: float, plan: float, expected: Settlement
) -> None:
    assert settled(pv, load, plan=plan) == expected


@given(
    pv=POWER,
    load=POWER,
    charge=POWER,
    discharge=POWER,
    imports=POWER,
    exports=POWER,
    plan=st.just(nan) | st.floats(-1e4, 1e4),
)
def test_every_settlement_balances_within_the_limits(
    pv: float,
    load: float,
    charge: float,
    discharge: float,
    imports: float,
    exports: float,
    plan: float,
) -> None:
    flows = settle(pv, load, charge, discharge, imports, exports, plan)
    supply = pv + flows.discharge_kw + flows.import_kw + flows.unserved_kw
    use = load + flows.charge_kw + flows.export_kw + flows.curtailed_kw
    assert isclose(supply, use, rel_tol=1e-12, abs_tol=1e-9)
    assert min(flows) >= 0
    assert flows.charge_kw <= charge
    assert flows.discharge_kw <= discharge
    assert flows.import_kw <= imports
    assert flows.export_kw <= exports
    assert flows.curtailed_kw <= pv
    assert min(flows.charge_kw, flows.discharge_kw) == 0
    assert min(flows.import_kw, flows.export_kw) == 0
    if flows.unserved_kw > 0:
        assert flows.import_kw == imports
        assert flows.charge_kw == 0
        assert isclose(flows.discharge_kw, discharge, abs_tol=1e-9)


def test_caps_leave_each_its_share() -> None:
    assert hvac_cap_kw(100, 30) == 70
    assert hvac_cap_kw(20, 30) == 0
    assert water_cap_kw(100, 0, 60) == 40  # what vehicles leave over
    assert water_cap_kw(100, 10, 95) == 10  # a tank about to spill comes first
    assert water_cap_kw(5, 10, 95) == 5
    assert water_cap_kw(-5, 10, 0) == 0
    assert plaza_cap_kw(100, 80) == 80
    assert plaza_cap_kw(60, inf) == 60
    assert plaza_cap_kw(-10, inf) == 0


def test_a_planned_discharge_without_a_taker_rounds_to_nothing_and_not_below() -> None:
    flows = settle(8191.0, 0.0, 0.0, 1.9962479240593893, 0.0, 0.0, -2.0)
    assert flows.discharge_kw == 0
    assert flows.curtailed_kw == 8191


def test_a_full_connection_leaves_no_rounding_unserved() -> None:
    """What the grid has left is charged; their sum rounds to 7e-15 kW above the limit."""
    pv, load = 21.519724299331116, 1.209823260022496
    flows = settle(pv, load, 100.0, 0.0, 58.3, 0.0, 100.0)
    assert flows.unserved_kw == 0
    assert flows.import_kw == 58.3
