"""Shops: refrigerated cabinets, tills, hot drinks.

A cabinet takes a share of the standard consumption of the EU's energy label, at the 25 degC of the test. A
remote one rejects its heat outdoors, so the electricity of its condensing unit follows the outdoor air.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.hours import OpeningHours, open_share
from stationsim.spec import Count, Flag, Fraction, Identifier, NonNegative, Positive, Spec

MINUTES_PER_HOUR = 60.0
HOURS_PER_DAY = 24.0
W_PER_KW = 1000.0
KELVIN = 273.15

CabinetKind = Literal[
    "vertical_chilled",
    "horizontal_chilled",
    "vertical_frozen",
    "horizontal_frozen",
    "beverage_cooler",
    "ice_cream_freezer",
    "vending_machine",
]


class LabelLine(NamedTuple):
    """Line of standard consumption of a kind of cabinet."""

    fixed_kwh: float
    """Standard consumption of a cabinet without size, M [kWh/d]."""
    per_size_kwh: float
    """Standard consumption for each m2 of display area or litre of volume, N [kWh/d]."""
    by_volume: bool
    """Whether the size is a volume in litres, rather than a display area in m2."""
    evaporating_degc: float
    """Evaporating temperature [degC]; assumed: 10 K below the coldest goods."""


LABEL_LINES: dict[CabinetKind, LabelLine] = {
    "vertical_chilled": LabelLine(9.1, 9.1, False, -10.0),
    "horizontal_chilled": LabelLine(3.7, 3.5, False, -10.0),
    "vertical_frozen": LabelLine(7.5, 19.3, False, -35.0),
    "horizontal_frozen": LabelLine(4.0, 10.3, False, -35.0),
    "beverage_cooler": LabelLine(2.1, 0.006, True, -10.0),
    "ice_cream_freezer": LabelLine(2.0, 0.009, True, -35.0),
    "vending_machine": LabelLine(4.1, 0.004, True, -10.0),
}
"""Standard consumption (M + N Y) by kind; Commission Regulation (EU) 2019/2024, annex III, table 4, with its
corrections C and P taken as 1."""

LABEL_CLASSES = {"A": 10.0, "B": 20.0, "C": 35.0, "D": 50.0, "E": 65.0, "F": 80.0, "G": 100.0}
"""Upper end of the energy efficiency index of each class [%]; Regulation (EU) 2019/2018, annex II. From
September 2023 on no more than 80 may be sold, 2019/2024, annex II."""

CARNOT_SHARE = 0.34
"""Share of Carnot's efficiency that a condensing unit reaches; EN ISO 23953-2:2015, formula of the REC."""

RATED_CONDENSING_DEGC = 35.0
"""Condensing temperature of the rating [degC]; EN ISO 23953-2:2015, formula of the REC."""

CONDENSER_RISE_K = 10.0
"""Condensing above outdoor temperature [K]; assumed, usual for air-cooled condensers."""

LEAST_CONDENSING_DEGC = 20.0
"""Condensing temperature that the fans hold in the cold [degC]; assumed, for the expansion valves."""


class CabinetSpec(Spec):
    """Equal refrigerated cabinets that sell from display."""

    kind: CabinetKind
    """What they are: supermarket cabinets, beverage coolers, ice-cream freezers or vending machines."""

    count: Annotated[Count, Field(le=10_000)] = 1
    """Number of cabinets."""

    display_m2: Annotated[Positive, Field(le=1000)] | None = None
    """Total display area of one [m2]; of supermarket cabinets."""

    volume_litres: Annotated[Positive, Field(le=1e5)] | None = None
    """Volume of one [L]; of beverage coolers, ice-cream freezers and vending machines."""

    efficiency_index: Annotated[NonNegative, Field(le=300)] = 65.0
    """Consumption over the label's standard [%]; the default is the upper end of class E, (EU) 2019/2018."""

    remote: Flag = False
    """Whether a condensing unit outdoors cools them; otherwise the shop takes their heat."""

    direct_share: Fraction = 0.3
    """Share that a remote cabinet takes itself, for fans, lamps and defrost; assumed."""

    @model_validator(mode="after")
    def _size_fits_kind(self) -> CabinetSpec:
        needed, other = "display_m2", "volume_litres"
        if LABEL_LINES[self.kind].by_volume:
            needed, other = other, needed
        if getattr(self, needed) is None or getattr(self, other) is not None:
            raise ValueError(f"must have {needed} and no {other}, as a {self.kind} is measured by it")
        return self

    @property
    def kwh_per_day(self) -> float:
        """Electricity of all these cabinets at the label's test [kWh/d]."""
        line = LABEL_LINES[self.kind]
        size = self.volume_litres if line.by_volume else self.display_m2
        standard = line.fixed_kwh + line.per_size_kwh * (size or 0.0)
        return self.count * standard * self.efficiency_index / 100


