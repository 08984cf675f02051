"""YAML 1.2 scalars: which plain words are numbers, truth values or nothing; all others are text.

References
----------
YAML 1.2.2, section 10.3.2, "Tag resolution" of the core schema.
"""

from __future__ import annotations

import re

MAX_DIGITS = 100
"""Most digits of a whole number; the largest that a field takes has 19."""

Scalar = str | int | float | bool | None

_NAMED: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((sign + word for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OCTAL = re.compile(r"0o[0-7]+", re.ASCII)
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)


class TooManyDigitsError(ValueError):
    """A whole number is longer than any that could be meant."""


def resolve_plain(text: str) -> Scalar:
    """Return the value of a plain (unquoted) scalar by the YAML 1.2 core schema.

    ``on``, ``yes``, dates and ``22:30`` are text, ``010`` is ten.
    """
    if text in _NAMED:
        return _NAMED[text]
    first = text[0]
    if not (first.isdigit() or first in "+-."):
        return text
    if _DECIMAL.fullmatch(text):
        return _whole(text, 10)
    if _HEXADECIMAL.fullmatch(text):
        return _whole(text[2:], 16)
    if _OCTAL.fullmatch(text):
        return _whole(text[2:], 8)
    return float(text) if _FLOAT.fullmatch(text) else text


def _whole(digits: str, base: int) -> int:
    if len(digits) > MAX_DIGITS:
        raise TooManyDigitsError(f"must have no more than {MAX_DIGITS} digits, got {len(digits)}")
    return int(digits, base)
