"""Published cases and what stationsim gets for them, in sections.

A section is a module here with two functions that return lists of `case.Case`: ``quick`` returns those of
seconds, ``long`` those of minutes beside them. Where the long ones fall into pieces for several processes, it
has two more: ``parts()`` returns what they are made of, ``part(item)`` plays one. The pieces then are lists
of cases, or ``gather(pieces)`` makes cases of them. Files that cases need are asked of `files` when a case
runs; a case without its file is skipped by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def sections() -> dict[str, ModuleType]:
    """Return the modules of cases by name, in the order in which they are shown."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    modules = {name: section(name) for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "quick")}


def section(name: str) -> ModuleType:
    """Return one module of this package."""
    return importlib.import_module(f"{__name__}.{name}")


def title(module: ModuleType) -> str:
    """Return what a section holds against what, in a line."""
    return (module.__doc__ or module.__name__).strip().splitlines()[0]
