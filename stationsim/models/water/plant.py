"""Treatment plant and tanks: one step of water, as scalar equations that can be compiled.

Wastewater gathers in an equalisation tank, is treated as power allows and fills a reuse tank, from which
toilets are flushed, floors washed and greens watered. A running plant draws standing power and energy for
each cubic metre, so that a cubic metre costs most at its smallest flow. The two tanks make treatment a load
that can wait, for instance for the sun.
"""

from __future__ import annotations

from typing import NamedTuple


class WaterParameters(NamedTuple):
    """Numbers of plant and tanks, for the step."""

    most_m3_h: float
    """Largest flow of the plant [m3/h]."""
    least_m3_h: float
    """Smallest flow at which it may run [m3/h]."""
    standing_kw: float
    """Power while it runs, at any flow [kW]."""
    kwh_per_m3: float
    """Energy beside that, for each cubic metre [kWh/m3]."""
    minimum_run_h: float
    """Shortest run once started [h]."""
    follows_sun: int
    """1 where it follows the sun, 0 where it follows the level."""
    equalisation_least_m3: float
    """Wastewater that is never treated [m3]."""
    equalisation_start_m3: float
    """Wastewater at which the plant starts by level [m3]."""
    equalisation_wait_m3: float
    """Wastewater up to which it waits for the sun [m3]."""
    equalisation_high_m3: float
    """Wastewater of the high alarm [m3]."""
    equalisation_most_m3: float
    """Volume of the equalisation tank [m3]."""
    reuse_least_m3: float
    """Treated water that cannot be drawn [m3]."""
    reuse_low_m3: float
    """Treated water below which the plant runs if it can [m3]."""
    reuse_most_m3: float
    """Volume of the reuse tank [m3]."""
    reuse_initial_m3: float
    """Treated water at the start of a run [m3]."""

    @property
    def most_kw(self) -> float:
        """Power of the plant at its largest flow [kW]."""
        return self.standing_kw + self.most_m3_h * self.kwh_per_m3 if self.most_m3_h > 0 else 0.0


class WaterState(NamedTuple):
    """What the two tanks hold and how long the plant has run."""

    equalisation_m3: float
    """Wastewater waiting for treatment [m3]."""
    reuse_m3: float
    """Treated water ready for use [m3]."""
    run_h: float
    """Time since the plant started [h]; 0 while it stands."""


class WaterFlows(NamedTuple):
    """What happened in a step, with tanks and plant at its end."""

    equalisation_m3: float
    """Wastewater waiting for treatment at the end [m3]."""
    reuse_m3: float
    """Treated water ready for use at the end [m3]."""
    treated_m3: float
    """Wastewater treated [m3]."""
    treatment_kw: float
    """Power of the treatment, mean over the step [kW]."""
    reuse_used_m3: float
    """Treated water used for flushing, washing and watering [m3]."""
    made_up_m3: float
    """Mains water that made up for missing treated water [m3]; taps, drinking and kitchen come on top."""
    effluent_m3: float
    """Treated water let out because the reuse tank was full [m3]."""
    overflow_m3: float
    """Untreated wastewater spilt because the equalisation tank was full [m3]."""
    run_h: float
    """Time since the plant started [h]; 0 where it stands at the end."""


def initial_water_state(params: WaterParameters) -> WaterState:
    """Return the tanks at the start of a run: wastewater at its minimum, the plant at rest."""
    return WaterState(params.equalisation_least_m3, params.reuse_initial_m3, 0.0)


def running_kw(params: WaterParameters, flow_m3_h: float) -> float:
    """Return the power of the plant at a flow [kW]; 0 where it stands."""
    if flow_m3_h <= 0.0:
        return 0.0
    return params.standing_kw + params.kwh_per_m3 * flow_m3_h


def specific_kwh_per_m3(params: WaterParameters, flow_m3_h: float) -> float:
    """Return the energy of a cubic metre at a flow [kWh/m3]: e(q) = e + P0 / q.

    Parameters
    ----------
    params
        Numbers of the plant, with e the energy that grows with the flow and P0 the standing power.
    flow_m3_h
        Flow q [m3/h]; above 0.
    """
    return params.kwh_per_m3 + params.standing_kw / flow_m3_h


def flow_within(params: WaterParameters, power_kw: float) -> float:
    """Return the largest flow that a power allows [m3/h]; 0 where it does not reach for the smallest."""
    flow = (power_kw - params.standing_kw) / params.kwh_per_m3
    if flow < params.least_m3_h or flow <= 0.0:
        return 0.0
    return flow if flow < params.most_m3_h else params.most_m3_h


def flow_between(params: WaterParameters, level_m3: float, low_m3: float, high_m3: float) -> float:
    """Return the flow that grows from the smallest at one level to the largest at another [m3/h]."""
    share = (level_m3 - low_m3) / (high_m3 - low_m3) if high_m3 > low_m3 else 1.0
    if share < 0.0:
        share = 0.0
    if share > 1.0:
        share = 1.0
    return params.least_m3_h + share * (params.most_m3_h - params.least_m3_h)


def spill_flow(params: WaterParameters, waiting_m3: float, dt_h: float) -> float:
    """Return the flow that keeps the equalisation tank from spilling, as far as the plant can [m3/h]."""
    flow = (waiting_m3 - params.equalisation_most_m3) / dt_h
    if flow <= 0.0:
        return 0.0
    if flow < params.least_m3_h:
        return params.least_m3_h
    return flow if flow < params.most_m3_h else params.most_m3_h


