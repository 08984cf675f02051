"""What a model expects at a path: the annotations, models and fields found by walking its types."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stationsim.scenario.text import KeyPath

_DEEPEST = 12
"""How deep the search for known keys goes; guards against models that hold themselves."""


def alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the members of a union, or the annotation itself, without ``Annotated``."""
    if get_origin(annotation) is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from alternatives(member)
    else:
        yield annotation


def is_union(annotation: Any) -> bool:
    """Tell whether an annotation leaves a choice beyond that of being null."""
    return sum(member is not type(None) for member in alternatives(annotation)) > 1


def is_model(annotation: Any) -> bool:
    """Tell whether an annotation is a pydantic model class."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def item_annotations(annotation: Any, step: str | int) -> Iterator[Any]:
    """Yield what an annotation expects one step further down."""
    for member in alternatives(annotation):
        arguments = get_args(member)
        if is_model(member) and isinstance(step, str):
            field = field_named(member, step)
            if field is not None:
                yield field.annotation
        elif isinstance(step, str) and get_origin(member) in (dict, Mapping) and len(arguments) == 2:
            yield arguments[1]
        elif isinstance(step, int) and arguments and get_origin(member) in (list, tuple, set, frozenset):
            is_fixed = get_origin(member) is tuple and arguments[-1] is not Ellipsis
            yield arguments[min(step, len(arguments) - 1)] if is_fixed else arguments[0]


def annotations_at(model: type[BaseModel], path: KeyPath) -> list[Any]:
    """Return every annotation the model has for a path; empty where it knows none."""
    found: list[Any] = [model]
    for step in path:
        found = [item for annotation in found for item in item_annotations(annotation, step)]
    return found


def models_at(model: type[BaseModel], path: KeyPath, data: Any = None) -> list[type[BaseModel]]:
    """Return the models that may stand at a path, those that fit the data's ``kind`` first and alone."""
    members = [
        m for annotation in annotations_at(model, path) for m in alternatives(annotation) if is_model(m)
    ]
    fitting = [member for member in members if fits(member, data)]
    return fitting or members


def field_named(model: type[BaseModel], key: str) -> FieldInfo | None:
    """Return the field that a key of the file fills."""
    field = model.model_fields.get(key)
    if field is not None and field.alias in (None, key):
        return field
    return next((field for field in model.model_fields.values() if field.alias == key), None)


def key_of(name: str, field: FieldInfo) -> str:
    """Return the key that fills a field in a file."""
    return field.alias or name


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys a model knows."""
    return [key_of(name, field) for name, field in model.model_fields.items()]


def field_at(model: type[BaseModel], path: KeyPath, data: Any = None) -> FieldInfo | None:
    """Return the field a path ends at, if it ends at one."""
    if not path or not isinstance(path[-1], str):
        return None
    key = path[-1]
    fields = (field_named(parent, key) for parent in models_at(model, path[:-1], data))
    return next((field for field in fields if field is not None), None)


def accepts_none(model: type[BaseModel], path: KeyPath) -> bool:
    """Tell whether a null may stand at a path."""
    return any(
        m is type(None) for annotation in annotations_at(model, path) for m in alternatives(annotation)
    )


def literal_values(annotation: Any) -> list[Any]:
    """Return the named choices of an annotation."""
    return [v for m in alternatives(annotation) if get_origin(m) is Literal for v in get_args(m)]


@lru_cache(maxsize=8)
def known_paths(model: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """Return, for every key the model knows anywhere, the sections that know it."""
    found: dict[str, dict[str, None]] = {}
    for section, key, _ in _walk(model, "", ()):
        found.setdefault(key, {})[section] = None
    return {key: tuple(sections) for key, sections in found.items()}


@lru_cache(maxsize=8)
def deprecated_keys(model: type[BaseModel]) -> frozenset[str]:
    """Return the keys that are deprecated anywhere in the model."""
    return frozenset(key for _, key, field in _walk(model, "", ()) if field.deprecated)


def _walk(
    model: type[BaseModel], prefix: str, above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, str, FieldInfo]]:
    if model in above or len(above) > _DEEPEST:
        return
    for name, field in model.model_fields.items():
        key = key_of(name, field)
        yield prefix, key, field
        for member in inner_models(field.annotation):
            yield from _walk(member, f"{prefix}.{key}" if prefix else key, (*above, model))


def inner_models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models inside an annotation, through unions, lists and mappings."""
    for member in alternatives(annotation):
        if is_model(member):
            yield member
        elif get_origin(member) is not Literal:
            for argument in get_args(member):
                yield from inner_models(argument)


def fits(annotation: Any, data: Any) -> bool:
    """Tell whether data may be meant for an annotation: no named choice of the model contradicts it."""
    if not (is_model(annotation) and isinstance(data, Mapping)):
        return True
    for name, field in annotation.model_fields.items():
        choices = literal_values(field.annotation)
        if len(choices) == 1 and data.get(key_of(name, field), choices[0]) != choices[0]:
            return False
    return True
