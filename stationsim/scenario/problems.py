"""Turn what the models refuse into problems with a place, a rule in plain words and a hint; all at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from stationsim.errors import Problem
from stationsim.scenario.fields import (
    alternatives,
    field_at,
    fits,
    is_union,
    item_annotations,
    literal_values,
    models_at,
)
from stationsim.scenario.reasons import flag_hint, fraction_hint, number_hint, plain_number, shown, text_hint
from stationsim.scenario.suggest import key_hint, nearest
from stationsim.scenario.text import Document, KeyPath, Mark, dotted, value_at

COMMAND_LINE = "command line"
"""Place of everything that an override set."""

MOST_HINTED = 100
"""How many problems get the hints that take a search; a message lists 20."""

MOST_PLACES = 5
"""How many keys a hint gives the lines of."""

LONGEST_RULE = 500
"""How much of a rule a message shows [characters]; some list every gap or every point of a curve."""

_NUMBER_TYPES = {"float_type", "float_parsing", "decimal_type", "decimal_parsing", "int_parsing_size"}
_WHOLE_TYPES = {"int_type", "int_parsing", "int_from_float"}
_TYPE_RULES: dict[str, tuple[str, str]] = {
    "bool_type": ("E205", "must be true or false"),
    "bool_parsing": ("E205", "must be true or false"),
    "string_type": ("E206", "must be text"),
    "path_type": ("E206", "must be text"),
    "model_type": ("E207", "must be a mapping of keys to values"),
    "model_attributes_type": ("E207", "must be a mapping of keys to values"),
    "dict_type": ("E207", "must be a mapping of keys to values"),
    "mapping_type": ("E207", "must be a mapping of keys to values"),
    "list_type": ("E208", "must be a list"),
    "tuple_type": ("E208", "must be a list"),
    "set_type": ("E208", "must be a list"),
    "frozen_set_type": ("E208", "must be a list"),
    "none_required": ("E217", "must be null"),
    "finite_number": ("E211", "must be a finite number"),
}
_TYPE_CODES = {"E203", "E204", "E205", "E206", "E207", "E208", "E209", "E217"}
_LIMITS = {
    "greater_than": (">", "gt"),
    "greater_than_equal": (">=", "ge"),
    "less_than": ("<", "lt"),
    "less_than_equal": ("<=", "le"),
}
_PATTERNS = {r"^[a-z][a-z0-9_]*$": "must be lower case letters, digits and underscores, a letter first"}
"""Patterns of text in words."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[\d+\])?(?:\.[A-Za-z_][A-Za-z0-9_]*(?:\[\d+\])?)*")


@dataclass(frozen=True)
class _Finding:
    """A problem before it has a place, with what the merging of union branches needs."""

    path: KeyPath
    problem: Problem
    is_branch: bool
    """Whether it comes from one branch of a union."""


def problems_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """Return every problem of a validation error, sorted by file and line."""
    listed = enumerate(error.errors(include_url=False))
    findings = [_finding(details, document, model, hinted=n < MOST_HINTED) for n, details in listed]
    findings = _without_emptied(_without_renamed(_merge_branches(findings)))
    placed = [place(found.problem, found.path, document) for found in findings]
    return in_order(dict.fromkeys(placed), document)


def in_order(problems: Iterable[Problem], document: Document) -> list[Problem]:
    """Return problems by file, the first read first, then by line and column; the command line last."""
    order = {name: number for number, name in enumerate(document.sources)}
    return sorted(problems, key=lambda p: (order.get(p.file, len(order)), p.line, p.column, p.path))


def place(problem: Problem, path: KeyPath, document: Document) -> Problem:
    """Return a problem with the place in the text of the value at ``path``, or of the section above it."""
    mark = document.mark(path)
    is_beside = path in document.marks and mark.value_line == mark.line
    at_value = is_beside and problem.code not in ("E201", "E202", "E215")
    line = mark.value_line if at_value else mark.line
    column = mark.value_column if at_value else mark.column
    if mark.file == COMMAND_LINE:
        source = document.override_text(path)
    else:
        source = document.source_line(mark, line)
    return replace(problem, path=dotted(path), file=mark.file, line=line, column=column, source=source)


def _finding(details: Any, document: Document, model: type[BaseModel], *, hinted: bool) -> _Finding:
    path, is_branch = _clean(details["loc"], document.data, model)
    problem = _problem(details, path, document, model, hinted=hinted)
    if details["type"].startswith("union_tag_"):
        path = (*path, str(details["ctx"]["discriminator"]).strip("'"))
    elif details["type"] == "missing" and isinstance(path[-1], int):
        path = path[:-1]
    elif problem.code == "E215" and not path:
        path = next(iter(_named_marks(problem.rule, path, document)), path)
    return _Finding(path, problem, is_branch)


