"""What a scenario says of a battery's ageing."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, model_validator

from stationsim.models.ageing.sam import LifeTable
from stationsim.spec import Flag, Fraction, NonNegative, Number, Spec

LARGEST_GAIN = 0.1
"""Most that a new cell's capacity lies above its rating, as a share of it."""


class Health(NamedTuple):
    """What a battery has behind it: all that its ageing needs to know."""

    calendar_loss: float = 0.0
    """Capacity lost to time, as a share of the rating; below 0 where a new cell has more than its rating."""
    cycle_loss: float = 0.0
    """Capacity lost to use, as a share of the rating."""
    discharged_kwh: float = 0.0
    """Energy given to the busbar so far [kWh]."""
    age_days: float = 0.0
    """Age [d]."""

    @property
    def share(self) -> float:
        """Capacity left, as a share of the rating."""
        return 1.0 - self.calendar_loss - self.cycle_loss


class HealthSpec(Spec):
    """What a battery has behind it when the run begins; a new one where all is 0."""

    largest_number: ClassVar[float] = 1e15  # energy adds up over as many years as are played

    calendar_loss: Annotated[Number, Field(ge=-LARGEST_GAIN, lt=1)] = 0.0
    """Capacity lost to time so far, as a share of the rating, 0 to 1."""
    cycle_loss: Annotated[Fraction, Field(lt=1)] = 0.0
    """Capacity lost to use so far, as a share of the rating, 0 to 1."""
    discharged_kwh: NonNegative = 0.0
    """Energy given to the busbar so far [kWh]."""
    age_days: NonNegative = 0.0
    """Age [d]."""

    @model_validator(mode="after")
    def _something_is_left(self) -> HealthSpec:
        if self.calendar_loss + self.cycle_loss >= 1:
            raise ValueError(
                f"must have calendar_loss and cycle_loss below 1 together, "
                f"got {self.calendar_loss:g} and {self.cycle_loss:g}"
            )
        return self

    @property
    def health(self) -> Health:
        """The same as numbers."""
        return Health(self.calendar_loss, self.cycle_loss, self.discharged_kwh, self.age_days)


class AgeingSpec(Spec):
    """How a battery ages; capacity is the one at the run's start throughout, losses are told after it."""

    model: Literal["blast_lfp", "naumann_lfp", "table", "none"]
    """Large LFP cells after NREL (blast_lfp), small ones after Naumann, a data sheet, or no ageing."""
    initial: HealthSpec = HealthSpec()
    """Losses, throughput and age at the run's start."""
    end_of_life_share: Annotated[Number, Field(gt=0, lt=1)] = 0.8
    """Share of the rated capacity at which the battery is worn out; 0.8 and 0.7 are usual in warranties."""
    replacement_cost_per_kwh: NonNegative | None = None
    """Price of a new battery for each rated kWh, in the scenario's currency; without it wear has no cost."""
    replace: Flag = False
    """Whether runs over years put a new battery in once the old one is worn out."""
    table: LifeTable | None = None
    """Life of a data sheet, for the model ``table``."""

    @model_validator(mode="after")
    def _table_where_it_is_used(self) -> AgeingSpec:
        if (self.model == "table") != (self.table is not None):
            got = "no table" if self.table is None else f"a table and model {self.model}"
            raise ValueError(f"must have table for the model table and for no other, got {got}")
        return self
