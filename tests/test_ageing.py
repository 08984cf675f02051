"""Ageing of batteries: known losses, laws that only remember the loss, stresses of a day, wrong input."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.ageing import (
    AgeingSpec,
    Health,
    LifeTable,
    LithiumIonCalendar,
    age,
    blast,
    count_cycles,
    duty_of,
    naumann,
)
from stationsim.models.ageing.cycles import turning_points
from stationsim.models.ageing.duty import days_of, storage_of
from stationsim.models.ageing.laws import NO_LOSS, Curve, PowerLaw, along
from stationsim.models.ageing.sam import loss_curves, table_cycle_law

SHEET = LifeTable(
    cycles=((0.2, 5000, 0.8), (0.8, 1000, 0.8), (0.8, 2000, 0.5)), calendar=((3650, 0.8), (7300, 0.5))
)
MODELS = {
    "blast_lfp": AgeingSpec(model="blast_lfp"),
    "naumann_lfp": AgeingSpec(model="naumann_lfp"),
    "table": AgeingSpec(model="table", table=SHEET),
    "sam": AgeingSpec(model="table", table=LifeTable(calendar_law=LithiumIonCalendar())),
}
AGEING = pytest.mark.parametrize("spec", MODELS.values(), ids=MODELS)


def a_duty(soc, *, dt_h=1.0, temp_degc=25.0):
    """The duty of a series of states of charge at the steps' edges."""
    steps = len(soc) - 1
    return duty_of(
        soc=np.asarray(soc[1:], dtype=float),
        soc_start=float(soc[0]),
        temp_degc=np.full(steps, temp_degc),
        dt_h=dt_h,
        civil_day=(np.arange(steps) * dt_h // 24).astype(np.int64),
    )


def days_between(low, high, *, days=10, swings=1, dt_h=0.5):
    """Days in which the state of charge goes so many times from the middle up, down and back."""
    hours = np.arange(0, days * 24 + dt_h / 2, dt_h)
    wave = 2 / math.pi * np.arcsin(np.sin(2 * math.pi * swings * hours / 24))
    return a_duty((low + high) / 2 + (high - low) / 2 * wave, dt_h=dt_h)


# --- counting ---------------------------------------------------------------------------------------


def test_a_rise_is_half_a_cycle():
    cycles = count_cycles(np.array([0.1, 0.5, 0.9]))
    assert [field.tolist() for field in cycles] == [[0.8], [0.5], [0.5], [0], [2]]
    assert count_cycles(np.array([0.1, 0.9])).full.tolist() == pytest.approx([0.4])


@pytest.mark.parametrize("series", [[0.5], [0.5, 0.5, 0.5]])
def test_what_never_moves_has_no_cycle(series):
    assert len(count_cycles(np.array(series)).depth) == 0


@given(st.lists(st.integers(0, 20), min_size=2, max_size=60))
def test_full_equivalents_are_half_the_way_and_turning_points_change_nothing(levels):
    """Rainflow takes each piece of the way exactly once."""
    import rainflow

    series = np.array(levels) / 20
    cycles = count_cycles(series)
    assert cycles.full.sum() == pytest.approx(np.abs(np.diff(series)).sum() / 2)
    assert np.abs(series[cycles.start] - series[cycles.end]) == pytest.approx(cycles.depth)
    if len(turning_points(series)) > 2:
        direct = sorted((depth, count) for depth, _, count, _, _ in rainflow.extract_cycles(series.tolist()))
        mine = sorted(zip(cycles.depth.tolist(), cycles.weight.tolist(), strict=True))
        assert np.array(mine) == pytest.approx(np.array(direct))


# --- laws -------------------------------------------------------------------------------------------


@given(st.floats(0.01, 0.2), st.floats(0.3, 1), st.floats(0, 0.2))
def test_two_duties_are_one_after_the_other(rate, exponent, loss):
    law = PowerLaw(rate ** (1 / exponent), exponent)
    assert law.after(law.after(loss)) == pytest.approx(law.after(loss, 2.0), abs=1e-12)
    assert law.after(0.0) == pytest.approx(rate)


def test_a_new_stress_continues_its_own_curve_from_the_present_loss():
    """L' = k ((L / k)^(1/p) + dt)^p."""
    k, p, loss, dt = 4e-4, 0.526, 0.02, 30.0
    assert PowerLaw(k ** (1 / p) * dt, p).after(loss) == pytest.approx(k * ((loss / k) ** (1 / p) + dt) ** p)


def test_what_rests_keeps_its_loss_to_the_last_digit():
    assert NO_LOSS.after(0.123456789) == 0.123456789
    assert PowerLaw(0.0, 0.828).after(0.1) == 0.1
    assert Curve(np.array([0.0, 0.2]), np.array([0.0, 10.0])).after(0.1, 0.0) == 0.1


def test_the_last_line_goes_on():
    assert along(3.0, np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 3.0])) == 5.0