def _clean(loc: KeyPath, data: Any, model: type[BaseModel]) -> tuple[KeyPath, bool]:
    """Return the path a user knows, without the labels of union branches, and whether there were any.

    A location has one label below every value that a union describes: the tag of its kind or a type's name.
    """
    path: KeyPath = ()
    found: list[Any] = [model]
    is_branch = was_label = False
    for step in loc:
        if not was_label and any(is_union(annotation) for annotation in found):
            is_branch = was_label = True
            continue
        was_label = False
        fitting = [a for annotation in found for a in alternatives(annotation) if fits(a, data)]
        found = [item for annotation in fitting for item in item_annotations(annotation, step)]
        data = value_at(data, (step,))
        path = (*path, step)
    return path, is_branch


def _problem(
    details: Any, path: KeyPath, document: Document, model: type[BaseModel], *, hinted: bool
) -> Problem:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if kind == "extra_forbidden":
        section = value_at(document.data, path[:-1])
        hint = key_hint(model, path[:-1], str(path[-1]), section) if hinted else ""
        return Problem("unknown key", hint=hint, code="E201")
    if kind == "missing":
        return _missing(path, document, model)
    if kind in _LIMITS:
        sign, limit = _LIMITS[kind]
        hint = fraction_hint(value, {limit: context[limit]})
        return Problem(
            f"must be {sign} {plain_number(context[limit])}", value=shown(value), hint=hint, code="E210"
        )
    if kind == "value_error":
        return _broken_rule(str(context["error"]), path, document, hinted=hinted)
    if kind == "union_tag_not_found":
        return Problem(
            "missing", hint=_kinds_hint(path, str(context["discriminator"]).strip("'"), model), code="E216"
        )
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        return _choice(details, value, context)
    return _type_problem(kind, value, key) or _form_problem(details, value, context)


def _missing(path: KeyPath, document: Document, model: type[BaseModel]) -> Problem:
    if path and isinstance(path[-1], int):
        return Problem(f"must have at least {_counted(path[-1] + 1, 'item')}", code="E212")
    field = field_at(model, path, value_at(document.data, path[:-1]))
    meaning = " ".join((field.description or "").split()) if field else ""
    return Problem("missing", hint=meaning and f"add {path[-1]}: {meaning}", code="E202")


def _kinds_hint(path: KeyPath, key: str, model: type[BaseModel]) -> str:
    """Say which kinds a section may be of, for a section that does not."""
    fields = [member.model_fields[key] for member in models_at(model, path) if key in member.model_fields]
    kinds = [str(value) for field in fields for value in literal_values(field.annotation)]
    return f"add {key}: {' or '.join(kinds)}"


def _type_problem(kind: str, value: Any, key: str) -> Problem | None:
    if kind in _NUMBER_TYPES:
        return Problem("must be a number", value=shown(value), hint=number_hint(value, key), code="E203")
    if kind in _WHOLE_TYPES:
        if isinstance(value, float):
            return Problem("must be a whole number", value=shown(value), code="E204")
        return Problem(
            "must be a whole number", value=shown(value), hint=number_hint(value, key), code="E203"
        )
    if kind not in _TYPE_RULES:
        return None
    code, rule = _TYPE_RULES[kind]
    hints = {"E205": flag_hint, "E206": text_hint, "E208": _list_hint}
    return Problem(rule, value=shown(value), hint=hints[code](value) if code in hints else "", code=code)


def _list_hint(value: Any) -> str:
    return "start each item with `- `" if isinstance(value, dict) else "write it in brackets: [ ... ]"


def _choice(details: Any, value: Any, context: dict[str, Any]) -> Problem:
    kind = details["type"]
    expected = str(context.get("expected") or context.get("expected_tags", ""))
    choices = re.findall(r"'([^']*)'", expected)
    near = nearest(str(context.get("tag", value)), choices)
    hint = f"did you mean {near}?" if near else ""
    words = " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"
    if kind == "union_tag_invalid":
        return Problem(f"must be {words}", value=shown(context["tag"]), hint=hint, code="E216")
    return Problem(f"must be {words or expected}", value=shown(value), hint=hint, code="E209")


