"""``extends:``: a scenario that holds only what differs from another one."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from stationsim.errors import ScenarioError
from stationsim.inputs.findings import printable
from stationsim.scenario.paths import RefusedPathError, locate, names_file
from stationsim.scenario.source import MAX_BYTES, Source, read_source
from stationsim.scenario.text import Document, KeyPath, parse_source

EXTENDS = "extends"
MAX_CHAIN = 5
"""Most files that one scenario may extend, one through the other."""


def read_chain(
    source: Source, *, folder: Path | None, allow_paths: Sequence[str | os.PathLike[str]]
) -> list[Document]:
    """Return the documents of a scenario and of those it extends, the first ancestor last.

    Parameters
    ----------
    source
        The scenario itself.
    folder
        Its folder, which every extended file must lie in; None refuses ``extends``.
    allow_paths
        Other folders that are allowed.
    """
    chain = [parse_source(source)]
    at = folder
    seen = [_identity(source.path)]
    names = [source.name]
    while (parent := chain[-1].data.get(EXTENDS)) is not None or EXTENDS in chain[-1].data:
        path = _parent_path(chain[-1], parent, at, (*([folder] if folder else []), *allow_paths), names)
        names.append(_shown_beside(names[-1], str(parent)))
        if _identity(path) in seen:
            _refuse(chain[-1], "E302", f"files extend each other in a circle: {' -> '.join(names)}")
        if len(names) - 1 > MAX_CHAIN:
            _refuse(chain[-1], "E303", f"must extend at most {MAX_CHAIN} files: {' -> '.join(names)}")
        seen.append(_identity(path))
        chain.append(parse_source(read_source(path, name=names[-1])))
        at = path.parent
    return chain


def merge_chain(
    chain: Sequence[Document], *, folder: Path | None, accepts_none: Callable[[KeyPath], bool]
) -> Document:
    """Merge documents, the first one strongest: mappings key by key, lists whole, null takes away.

    A null stays where the model takes one; elsewhere it removes what the extended file wrote. Input files
    that an extended file names relative to itself are renamed relative to ``folder``.
    """
    merged = _rebased(chain[-1], folder)
    for document in reversed(chain[:-1]):
        merged = _merge(merged, _rebased(document, folder), accepts_none)
    data = {key: value for key, value in merged.data.items() if key != EXTENDS}
    marks = {path: mark for path, mark in merged.marks.items() if path[:1] != (EXTENDS,)}
    sources = {name: source for document in chain for name, source in document.sources.items()}
    return Document(data, marks, sources)


def _parent_path(
    document: Document,
    parent: object,
    at: Path | None,
    roots: Sequence[str | os.PathLike[str]],
    names: list[str],
) -> Path:
    if not isinstance(parent, str):
        _refuse(document, "E309", "must be the name of another scenario file")
    try:
        return locate(parent, base=at, allow_paths=roots, max_bytes=MAX_BYTES)
    except RefusedPathError as refused:
        chain = " -> ".join((*names, _shown_beside(names[-1], parent)))
        problem = refused.problems[0]
        _refuse(document, problem.code, f"{problem.rule} ({chain})", hint=problem.hint)


def _refuse(document: Document, code: str, rule: str, *, hint: str = "") -> NoReturn:
    mark = document.mark((EXTENDS,))
    source = document.sources[mark.file]
    problem = source.problem(code, rule, line=mark.value_line, column=mark.value_column, hint=hint)
    raise ScenarioError([problem])


def _identity(path: Path | None) -> str:
    return os.path.realpath(path) if path else ""


def _shown_beside(name: str, written: str) -> str:
    """Return how messages name a file that stands beside the one called ``name``."""
    return printable(os.path.normpath(os.path.join(os.path.dirname(name), written)))


def _merge(base: Document, child: Document, accepts_none: Callable[[KeyPath], bool]) -> Document:
    replaced: set[KeyPath] = set()
    removed: set[KeyPath] = set()

    def merge(below: dict[str, Any], above: dict[str, Any], path: KeyPath) -> dict[str, Any]:
        result = dict(below)
        for key, value in above.items():
            here = (*path, key)
            if isinstance(value, dict) and isinstance(below.get(key), dict):
                result[key] = merge(below[key], value, here)
            elif value is None and key in below and not accepts_none(here):
                del result[key]
                removed.add(here)
            else:
                result[key] = value
                replaced.add(here)
        return result

    data = merge(base.data, child.data, ())
    gone = replaced | removed
    marks = {path: mark for path, mark in base.marks.items() if not _is_below(path, gone)}
    marks.update({path: mark for path, mark in child.marks.items() if path not in removed})
    return Document(data, marks)


def _is_below(path: KeyPath, sections: set[KeyPath]) -> bool:
    return any(path[:length] in sections for length in range(1, len(path) + 1))


def _rebased(document: Document, folder: Path | None) -> Document:
    """Return a document whose input files are named relative to the scenario's folder."""
    source = next(iter(document.sources.values()))
    if folder is None or source.path is None:
        return document
    inside = os.path.relpath(os.path.realpath(source.path.parent), os.path.realpath(folder))
    if inside == os.curdir:
        return document
    prefix = inside.replace(os.sep, "/")

    def rebase(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: rebase(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [rebase(item, key) for item in value]
        is_relative = isinstance(value, str) and names_file(key) and value[:1] not in ("/", "~", "\\", "")
        return posixpath.join(prefix, value) if is_relative and ":" not in value else value

    return Document(rebase(document.data, ""), document.marks, document.sources)
