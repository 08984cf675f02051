"""What the pages say is there: commands, options, keys, files, links, Python that runs; no machine paths."""

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from stationsim import errors, execute
from stationsim.cli import commands
from stationsim.scenario import Scenario
from stationsim.scenario.fields import field_at
from stationsim.weather.climates import climate_names
from tests.shared_data import ROOT

PAGES = sorted(ROOT.glob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = ("sh", "bash", "shell", "console")
KNOWN_BLOCKS = (*SHELL, "python", "yaml", "json", "text", "")
ELSEWHERE = ("pip", "git", "cd", "source", "export")
"""Commands in the pages that are not ours to test."""

MADE_BY_PROVE = "VALIDATION.md"
"""Written by `make prove`, and so perhaps not there yet."""


class Block(NamedTuple):
    """One fenced block of a page."""

    page: str
    language: str
    text: str


def fenced_blocks() -> list[Block]:
    fence = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [Block(page.name, *found) for page in PAGES for found in fence.findall(page.read_text("utf-8"))]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def inline_code(page: Path) -> list[str]:
    return [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", prose(page))]


def block_commands() -> list[list[str]]:
    """Return the words of every command in a shell block, without prompts and comments."""
    lines = [
        line.removeprefix("$ ")
        for block in fenced_blocks()
        if block.language in SHELL
        for line in block.text.replace("\\\n", " ").splitlines()
    ]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def inline_commands() -> list[list[str]]:
    ours = ("stationsim ", "make ")
    return [shlex.split(code) for page in PAGES for code in inline_code(page) if code.startswith(ours)]


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words behind ``stationsim`` name, and the words left over."""
    command: click.Command = commands
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        assert name in command.commands, f"stationsim {shlex.join(words)}: there is no command {name!r}"
        command = command.commands[name]
    return command, rest


def test_the_pages_hold_what_is_tested_here():
    assert {"README.md", "DESIGN.md"} <= {page.name for page in PAGES}
    assert {block.language for block in fenced_blocks()} <= set(KNOWN_BLOCKS)
    assert len(block_commands()) >= 10
    assert len(inline_commands()) >= 5
    assert any(block.language == "python" for block in fenced_blocks())


@pytest.mark.parametrize("words", block_commands(), ids=shlex.join)
def test_every_command_of_a_block_exists_and_takes_its_words(words, monkeypatch):
    monkeypatch.chdir(ROOT)
    first, *rest = words
    if first == "stationsim":
        command, left = command_of(rest)
        context = command.make_context(first, left)
        check_scenarios(context.params)
    elif first == "make":
        check_targets(rest)
    elif first in ("python", "python3", "py"):
        check_python(rest)
    else:
        assert first in ELSEWHERE, f"what is {shlex.join(words)}?"


def check_scenarios(params):
    """Load the scenarios that a command names, with what it sets in them; one's own are called my_..."""
    named = [params["scenario"]] if "scenario" in params else list(params.get("designs", ()))
    for path in named:
        if path.parts[0] == "scenarios":
            execute.prepare(path, overrides=params["overrides"])
        else:
            assert path.name.startswith("my_"), f"{path} is neither a scenario that is there nor one's own"


def check_targets(names):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert names, "make without a target"
    assert set(names) <= targets


def check_python(words):
    if words[0] == "-m":
        assert words[1] in ("venv", "pip") or importlib.util.find_spec(words[1])
    else:
        assert (ROOT / words[0]).is_file()


@pytest.mark.parametrize("words", inline_commands(), ids=shlex.join)
def test_every_command_in_the_text_exists(words):
    first, *rest = words
    if first == "make":
        check_targets(rest)
        return
    command, left = command_of(rest)
    known = {name for option in command.params for name in option.opts} | {"--help", "--version"}
    used = {word.partition("=")[0] for word in left if word.startswith("-")}
    assert used <= known, f"stationsim {shlex.join(rest)} has no option {', '.join(used - known)}"


def test_every_option_in_the_text_exists():
    def options(command):
        own = {name for option in command.params for name in option.opts}
        below = command.commands.values() if isinstance(command, click.Group) else ()
        return own.union(*(options(sub) for sub in below))

    written = {code.split()[0] for page in PAGES for code in inline_code(page) if code.startswith("--")}
    assert written
    assert {option.partition("=")[0] for option in written} <= options(commands) | {"--help"}


def test_the_readme_shows_every_command():
    shown = {words[1] for words in (*block_commands(), *inline_commands()) if words[0] == "stationsim"}
    assert set(commands.commands) <= shown


# --- Python -----------------------------------------------------------------------------------------


@pytest.fixture
def beside_scenarios(tmp_path, monkeypatch):
    """Work in an empty folder that has the scenarios in it, as a user would."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    return tmp_path


PYTHON = [block for block in fenced_blocks() if block.language == "python"]


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.page)
def test_python_of_the_pages_runs(block, beside_scenarios, capsys):
    exec(compile(block.text, block.page, "exec"), {"__name__": "__main__"})  # noqa: S102  our own page
    assert "nan" not in capsys.readouterr().out.lower().replace("nanosecond", "")


def test_the_readme_shows_the_python_way_in_six_lines():
    block = next(block for block in PYTHON if block.page == "README.md")
    statements = [
        node for node in ast.parse(block.text).body if not isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert len(statements) <= 6


def test_the_docstring_of_the_package_runs(beside_scenarios, capsys):
    import stationsim

    text = stationsim.__doc__.partition("::\n\n")[2].partition("\n\nThe names below")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert len(lines) == 6
    exec("\n".join(lines), {})  # noqa: S102  our own docstring
    assert "kWh a day" in capsys.readouterr().out
    assert (beside_scenarios / "day.png").is_file()


# --- keys, files, numbers ---------------------------------------------------------------------------


def keys_of(text: str) -> list[tuple[str, ...]]:
    """Return the paths of the keys in a piece of YAML or in one dotted path."""
    from ruamel.yaml import YAML

    if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", text):
        return [tuple(text.split("."))]
    content = YAML(typ="safe").load(text)
    paths: list[tuple[str, ...]] = []

    def walk(value, path):
        for key, item in value.items():
            paths.append((*path, key))
            if isinstance(item, dict):
                walk(item, (*path, key))

    walk(content, ())
    return paths


def written_keys() -> list[tuple[str, ...]]:
    """Return every path of scenario keys in code of the pages: dotted, as YAML, or set on a command line."""
    sections = "|".join(Scenario.model_fields)
    starts = re.compile(rf"({sections})(\.[a-z_]|: ?[{{\n])")
    texts = [code for page in PAGES for code in inline_code(page) if starts.match(code)]
    pieces = [code for code in texts if not code.endswith((".py", ".md")) and "(" not in code]
    pieces += [block.text for block in fenced_blocks() if block.language == "yaml"]
    return [path for piece in pieces for path in keys_of(piece.partition("=")[0].strip())]


def test_every_key_in_the_text_is_in_the_schema():
    paths = written_keys()
    assert paths
    unknown = [".".join(path) for path in paths if field_at(Scenario, path) is None]
    assert unknown == []


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A run of one day, with everything that a run writes."""
    template = tmp_path_factory.mktemp("own") / "my_station.yaml"
    execute.write_template(template)
    folder = tmp_path_factory.mktemp("out") / "run"
    execute.run_into_folder(execute.prepare(template, days=1), folder=folder, figures=False)
    return folder


def test_every_file_in_the_text_is_there(run_folder):
    kinds = re.compile(r"[\w./-]+\.(py|md|yaml|csv|json|parquet|toml|epw|txt)")
    missing = []
    for page in PAGES:
        for code in inline_code(page):
            if kinds.fullmatch(code) and not code.startswith("my_"):
                homes = (ROOT, ROOT / "scenarios", ROOT / "stationsim", run_folder)
                if not any((home / code).exists() for home in homes) and code != MADE_BY_PROVE:
                    missing.append(f"{page.name}: {code}")
    assert missing == []


def test_the_readme_lists_every_file_of_a_run(run_folder):
    for file in run_folder.iterdir():
        assert f"`{file.name}`" in README


def test_every_scenario_is_listed():
    for path in (ROOT / "scenarios").glob("*.yaml"):
        assert f"`{path.name}`" in README


def test_every_link_leads_somewhere():
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", prose(page)):
            outside = target.startswith(("https://", "http://"))
            if not outside and target != MADE_BY_PROVE and not (ROOT / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []


def test_folders_of_the_design_are_there():
    named = [code for code in inline_code(ROOT / "DESIGN.md") if re.fullmatch(r"[a-z_]+/", code)]
    assert named
    assert [name for name in named if not (ROOT / "stationsim" / name).is_dir()] == []


def test_every_exit_code_is_told():
    told = {int(code) for code in re.findall(r"\b(\d+) \w", README.split("Exit codes:")[1].split("\n\n")[0])}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind.exit_code for kind in kinds} | {0, 2, 130} <= told


def test_the_number_of_climates_is_right():
    counts = [
        int(count) for page in PAGES for count in re.findall(r"(\d+)(?: shipped)? climates", prose(page))
    ]
    assert counts
    assert set(counts) == {len(climate_names())}


# --- paths ------------------------------------------------------------------------------------------

MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home|Users|root|mnt|work(?:space)?s?)/\w")


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        files = (path for path in ROOT.rglob("*") if path.is_file())
        return [
            path for path in files if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_machines_paths():
    own = {str(ROOT), str(Path.home())} - {"/", "/root"}
    found = []
    for path in tracked_files():
        if path.suffix in (".png", ".pyc", ".parquet", ".xlsx"):
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if MACHINE_PATHS.search(line) or any(f"{folder}/" in line for folder in own):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []
