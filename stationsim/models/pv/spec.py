"""What is said of the photovoltaic surfaces: modules, rows, rear sides, inverters and losses."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from stationsim.spec import (
    Efficiency,
    Fraction,
    Identifier,
    NonNegative,
    Number,
    Percent,
    Positive,
    Spec,
    Whole,
)

SurfaceKind = Literal["canopy", "slope", "roof"]
Mounting = Literal["open_rack", "close_roof"]
"""How freely air moves behind the modules."""

AngleModel = Literal["physical", "ashrae", "martin_ruiz", "none"]
SpectralModel = Literal["none", "first_solar"]
CellType = Literal["monosi", "multisi", "cdte", "cigs", "asi"]
AgeingYear = Literal["by_date", "completed", "begun"]

MOUNTING_OF_KIND: dict[SurfaceKind, Mounting] = {
    "canopy": "open_rack",
    "slope": "open_rack",
    "roof": "close_roof",
}
"""Mounting where none is given: air moves freely behind canopies and racks on slopes, little behind roofs."""

LARGEST_KWP = 1e6
"""Refuse surfaces above this [kWp]; a gigawatt covers several square kilometres."""

STC_IRRADIANCE_KW_M2 = 1.0
"""Irradiance at which a module's power is rated [kW/m2]; standard test conditions, IEC TS 61836."""

AREA_ROUNDING = 1e-6
"""By how much rated power may exceed what fits, for areas that were rounded [-]."""

ROW_ROUNDING = 1e-3
"""By how much rows may overlap or touch the ground, for lengths that were rounded [-]."""

USUAL_SOILING_PERCENT = 2.0
"""Dirt on the glass where nothing is said of it [%]; PVWatts' default, NREL/TP-6A20-62641."""

NARROWEST_M = 0.1
"""Least width of a row, and distance from row to row [m]; a cell alone is 0.16 m wide."""

HIGHEST_HORIZON_DEG = 80.0
"""Highest horizon that is taken [deg]; a surface below a higher one sees next to no sky."""


