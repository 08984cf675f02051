"""Batteries for the tests: one without losses, and random ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stationsim.models.battery import BatterySpec

NO_CONVERTER_LOSS = {"standing_share": 0.0, "linear_share": 0.0, "quadratic_share": 0.0}
NO_CELL_LOSS = {"linear_share": 0.0, "ohmic_share": 0.0}

LOSSLESS: dict[str, Any] = {
    "converter": NO_CONVERTER_LOSS,
    "cells": NO_CELL_LOSS,
    "thermal": None,
    "standby_kw": 0.0,
    "power_share_by_soc_charge": ((0.0, 1.0), (1.0, 1.0)),
    "power_share_by_soc_discharge": ((0.0, 1.0), (1.0, 1.0)),
}
"""Keys of a battery that loses nothing and has its whole power at any state of charge."""


@st.composite
def _curves(draw: st.DrawFn, low: float, high: float) -> tuple[tuple[float, float], ...]:
    inner = draw(st.lists(st.integers(1, 99), max_size=6, unique=True).map(sorted))
    points = [low, *(low + (high - low) * share / 100 for share in inner), high]
    return tuple((point, draw(st.sampled_from((0.0, 0.3, 0.7, 1.0)))) for point in points)


@st.composite
def specs(draw: st.DrawFn) -> BatterySpec:
    """Draw any battery."""
    low = draw(st.floats(0, 0.5))
    high = draw(st.floats(0.55, 1))
    capacity_kwh = draw(st.floats(1, 10_000))
    power_kw = capacity_kwh / draw(st.floats(0.06, 190))
    losses = st.sampled_from((0.0, 0.004, 0.05, 0.2))
    thermal = {
        "conductance_w_per_k": draw(st.none() | st.sampled_from((0.0, 1e-3, 50.0, 5000.0))),
        "room_degc": draw(st.none() | st.floats(10, 30)),
        "cool_above_degc": draw(st.floats(20, 40)),
        "heat_below_degc": draw(st.floats(-10, 20)),
    }
    return BatterySpec.model_validate(
        {
            "capacity_kwh": capacity_kwh,
            "power_kw": power_kw,
            "power_cap_kw": draw(st.none() | st.floats(0.1, 1).map(lambda share: share * power_kw)),
            "soc_minimum": low,
            "soc_maximum": high,
            "soc_initial": draw(st.floats(low, high)),
            "converter": {
                "standing_share": draw(st.floats(0, 0.02)),
                "linear_share": draw(losses),
                "quadratic_share": draw(losses),
            },
            "cells": {"linear_share": draw(losses), "ohmic_share": draw(losses)},
            "standby_kw": draw(st.none() | st.floats(0, 50)),
            "thermal": draw(st.none() | st.just(thermal)),
            **{
                f"power_share_by_soc_{way}": draw(_curves(0.0, 1.0))
                for way in ("charge", "discharge")
                if draw(st.booleans())
            },
            **{
                f"power_share_by_temperature_{way}": draw(_curves(-30.0, 60.0))
                for way in ("charge", "discharge")
                if draw(st.booleans())
            },
        }
    )
