"""Make a design of your own in Python: overrides, a new solar surface, and a queue on National Day.

python examples/05_own_scenario.py [--days 7]
"""

import argparse
from pathlib import Path

import stationsim as ss
from stationsim.scenario import resolved_dict

SCENARIOS = Path(__file__).parent.parent / "scenarios"

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--days", type=int, choices=range(1, 8), default=7, help="civil days from 1 October 2025")
given = parser.parse_args()

# 1. Overrides: `path=value` as for `--set` on the command line. Items of lists go by place or by name.
holiday = SCENARIOS / "jinan_east_national_day.yaml"
days = ["period.start=2025-10-01", f"period.end=2025-10-{given.days:02d}"]
as_built = ss.Scenario.from_yaml(holiday, overrides=days)

# 2. More than a value: take the whole design as plain data, change it, and load it again; it passes the
# same checks as a file. Here a noise wall carries modules, and three posts of 120 kW are all there is to
# charge at.
design = resolved_dict(as_built)
design["name"] = "Noise wall, three posts"
design["solar"]["surfaces"].append({"name": "noise_wall", "kind": "slope", "dc_kwp": 400, "tilt_deg": 70})
design["charging"]["groups"] = [{"name": "standard", "posts": 3, "power_kw": 120}]
changed = ss.Scenario.from_dict(design)

# A slip is told with its place and the way to mend it, and nothing is simulated.
try:
    ss.Scenario.from_dict({**design, "batery": {"capacity_kwh": 100}})
except ss.ScenarioError as error:
    print(f"A slip of the pen:\n{error}\n")

# 3. The holiday week at one-minute steps. The same drivers come to both; with three posts many find a
# queue.
for scenario in (as_built, changed):
    kpis = ss.compute_kpis(results := ss.simulate(scenario))
    print(f"{scenario.name}: {kpis['ev_arrived'].value:.0f} cars came to charge in {given.days} days")
    for outcome in ("ev_served", "ev_balked", "ev_reneged"):
        print(f"  {outcome}: {kpis[outcome].value:.0f}")
    waits = [f"{name} {kpis[f'wait_{name}'].value:.1f}" for name in ("mean", "p95", "max")]
    print(f"  wait in minutes: {', '.join(waits)}; longest queue {kpis['queue_max'].value:.0f}")
    for surface in scenario.solar.surfaces:
        print(f"  {surface.name}: {kpis[f'yield_{surface.name}'].value:.1f} kWh/kWp")

# 4. Which hour is worst? The mean queue of each hour of the day, from the table of steps of the last run.
queue = results.steps["queue_length"].groupby(results.steps.index.hour).mean()
print("\nMean queue by hour of the day with three posts:")
print("\n".join(f"  {hour:02d}:00  {'#' * round(4 * cars):<40} {cars:.1f}" for hour, cars in queue.items()))
