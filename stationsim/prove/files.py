"""Where the files lie that cases need and the package does not hold: measured data, and the scenarios.

Both are found beside a checkout; elsewhere they are named, or the cases that need them are skipped.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stationsim.errors import StationsimError
from stationsim.provenance import PACKAGE

DATA_VARIABLE = "STATIONSIM_DATA"
"""Environment variable that names the data folder."""

REFERENCE = "jinan_east.yaml"
"""The scenario that cases are about."""

_NOWHERE = Path(os.devnull)
"""Folder in which no file is."""


class AbsentFileError(StationsimError):
    """A file that cases need is not here."""


@dataclass(frozen=True)
class Folders:
    """Folders of files that are not part of the package; None where there is none."""

    data: Path | None = None
    """Folder with ``weather/``, ``validation/``, ``charging/``, ``traffic/`` and ``tariff/`` in it."""
    scenarios: Path | None = None
    """Folder with the scenarios of the project."""


_chosen: list[Folders] = []
"""The folders chosen, the last of which are in use."""


def find_folders(data: Path | None = None, scenarios: Path | None = None) -> Folders:
    """Return the folders that are named, or those of the environment and beside a checkout."""
    root = PACKAGE.parent
    in_checkout = (root / "pyproject.toml").is_file()
    if data is None:
        named = os.environ.get(DATA_VARIABLE)
        beside = root.parent / "shared" / "data"
        data = Path(named) if named else beside if in_checkout and beside.is_dir() else None
    if scenarios is None and in_checkout and (root / "scenarios" / REFERENCE).is_file():
        scenarios = root / "scenarios"
    return Folders(data, scenarios)


def use(folders: Folders) -> None:
    """Take files from these folders from now on, in this process."""
    _chosen.append(folders)


@contextlib.contextmanager
def using(folders: Folders) -> Iterator[None]:
    """Take files from these folders for a while."""
    use(folders)
    try:
        yield
    finally:
        _chosen.remove(folders)


def folders() -> Folders:
    """Return the folders in use."""
    return _chosen[-1] if _chosen else find_folders()


def data_file(relative: str) -> Path:
    """Return the path of a file of the data folder, such as ``weather/x.epw``; it may not be there."""
    return (folders().data or _NOWHERE) / relative


def scenario_file(name: str = REFERENCE) -> Path:
    """Return the path of a scenario of the project; it may not be there."""
    return (folders().scenarios or _NOWHERE) / name


def needed_scenario(name: str = REFERENCE) -> Path:
    """Return the path of a scenario of the project, for cases that are not skipped one by one without it.

    Raises
    ------
    AbsentFileError
        It is not there; the cases of the section are then skipped together.
    """
    path = scenario_file(name)
    if not path.is_file():
        raise AbsentFileError(absent(name))
    return path


def absent(relative: str) -> str:
    """Say which file a skipped case lacks, and the option that brings it."""
    if relative.endswith(".yaml"):
        return f"scenarios/{relative} is not here; --scenarios names its folder"
    return f"{relative} is not here; --data names the folder that holds it"


def without_folders(text: str) -> str:
    """Return a text in which no folder of this machine stands."""
    named = {"DATA": folders().data, "SCENARIOS": folders().scenarios, "PACKAGE": PACKAGE}
    for name, folder in named.items():
        if folder is not None:
            text = text.replace(str(folder), name).replace(str(folder.resolve()), name)
    return text
