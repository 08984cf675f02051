"""The quick ones among the published cases; `make prove` runs the long ones too."""

import pytest

from tests.outside import modules
from tests.outside.case import Case


@pytest.mark.parametrize("name", sorted(modules()))
def test_published_cases(name: str) -> None:
    cases: list[Case] = modules()[name].quick()
    if all(case.passed is None for case in cases):
        pytest.skip("; ".join(sorted({case.note for case in cases})) or "no quick case")
    failed = [case for case in cases if case.passed is False]
    assert not failed, "\n".join(
        f"{c.case}: expected {c.expected}, got {c.got}, {c.tolerance}" for c in failed
    )
