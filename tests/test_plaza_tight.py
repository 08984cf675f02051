"""Short power at the plaza where sessions are not alike: shared cabinets, changeovers, giving back."""

import math

import numpy as np
import pytest

from stationsim.models.charging import VehicleToGridSpec
from stationsim.plaza.outages import Outage
from tests.plaza_cars import Car, on_cabinet, play, plaza_of, posts

GIVING = VehicleToGridSpec(share=1.0, power_kw=150.0, soc_floor=0.0, most_soc=1.0, efficiency=1.0)


def test_nobody_gives_more_than_others_take() -> None:
    """Without any other power, one gives what the other takes: 30 kWh at falling power, done in the hour."""
    giver = Car(soc=0.5, linger_s=86_400.0, gives_back=True)
    taker = Car(time_s=1000, kind=1, soc=0.5)
    plaza = plaza_of([giver, taker], posts(2), v2g=GIVING)
    plaza.advance(1000)
    assert plaza.advance(1000 + 3600, cap_kw=0.0) == pytest.approx(0.0, abs=1e-9)
    assert plaza.board.given_kwh == pytest.approx(30.0)
    assert plaza.sessions()["given_kwh"] == pytest.approx([30.0, 0.0])


def test_what_a_car_cannot_take_yet_is_not_given() -> None:
    """Power flows for the last five minutes of a quarter of an hour."""
    giver = Car(soc=0.99, linger_s=86_400.0, gives_back=True)
    taker = Car(time_s=2000)
    plaza = plaza_of([giver, taker], posts(2, changeover_seconds=600.0), v2g=GIVING)
    plaza.advance(2000)
    assert plaza.advance(2900, cap_kw=20.0) >= 0.0
    taken_kwh = sum(plaza.board.group_energy_kwh)
    assert taken_kwh > 20 / 12
    assert taken_kwh - plaza.board.given_kwh <= 20 / 4 + 1e-9


def test_a_giver_that_leaves_is_not_paid_for_what_it_did_not_give() -> None:
    """It leaves after 10 of 15 minutes, in which the other took 100 kW, 40 of them over the cap."""
    giver = Car(soc=1.0, linger_s=600.0, gives_back=True)
    taker = Car(soc=0.0, target=1.0, kind=0)
    plaza = plaza_of([giver, taker], posts(2, power_kw=100.0), v2g=GIVING)
    assert plaza.advance(900, cap_kw=60.0) == pytest.approx(60 / 4)
    assert plaza.sessions()["given_kwh"] == pytest.approx([40 / 6, 0.0])


def test_shortfall_counts_each_second_once() -> None:
    """The first car needs five of six modules from 0.6 on, which it reaches after 36 s at 60 kW.

    Until then it takes 60 of some 101 kW, afterwards the two take 60 of some 98 + 20 kW, 36 s each.
    """
    cars = [Car(kind=1, soc=0.59), Car(kind=0)]
    plaza = plaza_of(cars, on_cabinet(2, 6, "first_come"))
    assert plaza.advance(72, cap_kw=60.0) == pytest.approx(1.2)
    assert plaza.board.shortfall_kwh == pytest.approx((101 - 60 + 118 - 60) / 100, abs=0.03)


def test_a_car_that_cannot_charge_yet_takes_no_part_of_a_limit() -> None:
    """The second plugs in until the last of the three intervals, in which the two share."""
    plaza = plaza_of([Car(), Car(time_s=900)], posts(2, changeover_seconds=600.0))
    plaza.advance(900)
    assert plaza.advance(1200, cap_kw=100.0) == pytest.approx(100 / 12)
    assert plaza.advance(1500, cap_kw=100.0) == pytest.approx(100 / 12)
    assert plaza.advance(1800, cap_kw=100.0) == pytest.approx(100 / 12)
    assert plaza.sessions()["energy_kwh"] == pytest.approx([10 + 2 * 25 / 3 + 25 / 6, 25 / 6])


@pytest.mark.parametrize("allocation", ["equal", "first_come", "proportional"])
@pytest.mark.parametrize("cap_kw", [math.inf, 90.0])
def test_a_cabinet_never_gives_more_than_its_working_modules(allocation: str, cap_kw: float) -> None:
    """Two cabinets of five modules, of which up to all fail, on whole minutes; energy minute by minute."""
    rng = np.random.default_rng(4)
    cars = [
        Car(
            time_s=int(time_s),
            kind=int(rng.integers(3)),
            soc=rng.uniform(0, 0.6),
            linger_s=rng.uniform(0, 600),
        )
        for time_s in np.sort(rng.integers(0, 6 * 3600, 50))
    ]
    group = on_cabinet(3, 5, allocation)
    group = group.model_copy(update={"posts": 6})
    changes = np.where(rng.random(120) < 0.5, -1, 1)
    working, outages = [5] * 3, []
    for minute, change in enumerate(changes.tolist()):
        number = min(max(working[-1] + change, 0), 5)
        if number != working[-1]:
            is_up = number > working[-1]
            outages += [Outage(180.0 * (minute + 1), 0, place, "module", is_up) for place in (0, 1)]
        working += [number] * 3
    plaza, before = plaza_of(cars, group, outages=outages, minimum_kw=10.0), np.zeros((50, 1))
    assert 0 in working
    for minute in range(360):
        plaza.advance(60.0 * (minute + 1), cap_kw)
        table = plaza.sessions()
        gained_kwh = table["energy_kwh"] - np.resize(before, len(table["energy_kwh"]))
        for place in (0, 1):
            given_kwh = gained_kwh[table["post"] // 3 == place].sum()
            assert given_kwh <= working[minute] * 20 / 60 + 1e-9, minute
        before = np.concatenate([table["energy_kwh"], np.zeros(50 - len(table["energy_kwh"]))])


def test_bookings_that_lost_their_posts_keep_their_order() -> None:
    """Both posts fail one after the other; the one that is mended goes to the earlier car."""
    cars = [Car(time_s=1000, is_booked=True), Car(time_s=1100, is_booked=True)]
    failures = [Outage(700.0, 0, 0, "post", False), Outage(800.0, 0, 1, "post", False)]
    plaza = plaza_of(cars, posts(2), outages=[*failures, Outage(1200.0, 0, 1, "post", True)], booking_s=600.0)
    assert play(plaza)["start_s"].tolist() == [1200.0, 3000.0]
