"""Charge curves against other programs: ACN-Sim's two-stage battery and measured curves of real cars."""

from __future__ import annotations

from stationsim.models.charging import ColdPacks
from stationsim.models.vehicles import (
    ChargeCurve,
    default_curve,
    derated,
    load_vehicle_types,
    parse_curve,
)
from stationsim.prove.case import Case, within

ACN = "ACN-Sim at 14e723b, test_battery.py"
ACN_VOLT = 240.0
ACN_PERIOD_H = 5 / 60
ACN_CURVE = ChargeCurve(100.0, (0.0, 0.8, 1.0), (7.68, 7.68, 0.0))
ACN_ROWS = (
    (0.0, 16, 0.32, 3.84),
    (0.0, 40, 0.64, 7.68),
    (85.0, 32, 85.472401268812, 5.668815225744472),
    (80.0, 32, 80.629868358416, 7.558420300992497),
)
"""State of charge [%], pilot current [A], state of charge after five minutes [%], mean power [kW]."""
LARGE_CURVE = ChargeCurve(60.0, (0.0, 0.8, 1.0), (120.0, 120.0, 0.0))
LARGE_ROWS = ((0.1, 0.8, 21.0), (0.8, 0.9, 4.1588830834), (0.8, 0.95, 8.3177661667))
"""From, to [-] and minutes of a 60 kWh pack at 120 kW; the tapering part is ln 2 and ln 4 of six minutes."""

CURVES = "chargeprice/open-ev-data at e495ff9; integral of 1 / power"
CARS = {
    "Hyundai Ioniq 5": (
        72.6,
        "0:200 10:210 22:232 23:185 37:185 38:175 47:175 48:155 55:155 56:130 70:130 80:100 100:11",
        (19.394, 25.637, 50.820),
    ),
    "VW ID.4 77": (77, "0:125 30:125 70:65 80:65 100:22", (34.641, 34.975, 53.900)),
    "Ford Mach-E ER": (88, "0:148 35:147 60:118 80:73 100:27", (30.229, 33.276, 61.600)),
    "Polestar 2": (
        72.5,
        "0:150 18:150 20:130 40:130 42:100 55:90 57:70 79:70 80:25 100:11",
        (32.114, 33.363, 51.032),
    ),
    "Hyundai Kona 64": (
        64,
        "0:70 40:77 42:70 53:71 55:57 71:58 72:38 76:38 78:25 88:25 100:8",
        (44.823, 44.823, 49.892),
    ),
    "VW ID.3 58": (58, "0:100 30:100 70:50 80:50 100:20", (33.217, 33.217, 42.196)),
}
"""Usable energy [kWh], curve, and minutes from 10 to 80 %: free, at a 120 kW and at a 60 kW post."""
POSTS_KW = (1000.0, 120.0, 60.0)
LATE_MINUTES = {
    "Hyundai Ioniq 5": 10.779,
    "VW ID.4 77": 14.730,
    "Hyundai Kona 64": 25.984,
    "VW ID.3 58": 13.870,
}
"""Minutes from 80 to 95 %."""

EV_DATABASE = "EV-Database (2025), mean DC power from 10 to 80 %"
PUBLISHED_CARS = {
    "Hyundai Ioniq 5 84": (80.0, 260, 16.4),
    "BMW i4 eDrive40": (81.3, 207, 26.1),
    "Tesla Model 3 LR Highland": (75.0, 250, 25.4),
    "VW ID.4 Pro": (77.0, 135, 27.0),
    "BYD Seal 82.5 AWD": (82.5, 150, 34.6),
    "BYD Dolphin 60.4": (60.5, 88, 39.1),
    "NIO ET5 Touring 100": (90.0, 180, 28.0),
    "XPENG G9 LR": (93.1, 300, 17.5),
    "Nissan Ariya 87": (87.0, 130, 33.2),
    "Hyundai Kona 65": (65.4, 105, 31.9),
}
"""Usable energy [kWh], peak [kW], minutes from 10 to 80 %."""
TOLD_MINUTES = (
    ("xpeng_g9_2026", 0.1, 0.8, 12.72),
    ("zeekr_7x", 0.1, 0.8, 9.75),
    ("zeekr_7x", 0.0, 1.0, 19.0),
    ("zeekr_001_2026", 0.1, 0.8, 11.47),
    ("byd_han_l", 0.07, 0.5, 4.5),
    ("byd_han_l", 0.16, 0.8, 10.0),
    ("byd_han_l", 0.16, 1.0, 24.0),
)
"""Type, from, to [-] and minutes told by those who measured."""
FITTED = 0.02
"""How far fitted curves may miss the times they are fitted to [-]."""
SECONDS_PER_HOUR = 3600
LEAST_NEAR = 8
"""How many of the ten must come within a quarter."""


