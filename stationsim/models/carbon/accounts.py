"""Carbon accounts: the published way of the reference station, and the metered one; never mixed."""

from __future__ import annotations

from typing import NamedTuple

from stationsim.models.carbon.spec import CarbonSpec
from stationsim.models.carbon.wastewater import TreatmentGases

KWH_PER_MWH = 1000.0
KG_PER_T = 1000.0

NO_GASES = TreatmentGases(0.0, 0.0)
"""Of a station without treatment of its own."""


class CarbonLine(NamedTuple):
    """One line of an account and where it comes from."""

    line: str
    """What it is."""
    tonnes: float
    """CO2 [t]."""
    kwh: float
    """Energy behind it [kWh]; 0 where there is none."""
    column: str
    """Column of the daily balance whose sum the energy is; empty where there is none."""
    factor_t_per_mwh: float
    """Factor between the two [t/MWh]; 0 where there is none."""


class PublishedAccount(NamedTuple):
    """The account as service stations publish it."""

    emitted: CarbonLine
    """All use times the grid's factor."""
    avoided: CarbonLine
    """All generation times the same factor."""
    forest: CarbonLine
    """Uptake of the green area."""
    coal_saved_tce: float
    """Standard coal saved by the generation [t]."""

    @property
    def net_t(self) -> float:
        """Emitted less avoided [t]; negative is better than zero."""
        return self.emitted.tonnes - self.avoided.tonnes

    @property
    def reduced_with_forest_t(self) -> float:
        """Avoided and taken up by the green area [t]."""
        return self.avoided.tonnes + self.forest.tonnes

    @property
    def net_with_forest_t(self) -> float:
        """Emitted less avoided less taken up [t]."""
        return self.emitted.tonnes - self.reduced_with_forest_t

    @property
    def lines(self) -> tuple[CarbonLine, ...]:
        """All lines."""
        return (self.emitted, self.avoided, self.forest)


class MeteredAccount(NamedTuple):
    """Scope 2 by the meter, against the same station without its own generation."""

    scope_2: CarbonLine
    """Energy through the meter times the grid's factor (location-based)."""
    baseline: CarbonLine
    """The same station with all its energy from the grid."""
    exported: CarbonLine
    """What energy fed in may avoid elsewhere; outside the scopes, in no total."""
    methane: CarbonLine
    """Scope 1: methane of wastewater treatment."""
    nitrous_oxide: CarbonLine
    """Scope 1: nitrous oxide of wastewater treatment."""
    fresh_water: CarbonLine
    """Scope 3: fresh water from the main."""
    removed: CarbonLine
    """What the greens take up; biogenic, outside the scopes, in no total."""

    @property
    def avoided_t(self) -> float:
        """Baseline less scope 2 [t]."""
        return self.baseline.tonnes - self.scope_2.tonnes

    @property
    def scope_1_t(self) -> float:
        """Methane and nitrous oxide of treatment [t CO2e]."""
        return self.methane.tonnes + self.nitrous_oxide.tonnes

    @property
    def lines(self) -> tuple[CarbonLine, ...]:
        """All lines."""
        gases = (self.methane, self.nitrous_oxide, self.fresh_water)
        return (self.scope_2, self.baseline, self.exported, *gases, self.removed)


def location_based_t(kwh: float, factor_t_per_mwh: float) -> float:
    """Return the CO2 of energy by the grid's factor [t].

    Parameters
    ----------
    kwh
        Energy [kWh].
    factor_t_per_mwh
        Factor of the grid [t/MWh].

    References
    ----------
    GHG Protocol Scope 2 Guidance (2015), location-based method.
    """
    return kwh / KWH_PER_MWH * factor_t_per_mwh


def market_based_t(*, import_kwh: float, certificates_kwh: float, residual_t_per_mwh: float) -> float:
    """Return the CO2 of energy from the grid after certificates [t].

    Parameters
    ----------
    import_kwh
        Energy through the meter [kWh].
    certificates_kwh
        Energy covered by certificates of renewable generation [kWh]; more than the import covers no more.
    residual_t_per_mwh
        Factor of the residual mix [t/MWh].

    References
    ----------
    GHG Protocol Scope 2 Guidance (2015), market-based method.
    """
    return location_based_t(max(import_kwh - certificates_kwh, 0.0), residual_t_per_mwh)


