"""The kernel is plain Python, or compiled where that is asked for or pays; both give the same numbers."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

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


def test_an_empty_choice_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "")
    assert kernel_for(PAYS_FROM_MINUTES - 1) is PLAIN


def test_without_numba_python_plays_unless_compiled_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stationsim.kernel.compiled", None)
    monkeypatch.delenv(CHOICE, raising=False)
    assert kernel_for(PAYS_FROM_MINUTES) is PLAIN
    monkeypatch.setenv(CHOICE, "compiled")
    with pytest.raises(MachineError, match=r"pip install 'stationsim\[speed\]'"):
        kernel_for(PAYS_FROM_MINUTES)


def test_a_numba_that_does_not_load_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    from stationsim.kernel import compiled

    def fail() -> Kernel:
        raise OSError("libllvm is damaged")

    monkeypatch.setattr(compiled, "compiled_kernel", fail)
    monkeypatch.delenv(CHOICE, raising=False)
    with pytest.warns(RuntimeWarning, match="plain Python plays, as numba does not load: libllvm is damaged"):
        assert kernel_for(PAYS_FROM_MINUTES) is PLAIN
    monkeypatch.setenv(CHOICE, "compiled")
    with pytest.raises(MachineError, match="libllvm is damaged"):
        kernel_for(PAYS_FROM_MINUTES)


# --- machine code on disk ---------------------------------------------------------------------------


def twice(x: float) -> float:
    """A loop small enough to be compiled in an instant."""
    return 2 * x


def _kept_in(folder: Path) -> Any:
    """Return `twice` as the kernel's loops are made, as a new process would find it."""
    from stationsim.kernel.compiled import _keep_in

    loop = numba.njit(twice)
    _keep_in(folder, [loop])
    return loop


def _hits(loop: Any) -> int:
    return sum(loop.stats.cache_hits.values())


def test_machine_code_is_found_again(tmp_path: Path, compiled: Kernel) -> None:
    assert _kept_in(tmp_path)(1.5) == 3
    again = _kept_in(tmp_path)
    assert again(1.5) == 3
    assert _hits(again) == 1
    assert {type(loop._cache).__name__ for loop in compiled[4:]} == {"KeptCode"}


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "garbage", "a folder", "gone"])
def test_damaged_machine_code_is_compiled_anew(tmp_path: Path, damage: str) -> None:
    _kept_in(tmp_path)(1.5)
    (file,) = tmp_path.rglob("*.code")
    content = file.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    made = {"empty": b"", "cut": content[:middle], "flipped": flipped, "garbage": b"\0garbage"}
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    elif damage != "gone":
        file.write_bytes(made[damage])
    loop = _kept_in(tmp_path)
    assert loop(1.5) == 3
    assert _hits(loop) == 0
    if damage != "a folder":
        again = _kept_in(tmp_path)
        assert again(1.5) == 3
        assert _hits(again) == 1
    assert list(tmp_path.rglob(".tmp-*")) == []


def test_machine_code_of_another_key_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stationsim.kernel.kept import KeptFiles

    files = KeptFiles(tmp_path, "twice")
    monkeypatch.setattr(files, "path_of", lambda key: tmp_path / "one.code")
    files.save(("float64",), "code")
    assert files.load(("float64",)) == "code"
    assert files.load(("int64",)) is None


def test_a_full_disk_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert _kept_in(tmp_path)(1.5) == 3
    assert list(tmp_path.rglob("*.code")) == []


def test_a_relative_cache_folder_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stationsim.kernel.compiled import cache_folder, sources_key

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert cache_folder() == tmp_path / "home" / ".cache" / "stationsim" / sources_key()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    assert cache_folder() == tmp_path / "there" / "stationsim" / sources_key()
    assert not (tmp_path / "here").exists()


def test_old_machine_code_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stationsim.kernel.compiled import KEPT_S, cache_folder, sources_key

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    long_ago = time.time() - KEPT_S - 1
    for name, used_s in (
        ("0" * 16, long_ago),
        ("1" * 16, time.time()),
        ("notes", long_ago),
        (sources_key(), long_ago),
    ):
        (tmp_path / "stationsim" / name).mkdir(parents=True)
        os.utime(tmp_path / "stationsim" / name, (used_s, used_s))
    cache_folder()
    left = {path.name for path in (tmp_path / "stationsim").iterdir()}
    assert left == {"1" * 16, "notes", sources_key()}
