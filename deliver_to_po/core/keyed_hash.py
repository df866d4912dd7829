"""Hashes that only this shop can make: what a page sends along, to be compared when it comes back."""

import json
from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

Key = str | bytes


def shops_keys() -> Sequence[Key]:
    """Return SECRET_KEY, and those that it has taken the place of."""
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


def keyed_hash(salt: str, texts: Sequence[str], key: Key | None = None) -> str:
    """Return 64 hexadecimal digits that change with any of ``texts``, made with SECRET_KEY unless with ``key``."""
    return salted_hmac(salt, json.dumps(texts), secret=key, algorithm="sha256").hexdigest()


def was_made_here(given: object, made_with: Callable[[Key], str]) -> bool:
    """Say whether ``given``, whatever was sent along, is what ``made_with`` returns for one of the shop's keys.

    A page that was open while the key changed can still be sent.
    """
    if not isinstance(given, str) or not given.isascii():
        return False
    return any(constant_time_compare(given, made_with(key)) for key in shops_keys())
