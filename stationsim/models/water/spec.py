"""The scenario's ``water`` section: uses, treatment plant, tanks and greens."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from stationsim.models.water.plant import WaterParameters
from stationsim.spec import Fraction, NonNegative, Number, Spec

MINUTES_PER_HOUR = 60.0

PUBLISHED_L_PER_VISITOR = 8.7
"""Water of a visitor at rest areas [L]: 2.3 gal, mean of six in Minnesota.

References
----------
Nelson and Heger (2016), Water Use at Minnesota Rest Areas, CTS 15-11A; sites lie between 0.7 and 4.6 gal
(CTS 17-01), which is 2.6 to 17.4 L.
"""

PUBLISHED_TOILET_SHARE = 0.925
"""Share of it that flushes toilets [-]: the middle of 0.90 to 0.95 (TRID 71970)."""

DRINKING_L_PER_VISITOR = 0.1
"""Water a visitor drinks or carries away [L]; assumed: one in five fills a bottle of half a litre."""

ORDINARY_OVER_SAVING = 4.5 / 2.8
"""Water with ordinary fittings over that with saving ones [-]; MnDOT (1979), quoted in CTS 15-11A."""

KITCHEN_L_PER_MEAL = 13.0
"""Water a kitchen takes for a meal [L]: taps 1.1 to 2.6, dishes 0.9 to 1.4 and ice 0.1 to 0.9 gal, middle.

References
----------
US DOE, Buildings Energy Data Book, table 8.3.3: end uses in restaurants of the western United States.
"""

IRRIGATION_M3_PER_HA_DAY = (0.0, 0.0, 10.0, 15.0, 20.0, 20.0, 20.0, 18.0, 14.0, 10.0, 5.0, 0.0)
"""Water greens need, rain included, January to December [m3/ha/day].

