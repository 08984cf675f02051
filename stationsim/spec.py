"""The base of every ``Spec`` and the checked scalar types its fields are made of.

A ``Spec`` is a frozen description: unknown keys are refused, a change is a new copy, and the sentence
below each field is what ``stationsim schema`` shows. Scalars are strict: a quoted number is text, ``true``
is not a number, and infinities, NaN and numbers beyond any station are refused everywhere.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

LARGEST_NUMBER = 1e9
"""Refuse numbers above this in any unit, and below its negative; no quantity of a station is that large."""


class Spec(BaseModel):
    """Frozen description of a thing; refuses keys it does not know and numbers beyond any station."""

    largest_number: ClassVar[float] = LARGEST_NUMBER

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        validate_default=True,
        defer_build=True,
    )

    @field_validator("*")
    @classmethod
    def _within_a_station(cls, value: Any) -> Any:
        """Refuse what lies beyond any station, after the limits of the key itself."""
        if largest_of(value) > cls.largest_number:
            raise ValueError(
                f"must be from -{cls.largest_number:.15g} to {cls.largest_number:.15g}; "
                "no quantity of a station is larger"
            )
        return value


def largest_of(value: Any) -> float:
    """Return the largest size of a number, or of those in rows of numbers; 0 where there is none."""
    if isinstance(value, float):
        return abs(value)
    return max(map(largest_of, value), default=0.0) if isinstance(value, tuple) else 0.0


def _no_negative_zero(value: float) -> float:
    """Turn -0.0 into 0.0, so that a sign nobody meant reaches no equation."""
    return value + 0.0


Number = Annotated[float, Field(strict=True, allow_inf_nan=False), AfterValidator(_no_negative_zero)]
"""A finite number; text and booleans are refused."""

NonNegative = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
Fraction = Annotated[Number, Field(ge=0, le=1)]
"""A fraction of one, 0 to 1: write 0.95, not 95."""

Efficiency = Annotated[Number, Field(gt=0, le=1)]
"""An efficiency above 0 and at most 1: write 0.95, not 95."""

Percent = Annotated[Number, Field(ge=0, lt=100)]
Whole = Annotated[int, Field(strict=True)]
"""A whole number; 2.5 and ``true`` are refused."""

Count = Annotated[Whole, Field(ge=0, le=1_000_000_000)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(strict=True)]
Name = Annotated[Text, Field(min_length=1, max_length=80)]
"""Display text of 1 to 80 characters."""

Identifier = Annotated[Text, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
"""A short name that becomes part of a column name: lower case, digits and underscores."""


def _parse_date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be a date written YYYY-MM-DD")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date that exists, written YYYY-MM-DD") from None


Date = Annotated[dt.date, BeforeValidator(_parse_date)]
"""A calendar date, YYYY-MM-DD."""


def parse_clock_hour(value: Any) -> float:
    """Return a time of day in hours, from text HH:MM or from hours [h]."""
    if isinstance(value, float) and 0 <= value <= 24:
        return value
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a time of day written HH:MM")
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise ValueError("must be a time of day from 00:00 to 24:00")
    return hour + minute / 60


ClockHour = Annotated[float, BeforeValidator(parse_clock_hour)]
"""A time of day, HH:MM, 00:00 to 24:00, held as hours."""
