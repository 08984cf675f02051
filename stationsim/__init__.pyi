# What type checkers see of the names that __init__.py loads lazily.

from stationsim.compare import compare as compare_runs
from stationsim.errors import BalanceError as BalanceError
from stationsim.errors import ScenarioError as ScenarioError
from stationsim.kpis import kpis as compute_kpis
from stationsim.plots import figures as figures
from stationsim.plots import plot_carpet as plot_carpet
from stationsim.plots import plot_day as plot_day
from stationsim.plots import plot_days as plot_days
from stationsim.plots import plot_months as plot_months
from stationsim.plots import plot_waiting as plot_waiting
from stationsim.results import Results as Results
from stationsim.scenario import Scenario as Scenario
from stationsim.simulation import simulate as simulate
from stationsim.tables import daily_balance as daily_balance
from stationsim.tables import monthly_balance as monthly_balance
from stationsim.years import simulate_years as simulate_years

__all__ = [
    "BalanceError",
    "Results",
    "Scenario",
    "ScenarioError",
    "__version__",
    "compare_runs",
    "compute_kpis",
    "daily_balance",
    "figures",
    "monthly_balance",
    "plot_carpet",
    "plot_day",
    "plot_days",
    "plot_months",
    "plot_waiting",
    "simulate",
    "simulate_years",
]

__version__: str
