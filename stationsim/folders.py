"""Folders that appear whole or not at all: locks, temporary names and the swap that puts a new one in place.

Beside a folder ``x`` lie, while it is written, ``.x.lock`` with the process that writes it,
``.tmp-x-PID-HEX`` with what is being written and, for an instant, ``.old-x-PID-HEX`` with what it replaces.
A process that is killed leaves some of them; whoever next takes the lock clears them away, so that no
judgement depends on clocks.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stationsim.errors import MachineError

LOCK_ATTEMPTS = 5
"""How often a lock is tried that others give back or leave behind at the same moment."""

LOCK_READS, LOCK_READ_S = 20, 0.05
"""How often, and how far apart, a lock is read whose owner has not written its name yet [-, s]."""

_held: set[Path] = set()
"""Locks of this very process."""

_LEFTOVER = re.compile(r"\.(tmp|old)-(?P<name>.+)-\d+-[0-9a-f]{8}")

_LOCK = re.compile(r"\.(?P<name>.+)\.lock(-\d+-[0-9a-f]{8})?")


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[list[str]]:
    """Hold the lock of a folder, cleared of what a killed process left; yields what there is to warn of.

    Raises
    ------
    MachineError
        Another process writes the folder, or its parent cannot be written.
    """
    lock = lock_of(folder)
    warnings: list[str] = []
    _take(lock, warnings)
    try:
        warnings += _recover(folder)
        yield warnings
    finally:
        _release(lock)


def lock_of(folder: Path) -> Path:
    """Return where the lock of a folder lies."""
    return folder.parent / f".{folder.name}.lock"


def beside_of(name: str) -> str | None:
    """Return what a lock or a temporary name lies beside; None where a name is neither."""
    match = _LEFTOVER.fullmatch(name) or _LOCK.fullmatch(name)
    return match and match["name"]


def temporary_of(folder: Path, kind: str = "tmp") -> Path:
    """Return a new name beside a folder for what is not it yet, or no longer."""
    return folder.parent / f".{kind}-{folder.name}-{os.getpid()}-{secrets.token_hex(4)}"


def swap(temporary: Path, folder: Path) -> None:
    """Put a finished folder under its final name; whatever fails, the old one is there."""
    aside = temporary_of(folder, "old")
    flush_tree(temporary)
    try:
        if folder.exists():
            folder.rename(aside)
        temporary.rename(folder)
    finally:
        if aside.exists() and not folder.exists():
            aside.rename(folder)
        discard(aside)
    with contextlib.suppress(OSError):  # not every file system can flush a folder
        flush(folder.parent)


def discard(folder: Path) -> None:
    """Remove a folder where it exists; once more where the first interrupt or error comes just then."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with plain line ends and flush it to disk."""
    path.write_text(text, encoding="utf-8", newline="\n")
    flush(path)


def flush(path: Path) -> None:
    """Flush a file or folder to disk."""
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """Flush the entries of a folder and of those inside it to disk."""
    for place in (*(entry for entry in folder.iterdir() if entry.is_dir()), folder):
        flush(place)


def clear_leftovers(parent: Path) -> list[str]:
    """Clear away what killed processes left for any folder of a parent; return what there is to tell."""
    told: list[str] = []
    try:
        names = {match["name"] for path in parent.iterdir() if (match := _LEFTOVER.fullmatch(path.name))}
    except OSError:  # a folder that may be written but not read
        return told
    for name in sorted(names):
        with contextlib.suppress(MachineError, OSError), locked(parent / name) as warnings:
            told += [f"{parent / name}: {warning}" for warning in warnings]
    return told


def _recover(folder: Path) -> list[str]:
    """Clear away what killed processes left for a folder whose lock is held; an old run comes back."""
    told = []
    for path in sorted(folder.parent.iterdir()):
        match = _LEFTOVER.fullmatch(path.name)
        if match is None or match["name"] != folder.name or not path.is_dir():
            continue  # a file that is written takes no lock; its writer may live
        if path.name.startswith(".old-") and not folder.exists():
            path.rename(folder)
            told.append(f"brought back {folder}, which a killed process was about to replace")
        else:
            discard(path)
            told.append(f"cleared {path.name}, left by a process that was killed")
    return told


