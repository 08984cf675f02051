"""Cabinets whose power modules are dealt out among the cars at their posts."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from stationsim.models.charging import CabinetSpec, PostGroup
from stationsim.models.vehicles import ChargeCurve
from stationsim.plaza.modules import SOC_TOLERANCE, ModuleSteps, allocate, module_steps
from stationsim.plaza.session import Session

Hand = tuple[Session, ChargeCurve | None, float]
"""A session, the curve its modules let it follow (None without a module), and the charge of its next turn."""


class Staircases:
    """What curves need and give in whole modules, made when first asked for.

    Parameters
    ----------
    module_kw
        Power of a module into the battery [kW].
    """

    __slots__ = ("_limited", "_steps", "module_kw")

    def __init__(self, module_kw: float) -> None:
        self.module_kw = module_kw
        self._steps: dict[ChargeCurve, tuple[ModuleSteps, tuple[int, ...]]] = {}
        self._limited: dict[tuple[ChargeCurve, int], ChargeCurve] = {}

    def steps(self, curve: ChargeCurve) -> tuple[ModuleSteps, tuple[int, ...]]:
        """Return how many modules a curve needs by state of charge, and the most it needs from there on."""
        found = self._steps.get(curve)
        if found is None:
            steps = module_steps(curve, self.module_kw)
            most = list(steps.modules)
            for place in range(len(most) - 2, -1, -1):
                most[place] = max(most[place], most[place + 1])
            found = self._steps[curve] = (steps, tuple(most))
        return found

    def limited(self, curve: ChargeCurve, modules: int) -> ChargeCurve:
        """Return a curve under the power of some modules."""
        found = self._limited.get((curve, modules))
        if found is None:
            found = self._limited[curve, modules] = curve.capped(modules * self.module_kw)
        return found


class Cabinet:
    """One cabinet and the cars that charge at its posts, in the order in which they plugged in.

    Parameters
    ----------
    spec
        How many modules it has and who gets how many.
    stairs
        What curves need in whole modules; shared among cabinets of a group.

    Notes
    -----
    Modules are dealt out anew when a car comes or goes, when a module fails or is mended, and at the turn of
    a car: where it comes to need fewer modules than it holds while another is short, or more. Between these
    nothing changes, so that progress stays in closed form.
    """

    __slots__ = ("_allocation", "_stairs", "sessions", "working")

    def __init__(self, spec: CabinetSpec, stairs: Staircases) -> None:
        self._allocation = spec.allocation
        self._stairs = stairs
        self.working = spec.modules
        self.sessions: list[Session] = []

    @property
    def power_kw(self) -> float:
        """Power of the modules that work [kW]."""
        return self.working * self._stairs.module_kw

    def deal(self, now_s: float) -> list[Hand]:
        """Return what each car may follow from now on."""
        found = [self._stairs.steps(session.own_curve) for session in self.sessions]
        socs = [session.soc_at(now_s) for session in self.sessions]
        places = [
            bisect_right(steps.soc, soc + SOC_TOLERANCE) for (steps, _), soc in zip(found, socs, strict=True)
        ]
        most = [tops[place] for (_, tops), place in zip(found, places, strict=True)]
        if sum(most) <= self.working:
            return [(session, session.own_curve, math.inf) for session in self.sessions]
        wants = [steps.modules[place] for (steps, _), place in zip(found, places, strict=True)]
        held = allocate(wants, self.working, self._allocation)
        only_rises = held == wants
        hands: list[Hand] = []
        for n, session in enumerate(self.sessions):
            turn = found[n][0].next_change(socs[n], held[n], only_rises=only_rises)
            hands.append((session, self._curve(session, held[n], most[n]), turn))
        return hands

    def _curve(self, session: Session, held: int, most: int) -> ChargeCurve | None:
        if held >= most:
            return session.own_curve
        return self._stairs.limited(session.own_curve, held) if held else None


def cabinets_of(groups: Sequence[PostGroup]) -> list[list[Cabinet]]:
    """Return the cabinet of each post of each group; nothing for groups whose posts have their own power."""
    found: list[list[Cabinet]] = []
    for group in groups:
        of_posts: list[Cabinet] = []
        if group.cabinet is not None:
            stairs = Staircases(group.cabinet.module_kw)
            for _ in range(group.cabinets):
                of_posts += [Cabinet(group.cabinet, stairs)] * group.cabinet.posts
        found.append(of_posts)
    return found
