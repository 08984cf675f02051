"""Posts of the charging plaza, the cabinets that feed them, and how often they fail."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stationsim.models.charging.checks import VEHICLE_CLASSES, PartName, VehicleClassName, check_distinct
from stationsim.spec import Efficiency, Flag, Identifier, NonNegative, Number, Positive, Spec, Whole

CHARGER_EFFICIENCY = 0.95
"""Energy into the battery per energy from the AC busbar [-]; assumed, for want of a published measurement."""

LARGEST_POST_KW = 1500.0
"""Refuse posts above this [kW]; the strongest cars and posts announced by 2025 reach 1,000 to 1,360 kW."""

LARGEST_GROUP = 10_000
"""Most posts of one group [-]; a guard against a slip of the keyboard."""

LARGEST_CURRENT_A, LARGEST_STANDBY_KW = 3000.0, 10.0
"""Refuse more of a post: truck plugs are rated 3,000 A (CharIN MCS); more is a slip of the unit, as in W."""

LARGEST_CABINET, LARGEST_MODULE_KW = 200, 200.0
"""Refuse more modules of a cabinet [-] and more power of a module [kW]; built are some 50 of 20 to 60 kW."""

LONGEST_CHANGEOVER_S = 1800.0
"""Refuse more between two vehicles [s]; more is a slip of the unit, as in milliseconds."""

LEAST_HOURS_BETWEEN, LEAST_REPAIR_HOURS = 1.0, 0.01
"""Refuse shorter times [h]; shorter ones are a slip of the unit, and would make millions of events a year."""

Allocation = Literal["equal", "first_come", "proportional"]


class FailureSpec(Spec):
    """How often a thing fails and how long it stays out; both times are exponential."""

    hours_between: Annotated[Number, Field(ge=LEAST_HOURS_BETWEEN)]
    """Mean running time between two failures [h]."""
    repair_hours: Annotated[Number, Field(ge=LEAST_REPAIR_HOURS)]
    """Mean time from a failure until it is mended [h]."""

    @property
    def availability(self) -> float:
        """Return the long-run share of time that it works [-]."""
        return self.hours_between / (self.hours_between + self.repair_hours)


class CabinetSpec(Spec):
    """A power cabinet that several posts share, in whole power modules."""

    posts: Annotated[Whole, Field(ge=1, le=LARGEST_GROUP)]
    """Posts that one cabinet feeds; the posts of the group are a multiple of it."""
    modules: Annotated[Whole, Field(ge=1, le=LARGEST_CABINET)]
    """Power modules of a cabinet; each feeds one post at a time."""
    module_kw: Annotated[Positive, Field(le=LARGEST_MODULE_KW)]
    """Power of a module into a battery [kW]."""
    allocation: Allocation = "equal"
    """Who gets how many: ``equal`` shares, ``first_come``, or ``proportional`` to what cars take."""
    failures: FailureSpec | None = None
    """Failures of a module; null for none."""


def _check_classes(classes: tuple[VehicleClassName, ...]) -> tuple[VehicleClassName, ...]:
    if not classes:
        raise ValueError("must have one class of vehicles or more, got none")
    check_distinct("classes", list(classes))
    return classes


class PostGroup(Spec):
    """Posts of one kind; each serves one car at a time."""

    name: PartName
    """Short name of the group; becomes part of names of columns and numbers."""
    posts: Annotated[Whole, Field(ge=1, le=LARGEST_GROUP)]
    """Number of posts."""
    power_kw: Annotated[Positive, Field(le=LARGEST_POST_KW)]
    """Highest power of a post into the car's battery [kW]."""
    efficiency: Efficiency = CHARGER_EFFICIENCY
    """Energy into the battery per energy from the AC busbar [-]; the default is assumed."""
    active_kw: Annotated[NonNegative, Field(le=LARGEST_STANDBY_KW)] = 0.0
    """Constant draw of a post with a car, beside the loss by `efficiency` [kW]; 0 for none."""
    standby_kw: Annotated[NonNegative, Field(le=LARGEST_STANDBY_KW)] = 0.0
    """Draw of a post without a car, part of charging [kW]; 0 leaves it out."""
    max_current_a: Annotated[Positive, Field(le=LARGEST_CURRENT_A)] | None = None
    """Highest current of a post [A]; limits cars by their pack's 400 or 800 V; null for none."""
    cabinet: CabinetSpec | None = None
    """Power cabinet that posts of the group share; null where each post has its own."""
    side: Identifier | None = None
    """Carriageway the posts stand on, a name of ``traffic.directions``; null where all reach them."""
    classes: Annotated[tuple[VehicleClassName, ...], AfterValidator(_check_classes)] = VEHICLE_CLASSES
    """Classes of vehicles that fit into the bays; truck bays are ``[bus, truck]`` or ``[truck]``."""
    drive_through: Flag = False
    """Whether vehicles leave ahead; where not, buses and trucks take ``charging.reversing_seconds`` more."""
    changeover_seconds: Annotated[NonNegative, Field(le=LONGEST_CHANGEOVER_S)] = 0.0
    """From getting a post until power flows: drive in, plug in, pay [s]; 0 leaves it out."""
    price_per_kwh: NonNegative | None = None
    """Price that drivers pay for energy into the car; null for ``charging.price_per_kwh``."""
    failures: FailureSpec | None = None
    """Failures of a post; null for none."""

    @model_validator(mode="after")
    def _check_cabinets(self) -> Self:
        if self.cabinet is not None and self.posts % self.cabinet.posts:
            raise ValueError(
                f"posts must be a multiple of cabinet.posts {self.cabinet.posts}, got {self.posts}"
            )
        return self

    @property
    def cabinets(self) -> int:
        """Return the number of cabinets; 0 where each post has its own power."""
        return self.posts // self.cabinet.posts if self.cabinet else 0

    @property
    def most_kw(self) -> float:
        """Return the highest power into the batteries of all cars at the group together [kW]."""
        posts_kw = self.posts * self.power_kw
        if self.cabinet is None:
            return posts_kw
        return min(posts_kw, self.cabinets * self.cabinet.modules * self.cabinet.module_kw)

    def limit_kw(self, voltage_class: float) -> float:
        """Return the highest power into the battery of a car by its pack's voltage class [kW].

        The class stands for the voltage: packs of 400 V run at some 350 to 420 V while they charge fast,
        those of 800 V at 600 to 870 V, the highest known at 945 V.
        """
        if self.max_current_a is None:
            return self.power_kw
        return min(self.power_kw, voltage_class * self.max_current_a / 1000)


def check_groups(groups: tuple[PostGroup, ...]) -> tuple[PostGroup, ...]:
    """Refuse a plaza without posts, and groups of one name."""
    if not groups:
        raise ValueError("must have one group of posts or more, got none")
    check_distinct("names of groups", [group.name for group in groups])
    return groups
