"""Run the station on a weather file of your own: what is in it, and how much the way of reading it matters.

python examples/04_weather_file.py FILE.epw [--month 6]
"""

import argparse
from pathlib import Path

import stationsim as ss
from stationsim.weather.check import check_weather, describe
from stationsim.weather.spec import FileWeather

SCENARIO = Path(__file__).parent.parent / "scenarios" / "jinan_east.yaml"
NO_FILE = """No weather file was given, so there is nothing to run.

Typical years are free for most places: EPW files from climate.onebuilding.org or energyplus.net/weather,
PVGIS TMY (csv) from re.jrc.ec.europa.eu, NSRDB from nsrdb.nrel.gov. Fetch one and name it:

    python examples/04_weather_file.py my_place.epw

Every other example runs without a file, on synthetic years of a climate that comes with stationsim."""

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("file", type=Path, nargs="?", help="EPW, TMY3, PVGIS TMY, SAM or NSRDB CSV")
parser.add_argument("--month", type=int, choices=range(1, 13), default=6, help="month of 2025 to simulate")
given = parser.parse_args()
if given.file is None:
    raise SystemExit(print(NO_FILE))

# A first look: place, sums, whether GHI, DNI and DHI agree, whether the clock is right, what was found and
# mended.
check = check_weather(given.file)
print("\n".join(describe(check)))

# A scenario is frozen: a change is a new copy. The station moves to where the weather was recorded.
days = [f"period.start=2025-{given.month:02d}-01", f"period.end=2025-{given.month:02d}-28"]
station = ss.Scenario.from_yaml(SCENARIO, overrides=[*days, "simulation.step_minutes=15"])
place = {
    "latitude_deg": check.latitude_deg,
    "longitude_deg": check.longitude_deg,
    "elevation_m": check.elevation_m,
    "timezone": f"Etc/GMT{-check.utc_offset_h:+.0f}",  # the sign of these names is turned round, by POSIX
}
station = station.model_copy(update={"site": station.site.model_copy(update=place)})

# DNI and DHI of many typical years are modelled and do not fit GHI. `from_ghi` derives them anew (Erbs
# 1982). Where the two lines below differ by some per cent, no yield from such a file is better known than
# that.
print(f"\nGeneration and use in the first 28 days of month {given.month}:")
for components in ("file", "from_ghi"):
    weather = FileWeather(source="file", file=given.file.name, components=components)
    results = ss.simulate(station.model_copy(update={"weather": weather}), base=given.file.parent)
    kpis = ss.compute_kpis(results)
    solar, used = kpis["pv_generated_per_day"].value, kpis["use_total_per_day"].value
    print(f"components: {components:<9} solar {solar:8,.0f} kWh/d, use {used:8,.0f} kWh/d")
