"""Hot water: taps and dish washing draw from a tank that a heat pump fills again, with resistance behind it.

The tank is a deficit: the heat that would fill it. A heat pump that modulates makes up for the deficit within
its capacity; where the tank is drawn down to its end, resistance heats what flows. Played before the loop on
a grid of `GRID_MINUTES` of its own, so that it does not depend on the step of the run.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.spec import Efficiency, NonNegative, Number, Positive, Spec

Array = NDArray[np.float64]

GRID_MINUTES = 10
"""Grid that the tank is played on [min]: short against the hours that a tank takes to fill."""

MINUTES_PER_HOUR = 60.0
HOURS_PER_DAY = 24.0
W_PER_KW = 1000.0

WATER_KWH_PER_L_K = 4.186 / 3600
"""Heat to warm a litre by a kelvin [kWh/(L K)]: 4.186 kJ/(kg K) at one kg a litre."""

LABEL_RISE_K = 45.0
"""Tank above room at which standing losses are declared [K]; Regulation (EU) 812/2013, 65 against 20 degC."""

HEAT_PUMP_CURVE = (6.81, -0.121, 0.000630)
"""COP of an air-source heat pump by water minus outdoor temperature [K]; Staffell et al. 2012."""

HEAT_PUMP_RANGE_K = (15.0, 60.0)
"""Temperature differences the curve was fitted over, held beyond [K]; Staffell et al. 2012."""

MAINS_OFFSET_K = 6.0 / 1.8
"""Mains above the year's mean air [K], 6 degF; Burch and Christensen 2007."""

MAINS_REFERENCE_DEGC = (44.0 - 32.0) / 1.8
"""Mean air from which share and lag of the swing are counted [degC], 44 degF; the same."""

MAINS_SHARE = (0.4, 0.018)
"""Swing of the mains over that of the air: at the reference, and for each kelvin above it [1/K]; the same."""

MAINS_LAG_DAYS = (35.0, -1.8)
"""Lag of the mains behind the air: at the reference, and for each kelvin above it [d, d/K]; the same."""

COLDEST_DAY = 15.0
"""Day of the year on which northern air is coldest [d]; the same."""

DEGREES_PER_DAY = 0.986
"""Angle of a day in the year's swing [deg]; the same."""

ICE_DEGC = 0.0
"""Lowest temperature of water in a main [degC]."""


