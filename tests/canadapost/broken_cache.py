"""A cache whose server is gone."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class BrokenCache(LocMemCache):
    """Fails at everything that the throttle does."""

    def _fail(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("the cache is gone")

    add = incr = get_many = _fail
