"""Scenario text before it is parsed: read within limits, decoded, cleared of what must not be there."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stationsim.errors import Problem, ScenarioError
from stationsim.inputs.findings import printable

MAX_BYTES = 2_000_000
"""Largest scenario file [B]; the reference scenario has some 20,000."""

SHOWN_SOURCE = 120
"""How much of a source line a message shows [characters]."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters, foreign line breaks, direction overrides, surrogates and byte-order marks."""

_TAB_INDENT = re.compile(r"^ *\t[ \t]*(?=[^\s#])", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """The text of one scenario file, with the name its messages use."""

    name: str
    """File as the user named it."""
    text: str
    """Decoded text with plain line ends."""
    path: Path | None = None
    """Where it was read from; None for text that came from elsewhere."""
    sha256: str = ""
    """Hash of the file's bytes."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text."""
        return tuple(self.text.split("\n"))

    def line(self, number: int) -> str:
        """Return a line, from 1, shortened for a message; empty where there is none."""
        return self.lines[number - 1].rstrip()[:SHOWN_SOURCE] if 0 < number <= len(self.lines) else ""

    def problem(self, code: str, rule: str, *, line: int = 0, column: int = 0, hint: str = "") -> Problem:
        """Return a problem at a place of this text."""
        return Problem(
            rule=rule,
            file=self.name,
            line=line,
            column=column,
            hint=hint,
            source=self.line(line) if code not in ("E103", "E104") else "",
            code=code,
        )


def read_source(path: str | os.PathLike[str], *, name: str | None = None) -> Source:
    """Read a scenario file: a regular file of at most 2 MB of UTF-8, looked at before it is opened."""
    shown = printable(name if name is not None else os.fspath(path))
    data = _read_bytes(path, shown)
    text = _decode(data, shown)
    return _checked(
        Source(shown, text, Path(path), hashlib.sha256(data).hexdigest()), is_json=shown.endswith(".json")
    )


def source_of_text(text: str, name: str = "<text>") -> Source:
    """Wrap text that is already in memory; the same guards apply."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ScenarioError([_too_large(name)])
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _checked(Source(name, _plain_line_ends(text.removeprefix("\ufeff")), None, digest), is_json=False)


def forbidden_character(text: str) -> re.Match[str] | None:
    """Return the first character that no text of a scenario may hold."""
    return _FORBIDDEN.search(text)


def _too_large(shown: str) -> Problem:
    return Problem("must be no larger than 2 MB", file=shown, code="E102")


def _read_bytes(path: str | os.PathLike[str], shown: str) -> bytes:
    try:
        _require_regular(os.stat(path), shown)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            _require_regular(os.fstat(handle), shown)
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError([Problem("no such file", file=shown, code="E101")]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the name holds a NUL character"
        raise ScenarioError([Problem(f"cannot be read: {reason}", file=shown, code="E101")]) from None
    if len(data) > MAX_BYTES:
        raise ScenarioError([_too_large(shown)])
    return data


def _require_regular(status: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        hint = "name the scenario file inside it"
        raise ScenarioError([Problem("must be a file, not a folder", file=shown, hint=hint, code="E101")])
    if not stat.S_ISREG(status.st_mode):
        raise ScenarioError(
            [Problem("must be a regular file, not a device, pipe or socket", file=shown, code="E101")]
        )
    if status.st_size > MAX_BYTES:
        raise ScenarioError([_too_large(shown)])


def _decode(data: bytes, shown: str) -> str:
    hint = "save as UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        hint = "looks like UTF-16; save as UTF-8"
        raise ScenarioError([Problem("not UTF-8 at byte 0", file=shown, hint=hint, code="E103")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, start) + 1
        column = start - data.rfind(b"\n", 0, start)
        rule = f"not UTF-8 at byte {start}"
        raise ScenarioError(
            [Problem(rule, file=shown, line=line, column=column, hint=hint, code="E103")]
        ) from None
    return _plain_line_ends(text)


def _plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _checked(source: Source, *, is_json: bool) -> Source:
    bad = forbidden_character(source.text)
    if bad:
        line, column = place_of(source.text, bad.start())
        rule = f"must hold no control characters (U+{ord(bad[0]):04X})"
        raise ScenarioError(
            [source.problem("E104", rule, line=line, column=column, hint="delete the character")]
        )
    if is_json or source.text.lstrip().startswith("{"):
        spaced = re.sub(r"^[ \t]+", lambda indent: " " * len(indent[0]), source.text, flags=re.MULTILINE)
        return Source(source.name, spaced, source.path, source.sha256)
    tab = _TAB_INDENT.search(source.text)
    if tab:
        line, column = place_of(source.text, source.text.index("\t", tab.start()))
        rule = "must be indented with spaces, found a tab"
        raise ScenarioError([source.problem("E105", rule, line=line, column=column, hint="use spaces")])
    return source


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
