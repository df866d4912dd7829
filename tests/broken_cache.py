"""Caches whose server is gone, or full, or gone without a word."""

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


class SilentCache(LocMemCache):
    """Fails at everything and hides it: as django-redis with IGNORE_EXCEPTIONS."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return default

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return {}

    def _nothing(self, *args: Any, **kwargs: Any) -> Any:
        return None

    add = set = delete = incr = set_many = delete_many = touch = _nothing


class DenyingCache(SilentCache):
    """Hides it otherwise: as pymemcache with ignore_exc."""

    def _no(self, *args: Any, **kwargs: Any) -> Any:
        return False

    add = incr = _no
