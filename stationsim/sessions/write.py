"""Write simulated sessions in the forms that measured ones come in.

What a form cannot say is left out: ACN-Data and OCPI know no state of charge of finished sessions, the DESL
columns no end of charging and no zone.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stationsim.sessions import COLUMNS, NUMBERS
from stationsim.sessions.records import RFC_1123

if TYPE_CHECKING:
    import pandas as pd

EXPORT_FORMS = ("acn", "ocpi", "desl", "csv")
"""Forms that are written."""

DESL_MOMENT = "%Y-%m-%dT%H:%M:%S"
PER_KILO, PER_CENT = 1e3, 1e2
"""DESL writes W, Wh and per cent."""

NOWHERE_2, NOWHERE_3 = "ZZ", "ZZZ"
"""Country codes that ISO 3166 leaves to its users; a scenario names no country."""

PARTY = "SIM"
"""Party and, in lower case, prefix of what needs an identity."""


@dataclass(frozen=True)
class Place:
    """What a charge detail record says about where it was made."""

    name: str
    latitude_deg: float
    longitude_deg: float
    currency: str
    timezone: str


def simulated_sessions(
    sessions: pd.DataFrame, *, timezone: str, post_kw: Mapping[str, float]
) -> pd.DataFrame:
    """Return the finished charging of a run as a frame of measured sessions.

    Parameters
    ----------
    sessions
        Table of a run: one row a vehicle that came to charge.
    timezone
        IANA name of the site's zone.
    post_kw
        Rated power of a post [kW] by the name of its group.

    Notes
    -----
    A charger sees a car when it is plugged in, so ``arrival`` is when charging began, after the wait. Moments
    are rounded to whole seconds, as files write them. Who left without charging, or is still there, has no
    session.
    """
    import pandas as pd

    done = sessions[sessions["start"].notna() & sessions["end"].notna() & (sessions["energy_kwh"] > 0)]
    moments = {
        name: done[source].dt.tz_convert(timezone).dt.round("s").dt.as_unit("ns")
        for name, source in (("arrival", "start"), ("departure", "end"), ("done", "charge_end"))
    }
    gain = done["soc_departure"] - done["soc_arrival"]
    frame = pd.DataFrame(moments)
    for name, last in (("stay_minutes", "departure"), ("charging_minutes", "done")):
        frame[name] = (frame[last] - frame["arrival"]).dt.total_seconds() / 60
    frame = frame.assign(
        **{name: done[name] for name in ("energy_kwh", "soc_arrival", "soc_departure")},
        pmax_kw=float("nan"),
        usable_kwh=done["energy_kwh"] / gain.where(gain > 0),
        post_kw=done["group"].map(dict(post_kw)).astype(float),
    )
    frame = frame[frame["stay_minutes"] > 0]
    ordered: pd.DataFrame = frame.sort_values("arrival", kind="stable").reset_index(drop=True)
    return ordered[list(COLUMNS)]


def sessions_text(frame: pd.DataFrame, form: str, *, place: Place) -> str:
    """Return sessions as the text of a file.

    Parameters
    ----------
    frame
        Sessions.
    form
        One of `EXPORT_FORMS`.
    place
        Where they happened.
    """
    writers = {"acn": _acn, "ocpi": _ocpi, "desl": _desl, "csv": _csv}
    if form not in writers:
        raise ValueError(f"form must be one of {', '.join(EXPORT_FORMS)}, got {form!r}")
    return writers[form](frame, place)


def _csv(frame: pd.DataFrame, place: Place) -> str:
    columns = frame.assign(
        **{name: [moment.isoformat() for moment in frame[name]] for name in ("arrival", "departure")}
    )
    kept = [name for name in COLUMNS if name != "stay_minutes"]
    text: str = columns[kept].to_csv(index=False, lineterminator="\n")
    return f"# timezone: {place.timezone}\n{text}"


def _desl(frame: pd.DataFrame, place: Place) -> str:
    """Write the DESL columns: W, Wh and per cent, the place's civil time, departures a minute early."""
    import pandas as pd

    arrival, departure = (frame[name].dt.tz_convert(place.timezone) for name in ("arrival", "departure"))
    last_minute = departure - pd.Timedelta(minutes=1)
    columns = pd.DataFrame(
        {
            "Session": range(1, len(frame) + 1),
            "Arrival": arrival.dt.strftime(DESL_MOMENT),
            "Departure": last_minute.dt.strftime(DESL_MOMENT),
            "Stay (min)": frame["stay_minutes"],
            "Energy (Wh)": frame["energy_kwh"] * PER_KILO,
            "Pmax (W)": frame["pmax_kw"] * PER_KILO,
            "SOC arrival": frame["soc_arrival"] * PER_CENT,
            "SOC departure": frame["soc_departure"] * PER_CENT,
            "Energy capacity (Wh)": frame["usable_kwh"] * PER_KILO,
        }
    )
    text: str = columns.to_csv(index=False, lineterminator="\n")
    return text


