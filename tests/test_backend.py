"""The kernel is plain Python, or compiled where that is asked for or pays; both give the same numbers."""

from __future__ import annotations

import sys

import pytest

from stationsim.errors import MachineError
from stationsim.kernel.backend import CHOICE, PAYS_FROM_MINUTES, PLAIN, Kernel, kernel_for

numba = pytest.importorskip("numba", reason="the compiled kernel needs numba")


@pytest.fixture(scope="module")
def compiled() -> Kernel:
    from stationsim.kernel.compiled import compiled_kernel

    return compiled_kernel()


def test_short_runs_stay_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHOICE, raising=False)
    assert kernel_for(PAYS_FROM_MINUTES - 1) is PLAIN
    assert kernel_for(PAYS_FROM_MINUTES).name == "compiled"


@pytest.mark.parametrize(("choice", "minutes"), [("python", 10**9), ("compiled", 1)])
def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, choice: str, minutes: int) -> None:
    monkeypatch.setenv(CHOICE, choice)
    assert kernel_for(minutes).name == choice


def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "fast")
    with pytest.raises(MachineError, match="STATIONSIM_KERNEL must be auto, python or compiled, got 'fast'"):
        kernel_for(1)


def test_without_numba_python_plays_unless_compiled_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stationsim.kernel.compiled", None)
    monkeypatch.delenv(CHOICE, raising=False)
    assert kernel_for(PAYS_FROM_MINUTES) is PLAIN
    monkeypatch.setenv(CHOICE, "compiled")
    with pytest.raises(MachineError, match=r"pip install 'stationsim\[speed\]'"):
        kernel_for(PAYS_FROM_MINUTES)
