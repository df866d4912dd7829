"""The cache that the shop's processes share, CACHE. It may fail at any time: the error is only logged."""

import logging
import traceback
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from django.core.cache import BaseCache, caches

from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.keyed_hash import Key, keyed_hash

log = logging.getLogger(__name__)

# A cache that was waited for so long in vain is not asked for a while: a page asks it ten times and more. Nor is one
# that took much longer and says nothing: some hide that they fail.
LONG_SECONDS, HUNG_SECONDS, REST_SECONDS = 0.5, 2.0, 30.0
SAID_AGAIN_AFTER_SECONDS = 60.0

T = TypeVar("T")


class _Trouble:
    """Until when this process does not ask the cache, and does not say again that it fails."""

    rests_until = silent_until = 0.0


def with_cache(work: Callable[[BaseCache], T], otherwise: T) -> T:
    """Return the result of ``work`` with the cache, or ``otherwise`` if it fails."""
    began = monotonic()
    if began < _Trouble.rests_until:
        return otherwise
    try:
        done = work(caches[app_settings.cache])
    except Exception as error:  # noqa: BLE001 - a cache raises what it likes
        _note(error, began)
        return otherwise
    if monotonic() - began > HUNG_SECONDS:
        _Trouble.rests_until = monotonic() + REST_SECONDS
    return done


def own_key(*names: str, key: Key | None = None) -> str:
    """Return a key of this shop alone, since another may share the cache: with SECRET_KEY, unless with ``key``."""
    return f"deliver_to_po.{keyed_hash('deliver_to_po.cache', names, key)[:32]}"


def remembered(name: str, seconds: float, work: Callable[[], T]) -> T:
    """Return what the cache holds for this shop under ``name``, else the result of ``work``, which it holds then."""
    key = own_key(name)
    found: T | None = with_cache(lambda cache: cache.get(key), None)
    if found is None:
        found = made = work()
        with_cache(lambda cache: cache.set(key, made, seconds), None)
    return found


def claimed(key: str, seconds: int, value: object = 1) -> bool:
    """Claim ``key`` for so long; False if it is another's. Nobody else has what a cache that fails does not keep.

    Some hide that they fail: they return nothing, or False.
    """
    return with_cache(lambda cache: cache.add(key, value, seconds) or cache.get(key) is None, True)


def _note(error: Exception, began: float) -> None:
    now = monotonic()
    if now - began > LONG_SECONDS:
        _Trouble.rests_until = now + REST_SECONDS
    if now < _Trouble.silent_until:
        return
    _Trouble.silent_until = now + SAID_AGAIN_AFTER_SECONDS
    where = traceback.extract_tb(error.__traceback__)[-1]
    # Its text may hold the password, and with its traceback an error report what was to be kept.
    log.error(
        "The cache fails (%s at %s:%s). Until it is back, searches are slower and each process counts its own calls.",
        type(error).__name__,
        where.filename,
        where.lineno,
    )
