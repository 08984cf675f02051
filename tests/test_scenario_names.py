"""Names of parts that would be those of other columns or numbers of a run."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stationsim import compute_kpis, simulate
from stationsim.errors import ScenarioError
from stationsim.results import joined
from stationsim.scenario.names import COLUMNS, NUMBERS, TAKEN_COLUMNS, TAKEN_NUMBERS
from tests.random_scenarios import BATTERY, CHARGING, COOLING, HEATING, POSTS, ZONE, canopy, station

SURFACE = canopy(100)["surfaces"][0]
ROOM = ZONE | {"cooling": COOLING, "heating": HEATING}
FAILING = {"hours_between": 100, "repair_hours": 10}
AGEING = {"model": "blast_lfp", "replacement_cost_per_kwh": 800}
WARRANTED = {"warranty": {"years": 10, "full_cycles": 4000}, "ageing": AGEING}


def surfaces(*names: str) -> dict[str, Any]:
    return {"solar": {"surfaces": [SURFACE | {"name": name} for name in names]}}


def batteries(*names: str) -> dict[str, Any]:
    return {"battery": None, "batteries": [BATTERY | WARRANTED | {"name": name} for name in names]}


def zones(*names: str) -> dict[str, Any]:
    return {"building": {"zones": [ROOM | {"name": name} for name in ("hall", *names)]}}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (batteries("dc", "b"), "batteries[0].name must not be dc, as its charge_dc_kw"),
        (
            batteries("a", "per_kwh"),
            "batteries[1].name must not be per_kwh, as its battery_wear_cost_per_kwh",
        ),
        (surfaces("clipped"), "solar.surfaces[0].name must not be clipped, as its pv_clipped_kw"),
        (
            surfaces("b", "to_battery"),
            "solar.surfaces[1].name must not be to_battery, as its pv_to_battery_kw",
        ),
        *(
            (surfaces(name), f"solar.surfaces[0].name must not be {name}, as its pv_{name} would be mixed up")
            for name in (
                *("generated", "generated_per_day", "generated_share", "generated_per_year", "delivered"),
                *("curtailed", "used_on_site", "loss_rows", "best_hour", "core_hours_start", "claimed"),
            )
        ),
        (surfaces("all"), "solar.surfaces[0].name must not be all, as its yield_all"),
        (
            surfaces("a", "a_per_year"),
            "yield_a_per_year would be mixed up with that of solar.surfaces[0].name",
        ),
        (zones("eer"), "building.zones[1].name must not be eer, as its cooling_eer"),
        (zones("cop"), "building.zones[1].name must not be cop, as its heating_cop"),
    ],
)
def test_names_that_results_have_already_are_refused(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        station(**parts)
    assert told in str(caught.value)


def test_one_battery_has_no_columns_of_its_own() -> None:
    assert station(**batteries("dc")).batteries[0].name == "dc"


def test_every_name_that_looks_like_one_of_a_part_is_known() -> None:
    """A column or number that is added must be told here, or a part could be called like it."""
    groups = [group | {"failures": FAILING} for group in POSTS]
    found = simulate(
        station(
            **surfaces("south", "north"),
            **batteries("first", "spare"),
            **zones("shop"),
            charging=CHARGING | {"groups": groups},
        )
    )
    sets = {
        "surface": ("south", "north"),
        "battery": ("first", "spare"),
        "zone": ("hall", "shop"),
        "group": tuple(group["name"] for group in POSTS),
        "side": (),
    }
    for made, forms, taken in (
        (list(found.steps.columns), COLUMNS, TAKEN_COLUMNS),
        (list(compute_kpis(found)), NUMBERS, TAKEN_NUMBERS),
    ):
        own = {form.format(name) for kind, of in forms.items() for form in of for name in sets[kind]}
        for form in (form for of in forms.values() for form in of):
            alike = {name for name in made if re.fullmatch(form.format("[a-z][a-z0-9_]*"), name)}
            assert alike <= own | taken, form
        told = [name for name in made if re.search("_(south|north|first|spare|hall|shop)(_|$)", name)]
        assert set(told) <= own


def test_nothing_is_ever_overwritten() -> None:
    assert joined({"a": 1}, {"b": 2}) == {"a": 1, "b": 2}
    with pytest.raises(ValueError, match="got a twice"):
        joined({"a": 1}, {"b": 2}, {"a": 3})
