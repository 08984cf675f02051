"""Where real data for checks lies: as `stationsim prove` finds it."""

from pathlib import Path

import pytest

from stationsim.prove.files import DATA_VARIABLE, data_file

ROOT = Path(__file__).resolve().parent.parent


def shared(relative: str) -> Path:
    """Return the path of a shared data file, or skip the test where it is absent."""
    path = data_file(relative)
    if not path.is_file():
        pytest.skip(f"real data file {relative} is not here; set {DATA_VARIABLE} to the folder that holds it")
    return path
