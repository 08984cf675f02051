"""Load a scenario: read, extend, override, validate, and keep where every value came from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from stationsim.errors import Problem, ScenarioError
from stationsim.scenario.fields import accepts_none, dotted, field_at, value_at
from stationsim.scenario.inherit import EXTENDS, merge_chain, read_chain
from stationsim.scenario.overrides import apply_overrides
from stationsim.scenario.paths import InputFile, names_file, resolve_input
from stationsim.scenario.problems import in_order, place, problems_of
from stationsim.scenario.provenance import origins
from stationsim.scenario.reasons import shown
from stationsim.scenario.source import Source, forbidden_character, read_source, source_of_text
from stationsim.scenario.text import MAX_DEPTH, MAX_VALUES, Document
from stationsim.scenario.text import Path as KeyPath

Model = TypeVar("Model", bound=BaseModel)
VERSION_KEY = "schema_version"


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """A valid scenario with everything that went into it."""

    scenario: Model
    text: str
    """Text of the scenario file itself, as decoded."""
    path: Path | None
    """Where it was read from; None for text and plain data."""
    files: Mapping[str, str]
    """Scenario files that were read, the extended ones included, with the sha256 of their bytes."""
    overrides: tuple[str, ...]
    """Overrides as written."""
    inputs: tuple[InputFile, ...]
    """Input files that the scenario names, checked to be where they may be."""
    warnings: tuple[Problem, ...]
    """Keys with a new name."""
    document: Document
    """Merged plain data with the place of every value."""

    def origins(self) -> Iterator[tuple[str, Any, str]]:
        """Yield dotted path, value and ``file:line``, ``command line`` or ``default`` of every value."""
        return origins(self.scenario, self.document)

    def placed(self, problem: Problem) -> Problem:
        """Return a problem or warning with the line of the key that its dotted path names."""
        by_name = {dotted(path): path for path in self.document.marks}
        name = problem.path
        while name and name not in by_name:
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        found = place(problem, by_name.get(name, ()), self.document)
        return replace(found, path=problem.path)


def load_scenario(
    path: str | os.PathLike[str],
    *,
    model: type[Model],
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | os.PathLike[str]] = (),
) -> Loaded[Model]:
    """Load a scenario file (YAML 1.2 or JSON).

    Parameters
    ----------
    path
        The file; at most 2 MB of UTF-8.
    model
        What it must describe, normally ``Scenario``.
    overrides
        ``path=value`` each, applied in order after the files are merged.
    allow_paths
        Folders outside the scenario's own that it may name files in.

    Raises
    ------
    ScenarioError
        With every problem found: text, structure, values, named files.
    """
    source = read_source(path)
    return _load(source, model, overrides, Path(path).parent, allow_paths)


def parse_scenario(
    content: str | Mapping[str, Any],
    *,
    model: type[Model],
    overrides: Sequence[str] = (),
    base: Path | None = None,
    allow_paths: Sequence[str | os.PathLike[str]] = (),
    name: str = "",
) -> Loaded[Model]:
    """Load a scenario from text or plain data, by the rules that hold for files.

    Parameters
    ----------
    content
        YAML or JSON text, or the mapping such text stands for.
    base
        Folder that input files and ``extends`` start from; without one they are refused.
    name
        What messages call the text.
    """
    if isinstance(content, str):
        return _load(source_of_text(content, name or "<text>"), model, overrides, base, allow_paths)
    data = _plain_mapping(content)
    document = Document(data, {})
    if EXTENDS in data:
        problem = Problem("must be loaded from a file", path=EXTENDS, code="E309")
        raise ScenarioError([problem])
    return _validated(document, model, overrides, base, allow_paths)


def _load(
    source: Source,
    model: type[Model],
    overrides: Sequence[str],
    base: Path | None,
    allow_paths: Sequence[str | os.PathLike[str]],
) -> Loaded[Model]:
    chain = read_chain(source, folder=base, allow_paths=allow_paths)
    document = merge_chain(chain, folder=base, accepts_none=lambda path: accepts_none(model, path))
    loaded = _validated(document, model, overrides, base, allow_paths)
    return replace(loaded, text=source.text, path=source.path)


def _validated(
    document: Document,
    model: type[Model],
    overrides: Sequence[str],
    base: Path | None,
    allow_paths: Sequence[str | os.PathLike[str]],
) -> Loaded[Model]:
    document = apply_overrides(document, overrides)
    _require_known_version(document, model)
    problems: list[Problem] = []
    scenario: Model | None = None
    try:
        scenario = model.model_validate(document.data)
    except ValidationError as error:
        problems += problems_of(error, document, model)
    inputs = _inputs(document, model, base, allow_paths, problems)
    if problems or scenario is None:
        raise ScenarioError(in_order(problems, document))
    return Loaded(
        scenario=scenario,
        text="",
        path=None,
        files={name: source.sha256 for name, source in document.sources.items()},
        overrides=tuple(overrides),
        inputs=inputs,
        warnings=_renamed_keys(document, model),
        document=document,
    )


def _require_known_version(document: Document, model: type[BaseModel]) -> None:
    """Refuse a scenario of another format version alone: its other problems would mislead."""
    known = getattr(model, "known_version", None)
    written = document.data.get(VERSION_KEY)
    if known is None or isinstance(written, bool) or not isinstance(written, int) or written == known:
        return
    hint = "this file needs a newer stationsim" if written > known else "run `stationsim migrate`"
    problem = Problem(f"must be {known}", value=shown(written), hint=hint, code="E220")
    raise ScenarioError([place(problem, (VERSION_KEY,), document)])


def _inputs(
    document: Document,
    model: type[BaseModel],
    base: Path | None,
    allow_paths: Sequence[str | os.PathLike[str]],
    problems: list[Problem],
) -> tuple[InputFile, ...]:
    """Return the input files the document names; add what is wrong with them to ``problems``."""
    found: list[InputFile] = []
    refused = {problem.path for problem in problems}
    for path in document.paths():
        written = value_at(document.data, path)
        if not isinstance(written, str) or not _is_file_key(path) or dotted(path) in refused:
            continue
        if field_at(model, path[: _last_key(path) + 1]) is None:
            continue
        try:
            resolved = resolve_input(written, base=base, allow_paths=allow_paths)
            found.append(InputFile(dotted(path), written, resolved))
        except ScenarioError as error:
            problems.append(place(error.problems[0], path, document))
    return tuple(found)


def _last_key(path: KeyPath) -> int:
    return max((place for place, step in enumerate(path) if isinstance(step, str)), default=-1)


def _is_file_key(path: KeyPath) -> bool:
    key = path[_last_key(path)] if path else ""
    return isinstance(key, str) and names_file(key)


def _renamed_keys(document: Document, model: type[BaseModel]) -> tuple[Problem, ...]:
    warnings = []
    for path in document.paths():
        field = field_at(model, path, value_at(document.data, path[:-1]))
        if field is not None and field.deprecated:
            advice = field.deprecated if isinstance(field.deprecated, str) else "it will be removed"
            warnings.append(place(Problem("has a new name", hint=advice, code="W248"), path, document))
    return tuple(in_order(warnings, document))


def _plain_mapping(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of plain data, refused where text could not have held it."""
    n_values = 0

    def copy(value: Any, path: KeyPath) -> Any:
        nonlocal n_values
        n_values += 1
        if n_values > MAX_VALUES:
            raise ScenarioError([Problem(f"must hold no more than {MAX_VALUES:,} values", code="E116")])
        if isinstance(value, (Mapping, list, tuple)) and len(path) >= MAX_DEPTH:
            raise ScenarioError([Problem(f"must be nested no deeper than {MAX_DEPTH} levels", code="E107")])
        if isinstance(value, Mapping):
            for key in value:
                if not isinstance(key, str) or not key:
                    rule = f"a key must be text, got {shown(key)}"
                    raise ScenarioError([Problem(rule, path=dotted(path), code="E110")])
            return {key: copy(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [copy(item, (*path, number)) for number, item in enumerate(value)]
        if isinstance(value, str) and forbidden_character(value):
            problem = Problem("must hold no control characters", path=dotted(path), code="E104")
            raise ScenarioError([problem])
        return value

    if not isinstance(content, Mapping):
        raise ScenarioError([Problem("the top level must be a mapping of keys to values", code="E113")])
    result: dict[str, Any] = copy(content, ())
    return result
