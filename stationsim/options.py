"""Arguments and options that several commands have, said once."""

from __future__ import annotations

from pathlib import Path

import click

SCENARIO = click.argument("scenario", type=click.Path(path_type=Path))
RUN_FOLDER = click.argument("run_folder", metavar="RUN", type=click.Path(path_type=Path))
OVERRIDES = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override a key, such as battery.power_kw=800.",
)
SEED = click.option("--seed", type=int, help="Seed of every random stream.")
ALLOW_PATHS = click.option(
    "--allow-path", "allow_paths", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
    help="Let the scenario name input files in this folder too.",
)  # fmt: skip
NO_FIGURES = click.option("--no-figures", is_flag=True, help="Draw no figures.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
