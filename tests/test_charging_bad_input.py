"""Wrong values of posts, cabinets, drivers and carriageways: refused at the line, in plain words."""

import pytest

from stationsim.models import charging as models_of
from stationsim.scenario.load import load_scenario
from stationsim.scenario.schema import Scenario
from stationsim.traffic.directions import DirectionSpec
from tests.bad_input.case import Bad, check, problems_with
from tests.test_scenario_bad_input import edited, line_of

FAST = "    - {name: fast, posts: 2, power_kw: 120}\n"
SLOW = "    - {name: slow, posts: 2, power_kw: 60}\n"
SHAPE = "hourly_shape: [" + ", ".join(["0.04"] * 24) + "]"
TWO = "  directions:\n    - {name: east, share: 0.5}\n    - {name: west, share: 0.5}\n"


def bad(row, text, code, *, at, path="", says=""):
    return Bad(row, text, code, line_of(text, at), 0, path, says)


def plaza(line, code, *, path, says, at=""):
    """Return a station with a line more in its charging section."""
    text = edited(("charging:\n", f"charging:\n  {line}\n"))
    return bad(line, text, code, at=at or line, path=path, says=says)


def group(keys, code, *, path, says, at=""):
    """Return a station whose first group of posts has more keys."""
    text = edited((FAST, FAST.replace("}\n", f", {keys}}}\n")))
    return bad(f"group {keys}", text, code, at=at or keys, path=path, says=says)


def sides(directions, code, *, at, path, says, groups=FAST + SLOW):
    """Return a station with carriageways and groups of posts."""
    text = edited(
        ("  charging_share: 0.05\n", f"  charging_share: 0.05\n{directions}"), (FAST + SLOW, groups)
    )
    return bad(f"sides {directions[-40:]}", text, code, at=at, path=path, says=says)


GROUP = "charging.groups[0]"
SIDES = "traffic.directions"

