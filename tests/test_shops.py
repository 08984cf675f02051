"""Cabinets by the lines of the label, condensing units in heat and cold, tills and drinks."""

import numpy as np
import pytest
from pydantic import ValidationError

from stationsim.models.shops import (
    LABEL_LINES,
    CabinetSpec,
    ShopsSpec,
    cabinets_kw,
    condensing_cop,
    condensing_degc,
    shops,
)

WALL = {"kind": "vertical_chilled", "display_m2": 2.0}


def power(spec, *, temp_out=25.0, hour=12.0, occupancy=0.0):
    return shops(
        spec,
        temp_out=np.array([temp_out]),
        civil_hour=np.array([hour]),
        occupancy=np.array([occupancy]),
        stay_minutes=20,
        dt_h=1.0,
    )


def test_a_wall_cabinet_of_two_square_metres_takes_its_label():
    # (9.1 + 9.1 x 2) x 0.65 = 17.745 kWh a day
    assert CabinetSpec(**WALL, efficiency_index=65).kwh_per_day == pytest.approx(17.745)
    assert CabinetSpec(**WALL, efficiency_index=65, count=3).kwh_per_day == pytest.approx(3 * 17.745)


def test_a_beverage_cooler_is_measured_by_its_volume():
    assert CabinetSpec(
        kind="beverage_cooler", volume_litres=500, efficiency_index=100
    ).kwh_per_day == pytest.approx(5.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "vertical_chilled", "volume_litres": 500},
        {"kind": "beverage_cooler", "display_m2": 1.0},
        {"kind": "beverage_cooler", "display_m2": 1.0, "volume_litres": 500},
        {"kind": "vertical_chilled"},
    ],
)
def test_the_size_must_be_the_one_of_the_kind(wrong):
    with pytest.raises(ValidationError, match=r"must have (display_m2|volume_litres) and no"):
        CabinetSpec.model_validate(wrong)


def test_a_plug_in_cabinet_warms_the_shop_with_all_it_takes():
    electricity, heat = cabinets_kw(CabinetSpec(**WALL), np.array([-10.0, 35.0]))
    np.testing.assert_allclose(electricity, 17.745 / 24)
    np.testing.assert_allclose(heat, 17.745 / 24)


def test_a_remote_cabinet_takes_its_label_at_the_rating_and_more_in_the_heat():
    spec = CabinetSpec(**WALL, remote=True)
    electricity, _ = cabinets_kw(spec, np.array([0.0, 10.0, 25.0, 35.0]))
    assert electricity[2] == pytest.approx(17.745 / 24)  # 25 degC outdoors condenses at the rated 35
    assert electricity[0] == electricity[1]  # fans hold the condenser at 20 degC
    assert electricity[0] < electricity[2] < electricity[3]
    # 45 against 35 degC condensing over -10: lift 55 against 45
    assert electricity[3] / electricity[2] == pytest.approx(0.3 + 0.7 * 55 / 45)


def test_a_remote_cabinet_cools_the_shop_by_what_its_unit_takes():
    _, heat = cabinets_kw(CabinetSpec(**WALL, remote=True), np.array([25.0]))
    taken = 0.7 * 17.745 / 24 * 0.34 * 263.15 / 45
    assert heat[0] == pytest.approx(0.3 * 17.745 / 24 - taken)
    assert heat[0] < 0


def test_the_condensing_unit_follows_carnot():
    assert condensing_cop(-10, 35) == pytest.approx(0.34 * 263.15 / 45)
    assert condensing_cop(-35, 35) < condensing_cop(-10, 35) < condensing_cop(-10, 20)
    assert condensing_degc([-20, 5, 10, 30]).tolist() == [20, 20, 20, 40]


def test_tills_and_drinks_rest_while_the_shop_is_closed():
    spec = ShopsSpec(
        tills=2, hot_drinks_per_visitor=0.1, hot_drinks_standby_kw=0.5, open_from=6.0, open_to=22.0
    )
    # 100 people of 20 min are 300 an hour: 30 drinks of 0.03 kWh
    assert power(spec, occupancy=100).total_kw[0] == pytest.approx(0.2 + 0.5 + 0.9)
    assert power(spec, hour=23.0, occupancy=100).total_kw[0] == 0


def test_cabinets_run_while_the_shop_is_closed():
    spec = ShopsSpec(cabinets=(CabinetSpec(**WALL),), open_from=6.0, open_to=22.0)
    assert power(spec, hour=3.0).total_kw[0] == pytest.approx(17.745 / 24)


def test_an_empty_shop_takes_nothing():
    assert power(ShopsSpec(), occupancy=500).total_kw[0] == 0


@pytest.mark.parametrize("kind", LABEL_LINES)
def test_every_kind_has_a_line_and_freezes_or_chills(kind):
    line = LABEL_LINES[kind]
    size = {"volume_litres": 400} if line.by_volume else {"display_m2": 2}
    assert CabinetSpec(kind=kind, **size).kwh_per_day > 1
    assert line.evaporating_degc == (-35 if "fr" in kind else -10)