Assumed: at most 2 mm a day, the middle of the 1 to 3 L/(m2 d) of GB 50015-2019 for watering greens, following
the seasons of North China; with rain taken off, 1,200 to 2,800 m3/ha of a year are left, as GB 50555-2010 has
for extensive greens.
"""

LARGEST_KWH_PER_M3 = 10.0
"""Refuse more electricity for a cubic metre [kWh/m3]; even sea water is made fresh for 3 to 4."""

LEAST_KWH_PER_M3 = 0.01
"""Refuse less [kWh/m3]; lifting water by three metres alone takes as much."""

FULL_FLOW_KWH_PER_M3 = 0.35
STANDING_KWH_PER_M3 = 0.10
"""Defaults of the plant's electricity [kWh/m3]; assumed, 0.45 together at full flow and 0.75 at a quarter,
within the 0.3 to 0.8 that such plants take; blowers, mixers and controls turn at any flow."""

SpecificEnergy = Annotated[Number, Field(ge=LEAST_KWH_PER_M3, le=LARGEST_KWH_PER_M3)]
StandingEnergy = Annotated[Number, Field(ge=0, le=LARGEST_KWH_PER_M3)]


class WaterUsesSpec(Spec):
    """What visitors and kitchens use, and how much of it becomes wastewater."""

    toilets_l_per_visitor: Annotated[NonNegative, Field(le=1000)] = (
        PUBLISHED_L_PER_VISITOR * PUBLISHED_TOILET_SHARE
    )
    """Water of toilets for a visitor [L]; the default is 92.5 % of 8.7 L (CTS 15-11A, TRID 71970)."""

    taps_l_per_visitor: Annotated[NonNegative, Field(le=1000)] = (
        PUBLISHED_L_PER_VISITOR * (1 - PUBLISHED_TOILET_SHARE) - DRINKING_L_PER_VISITOR
    )
    """Water of wash basins for a visitor [L]; the default is what 8.7 L leave beside toilets and drinking."""

    drinking_l_per_visitor: Annotated[NonNegative, Field(le=1000)] = DRINKING_L_PER_VISITOR
    """Water a visitor drinks or takes along [L]; the default is assumed."""

    kitchen_l_per_meal: Annotated[NonNegative, Field(le=1000)] = KITCHEN_L_PER_MEAL
    """Water of kitchens for a meal with dishes to wash [L]; default, middle of 8 to 18 (US DOE, 8.3.3)."""

    fittings: Literal["saving", "ordinary"] = "saving"
    """Fittings of toilets and basins: ``saving``, of which the figures are, or ``ordinary``, 1.61 times."""

    toilets_to_sewer: Fraction = 1.0
    """Share of toilet water that becomes wastewater; the default, all, is assumed."""

    taps_to_sewer: Fraction = 1.0
    """Share of tap water that becomes wastewater; the default, all, is assumed."""

    drinking_to_sewer: Fraction = 0.0
    """Share of drinking water that becomes wastewater here; the default, none, is assumed."""

    kitchen_to_sewer: Fraction = 0.9
    """Share of kitchen water that becomes wastewater; the default is assumed: food and steam take a tenth."""

    @property
    def fittings_factor(self) -> float:
        """Water of toilets and basins over that with saving fittings."""
        return 1.0 if self.fittings == "saving" else ORDINARY_OVER_SAVING


class TreatmentSpec(Spec):
    """The treatment plant."""

    capacity_m3_h: Annotated[NonNegative, Field(le=1e4)]
    """Largest flow [m3/h]; 0 for no plant."""

    turndown: Fraction = 0.25
    """Smallest flow it may run at, as a share of the largest; the default, a quarter, is assumed."""

    kwh_per_m3: SpecificEnergy = FULL_FLOW_KWH_PER_M3
    """Electricity that grows with the flow [kWh/m3]; the default is assumed, in all 0.45 at full flow."""

    standing_kwh_per_m3: StandingEnergy = STANDING_KWH_PER_M3
    """Electricity while it runs at any flow, by its largest flow [kWh/m3]; the default is assumed."""

    minimum_run_minutes: Annotated[Number, Field(ge=0, le=1440)] = 30.0
    """Shortest run once it has started [min]; the default is assumed, to spare blowers and biology."""

    follow: Literal["level", "sun"] = "level"
    """When it runs: by the ``level`` of its tanks, or with the ``sun`` as far as tanks allow."""


WAITING_PART = 0.25
"""Part of the way from start level to high alarm that wastewater may fill while waiting for the sun; assumed.

