"""Where real data for checks lies: a folder beside the project, or the one that is named."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("STATIONSIM_SHARED", ROOT.parent / "shared")) / "data"


def shared(relative: str) -> Path:
    """Return the path of a shared data file, or skip the test where it is absent."""
    path = SHARED / relative
    if not path.is_file():
        pytest.skip(
            f"real data file {relative} is not here; set STATIONSIM_SHARED to the folder that holds data/"
        )
    return path
