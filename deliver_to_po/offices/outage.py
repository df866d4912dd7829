"""Whether Canada Post answers searches just now; if not, since when, and what buyers see instead. For the merchant."""

from datetime import datetime
from typing import NamedTuple

from django.core.cache import BaseCache
from django.utils import timezone

from deliver_to_po.core.choices import Rung
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shared_cache import own_key, with_cache

# How long after the last search an outage counts as over.
FORGOTTEN_AFTER_SECONDS = 3600
# How often the same rung is written again: during an outage many searches in a row end on the same one.
WRITTEN_AGAIN_AFTER_SECONDS = 60


class SearchOutage(NamedTuple):
    """Since when Canada Post has not answered a search; ``rung`` is what answered the last one, None if nothing did."""

    since: datetime
    rung: Rung | None


def note_outage(rung: Rung | None) -> None:
    """Note that Canada Post did not answer a search, and which lower rung did; None if nothing did."""
    name = rung.value if rung else ""

    def write(cache: BaseCache) -> None:
        if cache.get(_key("last_noted")) == name:
            return
        cache.add(_key("since"), timezone.now().isoformat(), FORGOTTEN_AFTER_SECONDS)
        cache.touch(_key("since"), FORGOTTEN_AFTER_SECONDS)
        cache.set(_key("rung"), name, FORGOTTEN_AFTER_SECONDS)
        cache.set(_key("last_noted"), name, WRITTEN_AGAIN_AFTER_SECONDS)

    with_cache(write, None)


def nothing_answers() -> bool:
    """Say whether a search of the last minute found neither Canada Post nor any office in our directory."""
    return with_cache(lambda cache: cache.get(_key("last_noted")) == "", False)


def outage_is_over() -> None:
    with_cache(lambda cache: cache.delete_many([_key("since"), _key("last_noted")]), None)


def current_outage() -> SearchOutage | None:
    """Return the outage; None if Canada Post answered the last search, or if nobody has searched for an hour."""

    def read(cache: BaseCache) -> SearchOutage | None:
        since, rung = cache.get(_key("since")), cache.get(_key("rung"))
        return SearchOutage(datetime.fromisoformat(since), Rung(rung) if rung else None) if since else None

    return with_cache(read, None)


def _key(what: str) -> str:
    return own_key("outage", what, app_settings.canada_post.environment)