def urgent_kw(params: WaterParameters, equalisation_m3: float, wastewater_m3: float, dt_h: float) -> float:
    """Return the power without which the tank spills in the step [kW]; 0 where treatment can wait.

    Parameters
    ----------
    params
        Numbers of plant and tanks.
    equalisation_m3
        Wastewater in the tank at the start [m3].
    wastewater_m3
        Wastewater that comes in the step [m3].
    dt_h
        Step length [h].
    """
    return running_kw(params, spill_flow(params, equalisation_m3 + wastewater_m3, dt_h))


def needed_flow(params: WaterParameters, waiting_m3: float, dt_h: float) -> float:
    """Return the flow above the high alarm, which nothing but a lack of power holds back [m3/h].

    It grows from the smallest flow to the largest where the tank is full, and keeps it from spilling.
    """
    flow = spill_flow(params, waiting_m3, dt_h)
    guard = flow_between(params, waiting_m3, params.equalisation_high_m3, params.equalisation_most_m3)
    return guard if guard > flow else flow


def wished_flow(
    params: WaterParameters, waiting_m3: float, reuse_m3: float, run_h: float, sun_kw: float
) -> float:
    """Return the flow the plant's control asks for [m3/h].

    Parameters
    ----------
    params
        Numbers of plant and tanks.
    waiting_m3
        Wastewater of the step, what comes in it included [m3].
    reuse_m3
        Treated water at the start [m3].
    run_h
        Time since the plant started [h]; 0 where it stands.
    sun_kw
        Solar power that other uses leave over [kW].

    Notes
    -----
    By level the plant starts at its start level and runs, faster the fuller the tank, until that is at its
    minimum. With the sun it runs at what the surplus carries, within its permitted flows; wastewater beyond
    what may wait is treated by level whatever the sun, so that busy hours find room. Either way it runs by
    level while the reuse tank is low, a run once begun lasts its shortest time, and it begins only where
    there is wastewater for that.
    """
    runs = run_h > 0.0
    if not runs and waiting_m3 - params.equalisation_least_m3 < params.least_m3_h * params.minimum_run_h:
        return 0.0
    by_level = flow_between(params, waiting_m3, params.equalisation_start_m3, params.equalisation_high_m3)
    if reuse_m3 < params.reuse_low_m3:
        return by_level
    if params.follows_sun == 0:
        return by_level if runs or waiting_m3 >= params.equalisation_start_m3 else 0.0
    flow = flow_within(params, sun_kw)
    if waiting_m3 > params.equalisation_wait_m3:
        guard = flow_between(params, waiting_m3, params.equalisation_wait_m3, params.equalisation_high_m3)
        flow = guard if guard > flow else flow
    if flow == 0.0 and runs and run_h < params.minimum_run_h:
        return params.least_m3_h
    return flow


def water_step(
    params: WaterParameters,
    equalisation_m3: float,
    reuse_m3: float,
    run_h: float,
    wastewater_m3: float,
    wanted_m3: float,
    sun_kw: float,
    possible_m3_h: float,
    allowed_m3_h: float,
    dt_h: float,
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Move the water of one step; return the values of `WaterFlows` in their order.

    Parameters
    ----------
    params
        Numbers of plant and tanks.
    equalisation_m3, reuse_m3, run_h
        State at the start, see `WaterState`.
    wastewater_m3
        Wastewater that comes in the step [m3].
    wanted_m3
        Water asked for that need not be of drinking quality: flushing, washing and watering [m3].
    sun_kw
        Solar power that other uses leave over [kW]; only read where the plant follows the sun.
    possible_m3_h
        Flow that there is power for, from `flow_within` [m3/h].
    allowed_m3_h
        Flow that a plan allows for treatment that can wait [m3/h]; a tank above its high alarm overrides it.
    dt_h
        Step length [h].

    Notes
    -----
    The flow is constant while the plant runs. Where the tank runs empty the flow falls, to the smallest at
    the least, and the plant stops at the end of the step or within it. Treated water is used in the step it
    is made in; what the reuse tank cannot hold leaves as effluent, and what the equalisation tank cannot hold
    spills.
    """
    waiting = equalisation_m3 + wastewater_m3
    flow = wished_flow(params, waiting, reuse_m3, run_h, sun_kw)
    if flow > allowed_m3_h:
        flow = allowed_m3_h
    if waiting > params.equalisation_high_m3:
        needed = needed_flow(params, waiting, dt_h)
        if flow < needed:
            flow = needed
    if flow > possible_m3_h:
        flow = possible_m3_h
    usable = waiting - params.equalisation_least_m3
    treated = power_kw = ended_h = 0.0
    if flow > 0.0 and usable > 0.0:
        if flow * dt_h > usable:
            flow = usable / dt_h if usable / dt_h > params.least_m3_h else params.least_m3_h
        treated = flow * dt_h
        if treated < usable:
            ended_h = run_h + dt_h
        else:
            treated = usable
        power_kw = running_kw(params, flow) * (treated / (flow * dt_h))
    equalisation = waiting - treated
    overflow = 0.0
    if equalisation > params.equalisation_most_m3:
        overflow = equalisation - params.equalisation_most_m3
        equalisation = params.equalisation_most_m3
    ready = reuse_m3 - params.reuse_least_m3 + treated
    if ready < 0.0:  # by rounding only
        ready = 0.0
    used = wanted_m3 if wanted_m3 < ready else ready
    reuse = reuse_m3 + treated - used
    effluent = 0.0
    if reuse > params.reuse_most_m3:
        effluent = reuse - params.reuse_most_m3
        reuse = params.reuse_most_m3
    return equalisation, reuse, treated, power_kw, used, wanted_m3 - used, effluent, overflow, ended_h