def _round_the_horizon(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Refuse a horizon whose directions do not go once round."""
    for azimuth, elevation in points:
        if not 0 <= azimuth <= 360:
            raise ValueError(f"must have directions from 0 to 360 deg, got {azimuth:g}")
        if not 0 <= elevation <= HIGHEST_HORIZON_DEG:
            raise ValueError(f"must have heights from 0 to {HIGHEST_HORIZON_DEG:g} deg, got {elevation:g}")
    directions = [azimuth for azimuth, _ in points]
    if any(later <= earlier for earlier, later in pairwise(directions)):
        raise ValueError("must be sorted by direction, each once: [[azimuth, height], ...]")
    if points and directions[-1] - directions[0] == 360 and points[0][1] != points[-1][1]:
        raise ValueError(
            f"must have one height in the north, 0 and 360 deg, got {points[0][1]:g} and {points[-1][1]:g}; "
            "leave one of them out"
        )
    return points


Horizon = Annotated[tuple[tuple[Number, Number], ...], AfterValidator(_round_the_horizon)]
"""Points of a horizon, each [direction, height] in degrees."""


class BifacialSpec(Spec):
    """The rear side of the modules and what it sees."""

    bifaciality: Annotated[Number, Field(gt=0, le=1)] = 0.7
    """Power of the rear over that of the front in the same light; 0.7 is usual for PERC, 0.8 for TOPCon."""
    height_m: Annotated[Number, Field(gt=0, le=50)]
    """Height of the modules' centre above the ground [m]."""
    width_m: Annotated[Number, Field(ge=NARROWEST_M, le=100)]
    """Width of a row or canopy, along its slant [m]."""
    pitch_m: Annotated[Number, Field(ge=NARROWEST_M, le=1000)] | None = None
    """Distance from row to row, or from canopy to canopy [m]; none takes width_m over ground_cover_ratio."""
    albedo: Fraction | None = None
    """Reflectance of the ground below, 0 to 1; none takes the albedo of the surface."""
    structure_shading_percent: Percent = 5.0
    """Light of the rear that beams and rails keep off [%]; PVsyst's default, more below closed canopies."""
    mismatch_percent: Percent = 10.0
    """Power of the rear lost because it is lit unevenly [%]; PVsyst's default."""


class ShadesSpec(Spec):
    """Shares of the building's faces that lie in the shade of a surface, each 0 to 1."""

    roof: Fraction = 0.0
    """Share of the roof."""
    north: Fraction = 0.0
    """Share of the north face, its windows included."""
    east: Fraction = 0.0
    """Share of the east face."""
    south: Fraction = 0.0
    """Share of the south face."""
    west: Fraction = 0.0
    """Share of the west face."""


class SurfaceSpec(Spec):
    """A field of modules that share one tilt, one direction and their inverters."""

    name: Identifier
    """Short name of the surface; becomes part of column names."""
    kind: SurfaceKind
    """What carries the modules: a car-park canopy, a slope beside the road or a roof."""
    dc_kwp: Annotated[NonNegative, Field(le=LARGEST_KWP)]
    """Rated DC power of the modules at standard test conditions [kWp]."""
    area_m2: Positive | None = None
    """Area for modules and the gaps between rows, measured along slope or roof [m2]; none sets no limit."""
    ground_cover_ratio: Annotated[Number, Field(ge=0.05, le=1)] = 1.0
    """Width of a row over the distance from row to row, along the ground; 1 is one closed field."""
    ground_slope_deg: Annotated[Number, Field(ge=-45, le=60)] | None = None
    """Slope of what the rows stand on, down towards where they face [deg]; none is parallel to them."""
    shading_blocks: Annotated[Whole, Field(ge=0, le=100)] = 3
    """Groups of cells with a bypass diode up the slant of a row; 0 loses by area alone, as thin film does."""
    horizon: Horizon | None = None
    """Horizon of this surface, [[direction, height], ...] in degrees; none takes that of the site."""
    dc_ac_ratio: Annotated[Number, Field(ge=0.5, le=3)] = 1.2
    """Rated DC power over rated AC power of the inverters, 0.5 to 3; 1.2 is PVWatts' default."""
    tilt_deg: Annotated[Number, Field(ge=0, le=90)]
    """Angle between the modules and the horizontal, 0 to 90 [deg]."""
    azimuth_deg: Annotated[Number, Field(ge=0, le=360)] = 180.0
    """Direction the modules face, clockwise from north; 180 is south, usual north of the tropics [deg]."""
    albedo: Fraction = 0.2
    """Reflectance of the ground in front, 0 to 1; 0.2 is PVWatts' value for snow-free ground."""
    mounting: Mounting | None = None
    """Mounting, for the cells' cooling; none takes close_roof for roofs and open_rack otherwise."""
    power_temperature_coefficient_per_k: Annotated[Number, Field(ge=-0.01, le=0)] = -0.0035
    """Change of power per kelvin of cell temperature [1/K]; -0.0035 is PVWatts' premium module."""
    module_efficiency: Efficiency = 0.2
    """Rated power over area and 1 kW/m2, 0 to 1; 0.2 is usual for monocrystalline silicon."""
    iam: AngleModel = "physical"
    """Loss of slanting light: physical (glass with anti-reflective coat), ashrae, martin_ruiz or none."""
    cells: CellType = "monosi"
    """Material of the cells; matters for spectral_model alone."""
    spectral_model: SpectralModel = "none"
    """Response to the colour of light: none, or first_solar by air mass and precipitable water."""
    bifacial: BifacialSpec | None = None
    """Rear side of the modules; left out where they have none that works."""
    inverter_efficiency: Efficiency = 0.96
    """Nominal efficiency of the inverters; 0.96 is PVWatts' default."""
    inverter_night_w_per_kw: Annotated[NonNegative, Field(le=20)] = 0.3
    """Draw of the inverters in the dark [W per kW of rating]; 0.3 is the median of the CEC list of 2019."""
    shades: ShadesSpec | None = None
    """What of the building lies in the shade of the modules; left out where nothing does."""

    @property
    def thermal_mounting(self) -> Mounting:
        """Mounting as given, or as usual for the kind."""
        return self.mounting or MOUNTING_OF_KIND[self.kind]

    @property
    def ac_kw(self) -> float:
        """Rated AC power of the inverters [kW]."""
        return self.dc_kwp / self.dc_ac_ratio

    @property
    def slope_deg(self) -> float:
        """Slope below the rows [deg]; that of the modules where none is given."""
        return self.tilt_deg if self.ground_slope_deg is None else self.ground_slope_deg

    @property
    def is_self_shading(self) -> bool:
        """Whether rows can stand in each other's light: steeper than what they stand on."""
        return self.tilt_deg > self.slope_deg

    @property
    def fitting_kwp(self) -> float:
        """Largest rated power that fits on the area [kWp]; without limit where no area is given."""
        if self.area_m2 is None:
            return math.inf
        return self.area_m2 * self.ground_cover_ratio * self.module_efficiency * STC_IRRADIANCE_KW_M2

    @model_validator(mode="after")
    def _fits_its_area(self) -> SurfaceSpec:
        if self.dc_kwp > self.fitting_kwp * (1 + AREA_ROUNDING):
            raise ValueError(
                f"must have dc_kwp of at most {self.fitting_kwp:g} kWp on area_m2 {self.area_m2:g} "
                f"(x ground_cover_ratio {self.ground_cover_ratio:g} x module_efficiency "
                f"{self.module_efficiency:g} x 1 kW/m2), got {self.dc_kwp:g}; "
                f"lower dc_kwp to {self.fitting_kwp:g}, or give the area it needs, "
                f"{self.area_m2 * self.dc_kwp / self.fitting_kwp:.6g} m2"  # type: ignore[operator]
            )
        return self

    @model_validator(mode="after")
    def _stands_on_its_slope(self) -> SurfaceSpec:
        rise = self.tilt_deg - self.slope_deg
        if not 0 <= rise <= 90:
            raise ValueError(
                f"must have tilt_deg 0 to 90 deg above ground_slope_deg, got tilt_deg {self.tilt_deg:g} "
                f"and ground_slope_deg {self.slope_deg:g}; leave ground_slope_deg out for modules "
                "parallel to the slope"
            )
        return self

    @model_validator(mode="after")
    def _rear_has_room(self) -> SurfaceSpec:
        rear = self.bifacial
        if rear is None:
            return self
        rise = math.radians(self.tilt_deg - (0.0 if self.kind == "canopy" else self.slope_deg))
        across_m, edge_m = rear.width_m * math.cos(rise), rear.width_m / 2 * math.sin(rise)
        if rear.pitch_m is not None and rear.pitch_m < across_m * (1 - ROW_ROUNDING):
            raise ValueError(
                f"bifacial.pitch_m must be at least the {across_m:.4g} m that a row of bifacial.width_m "
                f"{rear.width_m:g} covers, got {rear.pitch_m:g}; rows would overlap"
            )
        if rear.height_m < edge_m * (1 - ROW_ROUNDING):
            raise ValueError(
                f"bifacial.height_m must be at least {edge_m:.4g} m, by which the lower edge of "
                f"bifacial.width_m {rear.width_m:g} lies below the centre, got {rear.height_m:g}; the edge "
                "would lie under the ground"
            )
        return self


class PvLossesSpec(Spec):
    """Losses between the modules and the inverters, each in percent of what is left by the one before.

    The defaults come to 9.6 %; they follow PVWatts' list except where a field says why not.
    """

    soiling_percent: Percent | None = None
    """Dirt on the glass [%]; none takes 2, PVWatts' default, or 0 where ``solar.soiling`` models it."""
    shading_percent: Percent = 1.0
    """Near shading beside rows and horizon [%]; PVWatts has 3 for houses, canopies and slopes lie open."""
    snow_percent: Percent = 0.0
    """Snow on the glass [%]; PVWatts' default."""
    mismatch_percent: Percent = 2.0
    """Differences between modules of a string [%]; PVWatts' default."""
    wiring_percent: Percent = 2.0
    """Resistance of cables [%]; PVWatts' default."""
    connections_percent: Percent = 0.5
    """Resistance of connectors [%]; PVWatts' default."""
    light_induced_percent: Percent = 1.5
    """Degradation in the first hours of light [%]; PVWatts' default."""
    nameplate_percent: Percent = 0.0
    """Shortfall from the rated power [%]; PVWatts has 1, modules are now sold with a plus tolerance."""
    age_percent: Percent = 0.0
    """Loss through age that does not grow [%]; PVWatts' default, a first year. See ``solar.ageing``."""
    availability_percent: Percent = 1.0
    """Outages [%]; PVWatts has 3, a staffed site mends sooner."""


OLDEST_YEARS = 60.0
"""Greatest age of modules [a]; twice what they are warranted for."""

LEAST_POWER_PERCENT = 20.0
"""Least power that a run must leave of modules [% of the first]; warranties end at 80."""


class AgeingSpec(Spec):
    """Modules lose a share of their first power every year."""

    degradation_percent_per_year: Annotated[Number, Field(ge=0, le=5)] = 0.5
    """Loss of rated power a year, in percent of the first [%/a]; 0.5 is the median of Jordan and Kurtz."""
    age_years: Annotated[Number, Field(ge=0, le=OLDEST_YEARS)] = 0.0
    """Age of the modules at the start of the run [a]."""
    loss_of_year: AgeingYear = "by_date"
    """How years count: by_date (day by day), completed (none in the first) or begun (all of it)."""

    def oldest_at_start(self, run_years: float) -> float:
        """Return the greatest age at which a run may start, for its length and what it must leave [a]."""
        if not self.degradation_percent_per_year:
            return OLDEST_YEARS
        worn = (100.0 - LEAST_POWER_PERCENT) / self.degradation_percent_per_year
        return min(OLDEST_YEARS, worn - run_years)


class SolarSpec(Spec):
    """All photovoltaic surfaces of the station."""

    surfaces: tuple[SurfaceSpec, ...] = ()
    """Surfaces; an empty list is a station without photovoltaics."""
    transposition: Literal["haydavies", "perez", "isotropic"] = "haydavies"
    """Sky model that carries irradiance to the surfaces; Hay-Davies is smooth from step to step."""
    horizon: Horizon = ()
    """What hills and buildings hide, [[direction, height], ...] in degrees, direction 0 to 360 from north."""
    losses: PvLossesSpec = PvLossesSpec()
    """Losses between modules and inverters."""
    ageing: AgeingSpec | None = None
    """Ageing of the modules; left out where they are taken as new."""
    claimed_kwh_per_year: Positive | None = None
    """Generation of a year that somebody claims or publishes [kWh]; checked against the place and the run."""

    @property
    def total_kwp(self) -> float:
        """Rated DC power of all surfaces [kWp]."""
        return math.fsum(surface.dc_kwp for surface in self.surfaces)

    @model_validator(mode="after")
    def _names_differ(self) -> SolarSpec:
        counts = Counter(surface.name.casefold() for surface in self.surfaces)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(
                f"must give every surface a name of its own, got {', '.join(twice)} more than once"
            )
        return self

    @model_validator(mode="after")
    def _shade_adds_up(self) -> SolarSpec:
        shades = [surface.shades for surface in self.surfaces if surface.shades is not None]
        for face in ShadesSpec.model_fields:
            total = math.fsum(getattr(shade, face) for shade in shades)
            if total > 1 + AREA_ROUNDING:
                raise ValueError(
                    f"must have shades.{face} of all surfaces together at most 1, got {total:g}; each is a "
                    "share of the same face"
                )
        return self

    @model_validator(mode="after")
    def _ages_once(self) -> SolarSpec:
        if self.ageing is not None and self.losses.age_percent > 0:
            raise ValueError(
                f"must have losses.age_percent or ageing, got {self.losses.age_percent:g} % and both; "
                "leave losses.age_percent out"
            )
        return self
