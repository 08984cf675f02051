"""The steps of the water: the hot loop that plays tanks and treatment over a stretch.

Flat sequences in, a flat buffer out, nothing but numbers between, so that the loop can be compiled unchanged.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from stationsim.models.water.plant import WaterParameters, flow_within, water_step

ROW = (
    *("equalisation_tank_m3", "reuse_tank_m3", "treated_m3", "water_kw", "reused_water_m3", "made_up_m3"),
    *("effluent_m3", "overflow_m3"),
)
"""What a step writes, in this order: `models.water.WaterFlows` without the time the plant has run."""

WIDTH = len(ROW)
"""Values a step writes."""

TREATMENT = ROW.index("water_kw")
"""Place of the power of treatment in a row."""


def play_water(
    params: WaterParameters,
    state: MutableSequence[float],
    wastewater_m3: Sequence[float],
    wanted_m3: Sequence[float],
    sun_kw: Sequence[float],
    cap_kw: float,
    planned_kw: float,
    dt_h: float,
    begin: int,
    end: int,
    out: MutableSequence[float],
) -> None:
    """Play the water of a stretch of steps.

    Parameters
    ----------
    params
        Numbers of plant and tanks.
    state
        The values of `models.water.WaterState`; those after the stretch take their place.
    wastewater_m3
        Wastewater that comes in each step [m3].
    wanted_m3
        Water asked for in each step that need not be of drinking quality [m3].
    sun_kw
        Solar power that other uses leave over in each step [kW]; only read where the plant follows the sun.
    cap_kw
        Power there is for treatment over the stretch [kW].
    planned_kw
        Power a plan allows for treatment that can wait [kW].
    dt_h
        Step length [h].
    begin, end
        First step of the stretch and the one after its last.
    out
        Step ``i`` writes its `ROW` from ``i * WIDTH`` on.
    """
    equalisation, reuse, run_h = state[0], state[1], state[2]
    follows_sun = params.follows_sun
    possible_m3_h, allowed_m3_h = flow_within(params, cap_kw), flow_within(params, planned_kw)
    for step in range(begin, end):
        surplus_kw = sun_kw[step] if follows_sun else 0.0
        equalisation, reuse, treated, power_kw, used, made_up, effluent, overflow, run_h = water_step(
            params,
            equalisation,
            reuse,
            run_h,
            wastewater_m3[step],
            wanted_m3[step],
            surplus_kw,
            possible_m3_h,
            allowed_m3_h,
            dt_h,
        )
        place = step * WIDTH
        out[place] = equalisation
        out[place + 1] = reuse
        out[place + 2] = treated
        out[place + 3] = power_kw
        out[place + 4] = used
        out[place + 5] = made_up
        out[place + 6] = effluent
        out[place + 7] = overflow
    state[0] = equalisation
    state[1] = reuse
    state[2] = run_h
