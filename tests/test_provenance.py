"""Versions and machine facts: known, plain, and none of them decisive."""

import json
import subprocess
import zoneinfo
from datetime import UTC, datetime
from typing import get_args

import pytest

from stationsim import provenance
from stationsim.seeds import Purpose


@pytest.fixture(autouse=True)
def forget():
    provenance.code_hash.cache_clear()
    yield
    provenance.code_hash.cache_clear()


def test_versions_are_those_installed():
    import numpy

    assert provenance.versions()["numpy"] == numpy.__version__


def test_the_time_zone_database_in_use_is_named(tmp_path, monkeypatch):
    (tmp_path / "UTC").write_bytes(b"TZif")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path),))
    assert provenance.time_zone_version() == "system"
    (tmp_path / "tzdata.zi").write_text("# version 2025b\n# more\n")
    assert provenance.time_zone_version() == "system 2025b"
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    assert provenance.time_zone_version()[:2] == "20"  # of the package


def test_any_change_of_code_or_data_changes_the_code_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    (tmp_path / "data").mkdir()
    hashes = set()
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", ""), ("data/x.csv", "1"), ("notes.txt", "1")):
        (tmp_path / name).write_text(text)
        provenance.code_hash.cache_clear()
        hashes.add(provenance.code_hash())
    assert len(hashes) == 4  # notes are neither code nor data


def test_a_checkout_tells_commit_and_changes(tmp_path, monkeypatch):
    package = tmp_path / "stationsim"
    package.mkdir()
    (package / "a.py").write_text("1")
    monkeypatch.setattr(provenance, "PACKAGE", package)
    assert provenance.source_state() == {}
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "first")):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    state = provenance.source_state()
    assert (len(state["commit"]), state["dirty"]) == (40, False)
    (package / "a.py").write_text("2")
    assert provenance.source_state() == {**state, "dirty": True}


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "stationsim").mkdir()
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path / "stationsim")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.source_state() == {}


def test_the_streams_are_all_named_in_their_order():
    layout = provenance.stream_layout(5, 2)
    assert (layout["seed"], layout["replication"]) == (5, 2)
    assert tuple(layout["streams"]) == get_args(Purpose)


def test_host_facts_are_plain_data():
    facts = provenance.host_facts(datetime(2026, 1, 2, tzinfo=UTC), wall_s=1.23456)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["started"] == "2026-01-02T00:00:00+00:00"
    assert facts["wall_s"] == 1.235
    assert facts["peak_memory_mb"] > 10
