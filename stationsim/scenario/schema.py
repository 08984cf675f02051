"""What a scenario file says: the Specs that live beside the physics, composed into one frozen description."""

from __future__ import annotations

import datetime as dt
import difflib
import zoneinfo
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from stationsim.clock import Clock
from stationsim.control.spec import ControlSpec
from stationsim.models.ageing import AgeingSpec
from stationsim.models.base_load import BaseLoadSpec
from stationsim.models.battery import BatterySpec
from stationsim.models.carbon import CarbonSpec
from stationsim.models.catering import CateringSpec
from stationsim.models.charging import ChargingSpec
from stationsim.models.emergency import EmergencySpec
from stationsim.models.grid import GridSpec
from stationsim.models.hot_water import HotWaterSpec
from stationsim.models.lighting import LightingSpec
from stationsim.models.service_vehicles import ServiceVehiclesSpec
from stationsim.models.shops import ShopsSpec
from stationsim.models.tariff import TariffSpec
from stationsim.models.washrooms import WashroomsSpec
from stationsim.models.water import WaterSpec
from stationsim.scenario.building import BuildingSpec
from stationsim.scenario.heat import check_zones
from stationsim.scenario.names import check_names
from stationsim.scenario.sides import check_sides
from stationsim.scenario.solar import SolarSection, check_modules
from stationsim.spec import Count, Date, Flag, Identifier, Name, Number, Spec, Text, Whole
from stationsim.traffic.spec import TrafficSpec
from stationsim.weather.spec import NO_PLACE, SyntheticWeather, WeatherSpec

SCHEMA_VERSION = 1
"""Version of the scenario format that this release reads."""

LARGEST_SEED = 2**63 - 1
LONGEST_PERIOD_DAYS = 40 * 366
"""Longest period of one run [d]: beyond a station's life no design is compared."""

MOST_STEPS = 25_000_000
"""Most steps of one run: about 48 years of minutes, a day of computing."""

MOST_VEHICLES_PER_DAY = 2_000_000
"""Most vehicles of a day [1/d]: several times what the busiest road of the world carries."""

MOST_PEOPLE_PER_VEHICLE = 1_000
"""Most people in a mean vehicle; the longest buses carry 300."""

_LIFT = "set simulation.allow_large: true if it is meant"

MOST_POSTS = 1_000
MOST_SURFACES = 100
"""Sizes beyond which a scenario is likely a slip; ``simulation.allow_large`` lifts them."""

_OFTEN_MEANT = {
    "Asia/Beijing": "Asia/Shanghai",
    "Asia/Jinan": "Asia/Shanghai",
    "Asia/Guangzhou": "Asia/Shanghai",
    "China Standard Time": "Asia/Shanghai",
}


def _known_zone(name: str) -> str:
    known = zoneinfo.available_timezones() - NO_PLACE
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    meant = _OFTEN_MEANT.get(name) or (near[0] if near else "Asia/Shanghai")
    raise ValueError(f"must be a time zone of the IANA database; did you mean {meant!r}?")


def _plain_text(name: str) -> str:
    if not name.isprintable() or not name.strip():
        raise ValueError("must be printable text")
    return name


class SiteSpec(Spec):
    """Where the station stands."""

    latitude_deg: Annotated[Number, Field(ge=-90, le=90)]
    """Latitude, north positive [deg]."""
    longitude_deg: Annotated[Number, Field(ge=-180, le=180)]
    """Longitude, east positive [deg]."""
    elevation_m: Annotated[Number, Field(ge=-430, le=6000)] = 0.0
    """Height above sea level [m]; sea level where it is left out, which costs little accuracy below 500 m."""
    timezone: Annotated[Text, AfterValidator(_known_zone)]
    """Time zone of the site by its IANA name, such as Asia/Shanghai."""


