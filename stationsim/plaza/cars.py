"""The cars as the plaza reads them: one by one, with the posts that will do and the curve at each."""

from __future__ import annotations

from collections.abc import Sequence

from stationsim.models.charging import PostGroup
from stationsim.plaza.menu import Menus, cabins_kw
from stationsim.plaza.session import Session
from stationsim.traffic.evs import EvArrivals


class Cars:
    """Attributes of the cars as plain lists, which take single reads fastest.

    Parameters
    ----------
    arrivals
        The cars.
    groups
        Groups of posts.
    menus
        What each type of car finds at each group.
    sides
        Names of the carriageways.
    cabin_kw
        Points of outdoor temperature [degC] and power for the cabin of a car at a post [kW]; empty for none.
    """

    def __init__(
        self,
        arrivals: EvArrivals,
        groups: Sequence[PostGroup],
        menus: Menus,
        *,
        sides: Sequence[str],
        cabin_kw: Sequence[tuple[float, float]],
    ) -> None:
        self.time_s: list[int] = arrivals.time_s.tolist()
        self.patience_s: list[float] = arrivals.patience_s.tolist()
        self.hold_s: list[float] = arrivals.hold_s.tolist()
        self.linger_s: list[float] = arrivals.linger_s.tolist()
        self.gives_back: list[bool] = arrivals.gives_back.tolist()
        self.is_booked: list[bool] = arrivals.is_booked.tolist()
        self.side: list[int] = arrivals.side.tolist()
        self.menu = menus.of_cars(arrivals, sides)
        self._groups = tuple(groups)
        self._menus = menus
        self._type: list[int] = arrivals.type_index.tolist()
        self._soc: list[float] = arrivals.soc_arrival.tolist()
        self._target: list[float] = arrivals.soc_target.tolist()
        self._stop_s: list[float] = arrivals.stop_s.tolist()
        self._pack_bin = menus.bins(arrivals.temp_degc)
        self._cabin_kw = cabins_kw(cabin_kw, arrivals.temp_degc) if cabin_kw else None

    def __len__(self) -> int:
        """Return the number of cars."""
        return len(self.time_s)

    def session(self, car: int, group: int, post: int, now_s: float) -> Session:
        """Return the session of a car that gets a post now."""
        kind, terms, soc = self._type[car], self._groups[group], self._soc[car]
        cold, curve = self._pack_bin[car], self._menus.curve_at[kind][group]
        if cold is not None:
            curve = self._menus.cold_curve(kind, group, cold, soc)
        extra_kw = terms.active_kw
        if self._cabin_kw is not None:
            extra_kw += self._cabin_kw[car] / terms.efficiency
        return Session(
            car=car,
            group=group,
            post=post,
            curve=curve,
            efficiency=terms.efficiency,
            soc=soc,
            target=max(soc, min(self._target[car], curve.full_soc)),
            extra_kw=extra_kw,
            start_s=now_s,
            ready_s=now_s + self._menus.handling_s[kind][group],
            stop_s=self._stop_s[car],
        )
