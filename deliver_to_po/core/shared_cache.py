"""The cache that the shop's processes share, CACHE. It may fail at any time: the error is only logged."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import BaseCache, caches

from deliver_to_po.core.conf import app_settings

log = logging.getLogger(__name__)

T = TypeVar("T")


def with_cache(work: Callable[[BaseCache], T], otherwise: T) -> T:
    """Return the result of ``work`` with the cache, or ``otherwise`` if it fails."""
    return with_cache_or(work, lambda: otherwise)


def remembered(key: str, seconds: float, work: Callable[[], T]) -> T:
    """Return what the cache holds under ``key``, else the result of ``work``, which it then holds for so long."""
    found: T | None = with_cache(lambda cache: cache.get(key), None)
    if found is None:
        found = made = work()
        with_cache(lambda cache: cache.set(key, made, seconds), None)
    return found


def with_cache_or(work: Callable[[BaseCache], T], instead: Callable[[], T]) -> T:
    """Return the result of ``work`` with the cache, or the one of ``instead`` if it fails."""
    try:
        return work(caches[app_settings.cache])
    except Exception:
        log.exception("The cache fails. Until it is back, searches are slower and each process counts its own calls.")
        return instead()
