"""Run every published case, quick and long, and write the table to VALIDATION.md."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable

from stationsim.provenance import versions
from tests.outside import modules
from tests.outside.case import Case
from tests.shared_data import ROOT

HOLDS, FAILS, SKIPPED, TOLD = "yes", "**no**", "skipped", "for information"

HEAD = """# Validation

Published cases, closed forms, other programs' results and the station's own published figures, and what
stationsim gets for them. What nobody outside can tell is held against stationsim itself: what the length of a
step changes, and the reference's load budget. `make prove` writes this page; nothing here is edited by hand.
Cases whose data files are not at hand are skipped by name; a case that fails stays in the table as failed.

"""


def main() -> int:
    """Write the table; return 1 when a case fails."""
    wanted = set(sys.argv[1:])
    sections: dict[str, list[Case]] = {}
    for name, module in sorted(modules().items()):
        if wanted and name not in wanted:
            continue
        began = time.perf_counter()
        found = _once([*_run(module.quick, f"{name}.quick"), *_run(module.long, f"{name}.long")])
        print(f"{name}: {len(found)} cases in {time.perf_counter() - began:.0f} s", flush=True)
        sections[(module.__doc__ or name).strip().splitlines()[0]] = found
    cases = [case for found in sections.values() for case in found]
    tables = "\n".join(_section(title, found) for title, found in sections.items())
    text = HEAD + _totals(cases) + _overview(sections) + tables
    if wanted:
        print(text)
    else:
        (ROOT / "VALIDATION.md").write_text(text, encoding="utf-8")
    failed = [case for case in cases if case.passed is False]
    for case in failed:
        print(f"FAILED {case.case}: expected {case.expected}, got {case.got}, {case.tolerance}")
    print(_totals(cases).strip())
    return 1 if failed else 0


def _run(make: Callable[[], list[Case]], name: str) -> list[Case]:
    """Run one list of cases; an exception becomes a failed case, so that the others still show."""
    try:
        return make()
    except Exception as error:
        traceback.print_exc()
        return [Case(name, "", "", "", "", False, f"stopped: {error}")]


def _once(cases: list[Case]) -> list[Case]:
    """Return each case once; of one that a quick and a long run both hold, the long run's."""
    return list({case.case: case for case in cases}.values())


def _overview(sections: dict[str, list[Case]]) -> str:
    """Return the sections with how many of their cases hold."""
    rows = ["| section | cases | hold | fail |", "|---|---|---|---|"]
    for title, cases in sections.items():
        found = [_verdict(case) for case in cases]
        rows.append(f"| {title} | {len(found)} | {found.count(HOLDS)} | {found.count(FAILS)} |")
    return "\n".join(rows) + "\n\n"


def _totals(cases: list[Case]) -> str:
    found = [_verdict(case) for case in cases]
    used = ", ".join(f"{name} {version}" for name, version in versions().items())
    return (
        f"{found.count(HOLDS)} cases hold, {found.count(FAILS)} fail, {found.count(SKIPPED)} were skipped, "
        f"{found.count(TOLD)} are for information. Versions: {used}.\n\n"
    )


def _verdict(case: Case) -> str:
    if case.passed is None:
        return TOLD if case.got else SKIPPED
    return HOLDS if case.passed else FAILS


def _section(title: str, cases: list[Case]) -> str:
    rows = [
        f"## {title}",
        "",
        "| case | source | expected | got | tolerance | pass | note |",
        "|---|---|---|---|---|---|---|",
    ]
    for case in cases:
        numbers = (case.expected, case.got, case.tolerance)
        cells = (case.case, case.source, *numbers, _verdict(case), case.note)
        rows.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
