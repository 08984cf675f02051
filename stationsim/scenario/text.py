"""YAML text to plain data, with the place of every key and value and nothing executed or expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, NoReturn

from stationsim.errors import Problem, ScenarioError
from stationsim.scenario.scalars import TooManyDigitsError, resolve_plain
from stationsim.scenario.source import Source, forbidden_character, place_of

MAX_DEPTH = 40
"""Deepest nesting of lists and mappings; the reference scenario has 6."""

MAX_VALUES = 20_000
"""Most keys and values of a scenario: a second of parsing."""

KeyPath = tuple[str | int, ...]
"""Keys and list places that lead to a value."""

WIDE_COLON = re.compile(r"^[A-Za-z_]\w*\s*：")
WIDE_QUOTES = "“”‘’＂＇„"
_TOO_DEEP = f"must be nested no deeper than {MAX_DEPTH} levels"
_NO_TAGS = "tags (!) are not supported"
_MANY_BRACKETS = re.compile(r"(?:[\[{][ \n]{0,8}){" + str(MAX_DEPTH + 1) + "}")
"""Brackets in a row that are refused before the parser, whose look-ahead is slow on them, sees them."""

_LONG_TAG = re.compile(r"(?:^|(?<=[\s\[{,]))!\S{100}")
"""A tag whose reading would take time that grows with the square of its length."""

_DIRECTIVE = re.compile(r"^%(?!YAML 1\.2 *$)", re.MULTILINE)
"""A directive other than the version this reads."""

_BROKEN_YAML = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    NotImplementedError,
)
"""What ruamel.yaml lets through on text that is far from YAML."""


def dotted(path: KeyPath) -> str:
    """Write a path as users do: ``solar.surfaces[1].tilt_deg``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def value_at(data: Any, path: KeyPath) -> Any:
    """Return the plain value at a path; None where there is none."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, (list, tuple)) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


class Mark(NamedTuple):
    """Where a value was written; lines and columns count from 1, 0 means none."""

    file: str
    line: int
    """Line of the key, or of the value itself in a list."""
    column: int
    value_line: int
    value_column: int


@dataclass(frozen=True)
class Document:
    """Plain data of one scenario or of several merged ones, with the place of everything."""

    data: dict[str, Any]
    marks: Mapping[KeyPath, Mark]
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Sources by the name that marks use."""
    overrides: Mapping[KeyPath, str] = field(default_factory=dict)
    """Overrides, as written, by the path they set."""

    def mark(self, path: KeyPath) -> Mark:
        """Return the mark of a path, or of the nearest section above it that was written."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.marks:
                return self.marks[path[:length]]
        return Mark("", 0, 0, 0, 0)

    @cached_property
    def by_name(self) -> dict[str, KeyPath]:
        """Written paths by their dotted names."""
        return {dotted(path): path for path in self.marks if path}

    @cached_property
    def item_names(self) -> dict[KeyPath, str]:
        """Names and types of list items, in lower case, by the path of the name."""
        names = {
            path: value_at(self.data, path) for path in self.marks if path[-1:] in (("name",), ("type",))
        }
        return {
            path: name.casefold()
            for path, name in names.items()
            if isinstance(name, str) and isinstance(path[-2:][0], int)
        }

    def paths(self) -> Iterator[KeyPath]:
        """Yield the path of everything below the top, in the order of the data."""
        return _paths_below(self.data, ())

    def override_text(self, path: KeyPath) -> str:
        """Return the override, as written, that set a path, a section above it or something below it."""
        above = [self.overrides[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.overrides]
        below = [text for place, text in self.overrides.items() if place[: len(path)] == path]
        return next(iter(above + below), "")

    def source_line(self, mark: Mark, line: int) -> str:
        """Return a source line of the file a mark lies in."""
        source = self.sources.get(mark.file)
        return source.line(line) if source else ""


def _paths_below(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    pairs: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in pairs:
        yield (*path, key)
        yield from _paths_below(item, (*path, key))


def parse_source(source: Source) -> Document:
    """Parse the text of a scenario, whose top level must be a mapping."""
    value, marks, _ = parse_value(source)
    if value is None:
        raise ScenarioError([source.problem("E112", "no scenario", hint="try `stationsim init`")])
    if not isinstance(value, dict):
        mark = marks[()]
        raise ScenarioError([_top_level_problem(source, mark, value)])
    return Document(value, marks, {source.name: source})


def parse_value(source: Source) -> tuple[Any, dict[KeyPath, Mark], bool]:
    """Parse text of any one YAML value; return it, the marks, and whether it is a block collection."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    _refuse_slow_text(source)
    composer = _Composer(source)
    try:
        value = composer.document()
    except MarkedYAMLError as error:
        raise ScenarioError([_syntax_problem(source, error)]) from None
    except YAMLError as error:
        first_line = str(error).splitlines()[0] if str(error) else "cannot be read"
        raise ScenarioError([source.problem("E115", f"must be YAML: {first_line}", line=1)]) from None
    except _BROKEN_YAML:
        problem = source.problem("E115", "must be YAML; it cannot be read beyond here", line=composer.line)
        raise ScenarioError([problem]) from None
    if composer.duplicates:
        raise ScenarioError(composer.duplicates)
    return value, composer.marks, composer.is_block