def _form_problem(details: Any, value: Any, context: dict[str, Any]) -> Problem:
    kind = details["type"]
    if kind in ("too_short", "string_too_short", "too_long", "string_too_long"):
        bound = "least" if kind.endswith("short") else "most"
        limit = context["min_length" if bound == "least" else "max_length"]
        rule = f"must have at {bound} {_counted(limit, 'character' if 'string' in kind else 'item')}"
        return Problem(rule, value=shown(value), code="E212")
    if kind == "string_pattern_mismatch":
        rule = _PATTERNS.get(context["pattern"], f"must have the form {context['pattern']}")
        return Problem(rule, value=shown(value), code="E213")
    message = str(details["msg"])
    return Problem(message[:1].lower() + message[1:], value=shown(value), code="E214")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _broken_rule(message: str, path: KeyPath, document: Document, *, hinted: bool) -> Problem:
    """Return the problem of a rule of our own: ``must be ..., got ...; hint``."""
    rule, _, hint = message.partition("; ")
    if hint[:1].isdigit():
        rule, hint = message, ""
    rule = rule if len(rule) <= LONGEST_RULE else f"{rule[:LONGEST_RULE]} ..."
    value = value_at(document.data, path)
    if not isinstance(value, (dict, list)):
        got = "" if ", got " in rule or value is None else shown(value)
        return Problem(rule, value=got, hint=hint, code="E214")
    places = _named_places(rule, path, document) if hinted else ""
    return Problem(rule, hint="; ".join(part for part in (hint, places) if part), code="E215")


def _named_places(message: str, section: KeyPath, document: Document) -> str:
    """Say on which lines the keys stand that a message names."""
    main = document.mark(section).file
    marks = list(_named_marks(message, section, document).items())
    is_list = isinstance(value_at(document.data, section), list)
    above = len(section) - 1 if is_list else len(section)
    told = [f"{dotted(path[above:])} is on {_where(mark, main)}" for path, mark in marks[:MOST_PLACES]]
    more = [f"and {len(marks) - MOST_PLACES} more"] if len(marks) > MOST_PLACES else []
    return ", ".join(told + more)


def _named_marks(message: str, section: KeyPath, document: Document) -> dict[KeyPath, Mark]:
    """Return the written keys that a message names, below its section or from the top, in its order."""
    by_name = document.by_name
    prefix = f"{dotted(section)}." if section else ""
    found: dict[KeyPath, Mark] = {}
    for word in _WORD.findall(message):
        is_whole_path = not section or "." in word or "_" in word
        path = by_name.get(prefix + word) or (by_name.get(word) if is_whole_path else None)
        if path is not None:
            found[path] = document.marks[path]
    return found or _named_items(message, section, document)


def _named_items(message: str, section: KeyPath, document: Document) -> dict[KeyPath, Mark]:
    """Return the items of lists in a section whose names a message tells, such as the two of one name."""
    words = {word.casefold() for word in _WORD.findall(message)}
    return {
        path: document.marks[path]
        for path, name in document.item_names.items()
        if name in words and path[: len(section)] == section
    }


def _where(mark: Mark, main: str) -> str:
    if mark.file == COMMAND_LINE:
        return "the command line"
    return f"line {mark.line}" if mark.file == main else f"{mark.file}:{mark.line}"


def _without_renamed(findings: list[_Finding]) -> list[_Finding]:
    """Leave out missing keys that an unknown key of the same section was probably meant to be."""
    unknown = [found for found in findings if found.problem.code == "E201"]
    meant = {(found.path[:-1], found.problem.hint) for found in unknown}
    return [
        found
        for found in findings
        if found.problem.code != "E202" or (found.path[:-1], f"did you mean {found.path[-1]}?") not in meant
    ]


def _without_emptied(findings: list[_Finding]) -> list[_Finding]:
    """Leave out lists that are too short only because items of theirs are wrong."""
    above = {found.path[:length] for found in findings for length in range(len(found.path))}
    return [found for found in findings if found.problem.code != "E212" or found.path not in above]


def _merge_branches(findings: list[_Finding]) -> list[_Finding]:
    """Join what several branches of one union say of one value; a branch that got further speaks alone."""
    groups: dict[KeyPath, list[_Finding]] = defaultdict(list)
    for found in findings:
        groups[found.path].append(found)
    inner = {
        path[:length] for path, group in groups.items() for length in range(len(path)) if _branches(group)
    }
    merged: list[_Finding] = []
    for path, group in groups.items():
        further = [found for found in _branches(group) if found.problem.code not in _TYPE_CODES]
        if path in inner or further:
            group = [found for found in group if not found.is_branch or found in further]
        branches = _branches(group)
        if len(branches) > 1:
            group = [found for found in group if not found.is_branch] + [_joined(branches)]
        merged.extend(group)
    return merged


def _branches(group: list[_Finding]) -> list[_Finding]:
    return [found for found in group if found.is_branch]


def _joined(branches: list[_Finding]) -> _Finding:
    """Return one problem for a value that fits no branch of a union."""
    first = branches[0]
    rules = list(dict.fromkeys(found.problem.rule for found in branches))
    if len(rules) == 1:
        return first
    rule = " or ".join([rules[0], *(rule.removeprefix("must be ") for rule in rules[1:])])
    hint = next((found.problem.hint for found in branches if found.problem.hint), "")
    return replace(first, problem=replace(first.problem, rule=rule, hint=hint, code="E217"))
