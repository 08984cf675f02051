"""The grid connection: limits at the meter, losses of the transformer, in = out + loss."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.grid import (
    GridParameters,
    GridSpec,
    busbar_limits_kw,
    meter_exchange,
    transformer_loss_kw,
)

REFERENCE = GridSpec(import_limit_kw=3200.0, export_limit_kw=3200.0, transformer_kva=4000.0, power_factor=1.0)


@st.composite
def connections(draw: st.DrawFn) -> GridParameters:
    return GridSpec(
        import_limit_kw=draw(st.floats(100, 10_000)),
        export_limit_kw=draw(st.floats(0, 10_000)),
        transformer_kva=draw(st.one_of(st.none(), st.floats(50, 10_000))),
        power_factor=draw(st.floats(0.5, 1)),
    ).parameters


def test_default_losses_follow_the_size() -> None:
    """Two transformers of 2,000 kVA: twice 1.305 kW and twice 15 kW."""
    params = REFERENCE.parameters
    assert transformer_loss_kw(params, 0.0) == pytest.approx(2.61)
    assert transformer_loss_kw(params, 4000.0) == pytest.approx(2.61 + 30)
    assert transformer_loss_kw(params, -2000.0) == pytest.approx(2.61 + 30 / 4)


def test_a_poor_power_factor_loses_more() -> None:
    poor = REFERENCE.model_copy(update={"power_factor": 0.5}).parameters
    assert transformer_loss_kw(poor, 2000.0) == pytest.approx(2.61 + 30)


def test_given_losses_win() -> None:
    spec = GridSpec(
        import_limit_kw=1000.0,
        export_limit_kw=0.0,
        transformer_kva=1000.0,
        transformer_no_load_kw=2.0,
        transformer_load_loss_kw=10.0,
        power_factor=1.0,
    )
    assert meter_exchange(spec.parameters, 500.0) == pytest.approx((500 + 2 + 2.5, 0, 4.5))
    assert meter_exchange(spec.parameters, -500.0) == pytest.approx((0, 500 - 2 - 2.5, 4.5))


def test_a_surplus_smaller_than_the_loss_is_eaten_by_the_transformer() -> None:
    import_kw, export_kw, _ = meter_exchange(REFERENCE.parameters, -1.0)
    assert export_kw == 0
    assert import_kw == pytest.approx(1.61, abs=1e-5)


def test_without_a_transformer_meter_and_busbar_are_one() -> None:
    params = GridSpec(import_limit_kw=500.0, export_limit_kw=200.0).parameters
    assert busbar_limits_kw(params) == (500, 200)
    assert meter_exchange(params, 321.0) == (321, 0, 0)
    assert meter_exchange(params, -123.0) == (0, 123, 0)


def test_without_a_grid_nothing_passes_and_nothing_is_lost() -> None:
    params = GridSpec(import_limit_kw=0.0, export_limit_kw=0.0, transformer_kva=4000.0).parameters
    assert busbar_limits_kw(params) == (0, 0)
    assert meter_exchange(params, 0.0) == (0, 0, 0)


def test_no_export_still_lets_the_busbar_feed_the_transformer() -> None:
    params = GridSpec(import_limit_kw=100.0, export_limit_kw=0.0, transformer_kva=2000.0).parameters
    _, max_export_kw = busbar_limits_kw(params)
    assert max_export_kw == pytest.approx(1.305, abs=1e-4)
    assert meter_exchange(params, -max_export_kw)[1] == pytest.approx(0, abs=1e-9)


def test_the_transformer_is_a_limit_too() -> None:
    params = GridSpec(
        import_limit_kw=9000.0, export_limit_kw=9000.0, transformer_kva=2000.0, power_factor=0.9
    ).parameters
    assert busbar_limits_kw(params) == (1800, 1800)


@given(connections())
def test_at_the_busbar_limits_the_meter_is_at_its_own(params: GridParameters) -> None:
    max_import_kw, max_export_kw = busbar_limits_kw(params)
    drawn_kw = meter_exchange(params, max_import_kw)[0]
    given_back_kw = meter_exchange(params, -max_export_kw)[1]
    assert drawn_kw <= params.import_limit_kw * (1 + 1e-12)
    assert given_back_kw <= params.export_limit_kw * (1 + 1e-12) + 1e-9
    if max_import_kw < params.rated_kw:
        assert drawn_kw == pytest.approx(params.import_limit_kw)
    if max_export_kw < params.rated_kw:
        assert given_back_kw == pytest.approx(params.export_limit_kw, abs=1e-6)


@given(connections(), st.floats(-10_000, 10_000))
def test_in_equals_out_plus_loss(params: GridParameters, net_kw: float) -> None:
    import_kw, export_kw, loss_kw = meter_exchange(params, net_kw)
    assert import_kw - export_kw == pytest.approx(net_kw + loss_kw, abs=1e-9)
    assert min(import_kw, export_kw, loss_kw) >= 0
    assert import_kw == 0 or export_kw == 0


@given(st.floats(1e-3, 1e6), st.floats(0, 1e6), st.floats(0, 1e-2))
def test_limits_are_finite_for_any_numbers(import_limit: float, export_limit: float, loss: float) -> None:
    params = GridParameters(import_limit, export_limit, 1e5, 1e-3, loss)
    assert all(math.isfinite(limit) and limit >= 0 for limit in busbar_limits_kw(params))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"import_limit_kw": -1.0}, "greater than or equal to 0"),
        ({"import_limit_kw": 0.0, "export_limit_kw": 5.0}, "must allow import where export is allowed"),
        (
            {"import_limit_kw": 1.0, "transformer_kva": 4000.0},
            "above the transformer's no-load loss of 2.61 kW",
        ),
        ({"transformer_kva": 0.0}, "greater than 0"),
        ({"power_factor": 0.0}, "greater than 0"),
        ({"power_factor": 1.1}, "less than or equal to 1"),
        ({"limit_kw": 3.0}, "not permitted"),
    ],
)
def test_wrong_connections_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        GridSpec.model_validate({"import_limit_kw": 100.0, "export_limit_kw": 0.0, **wrong})
