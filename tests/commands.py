"""Commands for tests: called in this process, or started as one of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from stationsim.cli import run_command_line
from stationsim.provenance import PACKAGE

SMALL = PACKAGE / "data" / "small_station.yaml"
"""A scenario of two days at hourly steps."""

PATIENCE_S = 60
"""How long a process that should end is waited for; it ends within two seconds on an idle machine [s]."""


class Answer(NamedTuple):
    code: int
    out: str
    err: str


def call(capsys, *words: object) -> Answer:
    """Run a command in this process and return its exit code and what it printed."""
    capsys.readouterr()
    code = run_command_line([str(word) for word in words])
    return Answer(code, *capsys.readouterr())


def start(*words: object, cwd: Path, patch: str = "", env: dict[str, str] | None = None) -> subprocess.Popen:
    """Start a command in a process of its own, after running some code in it."""
    code = f"import sys\n{patch}\nfrom stationsim.__main__ import main\nsys.argv[0] = 'stationsim'\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def finish(process: subprocess.Popen) -> Answer:
    """Wait for a process and return what it left."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return Answer(process.returncode, out, err)


def left_in(folder: Path) -> list[str]:
    """Return what lies in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())
