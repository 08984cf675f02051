"""Did you mean: the known word nearest to the one that was written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from stationsim.scenario.fields import key_of, keys_of, known_paths, literal_values, models_at
from stationsim.scenario.text import KeyPath

NEAR_ENOUGH = 0.72
"""Least similarity of two words (`difflib` ratio) that is worth a guess."""

_MOST_LISTED = 12
"""Most known keys that a hint lists."""

_SPELLINGS = {
    "colour": "color",
    "metre": "meter",
    "litre": "liter",
    "centre": "center",
    "fibre": "fiber",
    "grey": "gray",
    "storey": "story",
    "catalogue": "catalog",
    "programme": "program",
    "behaviour": "behavior",
    "neighbour": "neighbor",
    "modelling": "modeling",
    "labour": "labor",
    "harbour": "harbor",
    "aluminium": "aluminum",
    "tyre": "tire",
    "isation": "ization",
    "ise": "ize",
    "yse": "yze",
}
"""British to American endings and words, so that either finds the other."""


def plain(word: str) -> str:
    """Return a word as compared: lower case, underscores, American spelling."""
    word = word.strip().casefold().replace("-", "_").replace(" ", "_").replace(".", "_")
    for british, american in _SPELLINGS.items():
        word = word.replace(british, american)
    return word


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that was probably meant, or None where none is near."""
    by_plain = {plain(choice): choice for choice in choices}
    wanted = plain(word)
    same = _same(wanted, by_plain)
    if same:
        return same
    without_unit = {key.rpartition("_")[0]: choice for key, choice in by_plain.items() if "_" in key}
    candidates = {**without_unit, **by_plain}
    found = difflib.get_close_matches(wanted, candidates, n=1, cutoff=NEAR_ENOUGH)
    return candidates[found[0]] if found else None


def _same(wanted: str, by_plain: Mapping[str, str]) -> str | None:
    """Return the choice that is the word but for case, spelling or a unit left out."""
    if wanted in by_plain:
        return by_plain[wanted]
    with_unit = [key for key in by_plain if wanted and key.startswith(f"{wanted}_")]
    return by_plain[with_unit[0]] if len(with_unit) == 1 else None


def key_hint(model: type[BaseModel], section: KeyPath, key: str, data: object = None) -> str:
    """Return what to do about an unknown key of a section.

    A near key of the same section comes first, then the key of another kind of that section, then the same
    key elsewhere.
    """
    members = models_at(model, section, data)
    known = [name for member in members for name in keys_of(member)]
    near = nearest(key, known)
    if near:
        return f"did you mean {near}?"
    for other in models_at(model, section):
        if key in keys_of(other):
            return f"{key} is for {_kind_of(other)}"
    everywhere = known_paths(model)
    elsewhere = _same(plain(key), {plain(name): name for name in everywhere})
    if elsewhere:
        places = [name for name in everywhere[elsewhere] if name] or ["the top level"]
        listed = " and ".join(places[:2]) + (" and others" if len(places) > 2 else "")
        same = plain(elsewhere) == plain(key)
        return f"known under {listed}" if same else f"did you mean {elsewhere}, known under {listed}?"
    if known and len(known) <= _MOST_LISTED:
        return f"known here: {', '.join(dict.fromkeys(known))}"
    return ""


def _kind_of(model: type[BaseModel]) -> str:
    """Return what makes a section one of this kind: ``source: file``."""
    for name, field in model.model_fields.items():
        choices = literal_values(field.annotation)
        if len(choices) == 1:
            return f"{key_of(name, field)}: {choices[0]}"
    return model.__name__
