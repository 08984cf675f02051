"""The solar array as a scenario describes it: surfaces, losses, and dirt and snow of the weather."""

from __future__ import annotations

from pydantic import model_validator

from stationsim.models.pv import SolarSpec
from stationsim.models.pv.spec import LEAST_POWER_PERCENT
from stationsim.models.snow import SnowSpec
from stationsim.models.soiling import SoilingSpec

DAYS_PER_YEAR = 365.25


class SolarSection(SolarSpec):
    """All photovoltaic surfaces of the station, and what falls on them."""

    soiling: SoilingSpec | None = None
    """Dirt that settles and is washed off by the rain of the weather; none takes losses.soiling_percent."""
    snow: SnowSpec | None = None
    """Snow of the weather that covers the modules; none takes losses.snow_percent."""

    @model_validator(mode="after")
    def _one_way_of_dirt(self) -> SolarSection:
        percent = self.losses.soiling_percent
        if self.soiling is not None and percent is not None:
            raise ValueError(
                f"must have losses.soiling_percent or soiling, got {percent:g} % and both; leave one out"
            )
        return self

    @model_validator(mode="after")
    def _one_way_of_snow(self) -> SolarSection:
        percent = self.losses.snow_percent
        if self.snow is not None and percent > 0:
            raise ValueError(
                f"must have losses.snow_percent or snow, got {percent:g} % and both; leave one of them out"
            )
        return self


def check_modules(solar: SolarSpec, n_days: int) -> None:
    """Refuse modules that lose nearly all of their power by the end of the period [d]."""
    ageing, run_years = solar.ageing, n_days / DAYS_PER_YEAR
    if ageing is not None and ageing.age_years > ageing.oldest_at_start(run_years):
        raise ValueError(
            f"solar.ageing must leave at least {LEAST_POWER_PERCENT:g} % of the first power at the end of "
            f"the period, got {ageing.degradation_percent_per_year:g} % a year over "
            f"{ageing.age_years + run_years:.4g} years"
        )
