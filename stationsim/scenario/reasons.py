"""Why a value is not what its key takes, in words: a unit left in, a comma, quotes, a percent sign."""

from __future__ import annotations

import json
import re
from typing import Any

from stationsim.scenario.scalars import TooManyDigitsError, resolve_plain

SHOWN_VALUE = 60
"""How much of a value a message shows [characters]."""

LEAST_PERCENT = 2
"""From where a number above 1 is taken for a percentage; 1.2 is not meant as 1.2 %."""

_WITH_UNIT = re.compile(r"([-+]?\d[\d.]*(?:[eE][-+]?\d+)?)\s*([^\d\s.,:%].{0,15})")
_FRACTION_WORDS = ("share", "efficiency", "soc", "turn_in")
"""Parts of keys that hold a fraction of one."""
_PERCENT = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*[%％]")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_TRUTH_WORDS = {"yes", "no", "on", "off", "y", "n", "true", "false", "0", "1"}


def shown(value: Any) -> str:
    """Return a value as written, shortened; containers are only named."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=not value.isprintable())
        return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 4] + '..."'
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        text = repr(value)
        return text if len(text) <= SHOWN_VALUE else f"{text[:12]}... of {len(text)} digits"
    return str(value)[:SHOWN_VALUE]


def plain_number(value: Any) -> str:
    """Return a limit without needless digits."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def number_hint(value: Any, key: str = "") -> str:
    """Return how to mend a value that should have been a number."""
    if isinstance(value, bool):
        return "true and false are not numbers"
    if value is None:
        return "write a number, or leave the key out if it has a default"
    if not isinstance(value, str):
        return "write one number"
    text = value.strip()
    if match := _PERCENT.fullmatch(text):
        number = float(match[1])
        if "percent" in key:
            return f"write {number:g}"
        if any(word in key for word in _FRACTION_WORDS):
            return f"write {number / 100:g}"
        return f"write {number / 100:g} for a fraction, or the number in the unit of the key"
    if _THOUSANDS.fullmatch(text):
        point = f", or {text.replace(',', '.')} with a decimal point" if text.count(",") == 1 else ""
        return f"write {text.replace(',', '')} without separators{point}"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"use a decimal point: {text.replace(',', '.')}"
    if _is_number(text):
        return f"remove the quotes: {text}"
    if "_" in text and _is_number(text.replace("_", "")):
        return f"write {text.replace('_', '')} without underscores"
    if text.casefold() in _TRUTH_WORDS:
        return "write a number, not a truth word"
    if match := _WITH_UNIT.fullmatch(text):
        return f"write the number alone, the unit is in the key's name{_unit_of(key)}"
    if not text.isascii() and _is_number("".join(_plain_digit(mark) for mark in text)):
        return "use plain digits"
    return ""


def flag_hint(value: Any) -> str:
    """Return how to mend a value that should have been a truth value."""
    if isinstance(value, str) and value.strip().casefold() in ("true", "false"):
        return f"remove the quotes: {value.strip().casefold()}"
    return "write true or false"


def text_hint(value: Any) -> str:
    """Return how to mend a value that should have been text."""
    if isinstance(value, (bool, int, float)):
        return f'put it in quotes: "{shown(value)}"'
    return ""


def fraction_hint(value: Any, limits: dict[str, Any]) -> str:
    """Return ``write 0.95`` for a percentage where a fraction from 0 to 1 is meant."""
    at_most = limits.get("le", limits.get("lt"))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"write {value / 100:g}" if is_number and at_most == 1 and LEAST_PERCENT <= value <= 100 else ""


def _unit_of(key: str) -> str:
    unit = key.rsplit("_", 1)[-1] if "_" in key else ""
    return f" ({unit})" if unit else ""


def _is_number(text: str) -> bool:
    try:
        value = resolve_plain(text)
    except TooManyDigitsError:
        return False
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain_digit(mark: str) -> str:
    code = ord(mark)
    return chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else mark
