"""Published cases: every module has ``quick()`` and ``long()``, each a list of ``case.Case``."""

import importlib
import pkgutil
from types import ModuleType


def modules() -> dict[str, ModuleType]:
    """Return the modules of cases by name."""
    names = [info.name for info in pkgutil.iter_modules(__path__) if info.name != "case"]
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
