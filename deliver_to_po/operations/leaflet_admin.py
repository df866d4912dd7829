"""Lets django-leaflet stand beside django.contrib.admin on a machine without GDAL.

``leaflet/admin.py`` imports GeoDjango's form fields, and these need GDAL, a system library that a shop with a map of
post offices has no use for. The admin imports every app's ``admin`` module only for the registrations made in it, and
leaflet's makes none: so it can wait until somebody uses it. Where GDAL is present that use works as ever
(``LeafletGeoAdmin``); where it is missing Django says so then, and not when the shop starts.
"""

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any, cast


class PostponedModule(ModuleType):
    """A module that runs its code when the first of its names is asked for, and is a plain module from then on."""

    _lock = RLock()

    def __getattr__(self, name: str) -> Any:
        # Auto-reloader, import system and inspect look for such names in every module there is; that is no use of it.
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with PostponedModule._lock:
            if type(self) is PostponedModule:
                self._run()
        return getattr(self, name)

    def _run(self) -> None:
        # As `module_from_spec` left it.
        cast("Any", self.__spec__).loader.exec_module(self)
        # Last, so that a failed import is tried, and explained, again at the next use.
        become(self, ModuleType)


def become(module: ModuleType, kind: type[ModuleType]) -> None:
    """Make ``module`` a module of that kind: Python allows this for modules, so that all who hold it see the change."""
    module.__class__ = kind


def postpone_leaflet_admin(name: str = "leaflet.admin") -> None:
    """Put a stand-in for the module ``name`` where imports look first; one that is already imported stays."""
    if name in sys.modules or (spec := find_spec(name)) is None:
        return
    module = module_from_spec(spec)
    become(module, PostponedModule)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, module)
