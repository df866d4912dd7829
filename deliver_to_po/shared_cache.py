"""The cache that the shop's processes share, SEARCH_CACHE. It may fail at any time: the error is logged, no more."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import BaseCache, caches

from deliver_to_po.conf import app_settings

log = logging.getLogger(__name__)

T = TypeVar("T")


def attempt(work: Callable[[BaseCache], T], otherwise: T) -> T:
    """Return what ``work`` does with the cache; ``otherwise`` when that fails."""
    return attempt_or(work, lambda: otherwise)


def attempt_or(work: Callable[[BaseCache], T], instead: Callable[[], T]) -> T:
    """Return what ``work`` does with the cache; when that fails, do ``instead`` and return its result."""
    try:
        return work(caches[app_settings.search_cache])
    except Exception:
        log.exception("The cache fails. Until it is back, searches are slower and each process counts its own calls.")
        return instead()