class PeriodSpec(Spec):
    """Which civil days are simulated."""

    start: Date
    """First civil day, YYYY-MM-DD."""
    end: Date
    """Last civil day, YYYY-MM-DD, included."""

    @model_validator(mode="after")
    def _in_order(self) -> PeriodSpec:
        days = (self.end - self.start).days + 1
        if days < 1:
            raise ValueError(f"end must not be before start, got start {self.start} and end {self.end}")
        if not 1950 <= self.start.year <= self.end.year <= 2100:
            raise ValueError(
                f"start and end must lie in the years 1950 to 2100, got {self.start} to {self.end}"
            )
        if days > LONGEST_PERIOD_DAYS:
            raise ValueError(f"start and end must span at most 40 years, got {days} days")
        return self

    @property
    def n_days(self) -> int:
        """Number of civil days."""
        return (self.end - self.start).days + 1


class LoadsSpec(Spec):
    """Electric loads that follow visitors, the sun or the clock."""

    lighting: LightingSpec
    """Lights inside and outside."""
    catering: CateringSpec
    """Kitchens."""
    washrooms: WashroomsSpec | None = None
    """Hand dryers and fans of the washrooms; left out where ``other`` holds them."""
    shops: ShopsSpec | None = None
    """Refrigerated cabinets, tills and hot drinks; left out where ``other`` holds them."""
    hot_water: HotWaterSpec | None = None
    """Hot water of taps and dishes; left out where there is none."""
    emergency: EmergencySpec | None = None
    """What goes dark last: alarms, escape lighting, cameras; left out where ``other`` holds them."""
    service_vehicles: ServiceVehiclesSpec | None = None
    """The station's own electric vehicles; left out where there are none."""
    other: BaseLoadSpec
    """Everything else: offices, screens, pumps, and whatever of the above is left out."""
    other_share_maximum: Annotated[Number, Field(gt=0, le=1)] = 0.25
    """Largest share of all use that ``other`` may take, so that a remainder cannot carry a scenario."""


class BatterySection(BatterySpec):
    """A battery and how it ages."""

    ageing: AgeingSpec | None = None
    """How it ages; left out, it stays as new."""

    @property
    def share_at_start(self) -> float:
        """Capacity at the run's start, over the rated one; it stays so through the run."""
        return 1.0 if self.ageing is None else self.ageing.initial.health.share


class NamedBatterySection(BatterySection):
    """One of several batteries."""

    name: Identifier
    """Name of the unit, part of the names of its columns."""


class GridSection(GridSpec):
    """Connection to the grid and what it charges."""

    tariff: TariffSpec
    """Prices of energy bought and sold."""


class SimulationSpec(Spec):
    """How the run is computed."""

    step_minutes: Annotated[Whole, Field(ge=1, le=60)] = 5
    """Step length [min]; divides the hour. Five minutes resolve charging sessions at a fifth of the rows."""
    seed: Annotated[Whole, Field(ge=0, le=LARGEST_SEED)] = 1
    """Seed of every random stream, 0 to 2^63 - 1."""
    replication: Count = 0
    """Number of the replication: another draw of the same world under the same seed."""
    allow_large: Flag = False
    """Lift the limits on the number of posts and surfaces that guard against slips."""

    @model_validator(mode="after")
    def _divides_the_hour(self) -> SimulationSpec:
        if 60 % self.step_minutes:
            raise ValueError(
                f"step_minutes must divide the hour, got {self.step_minutes}; write 1, 5, 15 or 60"
            )
        return self


