"""The names of ``import stationsim``: all there, lazy, and never in the way of a module of the same name."""

import ast
import pkgutil
import subprocess
import sys

import pytest

import stationsim
from tests.shared_data import ROOT

STUB = ast.parse((ROOT / "stationsim" / "__init__.pyi").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", stationsim.__all__)
def test_every_public_name_is_there(name):
    assert getattr(stationsim, name) is getattr(stationsim, name)
    assert name in dir(stationsim)


def test_types_and_names_agree():
    typed = {alias.asname for node in STUB.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    listed = next(ast.literal_eval(node.value) for node in STUB.body if isinstance(node, ast.Assign))
    assert typed | {"__version__"} == set(listed) == set(stationsim.__all__)


def test_no_public_name_is_a_module():
    """Importing a module sets its name on the package, so a function of that name would be gone."""
    modules = {info.name for info in pkgutil.iter_modules(stationsim.__path__)}
    assert not modules & set(stationsim.__all__)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = stationsim.simulat


def test_importing_loads_nothing_heavy():
    script = (
        "import sys, stationsim; print(sorted({'numpy', 'pandas', 'pydantic', 'pvlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