# --- stresses ---------------------------------------------------------------------------------------


def test_stresses_of_days_that_can_be_read_off():
    soc = np.concatenate(([0.5], np.full(6, 0.5), [0.6, 0.7, 0.8, 0.9], np.full(14, 0.9), np.full(24, 0.9)))
    duty = a_duty(soc[: 2 * 24 + 1])
    days = days_of(duty)
    assert days.depth == pytest.approx([0.4, 0.0])
    assert days.full_cycles == pytest.approx([0.2, 0.0])
    assert days.mean_rate == pytest.approx([0.4 / 24, 0.0])
    assert days.charge_rate == pytest.approx([0.1, 0.0])
    assert days.discharge_rate == pytest.approx([0.0, 0.0])
    assert duty.days == 2


def test_a_day_begins_with_the_state_the_last_one_left():
    soc = np.concatenate((np.full(25, 0.9), np.full(24, 0.5)))
    assert days_of(a_duty(soc)).depth == pytest.approx([0.0, 0.4])


def test_a_day_in_which_clocks_change_has_its_own_length():
    duty = duty_of(
        soc=np.full(47, 0.5), soc_start=0.5, temp_degc=np.full(47, 20.0), dt_h=1.0,
        civil_day=np.repeat([0, 1], [23, 24]),
    )  # fmt: skip
    assert days_of(duty).length_days == pytest.approx([23 / 24, 1.0])
    assert len(storage_of(duty).soc) == 47


@AGEING
@pytest.mark.parametrize("minutes", [1, 5, 60])
def test_the_step_changes_little(spec, minutes):
    """A slow swing is the same in short and long steps; corners that an hour cuts off cost a per cent."""
    expected = age(spec, Health(age_days=1), days_between(0.1, 0.9, dt_h=1 / 60)).end
    got = age(spec, Health(age_days=1), days_between(0.1, 0.9, dt_h=minutes / 60)).end
    assert got.calendar_loss == pytest.approx(expected.calendar_loss, rel=0.01)
    assert got.cycle_loss == pytest.approx(expected.cycle_loss, rel=0.01)


# --- models -----------------------------------------------------------------------------------------


def test_rates_are_alike_for_numbers_and_arrays():
    socs, temps = np.array([0.1, 0.5, 0.9]), np.array([283.15, 298.15, 313.15])
    law = LithiumIonCalendar()
    for rate in (blast.calendar_rate, naumann.calendar_rate, law.rate):
        alone = [float(rate(soc, temp)) for soc, temp in zip(socs, temps, strict=True)]
        assert rate(socs, temps) == pytest.approx(alone, rel=1e-14)
    assert naumann.cycle_rate(socs, socs) == pytest.approx([naumann.cycle_rate(x, x) for x in socs])


def test_heat_ages_in_store_and_cold_ages_in_use():
    assert blast.calendar_rate(0.5, 308.15) > blast.calendar_rate(0.5, 298.15)
    assert naumann.calendar_rate(0.5, 308.15) > naumann.calendar_rate(0.5, 298.15)
    assert blast.cycle_warmth(283.15) > blast.cycle_warmth(298.15)


def test_a_changing_temperature_ages_more_than_its_mean():
    """Arrhenius is convex, so a day of 15 and 35 degC counts more than one of 25."""
    soc = np.full(25, 0.5)
    even = a_duty(soc)
    uneven = even._replace(temp_degc=np.repeat([15.0, 35.0], 12))
    for spec in (MODELS["blast_lfp"], MODELS["naumann_lfp"]):
        assert age(spec, Health(), uneven).end.calendar_loss > age(spec, Health(), even).end.calendar_loss


