"""Measure what a run costs: CPU seconds (user + sys) of fresh processes, medians and ratios.

python -m tests.benchmarks.run_cost [repeats]
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from stationsim.kernel.backend import CHOICE
from tests.shared_data import ROOT

REFERENCE = ROOT / "scenarios" / "jinan_east.yaml"


def cpu_s(*words: str) -> tuple[float, float]:
    """Return CPU seconds [s] and peak memory [MB] of one fresh ``stationsim`` process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "stationsim", *words],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return spent, after.ru_maxrss / 1024


def median_cpu_s(repeats: int, *words: str) -> float:
    """Return the median CPU seconds of several fresh processes."""
    return statistics.median(cpu_s(*words)[0] for _ in range(repeats))


def run_words(step_minutes: int, *more: str, scenario: Path = REFERENCE) -> list[str]:
    """Return the words of a run that writes everything but figures."""
    step = f"simulation.step_minutes={step_minutes}"
    return ["run", str(scenario), "--no-figures", "--quiet", "--set", step, *more]


def main() -> None:
    """Print the costs that the project promises."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"median of {repeats} fresh processes, CPU seconds (user + sys)")
    for kernel in ("compiled", "python"):
        os.environ[CHOICE] = kernel
        if kernel == "compiled":
            first, _ = cpu_s(*run_words(60, "--days", "2"))
            print(
                f"kernel compiled: first run, with machine code to be made where there is none: {first:.2f} s"
            )
        for step in (5, 1):
            seconds = median_cpu_s(repeats, *run_words(step))
            month = median_cpu_s(repeats, *run_words(step, "--days", "30"))
            told = f"reference year at {step} min: {seconds:.2f} s; 30 days: {month:.2f} s"
            print(f"kernel {kernel}: {told}; ratio {seconds / month:.1f}", flush=True)
    del os.environ[CHOICE]
    print(f"stationsim --help: {median_cpu_s(max(repeats, 5), '--help'):.3f} s")
    print(f"largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
