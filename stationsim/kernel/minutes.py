"""The minutes of the building: the hot loop that plays many steps of its zones.

Staging of units, minimum run and rest times and the heat pumps' control act on whole minutes. Weather, gains,
ventilation and set points are constant over a step; the limit on electricity over a stretch of steps.

Everything here is written so that a compiler takes it as it stands: plain numbers, named tuples of them, and
flat sequences that are read and written by index. Such a sequence is a list or a memoryview in plain Python
and an array when compiled. A state is changed in place, rows are written into a buffer that the caller keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stationsim.kernel.building import (
    AIR,
    FIRST,
    FREE_COOLING_MARGIN_K,
    MASS,
    MINUTE,
    ON,
    SWITCHED,
    BuildingOutput,
    RoomInputs,
    RoomParameters,
)

ROW = BuildingOutput._fields
"""What a step of a zone writes, in this order."""

WIDTH = len(ROW)
"""Numbers of a row."""

W_PER_KW = 1000.0
NEVER = float("inf")
"""What no temperature and no power reaches."""

NEED_MARGIN_K = 0.5
"""A zone this little above its heating set point counts as one that needs heat [K]."""


def switch_unit(state: Any, room: RoomParameters, comes: bool, on: int, first: int, minute: int) -> int:
    """Let one unit come or go, unless it has to rest or run on; return the units on.

    The units form a ring: the next in it comes, the one that has run longest goes.
    """
    unit = (first + on) % room.units if comes else first
    least_minutes = room.minimum_off_minutes if comes else room.minimum_on_minutes
    if minute - state[SWITCHED + unit] < least_minutes:
        return on
    state[SWITCHED + unit] = minute
    return on + 1 if comes else on - 1


def stop_units(state: Any, room: RoomParameters, on: int, allowed: int) -> int:
    """Stop the units that have run longest until no more run than are allowed; return the units on."""
    first = int(state[FIRST])
    while on > allowed:
        state[SWITCHED + first] = state[MINUTE]
        first = (first + 1) % room.units
        on -= 1
    state[FIRST] = first
    return on


def limited_heat_kw(heat_kw: float, least_kw: float, idle_share: float, cop: float, cap_kw: float) -> float:
    """Return the heat that a heat pump may bring within a limit on its electricity [kW].

    Parameters
    ----------
    heat_kw
        Heat it would bring without the limit [kW].
    least_kw
        Heat down to which it modulates; below it cycles [kW].
    idle_share
        Share of `least_kw` that cycling costs at no load.
    cop
        Coefficient of performance without cycling.
    cap_kw
        Most electricity [kW].
    """
    most = cap_kw * cop
    if most < least_kw:
        most = (most - idle_share * least_kw) / (1.0 - idle_share)
    if most <= 0.0:
        return 0.0
    return heat_kw if heat_kw < most else most


def part_load(heat_kw: float, least_kw: float, idle_share: float) -> float:
    """Return the heat that a unit is charged for, cycling included [kW]; see `models.hvac.part_load_kw`."""
    if heat_kw <= 0.0:
        return 0.0
    return heat_kw if heat_kw >= least_kw else heat_kw + idle_share * (least_kw - heat_kw)


def play_building(
    states: Sequence[Any],
    rooms: Sequence[RoomParameters],
    inputs: Sequence[RoomInputs],
    begin: int,
    end: int,
    n_minutes: int,
    cap_kw: float,
    rows: Sequence[Any],
    row: int,
) -> None:
    """Play a stretch of steps of all zones.

    Parameters
    ----------
    states
        What each zone remembers, from `initial_state`; changed in place.
    rooms
        The zones, from `room_parameters`.
    inputs
        What drives each zone, step by step.
    begin, end
        First step of the stretch and the one after its last, as indices of the inputs.
    n_minutes
        Length of a step [min].
    cap_kw
        Most electricity that heating and cooling of all zones may draw [kW]; infinite as a rule, and then the
        stretch may be of any length. A finite limit holds for a stretch of one step.
    rows
        A flat buffer of zeros for each zone; step i of the stretch goes to place ``(row + i) * WIDTH`` on,
        and zeros are not written again.
    row
        Row of the first step in the buffers.

    Notes
    -----
    A limit that all zones together cannot reach binds none of them. Else they share it in proportion to what
    each could draw in the step (`most_electric_kw`), where a zone that needs neither heat nor cold at its
    start asks for its standby alone; what one leaves of its share passes on to the next.
    """
    number = len(rooms)
    bound_kw = asked_kw = 0.0
    if cap_kw < float("inf"):
        for zone in range(number):
            bound_kw += most_electric_kw(states[zone], rooms[zone], inputs[zone], begin, True)
            asked_kw += most_electric_kw(states[zone], rooms[zone], inputs[zone], begin, False)
    if bound_kw <= cap_kw:
        for zone in range(number):
            play_zone(
                states[zone], rooms[zone], inputs[zone], begin, end, n_minutes, float("inf"), rows[zone], row
            )
        return
    spare_kw = cap_kw if cap_kw > 0.0 else 0.0
    for zone in range(number):
        ask_kw = most_electric_kw(states[zone], rooms[zone], inputs[zone], begin, False)
        share_kw = spare_kw
        if zone < number - 1:
            share_kw = spare_kw * (ask_kw / asked_kw) if asked_kw > 0.0 else 0.0
        play_zone(states[zone], rooms[zone], inputs[zone], begin, end, n_minutes, share_kw, rows[zone], row)
        place = row * WIDTH
        left_kw = spare_kw - rows[zone][place] - rows[zone][place + 1]
        spare_kw = left_kw if left_kw > 0.0 else 0.0
        asked_kw -= ask_kw


def most_electric_kw(
    state: Any, room: RoomParameters, inputs: RoomInputs, step: int, whatever: bool
) -> float:
    """Return what heating and cooling of a zone could draw in a step [kW].

    Parameters
    ----------
    state, room, inputs
        A zone, as for `play_zone`.
    step
        The step.
    whatever
        Whether the bound holds whatever the zone needs; else only what it needs at the start counts: cold
        from the lower end of the band round the set point on, heat up to `NEED_MARGIN_K` above its set point.
    """
    air = state[AIR]
    most_kw = room.all_standby_kw
    band_k = room.stage_k * room.units
    if room.units > 0 and (whatever or state[ON] > 0 or air > inputs.cooling_degc[step] - band_k):
        most_kw += room.units * room.unit_electric_kw * inputs.unit_input[step]
    if whatever or air < inputs.heating_degc[step] + NEED_MARGIN_K:
        most_kw += inputs.pump_kw[step] / inputs.pump_cop[step] + room.backup_kw
    return most_kw


def play_zone(
    state: Any,
    room: RoomParameters,
    inputs: RoomInputs,
    begin: int,
    end: int,
    n_minutes: int,
    cap_kw: float,
    rows: Any,
    row: int,
) -> None:
    """Play a stretch of steps of one zone, minute by minute; parameters as for `play_building`.

    Notes
    -----
    The step of the zone is that of `stationsim.models.zone.zone_coefficients`, written out: of its matrix
    only one number depends on ventilation. It is solved anew when ventilation changes.

    Each minute at most one unit switches: one comes when the air is above its stage, the one that has run
    longest leaves when the air is below. In its first minute a unit lacks the cold of its start. Units that
    modulate, and the heat pump, bring the air to its set point by the end of the minute as far as their power
    allows; below their least power they cycle, which costs electricity. Resistance adds what the heat pump
    lacks. Outdoor air cools for free while the zone is warm and it is cooler. Units beyond a limit on
    electricity stop at once, whatever their least run time; standby yields last.
    """
    air, mass = state[AIR], state[MASS]
    on, first, minute = int(state[ON]), int(state[FIRST]), int(state[MINUTE])
    temp_out, air_w, mass_w = inputs.temp_out, inputs.air_w, inputs.mass_w
    usual_w_k, free_w_k = inputs.ventilation_w_k, inputs.free_w_k
    cooling_degc, heating_degc = inputs.cooling_degc, inputs.heating_degc
    air_store, mass_store, coupling = room.air_store_w_k, room.mass_store_w_k, room.coupling_w_k
    air_total, a22, carry, stage = room.air_total_w_k, room.mass_total_w_k, room.air_carry, room.stage_k
    twice = 1.0 + carry
    weight = carry / twice
    units, idle = room.units, room.idle_share
    half = 0.5 * units * stage
    modulates = room.modulates
    staged = 0 if modulates else units
    limited = cap_kw < NEVER
    cap = cap_kw if cap_kw > 0.0 else 0.0
    standby_kw = room.all_standby_kw if room.all_standby_kw < cap else cap
    aa = am = a_kw = ma = mm = m_kw = a11 = to_air = to_mass = 0.0
    solved_w_k = -1.0
    n = float(n_minutes)
    place = row * WIDTH
    for step in range(begin, end):
        out, qa, qm = temp_out[step], air_w[step], mass_w[step]
        warm, cold = cooling_degc[step], heating_degc[step]
        free_from = cold + FREE_COOLING_MARGIN_K
        if free_from < room.free_above_degc:
            free_from = room.free_above_degc
        if free_from < out:
            free_from = out
        allowed, unit_heat_kw, unit_extra_kw, pump_kw, cop = staged, 0.0, 0.0, 0.0, 0.0
        if on or limited or modulates:
            unit_heat_kw = room.unit_sensible_kw * inputs.unit_capacity[step]
            unit_extra_kw = room.unit_electric_kw * inputs.unit_input[step] - room.standby_kw
        if limited and not modulates:
            spare_kw = cap - room.all_standby_kw
            if spare_kw < units * unit_extra_kw:
                allowed = int(spare_kw / unit_extra_kw) if spare_kw > 0.0 else 0
            if on > allowed:
                state[MINUTE] = minute
                on = stop_units(state, room, on, allowed)
                first = int(state[FIRST])
        middle = warm + on * stage - half
        come = middle + stage if on < allowed else NEVER
        leave = middle - stage if on else -NEVER
        start_air, start_mass = air, mass
        air_sum = mass_sum = free_sum = heat_sum = pump_sum = backup_sum = cold_sum = chill_sum = 0.0
        on_sum = starts = 0
        minute += n_minutes
        left = n_minutes
        while left:
            free = air > free_from
            w_k = free_w_k[step] if free else usual_w_k[step]
            if w_k != solved_w_k:
                solved_w_k = w_k
                a11 = air_store + air_total + w_k
                scale = 1.0 / (a11 * a22 - coupling * coupling)
                to_air, to_mass = twice * scale, 2.0 * scale
                aa = to_air * a22 * air_store - carry
                am = to_air * coupling * mass_store
                a_kw = to_air * a22 * W_PER_KW
                ma = to_mass * coupling * air_store
                mm = to_mass * a11 * mass_store - 1.0
                m_kw = to_mass * coupling * W_PER_KW
            supply = qa + w_k * out
            air_drive = to_air * (a22 * supply + coupling * qm)
            mass_drive = to_mass * (a11 * qm + coupling * supply)
            while left:
                after = aa * air + am * mass + air_drive
                kw = 0.0
                if air > come or air < leave:
                    comes = air > come
                    now = switch_unit(state, room, comes, on, first, minute - left)
                    if now != on:
                        if comes:
                            if unit_heat_kw == 0.0:
                                unit_heat_kw = room.unit_sensible_kw * inputs.unit_capacity[step]
                                unit_extra_kw = (
                                    room.unit_electric_kw * inputs.unit_input[step] - room.standby_kw
                                )
                            starts += 1
                            kw = room.start_loss * unit_heat_kw
                        else:
                            first = (first + 1) % units
                        on = now
                        middle = warm + on * stage - half
                        come = middle + stage if on < allowed else NEVER
                        leave = middle - stage if on else -NEVER
                if on:
                    on_sum += on
                    kw -= on * unit_heat_kw
                    after += a_kw * kw
                elif modulates and after > warm:
                    most_kw = units * unit_heat_kw
                    least_kw = room.least_share * most_kw
                    chill = (after - warm) / a_kw
                    if chill > most_kw:
                        chill = most_kw
                    if limited:
                        chill = limited_heat_kw(
                            chill, least_kw, idle, unit_heat_kw / unit_extra_kw, cap - standby_kw
                        )
                    if chill > 0.0:
                        chill_sum += chill
                        cold_sum += part_load(chill, least_kw, idle) * (unit_extra_kw / unit_heat_kw)
                        kw = -chill
                        after -= a_kw * chill
                if after < cold:
                    if cop == 0.0:
                        pump_kw, cop = inputs.pump_kw[step], inputs.pump_cop[step]
                    need_kw = (cold - after) / a_kw
                    heat = need_kw if need_kw < pump_kw else pump_kw
                    least_kw = room.pump_least_share * pump_kw
                    left_kw = cap
                    if limited:
                        left_kw = cap - standby_kw - on * unit_extra_kw
                        if kw < 0.0 and on == 0:
                            left_kw -= part_load(-kw, room.least_share * units * unit_heat_kw, idle) * (
                                unit_extra_kw / unit_heat_kw
                            )
                        heat = limited_heat_kw(heat, least_kw, idle, cop, left_kw)
                    used = part_load(heat, least_kw, idle) if heat < least_kw else heat
                    pump_sum += used
                    if heat < need_kw and room.backup_kw > 0.0:
                        left_kw -= used / cop
                        more = need_kw - heat if need_kw - heat < room.backup_kw else room.backup_kw
                        if more > left_kw:
                            more = left_kw
                        if more > 0.0:
                            backup_sum += more
                            heat += more
                    heat_sum += heat
                    kw += heat
                    after += a_kw * heat
                mass = ma * air + mm * mass + mass_drive + m_kw * kw
                if free:
                    free_sum += after + weight * (air - after) - out
                air = after
                air_sum += air
                mass_sum += mass
                left -= 1
                if (air > free_from) != free:
                    break
        rows[place] = standby_kw
        if on_sum:
            mean_on = on_sum / n
            rows[place] = standby_kw + mean_on * unit_extra_kw
            rows[place + 2] = mean_on
            rows[place + 5] = (on_sum - room.start_loss * starts) * unit_heat_kw / n
            rows[place + 10] = starts
        elif chill_sum > 0.0:
            rows[place] = standby_kw + cold_sum / n
            rows[place + 2] = chill_sum / (n * unit_heat_kw)
            rows[place + 5] = chill_sum / n
        if cop > 0.0:
            rows[place + 1] = (pump_sum / cop + backup_sum) / n
            rows[place + 6] = heat_sum / n
        rows[place + 3] = (air_sum + weight * (start_air - air)) / n
        rows[place + 4] = (mass_sum + 0.5 * (start_mass - mass)) / n
        if free_sum != 0.0:
            rows[place + 7] = (free_w_k[step] - usual_w_k[step]) * free_sum / (W_PER_KW * n)
        rows[place + 8] = air
        rows[place + 9] = mass
        place += WIDTH
    state[AIR], state[MASS], state[ON], state[FIRST], state[MINUTE] = air, mass, on, first, minute


def step_building(
    state: Any,
    room: RoomParameters,
    inputs: RoomInputs,
    *,
    n_minutes: int,
    step: int = 0,
    cap_kw: float = float("inf"),
) -> BuildingOutput:
    """Play one step of one zone in place and return its means; see `play_zone`."""
    row = [0.0] * WIDTH
    play_zone(state, room, inputs, step, step + 1, n_minutes, cap_kw, row, 0)
    return BuildingOutput(*row)
