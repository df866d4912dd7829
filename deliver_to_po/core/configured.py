"""Classes that a setting names by dotted path: imported, checked and made once, and made again when settings change."""

import os
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from deliver_to_po.core.conf import SETTING

P = ParamSpec("P")
T = TypeVar("T")
_forgets: list[Callable[[], None]] = []


def subclass_named(path: object, base: type[T], setting: str) -> type[T]:
    """Return the subclass of ``base`` that ``setting`` names by ``path``; raises ImproperlyConfigured, naming both."""
    if not isinstance(path, str) or not path:
        raise ImproperlyConfigured(f"{setting} must name a subclass of {base.__module__}.{base.__name__}.")
    try:
        named = import_string(path)
    except (ImportError, TypeError, ValueError) as error:
        # The latter two: a path that begins with a dot.
        raise ImproperlyConfigured(f"{setting}: “{path}” cannot be imported ({error}).") from error
    if not (isinstance(named, type) and issubclass(named, base)):
        raise ImproperlyConfigured(f"{setting}: “{path}” is not a subclass of {base.__name__}.")
    return named


def made_once(make: Callable[P, T]) -> Callable[P, T]:
    """Keep what ``make`` returns for the same arguments in this process, until the setting DELIVER_TO_PO changes.

    A process that was forked makes its own: what is kept may hold connections, and two processes must never write into
    one of them.
    """
    kept = lru_cache(maxsize=16)(make)
    _forgets.append(kept.cache_clear)
    look_up = cast(Callable[P, T], kept)

    @wraps(make)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        return look_up(*args, **kwargs)

    return once


def make_anew() -> None:
    """Forget everything that was made once, so that what is asked for next is made again."""
    for forget in _forgets:
        forget()


def _on_change(*, setting: str, **_: object) -> None:
    if setting == SETTING:
        make_anew()


setting_changed.connect(_on_change)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=make_anew)
