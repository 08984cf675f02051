"""Read JSON records of sessions: ACN-Data and OCPI 2.2.1 charge detail records.

References
----------
.. [1] Z. J. Lee, T. Li and S. H. Low, "ACN-Data: Analysis and Applications of an Open EV Charging Dataset",
   ACM e-Energy 2019; fields ``connectionTime``, ``disconnectTime``, ``doneChargingTime`` (of the last current
   that was not zero), ``kWhDelivered``, ``timezone``; times by RFC 1123 in GMT.
.. [2] EVRoaming Foundation, OCPI 2.2.1, module CDRs: ``start_date_time``, ``end_date_time``,
   ``total_parking_time`` [h], in which the car is connected and not charged (taken to be after charging),
   ``charging_periods`` with dimensions ``ENERGY`` [kWh], ``TIME`` and ``PARKING_TIME`` [h], ``MAX_POWER``
   [kW]; times by RFC 3339 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from stationsim.inputs.findings import Finding, shown
from stationsim.inputs.kinds import SESSIONS
from stationsim.sessions import COLUMNS, NUMBERS
from stationsim.sessions.raw import ISO_PATTERN, MISSING, Places, RawSessions, times_of

if TYPE_CHECKING:
    import pandas as pd

RFC_1123 = "%a, %d %b %Y %H:%M:%S GMT"
RFC_1123_PATTERN = r"^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$"

ENVELOPES = ("_items", "data", "sessions")
"""Keys under which services hand over a list of records: ACN-Data, OCPI, and others."""

ENERGY_TOLERANCE = 0.01
"""How far the periods of a record may miss its total energy before it is worth a warning [-]."""

PER_CENT = 1e-2
MINUTES_PER_HOUR, SECONDS_PER_MINUTE = 60, 60
Record = dict[str, Any]


def read_json(text: str, *, file: str) -> RawSessions:
    """Return the sessions of a JSON text, whose form its keys tell.

    Raises
    ------
    ScenarioError
        The text is no JSON, with its line, or no list of records of a known form.
    """
    records = _records(_parse(text, file=file), file=file)
    places = Places(np.arange(len(records)), lines=False)
    keys = set(records[0])
    if {"connectionTime", "kWhDelivered"} <= keys:
        return _read_acn(records, places)
    if {"start_date_time", "end_date_time"} <= keys:
        return _read_ocpi(records, places)
    hint = (
        "read are ACN-Data (connectionTime, kWhDelivered) and OCPI 2.2.1 CDRs (start_date_time, total_energy)"
    )
    raise SESSIONS.stop("kind", "must hold sessions of a known form", file=file, path="[0]", hint=hint)


def _parse(text: str, *, file: str) -> Any:
    def refuse_constant(name: str) -> NoReturn:
        raise SESSIONS.stop("json", "must hold finite numbers", file=file, value=name)

    try:
        return json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise SESSIONS.stop("json", f"must be JSON: {error.msg}", file=file, line=error.lineno) from None
    except RecursionError:
        raise SESSIONS.stop("json", "must not be nested so deep", file=file) from None
    except ValueError:  # a number of thousands of digits
        raise SESSIONS.stop("json", "must hold numbers of bearable length", file=file) from None


def _records(content: Any, *, file: str) -> list[Record]:
    if isinstance(content, dict):
        wrapped = [content[key] for key in ENVELOPES if isinstance(content.get(key), list)]
        content = wrapped[0] if wrapped else [content]
    if not isinstance(content, list) or not content:
        raise SESSIONS.stop("json", "must hold a list of sessions", file=file)
    wrong = next((at for at, record in enumerate(content) if not isinstance(record, dict)), None)
    if wrong is not None:
        raise SESSIONS.stop("json", "must be a session, an object of keys", file=file, path=f"[{wrong}]")
    records: list[Record] = content
    return records


def _texts(records: Sequence[Record], key: str) -> list[str]:
    """Return a key of every record as text; empty where it is null or absent."""
    found = (record.get(key) for record in records)
    return ["" if value is None else value if isinstance(value, str) else repr(value) for value in found]


def _numbers(values: Sequence[Any], places: Places, key: str) -> tuple[NDArray[np.float64], list[Finding]]:
    """Return numbers, NaN where null or absent; anything but a finite JSON number is refused."""
    bad = np.array([value is not None and not _is_number(value) for value in values], dtype=bool)
    numbers = np.array([float(value) if _is_number(value) else np.nan for value in values])
    if not bad.any():
        return numbers, []
    first = values[int(np.flatnonzero(bad)[0])]
    return numbers, [places.finding("number", "refused", bad, "must be a number", key=key, value=first)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("1e300")


def _read_acn(records: list[Record], places: Places) -> RawSessions:
    columns: dict[str, Any] = {}
    findings: list[Finding] = []
    moments = (("arrival", "connectionTime"), ("departure", "disconnectTime"), ("done", "doneChargingTime"))
    for name, key in moments:
        columns[name], found = times_of(
            _texts(records, key), places, name=key, pattern=RFC_1123_PATTERN, form=RFC_1123,
            hint="this form writes RFC 1123, such as Wed, 25 Apr 2018 11:08:04 GMT",
        )  # fmt: skip
        columns[name] = columns[name].dt.tz_localize("UTC")
        findings += found
    columns["charging_minutes"] = _minutes(columns["arrival"], columns.pop("done"))
    columns["energy_kwh"], found = _numbers(
        [row.get("kWhDelivered") for row in records], places, "kWhDelivered"
    )
    zones = list(dict.fromkeys(zone for zone in _texts(records, "timezone") if zone))
    if len(zones) > 1:
        message = f"sessions name several time zones; hours of the day are those of {shown(zones[0])}"
        findings.append(Finding("timezone", "warned", 0, message))
    ids = np.array(_texts(records, "sessionID"), dtype=object)
    return _raw("acn", columns, places, [*findings, *found], timezone=zones[0] if zones else None, ids=ids)


def _read_ocpi(records: list[Record], places: Places) -> RawSessions:
    columns: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, key in (("arrival", "start_date_time"), ("departure", "end_date_time")):
        texts = [_in_utc(text) for text in _texts(records, key)]
        hint = "this form writes RFC 3339 in UTC, such as 2026-01-31T08:00:00Z"
        columns[name], found = times_of(texts, places, name=key, pattern=ISO_PATTERN, form=None, hint=hint)
        findings += found
    total, found = _numbers([record.get("total_energy") for record in records], places, "total_energy")
    findings += found
    volumes = [_volumes(record) for record in records]
    parts = np.array([_sum(volume, "ENERGY") for volume in volumes])
    off = np.abs(parts - total) > ENERGY_TOLERANCE * np.abs(total)
    if off.any():
        message = "the energy of the charging periods is not total_energy, which is taken"
        findings.append(places.finding("energy parts", "warned", off, message, key="charging_periods"))
    columns["energy_kwh"] = np.where(np.isnan(total), parts, total)
    parked, found = _numbers(
        [record.get("total_parking_time") for record in records], places, "total_parking_time"
    )
    findings += found
    in_periods = np.array([_sum(volume, "PARKING_TIME") for volume in volumes])
    parked_minutes = np.where(np.isnan(parked), in_periods, parked) * MINUTES_PER_HOUR
    columns["charging_minutes"] = _minutes(columns["arrival"], columns["departure"]) - parked_minutes
    columns["pmax_kw"] = [max(volume.get("MAX_POWER", [np.nan])) for volume in volumes]
    charge = [volume.get("STATE_OF_CHARGE", [np.nan]) for volume in volumes]
    columns["soc_arrival"] = np.array([found[0] for found in charge]) * PER_CENT
    columns["soc_departure"] = (
        np.array([found[-1] if len(found) > 1 else np.nan for found in charge]) * PER_CENT
    )
    return _raw(
        "ocpi", columns, places, findings, timezone=None, ids=np.array(_texts(records, "id"), dtype=object)
    )


def _minutes(first: pd.Series, last: pd.Series) -> NDArray[np.float64]:
    """Return the time between two moments of each session [min]; NaN where one is unknown."""
    minutes: NDArray[np.float64] = ((last - first).dt.total_seconds() / SECONDS_PER_MINUTE).to_numpy(
        dtype=float
    )
    return minutes


def _in_utc(text: str) -> str:
    """Return a moment with the Z that OCPI lets its writers leave out."""
    return text if text.strip().lower() in MISSING or text.endswith("Z") or "+" in text else f"{text}Z"


def _volumes(record: Record) -> dict[str, list[float]]:
    """Return the volumes of every dimension in the order of the periods; what is malformed is left out."""
    found: dict[str, list[float]] = {}
    periods = record.get("charging_periods")
    for period in periods if isinstance(periods, list) else ():
        dimensions = period.get("dimensions") if isinstance(period, dict) else None
        for dimension in dimensions if isinstance(dimensions, list) else ():
            if isinstance(dimension, dict) and _is_number(dimension.get("volume")):
                found.setdefault(str(dimension.get("type")), []).append(float(dimension["volume"]))
    return found


def _sum(volumes: dict[str, list[float]], kind: str) -> float:
    return float(np.sum(volumes[kind])) if kind in volumes else float("nan")


def _raw(
    form: str,
    columns: dict[str, Any],
    places: Places,
    findings: list[Finding],
    *,
    timezone: str | None,
    ids: NDArray[np.object_],
) -> RawSessions:
    import pandas as pd

    frame = pd.DataFrame(columns).reindex(columns=list(COLUMNS))
    frame[list(NUMBERS)] = frame[list(NUMBERS)].astype(float)
    return RawSessions(form, frame, places, timezone, ids if all(ids) else None, tuple(findings))