def _rows(frame: pd.DataFrame) -> list[tuple[str, dt.datetime, dt.datetime, dict[str, float]]]:
    """Return identity, both moments in UTC and the numbers of each session."""
    moments = [frame[name].dt.tz_convert("UTC").dt.to_pydatetime() for name in ("arrival", "departure")]
    numbers = frame[list(NUMBERS)].to_dict("records")
    rows = enumerate(zip(*moments, numbers, strict=True), start=1)
    return [(f"{PARTY.lower()}-{number:07d}", *row) for number, row in rows]


def _acn(frame: pd.DataFrame, place: Place) -> str:
    items = [
        {
            "_id": name,
            "clusterID": PARTY,
            "connectionTime": f"{start:{RFC_1123}}",
            "disconnectTime": f"{end:{RFC_1123}}",
            "doneChargingTime": _done(start, numbers["charging_minutes"]),
            "kWhDelivered": numbers["energy_kwh"],
            "sessionID": name,
            "siteID": PARTY,
            "spaceID": PARTY,
            "stationID": PARTY,
            "timezone": place.timezone,
            "userID": None,
            "userInputs": None,
        }
        for name, start, end, numbers in _rows(frame)
    ]
    return json.dumps({"_items": items}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _done(start: dt.datetime, charging_minutes: float) -> str | None:
    """Return when charging ended; None where nobody knows."""
    if math.isnan(charging_minutes):
        return None
    return f"{start + dt.timedelta(seconds=round(charging_minutes * 60)):{RFC_1123}}"


def _ocpi(frame: pd.DataFrame, place: Place) -> str:
    records = [_record(*row, place) for row in _rows(frame)]
    return json.dumps(records, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _record(
    name: str, start: dt.datetime, end: dt.datetime, numbers: dict[str, float], place: Place
) -> dict[str, Any]:
    """Return a charge detail record with every field that OCPI 2.2.1 requires; nothing is charged for."""
    hours, energy_kwh = numbers["stay_minutes"] / 60, numbers["energy_kwh"]
    begin, finish = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (start, end))
    volumes, parking = {"ENERGY": energy_kwh, "TIME": hours}, {}
    if not math.isnan(numbers["charging_minutes"]):
        parked = (numbers["stay_minutes"] - numbers["charging_minutes"]) / 60
        volumes |= {"TIME": hours - parked, "PARKING_TIME": parked}
        parking = {"total_parking_time": parked}
    return {
        "country_code": NOWHERE_2,
        "party_id": PARTY,
        "id": name,
        "start_date_time": begin,
        "end_date_time": finish,
        "session_id": name,
        "cdr_token": {
            "country_code": NOWHERE_2,
            "party_id": PARTY,
            "uid": name,
            "type": "OTHER",
            "contract_id": name,
        },
        "auth_method": "WHITELIST",
        "cdr_location": _location(place),
        "currency": place.currency,
        "charging_periods": [
            {
                "start_date_time": begin,
                "dimensions": [{"type": kind, "volume": volume} for kind, volume in volumes.items()],
            }
        ],
        "total_cost": {"excl_vat": 0.0},
        "total_energy": energy_kwh,
        "total_time": hours,
        **parking,
        "last_updated": finish,
    }


def _location(place: Place) -> dict[str, Any]:
    return {
        "id": PARTY,
        "name": place.name,
        "address": "simulated",
        "city": "simulated",
        "country": NOWHERE_3,
        "coordinates": {
            "latitude": f"{place.latitude_deg:.5f}",
            "longitude": f"{place.longitude_deg:.5f}",
        },
        "evse_uid": PARTY,
        "evse_id": PARTY,
        "connector_id": "1",
        "connector_standard": "IEC_62196_T2_COMBO",
        "connector_format": "CABLE",
        "connector_power_type": "DC",
    }