CORPUS = [
    plaza("ramp_places: -1", "E210", path="charging.ramp_places", says="must be >= 0 (got -1)"),
    plaza("ramp_places: 2.5", "E204", path="charging.ramp_places", says="whole number"),
    plaza("ramp_places: 20000", "E210", path="charging.ramp_places", says="<= 10000"),
    plaza("patience_sd_minutes: -1", "E210", path="charging.patience_sd_minutes", says="must be >= 0"),
    plaza("patience_sd_minutes: 5 min", "E203", path="charging.patience_sd_minutes", says="number alone"),
    plaza(
        "patience_sd_minutes: 900",
        "E215",
        at="charging:",
        path="charging",
        says="at most 10 times patience_minutes 30, got 900",
    ),
    plaza(
        "patience_minutes: null\n  patience_sd_minutes: 5",
        "E215",
        at="charging:",
        path="charging",
        says="patience_minutes is on line 24, patience_sd_minutes is on line 25",
    ),
    plaza("energy_wanted: {mean_kwh: 0}", "E210", path="charging.energy_wanted.mean_kwh", says="> 0"),
    plaza("energy_wanted: {mean_kwh: 24000}", "E210", path="charging.energy_wanted.mean_kwh", says="<= 2000"),
    plaza("energy_wanted: {sd_kwh: 3}", "E202", path="charging.energy_wanted.mean_kwh", says="add mean_kwh"),
    plaza(
        "energy_wanted: {mean_kwh: 20, sd_kwh: 900}", "E215", path="charging.energy_wanted", says="at most 10"
    ),
    plaza("energy_wanted: 24", "E207", path="charging.energy_wanted", says="must be a mapping"),
    plaza("by_price_share: 30", "E210", path="charging.by_price_share", says="write 0.3"),
    plaza("by_price_share: 30%", "E203", path="charging.by_price_share", says="write 0.3"),
    plaza("reversing_seconds: 60000", "E210", path="charging.reversing_seconds", says="<= 1800"),
    plaza("reversing_seconds: -5", "E210", path="charging.reversing_seconds", says=">= 0"),
    plaza("stop: {mean_minutes: 0}", "E210", path="charging.stop.mean_minutes", says="must be > 0"),
    plaza("stop: {mean_minutes: 1800}", "E210", path="charging.stop.mean_minutes", says="<= 1440"),
    plaza("stop: {sd_minutes: 4}", "E202", path="charging.stop.mean_minutes", says="add mean_minutes"),
    plaza("stop: {mean_minutes: 2, sd_minutes: 60}", "E215", path="charging.stop", says="at most 10 times"),
    plaza("stop: 25", "E207", path="charging.stop", says="must be a mapping"),
    plaza("linger: {mean_minutes: 5}", "E202", path="charging.linger.share", says="add share"),
    plaza("linger: {share: 20, mean_minutes: 5}", "E210", path="charging.linger.share", says="write 0.2"),
    plaza(
        "linger: {share: 1, mean_minute: 5}", "E201", path="charging.linger.mean_minute", says="did you mean"
    ),
    plaza(
        "linger: {share: 1, mean_minutes: 5, sd_minutes: 99}",
        "E215",
        path="charging.linger",
        says="at most 10",
    ),
    plaza(
        "linger: {share: 1, mean_minutes: 5, idle_fee: {per_minute: 0}}",
        "E210",
        path="charging.linger.idle_fee.per_minute",
        says="> 0",
    ),
    plaza(
        "linger: {share: 1, mean_minutes: 5, idle_fee: {per_minute: 1, grace_minutes: -1}}",
        "E210",
        path="charging.linger.idle_fee.grace_minutes",
        says=">= 0",
    ),
    plaza(
        "linger: {share: 1, mean_minutes: 5, idle_fee: {per_minute: 1, moved_share: 60}}",
        "E210",
        path="charging.linger.idle_fee.moved_share",
        says="write 0.6",
    ),
    plaza("legal_break: {share: -0.1}", "E210", path="charging.legal_break.share", says=">= 0"),
    plaza("legal_break: {minutes: 45}", "E202", path="charging.legal_break.share", says="add share"),
    plaza("legal_break: {share: 1, minutes: 0}", "E210", path="charging.legal_break.minutes", says="> 0"),
    plaza(
        "legal_break: {share: 1, classes: [truk]}",
        "E209",
        path="charging.legal_break.classes[0]",
        says="did you mean truck?",
    ),
    plaza(
        "legal_break: {share: 1, classes: truck}", "E208", path="charging.legal_break.classes", says="[ ... ]"
    ),
    plaza("priority: {}", "E215", path="charging.priority", says="must have a share above 0 or classes"),
    plaza("priority: {share: 2}", "E210", path="charging.priority.share", says="write 0.02"),
    plaza("priority: {classes: [bus, bus]}", "E215", path="charging.priority.classes", says="got bus twice"),
    plaza("reservations: {share: 0.2}", "E202", path="charging.reservations.hold_minutes", says="add hold"),
    plaza(
        "reservations: {share: 0.2, hold_minutes: 900}",
        "E210",
        path="charging.reservations.hold_minutes",
        says="<= 120",
    ),
    plaza(
        "v2g: {share: 1, power_kw: 20}", "E215", at="charging:", path="charging", says="linger or legal_break"
    ),
    plaza("v2g: {share: 1, power_kw: 0}", "E210", path="charging.v2g.power_kw", says="> 0"),
    plaza("v2g: {share: 1, power_kw: 9, soc_floor: 50}", "E210", path="charging.v2g.soc_floor", says="< 1"),
    plaza("v2g: {share: 1, power_kw: 9, most_soc: 0}", "E210", path="charging.v2g.most_soc", says="> 0"),
    plaza(
        "v2g: {share: 1, power_kw: 9, efficiency: 95}", "E210", path="charging.v2g.efficiency", says="0.95"
    ),
    plaza("price_per_kwh: -1", "E210", path="charging.price_per_kwh", says=">= 0"),
    plaza("price_per_kwh: 1,8", "E203", path="charging.price_per_kwh", says="decimal point: 1.8"),
    group("price_per_kwh: free", "E203", path=f"{GROUP}.price_per_kwh", says="must be a number"),
    group("changeover_seconds: 9000", "E210", path=f"{GROUP}.changeover_seconds", says="<= 1800"),
    group("drive_through: yes", "E205", path=f"{GROUP}.drive_through", says="true or false"),
    group("classes: []", "E215", path=f"{GROUP}.classes", says="one class of vehicles or more, got none"),
    group("classes: [lorry]", "E209", path=f"{GROUP}.classes[0]", says="car, bus, truck"),
    group("classes: [car, car]", "E215", path=f"{GROUP}.classes", says="got car twice"),
    group(
        "failures: {hours_between: 0, repair_hours: 4}",
        "E210",
        path=f"{GROUP}.failures.hours_between",
        says="must be >= 1",
    ),
    group("failures: {hours_between: 900}", "E202", path=f"{GROUP}.failures.repair_hours", says="add repair"),
    group(
        "cabinet: {posts: 3, modules: 4, module_kw: 30}",
        "E215",
        path=GROUP,
        says="a multiple of cabinet.posts 3",
    ),
    group(
        "cabinet: {posts: 2, modules: 0, module_kw: 30}", "E210", path=f"{GROUP}.cabinet.modules", says=">= 1"
    ),
    group(
        "cabinet: {posts: 2, modules: 4, module_kw: 900}",
        "E210",
        path=f"{GROUP}.cabinet.module_kw",
        says="<= 200",
    ),
    group("cabinet: {posts: 2, modules: 4}", "E202", path=f"{GROUP}.cabinet.module_kw", says="add module_kw"),
    group(
        "cabinet: {posts: 2, modules: 4, module_kw: 30, allocation: fair}",
        "E209",
        path=f"{GROUP}.cabinet.allocation",
        says="one of equal, first_come, proportional",
    ),
    group("side: east", "E215", path=f"{GROUP}.side", says="must be null without traffic.directions"),
    sides(
        "",
        "E214",
        groups=FAST.replace("fast", "ordinary") + SLOW,
        at="name: ordinary",
        path=f"{GROUP}.name",
        says="must not end in ordinary, as numbers of a run do",
    ),
    sides(
        TWO.replace("west", "west_holiday"),
        "E214",
        at="name: west_holiday",
        path=f"{SIDES}[1].name",
        says="must not end in holiday",
    ),
    group("side: East", "E213", path=f"{GROUP}.side", says="lower case letters"),
    sides(
        TWO,
        "E215",
        groups=FAST.replace("}", ", side: wset}") + SLOW,
        at="side: wset",
        path=f"{GROUP}.side",
        says="did you mean 'west'?",
    ),
    sides(
        TWO,
        "E215",
        groups=FAST.replace("}", ", side: up}") + SLOW,
        at="side: up",
        path=f"{GROUP}.side",
        says="one of east, west",
    ),
    sides(
        TWO,
        "E215",
        groups=FAST.replace("}", ", side: east}"),
        at="  groups:",
        path="charging.groups",
        says="must have bays for class car on side west, got none",
    ),
    sides(
        TWO,
        "E215",
        groups=FAST.replace("}", ", side: east}") + SLOW.replace("}", ", side: west, classes: [truck]}"),
        at="  groups:",
        path="charging.groups",
        says="name it in the classes of a group on that side",
    ),
    sides(
        "  directions: [{name: east, share: 1}]\n", "E215", at="directions:", path=SIDES, says="2 to 4, got 1"
    ),
    sides(
        "  directions: {name: east, share: 1}\n", "E208", at="directions:", path=SIDES, says="must be a list"
    ),
    sides(TWO.replace("west", "east"), "E215", at="directions:", path=SIDES, says="got east twice"),
    sides(
        TWO.replace("west, share: 0.5", "west, share: 0.4"),
        "E215",
        at="directions:",
        path=SIDES,
        says="must sum to 1, got 0.9",
    ),
    sides(
        TWO.replace("east, share: 0.5", "east, share: 50"),
        "E210",
        at="share: 50}",
        path=f"{SIDES}[0].share",
        says="0.5",
    ),
    sides(
        TWO.replace("east, share: 0.5", "east"),
        "E202",
        at="{name: east}",
        path=f"{SIDES}[0].share",
        says="add share",
    ),
    sides(
        TWO.replace("east", "To Qingdao"), "E213", at="Qingdao", path=f"{SIDES}[0].name", says="lower case"
    ),
    sides(
        TWO.replace("east,", f"east, {SHAPE},"),
        "E215",
        at="name: east",
        path=f"{SIDES}[0].hourly_shape",
        says="0.96",
    ),
    sides(
        TWO.replace("east,", "east, hourly_shape: [0.5, 0.5],"),
        "E212",
        at="name: east",
        path=f"{SIDES}[0].hourly_shape",
        says="at least 24 items",
    ),
]


@pytest.mark.parametrize("bad", CORPUS, ids=str)
def test_wrong_plazas_are_refused_at_the_line(bad, tmp_path):
    path = tmp_path / "station.yaml"
    path.write_text(bad.text, encoding="utf-8")
    check(bad, problems_with(lambda: load_scenario(path, model=Scenario)))


def test_every_key_of_posts_and_drivers_is_in_a_wrong_plaza():
    """A new key of these sections needs a case here."""
    models = (
        *(models_of.StopSpec, models_of.LingerSpec, models_of.IdleFeeSpec, models_of.LegalBreakSpec),
        *(models_of.PrioritySpec, models_of.ReservationSpec, models_of.VehicleToGridSpec),
        *(models_of.CabinetSpec, models_of.FailureSpec, models_of.PostGroup, DirectionSpec),
    )
    text = "".join(case.text + case.path for case in CORPUS)
    elsewhere = {"efficiency", "active_kw", "standby_kw", "max_current_a"}
    keys = {key for model in models for key in model.model_fields} - elsewhere
    assert {key for key in keys if f"{key}:" not in text and f".{key}" not in text} == set()
