"""Random plazas with the traffic that suits them: every key of the charging section, alone and together."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

POSTS = [{"name": "fast", "posts": 3, "power_kw": 120}]
ULTRA = {"name": "ultra", "posts": 1, "power_kw": 600, "max_current_a": 500}

CAR = {"type": "byd_seal", "share": 0.6}
OTHER_CAR = {"type": "nio_et5", "share": 0.4}
BUS = {"type": "coach", "share": 1, "vehicle_class": "bus", "usable_kwh": 350, "peak_kw": 150}
TRUCK = {
    "type": "truck",
    "share": 1,
    "vehicle_class": "truck",
    "usable_kwh": 500,
    "curve": [[0, 350], [0.8, 350], [1, 0]],
}
CLASSES = {
    "car": {"share": 0.7, "people_per_vehicle": 2.5, "ev_share": 0.3},
    "bus": {"share": 0.1, "people_per_vehicle": 30, "ev_share": 0.2},
    "truck": {"share": 0.2, "people_per_vehicle": 1.2, "ev_share": 0.2},
}
SIDES = ((), ("east", "west"), ("north", "east", "south", "west"))

SWIFT_FAILURES = {"hours_between": 4, "repair_hours": 0.5}
LASTING_FAILURES = {"hours_between": 10, "repair_hours": 1000}
FAILURES = (None, None, SWIFT_FAILURES, LASTING_FAILURES)

STOPS = (None, {"mean_minutes": 1}, {"mean_minutes": 15, "sd_minutes": 30})
LINGERS = (
    None,
    {"share": 1, "mean_minutes": 1440},
    {"share": 0.5, "mean_minutes": 20, "sd_minutes": 20},
    {
        "share": 0.8,
        "mean_minutes": 30,
        "sd_minutes": 10,
        "idle_fee": {"per_minute": 0.5, "grace_minutes": 5, "moved_share": 0.7},
    },
)
BREAKS = (None, {"share": 0.5}, {"share": 1, "minutes": 20, "classes": ["car", "truck"]})
PRIORITIES = (None, {"share": 0.3}, {"share": 1}, {"classes": ["truck"]})
BOOKINGS = (
    None,
    {"share": 0.3, "hold_minutes": 15},
    {"share": 1, "hold_minutes": 120},
    {"share": 0.5, "hold_minutes": 0},
)
GIVERS = (None, {"share": 1, "power_kw": 40}, {"share": 0.5, "power_kw": 11, "soc_floor": 0, "most_soc": 1})
ENERGIES = (None, {"mean_kwh": 1}, {"mean_kwh": 30, "sd_kwh": 60})


@st.composite
def plazas_and_traffic(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the sections ``traffic`` and ``charging``."""
    has_classes = draw(st.sampled_from((False, False, True)))
    sides = draw(st.sampled_from(SIDES))
    return {
        "traffic": draw(traffics(has_classes=has_classes, sides=sides)),
        "charging": draw(plazas(has_classes=has_classes, sides=sides)),
    }


@st.composite
def traffics(draw: st.DrawFn, *, has_classes: bool = False, sides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Draw traffic, thin or dense, on one carriageway or several."""
    per_day = draw(st.sampled_from((200, 2000)))
    traffic: dict[str, Any] = {"ev_share": 0.3, "charging_share": 0.4}
    if has_classes:
        traffic["road"] = {"aadt": per_day * 5, "turn_in_rate": 0.2, "classes": CLASSES}
    else:
        traffic["vehicles_per_day"] = per_day
    if sides:
        first = draw(st.sampled_from((1 / len(sides), 0.0, 0.9)))
        shares = [first, *[(1 - first) / (len(sides) - 1)] * (len(sides) - 1)]
        traffic["directions"] = [
            {"name": name, "share": share} for name, share in zip(sides, shares, strict=True)
        ]
    return traffic


PRICES: tuple[dict[str, float], ...] = ({}, {"price_per_kwh": 1.2, "by_price_share": 0.5})
"""Who looks at prices must find one at every post."""


@st.composite
def plazas(draw: st.DrawFn, *, has_classes: bool = False, sides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Draw a plaza of one or more groups with any drivers."""
    patience = draw(st.sampled_from((None, 5.0)))
    linger, pause = draw(st.sampled_from(LINGERS)), draw(st.sampled_from(BREAKS))
    plaza = {
        "groups": draw(groups(sides)),
        "minimum_kw": draw(st.sampled_from((0.0, 10.0, 100.0))),
        "max_queue": draw(st.sampled_from((None, 0, 3))),
        "ramp_places": draw(st.sampled_from((None, 0, 4))),
        "patience_minutes": patience,
        "patience_sd_minutes": draw(st.sampled_from((None, 0.0, 4.0))) if patience else None,
        "vehicles": [CAR, OTHER_CAR, BUS, TRUCK] if has_classes else [CAR, OTHER_CAR],
        "energy_wanted": draw(st.sampled_from(ENERGIES)),
        "cold_packs": draw(st.sampled_from((None, {}))),
        "cabin_kw": draw(st.sampled_from((None, [[-10, 3], [20, 0]]))),
        **draw(st.sampled_from(PRICES)),
        "reversing_seconds": draw(st.sampled_from((0.0, 240.0))),
        "stop": draw(st.sampled_from(STOPS)),
        "linger": linger,
        "legal_break": pause,
        "priority": draw(st.sampled_from(PRIORITIES)),
        "reservations": draw(st.sampled_from(BOOKINGS)),
        "v2g": draw(st.sampled_from(GIVERS)) if linger or pause else None,
    }
    return {name: value for name, value in plaza.items() if value is not None}


@st.composite
def groups(draw: st.DrawFn, sides: tuple[str, ...]) -> list[dict[str, Any]]:
    """Draw groups with bays for every class on every side."""
    draws = draw(st.sampled_from(({}, {"standby_kw": 0.2, "active_kw": 0.5})))
    if sides and draw(st.booleans()):
        found = [POSTS[0] | draw(terms()) | {"name": f"fast_{side}", "side": side} for side in sides]
    else:
        found = [POSTS[0] | draw(terms())]
    if draw(st.booleans()):
        found.append(ULTRA | draw(terms(posts=1)))
    if draw(st.sampled_from((False, False, True))):
        bays = {"name": "long", "posts": 2, "power_kw": 350, "classes": ["bus", "truck"]}
        found.append(bays | draw(terms(posts=2)) | {"side": sides[0] if sides else None})
    return [group | draws for group in found]


@st.composite
def terms(draw: st.DrawFn, posts: int = 3) -> dict[str, Any]:
    """Draw what is special about a group."""
    return {
        "cabinet": draw(st.none() | cabinets(posts)),
        "failures": draw(st.sampled_from(FAILURES)),
        "changeover_seconds": draw(st.sampled_from((0.0, 90.0, 1800.0))),
        "drive_through": draw(st.booleans()),
        "price_per_kwh": draw(st.sampled_from((None, 0.0, 2.0))),
    }


@st.composite
def cabinets(draw: st.DrawFn, posts: int) -> dict[str, Any]:
    """Draw a cabinet for all posts of a group, or one a post."""
    return {
        "posts": draw(st.sampled_from((1, posts))),
        "modules": draw(st.sampled_from((1, 3, 8))),
        "module_kw": draw(st.sampled_from((20, 45.5))),
        "allocation": draw(st.sampled_from(("equal", "first_come", "proportional"))),
        "failures": draw(st.sampled_from(FAILURES)),
    }
