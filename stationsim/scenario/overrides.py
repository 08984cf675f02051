"""``--set path=value``: values from the command line, parsed and checked like those of a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NoReturn

from stationsim.errors import Problem, ScenarioError
from stationsim.inputs.findings import printable
from stationsim.scenario.problems import COMMAND_LINE
from stationsim.scenario.reasons import shown
from stationsim.scenario.source import forbidden_character, source_of_text
from stationsim.scenario.suggest import nearest
from stationsim.scenario.text import MAX_DEPTH, Document, KeyPath, Mark, dotted, parse_value

_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\[\]]+)\]")
_NAME_KEYS = ("name", "id", "label")
"""Keys by which the items of a list are called."""

_MARK = Mark(COMMAND_LINE, 0, 0, 0, 0)


def apply_overrides(document: Document, overrides: Sequence[str]) -> Document:
    """Return the document with each ``path=value`` set, in order.

    Raises
    ------
    ScenarioError
        With every override that is malformed or leads nowhere; unknown keys and wrong values are left to
        the validation, which treats them like those of a file.
    """
    problems: list[Problem] = []
    for written in overrides:
        try:
            document = _apply(document, written)
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    return document


def _apply(document: Document, written: str) -> Document:
    name, equals, text = written.partition("=")
    if not equals or not name.strip() or forbidden_character(name):
        _refuse(written, "E131", "must be written path=value", hint="such as battery.capacity_kwh=900")
    value = _value(written, text.strip())
    path = _path(written, name.strip(), document.data)
    data = _with(document.data, path, value, written, ())
    kept = {place: mark for place, mark in document.marks.items() if place[: len(path)] != path}
    marks = {**kept, **{(*path, *below): _MARK for below in _paths_of(value)}}
    for length in range(1, len(path)):
        marks.setdefault(path[:length], _MARK)
    return Document(
        data, marks, document.sources, {**document.overrides, path: f"--set {printable(written)}"[:120]}
    )


def _refuse(written: str, code: str, rule: str, *, path: str = "", hint: str = "") -> NoReturn:
    source = f"--set {printable(written)}"[:120]
    raise ScenarioError([Problem(rule, path=path, file=COMMAND_LINE, hint=hint, source=source, code=code)])


def _value(written: str, text: str) -> Any:
    name = written.partition("=")[0].strip()
    if not text:
        hint = "write path=null for nothing, path='\"\"' for empty text"
        _refuse(written, "E133", "must have a value after the =", path=printable(name), hint=hint)
    try:
        value, _, is_block = parse_value(source_of_text(text, COMMAND_LINE))
    except ScenarioError as error:
        problem = error.problems[0]
        rule = f"the value is not YAML or JSON: {problem.rule.removeprefix('must be YAML: ')}"
        _refuse(written, "E133", rule, path=printable(name), hint=problem.hint)
    if is_block and isinstance(value, (dict, list)):
        hint = "write lists and mappings in brackets: [1, 2] or {a: 1}; text that holds ': ' in quotes"
        _refuse(written, "E133", "must be one value", path=printable(name), hint=hint)
    return value


def _path(written: str, name: str, data: Any) -> KeyPath:
    """Return the path of an override; names of list items become their places."""
    path: KeyPath = ()
    at = 0
    while at < len(name):
        match = _STEP.match(name, at)
        if match is None or (at == 0 and match[1] is None):
            _refuse(
                written, "E131", f"the path cannot be read at {printable(name[at:])!r}", path=printable(name)
            )
        step = match[1].strip() if match[1] else _item(written, path, match[2].strip(), data)
        data = _below(data, step)
        path = (*path, step)
        at = match.end()
        if len(path) > MAX_DEPTH:
            _refuse(written, "E131", f"must lead no deeper than {MAX_DEPTH} levels")
    return path


def _below(data: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return data[step]
    return data.get(step) if isinstance(data, dict) else None


def _item(written: str, path: KeyPath, called: str, data: Any) -> int:
    """Return the place of a list item that is called by place or by name."""
    section = dotted(path)
    if not isinstance(data, list):
        _refuse(written, "E132", "is no list that is written in the scenario", path=section)
    names = [str(item[key]) for item in data if isinstance(item, dict) for key in _NAME_KEYS if key in item]
    if re.fullmatch(r"\d{1,6}", called) and called not in names:
        if int(called) < len(data):
            return int(called)
        rule = f"has {len(data)} items, counted from 0, got [{called}]"
        _refuse(written, "E132", rule, path=section)
    found = [
        place
        for place, item in enumerate(data)
        if isinstance(item, dict) and any(str(item.get(key)) == called for key in _NAME_KEYS if key in item)
    ]
    if len(found) == 1:
        return found[0]
    near = nearest(called, names)
    hint = f"did you mean [{near}]?" if near else f"items are called {', '.join(names[:12])}" if names else ""
    rule = f"has {'several items' if found else 'no item'} called {printable(called)}"
    _refuse(written, "E132", rule, path=section, hint=hint)


def _with(data: Any, path: KeyPath, value: Any, written: str, above: KeyPath) -> Any:
    """Return a copy of the data with the value at the path; sections on the way are made."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return [
            _with(x, rest, value, written, (*above, step)) if i == step else x for i, x in enumerate(data)
        ]
    if data is None:
        data = {}
    if not isinstance(data, dict):
        hint = "items of a list are written [0] or [name]" if isinstance(data, list) else ""
        got = f"holds {shown(data)}, not keys"
        _refuse(written, "E132", got, path=dotted(above), hint=hint)
    return {**data, step: _with(data.get(step), rest, value, written, (*above, step))}


def _paths_of(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    """Return the paths of a value and of everything in it."""
    pairs: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, item in pairs for place in _paths_of(item, (*path, key)))]
