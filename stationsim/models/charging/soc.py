"""States of charge of cars when they come and when they leave."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from stationsim.models.charging.checks import check_spread, check_sum
from stationsim.spec import Fraction, NonNegative, Number, Positive, Spec

SOC_BINS = 10
"""Bins of a histogram of states of charge."""

DESL_ARRIVAL_SOC = (0.0756, 0.1826, 0.2173, 0.1768, 0.1480, 0.0980, 0.0458, 0.0346, 0.0165, 0.0048)
"""Share of cars by state of charge at arrival, in ten bins of 0.1.

1,878 sessions at a motorway station of 172.5 kW in Switzerland, 2022-04 to 2023-07.
Source: DESL-EPFL/Level-3-EV-charging-dataset at 680bc3b (MIT).
"""

CALIBRATED_TARGET_SOC_MEAN = 0.597
"""Mean state of charge at which drivers mean to leave [-], before it is cut at what they arrive with.

Calibrated: with `REFERENCE_MIX` and `DESL_ARRIVAL_SOC` a session takes 23.8 kWh, the mean of Chinese
expressway charging on 1-8 October 2025 (123 GWh in 5.169 million sessions, People's Daily after the National
Energy Administration).
"""

ASSUMED_TARGET_SOC_SD = 0.18
"""Spread of that state of charge [-]: that of the departures of the sessions of `DESL_ARRIVAL_SOC`."""

ASSUMED_LEAST_GAIN = 0.05
"""Least state of charge a driver stops for [-]; assumed."""

ASSUMED_DEPARTURE_SOC_MEAN = 0.85
ASSUMED_DEPARTURE_SOC_SD = 0.12
"""State of charge after the last charge [-]; assumed: full at home, about 0.8 at a station."""

ASSUMED_CONSUMPTION_KWH_PER_KM = 0.18
"""Consumption on the road [kWh/km]; upper end of the 0.15 to 0.18 of electric cars, for expressway speeds."""

ASSUMED_SOC_RESERVE = 0.03
"""Least state of charge at arrival [-]; assumed."""

ASSUMED_WISH_SOC = 0.4
ASSUMED_WISH_SPREAD = 0.08
"""Half of the drivers wish to charge at the first; the second is the scale of the logistic [-]; assumed.

The arrivals of `DESL_ARRIVAL_SOC` lie to nine tenths below 0.6, where this wish is 0.08.
"""


class SocSpread(Spec):
    """How states of charge spread over cars: a histogram, or a mean and a standard deviation."""

    histogram: tuple[Fraction, ...] | None = None
    """Share of cars in ten equal bins from 0 to 1 [-]; even within a bin; sums to 1."""
    mean: Annotated[Number, Field(gt=0, lt=1)] | None = None
    """Mean of a beta distribution [-], instead of a histogram."""
    sd: Annotated[NonNegative, Field(le=0.5)] | None = None
    """Standard deviation of the beta distribution, at most 0.5 [-]; 0 gives every car the mean."""

    @model_validator(mode="after")
    def _check_one_form(self) -> Self:
        if (self.histogram is None) == (self.mean is None) or (self.mean is None) != (self.sd is None):
            raise ValueError("must have either histogram, or mean and sd")
        if self.histogram is not None:
            if len(self.histogram) != SOC_BINS:
                raise ValueError(f"histogram must have {SOC_BINS} bins, got {len(self.histogram)}")
            check_sum("histogram", self.histogram)
        elif self.mean is not None and self.sd is not None and self.sd**2 >= self.mean * (1 - self.mean):
            largest = (self.mean * (1 - self.mean)) ** 0.5
            raise ValueError(f"sd must be below {largest:.4g} for a mean of {self.mean:g}, got {self.sd:g}")
        return self


class ArrivalFromTrip(Spec):
    """State of charge at arrival, and the wish to charge, from the distance since the last charge."""

    distance_mean_km: Positive
    """Mean distance driven since the last charge, log-normal [km]."""
    distance_sd_km: NonNegative
    """Standard deviation of that distance [km]; 0 gives every car the mean."""
    soc_after_charge: SocSpread = SocSpread(mean=ASSUMED_DEPARTURE_SOC_MEAN, sd=ASSUMED_DEPARTURE_SOC_SD)
    """State of charge at which the trip began or the last station was left; the default is assumed."""
    consumption_kwh_per_km: Positive = ASSUMED_CONSUMPTION_KWH_PER_KM
    """Consumption of types without one of their own [kWh/km]; default: upper end of 0.15 to 0.18."""
    soc_reserve: Annotated[Number, Field(ge=0, lt=1)] = ASSUMED_SOC_RESERVE
    """No car arrives with less: it would have charged on the way [-]; the default is assumed."""
    wish_soc: Annotated[Number, Field(gt=0, lt=1)] = ASSUMED_WISH_SOC
    """State of charge at which half of those that may charge wish to [-]; the default is assumed."""
    wish_spread: NonNegative = ASSUMED_WISH_SPREAD
    """Scale of the logistic fall of the wish around it [-]; 0 is a threshold; the default is assumed."""

    @model_validator(mode="after")
    def _check_spread(self) -> Self:
        check_spread("distance_sd_km", self.distance_sd_km, "distance_mean_km", self.distance_mean_km)
        return self


def lowest_soc(spread: SocSpread) -> float:
    """Return the lowest state of charge that a spread can give [-]."""
    if spread.histogram is not None:
        return next(place for place, share in enumerate(spread.histogram) if share > 0) / SOC_BINS
    return float(spread.mean or 0) if spread.sd == 0 else 0.0
