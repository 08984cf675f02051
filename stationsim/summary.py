"""The one screen after a run and the table of a comparison, as rich renderables; printing is the caller's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stationsim.kpis.comparison import Comparison
from stationsim.kpis.flows import LABELS, STEMS
from stationsim.kpis.kpi import Kpi
from stationsim.models.carbon import KWH_PER_MWH, CarbonSpec
from stationsim.results import RESIDUAL_TOLERANCE, RESIDUALS, SINKS, SOURCES

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

    from stationsim.results import Results

WIDE_COLUMNS = 84
"""Width from which two blocks stand side by side [characters]."""

HASH_LETTERS = 12
"""Letters of the result hash that are shown: enough to tell runs apart."""

SMALL = 1e-3
"""Numbers below this are written with a power of ten."""

LOSSES = ("battery", "transformer", "charger")

ABSENT = "-"
"""Shown for a number that does not apply."""

ABSOLUTE = {"%": " points", "degC": " K", "hour of day": " h"}
"""Units whose differences are given as they are: their zero is arbitrary, or they are per cent themselves."""

HUNDRED = 100.0
"""Changes from here on are written without decimals [%]."""

SHORT_RESIDUALS = {
    "balance_residual_kwh": "energy balance",
    "battery_residual_kwh": "battery",
    "transformer_residual_kwh": "transformer",
    "zone_residual_kwh": "building",
    "water_residual_m3": "water",
    "charging_residual_kwh": "charging",
}
"""Identities in a word or two."""

Line = tuple[str, str]
"""Label and value of one line of a block."""


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
            _side_by_side([_power_block(self.kpis), _service_block(self.kpis)], wide),
            _carbon_table(self.results, self.kpis),
            _side_by_side([_money_block(self.kpis), _closing_block(self.kpis)], wide),
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


def plain(text: str, ascii_only: bool) -> str:
    """Return text from a user that a console can print: no control characters, ASCII where it must be."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return printable.encode("ascii", "replace").decode() if ascii_only else printable


def number(value: float, unit: str = "", *, digits: int = 3) -> str:
    """Return a number with thousands separators and no more digits than it deserves.

    Parameters
    ----------
    value
        The number; NaN is shown as a dash.
    unit
        Unit behind it.
    digits
        Digits that a number below 1,000 shows.
    """
    if not math.isfinite(value):
        return ABSENT
    if value and abs(value) < SMALL:
        text = f"{value:.{digits - 1}e}"
    elif value != round(value) and abs(value) < 10 ** (digits - 1):
        decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
        text = f"{value:,.{min(decimals, digits)}f}"
    else:
        text = f"{value:,.0f}"
    return f"{text} {unit}".rstrip() if unit != "1" else text


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
    rows = max(len(SOURCES), len(SINKS)) if wide else 0
    sides = [_side("Supply", SOURCES, kpis, rows), _side("Use, storage, export", SINKS, kpis, rows)]
    return _side_by_side(sides, wide)


def _side(title: str, flows: Sequence[str], kpis: Mapping[str, Kpi], rows: int) -> Table:
    """Return one side of the balance with its sum, filled up to so many rows."""
    daily = [kpis[f"{STEMS[flow]}_per_day"].value for flow in flows]
    share = [kpis[f"{STEMS[flow]}_share"].value for flow in flows]
    total = sum(value for value in share if math.isfinite(value))
    table = _table(show_footer=True)
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
    days = kpis["days"].value
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
    ]
    return _block("Power", lines)


def _service_block(kpis: Mapping[str, Kpi]) -> Table:
    arrived = kpis["ev_arrived"].value
    present = kpis["ev_charging"].value + kpis["ev_waiting"].value
    lines = [
        ("Charging mean / peak", _both(kpis, "charging_power_mean", "peak_charging")),
        ("Session", f"{_of(kpis, 'energy_per_session')}, {_of(kpis, 'session_minutes')}"),
        ("Arrived to charge", f"{number(arrived)}, {number(arrived / kpis['days'].value)} a day"),
        ("Served", number(kpis["ev_served"].value)),
        ("Balked / reneged", _both(kpis, "ev_balked", "ev_reneged", unit="")),
        ("Still there at end", number(present)),
        ("Wait mean / P95", _both(kpis, "wait_mean", "wait_p95")),
        ("Waited over 10 min", _of(kpis, "wait_long_share")),
        ("Longest queue", _of(kpis, "queue_max")),
        ("Posts in use", _of(kpis, "post_utilisation")),
        ("Vehicles / people", _both(kpis, "vehicles_per_day", "people_per_day", unit="/d")),
        ("Fresh / reused water", _both(kpis, "fresh_water_per_day", "reused_water_per_day")),
    ]
    return _block("Charging and guests", lines)


def _carbon_table(results: Results, kpis: Mapping[str, Kpi]) -> Table:
    """Return both accounts, the published one with and without forestry; they are never added."""
    from rich.text import Text

    factors = CarbonSpec.model_validate(results.scenario["carbon"])
    used, metered = factors.grid_factor_t_per_mwh, factors.metered_t_per_mwh
    table = _table(show_footer=False)
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
        ("Forestry", _of(kpis, "carbon_forestry")),
        ("Coal saved", _of(kpis, "coal_saved")),
    ]
    return _block("Bill, trees and coal", lines)


def _energy(kpis: Mapping[str, Kpi], name: str) -> str:
    return number(kpis[name].value / KWH_PER_MWH, "MWh")


def _closing_block(kpis: Mapping[str, Kpi]) -> Table:
    lines = [(what[0].upper() + what[1:], _residual(kpis[name])) for name, what in SHORT_RESIDUALS.items()]
    return _block(f"Residuals (allowed {RESIDUAL_TOLERANCE:.0e})", lines)


