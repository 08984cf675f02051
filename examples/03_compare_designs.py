"""Compare three designs of the same station: as it is, without its battery, with twice the chargers.

python examples/03_compare_designs.py [--days 31] [--out FOLDER]
"""

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import stationsim as ss
from stationsim.plots import plot_comparison

SCENARIOS = Path(__file__).parent.parent / "scenarios"
DESIGNS = ("jinan_east", "jinan_east_no_battery", "jinan_east_2x_chargers")

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--days", type=int, default=31, help="civil days from 1 July 2025")
parser.add_argument(
    "--out", type=Path, help="folder of table and figure; a temporary one where it is left out"
)
given = parser.parse_args()

# The same July for all. A file that says `extends: jinan_east.yaml` holds only what differs from it.
last_day = dt.date(2025, 7, 1) + dt.timedelta(days=given.days - 1)
july = ["period.start=2025-07-01", f"period.end={last_day}"]
runs = [
    ss.simulate(ss.Scenario.from_yaml(SCENARIOS / f"{design}.yaml", overrides=july)) for design in DESIGNS
]

# Everything random is drawn before the run, from one stream for each purpose. So the same vehicles enter
# under the same sky, whatever is built. Without the battery even the cars to charge are the same ones; the
# third design says that twice as many of them want to charge.
for run in runs:
    same_sky = run.steps["pv_kw"].equals(runs[0].steps["pv_kw"])
    same_vehicles = run.steps["vehicles"].equals(runs[0].steps["vehicles"])
    same_cars = run.sessions["arrival"].equals(runs[0].sessions["arrival"])
    print(f"{run.scenario['name']}: {len(run.sessions)} cars to charge;", end=" ")
    print(f"same sky {same_sky}, same traffic {same_vehicles}, same cars {same_cars}")

# The first run is the base; each other one stands beside its difference to it. A battery keeps the sun on
# site and the import low; more chargers sell more energy and ask for more from the grid.
comparison = ss.compare_runs(runs)
base, *others = comparison.names
rows = ("use_charging_per_day", "self_consumption", "self_sufficiency", "grid_import_per_day")
for name in (*rows, "grid_export_per_day", "peak_import_15min", "carbon_metered_emitted", "bill_total"):
    kpi = comparison.kpis[0][name]
    print(f"\n{name}: {kpi.value:,.1f} {kpi.unit} ({base})")
    for run, other in enumerate(others, start=1):
        change = comparison.difference(run, name).absolute
        print(f"  {other:<32}{comparison.kpis[run][name].value:>12,.1f}{change:>+12,.1f}")
for warning in comparison.warnings:
    print(f"warning: {warning}")

# The whole table and a figure of it, as `stationsim compare A.yaml B.yaml --out FOLDER` makes them.
folder = given.out or Path(tempfile.mkdtemp(prefix="stationsim-"))
folder.mkdir(parents=True, exist_ok=True)
comparison.table().to_csv(folder / "comparison.csv")
plot_comparison(comparison).savefig(folder / "comparison.png")
print(f"\nwritten: {folder / 'comparison.csv'}, {folder / 'comparison.png'}")
