"""The reference station against its published figures: generation, use, carbon, coal and yields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationsim.prove.case import Case, between, skipped, within
from stationsim.prove.files import REFERENCE, absent, data_file, scenario_file

JINAN_FILE = "weather/CHN_Shandong.Jinan.548230_CSWD.epw"

YEARS = 20
"""Synthetic years whose mean is held against what is published, seeds 1 to 20."""

STEP_MINUTES = 15
"""Step of those years; use and generation agree with those of one-minute steps to 0.5 %."""

ONE_SEED = 1

PUBLISHED_TOLERANCE = 0.03
"""Between-year spread of the 20-year mean and what is unknown of the surfaces [-]."""

CALIBRATED_TOLERANCE = 0.01
FILE_TOLERANCE = 0.05
"""One typical year of one instrument stands for the climate less well than twenty years do [-]."""

BUDGET_TOLERANCE = 0.03
"""How far a row of the load budget may lie from the mean of the years [-]."""

OPERATION = "greenpost and mszxian.cn 2024: more than 10,000 kWh generated, about 6,000 kWh used a day"
DESIGN = "white paper 2022 of the Jinan East station: 3.6 GWh a year"
CERTIFICATE = "published carbon account of the Jinan East station"
YIELDS = "solar plants of Shandong expressways, published or designed: Jiwei 1,000 to Jinan East 2023 1,226"
BUDGET = "load budget at the head of scenarios/jinan_east.yaml"

PER_DAY = {
    "charging": ("use_charging",),
    "heating, cooling": ("use_heating", "use_cooling"),
    "catering": ("use_catering",),
    "lighting": ("use_lighting",),
    "water": ("use_water",),
    "service vehicles": ("use_service_vehicles",),
    "battery auxiliaries": ("use_battery_aux",),
    "inverters at night": ("use_inverter_night",),
    "washrooms": ("use_washrooms",),
    "shops": ("use_shops",),
    "hot water": ("use_hot_water",),
    "emergency": ("use_emergency",),
    "other": ("use_other",),
    "sum": ("use_total",),
}
"""Rows of the load budget and the numbers that they add up."""

SURFACES = ("canopies", "slopes", "roofs")

Year = Mapping[str, float]
"""Numbers of one simulated year by name."""

WAYS = {"file": "components of the file", "from_ghi": "components from GHI (Erbs)"}
"""How direct and diffuse light of the typical year come about."""


class Part(NamedTuple):
    """One year to simulate."""

    seed: int
    components: str = ""
    """Components of the typical year; empty for a synthetic one."""


def quick() -> list[Case]:
    """Return what one year at hourly steps can show: orders of magnitude that no year misses."""
    if not scenario_file().is_file():
        return [skipped("Generation, use and forestry, one synthetic year", OPERATION, absent(REFERENCE))]
    year = play_year(ONE_SEED, 60)
    return [
        within(
            "Generation, one synthetic year", OPERATION, expected=3.65e6, got=year["pv_generated_per_year"],
            relative=0.06, unit="kWh", note="years differ; the mean of twenty is held to 3 %",
        ),
        within(
            "Use, one synthetic year", OPERATION, expected=6000, got=year["use_total_per_day"],
            relative=0.02, unit="kWh/d",
        ),
        within(
            "Forestry, one year", CERTIFICATE, expected=53.4, got=year["carbon_forestry_per_year"],
            relative=PUBLISHED_TOLERANCE, unit="t",
        ),
    ]  # fmt: skip


def long() -> list[Case]:
    """Return twenty synthetic years and the real typical year against everything that is published."""
    return gather([part(item) for item in parts()])


def parts() -> list[Part]:
    """Return the years to simulate: seeds 1 to 20, then the typical year with its components either way."""
    if not scenario_file().is_file():
        return []
    drawn = [Part(seed) for seed in range(1, YEARS + 1)]
    real = [Part(ONE_SEED, way) for way in WAYS] if data_file(JINAN_FILE).is_file() else []
    return drawn + real


def part(item: Part) -> dict[str, float]:
    """Simulate one of the years."""
    return play_year(item.seed, STEP_MINUTES, item.components)


def gather(played: Sequence[dict[str, float]]) -> list[Case]:
    """Return the cases of all years."""
    if not played:
        what = f"mean of {YEARS} synthetic years and the typical year of Jinan"
        return [skipped(f"Energy, carbon, yields and loads, {what}", OPERATION, absent(REFERENCE))]
    years = list(played[:YEARS])
    return [
        *_energy(years),
        *_carbon(years),
        *_metered(years),
        *_yields("mean of 20 synthetic years", _mean(years)),
        *_load_budget(years),
        *_typical_year(played[YEARS:]),
    ]


def play_year(seed: int, step_minutes: int = STEP_MINUTES, components: str = "") -> dict[str, float]:
    """Simulate the reference year and return its numbers.

    Where components are named it is the typical year of the file, with modules as new: what stands against
    it is the design.
    """
    from stationsim import Scenario, compute_kpis, simulate
    from stationsim.weather.spec import FileWeather

    changes = [f"simulation.seed={seed}", f"simulation.step_minutes={step_minutes}"]
    if components:
        changes.append("solar.ageing=null")
    path, file = scenario_file(), data_file(JINAN_FILE)
    scenario = Scenario.from_yaml(path, overrides=changes)
    if components:
        weather = FileWeather.model_validate(
            {
                "source": "file",
                "file": file.name,
                "components": components,
                "precipitation": {"climate": "Jinan"},
            }
        )
        scenario = scenario.model_copy(update={"weather": weather})
    results = simulate(scenario, base=file.parent if components else path.parent)
    return {name: kpi.value for name, kpi in compute_kpis(results).items()}


def _drawn(years: Sequence[Year], name: str) -> NDArray[np.float64]:
    return np.array([year[name] for year in years])


def _mean(years: Sequence[Year]) -> Year:
    return {name: float(np.mean(_drawn(years, name))) for name in years[0]}


def _spread(years: Sequence[Year], name: str) -> str:
    """Return P10 to P90 of one-year runs and where the reference seed lies in them."""
    drawn = _drawn(years, name)
    low, high = np.percentile(drawn, [10, 90])
    one = drawn[ONE_SEED - 1]
    place = "below" if one < low else "above" if one > high else "inside"
    return f"one-year runs P10 {low:,.6g}, P90 {high:,.6g}; seed {ONE_SEED} has {one:,.6g}, {place}"


def _row(
    years: Sequence[Year], case: str, source: str, name: str, published: float, unit: str,
    relative: float = PUBLISHED_TOLERANCE, basis: str = "",
) -> Case:  # fmt: skip
    got = float(np.mean(_drawn(years, name)))
    note = "; ".join(part for part in (basis, _spread(years, name)) if part)
    return within(
        f"{case}, mean of {len(years)} synthetic years",
        source,
        expected=published,
        got=got,
        relative=relative,
        unit=unit,
        note=f"{100 * (got / published - 1):+.2f} %; {note}",
    )


def _energy(years: Sequence[Year]) -> list[Case]:
    return [
        _row(years, "Generation (predicted)", OPERATION, "pv_generated_per_year", 3.65e6, "kWh"),
        _row(
            years, "Use (calibrated)", OPERATION, "use_total_per_day", 6000, "kWh/d",
            relative=CALIBRATED_TOLERANCE, basis="a load was set to meet it",
        ),
    ]  # fmt: skip


def _carbon(years: Sequence[Year]) -> list[Case]:
    """Return the published account; what it calls reduced is met with or without the trees."""
    name = "carbon_published_{}_per_year"
    factor = "0.9419 t/MWh"
    with_trees, without = (
        _row(years, f"Reduced, {how}", CERTIFICATE, name.format(key), 3410.1, "t", basis=factor)
        for how, key in (("forestry counted", "reduced"), ("without forestry", "reduced_solar"))
    )
    return [
        _row(years, "Emitted", CERTIFICATE, name.format("emitted"), 2060.97, "t", basis=factor),
        *_at_least_one(with_trees, without),
        _row(years, "Forestry", CERTIFICATE, "carbon_forestry_per_year", 53.4, "t", basis="6.71 ha"),
        _row(years, "Coal saved", CERTIFICATE, "coal_saved", 1200, "tce", basis="0.33 kgce/kWh"),
    ]


def _at_least_one(*rows: Case) -> list[Case]:
    """Return rows of which one must hold; one that misses is information beside one that holds."""
    if not any(row.passed for row in rows):
        return list(rows)
    return [row if row.passed else _as_information(row) for row in rows]


def _as_information(row: Case) -> Case:
    note = f"misses, but the source does not say which of the two it means and the other holds; {row.note}"
    return Case(row.case, row.source, row.expected, row.got, row.tolerance, None, note)


def _metered(years: Sequence[Year]) -> list[Case]:
    """Return the metered account, which nothing published stands against."""
    rows = {
        "scope 2, import": "metered_emitted",
        "all from the grid": "metered_baseline",
        "avoided": "metered_avoided",
    }
    return [
        Case(
            f"Metered account: {what}, mean of {len(years)} synthetic years",
            "none: for information, beside the published account",
            "nothing published",
            f"{np.mean(_drawn(years, f'carbon_{name}_per_year')):.1f} t",
            "",
            None,
            f"0.6191 t/MWh, Shandong 2023; {_spread(years, f'carbon_{name}_per_year')}",
        )
        for what, name in rows.items()
    ]


def _yields(weather: str, year: Year) -> list[Case]:
    """Return the yield of each surface against what plants of the province make."""
    return [
        between(
            f"Yield of the {surface}, {weather}", YIELDS,
            low=1000, high=1226, got=year[f"yield_{surface}"], unit="kWh/kWp",
        )
        for surface in SURFACES
    ]  # fmt: skip


def budget() -> dict[str, float]:
    """Return the rows of the load budget in the reference scenario's head [kWh/d]."""
    return _budget(scenario_file())


