"""The battery against measured converters, SAM's thermal model and the usual ranges of stores."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from stationsim.models.battery import (
    BatterySpec,
    ConverterSpec,
    battery_parameters,
    battery_step,
    charge_dc_kw,
    discharge_dc_kw,
    drawn_kw,
    stored_kw,
)
from stationsim.prove.case import Case, between, within
from stationsim.prove.files import needed_scenario

if TYPE_CHECKING:
    from stationsim.kpis import Kpis

CEC = "CEC test results of storage converters, Sandia model, table of SAM in pvlib"
SSC = "NREL ssc 02bc4df, lib_battery_thermal_test"
CELLS = "cubeconcepts.de: 94 to 98 % on the DC side of lithium stores"
RANGES = "rules of thumb for lithium stores with converter and container"

CONVERTERS = (
    "DYNAPOWER_COMPANY_LLC__MPS_100__480_",
    "DYNAPOWER_COMPANY_LLC__MPS_250__480V_",
    "EPC_Power_Corp___HY_LC12_6_7__480V_",
    "Rhombus_Energy_Solutions__BESS_50kW_480__480V_",
)
"""Bidirectional converters of stores among the inverters that the California Energy Commission lists."""

FITTED, HELD_OUT = (0.1, 0.5, 1.0), (0.2, 0.3, 0.75)
"""Loads by which the curve is fitted, and those at which it is tested; all six are the CEC's [-]."""

EFFICIENCY_TOLERANCE = 0.002
"""Of the efficiency of a fitted curve [-]: tests state a tenth of a point, the Sandia model two."""

BENT, BENT_TOLERANCE = CONVERTERS[3], 0.01
"""A converter whose listed loss hardly rises with load, as no curve of our form does: within a point [-]."""

SAM_ROOMS_DEGC = (16.85, 16.85, 21.85, 21.85, 16.85, -3.15, -3.15)
SAM_AMPERE = (50.0, 50.0, 50.0, 10.0, 10.0, 10.0, 100.0)
SAM_MEANS_DEGC = (16.86, 16.87, 17.51, 18.58, 18.76, 15.69, 11.01)
"""Room, current and the mean battery temperature of each hour, of SAM's test."""

SAM_TOLERANCE_K = 0.02
"""That of SAM's own test [K]."""


def quick() -> list[Case]:
    """Return the cases of the equations."""
    return [*_measured_converters(), *_thermal_of_sam(), *_usual_ranges()]


def long() -> list[Case]:
    """Return what a year of the reference says of its auxiliaries and its efficiency."""
    kpis = _year()
    share, per_mwh = kpis["battery_aux_share"].value, kpis["battery_aux_per_mwh"].value
    back = kpis["battery_round_trip"].value
    return [
        between("Auxiliaries over throughput, reference year", RANGES, low=2, high=10, got=share, unit="%"),
        between("Auxiliaries, reference year", RANGES, low=1, high=3, got=per_mwh, unit="kW/MWh"),
        between(
            "Round trip AC to AC as measured, reference year", RANGES, low=85, high=90, got=back, unit="%"
        ),
    ]


@cache
def _year() -> Kpis:
    from stationsim.kpis import kpis
    from stationsim.scenario import Scenario
    from stationsim.simulation import simulate

    return kpis(simulate(Scenario.from_yaml(needed_scenario())))


def _measured(name: str, load: float) -> float:
    """Return the efficiency of a listed converter at a share of its rated AC power [-]."""
    from pvlib.inverter import sandia
    from pvlib.pvsystem import retrieve_sam

    row = retrieve_sam("cecinverter")[name]
    dc_w = np.linspace(0.0, 1.1 * row["Pdco"], 20_001)
    ac_w = np.asarray(sandia(row["Vdco"], dc_w, row))
    wanted_w = load * row["Paco"]
    place = int(np.searchsorted(ac_w, wanted_w * (1 - 1e-9)))
    return float(ac_w[place] / dc_w[place])


def _efficiency(converter: ConverterSpec, load: float) -> float:
    """Return our efficiency of discharge at a share of rated power [-]."""
    spec = BatterySpec(capacity_kwh=2.0, power_kw=1.0, converter=converter)
    return load / discharge_dc_kw(battery_parameters(spec), load)


