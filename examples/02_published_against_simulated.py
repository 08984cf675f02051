"""Hold the reference station's published figures against a simulated year, or against many.

python examples/02_published_against_simulated.py [--years 20] [--step 5]
"""

import argparse
from pathlib import Path

import numpy as np

import stationsim as ss

SCENARIO = Path(__file__).parent.parent / "scenarios" / "jinan_east.yaml"

# What the station published, by the name of our number. Generation is predicted from weather and surfaces.
# Use is calibrated, so that it agrees proves nothing. The factors of carbon, trees and coal are those that
# give the published totals, so the last five follow from generation, use and the green area. The source
# does not say whether the trees are in the 3,410.1 t, so both sums are held against it.
PUBLISHED = {
    "pv_generated_per_year": (3_650_000, "predicted"),  # more than 10,000 kWh a day; designed for 3.6 GWh
    "use_total_per_year": (2_190_000, "calibrated"),  # about 6,000 kWh a day
    "carbon_published_emitted_per_year": (2_060.97, "follows"),
    "carbon_published_reduced_per_year": (3_410.1, "follows"),
    "carbon_published_reduced_solar_per_year": (3_410.1, "follows"),
    "carbon_forestry_per_year": (53.4, "follows"),
    "coal_saved": (1_200, "follows"),
}
METERED = ("metered_baseline", "metered_emitted", "metered_avoided")

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--years", type=int, default=1, help="number of years to draw, seeds 1 to N")
parser.add_argument("--step", type=int, default=5, help="step in minutes")
given = parser.parse_args()


def year(seed: int) -> dict[str, float]:
    """Simulate one drawn year and return its numbers."""
    changes = [f"simulation.seed={seed}", f"simulation.step_minutes={given.step}"]
    kpis = ss.compute_kpis(ss.simulate(ss.Scenario.from_yaml(SCENARIO, overrides=changes)))
    return {name: kpi.value for name, kpi in kpis.items()}


years = [year(seed) for seed in range(1, given.years + 1)]
print(f"{'number':<40}{'published':>13}{'simulated':>13}{'off':>9}  {'basis':<11}", end="")
print("one year's P10 to P90, seed 1" if given.years > 1 else "")
for name, (published, basis) in PUBLISHED.items():
    drawn = np.array([numbers[name] for numbers in years])
    off = 100 * (drawn.mean() / published - 1)
    print(f"{name:<40}{published:>13,.1f}{drawn.mean():>13,.1f}{off:>+8.2f}%  {basis:<11}", end="")
    low, high = np.percentile(drawn, [10, 90])
    place = "below" if drawn[0] < low else "above" if drawn[0] > high else "inside"
    print(f"{low:,.1f} to {high:,.1f}, {place}" if given.years > 1 else "")

# The account above counts every kWh used as if it came from the grid and every kWh generated as if it
# replaced one there. An auditor counts what the meter counts, by the grid's average factor. The two are
# never added.
print("\nMetered account, t CO2 a year (nothing is published to hold it against):")
for name in METERED:
    print(f"{name:<40}{np.mean([numbers[f'carbon_{name}_per_year'] for numbers in years]):>13,.1f}")
