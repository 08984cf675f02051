"""Machine code on disk, each piece under its hash: one that is damaged is compiled anew, never run.

Numba trusts what it finds in its cache: a file cut short raises whatever unpickling does, and a flipped byte
is executed. Here each piece is one file that begins with the sha256 of the rest, and no index can be wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache
from numba.core.serialize import dumps

from stationsim.folders import temporary_of

_DIGEST_BYTES = hashlib.sha256().digest_size


class KeptCode(FunctionCache):  # type: ignore[misc]
    """Numba's cache of one function, with files that are checked and whose loss costs time alone."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = KeptFiles(Path(self.cache_path), self._impl.filename_base)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for a signature where there is room for it."""
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)


class KeptFiles:
    """Files of one function, one for each signature and processor."""

    def __init__(self, folder: Path, stem: str) -> None:
        self.folder, self.stem = folder, stem

    def path_of(self, key: Any) -> Path:
        """Return the file of a key."""
        return self.folder / f"{self.stem}-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.code"

    def load(self, key: Any) -> Any:
        """Return what was kept; None where there is nothing, or not what was written."""
        try:
            content = self.path_of(key).read_bytes()
        except OSError:
            return None
        digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(body).digest() != digest:
            return None
        written_for, data = pickle.loads(body)  # noqa: S301  as numba does, of the user's own folder
        return data if written_for == key else None

    def save(self, key: Any, data: Any) -> None:
        """Keep something, whole or not at all."""
        body = dumps((key, data))
        path = self.path_of(key)
        temporary = temporary_of(path)
        try:
            temporary.write_bytes(hashlib.sha256(body).digest() + body)
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def flush(self) -> None:
        """Forget all that is kept."""
        for path in self.folder.glob(f"{self.stem}-*.code"):
            path.unlink(missing_ok=True)
