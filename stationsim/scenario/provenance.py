"""The resolved scenario: every value with where it came from, as plain data, and as one hash."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stationsim.scenario.fields import item_annotations, key_of
from stationsim.scenario.problems import COMMAND_LINE
from stationsim.scenario.text import Document, KeyPath, dotted
from stationsim.spec import ClockHour

MINUTES_OF_AN_HOUR = 60
_PARSES_CLOCK_HOURS = ClockHour.__metadata__[0]  # type: ignore[attr-defined]
"""What marks an annotation as a time of day."""


def origins(scenario: BaseModel, document: Document) -> Iterator[tuple[str, Any, str]]:
    """Yield dotted path, plain value and origin of every value of a scenario, in the order of its fields.

    The origin is ``file:line``, ``command line`` or ``default``.
    """
    for path, value in _leaves(resolved_dict(scenario), ()):
        mark = document.marks.get(path)
        if mark is None:
            where = "default"
        elif mark.file == COMMAND_LINE or not mark.line:
            where = mark.file or "given"
        else:
            where = f"{mark.file}:{mark.line}"
        yield dotted(path), value, where


def resolved_dict(scenario: BaseModel) -> dict[str, Any]:
    """Return a scenario with all its defaults as plain data that JSON can hold.

    Dates and times of day are text as in a file; loading the result again gives an equal scenario.
    """
    values = vars(scenario)  # reading attributes would warn about deprecated ones
    return {
        key_of(name, field): plain_value(values[name], field)
        for name, field in type(scenario).model_fields.items()
    }


def scenario_hash(scenario: BaseModel) -> str:
    """Return the sha256 of a scenario's values, whatever the order of its keys or the look of its numbers."""
    text = json.dumps(
        resolved_dict(scenario), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def plain_value(value: Any, field: FieldInfo) -> Any:
    """Return the value of a field as plain data that JSON can hold."""
    return _plain(value, _annotation(field))


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from _leaves(item, (*path, number))
    else:
        yield path, value


def _annotation(field: FieldInfo) -> Any:
    """Return a field's annotation with its metadata, so that it reads like one inside a list."""
    result: Any = field.annotation
    for extra in field.metadata:
        result = Annotated[result, extra]
    return result


def _plain(value: Any, annotation: Any) -> Any:
    if isinstance(value, BaseModel):
        return resolved_dict(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, _below(annotation, str(key))) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item, _below(annotation, 0)) for item in value)
    if isinstance(value, (list, tuple)):
        return [_plain(item, _below(annotation, number)) for number, item in enumerate(value)]
    if isinstance(value, float) and holds_clock_hour(annotation):
        return time_of_day(value)
    return value


def _below(annotation: Any, step: str | int) -> Any:
    return next(iter(item_annotations(annotation, step)), Any)


def holds_clock_hour(annotation: Any) -> bool:
    """Tell whether an annotation is a time of day, or a union with one."""
    if get_origin(annotation) is Annotated:
        return _PARSES_CLOCK_HOURS in get_args(annotation)[1:] or holds_clock_hour(get_args(annotation)[0])
    is_container = get_origin(annotation) in (list, tuple, set, frozenset, dict, Mapping)
    return not is_container and any(holds_clock_hour(member) for member in get_args(annotation))


def time_of_day(hours: float) -> str | float:
    """Return HH:MM, or the hours themselves where they are no whole minute."""
    minutes = round(hours * MINUTES_OF_AN_HOUR)
    hour, minute = divmod(minutes, MINUTES_OF_AN_HOUR)
    return f"{hour:02d}:{minute:02d}" if hour + minute / MINUTES_OF_AN_HOUR == hours else hours
