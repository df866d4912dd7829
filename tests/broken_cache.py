"""Caches whose server is gone, or full."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class BrokenCache(LocMemCache):
    """Fails at everything."""

    def _fail(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("the cache is gone")

    add = get = set = delete = incr = get_many = set_many = _fail


class FullCache(BrokenCache):
    """Answers what it holds and takes nothing more, as a Redis that is full or may only be read."""

    get, get_many, incr = LocMemCache.get, LocMemCache.get_many, LocMemCache.incr
