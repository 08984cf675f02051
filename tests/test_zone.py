"""The zone against ISO 13790 as printed, closed forms, and its own balance."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stationsim.models.zone import (
    FloorSpec,
    OpaqueSpec,
    WallSpec,
    WindowSpec,
    ZoneParameters,
    ZoneSpec,
    ZoneState,
    flow_w_k,
    hvac_need_w,
    ideal_step,
    internal_gain_w,
    mass_outdoor_w_k,
    mean_temperatures,
    opaque_w_k,
    steady_w_k,
    surface_temp_degc,
    transmission_w,
    ventilation_w_k,
    zone_coefficients,
    zone_drives_w,
    zone_parameters,
    zone_step,
)
from stationsim.prove.building import iso13790_vectors, steady_states

HOUR_S = 3600.0


def station(**changes: object) -> ZoneSpec:
    fields: dict[str, object] = {
        "floor_area_m2": 1000.0,
        "height_m": 4.0,
        "walls": WallSpec(u_value_w_m2k=0.5, area_m2=400.0),
        "roof": OpaqueSpec(u_value_w_m2k=0.45, area_m2=1000.0),
        "floor": FloorSpec(u_value_w_m2k=0.5, area_m2=1000.0, outdoor_factor=0.5),
        "windows": WindowSpec(u_value_w_m2k=2.5, g_value=0.5, area_south_m2=100.0, area_north_m2=60.0),
        "air_change_per_h": 1.0,
        "infiltration_per_h": 0.2,
    }
    return ZoneSpec(**{**fields, **changes})  # type: ignore[arg-type]


@dataclasses.dataclass
class Hour:
    need_w: float
    temp_air: float
    temp_mass_next: float


def annex_c(
    zone: ZoneParameters,
    *,
    floor_m2: float,
    temp_mass: float,
    temp_out: float,
    temp_supply: float,
    internal_w: float,
    solar_w: float,
    heating: float,
    cooling: float,
    limit_w: float,
) -> Hour:
    """Work ISO 13790:2008 Annex C as printed, with the second trial at 10 W/m2."""
    hve, hw, hem, hms, his, cm, _, am, at = zone
    h1 = 1 / (1 / hve + 1 / his)
    h2 = h1 + hw
    h3 = 1 / (1 / h2 + 1 / hms)
    to_air = 0.5 * internal_w
    to_mass = am / at * (0.5 * internal_w + solar_w)
    to_surface = (1 - am / at - hw / (9.1 * at)) * (0.5 * internal_w + solar_w)

    def trial(hvac_w: float) -> tuple[float, float]:
        by_air = temp_supply + (to_air + hvac_w) / hve
        total = to_mass + hem * temp_out + h3 * (to_surface + hw * temp_out + h1 * by_air) / h2
        after = (temp_mass * (cm / 3600 - (h3 + hem) / 2) + total) / (cm / 3600 + (h3 + hem) / 2)
        mean = (temp_mass + after) / 2
        surface = (hms * mean + to_surface + hw * temp_out + h1 * by_air) / (hms + hw + h1)
        return (his * surface + hve * temp_supply + to_air + hvac_w) / (his + hve), after

    free = trial(0.0)[0]
    need = 0.0
    if free < heating or free > cooling:
        target, ten = (heating if free < heating else cooling), 10 * floor_m2
        need = ten * (target - free) / (trial(ten)[0] - free)
        need = max(-limit_w, min(limit_w, need))
    air, after = trial(need)
    return Hour(need, air, after)


@pytest.mark.parametrize("case", iso13790_vectors() + steady_states(), ids=lambda case: case.case)
def test_published_vectors(case):
    assert case.passed, case


conductance = st.floats(10, 5000)
temperature = st.floats(-20, 40)
watts = st.floats(0, 1e5)
air_capacity = st.floats(1e6, 1e8)


@st.composite
def zones(draw, air_j_k=air_capacity):
    surface_m2 = draw(st.floats(300, 10000))
    return ZoneParameters(
        ventilation_w_k=draw(conductance),
        window_w_k=draw(st.floats(0, 1)) * surface_m2,
        mass_outdoor_w_k=draw(conductance),
        mass_surface_w_k=9.1 * surface_m2 * draw(st.floats(0.3, 0.8)),
        surface_air_w_k=3.45 * surface_m2,
        mass_j_k=draw(st.floats(1e7, 1e9)),
        air_j_k=draw(air_j_k),
        mass_area_m2=surface_m2 * draw(st.floats(0.3, 0.8)),
        surface_area_m2=surface_m2,
    )


@given(zones(st.just(0.0)), temperature, temperature, temperature, watts, watts, st.floats(0, 1e6))
def test_equals_annex_c_without_air_capacity(zone, mass, out, supply, internal, solar, limit):
    expected = annex_c(
        zone,
        floor_m2=zone.surface_area_m2 / 4.5,
        temp_mass=mass,
        temp_out=out,
        temp_supply=supply,
        internal_w=internal,
        solar_w=solar,
        heating=20,
        cooling=26,
        limit_w=limit,
    )
    hour = ideal_step(
        ZoneState(99.0, mass),  # the air before must not matter
        zone_coefficients(zone, dt_s=HOUR_S),
        temp_out=out,
        temp_supply=supply,
        internal_w=internal,
        solar_w=solar,
        heating_degc=20,
        cooling_degc=26,
        heating_limit_w=limit,
        cooling_limit_w=limit,
    )
    assert hour.need_w == pytest.approx(expected.need_w, rel=1e-9, abs=1e-6)
    assert hour.mean.temp_air_degc == pytest.approx(expected.temp_air, abs=1e-9, rel=1e-9)
    assert hour.state.temp_mass_degc == pytest.approx(expected.temp_mass_next, abs=1e-9, rel=1e-9)


@given(zones(), temperature, temperature, temperature, temperature, watts, watts, st.floats(-1e5, 1e5))
def test_heat_of_a_step_is_conserved(zone, air, mass, out, supply, internal, solar, hvac):
    coefficients = zone_coefficients(zone, dt_s=60)
    before = ZoneState(air, mass)
    after = zone_step(
        before,
        coefficients,
        temp_out=out,
        temp_supply=supply,
        internal_w=internal,
        solar_w=solar,
        hvac_w=hvac,
    )
    mean = mean_temperatures(before, after, coefficients)
    lost_w = zone.ventilation_w_k * (mean.temp_air_degc - supply) + transmission_w(
        zone,
        temp_air=mean.temp_air_degc,
        temp_mass=mean.temp_mass_degc,
        temp_out=out,
        internal_w=internal,
        solar_w=solar,
    )
    stored_j = zone.air_j_k * (after[0] - before[0]) + zone.mass_j_k * (after[1] - before[1])
    residual_kwh = ((internal + solar + hvac - lost_w) * 60 - stored_j) / 3.6e6
    assert abs(residual_kwh) < 1e-6


def test_settles_where_losses_meet_the_heating():
    zone = zone_parameters(station())
    coefficients = zone_coefficients(zone, dt_s=HOUR_S)
    state = ZoneState(0.0, 0.0)
    for _ in range(5000):
        state = zone_step(
            state, coefficients, temp_out=-5, temp_supply=-5, internal_w=0, solar_w=0, hvac_w=10_000
        )
    assert state.temp_air_degc == pytest.approx(-5 + 10_000 / steady_w_k(zone), abs=1e-6)


def test_finer_steps_converge():
    zone = zone_parameters(station())
    ends = []
    for minutes in (1, 2):
        coefficients, state = zone_coefficients(zone, dt_s=60 * minutes), ZoneState(20.0, 20.0)
        for _ in range(240 // minutes):
            state = zone_step(
                state, coefficients, temp_out=0, temp_supply=0, internal_w=5e3, solar_w=2e3, hvac_w=0
            )
        ends.append(state)
    assert ends[0] == pytest.approx(ends[1], abs=1e-3)


def test_air_follows_at_once_without_capacity():
    zone = zone_parameters(station(air_heat_capacity_kj_m2k=0.0))
    coefficients = zone_coefficients(zone, dt_s=60)
    assert coefficients.air.air == 0
    assert coefficients.air_carry == 0
    assert mean_temperatures(ZoneState(0, 0), ZoneState(10, 10), coefficients) == (10, 5)


def test_surface_lies_between_air_and_mass_without_gains():
    zone = zone_parameters(station())
    surface = surface_temp_degc(
        zone, temp_air=24.0, temp_mass=20.0, temp_out=22.0, internal_w=0.0, solar_w=0.0
    )
    assert 20 < surface < 24


def test_need_is_zero_between_the_set_points():
    coefficients = zone_coefficients(zone_parameters(station()), dt_s=HOUR_S)
    need = hvac_need_w(
        coefficients,
        free_air_degc=22,
        heating_degc=20,
        cooling_degc=26,
        heating_limit_w=1e9,
        cooling_limit_w=1e9,
    )
    assert need == 0


def test_conductances_by_hand():
    zone = zone_parameters(station())
    assert zone.ventilation_w_k == pytest.approx(1200 * 4000 * 1.2 / 3600)
    assert zone.window_w_k == pytest.approx(2.5 * 160)
    assert opaque_w_k(station()) == pytest.approx(0.5 * 400 + 0.45 * 1000 + 0.5 * 0.5 * 1000)
    assert zone.mass_surface_w_k == pytest.approx(9.1 * 2500)
    assert 1 / (1 / zone.mass_outdoor_w_k + 1 / zone.mass_surface_w_k) == pytest.approx(900)
    assert zone.surface_air_w_k == pytest.approx(3.45 * 4500)
    assert zone.mass_j_k == pytest.approx(165e6)
    assert zone.air_j_k == pytest.approx(10e6)


def test_class_of_mass_and_its_overrides():
    heavy = zone_parameters(station(mass_class="heavy"))
    own = zone_parameters(station(mass_class="heavy", mass_heat_capacity_kj_m2k=300.0, mass_area_factor=2.6))
    assert (heavy.mass_j_k, heavy.mass_area_m2) == pytest.approx((260e6, 3000))
    assert (own.mass_j_k, own.mass_area_m2) == pytest.approx((300e6, 2600))


def test_recovery_spares_ventilation_but_not_infiltration():
    recovered = ventilation_w_k(
        volume_m3=3000, air_change_per_h=1, infiltration_per_h=0.5, heat_recovery_efficiency=0.6
    )
    assert recovered == pytest.approx(1000 * 0.9)


def test_free_cooling_passes_recovery_by_and_opens_up():
    spec = station(heat_recovery_efficiency=0.6, free_cooling_per_h=3.0)
    assert zone_parameters(spec, free_cooling=True).ventilation_w_k == pytest.approx(4000 / 3 * 3.2)


def test_fans_follow_people_between_their_limits():
    """1,000 m2 of 4 m: 4,000 m3; 0.2 changes an hour and 30 m3 a person, up to 1 change; 0.1 through gaps."""
    spec = station(
        air_change_per_h=0.2, fresh_air_m3_h_person=30.0, air_change_maximum_per_h=1.0, infiltration_per_h=0.1
    )
    per_m3_h = 1200 / 3600
    assert flow_w_k(spec, [0, 10, 100, 1000]) / per_m3_h == pytest.approx([1200, 1500, 4200, 4400])


def test_recovery_takes_its_share_of_what_people_bring_in_too():
    spec = station(
        air_change_per_h=0.0, fresh_air_m3_h_person=30.0, heat_recovery_efficiency=0.6, infiltration_per_h=0.1
    )
    per_m3_h = 1200 / 3600
    assert flow_w_k(spec, 100.0) / per_m3_h == pytest.approx(400 + 3000 * 0.4)
    assert flow_w_k(spec, 100.0, free_cooling=True) / per_m3_h == pytest.approx(400 + 3000)


def test_free_cooling_never_moves_less_than_people_need():
    spec = station(air_change_per_h=0.2, fresh_air_m3_h_person=30.0, free_cooling_per_h=1.0)
    usual, free = (flow_w_k(spec, [0, 500], free_cooling=flag) for flag in (False, True))
    assert free[0] > usual[0]
    assert free[1] == usual[1]


@given(zones(), temperature, temperature, temperature, watts, watts, st.floats(0, 3e4))
def test_drives_are_the_right_hand_sides_of_the_step(zone, air, mass, out, internal, solar, more_w_k):
    """Solve the two equations anew from the drives, with ventilation added to the air's own."""
    zone = zone._replace(ventilation_w_k=zone.ventilation_w_k + more_w_k)
    to_air, to_mass = zone_drives_w(zone, temp_out=out, internal_w=internal, solar_w=solar)
    meeting = zone.surface_air_w_k + zone.mass_surface_w_k + zone.window_w_k
    store = 2 * np.array([zone.air_j_k, zone.mass_j_k]) / 60
    his, hms = zone.surface_air_w_k, zone.mass_surface_w_k
    coupling = his * hms / meeting
    own = [
        his - his**2 / meeting + zone.ventilation_w_k,
        hms - hms**2 / meeting + zone.mass_outdoor_w_k,
    ]
    matrix = np.diag(store + own) - coupling * np.array([[0, 1], [1, 0]])
    before = np.array([air, mass])
    drive = store * before + [to_air + zone.ventilation_w_k * out, to_mass]
    after = 2 * np.linalg.solve(matrix, drive) - before
    expected = zone_step(
        ZoneState(air, mass),
        zone_coefficients(zone, dt_s=60),
        temp_out=out,
        temp_supply=out,
        internal_w=internal,
        solar_w=solar,
        hvac_w=0.0,
    )
    assert after == pytest.approx(list(expected), rel=1e-9, abs=1e-9)