class HotWaterSpec(Spec):
    """Hot water of hands and dishes, its tank and what heats it."""

    tap_litres_per_visitor: Annotated[NonNegative, Field(le=200)] = 0.2
    """Warm water at taps for each visitor [L]; assumed: 10 s at 1.9 L/min (ASME A112.18.1), two in three."""

    tap_temp_degc: Annotated[Number, Field(ge=20, le=60)] = 40.0
    """Temperature at the tap, mixed, 20 to 60 [degC]; the default is of ASHRAE Applications 2019, ch. 51."""

    dish_temp_degc: Annotated[Number, Field(ge=20, le=90)] = 60.0
    """Temperature for dishes and cleaning, 20 to 90 [degC]; the default is of the same chapter."""

    cleaning_litres_per_day: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Hot water to clean kitchens and washrooms, spread over the day [L/d]."""

    tank_litres: Annotated[Positive, Field(le=1e6)]
    """Volume of the tanks [L]."""

    tank_temp_degc: Annotated[Number, Field(ge=40, le=95)] = 60.0
    """Temperature that the tank is held at, 40 to 95 [degC]; the default keeps legionella away, HSE L8."""

    usable_share: Efficiency = 0.7
    """Share of the tank that is drawn before it runs cool; the default is of the same chapter."""

    standing_loss_w: Annotated[NonNegative, Field(le=1e5)] | None = None
    """Loss at 65 degC in a room of 20 [W]; left out, 12 + 5.93 V^0.4, class B of Regulation (EU) 812/2013."""

    circulation_m: Annotated[NonNegative, Field(le=1e5)] = 0.0
    """Length of the pipes that hot water circulates in, there and back [m]; 0, the default, is none."""

    circulation_w_per_m: Annotated[NonNegative, Field(le=1000)] = 11.0
    """Heat that these pipes lose, all day [W/m]; the default is for pipes in cellars, DVGW W 553."""

    room_temp_degc: Annotated[Number, Field(ge=-20, le=40)] = 20.0
    """Temperature round the tank, -20 to 40 [degC]; assumed, a plant room."""

    heat_pump_kw: Annotated[NonNegative, Field(le=1e5)]
    """Largest heating power of the heat pump [kW]; 0 leaves all to resistance."""

    backup_kw: Annotated[NonNegative, Field(le=1e5)] | None = None
    """Largest power of the resistance heater [kW]; left out, as large as needed."""

    cold_water_degc: Annotated[tuple[NonNegative, ...], Field(min_length=12, max_length=12)] | None = None
    """Cold water by month, January to December [degC]; left out, after Burch and Christensen 2007."""

    @model_validator(mode="after")
    def _tank_serves_taps(self) -> HotWaterSpec:
        hottest = max(self.tap_temp_degc, self.dish_temp_degc)
        if self.tank_temp_degc < hottest:
            raise ValueError(
                f"tank_temp_degc must be at least tap_temp_degc and dish_temp_degc, {hottest:g}, "
                f"got {self.tank_temp_degc:g}"
            )
        return self

    @model_validator(mode="after")
    def _cold_is_colder(self) -> HotWaterSpec:
        warmest = max(self.cold_water_degc or (-np.inf,))
        if warmest >= self.tap_temp_degc:
            raise ValueError(
                f"cold_water_degc must be below tap_temp_degc {self.tap_temp_degc:g} in every month, "
                f"got {warmest:g}; is it in degF?"
            )
        return self

    @model_validator(mode="after")
    def _something_heats(self) -> HotWaterSpec:
        if self.heat_pump_kw == 0 and self.backup_kw == 0:
            raise ValueError(
                "must have heat_pump_kw or backup_kw above 0, got 0 for both; leave backup_kw out for "
                "resistance as large as needed"
            )
        return self

    @property
    def loss_kw(self) -> float:
        """Heat that the tank and its circulation lose to their rooms [kW]."""
        declared_w = self.standing_loss_w
        if declared_w is None:
            declared_w = 12.0 + 5.93 * self.tank_litres**0.4
        tank_w = declared_w * (self.tank_temp_degc - self.room_temp_degc) / LABEL_RISE_K
        return (tank_w + self.circulation_m * self.circulation_w_per_m) / W_PER_KW


class HotWaterDraw(NamedTuple):
    """Water asked for in each interval of the grid."""

    tap_litres: Array
    """Mixed water at the taps [L]."""
    dish_litres: Array
    """Water for dishes and cleaning [L]."""


class HotWaterFlows(NamedTuple):
    """What happened to the tank in each interval; heat is in kWh."""

    litres: Array
    """Warm water drawn, mixed [L]."""
    draw_kwh: Array
    """Heat of that water above the main's."""
    loss_kwh: Array
    """Heat that tank and circulation lost."""
    heat_pump_kwh: Array
    """Heat of the heat pump."""
    backup_kwh: Array
    """Heat of the resistance, and its electricity."""
    short_kwh: Array
    """Heat that was missing: water was colder than asked for."""
    electricity_kwh: Array
    """Electricity of heat pump and resistance."""
    tank_kwh: Array
    """Usable heat in the tank at the end of the interval."""


def mains_degc(*, mean_degc: float, swing_k: float, day_of_year: ArrayLike, south: bool = False) -> Array:
    """Return the temperature of the cold water in the main [degC].

    Parameters
    ----------
    mean_degc
        Mean air temperature of the year [degC].
    swing_k
        Warmest less coldest month, mean air of each [K].
    day_of_year
        Day of the year, from 1.
    south
        Whether the site lies south of the equator, where the seasons are turned round.

    References
    ----------
    J. Burch, C. Christensen (2007), Towards development of an algorithm for mains water temperature, ASES
    annual conference; as in EnergyPlus, Site:WaterMainsTemperature, method Correlation.
    """
    warmer_k = mean_degc - MAINS_REFERENCE_DEGC
    share = MAINS_SHARE[0] + MAINS_SHARE[1] * warmer_k
    lag_days = MAINS_LAG_DAYS[0] + MAINS_LAG_DAYS[1] * warmer_k
    days = np.asarray(day_of_year, dtype=float) - COLDEST_DAY - lag_days
    season = np.sin(np.radians(DEGREES_PER_DAY * days + (90.0 if south else -90.0)))
    return np.maximum(mean_degc + MAINS_OFFSET_K + share * swing_k / 2 * season, ICE_DEGC)


def water_heating_cop(tank_temp_degc: float, temp_out: ArrayLike) -> Array:
    """Return the coefficient of performance of an air-source heat pump that heats water.

    Parameters
    ----------
    tank_temp_degc
        Temperature that the water is heated to [degC].
    temp_out
        Outdoor temperature [degC].

    References
    ----------
    Staffell I. et al. 2012, A review of domestic heat pumps, Energy & Environmental Science 5, 9291-9306.
    """
    lift = np.clip(tank_temp_degc - np.asarray(temp_out, dtype=float), *HEAT_PUMP_RANGE_K)
    constant, linear, square = HEAT_PUMP_CURVE
    cop: Array = constant + lift * (linear + lift * square)
    return cop