def combined_margin_t_per_mwh(
    operating_t_per_mwh: float, build_t_per_mwh: float, *, operating_weight: float = 0.75
) -> float:
    """Return the combined margin of a grid [t/MWh].

    Parameters
    ----------
    operating_t_per_mwh, build_t_per_mwh
        Operating and build margin [t/MWh].
    operating_weight
        Weight of the operating margin, 0 to 1: 0.75 for solar and wind, 0.5 for others.

    References
    ----------
    CDM TOOL07, "Tool to calculate the emission factor for an electricity system".
    """
    return operating_weight * operating_t_per_mwh + (1 - operating_weight) * build_t_per_mwh


def _line(line: str, kwh: float, column: str, factor_t_per_mwh: float) -> CarbonLine:
    return CarbonLine(line, location_based_t(kwh, factor_t_per_mwh), kwh, column, factor_t_per_mwh)


def _mass(line: str, kilograms: float) -> CarbonLine:
    return CarbonLine(line, kilograms / KG_PER_T, 0.0, "", 0.0)


def published_account(
    spec: CarbonSpec, *, use_kwh: float, pv_kwh: float, uptake_t: float = 0.0
) -> PublishedAccount:
    """Return the account as service stations publish it.

    Parameters
    ----------
    spec
        Factors.
    use_kwh
        All use of the station, column ``use_kwh`` [kWh].
    pv_kwh
        All generation that was not curtailed, column ``generated_kwh`` [kWh].
    uptake_t
        CO2 that the greens take up over the period, from `CarbonSpec.uptake_t_per_year` [t].

    Notes
    -----
    Every kWh used counts as if it came from the grid, and every kWh generated as if it replaced one there.
    A kWh generated and used on site stands on both sides, so only the net is meaningful. Stations count
    neither wastewater nor fresh water, so this account does not either.
    """
    factor = spec.grid_factor_t_per_mwh
    return PublishedAccount(
        emitted=_line("emitted", use_kwh, "use_kwh", factor),
        avoided=_line("avoided by generation", pv_kwh, "generated_kwh", factor),
        forest=CarbonLine("taken up by the green area", uptake_t, 0.0, "", 0.0),
        coal_saved_tce=pv_kwh * spec.coal_kgce_per_kwh / KG_PER_T,
    )


def metered_account(
    spec: CarbonSpec,
    *,
    import_kwh: float,
    baseline_import_kwh: float,
    export_kwh: float = 0.0,
    gases: TreatmentGases = NO_GASES,
    fresh_water_m3: float = 0.0,
    uptake_t: float = 0.0,
) -> MeteredAccount:
    """Return the account by the meter.

    Parameters
    ----------
    spec
        Factors.
    import_kwh
        Energy from the grid at the meter, column ``meter_import_kwh`` [kWh].
    baseline_import_kwh
        Energy from the grid if all use came from there, column ``baseline_kwh`` [kWh].
    export_kwh
        Energy to the grid at the meter, column ``meter_export_kwh`` [kWh].
    gases
        Methane and nitrous oxide of wastewater treatment, from `treatment_gases` [kg CO2e].
    fresh_water_m3
        Fresh water from the main, column ``fresh_water_m3`` [m3].
    uptake_t
        CO2 that the greens take up over the period [t].

    References
    ----------
    GHG Protocol Scope 2 Guidance (2015): location-based; avoided emissions are reported outside the scopes.
    GHG Protocol Corporate Standard (2004): direct process emissions are scope 1, what is bought beside energy
    scope 3; removals by trees are reported apart.
    """
    factor = spec.metered_t_per_mwh
    return MeteredAccount(
        scope_2=_line("scope 2, location-based", import_kwh, "meter_import_kwh", factor),
        baseline=_line("baseline, all from the grid", baseline_import_kwh, "baseline_kwh", factor),
        exported=_line("exported, outside the scopes", export_kwh, "meter_export_kwh", factor),
        methane=_mass("scope 1, methane of wastewater", gases.methane_kg),
        nitrous_oxide=_mass("scope 1, nitrous oxide of wastewater", gases.nitrous_oxide_kg),
        fresh_water=_mass("scope 3, fresh water", fresh_water_m3 * spec.fresh_water_kg_per_m3),
        removed=CarbonLine("taken up by greens, outside the scopes", uptake_t, 0.0, "", 0.0),
    )
