"""The one gate behind all readers: which sessions can be believed, and what is done about the others."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, shown
from stationsim.inputs.kinds import SESSIONS
from stationsim.models.charging import LARGEST_POST_KW
from stationsim.sessions.raw import RawSessions

if TYPE_CHECKING:
    import pandas as pd

POWER_TOLERANCE = 0.10
"""By how much a mean power may exceed the highest power that is known, for meters and rounding [-]."""

ROUNDED_MINUTES = 1.0
"""What a stay may lose where both its ends are written to the minute [min]."""

LARGEST_CAR_KWH = 200.0
"""Pack estimates of the DESL file above this are artefacts of its states of charge [kWh]."""

Mask = NDArray[np.bool_]


def zone_of(name: str) -> dt.tzinfo:
    """Return a time zone by its IANA name or its fixed offset, such as +08:00.

    Raises
    ------
    ValueError
        There is no such zone.
    """
    fixed = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", name)
    if fixed:
        minutes = int(fixed[2]) * 60 + int(fixed[3])
        return dt.timezone(dt.timedelta(minutes=-minutes if fixed[1] == "-" else minutes))
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"must be a time zone of the IANA database or +HH:MM, got {shown(name)}") from None


def check_zone(name: str, *, file: str) -> dt.tzinfo:
    """Return a time zone, refused in words of a file's user."""
    try:
        return zone_of(name)
    except ValueError as error:
        raise SESSIONS.stop("timezone", str(error), file=file, hint="such as Asia/Shanghai") from None


def in_zone(
    raw: RawSessions, timezone: str | None, *, default: str | None = None, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return sessions with moments in one time zone and their stay.

    Parameters
    ----------
    raw
        Sessions of a reader.
    timezone
        Zone that the user names; goes before what the file or its form names.
    default
        Zone where none of them names one.
    file
        File as the user named it.
    """
    named = timezone or raw.timezone or default
    aware = raw.frame["arrival"].dt.tz is not None
    findings: list[Finding] = []
    if named is None and not aware:
        hint = "give --timezone Asia/Shanghai, or '# timezone: Asia/Shanghai' on top"
        message = "has times without offset, so the zone must be named"
        raise SESSIONS.stop("timezone", message, file=file, hint=hint)
    if named is None:
        message = "no time zone is named; hours of the day are those of UTC"
        findings.append(Finding("timezone", "warned", 0, message, hint="give --timezone"))
    zone = check_zone(named or "UTC", file=file)
    frame = raw.frame.copy()
    for name in ("arrival", "departure"):
        moments = frame[name]
        frame[name] = moments.dt.tz_convert(zone) if moments.dt.tz is not None else _localized(moments, zone)
        frame[name] = frame[name].dt.as_unit("ns")
    stay = (frame["departure"] - frame["arrival"]).dt.total_seconds() / 60
    rounded = (frame["charging_minutes"] > stay) & (frame["charging_minutes"] <= stay + ROUNDED_MINUTES)
    frame["stay_minutes"] = stay
    frame["charging_minutes"] = frame["charging_minutes"].mask(rounded, stay)
    return frame, findings


def _localized(moments: pd.Series, zone: dt.tzinfo) -> pd.Series:
    """Return civil times in a zone; an hour that comes twice is the first, one that is skipped the next."""
    first = np.ones(len(moments), dtype=bool)
    localized: pd.Series = moments.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return localized


def through_gate(raw: RawSessions, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the sessions that can be believed, in the order of their arrival, and what was found.

    Parameters
    ----------
    raw
        Sessions of a reader: their form, identities and places.
    frame
        The same in one time zone.
    """
    kept = np.ones(len(frame), dtype=bool)
    findings: list[Finding] = []
    for rule, mask, message in _drops(raw, frame):
        hit = mask & kept
        if hit.any():
            findings.append(raw.places.finding(rule, "dropped", hit, message))
            kept &= ~mask
    frame = frame.copy()
    for rule, mask, columns, message in _unknowns(raw, frame):
        hit = mask & kept
        if hit.any():
            findings.append(raw.places.finding(rule, "repaired", hit, message))
            frame.loc[mask, columns] = np.nan
    sessions = frame[kept].sort_values("arrival", kind="stable").reset_index(drop=True)
    return sessions, findings


def _drops(raw: RawSessions, frame: pd.DataFrame) -> list[tuple[str, Mask, str]]:
    """Return the rules by which sessions are dropped, the strongest first."""
    stay = frame["stay_minutes"].to_numpy(dtype=float)
    energy = frame["energy_kwh"].to_numpy(dtype=float)
    never_began = frame["arrival"].isna().to_numpy()
    return [
        ("duplicate", _duplicates(raw, frame), "sessions that stand in the file twice"),
        (
            "open",
            never_began | np.isnan(stay) | np.isnan(energy),
            "open sessions, without both ends or energy",
        ),
        ("stay", stay <= 0, "stays of no or negative length"),
        ("energy", energy <= 0, "sessions without energy, or with negative energy"),
        (
            "power",
            energy > _most_kwh(frame, "stay_minutes"),
            "more energy than the stay and the highest power allow",
        ),
    ]


def _most_kwh(frame: pd.DataFrame, minutes: str) -> NDArray[np.float64]:
    """Return the most energy that the highest power known gives in a time [kWh]; NaN where it is unknown."""
    known = frame[["pmax_kw", "post_kw"]].to_numpy(dtype=float)
    limit_kw = np.fmin(np.fmin(known[:, 0], known[:, 1]), LARGEST_POST_KW)
    most: NDArray[np.float64] = (
        limit_kw * (1 + POWER_TOLERANCE) * (frame[minutes].to_numpy(dtype=float) + ROUNDED_MINUTES) / 60
    )
    return most


def _duplicates(raw: RawSessions, frame: pd.DataFrame) -> Mask:
    import pandas as pd

    if raw.ids is not None:
        repeated = pd.Series(raw.ids).duplicated()
    else:
        repeated = frame.duplicated()
    mask: Mask = repeated.to_numpy(dtype=bool)
    return mask


def _unknowns(raw: RawSessions, frame: pd.DataFrame) -> list[tuple[str, Mask, list[str], str]]:
    """Return the rules by which single values are taken for unknown."""
    both = ["soc_arrival", "soc_departure"]
    soc = frame[both].to_numpy(dtype=float)
    outside = ((soc < 0) | (soc > 1)).any(axis=1)
    falls = ~outside & (soc[:, 1] < soc[:, 0])
    charging, stay = (frame[name].to_numpy(dtype=float) for name in ("charging_minutes", "stay_minutes"))
    too_soon = frame["energy_kwh"].to_numpy(dtype=float) > _most_kwh(frame, "charging_minutes")
    largest = LARGEST_CAR_KWH if raw.form == "desl" else np.inf
    artefact = frame["usable_kwh"].to_numpy(dtype=float) > largest
    ends = "ends of charging before the arrival, after the departure or too soon for the energy are unknown"
    pack = f"packs above {LARGEST_CAR_KWH:g} kWh, artefacts of the file, are unknown"
    return [
        ("soc range", outside, both, "states of charge outside 0 to 1 are unknown"),
        ("soc order", falls, both, "states of charge that fall in the session are unknown"),
        ("charging", (charging <= 0) | (charging > stay) | too_soon, ["charging_minutes"], ends),
        ("pack", artefact, ["usable_kwh"], pack),
        *(
            ("positive", frame[name].to_numpy(dtype=float) <= 0, [name], f"{name} of 0 or less is unknown")
            for name in ("usable_kwh", "pmax_kw", "post_kw")
        ),
    ]
