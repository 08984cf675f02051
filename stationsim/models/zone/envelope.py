"""What a zone is wrapped in: walls and windows by the way they face, roof and floor."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from stationsim.spec import Fraction, NonNegative, Number, Positive, Spec

COMPASS_DEG = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
"""Directions of the four faces that have a name, clockwise from north [deg]."""

Azimuth = Annotated[Number, Field(ge=0, lt=360)]
Tilt = Annotated[Number, Field(ge=0, le=180)]
Panes = Annotated[int, Field(strict=True, ge=1, le=4)]
Incidence = Literal["karlsson_roos", "iso13790", "bestest"]
"""How glass takes light that comes aslant."""


class Plane(NamedTuple):
    """How a surface lies."""

    tilt_deg: float
    """Angle to the horizontal: 90 is a wall [deg]."""
    azimuth_deg: float
    """Where it faces, clockwise from north [deg]."""


ROOF = Plane(0.0, 180.0)
"""The plane of a roof."""


class OpaqueSpec(Spec):
    """One kind of opaque outer surface."""

    u_value_w_m2k: Annotated[NonNegative, Field(le=100)]
    """Thermal transmittance [W/m2K]."""
    area_m2: Annotated[NonNegative, Field(le=1e6)]
    """Opaque area, without windows [m2]."""


class FloorSpec(OpaqueSpec):
    """The floor against the ground."""

    outdoor_factor: Fraction = 0.5
    """Share of the indoor to outdoor difference the floor meets; default 0.5, on ground; 1 over open air."""


class WallFaceSpec(Spec):
    """A wall that faces any direction."""

    azimuth_deg: Azimuth
    """Where it faces, clockwise from north: 180 is south [deg]."""
    area_m2: Annotated[NonNegative, Field(le=1e6)]
    """Opaque area, without windows [m2]."""
    tilt_deg: Tilt = 90.0
    """Angle to the horizontal; default 90, upright [deg]."""
    u_value_w_m2k: Annotated[NonNegative, Field(le=100)] | None = None
    """Thermal transmittance [W/m2K]; without it, that of all walls."""


class WallSpec(Spec):
    """Outer walls: an area round the zone, areas of the four faces, or faces of any direction; all add up."""

    u_value_w_m2k: Annotated[NonNegative, Field(le=100)]
    """Thermal transmittance [W/m2K]."""
    area_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Opaque area spread evenly over the four faces, without windows [m2]."""
    area_north_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Opaque area that faces north [m2]."""
    area_east_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Opaque area that faces east [m2]."""
    area_south_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Opaque area that faces south [m2]."""
    area_west_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Opaque area that faces west [m2]."""
    faces: tuple[WallFaceSpec, ...] = ()
    """Walls that face other directions or are built otherwise."""


class OverhangSpec(Spec):
    """A long horizontal overhang above a window."""

    depth_m: Annotated[NonNegative, Field(le=100)]
    """How far it stands out from the glass [m]."""
    window_height_m: Annotated[Positive, Field(le=100)]
    """Height of the glass below it [m]."""
    gap_m: Annotated[NonNegative, Field(le=100)] = 0.0
    """From the overhang down to the top of the glass [m]."""


class WindowFaceSpec(Spec):
    """Windows that face any direction; what is left out is that of all windows."""

    azimuth_deg: Azimuth
    """Where they face, clockwise from north: 180 is south [deg]."""
    area_m2: Annotated[NonNegative, Field(le=1e6)]
    """Area with the frame [m2]."""
    tilt_deg: Tilt = 90.0
    """Angle to the horizontal; default 90, upright; 0 is a skylight [deg]."""
    u_value_w_m2k: Annotated[NonNegative, Field(le=100)] | None = None
    """Thermal transmittance with the frame [W/m2K]; without it, that of all windows."""
    g_value: Fraction | None = None
    """Solar energy transmittance at normal incidence; without it, that of all windows."""
    frame_share: Fraction | None = None
    """Share of the window that is frame; without it, that of all windows."""
    shading_factor: Fraction | None = None
    """Share of the sun that eaves and blinds let through; without it, that of all windows."""
    overhang: OverhangSpec | None = None
    """Overhang above them; without it, that of all windows."""


class WindowSpec(Spec):
    """Windows and glazed doors on the four faces, and on others."""

    u_value_w_m2k: Annotated[NonNegative, Field(le=100)]
    """Thermal transmittance with the frame [W/m2K]."""
    g_value: Fraction
    """Solar energy transmittance of the glass at normal incidence."""
    frame_share: Fraction = 0.2
    """Share of the window that is frame; default 0.2, the lower figure of ISO 13790:2008, 11.4."""
    shading_factor: Fraction = 1.0
    """Share of the sun that eaves and blinds let through; default all."""
    incidence: Incidence = "karlsson_roos"
    """How glass takes slanting light: by angle and panes, 0.9 of all, or ASHRAE 140's double glass."""
    panes: Panes = 2
    """Panes of the glass, 1 to 4; default 2."""
    overhang: OverhangSpec | None = None
    """Overhang above the windows of the four faces; default none."""
    area_north_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Area that faces north [m2]."""
    area_east_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Area that faces east [m2]."""
    area_south_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Area that faces south [m2]."""
    area_west_m2: Annotated[NonNegative, Field(le=1e6)] = 0.0
    """Area that faces west [m2]."""
    faces: tuple[WindowFaceSpec, ...] = ()
    """Windows that face other directions or are built otherwise."""


class Wall(NamedTuple):
    """One wall with everything filled in."""

    plane: Plane
    area_m2: float
    u_value_w_m2k: float


class Window(NamedTuple):
    """One window with everything filled in."""

    plane: Plane
    area_m2: float
    u_value_w_m2k: float
    through: float
    """Share of the sun that enters at normal incidence: glass, frame and shading."""
    overhang: OverhangSpec | None


def walls_of(spec: WallSpec) -> tuple[Wall, ...]:
    """Return the walls of a zone; those without area are left out."""
    named = {name: getattr(spec, f"area_{name}_m2") + spec.area_m2 / len(COMPASS_DEG) for name in COMPASS_DEG}
    walls = [Wall(Plane(90.0, COMPASS_DEG[name]), area, spec.u_value_w_m2k) for name, area in named.items()]
    for face in spec.faces:
        u_value = spec.u_value_w_m2k if face.u_value_w_m2k is None else face.u_value_w_m2k
        walls.append(Wall(Plane(face.tilt_deg, face.azimuth_deg), face.area_m2, u_value))
    return tuple(wall for wall in walls if wall.area_m2 > 0)


def windows_of(spec: WindowSpec) -> tuple[Window, ...]:
    """Return the windows of a zone; those without area are left out."""
    faces = [
        WindowFaceSpec(azimuth_deg=azimuth, area_m2=getattr(spec, f"area_{name}_m2"))
        for name, azimuth in COMPASS_DEG.items()
    ]
    return tuple(_window(spec, face) for face in (*faces, *spec.faces) if face.area_m2 > 0)


def _window(spec: WindowSpec, face: WindowFaceSpec) -> Window:
    """Fill what a face leaves out with what holds for all windows."""
    u_value, g_value, frame, shading, overhang = (
        getattr(spec, name) if getattr(face, name) is None else getattr(face, name)
        for name in ("u_value_w_m2k", "g_value", "frame_share", "shading_factor", "overhang")
    )
    plane = Plane(face.tilt_deg, face.azimuth_deg)
    return Window(plane, face.area_m2, u_value, g_value * (1 - frame) * shading, overhang)
