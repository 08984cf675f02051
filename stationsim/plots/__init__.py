"""Figures made from results alone: each function returns a Figure, computes little and saves nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from stationsim.plots.balance import (
    busiest_day,
    data_of_day,
    data_of_days,
    data_of_months,
    plot_day,
    plot_days,
    plot_months,
    typical_day,
)
from stationsim.plots.battery import data_of_battery, plot_battery
from stationsim.plots.files import save_figure, write_figures
from stationsim.plots.grid import data_of_carpet, data_of_duration, plot_carpet, plot_duration
from stationsim.plots.plaza import data_of_plaza_day, plot_plaza_day
from stationsim.plots.posts import (
    data_of_charging_sessions,
    data_of_post_use,
    plot_charging_sessions,
    plot_post_use,
)
from stationsim.plots.queue import data_of_arrivals, data_of_waits, plot_waiting
from stationsim.plots.sessions import data_of_sessions, plot_sessions
from stationsim.plots.solar import data_of_solar_losses, plot_solar_losses
from stationsim.plots.versus import data_of_comparison, plot_comparison
from stationsim.plots.water import data_of_water, plot_water
from stationsim.plots.years import data_of_years, plot_years
from stationsim.plots.zones import data_of_zones, plot_zones

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from stationsim.results import Results

__all__ = [
    "busiest_day",
    "data_of_arrivals",
    "data_of_battery",
    "data_of_carpet",
    "data_of_charging_sessions",
    "data_of_comparison",
    "data_of_day",
    "data_of_days",
    "data_of_duration",
    "data_of_months",
    "data_of_plaza_day",
    "data_of_post_use",
    "data_of_sessions",
    "data_of_solar_losses",
    "data_of_waits",
    "data_of_water",
    "data_of_years",
    "data_of_zones",
    "figure_data",
    "figures",
    "plot_battery",
    "plot_carpet",
    "plot_charging_sessions",
    "plot_comparison",
    "plot_day",
    "plot_days",
    "plot_duration",
    "plot_months",
    "plot_plaza_day",
    "plot_post_use",
    "plot_sessions",
    "plot_solar_losses",
    "plot_waiting",
    "plot_water",
    "plot_years",
    "plot_zones",
    "save_figure",
    "typical_day",
    "write_figures",
]


def figures(results: Results, *, day: str | dt.date | None = None, theme: str = "light") -> dict[str, Figure]:
    """Return every figure of a run by file stem.

    Parameters
    ----------
    results
        What happened.
    day
        Civil day of the figures ``day_YYYY-MM-DD``, ``zones_`` and ``water_``; where it is left out, ``day``
        shows the busiest day, the one that uses most, ``typical_day`` the one nearest to the averages,
        ``zones`` the whole run and ``water`` the week with most wastewater.
    theme
        ``light``, ``dark`` or ``print``.
    """
    drawn = {
        stem: plot_day(results, date, theme=theme, title=title)
        for stem, (date, title) in _days_to_draw(results, day).items()
    }
    return drawn | {
        "days": plot_days(results, theme=theme),
        "months": plot_months(results, theme=theme),
        "grid_carpet": plot_carpet(results, theme=theme),
        "load_duration": plot_duration(results, theme=theme),
        "waiting": plot_waiting(results, theme=theme),
        "plaza_day": plot_plaza_day(results, theme=theme),
        "post_use": plot_post_use(results, theme=theme),
        "charging_sessions": plot_charging_sessions(results, theme=theme),
        "solar_losses": plot_solar_losses(results, theme=theme),
        "battery": plot_battery(results, theme=theme),
        _stem("zones", day): plot_zones(results, day, theme=theme),
        _stem("water", day): plot_water(results, day, theme=theme),
    }


def figure_data(results: Results, *, day: str | dt.date | None = None) -> dict[str, pd.DataFrame]:
    """Return the data of every figure by the same stems, ready for CSV.

    ``waiting`` is drawn from two tables: ``waiting`` and ``arrivals``.
    """
    tables = {stem: data_of_day(results, date) for stem, (date, _) in _days_to_draw(results, day).items()}
    return tables | {
        "days": data_of_days(results),
        "months": data_of_months(results),
        "grid_carpet": data_of_carpet(results),
        "load_duration": data_of_duration(results),
        "waiting": data_of_waits(results),
        "arrivals": data_of_arrivals(results),
        "plaza_day": data_of_plaza_day(results),
        "post_use": data_of_post_use(results),
        "charging_sessions": data_of_charging_sessions(results),
        "solar_losses": data_of_solar_losses(results),
        "battery": data_of_battery(results),
        _stem("zones", day): data_of_zones(results, day),
        _stem("water", day): data_of_water(results, day),
    }


def _stem(name: str, day: str | dt.date | None) -> str:
    return name if day is None else f"{name}_{day}"


def _days_to_draw(results: Results, day: str | dt.date | None) -> dict[str, tuple[dt.date, str]]:
    if day is not None:
        date = dt.date.fromisoformat(str(day))
        return {f"day_{date}": (date, "Energy through one day")}
    from stationsim.tables import daily_balance

    daily = daily_balance(results)
    busy = {"day": (busiest_day(results, daily), "Energy through the busiest day")}
    if len(daily) == 1:
        return {"day": (busy["day"][0], "Energy through one day")}
    return busy | {
        "typical_day": (typical_day(results, daily), "Energy through the day nearest to the averages")
    }