The rest takes up busy hours: at the reference nothing spills on the fullest days of a year.
"""


class EqualisationTankSpec(Spec):
    """The tank in which wastewater waits."""

    volume_m3: Annotated[NonNegative, Field(le=1e6)]
    """Volume [m3]."""

    minimum_share: Fraction = 0.1
    """Filling that is never treated, since pumps must not run dry; the default, a tenth, is assumed."""

    start_share: Fraction = 0.3
    """Filling at which the plant starts when it follows the level; the default is assumed."""

    wait_share: Fraction | None = None
    """Filling up to which wastewater waits for the sun; left out, a quarter of the way from start to high."""

    high_share: Fraction = 0.85
    """Filling of the high alarm, above which the plant always runs; the default is assumed."""

    @model_validator(mode="after")
    def _in_order(self) -> EqualisationTankSpec:
        if not self.minimum_share <= self.start_share < self.high_share < 1:
            raise ValueError(
                "must have minimum_share <= start_share < high_share < 1, got "
                f"{self.minimum_share:g}, {self.start_share:g} and {self.high_share:g}"
            )
        if not self.minimum_share <= self.waits_up_to < self.high_share:
            raise ValueError(
                "must have minimum_share <= wait_share < high_share, got "
                f"{self.minimum_share:g}, {self.waits_up_to:g} and {self.high_share:g}"
            )
        return self

    @property
    def waits_up_to(self) -> float:
        """Filling up to which wastewater waits for the sun, given or between start and high alarm."""
        between = self.start_share + WAITING_PART * (self.high_share - self.start_share)
        return between if self.wait_share is None else self.wait_share


class ReuseTankSpec(Spec):
    """The tank of treated water."""

    volume_m3: Annotated[NonNegative, Field(le=1e6)]
    """Volume [m3]."""

    minimum_share: Fraction = 0.05
    """Filling that cannot be drawn; the default is assumed."""

    low_share: Fraction = 0.2
    """Filling below which the plant runs if there is wastewater; the default is assumed."""

    initial_share: Fraction = 0.5
    """Filling at the start of a run; the default, half, favours neither side."""

    @model_validator(mode="after")
    def _in_order(self) -> ReuseTankSpec:
        if not self.minimum_share <= self.low_share < 1:
            raise ValueError(
                f"must have minimum_share <= low_share < 1, got {self.minimum_share:g} and {self.low_share:g}"
            )
        if self.initial_share < self.minimum_share:
            raise ValueError(
                "must have initial_share at minimum_share or above, got "
                f"{self.initial_share:g} and {self.minimum_share:g}"
            )
        return self


class GreensSpec(Spec):
    """Watered greens."""

    area_ha: Annotated[NonNegative, Field(le=1e4)]
    """Watered area [ha]."""

    need_m3_per_ha_day: Annotated[tuple[NonNegative, ...], Field(min_length=12, max_length=12)] = (
        IRRIGATION_M3_PER_HA_DAY
    )
    """Water they need by month, rain included, January to December [m3/ha/day]; the default is assumed."""

    effective_rain_share: Fraction = 0.8
    """Share of rain that reaches roots; the default is the slope of FAO's rule for effective rain."""

    soil_store_mm: Annotated[NonNegative, Field(le=1000)] = 10.0
    """Rain the soil keeps for days to come [mm]; the default is assumed: five days of a summer's need."""


class WaterSpec(Spec):
    """Water of visitors, kitchens and greens, its treatment and its second use."""

    uses: WaterUsesSpec = WaterUsesSpec()
    """What visitors and kitchens use."""

    treatment: TreatmentSpec
    """The treatment plant."""

    equalisation_tank: EqualisationTankSpec
    """Wastewater waits here."""

    reuse_tank: ReuseTankSpec
    """Treated water for toilets, floors and greens."""

    greens: GreensSpec | None = None
    """Watered greens; left out where there are none."""

    washing_m3_per_day: Annotated[NonNegative, Field(le=1e5)] = 0.0
    """Treated water to wash floors and squares [m3/day]."""

    washing_to_sewer: Fraction = 0.5
    """Share of it that becomes wastewater; the default is assumed: floors drain, squares dry in the air."""

    def parameters(self) -> WaterParameters:
        """Return the numbers that the step needs."""
        plant, waste, reuse = self.treatment, self.equalisation_tank, self.reuse_tank
        return WaterParameters(
            most_m3_h=plant.capacity_m3_h,
            least_m3_h=plant.capacity_m3_h * plant.turndown,
            standing_kw=plant.standing_kwh_per_m3 * plant.capacity_m3_h,
            kwh_per_m3=plant.kwh_per_m3,
            minimum_run_h=plant.minimum_run_minutes / MINUTES_PER_HOUR,
            follows_sun=int(plant.follow == "sun"),
            equalisation_least_m3=waste.volume_m3 * waste.minimum_share,
            equalisation_start_m3=waste.volume_m3 * waste.start_share,
            equalisation_wait_m3=waste.volume_m3 * waste.waits_up_to,
            equalisation_high_m3=waste.volume_m3 * waste.high_share,
            equalisation_most_m3=waste.volume_m3,
            reuse_least_m3=reuse.volume_m3 * reuse.minimum_share,
            reuse_low_m3=reuse.volume_m3 * reuse.low_share,
            reuse_most_m3=reuse.volume_m3,
            reuse_initial_m3=reuse.volume_m3 * reuse.initial_share,
        )