def _residual(kpi: Kpi) -> str:
    return f"{kpi.value:.0e} {kpi.unit}" if kpi.value else f"0 {kpi.unit}"


def compare_table(comparison: Comparison) -> ComparisonTable:
    """Return the numbers of several runs side by side, with the difference to the first."""
    return ComparisonTable(comparison)


@dataclass(frozen=True)
class ComparisonTable:
    """Numbers of several runs side by side; adapts to the console when it is rendered."""

    comparison: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the table, then the versions where they differ."""
        from rich.text import Text

        names = [plain(name, options.ascii_only) for name in self.comparison.names]
        shown = [name for name in self.comparison.rows if self._is_shown(name)]
        differing = [name for name in shown if self._differs(name)]
        yield self._numbers(names, differing)
        yield Text(f"{len(shown) - len(differing)} more numbers are the same in all runs.")
        mixed = {library: found for library, found in self.comparison.versions.items() if len(set(found)) > 1}
        if mixed:
            yield ""
            yield _versions_table(names, mixed)

    def _is_shown(self, name: str) -> bool:
        """Leave out what is zero in every run and totals, shares and annual values of a shown daily mean."""
        stem = name.removesuffix("_share").removesuffix("_per_year")
        rows = self.comparison.rows
        repeats = name.endswith("_per_year") and self._values(name) == self._values(stem)
        return name not in RESIDUALS and f"{stem}_per_day" not in rows and not repeats

    def _values(self, name: str) -> list[float]:
        found = (self.comparison.kpi(run, name) for run in range(len(self.comparison.names)))
        return [kpi.value for kpi in found if kpi is not None]

    def _differs(self, name: str) -> bool:
        found = [self._cell(run, name, compared=False) for run in range(len(self.comparison.names))]
        return len(set(found)) > 1

    def _numbers(self, names: Sequence[str], rows: Sequence[str]) -> Table:
        from rich.text import Text

        table = _table(show_footer=False)
        table.add_column("", overflow="fold")
        for name in names:
            table.add_column(Text(name), justify="right", overflow="fold")
        for row in rows:
            cells = [self._cell(run, row) for run in range(len(names))]
            table.add_row(Text(self._label(row)), *(Text(cell) for cell in cells))
        return table

    def _label(self, name: str) -> str:
        units = dict.fromkeys(run[name].unit for run in self.comparison.kpis if name in run)
        shown = " or ".join(unit for unit in units if unit != "1")
        return f"{name} [{shown}]" if shown else name

    def _cell(self, run: int, name: str, *, compared: bool = True) -> str:
        kpi = self.comparison.kpi(run, name)
        if kpi is None or not kpi.applies:
            return ABSENT
        change = _change(self.comparison, run, name) if compared and run else ""
        return f"{number(kpi.value)}{change}"


def _change(comparison: Comparison, run: int, name: str) -> str:
    """Return the difference to the base: in points or degrees where per cent of it mean nothing."""
    kpi, found = comparison.kpi(run, name), comparison.difference(run, name)
    if kpi is None or not math.isfinite(found.absolute):
        return ""
    if found.absolute == 0:
        return " (same)"
    if kpi.value - found.absolute < 0 or kpi.value < 0:
        return f" ({found.absolute:+,.4g} {kpi.unit})"
    if kpi.unit in ABSOLUTE:
        return f" ({found.absolute:+.1f}{ABSOLUTE[kpi.unit]})"
    if not math.isfinite(found.relative):
        return ""
    decimals = 0 if abs(found.relative) >= HUNDRED else 1
    return f" ({found.relative:+,.{decimals}f} %)"


def _versions_table(names: Sequence[str], mixed: Mapping[str, tuple[str, ...]]) -> Table:
    from rich.text import Text

    table = _table(show_footer=False)
    table.add_column("Versions differ", overflow="fold")
    for name in names:
        table.add_column(Text(name), justify="right", overflow="fold")
    for library, found in mixed.items():
        table.add_row(Text(library), *(Text(version or ABSENT) for version in found))
    return table


def _both(kpis: Mapping[str, Kpi], first: str, second: str, *, unit: str | None = None) -> str:
    shown = kpis[first].unit if unit is None else unit
    return f"{number(kpis[first].value)} / {number(kpis[second].value)} {shown}".rstrip()


def _span(kpis: Mapping[str, Kpi], low: str, high: str) -> str:
    if not kpis[low].applies:
        return ABSENT
    return f"{kpis[low].value:.0f} to {kpis[high].value:.0f} {kpis[low].unit}"


def _block(title: str, lines: Sequence[Line]) -> Table:
    from rich.text import Text

    table = _table(show_footer=False)
    table.add_column(Text(title), ratio=1, no_wrap=True, overflow="crop")
    table.add_column("", justify="right", overflow="fold")
    for label, value in lines:
        table.add_row(Text(label), Text(value))
    return table


def _table(*, show_footer: bool) -> Table:
    from rich import box
    from rich.table import Table

    return Table(
        box=box.SIMPLE,
        show_edge=False,
        show_footer=show_footer,
        expand=True,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
    )


def _side_by_side(tables: Sequence[Table], wide: bool) -> RenderableType:
    """Put tables beside one another where the console is wide enough, otherwise one below the other."""
    from rich.console import Group
    from rich.table import Table

    if not wide:
        return Group(*[part for table in tables for part in ("", table)][1:])
    grid = Table.grid(expand=True, padding=(0, 3))
    for _ in tables:
        grid.add_column(ratio=1)
    grid.add_row(*tables)
    return grid
