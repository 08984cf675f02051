"""Load a scenario: read, extend, override, validate, and keep where every value came from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from stationsim.errors import Problem, ScenarioError
from stationsim.scenario.fields import accepts_none, deprecated_keys, field_at
from stationsim.scenario.inherit import EXTENDS, merge_chain, read_chain
from stationsim.scenario.overrides import apply_overrides
from stationsim.scenario.paths import InputFile, names_file, resolve_input
from stationsim.scenario.problems import in_order, place, problems_of
from stationsim.scenario.provenance import origins
from stationsim.scenario.reasons import shown
from stationsim.scenario.source import Source, forbidden_character, read_source, source_of_text
from stationsim.scenario.text import MAX_DEPTH, MAX_VALUES, Document, KeyPath, dotted, value_at

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
        by_name = self.document.by_name
        name = problem.path
        while name and name not in by_name:
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        found = place(problem, by_name.get(name, ()), self.document)
        return replace(found, path=problem.path)


@dataclass(frozen=True)
class _Terms(Generic[Model]):
    """What a text is loaded as, and what it may reach."""

    model: type[Model]
    overrides: tuple[str, ...]
    base: Path | None
    allow_paths: tuple[str | os.PathLike[str], ...]
    check_files: bool = True


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
    return _load(source, _Terms(model, tuple(overrides), Path(path).parent, tuple(allow_paths)))


def parse_scenario(
    content: str | Mapping[str, Any],
    *,
    model: type[Model],
    overrides: Sequence[str] = (),
    base: Path | None = None,
    allow_paths: Sequence[str | os.PathLike[str]] = (),
    check_files: bool = True,
    name: str = "<text>",
) -> Loaded[Model]:
    """Load a scenario from text or plain data, by the rules that hold for files.

    Parameters
    ----------
    content
        YAML or JSON text, or the mapping such text stands for.
    model, overrides, allow_paths
        As for `load_scenario`.
    base
        Folder that input files and ``extends`` start from; without one they are refused.
    check_files
        Whether input files are looked up; off where only the values matter, as for a saved run.
    name
        What messages call the text.
    """
    terms = _Terms(model, tuple(overrides), base, tuple(allow_paths), check_files)
    if isinstance(content, str):
        return _load(source_of_text(content, name), terms)
    data = _plain_mapping(content)
    if EXTENDS in data:
        raise ScenarioError([Problem("must be loaded from a file", path=EXTENDS, code="E309")])
    return _validated(Document(data, {}), terms)


def _load(source: Source, terms: _Terms[Model]) -> Loaded[Model]:
    chain = read_chain(source, folder=terms.base, allow_paths=terms.allow_paths)
    document = merge_chain(
        chain, folder=terms.base, accepts_none=lambda path: accepts_none(terms.model, path)
    )
    return replace(_validated(document, terms), text=source.text, path=source.path)


def _validated(document: Document, terms: _Terms[Model]) -> Loaded[Model]:
    document = apply_overrides(document, terms.overrides)
    _require_known_version(document, terms.model)
    problems: list[Problem] = []
    scenario: Model | None = None
    try:
        scenario = terms.model.model_validate(document.data)
    except ValidationError as error:
        problems += problems_of(error, document, terms.model)
    inputs, refused = _inputs(document, terms, {problem.path for problem in problems})
    problems += refused
    if problems or scenario is None:
        raise ScenarioError(in_order(problems, document))
    return Loaded(
        scenario=scenario,
        text="",
        path=None,
        files={name: source.sha256 for name, source in document.sources.items()},
        overrides=terms.overrides,
        inputs=inputs,
        warnings=_renamed_keys(document, terms.model),
        document=document,
    )


def _require_known_version(document: Document, model: type[BaseModel]) -> None:
    """Refuse a scenario of another format version alone: its other problems would mislead."""
    known = getattr(model, "known_version", None)
    written = document.data.get(VERSION_KEY)
    if known is None or isinstance(written, bool) or not isinstance(written, int) or written == known:
        return
    hint = "this file needs a newer stationsim" if written > known else f"{known} is the oldest there is"
    problem = Problem(f"must be {known}", value=shown(written), hint=hint, code="E220")
    raise ScenarioError([place(problem, (VERSION_KEY,), document)])


def _inputs(
    document: Document, terms: _Terms[Any], wrong: set[str]
) -> tuple[tuple[InputFile, ...], list[Problem]]:
    """Return the input files the document names and what is wrong with others; pass over ``wrong`` paths."""
    found: list[InputFile] = []
    refused: list[Problem] = []
    for path in document.paths() if terms.check_files else ():
        written = value_at(document.data, path)
        if not isinstance(written, str) or not _is_file_key(path) or dotted(path) in wrong:
            continue
        if field_at(terms.model, path[: _last_key(path) + 1]) is None:
            continue
        try:
            resolved = resolve_input(written, base=terms.base, allow_paths=terms.allow_paths)
            found.append(InputFile(dotted(path), written, resolved))
        except ScenarioError as error:
            refused.append(place(error.problems[0], path, document))
    return tuple(found), refused


def _last_key(path: KeyPath) -> int:
    return max((place for place, step in enumerate(path) if isinstance(step, str)), default=-1)


def _is_file_key(path: KeyPath) -> bool:
    key = path[_last_key(path)] if path else ""
    return isinstance(key, str) and names_file(key)


def _renamed_keys(document: Document, model: type[BaseModel]) -> tuple[Problem, ...]:
    warnings = []
    deprecated = deprecated_keys(model)
    for path in document.paths():
        if path[-1] not in deprecated:
            continue
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
                if not isinstance(key, str) or not key or forbidden_character(key):
                    rule = f"a key must be plain text, got {shown(key)}"
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