def test_inner_surfaces_and_their_film_can_be_given():
    zone = zone_parameters(station(inner_surface_m2=3000.0, surface_air_w_m2k=2.1))
    assert (zone.surface_area_m2, zone.surface_air_w_k) == (3000, 6300)


def test_walls_add_up_whatever_way_they_are_given():
    faces = [{"azimuth_deg": 45.0, "area_m2": 50.0, "u_value_w_m2k": 1.0}]
    walls = {"u_value_w_m2k": 0.5, "area_m2": 100.0, "area_south_m2": 100.0, "faces": faces}
    assert opaque_w_k(station(walls=walls)) == pytest.approx(100 + 50 + 450 + 250)


def test_floor_over_open_air_loses_twice_the_default():
    over_air = FloorSpec(u_value_w_m2k=0.5, area_m2=1000.0, outdoor_factor=1.0)
    assert opaque_w_k(station(floor=over_air)) - opaque_w_k(station()) == pytest.approx(250)


def test_a_closed_box_keeps_its_heat():
    nothing = OpaqueSpec(u_value_w_m2k=0.0, area_m2=0.0)
    spec = station(
        walls=WallSpec(u_value_w_m2k=0.0),
        roof=nothing,
        floor=FloorSpec(u_value_w_m2k=0.0, area_m2=0.0),
        windows=WindowSpec(u_value_w_m2k=0.0, g_value=0.0),
        air_change_per_h=0.0,
        infiltration_per_h=0.0,
    )
    assert steady_w_k(zone_parameters(spec)) == 0


