"""The scenario's ``carbon`` section: emission factors, wastewater and greens."""

from __future__ import annotations

from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from stationsim.models.carbon.trees import StandSpec, stand_uptake_t
from stationsim.models.carbon.wastewater import WastewaterGasSpec
from stationsim.spec import NonNegative, Spec


class CarbonSpec(Spec):
    """Emission factors, wastewater and greens of the station."""

    grid_factor_t_per_mwh: NonNegative
    """Factor of the published account [t/MWh]; 0.9419 is North China's operating margin of 2019."""
    metered_factor_t_per_mwh: NonNegative | None = None
    """Factor of the metered account, usually the grid's average [t/MWh]; none takes the published one."""
    coal_kgce_per_kwh: NonNegative = 0.33
    """Standard coal that a generated kWh saves [kg/kWh]; 0.33 is inferred from 1,200 t a year published."""
    forest_area_ha: NonNegative = 0.0
    """Green area that counts as forest at one rate [ha]; 0 counts none."""
    forest_rate_t_per_ha_year: NonNegative = 7.96
    """CO2 that area takes up [t/(ha a)]; 7.96 is calibrated: 53.4 t a year published over 6.71 ha."""
    stands: Annotated[tuple[StandSpec, ...], Field(max_length=100)] = ()
    """Trees and greens by kind, with their own rates; instead of an area at one rate."""
    wastewater: WastewaterGasSpec = WastewaterGasSpec()
    """Methane and nitrous oxide of wastewater treatment, in the metered account."""
    fresh_water_kg_per_m3: NonNegative = 0.0
    """CO2 of fresh water from the main [kg/m3]; 0 counts none, 0.149 is the United Kingdom's of 2021."""

    @property
    def metered_t_per_mwh(self) -> float:
        """Factor of the metered account, given or the published one [t/MWh]."""
        given = self.metered_factor_t_per_mwh
        return self.grid_factor_t_per_mwh if given is None else given

    @model_validator(mode="after")
    def _greens_counted_once(self) -> Self:
        if self.stands and self.forest_area_ha > 0:
            raise ValueError(
                "must have either stands or forest_area_ha, since the same greens would count twice"
            )
        return self

    def uptake_t_per_year(self, year: ArrayLike) -> NDArray[np.float64]:
        """Return the CO2 that the greens take up in calendar years [t/a]."""
        years: NDArray[Any] = np.asarray(year)
        uptake = np.full(years.shape, self.forest_area_ha * self.forest_rate_t_per_ha_year)
        for stand in self.stands:
            uptake = uptake + stand_uptake_t(stand, years)
        return uptake
