"""Idempotency-Key: a request that is sent twice is done once, and a key is of one request alone."""

import re
from collections.abc import Callable

from deliver_to_po.api.problems import KEY_INVALID, KEY_REUSED, RequestRefused
from deliver_to_po.core.keyed_hash import keyed_hash
from deliver_to_po.core.shared_cache import with_cache

KEPT_SECONDS = 24 * 60 * 60
KEY = re.compile(r"[!-~]{1,100}")


def once(key: str, about: str, body: str, do: Callable[[], object]) -> None:
    """Do it unless the same was done last under this ``key``. Raises RequestRefused, and what it does.

    The cache holds hashes alone, and of each choice and operation only the last request that was done: what is refused
    may be sent again. While the cache is down each request is done: reserving twice is the same as once.
    """
    if key and not KEY.fullmatch(key):
        raise RequestRefused(KEY_INVALID)
    name, of_key, of_body = (keyed_hash("deliver_to_po.once", [part])[:32] for part in (about, key, body))
    name, asked = f"deliver_to_po.once.{name}", f"{of_key} {of_body}"
    last: str = with_cache(lambda cache: cache.get(name, ""), "") if key else ""
    if last == asked:
        return
    if last.startswith(of_key):
        raise RequestRefused(KEY_REUSED)
    do()
    if key:
        with_cache(lambda cache: cache.set(name, asked, KEPT_SECONDS), None)