class ShopsSpec(OpeningHours):
    """Cabinets, tills and hot drinks of the shops."""

    cabinets: Annotated[tuple[CabinetSpec, ...], Field(max_length=100)] = ()
    """Refrigerated cabinets, which run day and night."""

    tills: Annotated[Count, Field(le=10_000)] = 0
    """Tills."""

    till_w: Annotated[NonNegative, Field(le=1e4)] = 100.0
    """Power of a till with scanner, screen and printer while open [W]; assumed."""

    hot_drinks_per_visitor: Fraction = 0.0
    """Hot drinks that a visitor buys while open."""

    hot_drink_kwh: Annotated[NonNegative, Field(le=5)] = 0.03
    """Electricity of a hot drink [kWh]; 0.25 L from 15 to 90 degC are 0.022, a quarter lost is assumed."""

    hot_drinks_standby_kw: Annotated[NonNegative, Field(le=1000)] = 0.0
    """What the machines of hot drinks take to stay warm while open [kW]."""

    zone: Identifier = "shop"
    """Zone of the building that the shops warm, and that remote cabinets cool."""


class ShopsPower(NamedTuple):
    """Power of the shops over the steps."""

    refrigeration_kw: NDArray[np.float64]
    """Cabinets with their condensing units [kW]."""

    counters_kw: NDArray[np.float64]
    """Tills and hot drinks [kW]."""

    heat_kw: NDArray[np.float64]
    """Heat to the zone; what remote cabinets take from it is subtracted, so it may be negative [kW]."""

    @property
    def total_kw(self) -> NDArray[np.float64]:
        """All of the shops [kW]."""
        return self.refrigeration_kw + self.counters_kw


def condensing_cop(evaporating_degc: float, condensing_degc: ArrayLike) -> NDArray[np.float64]:
    """Return heat taken over electricity of a condensing unit.

    Parameters
    ----------
    evaporating_degc, condensing_degc
        Temperatures at which the refrigerant evaporates and condenses [degC].

    References
    ----------
    EN ISO 23953-2:2015, refrigeration electrical energy consumption (REC): electricity is heat times
    (Tc - Te) / (0.34 Te), in kelvin.
    """
    lift = np.asarray(condensing_degc, dtype=float) - evaporating_degc
    cop: NDArray[np.float64] = CARNOT_SHARE * (evaporating_degc + KELVIN) / lift
    return cop


def condensing_degc(temp_out: ArrayLike) -> NDArray[np.float64]:
    """Return the condensing temperature that floats with the outdoor air [degC]."""
    floating: NDArray[np.float64] = np.maximum(
        np.asarray(temp_out, dtype=float) + CONDENSER_RISE_K, LEAST_CONDENSING_DEGC
    )
    return floating


def cabinets_kw(
    spec: CabinetSpec, temp_out: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the electricity of some cabinets and the heat they give the zone [kW].

    Parameters
    ----------
    spec
        The cabinets.
    temp_out
        Outdoor temperature [degC].

    Notes
    -----
    A remote cabinet takes from the zone what its condensing unit rejects less what drives it, and gives back
    its own electricity. The room is held at the 25 degC and 60 % of the label's test.
    """
    mean_kw = spec.kwh_per_day / HOURS_PER_DAY
    if not spec.remote:
        constant = np.full(temp_out.shape, mean_kw)
        return constant, constant
    evaporating = LABEL_LINES[spec.kind].evaporating_degc
    direct_kw, unit_kw = spec.direct_share * mean_kw, (1 - spec.direct_share) * mean_kw
    taken_kw = unit_kw * condensing_cop(evaporating, RATED_CONDENSING_DEGC)
    power = direct_kw + taken_kw / condensing_cop(evaporating, condensing_degc(temp_out))
    return power, np.full(temp_out.shape, direct_kw - taken_kw)


def shops(
    spec: ShopsSpec,
    *,
    temp_out: ArrayLike,
    civil_hour: ArrayLike,
    occupancy: ArrayLike,
    stay_minutes: float,
    dt_h: float,
) -> ShopsPower:
    """Return the power of the shops and their heat.

    Parameters
    ----------
    spec
        Shops.
    temp_out
        Outdoor temperature, mean over each step [degC].
    civil_hour
        Civil hour at the start of each step [h].
    occupancy
        People present, mean over each step.
    stay_minutes
        Mean stay of a visitor [min].
    dt_h
        Step length [h].
    """
    outdoor = np.asarray(temp_out, dtype=float)
    refrigeration, heat = np.zeros(outdoor.shape), np.zeros(outdoor.shape)
    for cabinets in spec.cabinets:
        power, given = cabinets_kw(cabinets, outdoor)
        refrigeration, heat = refrigeration + power, heat + given
    visitors_per_h = np.asarray(occupancy, dtype=float) * MINUTES_PER_HOUR / stay_minutes
    drinks_kw = visitors_per_h * spec.hot_drinks_per_visitor * spec.hot_drink_kwh
    standing_kw = spec.tills * spec.till_w / W_PER_KW + spec.hot_drinks_standby_kw
    counters = open_share(spec, civil_hour=civil_hour, dt_h=dt_h) * (drinks_kw + standing_kw)
    return ShopsPower(refrigeration, counters, heat + counters)
