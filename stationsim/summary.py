"""The one screen after a run, as a rich renderable; printing is the caller's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stationsim.kpis.flows import LABELS, SELDOM, STEMS
from stationsim.kpis.kpi import Kpi
from stationsim.models.carbon import KWH_PER_MWH, CarbonSpec
from stationsim.results import RESIDUAL_TOLERANCE, SINKS, SOURCES
from stationsim.screen import ABSENT, Line, block, new_table, number, plain, side_by_side

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

    from stationsim.results import Results

WIDE_COLUMNS = 84
"""Width from which two blocks stand side by side [characters]."""

HASH_LETTERS = 12
"""Letters of the result hash that are shown: enough to tell runs apart."""

MWH_PER_GWH = 1000.0

LOSSES = ("battery", "transformer", "charger")

SHORT_RESIDUALS = {
    "balance_residual_kwh": "energy balance",
    "battery_residual_kwh": "battery",
    "transformer_residual_kwh": "transformer",
    "zone_residual_kwh": "building",
    "water_residual_m3": "water",
    "hot_water_residual_kwh": "hot water",
    "charging_residual_kwh": "charging",
}
"""Identities in a word or two."""


@dataclass(frozen=True)
class Summary:
    """One screen of a run; adapts to the console's width and encoding when it is rendered."""

    results: Results
    kpis: Mapping[str, Kpi]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the parts of the screen."""
        ascii_only, wide = options.ascii_only, options.max_width >= WIDE_COLUMNS
        yield from _heading(self.results, ascii_only)
        for part in (
            _average_day(self.kpis, wide),
            side_by_side([_power_block(self.kpis), _service_block(self.kpis)], wide),
            _carbon_table(self.results, self.kpis),
            side_by_side([_money_block(self.kpis), _closing_block(self.kpis)], wide),
        ):
            yield ""
            yield part


def summary(results: Results, kpis: Mapping[str, Kpi]) -> Summary:
    """Return one screen of a run.

    Parameters
    ----------
    results
        What happened.
    kpis
        Its named numbers.
    """
    return Summary(results, kpis)


def _of(kpis: Mapping[str, Kpi], name: str) -> str:
    return number(kpis[name].value, kpis[name].unit)


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


def _average_day(kpis: Mapping[str, Kpi], wide: bool) -> RenderableType:
    """Return the average day: what comes in beside what goes out, both with the same sum."""
    sources, sinks = (
        [flow for flow in flows if flow not in SELDOM or kpis[STEMS[flow]].value > 0]
        for flows in (SOURCES, SINKS)
    )
    rows = max(len(sources), len(sinks)) if wide else 0
    sides = [_side("Supply", sources, kpis, rows), _side("Use, storage, export", sinks, kpis, rows)]
    return side_by_side(sides, wide)


def _side(title: str, flows: Sequence[str], kpis: Mapping[str, Kpi], rows: int) -> Table:
    """Return one side of the balance with its sum, filled up to so many rows."""
    daily = [kpis[f"{STEMS[flow]}_per_day"].value for flow in flows]
    share = [kpis[f"{STEMS[flow]}_share"].value for flow in flows]
    total = sum(value for value in share if math.isfinite(value))
    table = new_table(show_footer=True)
    table.add_column(title, footer="Sum, average day", overflow="fold", ratio=1)
    table.add_column("kWh/d", justify="right", footer=f"{sum(daily):,.1f}", no_wrap=True, overflow="crop")
    table.add_column("%", justify="right", footer=f"{total:.1f}", no_wrap=True, overflow="crop")
    for flow, kwh, percent in zip(flows, daily, share, strict=True):
        table.add_row(LABELS[flow], f"{kwh:,.1f}", f"{percent:.1f}" if math.isfinite(percent) else ABSENT)
    for _ in range(rows - len(flows)):
        table.add_row("", "", "")
    return table


def _power_block(kpis: Mapping[str, Kpi]) -> Table:
    start, end = kpis["pv_core_hours_start"].value, kpis["pv_core_hours_end"].value
    sun = f"{start:02.0f}:00 to {end:02.0f}:00" if math.isfinite(start) else ABSENT
    days, throttled = kpis["days"].value, kpis["hours_throttled"].value
    lines = [
        ("Peak import / export", _both(kpis, "peak_import_15min", "peak_export_15min")),
        ("Peak use / solar", _both(kpis, "peak_use", "peak_pv")),
        ("Half the solar at", sun),
        ("Solar yield", _of(kpis, "yield_all") if "yield_all" in kpis else ABSENT),
        ("Solar used on site", _of(kpis, "self_consumption")),
        ("Use covered by site", _of(kpis, "self_sufficiency")),
        ("AC energy", _of(kpis, "use_cooling_per_day")),
        ("AC unit-hours", _of(kpis, "ac_unit_hours_per_day")),
        ("Battery full cycles", _of(kpis, "battery_cycles")),
        ("State of charge", _span(kpis, "soc_min", "soc_max")),
        *(
            (f"{kind.capitalize()} loss", number(kpis[f"loss_{kind}"].value / days, "kWh/d"))
            for kind in LOSSES
        ),
        *(_where_there("Charging throttled", kpis, "hours_throttled") if throttled > 0 else ()),
    ]
    return block("Power", lines)


def _service_block(kpis: Mapping[str, Kpi]) -> Table:
    arrived = kpis["ev_arrived"].value
    present = kpis["ev_charging"].value + kpis["ev_waiting"].value
    blocked = kpis["post_blocked_share"].value
    lines = [
        ("Charging mean / peak", _both(kpis, "charging_power_mean", "peak_charging")),
        ("Session", f"{_of(kpis, 'energy_per_session')}, {_of(kpis, 'session_minutes')}"),
        ("Arrived to charge", f"{number(arrived)}, {number(arrived / kpis['days'].value)} a day"),
        ("Served", number(kpis["ev_served"].value)),
        ("Balked / reneged", _both(kpis, "ev_balked", "ev_reneged", unit="")),
        *((("Still there at end", number(present)),) if present else ()),
        ("Wait mean / P95", _both(kpis, "wait_mean", "wait_p95")),
        ("Waited over 10 min", _of(kpis, "wait_long_share")),
        ("Longest queue", _of(kpis, "queue_max")),
        *_short_line(kpis),
        *_where_there("Spills, time / cars", kpis, "queue_spill_time_share", "queue_spill_share"),
        ("Posts in use", _of(kpis, "post_utilisation")),
        *(_where_there("Posts blocked", kpis, "post_blocked_share") if blocked > 0 else ()),
        *_where_there("Posts that work", kpis, "post_availability"),
        *_where_there("Power modules that work", kpis, "module_availability"),
        *_holiday_lines(kpis),
        ("Vehicles / people", _both(kpis, "vehicles_per_day", "people_per_day", unit="/d")),
        ("Fresh / reused water", _both(kpis, "fresh_water_per_day", "reused_water_per_day")),
    ]
    return block("Charging and guests", lines)


def _short_line(kpis: Mapping[str, Kpi]) -> tuple[Line, ...]:
    """Return how many of the served cars left short and what they missed, where any did."""
    if not kpis["short_charged_share"].value > 0:
        return ()
    return (("Short charged", f"{_of(kpis, 'short_charged_share')}, {_of(kpis, 'charging_short')}"),)


def _holiday_lines(kpis: Mapping[str, Kpi]) -> tuple[Line, ...]:
    """Return charging on holidays, where the run has them and ordinary days."""
    if "holiday_charging_ratio" not in kpis:
        return ()
    sessions = number(kpis["sessions_per_post_day_holiday"].value)
    return (
        ("Holiday / ordinary day", _of(kpis, "holiday_charging_ratio")),
        (
            "On a holiday, a post",
            f"{sessions} sessions, {number(kpis['kwh_per_post_day_holiday'].value)} kWh",
        ),
    )


def _carbon_table(results: Results, kpis: Mapping[str, Kpi]) -> Table:
    """Return both accounts, the published one with and without forestry; they are never added."""
    from rich.text import Text

    factors = CarbonSpec.model_validate(results.scenario["carbon"])
    used, metered = factors.grid_factor_t_per_mwh, factors.metered_t_per_mwh
    table = new_table(show_footer=False)
    table.add_column(Text("Carbon [t CO2]"), overflow="fold", ratio=1)
    for heading in ("emitted", "reduced", "net"):
        table.add_column(heading, justify="right", no_wrap=True, overflow="crop")
    emitted, solar = kpis["carbon_published_emitted"], kpis["carbon_published_reduced_solar"]
    without, counted = kpis["carbon_published_net_without_forestry"], kpis["carbon_published_net"]
    scope_2, avoided = kpis["carbon_metered_emitted"], kpis["carbon_metered_avoided"]
    imported = number(kpis["meter_import"].value / KWH_PER_MWH, "MWh")
    rows = (
        (f"Published: all use, all solar x {used:g} t/MWh", emitted, solar, without),
        ("Published, forestry counted", emitted, kpis["carbon_published_reduced"], counted),
        (f"Metered, scope 2: import {imported} x {metered:g} t/MWh", scope_2, None, None),
        ("Metered, avoided: the same station all from the grid, less scope 2", None, avoided, None),
    )
    for label, *cells in rows:
        table.add_row(Text(label), *("" if kpi is None else number(kpi.value, digits=4) for kpi in cells))
    return table


def _money_block(kpis: Mapping[str, Kpi]) -> Table:
    monthly = kpis["bill_capacity"].value + kpis["bill_fixed"].value
    unit = kpis["bill_total"].unit
    lines = [
        (f"Energy bought, {_energy(kpis, 'meter_import')}", _of(kpis, "bill_energy")),
        ("Capacity and fixed", number(monthly, unit)),
        (f"Energy sold, {_energy(kpis, 'meter_export')}", number(0.0 - kpis["bill_feed_in"].value, unit)),
        ("To pay", _of(kpis, "bill_total")),
        *_where_there("Charging sold / missed", kpis, "charging_sales", "charging_sales_lost"),
        *_where_there("Idle fees", kpis, "idle_fees"),
        ("Forestry", _of(kpis, "carbon_forestry")),
        ("Coal saved", _of(kpis, "coal_saved")),
    ]
    return block("Bill, trees and coal", lines)


def _energy(kpis: Mapping[str, Kpi], name: str) -> str:
    energy_mwh = kpis[name].value / KWH_PER_MWH
    if energy_mwh < MWH_PER_GWH:
        return number(energy_mwh, "MWh")
    return number(energy_mwh / MWH_PER_GWH, "GWh")


def _closing_block(kpis: Mapping[str, Kpi]) -> Table:
    lines = [
        (what[0].upper() + what[1:], _residual(kpis[name]))
        for name, what in SHORT_RESIDUALS.items()
        if name != "hot_water_residual_kwh" or kpis["use_hot_water"].value > 0
    ]
    return block(f"Residuals (allowed {RESIDUAL_TOLERANCE:.0e})", lines)


def _residual(kpi: Kpi) -> str:
    return f"{kpi.value:.0e} {kpi.unit}" if kpi.value else f"0 {kpi.unit}"


def _both(kpis: Mapping[str, Kpi], first: str, second: str, *, unit: str | None = None) -> str:
    shown = kpis[first].unit if unit is None else unit
    return f"{number(kpis[first].value)} / {number(kpis[second].value)} {shown}".rstrip()


def _where_there(
    label: str, kpis: Mapping[str, Kpi], name: str, second: str | None = None
) -> tuple[Line, ...]:
    """Return the line of one number or of two, or none where the run does not have them."""
    if name not in kpis:
        return ()
    return ((label, _of(kpis, name) if second is None else _both(kpis, name, second)),)


def _span(kpis: Mapping[str, Kpi], low: str, high: str) -> str:
    if not kpis[low].applies:
        return ABSENT
    return f"{kpis[low].value:.0f} to {kpis[high].value:.0f} {kpis[low].unit}"
