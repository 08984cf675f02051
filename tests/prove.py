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

Numbers from outside - published cases, closed forms, other programs' results, the station's own published
figures - and what stationsim gets for them. `make prove` writes this page; nothing here is edited by hand.
Cases whose data files are not at hand are skipped by name; a case that fails stays in the table as failed.

"""


def main() -> int:
    """Write the table; return 1 when a case fails."""
    wanted = set(sys.argv[1:])
    sections, cases = [], []
    for name, module in sorted(modules().items()):
        if wanted and name not in wanted:
            continue
        began = time.perf_counter()
        found = [*_run(module.quick, f"{name}.quick"), *_run(module.long, f"{name}.long")]
        print(f"{name}: {len(found)} cases in {time.perf_counter() - began:.0f} s", flush=True)
        cases += found
        sections.append(_section(name, (module.__doc__ or "").strip().splitlines()[0], found))
    text = HEAD + _totals(cases) + "\n".join(sections)
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


def _section(name: str, title: str, cases: list[Case]) -> str:
    rows = [
        f"## {title or name}",
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