@AGEING
def test_a_battery_that_is_never_used_has_only_calendar_loss(spec):
    start = Health(0.02, 0.0123, 1000.0, 50.0)
    end = age(spec, start, a_duty(np.full(24 * 7 + 1, 0.6))).end
    assert end.cycle_loss == start.cycle_loss
    assert end.discharged_kwh == 1000.0
    assert end.age_days == 57.0
    if spec.table is None or spec.table.calendar or spec.table.calendar_law:
        assert end.calendar_loss > start.calendar_loss


@AGEING
@given(st.integers(1, 4), st.integers(1, 4), st.floats(0, 0.1))
def test_more_cycles_never_give_more_health(spec, swings, more, loss):
    """More of the same swings in the same days leave the battery as long at each state of charge."""
    start = Health(cycle_loss=loss, age_days=1)
    few, many = (
        age(spec, start, days_between(0.1, 0.9, days=3, swings=n)).end for n in (swings, swings + more)
    )
    assert many.cycle_loss >= few.cycle_loss >= loss
    assert many.share <= few.share + 2e-5  # the time at each state of charge is alike but for the steps


@AGEING
@given(st.floats(0.05, 0.9), st.floats(0, 0.15))
def test_deeper_cycles_never_wear_less(spec, depth, loss):
    """A table is held from new on: between its rows curves bend at the same cycles, not the same loss."""
    start = Health(cycle_loss=loss if spec.table is None else 0.0, age_days=1)
    shallow, deep = (
        age(spec, start, days_between(0.5 - d / 2, 0.5 + d / 2, days=2)).end for d in (depth, depth + 0.1)
    )
    assert deep.cycle_loss >= shallow.cycle_loss - 1e-12


@AGEING
def test_years_left_are_those_that_repeating_the_duty_takes(spec):
    duty = days_between(0.1, 0.9, days=20, swings=3)
    found = age(spec, Health(0.01, 0.01, 0.0, 10.0), duty)
    health, duties = found.end, 0
    if not math.isfinite(found.years_left):
        pytest.skip("this one never wears out")
    while health.share > spec.end_of_life_share:
        health, duties = age(spec, health, duty).end, duties + 1
    assert duties - 1 < found.years_left * 365.25 / 20 <= duties


def test_no_years_are_left_of_a_worn_battery_and_none_end_without_loss():
    worn = Health(0.1, 0.15, 0.0, 1.0)
    assert age(MODELS["blast_lfp"], worn, days_between(0.1, 0.9)).years_left == 0.0
    assert age(AgeingSpec(model="none"), Health(), days_between(0.1, 0.9)).years_left == math.inf


def test_days_outside_the_tests_of_the_cells_are_counted():
    duty = days_between(0.3, 0.7, days=4)
    cold = duty._replace(temp_degc=np.where(np.arange(len(duty.temp_degc)) < 48, 5.0, 25.0))
    found = age(MODELS["blast_lfp"], Health(), cold)
    assert found.days_outside == 4
    assert found.outside == {"colder than 10 degC": 1, "cycled less deep than 0.8": 4}
    assert age(MODELS["naumann_lfp"], Health(), cold).outside == {}
    assert age(MODELS["blast_lfp"], Health(), days_between(0.1, 0.9)).days_outside == 0
    fast = age(MODELS["blast_lfp"], Health(), days_between(0.1, 0.9, swings=18, dt_h=1 / 12))
    assert {"charged faster than 0.65C", "discharged faster than 1C"} <= set(fast.outside)
    assert age(MODELS["blast_lfp"], Health(), a_duty(np.full(25, 0.5))).days_outside == 0


# --- tables of data sheets --------------------------------------------------------------------------


