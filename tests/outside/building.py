"""The zone against published numbers: one-hour vectors of the 5R1C method, steady states, BESTEST."""

from __future__ import annotations

from stationsim.models.zone import (
    ZoneParameters,
    ZoneState,
    ideal_step,
    mass_outdoor_w_k,
    steady_w_k,
    ventilation_w_k,
    zone_coefficients,
)
from tests.outside.case import Case, within

RC_SIMULATOR = "RC_BuildingSimulator 97c1cdd (ETH Zurich), rc_simulator/tests/testRCmodel.py"
FLOOR_M2 = 34.3
LIMIT_W = 12 * FLOOR_M2

VECTORS = (  # outdoor and mass degC, solar W, recovery; need W, mass degC
    (10, 22, 2000, 0.0, 0.0, 22.33),
    (25, 24, 4000, 0.0, -264.75, 25.15),
    (10, 20, 2000, 0.0, 328.09, 20.46),
    (30, 25, 5000, 0.0, -411.60, 26.49),
    (5, 19, 2000, 0.0, 411.60, 19.39),
    (10, 22, 2000, 0.66, 0.0, 22.44),
    (25, 24, 4000, 0.6, -296.65, 25.15),
)


def _office(heat_recovery: float) -> ZoneParameters:
    """Return the office of the suite."""
    surface_m2, mass_m2 = 142.38, 2.5 * FLOOR_M2
    return ZoneParameters(
        ventilation_w_k=ventilation_w_k(
            volume_m3=106.33,
            air_change_per_h=1.5,
            infiltration_per_h=0.5,
            heat_recovery_efficiency=heat_recovery,
        ),
        window_w_k=1.1 * 13.5,
        mass_outdoor_w_k=0.2 * 1.69,
        mass_surface_w_k=9.1 * mass_m2,
        surface_air_w_k=3.45 * surface_m2,
        mass_j_k=165_000 * FLOOR_M2,
        air_j_k=0.0,
        mass_area_m2=mass_m2,
        surface_area_m2=surface_m2,
    )


def iso13790_vectors() -> list[Case]:
    """Hold seven single hours of the 5R1C method against another program's."""
    cases = []
    for number, (out, mass, solar, recovery, need, mass_after) in enumerate(VECTORS, start=1):
        hour = ideal_step(
            ZoneState(mass, mass),
            zone_coefficients(_office(recovery), dt_s=3600),
            temp_out=out,
            temp_supply=out,
            internal_w=10,
            solar_w=solar,
            heating_degc=20,
            cooling_degc=26,
            heating_limit_w=LIMIT_W,
            cooling_limit_w=LIMIT_W,
        )
        name = f"ISO 13790 hour {number}"
        cases += [
            within(f"{name}, need", RC_SIMULATOR, expected=need, got=hour.need_w, absolute=0.01, unit="W"),
            within(
                f"{name}, mass",
                RC_SIMULATOR,
                expected=mass_after,
                got=hour.mean.temp_mass_degc,
                absolute=0.01,
                unit="degC",
            ),
        ]
    return cases


def _bestest_600(inner_film_w_m2k: float) -> ZoneParameters:
    """Return case 600 of ASHRAE 140 with the lumped inputs of Modelica Buildings."""
    surface_m2, mass_m2 = 171.6, 2.95 * 48
    opaque_w_k = 0.53 * 63.6 + 0.33 * 48 + 0.038 * 48
    return ZoneParameters(
        ventilation_w_k=0.414 * 129.6 * 1.2 * 1005 / 3600,
        window_w_k=37.2,
        mass_outdoor_w_k=mass_outdoor_w_k(opaque_w_k=opaque_w_k, mass_surface_w_k=9.1 * mass_m2),
        mass_surface_w_k=9.1 * mass_m2,
        surface_air_w_k=inner_film_w_m2k * surface_m2,
        mass_j_k=42_167 * 48,
        air_j_k=0.0,
        mass_area_m2=mass_m2,
        surface_area_m2=surface_m2,
    )


def steady_states() -> list[Case]:
    """Hold the steady heating of BESTEST case 600 at 20 K against the closed form."""
    cases = []
    for film, expected in ((2.1, 1781.43), (3.45, 1900.4)):
        got = 20 * steady_w_k(_bestest_600(film))
        source = "ISO 13790:2008, Htot = Hve + 1/(1/His + 1/(Hw + Hop))"
        cases.append(
            within(f"Steady state, his {film}", source, expected=expected, got=got, relative=1e-4, unit="W")
        )
    return cases


def quick() -> list[Case]:
    """Return the cases that take no time."""
    return iso13790_vectors() + steady_states()


def long() -> list[Case]:
    """Return the annual cases."""
    return []