def _refuse_slow_text(source: Source) -> None:
    """Refuse what is refused anyway, before the parser spends long on it."""
    for pattern, code, rule, hint in (
        (_MANY_BRACKETS, "E107", _TOO_DEEP, ""),
        (_LONG_TAG, "E108", _NO_TAGS, ""),
        (_DIRECTIVE, "E108", "directives are not supported", "delete the line that starts with %"),
    ):
        found = pattern.search(source.text)
        if found:
            line, column = place_of(source.text, found.start())
            raise ScenarioError([source.problem(code, rule, line=line, column=column, hint=hint)])


class _Composer:
    """Makes plain data of parser events; refuses what a scenario must not hold at the first sight of it."""

    def __init__(self, source: Source) -> None:
        from ruamel.yaml import YAML

        self.source = source
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(source.text))
        self.marks: dict[KeyPath, Mark] = {}
        self.duplicates: list[Problem] = []
        self.line = 1
        self.is_block = False
        self._n_values = 0

    def document(self) -> Any:
        """Return the value of the one document; None where there is none."""
        self._next()
        start = self._next()
        if type(start).__name__ == "StreamEndEvent":
            return None
        first = self._next()
        self.is_block = not getattr(first, "flow_style", True)
        value = self._node(first, (), None)
        self._next()
        second = self._next()
        if type(second).__name__ != "StreamEndEvent":
            rule = "must be one document, a second one starts here"
            self._refuse(second, "E109", rule, hint="delete the line `---` or keep one scenario a file")
        return value

    def _next(self) -> Any:
        event = next(self.events)
        self.line = event.start_mark.line + 1
        return event

    def _refuse(self, event: Any, code: str, rule: str, *, hint: str = "") -> NoReturn:
        mark = event.start_mark
        raise ScenarioError(
            [self.source.problem(code, rule, line=mark.line + 1, column=mark.column + 1, hint=hint)]
        )

    def _node(self, event: Any, path: KeyPath, key: Any) -> Any:
        self._guard(event, path)
        value, place = event.start_mark, (key or event).start_mark
        self.marks[path] = Mark(
            self.source.name, place.line + 1, place.column + 1, value.line + 1, value.column + 1
        )
        kind = type(event).__name__
        if kind == "MappingStartEvent":
            return self._mapping(path)
        if kind == "SequenceStartEvent":
            return self._sequence(path)
        return self._scalar(event, key)

    def _guard(self, event: Any, path: KeyPath) -> None:
        self._n_values += 1
        if self._n_values > MAX_VALUES:
            self._refuse(event, "E116", f"must hold no more than {MAX_VALUES:,} values")
        if len(path) >= MAX_DEPTH and hasattr(event, "flow_style"):
            self._refuse(event, "E107", _TOO_DEEP)
        if event.anchor is not None:
            is_alias = type(event).__name__ == "AliasEvent"
            rule = f"{'aliases (*)' if is_alias else 'anchors (&)'} are not supported"
            self._refuse(event, "E108", rule, hint="write the value out, or use `extends:`")
        if event.tag is not None:
            self._refuse(event, "E108", _NO_TAGS, hint="put text that starts with ! in quotes")

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while type(event := self._next()).__name__ != "MappingEndEvent":
            key = self._key(event, path)
            if key in result:
                self._twice(event, path)
            else:
                result[key] = self._node(self._next(), (*path, key), event)
        return result

    def _twice(self, event: Any, path: KeyPath) -> None:
        """Note a key that is written again and read past its value."""
        first = self.marks[(*path, event.value)]
        mark = event.start_mark
        problem = self.source.problem(
            "E114",
            f"key {event.value!r} is written twice, first on line {first.line}",
            line=mark.line + 1,
            column=mark.column + 1,
            hint="keep one of them",
        )
        self.duplicates.append(problem)
        kept = self.marks
        self.marks = {}
        self._node(self._next(), (*path, event.value), event)
        self.marks = kept

    def _key(self, event: Any, path: KeyPath) -> str:
        self._guard(event, path)
        if type(event).__name__ != "ScalarEvent":
            self._refuse(event, "E110", "a key must be text, not a list or a mapping", hint="remove the `?`")
        text: str = event.value
        if not event.style:
            if text == "<<":
                self._refuse(event, "E108", "merge keys (<<) are not supported", hint="use `extends:`")
            if WIDE_COLON.match(text):
                self._refuse(event, "E106", "the colon here is full-width", hint="did you mean ':'?")
            if not isinstance(self._resolved(event), str):
                self._refuse(
                    event, "E110", f"a key must be text, got {text or 'nothing'}", hint="put it in quotes"
                )
        if not text or "\n" in text:
            self._refuse(event, "E110", "a key must be text of one line")
        return self._clean(event)

    def _sequence(self, path: KeyPath) -> list[Any]:
        result: list[Any] = []
        while type(event := self._next()).__name__ != "SequenceEndEvent":
            result.append(self._node(event, (*path, len(result)), None))
        return result

    def _scalar(self, event: Any, key: Any) -> Any:
        if event.style:
            return self._clean(event)
        text: str = event.value
        if text[:1] and text[0] in WIDE_QUOTES:
            self._refuse(event, "E106", "the quotes here are not plain", hint="did you mean '\"'?")
        below_key = key is None or event.start_mark.line > key.start_mark.line
        if below_key and WIDE_COLON.match(text):
            self._refuse(event, "E106", "the colon here is full-width", hint="did you mean ':'?")
        value = self._resolved(event)
        return self._clean(event) if isinstance(value, str) else value

    def _resolved(self, event: Any) -> Any:
        try:
            return resolve_plain(event.value)
        except TooManyDigitsError as error:
            self._refuse(event, "E111", str(error))

    def _clean(self, event: Any) -> str:
        """Return the text of a scalar after its escapes; surrogate pairs of JSON become one character."""
        text: str = event.value
        if text.isascii() and text.isprintable():
            return text
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        bad = forbidden_character(text)
        if bad:
            self._refuse(event, "E104", f"must hold no control characters (U+{ord(bad[0]):04X})")
        return text