class Scenario(Spec):
    """A complete design of a service station and the world it stands in."""

    known_version: ClassVar[int] = SCHEMA_VERSION

    schema_version: Annotated[Whole, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)]
    """Version of the scenario format; this release reads version 1."""
    name: Annotated[Name, AfterValidator(_plain_text)]
    """Name of the design, shown in every table and figure."""
    description: Annotated[Text, Field(max_length=2000)] = ""
    """Why this design exists, in a sentence or two."""
    site: SiteSpec
    """Where the station stands."""
    period: PeriodSpec
    """Which days are simulated."""
    weather: WeatherSpec = SyntheticWeather(source="synthetic", climate="jinan")
    """Weather: synthetic years of a climate, or a file."""
    solar: SolarSection | None = None
    """Solar array; left out where there is none."""
    battery: BatterySection | None = None
    """Stationary battery; left out where there is none or where there are several, in `batteries`."""
    batteries: tuple[NamedBatterySection, ...] = ()
    """Several stationary batteries, each with a name; instead of `battery`."""
    traffic: TrafficSpec
    """Vehicles that enter the station and the people in them."""
    charging: ChargingSpec | None = None
    """Charging plaza; left out where there is none."""
    building: BuildingSpec
    """Building with its heating and cooling."""
    loads: LoadsSpec
    """Lighting, catering, service vehicles and other loads."""
    water: WaterSpec
    """Fresh water, wastewater and its reuse."""
    grid: GridSection
    """Connection to the grid and its tariff."""
    carbon: CarbonSpec
    """Factors of the carbon accounts."""
    control: ControlSpec = ControlSpec()
    """How the site decides."""
    simulation: SimulationSpec = SimulationSpec()
    """Step, seed and limits of the run."""

    @model_validator(mode="after")
    def _believable_size(self) -> Scenario:
        steps = self.period.n_days * 24 * 60 // self.simulation.step_minutes
        if steps > MOST_STEPS:
            raise ValueError(
                f"period and simulation.step_minutes must give at most {MOST_STEPS} steps, got {steps}"
            )
        if self.simulation.allow_large:
            return self
        posts = sum(group.posts for group in self.charging.groups) if self.charging else 0
        if posts > MOST_POSTS:
            raise ValueError(f"charging.groups must hold at most {MOST_POSTS} posts, got {posts}; {_LIFT}")
        surfaces = len(self.solar.surfaces) if self.solar else 0
        if surfaces > MOST_SURFACES:
            raise ValueError(f"solar.surfaces must be at most {MOST_SURFACES}, got {surfaces}; {_LIFT}")
        return self

    @model_validator(mode="after")
    def _heat_has_rooms(self) -> Scenario:
        check_zones(self.loads, self.building)
        return self

    @model_validator(mode="after")
    def _batteries_agree(self) -> Scenario:
        if self.battery is not None and self.batteries:
            raise ValueError(
                "give one of battery and batteries, not both; leave the other out or set it to null"
            )
        names = [unit.name for unit in self.batteries]
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            raise ValueError(f"batteries must have distinct names, got {twice[0]} twice")
        surfaces = [surface.name for surface in self.solar.surfaces] if self.solar else []
        shared = [name for _, unit in self.battery_units for name in unit.surfaces]
        key = "batteries" if self.batteries else "battery"
        for name in shared:
            if name not in surfaces:
                near = difflib.get_close_matches(name, surfaces, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(surfaces) or 'none'}"
                raise ValueError(f"{key}.surfaces must be names in solar.surfaces, got '{name}'; {hint}")
        twice = sorted(name for name, count in Counter(shared).items() if count > 1)
        if twice:
            raise ValueError(f"{key} must share no surface twice, got {twice[0]}")
        return self

    @model_validator(mode="after")
    def _batteries_start_within_their_season(self) -> Scenario:
        month = self.period.start.month
        for name, unit in self.battery_units:
            low, high = unit.soc_window(month)
            if not low <= unit.soc_initial <= high:
                key = "battery" if self.battery is not None else f"batteries[{name}]"
                raise ValueError(
                    f"{key}.soc_initial must be from {low:g} to {high:g}, the window that {key}.seasons has "
                    f"in month {month} of period.start, got {unit.soc_initial:g}"
                )
        return self

    @property
    def battery_units(self) -> tuple[tuple[str, BatterySection], ...]:
        """Every battery with its name: none, one or several."""
        if self.battery is not None:
            return (("battery", self.battery),)
        return tuple((unit.name, unit) for unit in self.batteries)

    @model_validator(mode="after")
    def _stands_are_planted(self) -> Scenario:
        for number, stand in enumerate(self.carbon.stands):
            if stand.planted_year is not None and stand.planted_year > self.period.end.year:
                raise ValueError(
                    f"carbon.stands[{number}].planted_year must not be after period.end {self.period.end}, "
                    f"got {stand.planted_year}; such a stand takes up nothing"
                )
        return self

    @model_validator(mode="after")
    def _names_are_free(self) -> Scenario:
        check_names(self)
        return self

    @model_validator(mode="after")
    def _classes_and_types_agree(self) -> Scenario:
        if self.charging is None:
            return self
        types = {vehicle.vehicle_class for vehicle in self.charging.vehicles}
        classes = self.traffic.road.classes if self.traffic.road else None
        present = classes.present() if classes else {}
        strange = sorted(types - {"car"} - set(present))
        if strange:
            raise ValueError(
                f"charging.vehicles must be cars or of classes in traffic.road.classes, got {strange[0]}"
            )
        for name, found in present.items():
            default = self.traffic.charging_share
            share = default if found.charging_share is None else found.charging_share
            if name not in types and share > 0 and found.ev_share != 0:
                raise ValueError(
                    f"charging.vehicles must have a type of vehicle_class {name}, since some of "
                    f"traffic.road.classes.{name} charge; set its charging_share: 0 if none does"
                )
        return self

    @model_validator(mode="after")
    def _sides_and_directions_agree(self) -> Scenario:
        if self.charging is not None:
            check_sides(self.charging, self.traffic.directions)
        return self

    @model_validator(mode="after")
    def _modules_last(self) -> Scenario:
        if self.solar is not None:
            check_modules(self.solar, self.period.n_days)
        return self

    @model_validator(mode="after")
    def _believable_traffic(self) -> Scenario:
        traffic = self.traffic
        factors = [1.0, traffic.weekend_factor, *(holiday.vehicles_factor for holiday in traffic.holidays)]
        most = (traffic.entering_per_day or 0.0) * max(factors)
        if most > MOST_VEHICLES_PER_DAY:
            raise ValueError(
                f"traffic.vehicles_per_day with its factors must be at most {MOST_VEHICLES_PER_DAY} on any "
                f"day, got {most:g}"
            )
        classes = traffic.road.classes if traffic.road else None
        if classes is None and traffic.people_per_vehicle > MOST_PEOPLE_PER_VEHICLE:
            raise ValueError(
                f"traffic.people_per_vehicle must be at most {MOST_PEOPLE_PER_VEHICLE}, "
                f"got {traffic.people_per_vehicle:g}"
            )
        return self

    @model_validator(mode="after")
    def _days_of_whole_hours(self) -> Scenario:
        """Refuse periods whose midnights are off the hours of standard time, on which all weather lies."""
        zone = zoneinfo.ZoneInfo(self.site.timezone)
        offset = Clock(self.period.start, self.period.end, 60, self.site.timezone).offset
        days = (self.period.start, self.period.end + dt.timedelta(days=1))
        first, last = (dt.datetime.combine(day, dt.time(), zone).astimezone(offset) for day in days)
        if first >= last:
            raise ValueError(f"period.start must be a day that exists in site.timezone, got {days[0]}")
        is_odd = offset.utcoffset(None) % dt.timedelta(minutes=1)
        if is_odd or any(edge.minute or edge.second for edge in (first, last)):
            raise ValueError(
                "period.start and period.end must be days that begin and end on a whole hour of the standard "
                f"time of site.timezone, got {first:%H:%M:%S} and {last:%H:%M:%S}"
            )
        return self

    @classmethod
    def from_yaml(cls, path: str | Path, *, overrides: Sequence[str] = ()) -> Scenario:
        """Load a scenario file (YAML or JSON).

        Parameters
        ----------
        path
            The file.
        overrides
            ``path=value`` each, as for ``--set`` on the command line.

        Raises
        ------
        ScenarioError
            With every problem found, each with its line.
        """
        from stationsim.scenario.load import load_scenario

        return load_scenario(path, model=cls, overrides=overrides).scenario

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Scenario:
        """Load a scenario from plain data, by the rules that hold for files.

        Files that it names are looked up when it is simulated.

        Raises
        ------
        ScenarioError
            With every problem found.
        """
        from stationsim.scenario.load import parse_scenario

        return parse_scenario(content, model=cls, check_files=False).scenario
