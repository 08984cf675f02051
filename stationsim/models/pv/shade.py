"""What surfaces shade of the building below them."""

from __future__ import annotations

from collections.abc import Iterable

from stationsim.models.pv.spec import SurfaceSpec


def canopy_shade_share(surfaces: Iterable[SurfaceSpec], face: str) -> float:
    """Return the share of a face of the building that lies in the shade of modules, 0 to 1.

    Parameters
    ----------
    surfaces
        All surfaces of the station; shares of one face add up, to at most all of it.
    face
        ``roof``, ``north``, ``east``, ``south`` or ``west``.
    """
    shades = (surface.shades for surface in surfaces)
    return min(sum(float(getattr(shade, face)) for shade in shades if shade is not None), 1.0)