def _acn() -> list[Case]:
    cases = []
    for start, pilot_a, end, mean_kw in ACN_ROWS:
        curve = ACN_CURVE.capped(pilot_a * ACN_VOLT / 1000)
        energy_kwh = curve.energy_after(start / 100, ACN_PERIOD_H)
        row = f"two-stage battery from {start:g} % at {pilot_a} A"
        cases += [
            within(f"{row}, SOC", ACN, expected=end, got=start + energy_kwh, relative=1e-6, unit="%"),
            within(
                f"{row}, power",
                ACN,
                expected=mean_kw,
                got=energy_kwh / ACN_PERIOD_H,
                relative=1e-6,
                unit="kW",
            ),
        ]
    for start, end, minutes in LARGE_ROWS:
        got = LARGE_CURVE.time_between(start, end) * 60
        name = f"60 kWh at 120 kW, {start * 100:g} to {end * 100:g} %"
        cases.append(
            within(name, "same law, closed form", expected=minutes, got=got, relative=1e-6, unit="min")
        )
    return cases


def _measured_curves() -> list[Case]:
    cases = []
    for car, (usable_kwh, points, minutes) in CARS.items():
        curve = ChargeCurve(usable_kwh, *parse_curve(points))
        for post_kw, expected in zip(POSTS_KW, minutes, strict=True):
            got = curve.capped(post_kw).time_between(0.1, 0.8) * 60
            name = f"{car}, 10 to 80 % at {post_kw:g} kW"
            cases.append(within(name, CURVES, expected=expected, got=got, relative=1e-3, unit="min"))
        if car in LATE_MINUTES:
            got = curve.time_between(0.8, 0.95) * 60
            name = f"{car}, 80 to 95 %"
            cases.append(within(name, CURVES, expected=LATE_MINUTES[car], got=got, relative=1e-3, unit="min"))
    return cases


def _default_curve() -> list[Case]:
    ratios = {
        car: default_curve(usable_kwh, peak_kw).time_between(0.1, 0.8) * 60 / minutes
        for car, (usable_kwh, peak_kw, minutes) in PUBLISHED_CARS.items()
    }
    near = sum(abs(ratio - 1) <= 0.25 for ratio in ratios.values())
    shown = ", ".join(f"{car} {ratio:.2f}" for car, ratio in ratios.items())
    ours = [
        0.7 * usable_kwh / default_curve(usable_kwh, peak_kw).time_between(0.1, 0.8) / peak_kw
        for usable_kwh, peak_kw, _ in PUBLISHED_CARS.values()
    ]
    return [
        Case(
            "default curve, minutes from 10 to 80 %",
            EV_DATABASE,
            f"{LEAST_NEAR} of {len(ratios)} cars",
            f"{near} of {len(ratios)} cars",
            "±25 % a car",
            near >= LEAST_NEAR,
            f"ours / published: {shown}",
        ),
        Case(
            "default curve, mean power from 10 to 80 % per peak",
            EV_DATABASE,
            "0.50 to 0.89 of the peak",
            f"{max(ours):.3f}",
            "inside the range",
            bool(min(ours) >= 0.50 and max(ours) <= 0.89),
        ),
    ]


def _fast_cars() -> list[Case]:
    """Check times told of cars of 5C, whose curves are fitted to them, and one in the cold."""
    library = load_vehicle_types()
    cases = [
        within(
            f"{name}, {soc:.0%} to {target:.0%}",
            library[name].source,
            expected=minutes,
            got=library[name].curve.time_between(soc, target) * 60,
            relative=FITTED,
            unit="min",
        )
        for name, soc, target, minutes in TOLD_MINUTES
    ]
    spec = ColdPacks()
    cold = derated(
        library["zeekr_001_2026"].curve,
        temp_degc=-10.0 + spec.drive_rise_k,
        from_soc=0.1,
        rise_k=spec.charge_rise_k,
        power_share=spec.power_share,
    )
    minutes = cold.time_between(0.1, 0.8) * 60
    car, post_kw = library["byd_han_l"], 600.0
    speed = min(post_kw, car.curve.peak_kw) / car.consumption_kwh_per_km / SECONDS_PER_HOUR
    return [
        *cases,
        Case(
            "Zeekr 001 after a drive at -10 degC, 10 to 80 %",
            "selfdrivings.com",
            "under 30 min, above 11.47 at 26 degC",
            f"{minutes:.1f} min",
            "inside the range",
            11.47 < minutes < 30,
        ),
        within(
            "range gained at a post of 600 kW",
            "the station's own words: a kilometre a second",
            expected=1.0,
            got=speed,
            relative=0.05,
            unit="km/s",
        ),
    ]


def quick() -> list[Case]:
    """Check the closed forms, curves of real cars, the curve built from pack and peak, and cars of 5C."""
    return [*_acn(), *_measured_curves(), *_default_curve(), *_fast_cars()]


def long() -> list[Case]:
    """Nothing here takes long."""
    return []
