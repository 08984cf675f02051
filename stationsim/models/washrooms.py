"""Washrooms: hand dryers by use, and fans that draw the air off."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from stationsim.spec import Count, Fraction, Identifier, NonNegative, Spec

MINUTES_PER_HOUR = 60.0
W_PER_KW = 1000.0


class WashroomsSpec(Spec):
    """Hand dryers and exhaust fans."""

    visits_per_visitor: Fraction = 0.8
    """Share of visitors who use the washrooms; assumed, few stop without."""

    dryer_share: Fraction = 0.5
    """Share of these who dry their hands under a dryer; assumed, the others use paper or nothing."""

    dryer_kwh: Annotated[NonNegative, Field(le=1)] = 0.006
    """Electricity of a drying [kWh]; 15 s at 1.5 kW, Environmental Building News 11(1), 2002."""

    fixtures: Annotated[Count, Field(le=10_000)] = 0
    """Toilets and urinals, which decide the air that is drawn off."""

    exhaust_m3_h_per_fixture: Annotated[NonNegative, Field(le=1e4)] = 90.0
    """Air drawn off for each [m3/h]; 25 L/s, ASHRAE 62.1-2019, table 6-2, and 35 L/s where use is heavy."""

    fan_w_per_m3_h: Annotated[NonNegative, Field(le=10)] = 0.14
    """Electricity of the fans [W per m3/h]; 0.5 W/(L/s), the limit of UK Part L 2021 for local extract."""

    zone: Identifier = "washrooms"
    """Zone of the building that the dryers warm; the fans' heat leaves with the air."""

    @property
    def fans_kw(self) -> float:
        """Power of the fans, day and night [kW]."""
        return self.fixtures * self.exhaust_m3_h_per_fixture * self.fan_w_per_m3_h / W_PER_KW


class WashroomsPower(NamedTuple):
    """Power of the washrooms over the steps."""

    dryers_kw: NDArray[np.float64]
    """Hand dryers [kW]."""

    fans_kw: NDArray[np.float64]
    """Exhaust fans [kW]."""

    @property
    def total_kw(self) -> NDArray[np.float64]:
        """All of the washrooms [kW]."""
        return self.dryers_kw + self.fans_kw


def washrooms(spec: WashroomsSpec, *, occupancy: ArrayLike, stay_minutes: float) -> WashroomsPower:
    """Return the power of the washrooms.

    Parameters
    ----------
    spec
        Dryers and fans.
    occupancy
        People present, mean over each step.
    stay_minutes
        Mean stay of a visitor [min].

    Notes
    -----
    Visitors per hour = people present / mean stay (Little's law): a use may lie anywhere in a stay.
    """
    visitors_per_h = np.asarray(occupancy, dtype=float) * MINUTES_PER_HOUR / stay_minutes
    dryings_per_h = visitors_per_h * spec.visits_per_visitor * spec.dryer_share
    return WashroomsPower(dryings_per_h * spec.dryer_kwh, np.full(visitors_per_h.shape, spec.fans_kw))
