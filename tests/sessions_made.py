"""Files of sessions for tests, as text, in the forms that are read."""

import json
from pathlib import Path

PLAIN = """# timezone: Asia/Shanghai
arrival,departure,energy_kwh,soc_arrival,soc_departure,pmax_kw,usable_kwh,post_kw
2026-01-31T08:00+08:00,2026-01-31T08:30+08:00,30,0.2,0.7,100,60,120
2026-01-31T09:00+08:00,2026-01-31T10:00+08:00,40,,,,,
2026-02-01T23:50+08:00,2026-02-02T00:20+08:00,20,0.5,0.9,80,50,120
"""
"""Three sessions that the gate lets through."""

DESL_HEAD = (
    "Session,Arrival,Departure,Stay (min),Energy (Wh),Pmax (W),SOC arrival,SOC departure,Energy capacity (Wh)"
)
DESL = f"""{DESL_HEAD}
1,2022-08-11 23:33:00,2022-08-11 23:52:00,20,30000,150000,20,60,75000
2,2022-08-12 10:00:00,2022-08-12 10:29:00,30,40000,150000,30,50,210000
"""

DUNDEE_HEAD = (
    "Charging event,CP ID,Connector,Start Date,Start Time,End Date,End Time,Total kWh,Cost,Site,Group,Model"
)
DUNDEE = f"""{DUNDEE_HEAD}
1,50230,2,05/06/2018,11:11,,,,,"Marchbanks, Dundee",Council,APT 7kW Dual Outlet
2,50230,2,05/06/2018,09:00,05/06/2018,12:00,12,0,"Marchbanks, Dundee",Council,APT 7kW Dual Outlet
3,51550,1,04/05/2018,10:00,04/05/2018,10:30,15,0,Lochee,Council,APT 50kW Raption
4,51550,1,04/05/2018,11:00,04/05/2018,11:00,3,0,Lochee,Council,APT Triple Rapid Charger
5,51550,1,04/05/2018,12:00,04/05/2018,12:30,-75,0,Lochee,Council,APT Triple Rapid Charger
6,51550,1,04/05/2018,13:00,04/05/2018,13:10,60,0,Lochee,Council,APT Triple Rapid Charger
3,51550,1,04/05/2018,10:00,04/05/2018,10:30,15,0,Lochee,Council,APT 50kW Raption
"""
"""One open, one good slow, one good rapid, no stay, negative energy, too much energy, and a repetition."""

ACN = {
    "_items": [
        {
            "sessionID": "a",
            "connectionTime": "Wed, 25 Apr 2018 11:08:04 GMT",
            "disconnectTime": "Wed, 25 Apr 2018 13:20:10 GMT",
            "doneChargingTime": "Wed, 25 Apr 2018 13:00:00 GMT",
            "kWhDelivered": 7.932,
            "timezone": "America/Los_Angeles",
            "userInputs": None,
        },
        {
            "sessionID": "b",
            "connectionTime": "Wed, 25 Apr 2018 12:00:00 GMT",
            "disconnectTime": None,
            "kWhDelivered": 1.0,
            "timezone": "America/Los_Angeles",
        },
    ]
}

OCPI = [
    {
        "id": "x",
        "start_date_time": "2026-01-31T00:00:00Z",
        "end_date_time": "2026-01-31T00:45:00.5",
        "charging_periods": [
            {
                "start_date_time": "2026-01-31T00:00:00Z",
                "dimensions": [{"type": "ENERGY", "volume": 20}, {"type": "MAX_POWER", "volume": 90.5}],
            },
            {
                "start_date_time": "2026-01-31T00:30:00Z",
                "dimensions": [{"type": "ENERGY", "volume": 5.5}, {"type": "PARKING_TIME", "volume": 0.1}],
            },
        ],
        "total_energy": 25.5,
        "total_time": 0.75,
        "total_parking_time": 0.25,
    }
]


def written(folder: Path, content: str | bytes | object, name: str = "sessions") -> Path:
    """Write a file of sessions and return its path."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