def test_a_table_is_bilinear_held_above_and_in_proportion_below():
    numbers, losses = loss_curves(SHEET, np.array([0.1, 0.2, 0.5, 0.8, 1.0]))
    assert numbers.tolist() == [0.0, 1000.0, 2000.0, 5000.0]
    at_1000 = losses[:, 1]
    assert at_1000 == pytest.approx([0.02, 0.04, 0.12, 0.2, 0.2])
    assert losses[3] == pytest.approx([0.0, 0.2, 0.5, 1.4])


def test_a_table_continues_from_the_loss_whatever_made_it():
    """After 0.2 lost, cycles of depth 0.8 take the second line of their row: 0.3 in 1000."""
    law = table_cycle_law(SHEET, np.array([0.8]), np.array([100.0]))
    assert law.after(0.0) == pytest.approx(0.02)
    assert law.after(0.2) == pytest.approx(0.23)
    assert law.after(0.19, 1.0) == pytest.approx(0.2 + 0.3 * 50 / 1000)


def test_mixed_cycles_wear_by_the_slopes_of_each():
    law = table_cycle_law(SHEET, np.array([0.2, 0.8]), np.array([500.0, 100.0]))
    assert law.after(0.0) == pytest.approx(500 * 0.2 / 5000 + 100 * 0.2 / 1000)
    assert law.after(0.0, 5.0) == pytest.approx(0.2)


def test_a_calendar_of_rows_goes_by_age():
    year = a_duty(np.full(24 * 365 + 1, 0.5))
    health = Health()
    for _ in range(10):
        health = age(MODELS["table"], health, year).end
    assert health.calendar_loss == pytest.approx(0.2)


def test_a_new_cell_of_sams_law_has_more_than_its_rating_and_remembers_it():
    day = a_duty(np.full(25, 0.5), temp_degc=25.0)
    health = Health()
    for _ in range(365):
        health = age(MODELS["sam"], health, day).end
    assert health.calendar_loss == pytest.approx(1 - 1.00753, abs=5e-6)


# --- what may be written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"model": "lead_acid"}, "blast_lfp"),
        ({"model": "table"}, "must have table"),
        ({"model": "blast_lfp", "table": {"calendar": [[3650, 0.8]]}}, "must have table"),
        ({"model": "table", "table": {}}, "got none"),
        ({"model": "table", "table": {"cycles": [[0.8, 1000, 0.8], [0.8, 2000, 0.9]]}}, "falls"),
        ({"model": "table", "table": {"cycles": [[0.8, 1000, 0.8], [0.8, 1000, 0.7]]}}, "rise"),
        ({"model": "table", "table": {"calendar": [[3650, 0.8], [300, 0.7]]}}, "rise"),
        ({"model": "table", "table": {"calendar": [[1, 0.8]], "calendar_law": {}}}, "got both"),
        ({"model": "table", "table": {"calendar": [[1e-9, 0.8]]}}, "greater than or equal to 1"),
        ({"model": "table", "table": {"cycles": [[0.8, 1e-9, 0.8]]}}, "greater than or equal to 1"),
        (
            {"model": "table", "table": {"calendar_law": {"temperature_k": 1e9}}},
            "less than or equal to 20000",
        ),
        ({"model": "table", "table": {"calendar_law": {"charge_k": -1e9}}}, "to -20000"),
        (
            {"model": "table", "table": {"calendar_law": {"rate_per_sqrt_day": 1}}},
            "less than or equal to 0.1",
        ),
        ({"model": "blast_lfp", "initial": {"calendar_loss": 0.6, "cycle_loss": 0.4}}, "below 1 together"),
        ({"model": "blast_lfp", "initial": {"cycle_loss": -0.1}}, "greater than or equal to 0"),
        ({"model": "blast_lfp", "end_of_life_share": 1}, "less than 1"),
        ({"model": "blast_lfp", "replacement_cost_per_kwh": -1}, "greater than or equal to 0"),
        ({"model": "blast_lfp", "efc": 3}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(content, words):
    with pytest.raises(ValidationError, match=words):
        AgeingSpec.model_validate(content)


def test_a_spec_survives_plain_data():
    for spec, cost in itertools.product(MODELS.values(), (None, 800.0)):
        priced = spec.model_copy(update={"replacement_cost_per_kwh": cost})
        assert AgeingSpec.model_validate(priced.model_dump(mode="json")) == priced