def _take(lock: Path, warnings: list[str]) -> None:
    for _ in range(LOCK_ATTEMPTS):
        if _create(lock):
            return
        holder = _holder(lock)
        if holder is None:
            continue
        if _alive(holder, lock):
            raise MachineError(
                f"{lock.parent}: process {holder.get('pid')} on {holder.get('host')} is writing this run; "
                f"wait for it, or delete {lock} if no such process runs"
            )
        if _clear(lock, holder):
            warnings.append(
                f"took over the lock of process {holder.get('pid', 'unknown')}, which is gone: {lock}"
            )
    raise MachineError(f"{lock}: other processes keep taking this lock; try again")


def _create(lock: Path) -> bool:
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    except OSError as error:
        raise MachineError(f"{lock.parent}: cannot be written ({error.strerror})") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({"pid": os.getpid(), "host": socket.gethostname()}, stream)
    except BaseException as error:
        lock.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise MachineError(f"{lock.parent}: cannot be written ({error.strerror})") from None
        raise
    _held.add(lock.absolute())
    return True


def _release(lock: Path) -> None:
    _held.discard(lock.absolute())
    with contextlib.suppress(OSError):
        lock.unlink()


def _holder(lock: Path) -> dict[str, Any] | None:
    """Return who holds a lock; None where it is gone, empty where its owner left no name."""
    for _ in range(LOCK_READS):
        try:
            text = lock.read_text(encoding="utf-8")
            holder = json.loads(text)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            time.sleep(LOCK_READ_S)
            continue
        return holder if isinstance(holder, dict) else {}
    return {}


def _clear(lock: Path, holder: Mapping[str, Any]) -> bool:
    """Remove a stale lock, unless somebody else did so and took it in the same moment."""
    aside = lock.with_name(f"{lock.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        lock.rename(aside)
    except FileNotFoundError:
        return False
    if _holder(aside) != holder:
        aside.rename(lock)
        return False
    aside.unlink(missing_ok=True)
    return True


def _alive(holder: Mapping[str, Any], lock: Path) -> bool:
    pid, host = holder.get("pid"), holder.get("host")
    if not isinstance(pid, int) or pid <= 0:
        return False
    if host != socket.gethostname():
        return True  # nobody can look into another machine
    if pid == os.getpid():
        return lock.absolute() in _held
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def replaceable(path: Path) -> Path:
    """Return where a file lies that may be replaced: a link stays, and what it leads to is replaced.

    Raises
    ------
    MachineError
        Something else lies there, such as a folder, a device or a pipe.
    """
    target = Path(os.path.realpath(path))
    if os.path.lexists(target) and not target.is_file():
        raise MachineError(f"{path}: is no file that could be replaced; name another")
    return target


def check_writable(path: Path) -> None:
    """Refuse a file that could not be written or replaced, by making another one beside it for an instant.

    Raises
    ------
    MachineError
        Nothing can be written there, or what lies there may not be replaced.
    """
    probe = temporary_of(replaceable(path))
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise MachineError(f"{path}: cannot be written ({error.strerror}); name another") from None


def write_new(path: Path, text: str, *, force: bool = False) -> None:
    """Write a file whole or not at all; one that exists is replaced by ``force`` alone, nothing else ever.

    Raises
    ------
    MachineError
        The file exists or cannot be written.
    """
    target = replaceable(path) if force else path
    temporary = temporary_of(target)
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        _put(temporary, target, force)
    except FileExistsError:
        raise MachineError(f"{path}: exists; name another file or use --force") from None
    except OSError as error:
        raise MachineError(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        temporary.unlink(missing_ok=True)


def _put(temporary: Path, path: Path, force: bool) -> None:
    """Give a finished file its name, without a moment in which another one could be overwritten unasked."""
    if force:
        temporary.replace(path)
        return
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError from None
        temporary.rename(path)
