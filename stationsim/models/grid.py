"""Grid connection: limits at the meter and the transformer between the meter and the busbar."""

from __future__ import annotations

import math
from typing import NamedTuple

from pydantic import model_validator

from stationsim.spec import Efficiency, NonNegative, Positive, Spec

NO_LOAD_KW_PER_KVA = 1.305 / 2000
"""No-load loss of a transformer by its size [kW/kVA].

Source: Regulation (EU) 548/2014, table I.1, tier 2 (July 2021): 1,305 W for 2,000 kVA, liquid-filled.
"""
LOAD_LOSS_KW_PER_KVA = 15.0 / 2000
"""Load loss of a transformer at its rated power by its size [kW/kVA].

Source: as above, 15,000 W for 2,000 kVA.
"""


class GridSpec(Spec):
    """The connection to the grid; limits hold at the meter, on the grid's side of the transformer."""

    import_limit_kw: NonNegative
    """Most power from the grid at the meter [kW]; 0, with no export either, is a station without a grid."""
    export_limit_kw: NonNegative
    """Most power to the grid at the meter [kW]; 0 forbids feeding in."""
    transformer_kva: Positive | None = None
    """Rated power of the transformers in parallel [kVA]; none puts the meter at the busbar, without loss."""
    transformer_no_load_kw: NonNegative | None = None
    """No-load loss [kW]; none takes 0.65 W per kVA, the EU's limit (548/2014, tier 2) at 2,000 kVA."""
    transformer_load_loss_kw: NonNegative | None = None
    """Load loss at rated power [kW]; none takes 7.5 W per kVA, of the same source."""
    power_factor: Efficiency = 0.95
    """Active over apparent power at the busbar, above 0 to 1; 0.95 is an assumption for compensated loads."""

    @model_validator(mode="after")
    def _limits_fit(self) -> GridSpec:
        if self.import_limit_kw == 0 and self.export_limit_kw > 0:
            raise ValueError(
                f"must allow import where export is allowed, got import_limit_kw 0 and export_limit_kw "
                f"{self.export_limit_kw:g}; a connected transformer draws its no-load loss at night"
            )
        if 0 < self.import_limit_kw < self.no_load_kw:
            raise ValueError(
                f"must have import_limit_kw above the transformer's no-load loss of {self.no_load_kw:g} kW, "
                f"got {self.import_limit_kw:g}"
            )
        return self

    @property
    def no_load_kw(self) -> float:
        """No-load loss, given or by size [kW]; 0 without a transformer."""
        if self.transformer_kva is None:
            return 0.0
        given = self.transformer_no_load_kw
        return NO_LOAD_KW_PER_KVA * self.transformer_kva if given is None else given

    @property
    def load_loss_kw(self) -> float:
        """Load loss at rated power, given or by size [kW]; 0 without a transformer."""
        if self.transformer_kva is None:
            return 0.0
        given = self.transformer_load_loss_kw
        return LOAD_LOSS_KW_PER_KVA * self.transformer_kva if given is None else given

    @property
    def parameters(self) -> GridParameters:
        """The numbers that the equations use; without a grid the transformer is switched off."""
        off = self.import_limit_kw == 0
        rated_kw = math.inf if self.transformer_kva is None else self.transformer_kva * self.power_factor
        return GridParameters(
            import_limit_kw=self.import_limit_kw,
            export_limit_kw=self.export_limit_kw,
            rated_kw=rated_kw,
            no_load_kw=0.0 if off else self.no_load_kw,
            loss_per_kw2=0.0 if off else self.load_loss_kw / rated_kw**2,
        )


class GridParameters(NamedTuple):
    """Numbers of the connection's equations."""

    import_limit_kw: float
    """Most power from the grid at the meter [kW]."""
    export_limit_kw: float
    """Most power to the grid at the meter [kW]."""
    rated_kw: float
    """Most active power of the transformer, at the busbar [kW]."""
    no_load_kw: float
    """Loss without load [kW]."""
    loss_per_kw2: float
    """Load loss over the square of the power at the busbar [1/kW]."""


def transformer_loss_kw(params: GridParameters, net_kw: float) -> float:
    """Return the transformer's loss [kW] while the busbar draws ``net_kw`` (gives, if negative) [kW].

    Notes
    -----
    No-load loss plus load loss; the latter goes with the square of the current (IEC 60076-1).
    """
    return params.no_load_kw + params.loss_per_kw2 * net_kw * net_kw


def meter_exchange(params: GridParameters, net_kw: float) -> tuple[float, float, float]:
    """Return what passes the meter while the busbar draws ``net_kw`` (gives, if negative) [kW].

    Returns
    -------
    import_kw, export_kw, loss_kw
        Power from the grid, power to the grid and loss of the transformer [kW].

    Notes
    -----
    import - export = net + loss. A surplus below the loss stays in the transformer and some import remains.
    """
    loss_kw = params.no_load_kw + params.loss_per_kw2 * net_kw * net_kw
    at_meter_kw = net_kw + loss_kw
    if at_meter_kw > 0.0:
        return at_meter_kw, 0.0, loss_kw
    return 0.0, 0.0 - at_meter_kw, loss_kw


def busbar_limits_kw(params: GridParameters) -> tuple[float, float]:
    """Return the most the busbar may draw and the most it may give [kW].

    Notes
    -----
    The roots of n + P0 + k n^2 = import limit and of e - P0 - k e^2 = export limit, P0 the no-load loss and
    k n^2 the load loss, each in the form that does not cancel, and at most the transformer's rating.
    """
    room_kw = max(params.import_limit_kw - params.no_load_kw, 0.0)
    max_import_kw = 2 * room_kw / (1 + math.sqrt(1 + 4 * params.loss_per_kw2 * room_kw))
    needed_kw = params.export_limit_kw + params.no_load_kw
    discriminant = 1 - 4 * params.loss_per_kw2 * needed_kw
    max_export_kw = params.rated_kw
    if discriminant > 0:
        max_export_kw = 2 * needed_kw / (1 + math.sqrt(discriminant))
    return min(max_import_kw, params.rated_kw), min(max_export_kw, params.rated_kw)
