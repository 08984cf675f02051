"""Loads and the zones of the building that they warm, which must fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stationsim.scenario.building import BuildingSpec
from stationsim.scenario.suggest import nearest

if TYPE_CHECKING:
    from stationsim.scenario.schema import LoadsSpec


def zones_of_loads(loads: LoadsSpec) -> dict[str, str]:
    """Return the zone of the building that each load names, by the path of its key."""
    found = {f"loads.lighting.zones[{n}].name": zone.name for n, zone in enumerate(loads.lighting.zones)}
    sections = {
        "catering": loads.catering,
        "washrooms": loads.washrooms,
        "shops": loads.shops,
        "emergency": loads.emergency,
    }
    return found | {f"loads.{key}.zone": section.zone for key, section in sections.items() if section}


def named_zones_of_loads(loads: LoadsSpec) -> dict[str, str]:
    """Return the zones that loads name themselves, those of defaults left out, by the path of their key."""
    sections = {"catering", "washrooms", "shops", "emergency"}
    usual = {
        f"loads.{key}.zone"
        for key in sections
        if getattr(loads, key) is not None and "zone" not in getattr(loads, key).model_fields_set
    }
    return {path: name for path, name in zones_of_loads(loads).items() if path not in usual}


def check_zones(loads: LoadsSpec, building: BuildingSpec) -> None:
    """Refuse loads in zones that the building does not have; in a building of one zone all are there.

    Raises
    ------
    ValueError
        A load names a zone that does not exist.
    """
    names = [zone.name for zone in building.zones]
    if len(names) == 1:
        return
    strange = {path: name for path, name in zones_of_loads(loads).items() if name not in names}
    if not strange:
        return
    near = {path: nearest(name, names) or names[0] for path, name in strange.items()}
    told = ", ".join(f"{path.removesuffix('.zone')} is in '{name}'" for path, name in strange.items())
    mend = ", ".join(f"{path}: {near[path]}" for path in strange)
    raise ValueError(f"{told}; building.zones are {', '.join(names)}, so write {mend}")
