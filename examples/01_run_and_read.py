"""Run a station and read its average day.

python examples/01_run_and_read.py [--days 14] [--out FOLDER]
"""

import argparse
import tempfile
from pathlib import Path

import stationsim as ss
from stationsim.results import SINKS, SOURCES

SCENARIOS = Path(__file__).parent.parent / "scenarios"

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument(
    "--days", type=int, choices=range(1, 32), default=14, metavar="N", help="civil days from 1 May 2025"
)
parser.add_argument("--out", type=Path, help="folder of the figure; a temporary one where it is left out")
given = parser.parse_args()

# The whole of it: a scenario file with whatever you want to change, and one call.
scenario = ss.Scenario.from_yaml(
    SCENARIOS / "jinan_east.yaml",
    overrides=["period.start=2025-05-01", f"period.end=2025-05-{given.days:02d}"],
)
results = ss.simulate(scenario)

# Results are two tables: `steps` has one row for each five minutes, `sessions` one for each car that came
# to charge.
print(f"{len(results.steps)} steps, {len(results.sessions)} cars came to charge")

# The daily balance: what supplies the station and what leaves its busbar. Both sums are the same every day.
daily = ss.daily_balance(results)
supply = daily[[name.replace("_kw", "_kwh") for name in SOURCES]]
leaving = daily[[name.replace("_kw", "_kwh") for name in SINKS]]
print(f"\nAverage day [kWh]:\n{supply.mean().round(1).to_string()}\n{'-' * 30}")
print(leaving.mean().round(1).to_string())
total, gone = supply.sum(axis=1).mean(), leaving.sum(axis=1).mean()
print(f"\nsupply {total:.1f} = use, storage and export {gone:.1f} kWh")

# Every number of a run has a name, a unit and a meaning. Holidays show: 1 to 5 May is Labour Day.
kpis = ss.compute_kpis(results)
for name in ("pv_generated_per_day", "self_consumption", "peak_import_15min", "ev_arrived_per_day"):
    print(f"{name}: {kpis[name].value:.1f} {kpis[name].unit}  ({kpis[name].info})")
print("cars on each day:", daily["ev_arrived"].astype(int).tolist())

# A figure is a matplotlib Figure: show it, change it, save it.
folder = given.out or Path(tempfile.mkdtemp(prefix="stationsim-"))
folder.mkdir(parents=True, exist_ok=True)
ss.plot_day(results, "2025-05-01").savefig(folder / "labour_day.png")
print(f"\nfigure: {folder / 'labour_day.png'}")