def _top_level_problem(source: Source, mark: Mark, value: object) -> Problem:
    kind = {list: "a list", str: "text", bool: "a truth value"}.get(type(value), "a number")
    return source.problem(
        "E113",
        f"the top level must be a mapping of keys to values, got {kind}",
        line=mark.line,
        column=mark.column,
        hint="a scenario starts with lines such as `name: My station`",
    )


_SYNTAX_HINTS = {
    "mapping values are not allowed": "check the indentation; text that holds ': ' needs quotes",
    "could not find expected ':'": "every line of a section needs `key: value`",
    "cannot start any token": "put the text in quotes",
    "expected <block end>": "check the indentation: keys of one section start in one column",
    "unexpected end of stream": "close the quotes",
    "<stream end>": "close the brackets",
}


def _syntax_problem(source: Source, error: Any) -> Problem:
    is_open = "unexpected end of stream" in str(error.problem)
    mark = (error.context_mark if is_open else None) or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
    reason = " ".join(part for part in (error.context, error.problem) if part)
    for number in dict.fromkeys((line, line - 1, getattr(error.context_mark, "line", line - 1) + 1)):
        text = source.lines[number - 1] if 0 < number <= len(source.lines) else ""
        if WIDE_COLON.match(text.strip().removeprefix("- ")):
            place = {"line": number, "column": text.index("：") + 1}
            return source.problem("E106", "the colon here is full-width", hint="did you mean ':'?", **place)
    hint = next((hint for words, hint in _SYNTAX_HINTS.items() if words in reason), "")
    return source.problem("E115", f"must be YAML: {reason}", line=line, column=column, hint=hint)