def test_internal_gain_by_hand():
    spec = station(appliance_heat_share=0.5, lighting_heat_share=0.8)
    gain = internal_gain_w(spec, persons=np.array([0.0, 100.0]), appliance_kw=10.0, lighting_kw=5.0)
    assert gain == pytest.approx([9000, 9000 + 7500])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"air_heat_capacity_kj_m2k": 0.5}, "must be 0 or >= 1"),
        ({"free_cooling_per_h": 0.5}, "must be >= air_change_per_h"),
        ({"mass_area_factor": 4.6}, "mass_area_factor must be"),
        ({"roof": OpaqueSpec(u_value_w_m2k=45.0, area_m2=1000.0)}, "than the mass passes on"),
        ({"windows": WindowSpec(u_value_w_m2k=5.0, g_value=0.5, area_west_m2=5000.0)}, "inner surfaces"),
        ({"air_change_maximum_per_h": 0.5}, "air_change_maximum_per_h must be >="),
        ({"inner_surface_m2": 2000.0}, "mass_area_factor must be < 2"),
        ({"height_m": 0.0}, "greater than 0"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_refuses_impossible_zones(changes, rule):
    with pytest.raises(ValidationError, match=rule):
        station(**changes)


def test_refuses_an_opaque_part_that_outdoes_the_mass():
    with pytest.raises(ValueError, match="opaque_w_k must be"):
        mass_outdoor_w_k(opaque_w_k=100, mass_surface_w_k=90)
