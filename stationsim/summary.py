"""The one screen after a run, as a rich renderable; printing is the caller's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stationsim.blocks import Kpis, charging_block, money_block, power_block, rooms_block
from stationsim.kpis.flows import LABELS, SELDOM, STEMS
from stationsim.kpis.kpi import Kpi
from stationsim.models.carbon import KWH_PER_MWH, CarbonSpec
from stationsim.results import RESIDUAL_TOLERANCE, SINKS, SOURCES, USES
from stationsim.screen import (
    ABSENT,
    Heading,
    bare_table,
    number,
    plain,
    side_by_side,
)

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

    from stationsim.results import Results

Row = tuple[str, float, float]
"""Label, energy of the average day [kWh/d] and share [%]."""

WIDE_COLUMNS = 80
"""Width from which two columns stand side by side [characters]."""

SMALL_PERCENT = 0.5
"""Uses below this share of all that leaves the busbar stand in one row where there are several [%]."""

HASH_LETTERS = 12
"""Letters of the result hash that are shown: enough to tell runs apart."""

SHORT_RESIDUALS = {
    "balance_residual_kwh": "busbar",
    "battery_residual_kwh": "battery",
    "transformer_residual_kwh": "transformer",
    "zone_residual_kwh": "building",
    "battery_heat_residual_kwh": "battery heat",
    "water_residual_m3": "water",
    "hot_water_residual_kwh": "hot water",
    "charging_residual_kwh": "charging",
}
"""Identities in a word or two, that of the busbar first."""


@dataclass(frozen=True)
class Summary:
    """One screen of a run; adapts to the console's width and encoding when it is rendered."""

    results: Results
    kpis: Kpis

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the parts of the screen."""
        results, kpis = self.results, self.kpis
        yield from _heading(results, options.ascii_only)
        balance, uses = _balance(kpis), _uses(kpis)
        power, charging, money = power_block(kpis), charging_block(kpis), money_block(kpis)
        rooms = rooms_block(results, kpis, options.ascii_only)
        if options.max_width >= WIDE_COLUMNS:
            yield side_by_side([[*balance, power, rooms], [uses, charging, money]])
        else:
            yield from (*balance, uses, power, charging, rooms, money)
        yield _carbon_table(results, kpis)
        yield _closing_line(kpis)


def summary(results: Results, kpis: Kpis) -> Summary:
    """Return one screen of a run.

    Parameters
    ----------
    results
        What happened.
    kpis
        Its named numbers.
    """
    return Summary(results, kpis)


def _heading(results: Results, ascii_only: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    scenario, provenance = results.scenario, results.provenance
    period, simulation = scenario["period"], scenario["simulation"]
    yield Text(plain(str(scenario["name"]), ascii_only), style="bold", overflow="fold")
    result_hash = str(provenance.get("result_hash", ""))[:HASH_LETTERS]
    yield Text(
        f"{period['start']} to {period['end']}, {simulation['step_minutes']} min steps, "
        f"seed {simulation['seed']}, result {result_hash}"
    )


def _balance(kpis: Kpis) -> list[RenderableType]:
    """Return what comes in, and below it where that goes: both with the same sum."""
    supply = _rows(SOURCES, kpis)
    used = [_row(use, kpis) for use in USES]
    elsewhere = _rows([flow for flow in SINKS if flow not in USES], kpis)
    goes = [("All uses", *_sums(used)), *elsewhere]
    return [_side("Supply", supply, "Sum"), _side("Where it goes", goes, "Sum")]


def _uses(kpis: Kpis) -> Table:
    """Return every use; small ones in one row where there are several, so that the others can be read."""
    rows = _rows(USES, kpis)
    small = [row for row in rows if row[2] < SMALL_PERCENT]
    if len(small) > 1:
        rows = [*(row for row in rows if row not in small), (f"{len(small)} smaller uses", *_sums(small))]
    return _side("Use", rows, "All uses")


def _rows(flows: Sequence[str], kpis: Kpis) -> list[Row]:
    """Return flows; what few stations have is left out where there is none."""
    return [_row(flow, kpis) for flow in flows if flow not in SELDOM or kpis[STEMS[flow]].value > 0]


def _row(flow: str, kpis: Kpis) -> Row:
    stem = STEMS[flow]
    return LABELS[flow], kpis[f"{stem}_per_day"].value, kpis[f"{stem}_share"].value


def _sums(rows: Sequence[Row]) -> tuple[float, float]:
    finite = [percent for *_, percent in rows if math.isfinite(percent)]
    return sum(kwh for _, kwh, _ in rows), sum(finite)


def _side(title: str, rows: Sequence[Row], last: str) -> Table:
    """Return flows of the average day with their sum."""
    table = bare_table(show_header=True)
    table.add_column(Heading(title), overflow="fold", ratio=1)
    for what in ("kWh/d", "%"):
        table.add_column(what, justify="right", no_wrap=True, overflow="crop")
    for label, kwh, percent in rows:
        table.add_row(label, f"{kwh:,.1f}", f"{percent:.1f}" if math.isfinite(percent) else ABSENT)
    kwh, percent = _sums(rows)
    table.add_row(last, f"{kwh:,.1f}", f"{percent:.1f}", style="bold")
    return table


def _carbon_table(results: Results, kpis: Kpis) -> RenderableType:
    """Return both accounts, the published one with and without forestry; they are never added.

    What trees take up is in no scope, so the metered account has no net; it stands in a row of its own.
    """
    from rich.text import Text

    table = bare_table(show_header=True)
    table.add_column(Heading("Carbon [t CO2]"), overflow="fold", ratio=1)
    for column in ("emitted", "reduced", "net"):
        table.add_column(column, justify="right", no_wrap=True, overflow="crop")
    for label, *names in _carbon_rows(results, kpis):
        cells = ("" if name is None else number(kpis[name].value, digits=4) for name in names)
        table.add_row(Text(label), *cells)
    return table


def _carbon_rows(results: Results, kpis: Kpis) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return what each line of the accounts is, and its numbers: emitted, reduced and net."""
    factors = CarbonSpec.model_validate(results.scenario["carbon"])
    used, metered = factors.grid_factor_t_per_mwh, factors.metered_t_per_mwh
    imported = number(kpis["meter_import"].value / KWH_PER_MWH, "MWh")
    emitted, solar = "carbon_published_emitted", "carbon_published_reduced_solar"
    without, counted = "carbon_published_net_without_forestry", "carbon_published_net"
    beside = [
        ("Metered, scope 1: methane, nitrous oxide of sewage", "carbon_metered_scope_1"),
        ("Metered, scope 3: fresh water", "carbon_metered_fresh_water"),
    ]
    return [
        (f"Published: all use, all solar x {used:g} t/MWh", emitted, solar, without),
        ("Published, forestry counted", emitted, "carbon_published_reduced", counted),
        (f"Metered, scope 2: import {imported} x {metered:g} t/MWh", "carbon_metered_emitted", None, None),
        *((label, name, None, None) for label, name in beside if kpis[name].value > 0),
        ("Metered, avoided: all from the grid less scope 2", None, "carbon_metered_avoided", None),
        ("Trees and greens: biogenic, in no scope", None, "carbon_forestry", None),
    ]


def _closing_line(kpis: Kpis) -> RenderableType:
    """Return how well the balances close: that of the busbar, and the worst of all."""
    from rich.text import Text

    found = {
        what: kpis[name]
        for name, what in SHORT_RESIDUALS.items()
        if name != "hot_water_residual_kwh" or kpis["use_hot_water"].value > 0
    }
    worst = max(found, key=lambda what: found[what].value)
    return Text(
        f"Residuals (allowed {RESIDUAL_TOLERANCE:.0e}): busbar {_residual(found['busbar'])}; "
        f"worst of {len(found)}: {worst} {_residual(found[worst])}"
    )


def _residual(kpi: Kpi) -> str:
    return f"{kpi.value:.0e} {kpi.unit}" if kpi.value else f"0 {kpi.unit}"
