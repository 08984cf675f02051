"""The benchmarks run; what they measure is for people to read, not for a test to judge."""

import sys

import pytest

from tests.benchmarks import plaza_cost


def test_the_cost_of_a_session_is_measured_in_every_design(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["plaza_cost", "1", "1"])
    plaza_cost.main()
    table = capsys.readouterr().out
    for design in plaza_cost.DESIGNS:
        assert table.count(design) == 2 * len(plaza_cost.STATIONS)
