"""The scenario format for editors (JSON Schema) and for readers (a reference in Markdown)."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from stationsim.scenario.fields import inner_models, is_model, key_of, literal_values
from stationsim.scenario.inherit import EXTENDS
from stationsim.scenario.provenance import holds_clock_hour, plain_value, time_of_day
from stationsim.scenario.reasons import plain_number, shown
from stationsim.spec import ClockHour

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CLOCK_HOUR_PATTERN = r"^([01]?[0-9]|2[0-4]):[0-5][0-9]$"
PARTIAL = "Partial"
"""Prefix of definitions that a file with ``extends`` is held to: nothing is required."""

_LIMIT_SIGNS = {"gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ "}
_LIMIT_KEYS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
_PARSER = ClockHour.__metadata__[0].func  # type: ignore[attr-defined]


class _Generator(GenerateJsonSchema):
    """Says what a file holds: a time of day is text, and limits behind a check are still limits."""

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        if schema["function"]["function"] is _PARSER:
            return {"type": "string", "pattern": CLOCK_HOUR_PATTERN}
        return super().function_before_schema(schema)


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scenario files.

    A file with ``extends`` holds only what differs, so nothing is required of it.
    """
    full = _standard(model.model_json_schema(schema_generator=_Generator, mode="validation"))
    definitions = full.pop("$defs", {})
    title, description = full.pop("title"), full.pop("description", "")
    extends = {"type": "string", "description": "Scenario file that this one differs from, relative to it."}
    partial = _partial(full)
    partial["properties"] = {EXTENDS: extends, **partial["properties"]}
    return {
        "$schema": DIALECT,
        "title": title,
        "description": description,
        "type": "object",
        "if": {"required": [EXTENDS]},
        "then": partial,
        "else": full,
        "$defs": {**definitions, **{PARTIAL + name: _partial(node) for name, node in definitions.items()}},
    }


def _standard(node: Any) -> Any:
    """Return a schema with limits of checked numbers and defaults of times of day in the standard form."""
    if isinstance(node, list):
        return [_standard(item) for item in node]
    if not isinstance(node, dict):
        return node
    is_number = node.get("type") in ("number", "integer")
    result = {
        _LIMIT_KEYS.get(key, key) if is_number else key: _standard(value) for key, value in node.items()
    }
    if node.get("pattern") == CLOCK_HOUR_PATTERN and isinstance(node.get("default"), float):
        result["default"] = time_of_day(node["default"])
    return result


def _partial(node: Any) -> Any:
    """Return a schema without required keys, that allows null to take a value away."""
    if isinstance(node, list):
        return [_partial(item) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key == "$ref":
            result[key] = value.replace("#/$defs/", f"#/$defs/{PARTIAL}")
        elif key == "oneOf":
            result["anyOf"] = _partial(value)
        elif key == "discriminator" or (key == "required" and isinstance(value, list)):
            continue
        elif key == "properties":
            result[key] = {name: _or_null(_partial(item)) for name, item in value.items()}
        else:
            result[key] = value if key in ("default", "enum", "const", "examples") else _partial(value)
    return result


def _or_null(node: dict[str, Any]) -> dict[str, Any]:
    description = {"description": node["description"]} if "description" in node else {}
    rest = {key: value for key, value in node.items() if key != "description"}
    return {"anyOf": [rest, {"type": "null"}], **description}


def markdown_reference(model: type[BaseModel]) -> str:
    """Return a page with one table a section: key, type, limits, default and its sentence."""
    parts = [f"# {model.__name__}", _summary(model)]
    for path, section in _sections(model, "", ()):
        if path:
            parts += [f"## `{path}`", _summary(section)]
        parts.append(_table(section))
    return "\n\n".join(part for part in parts if part) + "\n"


def _sections(
    model: type[BaseModel], path: str, above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, type[BaseModel]]]:
    yield path, model
    for name, field in model.model_fields.items():
        members = [member for member in inner_models(field.annotation) if member not in above]
        base = f"{path}.{key_of(name, field)}" if path else key_of(name, field)
        items = "[ ]" if _holds_list(field.annotation) else ""
        for member in members:
            kind = f" ({_kind(member)})" if len(members) > 1 else ""
            for below, section in _sections(member, f"{base}{items}", (*above, model)):
                yield (f"{below}{kind}" if section is member else below), section


def _kind(model: type[BaseModel]) -> str:
    tags = (
        (name, literal_values(field.annotation))
        for name, field in model.model_fields.items()
        if field.is_required()
    )
    return next((f"{name}: {values[0]}" for name, values in tags if len(values) == 1), model.__name__)


def _holds_list(annotation: Any) -> bool:
    if get_origin(annotation) in (list, tuple):
        return True
    return any(_holds_list(member) for member in get_args(annotation)) and not is_model(annotation)


def _summary(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def _table(model: type[BaseModel]) -> str:
    rows = ["| key | type | limits | default | meaning |", "|---|---|---|---|---|"]
    for name, field in model.model_fields.items():
        cells = (
            f"`{key_of(name, field)}`",
            _type_of(field),
            _limits(field),
            _default(field),
            _sentence(field),
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _sentence(field: FieldInfo) -> str:
    return " ".join((field.description or "").split())


def _type_of(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    for extra in field.metadata:
        annotation = Annotated[annotation, extra]
    return _words(annotation)


_TYPE_WORDS = {
    float: "number",
    int: "whole number",
    bool: "true or false",
    str: "text",
    dt.date: "date",
    type(None): "null",
}


def _words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        is_clock = holds_clock_hour(annotation) and not holds_clock_hour(arguments[0])
        return "HH:MM" if is_clock else _words(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(member) for member in arguments))
    if origin in (list, tuple, set, frozenset):
        items = dict.fromkeys(_words(item) for item in arguments if item is not Ellipsis)
        is_fixed = origin is tuple and Ellipsis not in arguments
        return (
            f"[{', '.join(_words(item) for item in arguments)}]"
            if is_fixed
            else f"list of {' or '.join(items)}"
        )
    if origin in (dict, Mapping):
        return f"mapping of {_words(arguments[1])}"
    return "section" if is_model(annotation) else _TYPE_WORDS.get(annotation, "value")


def _limits(field: FieldInfo) -> str:
    found = [_limit(extra) for extra in field.metadata]
    found += [
        _limit(extra)
        for member in get_args(field.annotation)
        for extra in getattr(member, "__metadata__", ())
    ]
    return ", ".join(dict.fromkeys(text for text in found if text))


def _limit(extra: Any) -> str:
    if isinstance(extra, FieldInfo):
        return ", ".join(text for inner in extra.metadata if (text := _limit(inner)))
    for name, sign in _LIMIT_SIGNS.items():
        if getattr(extra, name, None) is not None:
            return f"{sign}{plain_number(getattr(extra, name))}"
    if getattr(extra, "min_length", None) is not None:
        return f"at least {extra.min_length} long"
    if getattr(extra, "max_length", None) is not None:
        return f"at most {extra.max_length} long"
    return ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = plain_value(field.get_default(call_default_factory=True), field)
    if isinstance(value, dict):
        return "its defaults"
    if isinstance(value, list) and len(value) > 3:
        return f"list of {len(value)}"
    if value in ("", []):
        return "empty"
    return "none" if value is None else f"`{value if isinstance(value, str) else shown(value)}`"