def _measured_converters() -> list[Case]:
    """Hold the default inside what is measured, and the form of the curve against each converter."""
    cases = []
    for load in (*FITTED, *HELD_OUT):
        found = [_measured(name, load) for name in CONVERTERS]
        cases.append(
            between(
                f"Default converter at {load:.0%} of its power, inside four measured ones", CEC,
                low=min(found), high=max(found), got=_efficiency(ConverterSpec(), load),
            )
        )  # fmt: skip
    for name in CONVERTERS:
        fitted = _fitted(name)
        cases += [
            within(
                f"Loss curve through three loads of {name.strip('_')}, at {load:.0%}", CEC,
                expected=_measured(name, load), got=_efficiency(fitted, load),
                absolute=BENT_TOLERANCE if name == BENT else EFFICIENCY_TOLERANCE,
                note="its listed loss hardly rises with load" if name == BENT else "",
            )
            for load in HELD_OUT
        ]  # fmt: skip
    return cases


def _fitted(name: str) -> ConverterSpec:
    """Return the loss curve, of no negative part, nearest to a converter at the loads of `FITTED`."""
    from scipy.optimize import nnls

    losses = [1 / _measured(name, load) - 1 for load in FITTED]  # over the load, as efficiency is
    rows = np.array([(1.0, load, load**2) for load in FITTED]) / np.array(FITTED)[:, None]
    standing, linear, quadratic = (float(x) for x in nnls(rows, np.array(losses))[0])
    return ConverterSpec(
        standing_share=standing, linear_share=linear, quadratic_share=quadratic, least_share=min(FITTED)
    )


def _thermal_of_sam() -> list[Case]:
    """Play SAM's test: 507 kg, 1,004 J/(kg K), a cube of 0.58 m at 20 W/(m2 K), 0.2 mOhm.

    SAM states the mean of each hour, so each is played in a thousand steps of ours; heat is I^2 R.
    """
    params = battery_parameters(BatterySpec(capacity_kwh=1.0, power_kw=1.0))._replace(
        heat_capacity_kwh_k=507 * 1004 / 3.6e6, conductance_kw_k=20 * 0.58**2 * 6 / 1000
    )
    temp, cases, parts = 16.85, [], 1000
    for hour, (room, ampere, expected) in enumerate(
        zip(SAM_ROOMS_DEGC, SAM_AMPERE, SAM_MEANS_DEGC, strict=True), 1
    ):
        heat_kw = ampere**2 * 0.0002 / 1000
        ends = [temp]
        for _ in range(parts):
            ends.append(battery_step(params, 0.5, ends[-1], 0.0, 0.0, heat_kw, room, 1 / parts).temp_degc)
        at_once = battery_step(params, 0.5, temp, 0.0, 0.0, heat_kw, room, 1.0).temp_degc
        mean = float(np.mean(np.add(ends[1:], ends[:-1]) / 2))
        temp = ends[-1]
        cases.append(
            within(
                f"Battery temperature, hour {hour}, mean", SSC,
                expected=expected, got=mean, absolute=SAM_TOLERANCE_K, unit="degC",
                note=f"one step of an hour ends within {abs(at_once - temp):.0e} K of a thousand",
            )
        )  # fmt: skip
    return cases


def _usual_ranges() -> list[Case]:
    spec = BatterySpec(capacity_kwh=3200.0, power_kw=1600.0)
    params = battery_parameters(spec)
    cases = []
    for share in (0.5, 1.0):
        power = share * spec.power_kw
        back = 100 * stored_kw(params, power) / drawn_kw(params, power)
        given, taken = discharge_dc_kw(params, power), charge_dc_kw(params, power)
        cells = 100 * stored_kw(params, power) / taken * given / drawn_kw(params, power)
        label = f"at {share:.0%} of its power"
        cases += [
            between(f"Round trip AC to AC {label}", RANGES, low=85, high=90, got=back, unit="%"),
            between(f"Round trip of the cells {label}", CELLS, low=94, high=98, got=cells, unit="%"),
        ]
    return cases