def heat_kwh(litres: ArrayLike, *, warm_degc: float, cold_degc: ArrayLike) -> Array:
    """Return the heat of warm water above that of the main, never below 0 [kWh].

    Parameters
    ----------
    litres
        Water drawn [L].
    warm_degc, cold_degc
        Its temperature and that of the main [degC].
    """
    rise_k = np.maximum(warm_degc - np.asarray(cold_degc, dtype=float), 0.0)
    return WATER_KWH_PER_L_K * np.asarray(litres, dtype=float) * rise_k


def usable_kwh(spec: HotWaterSpec, cold_degc: float) -> float:
    """Return the heat that a full tank gives before it runs cool, over a year's mean cold water [kWh]."""
    rise_k = max(spec.tank_temp_degc - cold_degc, 0.0)
    return WATER_KWH_PER_L_K * spec.tank_litres * spec.usable_share * rise_k


def play_tank(
    draw_kwh: Sequence[float],
    loss_kwh: float,
    most_heat_kwh: float,
    most_backup_kwh: float,
    room_kwh: float,
    heat_out: MutableSequence[float],
    backup_out: MutableSequence[float],
    short_out: MutableSequence[float],
    deficit_out: MutableSequence[float],
) -> None:
    """Play the tank from full, interval after interval, and write down what happened in each [kWh].

    Parameters
    ----------
    draw_kwh
        Heat drawn in each interval.
    loss_kwh
        Heat lost in an interval.
    most_heat_kwh, most_backup_kwh
        Heat that the heat pump and the resistance can give in an interval.
    room_kwh
        Largest deficit: the heat that a full tank gives.
    heat_out, backup_out, short_out, deficit_out
        Heat of the heat pump and the resistance, heat that was missing, and the deficit at the end.

    Notes
    -----
    Lindley's recursion with a roof: D' = min(max(D + draw + loss - capacity, 0), room). What is above the
    roof flows through the resistance heater.
    """
    deficit = 0.0
    for place in range(len(draw_kwh)):
        wanted = deficit + draw_kwh[place] + loss_kwh
        heat = wanted if wanted < most_heat_kwh else most_heat_kwh
        deficit = wanted - heat
        backup = 0.0
        short = 0.0
        if deficit > room_kwh:
            over = deficit - room_kwh
            backup = over if over < most_backup_kwh else most_backup_kwh
            short = over - backup
            deficit = room_kwh
        heat_out[place] = heat
        backup_out[place] = backup
        short_out[place] = short
        deficit_out[place] = deficit


def hot_water(
    spec: HotWaterSpec, draw: HotWaterDraw, *, cold_degc: Array, mean_cold_degc: float, temp_out: Array
) -> HotWaterFlows:
    """Return what the tank, the heat pump and the resistance do in each interval of the grid.

    Parameters
    ----------
    spec
        The plant.
    draw
        Water asked for; cleaning water comes on top.
    cold_degc
        Cold water in each interval [degC].
    mean_cold_degc
        Cold water in the mean of the year, which the heat in a full tank is counted from [degC].
    temp_out
        Outdoor temperature, mean over each interval [degC].
    """
    interval_h = GRID_MINUTES / MINUTES_PER_HOUR
    dishes = draw.dish_litres + spec.cleaning_litres_per_day * interval_h / HOURS_PER_DAY
    at_taps = heat_kwh(draw.tap_litres, warm_degc=spec.tap_temp_degc, cold_degc=cold_degc)
    drawn = at_taps + heat_kwh(dishes, warm_degc=spec.dish_temp_degc, cold_degc=cold_degc)
    room, loss = usable_kwh(spec, mean_cold_degc), spec.loss_kw * interval_h
    most_backup = np.inf if spec.backup_kw is None else spec.backup_kw * interval_h
    outs = [[0.0] * drawn.size for _ in range(4)]
    play_tank(drawn.tolist(), loss, spec.heat_pump_kw * interval_h, most_backup, room, *outs)
    heat, backup, short, deficit = (np.array(out) for out in outs)
    return HotWaterFlows(
        litres=draw.tap_litres + dishes,
        draw_kwh=drawn,
        loss_kwh=np.full(drawn.shape, loss),
        heat_pump_kwh=heat,
        backup_kwh=backup,
        short_kwh=short,
        electricity_kwh=heat / water_heating_cop(spec.tank_temp_degc, temp_out) + backup,
        tank_kwh=room - deficit,
    )
