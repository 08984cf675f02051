"""The page of all cases, as Markdown: totals, an overview of the sections, and a table of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stationsim.prove.case import Case, Verdict
from stationsim.prove.run import Proof
from stationsim.provenance import versions

HEAD = """# Validation

Published cases, closed forms, other programs' results and the station's own published figures, and what
stationsim gets for them. What nobody outside can tell is held against stationsim itself: what the length of a
step changes, and the reference's load budget. `stationsim prove --output FILE` writes this page; nothing here
is edited by hand. Cases whose files are not at hand are skipped by name, and `--data` and `--scenarios` bring
them; a case that fails stays in its table as failed, with the reason.
"""

QUICK_ONLY = "Only the quick cases of each section are here; without `--quick` there are more.\n"

SHOWN = {
    Verdict.HOLDS: "yes",
    Verdict.FAILS: "**no**",
    Verdict.SKIPPED: "skipped",
    Verdict.TOLD: "for information",
}
"""Words of the column `pass`."""

SHORT_NOTE = 60
"""Letters of a note that still stands in its row; longer ones stand below the table."""

_COLUMNS = ("case", "source", "expected", "got", "tolerance", "pass", "note")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def page(proofs: Sequence[Proof], *, quick: bool = False, left_out: Sequence[str] = ()) -> str:
    """Return the whole page.

    Parameters
    ----------
    proofs
        The sections that were played.
    quick
        Whether only the quick cases were.
    left_out
        Sections that were asked for and not played.
    """
    used = ", ".join(f"{name} {version}" for name, version in versions().items())
    parts = [HEAD, f"{totals(proofs)} Versions: {used}.\n"]
    if quick:
        parts.append(QUICK_ONLY)
    if left_out:
        parts.append(f"Interrupted: {', '.join(left_out)} not played.\n")
    parts += [_overview(proofs), *_failed(proofs), *(_section(proof) for proof in proofs)]
    return "\n".join(parts)


def totals(proofs: Iterable[Proof]) -> str:
    """Return in a sentence what became of all cases."""
    found = [case.verdict for proof in proofs for case in proof.cases]
    return (
        f"{found.count(Verdict.HOLDS)} cases hold, {found.count(Verdict.FAILS)} fail, "
        f"{found.count(Verdict.SKIPPED)} were skipped, {found.count(Verdict.TOLD)} are for information."
    )


def numbered(texts: Iterable[str]) -> dict[str, str]:
    """Return a number for each text that is not empty, in the order of their first use."""
    distinct = dict.fromkeys(text for text in texts if text)
    return {text: str(number) for number, text in enumerate(distinct, start=1)}


def lettered(texts: Iterable[str]) -> dict[str, str]:
    """Return letters for each text that is not empty: a to z, then aa, ab, ..."""
    return {text: _letters(int(number)) for text, number in numbered(texts).items()}


def _letters(number: int) -> str:
    before, last = divmod(number - 1, len(_ALPHABET))
    return (_letters(before) if before else "") + _ALPHABET[last]


def _overview(proofs: Sequence[Proof]) -> str:
    """Return the sections with what became of their cases."""
    rows = [
        (proof.name, proof.title, str(len(proof.cases)), *(str(proof.count(verdict)) for verdict in Verdict))
        for proof in proofs
    ]
    return _table(("section", "what", "cases", "hold", "fail", "skipped", "for information"), rows)


def _failed(proofs: Sequence[Proof]) -> list[str]:
    """Return the cases that fail once more at the head of the page, where there are any."""
    rows = [
        (proof.name, case.case, case.expected, case.got, case.tolerance, reason(case))
        for proof in proofs
        for case in proof.cases
        if case.verdict is Verdict.FAILS
    ]
    heads = ("section", "case", "expected", "got", "tolerance", "reason")
    return ["## Cases that fail\n", _table(heads, rows)] if rows else []


def reason(case: Case) -> str:
    """Return why a case fails, in words."""
    return case.note or "outside the tolerance"


def _section(proof: Proof) -> str:
    """Return the table of a section, its sources and its longer notes below it."""
    sources = numbered(case.source for case in proof.cases)
    notes = lettered(case.note for case in proof.cases if not _stays(case))
    rows = [
        (
            case.case,
            f"[{sources[case.source]}]" if case.source else "",
            *(case.expected, case.got, case.tolerance, SHOWN[case.verdict]),
            f"({notes[case.note]})" if case.note in notes else _note(case),
        )
        for case in proof.cases
    ]
    below = [f"- [{key}] {_escaped(text)}" for text, key in sources.items()]
    below += [f"- ({key}) {_escaped(text)}" for text, key in notes.items()]
    heading = f"## {proof.name}: {proof.title}\n"
    return "\n".join([heading, _table(_COLUMNS, rows), *below, ""])


def _stays(case: Case) -> bool:
    """Tell whether a note stands in its row: where it is short, or the reason of a failure."""
    return case.verdict is Verdict.FAILS or len(case.note) <= SHORT_NOTE


def _note(case: Case) -> str:
    return reason(case) if case.verdict is Verdict.FAILS else case.note


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([_escaped(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _escaped(text: str) -> str:
    """Return a text that neither ends a cell nor a line."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
