"""Idempotency-Key: a request that is sent twice is done once, and a key is of one request alone."""

import re
from collections.abc import Callable

from django.core.cache import BaseCache

from deliver_to_po.core.keyed_hash import keyed_hash
from deliver_to_po.core.shared_cache import with_cache
from deliver_to_po.errors import KeyReused

KEPT_SECONDS = 24 * 60 * 60
KEY = re.compile(r"[!-~]{1,100}")
DONE = " done"


def once(key: str, about: str, body: str, do: Callable[[], object]) -> None:
    """Do it unless the same request was done under this ``key``; raises KeyReused for another one, and what it raises.

    The cache holds hashes alone. While it is down each request is done: reserving twice is the same as once.
    """
    if not key:
        do()
        return
    if not KEY.fullmatch(key):
        raise KeyReused
    name = f"deliver_to_po.once.{keyed_hash('deliver_to_po.once', [about, key])[:32]}"
    digest = keyed_hash("deliver_to_po.once", [body])
    known = with_cache(lambda cache: _first_of(cache, name, digest), digest)
    if not known.startswith(digest):
        raise KeyReused
    if not known.endswith(DONE):
        do()
        with_cache(lambda cache: cache.set(name, digest + DONE, KEPT_SECONDS), None)


def _first_of(cache: BaseCache, name: str, digest: str) -> str:
    """Return what came first under a name: this request's digest, or another one's."""
    return digest if cache.add(name, digest, KEPT_SECONDS) else str(cache.get(name, digest))