@cache
def _budget(path: Path) -> dict[str, float]:
    head = path.read_text(encoding="utf-8").split("schema_version", 1)[0]
    rows = re.findall(r"^#   (\S.*?) {2,}([\d,.]+) +(\d+) %", head, flags=re.MULTILINE)
    return {use: float(kwh.replace(",", "")) for use, kwh, _ in rows}


def _load_budget(years: Sequence[Year]) -> list[Case]:
    """Return each row of the scenario's load budget against the mean of the years."""
    mean = _mean(years)
    return [
        within(
            f"Load budget: {use}", BUDGET, expected=kwh, unit="kWh/d", relative=BUDGET_TOLERANCE,
            got=sum(mean[f"{name}_per_day"] for name in PER_DAY[use]),
        )
        for use, kwh in budget().items()
    ]  # fmt: skip


def _typical_year(played: Sequence[Year]) -> list[Case]:
    """Return generation on the real typical year, with its own components and with those derived from GHI."""
    case = "Generation on the typical year of Jinan, {}"
    if not played:
        return [skipped(case.format(how), DESIGN, absent(JINAN_FILE)) for how in WAYS.values()]
    rows = []
    for year, how in zip(played, WAYS.values(), strict=True):
        got = year["pv_generated_per_year"]
        rows.append(
            within(
                case.format(how), DESIGN, expected=3.6e6, got=got, relative=FILE_TOLERANCE, unit="kWh",
                note=f"{100 * (got / 3.6e6 - 1):+.2f} %; modules as new, as a design has them",
            )
        )  # fmt: skip
        rows += _yields(f"typical year, {how}", year)
    return rows
