"""LIVE: what must be gone from the settings of a shop before it ships for real."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage

from deliver_to_po.core.carrier import HostKind, host_kind
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.core.hosts import host_of, is_loopback
from deliver_to_po.operations.checks.messages import error, setting_name, warning
from deliver_to_po.operations.checks.shape import is_right

SECTION = "CANADA_POST"
LIVE = setting_name(SECTION, "LIVE")
# What the emulator prints and the documentation shows.
OF_THE_EMULATOR = {
    "portal": {"CLIENT_ID": "emulator", "CLIENT_SECRET": "emulator-secret"},
    "webservices": {"USERNAME": "emulator", "PASSWORD": "emulator-secret"},
}
SHARED_CACHE = '{"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:6379"}'
# Enough for some hundred searches of a week: so long prices are kept.
ENTRIES = 10_000
NUMBERS_OF_THE_EMULATOR = {"CUSTOMER_NUMBER": "0007023210", "CONTRACT_ID": "0040000001"}


def check_live(**_kwargs: object) -> list[CheckMessage]:
    """Check, while LIVE is on, that requests go to Canada Post itself, as the shop itself and with a limit."""
    if not (is_right(SECTION, "LIVE") and app_settings.canada_post.live):
        return []
    return [*_address(), *_credentials(), *_throttle(), *_cache(), *_addresses_of_buyers()]


def _address() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "BASE_URL"):
        return
    tried = {HostKind.LOOPBACK: "this machine", HostKind.SANDBOX: "Canada Post's sandbox"}
    where = tried.get(host_kind(app_settings.canada_post))
    if where:
        yield error(
            34,
            f"{LIVE} is on, but {setting_name(SECTION, 'BASE_URL')} points at {where}.",
            "No label is real there. Turn LIVE off to try things, or leave BASE_URL out to use Canada Post's own.",
        )


def _credentials() -> Iterator[CheckMessage]:
    settings = app_settings.canada_post
    known = OF_THE_EMULATOR.get(str(settings.api), {}) | NUMBERS_OF_THE_EMULATOR
    # Numbers may be written with or without leading zeros.
    left = [
        key
        for key, value in known.items()
        if is_right(SECTION, key) and getattr(settings, key.lower()).strip().lstrip("0") == value.lstrip("0")
    ]
    if left:
        keys = ", ".join(left)
        yield error(
            64,
            f"{LIVE} is on, but these are the emulator's, which Canada Post does not know: {keys}.",
            "Take them from your own account at Canada Post, or turn LIVE off to use the emulator.",
        )


def _throttle() -> Iterator[CheckMessage]:
    key, setting = "CALLS_PER_MINUTE", setting_name(SECTION, "CALLS_PER_MINUTE")
    if app_settings.canada_post.calls_per_minute == 0:
        yield warning(
            62,
            f"{LIVE} is on, but {setting} is 0, which is no limit: Canada Post may turn the shop away.",
            f"Leave it out to use the default of {DEFAULTS[SECTION][key]}; 0 is for the emulator.",
        )


def _cache() -> Iterator[CheckMessage]:
    """Warn of a cache that each process has for itself, as pages and sweep have, and of one that keeps too little."""
    alias = app_settings.cache
    if not is_right("CACHE") or alias not in django_settings.CACHES:
        return
    entries = getattr(caches[alias], "_max_entries", ENTRIES)
    if isinstance(caches[alias], DatabaseCache | FileBasedCache) and entries < ENTRIES:
        yield warning(
            94,
            f"The cache “{alias}” keeps {entries} entries. A search takes a dozen: prices get lost before the review.",
            f'Add "OPTIONS": {{"MAX_ENTRIES": {ENTRIES}}} to CACHES["{alias}"], or use Redis.',
        )
    if not isinstance(caches[alias], LocMemCache):
        return
    key = setting_name(SECTION, "CALLS_PER_MINUTE")
    yield warning(
        96,
        f"The cache “{alias}” is each process's own: none knows the prices that another has asked for, {key} and the "
        "limit for visitors hold for each alone, and each must find out for itself that Canada Post does not answer.",
        f"Name a cache in {setting_name('CACHE')} that all processes share, such as {SHARED_CACHE}.",
    )


def _addresses_of_buyers() -> Iterator[CheckMessage]:
    """Warn of addresses that lead a buyer's browser to the buyer's own machine."""
    site = [app_settings.site_url] if is_right("SITE_URL") else []
    for setting, addresses in (('LEAFLET_CONFIG["TILES"]', _tile_addresses()), (setting_name("SITE_URL"), site)):
        if any(is_loopback(host_of(url)) for url in addresses):
            message = f"{LIVE} is on, but {setting} points at this machine: a buyer's browser finds nothing."
            yield warning(63, message, "Name an address that your buyers' browsers can reach.")


def _tile_addresses() -> Iterator[str]:
    """Yield the address of each layer: TILES is one address, or a list of (name, address, options)."""
    tiles: Any = getattr(django_settings, "LEAFLET_CONFIG", {}).get("TILES") or ()
    if isinstance(tiles, str):
        yield tiles
        return
    for layer in tiles:
        if isinstance(layer, tuple | list) and len(layer) > 1:
            yield str(layer[1])
