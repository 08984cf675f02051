"""PVWatts' inverter for plain numbers: equal to pvlib's, its inverse, and fit for the compiled loop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pvlib import inverter

from stationsim.models.pv import inverter_ac_kw, inverter_dc_kw


@given(dc_kw=st.just(0.0) | st.floats(1e-9, 2000), ac_kw=st.floats(1, 1000), efficiency=st.floats(0.5, 1.0))
def test_scalar_inverter_is_that_of_pvlib_and_its_inverse_leads_back(
    dc_kw: float, ac_kw: float, efficiency: float
) -> None:
    scalar = inverter_ac_kw(dc_kw, ac_kw, efficiency)
    theirs = float(inverter.pvwatts(dc_kw, ac_kw / efficiency, efficiency))
    assert scalar == pytest.approx(theirs, rel=1e-12, abs=1e-12 * ac_kw)
    if 0 < scalar < ac_kw:
        assert inverter_dc_kw(scalar, ac_kw, efficiency) == pytest.approx(dc_kw, rel=1e-12, abs=1e-12 * ac_kw)
    back = inverter_ac_kw(inverter_dc_kw(scalar, ac_kw, efficiency), ac_kw, efficiency)
    assert back == pytest.approx(scalar, rel=1e-12, abs=1e-12 * ac_kw)


def test_scalar_inverter_at_its_ends() -> None:
    assert inverter_ac_kw(0.0, 50.0, 0.96) == inverter_dc_kw(0.0, 50.0, 0.96) == 0
    assert inverter_ac_kw(100.0, 0.0, 0.96) == inverter_dc_kw(100.0, 0.0, 0.96) == 0
    assert inverter_ac_kw(1000.0, 50.0, 0.96) == 50
    assert inverter_dc_kw(80.0, 50.0, 0.96) == pytest.approx(50 / 0.96)
    assert inverter_ac_kw(1e-9, 50.0, 0.96) == 0


def test_numba_compiles_the_scalar_inverter_unchanged() -> None:
    numba = pytest.importorskip("numba")
    forward, inverse = numba.njit(inverter_ac_kw), numba.njit(inverter_dc_kw)
    for dc_kw in (0.0, 0.2, 10.0, 49.0, 80.0):
        assert forward(dc_kw, 50.0, 0.96) == pytest.approx(inverter_ac_kw(dc_kw, 50.0, 0.96), rel=1e-14)
        assert inverse(dc_kw, 50.0, 0.96) == pytest.approx(inverter_dc_kw(dc_kw, 50.0, 0.96), rel=1e-14)
